import { useMutation, useQueryClient } from "@tanstack/react-query";

import { post, request, RequestError, useGet, withParams, type SavedSearch, type SavedSearchList } from "../../api";

const path = "/api/searches";

/** A save that was refused because somebody else saved first. */
export interface Conflict {
  mine: { title: string; state: string };
  theirs: SavedSearch;
}

/** conflictOf finds in a refusal what somebody else saved meanwhile. */
export function conflictOf(error: unknown): SavedSearch | undefined {
  if (!(error instanceof RequestError) || error.status !== 409) return undefined;
  const body = error.body;
  if (typeof body !== "object" || body === null || !("current" in body)) return undefined;
  const current = (body as { current: unknown }).current;
  return typeof current === "object" && current !== null && "version" in current && "state" in current ? (current as SavedSearch) : undefined;
}

export const errorOf = (error: unknown): RequestError | undefined => (error instanceof RequestError ? error : error ? new RequestError(0, { code: "bug", message: String(error) }) : undefined);

/** useSaved lists the saved searches and changes them. */
export function useSaved() {
  const client = useQueryClient();
  const list = useGet<SavedSearchList>(path);
  const onSettled = () => client.invalidateQueries({ queryKey: [path] });
  const create = useMutation({ mutationFn: (v: { title: string; state: string }) => post<SavedSearch>(path, v), onSettled });
  const update = useMutation({
    mutationFn: (v: { id: string; version: number; title: string; state: string }) => request<SavedSearch>("PUT", `${path}/${encodeURIComponent(v.id)}`, { version: v.version, title: v.title, state: v.state }),
    onSettled,
  });
  const remove = useMutation({ mutationFn: (v: { id: string; version: number }) => request<undefined>("DELETE", withParams(`${path}/${encodeURIComponent(v.id)}`, { version: v.version })), onSettled });
  return { list, create, update, remove };
}

export type Saved = ReturnType<typeof useSaved>;
