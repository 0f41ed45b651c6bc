// Package e2e has no code, only tests of the program as people use it: the
// binary is started, real logs and real mail servers feed it, and questions are
// asked over HTTP and on the command line. What is missing on a machine (a mail
// server, root) skips its test with a reason.
package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the golden files again")

// binary is the program under test, shared the folder of what tests share.
var binary, shared string

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(runAll(m))
}

func runAll(m *testing.M) int {
	var err error
	if shared, err = os.MkdirTemp("", "rastro-e2e-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(shared)
	if binary = os.Getenv("RASTRO"); binary == "" {
		binary = filepath.Join(shared, "rastro")
		build := exec.Command("go", "build", "-o", binary, "rastro/cmd/rastro")
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "building rastro: %v\n%s", err, out)
			return 1
		}
	}
	return m.Run()
}

// outcome is how a command ended.
type outcome struct {
	stdout, stderr string
	code           int
}

// rastro runs a command to its end. stdin may be nil.
func rastro(t *testing.T, stdin io.Reader, args ...string) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	c := exec.Command(binary, args...)
	c.Stdin, c.Stdout, c.Stderr = stdin, &stdout, &stderr
	err := c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("rastro %s: %v", strings.Join(args, " "), err)
	}
	return outcome{stdout: stdout.String(), stderr: stderr.String(), code: c.ProcessState.ExitCode()}
}

// must is rastro for a command that has to succeed; it returns its output.
func must(t *testing.T, args ...string) string {
	t.Helper()
	o := rastro(t, nil, args...)
	if o.code != 0 {
		t.Fatalf("rastro %s ended with %d\n%s", strings.Join(args, " "), o.code, o.stderr)
	}
	return o.stdout
}

// record is an event as the API and the command line give it.
type record map[string]any

// text is the field's value, the first of several, "" when absent.
func (r record) text(field string) string {
	if all := r.texts(field); len(all) > 0 {
		return all[0]
	}
	return ""
}

// texts are the field's values.
func (r record) texts(field string) []string {
	switch v := r[field].(type) {
	case nil:
		return nil
	case []any:
		all := make([]string, len(v))
		for i := range v {
			all[i] = fmt.Sprint(v[i])
		}
		return all
	default:
		return []string{fmt.Sprint(v)}
	}
}

func (r record) tagged(tag string) bool { return slices.Contains(r.texts("tags"), tag) }

// time is @timestamp.
func (r record) time(t *testing.T) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, r.text("@timestamp"))
	if err != nil {
		t.Fatalf("%v: %v", r, err)
	}
	return at
}

// records reads NDJSON. Numbers stay as they are written.
func records(t *testing.T, text string) []record {
	t.Helper()
	var all []record
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	for {
		var r record
		err := d.Decode(&r)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatalf("after %d records: %v", len(all), err)
		}
		all = append(all, r)
	}
}

// everything are all events of a data folder that match, oldest first.
func everything(t *testing.T, data, query string) []record {
	t.Helper()
	return records(t, must(t, "search", query, "--data", data, "--all", "--output", "ndjson", "--sort", "@timestamp"))
}

// server is a running rastro serve on free ports.
type server struct {
	t                    *testing.T
	data, config         string
	ui, elastic, monitor string
	client               http.Client
	command              *exec.Cmd
	output               *os.File
}

// configure writes a configuration on free loopback ports; more is YAML that is
// added to it.
func configure(t *testing.T, data, more string) *server {
	t.Helper()
	dir := t.TempDir()
	s := &server{t: t, data: data, config: filepath.Join(dir, "rastro.yaml"), client: http.Client{Timeout: 30 * time.Second}}
	s.reconfigure(more)
	var err error
	if s.output, err = os.Create(filepath.Join(dir, "serve.log")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if s.command != nil {
			_ = s.command.Process.Kill()
			_ = s.command.Wait()
		}
		if t.Failed() {
			t.Logf("what serve said:\n%s", s.said())
		}
		_ = s.output.Close()
	})
	return s
}

// serve starts a server and waits until it answers.
func serve(t *testing.T, data, more string) *server {
	t.Helper()
	s := configure(t, data, more)
	s.start()
	return s
}

func (s *server) reconfigure(more string) {
	s.t.Helper()
	text := fmt.Sprintf("data: %s\nlisten: {ui: %[2]q, elastic: %[2]q, monitor: %[2]q, beats: off}\ndisk: {reserve: 1MB}\n%s\n", s.data, "127.0.0.1:0", more)
	write(s.t, s.config, text)
}

func (s *server) said() string {
	text, err := os.ReadFile(s.output.Name())
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-8000):])
}

func (s *server) start() {
	s.t.Helper()
	s.command = exec.Command(binary, "serve", "--config", s.config)
	s.command.Stdout, s.command.Stderr = s.output, s.output
	if err := s.command.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.learnPorts()
}

