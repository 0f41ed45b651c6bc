package documents

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"rastro/internal/collect"
	"rastro/internal/elastic/cluster"
	"rastro/internal/elastic/elastictest"
	"rastro/internal/event"
)

// statuses are the statuses of a bulk answer, parted by blanks.
func statuses(t *testing.T, a elastictest.Answer) string {
	t.Helper()
	items, _ := a.At("items").([]any)
	out := make([]string, len(items))
	for i := range items {
		for verb := range items[i].(map[string]any) {
			out[i] = fmt.Sprint(a.At("items", i, verb, "status"))
		}
	}
	return strings.Join(out, " ")
}

func (b *bench) count(target string) float64 {
	b.t.Helper()
	set, err := b.node.Names.Resolve(target, defaultResolve)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.countOf(set.Filter())
}

const rawLine = `{"message":"Nov 27 08:00:01 mx1 postfix/smtp[12345]: 4F1A2B3C4D: to=<ana@example.org>, relay=mx.example.org[192.0.2.5]:25, delay=0.72, delays=0.05/0.01/0.3/0.36, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 8B2C1D)"}`

func TestBulk(t *testing.T) {
	t.Parallel()
	b := openBench(t, t.TempDir())
	a := b.bulk("/_bulk?refresh=true",
		`{"index":{"_index":"test","_id":"1"}}`, `{"a":1,"n":{"b":"c"}}`,
		`{"create":{"_index":"test","_id":"1"}}`, `{"a":1}`,
		``,
		`{"index":{"_index":"test","_id":"1"}}`, `{"a":1,"n":{"b":"c"}}`,
		`{"index":{"_index":"test","_id":"1"}}`, `{"a":2}`,
		`{"delete":{"_index":"test","_id":"1"}}`,
		`{"update":{"_index":"test","_id":"1"}}`, `{"doc":{"a":2},"doc_as_upsert":true}`,
		`{"index":{"_index":"Bad"}}`, `{}`,
		`{"index":{"_index":"test","_id":""}}`, `{}`,
		`{"index":{"_index":"test","pipeline":"geo"}}`, `{}`,
		`{"index":{"_index":"test","if_seq_no":1}}`, `{}`,
		`{"index":{"_index":"test"}}`, `[1]`,
		`{"create":{"_index":"elemta-logs-2026.11.27"}}`, rawLine,
	)
	if got, want := statuses(t, a), "201 409 200 409 400 400 400 400 400 400 400 201"; a.Code != 200 || got != want || a.At("errors") != true {
		t.Fatalf("%d %s, want %s\n%s", a.Code, got, want, a.Text)
	}
	for i, want := range map[int]string{
		1: "[1]: version conflict, document already exists (current version [1])", 3: "events are never changed", 4: "never deleted", 5: "never updated",
		6: "Invalid index name [Bad], must be lowercase", 7: "must not be empty", 8: "pipeline with id [geo] does not exist", 9: "if_seq_no", 10: "not one JSON object",
	} {
		for verb := range a.At("items", i).(map[string]any) {
			if reason, _ := a.At("items", i, verb, "error", "reason").(string); !strings.Contains(reason, want) {
				t.Errorf("item %d: %q, want %q", i, reason, want)
			}
		}
	}
	if first := a.At("items", 0, "index"); a.At("items", 0, "index", "result") != "created" || a.At("items", 0, "index", "_version") != 1.0 || a.At("items", 0, "index", "forced_refresh") != true || a.At("items", 0, "index", "_shards", "successful") != 1.0 || a.At("items", 2, "index", "result") != "noop" {
		t.Errorf("%v", first)
	}
	if a.At("items", 1, "create", "error", "type") != "version_conflict_engine_exception" || a.At("items", 1, "create", "error", "index") != "test" {
		t.Errorf("%s", a.Text)
	}
	if n := b.count("test"); n != 1 {
		t.Errorf("test holds %v", n)
	}
	if n := b.count("elemta-logs-2026.11.27"); n != 1 {
		t.Errorf("the day holds %v", n)
	}
	id, _ := a.At("items", 11, "create", "_id").(string)
	if doc := b.do("GET", "/elemta-logs-2026.11.27/_doc/"+id, ""); doc.At("_source", "queue_id") != "4F1A2B3C4D" || doc.At("_source", "status") != "delivered" || doc.At("_index") != "elemta-logs-2026.11.27" {
		t.Errorf("the raw line was not parsed: %s", doc.Text)
	}
	if doc := b.do("GET", "/test/_doc/1", ""); doc.At("_source", "n", "b") != "c" || doc.At("_source", "a") != 1.0 || doc.At("_version") != 1.0 || doc.At("found") != true {
		t.Errorf("%s", doc.Text)
	}
}

