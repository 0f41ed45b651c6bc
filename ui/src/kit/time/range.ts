/** A stretch of time in the words that the server takes: date math such as now-1h and now/d, a date, a moment; absent means open. */
export interface TimeRange {
  since?: string | undefined;
  until?: string | undefined;
}

/** The ranges that one click chooses; the catalogue names them by their key. */
// An upper end that is rounded means the last moment of its unit.
export const quickRanges: readonly { key: string; since?: string; until?: string }[] = [
  { key: "15m", since: "now-15m" },
  { key: "1h", since: "now-1h" },
  { key: "4h", since: "now-4h" },
  { key: "24h", since: "now-24h" },
  { key: "today", since: "now/d" },
  { key: "yesterday", since: "now-1d/d", until: "now-1d/d" },
  { key: "3d", since: "now-3d" },
  { key: "7d", since: "now-7d" },
  { key: "week", since: "now/w" },
  { key: "30d", since: "now-30d" },
  { key: "90d", since: "now-90d" },
  { key: "all" },
];

export function sameRange(a: TimeRange, b: TimeRange): boolean {
  return (a.since ?? "") === (b.since ?? "") && (a.until ?? "") === (b.until ?? "");
}

export function quickKey(range: TimeRange): string | undefined {
  return quickRanges.find((q) => sameRange(q, range))?.key;
}

/** A range between two moments, as a brush on a chart gives it. */
export function between(from: number, to: number): TimeRange {
  return { since: new Date(Math.floor(from)).toISOString(), until: new Date(Math.ceil(to)).toISOString() };
}

const age = /^now-(\d{1,6})([smhdw])$/;
const unitNames: Record<string, string> = { s: "second", m: "minute", h: "hour", d: "day", w: "week" };

/** now-3h as a number and a unit; undefined for anything else. */
export function plainAge(text: string | undefined): { count: number; unit: string } | undefined {
  const found = age.exec(text ?? "");
  if (!found) return undefined;
  return { count: Number(found[1]), unit: unitNames[found[2] ?? ""] ?? "" };
}

/** A moment, when text is one; undefined for date math and for nothing. */
export function moment(text: string | undefined): number | undefined {
  if (!text || !/^\d{4}-\d\d-\d\d/.test(text)) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

/** How a range stands in an address: since=* is an open beginning, no since the screen's default. */
export function readRange(get: (name: string) => string | undefined, fallback: TimeRange): TimeRange {
  const since = get("since");
  const until = get("until");
  if (since === undefined && until === undefined) return fallback;
  return { since: since === "*" || since === undefined ? undefined : since, until: until === "*" ? undefined : until };
}

export function rangeParams(range: TimeRange): { since: string; until: string | undefined } {
  return { since: range.since || "*", until: range.until || undefined };
}
