package main

import (
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"rastro/internal/event"
	"rastro/internal/query"
)

// TestCensusOfLines counts a cut of a log by hand-made figures.
func TestCensusOfLines(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/farm.log")
	if err != nil {
		t.Fatal(err)
	}
	c := newCensus()
	c.queueID = "8C98A15A02A"
	for line := range strings.Lines(string(text)) {
		c.count([]byte(line[len(stampForm)+1:]))
	}
	for _, f := range []struct {
		what      string
		got, want int64
	}{
		{"lines", c.lines, 70},
		{"lines of dovecot", c.programs["dovecot"], 16},
		{"lines of the submission port", c.programs["postfix/submission/smtpd"], 5},
		{"sent", c.statuses["sent"], 6},
		{"deferred", c.statuses["deferred"], 1},
		{"refusals", c.rejects, 4},
		{"logins", c.loginOK, 4},
		{"failed logins", c.loginFail, 2},
		{"over quota", c.overQuota, 1},
		{"lines of the queue id", c.idLines, 6},
		{"mentions of the queue id", c.mentions, 7},
		{"null senders", c.senders["<>"], 1},
		{"a sender of a refusal", c.refusedSenders["carmen.prieto1z@uni-lejana.example"], 1},
		{"a recipient of three programs", c.recipients["gema-villar1@transportes-luz1202.example"], 4},
		{"delays of mx1", int64(len(c.delays["mx1"])), 3},
		{"clients of the network", c.network, 10},
	} {
		if f.got != f.want {
			t.Errorf("%s: %d, want %d", f.what, f.got, f.want)
		}
	}
	if _, alias := c.recipients["info5@talleres-mar580.example"]; alias {
		t.Error("the address before an alias counts as a recipient")
	}
}

// TestAnswersAreRight imports a small log and asks everything, so that the
// questions, the reading of the log and the program agree before anything is
// measured.
func TestAnswersAreRight(t *testing.T) {
	if testing.Short() {
		t.Skip("it writes and imports a log")
	}
	t.Parallel()
	dir := t.TempDir()
	log, err := openLog(t.Context(), dir, 30_000)
	if err != nil {
		t.Fatal(err)
	}
	if err := importInside(t.Context(), log, dir+"/data"); err != nil {
		t.Fatal(err)
	}
	p, err := planOf(log)
	if err != nil {
		t.Fatal(err)
	}
	asked := slices.Concat(probesOf(p.asked), probesOf(p.traced))
	times, err := measureQuestions(t.Context(), dir+"/data", asked, 1)
	if err != nil {
		t.Fatal(err)
	}
	for word, want := range map[string]bool{p.hot: true, overQuotaPhrase: true, absentWord: false} {
		if found, err := findBytes(dir+"/data", []byte(word)); err != nil || len(found.files) > 0 != want {
			t.Errorf("%q is found in %v, %v", word, found.files, err)
		}
	}
	if c, err := costsOf(dir + "/data"); err != nil || c.rows != log.totals.Lines || len(c.columns) < 10 || c.footers <= 0 || c.words <= 0 {
		t.Errorf("%+v, %v", c, err)
	}
	if len(times) != len(asked) || len(times[0].runs) != 1 || times[0].first <= 0 {
		t.Errorf("%d questions were asked and %d timed: %+v", len(asked), len(times), times)
	}
}

// TestWrongAnswersFail: what the checks are for.
func TestWrongAnswersFail(t *testing.T) {
	t.Parallel()
	hit := func(at int64, line string) query.Hit {
		h := query.Hit{Event: event.Event{Time: at}}
		h.Event.Add(event.Message, line)
		return h
	}
	bucket := func(key string, n int64) query.Bucket { return query.Bucket{Key: key, Count: n} }
	buckets := func(b ...query.Bucket) query.Answer { return query.Answer{Aggs: []query.AggResult{{Buckets: b}}} }
	value := func(v float64) query.Answer { return query.Answer{Aggs: []query.AggResult{{Value: v}}} }
	percentile := func(v float64) query.Answer {
		return buckets(query.Bucket{Key: "mx1", Subs: []query.AggResult{{Percentiles: []query.Percentile{{Percent: 95, Value: v}}}}})
	}
	counts := map[string]int64{"a": 9, "b": 7, "c": 7, "d": 1}
	delays := map[string][]float64{"mx1": {5, 1, 3, 2, 4}}
	cases := []struct {
		name  string
		check func(query.Answer) error
		a     query.Answer
		ok    bool
	}{
		{"exact", finds(2), query.Answer{Total: 2, TotalExact: true, Hits: []query.Hit{hit(2, "x"), hit(1, "y")}}, true},
		{"one too few", finds(2), query.Answer{Total: 1, TotalExact: true}, false},
		{"a lower bound", finds(2), query.Answer{Total: 2}, false},
		{"partial", finds(2), query.Answer{Total: 2, TotalExact: true, Partial: true}, false},
		{"oldest first", finds(2), query.Answer{Total: 2, TotalExact: true, Hits: []query.Hit{hit(1, "x"), hit(2, "y")}}, false},
		{"no line", finds(1), query.Answer{Total: 1, TotalExact: true, Hits: []query.Hit{hit(1, "")}}, false},
		{"top two", leads(counts, 2), buckets(bucket("a", 9), bucket("b", 7)), true},
		{"top two, the other of equals", leads(counts, 2), buckets(bucket("a", 9), bucket("c", 7)), true},
		{"top two, another key", leads(counts, 2), buckets(bucket("a", 9), bucket("d", 7)), false},
		{"top two, another count", leads(counts, 2), buckets(bucket("a", 8), bucket("b", 7)), false},
		{"top two, one missing", leads(counts, 2), buckets(bucket("a", 9)), false},
		{"histogram", sums(5, 2, 3), buckets(bucket("", 2), bucket("", 3)), true},
		{"histogram, one event missing", sums(5, 2, 3), buckets(bucket("", 2), bucket("", 2)), false},
		{"histogram of one bucket", sums(5, 2, 3), buckets(bucket("", 5)), false},
		{"estimate", about(1000), value(1010), true},
		{"bad estimate", about(1000), value(900), false},
		{"percentile", percentilesNear(delays), percentile(5), true},
		{"bad percentile", percentilesNear(delays), percentile(4), false},
	}
	for _, c := range cases {
		if err := c.check(c.a); (err == nil) != c.ok {
			t.Errorf("%s: %v, want an error: %t", c.name, err, !c.ok)
		}
	}
}

