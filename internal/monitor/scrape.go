package monitor

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/ingest"
	"rastro/internal/search"
)

// The values of the label age.
const (
	ageLive    = "live"
	ageBacklog = "backlog"
)

func (s *scrape) intake(i *ingest.Stats) {
	s.count("ingest_taken_lines_total", float64(i.Taken))
	s.count("ingest_lines_total", float64(i.Lines))
	s.count("ingest_line_bytes_total", float64(i.LineBytes))
	s.count("ingest_events_total", float64(i.Events))
	s.count("ingest_stored_events_total", float64(i.Stored))
	s.count("ingest_refused_lines_total", float64(i.Refused))
	s.count("ingest_commits_total", float64(i.Commits))
	s.count("ingest_commit_seconds_total", i.CommitTime.Seconds())
	s.spread("ingest_commit_duration_seconds", i.CommitTimes)
	s.spread("ingest_parse_duration_seconds", i.ParseTimes)
	s.count("ingest_parse_seconds_total", i.ParseTime.Seconds())
	s.count("ingest_store_seconds_total", i.StoreTime.Seconds())
	s.count("ingest_wait_seconds_total", i.Waited.Seconds())
	s.count("ingest_parser_faults_total", float64(i.ParserFault))
	s.gauge("ingest_workers", float64(i.Workers))
	s.gauge("ingest_queued_batches", float64(i.Queued))
	s.gauge("ingest_paused", bit(i.Paused != ""))
	inputs := map[string]ingest.InputStats{}
	for _, name := range s.rooms.Inputs {
		inputs[name] = ingest.InputStats{}
	}
	for _, in := range i.Inputs {
		inputs[in.Name] = in
	}
	for name, in := range inputs {
		s.count("input_lines_total", float64(in.Lines), name)
		s.count("input_bytes_total", float64(in.Bytes), name)
		s.count("input_wait_seconds_total", in.Waited.Seconds(), name)
	}
}

// kinds tells of events by what they say. Words of closed lists stand at 0 from
// the start: a counter that appears with its first event hides that event from
// increase().
func (s *scrape) kinds(i *ingest.Stats) {
	types := append(event.ClosedValues(event.EventType), ingest.Other)
	levels := append(event.ClosedValues(event.Level), ingest.Other)
	statuses := append(event.ClosedValues(event.Status), ingest.Other)
	var reasons []string
	if s.rooms.Reasons != nil {
		reasons = s.rooms.Reasons()
	}
	for age, k := range map[string]ingest.Kinds{ageLive: i.Live, ageBacklog: i.Backlog} {
		s.words("events_total", types, k.Types, age)
		s.words("error_events_total", types, k.Errors, age)
		s.words("events_by_level_total", levels, k.Levels, age)
		s.words("events_by_status_total", statuses, k.Statuses, age)
		s.words("events_by_reason_total", reasons, k.Reasons, age)
		s.count("connection_failures_total", float64(k.ConnectionFailures), age)
		if k.Delays.Counts != nil {
			s.spread("delivery_delay_seconds", k.Delays, age)
		}
	}
}

// words sends a count for each word, and for those that are counted beside them.
func (s *scrape) words(name string, words []string, counts map[string]int64, labels ...string) {
	all := byLabel(counts)
	for _, w := range words {
		if _, ok := all[w]; !ok {
			all[w] = 0
		}
	}
	for w, n := range all {
		s.count(name, float64(n), append([]string{w}, labels...)...)
	}
}

func (s *scrape) parsing(i *ingest.Stats) {
	p := s.rooms.Parse()
	s.count("parse_redacted_total", float64(p.Redacted))
	parsed, refused := byLabel(p.Parsed), byLabel(p.Refused)
	for _, dialect := range event.ClosedValues(event.Dialect) {
		s.count("parse_lines_total", float64(parsed[dialect]), dialect)
		s.count("parse_refused_total", float64(refused[dialect]), dialect)
		s.count("parse_dialect_seconds_total", i.Dialects[dialect].Time.Seconds(), dialect)
	}
	for program, n := range byLabel(p.Unparsed) {
		s.count("parse_unparsed_total", float64(n), program)
	}
}

