package local

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestRowSet compares the set with a list of booleans.
func TestRowSet(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(5, 6))
	for _, n := range []int{1, 63, 64, 65, 128, 1000} {
		a, b := make([]bool, n), make([]bool, n)
		var rows []uint32
		for i := range n {
			a[i], b[i] = random.IntN(2) == 0, random.IntN(3) == 0
			if a[i] {
				rows = append(rows, uint32(i))
			}
		}
		set, other := rowsOf(n, rows), allRows(n)
		other.keep(func(row uint32) bool { return b[row] })
		codes, wanted := make([]uint32, n), []uint8{0, 1, 0, 1, 1}
		for i := range codes {
			codes[i] = uint32(random.IntN(len(wanted)))
		}
		coded, codedAll := set.clone(), allRows(n)
		coded.keepCodes(codes, wanted)
		codedAll.keepCodes(codes, wanted)
		minus, plus := set.clone(), set.clone()
		minus.minus(other)
		plus.plus(other)
		for i := range n {
			row := uint32(i)
			if set.has(row) != a[i] || minus.has(row) != (a[i] && !b[i]) || plus.has(row) != (a[i] || b[i]) ||
				coded.has(row) != (a[i] && wanted[codes[i]] == 1) || codedAll.has(row) != (wanted[codes[i]] == 1) {
				t.Fatalf("row %d of %d", i, n)
			}
		}
		if set.count() != len(rows) || !slices.Equal(set.list(nil), rows) || set.empty() != (len(rows) == 0) {
			t.Errorf("%d rows: count %d, list %v", n, set.count(), set.list(nil))
		}
		if all := allRows(n); all.count() != n {
			t.Errorf("allRows(%d) has %d rows", n, all.count())
		}
		set.clear()
		if !set.empty() {
			t.Errorf("%d rows: not empty after clear", n)
		}
	}
}

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
