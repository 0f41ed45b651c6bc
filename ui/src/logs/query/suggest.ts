import type { AggregateAnswer, FieldInfo } from "../../api";
import { post } from "../../api";
import type { TimeRange } from "../../kit/time";
import { escapeName } from "../lucene";
import { asPrefix, asValue, type Place } from "./tokens";

/** Something that can be written at the caret. */
export interface Suggestion {
  label: string;
  /** What it is, in a word. */
  kind: "field" | "operator" | "value" | "date";
  /** Beside the label: kind of the field, number of events. */
  detail?: string | undefined;
  /** A sentence about it. */
  info?: string | undefined;
  insert: string;
  /** Ask again behind it: a field wants a value. */
  more?: boolean;
  boost?: number;
}

/** Where suggestions come from and the words that go with them. */
export interface SuggestSource {
  fields: readonly FieldInfo[];
  meaning: (name: string) => string | undefined;
  range: TimeRange;
  zone: string | undefined;
  words: (key: string, count?: number) => string;
}

/** suggest gives what can stand at a place, best first. Values come from the server: the most frequent ones in the range. */
export async function suggest(place: Place, source: SuggestSource, signal: AbortSignal): Promise<Suggestion[]> {
  switch (place.kind) {
    case "none":
      return [];
    case "exists":
      return fieldNames(source, "");
    case "clause":
      return [...operators(place.afterClause, source), ...fieldNames(source, ":")];
    case "range":
      return rangeParts(place.field, place.afterValue, source);
    case "value":
      return values(place.field, place.typed, source, signal);
  }
}

function fieldNames({ fields, meaning, words }: SuggestSource, colon: string): Suggestion[] {
  return fields.map((f) => ({ label: f.name, kind: "field", detail: words(`kind.${f.kind}`), info: meaning(f.name), insert: escapeName(f.name) + colon, more: colon !== "" }));
}

function operators(afterClause: boolean, { words }: SuggestSource): Suggestion[] {
  const joined: Suggestion[] = afterClause ? ["AND", "OR"].map((o) => ({ label: o, kind: "operator", detail: words(`operator.${o}`), insert: `${o} `, boost: 20, more: true })) : [];
  return [
    ...joined,
    { label: "NOT", kind: "operator", detail: words("operator.NOT"), insert: "NOT ", boost: afterClause ? 10 : -10, more: true },
    { label: "_exists_", kind: "operator", detail: words("operator.exists"), insert: "_exists_:", boost: -10, more: true },
  ];
}

const dateWords = ["now", "now-15m", "now-1h", "now-24h", "now-7d", "now/d", "now-1d/d", "now/w", "now/M"];

const dates = (words: SuggestSource["words"]): Suggestion[] => dateWords.map((d, i) => ({ label: d, kind: "date", detail: words(`date.${d}`), insert: d, boost: -i }));

function rangeParts(field: string, afterValue: boolean, { fields, words }: SuggestSource): Suggestion[] {
  const to: Suggestion[] = afterValue ? [{ label: "TO", kind: "operator", detail: words("operator.TO"), insert: "TO ", boost: 30, more: true }] : [];
  return fields.find((f) => f.name === field)?.kind === "time" ? [...to, ...dates(words)] : to;
}

async function values(name: string, typed: string, source: SuggestSource, signal: AbortSignal): Promise<Suggestion[]> {
  const { fields, words } = source;
  const field = fields.find((f) => f.name === name || f.aliases?.includes(name));
  const kind = field?.kind ?? "keyword";
  const inner: Suggestion = { label: "in(…)", kind: "operator", detail: words("operator.in"), insert: "in(", more: true, boost: -95 };
  if (kind === "time") return [{ label: "[… TO …]", kind: "date", detail: words("range"), insert: "[", more: true, boost: 5 }, ...dates(words)];
  const extra: Suggestion[] = [...(kind === "integer" || kind === "number" ? [">=", "<="].map((c): Suggestion => ({ label: c, kind: "operator", insert: c, boost: -50 })) : []), inner];
  if (kind === "boolean") return ["true", "false"].map((v) => ({ label: v, kind: "value", insert: `${v} ` }));
  if (kind === "text") return [inner];
  const counted = await counts(field?.name ?? name, kind === "keyword" ? typed : "", source, signal);
  const known = new Set(counted.map((c) => c.value));
  const rest = (field?.values ?? []).filter((v) => !known.has(v)).map((value) => ({ value, count: 0 }));
  return [
    ...[...counted, ...rest].map(({ value, count }, i): Suggestion => ({ label: value, kind: "value", detail: count > 0 ? words("events", count) : undefined, insert: `${asValue(value)} `, boost: Math.max(-90, 90 - i) })),
    ...extra,
  ];
}

async function counts(field: string, prefix: string, { range, zone }: SuggestSource, signal: AbortSignal): Promise<{ value: string; count: number }[]> {
  try {
    const answer = await post<AggregateAnswer>(
      "/api/aggregate",
      { query: prefix === "" ? "" : `${escapeName(field)}:${asPrefix(prefix)}`, since: range.since, until: range.until, zone, aggs: [{ name: "values", kind: "terms", field, size: prefix === "" ? 50 : 20 }] },
      signal,
    );
    return (answer.aggs[0]?.buckets ?? []).map((b) => ({ value: b.key, count: b.count }));
  } catch {
    // Suggestions are a help: the closed list is there without the server.
    return [];
  }
}
