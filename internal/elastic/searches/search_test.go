package searches_test

import (
	"net/http"
	"strings"
	"testing"

	"rastro/internal/elastic/elastictest"
	"rastro/internal/elastic/rest"
	"rastro/internal/elastic/searches"
	"rastro/internal/event"
)

// router serves the room's endpoints over the six events and some more.
func router(t testing.TB, more ...event.Event) http.Handler {
	t.Helper()
	node := elastictest.Node(t, append(elastictest.Six(t), more...))
	return rest.NewRouter(node, searches.New(node).Routes())
}

// ids are the ids of the hits of an answer.
func ids(a elastictest.Answer) string {
	hits, _ := a.At("hits", "hits").([]any)
	var list []string
	for i := range hits {
		list = append(list, a.At("hits", "hits", i, "_id").(string))
	}
	return strings.Join(list, " ")
}

func TestBody(t *testing.T) {
	h := router(t)
	for _, c := range []struct{ body, want string }{
		{`{}`, "f@4 f@3 f@2 f@1 f@0 f@5"},
		{`{"size":2,"from":1}`, "f@3 f@2"},
		{`{"query":{"term":{"level":"ERROR"}},"sort":"delay"}`, "f@1 f@3 f@5"},
		{`{"query":{"term":{"level":"ERROR"}},"sort":[{"delay":{"order":"desc"}}]}`, "f@5 f@3 f@1"},
		{`{"sort":["_doc"]}`, "f@0 f@1 f@2 f@3 f@4 f@5"},
		{`{"sort":[{"_doc":"desc"}],"size":1}`, "f@5"},
		{`{"sort":{"level":"asc","delay":"desc"}}`, "f@5 f@3 f@1 f@4 f@2 f@0"},
		{`{"sort":[{"@timestamp":"asc"}],"search_after":[1772362800000],"size":2}`, "f@2 f@3"},
		{`{"sort":[{"@timestamp":{"order":"asc","format":"strict_date_optional_time"}}],"search_after":["2026-03-01T11:00:00.000Z"],"size":1}`, "f@2"},
		{`{"sort":[{"delay":"desc"},{"_doc":"asc"}],"search_after":[1.0,2],"size":9}`, "f@2 f@1 f@0"},
		{`{"post_filter":{"term":{"level":"INFO"}},"size":1}`, "f@4"},
		{`{"query":{"bool":{"filter":[{"range":{"@timestamp":{"gte":1772407800000,"format":"epoch_millis"}}},{"query_string":{"query":"*","analyze_wildcard":true}}]}},"script_fields":{},"runtime_mappings":{}}`, "f@4 f@3 f@2"},
		{`{"collapse":{"field":"level"}}`, "f@4 f@3"},
		{`{"min_score":2}`, ""},
		{`{"query":{"term":{"_index":"elemta-logs-2026.03.02"}}}`, "f@4 f@3"},
		{`{"slice":null,"size":0}`, "error"},
	} {
		a := elastictest.Do(t, h, "POST", "/_search", c.body)
		got := ids(a)
		if a.Code != 200 {
			got = "error"
		}
		if got != c.want {
			t.Errorf("%s:\n got %s\nwant %s\n%s", c.body, got, c.want, a.Text)
		}
	}
}
