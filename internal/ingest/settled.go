package ingest

import (
	"context"
	"sync"
)

// settling follows how far the store is behind the journal. Both numbers are
// RIDs: the one after the last event.
type settling struct {
	mu              sync.Mutex
	durable, stored uint64
	// moved is closed when stored grows; nil while nobody waits.
	moved chan struct{}
}

// Settled waits until everything that was acknowledged before the call is in
// the store, where questions find it. It returns ctx's error when that ends
// first, and ErrStopped when the belt has ended before: what is missing then
// comes back from the journal at the next start.
func (b *Belt) Settled(ctx context.Context) error {
	s := &b.settling
	s.mu.Lock()
	want := s.durable
	s.mu.Unlock()
	for {
		s.mu.Lock()
		if s.stored >= want {
			s.mu.Unlock()
			return nil
		}
		if s.moved == nil {
			s.moved = make(chan struct{})
		}
		moved := s.moved
		s.mu.Unlock()
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		case <-b.done:
			return s.ended(want)
		}
	}
}

// ended is what Settled says when nothing moves any more.
func (s *settling) ended(want uint64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stored >= want {
		return nil
	}
	return ErrStopped
}

// committed notes that all events before next are durable. It comes before the
// acknowledgements.
func (s *settling) committed(next uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.durable = max(s.durable, next)
}

// reached notes that the store has all events before next.
func (s *settling) reached(next uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stored = max(s.stored, next)
	if s.moved != nil {
		close(s.moved)
		s.moved = nil
	}
}
