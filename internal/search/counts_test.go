package search

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"rastro/internal/auth"
	"rastro/internal/query"
	"rastro/internal/store"
)

// ending answers with what the test wants.
type ending struct {
	store.Store
	answer query.Answer
	err    error
}

func (e *ending) Ask(ctx context.Context, _ query.Question) (query.Answer, error) {
	if e.err == nil && ctx.Err() != nil {
		return query.Answer{}, ctx.Err()
	}
	return e.answer, e.err
}

func TestCountsSayWhatWasAskedAndHowItEnded(t *testing.T) {
	t.Parallel()
	e := &ending{}
	s := New(Options{Store: e})
	gone, leave := context.WithCancel(t.Context())
	leave()
	aggs := []query.Agg{{Name: "a", Kind: query.AggMax}}
	for _, c := range []struct {
		ctx    context.Context
		q      query.Question
		answer query.Answer
		err    error
	}{
		{ctx: t.Context()},
		{ctx: t.Context(), q: query.Question{Limit: 1}},
		{ctx: t.Context(), q: query.Question{Limit: 1, Aggs: aggs}},
		{ctx: t.Context(), q: query.Question{Aggs: aggs}, answer: query.Answer{Partial: true}},
		{ctx: As(t.Context(), APITrace), q: query.Question{Limit: 1}, err: fmt.Errorf("asking: %w", query.ErrTooBig)},
		{ctx: As(t.Context(), APIExport), err: errors.New("broken")},
		{ctx: gone, q: query.Question{Limit: 1}},
	} {
		e.answer, e.err = c.answer, c.err
		_, _ = s.Ask(c.ctx, auth.Everything(), c.q)
	}
	got := map[string]uint64{}
	counts := s.Counts()
	for _, a := range counts.Asked {
		got[string(a.API)+" "+string(a.Result)] = a.Took.Count()
	}
	want := map[string]uint64{
		"count ok": 1, "search ok": 1, "aggregate ok": 1, "aggregate partial": 1, "trace too_big": 1, "export error": 1, "search cancelled": 1,
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", got, want)
	}
	if counts.Slots != defaultPlaces() || counts.Queue != DefaultQueue || counts.Answering != 0 || counts.Waiting != 0 {
		t.Errorf("%+v", counts)
	}
}

func TestCountsShowWhoWaits(t *testing.T) {
	t.Parallel()
	a := &answering{asked: make(chan query.Question, 9), wait: make(chan struct{})}
	s := New(Options{Store: a, Concurrent: 1, Timeout: time.Minute})
	done := make(chan error, 2)
	for range 2 {
		go func() {
			_, err := s.Ask(t.Context(), auth.Everything(), query.Question{})
			done <- err
		}()
	}
	<-a.asked
	for s.Counts().Waiting == 0 {
		time.Sleep(time.Millisecond)
	}
	if c := s.Counts(); c.Answering != 1 || c.Waiting != 1 || c.Waited <= 0 {
		t.Errorf("%+v", c)
	}
	close(a.wait)
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	short := New(Options{Store: &answering{asked: a.asked, wait: make(chan struct{})}, Concurrent: 1, Wait: time.Millisecond})
	if _, err := short.gate.enter(t.Context(), "", long, time.Second); err != nil {
		t.Fatal(err)
	}
	if _, err := short.Ask(t.Context(), auth.Everything(), query.Question{}); !errors.Is(err, ErrBusy) {
		t.Errorf("%v, want ErrBusy", err)
	}
	if c := short.Counts(); len(c.Asked) != 1 || c.Asked[0].Result != ResultBusy {
		t.Errorf("%+v", c)
	}
}
