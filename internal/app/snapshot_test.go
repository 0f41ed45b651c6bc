package app

import (
	"context"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"rastro/internal/config"
	"rastro/internal/disk"
	"rastro/internal/store"
)

// A document that a client wrote to an index of its own is found by the index's
// name in a folder that was restored.
func TestARestoredFolderKnowsItsIndices(t *testing.T) {
	root := t.TempDir()
	c := config.Default()
	c.Data = filepath.Join(root, "one")
	c.Listen = config.Listen{UI: config.Off, Elastic: "127.0.0.1:0", Monitor: config.Off, Beats: config.Off}
	a := New(Options{Config: c})
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	base := "http://" + a.Addresses()["elastic"]
	send(t, http.MethodPut, base+"/mine/_doc/1?refresh=true", `{"@timestamp":"2026-03-01T10:00:00Z","message":"x"}`)
	send(t, http.MethodPut, base+"/_snapshot/r", `{"type":"fs","settings":{"location":"r"}}`)
	send(t, http.MethodPut, base+"/_snapshot/r/s?wait_for_completion=true", "")
	if text := send(t, http.MethodGet, base+"/_cat/snapshots/r?h=id,status", ""); !strings.Contains(text, "s SUCCESS") {
		t.Errorf("the list of snapshots is %q", text)
	}
	if err := a.Stop(); err != nil {
		t.Fatal(err)
	}
	r, err := store.OpenRepository(disk.OS(), filepath.Join(c.Data, "backups", "r"), false)
	if err != nil {
		t.Fatal(err)
	}
	c.Data = filepath.Join(root, "two")
	if _, err := RestoreFolder(context.Background(), r, "s", c.Data); err != nil {
		t.Fatal(err)
	}
	a = New(Options{Config: c})
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer a.Stop()
	base = "http://" + a.Addresses()["elastic"]
	if text := send(t, http.MethodGet, base+"/mine/_count", ""); !strings.Contains(text, `"count":1`) {
		t.Errorf("the restored index says %s", text)
	}
	if text := send(t, http.MethodGet, base+"/mine/_doc/1", ""); !strings.Contains(text, `"found":true`) {
		t.Errorf("the restored document is %s", text)
	}
}

// send sends a request that must succeed.
func send(t *testing.T, method, url, body string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var b strings.Builder
	if _, err := io.Copy(&b, resp.Body); err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode >= 300 {
		t.Fatalf("%s %s gives %d: %s", method, url, resp.StatusCode, b.String())
	}
	return b.String()
}

// What Elasticsearch's own tests of a restore do: an empty index, closed and
// restored, was recovered from its snapshot.
func TestARestoredIndexTellsItsSource(t *testing.T) {
	c := config.Default()
	c.Data = filepath.Join(t.TempDir(), "one")
	c.Listen = config.Listen{UI: config.Off, Elastic: "127.0.0.1:0", Monitor: config.Off, Beats: config.Off}
	a := New(Options{Config: c})
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer a.Stop()
	base := "http://" + a.Addresses()["elastic"]
	send(t, http.MethodPut, base+"/test_index", `{"settings":{"number_of_shards":1,"number_of_replicas":0}}`)
	send(t, http.MethodPut, base+"/_snapshot/r", `{"type":"fs","settings":{"location":"r"}}`)
	text := send(t, http.MethodPut, base+"/_snapshot/r/s?wait_for_completion=true", `{"indices":"test_index","feature_states":["none"]}`)
	if !strings.Contains(text, `"shards":{"total":1,"failed":0,"successful":1}`) {
		t.Errorf("the snapshot is %s", text)
	}
	send(t, http.MethodPost, base+"/test_index/_close", "")
	send(t, http.MethodPost, base+"/_snapshot/r/s/_restore?wait_for_completion=true", "")
	text = send(t, http.MethodGet, base+"/test_index/_recovery", "")
	for _, part := range []string{`"type":"SNAPSHOT"`, `"stage":"DONE"`, `"recovered":1,"reused":0`, `"reused_in_bytes":0`, `"recovered_in_bytes":1,`} {
		if !strings.Contains(text, part) {
			t.Errorf("the recovery lacks %s: %s", part, text)
		}
	}
}