// learnPorts waits for the lock to name this process's ports.
func (s *server) learnPorts() {
	s.t.Helper()
	eventually(s.t, 20*time.Second, "serve to be ready", func() bool {
		text, err := os.ReadFile(filepath.Join(s.data, "lock"))
		var lock struct {
			PID       int
			Addresses struct{ UI, Elastic, Monitor string }
		}
		if err != nil || json.Unmarshal(text, &lock) != nil || lock.PID != s.command.Process.Pid {
			return false
		}
		s.ui, s.elastic, s.monitor = lock.Addresses.UI, lock.Addresses.Elastic, lock.Addresses.Monitor
		return s.ui != ""
	})
}

// stop is SIGTERM; the server must end with 0 within 10 s.
func (s *server) stop() {
	s.t.Helper()
	if err := s.command.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	done := make(chan error, 1)
	command := s.command
	s.command = nil
	go func() { done <- command.Wait() }()
	select {
	case err := <-done:
		if err != nil {
			s.t.Errorf("serve ended with %v after SIGTERM", err)
		}
	case <-time.After(10 * time.Second):
		_ = command.Process.Kill()
		<-done
		s.t.Error("serve did not end within 10 s after SIGTERM")
	}
}

// get asks one of the ports and decodes a JSON answer into to, if not nil.
func (s *server) get(address, path string, to any) (status int, body string) {
	s.t.Helper()
	resp, err := s.client.Get("http://" + address + path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	if to != nil && resp.StatusCode == http.StatusOK {
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		if err := d.Decode(to); err != nil {
			s.t.Fatalf("%s: %v\n%s", path, err, text)
		}
	}
	return resp.StatusCode, string(text)
}

// hits asks port 9200's _search; parameters are added as they are.
func (s *server) hits(query, parameters string) []record {
	s.t.Helper()
	var answer struct {
		Hits struct {
			Hits []struct {
				Source record `json:"_source"`
			}
		}
	}
	status, body := s.get(s.elastic, "/elemta-logs-*/_search?q="+url.QueryEscape(query)+"&"+parameters, &answer)
	if status != http.StatusOK {
		s.t.Fatalf("searching %s: %d %s", query, status, body)
	}
	all := make([]record, len(answer.Hits.Hits))
	for i, h := range answer.Hits.Hits {
		all[i] = h.Source
	}
	return all
}

// count asks port 9200's _count.
func (s *server) count(query string) int {
	s.t.Helper()
	var answer struct{ Count int }
	status, body := s.get(s.elastic, "/elemta-logs-*/_count?q="+url.QueryEscape(query), &answer)
	if status != http.StatusOK {
		s.t.Fatalf("counting %s: %d %s", query, status, body)
	}
	return answer.Count
}

// await waits until n events match.
func (s *server) await(query string, n int) {
	s.t.Helper()
	got := 0
	eventually(s.t, 20*time.Second, fmt.Sprintf("%d events of %s", n, query), func() bool {
		got = s.count(query)
		return got >= n
	})
	if got > n {
		s.t.Fatalf("%d events match %s, want %d", got, query, n)
	}
}

// eventually waits until ok, within the limit.
func eventually(t *testing.T, limit time.Duration, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(limit); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited %v in vain for %s", limit, what)
		}
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func appendTo(t *testing.T, name, text string) {
	t.Helper()
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// golden compares text with a file in testdata, or writes it with -update.
func golden(t *testing.T, name, text string) {
	t.Helper()
	name = filepath.Join("testdata", name)
	if *update {
		write(t, name, text)
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if got, wanted := strings.Split(text, "\n"), strings.Split(string(want), "\n"); !slices.Equal(got, wanted) {
		for i := range max(len(got), len(wanted)) {
			var g, w string
			if i < len(got) {
				g = got[i]
			}
			if i < len(wanted) {
				w = wanted[i]
			}
			if g != w {
				t.Fatalf("%s, line %d\n got %s\nwant %s", name, i+1, g, w)
			}
		}
	}
}

// posted sends a body to port 9200 and returns the hits.
func (s *server) posted(path, body string) []record {
	s.t.Helper()
	resp, err := s.client.Post("http://"+s.elastic+path, "application/json", strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	var found struct {
		Hits struct {
			Hits []struct {
				Source record `json:"_source"`
			}
		}
	}
	if err := json.Unmarshal(text, &found); err != nil || resp.StatusCode != http.StatusOK {
		s.t.Fatalf("POST %s %s: %d %v %.500s", path, body, resp.StatusCode, err, text)
	}
	all := make([]record, len(found.Hits.Hits))
	for i, h := range found.Hits.Hits {
		all[i] = h.Source
	}
	return all
}
