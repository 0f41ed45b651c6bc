package ask

import (
	"fmt"

	"rastro/internal/query"
	"rastro/internal/store/local/rowset"
)

// read runs the question on one block.
func (w *walk) read(t task, aggs []collector, mem *scratch) (out outcome, err error) {
	defer func() { err = Caught(recover(), t.ref.Name, err) }()
	p := w.plan
	inside := (p.q.From == 0 || t.ref.First >= p.q.From) && (p.q.To == 0 || t.ref.Last < p.q.To) && p.q.UpTo == 0 && p.q.Above == 0
	if _, all := p.filter.(everything); all && inside && !t.hits && len(aggs) == 0 {
		return outcome{matched: int64(t.ref.Rows)}, nil
	}
	block, release, err := t.ref.Open()
	if err != nil {
		return outcome{}, fmt.Errorf("opening %s: %w", t.ref.Name, err)
	}
	defer release()
	s := newScan(w.ctx, block, p.budget, mem)
	defer s.close()
	s.number = t.block
	found, err := s.match(p, inside, &out)
	if err != nil {
		return outcome{}, fmt.Errorf("reading %s: %w", t.ref.Name, err)
	}
	out.matched = int64(found.Count())
	if out.matched == 0 || !t.hits && len(aggs) == 0 {
		return out, nil
	}
	s.selected = s.listed(found, mem.list)
	if len(s.selected) < s.rows {
		mem.list = s.selected
	}
	if t.hits {
		if out.hits, err = p.candidates(s, t); err != nil {
			return outcome{}, fmt.Errorf("ordering %s: %w", t.ref.Name, err)
		}
	}
	for _, c := range aggs {
		if err := c.collect(s, s.selected); err != nil {
			return outcome{}, fmt.Errorf("aggregating %s: %w", t.ref.Name, err)
		}
	}
	return out, nil
}

// match finds the rows that meet the filter within the question's time.
func (s *scan) match(p *plan, inside bool, out *outcome) (rowset.Set, error) {
	if ok, err := p.filter.may(s); err != nil || !ok {
		return nil, err
	}
	out.scanned = int64(s.rows)
	rows := rowset.All(s.rows)
	if !inside {
		times, err := s.times()
		if err != nil {
			return nil, err
		}
		q := &p.q
		rows.Keep(func(row uint32) bool {
			t := times[row]
			return (q.From == 0 || t >= q.From) && (q.To == 0 || t < q.To)
		})
		if err := s.keepArrived(rows, q.Above, q.UpTo); err != nil {
			return nil, err
		}
		if rows.Empty() {
			return nil, nil
		}
	}
	return rows, p.filter.narrow(s, rows)
}

// keepArrived leaves out events that came in up to one RID or after another; 0
// is no bound.
func (s *scan) keepArrived(rows rowset.Set, above, last uint64) error {
	if last == 0 && above == 0 {
		return nil
	}
	rids, err := s.rids()
	if err != nil {
		return err
	}
	rows.Keep(func(row uint32) bool { return rids[row] > above && (last == 0 || rids[row] <= last) })
	return nil
}

// candidates picks the selected rows that may become hits.
func (p *plan) candidates(s *scan, t task) ([]candidate, error) {
	readers, err := p.order.readers(s)
	if err != nil {
		return nil, err
	}
	rids, err := s.rids()
	if err != nil {
		return nil, err
	}
	best := newTop(p.wanted, p.order.compare)
	c := candidate{keys: make([]query.CursorKey, len(readers)), block: t.block}
	var held int64
	for i := range s.selected {
		// The newest stand last; when they are wanted first, the bound of best
		// is met early and most rows cost one comparison.
		if p.order.desc {
			i = len(s.selected) - 1 - i
		}
		c.row = s.selected[i]
		c.rid = rids[c.row]
		for k, read := range readers {
			read(c.row, &c.keys[k])
		}
		if !p.mayHit(&c, t.bound) || !best.wants(c) {
			continue
		}
		own := c
		own.keys = ownKeys(c.keys)
		held += sizeOf(own)
		for _, d := range best.add(own) {
			held -= sizeOf(d)
		}
	}
	for _, d := range best.settle() {
		held -= sizeOf(d)
	}
	return best.items, tooBig(p.budget.grow(held), query.PartHits, nil, len(best.items))
}

// mayHit tells whether a candidate lies behind the cursor and before the
// bound.
func (p *plan) mayHit(c, bound *candidate) bool {
	if p.after != nil && p.order.compare(*c, *p.after) <= 0 {
		return false
	}
	return bound == nil || p.order.compare(*c, *bound) < 0
}
