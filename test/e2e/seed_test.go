package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"rastro/test/seed"
)

// seedLines are the sample lines of the document, and lines that its queries
// must or must not find: {now} is a stamp of the last hour and of today,
// {yesterday} one of neither.
type seedLines struct {
	templates []string
	stamps    *strings.Replacer
	// number finds the template of a line.
	number map[string]int
}

func readSeedLines(t *testing.T) *seedLines {
	t.Helper()
	now := awayFromMidnight()
	day := now.Truncate(24 * time.Hour)
	recent := now.Add(-10 * time.Minute)
	if recent.Before(day) {
		recent = day
	}
	before := day.Add(-2 * time.Hour)
	const dash, slash = "2006-01-02 15:04:05", "2006/01/02 15:04:05"
	s := &seedLines{
		templates: seed.Lines(),
		stamps: strings.NewReplacer(
			"{now}", recent.Format(dash), "{now/}", recent.Format(slash), "{nowT}", recent.Format(time.RFC3339Nano),
			"{yesterday}", before.Format(dash), "{yesterdayT}", before.Format(time.RFC3339Nano),
		),
		number: map[string]int{},
	}
	for i, template := range s.templates {
		s.number[s.stamps.Replace(template)] = i
	}
	return s
}

// awayFromMidnight is the time now, in UTC, after a short wait where a day is
// about to end: queries about today must mean the same day throughout.
func awayFromMidnight() time.Time {
	now := time.Now().UTC()
	if next := now.Truncate(24 * time.Hour).Add(24 * time.Hour); next.Sub(now) < time.Minute {
		time.Sleep(next.Sub(now))
	}
	return time.Now().UTC().Truncate(time.Second)
}

// found are the numbers of the templates of events, in order.
func (s *seedLines) found(t *testing.T, events []record) []int {
	t.Helper()
	var numbers []int
	for _, e := range events {
		n, ok := s.number[e.text("message")]
		if !ok {
			t.Fatalf("no line of the file is %q", e.text("message"))
		}
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	return numbers
}

func TestTheSeedDocumentsQueries(t *testing.T) {
	t.Parallel()
	lines := readSeedLines(t)
	dir := t.TempDir()
	file, data := filepath.Join(dir, "logs", "elemta.log"), filepath.Join(dir, "data")
	write(t, file, "")
	s := serve(t, data, fmt.Sprintf("sources: [{paths: [%q], zone: UTC, host: mx1}]", file))
	for _, template := range lines.templates {
		appendTo(t, file, lines.stamps.Replace(template)+"\n")
	}
	s.await("*", len(lines.templates))

	var report strings.Builder
	for _, q := range seed.Queries() {
		byHTTP := lines.found(t, s.hits(q, "size=1000"))
		if n := s.count(q); n != len(byHTTP) {
			t.Errorf("%s: _count says %d, _search %d", q, n, len(byHTTP))
		}
		byCommand := lines.found(t, records(t, must(t, "search", q, "--data", data, "--all", "--output", "ndjson")))
		if !slices.Equal(byHTTP, byCommand) {
			t.Errorf("%s: over HTTP %v, by rastro search %v", q, byHTTP, byCommand)
		}
		fmt.Fprintf(&report, "%s\n", q)
		for _, n := range byHTTP {
			fmt.Fprintf(&report, "\t%s\n", lines.templates[n])
		}
	}
	golden(t, "seed.queries.golden", report.String())
	golden(t, "seed.events.golden", lines.describe(t, s.hits("*", "size=1000")))
	askAsTheDocumentDoes(t, s)

	// The same from the files, when no server runs.
	s.stop()
	for _, q := range seed.Queries() {
		stopped := lines.found(t, everything(t, data, q))
		if want := wanted(t, q); !slices.Equal(lines.texts(stopped), want) && !*update {
			t.Errorf("%s without a server: %q, want %q", q, lines.texts(stopped), want)
		}
	}
}

func (s *seedLines) texts(numbers []int) []string {
	var all []string
	for _, n := range numbers {
		all = append(all, s.templates[n])
	}
	return all
}

// wanted are the lines that the golden file lists under a query.
func wanted(t *testing.T, q string) []string {
	t.Helper()
	text, err := os.ReadFile("testdata/seed.queries.golden")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	under := false
	for line := range strings.SplitSeq(strings.TrimSpace(string(text)), "\n") {
		if rest, ok := strings.CutPrefix(line, "\t"); !ok {
			under = line == q
		} else if under {
			all = append(all, rest)
		}
	}
	return all
}

// describe lists every line with the fields it got, without those that differ
// from run to run.
func (s *seedLines) describe(t *testing.T, events []record) string {
	t.Helper()
	rows := make([]string, len(s.templates))
	for _, e := range events {
		n := s.number[e.text("message")]
		at := e.time(t)
		if at.Year() != 2024 {
			delete(e, "@timestamp")
		}
		if stamped := strings.Contains(s.templates[n], "{"+"now") || strings.Contains(s.templates[n], "{"+"yesterday"); stamped {
			if shown := s.stamps.Replace("{yesterday}"); (at.Format("2006-01-02 15:04:05") == shown) != strings.Contains(s.templates[n], "{yesterday") {
				t.Errorf("%s: the event's time is %v", s.templates[n], at)
			}
		}
		for _, name := range []string{"message", "received_at", "source", "source_id", "event_id", "offset"} {
			if e.text(name) == "" {
				t.Errorf("%s: the event has no %s", s.templates[n], name)
			}
			delete(e, name)
		}
		text, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		rows[n] = s.templates[n] + "\n\t" + string(text) + "\n"
	}
	return strings.Join(rows, "")
}

// askAsTheDocumentDoes sends the document's own requests.
func askAsTheDocumentDoes(t *testing.T, s *server) {
	t.Helper()
	var health struct{ Status string }
	if status, body := s.get(s.elastic, "/_cluster/health", &health); status != http.StatusOK || health.Status == "" {
		t.Errorf("_cluster/health: %d %s", status, body)
	}
	if status, body := s.get(s.elastic, "/elemta-logs-*/_search?size=10&pretty", nil); status != http.StatusOK || !strings.Contains(body, "\n  \"hits\"") {
		t.Errorf("_search?size=10&pretty: %d %.300s", status, body)
	}
	day := "/elemta-logs-2024.01.15/_count"
	var count struct{ Count int }
	if status, body := s.get(s.elastic, day, &count); status != http.StatusOK || count.Count != 4 {
		t.Errorf("%s: %d %s, want the 4 lines stamped on that day", day, status, body)
	}
	var root struct {
		Version struct{ Number string }
	}
	if status, body := s.get(s.elastic, "/", &root); status != http.StatusOK || root.Version.Number == "" {
		t.Errorf("GET /: %d %s", status, body)
	}
	if major, err := strconv.Atoi(strings.SplitN(root.Version.Number, ".", 2)[0]); err != nil || major < 7 {
		t.Errorf("GET / says version %q", root.Version.Number)
	}
}
