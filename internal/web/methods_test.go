package web

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// do sends a request and returns the answer with its body.
func (b *bench) do(t *testing.T, method, path, body string, header ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest(method, b.http.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(text)
}

func TestMethods(t *testing.T) {
	b := newBench(t, 1)
	for _, c := range []struct {
		method, path string
		status       int
		allow        string
	}{
		{"HEAD", "/", 200, ""}, {"HEAD", "/api/info", 200, ""}, {"HEAD", "/api/tail", 200, ""},
		{"POST", "/", 405, "OPTIONS, GET, HEAD"}, {"DELETE", "/api/info", 405, "OPTIONS, GET, HEAD"},
		{"GET", "/api/search", 405, "OPTIONS, POST"}, {"GET", "/api/trace", 405, "OPTIONS, POST"}, {"PUT", "/api/import", 405, "OPTIONS, POST"},
		{"OPTIONS", "/api/search", 204, "OPTIONS, POST"}, {"OPTIONS", "/api/nothing", 404, ""},
	} {
		resp, text := b.do(t, c.method, c.path, "")
		if resp.StatusCode != c.status || resp.Header.Get("Allow") != c.allow {
			t.Errorf("%s %s: %s, Allow %q, want %d, %q", c.method, c.path, resp.Status, resp.Header.Get("Allow"), c.status, c.allow)
		}
		if c.status >= 400 {
			var e struct{ Error Error }
			if err := json.Unmarshal([]byte(text), &e); err != nil || e.Error.Code == "" || e.Error.Message == "" || e.Error.Hint == "" {
				t.Errorf("%s %s: %v in %s", c.method, c.path, err, text)
			}
		}
		if resp.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s %s is open to other sites", c.method, c.path)
		}
	}
}

// TestForeignPagesChangeNothing asks every route that is not read only.
func TestForeignPagesChangeNothing(t *testing.T) {
	b := newBench(t, 1)
	asked := 0
	for _, r := range Routes() {
		if r.Method == http.MethodGet {
			continue
		}
		asked++
		for _, header := range [][2]string{{"Origin", "http://evil.example"}, {"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}} {
			for _, kind := range []string{"application/json", "text/plain", "application/x-www-form-urlencoded"} {
				resp, text := b.do(t, r.Method, strings.ReplaceAll(r.Path, "{id}", "x"), "{}", header[0], header[1], "Content-Type", kind)
				if resp.StatusCode != 403 || !strings.Contains(text, `"code":"cross_origin"`) {
					t.Errorf("%s %s with %s: %s %s", r.Method, r.Path, header, resp.Status, text)
				}
			}
		}
	}
	if asked < 5 {
		t.Errorf("only %d routes were asked", asked)
	}
	// curl sends no Origin, and calls JSON a form.
	if resp, text := b.do(t, "POST", "/api/search", `{"size":1}`, "Content-Type", "application/x-www-form-urlencoded"); resp.StatusCode != 200 {
		t.Errorf("curl gets %s %s", resp.Status, text)
	}
}

func TestTheWholeRequestIsRead(t *testing.T) {
	b := newBench(t, 1)
	for body, want := range map[string]int{
		`{"size":1}` + "\n \n":                    200,
		`{"size":1}{"size":2}`:                    400,
		`{"size":1} x`:                            400,
		`{"query":"` + strings.Repeat("a", 2<<20): 400,
		``:                             400,
		`[]`:                           400,
		`{"size":1,"after":{"RID":5}}`: 400,
		`{"size":1,"after":{"Keys":[{},{}],"RID":5}}`: 400,
	} {
		code, text := b.post(t, "/api/search", body)
		if code != want || code == 400 && !strings.Contains(text, `"message":`) {
			t.Errorf("%.40s: %d %s, want %d", body, code, text, want)
		}
	}
}

func TestNotes(t *testing.T) {
	b := newBench(t, 3)
	for body, want := range map[string]string{
		`{"query":"stauts:deferred","size":1}`:            `no event has the field \"stauts\"; did you mean status?`,
		`{"query":"status:nothing","size":1}`:             "",
		`{"size":1,"sort":"-recipent"}`:                   `none of these events has the field \"recipent\" to sort by; did you mean recipient?`,
		`{"size":1,"sort":"@timestamp,-recipent"}`:        "",
		`{"size":1,"fields":["status","nonsense_field"]}`: `none of these events has the field \"nonsense_field\"`,
	} {
		code, text := b.post(t, "/api/search", body)
		var answer SearchAnswer
		if err := json.Unmarshal([]byte(text), &answer); code != 200 || err != nil {
			t.Fatalf("%s: %d %v %s", body, code, err, text)
		}
		if want == "" && len(answer.Notes) > 0 || !strings.Contains(text, want) {
			t.Errorf("%s: notes %q, want %s", body, answer.Notes, want)
		}
	}
}

func TestSortAndTotals(t *testing.T) {
	b := newBench(t, 6)
	_, text := b.post(t, "/api/search", `{"size":6,"sort":"status,-@timestamp","fields":["status"],"no_total":true}`)
	var answer SearchAnswer
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		t.Fatal(err)
	}
	if answer.TotalExact || len(answer.Hits) != 6 || !strings.Contains(string(answer.Hits[0]), "00:00:06Z") || !strings.Contains(string(answer.Hits[3]), "00:00:05Z") {
		t.Errorf("got %s", text)
	}
	for _, sort := range []string{"-", ",", "status,"} {
		if code, text := b.post(t, "/api/search", `{"size":1,"sort":"`+sort+`"}`); code != 400 || !strings.Contains(text, "bad_sort") {
			t.Errorf("sort %q: %d %s", sort, code, text)
		}
	}
}

func TestAFailedImportTellsWhatItDid(t *testing.T) {
	b := newBench(t, 1)
	code, text := b.post(t, "/api/import?name=bad", "a\nb\n")
	var f ImportFailure
	if err := json.Unmarshal([]byte(text), &f); err != nil || code != 422 || f.Error.Code != "import_failed" || f.Lines != 1 {
		t.Errorf("%d %v %s", code, err, text)
	}
	for path, want := range map[string]string{"/api/import": "no_name", "/api/import?name=a&newest=soon": "bad_time", "/api/import?name=a&zone=Mars": "bad_zone"} {
		if code, text := b.post(t, path, "a\n"); code != 400 || !strings.Contains(text, want) {
			t.Errorf("%s: %d %s", path, code, text)
		}
	}
}
