package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"rastro/internal/app"
	"rastro/internal/disk"
	"rastro/internal/query"
	"rastro/internal/store"
	"rastro/internal/web"
)

func TestSourceOf(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]string{
		"/var/log/mail.log":                {"/var/log/mail.log", ""},
		"/var/log/mail.log=America/Bogota": {"/var/log/mail.log", "America/Bogota"},
		"/var/log/*.log=UTC":               {"/var/log/*.log", "UTC"},
		"/srv/tenant=a/mail.log":           {"/srv/tenant=a/mail.log", ""},
		"/srv/tenant=*/mail":               {"/srv/tenant=*/mail", ""},
		"/srv/a=b/mail.log=Europe/Madrid":  {"/srv/a=b/mail.log", "Europe/Madrid"},
		"/srv/a=b/mail=":                   {"/srv/a=b/mail", ""},
		"/x=Etc/GMT+5":                     {"/x", "Etc/GMT+5"},
	} {
		s, err := sourceOf(text)
		if err != nil || len(s.Paths) != 1 || s.Paths[0] != want[0] || s.Zone != want[1] || s.Start != "beginning" {
			t.Errorf("%s: %+v %v, want %q", text, s, err, want)
		}
	}
	for text, want := range map[string]string{"": "path is missing", "=": "path is missing", "=UTC": "path is missing", "/srv/a=b/mail": "put another one behind it", "/x=America/Bogotá": "no time zone"} {
		if s, err := sourceOf(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %+v %v, want %q", text, s, err, want)
		}
	}
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	broken := &fs.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.EPIPE}
	for _, c := range []struct {
		err  error
		want int
	}{
		{nil, 0}, {errors.New("x"), 1}, {usagef("x"), 2}, {&query.SyntaxError{}, 2}, {web.Error{}, 2}, {app.ErrNotData, 2},
		{errPartial, 3}, {store.ErrLocked, 4}, {errInterrupted, 130}, {writing(broken), 141}, {broken, 1},
		{writing(syscall.ENOSPC), 1}, {errors.Join(errPartial, errors.New("closing")), 3},
	} {
		if got := exitCode(c.err); got != c.want {
			t.Errorf("%v ends with %d, want %d", c.err, got, c.want)
		}
	}
}

// runWith runs the program in this process.
func runWith(ctx context.Context, stdin io.Reader, args ...string) (code int, stdout, stderr string) {
	var out, told bytes.Buffer
	code = run(ctx, args, stdin, &out, &told)
	return code, out.String(), told.String()
}

func TestInThisProcess(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	ctx := context.Background()
	for _, c := range []struct {
		args         string
		code         int
		says, warned string
	}{
		{"import testdata/mail.log testdata/elemta.log --zone UTC --data DATA", 0, "mail.log: 101 new lines", "making the data folder"},
		{"import testdata/mail.log testdata/absent --data DATA", 3, "0 new lines", "absent: no such file"},
		{"search status:deferred --data DATA", 0, "status=deferred", ""},
		{"search --all --data DATA --output ndjson --sort @timestamp,-offset", 0, `"event_id"`, ""},
		{"search stauts:x --data DATA", 0, "", "did you mean status?"},
		{"search client_ip:2001:db8::1 --data DATA", 2, "", "            ^"},
		{"search --size -1 --data DATA", 2, "", "--all"},
		{"search --zone Mars --data DATA", 2, "", "no time zone"},
		{"tail --data DATA", 1, "", "rastro serve"},
		{"tail --zone Mars --data DATA", 2, "", "no time zone"},
		{"parse testdata/mail.log --output text", 0, "status=deferred", ""},
		{"parse testdata/mail.log testdata/absent", 3, `"status":"deferred"`, "absent: no such file"},
		{"parse --output xml", 2, "", "text or ndjson"},
		{"check --example", 0, "listen:", ""},
		{"check testdata/absent.yaml", 2, "", "no such file"},
		{"version", 0, "rastro " + release, ""},
		{"help serve", 0, "SIGHUP", ""},
		{"help x", 2, "", "no command"},
		{"serv", 2, "", "did you mean serve"},
		{"serve --ui x --data DATA", 2, "", "no address"},
		{"serve --source a=Mars --data DATA", 2, "", "no time zone"},
		{"demo --rate 0", 2, "", "more than 0"},
		{"search x --server 127.0.0.1:1", 1, "", "no answer"},
		{"__complete search sta", 0, "status:\n", ""},
		{"__complete search status:bou", 0, "status:bounced", ""},
		{"__complete serve --data ", 0, ":16", ""},
		{"__complete check --config ", 0, ":", ""},
		{"__complete search --fields sender,", 0, "sender,recipient\n", ""},
	} {
		args := strings.Split(strings.ReplaceAll(c.args, "DATA", data), " ")
		code, out, told := runWith(ctx, strings.NewReader(""), args...)
		if code != c.code || !strings.Contains(out, c.says) || !strings.Contains(told, c.warned) {
			t.Errorf("rastro %s ends with %d\n%.600s\n%s\nwant %d, %q, %q", c.args, code, out, told, c.code, c.says, c.warned)
		}
	}
}

