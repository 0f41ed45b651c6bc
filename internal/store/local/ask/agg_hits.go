package ask

import (
	"fmt"
	"slices"

	"rastro/internal/query"
)

// hitsPlan is what AggTopHits needs besides its aggPlan.
type hitsPlan struct {
	order  order
	fields fieldList
	size   int
	// pending are the hits of the result whose events are still to be read.
	// Results are made by one goroutine.
	pending []pendingHit
}

// pendingHit is a hit with the place of its event.
type pendingHit struct {
	hit   *query.Hit
	block int
	row   uint32
	rid   uint64
}

// defaultTopHits is the number of hits of AggTopHits that names none.
const defaultTopHits = 3

func (p *aggPlan) compileHits() error {
	a := &p.agg
	if a.Size < 0 || a.Size > query.MaxTopHits {
		return fmt.Errorf("%w: %d top hits, at most %d", query.ErrTooBig, a.Size, query.MaxTopHits)
	}
	p.hits = &hitsPlan{order: newOrder(a.Sort), fields: newFieldList(a.Fields), size: a.Size}
	if a.Size == 0 {
		p.hits.size = defaultTopHits
	}
	return nil
}

// topHits gathers AggTopHits.
type topHits struct {
	plan   *aggPlan
	budget *budget
	count  int64
	best   *top[candidate]
}

func newTopHits(p *aggPlan, b *budget) *topHits {
	return &topHits{plan: p, budget: b, best: newTop(p.hits.size, p.hits.order.compare)}
}

func (t *topHits) collect(s *scan, rows []uint32) error {
	t.count += int64(len(rows))
	order := &t.plan.hits.order
	readers, err := order.readers(s)
	if err != nil {
		return err
	}
	rids, err := s.rids()
	if err != nil {
		return err
	}
	c := candidate{keys: make([]query.CursorKey, len(readers)), block: s.number}
	var held int64
	for i := range rows {
		if order.desc { // as in candidates
			i = len(rows) - 1 - i
		}
		c.row = rows[i]
		c.rid = rids[c.row]
		for k, read := range readers {
			read(c.row, &c.keys[k])
		}
		if !t.best.wants(c) {
			continue
		}
		own := c
		own.keys = ownKeys(c.keys)
		held += sizeOf(own)
		for _, d := range t.best.add(own) {
			held -= sizeOf(d)
		}
	}
	return tooBig(t.budget.grow(held), query.PartHits, &t.plan.agg, len(t.best.items))
}

func (t *topHits) merge(other collector) error {
	o := other.(*topHits)
	t.count += o.count
	for _, c := range o.best.items {
		if t.best.wants(c) {
			t.best.add(c)
		}
	}
	return nil
}

func (t *topHits) result() (query.AggResult, error) {
	r := query.AggResult{Name: t.plan.agg.Name, Kind: t.plan.agg.Kind, Value: float64(t.count), Valid: true}
	t.best.settle()
	list := t.best.items[:min(len(t.best.items), t.plan.hits.size)]
	r.Hits = make([]query.Hit, len(list))
	for i, c := range list {
		r.Hits[i].Cursor = query.Cursor{Keys: c.keys, RID: c.rid}
		t.plan.hits.pending = append(t.plan.hits.pending, pendingHit{hit: &r.Hits[i], block: c.block, row: c.row, rid: c.rid})
	}
	return r, nil
}

// fetchTopHits reads the events of all hits in the results of aggregations:
// the wanted columns of the chosen rows, block by block.
func (w *walk) fetchTopHits(plans []*aggPlan) error {
	for _, p := range plans {
		if err := w.fetchTopHits(p.subs); err != nil {
			return err
		}
		if p.hits == nil {
			continue
		}
		list := p.hits.pending
		slices.SortFunc(list, func(a, b pendingHit) int {
			if a.block != b.block {
				return a.block - b.block
			}
			return int(a.row) - int(b.row)
		})
		for len(list) > 0 {
			n := 1
			for n < len(list) && list[n].block == list[0].block {
				n++
			}
			if err := w.fetchPending(p.hits, list[:n]); err != nil {
				return err
			}
			list = list[n:]
		}
	}
	return nil
}

// fetchPending reads the events of one block.
func (w *walk) fetchPending(h *hitsPlan, list []pendingHit) (err error) {
	if err := w.ctx.Err(); err != nil && !w.deadline {
		return err
	}
	ref := &w.blocks[list[0].block]
	defer func() { err = Caught(recover(), ref.Name, err) }()
	b, release, err := ref.Open()
	if err != nil {
		return fmt.Errorf("opening %s: %w", ref.Name, err)
	}
	defer release()
	var rows []uint32
	for _, p := range list { // an event may be a hit of several buckets
		if n := len(rows); n == 0 || rows[n-1] != p.row {
			rows = append(rows, p.row)
		}
	}
	events, err := h.fields.read(b, rows)
	if err != nil {
		return fmt.Errorf("fetching from %s: %w", ref.Name, err)
	}
	var size int64
	for i := range events {
		size += sizeOfEvent(&events[i])
	}
	at := 0
	for _, p := range list {
		if rows[at] != p.row {
			at++
		}
		p.hit.Event = events[at]
		p.hit.Event.RID = p.rid
	}
	return tooBig(w.plan.budget.grow(size), query.PartHits, nil, len(list))
}
