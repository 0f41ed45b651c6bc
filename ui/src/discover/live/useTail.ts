import { useCallback, useEffect, useRef, useState } from "react";

import { RequestError, withParams, type ApiError, type EventDocument } from "../../api";
import { makeParser, type ServerEvent } from "./sse";

/** Rows that are kept; older ones go. */
export const mostRows = 1000;

/** A live tail: the newest events first. */
export interface Tail {
  rows: readonly EventDocument[];
  /** Events that came since the beginning. */
  seen: number;
  /** Events that came while the tail was paused and are not shown yet. */
  waiting: number;
  /** Events the server had to leave out because we were too slow. */
  lost: number;
  state: "connecting" | "open" | "paused" | "closed";
  error: RequestError | undefined;
  pause: () => void;
  resume: () => void;
  clear: () => void;
}

interface Counts {
  rows: readonly EventDocument[];
  seen: number;
  waiting: number;
  lost: number;
}

const nothing: Counts = { rows: [], seen: 0, waiting: 0, lost: 0 };

/** How often the screen follows; a fast log must not draw for each line. */
const drawEvery = 200;
/** Wait before a broken connection is tried again. */
const retryAfter = 3000;

/** useTail follows a query from now on while on is true. */
export function useTail(query: string, zone: string, on: boolean): Tail {
  const [counts, setCounts] = useState<Counts>(nothing);
  const [connection, setConnection] = useState<"connecting" | "open" | "closed">("connecting");
  const [paused, setPaused] = useState(false);
  const [error, setError] = useState<RequestError>();
  // What came and is not drawn: newest first, bounded like what is shown.
  const inbox = useRef<{ rows: EventDocument[]; seen: number; lost: number }>({ rows: [], seen: 0, lost: 0 });
  const still = useRef(false);
  still.current = paused;

  const draw = useCallback(() => {
    const came = inbox.current;
    if (came.seen === 0 && came.lost === 0) return;
    if (still.current) {
      setCounts((c) => (c.waiting === came.seen ? c : { ...c, waiting: came.seen }));
      return;
    }
    inbox.current = { rows: [], seen: 0, lost: 0 };
    setCounts((c) => ({ rows: [...came.rows.reverse(), ...c.rows].slice(0, mostRows), seen: c.seen + came.seen, waiting: 0, lost: c.lost + came.lost }));
  }, []);

  useEffect(() => {
    if (!on) return;
    const stop = new AbortController();
    let retry: ReturnType<typeof setTimeout> | undefined;
    inbox.current = { rows: [], seen: 0, lost: 0 };
    setCounts(nothing);
    const take = (event: ServerEvent) => {
      const came = inbox.current;
      if (event.name === "lost") came.lost += Number(event.data) || 0;
      if (event.name === "error") setError(new RequestError(0, { code: "internal", message: parseText(event.data) }));
      if (event.name !== "event") return;
      const row = parseEvent(event.data);
      if (!row) return;
      came.rows.push(row);
      came.seen++;
      if (came.rows.length > 2 * mostRows) came.rows.splice(0, mostRows);
    };
    const connect = async (): Promise<void> => {
      setConnection("connecting");
      try {
        await follow(withParams("/api/tail", { q: query, zone }), stop.signal, take, () => {
          setConnection("open");
          setError(undefined);
        });
      } catch (err) {
        if (stop.signal.aborted) return;
        setError(err instanceof RequestError ? err : new RequestError(0, { code: "unreachable", message: String(err) }));
        // A question that was refused is refused again; a broken line may mend.
        if (err instanceof RequestError && err.status >= 400 && err.status < 500 && err.status !== 429) return setConnection("closed");
      }
      if (stop.signal.aborted) return;
      setConnection("closed");
      retry = setTimeout(() => void connect(), retryAfter);
    };
    void connect();
    const timer = setInterval(draw, drawEvery);
    return () => {
      stop.abort();
      clearInterval(timer);
      clearTimeout(retry);
      setError(undefined);
    };
  }, [query, zone, on, draw]);

  const pause = useCallback(() => setPaused(true), []);
  const resume = useCallback(() => setPaused(false), []);
  const clear = useCallback(() => setCounts((c) => ({ ...c, rows: [] })), []);
  return { ...counts, state: paused ? "paused" : connection, error, pause, resume, clear };
}

async function follow(path: string, signal: AbortSignal, take: (event: ServerEvent) => void, opened: () => void): Promise<void> {
  const response = await fetch(path, { signal, headers: { Accept: "text/event-stream" } });
  if (!response.ok || !response.body) throw new RequestError(response.status, await detailOf(response));
  opened();
  const parse = makeParser(take);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    parse(value);
  }
}

async function detailOf(response: Response): Promise<ApiError> {
  try {
    const body = (await response.json()) as { error?: ApiError };
    if (body.error?.message) return body.error;
  } catch {
    // No words came with the refusal.
  }
  return { code: "bad_answer", message: `the server answered with status ${response.status}` };
}

function parseEvent(text: string): EventDocument | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as EventDocument) : undefined;
  } catch {
    return undefined;
  }
}

function parseText(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "string" ? value : text;
  } catch {
    return text;
  }
}
