// Generated from the types of internal/web by `make generate`; do not edit.

/** Error is a mistake or a failure as a person should read it. */
export interface ApiError {
  code: string;
  message: string;
  hint?: string;
  /** Position and End belong to mistakes in a query: the byte offsets where the mistake begins and ends. */
  position?: number;
  end?: number;
  /** Suggestion is the query as it was probably meant. */
  suggestion?: string;
}

/** Info describes a running server. */
export interface Info {
  product: string;
  release: string;
  events: number;
  bytes: number;
  oldest?: string;
  newest?: string;
  /** Features are the parts that the configuration switches on. */
  features: Features;
}

/** Features are parts of a server that are there or not. */
export interface Features {
  /** GeoIP: addresses are located, so that maps show something. */
  geoip: boolean;
}

/** FieldsAnswer is the answer of GET /api/fields: the table of fields. */
export interface FieldsAnswer {
  fields: FieldInfo[];
}

/** FieldInfo is one field as queries name it. */
export interface FieldInfo {
  name: string;
  /** Kind is keyword, text, integer, number, boolean, time or ip. */
  kind: string;
  /** Meaning is one English sentence. */
  meaning: string;
  /** Aliases are other products' names that are understood too. */
  aliases?: string[];
  /** Multi tells that an event may carry several values. */
  multi?: boolean;
  /** Values is the closed list of values, where there is one. */
  values?: string[];
}

/** SearchRequest is the body of POST /api/search. */
export interface SearchRequest {
  /** Query is in Lucene syntax; empty means everything. */
  query: string;
  /** Since and Until bound @timestamp: date math (now-1h, now/d), a date, or an age such as 90m or 3d. Empty: no bound. Since is inclusive, Until not; a rounded Until such as now/d is the end of the unit. */
  since?: string;
  until?: string;
  /** Zone is the IANA zone, or the offset such as -05:00, in which days begin; empty means UTC. */
  zone?: string;
  /** Size is the number of hits, 0 to 10000. */
  size: number;
  /** Sort is "field", or "-field" for descending, or several of them parted by commas; empty means -@timestamp. */
  sort?: string;
  /** Fields are the fields wanted; empty means all. */
  fields?: string[];
  /** After continues behind the answer with this Next. */
  after?: Cursor;
  /** NoTotal does without the total, which makes later pages cheaper. */
  no_total?: boolean;
  /** CountMS bounds how many milliseconds the total is counted for, once the hits are found; 0 counts to the end. */
  count_ms?: number;
}

/** A place in an ordered list of hits; not to be looked into. */
export type Cursor = string;

/** SearchAnswer is the answer of POST /api/search. */
export interface SearchAnswer {
  took_ms: number;
  total: number;
  total_exact: boolean;
  /** Estimate tells of a total that is not exact about how much it is; absent with no_total. */
  estimate?: Sample;
  partial: boolean;
  partial_reasons?: string[];
  /** Notes tell of what is right but hardly meant, such as a field that no event has. */
  notes?: string[];
  hits: EventDocument[];
  /** Next continues this list; nil when nothing follows. */
  next?: Cursor;
}

/** Sample tells what part of the events an answer comes from. */
export interface Sample {
  /** Seen events of the Of in the range were looked at, whether they match or not. */
  seen: number;
  of: number;
  /** About estimates how many of all match; Low and High bound it, with about 95 % certainty. */
  about: number;
  low: number;
  high: number;
}

/** One event as flat JSON: every field that it has, by name. */
export type EventDocument = Record<string, unknown>;

/** AggregateRequest is the body of POST /api/aggregate. */
export interface AggregateRequest {
  /** Query is in Lucene syntax; empty means everything. */
  query: string;
  /** Since, Until and Zone are those of SearchRequest. */
  since?: string;
  until?: string;
  zone?: string;
  /** Aggs are the aggregations over all events that match. */
  aggs: Aggregation[];
}

