package elastic

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/search"
)

func (s *Server) search(w http.ResponseWriter, r *http.Request) {
	req, err := s.readRequest(r, searchParams)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	start := time.Now()
	answer, err := s.opts.Searcher.Ask(r.Context(), s.opts.Scope(r), req.question)
	if err != nil {
		s.fail(w, r, askFailure(err))
		return
	}
	hits := make([]map[string]any, len(answer.Hits))
	for i := range answer.Hits {
		hits[i] = s.hit(&answer.Hits[i], &req)
	}
	body := map[string]any{
		"took": time.Since(start).Milliseconds(), "timed_out": answer.Partial, "_shards": shards(&answer),
		"hits": map[string]any{"max_score": nil, "hits": hits},
	}
	if total := total(&answer, &req); total != nil {
		body["hits"].(map[string]any)["total"] = total
	}
	s.write(w, r, http.StatusOK, body)
}

func (s *Server) count(w http.ResponseWriter, r *http.Request) {
	req, err := s.readRequest(r, countParams)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	req.question.Limit, req.question.Skip = 0, 0
	answer, err := s.opts.Searcher.Ask(r.Context(), s.opts.Scope(r), req.question)
	if err != nil {
		s.fail(w, r, askFailure(err))
		return
	}
	s.write(w, r, http.StatusOK, map[string]any{"count": answer.Total, "_shards": shards(&answer)})
}

// askFailure gives the errors of search their Elasticsearch names.
func askFailure(err error) error {
	switch {
	case errors.Is(err, query.ErrTooBig):
		return &failure{status: http.StatusTooManyRequests, kind: "circuit_breaking_exception", reason: err.Error() + "; narrow the time range or ask for less"}
	case errors.Is(err, search.ErrBusy):
		return &failure{status: http.StatusTooManyRequests, kind: "es_rejected_execution_exception", reason: err.Error()}
	case errors.Is(err, context.Canceled):
		return &failure{status: 499, kind: "task_cancelled_exception", reason: "the client went away"}
	}
	return err
}

// shards tells a partial answer in the place where clients look for one.
func shards(a *query.Answer) map[string]any {
	m := map[string]any{"total": 1, "successful": 1, "skipped": 0, "failed": 0}
	if !a.Partial {
		return m
	}
	failures := make([]any, len(a.PartialReasons))
	for i, reason := range a.PartialReasons {
		failures[i] = map[string]any{"shard": 0, "reason": map[string]any{"type": "partial_answer", "reason": reason}}
	}
	m["successful"], m["failed"], m["failures"] = 0, 1, failures
	return m
}

func total(a *query.Answer, req *request) any {
	switch {
	case req.question.Count == 0:
		return nil
	case req.intTotal:
		return a.Total
	case a.TotalExact:
		return map[string]any{"value": a.Total, "relation": "eq"}
	}
	return map[string]any{"value": a.Total, "relation": "gte"}
}

func (s *Server) hit(h *query.Hit, req *request) map[string]any {
	m := map[string]any{"_index": s.indexName(h.Event.Time), "_id": h.Event.ID(), "_score": nil}
	if !req.noSource {
		m["_source"] = json.RawMessage(event.AppendJSON(nil, &h.Event, req.source))
	}
	if len(req.question.Sort) > 0 {
		m["sort"] = sortValues(h, req.question.Sort)
	}
	return m
}

// sortValues are the values that search_after takes: times as milliseconds.
func sortValues(h *query.Hit, keys []query.SortKey) []any {
	values := make([]any, 0, len(keys))
	for i, k := range h.Cursor.Keys {
		switch {
		case i >= len(keys) || k.Missing:
			values = append(values, nil)
		case keys[i].Field.Field.Kind() == event.Time:
			values = append(values, k.Int/int64(time.Millisecond))
		case keys[i].Field.Field.Kind() == event.Number:
			values = append(values, k.Float)
		case keys[i].Field.Field == event.NoField || keys[i].Field.Field.Kind().IsText():
			values = append(values, k.Text)
		default:
			values = append(values, k.Int)
		}
	}
	return values
}
