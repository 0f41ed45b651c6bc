package searches_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"rastro/internal/elastic/cluster"
	"rastro/internal/elastic/elastictest"
	"rastro/internal/elastic/rest"
	"rastro/internal/elastic/searches"
	"rastro/internal/event"
)

// document is an event that a client wrote to an index of its own.
func document(t testing.TB, index, id, at, extra string) event.Event {
	t.Helper()
	when, err := time.Parse(time.RFC3339Nano, at)
	if err != nil {
		t.Fatal(err)
	}
	e := event.Event{Time: when.UnixNano(), ReceivedAt: when.UnixNano()}
	e.Add(event.EventID, id)
	e.Add(event.Index, index)
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(extra), &members); err != nil {
		t.Fatal(err)
	}
	for name, raw := range members {
		e.AddExtra(name, string(raw))
	}
	return e
}

// asked is a request, and what must stand at places of its answer, written as
// JSON.
type asked struct {
	method, target, body string
	code                 int
	want                 map[string]string
}

// check sends requests and looks at the places.
func check(t *testing.T, h http.Handler, list []asked) {
	t.Helper()
	for _, c := range list {
		a := elastictest.Do(t, h, c.method, c.target, c.body)
		if a.Code != c.code {
			t.Errorf("%s %s %s: %d %s", c.method, c.target, c.body, a.Code, a.Text)
			continue
		}
		for path, want := range c.want {
			got, err := json.Marshal(a.At(steps(path)...))
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != want {
				t.Errorf("%s %s %s:\n%s is %s\nwant %s\nin %s", c.method, c.target, c.body, path, got, want, a.Text)
			}
		}
	}
}

// steps reads a path such as hits.hits.0._id.
func steps(path string) []any {
	var out []any
	for part := range strings.SplitSeq(path, "/") {
		var n int
		if _, err := fmt.Sscanf(part, "%d", &n); err == nil && fmt.Sprint(n) == part {
			out = append(out, n)
			continue
		}
		out = append(out, part)
	}
	return out
}

// asSent is a document as the receiver keeps it: its message is the whole of
// its JSON.
func asSent(t testing.TB, index, id, at, text string) event.Event {
	e := document(t, index, id, at, text)
	e.Add(event.Message, text)
	e.Tag(event.TagDocument)
	return e
}

