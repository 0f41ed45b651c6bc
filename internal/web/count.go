package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"time"

	"rastro/internal/query"
)

// CountAnswer is the last event of GET /api/count: how many events match.
type CountAnswer struct {
	Took       int64    `json:"took_ms"`
	Total      int64    `json:"total"`
	TotalExact bool     `json:"total_exact"`
	Partial    bool     `json:"partial"`
	Reasons    []string `json:"partial_reasons,omitempty"`
	// Estimate is there where the count ended before its end.
	Estimate *Sample `json:"estimate,omitempty"`
}

// count streams how a count goes on as server-sent events: "progress" with a
// Sample each, then "count" with a CountAnswer, or "error". A reader that goes
// away ends the count.
func (s *Server) count(w http.ResponseWriter, r *http.Request) {
	params := r.URL.Query()
	req := SearchRequest{Query: cmp.Or(params.Get("query"), params.Get("q")), Since: params.Get("since"), Until: params.Get("until"), Zone: params.Get("zone")}
	q, err := req.question(s.opts.Searcher)
	if err == nil {
		err = query.Check(q.Filter)
	}
	if err != nil {
		status, e := errorOf(err)
		fail(w, status, e)
		return
	}
	scope := s.opts.Scope(r)
	out, ctx := newEventStream(r.Context(), w)
	defer out.close()
	if r.Method == http.MethodHead {
		return
	}
	// The walk must not wait for a slow reader: what it cannot take it misses.
	progress := make(chan query.Progress, 1)
	q.OnProgress = func(p query.Progress) {
		select {
		case progress <- p:
		default:
		}
	}
	start, done := time.Now(), make(chan struct{})
	var answer query.Answer
	go func() {
		defer close(done)
		answer, err = s.opts.Searcher.Ask(ctx, scope, q)
	}()
	for running := true; running; {
		select {
		case p := <-progress:
			// A reader that is gone ends ctx, and with it the question.
			_ = out.send("progress", Sample{Seen: p.Seen, Of: p.Of, About: p.About, Low: p.Low, High: p.High})
		case <-done:
			running = false
		}
	}
	if err != nil {
		if !errors.Is(err, context.Canceled) {
			out.fail(err)
		}
		return
	}
	// The reader is gone when this fails; there is nobody left to tell.
	_ = out.send("count", CountAnswer{
		Took: time.Since(start).Milliseconds(), Total: answer.Total, TotalExact: answer.TotalExact,
		Partial: answer.Partial, Reasons: answer.PartialReasons, Estimate: estimateOf(&answer),
	})
}

// countRoute is the way to count.
func countRoute() Route {
	return Route{
		Method: http.MethodGet, Path: "/api/count", Summary: "How many events match, while they are counted: server-sent events named progress, count and error",
		Params: append([]Param{{Name: "query", Meaning: "Query in Lucene syntax; default everything (also as q)"}}, rangeParams...),
		Gives:  []string{"text/event-stream"}, handle: (*Server).count, streams: true,
	}
}

// estimateOf is nil for an exact total.
func estimateOf(a *query.Answer) *Sample {
	if a.TotalExact {
		return nil
	}
	return sampleOf(a.Progress)
}

// maxCount bounds how long a total may be counted for, in milliseconds.
const maxCount = 60_000

// countFor reads how long the total is to be counted.
func (req SearchRequest) countFor() (time.Duration, error) {
	if req.CountMS < 0 || req.CountMS > maxCount {
		return 0, Error{Code: "bad_count", Message: "count_ms must be between 0 and 60000", Hint: "0 counts to the end"}
	}
	return time.Duration(req.CountMS) * time.Millisecond, nil
}
