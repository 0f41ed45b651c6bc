package monitor

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"rastro/internal/collect"
	"rastro/internal/store"
)

var update = flag.Bool("update", false, "write the golden files again")

// shape lists the paths of a JSON value with the kinds of their values. Names
// that depend on the machine are left to it.
func shape(prefix string, v any, to *[]string) {
	switch v := v.(type) {
	case object:
		if len(v) == 0 {
			*to = append(*to, prefix+" {}")
		}
		for key, one := range v {
			shape(prefix+"."+key, one, to)
		}
	case []any:
		if len(v) == 0 {
			*to = append(*to, prefix+" []")
		}
		for _, one := range v {
			shape(prefix+"[]", one, to)
		}
	default:
		*to = append(*to, fmt.Sprintf("%s %T", prefix, v))
	}
}

// TestShapes compares the paths of every answer with those that are documented
// for Logstash, which the golden files hold.
func TestShapes(t *testing.T) {
	t.Parallel()
	r := aDay()
	r.ingest.Paused = "the disk is full" // so that the health report has a diagnosis
	s := r.server()
	for name, path := range map[string]string{
		"root": "/", "node": "/_node?graph=true", "node_plugins": "/_node/plugins",
		"stats": "/_node/stats?vertices=true", "pipeline": "/_node/stats/pipelines/main", "health": "/_health_report",
	} {
		var paths []string
		shape("", body(t, s, path), &paths)
		paths = slices.DeleteFunc(paths, func(p string) bool { return strings.HasPrefix(p, ".os.cgroup") || p == ".os {}" })
		slices.Sort(paths)
		got := strings.Join(slices.Compact(paths), "\n") + "\n"
		file := filepath.Join("testdata", name+".shape")
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("the shape of %s is not that of %s; -update writes it again:\n%s", path, file, got)
		}
	}
}

