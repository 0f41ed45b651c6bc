package local

import (
	"math/bits"

	"rastro/internal/segment"
)

// rowSet is a set of the rows of one block, 64 rows a word. Bits beyond the
// last row are always clear.
type rowSet []uint64

// allRows makes the set of the rows 0 to n-1.
func allRows(n int) rowSet {
	set := make(rowSet, (n+63)/64)
	for i := range set {
		set[i] = ^uint64(0)
	}
	if n%64 != 0 {
		set[len(set)-1] = 1<<(n%64) - 1
	}
	return set
}

// rowsOf makes the set of some rows of a block of n rows.
func rowsOf(n int, rows []uint32) rowSet {
	set := make(rowSet, (n+63)/64)
	for _, r := range rows {
		set.add(r)
	}
	return set
}

func (s rowSet) has(row uint32) bool { return s[row>>6]&(1<<(row&63)) != 0 }
func (s rowSet) add(row uint32)      { s[row>>6] |= 1 << (row & 63) }
func (s rowSet) drop(row uint32)     { s[row>>6] &^= 1 << (row & 63) }

func (s rowSet) clone() rowSet { return append(rowSet(nil), s...) }

// clear makes the set empty.
func (s rowSet) clear() { clear(s) }

// addRun adds a run of rows.
func (s rowSet) addRun(r segment.Run) {
	for row := r.From; row < r.End; {
		at := row & 63
		n := min(64-at, r.End-row)
		s[row>>6] |= (1<<n - 1) << at
		row += n
	}
}

// both removes the rows that are not in other.
func (s rowSet) both(other rowSet) {
	for i := range s {
		s[i] &= other[i]
	}
}

// minus removes the rows of other.
func (s rowSet) minus(other rowSet) {
	for i := range s {
		s[i] &^= other[i]
	}
}

// plus adds the rows of other.
func (s rowSet) plus(other rowSet) {
	for i := range s {
		s[i] |= other[i]
	}
}

func (s rowSet) empty() bool {
	for _, w := range s {
		if w != 0 {
			return false
		}
	}
	return true
}

func (s rowSet) count() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// runs returns the rows as runs, where rows closer than runGap to each other
// make one.
func (s rowSet) runs() []segment.Run {
	runs := []segment.Run{}
	for i, w := range s {
		if w == 0 {
			continue
		}
		from, end := uint32(i<<6+bits.TrailingZeros64(w)), uint32(i<<6+bits.Len64(w))
		if n := len(runs); n > 0 && from < runs[n-1].End+runGap {
			runs[n-1].End = end
			continue
		}
		runs = append(runs, segment.Run{From: from, End: end})
	}
	return runs
}

// runGap is fewer rows than most pages of lines hold.
const runGap = 128

// list appends the rows to dst, ascending.
func (s rowSet) list(dst []uint32) []uint32 {
	for i, w := range s {
		for w != 0 {
			dst = append(dst, uint32(i<<6+bits.TrailingZeros64(w)))
			w &= w - 1
		}
	}
	return dst
}

// keep removes the rows for which ok is false.
func (s rowSet) keep(ok func(row uint32) bool) {
	for i, w := range s {
		for rest := w; rest != 0; rest &= rest - 1 {
			bit := rest & -rest
			if !ok(uint32(i<<6 + bits.TrailingZeros64(rest))) {
				w &^= bit
			}
		}
		s[i] = w
	}
}

// keepCodes removes the rows whose code is not wanted: wanted holds 1 for each
// code that is, 0 for the others.
func (s rowSet) keepCodes(codes []uint32, wanted []uint8) {
	for i, w := range s {
		if w == 0 {
			continue
		}
		run := codes[i<<6 : min(i<<6+64, len(codes))]
		var kept uint64
		if w == ^uint64(0) {
			for j, c := range run {
				kept |= uint64(wanted[c]) << j
			}
		} else {
			for rest := w; rest != 0; rest &= rest - 1 {
				j := bits.TrailingZeros64(rest)
				kept |= uint64(wanted[run[j]]) << j
			}
		}
		s[i] = kept
	}
}
