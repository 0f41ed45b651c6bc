package ask

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"rastro/internal/query"
	"rastro/internal/segment"
)

// reasonDeadline is the reason of an answer that ran out of time.
const reasonDeadline = query.ReasonDeadline

// Run answers a question from the blocks of src. Several blocks are read at a
// time; the answer does not depend on which of them is ready first.
//
// When ctx's deadline passes, the answer holds what was found so far, with a
// nil error: hits in the order of time are then complete as far as they go,
// counts and aggregations are lower bounds. When ctx is cancelled Run returns
// its error. Errors wrap query.ErrTooBig, query.ErrBadQuestion or tell what
// could not be read.
func Run(ctx context.Context, src Source, q query.Question) (query.Answer, error) {
	allowed := memoryOf(&src, q)
	q, reasons, err := resolve(ctx, &src, q)
	if err != nil {
		return query.Answer{}, err
	}
	p, err := newPlan(&src, q)
	if err != nil {
		return query.Answer{}, fmt.Errorf("preparing the question: %w", err)
	}
	defer p.budget.close()
	// What the values of in(…) take is held while the question is answered.
	p.budget.limit = allowed
	if err := tooBig(p.budget.grow(allowed-q.MaxMemory), query.PartValues, nil, 0); err != nil {
		return query.Answer{}, err
	}
	w := newWalk(ctx, &src, p)
	w.reasons = append(w.reasons, reasons...)
	w.lower = w.lower || len(reasons) > 0
	if err := w.run(); err != nil {
		return query.Answer{}, err
	}
	return w.answer()
}

// plan is a question made ready to be run.
type plan struct {
	q      query.Question
	filter condition
	order  order
	after  *candidate // nil at the start
	wanted int        // hits to be found: those skipped and those returned
	fields fieldList
	aggs   []*aggPlan
	budget *budget
}

func newPlan(src *Source, q query.Question) (*plan, error) {
	p := &plan{q: q, order: newOrder(q.Sort), fields: newFieldList(q.Fields), budget: &budget{limit: memoryOf(src, q), pool: src.Pool}}
	var err error
	if p.filter, err = compileFilter(q.Filter, 0); err != nil {
		return nil, err
	}
	if q.After != nil {
		c, err := p.order.cursor(q.After)
		if err != nil {
			return nil, err
		}
		p.after = &c
	}
	if q.Limit < 0 || q.Skip < 0 {
		return nil, fmt.Errorf("%w: limit %d, skip %d", query.ErrBadQuestion, q.Limit, q.Skip)
	}
	if q.SampleFor > 0 && q.Limit > 0 {
		return nil, fmt.Errorf("%w: hits of a sample", query.ErrBadQuestion)
	}
	if q.Limit > 0 {
		// What cannot fit is refused before anything is read.
		if p.wanted = q.Limit + q.Skip; p.wanted < 0 || int64(p.wanted) > p.budget.limit/64 {
			return nil, &query.TooBigError{Part: query.PartHits, Count: int64(p.wanted), Wanted: 64 * int64(p.wanted), Limit: p.budget.limit}
		}
	}
	p.aggs, err = compileAggs(q.Aggs, 1)
	return p, err
}

// memoryOf is what a question may hold, in bytes.
func memoryOf(src *Source, q query.Question) int64 {
	switch {
	case q.MaxMemory > 0:
		return q.MaxMemory
	case src.Memory > 0:
		return src.Memory
	}
	return defaultMemory
}

// outcome is what one block gave.
type outcome struct {
	done    bool
	matched int64
	scanned int64
	hits    []candidate
}

// walk is a question on its way over the blocks.
type walk struct {
	ctx    context.Context
	src    *Source
	plan   *plan
	blocks []Block // in the order in which they are read

	mu       sync.Mutex
	next     int       // index of the block to be handed out
	merged   int       // blocks below it are in hits
	pending  []outcome // by block; of those that wait for an earlier one
	hits     *top[candidate]
	total    int64
	lower    bool // total misses events
	scanned  int64
	deadline bool
	err      error
	reasons  []string
	corrupt  map[int]bool

	aggs [][]collector // by worker

	pace pace
	crew crew
}

func newWalk(ctx context.Context, src *Source, p *plan) *walk {
	w := &walk{
		ctx: ctx, src: src, plan: p, blocks: walkOrder(src.Blocks, p),
		reasons: slices.Clone(src.Unreadable), corrupt: make(map[int]bool),
		hits: newTop(p.wanted, p.order.compare),
	}
	w.pending = make([]outcome, len(w.blocks))
	w.lower = len(src.Unreadable) > 0
	w.pace = newPace(w.blocks, p)
	return w
}

