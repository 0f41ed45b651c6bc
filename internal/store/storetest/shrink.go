package storetest

import (
	"rastro/internal/query"
)

// maxShrinks bounds the questions that are tried to make one smaller.
const maxShrinks = 3000

// shrink takes away from a question whatever can go while it fails.
func shrink(q query.Question, fails func(query.Question) bool) query.Question {
	for tries := 0; tries < maxShrinks; {
		smaller := false
		for _, c := range smallerQuestions(q) {
			if tries++; fails(c) {
				q, smaller = c, true
				break
			}
		}
		if !smaller {
			break
		}
	}
	return q
}

// smallerQuestions are the questions that have one thing less.
func smallerQuestions(q query.Question) []query.Question {
	var list []query.Question
	add := func(change func(q *query.Question)) {
		c := q
		change(&c)
		list = append(list, c)
	}
	if q.After != nil {
		add(func(q *query.Question) { q.After = nil })
	}
	if len(q.Aggs) > 0 && q.Limit > 0 {
		add(func(q *query.Question) { q.Limit, q.Skip, q.After, q.Sort, q.Fields = 0, 0, nil, nil, nil })
	}
	for _, aggs := range smallerAggs(q.Aggs) {
		add(func(q *query.Question) { q.Aggs = aggs })
	}
	for i := range q.Sort {
		if q.After == nil {
			add(func(q *query.Question) { q.Sort = without(q.Sort, i) })
		}
	}
	for i := range q.Fields {
		add(func(q *query.Question) { q.Fields = without(q.Fields, i) })
	}
	for _, zero := range []struct {
		set   bool
		clear func(q *query.Question)
	}{
		{q.From != 0, func(q *query.Question) { q.From = 0 }}, {q.To != 0, func(q *query.Question) { q.To = 0 }},
		{q.UpTo != 0, func(q *query.Question) { q.UpTo = 0 }}, {q.Above != 0, func(q *query.Question) { q.Above = 0 }},
		{q.Skip != 0, func(q *query.Question) { q.Skip = 0 }}, {q.Count != 0, func(q *query.Question) { q.Count = 0 }},
		{q.Limit > 1, func(q *query.Question) { q.Limit /= 2 }}, {q.Limit == 1 && q.After == nil, func(q *query.Question) { q.Limit = 0 }},
	} {
		if zero.set {
			add(zero.clear)
		}
	}
	for _, f := range smallerFilters(q.Filter) {
		add(func(q *query.Question) { q.Filter = f })
	}
	return list
}

// smallerAggs are lists with one aggregation, or one thing inside one, less.
func smallerAggs(aggs []query.Agg) [][]query.Agg {
	var list [][]query.Agg
	for i := range aggs {
		list = append(list, without(aggs, i))
	}
	for i := range aggs {
		replace := func(a query.Agg) { list = append(list, with(aggs, i, a)) }
		a := aggs[i]
		if len(a.Subs) > 0 && len(a.Order) == 0 {
			for _, subs := range smallerAggs(a.Subs) {
				c := a
				c.Subs = subs
				replace(c)
			}
		}
		for j := range a.Order {
			c := a
			c.Order = without(a.Order, j)
			replace(c)
		}
		if len(a.Parts) > 1 && a.After == nil {
			for j := range a.Parts {
				c := a
				c.Parts = without(a.Parts, j)
				replace(c)
			}
		}
		for j := range a.Filters {
			c := a
			c.Filters = without(a.Filters, j)
			replace(c)
		}
		if a.After != nil || a.Missing != "" || a.Keep != nil || a.HasBounds {
			c := a
			c.After, c.Missing, c.Keep, c.HasBounds = nil, "", nil, false
			replace(c)
		}
	}
	return list
}

// smallerFilters are the parts of a filter, and the filter with smaller parts.
func smallerFilters(f query.Filter) []query.Filter {
	var list []query.Filter
	switch f := f.(type) {
	case nil:
	case query.And:
		list = append(list, f.Filters...)
		for i, part := range f.Filters {
			list = append(list, query.And{Filters: without(f.Filters, i)})
			for _, smaller := range smallerFilters(part) {
				list = append(list, query.And{Filters: with(f.Filters, i, smaller)})
			}
		}
	case query.Or:
		list = append(list, f.Filters...)
		for i, part := range f.Filters {
			list = append(list, query.Or{Filters: without(f.Filters, i), Min: min(f.Min, len(f.Filters)-1)})
			for _, smaller := range smallerFilters(part) {
				list = append(list, query.Or{Filters: with(f.Filters, i, smaller), Min: f.Min})
			}
		}
	case query.Not:
		list = append(list, f.Filter)
		for _, smaller := range smallerFilters(f.Filter) {
			list = append(list, query.Not{Filter: smaller})
		}
	case query.Terms:
		for i := range f.Values {
			list = append(list, query.Terms{Field: f.Field, Values: without(f.Values, i)})
		}
	default:
		list = append(list, nil)
	}
	return list
}

func without[T any](list []T, i int) []T {
	return append(append([]T{}, list[:i]...), list[i+1:]...)
}

func with[T any](list []T, i int, item T) []T {
	c := append([]T{}, list...)
	c[i] = item
	return c
}
