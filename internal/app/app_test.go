package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rastro/internal/auth"
	"rastro/internal/config"
	"rastro/internal/disk"
	"rastro/internal/query"
	"rastro/internal/reply"
	"rastro/internal/store"
	"rastro/internal/web"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// testConfig is a server on free ports with a folder of its own.
func testConfig(t *testing.T, sources ...string) config.Config {
	t.Helper()
	c := config.Default()
	c.Data = filepath.Join(t.TempDir(), "data")
	c.Listen = config.Listen{UI: "127.0.0.1:0", Elastic: "127.0.0.1:0", Monitor: "127.0.0.1:0", Beats: "127.0.0.1:0"}
	c.Disk.Reserve = 0
	for _, path := range sources {
		s := config.DefaultSource()
		s.Paths, s.Zone = []string{path}, "UTC"
		c.Sources = append(c.Sources, s)
	}
	return c
}

func start(t *testing.T, c config.Config) *App {
	t.Helper()
	a := New(Options{Config: c, Log: quiet(), Release: "test"})
	if err := a.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Stop(); err != nil {
			t.Errorf("stopping: %v", err)
		}
	})
	return a
}

// lines are n different lines of a mail log.
func lines(word string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "2026-03-01T10:00:00Z mx1 postfix/smtpd[%d]: connect from %s%d.example[192.0.2.1]\n", i+1, word, i)
	}
	return b.String()
}

func write(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := io.WriteString(f, text); err != nil {
		t.Fatal(err)
	}
}

// count is the number of events that are found.
func count(t *testing.T, f *Folder) int64 {
	t.Helper()
	answer, err := f.Searcher.Ask(context.Background(), auth.Everything(), query.Question{Count: query.CountExact})
	if err != nil {
		t.Fatal(err)
	}
	return answer.Total
}

// await waits until so many events are found.
func await(t *testing.T, f *Folder, want int64) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); count(t, f) != want; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d events are found, want %d", count(t, f), want)
		}
	}
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	resp, err := http.Get(url)
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

func TestStartServeStop(t *testing.T) {
	t.Parallel()
	log := filepath.Join(t.TempDir(), "mail.log")
	write(t, log, lines("a", 100))
	c := testConfig(t, log)
	a := start(t, c)
	await(t, a.Folder(), 100)
	info, held, err := store.ReadLock(disk.OS(), c.Data)
	if err != nil || !held || len(info.Addresses) != 4 || info.Addresses["ui"] != a.Addresses()["ui"] {
		t.Errorf("the lock says %+v %v %v", info, held, err)
	}
	for url, want := range map[string]string{
		"http://" + a.Addresses()["ui"] + "/api/info":       `"events":100`,
		"http://" + a.Addresses()["elastic"] + "/_count":    `"count":100`,
		"http://" + a.Addresses()["monitor"] + "/healthz":   `"status":"ok"`,
		"http://" + a.Addresses()["monitor"] + "/metrics":   "rastro_ingest_lines_total 100",
		"http://" + a.Addresses()["ui"] + "/":               "<title>Rastro</title>",
		"http://" + a.Addresses()["elastic"] + "/?human":    "You Know, for Search",
		"http://" + a.Addresses()["monitor"] + "/healthz?x": `"release":"test"`,
	} {
		if code, text := get(t, url); code != 200 || !strings.Contains(text, want) {
			t.Errorf("%s: %d %.300s", url, code, text)
		}
	}
	// A live tail is open while the server stops.
	tail, err := http.Get("http://" + a.Addresses()["ui"] + "/api/tail")
	if err != nil {
		t.Fatal(err)
	}
	defer tail.Body.Close()
	if err := errors.Join(a.Stop(), a.Stop()); err != nil {
		t.Errorf("stopping twice: %v", err)
	}
	if _, held, err := store.ReadLock(disk.OS(), c.Data); held || err != nil {
		t.Errorf("after the stop the folder is held: %v %v", held, err)
	}
	// Everything is still there, and nothing comes twice.
	again := start(t, c)
	write(t, log, lines("b", 5))
	await(t, again.Folder(), 105)
}

