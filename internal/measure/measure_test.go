package measure

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestSpread(t *testing.T) {
	t.Parallel()
	s := NewSpread(1, 10)
	for _, v := range []float64{0, 1, 1.5, 10, 11, 1000} {
		s.Add(v)
	}
	if !slices.Equal(s.Counts, []uint64{2, 2, 2}) || s.Sum != 1023.5 || s.Count() != 6 {
		t.Errorf("%+v", s)
	}
	kept := s.Clone()
	s.Merge(kept)
	if s.Count() != 12 || s.Sum != 2047 || kept.Count() != 6 {
		t.Errorf("%+v, the copy %+v", s, kept)
	}
}

func TestBusyCountsWhatOverlapsAndWhatStillRuns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var b Busy
		if b.Total() != 0 || b.Running() != 0 {
			t.Errorf("%v, %d at the start", b.Total(), b.Running())
		}
		first := b.Begin()
		time.Sleep(2 * time.Second)
		second := b.Begin()
		time.Sleep(3 * time.Second)
		if got := b.Total(); got != 8*time.Second || b.Running() != 2 {
			t.Errorf("5 s and 3 s that run are %v of %d", got, b.Running())
		}
		if took := b.End(first); took != 5*time.Second {
			t.Errorf("took %v", took)
		}
		time.Sleep(time.Second)
		b.End(second)
		time.Sleep(time.Hour)
		if got := b.Total(); got != 9*time.Second {
			t.Errorf("5 s and 4 s are %v", got)
		}
	})
}

func TestBusyIsSafe(t *testing.T) {
	t.Parallel()
	var b Busy
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 100 {
				at := b.Begin()
				b.Total()
				b.End(at)
			}
		})
	}
	all.Wait()
	if b.Running() != 0 || b.Total() <= 0 {
		t.Errorf("%d run, %v", b.Running(), b.Total())
	}
}
