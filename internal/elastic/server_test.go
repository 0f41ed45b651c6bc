package elastic

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"rastro/internal/elastic/elastictest"
	"rastro/internal/elastic/rest"
)

func newServer(t *testing.T) *Server {
	t.Helper()
	s := New(*elastictest.Node(t, elastictest.Six(t)), Options{})
	t.Cleanup(s.Close)
	return s
}

func get(t *testing.T, s *Server, target string) (int, map[string]any) {
	t.Helper()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
	if w.Header().Get("X-Elastic-Product") != "Elasticsearch" {
		t.Errorf("%s: the header that clients check is missing", target)
	}
	var body map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
		t.Fatalf("%s: %v in %s", target, err, w.Body)
	}
	return w.Code, body
}

func q(text string) string { return "q=" + url.QueryEscape(text) }

// at reads a value by its path.
func at(v any, path ...any) any {
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[p]
		case int:
			l, _ := v.([]any)
			if p >= len(l) {
				return nil
			}
			v = l[p]
		}
	}
	return v
}

func TestRootAndHealth(t *testing.T) {
	s := newServer(t)
	if code, body := get(t, s, "/"); code != 200 || at(body, "version", "number") != rest.Version || at(body, "name") != "n1" || at(body, "tagline") == nil {
		t.Errorf("GET /: %d %v", code, body)
	}
	code, body := get(t, s, "/_cluster/health?pretty")
	if code != 200 || at(body, "status") != "green" || at(body, "timed_out") != false || at(body, "number_of_nodes") != 1.0 || at(body, "active_shards") != 3.0 {
		t.Errorf("health: %d %v", code, body)
	}
}

func TestCountByQueryAndIndex(t *testing.T) {
	s := newServer(t)
	for target, want := range map[string]float64{
		"/_count":                                                      6,
		"/_count?" + q(`level:"ERROR"`):                                3,
		"/_count?" + q(`level:error`):                                  3,
		"/elemta-logs-*/_count":                                        6,
		"/elemta-logs-2026.03.01/_count":                               3,
		"/elemta-logs-2026.03.*/_count":                                5,
		"/elemta-logs-2026.03.01,elemta-logs-2026.03.02/_count":        5,
		"/elemta-logs-*,-elemta-logs-2026.03.02/_count":                4,
		"/other-*/_count":                                              0,
		"/elemta-logs-2030.01.01/_count?ignore_unavailable=true":       0,
		"/_count?" + q(`@timestamp:[now/d TO now/d]`):                  2,
		"/_count?" + q(`level:"ERROR" AND @timestamp:[now-1h TO now]`): 0,
		"/_count?" + q(`level:"INFO" AND @timestamp:[now-1h TO now]`):  1,
		"/_count?" + q(`@timestamp:[now/d TO now/d]`) + "&time_zone=" + url.QueryEscape("-05:00"): 1,
		"/_count?" + q("level:INFO sender:nobody") + "&default_operator=AND":                      0,
	} {
		if code, body := get(t, s, target); code != 200 || at(body, "count") != want {
			t.Errorf("%s: %d %v, want %v", target, code, body, want)
		}
	}
}

func TestSearch(t *testing.T) {
	s := newServer(t)
	code, body := get(t, s, "/elemta-logs-*/_search?size=2&"+q("level:INFO"))
	if code != 200 || at(body, "hits", "total", "value") != 3.0 || at(body, "hits", "total", "relation") != "eq" {
		t.Fatalf("%d %v", code, body)
	}
	first := at(body, "hits", "hits", 0)
	if at(first, "_index") != "elemta-logs-2026.03.02" || at(first, "_id") != "f@4" || at(first, "_source", "@timestamp") != "2026-03-02T09:00:00Z" || at(first, "_source", "sender") != "user@example.com" {
		t.Errorf("first hit %v", first)
	}
	_, body = get(t, s, "/_search?sort=delay:asc&size=2&from=1&_source=delay")
	if at(body, "hits", "hits", 0, "_source", "delay") != 0.5 || at(body, "hits", "hits", 1, "sort", 0) != 1.0 || at(body, "hits", "hits", 0, "_source", "sender") != nil {
		t.Errorf("sorted by delay: %v", body)
	}
	_, body = get(t, s, "/_search?sort=@timestamp:asc&size=1&rest_total_hits_as_int=true&_source=false")
	if at(body, "hits", "total") != 6.0 || at(body, "hits", "hits", 0, "sort", 0) != 1740787200000.0 || at(body, "hits", "hits", 0, "_source") != nil {
		t.Errorf("oldest first: %v", body)
	}
}

