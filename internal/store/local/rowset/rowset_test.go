package rowset

import (
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
		set, other := Of(n, rows), All(n)
		other.Keep(func(row uint32) bool { return b[row] })
		codes, wanted := make([]uint32, n), []uint8{0, 1, 0, 1, 1}
		for i := range codes {
			codes[i] = uint32(random.IntN(len(wanted)))
		}
		coded, codedAll := set.Clone(), All(n)
		coded.KeepCodes(codes, wanted)
		codedAll.KeepCodes(codes, wanted)
		minus, plus := set.Clone(), set.Clone()
		minus.Minus(other)
		plus.Plus(other)
		for i := range n {
			row := uint32(i)
			if set.Has(row) != a[i] || minus.Has(row) != (a[i] && !b[i]) || plus.Has(row) != (a[i] || b[i]) ||
				coded.Has(row) != (a[i] && wanted[codes[i]] == 1) || codedAll.Has(row) != (wanted[codes[i]] == 1) {
				t.Fatalf("row %d of %d", i, n)
			}
		}
		if set.Count() != len(rows) || !slices.Equal(set.List(nil), rows) || set.Empty() != (len(rows) == 0) {
			t.Errorf("%d rows: count %d, list %v", n, set.Count(), set.List(nil))
		}
		if all := All(n); all.Count() != n {
			t.Errorf("All(%d) has %d rows", n, all.Count())
		}
		set.Clear()
		if !set.Empty() {
			t.Errorf("%d rows: not empty after clear", n)
		}
	}
}
