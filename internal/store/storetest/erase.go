package storetest

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/store"
)

// split parts events into those that match a filter and the others.
func split(t *testing.T, events []event.Event, f query.Filter) (match, rest []event.Event) {
	t.Helper()
	m, err := query.Compile(f)
	if err != nil {
		t.Fatal(err)
	}
	for i := range events {
		if m.Match(&events[i]) {
			match = append(match, events[i])
		} else {
			rest = append(rest, events[i])
		}
	}
	return match, rest
}

// checkHeld asks for all events, and for those of a filter, which must be gone.
func checkHeld(t *testing.T, s store.Store, events []event.Event, gone query.Filter) {
	t.Helper()
	checkSame(t, s, newOracle(events), query.Question{Limit: 2000, Count: query.CountExact})
	if a := mustAsk(t, s, query.Question{Filter: gone, Count: query.CountExact}); a.Total != 0 {
		t.Errorf("%d events of %s are left", a.Total, query.Format(gone))
	}
	st := s.Stats()
	var days int64
	for _, d := range st.Days {
		days += d.Events
	}
	if st.Events != int64(len(events)) || days != st.Events {
		t.Errorf("Stats: %d events, %d in days; want %d", st.Events, days, len(events))
	}
}

// testErase erases by one filter after the other, made-up ones too, from
// memory and from files, and appends in between.
func testErase(t *testing.T, open func(t *testing.T) store.Store) {
	s := open(t)
	const first, all = 900, 1200
	events := Events(all, 21)
	held := Events(first, 21)
	fill(t, s, events[:first])
	filters := []query.Filter{
		query.Term{Field: query.Ref("recipient"), Value: "nobody@nowhere.example"},
		query.Term{Field: query.Ref("status"), Value: event.StatusBounced},
		query.Phrase{Field: query.Ref("message"), Text: "connect from"},
		query.Exists{Field: query.Ref("container.name")},
	}
	a := &asker{rand: rand.New(rand.NewPCG(seed(t), 1)), events: held}
	for range 6 {
		f := a.filter(2)
		for query.HasIn(f) {
			f = a.filter(2)
		}
		filters = append(filters, query.And{Filters: []query.Filter{f, query.Term{Field: query.Ref("host"), Value: pick(a.rand, hosts)}}})
	}
	in := query.In{Field: query.Ref("queue_id"), Values: query.Ref("queue_id")}
	if _, err := s.Erase(context.Background(), in); !errors.Is(err, query.ErrNeedsStore) {
		t.Errorf("erasing by what other events have: %v", err)
	}
	for i, f := range filters {
		match, rest := split(t, held, f)
		removed, err := s.Erase(context.Background(), f)
		if err != nil || removed.Events != int64(len(match)) {
			t.Fatalf("erasing %s removed %d events, want %d; error %v", query.Format(f), removed.Events, len(match), err)
		}
		held = rest
		checkHeld(t, s, held, f)
		if n := int(s.Next()) - 1; n+30 <= all {
			mustAppend(t, s, events[n:n+30])
			held = append(slices.Clone(held), Events(n+30, 21)[n:]...)
		}
		if i%3 == 2 {
			if err := s.Flush(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
	}
	if removed, err := s.Erase(context.Background(), nil); err != nil || removed.Events != int64(len(held)) {
		t.Errorf("erasing everything removed %d of %d events; error %v", removed.Events, len(held), err)
	}
	checkHeld(t, s, nil, query.All{})
	next := s.Next()
	mustAppend(t, s, Events(int(next), 21)[next-1:])
	checkHeld(t, s, Events(int(next), 21)[next-1:], query.None{})
}

// testEraseWhileAsked asks while events are appended and others erased: an
// answer never holds an event twice, and never lacks one that stays.
func testEraseWhileAsked(t *testing.T, open func(t *testing.T) store.Store) {
	s := open(t)
	const total = 2000
	gone := query.Term{Field: query.Ref("host"), Value: "mx2.example"}
	fill(t, s, Events(total/2, 22))
	_, stay := split(t, Events(total/2, 22), gone)
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				a := mustAskOr(t, s, query.Question{Limit: 2 * total, Fields: []query.FieldRef{}})
				seen := map[uint64]bool{}
				for _, h := range a.Hits {
					if seen[h.Event.RID] {
						t.Errorf("event %d is there twice", h.Event.RID)
					}
					seen[h.Event.RID] = true
				}
				for i := range stay {
					if !seen[stay[i].RID] {
						t.Errorf("event %d, which stays, is missing", stay[i].RID)
						return
					}
				}
			}
		})
	}
	events := Events(total, 22)
	for i := total / 2; i < total; i += 100 {
		mustAppend(t, s, events[i:i+100])
		if _, err := s.Erase(context.Background(), gone); err != nil {
			t.Errorf("Erase: %v", err)
		}
	}
	close(done)
	wg.Wait()
	_, stay = split(t, Events(total, 22), gone)
	checkHeld(t, s, stay, gone)
}

// mustAskOr is mustAsk for other goroutines than the test's.
func mustAskOr(t *testing.T, s store.Store, q query.Question) query.Answer {
	a, err := s.Ask(context.Background(), q)
	if err != nil || a.Partial {
		t.Errorf("Ask: %v, partial %v", err, a.PartialReasons)
	}
	return a
}

// testRetainRules checks that rules remove whole days of what they name.
func testRetainRules(t *testing.T, open func(t *testing.T) store.Store) {
	s := open(t)
	held := Events(600, 23)
	fill(t, s, Events(600, 23))
	if err := s.Flush(context.Background()); err != nil {
		t.Fatal(err)
	}
	now := time.Unix(0, newest(held)).UTC()
	mx1 := query.Term{Field: query.Ref("host"), Value: "mx1.example"}
	rules := []store.RetainRule{{Filter: mx1, KeepFor: 72 * time.Hour}, {Filter: mx1, KeepFor: 500 * 24 * time.Hour}}
	for _, now := range []time.Time{now, now, now.Add(23 * time.Hour), now.Add(49 * time.Hour)} {
		day := now.Add(-72 * time.Hour).Truncate(24 * time.Hour).UnixNano()
		old := query.And{Filters: []query.Filter{mx1, query.Range{Field: query.FieldOf(event.Timestamp), To: query.Bound{Set: true, Int: day}}}}
		match, rest := split(t, held, old)
		removed, err := s.Retain(context.Background(), store.Policy{Rules: rules}, now)
		if err != nil || removed.Events != int64(len(match)) {
			t.Fatalf("Retain by rules removed %d events, want %d; error %v", removed.Events, len(match), err)
		}
		held = rest
		checkHeld(t, s, held, old)
	}
	// Old events that come later go too.
	n := int(s.Next())
	late := Events(n+20, 23)[n-1:]
	for i := range late {
		late[i].Time = held[0].Time - int64(48*time.Hour)
	}
	mustAppend(t, s, late)
	if err := s.Flush(context.Background()); err != nil {
		t.Fatal(err)
	}
	match, rest := split(t, late, mx1)
	removed, err := s.Retain(context.Background(), store.Policy{Rules: rules}, now.Add(49*time.Hour))
	if err != nil || removed.Events != int64(len(match)) {
		t.Errorf("Retain removed %d late events, want %d; error %v", removed.Events, len(match), err)
	}
	checkHeld(t, s, append(held, rest...), query.None{})
}
