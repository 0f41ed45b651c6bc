import type { AggregateAnswer, AggregationBucket, AggregationResult, EventDocument, Panel, PanelMetric, SearchAnswer } from "../../api";
import type { Narrow } from "./context";
import { planSeries } from "./plan";

/** A figure with what it was in the range before; null where there is nothing to measure. */
export interface Figure {
  value: number | null;
  before?: number | null | undefined;
}

/** One line of a timeline. name is undefined for what is left over, "" for the whole. */
export interface Line {
  key: string;
  /** Which of the panel's series it is; undefined for a value of a field. */
  series: number | undefined;
  /** A value from the log. */
  value: string | undefined;
  kind: "series" | "value" | "other" | "all";
  values: (number | null)[];
  narrow?: Narrow | undefined;
}

export interface TermRow extends Figure {
  key: string;
  count: number;
  /** Of all events, between 0 and 1; only where events are counted. */
  share: number | undefined;
}

/** What a panel shows, read from the answers. */
export type PanelData =
  | { kind: "timeline"; starts: number[]; width: number; lines: Line[] }
  | { kind: "terms"; rows: TermRow[]; other: number; total: number }
  | { kind: "number"; figures: (Figure & { series: number | undefined; of?: Figure | undefined })[]; spark: (number | null)[] }
  | { kind: "flow"; stages: number[] }
  | { kind: "events"; hits: EventDocument[]; total: number; exact: boolean };

const found = (list: AggregationResult[] | undefined, name: string): AggregationResult | undefined => list?.find((a) => a.name === name);

/** measured takes a metric's value out of a result. */
export function measured(result: AggregationResult | undefined, percent?: number): number | null {
  if (!result) return null;
  if (result.kind === "percentiles") return result.percentiles?.find((p) => percent === undefined || p.percent === percent)?.value ?? null;
  return result.value ?? null;
}

/** The figure of a bucket: its metric, or its count. */
function figureOf(bucket: AggregationBucket, metric: PanelMetric | undefined): number | null {
  if (!metric || (metric.kind === "count" && !metric.field)) return bucket.count;
  const value = measured(found(bucket.aggs, "m"));
  // Sums of nothing are nothing, averages of nothing are not.
  return value ?? (adds(metric) ? 0 : null);
}

/** Whether figures of this metric may be added up. */
export const adds = (metric: PanelMetric | undefined): boolean => !metric || metric.kind === "count" || metric.kind === "sum";

/** seriesFigures reads the figure of each series from results that filterAggs asked for. */
function seriesFigures(panel: Panel, results: AggregationResult[] | undefined): (number | null)[] {
  const series = panel.series ?? [];
  const plan = planSeries(series);
  return plan.where.map(({ key, agg, percent }, i) => {
    const at = plan.filters.findIndex((f) => f.key === key);
    const bucket = found(results, `f${at}`)?.buckets?.[0];
    const metric = series[i]?.metric;
    if (!bucket) return adds(metric) || metric?.kind === "cardinality" ? 0 : null;
    if (agg === undefined) return bucket.count;
    return measured(found(bucket.aggs, agg), percent) ?? (adds(metric) || metric?.kind === "cardinality" ? 0 : null);
  });
}

/** readPanel turns answers into what a panel shows; undefined while the answer is missing. Answers of an earlier form of the panel read as far as they fit. */
export function readPanel(panel: Panel, answer: AggregateAnswer | undefined, hits: SearchAnswer | undefined, beforeAnswer: AggregateAnswer | undefined): PanelData | undefined {
  if (panel.kind === "table" && !panel.field) return hits ? { kind: "events", hits: hits.hits, total: hits.total, exact: hits.total_exact } : undefined;
  if (!answer) return undefined;
  switch (panel.kind) {
    case "timeline":
      return readTimeline(panel, answer);
    case "number":
      return readNumber(panel, answer, beforeAnswer);
    case "flow":
      return { kind: "flow", stages: seriesFigures(panel, answer.aggs).map((n) => n ?? 0) };
    default:
      return readTerms(panel, answer, beforeAnswer);
  }
}

