package elastic

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"rastro/internal/elastic/elastictest"
)

// exchange is one request and its answer.
type exchange struct {
	Name   string            `json:"name"`
	Method string            `json:"method"`
	Path   string            `json:"path"`
	Lines  []json.RawMessage `json:"lines,omitempty"` // of a body, one JSON value a line
	Code   int               `json:"code,omitempty"`
	Answer any               `json:"answer,omitempty"`
}

// TestGrafana sends what Grafana's Elasticsearch and OpenSearch data sources
// send, over the six events, and compares the answers whole. How long a search
// took is left out.
func TestGrafana(t *testing.T) {
	file := filepath.Join("testdata", "grafana", "requests.json")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var list []exchange
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	s := newServer(t)
	for i := range list {
		x := &list[i]
		var body bytes.Buffer
		for _, line := range x.Lines {
			if err := json.Compact(&body, line); err != nil {
				t.Fatal(err)
			}
			body.WriteByte('\n')
		}
		a := elastictest.Do(t, s, x.Method, x.Path, body.String())
		got := indented(t, withoutTook(a.Body))
		if want := indented(t, x.Answer); !*update && (got != want || a.Code != x.Code) {
			t.Errorf("%s: %d, want %d\ngot %s\nwant %s", x.Name, a.Code, x.Code, got, want)
		}
		x.Code, x.Answer = a.Code, withoutTook(a.Body)
	}
	if *update {
		if err := os.WriteFile(file, []byte(indented(t, list)+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func indented(t *testing.T, v any) string {
	t.Helper()
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// withoutTook removes the times from an answer.
func withoutTook(v any) any {
	switch v := v.(type) {
	case map[string]any:
		delete(v, "took")
		for _, inner := range v {
			withoutTook(inner)
		}
	case []any:
		for _, inner := range v {
			withoutTook(inner)
		}
	}
	return v
}
