// Package storetest is the contract of store.Store as tests: every engine
// passes Run.
//
// What comes in is a function that opens an empty store; what goes out are
// test failures. Answers are compared with an oracle that looks at every event
// of the same list and shares nothing with engines but query.Compile. The
// package is used by tests only.
package storetest

import (
	"context"
	"errors"
	"flag"
	"os"
	"strconv"
	"testing"
	"time"

	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/store"
)

// seedFlag repeats the made-up questions of a failed run.
var seedFlag = flag.Uint64("seed", 0, "seed of generated events and questions; 0 takes one from the clock")

// Run runs the contract. open makes an empty store whose folder, if it has
// one, ends with the test; Run closes the stores.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	fresh := func(t *testing.T) store.Store {
		s := open(t)
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		})
		return s
	}
	for _, test := range []struct {
		name string
		run  func(t *testing.T, open func(t *testing.T) store.Store)
	}{
		{"Empty", testEmpty},
		{"Append", testAppend},
		{"VisibleAtOnce", testVisible},
		{"Flush", testFlush},
		{"WholeEvents", testWholeEvents},
		{"Filters", testFilters},
		{"Words", testWords},
		{"Paging", testPaging},
		{"Counts", testCounts},
		{"Aggregations", testAggregations},
		{"BadQuestions", testBadQuestions},
		{"TooBig", testTooBig},
		{"CancelAndDeadline", testCancel},
		{"Retain", testRetain},
		{"RetainRules", testRetainRules},
		{"Erase", testErase},
		{"EraseWhileAsked", testEraseWhileAsked},
		{"Stats", testStats},
		{"Concurrent", testConcurrent},
		{"Differential", testDifferential},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, fresh) })
	}
}

// seed is the seed of this run; it is printed so that a failure can be
// repeated.
func seed(t *testing.T) uint64 {
	n := *seedFlag
	if n == 0 {
		// "" and mistakes give 0, which is no seed.
		n, _ = strconv.ParseUint(os.Getenv("RASTRO_SEED"), 10, 64)
	}
	if n == 0 {
		n = uint64(time.Now().UnixNano())
	}
	t.Logf("-seed %d (or RASTRO_SEED=%d)", n, n)
	return n
}

// fill appends events in batches of uneven size and makes a part of them
// durable, so that they lie in several places.
func fill(t *testing.T, s store.Store, events []event.Event) {
	t.Helper()
	for done, n := 0, 1; done < len(events); n = n*2%97 + 1 {
		to := min(done+n, len(events))
		mustAppend(t, s, events[done:to])
		for _, quarter := range []int{1, 2, 3} {
			if at := len(events) * quarter / 4; done < at && to >= at {
				if err := s.Flush(context.Background()); err != nil {
					t.Fatalf("Flush: %v", err)
				}
			}
		}
		done = to
	}
}

func mustAppend(t *testing.T, s store.Store, events []event.Event) {
	t.Helper()
	if err := s.Append(context.Background(), events); err != nil {
		t.Fatalf("Append of %d events: %v", len(events), err)
	}
}

func mustAsk(t *testing.T, s store.Store, q query.Question) query.Answer {
	t.Helper()
	a, err := s.Ask(context.Background(), q)
	if err != nil {
		t.Fatalf("Ask: %v", err)
	}
	if a.Partial {
		t.Fatalf("Ask: partial answer: %v", a.PartialReasons)
	}
	return a
}

func testEmpty(t *testing.T, open func(t *testing.T) store.Store) {
	s := open(t)
	if n, d := s.Next(), s.Durable(); n != 1 || d != 0 {
		t.Errorf("Next = %d, Durable = %d, want 1 and 0", n, d)
	}
	a := mustAsk(t, s, query.Question{Limit: 10, Count: query.CountExact, Aggs: []query.Agg{
		{Name: "t", Kind: query.AggTerms, Field: query.Ref("status")},
		{Name: "m", Kind: query.AggAvg, Field: query.Ref("delay")},
		{Name: "h", Kind: query.AggDateHistogram, Field: query.Ref("@timestamp"), Calendar: "day"},
	}})
	if len(a.Hits) != 0 || a.Total != 0 || !a.TotalExact || len(a.Aggs) != 3 || a.Aggs[1].Valid {
		t.Errorf("answer of an empty store: %+v", a)
	}
	if err := s.Flush(context.Background()); err != nil {
		t.Errorf("Flush of an empty store: %v", err)
	}
	if st := s.Stats(); st.Events != 0 || st.Oldest != 0 || st.Newest != 0 {
		t.Errorf("Stats of an empty store: %+v", st)
	}
}

