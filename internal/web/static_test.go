package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/klauspost/compress/zstd"

	"rastro/internal/feed"
	"rastro/internal/search"
)

// fetch asks with the headers given, in pairs, and undoes the encoding.
func fetch(t *testing.T, h http.Handler, method, path string, header ...string) (*httptest.ResponseRecorder, string) {
	t.Helper()
	req := httptest.NewRequest(method, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	var from io.Reader = bytes.NewReader(w.Body.Bytes())
	if w.Body.Len() > 0 {
		switch w.Header().Get("Content-Encoding") {
		case "gzip":
			z, err := gzip.NewReader(from)
			if err != nil {
				t.Fatal(err)
			}
			from = z
		case "zstd":
			z, err := zstd.NewReader(from)
			if err != nil {
				t.Fatal(err)
			}
			defer z.Close()
			from = z
		}
	}
	text, err := io.ReadAll(from)
	if err != nil {
		t.Fatal(err)
	}
	return w, string(text)
}

var script = "export const sentence = 'one sentence that comes again';\n" + strings.Repeat("sentence.length;\n", 500)

func newUI() *Server {
	return New(Options{Searcher: search.New(search.Options{Store: noStore{}}), UI: fstest.MapFS{
		"index.html":          {Data: []byte("<!doctype html><title>Rastro</title>")},
		"assets/main.js":      {Data: []byte(script)},
		"assets/font.woff2":   {Data: bytes.Repeat([]byte("wOF2"), 1000)},
		"favicon.svg":         {Data: []byte("<svg/>")},
		".gitkeep":            {Data: []byte("secret")},
		"assets/.hidden/x.js": {Data: []byte("secret")},
	}})
}

func TestStaticFiles(t *testing.T) {
	s := newUI()
	for _, c := range []struct {
		method, path string
		code         int
		kind, holds  string
	}{
		{"GET", "/", 200, "text/html", "<title>Rastro"}, {"GET", "/index.html", 200, "text/html", "<title>Rastro"},
		{"GET", "/discover", 200, "text/html", "<title>Rastro"}, {"GET", "/trace/4XyZ1/a.b", 200, "text/html", "<title>Rastro"},
		{"GET", "/apiary", 200, "text/html", "<title>Rastro"}, {"GET", "/.gitkeep", 200, "text/html", "<title>Rastro"},
		{"GET", "/assets/main.js", 200, "text/javascript", "sentence"}, {"GET", "/favicon.svg", 200, "image/svg+xml", "<svg/>"},
		{"GET", "/assets/font.woff2", 200, "font/woff2", "wOF2"}, {"HEAD", "/assets/main.js", 200, "text/javascript", ""},
		{"GET", "/assets/gone.js", 404, "application/json", "not_found"}, {"GET", "/assets/.hidden/x.js", 404, "application/json", "not_found"},
		{"GET", "/api/nothing", 404, "application/json", "not_found"}, {"POST", "/api/nothing", 404, "application/json", "not_found"},
		{"POST", "/discover", 405, "application/json", "bad_method"}, {"DELETE", "/assets/main.js", 405, "application/json", "bad_method"},
	} {
		w, text := fetch(t, s, c.method, c.path)
		if w.Code != c.code || !strings.HasPrefix(w.Header().Get("Content-Type"), c.kind) || !strings.Contains(text, c.holds) || strings.Contains(text, "secret") {
			t.Errorf("%s %s: %d %s %.100s", c.method, c.path, w.Code, w.Header().Get("Content-Type"), text)
		}
	}
}

func TestStaticFilesAreCachedByContent(t *testing.T) {
	s := newUI()
	tags := map[string]bool{}
	for _, accept := range []string{"", "gzip", "gzip, deflate, br, zstd", "zstd;q=0, gzip;q=0.5"} {
		w, text := fetch(t, s, "GET", "/assets/main.js", "Accept-Encoding", accept)
		tag := w.Header().Get("ETag")
		if text != script || w.Header().Get("Cache-Control") != "no-cache" || w.Header().Get("Vary") != "Accept-Encoding" || !strings.HasPrefix(tag, `"`) {
			t.Errorf("%q: %v", accept, w.Header())
		}
		if encoding := w.Header().Get("Content-Encoding"); accept != "" && (encoding == "" || !strings.Contains(accept, encoding) || w.Body.Len() > len(script)/10) {
			t.Errorf("%q: %s in %d bytes", accept, encoding, w.Body.Len())
		}
		tags[tag] = true
		again, _ := fetch(t, s, "GET", "/assets/main.js", "Accept-Encoding", accept, "If-None-Match", `"x", `+tag)
		if again.Code != 304 || again.Body.Len() != 0 || again.Header().Get("ETag") != tag {
			t.Errorf("%q: %d with %d bytes", accept, again.Code, again.Body.Len())
		}
	}
	if len(tags) != 3 {
		t.Errorf("the tags of three forms are %v", tags)
	}
	if w, _ := fetch(t, s, "GET", "/assets/font.woff2", "Accept-Encoding", "gzip"); w.Header().Get("Content-Encoding") != "" {
		t.Error("a font is compressed twice")
	}
}

func TestSecurityHeaders(t *testing.T) {
	s := newUI()
	for _, path := range []string{"/", "/assets/main.js", "/api/fields", "/api/nothing"} {
		w, _ := fetch(t, s, "GET", path)
		for name, want := range map[string]string{
			"Content-Security-Policy": "script-src 'self'; ", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
			"Cross-Origin-Opener-Policy": "same-origin",
		} {
			if !strings.Contains(w.Header().Get(name), want) {
				t.Errorf("%s: %s is %q", path, name, w.Header().Get(name))
			}
		}
	}
	for part := range strings.SplitSeq(policy, ";") {
		if name, value, _ := strings.Cut(strings.TrimSpace(part), " "); name != "style-src" && strings.Contains(value, "unsafe") || strings.Contains(value, "http") {
			t.Errorf("the policy says %q", part)
		}
	}
}

func TestWithoutUserInterfaceThePageSaysHowToBuildIt(t *testing.T) {
	b := newBench(t, 2)
	_, text := b.do(t, "GET", "/", "")
	if !strings.Contains(text, "make ui") {
		t.Error(text)
	}
	if resp, _ := b.do(t, "GET", "/discover", ""); resp.StatusCode != 404 {
		t.Errorf("/discover: %s", resp.Status)
	}
}

func TestAnswersAreCompressed(t *testing.T) {
	b := newBench(t, 100)
	for accept, want := range map[string]string{"gzip": "gzip", "gzip, zstd": "zstd", "identity": "", "gzip;q=0": ""} {
		resp, text := b.do(t, "POST", "/api/search", `{"size":100}`, "Accept-Encoding", accept)
		if got := resp.Header.Get("Content-Encoding"); got != want || want == "" && !strings.Contains(text, "took_ms") || !strings.Contains(resp.Header.Get("Vary"), "Accept-Encoding") {
			t.Errorf("%q: %q %v", accept, got, resp.Header)
		}
	}
}

// TestATailIsSentAtOnce has a client that takes compressed answers.
func TestATailIsSentAtOnce(t *testing.T) {
	f := &feed.Feed{}
	server := httptest.NewServer(New(Options{Searcher: search.New(search.Options{Store: noStore{}, Feed: f})}))
	defer server.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/api/tail?query=status:deferred", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", "gzip, zstd")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.Header.Get("Content-Encoding") != "" || resp.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%v", resp.Header)
	}
	for f.Followers() == 0 {
		time.Sleep(time.Millisecond)
	}
	f.Publish(events(2, 1)) // delivered: not for this one
	f.Publish(events(1, 2))
	// One event is far less than any buffer holds back.
	var seen []byte
	buffer := make([]byte, 4096)
	for !bytes.Contains(seen, []byte("event: event\n")) {
		n, err := resp.Body.Read(buffer)
		if err != nil {
			t.Fatalf("%v after %s", err, seen)
		}
		seen = append(seen, buffer[:n]...)
	}
	if bytes.Contains(seen, []byte("delivered")) {
		t.Errorf("the query q of the tail was not heard: %s", seen)
	}
	cancel()
}
