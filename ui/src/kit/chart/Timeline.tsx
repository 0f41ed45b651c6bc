import { useElementSize } from "@mantine/hooks";
import type { EChartsCoreOption } from "echarts/core";
import { useCallback, useId, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";

import { useSettings } from "../settings";
import { formatNumber, formatTime } from "../time/format";
import { Chart, type ChartMark } from "./Chart";
import type { ChartColors } from "./colors";
import type { EChartsType } from "./engine";
import { timeTicks } from "./ticks";
import { tooltipNode } from "./tooltip";

/** One line, or one colour of the bars. */
export interface TimelineSeries {
  key: string;
  name: string;
  color?: string | undefined;
  /** One for each start; null where there is nothing to measure. */
  values: readonly (number | null)[];
}

interface Props {
  /** When each bucket begins, in milliseconds since 1970, ascending. */
  starts: readonly number[];
  /** Width of the last bucket in milliseconds. */
  width: number;
  series: readonly TimelineSeries[];
  kind?: "bar" | "line";
  /** Stack the series (default for bars). */
  stack?: boolean;
  /** How a value reads. */
  format?: (value: number) => string;
  legend?: boolean;
  summary: string;
  height?: number | string;
  /** A stretch of time was chosen: by dragging, by a click on a bucket, or by keys. */
  onBrush?: (from: number, to: number) => void;
  /** A mark was clicked; without it a click chooses the bucket's time. */
  onClick?: (mark: { series: string; from: number; to: number }) => void;
}

/** Timeline draws figures over time in the viewer's zone. Arrow keys walk through it, Shift marks a stretch, Enter chooses it. */
export function Timeline(props: Props) {
  const { starts, width, series, onBrush, onClick, summary, height = 140 } = props;
  const { t } = useTranslation("kit");
  const { zone, language } = useSettings();
  const { ref, width: room } = useElementSize();
  const chart = useRef<EChartsType>(undefined);
  const end = useCallback((i: number) => starts[i + 1] ?? (starts[i] ?? 0) + width, [starts, width]);
  const option = useTimelineOption(props, room, end);
  const choose = (from: number, to: number) => {
    const low = Math.max(0, Math.min(starts.length - 1, from));
    const high = Math.max(low, Math.min(starts.length - 1, to));
    const begin = starts[low];
    if (begin !== undefined) onBrush?.(begin, end(high));
  };
  const click = (mark: ChartMark) => {
    const from = starts[mark.index];
    if (from === undefined) return;
    if (onClick) onClick({ series: series[mark.seriesIndex]?.key ?? "", from, to: end(mark.index) });
    else choose(mark.index, mark.index);
  };
  const format = props.format ?? ((n: number) => formatNumber(n, language));
  const table = useMemo(
    () => ({
      head: [t("chart.time"), ...series.map((s) => s.name)],
      rows: starts.map((s, i) => [formatTime(s, zone, language), ...series.map((one) => formatValue(one.values[i], format))]),
    }),
    // The format is a function of the language.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [starts, series, zone, language, t],
  );
  return (
    <div ref={ref} style={{ position: "relative" }}>
      <Chart option={option} summary={summary} table={table} height={height} onReady={(c) => (chart.current = c)} {...(onBrush ? { onBrush: choose } : {})} {...(onBrush || onClick ? { onClick: click } : {})} />
      {onBrush && starts.length > 0 ? <Walker count={starts.length} say={(i) => table.rows[i]?.join(", ") ?? ""} show={(i) => chart.current?.dispatchAction(i === undefined ? { type: "hideTip" } : { type: "showTip", seriesIndex: 0, dataIndex: i })} choose={choose} /> : null}
    </div>
  );
}

const formatValue = (value: number | null | undefined, format: (n: number) => string): string => (value === null || value === undefined ? "–" : format(value));

function useTimelineOption({ starts, series, kind = "bar", stack, legend, format }: Props, room: number, end: (i: number) => number) {
  const { zone, language } = useSettings();
  const stacked = stack ?? kind === "bar";
  return useCallback(
    (colors: ChartColors): EChartsCoreOption => {
      const { ticks, step } = timeTicks(starts, zone, Math.max(2, Math.floor(room / 110)));
      const labels = new Map(ticks.map((tick) => [tick.index, tick]));
      const show = format ?? ((n: number) => formatNumber(n, language, n < 10 ? 2 : 0));
      const label = (index: number): string => {
        const start = starts[index];
        const tick = labels.get(index);
        if (start === undefined || !tick) return "";
        const clock = formatTime(start, zone, language, "clock").slice(0, step < 60_000 ? 8 : 5);
        const day = formatTime(start, zone, language, step >= 28 * 86_400_000 ? "day" : "minute").replace(/,?\s*\d\d:\d\d$/, "");
        return step >= 86_400_000 ? day : tick.day ? `${clock}\n${day}` : clock;
      };
      const tooltip = (items: { dataIndex: number }[]) => {
        const index = items[0]?.dataIndex ?? 0;
        const rows = series.map((s, i) => ({ color: s.color ?? colors.series[i % colors.series.length], name: s.name, value: formatValue(s.values[index], show), empty: !s.values[index] }));
        const said = series.length > 4 ? rows.filter((r) => !r.empty) : rows;
        return tooltipNode(`${formatTime(starts[index], zone, language)} → ${formatTime(end(index), zone, language, "clock")}`, said);
      };
      return {
        grid: { left: 8, right: 12, top: legend ? 34 : 10, bottom: 4, containLabel: true },
        legend: legend ? { type: "scroll", top: 0, left: 0, itemWidth: 12, itemHeight: 10 } : { show: false },
        tooltip: { trigger: "axis", axisPointer: { type: kind === "bar" ? "shadow" : "line" }, formatter: tooltip },
        xAxis: { type: "category", data: starts.map(String), boundaryGap: kind === "bar", axisTick: { alignWithLabel: false, interval: (i: number) => labels.has(i) }, axisLabel: { interval: (i: number) => labels.has(i), formatter: (_: string, i: number) => label(i), lineHeight: 15, hideOverlap: true } },
        yAxis: { type: "value", minInterval: format ? 0 : 1, splitNumber: 3, axisLabel: { formatter: (n: number) => (format ? format(n) : compact(n, language)) } },
        series: series.map((s, i) => ({
          type: kind, name: s.name, data: s.values.map((v) => (v === 0 && kind === "bar" ? null : v)), stack: stacked ? "all" : undefined, barCategoryGap: "8%", barMinHeight: 1, showSymbol: false, connectNulls: false, cursor: "pointer",
          itemStyle: { color: s.color ?? colors.series[i % colors.series.length] }, lineStyle: { width: 2 },
          areaStyle: kind === "line" && stacked ? { opacity: 0.35 } : undefined,
          emphasis: { focus: series.length > 1 ? "series" : "none" },
        })),
      };
    },
    [starts, series, kind, stacked, legend, format, room, end, zone, language],
  );
}

const compact = (n: number, language: string): string => new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 }).format(n);