// TestMalformedRequests has requests that are refused as a whole: nothing of
// them is stored.
func TestMalformedRequests(t *testing.T) {
	t.Parallel()
	b := openBench(t, t.TempDir())
	const good = "{\"index\":{\"_index\":\"test\"}}\n{}\n"
	for body, want := range map[string]string{
		"": "request body is required", "\n \n": "no requests added",
		good + `{"index":{"_index":"test"}}`:           "must be terminated by a newline",
		good + "{\"index\":{\"_index\":\"test\"}}\n{}": "must be terminated by a newline",
		good + "{\"index\":{\"_index\":\"test\"}}\n":   "the document of the action in line [3] is missing",
		good + "{\"index\":5}\n{}\n":                   "Malformed action/metadata line [3], expected START_OBJECT or END_OBJECT but found [VALUE_NUMBER]",
		good + "[]\n":                                  "Malformed action/metadata line [3], expected START_OBJECT but found [START_ARRAY]",
		good + "{}\n":                                  "Malformed action/metadata line [3], expected FIELD_NAME but found [END_OBJECT]",
		good + "{\"foo\":{}}\n{}\n":                    "expected field [create], [delete], [index] or [update] but found [foo]",
		good + "{\"index\":{},\"create\":{}}\n{}\n":    "expected END_OBJECT but found [FIELD_NAME]",
		good + "{\"index\":{\"_kind\":\"x\"}}\n{}\n":   "Action/metadata line [3] contains an unknown parameter [_kind]",
		good + "{\"index\":{\"_index\":\"x\"}\n{}\n":   "Malformed action/metadata line [3]",
		good + "{\"index\":{}}\n{}\n":                  "Validation Failed: 1: index is missing;",
		good + "{\"delete\":{\"_index\":\"x\"}}\n":     "Validation Failed: 1: id is missing;",
		good + `{"index":{"_index":"x","_id":"` + strings.Repeat("i", 513) + "\"}}\n{}\n": "is too long, must be no longer than 512 bytes but was: 513",
		good + "{\"index\":{\"_index\":\"" + strings.Repeat("i", 70_000) + "\"}}\n{}\n":   "longer than",
	} {
		a := b.do("POST", "/_bulk", body)
		if reason, _ := a.At("error", "reason").(string); a.Code != 400 || !strings.Contains(reason, want) {
			t.Errorf("%.80q: %d %.300s, want %q", body, a.Code, a.Text, want)
		}
	}
	for target, want := range map[string]string{"/_bulk?refresh=soon": "Unknown value for refresh: [soon].", "/_bulk?timeout=5": "time value", "/_bulk?nonsense=1": "unrecognized parameter"} {
		if a := b.do("POST", target, good); a.Code != 400 || !strings.Contains(a.Text, want) {
			t.Errorf("%s: %d %s", target, a.Code, a.Text)
		}
	}
	if a := b.do("POST", "/_bulk?wait_for_active_shards=2", good); a.Code != 503 {
		t.Errorf("two shards: %d %s", a.Code, a.Text)
	}
	if n := b.count("_all"); n != 0 {
		t.Errorf("%v documents are stored", n)
	}
}

