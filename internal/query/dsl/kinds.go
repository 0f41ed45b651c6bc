package dsl

import (
	"encoding/base64"
	"slices"
	"strings"

	"rastro/internal/query"
)

// kind reads the body of one kind of query.
type kind func(r *reader, name string, n *node, depth int) (query.Filter, error)

// kindOf finds how a query of this name is read; nil for a name that is none.
// It is a function, as the kinds call it in turn.
func kindOf(name string) kind {
	switch name {
	case "match_all":
		return constant(query.All{})
	case "match_none":
		return constant(query.None{})
	case "bool":
		return (*reader).boolean
	case "constant_score", "dis_max", "boosting", "function_score", "wrapper":
		return compoundOf(name)
	case "match", "match_phrase", "match_phrase_prefix", "match_bool_prefix":
		return (*reader).match
	case "multi_match", "combined_fields":
		return (*reader).multiMatch
	case "term":
		return (*reader).term
	case "terms":
		return (*reader).terms
	case "range":
		return (*reader).between
	case "exists":
		return (*reader).exists
	case "ids":
		return (*reader).ids
	case "prefix", "wildcard", "regexp", "fuzzy":
		return (*reader).pattern
	case "query_string":
		return (*reader).queryString
	case "simple_query_string":
		return (*reader).simpleQueryString
	case "nested":
		return (*reader).nested
	}
	return nil
}

// known are the names of the queries that are taken.
var known = []string{
	"bool", "boosting", "combined_fields", "constant_score", "dis_max", "exists", "function_score", "fuzzy",
	"ids", "match", "match_all", "match_bool_prefix", "match_none", "match_phrase", "match_phrase_prefix",
	"multi_match", "prefix", "query_string", "range", "regexp", "simple_query_string", "term", "terms",
	"wildcard", "wrapper",
}

// refused says why a query that Elasticsearch has is not taken.
var refused = map[string]string{
	"script": "there are no scripts here", "script_score": "there are no scripts and no scores here",
	"more_like_this": "there are no scores here", "knn": "there are no vectors here", "sparse_vector": "there are no vectors here",
	"semantic": "there are no vectors here", "text_expansion": "there are no vectors here", "weighted_tokens": "there are no vectors here",
	"has_child": "events have no children", "has_parent": "events have no parents", "parent_id": "events have no parents",
	"percolate": "queries are not stored here", "rank_feature": "there are no scores here", "distance_feature": "there are no scores here",
	"pinned": "there are no scores here", "rule": "there are no scores here",
	"geo_shape": "there are no shapes here", "shape": "there are no shapes here", "geo_distance": "there are no coordinates here",
	"geo_bounding_box": "there are no coordinates here", "geo_polygon": "there are no coordinates here", "geo_grid": "there are no coordinates here",
	"terms_set": "write a bool query with minimum_should_match", "intervals": "write match_phrase with slop",
	"span_term": "write match_phrase", "span_near": "write match_phrase with slop", "span_or": "write match_phrase queries in a bool query",
	"span_not": "write a bool query", "span_first": "write match_phrase", "span_containing": "write match_phrase",
	"span_within": "write match_phrase", "span_multi": "write match_phrase_prefix", "field_masking_span": "write match_phrase",
	"span_field_masking": "write match_phrase",
}

// query reads one query: an object with one member, its kind.
func (r *reader) query(n *node, depth int) (query.Filter, error) {
	switch {
	case n.kind != objectKind:
		return nil, n.parsing("[_na] query malformed, must start with start_object")
	case len(n.members) == 0:
		e := illegal("query malformed, empty clause found at [%d:%d]", n.line, n.col)
		return nil, e
	case depth > MaxDepth:
		return nil, illegal("The nested depth of the query exceeds the maximum nested depth for queries set in [indices.query.bool.max_nested_depth], which is %d here", MaxDepth)
	}
	first := n.members[0]
	read := kindOf(first.name)
	if read == nil {
		return nil, unknownQuery(first)
	}
	if first.value.kind != objectKind {
		return nil, first.value.parsing("[%s] query malformed, no start_object after query name", first.name)
	}
	if len(n.members) > 1 {
		return nil, n.members[1].place.parsing("[%s] malformed query, expected [END_OBJECT] but found [FIELD_NAME]", first.name)
	}
	if err := r.count(1); err != nil {
		return nil, err
	}
	f, err := read(r, first.name, first.value, depth)
	if name := nameOf(first.value); err == nil && name != "" {
		r.named = append(r.named, Named{name, f})
	}
	return f, err
}

