// Package measure is what rooms count their own work with: how values spread
// over sizes, and how long work took that may overlap.
//
// What comes in are values and moments; what goes out are totals since the
// start. It starts nothing, knows no room and forgets nothing.
package measure

import (
	"slices"
	"sync"
	"time"
)

// Spread counts values by size. It is plain data: the owner guards it. Make it
// with NewSpread.
type Spread struct {
	// Bounds are the upper ends of the buckets, inclusive, ascending. They are
	// shared between copies and never changed.
	Bounds []float64
	// Counts are the values of each bucket; the last one, beyond all bounds, has
	// no bound of its own.
	Counts []uint64
	// Sum is the sum of all values.
	Sum float64
}

// NewSpread makes a Spread with these bounds, which must ascend.
func NewSpread(bounds ...float64) Spread {
	return Spread{Bounds: bounds, Counts: make([]uint64, len(bounds)+1)}
}

// Add counts one value.
func (s *Spread) Add(v float64) {
	i := 0
	for i < len(s.Bounds) && v > s.Bounds[i] {
		i++
	}
	s.Counts[i]++
	s.Sum += v
}

// Merge adds the values of another Spread with the same bounds.
func (s *Spread) Merge(more Spread) {
	for i, n := range more.Counts {
		s.Counts[i] += n
	}
	s.Sum += more.Sum
}

// Clone returns a copy that Add and Merge do not reach.
func (s Spread) Clone() Spread {
	s.Counts = slices.Clone(s.Counts)
	return s
}

// Count returns how many values there were.
func (s Spread) Count() (n uint64) {
	for _, c := range s.Counts {
		n += c
	}
	return n
}

// Busy adds up the time of work that may overlap; what still runs counts as far
// as it has come, so that work that is stuck can be seen. The zero Busy is ready
// for use. It is safe for concurrent use.
type Busy struct {
	mu      sync.Mutex
	done    time.Duration
	running int64
	// began is the sum of the beginnings of what runs, counted from zero.
	began time.Duration
	zero  time.Time
}

// Begin notes that work begins now; the moment is what End wants.
func (b *Busy) Begin() time.Time {
	now := time.Now()
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.zero.IsZero() {
		b.zero = now
	}
	b.running++
	b.began += now.Sub(b.zero)
	return now
}

// End notes that the work that began then is done, and returns how long it took.
func (b *Busy) End(began time.Time) time.Duration {
	took := time.Since(began)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.running--
	b.began -= began.Sub(b.zero)
	b.done += took
	return took
}

// Total returns the time of all work until now.
func (b *Busy) Total() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.running == 0 {
		return b.done
	}
	return b.done + time.Duration(b.running)*time.Since(b.zero) - b.began
}

// Running returns how much work runs now.
func (b *Busy) Running() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return int(b.running)
}
