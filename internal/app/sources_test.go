package app

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	client "github.com/elastic/go-lumber/client/v2"

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

// TestSenders: what a sender of Beats sends is a source of its own, told apart
// from a local file of the same name.
func TestSenders(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "mail.log")
	write(t, path, lines("a", 2))
	a := start(t, testConfig(t, path))
	c, err := client.SyncDial(a.Addresses()["beats"])
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	now := time.Now().UTC().Format(time.RFC3339)
	var batch []any
	for i := range 3 {
		batch = append(batch, map[string]any{
			"@timestamp": now, "message": fmt.Sprintf("%s mx7 postfix/qmgr[1]: 4XyZ%d: removed", now, i),
			"host": map[string]any{"name": "mx7"}, "agent": map[string]any{"id": "7"},
			"log": map[string]any{"offset": i * 100, "file": map[string]any{"path": path}},
		})
	}
	if n, err := c.Send(batch); err != nil || n != 3 {
		t.Fatalf("%d sent, %v", n, err)
	}
	await(t, a.Folder(), 5)
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		answer, err := a.sources().Answer(context.Background(), auth.Everything())
		if err != nil || time.Now().After(end) {
			t.Fatalf("%v, %+v", err, answer)
		}
		if len(answer.Sources) < 2 {
			continue // the first look at the files is not over
		}
		byKind := map[string]sources.Source{}
		for _, s := range answer.Sources {
			byKind[s.Kind] = s
		}
		sent, file := byKind[sources.KindBeats], byKind[sources.KindFile]
		if sent.Name != path || sent.State != sources.StateOK || sent.Recent != 3 || sent.Lines != 3 || len(sent.Hosts) != 1 || sent.Hosts[0] != "mx7" {
			t.Errorf("the sender is %+v", sent)
		}
		if file.Name != path || file.Lines != 2 || file.Recent != 0 || len(answer.Sources) != 2 {
			t.Errorf("the file is %+v among %d", file, len(answer.Sources))
		}
		return
	}
}
