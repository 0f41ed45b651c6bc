package monitor

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestLogIsCountedAndWrittenAsBefore(t *testing.T) {
	t.Parallel()
	m := NewMeters()
	var out bytes.Buffer
	log := slog.New(m.Log(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelError}))).With("host", "mx1").WithGroup("g")
	log.Info("not written, not counted")
	log.Warn("counted, not written")
	log.Error("both", "count", 1)
	if got := out.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "msg=both host=mx1 g.count=1") {
		t.Errorf("%s", got)
	}
	for level, want := range map[string]int{"info": 0, "warn": 1, "error": 1} {
		if got := counted(t, m, level); got != want {
			t.Errorf("%s: %d, want %d", level, got, want)
		}
	}
}

// counted reads a counter of the log.
func counted(t *testing.T, m *Meters, level string) int {
	t.Helper()
	s := New(Options{Meters: m})
	families, err := s.metrics.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, one := range f.GetMetric() {
			if f.GetName() == "rastro_log_records_total" && one.GetLabel()[0].GetValue() == level {
				return int(one.GetCounter().GetValue())
			}
		}
	}
	return 0
}

// TestCountedRequestsCanStillBeControlled: live tails flush, and set deadlines.
func TestCountedRequestsCanStillBeControlled(t *testing.T) {
	t.Parallel()
	m := NewMeters()
	server := httptest.NewServer(m.Requests("ui", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		c := http.NewResponseController(w)
		if err := c.SetWriteDeadline(time.Now().Add(time.Minute)); err != nil {
			t.Error(err)
		}
		if err := c.Flush(); err != nil {
			t.Error(err)
		}
	})))
	defer server.Close()
	resp, err := http.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
}
