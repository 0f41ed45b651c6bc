package ingest

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestAPauseIsToldOnce: a disk that refuses every try is told of once, and once
// more when it takes something.
func TestAPauseIsToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		g := guard{log: slog.New(slog.NewTextHandler(&log, nil))}
		full := Pause{Cause: PauseJournal, Err: "no space left"}
		for range 4 {
			if err := g.wait(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := g.pause(t.Context(), full); err != nil {
				t.Fatal(err)
			}
		}
		if err := g.wait(t.Context()); err != nil || g.reason() != full {
			t.Errorf("before a commit: %v, %v", err, g.reason())
		}
		time.Sleep(time.Second)
		g.wrote(nil)
		if why := g.reason(); why != (Pause{}) {
			t.Errorf("after a commit: %v", why)
		}
		g.wrote(nil)
		text := log.String()
		if strings.Count(text, "intake pauses") != 1 || strings.Count(text, "intake resumes") != 1 || !strings.Contains(text, "took=2s") {
			t.Errorf("told:\n%s", text)
		}
	})
}
