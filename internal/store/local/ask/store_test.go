package ask_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/segment"
	"rastro/internal/store"
	"rastro/internal/store/local/ask"
	"rastro/internal/store/storetest"
)

// sealRows makes many small blocks of few events.
const sealRows = 30

// blockStore is a store without files: a list of blocks in memory. It shows
// that the executor keeps the contract, whatever the engine below it does.
type blockStore struct {
	workers int

	mu      sync.Mutex
	sealed  []segment.Block
	tail    *segment.Builder
	next    uint64
	durable uint64
	days    map[string]int64
}

func newBlockStore(workers int) *blockStore {
	return &blockStore{workers: workers, tail: segment.NewBuilder(), next: 1, days: make(map[string]int64)}
}

func (s *blockStore) Append(_ context.Context, events []event.Event) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range events {
		e := &events[i]
		if e.RID < s.next {
			continue
		}
		if e.RID > s.next {
			return fmt.Errorf("event %d where %d is due", e.RID, s.next)
		}
		s.tail.Add(e)
		s.days[time.Unix(0, e.Time).UTC().Format(time.DateOnly)]++
		s.next++
		if s.tail.Rows() >= sealRows {
			s.seal()
		}
	}
	return nil
}

// seal puts the tail into the list.
func (s *blockStore) seal() {
	if b := s.tail.Snapshot(); b != nil {
		s.sealed = append(s.sealed, b)
		s.tail = segment.NewBuilder()
	}
}

func (s *blockStore) Next() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.next
}

func (s *blockStore) Durable() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.durable
}

func (s *blockStore) Flush(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seal()
	s.durable = s.next - 1
	return nil
}

func (s *blockStore) blocks() []segment.Block {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := append([]segment.Block(nil), s.sealed...)
	if b := s.tail.Snapshot(); b != nil {
		list = append(list, b)
	}
	return list
}

func (s *blockStore) Ask(ctx context.Context, q query.Question) (query.Answer, error) {
	return ask.TestSource{Blocks: s.blocks(), Workers: s.workers}.Ask(ctx, q)
}

func (s *blockStore) Retain(_ context.Context, p store.Policy, now time.Time) (store.Removed, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var removed store.Removed
	kept := s.sealed[:0:0]
	for _, b := range s.sealed {
		if _, last := b.TimeRange(); p.KeepFor > 0 && last < now.Add(-p.KeepFor).UnixNano() {
			removed.Segments++
			removed.Events += int64(b.Rows())
			continue
		}
		kept = append(kept, b)
	}
	s.sealed = kept
	for _, r := range p.Rules {
		day := now.Add(-r.KeepFor).UTC().Truncate(24 * time.Hour).UnixNano()
		old := query.Range{Field: query.FieldOf(event.Timestamp), To: query.Bound{Set: true, Int: day}}
		n, err := s.erase(query.And{Filters: []query.Filter{r.Filter, old}})
		if err != nil {
			return removed, err
		}
		removed = removed.Add(n)
	}
	return removed, nil
}

func (s *blockStore) Erase(_ context.Context, f query.Filter) (store.Removed, error) {
	if query.HasIn(f) {
		return store.Removed{}, query.ErrNeedsStore
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.erase(f)
}

// erase builds the list anew from the events that do not match.
func (s *blockStore) erase(f query.Filter) (store.Removed, error) {
	s.seal()
	if f == nil {
		f = query.All{}
	}
	source := ask.TestSource{Blocks: s.sealed, Workers: s.workers}
	a, err := source.Ask(context.Background(), query.Question{Filter: query.Not{Filter: f}, Limit: int(s.next), Count: query.CountExact})
	if err != nil {
		return store.Removed{}, err
	}
	before := 0
	for _, b := range s.sealed {
		before += b.Rows()
	}
	slices.SortFunc(a.Hits, func(a, b query.Hit) int { return int(a.Event.RID) - int(b.Event.RID) })
	s.sealed, s.days = nil, make(map[string]int64)
	for i := range a.Hits {
		s.tail.Add(&a.Hits[i].Event)
		s.days[time.Unix(0, a.Hits[i].Event.Time).UTC().Format(time.DateOnly)]++
		if s.tail.Rows() >= sealRows {
			s.seal()
		}
	}
	s.seal()
	return store.Removed{Events: int64(before - len(a.Hits))}, nil
}

func (s *blockStore) Stats() store.Stats {
	var st store.Stats
	for i, b := range s.blocks() {
		first, last := b.TimeRange()
		if i == 0 {
			st.Oldest, st.Newest = first, last
		}
		st.Oldest, st.Newest = min(st.Oldest, first), max(st.Newest, last)
		st.Events += int64(b.Rows())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	st.TailEvents = int64(s.tail.Rows())
	for day, n := range s.days {
		st.Days = append(st.Days, query.DayStats{Day: day, Events: n})
	}
	return st
}

func (s *blockStore) Close() error { return nil }

func TestExecutorContract(t *testing.T) {
	t.Parallel()
	for _, workers := range []int{1, 4} {
		t.Run(fmt.Sprintf("%d workers", workers), func(t *testing.T) {
			t.Parallel()
			storetest.Run(t, func(*testing.T) store.Store { return newBlockStore(workers) })
		})
	}
}
