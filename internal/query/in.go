package query

import (
	"fmt"

	"rastro/internal/event"
)

// In matches events of which a value of Field is among those that Values has in
// any event that Of matches: all events of the queue ids of a recipient. Values
// compare whole, as Term's with Exact do.
//
// Of is looked for within the question's From, To and UpTo, whatever its Above;
// where its own conditions bound @timestamp (see BoundsTime), From and To are
// not applied to it. Of nil means All.
//
// One event cannot tell whether it matches: Compile and CompileLeaf refuse it.
// Engines turn it into Terms first (see Resolve); what follows events as they
// come in, rules and erasures do not take it.
type In struct {
	Field  FieldRef
	Of     Filter
	Values FieldRef
}

func (In) filter() {}

// Bounds of In.
const (
	// MaxInDepth is how deep In may be nested in the Of of others.
	MaxInDepth = 3
	// MaxIns is how many different In one question may have.
	MaxIns = 20
	// MaxInValues is how many values one In may come to.
	MaxInValues = 1_000_000
)

// ErrNeedsStore is the ErrBadQuestion of an In where single events are to be
// matched as they come in.
var ErrNeedsStore = fmt.Errorf("%w: field:in(…) looks at other events too, which only a search can; write the values themselves", ErrBadQuestion)

// BoundsTime tells whether a filter requires something of @timestamp itself,
// not inside an Or or a Not.
func BoundsTime(f Filter) bool {
	switch f := f.(type) {
	case And:
		for _, part := range f.Filters {
			if BoundsTime(part) {
				return true
			}
		}
	case Range:
		return f.Field.Field == event.Timestamp
	case Term:
		return f.Field.Field == event.Timestamp
	}
	return false
}

// Resolve returns the question with each In turned into Terms, those inside
// others first. values returns the distinct values that a field has in the
// events of a question (of which only Filter, From, To and UpTo are set, and
// MaxMemory as in q); it is called once for equal ones. A question without In
// comes back as it is. Errors are those of values, or wrap ErrBadQuestion.
func Resolve(q Question, values func(of Question, field FieldRef) ([]string, error)) (Question, error) {
	r := resolver{q: q, values: values}
	return rewriteQuestion(q, r.resolve)
}

// Check tells whether a store would take a filter: what Compile says of it, and
// of what stands inside of In.
func Check(f Filter) error {
	q, err := Resolve(Question{Filter: f}, func(of Question, _ FieldRef) ([]string, error) {
		_, err := Compile(of.Filter)
		return nil, err
	})
	if err == nil {
		_, err = Compile(q.Filter)
	}
	return err
}

// resolver is one Resolve at work.
type resolver struct {
	q      Question
	values func(Question, FieldRef) ([]string, error)
	depth  int
	known  map[string][]string // by what was asked
}

func (r *resolver) resolve(in In) (Filter, error) {
	if r.depth++; r.depth > MaxInDepth {
		return nil, fmt.Errorf("%w: in(…) is nested more than %d deep", ErrBadQuestion, MaxInDepth)
	}
	defer func() { r.depth-- }()
	of := Question{From: r.q.From, To: r.q.To, UpTo: r.q.UpTo, MaxMemory: r.q.MaxMemory}
	if BoundsTime(in.Of) {
		of.From, of.To = 0, 0
	}
	asked := formatRef(in.Values) + " " + Format(in.Of)
	found, known := r.known[asked]
	if !known {
		if len(r.known) == MaxIns {
			return nil, fmt.Errorf("%w: more than %d different in(…)", ErrBadQuestion, MaxIns)
		}
		var err error
		if of.Filter, err = rewrite(in.Of, r.resolve); err != nil {
			return nil, err
		}
		if found, err = r.values(of, in.Values); err != nil {
			return nil, err
		}
		if r.known == nil {
			r.known = make(map[string][]string)
		}
		r.known[asked] = found
	}
	if len(found) == 0 {
		return None{}, nil
	}
	return Terms{Field: whole(in.Field), Values: found}, nil
}

