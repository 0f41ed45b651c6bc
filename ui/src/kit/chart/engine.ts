// The parts of ECharts that this house draws with. This file is only ever
// imported when a chart is shown: it is most of a megabyte.
import { BarChart, LineChart, MapChart, PieChart, ScatterChart } from "echarts/charts";
import {
  AriaComponent, BrushComponent, DataZoomComponent, GeoComponent, GridComponent, LegendComponent, MarkLineComponent, TitleComponent, ToolboxComponent, TooltipComponent, VisualMapComponent,
} from "echarts/components";
import { init, registerMap, use, type EChartsType } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([
  BarChart, LineChart, PieChart, MapChart, ScatterChart,
  GridComponent, TooltipComponent, LegendComponent, BrushComponent, DataZoomComponent, AriaComponent, GeoComponent, VisualMapComponent, TitleComponent, MarkLineComponent,
  // A brush brings a toolbox along, empty as it is.
  ToolboxComponent,
  SVGRenderer,
]);

export { init, registerMap };
export type { EChartsType };