// TestServeInThisProcess runs every command against a server.
func TestServeInThisProcess(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data, file := filepath.Join(dir, "data"), filepath.Join(dir, "rastro.yaml")
	text := "data: " + data + "\nlisten: {ui: '127.0.0.1:0', elastic: off, monitor: off, beats: off}\nsources:\n- paths: " + filepath.Join(dir, "no.log") + "\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	served := make(chan string, 1)
	go func() {
		code, _, told := runWith(ctx, strings.NewReader(""), "serve", "--config", file, "--elastic", "127.0.0.1:0")
		if code != 0 {
			told += "\nserve did not end with 0"
		}
		served <- told
	}()
	for {
		if info, held, err := store.ReadLock(disk.OS(), data); err == nil && held && info.Addresses["ui"] != "" {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	for _, c := range []struct {
		args         string
		code         int
		says, warned string
	}{
		{"import testdata/mail.log", 0, "101 new lines", ""},
		{"import testdata/mail.log", 0, "were imported before", ""},
		{"import -", 0, "standard input: 0 new lines", ""},
		{"search status:deferred", 0, "status=deferred", ""},
		{"search --all --output ndjson", 0, `"event_id"`, ""},
		{"search client_ip:2001:db8::1", 2, "", "            ^"},
		{"tail client_ip:2001:db8::1", 2, "", "            ^"},
		{"serve", 4, "", "is in use"},
	} {
		args := append(strings.Split(c.args, " "), "--config", file)
		code, out, told := runWith(ctx, strings.NewReader(""), args...)
		if code != c.code || !strings.Contains(out, c.says) || !strings.Contains(told, c.warned) {
			t.Errorf("rastro %s ends with %d\n%.600s\n%s", c.args, code, out, told)
		}
	}
	tailCtx, stopTail := context.WithTimeout(ctx, 300*time.Millisecond)
	defer stopTail()
	if code, _, told := runWith(tailCtx, nil, "tail", "--config", file); code != 0 {
		t.Errorf("a tail that is interrupted ends with %d: %s", code, told)
	}
	stop()
	if told := <-served; !strings.Contains(told, "no.log: there is no such file yet") || strings.Contains(told, "did not end") {
		t.Errorf("serve said %s", told)
	}
}

func TestADemoInThisProcess(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	shown := &waitFor{text: "Ctrl-C", found: stop}
	var told bytes.Buffer
	code := run(ctx, []string{"demo", "--seed", "1", "--rate", "0.05", "--ui", "127.0.0.1:0", "--elastic", "127.0.0.1:0", "--monitor", "127.0.0.1:0", "--beats", "off"}, nil, shown, &told)
	if code != 0 || !strings.Contains(shown.String(), "/metrics") {
		t.Errorf("the demo ended with %d: %s%s", code, shown.String(), told.String())
	}
}

// waitFor calls found when text was written to it.
type waitFor struct {
	bytes.Buffer
	text  string
	found func()
}

func (w *waitFor) Write(b []byte) (int, error) {
	n, err := w.Buffer.Write(b)
	if strings.Contains(w.String(), w.text) {
		w.found()
	}
	return n, err
}

func TestMachineZone(t *testing.T) {
	for tz, want := range map[string]string{"America/Bogota": "America/Bogota", ":Europe/Madrid": "Europe/Madrid", "": "UTC"} {
		t.Setenv("TZ", tz)
		if got := machineZone(); got != want {
			t.Errorf("TZ=%q gives %q, want %q", tz, got, want)
		}
	}
	t.Setenv("TZ", "EST5EDT,M3.2.0,M11.1.0") // a rule, not a name
	if got := machineZone(); len(got) != 6 || got[3] != ':' {
		t.Errorf("a rule gives %q, want an offset", got)
	}
}

func TestEventReader(t *testing.T) {
	t.Parallel()
	stream := ": following\n\nevent: event\ndata: {\"a\":1}\n\nevent: lost\ndata: 5\n\n: quiet\n\nevent: lost\ndata: 2\n\nevent: event\ndata: {\"a\":2}\n\nevent: error\ndata: \"broken\"\n\n"
	var seen []string
	r := &eventReader{lines: bufio.NewReader(strings.NewReader(stream)), visit: func(event []byte, lost int64) error {
		seen = append(seen, string(event)+" lost "+string(rune('0'+lost)))
		return nil
	}}
	var err error
	for err == nil {
		err = r.next()
	}
	if strings.Join(seen, ",") != `{"a":1} lost 0,{"a":2} lost 7` || !strings.Contains(err.Error(), "broken") {
		t.Errorf("seen %q, then %v", seen, err)
	}
	if err := (&eventReader{lines: bufio.NewReader(strings.NewReader("data: cut"))}).next(); !errors.Is(err, errEnded) {
		t.Errorf("the end of the stream gives %v", err)
	}
}

func TestIsBinary(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		sample string
		want   bool
	}{
		"empty":    {"", false},
		"text":     {"Nov 23 00:21:44 mx1 postfix: ñ\t\x1b[0m\r\n", false},
		"latin1":   {"Nov 23 se\xf1or\n", false},
		"zeros":    {strings.Repeat("\x00", 8192), false},
		"a record": {"\x07\x00\x00\x00\x2a\x00tty1\x00\x00\x00\x00root\x00\x00", true},
		"elf":      {"\x7fELF\x02\x01\x01\x00\x00\x00", true},
		"gzip":     {"\x1f\x8b\x08\x00\x00\x00\x00\x00", false},
		"one zero": {"Nov 23 00:21:44 mx1 postfix[1]: a\x00b and more text here\n", false},
	} {
		if got := isBinary([]byte(c.sample)); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
