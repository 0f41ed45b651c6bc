package searches

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"time"

	"rastro/internal/elastic/rest"
	"rastro/internal/event"
	"rastro/internal/query"
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

func (s *Searches) search(w http.ResponseWriter, r *rest.Request) error {
	req, err := s.readRequest(r)
	if err != nil {
		return err
	}
	start := time.Now()
	answer, err := s.node.Searcher.Ask(r.Context(), r.Scope, req.question)
	if err != nil {
		return err
	}
	body := searchAnswer{Took: time.Since(start).Milliseconds(), TimedOut: answer.Partial, Shards: shards(&answer)}
	body.Hits.Total = total(&answer, &req)
	head, err := json.Marshal(body)
	if err != nil {
		return err
	}
	rest.SetType(w, r)
	return s.writeHits(w, head, answer.Hits, &req)
}

// writeHits writes an answer with its hits in the place of the empty list at
// its end, so that an answer is in memory once.
func (s *Searches) writeHits(w io.Writer, head []byte, hits []query.Hit, req *request) error {
	place := bytes.LastIndexByte(head, ']')
	out := bufio.NewWriterSize(w, 64<<10)
	out.Write(head[:place])
	for i := range hits {
		text, err := json.Marshal(s.hit(&hits[i], req))
		if err != nil {
			return err
		}
		if i > 0 {
			out.WriteByte(',')
		}
		if _, err := out.Write(text); err != nil {
			return err
		}
	}
	out.Write(head[place:])
	out.WriteByte('\n')
	return out.Flush()
}

func (s *Searches) count(w http.ResponseWriter, r *rest.Request) error {
	req, err := s.readRequest(r)
	if err != nil {
		return err
	}
	req.question.Limit, req.question.Skip = 0, 0
	answer, err := s.node.Searcher.Ask(r.Context(), r.Scope, req.question)
	if err != nil {
		return err
	}
	return rest.WriteJSON(w, r, http.StatusOK, map[string]any{"count": answer.Total, "_shards": shards(&answer)})
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

func (s *Searches) hit(h *query.Hit, req *request) hit {
	out := hit{Index: s.node.Names.Of(&h.Event), ID: h.Event.ID()}
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
