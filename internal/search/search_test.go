package search

import (
	"context"
	"errors"
	"testing"
	"time"

	"rastro/internal/auth"
	"rastro/internal/event"
	"rastro/internal/feed"
	"rastro/internal/query"
	"rastro/internal/store"
)

// answering is a store that shows the question it was asked.
type answering struct {
	store.Store
	asked chan query.Question
	wait  chan struct{}
}

func (a *answering) Ask(ctx context.Context, q query.Question) (query.Answer, error) {
	a.asked <- q
	if a.wait != nil {
		select {
		case <-a.wait:
		case <-ctx.Done():
			return query.Answer{Partial: true}, nil
		}
	}
	return query.Answer{}, nil
}

func TestAForgottenScopeShowsNothing(t *testing.T) {
	a := &answering{asked: make(chan query.Question, 1)}
	s := New(Options{Store: a})
	if _, err := s.Ask(context.Background(), auth.Scope{}, query.Question{Filter: query.All{}}); err != nil {
		t.Fatal(err)
	}
	if q := <-a.asked; q.Filter != (query.None{}) {
		t.Errorf("the store was asked %v for a caller without a scope", q.Filter)
	}
	if _, err := s.Ask(context.Background(), auth.Everything(), query.Question{}); err != nil {
		t.Fatal(err)
	}
	if q := <-a.asked; q.Filter != (query.All{}) || q.MaxMemory != DefaultMaxMemory {
		t.Errorf("the store was asked %+v", q)
	}
}

// TestScopeInside restricts what in(…) looks at, too: what a caller may not see
// must not be told by which of the others it picks.
func TestScopeInside(t *testing.T) {
	a := &answering{asked: make(chan query.Question, 1)}
	s := New(Options{Store: a})
	in := query.In{Field: query.Ref("queue_id"), Of: query.All{}, Values: query.Ref("queue_id")}
	q := query.Question{Filter: in, Aggs: []query.Agg{{Kind: query.AggFilters, Filters: []query.AggFilterBucket{{Filter: query.Not{Filter: in}}}}}}
	if _, err := s.Ask(context.Background(), auth.Scope{}, q); err != nil {
		t.Fatal(err)
	}
	asked := <-a.asked
	if asked.Filter != (query.None{}) {
		t.Errorf("the store was asked %s for a caller without a scope", query.Format(asked.Filter))
	}
	if f := query.Format(asked.Aggs[0].Filters[0].Filter); f != "not(in(queue_id, queue_id of none))" {
		t.Errorf("an aggregation was asked about %s for a caller without a scope", f)
	}
	if err := s.Follow(context.Background(), auth.Everything(), in, nil); s.opts.Feed != nil || !errors.Is(err, ErrNothingComesIn) {
		t.Errorf("Follow: %v", err)
	}
	s.opts.Feed = &feed.Feed{}
	if err := s.Follow(context.Background(), auth.Everything(), in, nil); !errors.Is(err, query.ErrNeedsStore) {
		t.Errorf("Follow: %v", err)
	}
}

func TestLimits(t *testing.T) {
	a := &answering{asked: make(chan query.Question, 9), wait: make(chan struct{})}
	s := New(Options{Store: a, Timeout: 50 * time.Millisecond, Concurrent: 1, MaxMemory: 1 << 20})
	if _, err := s.Ask(context.Background(), auth.Everything(), query.Question{Limit: MaxHits + 1}); err == nil {
		t.Error("a page of any size is taken")
	}
	done := make(chan query.Answer, 1)
	go func() {
		answer, err := s.Ask(context.Background(), auth.Everything(), query.Question{MaxMemory: 1 << 40})
		if err != nil {
			t.Error(err)
		}
		done <- answer
	}()
	if q := <-a.asked; q.MaxMemory != 1<<20 {
		t.Errorf("a caller got %d bytes", q.MaxMemory)
	}
	short, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	if answer, err := s.Ask(short, auth.Everything(), query.Question{}); err != nil || !answer.Partial {
		t.Errorf("waiting beyond the caller's deadline gives %+v, %v", answer, err)
	}
	if answer := <-done; !answer.Partial {
		t.Error("the timeout did not end the question")
	}
}

func TestMoment(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"90m": now.Add(-90 * time.Minute), "3d": now.AddDate(0, 0, -3), "2w": now.AddDate(0, 0, -14),
		"now-1h": now.Add(-time.Hour), "now/d": time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC),
		"2026-01-31": time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC),
	} {
		got, err := Moment(text, now, false, nil)
		if err != nil || !got.Equal(want) {
			t.Errorf("Moment(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"soon", "99999999999999d", "1x", "now*5"} {
		if got, err := Moment(text, now, false, nil); err == nil {
			t.Errorf("Moment(%q) = %v without an error", text, got)
		}
	}
}

func TestFollow(t *testing.T) {
	f := &feed.Feed{}
	s := New(Options{Store: &answering{}, Feed: f})
	filter, err := s.ParseWith("level:error", ParseOptions{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	seen := make(chan uint64, 9)
	done := make(chan error, 1)
	go func() {
		done <- s.Follow(ctx, auth.Everything(), filter, func(e *event.Event, lost int64) error {
			seen <- e.RID
			return nil
		})
	}()
	for f.Followers() == 0 {
		time.Sleep(time.Millisecond)
	}
	bad := event.Event{RID: 2}
	bad.Add(event.Level, "ERROR")
	f.Publish([]event.Event{{RID: 1}, bad})
	if rid := <-seen; rid != 2 {
		t.Errorf("event %d was shown", rid)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if err := New(Options{Store: &answering{}}).Follow(context.Background(), auth.Everything(), nil, nil); !errors.Is(err, ErrNothingComesIn) {
		t.Errorf("following nothing gives %v", err)
	}
}

func TestUntil(t *testing.T) {
	bogota, err := Zone("America/Bogota")
	if err != nil {
		t.Fatal(err)
	}
	santiago, err := Zone("America/Santiago")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 2, 9, 30, 15, 500, time.UTC)
	for _, c := range []struct {
		text string
		zone *time.Location
		want time.Time
	}{
		{"now", nil, now},
		{"90m", nil, now.Add(-90 * time.Minute)},
		{"now-1h", nil, now.Add(-time.Hour)},
		{"now/d", nil, time.Date(2026, 3, 3, 0, 0, 0, 0, time.UTC)},
		{"now/d", bogota, time.Date(2026, 3, 3, 5, 0, 0, 0, time.UTC)},
		{"now-1d/d", bogota, time.Date(2026, 3, 2, 5, 0, 0, 0, time.UTC)},
		{"now/M-1M", nil, time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)},
		{"now/h", nil, time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)},
		{"2026-03-02", bogota, time.Date(2026, 3, 2, 5, 0, 0, 0, time.UTC)},
		{"2026-03-02||/M", nil, time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)},
		{"2026-03-01T10:00:00Z", nil, time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)},
		// The clock is set back at this day's end, which then lasts 25 hours.
		{"2026-04-04||/d", santiago, time.Date(2026, 4, 5, 4, 0, 0, 0, time.UTC)},
	} {
		if got, err := Until(c.text, now, c.zone); err != nil || !got.Equal(c.want) {
			t.Errorf("Until(%q) = %v, %v; want %v", c.text, got, err, c.want)
		}
	}
	for _, text := range []string{"", "soon", "now/", "now/x", "2026-03-02||/"} {
		if got, err := Until(text, now, nil); err == nil {
			t.Errorf("Until(%q) = %v without an error", text, got)
		}
	}
}
