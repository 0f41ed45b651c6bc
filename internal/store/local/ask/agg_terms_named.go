package ask

import "rastro/internal/query"

// collectNamed counts a column whose entries have numbers; false where they
// have none.
func (t *terms) collectNamed(s *scan, rows []uint32) (bool, error) {
	field := t.plan.agg.Field.Field
	names, numbers, err := s.named(field)
	if names == nil || err != nil {
		return false, err
	}
	codes, err := s.codes(field)
	if err != nil {
		return false, err
	}
	if t.names != names {
		if err := t.settle(); err != nil {
			return false, err
		}
		t.names, t.byName, t.waiting = names, nil, nil
	}
	if n := names.Count(); n > len(t.byName) {
		if nameBytes*int64(n) > t.budget.limit/namesShare {
			return false, nil
		}
		more := n + n/8 - len(t.byName)
		if err := tooBig(t.budget.grow(nameBytes*int64(more)), query.PartBuckets, &t.plan.agg, n); err != nil {
			return false, err
		}
		t.byName = append(t.byName, make([]int32, more)...)
		t.waiting = append(t.waiting, make([]int64, more)...)
	}
	if len(t.plan.subs) == 0 {
		t.countNamed(s, rows, codes, numbers)
		return true, nil
	}
	find := func(code uint32, dst []int32) ([]int32, error) { return t.namedBuckets(numbers[code], dst) }
	return true, t.collectCodes(s, rows, codes, len(numbers), find)
}

// nameBytes is what a number takes in byName and waiting.
const nameBytes = 12

// countNamed counts entries by their numbers.
func (t *terms) countNamed(s *scan, rows, codes, numbers []uint32) {
	if len(rows) < len(numbers)/4 {
		for _, row := range rows {
			t.waiting[numbers[codes[row]]]++
		}
		return
	}
	counts := s.levels[t.plan.depth].zeros(len(numbers))
	countCodes(counts, codes, rows)
	for code, n := range counts {
		t.waiting[numbers[code]] += int64(n)
	}
}

// settle puts what waits into buckets.
func (t *terms) settle() error {
	var found []int32
	for number, n := range t.waiting {
		if n == 0 {
			continue
		}
		var err error
		if found, err = t.release(uint32(number), found); err != nil {
			return err
		}
	}
	return nil
}

// release puts what waits in one entry into buckets. found is memory.
func (t *terms) release(number uint32, found []int32) ([]int32, error) {
	found, err := t.namedBuckets(number, found[:0])
	if err != nil {
		return found, err
	}
	for _, bucket := range found {
		t.counts[bucket] += t.waiting[number]
	}
	t.waiting[number] = 0
	return found, nil
}

// mergeWaiting takes what waits in another collector.
func (t *terms) mergeWaiting(o *terms) error {
	if o.names == nil || len(o.waiting) == 0 {
		return nil
	}
	if t.names != nil && t.names != o.names {
		return o.settle()
	}
	t.names = o.names
	if len(o.waiting) > len(t.waiting) {
		t.waiting, o.waiting = o.waiting, t.waiting
		t.byName = append(t.byName, make([]int32, len(t.waiting)-len(t.byName))...)
	}
	for number, n := range o.waiting {
		t.waiting[number] += n
	}
	return nil
}

// namedBuckets finds or makes the buckets of the values of an entry.
func (t *terms) namedBuckets(number uint32, dst []int32) ([]int32, error) {
	switch n := t.byName[number]; {
	case n > 0:
		return append(dst, n-1), nil
	case n == noBucket:
		return dst, nil
	}
	entry := textColumn{dict: []string{t.names.Text(number)}}
	before := len(dst)
	dst, err := t.bucketsOf(entry.values(0), dst)
	if err != nil {
		return dst, err
	}
	switch len(dst) - before {
	case 0:
		t.byName[number] = noBucket
	case 1:
		t.byName[number] = dst[before] + 1
	default:
		t.byName[number] = moreBuckets
	}
	return dst, nil
}