/** Aggregation is one way of summing events up. Terms, timeline, histogram, ranges and filters make buckets, which may hold aggregations themselves, to a depth of 3; the others are figures. */
export interface Aggregation {
  /** Name is the caller's name for the result; no two side by side are alike. */
  name: string;
  kind: "terms" | "timeline" | "histogram" | "ranges" | "filters" | "cardinality" | "percentiles" | "min" | "max" | "avg" | "sum" | "stats" | "count";
  /** Field is what is aggregated. timeline: default @timestamp. filters: none. count: the values that are counted, default the events. */
  field?: string;
  /** Size is for terms: number of buckets, default 10, at most 1000. */
  size?: number;
  /** Order is for terms: "-_count" (default), "_key", "-name" of a metric in aggs ("-name.95" of percentiles, "-name.avg" of stats). */
  order?: string;
  /** Missing is for terms: key for events without a value; they are left out without it. */
  missing?: string;
  /** Interval is for timeline: "auto" (default), 30s, 5m, 1h, 1d, or day, week, month, quarter, year. For histogram: a number. */
  interval?: string;
  /** Buckets is for timeline with auto: about how many buckets, default 60, at most 1000. */
  buckets?: number;
  /** Percents are for percentiles, 0 to 100; default 50, 95, 99. */
  percents?: number[];
  /** Filters are the buckets of filters, Ranges those of ranges. */
  filters?: AggregationFilter[];
  ranges?: AggregationRange[];
  /** Aggs are the aggregations inside each bucket. */
  aggs?: Aggregation[];
}

/** AggregationFilter is one bucket of filters: the events that match a query. */
export interface AggregationFilter {
  key: string;
  query: string;
}

/** AggregationRange is one bucket of ranges: From inclusive, To exclusive; absent ends are open. */
export interface AggregationRange {
  key?: string;
  from?: number;
  to?: number;
}

/** AggregateAnswer is the answer of POST /api/aggregate. */
export interface AggregateAnswer {
  took_ms: number;
  total: number;
  total_exact: boolean;
  partial: boolean;
  partial_reasons?: string[];
  /** From and To are the range asked about, resolved; absent ends are open. */
  from?: string;
  to?: string;
  aggs: AggregationResult[];
}

/** AggregationResult is the result of one aggregation. */
export interface AggregationResult {
  name: string;
  kind: string;
  /** Interval is for timeline: the width of the buckets, as interval takes it, and in milliseconds (of the first bucket for calendar units). */
  interval?: string;
  interval_ms?: number;
  buckets?: AggregationBucket[];
  /** Other is for terms: events in buckets that are not listed. */
  other?: number;
  /** Value is absent where no event had a value. */
  value?: number;
  percentiles?: AggregationPercentile[];
  stats?: AggregationStats;
}

/** AggregationBucket is one bucket. */
export interface AggregationBucket {
  /** Key is a term, the RFC 3339 time of a timeline's bucket, or the key of a filter or range. */
  key: string;
  /** Number is that of a histogram's bucket. */
  number?: number;
  count: number;
  aggs?: AggregationResult[];
}

/** AggregationPercentile is one percentile; Value is absent where no event had a value. */
export interface AggregationPercentile {
  percent: number;
  value?: number;
}

/** AggregationStats are the figures of stats; Min, Max and Avg are absent where no event had a value. */
export interface AggregationStats {
  count: number;
  min?: number;
  max?: number;
  sum: number;
  avg?: number;
}

/** FieldStatsRequest is the body of POST /api/fields/stats. */
export interface FieldStatsRequest {
  /** Query is in Lucene syntax; empty means everything. */
  query: string;
  /** Since, Until and Zone are those of SearchRequest. */
  since?: string;
  until?: string;
  zone?: string;
  /** Fields are 1 to 50 fields; all of them are looked at in one pass. */
  fields: string[];
  /** Size is the number of values told of each, default 10, at most 100. */
  size?: number;
  /** SampleMS looks at a part of the events only, spread over the range, until that many milliseconds are over (at most 10000); 0 looks at all of them. */
  sample_ms?: number;
}

