import type { Journey, Step } from "../api";

/** A step with what only the order of steps tells. */
export interface TimelineEntry {
  step: Step;
  /** Seconds since the step before; absent for the first, and where the stamps do not tell. */
  after?: number | undefined;
  /** Which try begins here, from 1. */
  attempt?: number | undefined;
  /** The server is another one than that of the step before. */
  newHost: boolean;
}

const tries = new Set(["attempt", "connection"]);

/** timeline numbers the tries and measures the time between steps. attempts is how many tries the journey had: a server may tell one in several lines. */
export function timeline(steps: Step[], attempts?: number): TimelineEntry[] {
  const numbers = numberTries(steps, attempts);
  return steps.map((step, i) => {
    const before = steps[i - 1];
    const gap = before ? secondsBetween(before, step) : Number.NaN;
    return {
      step,
      after: Number.isFinite(gap) && gap >= 0 ? gap : undefined,
      attempt: numbers.get(i),
      newHost: step.host !== undefined && step.host !== before?.host,
    };
  });
}

const secondsBetween = (a: Step, b: Step): number => (Date.parse(b.time) - Date.parse(a.time)) / 1000;

/** numberTries gives the steps at which a try begins their numbers. Of more lines than tries, those belong together that lie closest in time. */
function numberTries(steps: Step[], attempts: number | undefined): Map<number, number> {
  const lines = steps.flatMap((s, i) => (tries.has(s.kind) ? [i] : []));
  let begins = lines;
  if (attempts !== undefined && attempts > 0 && lines.length > attempts) {
    const gap = (i: number) => {
      const [before, here] = [steps[lines[i - 1] ?? 0], steps[lines[i] ?? 0]];
      return before && here ? secondsBetween(before, here) : 0;
    };
    const later = lines.map((_, i) => i).slice(1).sort((a, b) => gap(b) - gap(a) || a - b).slice(0, attempts - 1);
    begins = lines.filter((_, i) => i === 0 || later.includes(i));
  }
  return new Map(begins.map((at, i) => [at, i + 1]));
}

/** marksOf are the parts of a raw line that tie it to the journey: ids, addresses and the answer. */
export function marksOf(j: Journey, step?: Step): string[] {
  const bare = (id: string | undefined) => id?.replace(/^<|>$/g, "");
  const marks = [
    ...(j.queue_ids ?? []), ...(j.session_ids ?? []), bare(j.message_id), j.remote_id,
    j.sender === "<>" ? undefined : j.sender, j.recipient, j.original_recipient, j.username, step?.reply, step?.queue_id, step?.session_id,
  ];
  return [...new Set(marks.filter((m): m is string => m !== undefined && m.length >= 4))];
}

/** How long the message was on its way, in seconds. */
export function seconds(j: Journey): number {
  const took = (Date.parse(j.last_time) - Date.parse(j.first_time)) / 1000;
  return Number.isFinite(took) && took > 0 ? took : 0;
}
