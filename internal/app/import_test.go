package app

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"rastro/internal/collect"
	"rastro/internal/web"
)

// cutOff gives a text piece by piece and ends a context in the middle.
type cutOff struct {
	text   string
	at     int
	end    int
	cancel context.CancelFunc
}

func (c *cutOff) Read(b []byte) (int, error) {
	if c.at >= c.end {
		c.cancel()
	}
	if c.at == len(c.text) {
		return 0, io.EOF
	}
	n := copy(b[:min(len(b), 64<<10)], c.text[c.at:])
	c.at += n
	return n, nil
}

// TestAnInterruptedImportGoesOn breaks an import off many times: what is on its
// way then becomes durable after the import has returned, and must not come
// again with the next one.
func TestAnInterruptedImportGoesOn(t *testing.T) {
	t.Parallel()
	c := testConfig(t)
	f, err := OpenFolder(context.Background(), c, quiet())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := f.Close(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	const n = 40_000
	text := lines("x", n)
	for i := range 8 {
		ctx, cancel := context.WithCancel(context.Background())
		_, err := f.Import(ctx, "x", &cutOff{text: text, end: len(text) / 9 * (i + 1), cancel: cancel}, collect.ImportOptions{Zone: time.UTC})
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("import %d ended with %v", i, err)
		}
		cancel()
	}
	result, err := f.Import(context.Background(), "x", strings.NewReader(text), collect.ImportOptions{Zone: time.UTC})
	if err != nil || result.Skipped == 0 {
		t.Fatalf("the last import: %+v %v", result, err)
	}
	await(t, f, n)
	if result, err = f.Import(context.Background(), "y", strings.NewReader(text), collect.ImportOptions{Zone: time.UTC}); err != nil || result.Lines != 0 {
		t.Errorf("the same content again: %+v %v", result, err)
	}
	if got := count(t, f); got != n {
		t.Errorf("%d events of %d lines", got, n)
	}
}

func TestAnImportThatWaitsCanBeInterrupted(t *testing.T) {
	t.Parallel()
	f, err := OpenFolder(context.Background(), testConfig(t), quiet())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close(context.Background()) }()
	hold, release := io.Pipe()
	first := make(chan error, 1)
	go func() {
		_, err := f.Import(context.Background(), "first", hold, collect.ImportOptions{Zone: time.UTC})
		first <- err
	}()
	if _, err := io.WriteString(release, lines("a", 1)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := f.Import(ctx, "second", strings.NewReader(lines("b", 1)), collect.ImportOptions{Zone: time.UTC}); !errors.Is(err, context.Canceled) {
		t.Errorf("the second import: %v", err)
	}
	if err := release.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-first; err != nil {
		t.Error(err)
	}
	await(t, f, 1)
}

func TestImportOverHTTP(t *testing.T) {
	t.Parallel()
	a := start(t, testConfig(t))
	post := func(req web.ImportRequest, body string) (int, string) {
		t.Helper()
		resp, err := http.Post("http://"+a.Addresses()["ui"]+"/api/import?"+req.Values().Encode(), "text/plain", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(text)
	}
	for _, c := range []struct {
		req  web.ImportRequest
		body string
		code int
		want string
	}{
		{web.ImportRequest{Name: "a", Newest: time.Now()}, lines("a", 3), 200, `"lines":3`},
		{web.ImportRequest{Name: "b"}, lines("a", 3), 200, `"lines":0`},
		{web.ImportRequest{Name: "c", Zone: "Mars"}, lines("c", 3), 400, "bad_zone"},
		{web.ImportRequest{Name: "d", Dialect: "qmail"}, lines("d", 3), 400, "bad_dialect"},
		{web.ImportRequest{Name: "e"}, "\x1f\x8b\x08", 422, "import_failed"},
		{web.ImportRequest{}, lines("f", 3), 400, "no_name"},
	} {
		if code, text := post(c.req, c.body); code != c.code || !strings.Contains(text, c.want) {
			t.Errorf("%+v: %d %s", c.req, code, text)
		}
	}
	await(t, a.Folder(), 3)
	if code, text := get(t, "http://"+a.Addresses()["elastic"]+"/_count?q="+url.QueryEscape("source:a")); code != 200 || !strings.Contains(text, `"count":3`) {
		t.Errorf("%d %s", code, text)
	}
}
