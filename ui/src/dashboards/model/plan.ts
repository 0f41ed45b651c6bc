import type { AggregateRequest, Aggregation, Panel, PanelMetric, PanelSeries, SearchRequest } from "../../api";
import { compose } from "../../logs/lucene";
import type { BoardContext } from "./context";

/** What a panel asks the server; at most one of the two, and nothing for a text. */
export interface Plan {
  aggregate?: AggregateRequest;
  search?: SearchRequest;
}

/** Fields of an event that a table needs beside its columns, to lead further. */
export const leadFields = ["event_id", "queue_id", "message_id"] as const;

/** The kinds that compare with the range before. */
export const compares = (panel: Panel): boolean => panel.kind === "number" || (panel.growth === true && (panel.kind === "bar" || (panel.kind === "table" && panel.field !== undefined)));

/** The part of a panel's question that is its own: its query, and any of its series' queries. */
export function panelQuery(panel: Panel): string {
  const series = panel.series ?? [];
  if (series.length === 0) return compose([panel.query]);
  return compose([panel.query, anyOf(series.map((s) => s.query))]);
}

/** A query that matches what any of the queries matches; empty when one of them matches everything. */
export function anyOf(queries: string[]): string {
  const own = [...new Set(queries.map((q) => q.trim()))];
  if (own.some((q) => q === "" || q === "*" || q === "*:*")) return "";
  return own.length === 1 ? (own[0] ?? "") : own.map((q) => `(${q})`).join(" OR ");
}

/** The whole query of a panel on a dashboard. */
export const fullQuery = (panel: Panel, context: Pick<BoardContext, "query" | "pills">): string => compose([context.query, panelQuery(panel)], context.pills);

/** The aggregation that measures, or none where events are counted. */
export function metricAgg(metric: PanelMetric | undefined, name = "m"): Aggregation | undefined {
  if (!metric || (metric.kind === "count" && !metric.field)) return undefined;
  const field = metric.field ?? "";
  if (metric.kind === "percentile") return { name, kind: "percentiles", field, percents: [metric.percent ?? 50] };
  return { name, kind: metric.kind, field };
}

/** Series that ask the same query share a filter, and percentiles of one field an aggregation. */
export interface SeriesPlan {
  filters: { key: string; query: string; aggs: Aggregation[] }[];
  /** For each series, where its figure is found. */
  where: { key: string; agg: string | undefined; percent: number | undefined }[];
}

export function planSeries(series: readonly PanelSeries[]): SeriesPlan {
  const plan: SeriesPlan = { filters: [], where: [] };
  for (const one of series) {
    let filter = plan.filters.find((f) => f.query === one.query);
    if (!filter) plan.filters.push((filter = { key: `q${plan.filters.length}`, query: one.query, aggs: [] }));
    const wanted = metricAgg(one.metric);
    if (!wanted) {
      plan.where.push({ key: filter.key, agg: undefined, percent: undefined });
      continue;
    }
    let agg = filter.aggs.find((a) => a.kind === wanted.kind && a.field === wanted.field);
    if (!agg) filter.aggs.push((agg = { ...wanted, name: `m${filter.aggs.length}` }));
    const percent = wanted.percents?.[0];
    if (percent !== undefined && agg.percents && !agg.percents.includes(percent)) agg.percents = [...agg.percents, percent];
    plan.where.push({ key: filter.key, agg: agg.name, percent });
  }
  return plan;
}

/** One aggregation `filters` for each set of measures, as measures belong to all filters of one. */
export function filterAggs(plan: SeriesPlan, prefix = "f"): Aggregation[] {
  return plan.filters.map((f, i) => ({ name: `${prefix}${i}`, kind: "filters" as const, filters: [{ key: f.key, query: f.query }], ...(f.aggs.length > 0 ? { aggs: f.aggs } : {}) }));
}

const optional = (agg: Aggregation | undefined): { aggs?: Aggregation[] } => (agg ? { aggs: [agg] } : {});