// TestBulkGzip sends packed bodies, with and without a length.
func TestBulkGzip(t *testing.T) {
	t.Parallel()
	b := openBench(t, t.TempDir())
	for _, chunked := range []bool{false, true} {
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		for range 3000 {
			fmt.Fprintf(z, "{\"create\":{}}\r\n%s\n", rawLine)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		var body io.Reader = &packed
		if chunked {
			body = io.MultiReader(&packed)
		}
		r := httptest.NewRequest(http.MethodPost, "/elemta-logs-2026.11.27/_bulk?filter_path=errors,items.*.status", body)
		r.Header.Set("Content-Type", "application/x-ndjson")
		r.Header.Set("Content-Encoding", "gzip")
		if w := b.serve(r); w.Code != 200 || !strings.HasPrefix(w.Body.String(), `{"errors":false,"items":[{"create":{"status":201}},`) {
			t.Errorf("%d %.300s", w.Code, w.Body)
		}
	}
	b.do("POST", "/_refresh", "")
	if n := b.count("elemta-logs-*"); n != 6000 {
		t.Errorf("%v documents", n)
	}
}

// TestBulkInWindows sends more than one window, with a document that is longer
// than any may be.
func TestBulkInWindows(t *testing.T) {
	t.Parallel()
	b := openBench(t, t.TempDir())
	var body strings.Builder
	pad := strings.Repeat("x", 1000)
	const n = 9000
	for i := range n {
		fmt.Fprintf(&body, "{\"index\":{\"_id\":\"%d\"}}\n{\"message\":\"%d %s\"}\n", i, i, pad)
		if i == n/2 {
			fmt.Fprintf(&body, "{\"index\":{}}\n{\"message\":\"%s\"}\n", strings.Repeat("y", collect.MaxDocument))
		}
	}
	body.WriteString(`{"delete":{"_id":"x"}}` + "\n")
	a := b.do("POST", "/test/_bulk?refresh=wait_for", body.String())
	if items, _ := a.At("items").([]any); a.Code != 200 || len(items) != n+2 || a.At("items", n/2+1, "index", "status") != 413.0 || a.At("items", n+1, "delete", "status") != 400.0 {
		t.Fatalf("%d %d %.300s", a.Code, len(items), a.Text)
	}
	for i := range n + 1 {
		if i == n/2+1 {
			continue
		}
		id := i
		if i > n/2 {
			id--
		}
		if a.At("items", i, "index", "status") != 201.0 || a.At("items", i, "index", "_id") != fmt.Sprint(id) {
			t.Fatalf("item %d: %v", i, a.At("items", i))
		}
	}
	if got := b.count("test"); got != n {
		t.Errorf("%v documents", got)
	}
}

// TestOnceAcrossRestarts writes the same ids before and after restarts, one of
// them after an end without warning.
func TestOnceAcrossRestarts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	lines := []string{
		`{"create":{"_index":"test","_id":"1"}}`, `{"message":"once","x":{"y":[1,"2"]}}`,
		`{"index":{"_index":"elemta-logs-2026.11.27","_id":"2"}}`, `{"message":"Nov 20 08:00:01 mx1 postfix/qmgr[1]: 4F1A2B3C4D: removed","@timestamp":"2026-11-27T09:00:00Z"}`,
		`{"index":{"_index":"elemta-logs-2026.11.27","_id":"3"}}`, `{"level":"warn","user":{"name":"ana","id":7},"ok":true,"size":12}`,
	}
	b := openBench(t, dir)
	if a := b.bulk("/_bulk", lines...); statuses(t, a) != "201 201 201" {
		t.Fatal(a.Text)
	}
	for range 2 {
		b.stop()
		b = openBench(t, dir)
		if a := b.bulk("/_bulk", lines...); statuses(t, a) != "409 200 200" {
			t.Errorf("after a restart: %s", a.Text)
		}
		if a := b.bulk("/_bulk", `{"index":{"_index":"elemta-logs-2026.11.27","_id":"3"}}`, `{"level":"warn"}`, `{"index":{"_index":"test","_id":"1"}}`, `{"message":"once","x":{"y":[1,"3"]}}`); statuses(t, a) != "409 409" {
			t.Errorf("another document: %s", a.Text)
		}
	}
	if n := b.count("_all"); n != 3 {
		t.Errorf("%v documents", n)
	}
	if a := b.do("GET", "/elemta-logs-2026.11.27/_doc/2", ""); a.Code != 200 || a.At("_source", "@timestamp") != "2026-11-20T08:00:01Z" {
		t.Errorf("a line with an older stamp: %d %s", a.Code, a.Text)
	}
}

