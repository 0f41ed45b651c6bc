package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// curl runs the program curl against port 5601, and returns the status and the
// body of the answer.
func (s *server) curl(path string, args ...string) (status int, body string) {
	s.t.Helper()
	command := exec.Command("curl", append([]string{"-sS", "-w", "\n%{http_code}", "http://" + s.ui + path}, args...)...)
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		s.t.Fatalf("curl %s: %v %s", path, err, stderr.String())
	}
	end := bytes.LastIndexByte(out, '\n')
	if _, err := fmt.Sscan(string(out[end+1:]), &status); err != nil {
		s.t.Fatal(err)
	}
	return status, string(out[:end])
}

// kibanaPanel is what of a panel of /api/dashboards this test looks at.
type kibanaPanel struct {
	Kind    string
	Title   struct{ En string }
	Query   string
	Field   string
	Size    int
	Columns []string
	Metric  *struct{ Kind, Field string }
	Series  []struct {
		Title struct{ En string }
		Query string
	}
}

// TestKibanasDashboards does what Elemta's scripts do: they wait for the status,
// make an index pattern and data views, and import dashboards; and every panel
// of those shows something.
func TestKibanasDashboards(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("there is no curl on this machine")
	}
	dev, old := corpus(t, "elemta/dev.log"), corpus(t, "elemta/legacy-903520a.log")
	s := serve(t, filepath.Join(t.TempDir(), "data"), fmt.Sprintf("sources: [{paths: [%q, %q], zone: UTC, host: mx1}]", dev, old))
	s.await("*", lineCount(t, dev)+lineCount(t, old))

	if status, body := s.curl("/api/status"); status != 200 || !strings.Contains(body, `"level":"available"`) {
		t.Errorf("status: %d %s", status, body)
	}
	xsrf := []string{"-H", "kbn-xsrf: true"}
	pattern := slices.Concat([]string{"-X", "POST", "-H", "Content-Type: application/json", "-d", `{"attributes": {"title": "elemta-logs-*", "timeFieldName": "@timestamp"}}`}, xsrf)
	if status, body := s.curl("/api/saved_objects/index-pattern/elemta-logs-*", pattern...); status != 200 {
		t.Errorf("making an index pattern: %d %s", status, body)
	}
	if status, body := s.curl("/api/saved_objects/index-pattern"); status != 200 || !strings.Contains(body, `"title":"elemta-logs-*"`) {
		t.Errorf("index patterns: %d %s", status, body)
	}
	view := slices.Concat([]string{"-d", `{"data_view": {"title": "elemta-bounce-*", "name": "Elemta Bounce (Permanent Failures)", "timeFieldName": "@timestamp"}}`}, xsrf)
	if status, body := s.curl("/api/data_views/data_view", view...); status != 200 || !strings.Contains(body, `"data_view":{"id":"`) {
		t.Errorf("making a data view: %d %s", status, body)
	}
	file := []string{"-F", "file=@" + filepath.Join("..", "..", "internal", "web", "kibana", "testdata", "seed.json")}
	if status, body := s.curl("/api/saved_objects/_import", file...); status != 400 || !strings.Contains(body, "Request must contain a kbn-xsrf header.") {
		t.Errorf("an import without the header: %d %s", status, body)
	}
	status, body := s.curl("/api/saved_objects/_import", append(file, xsrf...)...)
	if status != 200 || !strings.Contains(body, `"success":true`) || !strings.Contains(body, `"successCount":9`) {
		t.Fatalf("importing: %d %s", status, body)
	}
	s.showsPanels("seed-overview", 8)
	flows := []string{"-F", "file=@" + filepath.Join("..", "..", "internal", "web", "kibana", "testdata", "flows.json")}
	if status, body := s.curl("/s/default/api/saved_objects/_import?overwrite=true", append(flows, xsrf...)...); status != 200 || !strings.Contains(body, `"success":true`) {
		t.Fatalf("importing: %d %s", status, body)
	}
	for flow, n := range map[string]int{"reception": 3, "delivery": 4, "rejection": 3, "tempfail": 2, "bounce": 3} {
		s.showsPanels("flow-"+flow, n)
	}

	// A page of another site may not do the same, header or not.
	if status, _ := s.curl("/api/saved_objects/_import", slices.Concat(file, xsrf, []string{"-H", "Origin: https://elsewhere.example", "-H", "Sec-Fetch-Site: cross-site"})...); status != 403 {
		t.Errorf("an import by another site: %d", status)
	}
	s.stop()
	s.start()
	if status, body := s.curl("/api/saved_objects/_export", slices.Concat([]string{"-d", `{"type": "visualization"}`}, xsrf)...); status != 200 || !strings.Contains(body, `"exportedCount":23`) {
		t.Errorf("exporting after a restart: %d %s", status, body)
	}
	s.showsPanels("seed-overview", 8)
}

