// Package monitor serves port 9600: Prometheus metrics and health.
//
// What comes in are snapshots of other rooms' counters; what goes out is text
// for machines. It never changes anything and never shows an event, an address
// or line text.
package monitor

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"rastro/internal/collect"
	"rastro/internal/ingest"
	"rastro/internal/journal"
	"rastro/internal/parse"
	"rastro/internal/sources"
	"rastro/internal/store"
)

// Options are the snapshots that are served. All are required and safe for
// concurrent use.
type Options struct {
	Ingest  func() ingest.Stats
	Journal func() journal.Stats
	Store   func() store.Stats
	Parse   func() parse.Counts
	Sources func() []collect.FileStatus
	// Release is Rastro's version.
	Release string
}

// Server is an http.Handler, safe for concurrent use.
type Server struct {
	opts Options
	mux  *http.ServeMux
}

// New makes a Server.
func New(opts Options) *Server {
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		newCollector(opts),
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	s := &Server{opts: opts, mux: http.NewServeMux()}
	s.mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	s.mux.HandleFunc("GET /healthz", s.health)
	s.mux.HandleFunc("GET /{$}", s.home)
	return s
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	s.mux.ServeHTTP(w, r)
}

// Health is the answer of /healthz.
type Health struct {
	// Status is ok, degraded (events are taken and served, but something needs
	// a look) or paused (nothing is taken; sources wait).
	Status string `json:"status"`
	// Problems says what is wrong and what to do about it.
	Problems []string `json:"problems"`
	Release  string   `json:"release"`
	Time     string   `json:"time"`
}

// maxProblems bounds the problems of a kind that are listed one by one.
const maxProblems = 20

// Check judges the snapshots.
func (s *Server) Check() Health {
	h := Health{Status: "ok", Problems: []string{}, Release: s.opts.Release, Time: time.Now().UTC().Format(time.RFC3339)}
	h.degrade(s.storeProblems())
	h.degrade(s.sourceProblems())
	if why := s.opts.Ingest().Paused; why != "" {
		h.Status = "paused"
		h.Problems = append(h.Problems, why)
	}
	return h
}

// degrade notes problems that leave Rastro taking and serving events.
func (h *Health) degrade(problems []string) {
	if len(problems) == 0 {
		return
	}
	h.Status = "degraded"
	if more := len(problems) - maxProblems; more > 0 {
		problems = append(problems[:maxProblems], fmt.Sprintf("and %d more like the last one", more))
	}
	h.Problems = append(h.Problems, problems...)
}

func (s *Server) storeProblems() []string {
	var problems []string
	for _, p := range sources.Stored(s.opts.Store(), s.opts.Journal()) {
		problems = append(problems, p.Message.En+" "+p.Hint.En)
	}
	return problems
}

func (s *Server) sourceProblems() []string {
	var problems []string
	for _, source := range s.opts.Sources() {
		if source.Err != "" {
			problems = append(problems, "a source is not read: "+source.Path+": "+source.Err)
		}
	}
	return problems
}

// home tells a person what is here.
func (s *Server) home(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	// The client is gone when this fails; there is nobody left to tell.
	_, _ = fmt.Fprintf(w, "Rastro %s\n/metrics  for Prometheus\n/healthz  ok, degraded or paused, and what to do\n", s.opts.Release)
}

// health answers 200 while events are taken and served, 503 while they wait.
func (s *Server) health(w http.ResponseWriter, _ *http.Request) {
	h := s.Check()
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if h.Status == "paused" {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	// The client is gone when this fails; there is nobody left to tell.
	_ = json.NewEncoder(w).Encode(h)
}
