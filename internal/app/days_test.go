package app

import (
	"context"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"rastro/internal/config"
	"rastro/internal/elastic/cluster"
	"rastro/internal/event"
)

// TestADayOfOwnIndicesOnlyHasNone: what clients write to indices of their own
// makes no index of the day.
func TestADayOfOwnIndicesOnlyHasNone(t *testing.T) {
	t.Parallel()
	c := config.Default()
	c.Data = filepath.Join(t.TempDir(), "data")
	f, err := OpenFolder(context.Background(), c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close(context.Background()) })
	if err := f.cluster.Change(func(c *cluster.Content) error {
		c.Indices["mail"] = &cluster.Index{UUID: cluster.NewUUID()}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	write := func(index, at string) {
		t.Helper()
		when, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		origin := &event.Origin{Name: "test", ID: "t" + at + index}
		line := event.Line{Text: when.Format("2006-01-02T15:04:05Z07:00") + " mx1 postfix/qmgr[1]: 4F2A: removed", Origin: origin, ReceivedAt: time.Now().UnixNano(), Index: index}
		if err := f.Belt.Take(context.Background(), event.Batch{Lines: []event.Line{line}, Ack: func(err error) { done <- err }}); err != nil {
			t.Fatal(err)
		}
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if err := f.Belt.Settled(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	write("mail", "2026-03-01T10:00:00Z")
	write("mail", "2026-03-02T10:00:00Z")
	write("", "2026-03-02T11:00:00Z")
	if got := listed(f); !slices.Equal(got, []string{"elemta-logs-2026.03.02", "mail"}) {
		t.Errorf("the indices are %v", got)
	}
	write("", "2026-03-01T12:00:00Z")
	if got := listed(f); !slices.Equal(got, []string{"elemta-logs-2026.03.01", "elemta-logs-2026.03.02", "mail"}) {
		t.Errorf("the indices are %v after an event came", got)
	}
}

// listed are the names of the indices.
func listed(f *Folder) []string {
	var names []string
	for _, i := range f.names.All() {
		names = append(names, i.Name)
	}
	return names
}