func TestMistakesAreNamed(t *testing.T) {
	s := newServer(t)
	for target, want := range map[string]string{
		"/_search?" + q(`client_ip:2001:db8::1`): "search_phase_execution_exception",
		"/_search?" + q(`"unclosed`):             "search_phase_execution_exception",
		"/_search?siez=3":                        "illegal_argument_exception",
		"/_search?size=ten":                      "illegal_argument_exception",
		"/_search?size=10001":                    "search_phase_execution_exception",
		"/_search?sort=delay:up":                 "illegal_argument_exception",
		"/_count?time_zone=Mars%2FBase&q=a":      "illegal_argument_exception",
		"/_nodez":                                "illegal_argument_exception",
		"/elemta-logs-2030.01.01/_search":        "index_not_found_exception",
	} {
		code, body := get(t, s, target)
		if code < 400 || code > 404 || at(body, "error", "type") != want || at(body, "error", "root_cause", 0, "reason") == "" || at(body, "status") != float64(code) {
			t.Errorf("%s: %d %v, want %s", target, code, body, want)
		}
	}
}

func TestMethods(t *testing.T) {
	s := newServer(t)
	for _, c := range []struct {
		method, path string
		code         int
	}{
		{"HEAD", "/", 200}, {"HEAD", "/_search", 200}, {"OPTIONS", "/_search", 200}, {"PUT", "/_search", 405},
		{"DELETE", "/elemta-logs-2026.03.01/_count", 405}, {"POST", "/", 405}, {"DELETE", "/elemta-logs-*", 400},
	} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(c.method, c.path, nil))
		if w.Code != c.code || c.code == 405 && (w.Header().Get("Allow") == "" || !strings.Contains(w.Body.String(), "allowed: [")) {
			t.Errorf("%s %s: %d Allow %q %s", c.method, c.path, w.Code, w.Header().Get("Allow"), w.Body)
		}
		if c.code == 405 && c.path != "/" && !strings.Contains(w.Header().Get("Allow"), "POST") {
			t.Errorf("%s %s: Allow %q", c.method, c.path, w.Header().Get("Allow"))
		}
	}
}

// TestPrettyIsTheSame compares both forms of an answer, and their order with
// Elasticsearch's.
func TestPrettyIsTheSame(t *testing.T) {
	s := newServer(t)
	for _, target := range []string{"/_search?sort=delay:desc", "/_search?size=1", "/_search?size=0", "/_search?q=nothing&track_total_hits=false", "/_search?_source=false"} {
		plain, indented := httptest.NewRecorder(), httptest.NewRecorder()
		s.ServeHTTP(plain, httptest.NewRequest(http.MethodGet, target, nil))
		s.ServeHTTP(indented, httptest.NewRequest(http.MethodGet, target+"&pretty", nil))
		var a, b bytes.Buffer
		if err := json.Indent(&a, plain.Body.Bytes(), "", "  "); err != nil {
			t.Fatalf("%s: %v in %s", target, err, plain.Body)
		}
		b.Write(indented.Body.Bytes())
		took := regexp.MustCompile(`"took": \d+`)
		if x, y := took.ReplaceAllString(a.String(), ""), took.ReplaceAllString(b.String(), ""); strings.TrimSpace(x) != strings.TrimSpace(y) {
			t.Errorf("%s: plain, indented\n%s\nand pretty\n%s", target, x, y)
		}
		if text := plain.Body.String(); !regexp.MustCompile(`^\{"took":\d+,"timed_out":false,"_shards":.*,"hits":\{("total":.*,)?"max_score":(null|1\.0),"hits":\[`).MatchString(text) {
			t.Errorf("%s: %s", target, text)
		}
	}
}

func TestOddRequests(t *testing.T) {
	s := newServer(t)
	for target, want := range map[string]int{
		"/_search?size=9999&from=1":                    200,
		"/_search?size=9999&from=2":                    400,
		"/_search?from=-1":                             400,
		"/_search?size=99999999999999999999":           400,
		"/_search?sort=_score,_doc":                    200,
		"/_search?_source=a*":                          200,
		"/_search?df=sender&q=x":                       200,
		"/%2e%2e/_search":                              404,
		"/a%00b/_search":                               404,
		"/" + strings.Repeat("a,", 1001) + "a/_search": 400,
		"/_search?track_total_hits=x":                  400,
		"/_search?track_total_hits=2":                  200,
		"/_search?q=" + strings.Repeat("(", 100_000):   400,
		"/_search?time_zone=Local&q=a":                 400,
	} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
		if w.Code != want || !json.Valid(w.Body.Bytes()) {
			t.Errorf("%.60s: %d %.300s, want %d", target, w.Code, w.Body, want)
		}
	}
}