/** FieldStatsAnswer is the answer of POST /api/fields/stats. */
export interface FieldStatsAnswer {
  took_ms: number;
  /** Total is the number of events that match, of those that were looked at. */
  total: number;
  total_exact: boolean;
  partial: boolean;
  partial_reasons?: string[];
  /** Sample is absent where all events were looked at. */
  sample?: Sample;
  fields: FieldStats[];
}

/** FieldStats are the figures of one field, in the events that match. */
export interface FieldStats {
  field: string;
  /** Kind is that of FieldInfo; keyword for a field that is not in the table. */
  kind: string;
  /** Events is the number of events that have the field. */
  events: number;
  /** Distinct is the number of values; an estimate, or the number in the sample, unless DistinctExact. Absent for text and time. */
  distinct?: number;
  distinct_exact?: boolean;
  /** Values are the most frequent ones; Other is how many events there are with one that is not listed. Absent for text and time. */
  values?: AggregationBucket[];
  other?: number;
  /** Stats and Percentiles (50, 95, 99) are those of numbers. */
  stats?: AggregationStats;
  percentiles?: AggregationPercentile[];
}

/** ValidateRequest is the body of POST /api/validate. */
export interface ValidateRequest {
  /** Query is in Lucene syntax; empty means everything. */
  query: string;
  /** Zone is that of SearchRequest. */
  zone?: string;
}

/** ValidateAnswer says whether a query can be asked. */
export interface ValidateAnswer {
  ok: boolean;
  /** Error says what is wrong, where, and how the query was probably meant. */
  error?: ApiError;
}

/** ContextRequest is the body of POST /api/context: lines around an event on the same host. */
export interface ContextRequest {
  event_id: string;
  /** Before and After are the numbers of lines wanted, 0 to 200. */
  before: number;
  after: number;
}

/** ContextAnswer is the answer of POST /api/context. */
export interface ContextAnswer {
  /** Before and After ascend in time; the event itself is in neither list. */
  before: EventDocument[];
  event: EventDocument;
  after: EventDocument[];
}

/** TraceRequest is the body of POST /api/trace. */
export interface TraceRequest {
  /** Query is any identifier (address, two addresses, domain, Message-ID, queue id, remote receipt, IP), words of a subject, or a text that holds some, such as a pasted bounce. Empty means all journeys, the newest ones. */
  query: string;
  /** Since and Until bound the time as in SearchRequest: a journey is found when it touches the range. */
  since?: string;
  until?: string;
  /** Zone is the IANA zone, or the offset such as -05:00, in which days begin; empty means UTC. */
  zone?: string;
  /** Limit is the most journeys, up to MaxJourneys; 0 means trace.DefaultLimit. */
  limit?: number;
  /** NoSteps leaves the steps out. */
  no_steps?: boolean;
}

/** Answer is what a trace gives back. */
export interface TraceAnswer {
  /** Journeys are the newest first by FirstTime, those of one message together. */
  journeys: Journey[];
  /** More tells that there are further ones beyond the limit. */
  more?: boolean;
  /** Partial tells that not everything could be read; Reasons says why. */
  partial?: boolean;
  reasons?: string[];
  /** NotFound is there when there are no journeys. */
  not_found?: NotFound;
  /** Query is how the query was understood. */
  query: Understood;
}

