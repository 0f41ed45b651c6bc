import { useComputedColorScheme } from "@mantine/core";
import { useMemo } from "react";

/** The colours of charts in the present appearance. */
export interface ChartColors {
  /** For series without a meaning of their own, in order. */
  series: readonly string[];
  /** Colours that mean something; never the only sign of it. */
  meaning: Readonly<Record<"delivered" | "deferred" | "bounced" | "rejected" | "neutral", string>>;
  text: string;
  dim: string;
  line: string;
  body: string;
  /** A family that a canvas understands: labels are measured with it. */
  font: string;
}

// Each colour is at least 3:1 on its ground; neighbours differ in lightness too,
// for those who see few colours.
const light = {
  series: ["#0d7f8e", "#c2570c", "#5f3dc4", "#2b8a3e", "#a61e4d", "#1864ab", "#87680a", "#6b7280"],
  meaning: { delivered: "#2b8a3e", deferred: "#a86500", bounced: "#c92a2a", rejected: "#862e9c", neutral: "#5c636b" },
};
const dark = {
  series: ["#2fa2b1", "#ff922b", "#9775fa", "#51cf66", "#f06595", "#4dabf7", "#e0b83b", "#a6adb5"],
  meaning: { delivered: "#51cf66", deferred: "#fab005", bounced: "#ff6b6b", rejected: "#da77f2", neutral: "#a6adb5" },
};

/** useChartColors reads the theme's colours as charts need them: as values, not as variables. */
export function useChartColors(): ChartColors {
  const scheme = useComputedColorScheme("light", { getInitialValueInEffect: false });
  return useMemo(() => {
    const style = getComputedStyle(document.documentElement);
    const read = (name: string, fallback: string) => style.getPropertyValue(name).trim() || fallback;
    const isDark = scheme === "dark";
    const own = isDark ? dark : light;
    return {
      ...own,
      text: isDark ? read("--mantine-color-gray-3", "#dee2e6") : read("--mantine-color-dark-7", "#242424"),
      dim: isDark ? "#a6adb5" : "#5c636b",
      line: isDark ? read("--mantine-color-dark-4", "#424242") : read("--mantine-color-gray-3", "#dee2e6"),
      font: getComputedStyle(document.body).fontFamily || "sans-serif",
      body: isDark ? read("--mantine-color-dark-6", "#2e2e2e") : "#ffffff",
    };
  }, [scheme]);
}

/** themeOf is how charts look that say nothing else. */
export function themeOf(c: ChartColors): Record<string, unknown> {
  const axis = {
    axisLine: { lineStyle: { color: c.line } },
    axisTick: { lineStyle: { color: c.line } },
    axisLabel: { color: c.dim, fontSize: 12 },
    splitLine: { lineStyle: { color: c.line } },
    nameTextStyle: { color: c.dim },
  };
  return {
    color: [...c.series],
    backgroundColor: "transparent",
    textStyle: { fontFamily: c.font, color: c.text },
    categoryAxis: { ...axis, splitLine: { show: false } },
    valueAxis: { ...axis, axisLine: { show: false }, axisTick: { show: false } },
    timeAxis: axis,
    logAxis: axis,
    legend: { textStyle: { color: c.text }, pageTextStyle: { color: c.text }, pageIconColor: c.text, pageIconInactiveColor: c.line },
    tooltip: { backgroundColor: c.body, borderColor: c.line, textStyle: { color: c.text, fontSize: 13, fontFamily: c.font }, confine: true },
    visualMap: { textStyle: { color: c.text } },
    pie: { label: { color: c.text }, itemStyle: { borderColor: c.body, borderWidth: 1 } },
    map: { label: { color: c.text }, itemStyle: { areaColor: c.line, borderColor: c.body } },
    geo: { label: { color: c.text }, itemStyle: { areaColor: c.line, borderColor: c.body } },
  };
}
