package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// pipelineStats is what this test wants to know of /_node/stats/pipelines/main.
type pipelineStats struct {
	Status    string
	Pipelines map[string]struct {
		Events struct {
			In, Filtered, Out int
			Duration          int `json:"duration_in_millis"`
		}
		Flow    map[string]map[string]any
		Plugins map[string][]struct {
			ID, Name string
			Events   struct{ In, Out int }
			Matches  int
			Failures int
		}
		Queue struct {
			Type   string
			Events int `json:"events_count"`
		}
	}
}

// TestLogstashNumbersAreTrue brings lines in by four ways and compares what port
// 9600 tells with what was sent and with what can be found.
func TestLogstashNumbersAreTrue(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	log, container := filepath.Join(dir, "mail.log"), filepath.Join(dir, "containers", "c1", "c1-json.log")
	now := time.Now().UTC()
	write(t, log, mailLines("file", now, 40)+now.Format(time.RFC3339)+" mx1 unheard-of[1]: nobody knows this program\n")
	var docker strings.Builder
	for line := range strings.Lines(mailLines("container", now, 15)) {
		record, err := json.Marshal(map[string]string{"log": line, "stream": "stdout", "time": now.Format(time.RFC3339Nano)})
		if err != nil {
			t.Fatal(err)
		}
		docker.Write(append(record, '\n'))
	}
	write(t, container, docker.String())
	s := serve(t, filepath.Join(dir, "data"), fmt.Sprintf("sources: [{paths: [%q], zone: UTC}, {paths: [%q], zone: UTC}]", log, container))
	if o := rastro(t, strings.NewReader(mailLines("import", now, 25)), "import", "-", "--server", "http://"+s.ui); o.code != 0 {
		t.Fatal(o.stderr)
	}
	var bulk strings.Builder
	for i := range 5 {
		fmt.Fprintf(&bulk, "{\"create\":{}}\n{\"message\":\"bulk %d\",\"@timestamp\":%q}\n", i, now.Format(time.RFC3339))
	}
	resp, err := s.client.Post("http://"+s.elastic+"/mine/_bulk", "application/x-ndjson", strings.NewReader(bulk.String()))
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("_bulk: %d", resp.StatusCode)
	}
	const total = 40 + 1 + 15 + 25 + 5
	var stats pipelineStats
	eventually(t, 20*time.Second, "all lines to be there", func() bool {
		if code, body := s.get(s.monitor, "/_node/stats/pipelines/main", &stats); code != http.StatusOK {
			t.Fatalf("%d %s", code, body)
		}
		return stats.Pipelines["main"].Events.Out >= total
	})
	main := stats.Pipelines["main"]
	if e := main.Events; e.In != total || e.Filtered != total || e.Out != total {
		t.Errorf("%+v of %d lines", e, total)
	}
	if stats.Status != "green" || main.Queue.Type != "persisted" || main.Queue.Events > total {
		t.Errorf("status %s, queue %+v", stats.Status, main.Queue)
	}
	if rate, err := main.Flow["input_throughput"]["lifetime"].(json.Number).Float64(); err != nil || rate <= 0 {
		t.Errorf("input_throughput %v", main.Flow["input_throughput"])
	}
	out := map[string]int{}
	for _, kind := range []string{"inputs", "filters", "outputs"} {
		for _, p := range main.Plugins[kind] {
			out[p.Name] = p.Events.Out
		}
	}
	for name, want := range map[string]int{"file": 41, "container": 15, "import": 25, "bulk": 5, "postfix": 80, "unparsed": 6, "dovecot": 0, "store": total} {
		if out[name] != want {
			t.Errorf("%s: %d events, want %d", name, out[name], want)
		}
	}
	if _, body := s.get(s.elastic, "/_count", nil); !strings.Contains(body, fmt.Sprintf(`"count":%d`, total)) {
		t.Errorf("port 9200 counts %s of %d", body, total)
	}
	for path, code := range map[string]int{
		"/_node/stats/pipelines": 200, "/_node/stats/pipelines/other": 404, "/_node/stats/events,flow": 200, "/": 200, "/readyz": 200,
		"/_health_report": 200, "/_node/hot_threads?interval=50ms": 200, "/_node/nothing": 404,
	} {
		if got, body := s.get(s.monitor, path, nil); got != code {
			t.Errorf("%s: %d %s, want %d", path, got, body, code)
		}
	}
	s.stop()
	s.start()
	eventually(t, 20*time.Second, "the server to be ready again", func() bool {
		code, _ := s.get(s.monitor, "/readyz", nil)
		return code == http.StatusOK
	})
	s.get(s.monitor, "/_node/stats/pipelines/main", &stats)
	if e := stats.Pipelines["main"].Events; e.In != 0 || e.Out != 0 {
		t.Errorf("after a restart, in which nothing came, it counts %+v", e)
	}
}
