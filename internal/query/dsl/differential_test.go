package dsl_test

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"rastro/internal/disk"
	"rastro/internal/event"
	"rastro/internal/parse"
	"rastro/internal/query"
	"rastro/internal/query/dsl"
	"rastro/internal/store"
	"rastro/internal/store/storetest"
)

var querySeed = flag.Uint64("query-seed", 0, "seed of the made-up queries; 0 takes one from the clock")

// questions is how many queries are compared.
const questions = 500

// TestThreeWaysAgree asks made-up queries in query_string's syntax and in the
// DSL of the engine, and evaluates them over the events in memory by code that
// knows neither: all three must find the same events.
func TestThreeWaysAgree(t *testing.T) {
	t.Parallel()
	seed := *querySeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("-query-seed %d", seed)
	events := append(realEvents(t), storetest.Events(1500, seed)...)
	for i := range events {
		events[i].RID = uint64(i + 1)
	}
	s := filled(t, events)
	m := &maker{rand: rand.New(rand.NewPCG(seed, 7)), events: events}
	opts := dsl.Options{Now: time.Date(2026, 3, 20, 12, 30, 0, 0, time.UTC)}
	telling := 0
	for i := range questions {
		q := m.query(m.rand.IntN(4))
		want := map[uint64]bool{}
		for j := range events {
			if q.holds(&events[j]) {
				want[events[j].RID] = true
			}
		}
		if n := len(want); n > 0 && n < len(events) {
			telling++
		}
		text, err := dsl.ParseString(q.text, dsl.StringOptions{}, opts)
		if err != nil {
			t.Fatalf("query %d of -query-seed %d: %s: %v", i, seed, q.text, err)
		}
		body, err := json.Marshal(q.dsl)
		if err != nil {
			t.Fatal(err)
		}
		tree, err := dsl.Parse(body, opts)
		if err != nil {
			t.Fatalf("query %d of -query-seed %d: %s: %v", i, seed, body, err)
		}
		compare(t, s, text, want, fmt.Sprintf("query %d of -query-seed %d: %s", i, seed, q.text))
		compare(t, s, tree, want, fmt.Sprintf("query %d of -query-seed %d: %s", i, seed, body))
		if t.Failed() {
			return
		}
	}
	if telling < questions/2 {
		t.Errorf("only %d of %d queries found some events and not others", telling, questions)
	}
}

// compare asks the store and compares the events it finds.
func compare(t *testing.T, s store.Store, f query.Filter, want map[uint64]bool, what string) {
	t.Helper()
	a, err := s.Ask(t.Context(), query.Question{Filter: f, Limit: 100_000, Count: query.CountExact, Fields: []query.FieldRef{}})
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	got := map[uint64]bool{}
	for _, h := range a.Hits {
		got[h.Event.RID] = true
		if !want[h.Event.RID] {
			t.Errorf("%s\n%s\nfinds event %d, which does not match", what, query.Format(f), h.Event.RID)
			return
		}
	}
	for rid := range want {
		if !got[rid] {
			t.Errorf("%s\n%s\ndoes not find event %d", what, query.Format(f), rid)
			return
		}
	}
}

// filled is a store of the events: most in segments, the rest in memory.
func filled(t *testing.T, events []event.Event) store.Store {
	t.Helper()
	s, err := store.OpenLocal(disk.OS(), t.TempDir(), store.LocalOptions{SegmentRows: 700, SegmentAge: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	own := slices.Clone(events) // the store keeps what it is given
	most := len(own) * 9 / 10
	if err := s.Append(t.Context(), own[:most]); err != nil {
		t.Fatal(err)
	}
	if err := s.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Append(t.Context(), own[most:]); err != nil {
		t.Fatal(err)
	}
	return s
}

// realEvents parses the lines that the dialects are tested with.
func realEvents(t *testing.T) []event.Event {
	t.Helper()
	files, err := filepath.Glob("../../parse/*/testdata/*.log")
	if err != nil || len(files) == 0 {
		t.Fatalf("no logs of the dialects: %v", err)
	}
	p := parse.New(parse.Options{})
	var events []event.Event
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		origin := &event.Origin{Name: name, ID: name}
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, event.MaxLineBytes)
		for n := int64(0); lines.Scan() && n < 200; n++ {
			var e event.Event
			p.Parse(&event.Line{Text: lines.Text(), Origin: origin, Offset: n, ReceivedAt: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC).UnixNano()}, &e)
			events = append(events, e)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return events
}

// made is a query in three forms.
type made struct {
	text  string
	dsl   any
	holds func(*event.Event) bool
}

// object is a JSON object.
type object = map[string]any

// one is an object with one member.
func one(name string, value any) object { return object{name: value} }

// quoted writes a value as query_string's phrase.
func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// plain writes a value without quotes: every character escaped that may mean
// something.
func plain(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune(`+-=&|><!(){}[]^"~*?:\/ `, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
