package kibana

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"rastro/internal/dashboard"
)

// TestHostileFiles refuses what is no file of saved objects, and what would
// take too much.
func TestHostileFiles(t *testing.T) {
	b := newBench(t)
	for name, c := range map[string]struct {
		file string
		code int
		says string
	}{
		"broken":     {`{"type":"tag","id":"1","attributes":{}}` + "\n\n" + `{"type":`, 400, "line 3"},
		"deep":       {strings.Repeat(`[`, 100_000), 400, "cannot be read"},
		"nested":     {strings.Repeat(`{"objects":[`, 10) + strings.Repeat(`]}`, 10), 400, "nested too deep"},
		"no type":    {`{"id":"1","attributes":{}}`, 400, "has no type"},
		"attributes": {`{"type":"tag","id":"1","attributes":[]}`, 400, "has no attributes"},
		"a number":   {`7`, 400, "is no saved object"},
		"twice":      {`[{"type":"tag","id":"1","attributes":{}},{"type":"tag","id":"1","attributes":{}}]`, 400, "Non-unique import objects detected: [tag:1]"},
		"long id":    {`{"type":"tag","id":"` + strings.Repeat("x", 600) + `","attributes":{}}`, 400, "longer than"},
		"too many":   {strings.Repeat(`{"type":"tag","attributes":{}}`+"\n", maxObjects+1), 400, "Can't import more than 10000 objects"},
		"large":      {strings.Repeat(" ", maxFile+1), 413, "greater than maximum"},
		"empty":      {"", 200, `"successCount":0,"success":true`},
		"mark":       {"\xef\xbb\xbf" + `{"type":"tag","id":"bom","attributes":{}}`, 200, `"success":true`},
		"old":        {`[{"_id":"o","_type":"tag","_source":{"name":"x"},"_meta":{}}]`, 200, `"id":"o"`},
		"one large":  {`{"type":"tag","id":"large","attributes":{"x":"` + strings.Repeat("x", dashboard.MaxBody) + `"}}`, 200, `"success":false`},
		"panels":     {`{"type":"dashboard","id":"p","attributes":{"title":"x","panelsJSON":"{"}}`, 200, "no dashboard was made of it"},
		"odd panels": {`{"type":"dashboard","id":"q","attributes":{"title":7,"panelsJSON":"[null,{},{\"gridData\":{\"x\":1e300,\"y\":-5,\"w\":1e300,\"h\":1e300}}]","refreshInterval":"x"}}`, 200, `"rastroDashboard":"q"`},
	} {
		code, text := b.form("/api/saved_objects/_import", c.file)
		if code != c.code || !strings.Contains(text, c.says) {
			t.Errorf("%s: %d %.300s", name, code, text)
		}
	}
	if code, text := b.do("POST", "/api/saved_objects/_import", "--x\r\n", "Content-Type", "multipart/form-data; boundary=x"); code != 400 {
		t.Errorf("a broken form: %d %s", code, text)
	}
	if code, text := b.do("POST", "/api/saved_objects/_import", "--x--\r\n", "Content-Type", "multipart/form-data; boundary=x"); code != 400 || !strings.Contains(text, "[request body.file]") {
		t.Errorf("a form without a file: %d %s", code, text)
	}
}