func (s *scrape) stored() {
	j := s.rooms.Journal()
	s.gauge("journal_bytes", float64(j.Bytes))
	s.gauge("journal_files", float64(j.Files))
	var lost int64
	for _, d := range j.Damage {
		lost += d.Events
	}
	s.gauge("journal_lost_events", float64(lost))
	t := s.rooms.Store()
	s.gauge("store_events", float64(t.Events))
	s.gauge("store_bytes", float64(t.Bytes))
	s.gauge("store_segments", float64(t.Segments))
	s.gauge("store_tail_events", float64(t.TailEvents))
	s.gauge("store_quarantined_files", float64(len(t.Quarantined)))
	s.count("store_compacted_files_total", float64(t.Compaction.Merged))
	s.count("store_compaction_files_total", float64(t.Compaction.Files))
	s.count("store_compaction_events_total", float64(t.Compaction.Events))
	s.count("store_compaction_read_bytes_total", float64(t.Compaction.BytesRead))
	s.count("store_compaction_written_bytes_total", float64(t.Compaction.BytesWritten))
	s.gauge("store_newest_event_timestamp_seconds", float64(t.Newest)/1e9)
}

func (s *scrape) questions() {
	q := s.rooms.Search()
	var rejected uint64
	for _, a := range q.Asked {
		s.spread("query_duration_seconds", a.Took, string(a.API), string(a.Result))
		if a.Result == search.ResultBusy {
			rejected += a.Took.Count()
		}
	}
	s.count("queries_rejected_total", float64(rejected))
	s.count("query_wait_seconds_total", q.Waited.Seconds())
	s.gauge("queries_waiting", float64(q.Waiting))
	s.gauge("queries_answering", float64(q.Answering))
	s.gauge("queries_slots", float64(q.Slots))
	s.gauge("queries_queue_limit", float64(q.Queue))
	s.gauge("query_memory_bytes", float64(q.Memory.Used))
	s.gauge("query_memory_limit_bytes", float64(q.Memory.Limit))
	s.count("queries_too_big_total", float64(q.Memory.RefusedAlone), "question")
	s.count("queries_too_big_total", float64(q.Memory.RefusedTogether), "all")
}

// sources tells of each path: paths are few, and not written by strangers. A
// rotated file that is still read shares the path of the new one; their figures
// are added.
func (s *scrape) sources() {
	files := s.rooms.Sources()
	s.gauge("source_files", float64(len(files)))
	type figures struct {
		offset, lag, lines, last int64
		failed                   bool
	}
	paths := map[string]figures{}
	for _, file := range files {
		path := strings.ToValidUTF8(file.Path, "\uFFFD")
		f := paths[path]
		if !file.LastRead.IsZero() {
			f.last = max(f.last, file.LastRead.Unix())
		}
		paths[path] = figures{f.offset + file.Offset, f.lag + file.Lag(), f.lines + file.Lines, f.last, f.failed || file.Err != ""}
	}
	for path, f := range paths {
		s.gauge("source_offset_bytes", float64(f.offset), path)
		s.gauge("source_lag_bytes", float64(f.lag), path)
		s.count("source_lines_total", float64(f.lines), path)
		s.gauge("source_error", bit(f.failed), path)
		s.gauge("source_last_read_timestamp_seconds", float64(f.last), path)
	}
	if s.rooms.Beats != nil {
		b := s.rooms.Beats()
		s.gauge("beats_connections", float64(b.Connections))
		s.count("beats_lines_total", float64(b.Lines))
		s.count("beats_repeats_total", float64(b.Repeats))
		s.count("beats_refused_total", float64(b.Refused))
		s.count("beats_broken_total", float64(b.Broken))
	}
}

// disk tells of the file system of the data folder, as df does: what only root
// may still write counts as used.
func (s *scrape) disk() {
	if s.rooms.Disk == nil {
		return
	}
	free, total, err := s.rooms.Disk()
	if err != nil || total == 0 {
		return
	}
	s.gauge("disk_size_bytes", float64(total))
	s.gauge("disk_free_bytes", float64(free))
	s.gauge("disk_used_ratio", 1-float64(free)/float64(total))
}

func (s *scrape) failures(i *ingest.Stats) {
	var questions uint64
	for _, a := range s.rooms.Search().Asked {
		if a.Result == search.ResultError || a.Result == search.ResultTooBig {
			questions += a.Took.Count()
		}
	}
	for kind, n := range map[string]float64{
		"journal_commit": float64(i.CommitFailures), "journal_trim": float64(i.TrimFailures), "store_append": float64(i.StoreFailures),
		"parser_fault": float64(i.ParserFault), "query": float64(questions),
	} {
		s.count("errors_total", n, kind)
	}
	if s.rooms.Reloads != nil {
		r := s.rooms.Reloads()
		s.count("config_reloads_total", float64(r.Successes), "ok")
		s.count("config_reloads_total", float64(r.Failures), "failed")
	}
}
