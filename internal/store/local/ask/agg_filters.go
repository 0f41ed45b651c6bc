package ask

import (
	"rastro/internal/query"
	"rastro/internal/store/local/rowset"
)

// filters has one bucket per filter of AggFilters, in their order.
type filters struct {
	buckets
	err error // of making the buckets
}

func newFilters(p *aggPlan, b *budget) *filters {
	f := &filters{buckets: buckets{plan: p, budget: b}}
	for range p.filters {
		if _, err := f.add(32); err != nil {
			f.err = err
			break
		}
	}
	return f
}

func (f *filters) collect(s *scan, rows []uint32) error {
	if f.err != nil {
		return f.err
	}
	all := rowset.Of(s.rows, rows)
	matching := all.Clone()
	var list []uint32
	for n, c := range f.plan.filters {
		copy(matching, all)
		if err := narrowIfMay(c, s, matching); err != nil {
			return err
		}
		if len(f.plan.subs) == 0 {
			f.counts[n] += int64(matching.Count())
			continue
		}
		if list = matching.List(list[:0]); len(list) == 0 {
			continue
		}
		if err := f.put(s, n, list); err != nil {
			return err
		}
	}
	return nil
}

func (f *filters) merge(other collector) error {
	o := other.(*filters)
	for n := range o.counts {
		if err := f.join(n, &o.buckets, n); err != nil {
			return err
		}
	}
	return nil
}

func (f *filters) result() (query.AggResult, error) {
	r := query.AggResult{Name: f.plan.agg.Name, Kind: f.plan.agg.Kind}
	if f.err != nil {
		return r, f.err
	}
	for n := range f.counts {
		if f.counts[n] < int64(f.plan.agg.MinCount) {
			continue
		}
		b, err := f.finished(n, query.Bucket{Key: f.plan.agg.Filters[n].Key})
		if err != nil {
			return r, err
		}
		r.Buckets = append(r.Buckets, b)
	}
	return r, nil
}
