import { Box, Text, VisuallyHidden } from "@mantine/core";
import type { EChartsCoreOption } from "echarts/core";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { themeOf, useChartColors, type ChartColors } from "./colors";
import type { EChartsType } from "./engine";

/** What was clicked: a bar, a slice, a country, a point of a line. */
export interface ChartMark {
  series: string;
  seriesIndex: number;
  name: string;
  index: number;
  value: unknown;
}

export interface ChartProps {
  /** What to draw, in ECharts' words; colours and fonts come from the theme. Log text belongs in names and data only, never in a formatter that returns a string (tooltip.ts). */
  option: EChartsCoreOption | ((colors: ChartColors) => EChartsCoreOption);
  /** The chart in one sentence, for those who do not see it. */
  summary: string;
  /** The figures of the chart, for those who do not see it. */
  table?: { head: string[]; rows: (string | number)[][] };
  height?: number | string;
  /** Ends of a stretch of the x axis in its own units: milliseconds on a time axis, index on an axis of categories. */
  onBrush?: (from: number, to: number) => void;
  onClick?: (mark: ChartMark) => void;
  /** A map that option names, fetched when it is needed. */
  map?: { name: string; load: () => Promise<unknown> };
  /** Gets the chart when it stands, and undefined when it is gone. */
  onReady?: (chart: EChartsType | undefined) => void;
}

const still = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Chart draws with ECharts, which it fetches when the first chart is shown. */
export function Chart({ option, summary, table, height = 180, onBrush, onClick, map, onReady }: ChartProps) {
  const colors = useChartColors();
  const box = useRef<HTMLDivElement>(null);
  const { t } = useTranslation("kit");
  const [chart, setChart] = useState<EChartsType>();
  const [failed, setFailed] = useState(false);
  // Handlers are registered once; they call what is current.
  const latest = useRef({ onBrush, onClick, onReady, colors });
  latest.current = { onBrush, onClick, onReady, colors };
  const { name: mapName, load: mapLoad } = map ?? {};

  useEffect(() => {
    let gone = false;
    let made: EChartsType | undefined;
    let watch: ResizeObserver | undefined;
    void (async () => {
      const engine = await import("./engine");
      if (mapName && mapLoad) engine.registerMap(mapName, (await mapLoad()) as Parameters<typeof engine.registerMap>[1]);
      if (gone || !box.current) return;
      const chart = engine.init(box.current, themeOf(latest.current.colors), { renderer: "svg" });
      made = chart;
      listen(chart, latest);
      watch = new ResizeObserver(() => chart.resize());
      watch.observe(box.current);
      setChart(chart);
      latest.current.onReady?.(chart);
    })().catch(() => !gone && setFailed(true));
    return () => {
      gone = true;
      watch?.disconnect();
      made?.dispose();
      if (made) latest.current.onReady?.(undefined);
      setChart(undefined);
    };
    // The chart stands as long as its box; a map is named once.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [mapName]);

  useEffect(() => {
    chart?.setTheme(themeOf(colors));
  }, [chart, colors]);

  const brush = onBrush !== undefined;
  useEffect(() => {
    if (!chart) return;
    const drawn = typeof option === "function" ? option(colors) : option;
    const brushed = brush ? { toolbox: { show: false }, brush: { toolbox: [], xAxisIndex: 0, transformable: false, removeOnClick: true, outOfBrush: { colorAlpha: 1 }, brushStyle: { color: "rgba(29,149,165,.25)", borderColor: "#1d95a5", borderWidth: 1 } } } : {};
    chart.setOption({ animation: !still(), animationDuration: 200, animationDurationUpdate: 200, aria: { enabled: true, label: { enabled: false } }, ...brushed, ...drawn }, { notMerge: true });
    if (brush) chart.dispatchAction({ type: "takeGlobalCursor", key: "brush", brushOption: { brushType: "lineX", brushMode: "single" } });
  }, [chart, option, colors, brush]);

  return (
    <Box pos="relative" style={{ height, minWidth: 0 }}>
      {/* Sideways is a brush, up and down scrolls the page. */}
      <div ref={box} role="img" aria-label={summary} style={{ position: "absolute", inset: 0, touchAction: "pan-y", cursor: brush ? "crosshair" : undefined }} data-testid="chart" data-ready={chart ? true : undefined} />
      {failed ? (
        <Text size="sm" c="dimmed" role="alert">
          {t("chart.failed")}
        </Text>
      ) : null}
      {table ? <DataTable summary={summary} {...table} /> : null}
    </Box>
  );
}

interface Handlers {
  onBrush: ChartProps["onBrush"];
  onClick: ChartProps["onClick"];
}

function listen(chart: EChartsType, latest: { current: Handlers }): void {
  chart.on("brushEnd", (event) => {
    const areas = (event as { areas?: { coordRange?: unknown }[] }).areas ?? [];
    const range = areas[0]?.coordRange;
    chart.dispatchAction({ type: "brush", areas: [] });
    if (Array.isArray(range) && typeof range[0] === "number" && typeof range[1] === "number") {
      latest.current.onBrush?.(Math.min(range[0], range[1]), Math.max(range[0], range[1]));
    }
  });
  chart.on("click", (event) => {
    if (event.componentType !== "series") return;
    latest.current.onClick?.({ series: event.seriesName ?? "", seriesIndex: event.seriesIndex ?? 0, name: event.name, index: event.dataIndex, value: event.value });
  });
}

function DataTable({ summary, head, rows }: { summary: string; head: string[]; rows: (string | number)[][] }) {
  return (
    <VisuallyHidden>
      <table>
        <caption>{summary}</caption>
        <thead>
          <tr>
            {head.map((h, i) => (
              <th key={i} scope="col">
                {h}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={i}>
              {row.map((cell, k) => (
                <td key={k}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </VisuallyHidden>
  );
}
