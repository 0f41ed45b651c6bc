package searches_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"rastro/internal/elastic/elastictest"
)

// FuzzSearch sends bodies of searches: every answer is JSON, 200 or a mistake
// that is named, and none is a panic.
func FuzzSearch(f *testing.F) {
	for _, body := range []string{
		`{}`, `[]`, `{"query":{"match_all":{}},"sort":[{"delay":{"order":"desc","missing":"_first","mode":"max"}},"_score","_doc"],"search_after":[1,1.0,null]}`,
		`{"_source":{"includes":["a*"],"excludes":["b"]},"fields":["*",{"field":"@timestamp","format":"epoch_second"}],"docvalue_fields":["delay"]}`,
		`{"highlight":{"fields":{"*":{"number_of_fragments":0}},"encoder":"html"},"query":{"query_string":{"query":"li* OR \"user example\"~3"}}}`,
		`{"collapse":{"field":"level"},"track_total_hits":1,"post_filter":{"term":{"level":"INFO"}},"min_score":0.5,"slice":{"id":0,"max":2}}`,
		`{"aggs":{"a":{"top_hits":{"size":1,"_source":false,"fields":["l*"]}}},"size":0}`,
		`{"stored_fields":["_none_"],"version":true,"explain":true,"profile":true,"timeout":"1s","terminate_after":1}`,
		`{"pit":{"id":"x","keep_alive":"1m"}}`, `{"size":1e400}`, "{\"size\":\n\"-1\"}", `{"sort":{"@timestamp":{"format":"yyyy","numeric_type":"date_nanos"}},"search_after":["2026"]}`,
	} {
		f.Add(body)
	}
	h := router(f, document(f, "books", "1", "2026-03-02T08:00:00Z", `{"title":"A <b>fox</b>","deep":{"a":[{"b":1},{"b":"x"}]},"n":1e3}`))
	f.Fuzz(func(t *testing.T, body string) {
		if len(body) > 4096 {
			return
		}
		r := httptest.NewRequest("POST", "/_search", strings.NewReader(body))
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if !json.Valid(w.Body.Bytes()) || !utf8.Valid(w.Body.Bytes()) {
			t.Fatalf("%q: no JSON: %s", body, w.Body)
		}
		if w.Code != 200 && (w.Code < 400 || w.Code >= 500 && w.Code != 503) {
			t.Fatalf("%q: %d %s", body, w.Code, w.Body)
		}
	})
}

// FuzzMultiSearch does so with several searches.
func FuzzMultiSearch(f *testing.F) {
	f.Add("{}\n{\"size\":0}\n")
	f.Add("{\"index\":[\"a\",\"b*\"],\"expand_wildcards\":\"all\"}\n{}\n\n{}\n{}\n")
	h := router(f)
	f.Fuzz(func(t *testing.T, body string) {
		if len(body) > 4096 {
			return
		}
		a := elastictest.Do(t, h, "POST", "/_msearch", body)
		if a.Body == nil || a.Code >= 500 {
			t.Fatalf("%q: %d %s", body, a.Code, a.Text)
		}
	})
}
