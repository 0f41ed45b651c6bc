package monitor

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"rastro/internal/collect"
	"rastro/internal/event"
	"rastro/internal/ingest"
	"rastro/internal/journal"
	"rastro/internal/measure"
	"rastro/internal/parse"
	"rastro/internal/search"
	"rastro/internal/store"
)

// rooms are the snapshots of a healthy server; a test changes what it wants.
type rooms struct {
	ingest  ingest.Stats
	journal journal.Stats
	store   store.Stats
	parse   parse.Counts
	sources []collect.FileStatus
	search  search.Counts
	reloads Reloads
	beats   *collect.BeatsStatus
}

func (r *rooms) server() *Server {
	s := New(Options{Host: "mx1", Data: "/var/lib/rastro", Release: "test", LogLevel: "info", Meters: NewMeters()})
	rooms := Rooms{
		Ingest:  func() ingest.Stats { return r.ingest },
		Journal: func() journal.Stats { return r.journal },
		Store:   func() store.Stats { return r.store },
		Parse:   func() parse.Counts { return r.parse },
		Search:  func() search.Counts { return r.search },
		Sources: func() []collect.FileStatus { return r.sources },
		Inputs:  []string{event.InputFile, event.InputImport, event.InputBulk},
		Reloads: func() Reloads { return r.reloads },
		Reasons: func() []string { return []string{"timeout", "mailbox_full"} },
		Disk:    func() (free, total uint64, err error) { return 25, 100, nil },
	}
	if r.beats != nil {
		rooms.Beats = func() collect.BeatsStatus { return *r.beats }
	}
	s.Open(rooms)
	return s
}

// aDay are the snapshots of a server that has worked, each number unlike the
// others.
func aDay() *rooms {
	spread := measure.NewSpread(.001, .01)
	spread.Add(.002)
	kinds := ingest.Kinds{
		Types: map[string]int64{event.TypeDelivery: 60, ingest.Other: 1}, Errors: map[string]int64{event.TypeDelivery: 4},
		Levels: map[string]int64{event.LevelError: 4}, Statuses: map[string]int64{event.StatusDeferred: 7}, Reasons: map[string]int64{"timeout": 3, "a\xff": 1, "a\xfe": 1},
		Delays: spread,
	}
	return &rooms{
		ingest: ingest.Stats{
			Taken: 103, Lines: 102, LineBytes: 9000, Events: 101, Stored: 98, Refused: 1, Commits: 5, CommitTime: 1500 * time.Millisecond, Queued: 2,
			Workers: 3, Waited: 250 * time.Millisecond, ParseTime: 2 * time.Second, StoreTime: time.Second,
			ParseTimes: spread, CommitTimes: spread, CommitFailures: 2, ParserFault: 1,
			Inputs:   []ingest.InputStats{{Name: event.InputFile, Lines: 90, Bytes: 8000, Waited: 200 * time.Millisecond}, {Name: event.InputBeats, Lines: 13, Bytes: 1000}},
			Dialects: map[string]ingest.DialectStats{"postfix": {Lines: 80, Time: 1500 * time.Millisecond}, "": {Lines: 20, Time: 400 * time.Millisecond}, "odd": {Lines: 2, Time: 100 * time.Millisecond}},
			Live:     kinds, Backlog: kinds,
		},
		journal: journal.Stats{Files: 2, Bytes: 4096, MaxFileBytes: 64 << 20, Damage: []journal.Damage{}},
		store:   store.Stats{Events: 98, Bytes: 777, Segments: 3, TailEvents: 40, Newest: 1_700_000_000_000_000_000},
		parse:   parse.Counts{Lines: 102, Redacted: 1, Parsed: map[string]uint64{"postfix": 80}, Refused: map[string]uint64{"postfix": 5}, Unparsed: map[string]uint64{"cron": 20}},
		sources: []collect.FileStatus{{Path: "/var/log/mail.log", ID: "1", Offset: 10, Size: 15, Lines: 2, LastRead: time.Unix(1_700_000_000, 0)}},
		search: search.Counts{Slots: 4, Answering: 1, Waiting: 2, Waited: 3 * time.Second, Asked: []search.Asked{
			{API: search.APISearch, Result: search.ResultOK, Took: spread}, {API: search.APITrace, Result: search.ResultBusy, Took: spread},
			{API: search.APIExport, Result: search.ResultError, Took: spread},
		}},
		reloads: Reloads{Successes: 2, Failures: 1, LastError: "line 3: zone", LastFailure: time.Unix(1_700_000_000, 0), LastSuccess: time.Unix(1_700_000_100, 0), Hash: "abc"},
		beats:   &collect.BeatsStatus{Connections: 1, Lines: 13},
	}
}

