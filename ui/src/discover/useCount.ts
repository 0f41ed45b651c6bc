import { useCallback, useEffect, useState } from "react";

import { withParams, type Sample, type SearchAnswer } from "../api";
import { makeParser } from "./live/sse";

/** How many events match, as far as that is known. */
export interface Count {
  /** What is known for certain: the number, or the least that it can be. */
  total: number;
  exact: boolean;
  /** About how many there are, and how much of the log that comes from. */
  estimate: Sample | undefined;
  /** The server goes on counting. */
  counting: boolean;
  stop: () => void;
}

/** The last event of /api/count. */
interface CountAnswer {
  took_ms: number;
  total: number;
  total_exact: boolean;
  partial: boolean;
  estimate?: Sample;
}

interface Asked {
  query: string;
  since?: string | undefined;
  until?: string | undefined;
  zone: string;
}

/** What a stream of /api/count has told. */
export interface Told {
  sample?: Sample;
  answer?: CountAnswer;
  ended?: boolean;
}

/** countWith gives what is shown of a first answer and of what the count has told since. */
export function countWith(head: SearchAnswer, told: Told): Omit<Count, "stop"> {
  if (head.total_exact || !head.estimate || head.partial) return { total: head.total, exact: head.total_exact, estimate: undefined, counting: false };
  const { answer, sample } = told;
  if (answer) return { total: answer.total, exact: answer.total_exact, estimate: answer.total_exact ? undefined : answer.estimate, counting: false };
  // The count begins anew: until it knows more than the first answer, that one stands.
  const best = sample && sample.seen > head.estimate.seen ? sample : head.estimate;
  return { total: head.total, exact: false, estimate: best, counting: told.ended !== true };
}

/** useCount goes on counting where the first answer ended its count early. turn asks all again. */
export function useCount(asked: Asked, head: SearchAnswer | undefined, stale: boolean): Count | undefined {
  const [told, setTold] = useState<{ of: SearchAnswer | undefined; told: Told }>({ of: undefined, told: {} });
  const open = head !== undefined && !stale && !head.total_exact && head.estimate !== undefined && !head.partial;
  const [stopper, setStopper] = useState<AbortController>();
  const { query, since, until, zone } = asked;
  useEffect(() => {
    if (!open) return;
    const stop = new AbortController();
    setStopper(stop);
    const tell = (more: Told) => setTold((t) => ({ of: head, told: t.of === head ? { ...t.told, ...more } : more }));
    void follow({ query, since, until, zone }, stop.signal, tell)
      .catch(() => undefined) // a count that breaks off leaves the estimate
      .finally(() => tell({ ended: true }));
    return () => stop.abort();
  }, [open, head, query, since, until, zone]);
  const stop = useCallback(() => stopper?.abort(), [stopper]);
  return head && { ...countWith(head, told.of === head ? told.told : {}), stop };
}

async function follow(asked: Asked, signal: AbortSignal, tell: (told: Told) => void): Promise<void> {
  const { query, since, until, zone } = asked;
  const answer = await fetch(withParams("/api/count", { query, since, until, zone }), { signal });
  if (!answer.ok || !answer.body) return;
  const parse = makeParser((event) => {
    if (event.name === "progress") tell({ sample: JSON.parse(event.data) as Sample });
    if (event.name === "count") tell({ answer: JSON.parse(event.data) as CountAnswer });
  });
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) parse(piece.value);
}
