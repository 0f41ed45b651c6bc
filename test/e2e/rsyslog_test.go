package e2e

import (
	"cmp"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// program finds a program of the machine, or skips the test.
func program(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	for _, dir := range []string{"/usr/sbin", "/sbin"} { // not everybody's PATH has them
		if err == nil {
			break
		}
		path = filepath.Join(dir, name)
		_, err = os.Stat(path)
	}
	if err != nil {
		t.Skipf("SKIP: %s is not installed", name)
	}
	return path
}

// shortDir is a folder with a short name, as sockets need, that other users may
// enter.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "e2e-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// daemon runs a program until the test ends; what it says is shown when the
// test fails.
func daemon(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	var said strings.Builder
	c := exec.Command(name, args...)
	c.Stdout, c.Stderr = &said, &said
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Signal(syscall.SIGTERM)
		ended := make(chan error, 1)
		go func() { ended <- c.Wait() }()
		select {
		case <-ended:
		case <-time.After(5 * time.Second):
			_ = c.Process.Kill()
			<-ended
		}
		if t.Failed() {
			t.Logf("what %s said:\n%s", filepath.Base(name), said.String())
		}
	})
	return c
}

// rsyslog's own names of the ways in which it writes files.
var rsyslogForms = map[string]string{
	"traditional.log": "RSYSLOG_TraditionalFileFormat",
	"file.log":        "RSYSLOG_FileFormat",
	"protocol23.log":  "RSYSLOG_SyslogProtocol23Format",
}

// startRsyslog starts a private rsyslogd that reads a socket and writes every
// line in every form.
func startRsyslog(t *testing.T, logs string) (process *exec.Cmd, socket string) {
	t.Helper()
	rsyslogd := program(t, "rsyslogd")
	dir := shortDir(t)
	socket = filepath.Join(dir, "log")
	var b strings.Builder
	fmt.Fprintf(&b, "global(workDirectory=%q parser.permitSlashInProgramName=\"on\")\n", dir)
	fmt.Fprintf(&b, "module(load=\"imuxsock\" SysSock.Use=\"off\")\ninput(type=\"imuxsock\" Socket=%q RateLimit.Interval=\"0\")\n", socket)
	for file, form := range rsyslogForms {
		fmt.Fprintf(&b, "*.* action(type=\"omfile\" file=%q template=%q)\n", filepath.Join(logs, file), form)
	}
	config := filepath.Join(dir, "rsyslog.conf")
	write(t, config, b.String())
	process = daemon(t, rsyslogd, "-n", "-f", config, "-i", filepath.Join(dir, "pid"))
	eventually(t, 20*time.Second, "rsyslogd's socket", func() bool {
		_, err := os.Stat(socket)
		return err == nil
	})
	return process, socket
}

// TestRsyslog lets a real rsyslogd write the lines of a real Postfix host in
// its three forms, and rotates the files as logrotate does, while Rastro
// follows them. All three tell the same story as the original.
func TestRsyslog(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	logs := filepath.Join(dir, "logs")
	if err := os.Mkdir(logs, 0o755); err != nil {
		t.Fatal(err)
	}
	process, socket := startRsyslog(t, logs)
	s := serve(t, filepath.Join(dir, "data"), fmt.Sprintf("sources: [{paths: [%q]}]", filepath.Join(logs, "*.log")))
	original := plain(t)
	start := time.Now()
	sendSyslog(t, socket, original[:2000])
	for file := range rsyslogForms {
		if err := os.Rename(filepath.Join(logs, file), filepath.Join(logs, file+".1")); err != nil {
			t.Fatal(err)
		}
	}
	if err := process.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	sendSyslog(t, socket, original[2000:])
	s.await("NOT program:rsyslogd", 3*len(original))
	name, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	for file := range rsyslogForms {
		events := s.hits(fmt.Sprintf("source:*\\/%s* AND NOT program:rsyslogd", file), "size=10000")
		for _, e := range events {
			if at := e.time(t); at.Before(start.Add(-2*time.Second)) || at.After(time.Now().Add(time.Second)) {
				t.Fatalf("%s: the time is %v: %q", file, at, e.text("message"))
			}
			if short, _, _ := strings.Cut(name, "."); !strings.EqualFold(e.text("host"), name) && !strings.EqualFold(e.text("host"), short) {
				t.Fatalf("%s: the host is %q on %s: %q", file, e.text("host"), name, e.text("message"))
			}
		}
		sameInAnyOrder(t, events, original)
	}
	s.stop()
}

// sendSyslog sends lines as syslog(3) does.
func sendSyslog(t *testing.T, socket string, lines []record) {
	t.Helper()
	c, err := net.Dial("unixgram", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, e := range lines {
		_, rest, ok := strings.Cut(e.text("message"), " mx1 ")
		if !ok {
			t.Fatalf("no host in %q", e.text("message"))
		}
		text := fmt.Sprintf("<22>%s %s", time.Now().Format(time.Stamp), rest)
		if _, err := c.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
}

// sameInAnyOrder fails where two sets of events do not tell the same, whenever
// and on whatever host it was.
func sameInAnyOrder(t *testing.T, got, want []record) {
	t.Helper()
	same := time.Unix(0, 0).UTC().Format(time.RFC3339)
	sorted := func(events []record) []record {
		events = slices.Clone(events)
		for i, e := range events {
			e = maps.Clone(e)
			e["@timestamp"], e["host"] = same, ""
			events[i] = e
		}
		slices.SortFunc(events, func(a, b record) int {
			return cmp.Or(strings.Compare(a.text("log_message"), b.text("log_message")), strings.Compare(a.text("pid"), b.text("pid")))
		})
		return events
	}
	sameStory(t, sorted(got), sorted(want), time.Nanosecond)
}
