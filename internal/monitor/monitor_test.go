package monitor

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"rastro/internal/collect"
	"rastro/internal/ingest"
	"rastro/internal/journal"
	"rastro/internal/parse"
	"rastro/internal/store"
)

// rooms are the snapshots of a healthy server; a test changes what it wants.
type rooms struct {
	ingest  ingest.Stats
	journal journal.Stats
	store   store.Stats
	parse   parse.Counts
	sources []collect.FileStatus
}

func (r *rooms) server() *Server {
	return New(Options{
		Ingest:  func() ingest.Stats { return r.ingest },
		Journal: func() journal.Stats { return r.journal },
		Store:   func() store.Stats { return r.store },
		Parse:   func() parse.Counts { return r.parse },
		Sources: func() []collect.FileStatus { return r.sources },
		Release: "test",
	})
}

func get(s *Server, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

// TestMetricsCanBeRead has programs and paths that become the same label: a
// scrape with a metric twice would fail as a whole.
func TestMetricsCanBeRead(t *testing.T) {
	t.Parallel()
	r := &rooms{
		ingest:  ingest.Stats{Lines: 12, Events: 11, CommitTime: 1500 * time.Millisecond, Paused: "full"},
		journal: journal.Stats{Files: 2, Bytes: 99},
		store:   store.Stats{Events: 11, Newest: 1_700_000_000_000_000_000, Quarantined: []store.QuarantinedFile{{Path: "p"}}},
		parse:   parse.Counts{Parsed: map[string]uint64{"postfix": 7}, Unparsed: map[string]uint64{"": 1, "a\xff": 2, "a\xfe": 3, "x\"\n\\y": 4}},
		sources: []collect.FileStatus{
			{Path: "/var/log/mail.log", ID: "1", Offset: 10, Size: 15, Lines: 2},
			{Path: "/var/log/mail.log", ID: "2", Offset: 100, Size: 100, Lines: 3, Err: "permission denied"},
			{Path: "/var/log/\xff", Offset: 1}, {Path: "/var/log/\xfe", Offset: 2},
		},
	}
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
		"rastro_ingest_lines_total 12", "rastro_ingest_commit_seconds_total 1.5", "rastro_ingest_paused 1",
		`rastro_parse_lines_total{dialect="postfix"} 7`, "rastro_parse_unparsed_total{program=\"a\uFFFD\"} 5",
		`rastro_parse_unparsed_total{program="x\"\n\\y"} 4`, `rastro_source_offset_bytes{path="/var/log/mail.log"} 110`,
		`rastro_source_lag_bytes{path="/var/log/mail.log"} 5`, `rastro_source_error{path="/var/log/mail.log"} 1`,
		"rastro_source_offset_bytes{path=\"/var/log/\uFFFD\"} 3", "rastro_source_files 4",
		"rastro_store_newest_event_timestamp_seconds 1.7e+09", "rastro_store_quarantined_files 1", "go_goroutines ",
	} {
		if !strings.Contains(w.Body.String(), "\n"+want) {
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
	if w := get(s, "/"); w.Code != 200 || !strings.Contains(w.Body.String(), "/healthz") {
		t.Errorf("/: %d %s", w.Code, w.Body)
	}
	for _, c := range []struct {
		method, path string
		code         int
	}{{"GET", "/secret", 404}, {"POST", "/healthz", 405}, {"HEAD", "/healthz", 200}, {"HEAD", "/metrics", 200}, {"DELETE", "/metrics", 405}} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(c.method, c.path, nil))
		if w.Code != c.code {
			t.Errorf("%s %s: %d, want %d", c.method, c.path, w.Code, c.code)
		}
	}
}
