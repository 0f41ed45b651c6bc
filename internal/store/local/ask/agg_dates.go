package ask

import (
	"slices"
	"time"

	"rastro/internal/event"
	"rastro/internal/query"
)

// dates has buckets of time.
type dates struct {
	buckets
	index  map[int64]int32
	starts []int64 // by bucket

	// The bucket found last holds all moments from from to to: events come
	// mostly in the order of time.
	from, to int64
	last     int
}

func newDates(p *aggPlan, b *budget) *dates {
	return &dates{buckets: buckets{plan: p, budget: b}, index: make(map[int64]int32)}
}

// bucketOf finds or makes the bucket that holds t.
func (d *dates) bucketOf(t int64) (int, error) {
	if t >= d.from && t < d.to {
		return d.last, nil
	}
	start, from, to := d.plan.rounder.bucket(t)
	at, err := d.bucket(start)
	if err != nil {
		return 0, err
	}
	d.from, d.to, d.last = from, to, at
	return at, nil
}

func (d *dates) bucket(start int64) (int, error) {
	if at, ok := d.index[start]; ok {
		return int(at), nil
	}
	if len(d.index) >= maxBuckets {
		return 0, tooManyBuckets(&d.plan.agg)
	}
	at, err := d.add(32)
	if err != nil {
		return 0, err
	}
	d.index[start] = int32(at)
	d.starts = append(d.starts, start)
	return at, nil
}

func (d *dates) collect(s *scan, rows []uint32) error {
	f := d.plan.agg.Field.Field
	if f == event.Timestamp && len(d.plan.subs) == 0 {
		if whole, err := d.collectWhole(s, len(rows)); whole || err != nil {
			return err
		}
		times, err := s.times()
		if err != nil {
			return err
		}
		for _, row := range rows {
			at, err := d.bucketOf(times[row])
			if err != nil {
				return err
			}
			d.counts[at]++
		}
		return nil
	}
	if f == event.NoField || d.plan.hasMissing {
		return d.collectEach(s, rows)
	}
	if f == event.Timestamp {
		return d.collectTimes(s, rows)
	}
	col, err := s.numbers(f)
	if err != nil {
		return err
	}
	list := s.scratchPairs(d.plan.depth)
	for _, row := range rows {
		if !col.Has(int(row)) {
			continue
		}
		at, err := d.bucketOf(int64(col.Bits[row]))
		if err != nil {
			return err
		}
		list = append(list, pair(at, row))
	}
	defer s.keepPairs(d.plan.depth, list)
	return d.spread(s, list)
}

// collectTimes puts the rows into the buckets of their @timestamp. Mostly the
// rows of a bucket follow each other.
func (d *dates) collectTimes(s *scan, rows []uint32) error {
	if first, last := s.block.TimeRange(); len(rows) > 0 {
		if start, _, to := d.plan.rounder.bucket(first); last < to {
			at, err := d.bucket(start)
			if err != nil {
				return err
			}
			return d.put(s, at, rows)
		}
	}
	times, err := s.times()
	if err != nil {
		return err
	}
	list := s.scratchPairs(d.plan.depth)
	sorted, before := true, 0
	var seen map[int]struct{}
	for i, row := range rows {
		at, err := d.bucketOf(times[row])
		if err != nil {
			return err
		}
		if i == 0 || at != before {
			if seen == nil {
				seen = make(map[int]struct{})
			}
			if _, again := seen[at]; again {
				sorted = false
			}
			seen[at] = struct{}{}
			before = at
		}
		list = append(list, pair(at, row))
	}
	defer s.keepPairs(d.plan.depth, list)
	if !sorted {
		return d.spread(s, list)
	}
	for from := 0; from < len(list); {
		at, to := list[from]>>32, from+1
		for to < len(list) && list[to]>>32 == at {
			to++
		}
		if err := d.put(s, int(at), rows[from:to]); err != nil {
			return err
		}
		from = to
	}
	return nil
}

