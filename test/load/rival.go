package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// The other engine: its module (test/victorialogs), its program there, and how
// it is told which fields of the feed are which.
const (
	rivalModule  = "test/victorialogs"
	rivalPackage = "github.com/VictoriaMetrics/VictoriaMetrics/app/victoria-logs"
	rivalInsert  = "/insert/jsonline?_time_field=@timestamp&_msg_field=message&_stream_fields=host,program"
)

// rivalProgram is a VictoriaLogs that was built for this machine.
type rivalProgram struct {
	path, version string
	cgo           bool // with the C library for zstd, as its makers ship it
}

// buildRival builds it with the C library where there is a C compiler, and
// without where that fails.
func buildRival(ctx context.Context) (rivalProgram, error) {
	path, err := filepath.Abs(filepath.Join("bin", "victoria-logs"))
	if err != nil {
		return rivalProgram{}, err
	}
	p := rivalProgram{path: path}
	build := func(cgo string) error {
		c := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", path, rivalPackage)
		c.Dir, c.Env = rivalModule, append(os.Environ(), "CGO_ENABLED="+cgo)
		if said, err := c.CombinedOutput(); err != nil {
			return fmt.Errorf("building VictoriaLogs in %s: %w\n%.500s", rivalModule, err, said)
		}
		return nil
	}
	if _, err := exec.LookPath("cc"); err == nil && build("1") == nil {
		p.cgo = true
	} else if err := build("0"); err != nil {
		return p, err
	}
	list := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Version}}", "github.com/VictoriaMetrics/VictoriaMetrics")
	list.Dir = rivalModule
	out, err := list.Output()
	p.version = strings.TrimSpace(string(out))
	return p, err
}

// rivalServer is a VictoriaLogs on a free port.
type rivalServer struct {
	address string
	command *exec.Cmd
	output  bytes.Buffer
	client  *http.Client
}

// startRival starts it with its defaults, but that it keeps old events, and
// waits for its first answer.
func (p rivalProgram) start(ctx context.Context, data string) (*rivalServer, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	s := &rivalServer{address: address, client: plainClient()}
	s.command = exec.CommandContext(ctx, p.path, "-storageDataPath="+data, "-httpListenAddr="+address,
		"-retentionPeriod=100y", "-loggerLevel=WARN")
	s.command.Stdout, s.command.Stderr = &s.output, &s.output
	if err := s.command.Start(); err != nil {
		return nil, err
	}
	deadline := time.Now().Add(time.Minute)
	for {
		if _, err = s.get(ctx, "/health", nil); err == nil {
			return s, nil
		}
		if ctx.Err() != nil || time.Now().After(deadline) {
			return nil, errors.Join(fmt.Errorf("waiting for VictoriaLogs: %w", err), s.stop())
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// stop ends it as an init system does.
func (s *rivalServer) stop() error {
	err := s.command.Process.Signal(syscall.SIGTERM)
	if waitErr := s.command.Wait(); waitErr != nil {
		err = errors.Join(err, fmt.Errorf("VictoriaLogs: %w\n%.2000s", waitErr, s.output.String()))
	}
	return err
}

// get asks for a page with a form.
func (s *rivalServer) get(ctx context.Context, path string, form url.Values) ([]byte, error) {
	return exchange(ctx, s.client, "http://"+s.address+path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

// events is how many it has that can be found.
func (s *rivalServer) events(ctx context.Context) (int64, error) {
	text, err := s.get(ctx, "/select/logsql/query", url.Values{"query": {"* | stats count() n"}})
	if err != nil {
		return 0, err
	}
	var row struct {
		N int64 `json:"n,string"`
	}
	if err := json.Unmarshal(text, &row); err != nil {
		return 0, fmt.Errorf("reading the number of events: %w: %.200s", err, text)
	}
	return row.N, nil
}

// merge makes it put its parts together, and waits for the end; whole is false
// when limit passed before.
func (s *rivalServer) merge(ctx context.Context, limit time.Duration) (whole bool, err error) {
	if _, err := s.get(ctx, "/internal/force_merge", nil); err != nil {
		return false, err
	}
	const beginning = 500 * time.Millisecond // it answers before it begins
	time.Sleep(beginning)
	for began := time.Now(); time.Since(began) < limit; time.Sleep(beginning) {
		text, err := s.get(ctx, "/metrics", nil)
		if err != nil {
			return false, err
		}
		if active, ok := metric(text, "vl_active_force_merges"); !ok || active == 0 {
			return ok, ctx.Err()
		}
	}
	return false, ctx.Err()
}

// metric finds a number in Prometheus's text form.
func metric(text []byte, name string) (float64, bool) {
	for line := range bytes.Lines(text) {
		if value, ok := bytes.CutPrefix(line, []byte(name+" ")); ok {
			n, err := strconv.ParseFloat(string(bytes.TrimSpace(value)), 64)
			return n, err == nil
		}
	}
	return 0, false
}

// plainClient asks for answers that are not compressed: both engines are on
// this machine.
func plainClient() *http.Client {
	return &http.Client{Timeout: 2 * time.Minute, Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: bulkSenders}}
}

// exchange posts a body and reads the whole answer.
func exchange(ctx context.Context, client *http.Client, address, kind string, body io.Reader) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", kind)
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %.500s", address, resp.Status, text)
	}
	return text, err
}
