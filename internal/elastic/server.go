// Package elastic serves port 9200: the part of the Elasticsearch API that
// scripts and people use to look at logs.
//
// What comes in are HTTP requests; what goes out are answers in Elasticsearch's
// shapes. One logical index per UTC day, named by Options.Prefix and the date,
// stands for the events of that day; there are no real indices. The package
// never reads a store but through search, and it never writes.
package elastic

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"rastro/internal/auth"
	"rastro/internal/search"
)

// Version is the Elasticsearch version whose shapes are served.
const Version = "8.17.0"

// DefaultPrefix begins the names of the daily indices.
const DefaultPrefix = "elemta-logs-"

const contentType = "application/json; charset=UTF-8"

// Options are the rooms and names of a Server. Searcher is required.
type Options struct {
	Searcher *search.Searcher
	// Prefix begins the names of the daily indices. Default: DefaultPrefix.
	Prefix string
	// Node and ClusterID name this server in answers.
	Node, ClusterID string
	// Release is Rastro's own version.
	Release string
	// Scope says what a caller may see. Default: everything, for a server that
	// listens on loopback only.
	Scope func(*http.Request) auth.Scope
}

// Server is an http.Handler, safe for concurrent use.
type Server struct {
	opts Options
	mux  *http.ServeMux
}

// New makes a Server.
func New(opts Options) *Server {
	if opts.Prefix == "" {
		opts.Prefix = DefaultPrefix
	}
	if opts.Scope == nil {
		opts.Scope = func(*http.Request) auth.Scope { return auth.Everything() }
	}
	s := &Server{opts: opts, mux: http.NewServeMux()}
	s.route("/{$}", s.root, http.MethodGet)
	s.route("/_cluster/health", s.health, http.MethodGet)
	s.route("/_cluster/health/{index}", s.health, http.MethodGet)
	s.route("/_search", s.search, http.MethodGet, http.MethodPost)
	s.route("/{index}/_search", s.search, http.MethodGet, http.MethodPost)
	s.route("/_count", s.count, http.MethodGet, http.MethodPost)
	s.route("/{index}/_count", s.count, http.MethodGet, http.MethodPost)
	s.mux.HandleFunc("/", s.unknown)
	return s
}

// route serves a path with some methods (GET with HEAD) and says which ones to
// every other.
func (s *Server) route(path string, handle http.HandlerFunc, methods ...string) {
	for _, m := range methods {
		s.mux.HandleFunc(m+" "+path, handle)
	}
	allowed := strings.Join(append([]string{http.MethodHead, http.MethodOptions}, methods...), ", ")
	s.mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Allow", allowed)
		if r.Method == http.MethodOptions {
			w.WriteHeader(http.StatusOK)
			return
		}
		s.fail(w, r, &failure{status: http.StatusMethodNotAllowed, kind: "method_not_allowed_exception",
			reason: "Incorrect HTTP method for uri [" + r.URL.Path + "] and method [" + r.Method + "], allowed: [" + strings.Join(methods, ", ") + "]"})
	})
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Elastic-Product", "Elasticsearch")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	s.mux.ServeHTTP(w, r)
}

func (s *Server) root(w http.ResponseWriter, r *http.Request) {
	s.write(w, r, http.StatusOK, map[string]any{
		"name":         s.opts.Node,
		"cluster_name": "rastro",
		"cluster_uuid": s.opts.ClusterID,
		"version": map[string]any{
			"number": Version, "build_flavor": "default", "build_type": "rastro",
			"build_hash": s.opts.Release, "build_snapshot": false, "lucene_version": "9.12.0",
			"minimum_wire_compatibility_version":  "7.17.0",
			"minimum_index_compatibility_version": "7.0.0",
		},
		"tagline": "You Know, for Search",
	})
}

// health answers green while every file serves and yellow when files were set
// aside: what is there still answers.
func (s *Server) health(w http.ResponseWriter, r *http.Request) {
	stats := s.opts.Searcher.Stats()
	status, shards, lost := "green", len(stats.Days), len(stats.Quarantined)
	percent := 100.0
	if lost > 0 {
		status = "yellow"
		percent = 100 * float64(shards) / float64(shards+lost)
	}
	s.write(w, r, http.StatusOK, map[string]any{
		"cluster_name": "rastro", "status": status, "timed_out": false,
		"number_of_nodes": 1, "number_of_data_nodes": 1,
		"active_primary_shards": shards, "active_shards": shards,
		"relocating_shards": 0, "initializing_shards": 0,
		"unassigned_shards": lost, "unassigned_primary_shards": 0, "delayed_unassigned_shards": 0,
		"number_of_pending_tasks": 0, "number_of_in_flight_fetch": 0,
		"task_max_waiting_in_queue_millis": 0, "active_shards_percent_as_number": percent,
	})
}

func (s *Server) unknown(w http.ResponseWriter, r *http.Request) {
	s.fail(w, r, badRequest("illegal_argument_exception",
		"no handler found for uri ["+r.URL.Path+"] and method ["+r.Method+"]; this version serves /, _cluster/health, _count and _search"))
}

// write sends a JSON answer; ?pretty indents it.
func (s *Server) write(w http.ResponseWriter, r *http.Request, status int, body any) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	if pretty(r) {
		e.SetIndent("", "  ")
	}
	// The client is gone when this fails; there is nobody left to tell.
	_ = e.Encode(body)
}

func pretty(r *http.Request) bool {
	values, given := r.URL.Query()["pretty"]
	return given && values[0] != "false"
}

// failure is an error in Elasticsearch's shape.
type failure struct {
	status int
	kind   string
	reason string
}

func (f *failure) Error() string { return f.reason }

func badRequest(kind, reason string) *failure {
	return &failure{status: http.StatusBadRequest, kind: kind, reason: reason}
}

func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	var f *failure
	if !errors.As(err, &f) {
		f = &failure{status: http.StatusInternalServerError, kind: "exception", reason: strings.TrimSpace(err.Error())}
	}
	cause := map[string]any{"type": f.kind, "reason": f.reason}
	s.write(w, r, f.status, map[string]any{
		"error":  map[string]any{"root_cause": []any{cause}, "type": f.kind, "reason": f.reason},
		"status": f.status,
	})
}
