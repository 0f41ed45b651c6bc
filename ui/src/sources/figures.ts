import type { Source } from "../api";

/** share is the part of the lines of the last day that no parser understood; undefined where there were none. */
export const share = (s: Source): number | undefined => (s.recent > 0 ? s.unparsed / s.recent : undefined);

/** A share from which a person should look at the lines. */
export const muchUnparsed = 0.05;

/** formatShare shows a share in percent; what is there is never shown as nothing. */
export function formatShare(part: number, language: string): string {
  const percent = part * 100;
  if (percent > 0 && percent < 0.1) return `< ${(0.1).toLocaleString(language)} %`;
  return `${percent.toLocaleString(language, { maximumFractionDigits: percent < 10 ? 1 : 0 })} %`;
}

/** formatRate shows lines per second with as many digits as say something. */
export const formatRate = (rate: number, language: string): string => rate.toLocaleString(language, { maximumFractionDigits: rate >= 10 ? 0 : rate >= 1 ? 1 : 2 });

/** The columns by which the table can be sorted. */
export const sortKeys = ["state", "kind", "name", "host", "last", "rate", "lag", "lines", "unparsed"] as const;
export type SortKey = (typeof sortKeys)[number];

export const isSortKey = (text: string): text is SortKey => (sortKeys as readonly string[]).includes(text);

/** Sorting by a figure begins with the largest, by a word with the first. */
const numbers: readonly SortKey[] = ["last", "rate", "lag", "lines", "unparsed"];
export const beginsDescending = (key: SortKey): boolean => numbers.includes(key);

const texts: Partial<Record<SortKey, (s: Source) => string>> = { kind: (s) => s.kind, name: (s) => s.name, host: (s) => s.hosts?.[0] ?? "" };
const figures: Partial<Record<SortKey, (s: Source) => number>> = {
  last: (s) => Date.parse(s.last_event ?? s.last_read ?? "") || 0,
  rate: (s) => s.rate,
  lag: (s) => s.lag_bytes ?? 0,
  lines: (s) => s.lines,
  unparsed: (s) => share(s) ?? -1,
};

/** sortSources orders a list; by state it is the server's own order, the worst first. */
export function sortSources(list: Source[], key: SortKey, descending: boolean): Source[] {
  const sign = descending ? -1 : 1;
  const text = texts[key];
  const figure = figures[key];
  if (text) return [...list].sort((a, b) => sign * text(a).localeCompare(text(b)));
  if (figure) return [...list].sort((a, b) => sign * (figure(a) - figure(b)));
  return descending ? [...list].reverse() : list;
}
