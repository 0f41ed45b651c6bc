package app

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rastro/internal/auth"
	"rastro/internal/sources"
	"rastro/internal/web"
)

// TestSources asks a running server why there are no logs.
func TestSources(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	good, missing := filepath.Join(dir, "mail.log"), filepath.Join(dir, "other.log")
	write(t, good, lines("a", 10))
	c := testConfig(t, good, missing, dir)
	a := start(t, c)
	await(t, a.Folder(), 10)
	if _, err := a.importStream(context.Background(), strings.NewReader(lines("b", 3)), web.ImportRequest{Name: "old.log"}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.importStream(context.Background(), strings.NewReader("\x1f\x8bno gzip"), web.ImportRequest{Name: "bad.gz"}); err == nil {
		t.Fatal("a broken file was imported")
	}
	want := map[string]string{good: sources.StateOK, missing: sources.StateMissing, dir: sources.StateFailed, "old.log": sources.StateOK, "bad.gz": sources.StateFailed}
	got := map[string]sources.Source{}
	for end := time.Now().Add(10 * time.Second); len(got) < len(want) || got[good].LastLine == ""; time.Sleep(10 * time.Millisecond) {
		answer, err := a.sources().Answer(context.Background(), auth.Everything())
		if err != nil || time.Now().After(end) {
			t.Fatalf("%v, %+v", err, answer)
		}
		for _, s := range answer.Sources {
			got[s.Name] = s
		}
	}
	for name, state := range want {
		if got[name].State != state {
			t.Errorf("%s: %+v, want %s", name, got[name], state)
		}
	}
	info, err := os.Stat(good)
	if s := got[good]; err != nil || s.Lines != 10 || s.SizeBytes != info.Size() || s.LagBytes != 0 || got["old.log"].Lines != 3 {
		t.Errorf("%+v %+v", s, got["old.log"])
	}
}
