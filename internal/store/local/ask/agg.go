package ask

import (
	"fmt"

	"rastro/internal/event"
	"rastro/internal/query"
)

const (
	// maxAggDepth bounds how deep aggregations nest.
	maxAggDepth = 10
	// fewFilters is how many filters may each hold memory for every name.
	fewFilters = 16
	// maxAggs bounds the aggregations on one level.
	maxAggs = 1000
)

// aggPlan is a compiled aggregation. It is safe for concurrent use.
type aggPlan struct {
	agg   query.Agg
	depth int // 1 for the outermost
	// single tells that there is one collector of it, or a few: it may hold
	// memory for every name that a column has.
	single bool
	subs   []*aggPlan

	rounder rounder     // AggDateHistogram
	filters []condition // AggFilters
	order   []bucketOrder
	parts   []tuplePart // AggTuples
	after   []tupleKey  // AggTuples; nil for the beginning
	hits    *hitsPlan   // AggTopHits
	values  bool        // of no aggregation: the values of an In, see inner

	// missing stands for events without a value, where hasMissing.
	missing    float64
	hasMissing bool
}

// collector gathers one aggregation. It belongs to one goroutine.
type collector interface {
	// collect takes some of the selected rows of a block, ascending.
	collect(s *scan, rows []uint32) error
	// merge takes what another collector of the same plan gathered; the other
	// one must not be used any more.
	merge(other collector) error
	result() (query.AggResult, error)
}

func compileAggs(aggs []query.Agg, depth int) ([]*aggPlan, error) {
	if depth > maxAggDepth && len(aggs) > 0 {
		return nil, fmt.Errorf("%w: aggregations are nested more than %d deep", query.ErrBadQuestion, maxAggDepth)
	}
	if len(aggs) > maxAggs {
		return nil, fmt.Errorf("%w: %d aggregations side by side", query.ErrTooBig, len(aggs))
	}
	plans := make([]*aggPlan, 0, len(aggs))
	for _, a := range aggs {
		p, err := compileAgg(a, depth)
		if err != nil {
			return nil, fmt.Errorf("aggregation %q: %w", a.Name, err)
		}
		plans = append(plans, p)
	}
	return plans, nil
}

func compileAgg(a query.Agg, depth int) (*aggPlan, error) {
	p := &aggPlan{agg: a, depth: depth, single: depth == 1}
	if !a.Kind.HasBuckets() && len(a.Subs) > 0 {
		return nil, fmt.Errorf("%w: only buckets hold aggregations", query.ErrBadQuestion)
	}
	var err error
	if p.subs, err = compileAggs(a.Subs, depth+1); err != nil {
		return nil, err
	}
	for _, sub := range p.subs {
		sub.single = p.single && a.Kind == query.AggFilters && len(a.Filters) <= fewFilters
	}
	if err := p.compileMissing(); err != nil {
		return nil, err
	}
	switch a.Kind {
	case query.AggTerms:
		err = p.compileTerms()
	case query.AggTuples:
		err = p.compileTuples()
	case query.AggTopHits:
		err = p.compileHits()
	case query.AggDateHistogram:
		err = p.compileDates()
	case query.AggHistogram:
		if !(a.Interval > 0) {
			err = fmt.Errorf("%w: the interval %v is not above 0", query.ErrBadQuestion, a.Interval)
		} else {
			err = needsNumbers(a.Field)
		}
	case query.AggRange, query.AggMin, query.AggMax, query.AggAvg, query.AggSum, query.AggStats,
		query.AggPercentileRanks, query.AggDeviation, query.AggBoxplot:
		err = needsNumbers(a.Field)
	case query.AggWeightedAvg:
		if err = needsNumbers(a.Field); err == nil {
			err = needsNumbers(a.Weight)
		}
	case query.AggPercentiles:
		err = p.compilePercentiles()
	case query.AggFilters:
		for _, f := range a.Filters {
			c, err := compileFilter(f.Filter, 0)
			if err != nil {
				return nil, err
			}
			p.filters = append(p.filters, c)
		}
	case query.AggCardinality, query.AggValueCount:
	default:
		err = fmt.Errorf("%w: unknown kind %d", query.ErrBadQuestion, a.Kind)
	}
	return p, err
}

// needsNumbers refuses text kinds. Unknown fields pass: those of their values
// that read as numbers count.
func needsNumbers(ref query.FieldRef) error {
	if ref.Field != event.NoField && ref.Field.Kind().IsText() {
		return fmt.Errorf("%w: %s holds no numbers", query.ErrBadQuestion, ref.Name)
	}
	return nil
}

// isText tells whether a field's values are handled as strings.
func isText(ref query.FieldRef) bool {
	return ref.Field == event.NoField || ref.Field.Kind().IsText()
}

// newCollectors makes an empty collector for each plan.
func newCollectors(plans []*aggPlan, b *budget) []collector {
	list := make([]collector, len(plans))
	for i, p := range plans {
		list[i] = p.collector(b)
	}
	return list
}

func (p *aggPlan) collector(b *budget) collector {
	if p.values {
		return newValueSet(p, b)
	}
	switch p.agg.Kind {
	case query.AggTerms:
		return newTerms(p, b)
	case query.AggDateHistogram:
		return newDates(p, b)
	case query.AggHistogram:
		return newHistogram(p, b)
	case query.AggRange:
		return newRanges(p, b)
	case query.AggFilters:
		return newFilters(p, b)
	case query.AggCardinality:
		return &cardinality{plan: p, budget: b}
	case query.AggPercentiles, query.AggPercentileRanks, query.AggDeviation, query.AggBoxplot:
		return &percentiles{plan: p, budget: b}
	case query.AggWeightedAvg:
		return &weighted{plan: p}
	case query.AggTuples:
		return newTuples(p, b)
	case query.AggTopHits:
		return newTopHits(p, b)
	case query.AggValueCount:
		return &valueCount{plan: p}
	default:
		return &metric{plan: p}
	}
}

// collectorSize estimates an empty collector in bytes.
const collectorSize = 128
