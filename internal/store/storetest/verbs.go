package storetest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/store"
)

func testRetain(t *testing.T, open func(t *testing.T) store.Store) {
	s := open(t)
	events := Events(400, 7)
	o := newOracle(Events(400, 7))
	fill(t, s, events)
	if err := s.Flush(context.Background()); err != nil {
		t.Fatalf("Flush: %v", err)
	}
	now := time.Unix(0, newest(events)).Add(time.Hour)
	if r, err := s.Retain(context.Background(), store.Policy{}, now); err != nil || r.Events != 0 {
		t.Errorf("Retain without limits removed %d events, error %v", r.Events, err)
	}
	keep := 40 * time.Hour
	removed, err := s.Retain(context.Background(), store.Policy{KeepFor: keep}, now)
	if err != nil {
		t.Fatalf("Retain: %v", err)
	}
	if removed.Events == 0 {
		t.Error("Retain removed nothing of several days")
	}
	left := mustAsk(t, s, query.Question{Count: query.CountExact}).Total
	if left+removed.Events != 400 {
		t.Errorf("%d events removed and %d left of 400", removed.Events, left)
	}
	if st := s.Stats(); st.Events != left {
		t.Errorf("Stats.Events = %d, want %d", st.Events, left)
	}
	// Whatever is young enough must still be there.
	checkSame(t, s, o, query.Question{From: now.Add(-keep).UnixNano(), Limit: 500, Count: query.CountExact})

	if _, err := s.Retain(context.Background(), store.Policy{KeepFor: time.Hour}, now.AddDate(1, 0, 0)); err != nil {
		t.Fatalf("Retain: %v", err)
	}
	if a := mustAsk(t, s, query.Question{Count: query.CountExact}); a.Total != 0 {
		t.Errorf("%d events left after a year", a.Total)
	}
	if n := s.Next(); n != 401 {
		t.Errorf("Next after Retain = %d, want 401", n)
	}
	more := Events(401, 7)[400:]
	mustAppend(t, s, more)
	if a := mustAsk(t, s, query.Question{Count: query.CountExact}); a.Total != 1 {
		t.Errorf("Total after an Append behind Retain = %d, want 1", a.Total)
	}
}

func testStats(t *testing.T, open func(t *testing.T) store.Store) {
	s := open(t)
	events := Events(300, 8)
	oldest, latest := events[0].Time, newest(events)
	for _, e := range events {
		oldest = min(oldest, e.Time)
	}
	fill(t, s, events)
	for _, when := range []string{"with a tail", "flushed"} {
		st := s.Stats()
		var days int64
		for _, d := range st.Days {
			days += d.Events
		}
		if st.Events != 300 || days != 300 || st.Oldest != oldest || st.Newest != latest {
			t.Errorf("Stats %s: %d events, %d in days, %d to %d; want 300, 300, %d to %d",
				when, st.Events, days, st.Oldest, st.Newest, oldest, latest)
		}
		if len(st.Quarantined) > 0 || st.WriteError != "" {
			t.Errorf("Stats %s: quarantined %v, write error %q", when, st.Quarantined, st.WriteError)
		}
		if err := s.Flush(context.Background()); err != nil {
			t.Fatalf("Flush: %v", err)
		}
	}
	if st := s.Stats(); st.TailEvents != 0 {
		t.Errorf("TailEvents after Flush = %d", st.TailEvents)
	}
}

// newest is the latest time of some events.
func newest(events []event.Event) int64 {
	latest := events[0].Time
	for _, e := range events {
		latest = max(latest, e.Time)
	}
	return latest
}

// testConcurrent lets readers ask while events are appended and made durable:
// every answer must hold all events up to some moment between the beginning
// and the end of the question, each once.
func testConcurrent(t *testing.T, open func(t *testing.T) store.Store) {
	s := open(t)
	const total = 3000
	var wg sync.WaitGroup
	done := make(chan struct{})
	for range 3 {
		wg.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					askWhileGrowing(t, s)
				}
			}
		})
	}
	wg.Go(func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(2 * time.Millisecond):
				if err := s.Flush(context.Background()); err != nil {
					t.Errorf("Flush: %v", err)
				}
			}
		}
	})
	events := Events(total, 9)
	for i := 0; i < total; i += 20 {
		if err := s.Append(context.Background(), events[i:i+20]); err != nil {
			t.Errorf("Append: %v", err)
			break
		}
	}
	close(done)
	wg.Wait()
	checkSame(t, s, newOracle(Events(total, 9)), query.Question{Limit: 5000, Count: query.CountExact})
}

