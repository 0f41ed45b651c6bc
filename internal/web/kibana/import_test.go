package kibana

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"rastro/internal/auth"
	"rastro/internal/dashboard"
)

// TestRoundTrip exports what was imported: attributes and references are what
// they were.
func TestRoundTrip(t *testing.T) {
	for _, name := range []string{"export-7.17.ndjson", "export-8.ndjson", "seed.json"} {
		b := newBench(t)
		b.take(name, "")
		code, text := b.do("POST", "/api/saved_objects/_export", `{"type": ["*"], "excludeExportDetails": true}`)
		if code != 200 {
			t.Fatalf("%d %s", code, text)
		}
		sent, err := readFile([]byte(read(t, name)))
		if err != nil {
			t.Fatal(err)
		}
		back, err := readFile([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		there := map[key]Object{}
		for _, o := range back.objects {
			there[keyOf(o)] = o
		}
		for _, o := range sent.objects {
			if !isType(o.Type) {
				continue
			}
			got, ok := there[keyOf(o)]
			if o.References == nil {
				o.References = []Reference{}
			}
			if !ok || string(got.Attributes) != string(o.Attributes) || fmt.Sprint(got.References) != fmt.Sprint(o.References) || string(got.MigrationVersion) != string(o.MigrationVersion) || got.CoreMigrationVersion != o.CoreMigrationVersion {
				t.Errorf("%s: %s/%s became\n%+v", name, o.Type, o.ID, got)
			}
		}
		// What was exported can be imported elsewhere, and again here.
		if answer := take(t, newBench(t), text, ""); !answer.Success {
			t.Errorf("%s: %+v", name, answer.Errors)
		}
		if answer := take(t, b, text, "?overwrite=true"); !answer.Success {
			t.Errorf("%s: %+v", name, answer.Errors)
		}
	}
}

func take(t *testing.T, b *bench, file, params string) importAnswer {
	t.Helper()
	code, text := b.form("/api/saved_objects/_import"+params, file)
	var answer importAnswer
	if err := json.Unmarshal([]byte(text), &answer); err != nil || code != 200 {
		t.Fatalf("%d %.500s", code, text)
	}
	return answer
}

// boards are the ids of the dashboards that users made, with their panels'
// kinds.
func (b *bench) boards() map[string]string {
	b.t.Helper()
	list, err := b.saved.Dashboards(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	all := map[string]string{}
	for _, d := range list {
		if d.Builtin {
			continue
		}
		board, err := b.saved.Dashboard(b.t.Context(), d.ID)
		if err != nil {
			b.t.Fatal(err)
		}
		var kinds []string
		for _, p := range board.Panels {
			kinds = append(kinds, p.Kind)
		}
		all[d.ID] = strings.Join(kinds, " ")
	}
	return all
}

func TestConflictsAndCopies(t *testing.T) {
	b := newBench(t)
	if answer := b.take("seed.json", ""); !answer.Success || answer.SuccessCount != 9 {
		t.Fatalf("%+v", answer)
	}
	again := b.take("seed.json", "")
	if again.Success || again.SuccessCount != 0 || len(again.Errors) != 9 || again.Errors[0].Error["type"] != "conflict" {
		t.Errorf("a second import: %+v", again)
	}
	over := b.take("seed.json", "?overwrite=true")
	if !over.Success || !over.SuccessResults[0].Overwrite || over.SuccessResults[0].Dashboard != "seed-overview" {
		t.Errorf("an import over it: %+v", over)
	}
	if d, err := b.saved.Dashboard(t.Context(), "seed-overview"); err != nil || d.Version != 1 {
		t.Errorf("the same dashboard was saved again: version %d %v", d.Version, err)
	}
	copied := b.take("seed.json", "?createNewCopies=true")
	if !copied.Success || copied.SuccessResults[0].DestinationID == "" || copied.SuccessResults[0].Dashboard == "seed-overview" {
		t.Errorf("copies: %+v", copied)
	}
	boards := b.boards()
	if len(boards) != 2 || boards[copied.SuccessResults[0].Dashboard] != boards["seed-overview"] {
		t.Errorf("dashboards: %v", boards)
	}
	code, text := b.form("/api/saved_objects/_import?createNewCopies=true&overwrite=true", "")
	if code != 400 || !strings.Contains(text, "cannot use [overwrite] with [createNewCopies]") {
		t.Errorf("%d %s", code, text)
	}
	b.resolves(t)
}

// resolves tries _resolve_import_errors.
func (b *bench) resolves(t *testing.T) {
	code, text := b.form("/api/saved_objects/_resolve_import_errors", read(t, "seed.json"), "retries",
		`[{"type":"visualization","id":"senders","overwrite":true},{"type":"visualization","id":"clients","destinationId":"clients2"},{"type":"visualization","id":"flow"}]`)
	var answer importAnswer
	if err := json.Unmarshal([]byte(text), &answer); err != nil || code != 200 || answer.SuccessCount != 2 || len(answer.Errors) != 1 || answer.Errors[0].ID != "flow" || answer.SuccessResults[1].DestinationID != "clients2" {
		t.Errorf("%d %s", code, text)
	}
	if code, text := b.do("GET", "/api/saved_objects/visualization/clients2", ""); code != 200 || !strings.Contains(text, `"originId":"clients"`) {
		t.Errorf("%d %s", code, text)
	}
	if code, _ := b.form("/api/saved_objects/_resolve_import_errors", read(t, "seed.json"), "retries", `{`); code != 400 {
		t.Errorf("bad retries: %d", code)
	}
}

// TestOneByOne makes a dashboard and its parts with requests of their own, the
// dashboard first.
func TestOneByOne(t *testing.T) {
	b := newBench(t)
	f, err := readFile([]byte(read(t, "seed.json")))
	if err != nil {
		t.Fatal(err)
	}
	post := func(o Object, params string) {
		t.Helper()
		body, err := json.Marshal(map[string]any{"attributes": o.Attributes, "references": o.References})
		if err != nil {
			t.Fatal(err)
		}
		if code, text := b.do("POST", "/api/saved_objects/"+o.Type+"/"+o.ID+params, string(body)); code != 200 {
			t.Fatalf("%d %s", code, text)
		}
	}
	board := f.objects[0]
	board.References = []Reference{{Name: "panel_1", Type: typeVis, ID: "timeline"}}
	post(board, "")
	if got := b.boards()["seed-overview"]; got != "text" {
		t.Errorf("without its parts it is %q", got)
	}
	post(f.objects[1], "")
	if got := b.boards()["seed-overview"]; got != "timeline" {
		t.Errorf("with its parts it is %q", got)
	}
	// What somebody changed here is not overwritten by a part of it.
	mine, err := b.saved.Dashboard(t.Context(), "seed-overview")
	if err != nil {
		t.Fatal(err)
	}
	mine.Title = dashboard.Words{En: "Mine"}
	if mine, err = b.saved.UpdateDashboard(t.Context(), mine); err != nil {
		t.Fatal(err)
	}
	changed := f.objects[1]
	changed.Attributes = json.RawMessage(strings.Replace(string(changed.Attributes), `histogram`, `table`, 1))
	post(changed, "?overwrite=true")
	if now, err := b.saved.Dashboard(t.Context(), "seed-overview"); err != nil || now.Version != mine.Version {
		t.Errorf("%+v %v", now, err)
	}
	post(board, "?overwrite=true")
	if now, err := b.saved.Dashboard(t.Context(), "seed-overview"); err != nil || now.Title.En != "Mail at a glance" {
		t.Errorf("%+v %v", now, err)
	}
	if code, _ := b.do("DELETE", "/api/saved_objects/dashboard/seed-overview", ""); code != 200 || len(b.boards()) != 0 {
		t.Errorf("deleted: %d, %v", code, b.boards())
	}
}

// TestNamesOfOurs keeps dashboards that are there already.
func TestNamesOfOurs(t *testing.T) {
	b := newBench(t)
	mine, err := b.saved.CreateDashboard(t.Context(), dashboard.Dashboard{Summary: dashboard.Summary{Title: dashboard.Words{En: "Mine"}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"overview", mine.ID, "a/b", "../../etc", "constructor", strings.Repeat("x", 500)} {
		body := fmt.Sprintf(`[{"type":"dashboard","id":%q,"attributes":{"title":"Of Kibana","panelsJSON":"[]"}}]`, id)
		if code, text := b.do("POST", "/api/saved_objects/_bulk_create", body); code != 200 || strings.Contains(text, "error") {
			t.Errorf("%s: %d %s", id, code, text)
		}
	}
	if got := b.boards(); len(got) != 7 {
		t.Errorf("dashboards: %v", got)
	}
	if now, err := b.saved.Dashboard(t.Context(), mine.ID); err != nil || now.Title.En != "Mine" {
		t.Errorf("%+v %v", now, err)
	}
}

func TestHeaders(t *testing.T) {
	b := newBench(t)
	for _, c := range []struct {
		method, path string
		header       []string
		code         int
	}{
		{"POST", "/api/saved_objects/tag/a", []string{"kbn-xsrf", ""}, 400},
		{"POST", "/api/data_views/data_view", []string{"kbn-xsrf", ""}, 400},
		{"DELETE", "/api/saved_objects/tag/a", []string{"kbn-xsrf", ""}, 400},
		{"POST", "/api/saved_objects/_import", []string{"kbn-xsrf", ""}, 400},
		{"POST", "/api/saved_objects/_export", []string{"kbn-xsrf", ""}, 400},
		{"POST", "/api/saved_objects/tag/a", []string{"kbn-xsrf", "", "kbn-version", "8.17.0"}, 200},
		{"POST", "/s/default/api/saved_objects/tag/b", []string{"kbn-xsrf", "reporting"}, 200},
		{"GET", "/api/saved_objects/tag/b", nil, 200},
	} {
		code, text := b.do(c.method, c.path, `{"attributes":{}}`, c.header...)
		if code != c.code || code == 400 && text != `{"statusCode":400,"error":"Bad Request","message":"Request must contain a kbn-xsrf header."}`+"\n" {
			t.Errorf("%s %s %v: %d %s", c.method, c.path, c.header, code, text)
		}
	}
}

func TestPages(t *testing.T) {
	h := New(Options{Saved: newBench(t).saved})
	for from, to := range map[string]string{"/app/dashboards": "/dashboards", "/app/discover": "/discover", "/app/management/kibana/dataViews": "/", "/app/dashboards/list": "/dashboards", "/app/home": "/"} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", from, nil))
		if w.Code != http.StatusFound || w.Header().Get("Location") != to {
			t.Errorf("%s leads to %d %s", from, w.Code, w.Header().Get("Location"))
		}
	}
}

func TestScope(t *testing.T) {
	b := newBench(t)
	h := New(Options{Saved: b.saved, Scope: func(*http.Request) auth.Scope { return auth.Scope{} }})
	b.http.Config.Handler = h
	if code, text := b.do("GET", "/api/saved_objects/_find?type=dashboard", ""); code != 403 || !strings.Contains(text, `"error":"Forbidden"`) {
		t.Errorf("%d %s", code, text)
	}
	if code, text := b.do("GET", "/api/status", ""); code != 200 || text != `{"status":{"overall":{"level":"available"}}}`+"\n" {
		t.Errorf("%d %s", code, text)
	}
}

func TestStatus(t *testing.T) {
	b := newBench(t)
	for _, c := range []struct {
		health       Health
		code         int
		level, state string
	}{
		{Health{}, 200, "available", "green"},
		{Health{Intake: Part{Degraded, "the disk is full"}}, 200, "degraded", "yellow"},
		{Health{Store: Part{Unavailable, "the store is gone"}, Saved: Part{Degraded, "x"}}, 503, "unavailable", "red"},
	} {
		b.health = c.health
		var answer struct {
			Name, UUID string
			Version    struct {
				Number string `json:"number"`
			}
			Status struct {
				Overall struct{ Level, Summary, State, Title string }
				Core    map[string]struct{ Level, Summary string }
				Plugins map[string]struct{ Level, Summary string }
			}
			Metrics map[string]any
		}
		code, text := b.do("GET", "/api/status", "")
		if err := json.Unmarshal([]byte(text), &answer); err != nil {
			t.Fatal(err)
		}
		overall := answer.Status.Overall
		if code != c.code || overall.Level != c.level || answer.Name != "mail" || answer.Version.Number != DefaultVersion || answer.Status.Core["elasticsearch"].Level != c.level || answer.Metrics["process"] == nil {
			t.Errorf("%d %s", code, text)
		}
		if c.level != "available" && overall.Summary != c.health.worst().Summary {
			t.Errorf("summary %q", overall.Summary)
		}
		code, text = b.do("GET", "/api/status?v7format=true", "")
		if err := json.Unmarshal([]byte(text), &answer); err != nil || code != c.code || answer.Status.Overall.State != c.state {
			t.Errorf("%d %s", code, text)
		}
	}
}

// TestBundles speaks the API that was before _import.
func TestBundles(t *testing.T) {
	b := newBench(t)
	seed := read(t, "seed.json")
	var answer struct{ Objects []Object }
	code, text := b.do("POST", "/api/kibana/dashboards/import?exclude=tag", seed)
	if err := json.Unmarshal([]byte(text), &answer); err != nil || code != 200 || len(answer.Objects) != 9 || answer.Objects[0].Error != nil {
		t.Errorf("%d %.300s", code, text)
	}
	if got := b.boards()["seed-overview"]; strings.Count(got, " ") != 7 || strings.Contains(got, "text") {
		t.Errorf("it shows %s", got)
	}
	code, text = b.do("POST", "/api/kibana/dashboards/import", seed)
	if err := json.Unmarshal([]byte(text), &answer); err != nil || code != 200 || len(answer.Objects) != 9 || answer.Objects[0].Error == nil || answer.Objects[0].Error.StatusCode != 409 {
		t.Errorf("%d %.300s", code, text)
	}
	if code, text = b.do("POST", "/api/kibana/dashboards/import?force=true", seed); code != 200 || strings.Contains(text, `"error"`) {
		t.Errorf("%d %.300s", code, text)
	}
	for _, bad := range []string{"", "{}", "[", `{"objects":[{"type":"tag"}]}`} {
		if code, text := b.do("POST", "/api/kibana/dashboards/import", bad); code != 400 {
			t.Errorf("%s: %d %s", bad, code, text)
		}
	}
	b.take("export-8.ndjson", "")
	code, text = b.do("GET", "/api/kibana/dashboards/export?dashboard=deliveries+8/a&dashboard=none", "")
	if err := json.Unmarshal([]byte(text), &answer); err != nil || code != 200 || len(answer.Objects) != 4 || answer.Objects[1].Error == nil {
		t.Errorf("%d %.600s", code, text)
	}
	if code, text := b.do("GET", "/api/kibana/dashboards/export", ""); code != 400 {
		t.Errorf("%d %s", code, text)
	}
}

// TestSearches are in Discover's list too.
func TestSearches(t *testing.T) {
	b := newBench(t)
	b.take("export-7.17.ndjson", "")
	list, err := b.saved.Searches(t.Context())
	if err != nil || len(list) != 1 || list[0].Title != "Bounces one by one" || list[0].State != "columns=%40timestamp%2Csender%2Crecipient%2Creply&q=mta_flow%3Abounce+AND+level%3AERROR" {
		t.Fatalf("%+v %v", list, err)
	}
	const path, body = "/api/saved_objects/search/s-bounces?overwrite=true", `{"attributes":{"title":"All","columns":["_source"],"sort":["size","asc"],"kibanaSavedObjectMeta":{"searchSourceJSON":"{}"}}}`
	if code, text := b.do("POST", path, body); code != 200 {
		t.Errorf("%d %s", code, text)
	}
	if list, err = b.saved.Searches(t.Context()); err != nil || len(list) != 1 || list[0].Title != "All" || list[0].State != "columns=%40timestamp%2Cmessage&sort=size" {
		t.Errorf("%+v %v", list, err)
	}
	list[0].Title = "Mine"
	if _, err := b.saved.UpdateSearch(t.Context(), list[0]); err != nil {
		t.Fatal(err)
	}
	b.do("POST", path, body)
	if list, err = b.saved.Searches(t.Context()); err != nil || len(list) != 1 || list[0].Title != "Mine" {
		t.Errorf("what somebody changed here was overwritten: %+v %v", list, err)
	}
	b.do("DELETE", "/api/saved_objects/search/s-bounces", "")
	if list, err = b.saved.Searches(t.Context()); err != nil || len(list) != 1 {
		t.Errorf("what somebody changed here was deleted: %+v %v", list, err)
	}
	if code, text := b.do("POST", "/api/saved_objects/search/odd", `{"attributes":{"title":"x","kibanaSavedObjectMeta":{"searchSourceJSON":"{\"query\":{\"geo_shape\":{}}}"}}}`); code != 200 {
		t.Errorf("%d %s", code, text)
	}
}
