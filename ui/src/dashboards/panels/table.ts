import { useCallback } from "react";
import { useTranslation } from "react-i18next";

import type { Panel } from "../../api";
import { useSettings } from "../../kit/settings";
import { wallClock } from "../../kit/time";
import type { Table } from "../model/csv";
import type { PanelData } from "../model/read";
import { useNames } from "./names";

/** usePanelTable writes what a panel shows as a table: for "view as table" and for CSV. Figures are plain numbers, times those of the viewer's clock. */
export function usePanelTable(): (panel: Panel, data: PanelData) => Table {
  const { t } = useTranslation("dashboards");
  const { zone } = useSettings();
  const names = useNames();
  return useCallback(
    (panel, data) => {
      const cell = (n: number | null | undefined) => n ?? undefined;
      switch (data.kind) {
        case "timeline":
          return {
            head: [t("table.time"), ...data.lines.map((l) => names.line(panel, l))],
            rows: data.starts.map((s, i) => [wallClock(s, zone).replace("T", " "), ...data.lines.map((l) => cell(l.values[i]))]),
          };
        case "terms": {
          const share = data.rows.some((r) => r.share !== undefined);
          const before = data.rows.some((r) => r.before !== undefined);
          return {
            head: [panel.field ?? "", names.metric(panel), ...(share ? [t("table.percent")] : []), ...(before ? [t("table.before"), t("table.change")] : [])],
            rows: data.rows.map((r) => [
              r.key,
              cell(r.value),
              ...(share ? [r.share === undefined ? undefined : Math.round(r.share * 10_000) / 100] : []),
              ...(before ? [cell(r.before), r.before === null || r.before === undefined ? undefined : (r.value ?? 0) - r.before] : []),
            ]),
          };
        }
        case "number":
          return {
            head: [t("table.name"), t("table.value"), t("table.of"), t("table.before")],
            rows: data.figures.map((f) => [f.series === undefined ? names.metric(panel) : names.line(panel, { kind: "series", series: f.series, value: undefined }), cell(f.value), cell(f.of?.value), cell(f.before)]),
          };
        case "flow":
          return { head: [t("table.stage"), t("table.value")], rows: data.stages.map((n, i) => [names.line(panel, { kind: "series", series: i, value: undefined }), n]) };
        case "events": {
          const columns = panel.columns ?? [];
          return { head: [...columns], rows: data.hits.map((hit) => columns.map((c) => cellText(hit[c]))) };
        }
      }
    },
    [t, zone, names],
  );
}

/** The text of a value of an event. */
export function cellText(value: unknown): string | number | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === "number" || typeof value === "string") return value;
  if (Array.isArray(value)) return value.map((v) => cellText(v) ?? "").join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
