package searches_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"rastro/internal/elastic/cluster"
	"rastro/internal/elastic/elastictest"
	"rastro/internal/elastic/rest"
	"rastro/internal/elastic/searches"
	"rastro/internal/elastic/tasks"
	"rastro/internal/event"
)

// many are events of which several share a millisecond.
func many(n int) []event.Event {
	var list []event.Event
	for i := range n {
		e := event.Event{Time: 1_772_400_000_000_000_000 + int64(i/7)*1_000_000 + int64(i*31%1000)*1000, ReceivedAt: 1}
		e.Add(event.Message, fmt.Sprintf("number %d", i))
		e.Add(event.SourceID, "m")
		e.AddInt(event.Offset, int64(i))
		list = append(list, e)
	}
	return list
}

// TestScroll walks through all hits in several orders; no hit may be missing
// or come twice.
func TestScroll(t *testing.T) {
	node := elastictest.Node(t, many(100))
	h := rest.NewRouter(node, searches.New(node).Routes())
	for _, body := range []string{`{"size":7}`, `{"size":50,"sort":["_doc"]}`, `{"size":33,"sort":[{"@timestamp":"asc"}]}`, `{"size":10,"sort":[{"offset":"desc"}],"query":{"match":{"message":"number"}}}`} {
		seen := map[string]bool{}
		a := elastictest.Do(t, h, "POST", "/_search?scroll=1m", body)
		if total := a.At("hits", "total", "value"); total != 100.0 {
			t.Fatalf("%s: %v %s", body, total, a.Text)
		}
		for len(a.At("hits", "hits").([]any)) > 0 {
			for _, id := range strings.Fields(ids(a)) {
				if seen[id] {
					t.Errorf("%s: %s comes twice", body, id)
				}
				seen[id] = true
			}
			a = elastictest.Do(t, h, "POST", "/_search/scroll", fmt.Sprintf(`{"scroll":"1m","scroll_id":%q}`, a.At("_scroll_id")))
		}
		if len(seen) != 100 {
			t.Errorf("%s: %d of 100 hits", body, len(seen))
		}
		check(t, h, []asked{
			{"DELETE", "/_search/scroll", fmt.Sprintf(`{"scroll_id":[%q]}`, a.At("_scroll_id")), 200, map[string]string{"succeeded": "true", "num_freed": "1"}},
			{"DELETE", "/_search/scroll", fmt.Sprintf(`{"scroll_id":[%q]}`, a.At("_scroll_id")), 404, nil},
			{"GET", fmt.Sprintf("/_search/scroll?scroll_id=%s", a.At("_scroll_id")), "", 404, map[string]string{"error/root_cause/0/type": `"search_context_missing_exception"`}},
		})
	}
	check(t, h, []asked{
		{"POST", "/_search?scroll=1m", `{"size":0}`, 400, nil},
		{"POST", "/_search?scroll=1m&from=1", ``, 400, map[string]string{"error/reason": `"Validation Failed: 1: using [from] is not allowed in a scroll context;"`}},
		{"POST", "/_search?scroll=2d", ``, 400, nil},
		{"POST", "/_search/scroll", `{"scroll_id":"zzz"}`, 400, map[string]string{"error/reason": `"Cannot parse scroll id"`}},
		{"DELETE", "/_search/scroll/_all", ``, 200, map[string]string{"num_freed": "0"}},
	})
}

// TestSlices takes the hits in parts that have nothing in common.
func TestSlices(t *testing.T) {
	node := elastictest.Node(t, many(100))
	h := rest.NewRouter(node, searches.New(node).Routes())
	seen := map[string]int{}
	for slice := range 7 {
		a := elastictest.Do(t, h, "POST", "/_search?scroll=1m", fmt.Sprintf(`{"size":100,"slice":{"id":%d,"max":7}}`, slice))
		for _, id := range strings.Fields(ids(a)) {
			seen[id]++
		}
	}
	if len(seen) != 100 {
		t.Errorf("%d of 100 hits", len(seen))
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s is in %d slices", id, n)
		}
	}
}

