package searches

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"rastro/internal/elastic/cluster"
	"rastro/internal/elastic/elastictest"
	"rastro/internal/elastic/rest"
	"rastro/internal/event"
)

// TestMappingsSayWhatFieldsAre asks an index whose client has set the types of
// its fields.
func TestMappingsSayWhatFieldsAre(t *testing.T) {
	t.Parallel()
	var events []event.Event
	for i, made := range []string{"2026-02-01T00:00:15Z", "2026-02-01T00:00:15.500Z", "2026-02-01", "2026-02-01T00:00:01Z"} {
		e := event.Event{Time: elastictest.Now.UnixNano() + int64(i), ReceivedAt: elastictest.Now.UnixNano()}
		e.Add(event.Message, "{}")
		e.Add(event.Index, "mail")
		e.Add(event.EventID, fmt.Sprint(i))
		e.AddExtra("made", `"`+made+`"`)
		e.AddExtra("kind", []string{`"Push"`, `"push Event"`, `"pull"`, `"Push"`}[i])
		e.AddExtra("note", []string{`"Push it"`, `"pushed"`, `"Pull"`, `"a b"`}[i])
		e.AddExtra("n", fmt.Sprint(9+i))
		events = append(events, e)
	}
	node := elastictest.Node(t, events)
	if err := node.Cluster.Change(func(c *cluster.Content) error {
		c.Indices["mail"] = &cluster.Index{UUID: "u", Mappings: json.RawMessage(`{"properties":{"made":{"type":"date"},"kind":{"type":"keyword"},"note":{"type":"text"},"n":{"type":"long"}}}`)}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	h := rest.NewRouter(node, New(node).Routes())
	for body, want := range map[string]string{
		`"sort":["made"]`:                                                                       "2 3 0 1",
		`"sort":[{"made":"desc"}]`:                                                              "1 0 3 2",
		`"sort":["made"],"search_after":[1769904000000]`:                                        "3 0 1",
		`"sort":["made"],"search_after":["2026-02-01T00:00:15Z"]`:                               "1",
		`"query":{"range":{"made":{"lt":1769904015000}}}`:                                       "3 2",
		`"query":{"term":{"kind":"Push"}}`:                                                      "3 0",
		`"query":{"term":{"kind":"push"}}`:                                                      "",
		`"query":{"term":{"kind":{"value":"push","case_insensitive":true}}}`:                    "3 0",
		`"query":{"prefix":{"kind":"pu"}}`:                                                      "2 1",
		`"query":{"range":{"kind":{"gte":"p","lte":"pusi"}}}`:                                   "2 1",
		`"query":{"term":{"note":"Push"}}`:                                                      "",
		`"query":{"term":{"note":"push"}}`:                                                      "0",
		`"query":{"terms":{"note":["Push","pull"]}}`:                                            "2",
		`"query":{"match":{"note":"PUSH"}}`:                                                     "0",
		`"query":{"match":{"note":{"query":", ","zero_terms_query":"all"}}}`:                    "3 2 1 0",
		`"query":{"query_string":{"query":"n:>=11"}}`:                                           "3 2",
		`"query":{"query_string":{"query":">=11","default_field":"n"}}`:                         "3 2",
		`"query":{"query_string":{"query":"push"}},"size":0,"aggs":{"a":{"max":{"field":"n"}}}`: "",
	} {
		a := elastictest.Do(t, h, "POST", "/mail/_search", "{"+body+"}")
		var ids []string
		hits, _ := a.At("hits", "hits").([]any)
		for i := range hits {
			id, _ := a.At("hits", "hits", i, "_id").(string)
			ids = append(ids, id)
		}
		if got := strings.Join(ids, " "); a.Code != 200 || got != want {
			t.Errorf("%s: %d, found %q, want %q\n%.300s", body, a.Code, got, want, a.Text)
		}
	}
	a := elastictest.Do(t, h, "POST", "/mail/_search", `{"sort":["made"],"size":1}`)
	if got := a.At("hits", "hits", 0, "sort", 0); got != 1769904000000.0 {
		t.Errorf("the first hit is sorted by %v", got)
	}
	if a := elastictest.Do(t, h, "POST", "/nobody-*/_search", `{"aggs":{"a":{"max":{"field":"n"}}}}`); a.Code != 200 || a.At("aggregations") != nil {
		t.Errorf("no index: %d %s", a.Code, a.Text)
	}
	if a := elastictest.Do(t, h, "POST", "/mail/_search", `{"query":{"query_string":{"query":"a","fields":"note"}}}`); a.Code != 400 {
		t.Errorf("fields that are no list: %d %s", a.Code, a.Text)
	}
}