// collectEach looks at the rows one by one: an unknown field may have several
// dates.
func (d *dates) collectEach(s *scan, rows []uint32) error {
	list := s.scratchPairs(d.plan.depth)
	var times []int64
	for i, row := range rows {
		var err error
		if times, err = s.instants(d.plan.agg.Field, rows[i:i+1], times[:0]); err != nil {
			return err
		}
		if len(times) == 0 && d.plan.hasMissing {
			times = append(times, int64(d.plan.missing))
		}
		start := len(list)
		for _, t := range times {
			at, err := d.bucketOf(t)
			if err != nil {
				return err
			}
			if p := pair(at, row); !slices.Contains(list[start:], p) {
				list = append(list, p)
			}
		}
	}
	defer s.keepPairs(d.plan.depth, list)
	return d.spread(s, list)
}

// collectWhole counts the rows of a block whose events all lie in one bucket,
// without reading their times; false where they do not.
func (d *dates) collectWhole(s *scan, rows int) (bool, error) {
	first, last := s.block.TimeRange()
	start, _, to := d.plan.rounder.bucket(first)
	if last >= to || rows == 0 {
		return rows == 0, nil
	}
	at, err := d.bucket(start)
	if err != nil {
		return false, err
	}
	d.counts[at] += int64(rows)
	return true, nil
}

func (d *dates) merge(other collector) error {
	o := other.(*dates)
	for theirs, start := range o.starts {
		ours, err := d.bucket(start)
		if err != nil {
			return err
		}
		if err := d.join(ours, &o.buckets, theirs); err != nil {
			return err
		}
	}
	return nil
}

func (d *dates) result() (query.AggResult, error) {
	a := &d.plan.agg
	r := query.AggResult{Name: a.Name, Kind: a.Kind}
	wanted := slices.Clone(d.starts)
	slices.Sort(wanted)
	if a.MinCount <= 0 {
		var err error
		if wanted, err = d.filled(wanted); err != nil {
			return r, err
		}
	}
	zone, err := loadZone(a.Zone)
	if err != nil {
		return r, err
	}
	for _, start := range wanted {
		at := -1
		if found, ok := d.index[start]; ok {
			at = int(found)
		}
		if at >= 0 && d.counts[at] < int64(a.MinCount) {
			continue
		}
		b, err := d.finished(at, query.Bucket{
			Key:    time.Unix(0, start).In(zone).Format(time.RFC3339Nano),
			Number: float64(start),
		})
		if err != nil {
			return r, err
		}
		r.Buckets = append(r.Buckets, b)
	}
	return r, nil
}

// filled returns the beginnings of all buckets from the first to the last,
// widened to the bounds.
func (d *dates) filled(sorted []int64) ([]int64, error) {
	a := &d.plan.agg
	if len(sorted) == 0 && !a.HasBounds {
		return nil, nil
	}
	var first, last int64
	if len(sorted) > 0 {
		first, last = sorted[0], sorted[len(sorted)-1]
	}
	if a.HasBounds && a.BoundsMin <= a.BoundsMax {
		low, _, _ := d.plan.rounder.bucket(int64(a.BoundsMin))
		high, _, _ := d.plan.rounder.bucket(int64(a.BoundsMax))
		if len(sorted) == 0 {
			first, last = low, high
		}
		first, last = min(first, low), max(last, high)
	} else if len(sorted) == 0 {
		return nil, nil
	}
	all := []int64{first}
	for start := first; start < last; {
		next, ok := nextBucket(d.plan.rounder, start)
		if !ok {
			break
		}
		if len(all) >= maxBuckets {
			return nil, tooManyBuckets(&d.plan.agg)
		}
		start = next
		all = append(all, start)
	}
	return all, nil
}

// nextBucket is the beginning of the bucket behind the one that begins at
// start; false at the end of time.
func nextBucket(r rounder, start int64) (int64, bool) {
	_, _, to := r.bucket(start)
	for to > start {
		next, _, end := r.bucket(to)
		if next > start {
			return next, true
		}
		if end <= to {
			break
		}
		to = end
	}
	return 0, false
}