// TestPointInTime pages by search_after within one millisecond, where only the
// tie break tells hits apart.
func TestPointInTime(t *testing.T) {
	node := elastictest.Node(t, many(100))
	h := rest.NewRouter(node, searches.New(node).Routes())
	pit := elastictest.Do(t, h, "POST", "/elemta-logs-*/_pit?keep_alive=1m", "").At("id").(string)
	seen := map[string]bool{}
	after := ""
	for {
		a := elastictest.Do(t, h, "POST", "/_search", fmt.Sprintf(`{"size":9,"sort":[{"@timestamp":"desc"}],"pit":{"id":%q}%s}`, pit, after))
		list := strings.Fields(ids(a))
		if len(list) == 0 {
			if a.Code != 200 || a.At("pit_id") != pit {
				t.Fatal(a.Text)
			}
			break
		}
		for _, id := range list {
			if seen[id] {
				t.Fatalf("%s comes twice", id)
			}
			seen[id] = true
		}
		values, _ := json.Marshal(a.At("hits", "hits", len(list)-1, "sort"))
		after = `,"search_after":` + string(values)
	}
	if len(seen) != 100 {
		t.Errorf("%d of 100 hits", len(seen))
	}
	check(t, h, []asked{
		{"POST", "/elemta-logs-*/_search", fmt.Sprintf(`{"pit":{"id":%q}}`, pit), 400, nil},
		{"POST", "/_search", fmt.Sprintf(`{"pit":{"id":%q},"sort":["_shard_doc"],"size":1}`, pit), 200, map[string]string{"hits/hits/0/sort": "[1]"}},
		{"DELETE", "/_pit", fmt.Sprintf(`{"id":%q}`, pit), 200, map[string]string{"num_freed": "1"}},
		{"DELETE", "/_pit", fmt.Sprintf(`{"id":%q}`, pit), 404, nil},
		{"POST", "/_search", fmt.Sprintf(`{"pit":{"id":%q}}`, pit), 404, nil},
		{"POST", "/_pit", ``, 405, nil},
		{"POST", "/elemta-logs-*/_pit", ``, 400, nil},
	})
}

func TestMultiSearch(t *testing.T) {
	h := withDocuments(t)
	check(t, h, []asked{
		{"POST", "/_msearch", "{\"index\":\"books\"}\n{\"size\":1,\"sort\":\"pages\"}\n\n{\"query\":{\"term\":{\"level\":\"ERROR\"}}}\n{\"index\":\"nosuch\"}\n{}\n{\"index\":[\"books\",\"nosuch\"],\"ignore_unavailable\":true}\n{\"size\":0}\n{}\n{\"foo\":1}\n", 200, map[string]string{
			"responses/0/hits/hits/0/_id": `"2"`, "responses/0/status": "200", "responses/1/hits/total/value": "3", "responses/2/status": "404",
			"responses/2/error/type": `"index_not_found_exception"`, "responses/3/hits/total/value": "3", "responses/4/error/type": `"parsing_exception"`}},
		{"POST", "/books/_msearch?rest_total_hits_as_int=true", "{}\n{}\n", 200, map[string]string{"responses/0/hits/total": "3"}},
		{"POST", "/_msearch", "{}\n{}", 400, map[string]string{"error/type": `"illegal_argument_exception"`}},
		{"POST", "/_msearch", "", 400, map[string]string{"error/type": `"action_request_validation_exception"`}},
		{"POST", "/_msearch", "{\"nosuch\":1}\n{}\n", 400, map[string]string{"error/reason": `"key [nosuch] is not supported in the metadata section"`}},
		{"POST", "/_msearch?rest_total_hits_as_int=true", "{}\n{\"track_total_hits\":10}\n", 400, nil},
		{"POST", "/_msearch", strings.Repeat("{}\n{\"size\":0}\n", 1001), 400, nil},
	})
}

