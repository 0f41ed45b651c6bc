package ask

import (
	"cmp"
	"math"
	"slices"

	"rastro/internal/query"
)

// ranges has one bucket per range of AggRange. Ranges may overlap.
type ranges struct {
	buckets
	err error // of making the buckets
}

func newRanges(p *aggPlan, b *budget) *ranges {
	r := &ranges{buckets: buckets{plan: p, budget: b}}
	for range p.agg.Ranges {
		if _, err := r.add(32); err != nil {
			r.err = err
			break
		}
	}
	return r
}

func (r *ranges) collect(s *scan, rows []uint32) error {
	if r.err != nil {
		return r.err
	}
	list := s.scratchPairs(r.plan.depth)
	var values []float64
	for i, row := range rows {
		var err error
		if values, err = r.plan.floats(s, rows[i:i+1], values[:0]); err != nil {
			return err
		}
		for n := range r.plan.agg.Ranges {
			bucket := &r.plan.agg.Ranges[n]
			if slices.ContainsFunc(values, func(v float64) bool { return inRange(bucket, v) }) {
				list = append(list, pair(n, row))
			}
		}
	}
	defer s.keepPairs(r.plan.depth, list)
	return r.spread(s, list)
}

func (r *ranges) merge(other collector) error {
	o := other.(*ranges)
	for n := range o.counts {
		if err := r.join(n, &o.buckets, n); err != nil {
			return err
		}
	}
	return nil
}

// result lists the ranges in ascending order.
func (r *ranges) result() (query.AggResult, error) {
	a := query.AggResult{Name: r.plan.agg.Name, Kind: r.plan.agg.Kind}
	if r.err != nil {
		return a, r.err
	}
	order := make([]int, len(r.counts))
	for i := range order {
		order[i] = i
	}
	list := r.plan.agg.Ranges
	slices.SortStableFunc(order, func(i, j int) int { return compareRanges(&list[i], &list[j]) })
	for _, n := range order {
		if r.counts[n] < int64(r.plan.agg.MinCount) {
			continue
		}
		b, err := r.finished(n, query.Bucket{
			Key:  rangeKey(&list[n]),
			From: list[n].From, To: list[n].To, HasFrom: list[n].HasFrom, HasTo: list[n].HasTo,
		})
		if err != nil {
			return a, err
		}
		a.Buckets = append(a.Buckets, b)
	}
	return a, nil
}

func inRange(b *query.AggRangeBucket, v float64) bool {
	return (!b.HasFrom || v >= b.From) && (!b.HasTo || v < b.To)
}

// compareRanges orders ranges by their beginning, then by their end.
func compareRanges(a, b *query.AggRangeBucket) int {
	if c := cmp.Compare(lower(a), lower(b)); c != 0 {
		return c
	}
	return cmp.Compare(upper(a), upper(b))
}

func lower(b *query.AggRangeBucket) float64 {
	if b.HasFrom {
		return b.From
	}
	return math.Inf(-1)
}

func upper(b *query.AggRangeBucket) float64 {
	if b.HasTo {
		return b.To
	}
	return math.Inf(1)
}

// rangeKey is the key that was given, or one made of the bounds.
func rangeKey(b *query.AggRangeBucket) string {
	if b.Key != "" {
		return b.Key
	}
	from, to := "*", "*"
	if b.HasFrom {
		from = numberKey(b.From)
	}
	if b.HasTo {
		to = numberKey(b.To)
	}
	return from + "-" + to
}