/** Journey is one message on its way to one recipient. Its JSON form is documented in docs/trace.md and stable: fields are added, never renamed. Unknown values are absent. */
export interface Journey {
  /** ID is stable as long as the events are: it names this journey in links. */
  id: string;
  /** MessageKey is the same for all recipients of one message. */
  message_key: string;
  /** Program is the dialect of the server that took the message first. */
  program?: string;
  /** Hosts are the servers on the way, in order. */
  hosts?: string[];
  /** Sender is the envelope sender, "<>" for the null sender. */
  sender?: string;
  /** Recipient is the final address; OriginalRecipient is the one the sender wrote, where an alias or a forward made another of it. */
  recipient?: string;
  original_recipient?: string;
  message_id?: string;
  queue_ids?: string[];
  session_ids?: string[];
  /** RemoteID is the receipt that the other company's server gave. */
  remote_id?: string;
  client_ip?: string;
  client_host?: string;
  helo?: string;
  username?: string;
  subject?: string;
  /** Size is the size of the message in bytes. */
  size?: number;
  first_time: string;
  last_time: string;
  status: Status;
  /** Stage is where the message was refused: CONNECT, EHLO, MAIL, RCPT, DATA, END-OF-MESSAGE. */
  stage?: string;
  /** Reason is a class of the reply dictionary. */
  reason?: string;
  /** Because says the reason in words, as a clause that goes on from "because". */
  because?: Words;
  by?: By;
  /** Acts is who must act, as the reply dictionary says. */
  acts?: string;
  /** SMTPCode, DSN and Reply are those of the answer that decided, or of the last one. */
  smtp_code?: number;
  dsn?: string;
  reply?: string;
  relay_host?: string;
  relay_ip?: string;
  /** Folder is the mailbox folder it was stored in. */
  folder?: string;
  /** Attempts counts the tries to hand it over, refused ones before our queue included. */
  attempts?: number;
  /** NextRetry is when the server said it would try again. */
  next_retry?: string;
  /** SpamScore and SpamVerdict are the filter's. */
  spam_score?: number;
  spam_verdict?: string;
  /** Confidence is that of the weakest link. */
  confidence: Confidence;
  /** Verdict is the whole story in one or two sentences. */
  verdict: Words;
  /** Action says who must do what next. */
  action?: Words;
  /** Notes are contradictions and other things worth knowing. */
  notes?: Words[];
  /** Related are messages about this one: failure, delay and success notices, automatic replies; and for those the original. */
  related?: Related[];
  /** Recipients counts the message's recipients by status. */
  recipients?: Record<string, number>;
  steps?: Step[];
}

/** Status is where a recipient's copy is. */
export type Status = "accepted" | "deferred" | "held" | "quarantined" | "delivered" | "discarded" | "bounced" | "expired" | "rejected" | "abandoned" | "unknown";

/** Words are the same words in English and Spanish. Those of the house have both; where people write their own, one is enough. */
export interface Words {
  en?: string;
  es?: string;
}

/** By says who decided the status. */
export type By = "us" | "remote" | "filter" | "rule" | "operator" | "client";

/** Confidence is how sure a step, or a whole journey, is. */
export type Confidence = "exact" | "probable" | "guess";

/** Related is another message that this one led to or came from. */
export interface Related {
  /** Kind: failure_notice, delay_notice, success_notice, notice, auto_reply, original. */
  kind: string;
  queue_id: string;
  host?: string;
  message_key?: string;
  confidence: Confidence;
}

/** Step is one thing that happened. */
export interface Step {
  time: string;
  /** Kind: connected, refused, received, queued, checked, attempt, stored, forwarded, notice, held, released, requeued, removed, expired, login, mailbox, other. */
  kind: string;
  host?: string;
  program?: string;
  queue_id?: string;
  session_id?: string;
  /** Status is what the line itself says. */
  status?: string;
  smtp_code?: number;
  dsn?: string;
  reply?: string;
  relay_host?: string;
  relay_ip?: string;
  relay_port?: number;
  tls?: string;
  folder?: string;
  /** Seconds is how long the step took where the line says so; the rest are its parts. */
  seconds?: number;
  seconds_queued?: number;
  seconds_connect?: number;
  seconds_transmit?: number;
  /** Problem marks the steps that a person looks for. */
  problem?: boolean;
  /** Confidence is how sure it is that the step belongs here; Link says why. */
  confidence: Confidence;
  link?: string;
  /** Text is the step in plain words. */
  text: Words;
  /** Line is the raw line, EventID the event's id. */
  line?: string;
  event_id?: string;
}

/** NotFound is the answer when nothing fits: what the logs cover, what is spelled alike, and what that means. */
export interface NotFound {
  verdict: Words;
  action: Words;
  coverage?: Coverage[];
  /** Near are addresses, domains or ids that do exist and differ little. */
  near?: Near[];
}

