package ask

import (
	"math"
	"slices"
	"strconv"

	"rastro/internal/query"
)

// histogram has buckets of one width over numbers. Buckets are told apart by
// their number n: they begin at n*interval+offset.
type histogram struct {
	buckets
	index   map[float64]int32
	numbers []float64 // by bucket
}

func newHistogram(p *aggPlan, b *budget) *histogram {
	return &histogram{buckets: buckets{plan: p, budget: b}, index: make(map[float64]int32)}
}

func (h *histogram) bucket(n float64) (int, error) {
	if at, ok := h.index[n]; ok {
		return int(at), nil
	}
	if len(h.index) >= maxBuckets {
		return 0, tooManyBuckets(&h.plan.agg)
	}
	at, err := h.add(32)
	if err != nil {
		return 0, err
	}
	h.index[n] = int32(at)
	h.numbers = append(h.numbers, n)
	return at, nil
}

func (h *histogram) collect(s *scan, rows []uint32) error {
	list := s.scratchPairs(h.plan.depth)
	var values []float64
	a := &h.plan.agg
	for i, row := range rows {
		var err error
		if values, err = h.plan.floats(s, rows[i:i+1], values[:0]); err != nil {
			return err
		}
		start := len(list)
		for _, v := range values {
			n := math.Floor((v - a.Offset) / a.Interval)
			if math.IsInf(n, 0) || math.IsNaN(n) {
				continue // the interval is too small for such a value
			}
			at, err := h.bucket(n + 0) // + 0 makes minus zero zero
			if err != nil {
				return err
			}
			if p := pair(at, row); !slices.Contains(list[start:], p) {
				list = append(list, p)
			}
		}
	}
	defer s.keepPairs(h.plan.depth, list)
	return h.spread(s, list)
}

func (h *histogram) merge(other collector) error {
	o := other.(*histogram)
	for theirs, n := range o.numbers {
		ours, err := h.bucket(n)
		if err != nil {
			return err
		}
		if err := h.join(ours, &o.buckets, theirs); err != nil {
			return err
		}
	}
	return nil
}

func (h *histogram) result() (query.AggResult, error) {
	a := &h.plan.agg
	r := query.AggResult{Name: a.Name, Kind: a.Kind}
	wanted := slices.Clone(h.numbers)
	slices.Sort(wanted)
	if a.MinCount <= 0 {
		var err error
		if wanted, err = h.filled(wanted); err != nil {
			return r, err
		}
	}
	for _, n := range wanted {
		at := -1
		if found, ok := h.index[n]; ok {
			at = int(found)
		}
		if at >= 0 && h.counts[at] < int64(a.MinCount) {
			continue
		}
		key := n*a.Interval + a.Offset
		b, err := h.finished(at, query.Bucket{Key: numberKey(key), Number: key})
		if err != nil {
			return r, err
		}
		r.Buckets = append(r.Buckets, b)
	}
	return r, nil
}

// filled returns every bucket's number from the first to the last, widened to
// the bounds.
func (h *histogram) filled(sorted []float64) ([]float64, error) {
	a := &h.plan.agg
	first, last := math.Inf(1), math.Inf(-1)
	if len(sorted) > 0 {
		first, last = sorted[0], sorted[len(sorted)-1]
	}
	if a.HasBounds && a.BoundsMin <= a.BoundsMax {
		first = min(first, math.Floor((a.BoundsMin-a.Offset)/a.Interval))
		last = max(last, math.Floor((a.BoundsMax-a.Offset)/a.Interval))
	}
	if first > last {
		return nil, nil
	}
	// Beyond 2^53 neighbours cannot be told apart any more.
	if n := last - first + 1; n > maxBuckets || math.Abs(first) > 1<<53 || math.Abs(last) > 1<<53 {
		if len(sorted) > 0 && first == last {
			return sorted, nil
		}
		return nil, tooManyBuckets(&h.plan.agg)
	}
	all := make([]float64, 0, int(last-first)+1)
	for n := first; n <= last; n++ {
		all = append(all, n+0)
	}
	return all, nil
}

// numberKey writes the key of a bucket: plain digits where that is short.
func numberKey(x float64) string {
	if math.Abs(x) < 1e21 {
		return strconv.FormatFloat(x+0, 'f', -1, 64)
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}
