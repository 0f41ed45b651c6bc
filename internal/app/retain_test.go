package app

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rastro/internal/auth"
	"rastro/internal/config"
	"rastro/internal/elastic/cluster"
	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/search"
)

// TestClassesGoEarlier: what keep.classes names goes after its own age, and
// nothing else does.
func TestClassesGoEarlier(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c := config.Default()
	c.Data = filepath.Join(t.TempDir(), "data")
	c.Keep.Classes = []config.Class{{Query: "program:postfix\\/smtpd AND event_type:smtp_connection", Age: config.Duration(48 * time.Hour)}}
	folder, err := OpenFolder(ctx, c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = folder.Close(ctx) })
	a := New(Options{Config: c})
	a.folder = folder
	if a.classes, err = classRules(c.Keep.Classes); err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	var lines []event.Line
	origin := &event.Origin{Name: "test", ID: "t"}
	for day := 1; day <= 10; day++ {
		stamp := time.Date(2026, 3, day, 8, 0, 0, 0, time.UTC).Format(time.RFC3339)
		for _, text := range []string{"postfix/smtpd[7]: connect from mx.example[192.0.2.7]", "postfix/qmgr[8]: 4F2A1: removed"} {
			lines = append(lines, event.Line{Text: fmt.Sprintf("%s mx1 %s", stamp, text), Origin: origin, Offset: int64(len(lines)), ReceivedAt: now.UnixNano()})
		}
	}
	taken := make(chan error, 1)
	if err := folder.Belt.Take(ctx, event.Batch{Lines: lines, Ack: func(err error) { taken <- err }}); err != nil {
		t.Fatal(err)
	}
	if err := <-taken; err != nil {
		t.Fatal(err)
	}
	if err := folder.Belt.Settled(ctx); err != nil {
		t.Fatal(err)
	}
	a.flush(ctx)
	a.retain(ctx, a.policy(&cluster.Content{}), now)
	count := func(text string) int64 {
		t.Helper()
		filter, err := folder.Searcher.ParseWith(text, search.ParseOptions{})
		if err != nil {
			t.Fatal(err)
		}
		answer, err := folder.Searcher.Ask(ctx, auth.Everything(), query.Question{Filter: filter, Count: -1})
		if err != nil {
			t.Fatal(err)
		}
		return answer.Total
	}
	// The 8th is over since 36 hours, the 7th since 60.
	if connects, removed := count("connect"), count("removed"); connects != 3 || removed != 10 {
		t.Errorf("%d connections and %d removals are left, want 3 and 10", connects, removed)
	}
}

func TestClassesAreChecked(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"status:(":              "keep.classes[0].query",
		"@timestamp:>now-1d":    "depends on the present time",
		"event_type:smtp_login": "",
		// What other events say may change while these stay.
		"queue_id:in(status:deferred)": "keep.classes[0].query",
	} {
		c := config.Default()
		c.Keep.Classes = []config.Class{{Query: text, Age: config.Duration(time.Hour)}}
		err := Check(c)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