func testAppend(t *testing.T, open func(t *testing.T) store.Store) {
	s := open(t)
	events := Events(30, 1)
	mustAppend(t, s, nil)
	mustAppend(t, s, events[:10])
	if n := s.Next(); n != 11 {
		t.Fatalf("Next after 10 events = %d, want 11", n)
	}
	if err := s.Append(context.Background(), events[11:20]); err == nil {
		t.Error("Append after a gap gave no error")
	}
	if n := s.Next(); n != 11 {
		t.Errorf("Next after a refused Append = %d, want 11", n)
	}
	mustAppend(t, s, Events(10, 1)) // all known
	mustAppend(t, s, Events(20, 1)) // half of them known
	mustAppend(t, s, events[20:30:30])
	if n := s.Next(); n != 31 {
		t.Errorf("Next = %d, want 31", n)
	}
	checkSame(t, s, newOracle(Events(30, 1)), query.Question{Limit: 100, Count: query.CountExact})
}

func testVisible(t *testing.T, open func(t *testing.T) store.Store) {
	s := open(t)
	for i, e := range Events(50, 2) {
		mustAppend(t, s, []event.Event{e})
		a := mustAsk(t, s, query.Question{Count: query.CountExact})
		if a.Total != int64(i+1) || !a.TotalExact {
			t.Fatalf("after event %d: Total = %d, exact %v", i+1, a.Total, a.TotalExact)
		}
	}
}

func testFlush(t *testing.T, open func(t *testing.T) store.Store) {
	s := open(t)
	o := newOracle(Events(200, 3))
	events := Events(200, 3)
	for _, to := range []int{50, 51, 200} {
		mustAppend(t, s, events[s.Next()-1:to])
		if d, n := s.Durable(), s.Next(); d >= n {
			t.Errorf("Durable = %d, Next = %d", d, n)
		}
		if err := s.Flush(context.Background()); err != nil {
			t.Fatalf("Flush: %v", err)
		}
		if d := s.Durable(); d != uint64(to) {
			t.Errorf("Durable after Flush = %d, want %d", d, to)
		}
	}
	checkSame(t, s, o, query.Question{Limit: 300, Count: query.CountExact})
}

// testWholeEvents checks that events come back as they were, values of all
// kinds and unknown fields included, from memory and from disk.
func testWholeEvents(t *testing.T, open func(t *testing.T) store.Store) {
	s := open(t)
	fill(t, s, Events(500, 4))
	o := newOracle(Events(500, 4))
	for _, fields := range [][]query.FieldRef{
		nil, {}, {query.Ref("recipient"), query.Ref("delay")}, {query.Ref("container.name"), query.Ref("message.keyword")},
	} {
		checkSame(t, s, o, query.Question{Limit: 600, Fields: fields, Count: query.CountExact})
	}
}

func testFilters(t *testing.T, open func(t *testing.T) store.Store) {
	s := open(t)
	fill(t, s, Events(400, 5))
	o := newOracle(Events(400, 5))
	for _, f := range append(exampleFilters(), borderFilters(o.events)...) {
		checkSame(t, s, o, query.Question{Filter: f, Limit: 500, Count: query.CountExact})
		checkSame(t, s, o, query.Question{Filter: query.Not{Filter: f}, Count: query.CountExact})
	}
}

// testCancel checks that a cancelled question ends with an error and that one
// whose time is over gives a partial answer.
func testCancel(t *testing.T, open func(t *testing.T) store.Store) {
	s := open(t)
	fill(t, s, Events(300, 6))
	q := query.Question{Limit: 10, Count: query.CountExact, Aggs: []query.Agg{{Name: "n", Kind: query.AggValueCount, Field: query.Ref("host")}}}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.Ask(ctx, q); !errors.Is(err, context.Canceled) {
		t.Errorf("Ask with a cancelled context: %v", err)
	}
	ctx, cancel = context.WithDeadline(context.Background(), time.Unix(1, 0))
	defer cancel()
	a, err := s.Ask(ctx, q)
	if err != nil {
		t.Fatalf("Ask after its deadline: %v", err)
	}
	if !a.Partial || len(a.PartialReasons) == 0 || a.TotalExact || len(a.Aggs) != 1 {
		t.Errorf("Ask after its deadline: partial %v %v, exact %v, %d aggregations",
			a.Partial, a.PartialReasons, a.TotalExact, len(a.Aggs))
	}
}
