package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"rastro/internal/auth"
	"rastro/internal/dashboard"
	"rastro/internal/search"
)

// newSaved serves saved things alone.
func newSaved(t *testing.T, scope func(*http.Request) auth.Scope) *bench {
	t.Helper()
	saved := dashboard.Open(context.Background(), filepath.Join(t.TempDir(), dashboard.FileName), dashboard.Options{})
	b := &bench{http: httptest.NewServer(New(Options{Searcher: search.New(search.Options{}), Saved: saved, Scope: scope}))}
	t.Cleanup(func() {
		b.http.Close()
		if err := saved.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// ask sends a request and reads the answer, which must have the status.
func ask[T any](t *testing.T, b *bench, method, path, body string, status int) T {
	t.Helper()
	resp, text := b.do(t, method, path, body)
	var out T
	if resp.StatusCode != status {
		t.Fatalf("%s %s: %s, want %d: %s", method, path, resp.Status, status, text)
	}
	if status == http.StatusNoContent {
		return out
	}
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatalf("%s %s: %v in %s", method, path, err, text)
	}
	return out
}

type failure struct {
	Error    Error                   `json:"error"`
	Current  json.RawMessage         `json:"current"`
	Mistakes []dashboard.LineMistake `json:"mistakes"`
}

func toJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTheLifeOfADashboard(t *testing.T) {
	b := newSaved(t, nil)
	list := ask[DashboardList](t, b, "GET", "/api/dashboards", "", 200)
	if len(list.Items) != 7 || list.Items[0].ID != "overview" || list.Items[0].Title.Es != "Resumen" || list.Notes != nil {
		t.Fatalf("%+v", list)
	}
	// A page duplicates what comes with Rastro: it sends all of it back.
	copied := ask[dashboard.Dashboard](t, b, "GET", "/api/dashboards/smtp", "", 200)
	copied.Title = dashboard.Words{Es: `<img src=x onerror=alert(1)>`}
	made := ask[dashboard.Dashboard](t, b, "POST", "/api/dashboards", toJSON(t, copied), 201)
	if made.Version != 1 || made.Builtin || made.ID == "smtp" || len(made.Panels) != len(copied.Panels) {
		t.Fatalf("%+v", made.Summary)
	}
	path := "/api/dashboards/" + made.ID
	first := toJSON(t, made)
	made.Title.En, made.Panels = "Mine", made.Panels[:2]
	now := ask[dashboard.Dashboard](t, b, "PUT", path, toJSON(t, made), 200)
	if now.Version != 2 || len(now.Panels) != 2 {
		t.Errorf("%+v", now.Summary)
	}
	conflict := ask[failure](t, b, "PUT", path, first, 409)
	var current dashboard.Dashboard
	if err := json.Unmarshal(conflict.Current, &current); err != nil || conflict.Error.Code != "version_conflict" || conflict.Error.Hint == "" || current.Version != 2 || current.Title.En != "Mine" {
		t.Errorf("%v: %+v %s", err, conflict.Error, conflict.Current)
	}
	versions := ask[VersionList](t, b, "GET", path+"/versions", "", 200)
	if len(versions.Items) != 2 || versions.Items[0].Version != 2 || versions.Items[0].SavedAt == "" {
		t.Errorf("%+v", versions)
	}
	if old := ask[dashboard.Dashboard](t, b, "GET", path+"/versions/1", "", 200); len(old.Panels) != len(copied.Panels) {
		t.Errorf("version 1 has %d panels", len(old.Panels))
	}
	ask[failure](t, b, "DELETE", path+"?version=1", "", 409)
	ask[struct{}](t, b, "DELETE", path+"?version=2", "", 204)
	if gone := ask[failure](t, b, "GET", path, "", 404); gone.Error.Code != "not_found" || gone.Error.Hint == "" {
		t.Errorf("%+v", gone.Error)
	}
}

func TestTheLifeOfASearch(t *testing.T) {
	b := newSaved(t, nil)
	if list := ask[map[string]json.RawMessage](t, b, "GET", "/api/searches", "", 200); string(list["items"]) != "[]" {
		t.Errorf("an empty list is %s", list["items"])
	}
	made := ask[dashboard.SavedSearch](t, b, "POST", "/api/searches", `{"title":"Waiting","state":"q=status%3Adeferred"}`, 201)
	path := "/api/searches/" + made.ID
	made.Title = "Still waiting"
	ask[dashboard.SavedSearch](t, b, "PUT", path, toJSON(t, made), 200)
	conflict := ask[failure](t, b, "PUT", path, toJSON(t, made), 409)
	if !strings.Contains(string(conflict.Current), "Still waiting") {
		t.Errorf("%s", conflict.Current)
	}
	if list := ask[SavedSearchList](t, b, "GET", "/api/searches", "", 200); len(list.Items) != 1 || list.Items[0].Version != 2 {
		t.Errorf("%+v", list)
	}
	if got := ask[dashboard.SavedSearch](t, b, "GET", path+"/versions/1", "", 200); got.Title != "Waiting" {
		t.Errorf("%+v", got)
	}
	ask[VersionList](t, b, "GET", path+"/versions", "", 200)
	ask[struct{}](t, b, "DELETE", path+"?version=2", "", 204)
	ask[failure](t, b, "DELETE", path+"?version=2", "", 404)
}

func TestMistakesOfSavedThings(t *testing.T) {
	b := newSaved(t, nil)
	made := ask[dashboard.SavedSearch](t, b, "POST", "/api/searches", `{"title":"x","state":""}`, 201)
	path := "/api/searches/" + made.ID
	for _, c := range []struct {
		method, path, body string
		status             int
		code, words        string
	}{
		{"POST", "/api/searches", `{"title":""}`, 400, "invalid", "title"},
		{"POST", "/api/searches", `{"titel":"x"}`, 400, "invalid", "titel"},
		{"POST", "/api/searches", `{"title":7}`, 400, "invalid", "title"},
		{"POST", "/api/searches", `[]`, 400, "invalid", "JSON"},
		{"POST", "/api/searches", ``, 400, "invalid", "JSON"},
		{"POST", "/api/searches", `{"title":"x"} {}`, 400, "invalid", "behind"},
		{"POST", "/api/dashboards", `{"title":{"en":"x"},"panels":[{"id":"p","kind":"bar","title":{"en":"x"},"w":1,"h":1,"field":"status","query":"a AND"}]}`, 400, "invalid", "panels[0].query"},
		{"POST", "/api/dashboards", `{"title":{"en":"` + strings.Repeat("x", maxSaved) + `"}}`, 413, "too_large", "bytes"},
		{"PUT", path, `{"title":"x"}`, 400, "no_version", "version"},
		{"PUT", path, `{"id":"other","title":"x","version":1}`, 400, "bad_id", "other"},
		{"PUT", "/api/searches/nobody", `{"title":"x","version":1}`, 404, "not_found", ""},
		{"DELETE", path, ``, 400, "no_version", "?version="},
		{"DELETE", path + "?version=x", ``, 400, "no_version", ""},
		{"GET", path + "/versions/x", ``, 404, "not_found", ""},
		{"GET", path + "/versions/2", ``, 404, "not_found", ""},
		{"GET", "/api/searches/nobody/versions", ``, 404, "not_found", ""},
		{"PUT", "/api/dashboards/overview", `{"title":{"en":"x"},"version":1}`, 403, "builtin", "copy"},
		{"DELETE", "/api/dashboards/overview?version=1", ``, 403, "builtin", ""},
		{"GET", "/api/dashboards/export?ids=overview,nobody", ``, 404, "not_found", ""},
		{"GET", "/api/dashboards/import", ``, 405, "bad_method", "POST"},
		{"POST", "/api/dashboards/export", ``, 405, "bad_method", "GET"},
		{"PATCH", path, ``, 405, "bad_method", "DELETE"},
		{"GET", "/api/dashboards/" + strings.Repeat("x", 5000), ``, 404, "not_found", ""},
	} {
		got := ask[failure](t, b, c.method, c.path, c.body, c.status)
		if text := got.Error.Error(); got.Error.Code != c.code || !strings.Contains(text, c.words) || got.Error.Message == "" {
			t.Errorf("%s %.60s: %+v", c.method, c.path, got.Error)
		}
	}
	resp, _ := b.do(t, "OPTIONS", "/api/dashboards", "")
	if resp.StatusCode != 204 || resp.Header.Get("Allow") != "OPTIONS, GET, HEAD, POST" {
		t.Errorf("%s, %s", resp.Status, resp.Header.Get("Allow"))
	}
}

func TestAFileOfDashboards(t *testing.T) {
	b := newSaved(t, nil)
	resp, text := b.do(t, "GET", "/api/dashboards/export?ids=overview,bounces", "")
	if resp.StatusCode != 200 || resp.Header.Get("Content-Disposition") != `attachment; filename=rastro-dashboards.ndjson` || strings.Count(text, "\n") != 2 {
		t.Fatalf("%s %v %s", resp.Status, resp.Header, text)
	}
	taken := ask[DashboardList](t, b, "POST", "/api/dashboards/import", text, 201)
	if len(taken.Items) != 2 || taken.Items[1].Builtin || taken.Items[1].ID == "bounces" || taken.Items[1].Title.Es != "Devoluciones" {
		t.Errorf("%+v", taken)
	}
	bad := ask[failure](t, b, "POST", "/api/dashboards/import", text+"{}\n", 400)
	if bad.Error.Code != "bad_file" || len(bad.Mistakes) != 1 || bad.Mistakes[0].Line != 3 || bad.Error.Hint == "" {
		t.Errorf("%+v", bad)
	}
	if list := ask[DashboardList](t, b, "GET", "/api/dashboards", "", 200); len(list.Items) != 7+2 {
		t.Errorf("%d dashboards", len(list.Items))
	}
	resp, _ = b.do(t, "GET", "/api/dashboards/export?ids="+taken.Items[0].ID, "")
	if got := resp.Header.Get("Content-Disposition"); got != fmt.Sprintf("attachment; filename=rastro-dashboard-%s.ndjson", taken.Items[0].ID) {
		t.Errorf("%s", got)
	}
}

func TestSavedThingsAreForThoseWhoMaySeeThem(t *testing.T) {
	b := newSaved(t, func(*http.Request) auth.Scope { return auth.Scope{} })
	for _, path := range []string{"/api/searches", "/api/dashboards", "/api/dashboards/overview", "/api/dashboards/export"} {
		if got := ask[failure](t, b, "GET", path, "", 403); got.Error.Code != "forbidden" {
			t.Errorf("%s: %+v", path, got.Error)
		}
	}
	open := newSaved(t, nil)
	for _, method := range []string{"POST", "PUT", "DELETE"} {
		resp, text := open.do(t, method, "/api/dashboards", `{"title":{"en":"x"}}`, "Origin", "http://evil.example")
		if resp.StatusCode != 403 || !strings.Contains(text, "cross_origin") {
			t.Errorf("%s from another site: %s %s", method, resp.Status, text)
		}
	}
	none := newBench(t, 1)
	if got := ask[failure](t, none, "GET", "/api/dashboards", "", 503); got.Error.Code != "saved_unavailable" {
		t.Errorf("%+v", got.Error)
	}
}

// TestImportOfKibana takes an export of Kibana's where ours is taken.
func TestImportOfKibana(t *testing.T) {
	b := newSaved(t, nil)
	const file = `{"type":"dashboard","id":"k1","attributes":{"title":"Bounces","panelsJSON":"[{\"type\":\"visualization\",\"id\":\"v1\"},{\"type\":\"map\",\"id\":\"m1\"}]"},"references":[]}
{"type":"visualization","id":"v1","attributes":{"title":"Who","visState":"{\"type\":\"pie\",\"aggs\":[{\"type\":\"terms\",\"params\":{\"field\":\"sender\",\"size\":5}}]}"},"references":[]}
`
	made := ask[DashboardList](t, b, "POST", "/api/dashboards/import", file, http.StatusCreated)
	if len(made.Items) != 1 || made.Items[0].ID != "k1" || len(made.Notes) != 1 || !strings.Contains(made.Notes[0].En, "map/m1 is not there") {
		t.Errorf("%+v", made)
	}
	board := ask[dashboard.Dashboard](t, b, "GET", "/api/dashboards/k1", "", http.StatusOK)
	if len(board.Panels) != 2 || board.Panels[0].Kind != "pie" || board.Panels[1].Kind != "text" {
		t.Errorf("%+v", board)
	}
	again := ask[DashboardList](t, b, "POST", "/api/dashboards/import", file, http.StatusCreated)
	if len(again.Items) != 1 || again.Items[0].ID == "k1" {
		t.Errorf("a second import: %+v", again)
	}
	refused := ask[ImportMistakes](t, b, "POST", "/api/dashboards/import", `{"type":"tag","id":"t","attributes":{}}`, http.StatusBadRequest)
	if len(refused.Mistakes) != 1 || !strings.Contains(refused.Mistakes[0].Message, "holds no dashboard") {
		t.Errorf("%+v", refused)
	}
}

// TestOtherSites keeps pages of other sites from Kibana's API, whatever headers
// they send; a program that is no browser sends none of a browser's.
func TestOtherSites(t *testing.T) {
	b := newSaved(t, nil)
	for _, path := range []string{"/api/saved_objects/tag/a", "/s/default/api/saved_objects/tag/b", "/api/data_views/data_view"} {
		for _, header := range [][]string{{"Origin", "https://elsewhere.example"}, {"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}} {
			if resp, text := b.do(t, "POST", path, `{"attributes":{}}`, append(header, "kbn-xsrf", "true")...); resp.StatusCode != http.StatusForbidden {
				t.Errorf("%s with %v: %s %s", path, header, resp.Status, text)
			}
		}
	}
	if resp, text := b.do(t, "POST", "/api/saved_objects/tag/a", `{"attributes":{}}`, "kbn-xsrf", "true"); resp.StatusCode != http.StatusOK || resp.Header.Get("kbn-name") == "" || resp.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%s %v %s", resp.Status, resp.Header, text)
	}
	if resp, text := b.do(t, "GET", "/api/status", ""); resp.StatusCode != http.StatusOK || !strings.Contains(text, "available") {
		t.Errorf("%s %s", resp.Status, text)
	}
}
