package monitor

import (
	"strings"

	"github.com/prometheus/client_golang/prometheus"
)

// collector turns the snapshots into metrics at the moment of each scrape.
type collector struct {
	opts Options

	lines, lineBytes, events, commits, commitSeconds, queued, paused, faults *prometheus.Desc
	parsed, unparsed, redacted                                               *prometheus.Desc
	journalBytes, journalFiles                                               *prometheus.Desc
	stored, storedBytes, segments, tail, quarantined, newest                 *prometheus.Desc
	sourceOffset, sourceLag, sourceLines, sourceErrors, sourceFiles          *prometheus.Desc
}

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("rastro_"+name, help, labels, nil)
}

func newCollector(opts Options) *collector {
	return &collector{
		opts:          opts,
		lines:         describe("ingest_lines_total", "Lines parsed since the start."),
		lineBytes:     describe("ingest_line_bytes_total", "Bytes of the lines parsed since the start."),
		events:        describe("ingest_events_total", "Events made durable since the start."),
		commits:       describe("ingest_commits_total", "Commits of the journal since the start."),
		commitSeconds: describe("ingest_commit_seconds_total", "Time spent on commits of the journal."),
		queued:        describe("ingest_queued_batches", "Batches waiting to be made durable."),
		paused:        describe("ingest_paused", "1 while intake pauses for a full or failing disk."),
		faults:        describe("ingest_parser_faults_total", "Lines that made a parser fail; any is a bug."),
		parsed:        describe("parse_lines_total", "Lines by the dialect that understood them.", "dialect"),
		unparsed:      describe("parse_unparsed_total", "Lines that no dialect understood, by program.", "program"),
		redacted:      describe("parse_redacted_total", "Lines from which a secret was removed."),
		journalBytes:  describe("journal_bytes", "Size of the journal."),
		journalFiles:  describe("journal_files", "Files of the journal."),
		stored:        describe("store_events", "Events that can be searched."),
		storedBytes:   describe("store_bytes", "Size of all segments."),
		segments:      describe("store_segments", "Segment files."),
		tail:          describe("store_tail_events", "Events held in memory and in the journal only."),
		quarantined:   describe("store_quarantined_files", "Files that were set aside because they could not be read."),
		newest:        describe("store_newest_event_timestamp_seconds", "Time of the newest event."),
		sourceOffset:  describe("source_offset_bytes", "How far a file was read.", "path"),
		sourceLag:     describe("source_lag_bytes", "Bytes of a file that wait to be read.", "path"),
		sourceLines:   describe("source_lines_total", "Lines of a file handed on since the start.", "path"),
		sourceErrors:  describe("source_error", "1 while a file cannot be read.", "path"),
		sourceFiles:   describe("source_files", "Files being followed."),
	}
}

// Describe sends nothing: which programs and sources exist is known only at
// the scrape, so the collector is an unchecked one.
func (c *collector) Describe(chan<- *prometheus.Desc) {}

// Collect sends every metric.
func (c *collector) Collect(ch chan<- prometheus.Metric) {
	c.collectIngest(ch)
	c.collectStore(ch)
	c.collectSources(ch)
}

func count(ch chan<- prometheus.Metric, d *prometheus.Desc, v float64, labels ...string) {
	ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, v, labels...)
}

func gauge(ch chan<- prometheus.Metric, d *prometheus.Desc, v float64, labels ...string) {
	ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
}

func (c *collector) collectIngest(ch chan<- prometheus.Metric) {
	s := c.opts.Ingest()
	count(ch, c.lines, float64(s.Lines))
	count(ch, c.lineBytes, float64(s.LineBytes))
	count(ch, c.events, float64(s.Events))
	count(ch, c.commits, float64(s.Commits))
	count(ch, c.commitSeconds, s.CommitTime.Seconds())
	count(ch, c.faults, float64(s.ParserFault))
	gauge(ch, c.queued, float64(s.Queued))
	gauge(ch, c.paused, bit(s.Paused != ""))
	p := c.opts.Parse()
	count(ch, c.redacted, float64(p.Redacted))
	for dialect, n := range p.Parsed {
		count(ch, c.parsed, float64(n), dialect)
	}
	for program, n := range byLabel(p.Unparsed) {
		count(ch, c.unparsed, float64(n), program)
	}
}

// byLabel makes the names fit for labels. Names of programs are written by
// strangers; two of them may become one label, which a scrape may hold once.
func byLabel(counts map[string]uint64) map[string]uint64 {
	labels := make(map[string]uint64, len(counts))
	for name, n := range counts {
		labels[strings.ToValidUTF8(name, "\uFFFD")] += n
	}
	return labels
}

func (c *collector) collectStore(ch chan<- prometheus.Metric) {
	j := c.opts.Journal()
	gauge(ch, c.journalBytes, float64(j.Bytes))
	gauge(ch, c.journalFiles, float64(j.Files))
	s := c.opts.Store()
	gauge(ch, c.stored, float64(s.Events))
	gauge(ch, c.storedBytes, float64(s.Bytes))
	gauge(ch, c.segments, float64(s.Segments))
	gauge(ch, c.tail, float64(s.TailEvents))
	gauge(ch, c.quarantined, float64(len(s.Quarantined)))
	gauge(ch, c.newest, float64(s.Newest)/1e9)
}

func bit(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// collectSources tells of each path: paths are few, and not written by
// strangers. A rotated file that is still read shares the path of the new one;
// their figures are added.
func (c *collector) collectSources(ch chan<- prometheus.Metric) {
	sources := c.opts.Sources()
	gauge(ch, c.sourceFiles, float64(len(sources)))
	type figures struct {
		offset, lag, lines int64
		failed             bool
	}
	paths := map[string]figures{}
	for _, s := range sources {
		path := strings.ToValidUTF8(s.Path, "\uFFFD")
		f := paths[path]
		paths[path] = figures{f.offset + s.Offset, f.lag + s.Lag(), f.lines + s.Lines, f.failed || s.Err != ""}
	}
	for path, f := range paths {
		gauge(ch, c.sourceOffset, float64(f.offset), path)
		gauge(ch, c.sourceLag, float64(f.lag), path)
		count(ch, c.sourceLines, float64(f.lines), path)
		gauge(ch, c.sourceErrors, bit(f.failed), path)
	}
}
