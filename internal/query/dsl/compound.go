package dsl

import (
	"rastro/internal/query"
)

// boolean reads a bool query.
func (r *reader) boolean(name string, n *node, depth int) (query.Filter, error) {
	var must, filter, should, mustNot []query.Filter
	var least *minimum
	pure := true
	list := func(field string, into *[]query.Filter) func(*node) error {
		return func(v *node) error {
			if v.kind == nullKind {
				return nil
			}
			filters, err := r.queries(v, depth)
			*into = append(*into, filters...)
			return insideBool(err, field, v)
		}
	}
	err := r.objectParams(name, n, params{
		"must": list("must", &must), "filter": list("filter", &filter), "should": list("should", &should),
		"must_not": list("must_not", &mustNot), "mustNot": list("mustNot", &mustNot),
		"minimum_should_match": minimumInto(&least),
		"adjust_pure_negative": truthInto(&pure),
	})
	if err != nil {
		return nil, err
	}
	required := append(must, filter...)
	if len(required)+len(should)+len(mustNot) == 0 {
		return query.All{}, nil
	}
	if len(required)+len(should) == 0 && !pure {
		return query.None{}, nil
	}
	return combine(required, should, mustNot, least), nil
}

// insideBool leads to a mistake in the shape of a query inside a bool query.
func insideBool(err error, field string, at *node) error {
	e, ok := err.(*Error)
	if !ok {
		return err
	}
	switch e.Type {
	case "parsing_exception", contentError, "illegal_argument_exception", "number_format_exception":
	default:
		return err
	}
	if root := e.Root(); root.Line > 0 {
		at = &node{line: root.Line, col: root.Col}
	}
	outer := at.content("[bool] failed to parse field [%s]", field)
	outer.CausedBy = e
	return outer
}

// combine puts the clauses of a bool query together. Optional clauses count
// where nothing is required, or where least says so.
func combine(required, should, mustNot []query.Filter, least *minimum) query.Filter {
	all := required
	n := 0
	if least != nil {
		n = least.of(len(should))
	}
	if len(required) == 0 {
		n = max(n, 1)
	}
	switch {
	case n > len(should) && (len(should) > 0 || least != nil && least.of(0) > 0):
		return query.None{}
	case len(should) == 0 || n == 0:
	case n == 1:
		all = append(all, anyOf(should))
	default:
		all = append(all, query.Or{Filters: should, Min: n})
	}
	for _, f := range mustNot {
		all = append(all, query.Not{Filter: f})
	}
	return allOf(all)
}

// compoundOf reads the queries that hold others and weigh them.
func compoundOf(name string) kind {
	switch name {
	case "constant_score":
		return (*reader).constantScore
	case "dis_max":
		return (*reader).disMax
	case "boosting":
		return (*reader).boosting
	case "function_score":
		return (*reader).functionScore
	}
	return (*reader).wrapped
}

// one reads a parameter that is a query.
func (r *reader) one(into *query.Filter, depth int) func(*node) error {
	return func(n *node) (err error) {
		*into, err = r.query(n, depth+1)
		return err
	}
}

func (r *reader) constantScore(name string, n *node, depth int) (query.Filter, error) {
	var inner query.Filter
	err := r.params(name, n, params{"filter": func(v *node) error {
		if v.kind == arrayKind {
			return v.parsing("unexpected token [START_ARRAY]")
		}
		return r.one(&inner, depth)(v)
	}})
	if err == nil && inner == nil {
		err = n.parsing("[constant_score] requires a 'filter' element")
	}
	return inner, err
}

func (r *reader) disMax(name string, n *node, depth int) (query.Filter, error) {
	var filters []query.Filter
	found := false
	err := r.params(name, n, params{
		"queries": func(v *node) (err error) {
			found = true
			filters, err = r.queries(v, depth)
			return err
		},
		"tie_breaker": ignored,
	})
	if err == nil && (!found || len(filters) == 0) {
		err = n.parsing("[dis_max] requires 'queries' field with at least one clause")
	}
	return anyOf(filters), err
}

// boosting finds what its positive query finds; the negative one weighs only.
func (r *reader) boosting(name string, n *node, depth int) (query.Filter, error) {
	var positive, negative query.Filter
	weight := false
	err := r.params(name, n, params{
		"positive": r.one(&positive, depth), "negative": r.one(&negative, depth),
		"negative_boost": func(v *node) error {
			f, err := number(v)
			if err == nil && f < 0 {
				err = illegal("[boosting] query requires 'negative_boost' to be set to be a positive value")
			}
			weight = true
			return err
		},
	})
	switch {
	case err != nil:
	case positive == nil:
		err = n.parsing("[boosting] query requires 'positive' query to be set'")
	case negative == nil:
		err = n.parsing("[boosting] query requires 'negative' query to be set'")
	case !weight:
		err = n.parsing("[boosting] query requires 'negative_boost' to be set to be a positive value'")
	}
	return positive, err
}

// functionScore finds what its query finds: functions make scores, which there
// are none of. A least score cannot be kept.
func (r *reader) functionScore(name string, n *node, depth int) (query.Filter, error) {
	var inner query.Filter = query.All{}
	known := params{
		"query": r.one(&inner, depth),
		"min_score": func(v *node) error {
			return v.parsing("[function_score] query does not support [min_score]: there are no scores here")
		},
		"script_score": func(v *node) error {
			return v.parsing("[function_score] query does not support [script_score]: there are no scripts here")
		},
		"functions": func(v *node) error { return r.functions(v, depth) },
	}
	for _, weighs := range []string{"weight", "random_score", "field_value_factor", "score_mode", "boost_mode", "max_boost", "gauss", "linear", "exp"} {
		known[weighs] = ignored
	}
	return inner, r.params(name, n, known)
}

// functions checks the filters of the functions: a mistake in one is told even
// though none counts.
func (r *reader) functions(n *node, depth int) error {
	if n.kind != arrayKind {
		return n.parsing("failed to parse [function_score] query. array expected but got [%s]", n.kind)
	}
	for _, f := range n.list {
		for _, m := range f.members {
			if m.name == "script_score" {
				return m.place.parsing("[function_score] query does not support [script_score]: there are no scripts here")
			}
			if m.name != "filter" {
				continue
			}
			if _, err := r.query(m.value, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}
