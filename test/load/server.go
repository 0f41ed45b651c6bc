package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os/exec"
	"strconv"
	"syscall"
	"time"
)

// server is a rastro serve on free ports.
type server struct {
	ui, elastic, monitor string
	command              *exec.Cmd
	output               bytes.Buffer
	began                time.Time
	client               http.Client
}

// startServer starts a server; it does not wait for its answers.
func startServer(ctx context.Context, binary, data string) (*server, error) {
	s := &server{client: http.Client{Timeout: time.Minute}}
	for _, address := range []*string{&s.ui, &s.elastic, &s.monitor} {
		var err error
		if *address, err = freeAddress(); err != nil {
			return nil, err
		}
	}
	s.command = exec.CommandContext(ctx, binary, "serve", "--data", data, "--ui", s.ui, "--elastic", s.elastic, "--monitor", s.monitor, "--beats", "off")
	s.command.Stdout, s.command.Stderr = &s.output, &s.output
	s.began = time.Now()
	return s, s.command.Start()
}

// wait asks until an answer comes, for a minute at most, and tells how long
// after the start that was.
func (s *server) wait(ctx context.Context, answer func() error) (time.Duration, error) {
	deadline := time.Now().Add(time.Minute)
	for {
		err := answer()
		if err == nil {
			return time.Since(s.began), nil
		}
		if ctx.Err() != nil || time.Now().After(deadline) {
			return 0, fmt.Errorf("waiting for serve: %w", err)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// healthy asks /healthz.
func (s *server) healthy() error {
	var h struct {
		Status   string
		Problems []string
	}
	if err := s.get("http://"+s.monitor+"/healthz", &h); err != nil {
		return err
	}
	if h.Status != "ok" {
		return fmt.Errorf("serve is %s: %v", h.Status, h.Problems)
	}
	return nil
}

// found is the part of an Elasticsearch answer that is looked at.
type found struct {
	Hits struct {
		Total struct{ Value int64 }
		Hits  []json.RawMessage
	}
}

// search asks port 9200's _search.
func (s *server) search(query string, size int) (found, error) {
	var f found
	v := url.Values{"q": {query}, "size": {strconv.Itoa(size)}, "sort": {"@timestamp:desc"}}
	v.Set("track_total_hits", "true") // what is there is counted in the log too
	return f, s.get("http://"+s.elastic+"/_search?"+v.Encode(), &f)
}

func (s *server) get(address string, into any) error {
	resp, err := s.client.Get(address)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
		return fmt.Errorf("reading the answer of %s: %w", address, err)
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", address, resp.Status)
	}
	return nil
}

// resident is what the server has in memory, in bytes.
func (s *server) resident() (int64, error) {
	m, err := memoryOf(s.command.Process.Pid)
	return m.resident, err
}

// stop ends the server as an init system does.
func (s *server) stop() error {
	err := s.command.Process.Signal(syscall.SIGTERM)
	if waitErr := s.command.Wait(); waitErr != nil {
		err = errors.Join(err, fmt.Errorf("serve: %w\n%s", waitErr, s.output.String()))
	}
	return err
}

// served is what serving the imported log cost.
type served struct {
	healthy, answering time.Duration // after the start
	idle               int64         // bytes of memory, quietAfter later
	busy               int64         // bytes of memory after the questions
	http               []timed
	browser            string // tables of what a person waits for; "" where there is no browser
}

// quietAfter is when a server that nobody asks counts as idle.
const quietAfter = 5 * time.Second

// measureServing starts a server on the data, lets it idle and asks it over
// HTTP.
func measureServing(ctx context.Context, o options, data string, p plan) (s served, err error) {
	server, err := startServer(ctx, o.binary, data)
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, server.stop()) }()
	if s.healthy, err = server.wait(ctx, server.healthy); err != nil {
		return s, err
	}
	s.answering, err = server.wait(ctx, func() error {
		_, err := server.ask(p.ready)
		return err
	})
	if err != nil {
		return s, err
	}
	time.Sleep(quietAfter)
	if s.idle, err = server.resident(); err != nil {
		return s, err
	}
	for _, q := range p.overHTTP {
		t, err := measureHTTP(server, q, o.runs)
		if err != nil {
			return s, err
		}
		s.http = append(s.http, t)
	}
	if s.busy, err = server.resident(); err != nil {
		return s, err
	}
	if !o.large {
		s.browser, err = measureBrowser(ctx, server.ui)
	}
	return s, err
}

// httpQuestion is a search over HTTP with the number of hits that is right.
type httpQuestion struct {
	name, query string
	size        int
	want        int64
}

func searchesOverHTTP(truth *census) []httpQuestion {
	hot, times := most(truth.recipients)
	return []httpQuestion{
		{"one queue id", "queue_id:" + truth.queueID, 100, truth.idLines},
		{"newest 100 of the busiest recipient", `recipient:"` + hot + `"`, 100, times},
		{"newest 100 that are deferred", "status:deferred", 100, truth.statuses["deferred"]},
		{"a phrase, newest 100", `"` + overQuotaPhrase + `"`, 100, truth.overQuota},
		{"newest 100 of everything", "*", 100, truth.lines},
	}
}

// ask asks a question once and compares the answer with the log.
func (s *server) ask(q httpQuestion) (time.Duration, error) {
	began := time.Now()
	f, err := s.search(q.query, q.size)
	took := time.Since(began)
	if err == nil && (f.Hits.Total.Value != q.want || int64(len(f.Hits.Hits)) != min(q.want, int64(q.size))) {
		err = fmt.Errorf("%d hits in all and %d on the page, the log has %d", f.Hits.Total.Value, len(f.Hits.Hits), q.want)
	}
	if err != nil {
		return took, fmt.Errorf("%s over HTTP: %w", q.query, err)
	}
	return took, nil
}

func measureHTTP(s *server, q httpQuestion, runs int) (timed, error) {
	t := timed{name: q.name}
	var err error
	if t.first, err = s.ask(q); err != nil {
		return t, err
	}
	for range runs {
		took, err := s.ask(q)
		if err != nil {
			return t, err
		}
		t.runs = append(t.runs, took)
	}
	return t, nil
}
