// Package monitor serves port 9600: Logstash-shaped statistics, Prometheus
// metrics, health and readiness.
//
// What comes in are snapshots of other rooms' counters; what goes out is JSON
// and text for machines. It never changes anything and never shows an event, an
// address or line text.
package monitor

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"rastro/internal/collect"
	"rastro/internal/ingest"
	"rastro/internal/journal"
	"rastro/internal/parse"
	"rastro/internal/search"
	"rastro/internal/store"
)

// Version is the version of Logstash whose answers these are shaped like.
const Version = "8.17.0"

// Options say who serves.
type Options struct {
	// Host is the name of the machine.
	Host string
	// Release is Rastro's version, Data the data folder.
	Release, Data string
	// LogLevel is the level of Rastro's own log: debug, info, warn or error.
	LogLevel string
	// Meters are counted outside of the rooms; nil for none.
	Meters *Meters
}

// Rooms are the snapshots that are served. All but Beats, Reloads, Reasons and
// Disk are required; all are safe for concurrent use.
type Rooms struct {
	Ingest  func() ingest.Stats
	Journal func() journal.Stats
	Store   func() store.Stats
	Parse   func() parse.Counts
	Search  func() search.Counts
	Sources func() []collect.FileStatus
	// Beats is nil when its port is off.
	Beats func() collect.BeatsStatus
	// Inputs are the ways, of event's Input constants, by which lines can come.
	Inputs []string
	// Reloads tells of the configuration.
	Reloads func() Reloads
	// Reasons are the classes that the field reason may have.
	Reasons func() []string
	// Disk tells the bytes of the file system of the data folder.
	Disk func() (free, total uint64, err error)
}

// Reloads are the times that the configuration was read again.
type Reloads struct {
	Successes, Failures      int64
	LastSuccess, LastFailure time.Time // zero for never
	LastError                string
	// Hash is the same for the same sources.
	Hash string
}

// phase is how far the server has come.
type phase int32

const (
	starting phase = iota
	serving
	stopping
)

// Server is an http.Handler, safe for concurrent use. Until Open it answers
// that it starts; after Stopping, that it stops.
type Server struct {
	opts    Options
	mux     *http.ServeMux
	metrics *prometheus.Registry
	scrape  http.Handler
	self    self
	phase   atomic.Int32
	rooms   Rooms // set before phase becomes serving
	flow    *flow // set before phase becomes serving
	hot     chan struct{}
}

// New makes a Server that has no rooms yet.
func New(opts Options) *Server {
	s := &Server{opts: opts, mux: http.NewServeMux(), metrics: prometheus.NewRegistry(), self: newSelf(opts), hot: make(chan struct{}, 1)}
	s.metrics.MustRegister(
		newBuildInfo(opts.Release),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "rastro_ready", Help: "1 while intake and questions are served."}, func() float64 { return bit(len(s.unready()) == 0) }),
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	if opts.Meters != nil {
		s.metrics.MustRegister(opts.Meters.collectors()...)
	}
	s.scrape = promhttp.HandlerFor(s.metrics, promhttp.HandlerOpts{})
	s.routes()
	return s
}

// Open gives the server its rooms. It is called once.
func (s *Server) Open(rooms Rooms) {
	s.rooms = rooms
	// All counters began at 0 with the process; the queue did not.
	v := s.values(s.look())
	s.flow = newFlow(values{queueBytes: v[queueBytes], queueEvents: v[queueEvents]}, s.self.started)
	s.metrics.MustRegister(newCollector(rooms))
	s.phase.Store(int32(serving))
}

// Run takes samples for rates until ctx ends. It is called after Open.
func (s *Server) Run(ctx context.Context) {
	tick := time.NewTicker(sampleEvery)
	defer tick.Stop()
	for {
		select {
		case now := <-tick.C:
			s.flow.add(s.values(s.look()), now)
			s.self.look()
		case <-ctx.Done():
			return
		}
	}
}

// Stopping says that the rooms are about to close: from now on only health is
// told.
func (s *Server) Stopping() { s.phase.Store(int32(stopping)) }

func (s *Server) at() phase { return phase(s.phase.Load()) }

func (s *Server) routes() {
	handle := func(path string, h http.HandlerFunc) { s.mux.HandleFunc("GET "+path, h) }
	handle("/healthz", s.health)
	handle("/readyz", s.ready)
	s.mux.Handle("GET /metrics", s.open(s.scrape.ServeHTTP))
	handle("/{$}", s.root)
	handle("/_health_report", s.healthReport)
	handle("/_health_report/{$}", s.healthReport)
	for path, h := range map[string]http.HandlerFunc{
		"/_node": s.node, "/_node/{filter}": s.node,
		"/_node/pipelines": s.nodePipelines, "/_node/pipelines/{id}": s.nodePipelines,
		"/_node/plugins": s.nodePlugins, "/_node/logging": s.nodeLogging, "/_node/hot_threads": s.hotThreads,
		"/_node/stats": s.nodeStats, "/_node/stats/{filter}": s.nodeStats,
		"/_node/stats/pipelines": s.pipelineStats, "/_node/stats/pipelines/{id}": s.pipelineStats,
	} {
		handle(path, s.open(h))
		handle(path+"/{$}", s.open(h))
	}
	s.mux.HandleFunc("/", s.lost)
}

// open lets requests through while there are rooms to ask.
func (s *Server) open(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if s.at() != serving {
			refuse(w, r, http.StatusServiceUnavailable, s.unready()[0])
			return
		}
		h(w, r)
	}
}

// lost answers what there is not.
func (s *Server) lost(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		refuse(w, r, http.StatusNotFound, "Not Found")
		return
	}
	w.Header().Set("Allow", "GET, HEAD")
	refuse(w, r, http.StatusMethodNotAllowed, "this port is read only: ask with GET")
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	s.mux.ServeHTTP(w, r)
}
