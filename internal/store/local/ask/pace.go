package ask

import (
	"math/bits"
	"slices"
	"time"

	"rastro/internal/query"
)

// progressEvery is the least time between two calls of Question.OnProgress.
const progressEvery = 100 * time.Millisecond

// pace is how far a walk has come and when it ends early. The walk's lock
// guards it.
type pace struct {
	tally query.Tally
	// until is when a sample or the counting ends; zero for never.
	until time.Time
	// paced tells that somebody wants to know about all from a part.
	paced bool
	// spread tells that the blocks left are in no order of time.
	spread bool
	told   time.Time
}

func newPace(blocks []Block, p *plan) pace {
	var c pace
	for i := range blocks {
		c.tally.Of += int64(blocks[i].Rows)
	}
	c.tally.Blocks = int64(len(blocks))
	if d := max(p.q.SampleFor, p.q.CountFor); d > 0 {
		c.until = time.Now().Add(d)
	}
	c.paced = !c.until.IsZero() || p.q.OnProgress != nil
	return c
}

// sampled tells whether the time of a sample is over; one block is read in any
// case.
func (w *walk) sampled() bool {
	return w.plan.q.SampleFor > 0 && w.next > 0 && time.Now().After(w.pace.until)
}

// counted tells whether the time for counting is over.
func (w *walk) counted() bool {
	return w.plan.q.CountFor > 0 && time.Now().After(w.pace.until)
}

// spreadRest brings the blocks that are left into an order in which any first
// part of them is spread over the whole time, as soon as no hit can come from
// them: what they give then says something about the others.
func (w *walk) spreadRest() {
	if w.pace.spread || !w.pace.paced {
		return
	}
	if w.plan.wanted > 0 {
		last, full := w.hits.last()
		if !full || !w.plan.order.beyond(&w.blocks[w.next], &last) {
			return
		}
	}
	w.pace.spread = true
	spread(w.blocks[w.next:])
}

// spread orders a list by the bits of each index read backwards: 0, 1/2, 1/4,
// 3/4, 1/8 …
func spread(blocks []Block) {
	old := slices.Clone(blocks)
	width := bits.Len(uint(max(len(old)-1, 0)))
	n := 0
	for i := range 1 << width {
		if at := int(bits.Reverse(uint(i)) >> (bits.UintSize - width)); at < len(old) {
			blocks[n] = old[at]
			n++
		}
	}
}

// advance counts a block that was read, and tells of it.
func (w *walk) advance(b *Block, matched int64) {
	w.pace.tally.Add(int64(b.Rows), matched)
	if tell := w.plan.q.OnProgress; tell != nil && time.Since(w.pace.told) >= progressEvery {
		w.pace.told = time.Now()
		tell(w.pace.tally.Progress())
	}
}
