package ask

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestTop compares with sorting everything.
func TestTop(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 8))
	for _, limit := range []int{0, 1, 3, 50, 2000} {
		best := newTop(limit, cmp.Compare[int])
		var all []int
		dropped := 0
		for range 1000 {
			v := random.IntN(500)
			all = append(all, v)
			if best.wants(v) {
				dropped += len(best.add(v))
			}
		}
		dropped += len(best.settle())
		slices.Sort(all)
		if want := all[:min(limit, len(all))]; !slices.Equal(best.items, want) {
			t.Errorf("limit %d: %v, want %v", limit, best.items, want)
		}
	}
}
