package torture

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// server is a rastro serve that is started, killed and started again.
type server struct {
	t                    *testing.T
	binary, config, data string
	ui, elastic, monitor string
	client               http.Client
	command              *exec.Cmd
	output               *os.File
}

// newServer writes a configuration with tiny segments, so that files are
// written all the time.
func newServer(t *testing.T, data string, reserve string, globs ...string) *server {
	t.Helper()
	s := &server{t: t, binary: binary(t), data: data, client: http.Client{Timeout: 5 * time.Second}}
	dir := t.TempDir()
	s.ui, s.elastic, s.monitor = freeAddress(t), freeAddress(t), freeAddress(t)
	var b strings.Builder
	fmt.Fprintf(&b, "data: %s\nlisten: {ui: %q, elastic: %q, monitor: %q, beats: off}\n", data, s.ui, s.elastic, s.monitor)
	fmt.Fprintf(&b, "disk: {reserve: %s}\nstore: {segment_rows: 2048, segment_age: 1s}\n", reserve)
	fmt.Fprintf(&b, "keep: {classes: [{query: %s, age: 1s}]}\nsources:\n", fleeting)
	for _, g := range globs {
		fmt.Fprintf(&b, "- {paths: [%q], zone: UTC, host: mx1, close_idle: 2s}\n", g)
	}
	s.config = filepath.Join(dir, "rastro.yaml")
	if err := os.WriteFile(s.config, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	var err error
	if s.output, err = os.Create(filepath.Join(dir, "serve.log")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.kill()
		if t.Failed() {
			text, _ := os.ReadFile(s.output.Name())
			t.Logf("what serve said:\n%s", text[max(0, len(text)-8000):])
		}
		_ = s.output.Close()
	})
	return s
}

func binary(t *testing.T) string {
	t.Helper()
	if name := os.Getenv("RASTRO"); name != "" {
		return name
	}
	name := filepath.Join(t.TempDir(), "rastro")
	out, err := exec.Command("go", "build", "-o", name, "rastro/cmd/rastro").CombinedOutput()
	if err != nil {
		t.Fatalf("building rastro: %v\n%s", err, out)
	}
	return name
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func (s *server) start() {
	s.t.Helper()
	s.command = exec.Command(s.binary, "serve", "--config", s.config)
	s.command.Stdout, s.command.Stderr = s.output, s.output
	if err := s.command.Start(); err != nil {
		s.t.Fatal(err)
	}
}

// ready waits until the server answers.
func (s *server) ready() {
	s.t.Helper()
	for range 600 {
		if s.health() != "" {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	s.t.Fatal("serve does not answer within 12 s")
}

// health is the status that /healthz tells, "" when nobody answers.
func (s *server) health() string {
	resp, err := s.client.Get("http://" + s.monitor + "/healthz")
	if err != nil {
		return ""
	}
	defer resp.Body.Close()
	var h struct{ Status string }
	if json.NewDecoder(resp.Body).Decode(&h) != nil {
		return ""
	}
	return h.Status
}

// kill is kill -9.
func (s *server) kill() {
	if s.command == nil {
		return
	}
	_ = s.command.Process.Kill()
	_ = s.command.Wait()
	s.command = nil
}

// terminate is SIGTERM; the server must end with 0 within 10 s.
func (s *server) terminate() {
	s.t.Helper()
	if err := s.command.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	done := make(chan error, 1)
	command := s.command
	go func() { done <- command.Wait() }()
	select {
	case err := <-done:
		if err != nil {
			s.t.Errorf("serve ended with %v after SIGTERM", err)
		}
	case <-time.After(10 * time.Second):
		s.t.Error("serve did not end within 10 s after SIGTERM")
		_ = command.Process.Kill()
		<-done
	}
	s.command = nil
}

// count is the number of events that match, -1 when nobody answers.
func (s *server) count(query string) int {
	resp, err := s.client.Get("http://" + s.elastic + "/_count?q=" + url.QueryEscape(query))
	if err != nil {
		return -1
	}
	defer resp.Body.Close()
	var c struct{ Count int }
	c.Count = -1
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK || json.Unmarshal(body, &c) != nil {
		return -1
	}
	return c.Count
}

// lines are the raw lines of all events, from the data folder of a server that
// does not run or from the one that does.
func (s *server) lines() []string {
	s.t.Helper()
	var stderr strings.Builder
	c := exec.Command(s.binary, "search", "--data", s.data, "--all", "--output", "ndjson", "--fields", "message", "--sort", "@timestamp")
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		s.t.Fatalf("searching everything: %v\n%s", err, stderr.String())
	}
	var lines []string
	for text := range strings.SplitSeq(strings.TrimSpace(string(out)), "\n") {
		var e struct{ Message string }
		if err := json.Unmarshal([]byte(text), &e); err != nil {
			s.t.Fatalf("%s: %v", text, err)
		}
		lines = append(lines, e.Message)
	}
	return lines
}