// walkOrder leaves out the blocks outside the question's time and sorts the
// others: newest first, or oldest first where the hits are wanted so.
func walkOrder(blocks []Block, p *plan) []Block {
	list := make([]Block, 0, len(blocks))
	for _, b := range blocks {
		if (p.q.From == 0 || b.Last >= p.q.From) && (p.q.To == 0 || b.First < p.q.To) {
			list = append(list, b)
		}
	}
	oldestFirst := p.order.byTime && !p.order.desc
	slices.SortStableFunc(list, func(a, b Block) int {
		if oldestFirst {
			return compareInt(a.First, b.First)
		}
		return compareInt(b.Last, a.Last)
	})
	return list
}

func compareInt(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// run reads the blocks with several workers and waits for all of them.
func (w *walk) run() error {
	w.aggs = make([][]collector, w.places())
	for i := range w.aggs {
		w.aggs[i] = newCollectors(w.plan.aggs, w.plan.budget)
	}
	w.start()
	w.crew.wg.Wait()
	if w.err != nil {
		return w.err
	}
	if err := w.ctx.Err(); err != nil && !w.deadline && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}

// work reads blocks until there are none left, one fails, or the worker is one
// too many.
func (w *walk) work(place int) {
	var mem scratch
	aggs := w.aggs[place]
	for w.stays(place) {
		task, ok := w.take()
		if !ok {
			return
		}
		out, err := w.read(task, aggs, &mem)
		if !w.deliver(task, out, err) {
			return
		}
	}
}

// task says what a worker is to do with one block.
type task struct {
	block int
	ref   *Block
	hits  bool       // candidates for hits are wanted
	count bool       // its matching events are to be counted
	bound *candidate // only what comes before it is wanted; nil for no bound
}

// take hands out the next block, past those that need not be read.
func (w *walk) take() (task, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.err == nil && !w.deadline && w.next < len(w.blocks) {
		if err := w.ctx.Err(); err != nil {
			w.fail(err)
			return task{}, false
		}
		if w.sampled() {
			w.lower = true
			return task{}, false
		}
		w.spreadRest()
		t := task{block: w.next, ref: &w.blocks[w.next]}
		w.next++
		t.hits = w.plan.wanted > 0
		if last, full := w.hits.last(); full {
			t.bound = &last
			t.hits = t.hits && !w.plan.order.beyond(t.ref, &last)
		}
		if a := w.plan.after; a != nil && w.plan.order.before(t.ref, a) {
			t.hits = false
		}
		t.count = (w.plan.q.Count < 0 || w.total < int64(w.plan.q.Count)) && !w.counted() || len(w.plan.aggs) > 0
		if t.hits || t.count {
			return t, true
		}
		w.lower = true
		w.merge(t.block, outcome{done: true})
	}
	return task{}, false
}

// deliver takes what a block gave; false tells the worker to stop.
func (w *walk) deliver(t task, out outcome, err error) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case err == nil:
		w.total += out.matched
		w.scanned += out.scanned
		w.advance(t.ref, out.matched)
	case errors.Is(err, segment.ErrCorrupt):
		w.skip(t.block, err)
		out = outcome{}
	default:
		w.fail(err)
		return false
	}
	out.done = true
	w.merge(t.block, out)
	return w.err == nil && !w.deadline
}

// skip notes a block whose bytes are bad.
func (w *walk) skip(block int, err error) {
	if w.corrupt[block] {
		return
	}
	w.corrupt[block] = true
	w.lower = true
	ref := w.blocks[block]
	w.reasons = append(w.reasons, fmt.Sprintf("%s cannot be read", ref.Name))
	if w.src.OnCorrupt != nil {
		w.src.OnCorrupt(ref, err)
	}
}

// fail ends the walk: with an answer so far when the time is over, else with
// an error.
func (w *walk) fail(err error) {
	if errors.Is(err, context.DeadlineExceeded) && errors.Is(w.ctx.Err(), context.DeadlineExceeded) {
		w.deadline, w.lower = true, true
		return
	}
	if w.err == nil {
		w.err = err
	}
}

// merge takes the hits of blocks in the order of the walk, so that after a
// deadline no gap is left between them.
func (w *walk) merge(block int, out outcome) {
	w.pending[block] = out
	for w.merged < len(w.pending) && w.pending[w.merged].done {
		for _, c := range w.pending[w.merged].hits {
			if !w.hits.wants(c) {
				w.free(c)
				continue
			}
			w.free(w.hits.add(c)...)
		}
		if len(w.pending[w.merged].hits) > 0 && len(w.hits.items) >= w.plan.wanted {
			w.free(w.hits.settle()...)
		}
		w.pending[w.merged].hits = nil
		w.merged++
	}
}

// free gives back the memory of candidates that are no longer wanted.
func (w *walk) free(list ...candidate) {
	var n int64
	for _, c := range list {
		n += sizeOf(c)
	}
	// Giving back never fails.
	_ = w.plan.budget.grow(-n)
}