// TestSentDocuments: what Rastro needs for itself is no field of a document.
func TestSentDocuments(t *testing.T) {
	node := elastictest.Node(t, []event.Event{asSent(t, "books", "1", "2026-03-02T08:00:00Z", `{"title":"A red fox","pages":10}`)})
	err := node.Cluster.Change(func(c *cluster.Content) error {
		c.Indices["books"] = &cluster.Index{UUID: "u"}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	check(t, rest.NewRouter(node, searches.New(node).Routes()), []asked{
		{"POST", "/books/_search", `{"query":{"query_string":{"query":"fox"}},"fields":["*","message"],"highlight":{"fields":{"*":{}},"require_field_match":false}}`, 200, map[string]string{
			"hits/hits/0/_source": `{"pages":10,"title":"A red fox"}`, "hits/hits/0/fields": `{"pages":[10],"title":["A red fox"],"title.keyword":["A red fox"]}`,
			"hits/hits/0/highlight": `{"title":["A red \u003cem\u003efox\u003c/em\u003e"]}`}},
		{"GET", "/books/_field_caps?fields=*&filters=-metadata", "", 200, map[string]string{
			"fields/message": "null", "fields/pages/long/type": `"long"`, "fields/tags": "null", "fields/title/text/type": `"text"`}},
	})
}

func withDocuments(t testing.TB) http.Handler {
	node := elastictest.Node(t, append(elastictest.Six(t),
		document(t, "books", "1", "2026-03-02T08:00:00Z", `{"title":"A red <b>fox</b>","pages":10,"author":{"name":"Ann","age":30},"tag":["x","y"]}`),
		document(t, "books", "2", "2026-03-02T08:00:01Z", `{"title":"the quick fox ran","pages":9,"author":{"name":"Bob","age":41},"ok":true}`),
		document(t, "books", "3", "2026-03-02T08:00:02Z", `{"title":"no animal","pages":200,"price":1.5}`),
	))
	err := node.Cluster.Change(func(c *cluster.Content) error {
		c.Indices["books"] = &cluster.Index{UUID: "u"}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return rest.NewRouter(node, searches.New(node).Routes())
}

func TestShapes(t *testing.T) {
	h := withDocuments(t)
	check(t, h, []asked{
		{"POST", "/_search", `{"query":{"match":{"title":"fox"}},"sort":[{"pages":"asc"}]}`, 200, map[string]string{
			"hits/total": `{"relation":"eq","value":2}`, "hits/max_score": "null", "hits/hits/0/_id": `"2"`, "hits/hits/0/_score": "null",
			"hits/hits/0/sort": "[9]", "hits/hits/1/sort": "[10]", "hits/hits/0/_index": `"books"`}},
		{"POST", "/_search", `{"query":{"match":{"title":"fox"}},"sort":[{"pages":"asc"}],"search_after":[9],"track_scores":true}`, 200, map[string]string{
			"hits/hits/0/_id": `"1"`, "hits/hits/1": "null", "hits/max_score": "1"}},
		{"POST", "/_search", `{"query":{"ids":{"values":["1"]}},"_source":["author.*","pages"]}`, 200, map[string]string{
			"hits/hits/0/_source": `{"author":{"age":30,"name":"Ann"},"pages":10}`}},
		{"POST", "/_search?_source_excludes=author.age,event_id,received_at,@timestamp,index", `{"query":{"ids":{"values":["1"]}}}`, 200, map[string]string{
			"hits/hits/0/_source": `{"author":{"name":"Ann"},"pages":10,"tag":["x","y"],"title":"A red \u003cb\u003efox\u003c/b\u003e"}`}},
		{"POST", "/_search", `{"query":{"ids":{"values":["1"]}},"_source":{"includes":"author","excludes":"*.age"}}`, 200, map[string]string{
			"hits/hits/0/_source": `{"author":{"name":"Ann"}}`}},
		{"POST", "/_search", `{"query":{"ids":{"values":["1"]}},"_source":false,"fields":["author.*","tag",{"field":"@timestamp","format":"epoch_millis"}],"docvalue_fields":[{"field":"pages","format":"#.0"}]}`, 200, map[string]string{
			"hits/hits/0/fields": `{"@timestamp":["1772438400000"],"author.age":[30],"author.name":["Ann"],"author.name.keyword":["Ann"],"pages":["10.0"],"tag":["x","y"]}`, "hits/hits/0/_source": "null"}},
		{"POST", "/_search", `{"query":{"ids":{"values":["f@2"]}},"fields":["@timestamp",{"field":"timestamp","format":"strict_date_optional_time_nanos"}],"_source":false}`, 200, map[string]string{
			"hits/hits/0/fields": `{"@timestamp":["2026-03-01T23:59:59.999Z"],"timestamp":["2026-03-01T23:59:59.999Z"]}`}},
		{"POST", "/_search", `{"query":{"match_phrase":{"title":"quick fox"}},"highlight":{"fields":{"title":{}}}}`, 200, map[string]string{
			"hits/hits/0/highlight": `{"title":["the \u003cem\u003equick\u003c/em\u003e \u003cem\u003efox\u003c/em\u003e ran"]}`}},
		{"POST", "/_search", `{"query":{"match":{"title":"red"}},"highlight":{"encoder":"html","pre_tags":["["],"post_tags":["]"],"fields":{"*":{}}}}`, 200, map[string]string{
			"hits/hits/0/highlight": `{"title":["A [red] \u0026lt;b\u0026gt;fox\u0026lt;\u0026#x2F;b\u0026gt;"]}`}},
		{"POST", "/_search", `{"query":{"query_string":{"query":"level:ERR* AND sender:\"user@example.com\""}},"size":1,"highlight":{"fields":{"*":{}}}}`, 200, map[string]string{
			"hits/hits/0/highlight": `{"level":["\u003cem\u003eERROR\u003c/em\u003e"],"sender":["\u003cem\u003euser@example.com\u003c/em\u003e"]}`}},
		{"POST", "/_search", `{"query":{"bool":{"should":[{"term":{"pages":{"value":10,"_name":"ten"}}},{"match":{"title":{"query":"fox","_name":"fox"}}}]}},"sort":"pages"}`, 200, map[string]string{
			"hits/hits/0/matched_queries": `["fox"]`, "hits/hits/1/matched_queries": `["fox","ten"]`}},
		{"POST", "/_search?version=true&seq_no_primary_term=true&explain=true", `{"query":{"ids":{"values":["1"]}}}`, 200, map[string]string{
			"hits/hits/0/_version": "1", "hits/hits/0/_seq_no": "6", "hits/hits/0/_primary_term": "1", "hits/hits/0/_explanation/value": "1"}},
		{"POST", "/_search?stored_fields=_none_", `{"query":{"ids":{"values":["1"]}}}`, 200, map[string]string{
			"hits/hits/0/_id": "null", "hits/hits/0/_source": "null"}},
		{"POST", "/_search?scroll=10m&size=1&from=0", `{"query":{"ids":{"values":["1"]}},"stored_fields":["*"],"_source":true}`, 200, map[string]string{"hits/hits/0/_source/pages": "10"}},
		{"POST", "/_search", `{"query":{"ids":{"values":["1"]}},"stored_fields":["pages"]}`, 200, map[string]string{"hits/hits/0/_source": "null", "hits/hits/0/_id": `"1"`}},
		{"POST", "/_search", `{"query":{"ids":{"values":["1"]}},"stored_fields":["pages","_source"]}`, 200, map[string]string{"hits/hits/0/_source/pages": "10"}},
		{"POST", "/_search", `{"size":0,"track_total_hits":3}`, 200, map[string]string{"hits/total": `{"relation":"gte","value":3}`}},
		{"POST", "/_search", `{"size":0,"track_total_hits":false}`, 200, map[string]string{"hits/total": "null"}},
		{"POST", "/_search?rest_total_hits_as_int=true", `{"size":0}`, 200, map[string]string{"hits/total": "9"}},
		{"POST", "/_search", `{"size":0,"query":{"bool":{"filter":[{"match_all":{}}]}},"aggs":{"l":{"terms":{"field":"level"}}}}`, 200, map[string]string{
			"aggregations/l/buckets/0": `{"doc_count":3,"key":"ERROR"}`, "hits/hits": "[]"}},
		{"POST", "/_search", `{"post_filter":{"term":{"level":"INFO"}},"size":0,"aggs":{"l":{"terms":{"field":"level"}}}}`, 200, map[string]string{
			"aggregations/l/buckets/0": `{"doc_count":3,"key":"ERROR"}`, "hits/total/value": "3"}},
		{"POST", "/_search?typed_keys=true", `{"size":0,"aggs":{"t":{"top_hits":{"size":1,"_source":["delay"],"sort":[{"delay":"desc"}]}}}}`, 200, map[string]string{
			"aggregations/top_hits#t/hits/hits/0/_source": `{"delay":2.5}`}},
		{"POST", "/_search", `{"terminate_after":2}`, 200, map[string]string{"terminated_early": "true", "hits/total": `{"relation":"eq","value":2}`}},
		{"GET", "/_count", `{"query":{"term":{"level":"ERROR"}}}`, 200, map[string]string{"count": "3"}},
		{"GET", "/books/_count?q=pages:>9", "", 200, map[string]string{"count": "2"}},
	})
}

func TestMistakes(t *testing.T) {
	h := withDocuments(t)
	check(t, h, []asked{
		{"POST", "/_search", "{\n \"foo\": \"bar\"}", 400, map[string]string{
			"error/type": `"parsing_exception"`, "error/reason": `"Unknown key for a VALUE_STRING in [foo]."`, "error/line": "2", "error/col": "9"}},
		{"POST", "/_search", `{"query":{"boool":{}}}`, 400, map[string]string{"error/root_cause/0/type": `"parsing_exception"`, "status": "400"}},
		{"POST", "/_search", `{"query":{"term":{"smtp_code":"abc"}}}`, 400, map[string]string{
			"error/type": `"search_phase_execution_exception"`, "error/phase": `"query"`, "error/grouped": "true", "error/failed_shards/0/reason/type": `"query_shard_exception"`}},
		{"POST", "/_search", `{"from":10000}`, 400, map[string]string{
			"error/type": `"search_phase_execution_exception"`, "error/root_cause/0/type": `"illegal_argument_exception"`,
			"error/root_cause/0/reason": `"Result window is too large, from + size must be less than or equal to: [10000] but was [10010]. See the scroll api for a more efficient way to request large data sets. This limit can be set by changing the [index.max_result_window] index level setting."`}},
		{"GET", "/_search?from=-2", "", 400, map[string]string{"error/reason": `"[from] parameter cannot be negative but was [-2]"`}},
		{"GET", "/_search?size=-5", "", 400, map[string]string{"error/reason": `"[size] parameter cannot be negative, found [-5]"`}},
		{"GET", "/_search?size=-1", "", 200, nil},
		{"GET", "/nosuch/_search", "", 404, map[string]string{"error/type": `"index_not_found_exception"`}},
		{"GET", "/_search?sort=nosuch", "", 400, map[string]string{"error/root_cause/0/reason": `"No mapping found for [nosuch] in order to sort on"`}},
		{"POST", "/_search", `{"sort":[{"nosuch":{"order":"asc","unmapped_type":"long"}}]}`, 200, nil},
		{"POST", "/_search", `{"sort":["_shard_doc"]}`, 400, nil},
		{"POST", "/_search", `{"suggest":{}}`, 400, map[string]string{"error/type": `"illegal_argument_exception"`}},
		{"POST", "/_search", `{"script_fields":{"a":{"script":"1"}}}`, 400, nil},
		{"POST", "/_search", `{"sort":"delay","search_after":[1,2]}`, 400, map[string]string{"error/reason": `"search_after has 2 value(s) but sort has 1."`}},
		{"POST", "/_search", `{"sort":"delay","search_after":["x"]}`, 400, map[string]string{"error/reason": `"Failed to parse search_after value for field [delay]."`}},
		{"POST", "/_search", `{"sort":[{"@timestamp":{"order":"asc","format":"yyyy-MM-dd HH:mm:ss.SSS"}}],"search_after":["2021-02-11T08:30:04.828Z"]}`, 400, map[string]string{"error/type": `"parse_exception"`}},
		{"POST", "/_search", `{"size":1,"size":2}`, 400, map[string]string{"error/type": `"x_content_parse_exception"`}},
		{"POST", "/_search", `{"size":`, 400, map[string]string{"error/type": `"x_content_e_o_f_exception"`}},
		{"POST", "/_search", `[]`, 400, map[string]string{"error/type": `"parsing_exception"`}},
		{"POST", "/_search", `{"aggs":{"a":{"nosuch":{}}}}`, 400, map[string]string{"error/type": `"parsing_exception"`}},
		{"POST", "/_search?rest_total_hits_as_int=true", `{"track_total_hits":100}`, 400, nil},
		{"POST", "/_search/template", `{}`, 400, map[string]string{"error/type": `"illegal_argument_exception"`}},
		{"POST", "/_count", `{"match_all":{}}`, 400, map[string]string{"error/reason": `"request does not support [match_all]"`}},
	})
}

func TestOtherQuestions(t *testing.T) {
	h := withDocuments(t)
	check(t, h, []asked{
		{"GET", "/_field_caps?fields=message*,level,client_ip,@timestamp,host.name,pages,title*,author*,price,ok", "", 200, map[string]string{
			"fields/message/text":            `{"aggregatable":false,"metadata_field":false,"searchable":true,"type":"text"}`,
			"fields/message.keyword/keyword": `{"aggregatable":true,"metadata_field":false,"searchable":true,"type":"keyword"}`,
			"fields/client_ip/ip/type":       `"ip"`, "fields/@timestamp/date/type": `"date"`, "fields/host.name/keyword/type": `"keyword"`,
			"fields/pages/long/type": `"long"`, "fields/price/float/type": `"float"`, "fields/ok/boolean/type": `"boolean"`,
			"fields/author.age/long/type": `"long"`, "fields/author/object/searchable": "false", "fields/title.keyword/keyword/type": `"keyword"`}},
		{"POST", "/_field_caps?fields=nosuch", `{"index_filter":{"match_all":{}}}`, 200, map[string]string{"fields": "{}"}},
		{"GET", "/_field_caps", "", 400, nil},
		{"GET", "/_validate/query?q=level:ERROR&explain", "", 200, map[string]string{"valid": "true", "explanations/0/valid": "true"}},
		{"POST", "/_validate/query?explain=true", `{"query":{"boool":{}}}`, 200, map[string]string{"valid": "false"}},
		{"POST", "/_validate/query", `{"match_all":{}}`, 200, map[string]string{"valid": "false", "error": "null"}},
		{"POST", "/_validate/query?explain=true", `{"match_all":{}}`, 200, map[string]string{"error": `"org.elasticsearch.common.ParsingException: request does not support [match_all]"`}},
		{"POST", "/_validate/query?explain=true", `{"query":{"range":{"delay":{"gte":"x"}}}}`, 200, map[string]string{"valid": "false", "explanations/0/valid": "false"}},
		{"GET", "/_validate/query?explain=true", "", 200, map[string]string{"explanations/0/explanation": `"*:*"`}},
		{"POST", "/_analyze", `{"text":"Foo-Bar 12 é😀x"}`, 200, map[string]string{
			"tokens/0": `{"end_offset":3,"position":0,"start_offset":0,"token":"foo","type":"\u003cALPHANUM\u003e"}`, "tokens/2/type": `"\u003cNUM\u003e"`, "tokens/4/start_offset": "14"}},
		{"POST", "/_analyze", `{"analyzer":"keyword","text":["A b","c"]}`, 200, map[string]string{"tokens/0/token": `"A b"`, "tokens/1/position": "101", "tokens/1/start_offset": "4"}},
		{"POST", "/_analyze", `{"tokenizer":"whitespace","filter":["lowercase"],"text":"A.B c"}`, 200, map[string]string{"tokens/0/token": `"a.b"`}},
		{"POST", "/_analyze", `{"analyzer":"french","text":"x"}`, 400, nil},
		{"POST", "/_analyze", `{"analyzer":"standard"}`, 400, nil},
		{"GET", "/elemta-logs-2026.03.01/_explain/f@1", `{"query":{"term":{"level":"ERROR"}}}`, 200, map[string]string{"matched": "true", "explanation/value": "1"}},
		{"GET", "/elemta-logs-2026.03.01/_explain/zzz", `{"query":{"match_all":{}}}`, 404, map[string]string{"matched": "false"}},
		{"GET", "/elemta-logs-2026.03.01/_search_shards", "", 200, map[string]string{"shards/0/0/index": `"elemta-logs-2026.03.01"`}},
		{"POST", "/elemta-*/_terms_enum", `{"field":"level","string":"E"}`, 200, map[string]string{"terms": `["ERROR"]`, "complete": "true"}},
		{"POST", "/_async_search?size=1&wait_for_completion_timeout=30s", `{"query":{"match_all":{}}}`, 200, map[string]string{
			"is_running": "false", "is_partial": "false", "id": "null", "response/hits/total/value": "9"}},
		{"GET", "/_async_search/zzz", "", 404, nil},
	})
}

func TestCollapse(t *testing.T) {
	var events []event.Event
	for i, text := range []string{
		`{"group":1,"tag":"A","sort":10}`, `{"group":1,"tag":"B","sort":6}`, `{"group":1,"tag":"A","sort":24}`,
		`{"group":25,"tag":"B","sort":10}`, `{"group":25,"tag":"A","sort":5}`, `{"group":3,"tag":"B","sort":36}`, `{"sort":1}`,
	} {
		events = append(events, document(t, "test", fmt.Sprint(i+1), "2026-03-02T08:00:00Z", text))
	}
	node := elastictest.Node(t, events)
	err := node.Cluster.Change(func(c *cluster.Content) error {
		c.Indices["test"] = &cluster.Index{UUID: "u", Mappings: json.RawMessage(`{"properties":{"tag":{"type":"keyword"}}}`), Settings: map[string]string{"index.max_docvalue_fields_search": "2"}}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	check(t, rest.NewRouter(node, searches.New(node).Routes()), []asked{
		{"POST", "/test/_search", `{"collapse":{"field":"group"},"sort":[{"sort":"desc"}]}`, 200, map[string]string{
			"hits/total/value": "7", "hits/hits/0/fields": `{"group":[3]}`, "hits/hits/1/_id": `"3"`, "hits/hits/2/sort": "[10]", "hits/hits/2/_id": `"4"`, "hits/hits/3/_id": `"7"`}},
		{"POST", "/test/_search?rest_total_hits_as_int=true", `{"collapse":{"field":"group","inner_hits":{"name":"sub","size":2,"sort":[{"sort":"asc"}],"fields":["tag"]}},"sort":[{"sort":"desc"}]}`, 200, map[string]string{
			"hits/hits/0/inner_hits/sub/hits/total": "1", "hits/hits/1/inner_hits/sub/hits/total": "3", "hits/hits/1/inner_hits/sub/hits/hits/0/_id": `"2"`,
			"hits/hits/1/inner_hits/sub/hits/hits/1/fields/tag": `["A"]`, "hits/hits/2/inner_hits/sub/hits/hits/0/_id": `"5"`, "hits/hits/3/inner_hits/sub/hits/total": "1"}},
		{"POST", "/test/_search", `{"collapse":{"field":"group","inner_hits":[{"name":"a"},{"name":"a"}]}}`, 400, nil},
		{"POST", "/test/_search", `{"collapse":{"field":"group"},"search_after":[6],"sort":[{"sort":"desc"}]}`, 400, nil},
		{"POST", "/test/_search", `{"collapse":{"field":"group"},"search_after":[25],"sort":[{"group":"desc"}]}`, 200, map[string]string{"hits/hits/0/fields/group": "[3]", "hits/hits/1/fields/group": "[1]"}},
		{"POST", "/test/_search?scroll=1m", `{"collapse":{"field":"group"}}`, 400, nil},
		{"POST", "/test/_search?scroll=1m&request_cache=true", ``, 400, nil},
		{"POST", "/test/_search?batched_reduce_size=1", ``, 400, map[string]string{"error/reason": `"batchedReduceSize must be \u003e= 2"`}},
		{"POST", "/test/_search", `{"docvalue_fields":["a","b","c"]}`, 400, nil},
		{"POST", "/test/_search", `{"fields":[{"field":"tag","format":"yyyy/MM/dd"}]}`, 400, nil},
		{"GET", "/test/_count?terminate_after=-1", ``, 400, map[string]string{"error/reason": `"terminateAfter must be \u003e 0"`}},
	})
}
