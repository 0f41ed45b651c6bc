package monitor

import (
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"rastro/internal/measure"
)

// collector turns the snapshots into metrics at the moment of each scrape.
type collector struct {
	rooms Rooms
	descs map[string]*prometheus.Desc
}

// metric is one line of the table of metrics: name without prefix, help, labels.
type metric struct {
	name, help string
	labels     []string
}

// label makes a list of label names.
func label(names ...string) []string { return names }

// table lists the metrics that are read from the rooms.
var table = []metric{
	{"ingest_taken_lines_total", "Lines taken from the sources since the start.", nil},
	{"ingest_lines_total", "Lines parsed since the start.", nil},
	{"ingest_line_bytes_total", "Bytes of the lines parsed since the start.", nil},
	{"ingest_events_total", "Events made durable since the start.", nil},
	{"ingest_stored_events_total", "Events handed to the store since the start.", nil},
	{"ingest_refused_lines_total", "Lines that did not become durable and are read again.", nil},
	{"ingest_commits_total", "Commits of the journal since the start.", nil},
	{"ingest_commit_seconds_total", "Time spent on commits of the journal.", nil},
	{"ingest_commit_duration_seconds", "Time of one commit of the journal.", nil},
	{"ingest_parse_duration_seconds", "Time of parsing one batch of lines.", nil},
	{"ingest_parse_seconds_total", "Time spent on parsing, by all workers.", nil},
	{"ingest_store_seconds_total", "Time spent on handing events to the store.", nil},
	{"ingest_wait_seconds_total", "Time that sources waited for room.", nil},
	{"ingest_workers", "Goroutines that parse.", nil},
	{"ingest_queued_batches", "Batches waiting to be made durable.", nil},
	{"ingest_paused", "1 while intake pauses for a full or failing disk.", nil},
	{"ingest_parser_faults_total", "Lines that made a parser fail; any is a bug.", nil},
	{"input_lines_total", "Lines taken since the start, by the way they came in.", label("input")},
	{"input_bytes_total", "Bytes taken since the start, by the way they came in.", label("input")},
	{"input_wait_seconds_total", "Time that sources waited for room, by the way their lines come in.", label("input")},
	{"parse_lines_total", "Lines by the dialect that understood them.", label("dialect")},
	{"parse_refused_total", "Lines of a dialect's own programs that it did not understand.", label("dialect")},
	{"parse_dialect_seconds_total", "Time spent on parsing; that of a batch is shared among its dialects.", label("dialect")},
	{"parse_unparsed_total", "Lines that no dialect understood, by program.", label("program")},
	{"parse_redacted_total", "Lines from which a secret was removed.", nil},
	{"events_total", "Events since the start, by event_type; live: not older than 15 minutes when they came.", label("event_type", "age")},
	{"error_events_total", "Events with is_error or the level ERROR or FATAL since the start, by event_type.", label("event_type", "age")},
	{"events_by_level_total", "Events since the start, by level.", label("level", "age")},
	{"events_by_status_total", "Events since the start, by status.", label("status", "age")},
	{"events_by_reason_total", "Events since the start, by the reason why something was not delivered.", label("reason", "age")},
	{"connection_failures_total", "Events that tell that a connection could not be made or broke, since the start.", label("age")},
	{"delivery_delay_seconds", "How long messages were under way at each attempt to deliver them.", label("age")},
	{"journal_bytes", "Size of the journal.", nil},
	{"journal_files", "Files of the journal.", nil},
	{"journal_lost_events", "Accepted events that were lost to damage of the journal.", nil},
	{"store_events", "Events that can be searched.", nil},
	{"store_bytes", "Size of all segments.", nil},
	{"store_segments", "Segment files.", nil},
	{"store_tail_events", "Events held in memory and in the journal only.", nil},
	{"store_quarantined_files", "Files that were set aside because they could not be read.", nil},
	{"store_compacted_files_total", "Small files that were put together since the start.", nil},
	{"store_compaction_files_total", "Files that were made of small ones since the start.", nil},
	{"store_compaction_events_total", "Events that were written again to put files together.", nil},
	{"store_compaction_read_bytes_total", "Size of the files that were put together.", nil},
	{"store_compaction_written_bytes_total", "Size of the files that were made of them.", nil},
	{"store_newest_event_timestamp_seconds", "Time of the newest event.", nil},
	{"query_duration_seconds", "Time of one question, waiting included, by what it is for and how it ended.", label("api", "result")},
	{"queries_rejected_total", "Questions that found no free slot in their time.", nil},
	{"queries_waiting", "Questions that wait for a slot.", nil},
	{"queries_answering", "Questions being answered.", nil},
	{"queries_slots", "Questions that are answered at a time.", nil},
	{"queries_queue_limit", "Questions that may wait.", nil},
	{"query_memory_bytes", "Memory that the questions being answered hold.", nil},
	{"query_memory_limit_bytes", "Memory that all questions together may hold.", nil},
	{"queries_too_big_total", "Questions refused for their memory: more than one may have (by=question), or more than the others left (by=all).", label("by")},
	{"query_wait_seconds_total", "Time that questions waited for a slot.", nil},
	{"source_offset_bytes", "How far a file was read.", label("path")},
	{"source_lag_bytes", "Bytes of a file that wait to be read.", label("path")},
	{"source_lines_total", "Lines of a file handed on since the start.", label("path")},
	{"source_error", "1 while a file cannot be read.", label("path")},
	{"source_last_read_timestamp_seconds", "When bytes of a file came last; 0 for never.", label("path")},
	{"source_files", "Files being followed.", nil},
	{"beats_connections", "Open connections of Beats.", nil},
	{"beats_lines_total", "Lines received from Beats since the start.", nil},
	{"beats_repeats_total", "Events of Beats that were left out because they had come before.", nil},
	{"beats_refused_total", "Batches of Beats that did not become durable.", nil},
	{"beats_broken_total", "Connections of Beats closed because of the protocol.", nil},
	{"disk_size_bytes", "Size of the file system of the data folder.", nil},
	{"disk_free_bytes", "Free space on the file system of the data folder.", nil},
	{"disk_used_ratio", "Share of the file system of the data folder that is used.", nil},
	{"errors_total", "Failures since the start, by kind.", label("kind")},
	{"config_reloads_total", "Times the configuration was read again, by result.", label("result")},
}

