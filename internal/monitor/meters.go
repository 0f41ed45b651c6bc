package monitor

import (
	"context"
	"log/slog"
	"net/http"
	"runtime"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Meters count what passes outside of the rooms: HTTP requests and Rastro's own
// log. They are safe for concurrent use.
type Meters struct {
	requests *prometheus.CounterVec
	inFlight *prometheus.GaugeVec
	records  *prometheus.CounterVec
}

// NewMeters makes Meters.
func NewMeters() *Meters {
	m := &Meters{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "rastro_http_requests_total", Help: "Requests answered since the start, by port and status."}, []string{"port", "code"}),
		inFlight: prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "rastro_http_requests_in_flight", Help: "Requests being answered, by port."}, []string{"port"}),
		records:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "rastro_log_records_total", Help: "Records of Rastro's own log since the start, by level."}, []string{"level"}),
	}
	for _, level := range []slog.Level{slog.LevelWarn, slog.LevelError} {
		m.records.WithLabelValues(word(level))
	}
	return m
}

func (m *Meters) collectors() []prometheus.Collector {
	return []prometheus.Collector{m.requests, m.inFlight, m.records}
}

// Requests counts the requests of a port. port must be one of a few names.
func (m *Meters) Requests(port string, next http.Handler) http.Handler {
	labels := prometheus.Labels{"port": port}
	return promhttp.InstrumentHandlerInFlight(m.inFlight.With(labels),
		promhttp.InstrumentHandlerCounter(m.requests.MustCurryWith(labels), next))
}

// Log counts the records that a handler of our own log takes.
func (m *Meters) Log(next slog.Handler) slog.Handler { return counting{next, m.records} }

type counting struct {
	slog.Handler
	records *prometheus.CounterVec
}

// Enabled lets warnings and errors through to be counted, written or not.
func (c counting) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn || c.Handler.Enabled(ctx, l)
}

func (c counting) Handle(ctx context.Context, r slog.Record) error {
	c.records.WithLabelValues(word(r.Level)).Inc()
	if !c.Handler.Enabled(ctx, r.Level) {
		return nil
	}
	return c.Handler.Handle(ctx, r)
}

func (c counting) WithAttrs(attrs []slog.Attr) slog.Handler {
	return counting{c.Handler.WithAttrs(attrs), c.records}
}

func (c counting) WithGroup(name string) slog.Handler {
	return counting{c.Handler.WithGroup(name), c.records}
}

// word is the level's name; levels between the usual ones have the lower name.
func word(l slog.Level) string {
	switch {
	case l < slog.LevelInfo:
		return "debug"
	case l < slog.LevelWarn:
		return "info"
	case l < slog.LevelError:
		return "warn"
	}
	return "error"
}

func newBuildInfo(release string) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "rastro_build_info", Help: "Always 1; its labels say what runs.",
		ConstLabels: prometheus.Labels{"version": release, "goversion": runtime.Version()},
	}, func() float64 { return 1 })
}
