package ask

import (
	"slices"

	"rastro/internal/query"
)

// buckets is what all aggregations with buckets have in common: a growing
// list of buckets, each with a count and the collectors inside it.
type buckets struct {
	plan   *aggPlan
	budget *budget
	counts []int64
	subs   [][]collector // empty where the plan has none
}

// add makes a bucket whose key takes so many bytes and returns its number.
func (b *buckets) add(keyBytes int) (int, error) {
	size := int64(keyBytes) + 72 + collectorSize*int64(len(b.plan.subs))
	if err := b.budget.grow(size); err != nil {
		return 0, tooBig(err, query.PartBuckets, &b.plan.agg, len(b.counts))
	}
	b.counts = append(b.counts, 0)
	if len(b.plan.subs) > 0 {
		b.subs = append(b.subs, newCollectors(b.plan.subs, b.budget))
	}
	return len(b.counts) - 1, nil
}

// put counts rows into one bucket.
func (b *buckets) put(s *scan, bucket int, rows []uint32) error {
	b.counts[bucket] += int64(len(rows))
	if len(b.plan.subs) == 0 {
		return nil
	}
	for _, c := range b.subs[bucket] {
		if err := c.collect(s, rows); err != nil {
			return err
		}
	}
	return nil
}

// join adds bucket theirs of other to bucket ours.
func (b *buckets) join(ours int, other *buckets, theirs int) error {
	b.counts[ours] += other.counts[theirs]
	if len(b.plan.subs) == 0 {
		return nil
	}
	for i, c := range b.subs[ours] {
		if err := c.merge(other.subs[theirs][i]); err != nil {
			return err
		}
	}
	return nil
}

// results finishes the aggregations inside a bucket; -1 stands for a bucket
// without events.
func (b *buckets) results(bucket int) ([]query.AggResult, error) {
	if len(b.plan.subs) == 0 {
		return nil, nil
	}
	list := newCollectors(b.plan.subs, b.budget)
	if bucket >= 0 {
		list = b.subs[bucket]
	}
	results := make([]query.AggResult, len(list))
	for i, c := range list {
		var err error
		if results[i], err = c.result(); err != nil {
			return nil, err
		}
	}
	return results, nil
}

// finished makes the answer's bucket of a bucket; -1 as in results.
func (b *buckets) finished(bucket int, out query.Bucket) (query.Bucket, error) {
	if err := b.budget.answer(1, &b.plan.agg); err != nil {
		return out, err
	}
	if bucket >= 0 {
		out.Count = b.counts[bucket]
	}
	var err error
	out.Subs, err = b.results(bucket)
	return out, err
}

// pairs collects which row goes into which bucket, as bucket<<32 | row.
type pairs []uint64

func pair(bucket int, row uint32) uint64 { return uint64(bucket)<<32 | uint64(row) }

// scratchPairs lends the memory for pairs of one depth; give it back with
// keepPairs.
func (s *scratch) scratchPairs(depth int) pairs { return s.levels[depth].pairs[:0] }

func (s *scratch) keepPairs(depth int, p pairs) { s.levels[depth].pairs = p }

// spread puts all pairs, which come by rows ascending, into their buckets. The
// same pair standing twice in a row counts once.
func (b *buckets) spread(s *scan, list pairs) error {
	if len(b.plan.subs) == 0 {
		last := ^uint64(0)
		for _, p := range list {
			if p != last {
				b.counts[p>>32]++
			}
			last = p
		}
		return nil
	}
	if len(b.counts) > 4*len(list)+1024 {
		return b.spreadFew(s, list)
	}
	level := &s.levels[b.plan.depth]
	ends := level.zeros(len(b.counts))
	for _, p := range list {
		ends[p>>32]++
	}
	rows := level.places(len(list))
	arrange(ends)
	for _, p := range list {
		bucket := p >> 32
		rows[ends[bucket]] = uint32(p)
		ends[bucket]++
	}
	from := uint32(0)
	// Buckets made by now are all that there are: put makes none here.
	for bucket, to := range ends {
		if from < to {
			if err := b.put(s, bucket, slices.Compact(rows[from:to])); err != nil {
				return err
			}
		}
		from = to
	}
	return nil
}

// arrange turns counts into the places where the counted things begin.
func arrange(counts []uint32) {
	at := uint32(0)
	for i, n := range counts {
		counts[i] = at
		at += n
	}
}

// spreadFew is spread for few pairs and many buckets.
func (b *buckets) spreadFew(s *scan, list pairs) error {
	slices.Sort(list)
	level := &s.levels[b.plan.depth]
	for i := 0; i < len(list); {
		bucket := list[i] >> 32
		rows := level.places(len(list))[:0]
		for ; i < len(list) && list[i]>>32 == bucket; i++ {
			if row := uint32(list[i]); len(rows) == 0 || rows[len(rows)-1] != row {
				rows = append(rows, row)
			}
		}
		if err := b.put(s, int(bucket), rows); err != nil {
			return err
		}
	}
	return nil
}
