package searches

import (
	"errors"
	"net/http"
	"slices"

	"rastro/internal/elastic/rest"
	"rastro/internal/elastic/source"
	"rastro/internal/event"
	"rastro/internal/query"
)

var validateParams = slices.Concat(queryParams, []string{"explain", "rewrite", "all_shards"})

// explanation is what a query means for one index.
type explanation struct {
	Index string `json:"index,omitempty"`
	Shard *int   `json:"shard,omitempty"`
	Valid bool   `json:"valid"`
	Text  string `json:"explanation,omitempty"`
	Error string `json:"error,omitempty"`
}

// validity is the answer of _validate/query.
type validity struct {
	Shards       map[string]any `json:"_shards"`
	Valid        bool           `json:"valid"`
	Error        string         `json:"error,omitempty"`
	Explanations []explanation  `json:"explanations,omitempty"`
}

// validate answers _validate/query.
func (s *Searches) validate(w http.ResponseWriter, r *rest.Request) error {
	explain := false
	for _, name := range []string{"explain", "rewrite"} {
		on, err := r.Bool(name, false)
		if err != nil {
			return err
		}
		explain = explain || on
	}
	set, err := s.node.Resolve(r, r.PathValue("index"))
	if err != nil {
		return err
	}
	answer := validity{Shards: map[string]any{"total": 1, "successful": 1, "failed": 0}, Valid: true}
	q := s.newRequest()
	err = q.readQueryOnly(r)
	var f query.Filter
	if err == nil {
		f, err = s.condition(q, mappedSet{set.Names(), mappedTypes(set)})
	}
	var failure *rest.Failure
	switch {
	case err == nil:
		if explain {
			answer.Explanations = explained(set.Names(), explanation{Valid: true, Text: formatted(f)})
		}
	case !errors.As(err, &failure) || failure.Status != http.StatusBadRequest:
		return err
	default:
		answer.Valid = false
		answer.explainError(failure, set.Names(), explain)
	}
	return rest.WriteJSON(w, r, http.StatusOK, answer)
}

func (v *validity) explainError(f *rest.Failure, indices []string, explain bool) {
	switch {
	case !explain:
	case f.Type == "search_phase_execution_exception" && f.Root != nil:
		v.Explanations = explained(indices, explanation{Error: javaError(f.Root)})
	default:
		v.Error = javaError(f)
	}
}

// explained says the same for each index.
func explained(indices []string, e explanation) []explanation {
	var out []explanation
	for _, name := range indices[:min(len(indices), source.MaxPatterns)] {
		e.Index = name
		out = append(out, e)
	}
	return out
}

// javaNames are the classes of Elasticsearch's errors, which its answers name.
var javaNames = map[string]string{
	"parsing_exception":                "org.elasticsearch.common.ParsingException",
	"x_content_parse_exception":        "org.elasticsearch.xcontent.XContentParseException",
	"named_object_not_found_exception": "org.elasticsearch.xcontent.NamedObjectNotFoundException",
	"query_shard_exception":            "org.elasticsearch.index.query.QueryShardException",
	"parse_exception":                  "org.elasticsearch.ElasticsearchParseException",
}

// javaError is an error as Elasticsearch writes it into one line.
func javaError(f *rest.Failure) string {
	name := javaNames[f.Type]
	if name == "" {
		name = "java.lang.IllegalArgumentException"
	}
	text := name + ": " + f.Reason
	if f.CausedBy != nil {
		text += "; " + javaError(f.CausedBy)
	}
	return text
}

// formatted is a query in Lucene syntax.
func formatted(f query.Filter) string {
	if _, all := f.(query.All); all {
		return "*:*"
	}
	return query.Format(f)
}

var explainParams = slices.Concat(queryParams, []string{"preference", "routing", "stored_fields", "_source", "_source_includes", "_source_excludes"})

// explain answers _explain: whether a query matches one event.
func (s *Searches) explain(w http.ResponseWriter, r *rest.Request) error {
	q := s.newRequest()
	if err := q.readQueryOnly(r); err != nil {
		return err
	}
	if q.query == nil && !q.text.set {
		return rest.Validation("query is missing")
	}
	set, err := s.node.Resolve(r, r.PathValue("index"))
	if err != nil {
		return err
	}
	f, err := s.condition(q, mappedSet{set.Names(), mappedTypes(set)})
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	where := allOf(set.Filter(), query.Term{Field: query.FieldOf(event.EventID), Value: id})
	a, err := s.node.Searcher.Ask(r.Context(), r.Scope, query.Question{Filter: where, Limit: 1})
	if err != nil {
		return err
	}
	body := struct {
		Index       string `json:"_index"`
		ID          string `json:"_id"`
		Matched     bool   `json:"matched"`
		Explanation any    `json:"explanation,omitempty"`
	}{Index: r.PathValue("index"), ID: id}
	if len(a.Hits) == 0 {
		return rest.WriteJSON(w, r, http.StatusNotFound, body)
	}
	body.Index = s.node.Names.Of(&a.Hits[0].Event)
	if body.Matched = query.Match(f, &a.Hits[0].Event); query.HasIn(f) {
		b, err := s.node.Searcher.Ask(r.Context(), r.Scope, query.Question{Filter: allOf(where, f), Count: 1})
		if err != nil {
			return err
		}
		body.Matched = b.Total > 0
	}
	why := "matches " + formatted(f)
	value := double(scoreOf(q))
	if !body.Matched {
		why, value = "does not match "+formatted(f), 0
	}
	body.Explanation = map[string]any{"value": value, "description": why, "details": []any{}}
	return rest.WriteJSON(w, r, http.StatusOK, body)
}
