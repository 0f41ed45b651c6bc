import { useCallback } from "react";
import { useTranslation } from "react-i18next";

import type { Panel } from "../../api";
import { useChartColors, type ChartColors } from "../../kit/chart";
import { useSettings } from "../../kit/settings";
import { visible } from "../../kit/visible";
import { inLanguage } from "../../logs/words";
import { countryName } from "../model/countries";
import type { Line } from "../model/read";

/** How names of series and values read. Values are log text: what is hidden in them is made visible, what is long is cut. */
export interface Names {
  line: (panel: Panel, line: Pick<Line, "kind" | "series" | "value">) => string;
  value: (panel: Panel, key: string) => string;
  /** What is measured: the metric in words. */
  metric: (panel: Pick<Panel, "metric">) => string;
}

export function useNames(): Names {
  const { t } = useTranslation("dashboards");
  const { language } = useSettings();
  const value = useCallback(
    (panel: Panel, key: string) => (key === "" ? t("names.empty") : panel.kind === "map" || panel.field === "geo_country" ? visible(countryName(key, language), 120) : visible(key, 120)),
    [t, language],
  );
  const metric = useCallback(
    ({ metric: m }: Pick<Panel, "metric">) => {
      if (!m || (m.kind === "count" && !m.field)) return t("names.events");
      return m.kind === "percentile" ? t("names.percentile", { percent: m.percent, field: m.field }) : t(`names.${m.kind}`, { field: m.field });
    },
    [t],
  );
  const line = useCallback(
    (panel: Panel, one: Pick<Line, "kind" | "series" | "value">) => {
      if (one.kind === "series") return inLanguage(panel.series?.[one.series ?? 0]?.title, language);
      if (one.kind === "value") return value(panel, one.value ?? "");
      return one.kind === "other" ? t("names.other") : metric(panel);
    },
    [t, language, value, metric],
  );
  return { line, value, metric };
}

const meanings = ["delivered", "deferred", "bounced", "rejected", "neutral"] as const;
const isMeaning = (text: string | undefined): text is (typeof meanings)[number] => meanings.some((m) => m === text);

/** Values of the logs that mean the same as a colour. */
const valueColors: Record<string, (typeof meanings)[number]> = { delivered: "delivered", deferred: "deferred", bounced: "bounced", expired: "bounced", rejected: "rejected" };

/** The colour of a series or a value: by what it means, else by its place. */
export function useColors(): { colors: ChartColors; of: (panel: Panel, line: Pick<Line, "kind" | "series" | "value">, index: number) => string } {
  const colors = useChartColors();
  const of = useCallback(
    (panel: Panel, line: Pick<Line, "kind" | "series" | "value">, index: number): string => {
      const named = line.kind === "series" ? panel.series?.[line.series ?? 0]?.color : undefined;
      if (isMeaning(named)) return colors.meaning[named];
      if (line.kind === "other") return colors.meaning.neutral;
      const known = line.kind === "value" && panel.field === "status" ? valueColors[line.value ?? ""] : undefined;
      return known ? colors.meaning[known] : (colors.series[index % colors.series.length] ?? colors.text);
    },
    [colors],
  );
  return { colors, of };
}