/** Coverage is what one server's logs hold for the time that was asked about. */
export interface Coverage {
  host: string;
  first?: string;
  last?: string;
  events: number;
  /** Gaps are stretches without a line that are long for this server. */
  gaps?: Gap[];
  /** Silent tells that the server's last line is long past. */
  silent?: boolean;
}

/** Gap is a stretch of time without lines. */
export interface Gap {
  from: string;
  to: string;
}

/** Near is something that is spelled almost like what was asked for. */
export interface Near {
  value: string;
  field: string;
  count: number;
  last?: string;
}

/** Understood tells a person how the query was read. */
export interface Understood {
  text?: string;
  kind: string;
  values?: string[];
}

/** Answer says where lines come from, and what is wrong. */
export interface SourcesAnswer {
  /** Time is when the answer was made, in RFC 3339. */
  time: string;
  /** Sources are ordered: those with a problem first, then the busiest. */
  sources: Source[];
  /** More is the number of sources that are left out, the least busy ones of those without a problem. */
  more?: number;
  /** Unparsed are the lines no parser understood, by program, the most first. */
  unparsed: UnparsedProgram[];
  /** Problems hinder the server as a whole, such as a full disk. */
  problems?: Problem[];
}

/** Source is one file, container, file of a Beats sender, or import. */
export interface Source {
  id: string;
  /** Kind is one of the kinds. */
  kind: "file" | "container" | "beats" | "import";
  /** Name is the path, or the sender. */
  name: string;
  hosts?: string[];
  /** State is one of the states. Problem says what is wrong and what to do, when it is not StateOK. */
  state: "failed" | "denied" | "missing" | "clock" | "behind" | "silent" | "ok";
  problem?: Problem;
  /** Zone is that of stamps which carry none. */
  zone?: string;
  /** Lines were read since the server started; of Beats those of the last 24 hours. */
  lines: number;
  /** Rate is lines per second over the last five minutes. */
  rate: number;
  lag_bytes?: number;
  size_bytes?: number;
  last_read?: string;
  /** LastEvent and LastLine are the time and the text of the newest line. */
  last_event?: string;
  last_line?: string;
  /** Recent counts the lines of the last 24 hours, Unparsed those of them that no parser understood. */
  recent: number;
  unparsed: number;
}

/** Problem is something wrong, with what to do about it. */
export interface Problem {
  code: string;
  message: Words;
  hint: Words;
}

/** Program is a program whose lines were not understood. */
export interface UnparsedProgram {
  /** Program is "" for lines that name none. */
  program: string;
  count: number;
  examples: UnparsedExample[];
}

/** Example is one of its newest lines. */
export interface UnparsedExample {
  host?: string;
  time: string;
  line: string;
  event_id?: string;
}

/** SavedSearchList is the answer of GET /api/searches. */
export interface SavedSearchList {
  items: SavedSearch[];
  /** Notes tell what hinders saving. */
  notes?: Words[];
}

/** SavedSearch is what is stored in Discover under a name. */
export interface SavedSearch {
  id: string;
  /** Version counts up with every change. */
  version: number;
  title: string;
  /** State is the search part of Discover's address, without the question mark. */
  state: string;
  /** UpdatedAt is the time of the last change, as in RFC 3339. */
  updated_at: string;
}

/** SearchConflict is the answer about a change of a search that was changed by somebody else. */
export interface SearchConflict {
  error: ApiError;
  current: SavedSearch;
}

/** VersionList is the answer of GET /api/dashboards/{id}/versions and of the same for searches. */
export interface VersionList {
  /** Items are newest first. */
  items: SavedVersion[];
}

/** Version is one state that an object was in. */
export interface SavedVersion {
  version: number;
  saved_at: string;
  /** Deleted marks the moment of a deletion; there is nothing to look at. */
  deleted?: boolean;
}

/** DashboardList is the answer of GET /api/dashboards. */
export interface DashboardList {
  /** Items are those that come with Rastro first. */
  items: DashboardSummary[];
  /** Notes tell what hinders saving, or what was not taken of a file of Kibana's. */
  notes?: Words[];
}

