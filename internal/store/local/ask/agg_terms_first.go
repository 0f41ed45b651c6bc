package ask

import (
	"cmp"
	"strings"

	"rastro/internal/segment"
)

// nameCount is an entry with a number and the events that wait in it.
type nameCount struct {
	number uint32
	n      int64
}

// settleFirst is settle for the answer's first size buckets: of all entries
// that wait it makes buckets of those only that can be among them, and counts
// the others as rest. Most entries are never made into texts.
func (t *terms) settleFirst(size int) error {
	if t.names == nil || len(t.plan.subs) > 0 { // entries with subs do not wait
		return t.settle()
	}
	entries := t.names.List()
	if err := t.settleShared(entries); err != nil {
		return err
	}
	// From here on each entry that waits is one value that nothing else is, so
	// what is behind size others of them is behind size buckets.
	best := newTop(size, func(a, b nameCount) int { return t.compareEntries(entries, a, b) })
	least := int64(max(t.plan.agg.MinCount, 1))
	for number, n := range t.waiting {
		if n == 0 {
			continue
		}
		c := nameCount{uint32(number), n}
		if keep := t.plan.agg.Keep; keep != nil && !keep(entries.Of(c.number)) {
			continue
		}
		t.rest += n
		if n >= least && best.wants(c) {
			best.add(c)
		}
	}
	best.settle()
	for _, c := range best.items {
		bucket, err := t.textBucket(strings.Clone(entries.Of(c.number)))
		if err != nil {
			return err
		}
		t.counts[bucket] += c.n
		t.rest -= c.n
	}
	t.waiting = nil
	return nil
}

// settleShared puts into buckets what waits in entries that are no value, or
// several ones, or one that has a bucket already.
func (t *terms) settleShared(entries segment.NameList) error {
	var found []int32
	for number, n := range t.waiting {
		if n == 0 {
			continue
		}
		if entry := entries.Of(uint32(number)); entry != "" && !strings.Contains(entry, segment.Sep) {
			continue
		}
		var err error
		if found, err = t.release(uint32(number), found); err != nil {
			return err
		}
	}
	for bucket := range t.keys {
		number, known := t.names.Number(t.keys[bucket].text)
		if known && int(number) < len(t.waiting) {
			t.counts[bucket] += t.waiting[number]
			t.waiting[number] = 0
		}
	}
	return nil
}

// compareEntries is compare for entries that are one value each.
func (t *terms) compareEntries(entries segment.NameList, a, b nameCount) int {
	for _, o := range t.plan.order {
		c := 0
		if o.by == orderCount {
			c = cmp.Compare(a.n, b.n)
		} else {
			c = strings.Compare(entries.Of(a.number), entries.Of(b.number))
		}
		if c != 0 {
			return directed(c, o.desc)
		}
	}
	return strings.Compare(entries.Of(a.number), entries.Of(b.number))
}
