// Package rowset holds sets of the rows of one block of events.
//
// What comes in are row numbers, runs of rows and codes of dictionaries; what
// goes out are sets, lists and runs. The package never reads a file and knows
// nothing of fields.
package rowset

import (
	"math/bits"

	"rastro/internal/segment"
)

// Set is a set of the rows of one block, 64 rows a word. Bits beyond the
// last row are always clear.
type Set []uint64

// All makes the set of the rows 0 to n-1.
func All(n int) Set {
	set := make(Set, (n+63)/64)
	for i := range set {
		set[i] = ^uint64(0)
	}
	if n%64 != 0 {
		set[len(set)-1] = 1<<(n%64) - 1
	}
	return set
}

// Of makes the set of some rows, each named once, of a block of n rows.
func Of(n int, rows []uint32) Set {
	if len(rows) == n {
		return All(n)
	}
	set := make(Set, (n+63)/64)
	for _, r := range rows {
		set.Add(r)
	}
	return set
}

// Has tells whether a row is in the set.
func (s Set) Has(row uint32) bool { return s[row>>6]&(1<<(row&63)) != 0 }

// Add adds a row.
func (s Set) Add(row uint32) { s[row>>6] |= 1 << (row & 63) }

// Drop removes a row.
func (s Set) Drop(row uint32) { s[row>>6] &^= 1 << (row & 63) }

// Clone copies the set.
func (s Set) Clone() Set { return append(Set(nil), s...) }

// Clear makes the set empty.
func (s Set) Clear() { clear(s) }

// AddRun adds a run of rows.
func (s Set) AddRun(r segment.Run) {
	for row := r.From; row < r.End; {
		at := row & 63
		n := min(64-at, r.End-row)
		s[row>>6] |= (1<<n - 1) << at
		row += n
	}
}

// Both removes the rows that are not in other.
func (s Set) Both(other Set) {
	for i := range s {
		s[i] &= other[i]
	}
}

// Minus removes the rows of other.
func (s Set) Minus(other Set) {
	for i := range s {
		s[i] &^= other[i]
	}
}

// Plus adds the rows of other.
func (s Set) Plus(other Set) {
	for i := range s {
		s[i] |= other[i]
	}
}

// Empty tells whether no row is in the set.
func (s Set) Empty() bool {
	for _, w := range s {
		if w != 0 {
			return false
		}
	}
	return true
}

// Count is the number of rows.
func (s Set) Count() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// Runs returns the rows as runs, where rows closer than runGap to each other
// make one.
func (s Set) Runs() []segment.Run {
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

// List appends the rows to dst, ascending.
func (s Set) List(dst []uint32) []uint32 {
	for i, w := range s {
		if w == ^uint64(0) {
			for bit := range uint32(64) {
				dst = append(dst, uint32(i<<6)+bit)
			}
			continue
		}
		for w != 0 {
			dst = append(dst, uint32(i<<6+bits.TrailingZeros64(w)))
			w &= w - 1
		}
	}
	return dst
}

// Keep removes the rows for which ok is false.
func (s Set) Keep(ok func(row uint32) bool) {
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

// KeepCodes removes the rows whose code is not wanted: wanted holds 1 for each
// code that is, 0 for the others.
func (s Set) KeepCodes(codes []uint32, wanted []uint8) {
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
