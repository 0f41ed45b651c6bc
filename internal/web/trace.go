package web

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"rastro/internal/trace"
)

// MaxJourneys is the most journeys of one answer of POST /api/trace.
const MaxJourneys = 10_000

// TraceAnswer is the answer of POST /api/trace.
type TraceAnswer = trace.Answer

// TraceRequest is the body of POST /api/trace.
type TraceRequest struct {
	// Query is any identifier (address, two addresses, domain, Message-ID,
	// queue id, remote receipt, IP), words of a subject, or a text that holds some, such as a
	// pasted bounce. Empty means all journeys, the newest ones.
	Query string `json:"query"`
	// Since and Until bound the time as in SearchRequest: a journey is found
	// when it touches the range.
	Since string `json:"since,omitempty"`
	Until string `json:"until,omitempty"`
	// Zone is the IANA zone, or the offset such as -05:00, in which days begin;
	// empty means UTC.
	Zone string `json:"zone,omitempty"`
	// Limit is the most journeys, up to MaxJourneys; 0 means
	// trace.DefaultLimit.
	Limit int `json:"limit,omitempty"`
	// NoSteps leaves the steps out.
	NoSteps bool `json:"no_steps,omitempty"`
}

// Question reads the words of a request: the one way from a caller's words to
// a question, with a store and without one. Mistakes are an Error.
func (req TraceRequest) Question(now time.Time) (trace.Question, error) {
	q := trace.Question{Limit: req.Limit, Now: now, NoSteps: req.NoSteps}
	asked, err := readRange(req.Since, req.Until, req.Zone, now)
	if err != nil {
		return q, err
	}
	q.Zone, q.From, q.To = asked.zone, when(asked.from), when(asked.to)
	if req.Limit < 0 || req.Limit > MaxJourneys {
		return q, Error{Code: "bad_limit", Message: fmt.Sprintf("limit must be between 0 and %d", MaxJourneys), Hint: "narrow the time range with since and until"}
	}
	// The zero Query means all journeys.
	if strings.TrimSpace(req.Query) != "" {
		if q.Query, err = trace.ParseQuery(req.Query); err != nil {
			return q, badQuery(err)
		}
	}
	return q, nil
}

func badQuery(err error) error {
	if errors.Is(err, trace.ErrQuery) {
		return Error{
			Code: "bad_query", Message: "the query cannot be traced: " + err.Error(),
			Hint: "write for example ana@hostco.example, <1@hostco.example>, 4XyZ1 or 192.0.2.7, or paste the bounce",
		}
	}
	return fmt.Errorf("reading the query: %w", err)
}

// noTrace answers where nothing is traced.
func (s *Server) noTrace(w http.ResponseWriter) bool {
	if s.opts.Tracer == nil {
		fail(w, http.StatusServiceUnavailable, Error{Code: "no_trace", Message: "this server traces nothing", Hint: "ask a server that runs with rastro serve"})
	}
	return s.opts.Tracer == nil
}

// trace answers POST /api/trace with a trace.Answer.
func (s *Server) trace(w http.ResponseWriter, r *http.Request) {
	if s.noTrace(w) {
		return
	}
	var req TraceRequest
	if err := readRequest(w, r, &req); err != nil {
		fail(w, http.StatusBadRequest, Error{Code: "bad_request", Message: "reading the request: " + err.Error(), Hint: "send a JSON object with query, since, until, zone, limit, no_steps"})
		return
	}
	q, err := req.Question(s.opts.Searcher.Now())
	if err == nil {
		var answer trace.Answer
		if answer, err = s.opts.Tracer.Trace(r.Context(), s.opts.Scope(r), q); err == nil {
			s.writeTrace(w, answer)
			return
		}
	}
	status, e := errorIn(r, err)
	fail(w, status, e)
}

func (s *Server) writeTrace(w http.ResponseWriter, answer trace.Answer) {
	if answer.Journeys == nil {
		answer.Journeys = []trace.Journey{} // a list, not null
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	out := bufio.NewWriterSize(&patientWriter{w: w, control: http.NewResponseController(w)}, 64<<10)
	// The client is gone when this fails; there is nobody left to tell.
	_ = json.NewEncoder(out).Encode(answer)
	_ = out.Flush()
}