func TestAStartThatFailsLeavesNothingOpen(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = taken.Close() })
	address := config.Address(taken.Addr().String())
	for name, change := range map[string]func(*config.Config){
		"ui":      func(c *config.Config) { c.Listen.UI = address },
		"elastic": func(c *config.Config) { c.Listen.Elastic = address },
		"monitor": func(c *config.Config) { c.Listen.Monitor = address },
		"beats":   func(c *config.Config) { c.Listen.Beats = address },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := testConfig(t)
			change(&c)
			a := New(Options{Config: c, Log: quiet()})
			err := a.Start(context.Background())
			if err == nil || !strings.Contains(err.Error(), "listen."+name) || !strings.Contains(err.Error(), "--"+name) {
				t.Errorf("a taken port gives %v", err)
			}
			for port, at := range a.Addresses() {
				if l, err := net.Listen("tcp", at); err != nil {
					t.Errorf("%s is still open: %v", port, err)
				} else {
					_ = l.Close()
				}
			}
			if _, held, err := store.ReadLock(disk.OS(), c.Data); held || err != nil {
				t.Errorf("the folder is held: %v %v", held, err)
			}
			if err := a.Stop(); err != nil {
				t.Errorf("stopping what did not start: %v", err)
			}
		})
	}
}

func TestMistakesBeforeTheStart(t *testing.T) {
	t.Parallel()
	full := t.TempDir()
	write(t, filepath.Join(full, "thesis.txt"), "years of work")
	for name, c := range map[string]struct {
		change func(*config.Config)
		want   string
	}{
		"open address": {func(c *config.Config) { c.Listen.UI = "0.0.0.0:0" }, "loopback"},
		"bad zone":     {func(c *config.Config) { c.Sources = []config.Source{{Paths: []string{"x"}, Zone: "Mars"}} }, "no time zone"},
		"bad glob":     {func(c *config.Config) { c.Sources = []config.Source{{Paths: []string{"[x"}}} }, "wrong source"},
		"full folder":  {func(c *config.Config) { c.Data = full }, `holds "thesis.txt"`},
		"a file":       {func(c *config.Config) { c.Data = filepath.Join(full, "thesis.txt") }, "is a file"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conf := testConfig(t)
			c.change(&conf)
			a := New(Options{Config: conf, Log: quiet()})
			if err := a.Start(context.Background()); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if err := a.Stop(); err != nil {
				t.Error(err)
			}
		})
	}
	if entries, err := os.ReadDir(full); err != nil || len(entries) != 1 {
		t.Errorf("the foreign folder holds %v %v", entries, err)
	}
	if err := New(Options{}).Stop(); err != nil {
		t.Errorf("stopping before a start: %v", err)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	if err := Check(testConfig(t, "/var/log/**/*.log")); err != nil {
		t.Error(err)
	}
	c := testConfig(t, "x")
	c.Sources[0].Multiline.Pattern = "("
	if err := Check(c); err == nil {
		t.Error("a pattern that is none is right")
	}
}

func TestReload(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, second := filepath.Join(dir, "first.log"), filepath.Join(dir, "second.log")
	write(t, first, lines("a", 10))
	write(t, second, lines("b", 20))
	c := testConfig(t, first)
	a := start(t, c)
	await(t, a.Folder(), 10)
	broken := testConfig(t, "[x")
	if err := a.Reload(broken); err == nil {
		t.Error("a broken source was taken")
	}
	zone := testConfig(t, first)
	zone.Sources[0].Zone = "Mars"
	if err := a.Reload(zone); err == nil {
		t.Error("a source in no zone was taken")
	}
	write(t, first, lines("c", 1))
	await(t, a.Folder(), 11)
	c.Sources = append(c.Sources, testConfig(t, second).Sources...)
	if err := a.Reload(c); err != nil {
		t.Fatal(err)
	}
	await(t, a.Folder(), 31)
	write(t, first, lines("d", 1))
	await(t, a.Folder(), 32)
}

