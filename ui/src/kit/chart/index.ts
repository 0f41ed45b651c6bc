export { Chart, type ChartMark, type ChartProps } from "./Chart";
export { useChartColors, type ChartColors } from "./colors";
export { Timeline, type TimelineSeries } from "./Timeline";
export { tooltipNode, type TooltipRow } from "./tooltip";
