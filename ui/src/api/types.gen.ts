// Generated from the types of internal/web by `make generate`; do not edit.

/** A text in the languages of the house. */
export interface Words {
  en?: string;
  es?: string;
}

/** A mistake or a failure as a person should read it. */
export interface ApiError {
  code: string;
  message: string;
  hint?: string;
  /** Byte offset of a mistake in a query. */
  position?: number;
  /** The query as it was probably meant. */
  suggestion?: string;
}

/** GET /api/info */
export interface Info {
  product: string;
  release: string;
  events: number;
  bytes: number;
  oldest?: string;
  newest?: string;
  /** The parts that the configuration switches on. */
  features: { geoip: boolean };
}

/** GET /api/fields */
export interface FieldsAnswer {
  fields: FieldInfo[];
}
export interface FieldInfo {
  name: string;
  /** keyword, text, integer, number, boolean, time, ip */
  kind: string;
  meaning: string;
  aliases?: string[];
  /** An event may carry several values. */
  multi?: boolean;
  /** The closed list of values, where there is one. */
  values?: string[];
}

/** POST /api/validate */
export interface ValidateRequest {
  query: string;
  zone?: string;
}
export interface ValidateAnswer {
  ok: boolean;
  error?: ApiError;
}

/** One event as flat JSON: every field that it has, by name. */
export type EventDocument = Record<string, unknown>;

/** A place in an ordered list of hits. */
export type Cursor = unknown;

/** POST /api/search */
export interface SearchRequest {
  query: string;
  since?: string;
  until?: string;
  zone?: string;
  size: number;
  /** "-@timestamp", or several keys parted by commas. */
  sort?: string;
  fields?: string[];
  after?: Cursor;
  no_total?: boolean;
}
export interface SearchAnswer {
  took_ms: number;
  total: number;
  total_exact: boolean;
  partial: boolean;
  partial_reasons?: string[];
  notes?: string[];
  hits: EventDocument[];
  next?: Cursor;
}

/** POST /api/context: lines around an event on the same host. */
export interface ContextRequest {
  event_id: string;
  before: number;
  after: number;
}
export interface ContextAnswer {
  /** Ascending in time; the event itself is in neither list. */
  before: EventDocument[];
  event: EventDocument;
  after: EventDocument[];
}

/** POST /api/aggregate */
export interface AggregateRequest {
  query: string;
  since?: string;
  until?: string;
  zone?: string;
  aggs: Aggregation[];
}
export interface Aggregation {
  name: string;
  kind: "terms" | "timeline" | "histogram" | "ranges" | "filters" | "cardinality" | "percentiles" | "min" | "max" | "avg" | "sum" | "stats" | "count";
  field?: string;
  /** terms: number of buckets, default 10, at most 1000. */
  size?: number;
  /** terms: "-_count" (default), "_key", "-name" of a metric in aggs. */
  order?: string;
  /** terms: key for events without a value; they are left out without it. */
  missing?: string;
  /** timeline: "auto" (default), 30s, 5m, 1h, 1d, or day, week, month, quarter, year. histogram: a number. */
  interval?: string;
  /** timeline with auto: about how many buckets, default 60, at most 1000. */
  buckets?: number;
  percents?: number[];
  filters?: { key: string; query: string }[];
  ranges?: { key?: string; from?: number; to?: number }[];
  aggs?: Aggregation[];
}
export interface AggregateAnswer {
  took_ms: number;
  total: number;
  total_exact: boolean;
  partial: boolean;
  partial_reasons?: string[];
  /** The range asked about, resolved; absent ends are open. */
  from?: string;
  to?: string;
  aggs: AggregationResult[];
}
export interface AggregationResult {
  name: string;
  kind: string;
  /** timeline: the width of the buckets, as interval takes it, and in milliseconds (of the first bucket for calendar units). */
  interval?: string;
  interval_ms?: number;
  buckets?: AggregationBucket[];
  /** terms: events in buckets that are not listed. */
  other?: number;
  /** Absent where no event had a value. */
  value?: number;
  percentiles?: { percent: number; value?: number }[];
  stats?: { count: number; min?: number; max?: number; sum: number; avg?: number };
}
export interface AggregationBucket {
  /** Term, RFC 3339 time of a timeline's bucket, or key of a filter or range. */
  key: string;
  /** Number of a histogram's bucket. */
  number?: number;
  count: number;
  aggs?: AggregationResult[];
}