func newCollector(rooms Rooms) *collector {
	c := &collector{rooms: rooms, descs: make(map[string]*prometheus.Desc, len(table))}
	for _, m := range table {
		c.descs[m.name] = prometheus.NewDesc("rastro_"+m.name, m.help, m.labels, nil)
	}
	return c
}

// Describe sends nothing: which programs and sources exist is known only at
// the scrape, so the collector is an unchecked one.
func (c *collector) Describe(chan<- *prometheus.Desc) {}

// Collect sends every metric.
func (c *collector) Collect(ch chan<- prometheus.Metric) {
	s := &scrape{c, ch}
	ingest := c.rooms.Ingest()
	s.intake(&ingest)
	s.kinds(&ingest)
	s.parsing(&ingest)
	s.stored()
	s.questions()
	s.sources()
	s.disk()
	s.failures(&ingest)
}

// scrape sends the metrics of one scrape.
type scrape struct {
	*collector
	ch chan<- prometheus.Metric
}

func (s *scrape) count(name string, v float64, labels ...string) {
	s.ch <- prometheus.MustNewConstMetric(s.descs[name], prometheus.CounterValue, v, labels...)
}

func (s *scrape) gauge(name string, v float64, labels ...string) {
	s.ch <- prometheus.MustNewConstMetric(s.descs[name], prometheus.GaugeValue, v, labels...)
}

func (s *scrape) spread(name string, d measure.Spread, labels ...string) {
	buckets := make(map[float64]uint64, len(d.Bounds))
	var below uint64
	for i, bound := range d.Bounds {
		below += d.Counts[i]
		buckets[bound] = below
	}
	s.ch <- prometheus.MustNewConstHistogram(s.descs[name], d.Count(), d.Sum, buckets, labels...)
}

// byLabel makes the names fit for labels. Names are written by strangers; two of
// them may become one label, which a scrape may hold once.
func byLabel[N int64 | uint64](counts map[string]N) map[string]N {
	labels := make(map[string]N, len(counts))
	for name, n := range counts {
		labels[strings.ToValidUTF8(name, "\uFFFD")] += n
	}
	return labels
}

func bit(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
