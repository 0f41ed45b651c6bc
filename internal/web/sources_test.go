package web

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"rastro/internal/collect"
	"rastro/internal/disk"
	"rastro/internal/search"
	"rastro/internal/sources"
	"rastro/internal/store"
)

func TestSources(t *testing.T) {
	t.Parallel()
	s, err := store.OpenLocal(disk.OS(), t.TempDir(), store.LocalOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	searcher := search.New(search.Options{Store: s})
	files, err := collect.Open(collect.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(New(Options{Searcher: searcher, Sources: sources.New(sources.Options{Searcher: searcher, Files: files})}))
	defer server.Close()
	resp, err := http.Get(server.URL + "/api/sources")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var answer SourcesAnswer
	if err := json.Unmarshal(text, &answer); err != nil || resp.StatusCode != 200 || answer.Time == "" {
		t.Errorf("%d %s: %v", resp.StatusCode, text, err)
	}
	for _, list := range []string{`"sources":[]`, `"unparsed":[]`} {
		if !strings.Contains(string(text), list) {
			t.Errorf("%s lacks %s", text, list)
		}
	}
	b := newBench(t, 1)
	if resp, err := http.Get(b.http.URL + "/api/sources"); err != nil || resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a server without sources: %v, %v", resp, err)
	} else {
		_ = resp.Body.Close()
	}
}
