package searches

import (
	"net/http"
	"strings"

	"rastro/internal/elastic/rest"
	"rastro/internal/query"
)

// searchShards answers _search_shards: everything is on this one node.
func (s *Searches) searchShards(w http.ResponseWriter, r *rest.Request) error {
	set, err := s.node.Resolve(r, r.PathValue("index"))
	if err != nil {
		return err
	}
	indices := map[string]any{}
	list := []any{}
	for _, i := range set.Indices {
		indices[i.Name] = map[string]any{}
		list = append(list, []any{map[string]any{
			"state": "STARTED", "primary": true, "node": s.node.ID, "relocating_node": nil, "shard": 0, "index": i.Name,
			"allocation_id": map[string]any{"id": s.node.ID}, "relocation_failure_info": map[string]any{"failed_attempts": 0},
		}})
	}
	return rest.WriteJSON(w, r, http.StatusOK, map[string]any{
		"nodes":   map[string]any{s.node.ID: map[string]any{"name": s.node.Name, "ephemeral_id": s.node.ID, "transport_address": "127.0.0.1:9300", "attributes": map[string]any{}, "roles": []string{"data", "ingest", "master"}}},
		"indices": indices, "shards": list,
	})
}

// maxEnum bounds the values that _terms_enum brings.
const maxEnum = 10_000

// enumRequest is a request of _terms_enum.
type enumRequest struct {
	field, text, after string
	size               int
	insensitive        bool
	filter             query.Filter
}

// termsEnum answers _terms_enum: the values of a field that begin with a text.
func (s *Searches) termsEnum(w http.ResponseWriter, r *rest.Request) error {
	q, err := s.readEnum(r)
	if err != nil {
		return err
	}
	set, err := s.node.Resolve(r, r.PathValue("index"))
	if err != nil {
		return err
	}
	ref := query.Ref(q.field)
	ref.Exact = !q.insensitive && ref.HasWords() || ref.Exact
	f := allOf(set.Filter(), q.filter)
	if q.text != "" {
		f = allOf(f, query.Prefix{Field: ref, Value: q.text})
	}
	a, err := s.node.Searcher.Ask(r.Context(), r.Scope, query.Question{Filter: f, Aggs: []query.Agg{{
		Name: "values", Kind: query.AggTerms, Field: ref, Size: maxEnum, Order: []query.AggOrder{{By: query.ByKey}},
	}}})
	if err != nil {
		return err
	}
	terms, complete := []string{}, !a.Partial
	for _, b := range a.Aggs[0].Buckets {
		if !strings.HasPrefix(b.Key, q.text) && !(q.insensitive && strings.HasPrefix(query.Fold(b.Key), query.Fold(q.text))) || q.after != "" && b.Key <= q.after {
			continue
		}
		if len(terms) == q.size {
			break
		}
		terms = append(terms, b.Key)
	}
	return rest.WriteJSON(w, r, http.StatusOK, struct {
		Shards   map[string]any `json:"_shards"`
		Terms    []string       `json:"terms"`
		Complete bool           `json:"complete"`
	}{shards(&a), terms, complete})
}

func (s *Searches) readEnum(r *rest.Request) (enumRequest, error) {
	q := enumRequest{size: defaultSize}
	body, err := r.Body()
	if err != nil {
		return q, err
	}
	list, err := whole(body).members()
	if err != nil {
		return q, err
	}
	for i := range list {
		switch m := &list[i]; m.name {
		case "field":
			q.field, err = m.text()
		case "string":
			if kindOf(m.raw) != "VALUE_NULL" {
				q.text, err = m.text()
			}
		case "size":
			q.size, err = m.int()
		case "timeout":
			_, err = m.text()
		case "case_insensitive":
			q.insensitive, err = m.bool()
		case "search_after":
			q.after, err = m.text()
		case "index_filter":
			q.filter, err = s.parseQuery(m.raw, m.line, m.col, mappedSet{})
		default:
			err = contentFailure(m.line, m.col, "[terms_enum] unknown field ["+m.name+"]")
		}
		if err != nil {
			return q, err
		}
	}
	switch {
	case q.field == "":
		return q, rest.Validation("field cannot be null")
	case q.size < 1 || q.size > maxEnum:
		return q, rest.Illegal("[size] of _terms_enum is 1 to %d, found [%d]", maxEnum, q.size)
	}
	return q, nil
}