/** Summary is a dashboard without its panels. */
export interface DashboardSummary {
  id: string;
  version: number;
  title: Words;
  description?: Words;
  /** Builtin dashboards come with Rastro; they cannot be changed, only duplicated. */
  builtin?: boolean;
  updated_at?: string;
}

/** Dashboard is a page of panels. */
export interface Dashboard {
  id: string;
  version: number;
  title: Words;
  description?: Words;
  /** Builtin dashboards come with Rastro; they cannot be changed, only duplicated. */
  builtin?: boolean;
  updated_at?: string;
  /** Since and Until are the time range it opens with, as in a search. */
  since: string;
  until?: string;
  /** Query narrows every panel. */
  query?: string;
  /** Refresh is the number of seconds between refreshes; 0 for none. */
  refresh: number;
  panels: Panel[];
}

/** Panel is one part of a dashboard. Which members count depends on Kind; docs/dashboards.md tells. */
export interface Panel {
  id: string;
  kind: "timeline" | "bar" | "pie" | "table" | "number" | "map" | "text" | "flow";
  title: Words;
  /** X, Y, W and H are its place in a grid of Columns columns. */
  x: number;
  y: number;
  w: number;
  h: number;
  /** Query narrows it beside the dashboard's own. */
  query?: string;
  /** Field is whose values are counted (bar, pie, map, table of values), or what a timeline is split by. */
  field?: string;
  size?: number;
  /** Series are the lines of a timeline, the stages of a flow, the figures of a number. */
  series?: PanelSeries[];
  /** ShareOf makes a number a share of this query's count, in percent. */
  share_of?: string;
  /** Columns and Sort are those of a table of events. */
  columns?: string[];
  sort?: string;
  /** Metric is what is measured; nil for the number of events. */
  metric?: PanelMetric;
  /** Growth compares with the range before and orders by growth. */
  growth?: boolean;
  /** Text is Markdown without HTML. */
  text?: Words;
}

/** Series is one line, stage or figure of a panel. */
export interface PanelSeries {
  title: Words;
  query: string;
  metric?: PanelMetric;
  /** Color is semantic: delivered, deferred, bounced, rejected, neutral. */
  color?: string;
}

/** Metric is what is measured. */
export interface PanelMetric {
  kind: "count" | "cardinality" | "percentile" | "avg" | "sum" | "min" | "max";
  field?: string;
  percent?: number;
  /** Unit is bytes, seconds or percent. */
  unit?: string;
}

/** ImportMistakes is the answer about a file of dashboards that holds mistakes; nothing of it was taken. */
export interface ImportMistakes {
  error: ApiError;
  mistakes: LineMistake[];
  /** More is how many mistakes are not listed. */
  more?: number;
}

/** LineMistake is a Mistake in one line of a file, counted from 1. */
export interface LineMistake {
  line: number;
  /** Message says where in the line and what, Hint how to mend it. */
  message: string;
  hint?: string;
}

/** DashboardConflict is the answer about a change of a dashboard that was changed by somebody else. */
export interface DashboardConflict {
  error: ApiError;
  current: Dashboard;
}

/** ImportResult says what an import did. */
export interface ImportResult {
  /** Lines were new and are stored. */
  lines: number;
  /** Bytes is the size of the content, Skipped how much of it was known from an import before. */
  bytes: number;
  skipped_bytes: number;
}

/** EraseRequest is the body of POST /api/erase. */
export interface EraseRequest {
  /** Address is the e-mail address of the person. */
  address: string;
  /** Forms asks for forms of the address, too: joan+tag@x.example, VERP, SRS and others. */
  forms: boolean;
  /** DryRun counts and changes nothing. */
  dry_run: boolean;
  /** Damaged removes files that could not be read and may hold the address: those in quarantine and the copies of damaged journal files. */
  damaged: boolean;
  /** Verify reads every file afterwards and looks for the bytes of the address. */
  verify: boolean;
}