func TestReadBenchmarks(t *testing.T) {
	t.Parallel()
	got := readBenchmarks([]byte(`goos: linux
BenchmarkUnwrap/rfc3339-2  	 5016722	       245.5 ns/op	       0 B/op	       0 allocs/op
BenchmarkEncode-2          	    3476	    342201 ns/op	       244.7 B/event
PASS
ok  	rastro/internal/journal	1.302s
`))
	if len(got) != 2 || got[0].name != "Unwrap/rfc3339" || got[1].name != "Encode" {
		t.Fatalf("%+v", got)
	}
	if want := [2]string{"244.7", "B/event"}; len(got[1].figures) != 2 || got[1].figures[1] != want {
		t.Errorf("%v", got[1].figures)
	}
}

func TestHeadEndsAfterItsLines(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "", 1: "one\n", 2: "one\ntwo\n", 9: "one\ntwo\nthree\n"} {
		got, err := io.ReadAll(newHead(strings.NewReader("one\ntwo\nthree\n"), n))
		if err != nil || string(got) != want {
			t.Errorf("%d lines: %q, %v", n, got, err)
		}
	}
}

func TestPageTellsWhatWasMissed(t *testing.T) {
	t.Parallel()
	r := results{options: options{lines: 1000, runs: 1, benchtime: "0"}, began: time.Unix(0, 0)}
	r.imported = imported{usage: usage{wall: time.Second, cpu: time.Second, peak: 600 << 20}, lines: 1000, read: 177_000, segments: 60_000}
	r.compacted = compacted{missing: true, before: 60_000, after: 60_000}
	r.rival.missing = "it cannot be built on this machine"
	r.asked = []timed{{name: "quick", goal: 30 * time.Millisecond, runs: []time.Duration{9 * time.Millisecond, time.Millisecond, 8 * time.Millisecond}, found: 1234567}}
	r.traced = []timed{{name: "trace one", goal: 30 * time.Millisecond, runs: []time.Duration{40 * time.Millisecond}, found: 3}}
	r.offline = offline{usage: usage{wall: 9 * time.Second, cpu: 12 * time.Second, peak: 900 << 20}, lines: 1_000_000, read: 177_000_000, journeys: 109_572, compared: 90_000}
	r.parsed = []parser{{name: "Postfix", what: "a mixture", goal: 1_000_000, rate: 4_000_000}, {name: "Exim", what: "a main log", rate: 2_000_000, allocated: .4}}
	r.together.alone.wall, r.together.busy.wall = time.Second, 2*time.Second
	r.together.few.usage.wall, r.together.many.usage.wall = 2*time.Second, 4*time.Second
	page := string(r.page([]byte("# Old\n\n## In the browser\n\nkept figures\n\n## Old parsers\n\nforgotten\n")))
	if !strings.Contains(page, "## In the browser\n\nkept figures\n\n## ") || strings.Contains(page, "forgotten") {
		t.Errorf("without a browser the last figures are not kept:\n%s", page)
	}
	r.served.browser = "| Sources | 1 ms |\n"
	if page := string(r.page([]byte(page))); strings.Contains(page, "kept figures") || !strings.Contains(page, "| Sources | 1 ms |") {
		t.Errorf("the figures of a browser are not shown:\n%s", page)
	}
	r.served.browser = ""
	for _, want := range []string{
		"| import, end to end | at least 200,000 lines/s | 1,000 lines/s | **no** |",
		"| memory while importing, peak | under 400 MB | 600 MB | **no** |",
		"| disk, everything in the data folder, compacted | at most 40 B per line | 60.0 B per line | **no** |",
		"| quick | at most 30 ms | 8.0 ms | yes |",
		"| quick | 1,234,567 | 0.00 ms | 8.0 ms | 9.0 ms |",
		"| trace one | at most 30 ms | 40 ms | **no** |",
		"| trace one | 3 | 0.00 ms | 40 ms | 40 ms |",
		"| `trace --files`, 1,000,000 lines | within 8 s | 9 s | **no** |",
		"| the same, memory at its peak | under 1.0 GB | 900 MB | yes |",
		"| processor time | 12.0 s, 12.00 µs per line, 133 % of one core |",
		"| journeys | 109,572 |",
		"| parser of Postfix, one core | at least 1,000,000 lines/s | 4,000,000 lines/s | yes |",
		"| Exim | a main log | 2,000,000 | 500 ns | 0.4 B |",
		"| ahead of VictoriaLogs | in ingest, size and eight of ten questions | not measured | **no** |",
		"Not measured in this run: it cannot be built on this machine",
		"This program does not compact.",
		"this run is shorter",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}