func askWhileGrowing(t *testing.T, s store.Store) {
	before := int64(s.Next() - 1)
	a, err := s.Ask(context.Background(), query.Question{
		Limit: 5000, Count: query.CountExact, Fields: []query.FieldRef{},
		Aggs: []query.Agg{{Name: "n", Kind: query.AggValueCount, Field: query.Ref("@timestamp")}},
	})
	after := int64(s.Next() - 1)
	switch {
	case err != nil:
		t.Errorf("Ask while events come: %v", err)
	case a.Total < before || a.Total > after || int64(len(a.Hits)) != a.Total || int64(a.Aggs[0].Value) != a.Total:
		t.Errorf("Ask while events come: total %d, %d hits, counted %v; there were %d before and %d after",
			a.Total, len(a.Hits), a.Aggs[0].Value, before, after)
	default:
		seen := make(map[uint64]bool, len(a.Hits))
		for _, h := range a.Hits {
			if seen[h.Event.RID] || int64(h.Event.RID) > a.Total {
				t.Errorf("event %d of %d is there twice or too early", h.Event.RID, a.Total)
			}
			seen[h.Event.RID] = true
		}
	}
}

func testBadQuestions(t *testing.T, open func(t *testing.T) store.Store) {
	s := open(t)
	fill(t, s, Events(50, 10))
	for name, q := range map[string]query.Question{
		"cursor of another order": {Limit: 1, After: &query.Cursor{Keys: make([]query.CursorKey, 3)}},
		"average of names":        {Aggs: []query.Agg{{Name: "a", Kind: query.AggAvg, Field: query.Ref("host")}}},
		"unknown zone":            {Aggs: []query.Agg{{Name: "a", Kind: query.AggDateHistogram, Field: query.Ref("@timestamp"), Calendar: "day", Zone: "Mars/Olympus"}}},
		"unknown calendar":        {Aggs: []query.Agg{{Name: "a", Kind: query.AggDateHistogram, Field: query.Ref("@timestamp"), Calendar: "fortnight"}}},
		"no interval":             {Aggs: []query.Agg{{Name: "a", Kind: query.AggHistogram, Field: query.Ref("delay")}}},
		"dates of names":          {Aggs: []query.Agg{{Name: "a", Kind: query.AggDateHistogram, Field: query.Ref("host"), Calendar: "day"}}},
		"percentile 101":          {Aggs: []query.Agg{{Name: "a", Kind: query.AggPercentiles, Field: query.Ref("delay"), Percents: []float64{101}}}},
		"order by nothing":        {Aggs: []query.Agg{{Name: "a", Kind: query.AggTerms, Field: query.Ref("host"), Order: []query.AggOrder{{By: "x"}}}}},
		"nested too deep":         {Aggs: nested(40)},
	} {
		if _, err := s.Ask(context.Background(), q); !errors.Is(err, query.ErrBadQuestion) {
			t.Errorf("%s: error %v, want ErrBadQuestion", name, err)
		}
	}
}

func nested(depth int) []query.Agg {
	if depth == 0 {
		return nil
	}
	return []query.Agg{{Name: "a", Kind: query.AggTerms, Field: query.Ref("host"), Subs: nested(depth - 1)}}
}

func testTooBig(t *testing.T, open func(t *testing.T) store.Store) {
	s := open(t)
	fill(t, s, Events(300, 11))
	for name, q := range map[string]query.Question{
		"too little memory for buckets": {MaxMemory: 1000, Aggs: []query.Agg{{Name: "a", Kind: query.AggTerms, Field: query.Ref("queue_id")}}},
		"too little memory for lines":   {MaxMemory: 1000, Aggs: []query.Agg{{Name: "a", Kind: query.AggTerms, Field: query.Ref("message")}}},
		"too little memory for hits":    {MaxMemory: 10_000, Limit: 300},
		"a bucket per nanosecond":       {Aggs: []query.Agg{{Name: "a", Kind: query.AggDateHistogram, Field: query.Ref("@timestamp"), Interval: 1}}},
		"a bucket per thousandth":       {Aggs: []query.Agg{{Name: "a", Kind: query.AggHistogram, Field: query.Ref("size"), Interval: 0.001}}},
	} {
		if _, err := s.Ask(context.Background(), q); !errors.Is(err, query.ErrTooBig) {
			t.Errorf("%s: error %v, want ErrTooBig", name, err)
		}
	}
	// What was refused must not be charged to the next question.
	mustAsk(t, s, query.Question{Limit: 300, Count: query.CountExact})
}

// eventsWith sets the times of generated events one by one.
func eventsWith(times ...int64) []event.Event {
	events := Events(len(times), 12)
	for i := range events {
		events[i].Time = times[i]
	}
	return events
}
