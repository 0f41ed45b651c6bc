package trace

import (
	"bytes"
	"encoding/json"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"rastro/internal/event"
	"rastro/internal/parse"
)

var update = flag.Bool("update", false, "write the golden files anew")

// bogota is the zone of the Postfix hosts' stamps.
func bogota(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("America/Bogota")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// logLine is one line of a file.
type logLine struct {
	origin *event.Origin
	text   string
	offset int64
}

func readLog(t testing.TB, name string, zone *time.Location) []logLine {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return linesOf(name, string(text), zone)
}

func linesOf(name, text string, zone *time.Location) (lines []logLine) {
	origin := &event.Origin{Name: name, ID: name, Zone: zone}
	offset := int64(0)
	for line := range strings.Lines(text) {
		lines = append(lines, logLine{origin, strings.TrimRight(line, "\n"), offset})
		offset += int64(len(line))
	}
	return lines
}

// received is when all lines were read.
var received = time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)

func assemble(lines []logLine) *Assembler {
	a, p, e := NewAssembler(nil), parse.New(parse.Options{}), new(event.Event)
	for _, l := range lines {
		p.Parse(&event.Line{Text: l.text, Origin: l.origin, Offset: l.offset, ReceivedAt: received.UnixNano()}, e)
		a.Add(e)
	}
	return a
}

// postfixFarm is a mail exchanger and two mailbox servers, one with a log of
// its own that names no host.
func postfixFarm(t testing.TB) []logLine {
	return slices.Concat(readLog(t, "mx1-mail.log", bogota(t)), readLog(t, "store1-mail.log", bogota(t)), readLog(t, "store2-dovecot.log", time.UTC))
}

// ndjson writes all journeys, without the places of their lines.
func ndjson(t testing.TB, a *Assembler) []byte {
	t.Helper()
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	err := a.Each(t.Context(), Question{Now: received}, func(j *Journey) error {
		for i := range j.Steps {
			j.Steps[i].EventID = ""
		}
		return enc.Encode(j)
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestGolden(t *testing.T) {
	t.Parallel()
	got := ndjson(t, assemble(postfixFarm(t)))
	const name = "testdata/farm.golden.ndjson"
	if *update {
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	compareLines(t, got, want)
}

func compareLines(t *testing.T, got, want []byte) {
	t.Helper()
	if bytes.Equal(got, want) {
		return
	}
	g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	shown := 0
	for i := range max(len(g), len(w)) {
		a, b := "", ""
		if i < len(g) {
			a = g[i]
		}
		if i < len(w) {
			b = w[i]
		}
		if a != b {
			if shown++; shown > 3 {
				t.Fatalf("and more; %d journeys, want %d", len(g)-1, len(w)-1)
			}
			t.Errorf("journey %d:\ngot  %s\nwant %s", i, a, b)
		}
	}
}

// TestAnyOrder wants the same journeys whatever order files and lines arrive
// in: the stamps of these lines count whole seconds.
func TestAnyOrder(t *testing.T) {
	t.Parallel()
	lines := postfixFarm(t)
	want := ndjson(t, assemble(lines))
	for seed := range uint64(8) {
		mixed := slices.Clone(lines)
		r := rand.New(rand.NewPCG(seed, 1))
		r.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		compareLines(t, ndjson(t, assemble(mixed)), want)
		if t.Failed() {
			t.Fatalf("with seed %d", seed)
		}
	}
}

// TestTwice wants a second log of the same events to add nothing.
func TestTwice(t *testing.T) {
	t.Parallel()
	lines := postfixFarm(t)
	copies := readLog(t, "mx1-mail.log", bogota(t))
	for i := range copies {
		copies[i].origin = &event.Origin{Name: "syslog", ID: "syslog", Zone: bogota(t)}
	}
	compareLines(t, ndjson(t, assemble(slices.Concat(lines, copies))), ndjson(t, assemble(lines)))
}

// TestMerge wants parts that were read apart to give what one gives.
func TestMerge(t *testing.T) {
	t.Parallel()
	lines := postfixFarm(t)
	whole, half := assemble(lines[:len(lines)/2]), assemble(lines[len(lines)/2:])
	whole.Merge(half)
	if len(half.facts) != 0 {
		t.Errorf("%d facts are left", len(half.facts))
	}
	compareLines(t, ndjson(t, whole), ndjson(t, assemble(lines)))
}

// find returns the journeys of a query.
func find(t *testing.T, a *Assembler, text string) []Journey {
	t.Helper()
	q, err := ParseQuery(text)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := a.Answer(t.Context(), Question{Query: q, Now: received})
	if err != nil {
		t.Fatal(err)
	}
	return answer.Journeys
}

// one returns the only journey of a query.
func one(t *testing.T, a *Assembler, text string) Journey {
	t.Helper()
	all := find(t, a, text)
	if len(all) != 1 {
		t.Fatalf("%s: %d journeys", text, len(all))
	}
	return all[0]
}