/** planPanel says what to ask for a panel. Narrow screens take fewer buckets. */
export function planPanel(panel: Panel, context: BoardContext, narrow = false): Plan {
  const base = { query: fullQuery(panel, context), since: context.range.since ?? "", until: context.range.until ?? "", zone: context.zone };
  switch (panel.kind) {
    case "text":
      return {};
    case "timeline":
      return { aggregate: { ...base, aggs: timelineAggs(panel, narrow ? 30 : Math.max(24, Math.min(90, panel.w * 7))) } };
    case "flow":
      return { aggregate: { ...base, aggs: filterAggs(planSeries(panel.series ?? [])) } };
    case "number":
      return { aggregate: { ...base, ...numberAsk(panel, context, true) } };
    case "table":
      if (!panel.field) {
        const fields = [...new Set([...(panel.columns ?? []), ...leadFields])];
        return { search: { ...base, size: panel.size || 50, fields, sort: panel.sort || "-@timestamp" } };
      }
      return { aggregate: { ...base, aggs: [termsAgg(panel)] } };
    default:
      return { aggregate: { ...base, aggs: [termsAgg(panel)] } };
  }
}

/** planBefore asks the same about the range of equal length before the one that was answered; undefined when there is none. */
export function planBefore(panel: Panel, context: BoardContext, from: string | undefined, to: string | undefined, now: number): AggregateRequest | undefined {
  const range = before(from, to, now);
  if (!range || !compares(panel)) return undefined;
  const base = { query: fullQuery(panel, context), ...range, zone: context.zone };
  if (panel.kind === "number") return { ...base, ...numberAsk(panel, context, false) };
  return { ...base, aggs: [{ ...termsAgg(panel), size: 1000 }] };
}

/** The range of equal length before a range. */
export function before(from: string | undefined, to: string | undefined, now: number): { since: string; until: string } | undefined {
  const start = Date.parse(from ?? "");
  const end = to ? Date.parse(to) : now;
  if (Number.isNaN(start) || Number.isNaN(end) || end <= start) return undefined;
  const iso = (ms: number) => new Date(ms).toISOString();
  return { since: iso(start - (end - start)), until: iso(start) };
}

function termsAgg(panel: Panel): Aggregation {
  const metric = metricAgg(panel.metric);
  const size = panel.size || 10;
  return {
    name: "t",
    kind: "terms",
    field: panel.field ?? "",
    // What grew most need not be among the greatest.
    size: panel.growth ? Math.max(200, size) : size,
    ...(metric ? { order: metric.percents ? `-m.${metric.percents[0]}` : "-m", aggs: [metric] } : {}),
  };
}

function timelineAggs(panel: Panel, buckets: number): Aggregation[] {
  const series = panel.series ?? [];
  if (series.length > 0) return [{ name: "t", kind: "timeline", buckets, aggs: filterAggs(planSeries(series)) }];
  const metric = optional(metricAgg(panel.metric));
  if (!panel.field) return [{ name: "t", kind: "timeline", buckets, ...metric }];
  return [
    { name: "all", kind: "timeline", buckets },
    { name: "s", kind: "terms", field: panel.field, size: panel.size || 8, aggs: [{ name: "t", kind: "timeline", buckets, ...metric }] },
  ];
}

/** A number counts its own query; as a share, both are filters beside each other. */
function numberAsk(panel: Panel, context: BoardContext, spark: boolean): { query: string; aggs: Aggregation[] } {
  const line = (metric: Aggregation | undefined): Aggregation[] => (spark ? [{ name: "t", kind: "timeline", buckets: 24, ...optional(metric) }] : []);
  const series = panel.series ?? [];
  if (series.length > 0) return { query: fullQuery(panel, context), aggs: filterAggs(planSeries(series)) };
  const metric = metricAgg(panel.metric);
  if (!panel.share_of) return { query: fullQuery(panel, context), aggs: [...(metric ? [metric] : []), ...line(metric)] };
  const own = compose([panel.query]);
  const inside = [...(metric ? [metric] : []), ...line(undefined)];
  return {
    query: compose([context.query, anyOf([own, panel.share_of])], context.pills),
    aggs: [
      { name: "v", kind: "filters", filters: [{ key: "v", query: own }], ...(inside.length > 0 ? { aggs: inside } : {}) },
      { name: "of", kind: "filters", filters: [{ key: "of", query: panel.share_of }], ...(metric ? { aggs: [metric] } : {}) },
    ],
  };
}
