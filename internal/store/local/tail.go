package local

import (
	"context"
	"fmt"
	"time"

	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/segment"
	"rastro/internal/store/local/ask"
)

// tail holds the newest events in memory. One goroutine adds to it until it is
// frozen; a frozen one never changes.
type tail struct {
	first   uint64 // RID of the first event
	events  *segment.Builder
	started time.Time // when the first event came; zero while empty
	claimed bool      // somebody writes it; guarded by the engine's mu
}

func newTail(first uint64) *tail { return &tail{first: first, events: segment.NewBuilder()} }

// next is the RID of the event that comes after the tail's last one.
func (t *tail) next() uint64 { return t.first + uint64(t.events.Rows()) }

// block returns the events added so far; false when there are none.
func (t *tail) block() (ask.Block, bool) {
	b := t.events.Snapshot()
	if b == nil {
		return ask.Block{}, false
	}
	ref := ask.Block{Rows: b.Rows(), Name: "tail"}
	ref.First, ref.Last = b.TimeRange()
	ref.Open = func() (segment.Block, func(), error) { return b, func() {}, nil }
	return ref, true
}

// count adds the tail's events to statistics.
func (t *tail) count(s *query.StoreStats, days dayCounts) {
	b := t.events.Snapshot()
	if b == nil {
		return
	}
	rows := int64(b.Rows())
	first, last := b.TimeRange()
	if s.Events == 0 || first < s.Oldest {
		s.Oldest = first
	}
	if s.Events == 0 || last > s.Newest {
		s.Newest = last
	}
	s.Events += rows
	s.TailEvents += rows
	times, err := b.Times()
	if err != nil {
		return // memory cannot fail
	}
	for _, at := range times {
		days.add(dayOf(at), 1, 0)
	}
}

// Append takes events; see store.Store. Events that do not follow the last one
// give ErrGap, and none of them is taken.
func (e *Engine) Append(ctx context.Context, events []event.Event) error {
	if err := e.takeTurn(ctx); err != nil {
		return err
	}
	defer e.giveTurn()
	next := e.Next()
	for len(events) > 0 && events[0].RID < next {
		events = events[1:]
	}
	for i := range events {
		if want := next + uint64(i); events[i].RID != want {
			return fmt.Errorf("appending event %d where %d is expected: %w", events[i].RID, want, ErrGap)
		}
	}
	for len(events) > 0 {
		t, err := e.room(ctx)
		if err != nil {
			return err
		}
		n := e.fill(t, events)
		events = events[n:]
	}
	// A tail that is full now is written now, not when the next event comes.
	if e.isFull(e.current()) {
		e.tryFreeze()
	}
	return nil
}

// fill adds events to the tail until it is full and returns how many.
func (e *Engine) fill(t *tail, events []event.Event) int {
	if t.started.IsZero() {
		e.mu.Lock()
		t.started = time.Now() // only decides when a file is written
		e.mu.Unlock()
	}
	for i := range events {
		if i > 0 && e.isFull(t) {
			return i
		}
		t.events.Add(&events[i])
	}
	return len(events)
}

// isFull tells whether a tail has grown to a segment.
func (e *Engine) isFull(t *tail) bool {
	return t.events.Rows() >= e.opts.SegmentRows || t.events.MemoryBytes() >= e.opts.SegmentBytes
}

// current is the tail that takes events.
func (e *Engine) current() *tail {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return e.view.tail
}

// room returns a tail with room for an event. It waits while too many frozen
// ones are not written. The caller has the turn.
func (e *Engine) room(ctx context.Context) (*tail, error) {
	for {
		if t := e.current(); !e.isFull(t) {
			return t, nil
		}
		e.mu.RLock()
		progress := e.progress
		e.mu.RUnlock()
		if e.tryFreeze() {
			continue
		}
		select {
		case <-progress:
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-e.life.Done():
			return nil, ErrClosed
		}
	}
}

// tryFreeze makes the tail a frozen one unless there are enough of them, and
// wakes a flusher. An empty tail stays. The caller has the turn.
func (e *Engine) tryFreeze() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.view.tail.events.Rows() == 0 {
		return true
	}
	if len(e.view.frozen) >= e.opts.writers {
		return false
	}
	frozen := append(e.view.frozen[:len(e.view.frozen):len(e.view.frozen)], e.view.tail)
	e.view = view{catalog: e.view.catalog, frozen: frozen, tail: newTail(e.view.tail.next())}
	select {
	case e.wake <- struct{}{}:
	default: // all are awake already
	}
	return true
}

// takeTurn waits for the right to change the tail.
func (e *Engine) takeTurn(ctx context.Context) error {
	select {
	case e.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	case <-e.life.Done():
		return ErrClosed
	}
	if err := e.life.Err(); err != nil {
		e.giveTurn()
		return ErrClosed
	}
	return nil
}

func (e *Engine) giveTurn() { <-e.turn }

// Flush makes everything appended so far durable. While the disk fails it
// waits until ctx ends; the error then tells of the failure too.
func (e *Engine) Flush(ctx context.Context) error {
	target := uint64(0)
	for {
		if err := e.takeTurn(ctx); err != nil {
			return err
		}
		if target == 0 {
			target = e.Next() - 1
		}
		e.mu.RLock()
		progress := e.progress
		e.mu.RUnlock()
		if e.current().first <= target {
			e.tryFreeze() // without room for it, the next progress makes some
		}
		e.giveTurn()
		if e.Durable() >= target {
			return nil
		}
		select {
		case <-progress:
		case <-ctx.Done():
			if text := e.Stats().WriteError; text != "" {
				return fmt.Errorf("flushing: %w; writing fails: %s", ctx.Err(), text)
			}
			return fmt.Errorf("flushing: %w", ctx.Err())
		case <-e.life.Done():
			return ErrClosed
		}
	}
}
