package ask

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/segment"
)

// answer puts together what the walk found.
func (w *walk) answer() (query.Answer, error) {
	a := query.Answer{Scanned: w.scanned}
	var err error
	if a.Hits, err = w.fetch(); err != nil {
		return query.Answer{}, err
	}
	if a.Aggs, err = w.aggregated(); err != nil {
		return query.Answer{}, err
	}
	if err := w.fetchTopHits(w.plan.aggs); err != nil {
		return query.Answer{}, err
	}
	a.Total, a.TotalExact, a.Progress = w.total, !w.lower, w.pace.tally.Progress()
	if n := int64(w.plan.q.Count); n > 0 && a.Total > n {
		a.Total, a.TotalExact = n, false
	}
	if w.deadline {
		w.reasons = append(w.reasons, reasonDeadline)
	}
	slices.Sort(w.reasons)
	a.PartialReasons = slices.Compact(w.reasons)
	a.Partial = len(a.PartialReasons) > 0
	return a, nil
}

// aggregated merges what the workers collected.
func (w *walk) aggregated() ([]query.AggResult, error) {
	if len(w.plan.aggs) == 0 {
		return nil, nil
	}
	first := w.aggs[0]
	results := make([]query.AggResult, len(first))
	for i, c := range first {
		for _, other := range w.aggs[1:] {
			if err := w.ctx.Err(); errors.Is(err, context.Canceled) {
				return nil, err // nobody waits for it
			}
			if err := c.merge(other[i]); err != nil {
				return nil, fmt.Errorf("merging aggregation %q: %w", w.plan.q.Aggs[i].Name, err)
			}
			other[i] = nil
		}
		var err error
		if results[i], err = c.result(); err != nil {
			return nil, fmt.Errorf("finishing aggregation %q: %w", w.plan.q.Aggs[i].Name, err)
		}
	}
	return results, nil
}

// fetch reads the events of the hits: the wanted columns of the chosen rows
// and nothing else. It goes on after the deadline, because the rows are few
// and hits without events would be worth nothing.
func (w *walk) fetch() ([]query.Hit, error) {
	w.hits.settle()
	list := w.hits.items
	list = list[min(w.plan.q.Skip, len(list)):]
	list = list[:min(w.plan.q.Limit, len(list))]
	hits := make([]query.Hit, len(list))
	byBlock := make(map[int][]int)
	for i, c := range list {
		byBlock[c.block] = append(byBlock[c.block], i)
		hits[i].Cursor = query.Cursor{Keys: c.keys, RID: c.rid}
	}
	blocks := make([]int, 0, len(byBlock))
	for b := range byBlock {
		blocks = append(blocks, b)
	}
	slices.Sort(blocks)
	if err := w.fetchBlocks(blocks, byBlock, list, hits); err != nil {
		return nil, err
	}
	// Hits of a block that went bad in between have no RID.
	return slices.DeleteFunc(hits, func(h query.Hit) bool { return h.Event.RID == 0 }), nil
}

// fetchBlocks reads several blocks at a time.
func (w *walk) fetchBlocks(blocks []int, byBlock map[int][]int, list []candidate, hits []query.Hit) error {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(w.crew.now(), len(blocks)) {
		wg.Go(func() {
			for {
				n := int(next.Add(1)) - 1
				if n >= len(blocks) || errors.Is(w.ctx.Err(), context.Canceled) || w.tooLate() {
					return
				}
				err := w.fetchBlock(blocks[n], byBlock[blocks[n]], list, hits)
				if err != nil {
					w.fetchFailed(blocks[n], err)
				}
			}
		})
	}
	wg.Wait()
	if err := w.ctx.Err(); errors.Is(err, context.Canceled) {
		return err
	}
	return w.err
}

// fetchGrace is how long the events of hits may still be read when the time of
// the question is over.
const fetchGrace = 5 * time.Second

// tooLate tells whether the time for reading hits is over too; the answer then
// holds those that were read by then.
func (w *walk) tooLate() bool {
	end, bounded := w.ctx.Deadline()
	if !bounded || time.Since(end) < fetchGrace {
		return false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.deadline = true
	return true
}

func (w *walk) fetchFailed(block int, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if errors.Is(err, segment.ErrCorrupt) {
		w.skip(block, err)
		return
	}
	if w.err == nil {
		w.err = err
	}
}

// fetchBlock rebuilds the events of one block. at are indexes into list and
// hits.
func (w *walk) fetchBlock(block int, at []int, list []candidate, hits []query.Hit) (err error) {
	ref := &w.blocks[block]
	defer func() { err = Caught(recover(), ref.Name, err) }()
	b, release, err := ref.Open()
	if err != nil {
		return fmt.Errorf("opening %s: %w", ref.Name, err)
	}
	defer release()
	slices.SortFunc(at, func(i, j int) int { return int(list[i].row) - int(list[j].row) })
	rows := make([]uint32, len(at))
	for i, n := range at {
		rows[i] = list[n].row
	}
	events, err := w.plan.fields.read(b, rows)
	if err != nil {
		return fmt.Errorf("fetching from %s: %w", ref.Name, err)
	}
	var size int64
	for i, n := range at {
		size += sizeOfEvent(&events[i])
		events[i].RID = list[n].rid
		hits[n].Event = events[i]
	}
	return tooBig(w.plan.budget.grow(size), query.PartHits, nil, len(list))
}

// sizeOfEvent estimates the memory of an event.
func sizeOfEvent(e *event.Event) int64 {
	n := int64(96 + 40*len(e.Values) + 32*len(e.Extra))
	for i := range e.Values {
		n += int64(len(e.Values[i].Text))
	}
	for i := range e.Extra {
		n += int64(len(e.Extra[i].Name) + len(e.Extra[i].JSON))
	}
	return n
}