function readTimeline(panel: Panel, answer: AggregateAnswer): PanelData {
  const series = panel.series ?? [];
  const main = found(answer.aggs, series.length === 0 && panel.field ? "all" : "t");
  const buckets = main?.buckets ?? [];
  const starts = buckets.map((b) => Date.parse(b.key));
  const width = main?.interval_ms ?? 60_000;
  if (series.length > 0) {
    const figures = buckets.map((b) => seriesFigures(panel, b.aggs));
    const lines = series.map((s, i): Line => ({ key: `s${i}`, series: i, value: undefined, kind: "series", values: figures.map((f) => f[i] ?? null), narrow: s.query ? { query: s.query } : undefined }));
    return { kind: "timeline", starts, width, lines };
  }
  if (!panel.field) return { kind: "timeline", starts, width, lines: [{ key: "all", series: undefined, value: undefined, kind: "all", values: buckets.map((b) => figureOf(b, panel.metric)) }] };
  const field = panel.field;
  const split = found(answer.aggs, "s")?.buckets ?? [];
  const lines = split.map((term): Line => {
    const own = new Map((found(term.aggs, "t")?.buckets ?? []).map((b) => [Date.parse(b.key), figureOf(b, panel.metric)]));
    return { key: `v${term.key}`, series: undefined, value: term.key, kind: "value", values: starts.map((s) => own.get(s) ?? (adds(panel.metric) ? 0 : null)), narrow: { field, value: term.key } };
  });
  if (adds(panel.metric) && panel.metric?.kind !== "sum") {
    const rest = buckets.map((b, i) => Math.max(0, b.count - lines.reduce((sum, l) => sum + (l.values[i] ?? 0), 0)));
    if (rest.some((n) => n > 0)) lines.push({ key: "other", series: undefined, value: undefined, kind: "other", values: rest });
  }
  return { kind: "timeline", starts, width, lines };
}

function readTerms(panel: Panel, answer: AggregateAnswer, beforeAnswer: AggregateAnswer | undefined): PanelData {
  const result = found(answer.aggs, "t");
  const counting = !panel.metric || (panel.metric.kind === "count" && !panel.metric.field);
  const old = panel.growth && beforeAnswer ? found(beforeAnswer.aggs, "t") : undefined;
  const earlier = old ? new Map((old.buckets ?? []).map((b) => [b.key, figureOf(b, panel.metric)])) : undefined;
  let rows = (result?.buckets ?? []).map((b): TermRow => ({
    key: b.key,
    count: b.count,
    value: figureOf(b, panel.metric),
    share: counting && answer.total > 0 ? Math.min(1, b.count / answer.total) : undefined,
    // A value that is not listed was not there, unless the list was cut.
    before: earlier ? (earlier.get(b.key) ?? (old?.other ? null : 0)) : undefined,
  }));
  if (panel.growth && earlier) rows.sort((a, b) => growth(b) - growth(a) || b.count - a.count);
  const size = panel.size || 10;
  let other = result?.other ?? 0;
  for (const row of rows.slice(size)) other += row.count;
  rows = rows.slice(0, size);
  return { kind: "terms", rows, other, total: answer.total };
}

const growth = (row: Figure): number => (row.before === null || row.before === undefined ? 0 : (row.value ?? 0) - row.before);

function readNumber(panel: Panel, answer: AggregateAnswer, beforeAnswer: AggregateAnswer | undefined): PanelData {
  const series = panel.series ?? [];
  if (series.length > 0) {
    const now = seriesFigures(panel, answer.aggs);
    const old = beforeAnswer ? seriesFigures(panel, beforeAnswer.aggs) : undefined;
    return { kind: "number", figures: now.map((value, i) => ({ value, before: old?.[i], series: i })), spark: [] };
  }
  const now = numberOf(panel, answer);
  const old = beforeAnswer ? numberOf(panel, beforeAnswer) : undefined;
  const of = now.of === undefined ? undefined : { value: now.of, before: old?.of };
  return { kind: "number", figures: [{ value: now.value, before: old?.value, series: undefined, of }], spark: now.spark };
}

function numberOf(panel: Panel, answer: AggregateAnswer): { value: number | null; of: number | null | undefined; spark: (number | null)[] } {
  const nothing = (value: number | null) => value ?? (adds(panel.metric) || panel.metric?.kind === "cardinality" ? 0 : null);
  const counting = !panel.metric || (panel.metric.kind === "count" && !panel.metric.field);
  if (!panel.share_of) {
    const spark = (found(answer.aggs, "t")?.buckets ?? []).map((b) => figureOf(b, panel.metric));
    return { value: counting ? answer.total : nothing(measured(found(answer.aggs, "m"))), of: undefined, spark };
  }
  const bucket = (name: string) => found(answer.aggs, name)?.buckets?.[0];
  const value = (b: AggregationBucket | undefined) => (counting ? (b?.count ?? 0) : nothing(measured(found(b?.aggs, "m"))));
  return { value: value(bucket("v")), of: value(bucket("of")), spark: (found(bucket("v")?.aggs, "t")?.buckets ?? []).map((b) => b.count) };
}

/** Whether there is nothing to show. */
export function isEmpty(data: PanelData): boolean {
  switch (data.kind) {
    case "timeline":
      return data.starts.length === 0 || data.lines.every((l) => l.values.every((v) => v === null || v === 0));
    case "terms":
      return data.rows.length === 0;
    case "events":
      return data.hits.length === 0;
    case "flow":
      return data.stages.every((n) => n === 0);
    case "number":
      return false;
  }
}
