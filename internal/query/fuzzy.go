package query

import "strings"

// maxEdits is the largest distance of a Fuzzy.
const maxEdits = 2

// edits matches values within a few edits of a word: a character more, less or
// other, or two neighbours swapped.
type edits struct {
	fold bool
	want []rune
	max  int
}

func newEdits(value string, distance int, fold bool) *edits {
	return &edits{fold: fold, want: runesOf(value, fold), max: min(max(distance, 0), maxEdits)}
}

// band is the number of cells of a row of the distance table that can hold a
// distance of at most maxEdits: the diagonal and maxEdits to either side.
const band = 2*maxEdits + 1

// match tells whether the distance between s and the word is at most max. It
// takes time proportional to the shorter of the two and does not allocate.
func (e *edits) match(s string) bool {
	const far = maxEdits + 1
	// Cell k of the row for i characters of s is the distance to the first
	// i+k-maxEdits characters of the word.
	var before, above, row [band]int
	for k := range above {
		above[k] = far
		if j := k - maxEdits; j >= 0 && j <= len(e.want) {
			above[k] = j
		}
	}
	previous := rune(anyOne)
	i := 0
	for s != "" {
		r, size := nextFolded(s, e.fold)
		s = s[size:]
		i++
		if i > len(e.want)+e.max {
			return false
		}
		least := far
		for k := range row {
			row[k] = e.cell(i, k, r, previous, &before, &above, &row)
			least = min(least, row[k])
		}
		if least > e.max {
			return false
		}
		before, above = above, row
		previous = r
	}
	k := len(e.want) - i + maxEdits
	return k >= 0 && k < band && above[k] <= e.max
}

// cell fills cell k of the row for i characters, the last of which are
// previous and r.
func (e *edits) cell(i, k int, r, previous rune, before, above, row *[band]int) int {
	const far = maxEdits + 1
	j := i + k - maxEdits
	if j < 0 || j > len(e.want) {
		return far
	}
	if j == 0 {
		return min(i, far)
	}
	d := above[k] // the character of s is another one or the same
	if r != e.want[j-1] {
		d++
	}
	if k+1 < band {
		d = min(d, above[k+1]+1) // one more in s
	}
	if k > 0 {
		d = min(d, row[k-1]+1) // one less in s
	}
	if i > 1 && j > 1 && r == e.want[j-2] && previous == e.want[j-1] {
		d = min(d, before[k]+1)
	}
	return min(d, far)
}

// fuzzyMatch makes the predicate of a Fuzzy on one value or word.
func fuzzyMatch(f Fuzzy, fold bool) func(string) bool {
	if f.Same <= 0 {
		return newEdits(f.Value, f.Distance, fold).match
	}
	runes := []rune(f.Value)
	same := min(f.Same, len(runes))
	rest := newEdits(string(runes[same:]), f.Distance, fold)
	head := string(runes[:same])
	if fold {
		head = Fold(head)
	}
	return func(s string) bool {
		tail, ok := strings.CutPrefix(s, head)
		if fold {
			tail, ok = cutFoldedPrefix(s, head)
		}
		return ok && rest.match(tail)
	}
}
