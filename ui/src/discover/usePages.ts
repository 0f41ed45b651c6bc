import { keepPreviousData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";

import { post, RequestError, type Cursor, type EventDocument, type SearchAnswer } from "../api";

// The first page fills two screens and comes soon; later ones come while a person scrolls.
const firstPage = 100;
const laterPage = 500;
/** How long the first page counts, in milliseconds, before it tells about how many there are. */
const countTime = 300;

/** Hits that have come so far, and how to get more. */
export interface Pages {
  rows: readonly EventDocument[];
  /** The first answer: totals, notes, how long it took. */
  head: SearchAnswer | undefined;
  stale: boolean;
  pending: boolean;
  pendingMore: boolean;
  error: RequestError | undefined;
  hasMore: boolean;
  pages: number;
  more: () => void;
  cancel: () => void;
}

interface Asked {
  query: string;
  since?: string | undefined;
  until?: string | undefined;
  zone: string;
  sort: string;
}

/** usePages asks for hits page by page; there is no end to paging but that of the hits. turn asks all again. */
export function usePages(asked: Asked, turn: number, enabled: boolean): Pages {
  const client = useQueryClient();
  const key = ["/api/search pages", asked, turn];
  const keyText = JSON.stringify(key);
  const result = useInfiniteQuery({
    queryKey: key,
    initialPageParam: undefined as Cursor | undefined,
    enabled,
    queryFn: ({ signal, pageParam }) => post<SearchAnswer>("/api/search", { ...asked, ...(pageParam === undefined ? { size: firstPage, count_ms: countTime } : { size: laterPage, after: pageParam, no_total: true }) }, signal),
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  });
  const { data, fetchNextPage, hasNextPage, isFetching, isFetchingNextPage, isPlaceholderData } = result;
  const rows = useMemo(() => (data?.pages ?? []).flatMap((p) => p.hits), [data]);
  const more = useCallback(() => {
    if (hasNextPage && !isFetching && !isPlaceholderData) void fetchNextPage();
  }, [hasNextPage, isFetching, isPlaceholderData, fetchNextPage]);
  const cancel = useCallback(() => void client.cancelQueries({ queryKey: JSON.parse(keyText) as unknown[] }), [client, keyText]);
  const error = result.error;
  return {
    rows,
    head: data?.pages[0],
    stale: isPlaceholderData,
    pending: isFetching && !isFetchingNextPage,
    pendingMore: isFetchingNextPage,
    error: error instanceof RequestError ? error : error ? new RequestError(0, { code: "bug", message: String(error) }) : undefined,
    hasMore: hasNextPage,
    pages: data?.pages.length ?? 0,
    more,
    cancel,
  };
}
