import { useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";

import { get, post, request, RequestError, useGet, withParams, type Dashboard, type DashboardList, type Words } from "../api";
import type { bodyOf } from "./model/words";

type Body = ReturnType<typeof bodyOf>;

const listPath = "/api/dashboards";
const onePath = (id: string) => `/api/dashboards/${encodeURIComponent(id)}`;

/** The list; notes tell what hinders saving. */
export const useBoards = () => useGet<DashboardList & { notes?: Words[] }>(listPath);

/** One dashboard; never another one's while it is on its way. */
export const useBoard = (id: string) => useGet<Dashboard>(onePath(id), { keep: false });

/** One line of a file of dashboards that cannot be read. */
export interface LineMistake {
  line: number;
  message: string;
  hint?: string;
}

/** What may be done to dashboards. Whatever changes one makes the pages that show it look again. */
export interface Boards {
  read: (id: string) => Promise<Dashboard>;
  create: (body: Body) => Promise<Dashboard>;
  /** Rejects with a RequestError of status 409 when somebody else was first; currentOf reads what is there now. */
  save: (id: string, version: number, body: Body) => Promise<Dashboard>;
  /** Deletes, and gives the text that import takes to bring it back under the same id. */
  remove: (id: string, version: number) => Promise<string>;
  importText: (text: string) => Promise<DashboardList>;
  /** Takes note of what the server told in another answer. */
  seen: (board: Dashboard) => void;
}

export function useBoardActions(): Boards {
  const client = useQueryClient();
  return useMemo(() => {
    const changed = (board?: Dashboard) => {
      if (board) client.setQueryData([onePath(board.id)], board);
      void client.invalidateQueries({ queryKey: [listPath] });
    };
    return {
      read: (id) => get<Dashboard>(onePath(id)),
      create: async (body) => {
        const made = await post<Dashboard>(listPath, body);
        changed(made);
        return made;
      },
      save: async (id, version, body) => {
        const saved = await request<Dashboard>("PUT", onePath(id), { ...body, id, version });
        changed(saved);
        return saved;
      },
      remove: async (id, version) => {
        const text = await (await fetch(exportPath([id]))).text();
        await request<undefined>("DELETE", withParams(onePath(id), { version }));
        client.removeQueries({ queryKey: [onePath(id)] });
        changed();
        return text;
      },
      importText: async (text) => {
        const answer = await sendText(text);
        changed();
        return answer;
      },
      seen: changed,
    };
  }, [client]);
}

export const exportPath = (ids: string[]): string => withParams(`${listPath}/export`, { ids: ids.join(",") });

async function sendText(text: string): Promise<DashboardList> {
  let response: Response;
  try {
    response = await fetch(`${listPath}/import`, { method: "POST", headers: { "Content-Type": "application/x-ndjson" }, body: text });
  } catch {
    throw new RequestError(0, { code: "unreachable", message: "the server does not answer" });
  }
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok && body) return body as DashboardList;
  const detail = (body as { error?: RequestError["detail"] } | undefined)?.error ?? { code: "bad_answer", message: `the server answered with status ${response.status}` };
  throw new RequestError(response.status, detail, body);
}

/** The mistakes of a file that was not taken. */
export function mistakesOf(err: RequestError): LineMistake[] {
  const list = (err.body as { mistakes?: unknown } | undefined)?.mistakes;
  return Array.isArray(list) ? (list as LineMistake[]) : [];
}

/** What is there now, when a change was refused because somebody else was first. */
export function currentOf(err: unknown): Dashboard | undefined {
  if (!(err instanceof RequestError) || err.status !== 409) return undefined;
  const current = (err.body as { current?: unknown } | undefined)?.current;
  return typeof current === "object" && current !== null && "panels" in current ? (current as Dashboard) : undefined;
}

/** Any failure as an error with words. */
export const asError = (err: unknown): RequestError => (err instanceof RequestError ? err : new RequestError(0, { code: "bug", message: String(err) }));
