import type { Journey, Step } from "../api";

/** A step with what only the order of steps tells. */
export interface TimelineEntry {
  step: Step;
  /** Seconds since the step before; absent for the first, and where the stamps do not tell. */
  after?: number | undefined;
  /** Which try it is, from 1, where it is one. */
  attempt?: number | undefined;
  /** The server is another one than that of the step before. */
  newHost: boolean;
}

const tries = new Set(["attempt", "connection"]);

export function timeline(steps: Step[]): TimelineEntry[] {
  let attempt = 0;
  return steps.map((step, i) => {
    const before = steps[i - 1];
    const gap = before ? (Date.parse(step.time) - Date.parse(before.time)) / 1000 : Number.NaN;
    return {
      step,
      after: Number.isFinite(gap) && gap >= 0 ? gap : undefined,
      attempt: tries.has(step.kind) ? ++attempt : undefined,
      newHost: step.host !== undefined && step.host !== before?.host,
    };
  });
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