// TestManyObjects imports as many as Kibana does at most.
func TestManyObjects(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIP: 30,000 objects take a minute under the race detector, which has nothing to find here")
	}
	b := newBench(t)
	var file strings.Builder
	for i := range maxObjects {
		fmt.Fprintf(&file, `{"type":"visualization","id":"v%d","attributes":{"title":"Number %d","visState":"{}"}}`+"\n", i, i)
	}
	answer := take(t, b, file.String(), "")
	if !answer.Success || answer.SuccessCount != maxObjects || len(answer.Warnings) > maxWarnings+1 {
		t.Errorf("%d objects, %d warnings", answer.SuccessCount, len(answer.Warnings))
	}
	if code, text := b.do("GET", "/api/saved_objects/_find?type=visualization&search=9999&search_fields=title", ""); code != 200 || !strings.Contains(text, `"total":1,`) && !strings.Contains(text, `"total":1}`) {
		t.Errorf("%d %.300s", code, text)
	}
	// A dashboard that refers to none of them shows as many as it can.
	board := `{"objects":[{"type":"dashboard","id":"b","attributes":{"title":"x","panelsJSON":"[{\"panelRefName\":\"panel_1\",\"gridData\":{\"x\":0,\"y\":0,\"w\":48,\"h\":1e300}}]"}},` +
		strings.TrimSuffix(strings.ReplaceAll(file.String()[:strings.Index(file.String(), `"v5000"`)], "\n", ","), `{"type":"visualization","id":`) + `{"type":"tag","attributes":{}}]}`
	take(t, b, board, "?overwrite=true")
	if got := strings.Fields(b.boards()["b"]); len(got) != dashboard.MaxPanels-1 {
		t.Errorf("it has %d panels", len(got))
	}
	for range 2 {
		file.Reset()
		for i := range maxObjects {
			fmt.Fprintf(&file, `{"type":"tag","id":"%s%d","attributes":{}}`+"\n", newID(), i)
		}
		code, text := b.form("/api/saved_objects/_import", file.String())
		if code == http.StatusInsufficientStorage {
			return
		}
		if code != 200 {
			t.Fatalf("%d %.300s", code, text)
		}
	}
	t.Error("there is no end to what is kept")
}

// TestUnavailable answers while what was saved cannot be reached.
func TestUnavailable(t *testing.T) {
	b := newBench(t)
	saved := dashboard.Open(t.Context(), t.TempDir(), dashboard.Options{}) // a folder is no file
	b.http.Config.Handler = New(Options{Saved: saved, Now: func() time.Time { return noon }})
	for path, code := range map[string]int{"/api/saved_objects/index-pattern": 200, "/api/data_views": 200, "/api/saved_objects/index-pattern/elemta-logs-*": 200, "/api/saved_objects/tag/x": 503, "/api/status": 200} {
		if got, text := b.do("GET", path, ""); got != code {
			t.Errorf("%s: %d %s", path, got, text)
		}
	}
	if _, text := b.do("GET", "/api/status", ""); !strings.Contains(text, `"level":"degraded"`) {
		t.Error(text)
	}
	if code, text := b.do("POST", "/api/saved_objects/tag/x", `{"attributes":{}}`); code != 503 {
		t.Errorf("%d %s", code, text)
	}
}

// FuzzImport wants every file to be refused, or to become dashboards that can
// be saved and that show nothing by mistake.
func FuzzImport(f *testing.F) {
	for _, name := range []string{"seed.json", "export-7.17.ndjson", "export-8.ndjson"} {
		text, err := readTestdata(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(`{"type":"dashboard","id":"d","attributes":{"panelsJSON":"[{\"embeddableConfig\":{\"savedVis\":{\"type\":\"metrics\",\"params\":{\"type\":\"top_n\",\"series\":[{\"metrics\":[{\"type\":\"count\"}],\"split_mode\":\"terms\",\"terms_field\":\"a\"}]}}}}]"}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := readFile(text)
		if err != nil {
			return
		}
		guesses := file.guesses()
		for _, o := range file.objects {
			if o.Type != typeDashboard {
				continue
			}
			b := builder{find: finderOf(file.objects), now: noon, prefix: DefaultPrefix, object: o, guessed: guesses[keyOf(o)]}
			board, notes, err := b.build()
			if err != nil {
				continue
			}
			if len(notes) > maxNotes {
				t.Errorf("%d notes", len(notes))
			}
			ids := map[string]bool{}
			for _, p := range board.Panels {
				if err := dashboard.CheckPanel(p, noon); err != nil {
					t.Errorf("a panel cannot be saved: %v", err)
				}
				if ids[p.ID] {
					t.Errorf("two panels are %s", p.ID)
				}
				ids[p.ID] = true
			}
			if err := dashboard.CheckQuery(board.Query, noon); err != nil {
				t.Error(err)
			}
		}
	})
}
