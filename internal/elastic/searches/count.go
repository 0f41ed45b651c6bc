package searches

import (
	"net/http"
	"slices"

	"rastro/internal/elastic/rest"
	"rastro/internal/query"
)

var countParams = slices.Concat(queryParams, []string{"preference", "routing", "min_score", "terminate_after"})

// count answers _count.
func (s *Searches) count(w http.ResponseWriter, r *rest.Request) error {
	p, err := s.countPlan(r)
	if err != nil {
		return err
	}
	res, err := s.ask(r.Context(), p)
	if err != nil {
		return err
	}
	body := struct {
		Count      int64          `json:"count"`
		Terminated *bool          `json:"terminated_early,omitempty"`
		Shards     map[string]any `json:"_shards"`
	}{Count: res.answer.Total, Shards: shards(&res.answer)}
	if p.q.terminateAfter > 0 {
		body.Terminated = &res.ended
	}
	if res.answer.Partial {
		body.Shards["failed"] = 1
	}
	return rest.WriteJSON(w, r, http.StatusOK, body)
}

// countPlan reads a request whose body holds nothing but a query.
func (s *Searches) countPlan(r *rest.Request) (*plan, error) {
	opts, err := rest.ResolveOptions(r)
	if err != nil {
		return nil, err
	}
	q := s.newRequest()
	if err := q.readQueryOnly(r); err != nil {
		return nil, err
	}
	q.size, q.track = 0, query.CountExact
	if r.Has("terminate_after") {
		if err := q.readNumbers(r); err != nil {
			return nil, err
		}
	}
	return s.prepare(r.Context(), r.Scope, q, r.PathValue("index"), opts)
}

// readQueryOnly reads a body of one query, and q.
func (q *request) readQueryOnly(r *rest.Request) error {
	body, err := r.Body()
	if err != nil {
		return err
	}
	q.asked = body
	if len(body) > 0 {
		list, err := whole(body).members()
		if err != nil {
			return err
		}
		for i := range list {
			if list[i].name != "query" {
				return rest.Parsing(list[i].line, list[i].col, "request does not support ["+list[i].name+"]")
			}
			if err := list[i].object(&q.query); err != nil {
				return err
			}
		}
	}
	q.text, err = readTextQuery(r)
	return err
}
