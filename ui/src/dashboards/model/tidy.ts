import type { Panel } from "../../api";
import { freeId, freePlace } from "./layout";

/** The kinds of panels, in the order in which they are offered. */
export const kinds: readonly Panel["kind"][] = ["timeline", "bar", "pie", "table", "number", "flow", "map", "text"];

/** tidy leaves out what a panel's kind has no use for, so that nothing unseen is saved. */
export function tidy(panel: Panel): Panel {
  const { id, kind, title, x, y, w, h } = panel;
  const place = { id, kind, title, x, y, w, h };
  if (kind === "text") return { ...place, text: panel.text ?? {} };
  const query = panel.query?.trim() ? { query: panel.query } : {};
  const metric = panel.metric && (panel.metric.kind !== "count" || panel.metric.field) ? { metric: panel.metric } : {};
  const size = panel.size ? { size: panel.size } : {};
  const growth = panel.growth ? { growth: true } : {};
  const series = panel.series && panel.series.length > 0 ? panel.series : undefined;
  switch (kind) {
    case "timeline":
      if (series) return { ...place, ...query, series };
      return { ...place, ...query, ...metric, ...(panel.field ? { field: panel.field, ...size } : {}) };
    case "flow":
      return { ...place, ...query, series: series ?? [] };
    case "number":
      if (series) return { ...place, ...query, series };
      return { ...place, ...query, ...metric, ...(panel.share_of?.trim() ? { share_of: panel.share_of } : {}) };
    case "table":
      if (!panel.field) return { ...place, ...query, ...size, columns: panel.columns ?? [], ...(panel.sort ? { sort: panel.sort } : {}) };
      return { ...place, ...query, ...metric, ...size, ...growth, field: panel.field };
    case "bar":
      return { ...place, ...query, ...metric, ...size, ...growth, field: panel.field ?? "" };
    default:
      return { ...place, ...query, ...metric, ...size, field: panel.field ?? "" };
  }
}

/** What a panel still needs before it can be saved; undefined when nothing. */
export function missing(panel: Panel): "title" | "field" | "columns" | "stages" | "seriesTitle" | "metricField" | "text" | undefined {
  if (panel.kind === "text") return panel.text?.en?.trim() || panel.text?.es?.trim() ? undefined : "text";
  if (!panel.title.en?.trim() && !panel.title.es?.trim()) return "title";
  if ((panel.kind === "bar" || panel.kind === "pie" || panel.kind === "map") && !panel.field) return "field";
  if (panel.kind === "table" && !panel.field && !panel.columns?.length) return "columns";
  if (panel.kind === "flow" && (panel.series?.length ?? 0) < 2) return "stages";
  if (panel.series?.some((s) => !s.title.en?.trim() && !s.title.es?.trim())) return "seriesTitle";
  const metrics = [panel.metric, ...(panel.series?.map((s) => s.metric) ?? [])];
  return metrics.some((m) => m && m.kind !== "count" && !m.field) ? "metricField" : undefined;
}

const sizes: Record<Panel["kind"], { w: number; h: number }> = {
  timeline: { w: 12, h: 8 }, bar: { w: 6, h: 8 }, pie: { w: 6, h: 8 }, table: { w: 6, h: 9 }, number: { w: 3, h: 4 }, flow: { w: 12, h: 6 }, map: { w: 8, h: 10 }, text: { w: 4, h: 4 },
};

/** newPanel is a panel of a kind with what it needs to show something at once. */
export function newPanel(kind: Panel["kind"], panels: readonly Panel[], title: string, language: "en" | "es", words: { text: string; stages: string[] }): Panel {
  const size = sizes[kind];
  const own: Partial<Panel> =
    kind === "text" ? { text: { [language]: words.text }, title: {} }
    : kind === "table" ? { columns: ["@timestamp", "host", "event_type", "sender", "recipient", "status"], sort: "-@timestamp", size: 50 }
    : kind === "map" ? { field: "geo_country", size: 250 }
    : kind === "bar" || kind === "pie" ? { field: kind === "pie" ? "status" : "host", size: 10 }
    : kind === "flow" ? { series: ["event_type:message_reception", "event_type:queue_processing", "event_type:message_delivery"].map((query, i) => ({ title: { [language]: words.stages[i] ?? "" }, query, metric: { kind: "cardinality" as const, field: "queue_id" } })) }
    : {};
  return { id: freeId(panels, kind), kind, title: { [language]: title }, ...freePlace(panels, size.w, size.h), ...size, ...own };
}
