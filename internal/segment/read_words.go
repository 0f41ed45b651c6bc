package segment

import (
	"encoding/binary"
	"math/bits"

	"github.com/cespare/xxhash/v2"

	"rastro/internal/event"
)

// Run is the rows from From up to, and without, End.
type Run struct{ From, End uint32 }

// allOf is the runs that leave out nothing.
func allOf(rows int) []Run { return []Run{{0, uint32(rows)}} }

// within tells whether a row lies in one of the runs. Rows ascend from call to
// call; runs that end before them are cut off.
func within(runs *[]Run, row int) bool {
	for len(*runs) > 0 && (*runs)[0].End <= uint32(row) {
		*runs = (*runs)[1:]
	}
	return len(*runs) > 0 && (*runs)[0].From <= uint32(row)
}

// WordRuns: see Block.
func (g *group) WordRuns(f event.Field, words []string) ([]Run, error) {
	id := columnExtra
	if f != event.NoField {
		id = column(f)
	}
	r, err := g.column(id)
	if err != nil {
		return allOf(g.meta.Rows), err
	}
	defer r.done()
	index := g.file.index.Load()
	if index.words == nil || !index.words.columns[id] || index.words.groups[g.number].size == 0 {
		return allOf(g.meta.Rows), nil
	}
	l := wordLookup{reader: r, place: index.words.groups[g.number]}
	if err := l.open(); err != nil {
		return nil, err
	}
	pages := index.groups[g.number].stretches(index.words.rows)
	l.left, l.found = newStretches(max(1, len(pages))), newStretches(max(1, len(pages)))
	l.left.fill()
	for _, word := range words {
		if any, err := l.word(word, id); err != nil || !any {
			return nil, err
		}
	}
	return l.left.runs(pages, g.meta.Rows), nil
}

// stretches is what cuts the rows of the group: so many rows each, or 0 for the
// pages of lines.
func (g *groupIndex) stretches(rows int) []pageIndex {
	if rows > 0 {
		out := make([]pageIndex, 0, (g.rows+rows-1)/rows)
		for at := 0; at < g.rows; at += rows {
			out = append(out, pageIndex{first: int32(at), end: int32(min(at+rows, g.rows))})
		}
		return out
	}
	for _, id := range stretchColumns {
		if c := g.chunks[id]; c != nil {
			return c.pages
		}
	}
	return nil
}

// wordLookup looks words up in the index of one row group.
type wordLookup struct {
	*reader
	place place
	head  *wordHead
	left  stretchSet // stretches that may hold all words so far
	found stretchSet // of the present word
}

// open reads the head of the index, or takes it from the cache.
func (l *wordLookup) open() error {
	cache := l.group.file.opts.Cache
	key := cacheKey{file: l.group.file.id, group: int32(l.group.number), part: partWords}
	if head, ok := cache.get(key).(*wordHead); ok {
		l.head = head
		return nil
	}
	// Most heads are shorter than this.
	want := min(l.place.size, 2048)
	raw, err := l.bytes(place{l.place.offset, want})
	if err != nil {
		return err
	}
	if len(raw) >= 4 {
		if need := int64(wordHeadFixed+wordSumBytes) + 4*int64(binary.LittleEndian.Uint32(raw)); need > int64(want) && need <= int64(l.place.size) {
			if raw, err = l.bytes(place{l.place.offset, int32(need)}); err != nil {
				return err
			}
		}
	}
	head, err := parseWordHead(raw, l.place.size)
	if err != nil {
		return l.wrap(err)
	}
	l.head = head
	cache.put(key, head, int64(4*len(head.ends)+64))
	return nil
}

// word leaves those stretches that may hold a word, and tells whether there
// are any. Words that the line has stand under the line only.
func (l *wordLookup) word(word string, id column) (bool, error) {
	l.found.clear()
	hash := xxhash.Sum64String(word)
	if err := l.stretches(saltedWord(hash, messageSalt)); err != nil {
		return false, err
	}
	if id != column(event.Message) {
		if err := l.stretches(saltedWord(hash, worded[id])); err != nil {
			return false, err
		}
	}
	return l.left.both(l.found), nil
}

// checkWords reads the whole index of words and compares its checksums.
func (g *group) checkWords() error {
	r, err := g.column(columnRID)
	if err != nil {
		return err
	}
	defer r.done()
	index := g.file.index.Load()
	if index.words == nil || index.words.groups[g.number].size == 0 {
		return nil
	}
	l := wordLookup{reader: r, place: index.words.groups[g.number]}
	if err := l.open(); err != nil {
		return err
	}
	from := uint32(0)
	for _, end := range l.head.ends {
		raw, err := l.bytes(place{l.place.offset + int64(l.head.size) + int64(from), int32(end - from)})
		if err == nil {
			err = lookup(raw, 0, l.head.bits, func(uint32) {})
		}
		if err != nil {
			return l.wrap(err)
		}
		from = end
	}
	return nil
}

// stretches adds those of a hash to found.
func (l *wordLookup) stretches(hash uint64) error {
	slice, key := l.head.locate(hash)
	from := uint32(0)
	if slice > 0 {
		from = l.head.ends[slice-1]
	}
	raw, err := l.bytes(place{l.place.offset + int64(l.head.size) + int64(from), int32(l.head.ends[slice] - from)})
	if err != nil {
		return err
	}
	err = lookup(raw, key, l.head.bits, func(stretch uint32) {
		if stretch == l.head.everywhere() {
			l.found.fill()
		} else {
			l.found.add(stretch)
		}
	})
	if err != nil {
		return l.wrap(err)
	}
	return nil
}

// stretchSet is a set of n stretches.
type stretchSet struct {
	n    int
	bits []uint64
}

func newStretches(n int) stretchSet { return stretchSet{n, make([]uint64, (n+63)>>6)} }

func (s stretchSet) clear() { clear(s.bits) }

func (s stretchSet) fill() {
	for i := range s.n {
		s.bits[i>>6] |= 1 << (i & 63)
	}
}

func (s stretchSet) add(i uint32) {
	if int(i) < s.n {
		s.bits[i>>6] |= 1 << (i & 63)
	}
}

// both leaves what is in other too and tells whether that is anything.
func (s stretchSet) both(other stretchSet) bool {
	any := uint64(0)
	for i := range s.bits {
		s.bits[i] &= other.bits[i]
		any |= s.bits[i]
	}
	return any != 0
}

// runs returns the rows of the stretches, neighbours as one run.
func (s stretchSet) runs(pages []pageIndex, rows int) []Run {
	if len(pages) == 0 {
		return allOf(rows)
	}
	var out []Run
	for i, word := range s.bits {
		for ; word != 0; word &= word - 1 {
			p := pages[i<<6+bits.TrailingZeros64(word)]
			if n := len(out); n > 0 && out[n-1].End == uint32(p.first) {
				out[n-1].End = uint32(p.end)
				continue
			}
			out = append(out, Run{uint32(p.first), uint32(p.end)})
		}
	}
	return out
}
