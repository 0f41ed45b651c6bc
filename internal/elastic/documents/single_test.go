package documents

import (
	"fmt"
	"strings"
	"testing"
)

func TestSingleDocuments(t *testing.T) {
	t.Parallel()
	b := openBench(t, t.TempDir())
	a := b.do("POST", "/test/_doc", `{"a":1}`)
	id, _ := a.At("_id").(string)
	if a.Code != 201 || len(id) != 20 || a.At("result") != "created" || a.At("_primary_term") != 1.0 || a.At("status") != nil || a.Header.Get("Location") != "/test/_doc/"+id {
		t.Errorf("%d %v %s", a.Code, a.Header, a.Text)
	}
	for _, c := range []struct {
		method, target, body string
		code                 int
		want                 string
	}{
		{"PUT", "/test/_doc/x%2Fy", `{"a":{"b":1,"c":2},"d":[1,2],"e":null}`, 201, `"_id":"x/y"`},
		{"GET", "/test/_doc/x%2Fy", "", 200, `"found":true`},
		{"HEAD", "/test/_doc/x%2Fy", "", 200, ""},
		{"PUT", "/test/_doc/1", `{"a":1}`, 201, `"result":"created"`},
		{"PUT", "/test/_doc/1", `{"a":1}`, 200, `"result":"noop"`},
		{"PUT", "/test/_doc/1", `{"a":2}`, 409, "version_conflict_engine_exception"},
		{"PUT", "/test/_create/1", `{"a":1}`, 409, "[1]: version conflict, document already exists (current version [1])"},
		{"POST", "/test/_create/2", `{"a":1}`, 201, `"_id":"2"`},
		{"PUT", "/test/_doc/2?op_type=create", `{"a":1}`, 409, `"index":"test"`},
		{"PUT", "/test/_doc/3?op_type=other", `{"a":1}`, 400, "opType must be"},
		{"PUT", "/test/_doc/3", ``, 400, "request body is required"},
		{"PUT", "/test/_doc/3", `{"a":`, 400, "document_parsing_exception"},
		{"PUT", "/test/_doc/3", `{"_id":"3"}`, 400, "Field [_id] is a metadata field and cannot be added inside a document."},
		{"PUT", "/test/_doc/3?if_seq_no=1&if_primary_term=1", `{}`, 400, "if_seq_no"},
		{"PUT", "/test/_doc/3?version=5&version_type=external", `{}`, 400, "version 1"},
		{"PUT", "/test/_doc/3?pipeline=p", `{}`, 400, "pipeline with id [p] does not exist"},
		{"PUT", "/test/_doc/3?pipeline=_none&routing=r&timeout=1s", `{}`, 201, ""},
		{"PUT", "/TEST/_doc/3", `{}`, 400, "Invalid index name [TEST], must be lowercase"},
		{"PUT", "/test/_doc/" + strings.Repeat("i", 513), `{}`, 400, "is too long"},
		{"POST", "/test/_doc?require_alias=true", `{}`, 404, "require_alias"},
		{"GET", "/test/_doc/none", "", 404, `{"_index":"test","_id":"none","found":false}`},
		{"GET", "/none/_doc/1", "", 404, "index_not_found_exception"},
		{"GET", "/elemta-logs-2020.01.01/_doc/1", "", 404, "index_not_found_exception"},
		{"GET", "/test/_source/1", "", 200, `"a":1`},
		{"GET", "/test/_source/none", "", 404, "Document not found [test]/[none]"},
		{"GET", "/test/_source/x%2Fy?_source_includes=a.*&_source_excludes=a.c", "", 200, `{"a":{"b":1}}`},
		{"GET", "/test/_doc/x%2Fy?_source=a.b,d", "", 200, `"_source":{"a":{"b":1},"d":[1,2]}`},
		{"GET", "/test/_doc/x%2Fy?_source=_id", "", 200, `"_source":{}`},
		{"GET", "/test/_doc/1?_source=false", "", 200, `"found":true}`},
		{"GET", "/test/_doc/1?stored_fields=a", "", 400, "stored_fields"},
		{"GET", "/test/_doc/1?version=2", "", 409, "version_conflict"},
		{"GET", "/test/_doc/1?realtime=false&refresh=true&preference=_local&routing=x", "", 200, ""},
		{"POST", "/test/_update/1", `{"doc":{}}`, 400, "never updated"},
		{"DELETE", "/test/_doc/1", "", 400, "never deleted"},
		{"POST", "/test/_delete_by_query?conflicts=proceed", `{"query":{"match_all":{}}}`, 400, "never deleted"},
		{"POST", "/test/_update_by_query", `{}`, 400, "never updated"},
		{"POST", "/_reindex", `{}`, 400, "not copied"},
		{"POST", "/_refresh", "", 200, `"failed":0`},
		{"GET", "/test/_refresh", "", 200, `{"_shards":{"failed":0,"successful":1,"total":1}}`},
		{"POST", "/none/_refresh", "", 404, "index_not_found"},
		{"POST", "/test/_flush?force=true&wait_if_ongoing", "", 200, ""},
		{"PUT", "/_refresh", "", 405, ""},
	} {
		if a := b.do(c.method, c.target, c.body); a.Code != c.code || !strings.Contains(a.Text, c.want) {
			t.Errorf("%s %.60s: %d %.400s, want %d %s", c.method, c.target, a.Code, a.Text, c.code, c.want)
		}
	}
}

