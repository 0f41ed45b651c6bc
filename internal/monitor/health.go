package monitor

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"rastro/internal/sources"
)

// Health is the answer of /healthz.
type Health struct {
	// Status is ok, degraded (events are taken and served, but something needs
	// a look), paused (nothing is taken; sources wait), starting or stopping.
	Status string `json:"status"`
	// Problems says what is wrong and what to do about it.
	Problems []string `json:"problems"`
	Release  string   `json:"release"`
	Time     string   `json:"time"`
}

// The statuses of Health.
const (
	statusOK       = "ok"
	statusDegraded = "degraded"
	statusPaused   = "paused"
	statusStarting = "starting"
	statusStopping = "stopping"
)

// maxProblems bounds the problems of a kind that are listed one by one.
const maxProblems = 20

// Check judges the snapshots.
func (s *Server) Check() Health {
	h := Health{Status: statusOK, Problems: []string{}, Release: s.opts.Release, Time: time.Now().UTC().Format(time.RFC3339)}
	switch s.at() {
	case starting:
		h.Status = statusStarting
	case stopping:
		h.Status = statusStopping
	default:
		h.degrade(s.storeProblems())
		h.degrade(s.sourceProblems())
		if s.rooms.Ingest().Paused != "" {
			h.Status = statusPaused
		}
	}
	h.Problems = append(h.Problems, s.unready()...)
	return h
}

// unready says why intake or questions are not served now; nothing if they are.
func (s *Server) unready() []string {
	switch s.at() {
	case starting:
		return []string{"Rastro starts: it opens its data folder, and brings back what the last run left in the journal"}
	case stopping:
		return []string{"Rastro stops"}
	}
	if why := s.rooms.Ingest().Paused; why != "" {
		return []string{why}
	}
	return nil
}

// degrade notes problems that leave Rastro taking and serving events.
func (h *Health) degrade(problems []string) {
	if len(problems) == 0 {
		return
	}
	h.Status = statusDegraded
	if more := len(problems) - maxProblems; more > 0 {
		problems = append(problems[:maxProblems], fmt.Sprintf("and %d more like the last one", more))
	}
	h.Problems = append(h.Problems, problems...)
}

func (s *Server) storeProblems() []string {
	var problems []string
	for _, p := range sources.Stored(s.rooms.Store(), s.rooms.Journal()) {
		problems = append(problems, p.Message.En+" "+p.Hint.En)
	}
	return problems
}

func (s *Server) sourceProblems() []string {
	var problems []string
	for _, source := range s.rooms.Sources() {
		if source.Err != "" {
			problems = append(problems, "a source is not read: "+source.Path+": "+source.Err)
		}
	}
	return problems
}

// health answers 200 while events are taken and served, 503 while they wait.
func (s *Server) health(w http.ResponseWriter, _ *http.Request) {
	h := s.Check()
	plain(w, h.Status == statusOK || h.Status == statusDegraded, h)
}

// ready answers 200 when lines are taken and questions answered, else 503 and
// why not.
func (s *Server) ready(w http.ResponseWriter, _ *http.Request) {
	why := s.unready()
	if why == nil {
		why = []string{}
	}
	plain(w, len(why) == 0, struct {
		Ready   bool     `json:"ready"`
		Reasons []string `json:"reasons"`
	}{len(why) == 0, why})
}

// plain answers JSON that is no shape of Logstash's.
func plain(w http.ResponseWriter, ok bool, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if !ok {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	// The client is gone when this fails; there is nobody left to tell.
	_ = json.NewEncoder(w).Encode(body)
}
