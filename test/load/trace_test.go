package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"rastro/internal/trace"
)

// rows are of loggen's truth: a message to an alias and to a second recipient
// with a notice to the sender, one that waits, and a refusal.
const rows = `mta	scenario	sender	recipient	queue_ids	message_id	final_status	smtp_code	dsn	approx_time	final_recipient	client_ip	attempts	host
postfix	alias_single	ana@a.example	info@b.example	A1,A2,bounce:N1	<1@a.example>	delivered	250	2.0.0	2026-01-05T05:00:00Z	luis@b.example	203.0.113.24	1	mx1
postfix	alias_single	ana@a.example	full@b.example	A1,A2,bounce:N1	<1@a.example>	bounced	552	5.2.2	2026-01-05T05:00:00Z		203.0.113.24	1	mx1
postfix	out_expired	luis@b.example	gone@c.example	B1	<2@b.example>	expired	450	4.2.1	2026-01-05T05:10:00Z		203.0.113.9	9	mx2
postfix	reject_rbl	spam@d.example	luis@b.example			rejected	554	5.7.1	2026-01-05T05:20:00Z		198.51.100.9	1	mx2
`

func truthFile(t *testing.T) string {
	path := filepath.Join(t.TempDir(), "truth.tsv")
	if err := os.WriteFile(path, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTruthIsRead(t *testing.T) {
	t.Parallel()
	path := truthFile(t)
	var keys []string
	var notices []string
	err := eachFate(path, 0, func(f fate) bool {
		keys = append(keys, f.key())
		notices = append(notices, f.notices...)
		return true
	})
	want := []string{"mx1 A1 luis@b.example", "mx1 A1 full@b.example", "mx2 B1 gone@c.example", "mx2 NOQUEUE luis@b.example"}
	if err != nil || !slices.Equal(keys, want) || !slices.Equal(notices, []string{"N1", "N1"}) {
		t.Errorf("%q with notices %q, %v", keys, notices, err)
	}
	if _, err := fateOf("postfix\tshort\n"); err == nil {
		t.Error("half a row is taken")
	}
	who, err := choosePersons(path)
	if err != nil {
		t.Fatal(err)
	}
	if who.busiest != "luis@b.example" || who.typical != "ana@a.example" || who.misspelled != "aan@a.example" || who.elsewhere == "" {
		t.Errorf("%+v", who)
	}
}

func TestSlip(t *testing.T) {
	t.Parallel()
	taken := func(address string) bool { return address == "lius@b.example" }
	for address, want := range map[string]string{"maria@b.example": "mraia@b.example", "luis@b.example": "lusi@b.example", "a1@b.example": "", "abb@b.example": ""} {
		if got := slip(address, 0, strings.IndexByte(address, '@'), taken); got != want {
			t.Errorf("a slip makes %q of %q, want %q", got, address, want)
		}
	}
}

// TestWrongTracesFail: what the checks of traces are for.
func TestWrongTracesFail(t *testing.T) {
	t.Parallel()
	right := journeys{statuses: map[string][]string{}}
	end := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	err := eachFate(truthFile(t), 0, func(f fate) bool {
		if f.names("ana@a.example") {
			right.add(&f, "ana@a.example", end)
		}
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	journey := func(id, to string, status trace.Status) trace.Journey {
		return trace.Journey{Hosts: []string{"mx1"}, QueueIDs: []string{id}, Recipient: to, Status: status}
	}
	good := journey("A1", "luis@b.example", trace.Delivered)
	bounced, notice := journey("A1", "full@b.example", trace.Bounced), journey("N1", "ana@a.example", trace.Delivered)
	answer := func(all ...trace.Journey) trace.Answer { return trace.Answer{Journeys: all} }
	near := func(value string) trace.Answer {
		return trace.Answer{NotFound: &trace.NotFound{Coverage: []trace.Coverage{{Host: "mx1"}}, Near: []trace.Near{{Value: value}}}}
	}
	for _, c := range []struct {
		name  string
		check func(trace.Answer) error
		a     trace.Answer
		ok    bool
	}{
		{"all three", right.all, answer(good, bounced, notice), true},
		{"one missing", right.all, answer(good, notice), false},
		{"one twice", right.all, answer(good, bounced, notice, good), false},
		{"another status", right.all, answer(good, journey("A1", "full@b.example", trace.Delivered), notice), false},
		{"another recipient", right.all, answer(good, bounced, journey("N1", "x@a.example", trace.Delivered)), false},
		{"more than there should be", right.all, trace.Answer{Journeys: []trace.Journey{good, bounced, notice}, More: true}, false},
		{"the newest", right.newest, answer(notice, good, bounced), true},
		{"one of the newest missing", right.newest, answer(bounced, notice), false},
		{"the right address is offered", findsNear("ana@a.example"), near("ana@a.example"), true},
		{"another address is offered", findsNear("ana@a.example"), near("eva@a.example"), false},
		{"something is found", findsNear("ana@a.example"), answer(good), false},
		{"no coverage", findsNear("ana@a.example"), trace.Answer{NotFound: &trace.NotFound{}}, false},
	} {
		if err := c.check(c.a); (err == nil) != c.ok {
			t.Errorf("%s: %v, want an error: %t", c.name, err, !c.ok)
		}
	}
}

// TestOfflineAnswersAreCompared reads journeys as `trace --files` writes them.
func TestOfflineAnswersAreCompared(t *testing.T) {
	t.Parallel()
	log := filepath.Join(t.TempDir(), "cut.log")
	text := "2026-01-05T02:00:00.000000-05:00 mx1 first\n2026-01-05T04:00:00.000000-05:00 mx1 last\n2026-01-06T04:00:00.000000-05:00 mx1 cut off\n"
	if err := os.WriteFile(log+".whole", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	size, err := cutLog(log+".whole", log, 2)
	if err != nil || size != int64(strings.Index(text, "2026-01-06")) {
		t.Fatalf("%d bytes are left, %v", size, err)
	}
	const delivered = `{"hosts":["mx1","store1"],"queue_ids":["A1","A2"],"recipient":"luis@b.example","status":"delivered"}`
	const bounced = `{"hosts":["mx1"],"queue_ids":["A1"],"recipient":"full@b.example","status":"bounced"}`
	const waiting = `{"hosts":["mx2"],"queue_ids":["B1"],"recipient":"gone@c.example","status":"deferred"}`
	const refused = `{"hosts":["mx2"],"recipient":"luis@b.example","status":"rejected"}`
	for _, c := range []struct {
		name  string
		lines []string
		ok    bool
	}{
		{"all", []string{refused, delivered, bounced, waiting}, true},
		{"one missing", []string{refused, delivered, waiting}, false},
		{"a wrong status", []string{delivered, strings.Replace(bounced, `"bounced"`, `"delivered"`, 1), waiting}, false},
		{"no JSON", []string{"rastro: no"}, false},
	} {
		f := offline{path: log, read: size}
		want, err := f.statuses(truthFile(t))
		if err != nil || len(want) != 3 {
			t.Fatalf("%d copies are settled, want 3: %v", len(want), err)
		}
		err = f.compare(strings.NewReader(strings.Join(c.lines, "\n")), want)
		if (err == nil) != c.ok || c.ok && (f.compared != 3 || f.journeys != 4) {
			t.Errorf("%s: %v with %d of %d journeys compared", c.name, err, f.compared, f.journeys)
		}
	}
}

func TestParserFigures(t *testing.T) {
	t.Parallel()
	found := readBenchmarks([]byte("BenchmarkParse    3120    2000000 ns/op    5000000 lines/s    40000 B/op    0 allocs/op\n"))
	var p parser
	if err := p.read(found[0]); err != nil || p.rate != 5_000_000 || p.allocated != 4 {
		t.Errorf("%+v, %v", p, err)
	}
	if err := p.read(benchmark{figures: [][2]string{{"5", "ns/op"}}}); err == nil {
		t.Error("a benchmark without lines/s is taken")
	}
}
