package elastic

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/search"
)

// searchAnswer is the body of _search, in Elasticsearch's order.
type searchAnswer struct {
	Took     int64          `json:"took"`
	TimedOut bool           `json:"timed_out"`
	Shards   map[string]any `json:"_shards"`
	Hits     struct {
		Total    any      `json:"total,omitempty"`
		MaxScore *float64 `json:"max_score"`
		// Hits is always empty here: they are written one after the other.
		Hits [0]hit `json:"hits"`
	} `json:"hits"`
}

// hit is one hit, in Elasticsearch's order.
type hit struct {
	Index  string          `json:"_index"`
	ID     string          `json:"_id"`
	Score  *float64        `json:"_score"`
	Source json.RawMessage `json:"_source,omitempty"`
	Sort   []any           `json:"sort,omitempty"`
}

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
	body := searchAnswer{Took: time.Since(start).Milliseconds(), TimedOut: answer.Partial, Shards: shards(&answer)}
	body.Hits.Total = total(&answer, &req)
	head, err := marshal(body, "", pretty(r))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", contentType)
	// The client is gone when this fails; there is nobody left to tell.
	_ = s.writeHits(w, head, answer.Hits, &req, pretty(r))
}

// writeHits writes an answer with its hits in the place of the empty list at
// its end, so that an answer is in memory once.
func (s *Server) writeHits(w io.Writer, head []byte, hits []query.Hit, req *request, indent bool) error {
	place := bytes.LastIndexByte(head, ']')
	out := bufio.NewWriterSize(w, 64<<10)
	out.Write(head[:place])
	for i := range hits {
		text, err := marshal(s.hit(&hits[i], req), "      ", indent)
		if err != nil {
			return err
		}
		if i > 0 {
			out.WriteByte(',')
		}
		if indent {
			out.WriteString("\n      ")
		}
		if _, err := out.Write(text); err != nil {
			return err
		}
	}
	if indent && len(hits) > 0 {
		out.WriteString("\n    ")
	}
	out.Write(head[place:])
	out.WriteByte('\n')
	return out.Flush()
}

func marshal(v any, prefix string, indent bool) ([]byte, error) {
	if indent {
		return json.MarshalIndent(v, prefix, "  ")
	}
	return json.Marshal(v)
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
	case errors.Is(err, query.ErrBadQuestion):
		return badRequest("illegal_argument_exception", err.Error())
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

func (s *Server) hit(h *query.Hit, req *request) hit {
	out := hit{Index: s.indexName(h.Event.Time), ID: h.Event.ID()}
	if !req.noSource {
		out.Source = event.AppendJSON(nil, &h.Event, req.source)
	}
	if len(req.question.Sort) > 0 {
		out.Sort = sortValues(h, req.question.Sort)
	}
	return out
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
