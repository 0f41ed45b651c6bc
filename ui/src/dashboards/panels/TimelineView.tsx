import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { Timeline } from "../../kit/chart";
import { between } from "../../kit/time";
import { useWords } from "../../logs/words";
import { useFormats } from "../format";
import { adds } from "../model/read";
import { Legend } from "./Legend";
import { useColors, useNames } from "./names";
import type { ViewProps } from "./view";

const legendHeight = 30;

/** TimelineView draws counts as stacked bars and measures as lines. */
export function TimelineView({ panel, data, room, onNarrow, onRange }: ViewProps<"timeline">) {
  const { t } = useTranslation("dashboards");
  const words = useWords();
  const names = useNames();
  const formats = useFormats();
  const { of } = useColors();
  const metrics = useMemo(() => (panel.series?.length ? panel.series.map((s) => s.metric) : [panel.metric]), [panel]);
  const bars = metrics.every((m) => adds(m));
  const lines = useMemo(
    () => data.lines.map((l, i) => ({ key: l.key, name: names.line(panel, l), color: of(panel, l, i), values: l.values, narrow: l.narrow })),
    [data.lines, panel, names, of],
  );
  const metric = metrics.find((m) => m?.unit) ?? metrics[0];
  const measured = metric !== undefined && (metric.unit !== undefined || !adds(metric));
  const format = useMemo(() => (measured ? (n: number) => formats.figure(n, metric) : undefined), [measured, formats, metric]);
  const legend = lines.length > 1 || lines[0]?.narrow !== undefined;
  // Not every measure can be filtered for alone: percentiles of one query are one set of events.
  const apart = new Set(panel.series?.map((s) => s.query)).size > 1 || !panel.series?.length;
  const total = (values: readonly (number | null)[]) => (bars ? formats.figure(values.reduce<number>((sum, v) => sum + (v ?? 0), 0), metric) : undefined);
  return (
    <>
      {legend ? <Legend items={lines.map((l) => ({ ...l, figure: total(l.values), narrow: apart ? l.narrow : undefined }))} onNarrow={onNarrow} /> : null}
      <Timeline
        starts={data.starts}
        width={data.width}
        series={lines}
        kind={bars ? "bar" : "line"}
        stack={bars}
        {...(format ? { format } : {})}
        summary={t("summary.timeline", { title: words(panel.title), names: lines.map((l) => l.name).join(", ") })}
        height={Math.max(80, room.height - (legend ? legendHeight : 0))}
        onBrush={(from, to) => onRange(between(from, to))}
        {...(legend && apart ? { onClick: (mark: { series: string; from: number; to: number }) => {
          const narrow = lines.find((l) => l.key === mark.series)?.narrow;
          if (narrow) onNarrow(narrow);
          else onRange(between(mark.from, mark.to));
        } } : {})}
      />
    </>
  );
}