func TestMultiGet(t *testing.T) {
	t.Parallel()
	b := openBench(t, t.TempDir())
	for i := range 3 {
		b.do("PUT", fmt.Sprintf("/test/_doc/%d", i), fmt.Sprintf(`{"n":%d,"o":{"p":1}}`, i))
	}
	a := b.do("POST", "/_mget", `{"docs":[{"_index":"test","_id":2},{"_index":"none","_id":"1"},{"_index":"test","_id":"9"},{"_index":"test","_id":"0","_source":["n"]},{"_index":"test","_id":"1","_source":false},{"_index":"test","_id":"1","_source":{"includes":"o.*"}}]}`)
	if a.Code != 200 || fmt.Sprint(a.At("docs", 5, "_source")) != "map[o:map[p:1]]" {
		t.Errorf("a _source with one name: %d %s", a.Code, a.Text)
	}
	if a := b.do("POST", "/_mget", `{"docs":[{"_index":"test","_id":"1","_source":5}]}`); a.Code != 400 {
		t.Errorf("a _source that is none: %d %s", a.Code, a.Text)
	}
	a = b.do("POST", "/_mget", `{"docs":[{"_index":"test","_id":2},{"_index":"none","_id":"1"},{"_index":"test","_id":"9"},{"_index":"test","_id":"0","_source":["n"]},{"_index":"test","_id":"1","_source":false}]}`)
	if a.Code != 200 || a.At("docs", 0, "_source", "n") != 2.0 || a.At("docs", 1, "error", "type") != "index_not_found_exception" || a.At("docs", 1, "error", "root_cause", 0, "type") != "index_not_found_exception" ||
		a.At("docs", 2, "found") != false || fmt.Sprint(a.At("docs", 3, "_source")) != "map[n:0]" || a.At("docs", 4, "found") != true || a.At("docs", 4, "_source") != nil {
		t.Errorf("%d %s", a.Code, a.Text)
	}
	if a := b.do("GET", "/test/_mget?_source=n", `{"ids":["0","1"]}`); a.At("docs", 1, "_source", "n") != 1.0 || a.At("docs", 1, "_source", "message") != nil {
		t.Errorf("%d %s", a.Code, a.Text)
	}
	for body, want := range map[string]string{`{"docs":[]}`: "no documents to get", `{"ids":["1"]}`: "index is missing for doc 0", `{"docs":[{"_index":"a"}]}`: "id is missing for doc 0", `[]`: "list of documents", "": "request body is required"} {
		if a := b.do("POST", "/_mget", body); a.Code != 400 || !strings.Contains(a.Text, want) {
			t.Errorf("%s: %d %s", body, a.Code, a.Text)
		}
	}
}

// TestDocumentsOfAnotherDay writes to the index of a day what is of another:
// its name keeps it.
func TestDocumentsOfAnotherDay(t *testing.T) {
	t.Parallel()
	b := openBench(t, t.TempDir())
	for target, body := range map[string]string{
		"/elemta-logs-2026.11.27/_doc/1": `{"@timestamp":"2020-01-01T00:00:00Z","message":"x"}`,
		"/elemta-logs-2026.11.27/_doc/2": `{"@timestamp":"2026-11-27T00:00:00Z","message":"x"}`,
		"/elemta-logs-2026.11.26/_doc/1": `{"@timestamp":"2026-11-27T00:00:00+05:00","message":"x"}`,
	} {
		if a := b.do("PUT", target+"?refresh", body); a.Code != 201 {
			t.Errorf("%s: %s", target, a.Text)
		}
	}
	for name, want := range map[string]float64{"elemta-logs-2026.11.27": 2, "elemta-logs-2026.11.26": 1, "elemta-logs-2020.01.01": 0, "elemta-logs-*": 3, "_all": 3, "elemta-logs-*,-elemta-logs-2026.11.27": 1} {
		if got := b.count(name); got != want {
			t.Errorf("%s holds %v, want %v", name, got, want)
		}
	}
	if a := b.do("GET", "/elemta-logs-2026.11.27/_doc/1", ""); a.At("_source", "@timestamp") != "2020-01-01T00:00:00Z" {
		t.Errorf("%s", a.Text)
	}
}