func TestAsyncSearch(t *testing.T) {
	node := elastictest.Node(t, many(20))
	h := rest.NewRouter(node, searches.New(node).Routes())
	a := elastictest.Do(t, h, "POST", "/_async_search?keep_on_completion=true&wait_for_completion_timeout=30s&keep_alive=1m", `{"size":2}`)
	id, _ := a.At("id").(string)
	if a.Code != 200 || id == "" || a.At("is_running") != false {
		t.Fatal(a.Text)
	}
	check(t, h, []asked{
		{"GET", "/_async_search/" + id, "", 200, map[string]string{"id": fmt.Sprintf("%q", id), "is_partial": "false", "response/hits/total/value": "20"}},
		{"GET", "/_async_search/status/" + id, "", 200, map[string]string{"is_running": "false", "completion_status": "200"}},
		{"DELETE", "/_async_search/" + id, "", 200, map[string]string{"acknowledged": "true"}},
		{"DELETE", "/_async_search/" + id, "", 404, nil},
		{"POST", "/_async_search", `{"foo":1}`, 400, nil},
	})
}

// TestCancelledSearchEnds cancels a search while it is read, which then ends
// before it is asked.
func TestCancelledSearchEnds(t *testing.T) {
	node := elastictest.Node(t, many(10))
	h := rest.NewRouter(node, searches.New(node).Routes(), tasks.New(node).Routes())
	inside := false
	node.Now = func() time.Time {
		if !inside {
			inside = true
			if a := elastictest.Do(t, h, "POST", "/_tasks/_cancel?actions=*search", ""); !strings.Contains(a.Text, `"cancelled":true`) {
				t.Errorf("nothing was cancelled: %s", a.Text)
			}
		}
		return elastictest.Now
	}
	check(t, h, []asked{
		{"POST", "/_search", `{"query":{"match_all":{}}}`, 400, map[string]string{"error/type": `"task_cancelled_exception"`}},
	})
}

func TestSlowLog(t *testing.T) {
	node := elastictest.Node(t, many(10))
	var out bytes.Buffer
	node.Log = slog.New(slog.NewTextHandler(&out, nil))
	h := rest.NewRouter(node, searches.New(node).Routes())
	set := func(values map[string]string) {
		err := node.Cluster.Change(func(c *cluster.Content) error {
			c.AllSettings = values
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	ask := func() string {
		out.Reset()
		elastictest.Do(t, h, "POST", "/elemta-logs-*/_search", `{"query":{"match":{"message":"number"}}}`)
		return out.String()
	}
	if text := ask(); text != "" {
		t.Error("a line without a threshold:", text)
	}
	set(map[string]string{"index.search.slowlog.threshold.query.debug": "0s", "index.search.slowlog.threshold.query.warn": "1h"})
	for _, want := range []string{"level=INFO", "slow=query.debug", "took=", `path=elemta-logs-*`, `query="{\"query\":{\"match\":{\"message\":\"number\"}}}"`, "count=10"} {
		if text := ask(); !strings.Contains(text, want) {
			t.Errorf("no %s in %s", want, text)
		}
	}
	set(map[string]string{"index.search.slowlog.threshold.query.warn": "0", "index.search.slowlog.threshold.fetch.info": "0ms"})
	if text := ask(); !strings.Contains(text, "level=WARN") || !strings.Contains(text, "slow=fetch.info") {
		t.Error(text)
	}
	set(map[string]string{"index.search.slowlog.threshold.query.warn": "-1"})
	if text := ask(); text != "" {
		t.Error(text)
	}
}

// TestScrollsAreBounded opens scrolls with large questions until there is no
// room, and makes room again.
func TestScrollsAreBounded(t *testing.T) {
	node := elastictest.Node(t, many(3))
	h := rest.NewRouter(node, searches.New(node).Routes())
	body := `{"size":1,"query":{"match_all":{}}` + strings.Repeat(" ", 10<<20) + "}"
	opened := 0
	for range 10 {
		a := elastictest.Do(t, h, "POST", "/_search?scroll=1m", body)
		if a.Code == 429 && a.At("error", "root_cause", 0, "type") == "too_many_scroll_contexts_exception" {
			break
		}
		if opened++; a.Code != 200 {
			t.Fatal(a.Text)
		}
	}
	if opened != 6 {
		t.Errorf("%d scrolls of 10 MB", opened)
	}
	check(t, h, []asked{
		{"DELETE", "/_search/scroll/_all", "", 200, map[string]string{"num_freed": "6"}},
		{"POST", "/_search?scroll=1m", `{}`, 200, nil},
	})
}
