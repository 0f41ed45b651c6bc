import type { EChartsCoreOption } from "echarts/core";
import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";

import { Chart, tooltipNode } from "../../kit/chart";
import { useWords } from "../../logs/words";
import { useFormats } from "../format";
import { adds } from "../model/read";
import { Legend } from "./Legend";
import { useColors, useNames } from "./names";
import type { ViewProps } from "./view";

const contrast = (): boolean => window.matchMedia("(prefers-contrast: more)").matches;

/** PieView draws a doughnut, with the names and shares beside it. */
export function PieView({ panel, data, room, onNarrow }: ViewProps<"terms">) {
  const { t } = useTranslation("dashboards");
  const words = useWords();
  const names = useNames();
  const formats = useFormats();
  const { of } = useColors();
  const field = panel.field ?? "";
  const slices = useMemo(() => {
    const own = data.rows.map((r, i) => ({ key: `v${r.key}`, name: names.value(panel, r.key), value: r.value ?? 0, color: of(panel, { kind: "value", series: undefined, value: r.key }, i), narrow: { field, value: r.key } }));
    const rest = adds(panel.metric) && panel.metric?.kind !== "sum" && data.other > 0 ? [{ key: "other", name: t("names.other"), value: data.other, color: of(panel, { kind: "other", series: undefined, value: undefined }, 0), narrow: undefined }] : [];
    return [...own, ...rest];
  }, [data, panel, field, names, of, t]);
  const sum = slices.reduce((all, s) => all + s.value, 0);
  const option = useCallback(
    (): EChartsCoreOption => ({
      // For those who ask for more contrast, patterns tell slices apart; for all, the list beside them in the same order.
      aria: { enabled: true, label: { enabled: false }, decal: { show: contrast() } },
      tooltip: {
        trigger: "item",
        formatter: (item: { dataIndex: number }) => {
          const slice = slices[item.dataIndex];
          return tooltipNode(slice?.name ?? "", slice ? [{ color: slice.color, name: formats.share(sum > 0 ? slice.value / sum : 0), value: formats.figure(slice.value, panel.metric) }] : []);
        },
      },
      series: [{ type: "pie", radius: ["52%", "88%"], label: { show: false }, labelLine: { show: false }, cursor: "pointer", emphasis: { scale: false }, data: slices.map((s) => ({ name: s.name, value: s.value, itemStyle: { color: s.color } })) }],
    }),
    [slices, sum, formats, panel.metric],
  );
  const beside = room.width >= 330;
  const side = beside ? Math.min(room.height, room.width * 0.45) : Math.min(180, room.height * 0.5);
  return (
    <div className="board-pie" data-beside={beside || undefined}>
      <div style={{ width: beside ? side : "100%", flex: "none" }}>
        <Chart
          option={option}
          height={side}
          summary={t("summary.pie", { title: words(panel.title), count: slices.length })}
          onClick={(mark) => {
            const narrow = slices[mark.index]?.narrow;
            if (narrow) onNarrow(narrow);
          }}
        />
      </div>
      <Legend vertical items={slices.map((s) => ({ ...s, figure: `${formats.share(sum > 0 ? s.value / sum : 0)} · ${formats.figure(s.value, panel.metric)}` }))} onNarrow={onNarrow} />
    </div>
  );
}