// compound are the queries whose parameters may be queries of their own.
var compound = map[string]bool{
	"must": true, "filter": true, "should": true, "must_not": true, "query": true, "positive": true, "negative": true,
}

// nameOf is the _name of a query: beside its parameters, or beside those of its
// field.
func nameOf(body *node) string {
	for _, m := range body.members {
		if m.name == "_name" {
			return m.value.text
		}
	}
	if len(body.members) != 1 || compound[body.members[0].name] {
		return ""
	}
	for _, m := range body.members[0].value.members {
		if m.name == "_name" {
			return m.value.text
		}
	}
	return ""
}

// queries reads one query or an array of them.
func (r *reader) queries(n *node, depth int) ([]query.Filter, error) {
	list := []*node{n}
	if n.kind == arrayKind {
		list = n.list
	}
	filters := make([]query.Filter, 0, len(list))
	for _, one := range list {
		f, err := r.query(one, depth+1)
		if err != nil {
			return nil, err
		}
		filters = append(filters, f)
	}
	return filters, nil
}

// unknownQuery reports a name that is no query, or one that is not taken.
func unknownQuery(m member) *Error {
	if why, ok := refused[m.name]; ok {
		return m.place.parsing("[%s] query is not supported: %s", m.name, why)
	}
	e := m.place.parsing("unknown query [%s]%s", m.name, didYouMean(m.name, known))
	e.CausedBy = &Error{Type: "named_object_not_found_exception",
		Reason: m.place.content("unknown field [%s]", m.name).Reason}
	return e
}

// didYouMean names what is much like a name.
func didYouMean(name string, known []string) string {
	var near []string
	for _, k := range known {
		if query.Distance(strings.ToLower(name), k) <= max(1, len(k)/4) {
			near = append(near, k)
		}
	}
	switch len(near) {
	case 0:
		return ""
	case 1:
		return " did you mean [" + near[0] + "]?"
	}
	slices.Sort(near)
	return " did you mean any of [" + strings.Join(near, ", ") + "]?"
}

// constant reads a query without parameters of its own.
func constant(f query.Filter) kind {
	return func(r *reader, name string, n *node, _ int) (query.Filter, error) {
		return f, r.objectParams(name, n, params{})
	}
}

// wrapped reads a query inside base64.
func (r *reader) wrapped(name string, n *node, depth int) (query.Filter, error) {
	var inner query.Filter
	err := r.params(name, n, params{"query": func(v *node) error {
		text, err := base64.StdEncoding.DecodeString(v.text)
		if err != nil || v.kind != stringKind {
			return v.parsing("[wrapper] query malformed, [query] is no base64")
		}
		clause, err := readJSON(text, Options{})
		if err != nil {
			return err
		}
		inner, err = r.query(clause, depth+1)
		return err
	}})
	if err == nil && inner == nil {
		err = n.parsing("[wrapper] query malformed")
	}
	return inner, err
}

// nested refuses: fields are flat, so that no path leads to objects of their
// own.
func (r *reader) nested(_ string, n *node, _ int) (query.Filter, error) {
	path := ""
	for _, m := range n.members {
		switch m.name {
		case "ignore_unmapped":
			if m.value.text == "true" {
				return query.None{}, nil
			}
		case "path":
			path = m.value.text
		}
	}
	reason := "[nested] failed to find nested object under path [" + path + "]"
	return nil, &Error{Type: "query_shard_exception", Line: 0,
		Reason:   "failed to create query: " + reason,
		CausedBy: &Error{Type: "illegal_state_exception", Reason: reason + ": fields are flat here, so write the inner query with whole names such as [a.b]"}}
}
