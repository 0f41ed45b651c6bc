package app

import (
	"errors"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"rastro/internal/config"
	"rastro/internal/store"
)

// told asks a port and returns the status and the body.
func told(t *testing.T, address, path string) (int, string) {
	t.Helper()
	resp, err := http.Get("http://" + address + path)
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

// TestReadinessFromTheFirstMomentToTheLast has port 9600 answer before the data
// folder is open.
func TestReadinessFromTheFirstMomentToTheLast(t *testing.T) {
	t.Parallel()
	a := New(Options{Config: testConfig(t), Log: quiet(), Release: "test"})
	if err := a.openMonitor(); err != nil {
		t.Fatal(err)
	}
	address := a.Addresses()["monitor"]
	if code, body := told(t, address, "/readyz"); code != 503 || !strings.Contains(body, "starts") {
		t.Errorf("before the start: %d %s", code, body)
	}
	a.closeMonitor()
	b := start(t, testConfig(t))
	address = b.Addresses()["monitor"]
	if code, body := told(t, address, "/readyz"); code != 200 {
		t.Errorf("after the start: %d %s", code, body)
	}
	if code, _ := told(t, address, "/_node/stats/pipelines/main"); code != 200 {
		t.Errorf("/_node/stats/pipelines/main: %d", code)
	}
	if err := b.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := http.Get("http://" + address + "/readyz"); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("after the stop: %v", err)
	}
}

// TestALockedFolderIsToldBeforeATakenPort has a second server with the very same
// configuration: the process that holds the folder is what its user must know.
func TestALockedFolderIsToldBeforeATakenPort(t *testing.T) {
	t.Parallel()
	c := testConfig(t)
	first := start(t, c)
	c.Listen.Monitor = config.Address(first.Addresses()["monitor"])
	err := New(Options{Config: c, Log: quiet()}).Start(t.Context())
	if !errors.Is(err, store.ErrLocked) {
		t.Errorf("%v, want %v", err, store.ErrLocked)
	}
	c.Data = filepath.Join(t.TempDir(), "another")
	if err := New(Options{Config: c, Log: quiet()}).Start(t.Context()); err == nil || !strings.Contains(err.Error(), "listen.monitor") {
		t.Errorf("%v does not name the port", err)
	}
	// The folder is free again, and so is a port that a failed start had opened.
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c.Listen.Monitor, c.Listen.UI = "127.0.0.1:0", config.Address(l.Addr().String())
	again := New(Options{Config: c, Log: quiet()})
	if err := again.Start(t.Context()); err == nil || !strings.Contains(err.Error(), "listen.ui") {
		t.Errorf("%v does not name the port", err)
	}
	if _, err := http.Get("http://" + again.Addresses()["monitor"] + "/healthz"); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("the port of a failed start is open: %v", err)
	}
	_ = l.Close()
	start(t, c)
}

func TestReloadsRequestsAndLogAreCounted(t *testing.T) {
	t.Parallel()
	c := testConfig(t)
	a := start(t, c)
	address := a.Addresses()["monitor"]
	_, before := told(t, address, "/_node/stats/pipelines")
	if err := a.Reload(c); err != nil {
		t.Fatal(err)
	}
	c.Replies.File = filepath.Join(t.TempDir(), "absent.toml")
	if err := a.Reload(c); err == nil {
		t.Fatal("a file that is not there is taken")
	}
	a.opts.Log.Warn("counted")
	told(t, a.Addresses()["ui"], "/api/nothing")
	_, stats := told(t, address, "/_node/stats/pipelines")
	for _, want := range []string{`"successes":1`, `"failures":1`, `absent.toml`} {
		if strings.Contains(before, want) || !strings.Contains(stats, want) {
			t.Errorf("%s before or not after the reloads:\n%s", want, stats)
		}
	}
	_, metrics := told(t, address, "/metrics")
	for _, want := range []string{`rastro_http_requests_total{code="404",port="ui"} 1`, `rastro_log_records_total{level="warn"} 1`, `rastro_config_reloads_total{result="failed"} 1`, "rastro_ready 1"} {
		if !strings.Contains(metrics, "\n"+want+"\n") {
			t.Errorf("the metrics lack %s", want)
		}
	}
}
