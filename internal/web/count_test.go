package web

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// counted reads a whole stream of /api/count.
func (b *bench) counted(t *testing.T, text string) (int, string) {
	t.Helper()
	resp, err := http.Get(b.http.URL + "/api/count?query=" + url.QueryEscape(text))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

func TestCount(t *testing.T) {
	b := newBench(t, 10)
	code, text := b.counted(t, "status:deferred OR status:in(status:deferred)")
	_, last, ok := strings.Cut(text, "event: count\ndata: ")
	var a CountAnswer
	if err := json.Unmarshal([]byte(last), &a); code != 200 || !ok || err != nil || a.Total != 5 || !a.TotalExact || a.Estimate != nil {
		t.Errorf("%d %v %s", code, err, text)
	}
	for query, want := range map[string]string{"status:(": "query_empty_group", "a:in(a:in(a:in(a:in(b))))": "query_too_deep"} {
		if code, text := b.counted(t, query); code != 400 || !strings.Contains(text, want) {
			t.Errorf("%s: %d %s", query, code, text)
		}
	}
}

// TestTailOfOthers refuses to follow what only a search can find.
func TestTailOfOthers(t *testing.T) {
	b := newBench(t, 1)
	resp, err := http.Get(b.http.URL + "/api/tail?query=" + url.QueryEscape("queue_id:in(status:deferred)"))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusBadRequest || !strings.Contains(string(body), "in(…)") {
		t.Errorf("%d %s %v", resp.StatusCode, body, err)
	}
}

// TestCountedFor ends the count of a search early, or not at all.
func TestCountedFor(t *testing.T) {
	b := newBench(t, 10)
	code, text := b.post(t, "/api/search", `{"query":"status:deferred","size":2,"count_ms":60000}`)
	if code != 200 || !strings.Contains(text, `"total":5,"total_exact":true`) || strings.Contains(text, "estimate") {
		t.Errorf("%d %s", code, text)
	}
	if code, text := b.post(t, "/api/search", `{"count_ms":-1}`); code != 400 || !strings.Contains(text, "bad_count") {
		t.Errorf("%d %s", code, text)
	}
}