func TestNumbersAreThoseOfTheRooms(t *testing.T) {
	t.Parallel()
	s := aDay().server()
	b := body(t, s, "/_node/stats/pipelines?vertices=true")
	main := at(b, "pipelines", "main")
	for _, c := range []struct{ got, want any }{
		{at(b, "host"), "mx1"}, {at(b, "status"), green}, {at(b, "pipeline", "workers"), 4.0}, {at(b, "pipeline", "batch_size"), 4000.0},
		{at(main, "events"), object{"in": 103.0, "filtered": 102.0, "out": 98.0, "duration_in_millis": 3000.0, "queue_push_duration_in_millis": 250.0}},
		{at(main, "queue", "type"), "persisted"}, {at(main, "queue", "events_count"), 43.0}, {at(main, "queue", "queue_size_in_bytes"), 4096.0},
		{at(main, "queue", "capacity", "page_capacity_in_bytes"), float64(64 << 20)}, {at(main, "queue", "data", "free_space_in_bytes"), 25.0},
		{at(main, "reloads", "successes"), 2.0}, {at(main, "reloads", "last_error", "message"), "line 3: zone"},
		{at(main, "reloads", "last_failure_timestamp"), "2023-11-14T22:13:20.000Z"}, {at(main, "hash"), "abc"},
		{at(main, "dead_letter_queue"), nil},
	} {
		if fmt.Sprint(c.got) != fmt.Sprint(c.want) {
			t.Errorf("%v, want %v", c.got, c.want)
		}
	}
	plugins := map[string]any{}
	for _, kind := range []string{"inputs", "filters", "outputs"} {
		list, _ := at(main, "plugins", kind).([]any)
		for _, p := range list {
			plugins[at(p, "id").(string)] = p
		}
	}
	for id, want := range map[string]string{
		"input-file":      "map[out:90 queue_push_duration_in_millis:200]",
		"input-beats":     "map[out:13 queue_push_duration_in_millis:0]",
		"input-bulk":      "map[out:0 queue_push_duration_in_millis:0]",
		"filter-postfix":  "map[duration_in_millis:1500 in:85 out:85]",
		"filter-unparsed": "map[duration_in_millis:500 in:22 out:22]",
		"output-store":    "map[duration_in_millis:1000 in:101 out:98]",
	} {
		if got := fmt.Sprint(at(plugins[id], "events")); got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
	if p := plugins["filter-postfix"]; at(p, "matches") != 80.0 || at(p, "failures") != 5.0 {
		t.Errorf("%v", p)
	}
	vertices, _ := at(main, "vertices").([]any)
	if len(vertices) != len(plugins) {
		t.Errorf("%d vertices of %d plugins", len(vertices), len(plugins))
	}
	if at(body(t, s, "/_node/stats/pipelines"), "pipelines", "main", "vertices") != nil {
		t.Error("vertices that nobody asked for")
	}
}

func TestCommaListsPrettyAndErrors(t *testing.T) {
	t.Parallel()
	s := aDay().server()
	for path, want := range map[string][]string{
		"/_node/stats/events": {"events"}, "/_node/stats/jvm,process": {"jvm", "process"}, "/_node/stats/nothing,os": {"os"},
		"/_node/stats/reloads": {"reloads"}, "/_node/stats/flow": {"flow"}, "/_node/jvm": {"jvm"}, "/_node/os,jvm": {"jvm", "os"}, "/_node/logging": {"loggers"}, "/_node/pipelines": {"pipelines"},
	} {
		b := body(t, s, path)
		for _, envelope := range []string{"host", "version", "http_address", "id", "name", "ephemeral_id", "snapshot", "status", "pipeline"} {
			if _, ok := b[envelope]; !ok {
				t.Errorf("%s lacks %s", path, envelope)
			}
			delete(b, envelope)
		}
		var parts []string
		for part := range b {
			parts = append(parts, part)
		}
		slices.Sort(parts)
		if !slices.Equal(parts, want) {
			t.Errorf("%s has %v, want %v", path, parts, want)
		}
	}
	if w := get(s, "/_node/os?pretty"); !strings.Contains(w.Body.String(), "\n  \"host\"") {
		t.Errorf("not pretty: %s", w.Body)
	}
	if w := get(s, "/_node/os?pretty=false"); strings.Count(w.Body.String(), "\n") != 1 {
		t.Errorf("pretty although it shall not be: %s", w.Body)
	}
	w := get(s, "/_node/stats/pipelines/nope")
	if got := strings.TrimSpace(w.Body.String()); w.Code != 404 || got != `{"error":{"message":"Not Found"},"path":"/_node/stats/pipelines/nope","status":404}` {
		t.Errorf("%d %s", w.Code, got)
	}
}

func TestRootForBrowsersAndForThoseWhoWait(t *testing.T) {
	t.Parallel()
	r := aDay()
	s := r.server()
	w := httptest.NewRecorder()
	req := httptest.NewRequest(http.MethodGet, "/", nil)
	req.Header.Set("Accept", "text/html,*/*")
	s.ServeHTTP(w, req)
	if !strings.Contains(w.Body.String(), "/healthz") || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") {
		t.Errorf("%v %s", w.Header(), w.Body)
	}
	for path, code := range map[string]int{
		"/?wait_for_status=green&timeout=1s": 200, "/?wait_for_status=RED": 200, "/?wait_for_status=blue": 400, "/?timeout=soon": 400, "/?timeout=-1s": 400, "/?wait_for_status=yellow": 200,
	} {
		if w := get(s, path); w.Code != code {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	r.ingest.Paused = "full"
	if w := get(s, "/?wait_for_status=yellow&timeout=10ms"); w.Code != 503 || !strings.Contains(w.Body.String(), "Timed out") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestPhases(t *testing.T) {
	t.Parallel()
	s := New(Options{Host: "mx1", Release: "test"})
	check := func(path string, code int, says string) {
		t.Helper()
		if w := get(s, path); w.Code != code || !strings.Contains(w.Body.String(), says) {
			t.Errorf("%s: %d %s, want %d and %q", path, w.Code, w.Body, code, says)
		}
	}
	check("/readyz", 503, "journal")
	check("/healthz", 200+303, "starting")
	check("/_node/stats", 503, "starts")
	check("/metrics", 503, "starts")
	check("/", 200, yellow)
	check("/_health_report", 200, `"state":"LOADING"`)
	r := aDay()
	open := r.server()
	s.Open(open.rooms)
	check("/readyz", 200, `{"ready":true,"reasons":[]}`)
	check("/metrics", 200, "rastro_ready 1")
	r.ingest.Paused = "less than 1 MB is free"
	check("/readyz", 503, "less than 1 MB")
	check("/metrics", 200, "rastro_ready 0")
	check("/", 200, red)
	s.Stopping()
	check("/readyz", 503, "stops")
	check("/_node/stats", 503, "stops")
	check("/_health_report/", 200, `"state":"TERMINATED"`)
}

func TestHealthReport(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, status, symptom string
		break_                func(*rooms)
	}{
		{"well", green, "3 indicators are healthy (`pipelines`, `sources`, `storage`)", func(*rooms) {}},
		{"a source", yellow, "1 indicator is concerning (`sources`) and 2 indicators are healthy (`pipelines`, `storage`)", func(r *rooms) {
			r.sources = append(r.sources, collect.FileStatus{Path: "/var/log/x", Err: "permission denied"})
		}},
		{"all", red, "1 indicator is unhealthy (`pipelines`) and 2 indicators are concerning (`sources`, `storage`)", func(r *rooms) {
			r.sources = append(r.sources, collect.FileStatus{Path: "/var/log/x", Err: "permission denied"})
			r.ingest.Paused = "full"
			r.store.Quarantined = []store.QuarantinedFile{{Path: "q", Reason: "checksum"}}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := aDay()
			c.break_(r)
			b := body(t, r.server(), "/_health_report")
			if b["status"] != c.status || b["symptom"] != c.symptom {
				t.Errorf("%v: %v", b["status"], b["symptom"])
			}
			main := at(b, "indicators", "pipelines", "indicators", "main")
			if at(main, "details", "status", "state") != "RUNNING" {
				t.Errorf("%v", main)
			}
			if c.status == red && (at(main, "diagnosis", 0, "cause") != "full" || at(main, "impacts", 0, "severity") != 1.0 ||
				at(main, "symptom") != "The pipeline is unhealthy; 1 area is impacted and 1 diagnosis is available") {
				t.Errorf("%v", main)
			}
		})
	}
}

func TestHealthReportTellsOfBusyWorkers(t *testing.T) {
	t.Parallel()
	r := aDay()
	s := r.server()
	v := s.look()
	s.flow = newFlow(s.values(v), time.Now().Add(-6*time.Minute))
	s.flow.add(s.values(v), time.Now().Add(-5*time.Minute))
	r.ingest.ParseTime += 19*time.Minute + 59*time.Second // of 4 workers in 5 minutes
	b := body(t, s, "/_health_report")
	main := at(b, "indicators", "pipelines", "indicators", "main")
	if b["status"] != red || !strings.Contains(fmt.Sprint(at(main, "diagnosis")), "5m-blocked") {
		t.Errorf("%v", main)
	}
}

func TestFlowTellsOfWindowsThatItHasSeen(t *testing.T) {
	t.Parallel()
	start := time.Unix(1_700_000_000, 0)
	f := newFlow(values{"in": 100, "took": 0}, start)
	total := 100.0
	ask := func(after time.Duration) object {
		return f.rates(values{"in": total, "took": total * 2}, start.Add(after)).perSecond("in", 1)
	}
	if got := fmt.Sprint(ask(2 * time.Second)); got != "map[current:0 lifetime:0]" {
		t.Errorf("at the start: %s", got)
	}
	// 10 a second for 30 hours, but for the last 10 minutes: 100 a second.
	const end = 30 * time.Hour
	for at := sampleEvery; at <= end; at += sampleEvery {
		rate := 10.0
		if at > end-10*time.Minute {
			rate = 100
		}
		total += rate * sampleEvery.Seconds()
		f.add(values{"in": total, "took": total * 2}, start.Add(at))
	}
	got := ask(end)
	within := func(window string, low, high float64) {
		t.Helper()
		if v, ok := got[window].(float64); !ok || v < low || v > high {
			t.Errorf("%s is %v, want %v to %v", window, got[window], low, high)
		}
	}
	within("current", 100, 100)
	within("last_1_minute", 100, 100)
	within("last_5_minutes", 100, 100)
	within("last_15_minutes", 67, 70)
	within("last_1_hour", 24, 25)
	within("last_24_hours", 10.5, 10.7)
	within("lifetime", 10.4, 10.6)
	var kept int
	for _, ring := range f.rings {
		kept += len(ring)
	}
	if kept > len(windows)*(perWindow+3) {
		t.Errorf("%d samples are kept", kept)
	}
	r := f.rates(values{"in": total, "took": total * 2}, start.Add(end))
	if per := r.per("took", "in"); fmt.Sprint(per["current"]) != "2" {
		t.Errorf("%v", per)
	}
	if per := r.per("took", "none"); per["current"] != "Infinity" {
		t.Errorf("%v", per)
	}
	if per := r.per("none", "none"); len(per) != 0 {
		t.Errorf("%v", per)
	}
}

func TestRoundedKeepsFourDigits(t *testing.T) {
	t.Parallel()
	for v, want := range map[float64]any{0.077631: 0.07763, 1234567: 1235000.0, -2.00049: -2.0, 0: 0.0, 5e-320: 5e-320} {
		if got := rounded(v); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%v is %v, want %v", v, got, want)
		}
	}
}

// busyWork keeps a processor busy until ctx ends.
func busyWork(ctx context.Context, done chan<- int) {
	n := 0
	for ctx.Err() == nil {
		for i := range 1_000_000 {
			n += i % 7
		}
	}
	done <- n
}

func TestHotThreadsNameWhatIsBusy(t *testing.T) {
	s := aDay().server()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan int)
	go busyWork(ctx, done)
	w := get(s, "/_node/hot_threads?threads=3&interval=300ms&stacktrace_size=4")
	text := get(s, "/_node/hot_threads?human=true&interval=100ms&ignore_idle_threads=false&threads=100")
	cancel()
	<-done
	var answer struct {
		Hot struct {
			Busiest int         `json:"busiest_threads"`
			Threads []hotThread `json:"threads"`
		} `json:"hot_threads"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		t.Fatalf("%v\n%s", err, w.Body)
	}
	i := slices.IndexFunc(answer.Hot.Threads, func(h hotThread) bool { return strings.HasSuffix(h.Name, "monitor.busyWork") })
	if i < 0 || answer.Hot.Busiest != len(answer.Hot.Threads) || len(answer.Hot.Threads) > 3 {
		t.Fatalf("%s", w.Body)
	}
	if h := answer.Hot.Threads[i]; h.Percent <= 0 || h.State != "runnable" || len(h.Traces) == 0 || len(h.Traces) > 4 || h.Count != 1 {
		t.Errorf("%+v", h)
	}
	human := text.Body.String()
	for _, want := range []string{"::: {mx1}", "Hot threads at ", "busyWork", "% of cpu usage, state: ", "thread id: "} {
		if !strings.Contains(human, want) {
			t.Errorf("%q is not in\n%s", want, human)
		}
	}
	if strings.Contains(human, "0x") || strings.Contains(human, "(/") || !strings.HasPrefix(text.Header().Get("Content-Type"), "text/plain") {
		t.Errorf("addresses or paths in\n%s", human)
	}
	for _, bad := range []string{"threads=0", "threads=x", "threads=100000", "interval=1h", "interval=-1s", "interval=x", "stacktrace_size=1e9"} {
		if w := get(s, "/_node/hot_threads?"+bad); w.Code != 400 {
			t.Errorf("%s: %d", bad, w.Code)
		}
	}
}

// FuzzRequests asks for anything: no answer is a panic, none is large, and every
// error is JSON.
func FuzzRequests(f *testing.F) {
	s := aDay().server()
	for _, seed := range []string{
		"/", "/?wait_for_status=green&timeout=1ms", "/_node/os,jvm?pretty", "/_node/stats/pipelines/main?vertices", "/_node/stats/%2c,,%00", "/_node//stats",
		"/_node/hot_threads?interval=0s", "/_health_report?pretty=x", "/metrics", "/../etc/passwd", "/?timeout=99999999999999999999h", "/_node/pipelines/%6dain",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, target string) {
		u, err := url.ParseRequestURI(target)
		q := url.Values{}
		if err == nil {
			q = u.Query()
		}
		// What waits on purpose is left out.
		if err != nil || strings.Contains(u.Path, "hot_threads") && q.Get("interval") != "0s" || q.Has("wait_for_status") && q.Get("timeout") != "1ms" {
			t.Skip()
		}
		r := &http.Request{Method: http.MethodGet, URL: u, Host: "localhost", Header: http.Header{}}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r.WithContext(t.Context()))
		if w.Body.Len() > 1<<20 {
			t.Errorf("%d bytes", w.Body.Len())
		}
		if w.Code >= 400 && !json.Valid(w.Body.Bytes()) {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
}
