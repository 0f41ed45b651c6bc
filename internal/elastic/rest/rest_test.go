package rest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func testRouter(routes ...Route) *Router {
	n := &Node{ID: "node"}
	n.SetDefaults()
	return NewRouter(n, routes)
}

// tell answers with the pattern and what stood in its parts.
func tell(pattern string, names ...string) Route {
	return Route{Methods: []string{"GET"}, Path: pattern, Handle: func(w http.ResponseWriter, r *Request) error {
		out := map[string]string{"route": pattern}
		for _, n := range names {
			out[n] = r.PathValue(n)
		}
		return WriteJSON(w, r, 200, out)
	}}
}

func get(rt http.Handler, method, target string, header ...string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	rt.ServeHTTP(w, r)
	return w
}

func TestLiteralsComeFirst(t *testing.T) {
	t.Parallel()
	rt := testRouter(tell("/"), tell("/_search"), tell("/{index}", "index"), tell("/{index}/_search", "index"), tell("/_cat/{thing}", "thing"), tell("/_cat/indices/{index}", "index"), tell("/{index}/_doc/{id}", "index", "id"))
	for target, want := range map[string]string{
		"/":                                 `{"route":"/"}`,
		"/_search":                          `{"route":"/_search"}`,
		"/a,b/_search":                      `{"index":"a,b","route":"/{index}/_search"}`,
		"/_all/_search/":                    `{"index":"_all","route":"/{index}/_search"}`,
		"/_cat/x":                           `{"route":"/_cat/{thing}","thing":"x"}`,
		"/_cat/indices/x":                   `{"index":"x","route":"/_cat/indices/{index}"}`,
		"/%3Clogs-%7Bnow%2Fd%7D%3E/_search": `{"index":"<logs-{now/d}>","route":"/{index}/_search"}`,
		"/a/_doc/x%2Fy":                     `{"id":"x/y","index":"a","route":"/{index}/_doc/{id}"}`,
		"/a/_doc/_under":                    `{"id":"_under","index":"a","route":"/{index}/_doc/{id}"}`,
		"/%3Clogs%3E":                       `{"index":"<logs>","route":"/{index}"}`,
	} {
		if w := get(rt, "GET", target); w.Code != 200 || w.Body.String() != want || w.Header().Get("X-Elastic-Product") != "Elasticsearch" {
			t.Errorf("%s: %d %s, want %s", target, w.Code, w.Body, want)
		}
	}
	for target, want := range map[string]int{"/_nothing": 400, "/_nothing/_search": 400, "/a/b/c/d": 400, "/a/_doc": 400} {
		if w := get(rt, "GET", target); w.Code != want || !strings.Contains(w.Body.String(), "no handler found") {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
	if w := get(rt, "DELETE", "/_search"); w.Code != 405 || w.Header().Get("Allow") != "GET,HEAD,OPTIONS" {
		t.Errorf("DELETE: %d %v %s", w.Code, w.Header(), w.Body)
	}
	if w := get(rt, "OPTIONS", "/_search"); w.Code != 200 {
		t.Errorf("OPTIONS: %d", w.Code)
	}
}

func TestErrorsHaveElasticsearchsShape(t *testing.T) {
	t.Parallel()
	rt := testRouter(Route{Methods: []string{"GET"}, Path: "/x", Params: []string{"q"}, Handle: func(http.ResponseWriter, *Request) error { return IndexNotFound("mail") }})
	w := get(rt, "GET", "/x?q=1")
	want := `{"error":{"index":"mail","index_uuid":"_na_","reason":"no such index [mail]","resource.id":"mail","resource.type":"index_or_alias",` +
		`"root_cause":[{"index":"mail","index_uuid":"_na_","reason":"no such index [mail]","resource.id":"mail","resource.type":"index_or_alias","type":"index_not_found_exception"}],` +
		`"type":"index_not_found_exception"},"status":404}`
	if w.Code != 404 || w.Body.String() != want {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := get(rt, "GET", "/x?siez=1"); w.Code != 400 || !strings.Contains(w.Body.String(), "unrecognized parameter: [siez]") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := get(rt, "HEAD", "/x"); w.Code != 404 || w.Body.Len() != 0 {
		t.Errorf("HEAD: %d %s", w.Code, w.Body)
	}
}

func TestPagesOfOtherSitesMayNotWrite(t *testing.T) {
	t.Parallel()
	rt := testRouter(Route{Methods: []string{"POST", "GET"}, Path: "/_bulk", Handle: func(w http.ResponseWriter, r *Request) error { return Acknowledge(w, r) }})
	for _, c := range []struct {
		method, name, value string
		want                int
	}{
		{"POST", "Sec-Fetch-Site", "cross-site", 403}, {"POST", "Origin", "https://evil.example", 403},
		{"POST", "User-Agent", "curl/8", 200}, {"GET", "Sec-Fetch-Site", "cross-site", 200}, {"POST", "Sec-Fetch-Site", "same-origin", 200},
	} {
		if w := get(rt, c.method, "/_bulk", c.name, c.value); w.Code != c.want {
			t.Errorf("%s with %s: %s gives %d %s", c.method, c.name, c.value, w.Code, w.Body)
		}
	}
}

func TestForms(t *testing.T) {
	t.Parallel()
	rt := testRouter(Route{Methods: []string{"GET"}, Path: "/x", Handle: func(w http.ResponseWriter, r *Request) error {
		return WriteJSON(w, r, 200, json.RawMessage(`{"took":1,"hits":{"total":{"value":2},"hits":[{"_id":"a","_source":{"n":1,"m":2}},{"_id":"b"}]},"n":12345678901234567}`))
	}})
	for target, want := range map[string]string{
		"/x?filter_path=took":                         `{"took":1}`,
		"/x?filter_path=hits.hits._id,took":           `{"hits":{"hits":[{"_id":"a"},{"_id":"b"}]},"took":1}`,
		"/x?filter_path=hits.total.value":             `{"hits":{"total":{"value":2}}}`,
		"/x?filter_path=**.n":                         `{"hits":{"hits":[{"_source":{"n":1}}]},"n":12345678901234567}`,
		"/x?filter_path=-hits,-n":                     `{"took":1}`,
		"/x?filter_path=hits.hits,-hits.hits._source": `{"hits":{"hits":[{"_id":"a"},{"_id":"b"}]}}`,
		"/x?filter_path=nothing":                      `{}`,
		"/x?filter_path=h*.t*":                        `{"hits":{"total":{"value":2}}}`,
		"/x?filter_path=took&pretty":                  "{\n  \"took\": 1\n}\n",
		"/x?filter_path=hits.total,n&format=yaml":     "hits:\n    total:\n        value: 2\n\"n\": 12345678901234567\n",
	} {
		if w := get(rt, "GET", target); w.Code != 200 || w.Body.String() != want {
			t.Errorf("%s: %d %q", target, w.Code, w.Body)
		}
	}
	w := get(rt, "GET", "/x", "Accept", "application/vnd.elasticsearch+json; compatible-with=9")
	if got := w.Header().Get("Content-Type"); got != "application/vnd.elasticsearch+json;compatible-with=9" {
		t.Errorf("Content-Type %q", got)
	}
}

func TestTimes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"30s": "30s", "1.5h": "1h30m0s", "500ms": "500ms", "2d": "48h0m0s", "-1": "0s", "5micros": "5µs", "7nanos": "7ns"} {
		if d, err := ParseTime(text); err != nil || d.String() != want {
			t.Errorf("%s: %v %v", text, d, err)
		}
	}
	for _, text := range []string{"", "s", "5", "5x", "-5s", "1e300d", "NaNs"} {
		if d, err := ParseTime(text); err == nil {
			t.Errorf("%q gives %v", text, d)
		}
	}
}
