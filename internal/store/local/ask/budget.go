package ask

import (
	"errors"
	"sync"
	"sync/atomic"

	"rastro/internal/query"
)

const (
	// defaultMemory bounds a question that sets no bound of its own, in bytes.
	defaultMemory = 256 << 20
	// namesShare is the part of a question's memory, one in so many, that one
	// collector may spend on remembering names.
	namesShare = 64
	// maxBuckets bounds the buckets of one answer, all levels together.
	maxBuckets = 65_536
	// poolChunk is what a question takes from the pool at a time, so that not
	// every value of every question meets all the others there.
	poolChunk = 256 << 10
	// poolSlack is how much a question keeps of what it no longer holds.
	poolSlack = 4 << 20
)

// Pool is the memory that all questions hold together. It is safe for concurrent
// use; nil is a pool without end.
type Pool struct {
	limit           int64
	used            atomic.Int64
	alone, together atomic.Uint64
}

// NewPool makes a pool of so many bytes.
func NewPool(limit int64) *Pool { return &Pool{limit: limit} }

// Use tells how much is in use, and how often it was not enough.
func (p *Pool) Use() query.MemoryUse {
	return query.MemoryUse{Used: p.used.Load(), Limit: p.limit, RefusedAlone: p.alone.Load(), RefusedTogether: p.together.Load()}
}

// take takes n bytes; false when they are not there.
func (p *Pool) take(n int64) bool {
	if p.used.Add(n) <= p.limit {
		return true
	}
	p.used.Add(-n)
	return false
}

// budget counts what one question holds in memory: what grows with the data
// (buckets, values, hits), and the columns of the blocks that are read at a
// time. What it holds is taken from the pool as it grows, and is given back by
// close. It is safe for concurrent use.
type budget struct {
	limit   int64
	pool    *Pool // nil for none
	used    atomic.Int64
	buckets atomic.Int64

	mu    sync.Mutex
	taken atomic.Int64 // from the pool; changed with mu held
}

// grow takes n bytes more, or gives back where n is negative. Giving back never
// fails. Its error is a *query.TooBigError that does not say yet what grew.
func (b *budget) grow(n int64) error {
	used := b.used.Add(n)
	switch {
	case n <= 0:
		if b.pool != nil && b.taken.Load() > used+2*poolSlack {
			b.shrink()
		}
		return nil
	case used > b.limit:
		if b.pool != nil {
			b.pool.alone.Add(1)
		}
		return &query.TooBigError{Wanted: used, Limit: b.limit}
	case b.pool != nil && used > b.taken.Load():
		return b.take()
	}
	return nil
}

// take makes what is held be taken from the pool.
func (b *budget) take() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	missing := b.used.Load() - b.taken.Load()
	if missing <= 0 {
		return nil // another worker has done it
	}
	n := (missing + poolChunk - 1) / poolChunk * poolChunk
	if !b.pool.take(n) {
		if n = missing; !b.pool.take(n) {
			b.pool.together.Add(1)
			return &query.TooBigError{Wanted: b.pool.used.Load() + n, Limit: b.pool.limit, Together: true}
		}
	}
	b.taken.Add(n)
	return nil
}

// shrink gives back to the pool what is no longer held.
func (b *budget) shrink() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if n := b.taken.Load() - b.used.Load() - poolSlack; n > 0 {
		b.taken.Add(-n)
		b.pool.used.Add(-n)
	}
}

// close gives everything back to the pool. The budget is not used any more.
func (b *budget) close() {
	if b.pool != nil {
		b.pool.used.Add(-b.taken.Swap(0))
	}
}

// answer takes n buckets of the answer.
func (b *budget) answer(n int, a *query.Agg) error {
	if b.buckets.Add(int64(n)) > maxBuckets {
		return tooManyBuckets(a)
	}
	return nil
}

// tooManyBuckets is the error of an aggregation that makes too many.
func tooManyBuckets(a *query.Agg) error {
	return &query.TooBigError{Part: query.PartBuckets, Agg: a.Name, Field: a.Field.Name, Most: maxBuckets}
}

// tooBig says, in an error of grow, what grew and how much of it there was by
// then; other errors, and nil, come back as they are.
func tooBig(err error, part query.Part, a *query.Agg, count int) error {
	if err == nil {
		return nil
	}
	var t *query.TooBigError
	if errors.As(err, &t) && t.Part == "" {
		t.Part, t.Count = part, int64(count)
		if a != nil {
			t.Agg, t.Field = a.Name, a.Field.Name
		}
	}
	return err
}