// TestOnceAtATime has many requests at a time with the same ids.
func TestOnceAtATime(t *testing.T) {
	t.Parallel()
	b := openBench(t, t.TempDir())
	const requests, docs = 8, 200
	var body strings.Builder
	for i := range docs {
		fmt.Fprintf(&body, "{\"create\":{\"_id\":\"%d\"}}\n{\"n\":%d}\n", i, i)
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	created := 0
	for range requests {
		all.Go(func() {
			a := b.do("POST", "/test/_bulk", body.String())
			mu.Lock()
			defer mu.Unlock()
			created += strings.Count(a.Text, `"status":201`)
			if n := strings.Count(a.Text, `"status":409`) + strings.Count(a.Text, `"status":201`); n != docs {
				t.Errorf("%d answers: %.500s", n, a.Text)
			}
		})
	}
	all.Wait()
	b.do("POST", "/_refresh", "")
	if n := b.count("test"); n != docs || created != docs {
		t.Errorf("%v documents, %d created", n, created)
	}
}

func TestBackPressureIs429(t *testing.T) {
	t.Parallel()
	b := openBench(t, t.TempDir())
	b.paused = "the disk is full"
	a := b.bulk("/_bulk", `{"index":{"_index":"test"}}`, `{}`)
	if a.Code != 429 || a.At("error", "type") != "es_rejected_execution_exception" || a.Header.Get("Retry-After") == "" {
		t.Errorf("%d %s", a.Code, a.Text)
	}
	a = b.bulk("/_bulk", `{"index":{"_index":"test"}}`, `{}`, `{"delete":{"_index":"test","_id":"1"}}`)
	if a.Code != 200 || statuses(t, a) != "429 400" || !strings.Contains(a.Text, "the disk is full") {
		t.Errorf("%d %s", a.Code, a.Text)
	}
	if a := b.do("PUT", "/test/_doc/1", `{}`); a.Code != 429 {
		t.Errorf("%d %s", a.Code, a.Text)
	}
	b.paused = ""
	if a := b.do("PUT", "/test/_doc/1?refresh", `{}`); a.Code != 201 || b.count("test") != 1 {
		t.Errorf("%d %s", a.Code, a.Text)
	}
}

// FuzzBulk: no body brings the parser down; an answer is JSON and has an item
// for each action, or the request is refused with a reason.
func FuzzBulk(f *testing.F) {
	f.Add([]byte("{\"index\":{\"_index\":\"a\",\"_id\":\"1\"}}\n{\"message\":\"x\"}\n\n{\"delete\":{\"_id\":\"1\",\"_index\":\"a\"}}\n"))
	f.Add([]byte("{\"create\":{\"_index\":\"<a-{now/d}>\"}}\r\n{}\r\n{\"update\":{}}\n"))
	f.Add([]byte("{\"index\":5}\n"))
	f.Add([]byte("{\"index\":{\"_index\":\"\\u0061\",\"dynamic_templates\":{\"a\":1}}}\n[]\n"))
	node := elastictest.Node(f, nil)
	node.Bulk = collect.NewBulk(collect.BulkOptions{Prefix: node.Names.Prefix()})
	ctx, cancel := context.WithCancel(context.Background())
	f.Cleanup(cancel)
	go func() {
		_ = node.Bulk.Serve(ctx, func(_ context.Context, batch event.Batch) error { batch.Ack(nil); return nil }) // it ends with ctx only
	}()
	d := New(node)
	_ = node.Cluster.Change(func(c *cluster.Content) error { // so that no file grows
		c.ClusterSettings["action.auto_create_index"] = "false"
		c.Indices["a"] = &cluster.Index{}
		return nil
	})
	b := &bench{t: f, node: node}
	b.router = routerOf(d)
	f.Fuzz(func(t *testing.T, body []byte) {
		r := httptest.NewRequest(http.MethodPost, "/_bulk", bytes.NewReader(body))
		w := b.serve(r)
		var a struct {
			Items []map[string]any
			Error map[string]any
		}
		if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil {
			t.Fatalf("%q: %v in %s", body, err, w.Body)
		}
		if w.Code == 200 && (len(a.Items) == 0 || len(a.Items) > bytes.Count(body, []byte("\n"))) || w.Code != 200 && a.Error["reason"] == "" {
			t.Errorf("%q: %d %s", body, w.Code, w.Body)
		}
	})
}

// BenchmarkBulk measures a raw line from the request to the store.
func BenchmarkBulk(b *testing.B) {
	const lines = 5000
	var body bytes.Buffer
	for i := range lines {
		fmt.Fprintf(&body, "{\"create\":{}}\n{\"message\":\"Nov 27 08:%02d:%02d mx1 postfix/smtp[%d]: 4F1A2%05X: to=<user%d@example.org>, relay=mx.example.org[192.0.2.5]:25, delay=0.72, delays=0.05/0.01/0.3/0.36, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 8B2C1%05X)\"}\n", i/60%60, i%60, i%97, i, i%700, i)
	}
	e := openBench(b, b.TempDir())
	b.ReportAllocs()
	for i := 0; i < b.N; i += lines {
		w := httptest.NewRecorder()
		e.router.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/elemta-logs-2026.11.27/_bulk", bytes.NewReader(body.Bytes())))
		if w.Code != http.StatusOK {
			b.Fatal(w.Body)
		}
	}
}