// showsPanels asks for what each panel of a dashboard shows, as the user
// interface does.
func (s *server) showsPanels(id string, n int) {
	t := s.t
	t.Helper()
	var list struct{ Items []struct{ ID string } }
	s.get(s.ui, "/api/dashboards", &list)
	if !slices.ContainsFunc(list.Items, func(d struct{ ID string }) bool { return d.ID == id }) {
		t.Errorf("%s is not among the dashboards", id)
	}
	var board struct {
		Query  string
		Panels []kibanaPanel
	}
	if status, body := s.get(s.ui, "/api/dashboards/"+url.PathEscape(id), &board); status != 200 || len(board.Panels) != n {
		t.Fatalf("the dashboard: %d %s", status, body)
	}
	for _, p := range board.Panels {
		queries := []string{""}
		if len(p.Series) > 0 {
			queries = nil
			for _, one := range p.Series {
				queries = append(queries, one.Query)
			}
		}
		for _, q := range queries {
			s.showsPanel(p, both(both(board.Query, p.Query), q))
		}
	}
}

func both(a, b string) string {
	switch {
	case a == "":
		return b
	case b == "":
		return a
	}
	return "(" + a + ") AND (" + b + ")"
}

func (s *server) showsPanel(p kibanaPanel, query string) {
	t := s.t
	t.Helper()
	var aggs []map[string]any
	switch {
	case p.Kind == "timeline":
		aggs = append(aggs, map[string]any{"name": "a", "kind": "timeline"})
	case p.Field != "":
		aggs = append(aggs, map[string]any{"name": "a", "kind": "terms", "field": p.Field, "size": p.Size})
	case p.Metric != nil && p.Metric.Kind != "count":
		aggs = append(aggs, map[string]any{"name": "a", "kind": p.Metric.Kind, "field": p.Metric.Field})
	}
	request, err := json.Marshal(map[string]any{"query": query, "aggs": aggs})
	if err != nil {
		t.Fatal(err)
	}
	status, body := s.curl("/api/aggregate", "-d", string(request))
	var answer struct {
		Total int
		Aggs  []struct {
			Value   float64
			Buckets []struct{ Count int }
		}
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil || status != 200 || answer.Total == 0 {
		t.Errorf("%s: %s finds nothing: %d %s", p.Title.En, query, status, body)
		return
	}
	if len(aggs) > 0 && answer.Aggs[0].Value == 0 && !slices.ContainsFunc(answer.Aggs[0].Buckets, func(b struct{ Count int }) bool { return b.Count > 0 }) {
		t.Errorf("%s shows nothing: %s", p.Title.En, body)
	}
	if p.Kind != "table" || len(p.Columns) == 0 {
		return
	}
	request, err = json.Marshal(map[string]any{"query": query, "size": 20, "fields": p.Columns, "sort": "-@timestamp"})
	if err != nil {
		t.Fatal(err)
	}
	if status, body := s.curl("/api/search", "-d", string(request)); status != 200 || !strings.Contains(body, p.Columns[1]) {
		t.Errorf("%s: %d %s", p.Title.En, status, body)
	}
}
