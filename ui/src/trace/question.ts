import type { TraceRequest, Understood } from "../api";
import { plainAge, readRange, type TimeRange } from "../kit/time";

/** What the start page asks: the text of the box, a range, and how many journeys at most. */
export interface Question {
  text: string;
  range: TimeRange;
  limit: number;
}

/** A customer who calls speaks of the last days. */
export const defaultRange: TimeRange = { since: "now-3d" };

/** The first answer comes in a tenth of a second also for busy addresses; each "show more" goes one step up, the last one is the most that the server gives. */
export const firstLimit = 100;
export const limits: readonly number[] = [firstLimit, 1000, 10_000];

/** readQuestion reads the question that an address holds. */
export function readQuestion(get: (name: string) => string | undefined): Question {
  const asked = Number(get("limit") ?? 0);
  return { text: get("q") ?? "", range: readRange(get, defaultRange), limit: limits.find((l) => l >= asked) ?? firstLimit };
}

export function nextLimit(limit: number): number | undefined {
  return limits.find((l) => l > limit);
}

/** traceRequest is the question as the API takes it; steps are for the page of one journey. */
export function traceRequest(question: Question, zone: string): TraceRequest {
  return { query: question.text, since: question.range.since, until: question.range.until, zone, limit: question.limit, no_steps: true };
}

/** The ranges that are worth a try when one was too short, from the nearest. */
export function widerRanges(range: TimeRange): { key: string; since?: string }[] {
  if (range.since === undefined && range.until === undefined) return [];
  const asked = range.until === undefined ? hours(range.since) : undefined;
  return [
    ...["24h", "3d", "7d", "30d", "90d"].map((key) => ({ key, since: `now-${key}` })).filter((r) => (hours(r.since) ?? 0) > (asked ?? 3 * 24)),
    { key: "all" },
  ];
}

const unitHours: Record<string, number> = { second: 1 / 3600, minute: 1 / 60, hour: 1, day: 24, week: 7 * 24 };

/** How far back an age reaches; undefined for moments and other date math. */
function hours(since: string | undefined): number | undefined {
  const age = plainAge(since);
  return age ? age.count * (unitHours[age.unit] ?? 0) : undefined;
}

/** understoodValues are the values a query was taken for, without what the text says already. */
export function understoodValues(query: Understood): string[] {
  return query.kind === "all" ? [] : (query.values ?? []);
}
