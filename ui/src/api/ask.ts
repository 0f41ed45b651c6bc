import { keepPreviousData, useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { useCallback } from "react";

import { RequestError, get, post } from "./client";
import type { AggregateAnswer, AggregateRequest, FieldStatsAnswer, FieldStatsRequest, FieldsAnswer, Info, SearchAnswer, SearchRequest, TraceAnswer, TraceRequest } from "./types.gen";

/** A question on its way or answered, and how to give it up. */
export interface Asked<T> {
  data: T | undefined;
  /** The answer shown belongs to an earlier question; a new one is on its way. */
  stale: boolean;
  pending: boolean;
  error: RequestError | undefined;
  /** When the data came, in milliseconds since 1970. */
  at: number;
  cancel: () => void;
  again: () => void;
}

interface AskOptions {
  enabled?: boolean;
  /** Milliseconds between automatic repeats; 0 or absent: none. */
  every?: number;
  /** Show the last answer while the next one is on its way. Default true. */
  keep?: boolean;
}

/** useAsk asks with POST whenever body changes; an older question is aborted. */
export function useAsk<T>(path: string, body: unknown, options: AskOptions = {}): Asked<T> {
  const key = [path, body];
  const result = useQuery<T>({
    queryKey: key,
    queryFn: ({ signal }) => post<T>(path, body, signal),
    enabled: options.enabled ?? true,
    refetchInterval: options.every ? options.every : false,
    placeholderData: options.keep === false ? undefined : keepPreviousData,
  });
  return useAsked(key, result);
}

/** useGet asks with GET. */
export function useGet<T>(path: string, options: AskOptions = {}): Asked<T> {
  const key = [path];
  const result = useQuery<T>({
    queryKey: key,
    queryFn: ({ signal }) => get<T>(path, signal),
    enabled: options.enabled ?? true,
    refetchInterval: options.every ? options.every : false,
    placeholderData: options.keep === false ? undefined : keepPreviousData,
  });
  return useAsked(key, result);
}

function useAsked<T>(key: unknown[], result: UseQueryResult<T>): Asked<T> {
  const client = useQueryClient();
  const { refetch } = result;
  const text = JSON.stringify(key);
  const cancel = useCallback(() => void client.cancelQueries({ queryKey: JSON.parse(text) as unknown[] }), [client, text]);
  const again = useCallback(() => void refetch({ cancelRefetch: true }), [refetch]);
  return {
    data: result.data,
    stale: result.isPlaceholderData,
    pending: result.isFetching,
    error: result.error instanceof RequestError ? result.error : result.error ? new RequestError(0, { code: "bug", message: String(result.error) }) : undefined,
    at: result.dataUpdatedAt,
    cancel,
    again,
  };
}

export const useTrace = (body: TraceRequest, options?: AskOptions) => useAsk<TraceAnswer>("/api/trace", body, options);
export const useSearch = (body: SearchRequest, options?: AskOptions) => useAsk<SearchAnswer>("/api/search", body, options);
export const useAggregate = (body: AggregateRequest, options?: AskOptions) => useAsk<AggregateAnswer>("/api/aggregate", body, options);
export const useFieldStats = (body: FieldStatsRequest, options?: AskOptions) => useAsk<FieldStatsAnswer>("/api/fields/stats", body, options);
export const useInfo = () => useGet<Info>("/api/info");
/** The table of fields; it does not change while a server runs. */
export const useFields = () => useGet<FieldsAnswer>("/api/fields");