// TestReplies follows the operator's rules: at the start, when the file
// changes, and at a reload; a broken file changes nothing.
func TestReplies(t *testing.T) {
	t.Parallel()
	c := testConfig(t)
	c.Replies.File = filepath.Join(t.TempDir(), "replies.toml")
	if err := Check(c); err == nil {
		t.Error("a file that is not there is right")
	}
	rule := func(class string) {
		t.Helper()
		text := "[[rule]]\nid = \"a\"\nclass = \"" + class + "\"\ntext = [\"lorem\"]\n"
		if err := os.WriteFile(c.Replies.File, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	rule("virus")
	if err := Check(c); err != nil {
		t.Fatal(err)
	}
	a := start(t, c)
	expect := func(class string) {
		t.Helper()
		if got := a.Folder().Replies().Book().Explain(reply.Answer{Text: "lorem"}).Class; got != class {
			t.Errorf("class %s, want %s", got, class)
		}
	}
	expect("virus")
	rule("local_rule")
	a.reloadReplies()
	expect("local_rule")
	rule("nothing_of_the_kind")
	a.reloadReplies()
	if err := a.Reload(c); err == nil {
		t.Error("a broken file was taken")
	}
	expect("local_rule")
	rule("virus")
	if err := a.Reload(c); err != nil {
		t.Fatal(err)
	}
	expect("virus")
}

func TestWaitTellsOfAFailedPart(t *testing.T) {
	t.Parallel()
	a := New(Options{Log: quiet()})
	a.failed <- errors.New("a part failed")
	if err := a.Wait(context.Background()); err == nil || err.Error() != "a part failed" {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := a.Wait(ctx); err != nil {
		t.Errorf("an orderly end gives %v", err)
	}
}

func TestOnlyLocalNames(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"localhost": true, "LOCALHOST:5601": true, "localhost.": true, "app.localhost:1": true,
		"127.0.0.1:9200": true, "127.1.2.3": true, "[::1]:9200": true, "::1": true, "[::1]": true,
		"": false, "evil.example": false, "127.0.0.1.evil.example": false, "localhost.evil.example": false,
		"evillocalhost": false, ".localhost.evil": false, "192.0.2.1:9200": false, "0.0.0.0": false, "[::]:1": false,
		"2130706433": false, "127.1": false, "localhost:80:80": false, "169.254.169.254": false,
	} {
		w := &bytes.Buffer{}
		h := localOnly(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { w.WriteString("in") }))
		rec := newRecorder()
		h.ServeHTTP(rec, &http.Request{Host: host})
		if got := w.Len() > 0; got != want || !want && rec.code != http.StatusMisdirectedRequest {
			t.Errorf("Host %q is let in: %v, status %d", host, got, rec.code)
		}
	}
}

// recorder is a response that remembers its status.
type recorder struct {
	header http.Header
	code   int
	bytes.Buffer
}

func newRecorder() *recorder             { return &recorder{header: http.Header{}} }
func (r *recorder) Header() http.Header  { return r.header }
func (r *recorder) WriteHeader(code int) { r.code = code }
func (r *recorder) Flush()               {}
func (r *recorder) failed(text string) bool {
	return r.code == 500 && strings.Contains(r.String(), text)
}

func TestAPanicIsCaughtAndLogged(t *testing.T) {
	t.Parallel()
	var logged bytes.Buffer
	h := caught(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("oh") }), slog.New(slog.NewTextHandler(&logged, nil)))
	req, err := http.NewRequest(http.MethodGet, "http://localhost/x", nil)
	if err != nil {
		t.Fatal(err)
	}
	rec := newRecorder()
	h.ServeHTTP(rec, req)
	if !rec.failed("a bug in Rastro") || !strings.Contains(logged.String(), "level=ERROR") || !strings.Contains(logged.String(), "oh") {
		t.Errorf("%d %s %s", rec.code, rec, &logged)
	}
	defer func() {
		if recover() != http.ErrAbortHandler { //nolint:errorlint // recover gives no error
			t.Error("an aborted answer is taken for a bug")
		}
	}()
	caught(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), quiet()).ServeHTTP(rec, req)
}

func TestHasData(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	make := func(names ...string) string {
		d := filepath.Join(dir, strings.Join(append(names, "_"), "-"))
		for _, n := range names {
			if err := os.MkdirAll(filepath.Join(d, n), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		return d
	}
	for _, c := range []struct {
		dir   string
		has   bool
		wrong bool
	}{
		{filepath.Join(dir, "absent"), false, false},
		{make("lock", "journal", "quarantine"), true, false},
		{make("manifest", "notes"), true, false},
		{make(), false, false},
		{make("lost+found", ".git"), false, false},
		{make("lost+found", "mail.log"), false, true},
		{make("etc"), false, true},
	} {
		has, err := HasData(c.dir)
		if has != c.has || errors.Is(err, ErrNotData) != c.wrong || !c.wrong && err != nil {
			t.Errorf("%s: %v %v", c.dir, has, err)
		}
	}
}

func TestImportOptions(t *testing.T) {
	t.Parallel()
	opts, err := ImportOptions(web.ImportRequest{Zone: "America/Bogota", Host: "mx1", Dialect: "postfix"})
	if err != nil || opts.Zone.String() != "America/Bogota" || opts.Host != "mx1" || opts.Dialect != "postfix" {
		t.Errorf("%+v %v", opts, err)
	}
	if opts, err = ImportOptions(web.ImportRequest{}); err != nil || opts.Zone != time.Local {
		t.Errorf("%+v %v", opts, err)
	}
	for code, req := range map[string]web.ImportRequest{"bad_zone": {Zone: "Mars"}, "bad_dialect": {Dialect: "qmail"}} {
		var e web.Error
		if _, err := ImportOptions(req); !errors.As(err, &e) || e.Code != code {
			t.Errorf("%+v: %v", req, err)
		}
	}
}
