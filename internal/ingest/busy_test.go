package ingest

import (
	"log/slog"
	"testing"

	"rastro/internal/event"
)

func TestBusyTellsThatBatchesWait(t *testing.T) {
	t.Parallel()
	b := New(Options{Workers: 1, Log: slog.New(slog.DiscardHandler)}) // not started: nothing is taken out
	for n, want := range []bool{false, true, true} {
		if err := b.Take(t.Context(), event.Batch{}); err != nil {
			t.Fatal(err)
		}
		if b.Busy() != want {
			t.Errorf("with %d batches: busy %v, want %v", n+1, b.Busy(), want)
		}
	}
	b.pressed.Add(-int64(pressedFor))
	if b.Busy() {
		t.Error("busy long after the last batch")
	}
}