/** POST /api/trace */
export interface TraceRequest {
  query: string;
  since?: string;
  until?: string;
  zone?: string;
  limit?: number;
  no_steps?: boolean;
}
export interface TraceAnswer {
  journeys: Journey[];
  more?: boolean;
  partial?: boolean;
  reasons?: string[];
  not_found?: NotFound;
  query: Understood;
}
export type Status = "accepted" | "deferred" | "held" | "quarantined" | "delivered" | "discarded" | "bounced" | "expired" | "rejected" | "abandoned" | "unknown";
export type Confidence = "exact" | "probable" | "guess";
export interface Journey {
  id: string;
  message_key: string;
  program?: string;
  hosts?: string[];
  sender?: string;
  recipient?: string;
  original_recipient?: string;
  message_id?: string;
  queue_ids?: string[];
  session_ids?: string[];
  remote_id?: string;
  client_ip?: string;
  client_host?: string;
  helo?: string;
  username?: string;
  subject?: string;
  size?: number;
  first_time: string;
  last_time: string;
  status: Status;
  stage?: string;
  reason?: string;
  by?: "us" | "remote" | "filter" | "rule" | "operator" | "client";
  acts?: string;
  smtp_code?: number;
  dsn?: string;
  reply?: string;
  relay_host?: string;
  relay_ip?: string;
  folder?: string;
  attempts?: number;
  next_retry?: string;
  spam_score?: number;
  spam_verdict?: string;
  confidence: Confidence;
  verdict: Words;
  action?: Words;
  notes?: Words[];
  related?: Related[];
  recipients?: Record<string, number>;
  steps?: Step[];
}
export interface Step {
  time: string;
  kind: string;
  host?: string;
  program?: string;
  queue_id?: string;
  session_id?: string;
  status?: string;
  smtp_code?: number;
  dsn?: string;
  reply?: string;
  relay_host?: string;
  relay_ip?: string;
  relay_port?: number;
  tls?: string;
  folder?: string;
  seconds?: number;
  seconds_queued?: number;
  seconds_connect?: number;
  seconds_transmit?: number;
  problem?: boolean;
  confidence: Confidence;
  link?: string;
  text: Words;
  line?: string;
  event_id?: string;
}
export interface Related {
  kind: string;
  queue_id: string;
  host?: string;
  message_key?: string;
  confidence: Confidence;
}
export interface Understood {
  text?: string;
  kind: string;
  values?: string[];
}
export interface NotFound {
  verdict: Words;
  action: Words;
  coverage?: Coverage[];
  near?: Near[];
}
export interface Coverage {
  host: string;
  first?: string;
  last?: string;
  events: number;
  gaps?: { from: string; to: string }[];
  silent?: boolean;
}
export interface Near {
  value: string;
  field: string;
  count: number;
  last?: string;
}

/** GET /api/sources */
export interface SourcesAnswer {
  /** When the answer was made. */
  time: string;
  sources: Source[];
  /** Lines no parser understood, by program, with examples; newest first. */
  unparsed: UnparsedProgram[];
  /** What hinders the server as a whole, such as a full disk. */
  problems?: Problem[];
}
export interface Source {
  id: string;
  /** file, container, beats, import, api */
  kind: string;
  /** Path, container or sender. */
  name: string;
  hosts?: string[];
  /** ok, silent, missing, denied, behind, future (clock or zone is wrong), failed */
  state: string;
  /** What is wrong and what to do, when state is not ok. */
  problem?: Problem;
  zone?: string;
  lines: number;
  /** Lines per second over the last five minutes. */
  rate: number;
  lag_bytes?: number;
  size_bytes?: number;
  last_read?: string;
  /** @timestamp and text of the newest line. */
  last_event?: string;
  last_line?: string;
  /** Of the lines of the last 24 hours: how many, and how many no parser understood. */
  recent: number;
  unparsed: number;
}
export interface Problem {
  code: string;
  message: Words;
  hint: Words;
}
export interface UnparsedProgram {
  program: string;
  count: number;
  examples: { host?: string; time: string; line: string; event_id?: string }[];
}

/** GET /api/searches, GET /api/dashboards */
export interface SavedSearchList {
  items: SavedSearch[];
  /** What hinders saving, such as a file that was damaged and set aside. */
  notes?: Words[];
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
  /** What hinders saving, such as a file that was damaged and set aside. */
  notes?: Words[];
}
/** GET /api/dashboards/{id}/versions and the same for searches; newest first. */
export interface VersionList {
  items: SavedVersion[];
}
/** One state that a saved object was in: GET .../versions/{version} gives it. */
export interface SavedVersion {
  version: number;
  saved_at: string;
  /** The moment of a deletion; there is nothing to look at. */
  deleted?: boolean;
}
/** The answer 409 to PUT and DELETE: somebody else has changed it. */
export interface SearchConflict {
  error: ApiError;
  current: SavedSearch;
}
export interface DashboardConflict {
  error: ApiError;
  current: Dashboard;
}
/** The answer 400 to POST /api/dashboards/import; nothing was taken. */
export interface ImportMistakes {
  error: ApiError;
  mistakes: LineMistake[];
  /** How many mistakes are not listed. */
  more?: number;
}
export interface LineMistake {
  line: number;
  message: string;
  hint?: string;
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
