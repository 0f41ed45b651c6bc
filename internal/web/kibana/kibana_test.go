package kibana

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"rastro/internal/dashboard"
)

var update = flag.Bool("update", false, "write the golden files again")

// noon is the time of every test.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// bench is a Handler with a file of its own.
type bench struct {
	t     *testing.T
	http  *httptest.Server
	saved *dashboard.Store
	// health is what /api/status tells.
	health Health
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t}
	now := func() time.Time { return noon }
	b.saved = dashboard.Open(t.Context(), filepath.Join(t.TempDir(), dashboard.FileName), dashboard.Options{Now: now})
	t.Cleanup(func() { _ = b.saved.Close() })
	h := New(Options{Saved: b.saved, Now: now, Name: "mail", Health: func() Health { return b.health }})
	b.http = httptest.NewServer(h)
	t.Cleanup(b.http.Close)
	return b
}

// do sends a request with the header that writes need.
func (b *bench) do(method, path, body string, header ...string) (int, string) {
	b.t.Helper()
	req, err := http.NewRequest(method, b.http.URL+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	if method != http.MethodGet {
		req.Header.Set("kbn-xsrf", "true")
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
		if header[i+1] == "" {
			req.Header.Del(header[i])
		}
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// form sends a file as curl -F does; more are further parts, names and values.
func (b *bench) form(path, file string, more ...string) (int, string) {
	b.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile("file", "export.ndjson")
	if err == nil {
		_, err = io.WriteString(part, file)
	}
	for i := 0; err == nil && i+1 < len(more); i += 2 {
		err = w.WriteField(more[i], more[i+1])
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		b.t.Fatal(err)
	}
	return b.do("POST", path, body.String(), "Content-Type", w.FormDataContentType())
}

// take imports a file of testdata.
func (b *bench) take(name, params string) importAnswer {
	b.t.Helper()
	code, text := b.form("/api/saved_objects/_import"+params, read(b.t, name))
	var answer importAnswer
	if err := json.Unmarshal([]byte(text), &answer); err != nil || code != 200 {
		b.t.Fatalf("%s: %d %s", name, code, text)
	}
	return answer
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var random = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`)

// golden compares with a file of testdata; ids that are drawn by lot are alike.
func golden(t *testing.T, name, got string) {
	t.Helper()
	got = random.ReplaceAllString(got, "<uuid>")
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want := read(t, name); want != got {
		t.Errorf("%s differs:\n%s", name, got)
	}
}

// pretty is JSON with indents; other text stays.
func pretty(text string) string {
	var out bytes.Buffer
	if json.Indent(&out, []byte(text), "", " ") != nil {
		return text
	}
	return strings.TrimSpace(out.String()) + "\n"
}

// TestSeedVisualizations imports a file in the shape of Elemta's own.
func TestSeedVisualizations(t *testing.T) { importGolden(t, "seed.json", "seed-overview") }

func TestExportOf7(t *testing.T) {
	importGolden(t, "export-7.17.ndjson", "d1b7c1f0-2222-11ee-9f2a-0242ac120002")
}

func TestExportOf8(t *testing.T) { importGolden(t, "export-8.ndjson", "") }

// importGolden holds the answer to an import and the dashboard made of it.
func importGolden(t *testing.T, file, id string) {
	b := newBench(t)
	code, text := b.form("/api/saved_objects/_import", read(t, file))
	out := fmt.Sprintf("%d\n%s", code, pretty(text))
	list, err := b.saved.Dashboards(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	made := 0
	for _, d := range list {
		if d.Builtin {
			continue
		}
		made++
		if id != "" && d.ID != id {
			t.Errorf("the dashboard has the id %s", d.ID)
		}
		board, err := b.saved.Dashboard(t.Context(), d.ID)
		if err != nil {
			t.Fatal(err)
		}
		body, err := json.Marshal(board)
		if err != nil {
			t.Fatal(err)
		}
		out += pretty(string(body))
	}
	if made != 1 {
		t.Errorf("%d dashboards were made", made)
	}
	golden(t, strings.TrimSuffix(strings.TrimSuffix(file, ".ndjson"), ".json")+".golden", out)
}

// TestAnswers holds the shape of every answer.
func TestAnswers(t *testing.T) {
	b := newBench(t)
	var out strings.Builder
	for _, one := range strings.Split(read(t, "requests.txt"), "\n\n") {
		one = strings.TrimSpace(one)
		if one == "" || strings.HasPrefix(one, "#") {
			continue
		}
		first, body, _ := strings.Cut(one, "\n")
		parts := strings.SplitN(first, " ", 2)
		code, text := b.do(parts[0], parts[1], body)
		text = strings.ReplaceAll(text, string(eventFields), `"<fields>"`)
		fmt.Fprintf(&out, "> %s\n%d\n%s\n", first, code, pretty(text))
	}
	golden(t, "requests.golden", out.String())
}

func readTestdata(name string) ([]byte, error) { return os.ReadFile(filepath.Join("testdata", name)) }