func get(s *Server, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

// body asks for JSON.
func body(t *testing.T, s *Server, path string) object {
	t.Helper()
	w := get(s, path)
	var o object
	if err := json.Unmarshal(w.Body.Bytes(), &o); err != nil || w.Code != http.StatusOK {
		t.Fatalf("%s: %d %v\n%s", path, w.Code, err, w.Body)
	}
	return o
}

// at finds a value by its path.
func at(o any, path ...any) any {
	for _, step := range path {
		switch key := step.(type) {
		case string:
			m, _ := o.(object)
			o = m[key]
		case int:
			list, _ := o.([]any)
			if key >= len(list) {
				return nil
			}
			o = list[key]
		}
	}
	return o
}

// TestMetricsCanBeRead has programs and paths that become the same label: a
// scrape with a metric twice would fail as a whole.
func TestMetricsCanBeRead(t *testing.T) {
	t.Parallel()
	r := aDay()
	r.ingest.Paused = "full"
	r.store.Quarantined = []store.QuarantinedFile{{Path: "p"}}
	r.parse.Unparsed = map[string]uint64{"": 1, "a\xff": 2, "a\xfe": 3, "x\"\n\\y": 4}
	r.sources = append(r.sources,
		collect.FileStatus{Path: "/var/log/mail.log", ID: "2", Offset: 100, Size: 100, Lines: 3, Err: "permission denied"},
		collect.FileStatus{Path: "/var/log/\xff", Offset: 1}, collect.FileStatus{Path: "/var/log/\xfe", Offset: 2})
	w := get(r.server(), "/metrics")
	if w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	problems, err := promlint.New(strings.NewReader(w.Body.String())).Lint()
	if err != nil {
		t.Fatalf("%v in\n%s", err, w.Body)
	}
	for _, p := range problems {
		if strings.HasPrefix(p.Metric, "rastro_") {
			t.Errorf("%s: %s", p.Metric, p.Text)
		}
	}
	for _, want := range []string{
		"rastro_ingest_lines_total 102", "rastro_ingest_commit_seconds_total 1.5", "rastro_ingest_paused 1",
		`rastro_parse_lines_total{dialect="postfix"} 80`, `rastro_parse_lines_total{dialect="exim"} 0`, `rastro_parse_refused_total{dialect="postfix"} 5`,
		`rastro_events_total{age="live",event_type="message_delivery"} 60`, `rastro_events_total{age="backlog",event_type="other"} 1`,
		`rastro_error_events_total{age="live",event_type="error"} 0`, `rastro_error_events_total{age="live",event_type="message_delivery"} 4`,
		`rastro_events_by_status_total{age="live",status="deferred"} 7`, `rastro_events_by_reason_total{age="live",reason="mailbox_full"} 0`,
		"rastro_events_by_reason_total{age=\"live\",reason=\"a\uFFFD\"} 2",
		`rastro_delivery_delay_seconds_bucket{age="live",le="0.01"} 1`, `rastro_ingest_parse_duration_seconds_bucket{le="0.001"} 0`,
		`rastro_query_duration_seconds_count{api="search",result="ok"} 1`, "rastro_queries_rejected_total 1", "rastro_queries_waiting 2", "rastro_queries_slots 4",
		`rastro_errors_total{kind="journal_commit"} 2`, `rastro_errors_total{kind="query"} 1`, `rastro_config_reloads_total{result="failed"} 1`,
		"rastro_disk_used_ratio 0.75", "rastro_disk_size_bytes 100", "rastro_ready 0", `rastro_log_records_total{level="error"} 0`,
		`rastro_input_lines_total{input="file"} 90`, `rastro_input_lines_total{input="bulk"} 0`, "rastro_beats_lines_total 13", `version="test"`, "rastro_parse_unparsed_total{program=\"a\uFFFD\"} 5",
		`rastro_parse_unparsed_total{program="x\"\n\\y"} 4`, `rastro_source_offset_bytes{path="/var/log/mail.log"} 110`,
		`rastro_source_lag_bytes{path="/var/log/mail.log"} 5`, `rastro_source_error{path="/var/log/mail.log"} 1`,
		"rastro_source_offset_bytes{path=\"/var/log/\uFFFD\"} 3", "rastro_source_files 4", `rastro_source_last_read_timestamp_seconds{path="/var/log/mail.log"} 1.7e+09`,
		"rastro_store_newest_event_timestamp_seconds 1.7e+09", "rastro_store_quarantined_files 1", "go_goroutines ",
	} {
		if !strings.Contains(w.Body.String(), "\n"+want) && want != `version="test"` || !strings.Contains(w.Body.String(), want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, status string
		code         int
		says         string
		break_       func(*rooms)
	}{
		{"healthy", "ok", 200, "", func(*rooms) {}},
		{"a damaged segment", "degraded", 200, "set aside: q/x: checksum", func(r *rooms) {
			r.store.Quarantined = []store.QuarantinedFile{{Path: "q/x", Reason: "checksum"}}
		}},
		{"segments cannot be written", "degraded", 200, "no space", func(r *rooms) { r.store.WriteError = "no space" }},
		{"a damaged journal", "degraded", 200, "3 accepted events are lost", func(r *rooms) {
			r.journal.Damage = []journal.Damage{{Path: "j", Events: 3}}
		}},
		{"a source without permission", "degraded", 200, "/var/log/mail.log: permission denied", func(r *rooms) {
			r.sources = []collect.FileStatus{{Path: "/var/log/mail.log", Err: "permission denied"}, {Path: "/fine"}}
		}},
		{"a full disk", "paused", 503, "free some space", func(r *rooms) {
			r.ingest.Paused = "free some space"
			r.store.WriteError = "no space"
		}},
		{"many sources at once", "degraded", 200, "and 480 more", func(r *rooms) {
			for i := range 500 {
				r.sources = append(r.sources, collect.FileStatus{Path: fmt.Sprint(i), Err: "gone"})
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := &rooms{}
			c.break_(r)
			w := get(r.server(), "/healthz")
			var h Health
			if err := json.Unmarshal(w.Body.Bytes(), &h); err != nil {
				t.Fatal(err)
			}
			if w.Code != c.code || h.Status != c.status || h.Release != "test" || len(h.Problems) > 2*maxProblems {
				t.Errorf("%d %+v", w.Code, h)
			}
			if c.says != "" && !slices.ContainsFunc(h.Problems, func(p string) bool { return strings.Contains(p, c.says) }) {
				t.Errorf("the problems are %q, want %q among them", h.Problems, c.says)
			}
			if c.says == "" && len(h.Problems) > 0 {
				t.Errorf("problems %q", h.Problems)
			}
		})
	}
}

func TestPathsAndMethods(t *testing.T) {
	t.Parallel()
	s := (&rooms{}).server()
	for _, c := range []struct {
		method, path string
		code         int
	}{{"GET", "/secret", 404}, {"GET", "/_node/nothing", 404}, {"GET", "/_node/stats/nothing", 404}, {"GET", "/_node/stats/pipelines/other", 404}, {"GET", "/_node/pipelines/other", 404},
		{"GET", "/_node/stats/", 200}, {"GET", "/_node/stats/pipelines/main/", 200}, {"GET", "/_node/stats/pipelines/main/more", 404}, {"PUT", "/_node/logging", 405}, {"HEAD", "/_node/stats", 200},
		{"POST", "/healthz", 405}, {"HEAD", "/healthz", 200}, {"HEAD", "/metrics", 200}, {"DELETE", "/metrics", 405}} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(c.method, c.path, nil))
		if w.Code != c.code {
			t.Errorf("%s %s: %d, want %d", c.method, c.path, w.Code, c.code)
		}
	}
}

// TestEveryMetricIsDocumented compares a scrape with docs/monitoring.md, both
// ways.
func TestEveryMetricIsDocumented(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("../../docs/monitoring.md")
	if err != nil {
		t.Fatal(err)
	}
	families, err := aDay().server().metrics.Gather()
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]bool{}
	for _, f := range families {
		told[f.GetName()] = true
		if row := "| `" + f.GetName() + "` |"; strings.HasPrefix(f.GetName(), "rastro_") && !strings.Contains(string(doc), row) {
			t.Errorf("docs/monitoring.md has no row %s", row)
		}
	}
	rows := regexp.MustCompile("(?m)^\\| `(rastro_[a-z0-9_]+)` \\|").FindAllStringSubmatch(string(doc), -1)
	if len(rows) < 50 {
		t.Errorf("only %d rows are found", len(rows))
	}
	for _, row := range rows {
		// Those of requests come with the first request.
		if !told[row[1]] && !strings.HasPrefix(row[1], "rastro_http_") {
			t.Errorf("docs/monitoring.md tells of %s, which is no metric", row[1])
		}
	}
}