/** Walker lets keys do what dragging does. It lies over the chart and lets the pointer through. */
function Walker({ count, say, show, choose }: { count: number; say: (i: number) => string; show: (i: number | undefined) => void; choose: (from: number, to: number) => void }) {
  const { t } = useTranslation("kit");
  const help = useId();
  const [at, setAt] = useState(0);
  const [anchor, setAnchor] = useState<number>();
  const now = Math.min(at, count - 1);
  const from = Math.min(anchor ?? now, now);
  const to = Math.min(count - 1, Math.max(anchor ?? now, now));
  const key = (e: KeyboardEvent) => {
    const moves: Record<string, number> = { ArrowLeft: now - 1, ArrowRight: now + 1, PageUp: now - 10, PageDown: now + 10, Home: 0, End: count - 1 };
    const move = moves[e.key];
    if (move !== undefined) {
      e.preventDefault();
      const next = Math.max(0, Math.min(count - 1, move));
      setAnchor(e.shiftKey ? (anchor ?? now) : undefined);
      setAt(next);
      show(next);
    } else if (e.key === "Enter") {
      e.preventDefault();
      setAnchor(undefined);
      choose(from, to);
    } else if (e.key === "Escape") {
      setAnchor(undefined);
      show(undefined);
    }
  };
  const said = from === to ? say(now) : `${say(from)} → ${say(to)}`;
  return (
    <>
      <div
        role="slider"
        tabIndex={0}
        aria-label={t("chart.walk")}
        aria-describedby={help}
        aria-valuemin={0}
        aria-valuemax={count - 1}
        aria-valuenow={now}
        aria-valuetext={said}
        onKeyDown={key}
        onBlur={() => show(undefined)}
        style={{ position: "absolute", inset: 0, pointerEvents: "none", borderRadius: 4 }}
        data-testid="chart-walker"
      />
      <span id={help} hidden>
        {t("chart.keys")}
      </span>
      {anchor !== undefined && from !== to ? (
        <div aria-hidden style={{ position: "absolute", top: 2, right: 12, fontSize: 12, pointerEvents: "none", background: "var(--mantine-color-body)", padding: "0 4px" }}>
          {said}
        </div>
      ) : null}
    </>
  );
}
