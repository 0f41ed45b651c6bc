/** GET /api/searches, GET /api/dashboards */
export interface SavedSearchList {
  items: SavedSearch[];
}

/** What is stored in Discover under a name. state is the search part of its address. */
export interface SavedSearch {
  id: string;
  /** Counts up with every change; a PUT with another one is refused with 409 version_conflict. */
  version: number;
  title: string;
  state: string;
  updated_at: string;
}

export interface DashboardList {
  items: DashboardSummary[];
}

export interface DashboardSummary {
  id: string;
  version: number;
  title: Words;
  description?: Words;
  /** Comes with Rastro; cannot be changed, only duplicated. */
  builtin?: boolean;
  updated_at?: string;
}

export interface Dashboard extends DashboardSummary {
  /** Default time range and query. */
  since: string;
  until?: string;
  query?: string;
  /** Seconds between refreshes; 0 for none. */
  refresh: number;
  panels: Panel[];
}

export interface Panel {
  id: string;
  kind: "timeline" | "bar" | "pie" | "table" | "number" | "map" | "text" | "flow";
  title: Words;
  /** Place in a grid of 12 columns. */
  x: number;
  y: number;
  w: number;
  h: number;
  /** Beside the dashboard's own. */
  query?: string;
  /** bar, pie, map: the field whose values are counted; timeline: the field to split by. */
  field?: string;
  size?: number;
  /** timeline, flow and number: one line, stage or figure each. */
  series?: PanelSeries[];
  /** number: value as a share of this query's count, in percent. */
  share_of?: string;
  /** table: events' columns and order. With field: a table of its values. */
  columns?: string[];
  sort?: string;
  /** What is measured in each bucket; default the number of events. */
  metric?: PanelMetric;
  /** bar, table of values: compare with the range before, order by growth. */
  growth?: boolean;
  /** text: Markdown without HTML. */
  text?: Words;
}

export interface PanelSeries {
  title: Words;
  query: string;
  metric?: PanelMetric;
  /** A semantic colour: delivered, deferred, bounced, rejected, neutral. */
  color?: string;
}

export interface PanelMetric {
  kind: "count" | "cardinality" | "percentile" | "avg" | "sum" | "min" | "max";
  field?: string;
  percent?: number;
  /** bytes, seconds, percent */
  unit?: string;
}
