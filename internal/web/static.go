package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// policy is the Content-Security-Policy of every answer: scripts come from
// files of our own, and nothing is asked of any other host. Styles may stand in
// elements, as charts and virtual lists place what they draw.
const policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

const indexFile = "index.html"

// leastCompressed is the size below which a file is sent as it is.
const leastCompressed = 1024

// pages serves the built user interface. It is safe for concurrent use.
type pages struct {
	files map[string]*page // by path without leading slash
}

// page is one file in the forms it is sent in.
type page struct {
	kind string
	tag  string // of the content, without quotes
	body []byte

	once       sync.Once
	gzip, zstd []byte // nil where compression does not help
}

// newPages reads all files; nil where there is no index.html.
func newPages(from fs.FS) (*pages, error) {
	if from == nil {
		return nil, nil
	}
	if _, err := fs.Stat(from, indexFile); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	p := &pages{files: map[string]*page{}}
	err := fs.WalkDir(from, ".", func(name string, d fs.DirEntry, err error) error {
		switch hidden := name != "." && strings.HasPrefix(d.Name(), "."); {
		case err == nil && hidden && d.IsDir():
			return fs.SkipDir
		case err != nil, hidden, d.IsDir():
			return err
		}
		body, err := fs.ReadFile(from, name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(body)
		p.files[name] = &page{kind: kindOf(name, body), tag: hex.EncodeToString(sum[:12]), body: body}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the user interface: %w", err)
	}
	return p, nil
}

// kindOf is the media type of a file. It does not ask the machine, whose table
// may say anything.
func kindOf(name string, body []byte) string {
	known := map[string]string{
		".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
		".svg": "image/svg+xml", ".json": "application/json; charset=utf-8", ".map": "application/json; charset=utf-8",
		".webmanifest": "application/manifest+json", ".woff2": "font/woff2", ".woff": "font/woff", ".png": "image/png",
		".ico": "image/x-icon", ".webp": "image/webp", ".txt": "text/plain; charset=utf-8", ".wasm": "application/wasm",
	}
	if kind := known[path.Ext(name)]; kind != "" {
		return kind
	}
	if kind := mime.TypeByExtension(path.Ext(name)); kind != "" {
		return kind
	}
	return http.DetectContentType(body)
}

// find is the file for a path. Paths without a file are places inside the user
// interface, which finds them by itself; nil for files that are missing.
func (p *pages) find(urlPath string) *page {
	name := strings.TrimPrefix(path.Clean("/"+urlPath), "/")
	if f := p.files[name]; f != nil {
		return f
	}
	if strings.HasPrefix(name, "assets/") {
		return nil
	}
	return p.files[indexFile]
}

// serve sends a file, or 304 where the client has it.
func (f *page) serve(w http.ResponseWriter, r *http.Request) {
	f.once.Do(f.compress)
	body, tag := f.body, f.tag
	h := w.Header()
	switch accepted := acceptedEncoding(r.Header.Get("Accept-Encoding")); {
	case accepted["zstd"] && f.zstd != nil:
		body, tag = f.zstd, f.tag+"-zstd"
		h.Set("Content-Encoding", "zstd")
	case accepted["gzip"] && f.gzip != nil:
		body, tag = f.gzip, f.tag+"-gzip"
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Vary", "Accept-Encoding")
	h.Set("Content-Type", f.kind)
	// Names are stable, so that each use asks whether the content is too.
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", `"`+tag+`"`)
	if hasTag(r.Header.Get("If-None-Match"), tag) {
		h.Del("Content-Encoding")
		h.Del("Content-Type")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", fmt.Sprint(len(body)))
	if r.Method == http.MethodHead {
		return
	}
	// The client is gone when this fails; there is nobody left to tell.
	_, _ = io.Copy(&patientWriter{w: w, control: http.NewResponseController(w)}, bytes.NewReader(body))
}

// compress makes the compressed forms, once for all requests.
func (f *page) compress() {
	if len(f.body) < leastCompressed || strings.HasPrefix(f.kind, "font/") || strings.HasPrefix(f.kind, "image/") && f.kind != "image/svg+xml" {
		return
	}
	var packed bytes.Buffer
	if z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression); err == nil {
		_, werr := z.Write(f.body)
		if cerr := z.Close(); werr == nil && cerr == nil && packed.Len() < len(f.body) {
			f.gzip = packed.Bytes()
		}
	}
	if z, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithEncoderConcurrency(1)); err == nil {
		if out := z.EncodeAll(f.body, nil); len(out) < len(f.body) {
			f.zstd = out
		}
		// It holds no stream that could fail.
		_ = z.Close()
	}
}

// acceptedEncoding reads Accept-Encoding; q=0 refuses.
func acceptedEncoding(header string) map[string]bool {
	accepted := map[string]bool{}
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		q := strings.TrimSpace(params)
		accepted[strings.ToLower(strings.TrimSpace(name))] = q != "q=0" && !strings.HasPrefix(q, "q=0.000") && q != "q=0.0" && q != "q=0.00"
	}
	return accepted
}

// hasTag tells whether If-None-Match names a tag.
func hasTag(header, tag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		part = strings.TrimPrefix(strings.TrimSpace(part), "W/")
		if part == "*" || part == `"`+tag+`"` {
			return true
		}
	}
	return false
}

// files serves everything that is not the API.
func (s *Server) files(w http.ResponseWriter, r *http.Request) {
	switch {
	case s.pages == nil && r.URL.Path == "/":
		s.home(w, r)
	case s.pages == nil:
		notFound(w, r)
	default:
		if f := s.pages.find(r.URL.Path); f != nil {
			f.serve(w, r)
			return
		}
		notFound(w, r)
	}
}
