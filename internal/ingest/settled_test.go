package ingest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"rastro/internal/event"
)

// TestSettledWaitsForTheStore asks after every acknowledgement: what was
// acknowledged before is in the store afterwards.
func TestSettledWaitsForTheStore(t *testing.T) {
	b := newBench(t, nil)
	if err := b.belt.Settled(context.Background()); err != nil {
		t.Fatalf("before the first event: %v", err)
	}
	origin := &event.Origin{Name: "a", ID: "a"}
	for i := range 50 {
		acked := make(chan error, 1)
		batch := event.Batch{Positions: []event.Position{{Key: "a", State: []byte{byte(i)}}}, Ack: func(err error) { acked <- err }}
		if i%5 > 0 { // every fifth batch is a position alone
			batch.Lines = []event.Line{{Text: fmt.Sprint(i), Origin: origin, ReceivedAt: 1}}
		}
		if err := b.belt.Take(context.Background(), batch); err != nil {
			t.Fatal(err)
		}
		if err := <-acked; err != nil {
			t.Fatal(err)
		}
		if err := b.belt.Settled(context.Background()); err != nil {
			t.Fatal(err)
		}
		if got, want := len(b.store.texts("a")), i-i/5; got != want {
			t.Fatalf("after batch %d the store has %d events, want %d", i, got, want)
		}
	}
}

func TestSettledEndsWithTheBelt(t *testing.T) {
	b := newBench(t, nil)
	b.store.mu.Lock()
	b.store.refuse = errors.New("no")
	b.store.mu.Unlock()
	acked := make(chan error, 1)
	batch := event.Batch{Lines: []event.Line{{Text: "x", Origin: &event.Origin{}, ReceivedAt: 1}}, Ack: func(err error) { acked <- err }}
	if err := b.belt.Take(context.Background(), batch); err != nil {
		t.Fatal(err)
	}
	if err := <-acked; err != nil {
		t.Fatal(err)
	}
	if err := b.belt.Settled(context.Background()); !errors.Is(err, ErrStopped) {
		t.Errorf("a belt that ended says %v", err)
	}
}
