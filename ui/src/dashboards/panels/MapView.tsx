import { Text } from "@mantine/core";
import type { EChartsCoreOption } from "echarts/core";
import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";

import { useInfo } from "../../api";
import { Chart, tooltipNode, type ChartColors } from "../../kit/chart";
import { useWords } from "../../logs/words";
import { useFormats } from "../format";
import { countryNumber } from "../model/countries";
import { Bars } from "./Bars";
import { useNames } from "./names";
import type { ViewProps } from "./view";

const map = { name: "world", load: async () => (await import("./world")).world() };

/** MapView colours the countries of the world, with the first of them listed beside it. */
export function MapView({ panel, data, room, onNarrow }: ViewProps<"terms">) {
  const { t } = useTranslation("dashboards");
  const words = useWords();
  const names = useNames();
  const formats = useFormats();
  const field = panel.field ?? "";
  const marks = useMemo(
    () => data.rows.flatMap((r) => {
      const number = countryNumber(r.key);
      return number ? [{ name: number, value: r.value ?? 0, code: r.key }] : [];
    }),
    [data.rows],
  );
  const option = useCallback(
    (colors: ChartColors): EChartsCoreOption => {
      const most = Math.max(1, ...marks.map((m) => m.value));
      return {
        tooltip: {
          trigger: "item",
          formatter: (item: { name: string }) => {
            const mark = marks.find((m) => m.name === item.name);
            return mark ? tooltipNode(names.value(panel, mark.code), [{ name: names.metric(panel), value: formats.figure(mark.value, panel.metric) }]) : "";
          },
        },
        // A few countries send most: the root keeps the others visible.
        visualMap: { show: false, min: 0, max: Math.sqrt(most), dimension: 0, inRange: { color: [`${colors.series[0]}55`, colors.series[0]] } },
        series: [{ type: "map", map: "world", nameProperty: "name", roam: false, left: 0, right: 0, top: 4, bottom: 4, cursor: "pointer", label: { show: false }, emphasis: { label: { show: false } }, selectedMode: false, data: marks.map((m) => ({ name: m.name, value: Math.sqrt(m.value) })) }],
      };
    },
    [marks, names, formats, panel],
  );
  const beside = room.width >= 560;
  return (
    <div className="board-map" data-beside={beside || undefined}>
      <div style={{ flex: beside ? 2 : "none", minWidth: 0 }}>
        <Chart
          option={option}
          map={map}
          height={beside ? Math.max(120, room.height) : Math.min(220, Math.max(120, room.width * 0.5))}
          summary={t("summary.map", { title: words(panel.title), count: marks.length })}
          onClick={(mark) => {
            const code = marks.find((m) => m.name === mark.name)?.code;
            if (code) onNarrow({ field, value: code });
          }}
        />
      </div>
      <div className="board-map-list">
        <Bars panel={panel} data={{ ...data, rows: data.rows.slice(0, 20) }} onNarrow={onNarrow} />
      </div>
    </div>
  );
}

/** MapHint says why a map is empty, and what would fill it. */
export function MapHint() {
  const { t } = useTranslation("dashboards");
  const info = useInfo();
  const off = info.data?.features.geoip === false;
  return (
    <div className="board-note" data-testid="map-hint">
      <Text fw={600} size="sm">
        {off ? t("map.off") : t("map.none")}
      </Text>
      <Text size="sm" c="dimmed">
        {off ? t("map.how") : t("map.private")}
      </Text>
    </div>
  );
}