// whole is the field compared by its whole values.
func whole(ref FieldRef) FieldRef {
	if ref.Field == event.NoField || ref.Field.Kind() == event.Text {
		ref.Exact = true
	}
	return ref
}

// Narrow applies narrow to the question's filter and to the Of of every In in
// it, also in those of the aggregations: nothing outside of what narrow allows
// decides about an answer. nil filters are given to narrow as All.
func Narrow(q Question, narrow func(Filter) Filter) Question {
	q.Filter = NarrowFilter(q.Filter, narrow)
	aggs, err := rewriteAggs(q.Aggs, narrowIn(narrow))
	if err == nil { // narrowIn has no errors
		q.Aggs = aggs
	}
	return q
}

// NarrowFilter is Narrow for a filter alone.
func NarrowFilter(f Filter, narrow func(Filter) Filter) Filter {
	inner, err := rewrite(f, narrowIn(narrow))
	if err != nil { // narrowIn has none
		return None{}
	}
	if inner == nil {
		inner = All{}
	}
	return narrow(inner)
}

func narrowIn(narrow func(Filter) Filter) func(In) (Filter, error) {
	return func(in In) (Filter, error) {
		in.Of = NarrowFilter(in.Of, narrow)
		return in, nil
	}
}

// rewriteQuestion replaces each In of the question's filters, the outermost
// ones.
func rewriteQuestion(q Question, by func(In) (Filter, error)) (Question, error) {
	var err error
	if q.Filter, err = rewrite(q.Filter, by); err != nil {
		return q, err
	}
	q.Aggs, err = rewriteAggs(q.Aggs, by)
	return q, err
}

// rewriteAggs replaces each In in the filters of aggregations. Lists without
// any come back as they are.
func rewriteAggs(aggs []Agg, by func(In) (Filter, error)) ([]Agg, error) {
	if !aggsHaveIn(aggs) {
		return aggs, nil
	}
	list := make([]Agg, len(aggs))
	for i, g := range aggs {
		buckets := make([]AggFilterBucket, len(g.Filters))
		for j, b := range g.Filters {
			var err error
			if b.Filter, err = rewrite(b.Filter, by); err != nil {
				return nil, err
			}
			buckets[j] = b
		}
		subs, err := rewriteAggs(g.Subs, by)
		if err != nil {
			return nil, err
		}
		g.Filters, g.Subs = buckets, subs
		list[i] = g
	}
	return list, nil
}

func aggsHaveIn(aggs []Agg) bool {
	for i := range aggs {
		for _, b := range aggs[i].Filters {
			if HasIn(b.Filter) {
				return true
			}
		}
		if aggsHaveIn(aggs[i].Subs) {
			return true
		}
	}
	return false
}

// HasIn tells whether there is an In in a filter.
func HasIn(f Filter) bool {
	var list []Filter
	switch f := f.(type) {
	case In:
		return true
	case Not:
		return HasIn(f.Filter)
	case And:
		list = f.Filters
	case Or:
		list = f.Filters
	}
	for _, part := range list {
		if HasIn(part) {
			return true
		}
	}
	return false
}

// rewrite replaces each In of a filter, the outermost ones. Filters without any
// come back as they are.
func rewrite(f Filter, by func(In) (Filter, error)) (Filter, error) {
	if !HasIn(f) {
		return f, nil
	}
	switch f := f.(type) {
	case In:
		return by(f)
	case Not:
		inner, err := rewrite(f.Filter, by)
		return Not{Filter: inner}, err
	case And:
		list, err := rewriteList(f.Filters, by)
		return And{Filters: list}, err
	case Or:
		list, err := rewriteList(f.Filters, by)
		return Or{Filters: list, Min: f.Min}, err
	}
	return f, nil
}

func rewriteList(filters []Filter, by func(In) (Filter, error)) ([]Filter, error) {
	list := make([]Filter, len(filters))
	for i, f := range filters {
		var err error
		if list[i], err = rewrite(f, by); err != nil {
			return nil, err
		}
	}
	return list, nil
}
