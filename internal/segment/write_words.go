package segment

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"sync"

	"github.com/cespare/xxhash/v2"

	"rastro/internal/event"
)

// wordSet collects the words of a row group with the stretches that hold them.
type wordSet struct {
	slots   []uint32 // by hash: number of the entry and one; 0 for none
	entries []wordEntry
	pairs   []wordPair
	values  []uint32
	counts  []uint32
}

// wordEntry is one distinct word of one column.
type wordEntry struct {
	hash  uint64
	last  uint32 // the stretch that held it last
	count int32  // stretches that hold it; -1 when it was written as everywhere
}

type wordPair struct{ entry, stretch uint32 }

var wordSets = sync.Pool{New: func() any { return &wordSet{slots: make([]uint32, 1<<12)} }}

// reset makes the set empty, with memory for what so many mail lines hold.
func (s *wordSet) reset(rows int) {
	clear(s.slots)
	s.entries, s.pairs = resized(s.entries, 2*rows)[:0], resized(s.pairs, 4*rows)[:0]
}

// find returns the slot of a hash.
func (s *wordSet) find(hash uint64) *uint32 {
	mask := uint64(len(s.slots) - 1)
	for at := hash >> 20 & mask; ; at = (at + 1) & mask {
		slot := &s.slots[at]
		if *slot == 0 || s.entries[*slot-1].hash == hash {
			return slot
		}
	}
}

// add notes that a stretch holds a word, and returns the word's entry.
// Stretches come in ascending order.
func (s *wordSet) add(hash uint64, stretch uint32) uint32 {
	slot := s.find(hash)
	if *slot > 0 {
		s.again(*slot-1, stretch)
		return *slot - 1
	}
	entry := uint32(len(s.entries))
	s.entries = append(s.entries, wordEntry{hash: hash, last: stretch, count: 1})
	*slot = entry + 1
	s.pairs = append(s.pairs, wordPair{entry, stretch})
	if 2*len(s.entries) > len(s.slots) {
		s.grow()
	}
	return entry
}

// again notes that a stretch holds the word of an entry.
func (s *wordSet) again(entry, stretch uint32) {
	if e := &s.entries[entry]; e.last != stretch {
		e.last = stretch
		e.count++
		s.pairs = append(s.pairs, wordPair{entry, stretch})
	}
}

// holds tells whether the present stretch, the last one, holds a word.
func (s *wordSet) holds(hash uint64, stretch uint32) bool {
	slot := s.find(hash)
	return *slot != 0 && s.entries[*slot-1].last == stretch
}

func (s *wordSet) grow() {
	s.slots = make([]uint32, 2*len(s.slots))
	for i := range s.entries {
		*s.find(s.entries[i].hash) = uint32(i) + 1
	}
}

// encode writes the index of words. stretches is their number.
func (s *wordSet) encode(stretches int) []byte {
	stretchBits := uint(bits.Len(uint(stretches)))
	pair := pairBits{wordKeyBits, stretchBits}
	everywhere := uint32(1)<<stretchBits - 1
	limit := int32(max(stretches/everywhereShare, 1))
	kept := s.pairs[:0]
	for _, p := range s.pairs {
		switch e := &s.entries[p.entry]; {
		case e.count < 0:
		case e.count > limit:
			e.count = -1
			kept = append(kept, wordPair{p.entry, everywhere})
		default:
			kept = append(kept, p)
		}
	}
	parts := max(1, (len(kept)+wordsPerSlice-1)/wordsPerSlice)
	s.values, s.counts = resized(s.values, len(kept)), resized(s.counts, parts+1)
	clear(s.counts)
	for _, p := range kept {
		part, _ := wordPlace(s.entries[p.entry].hash, parts, wordKeyBits)
		s.counts[part+1]++
	}
	for i := range parts {
		s.counts[i+1] += s.counts[i]
	}
	for _, p := range kept { // counts moves on from the start of each part to its end
		part, key := wordPlace(s.entries[p.entry].hash, parts, wordKeyBits)
		s.values[s.counts[part]] = key<<stretchBits | p.stretch
		s.counts[part]++
	}
	head := headBytes(parts)
	out := make([]byte, head, head+len(kept)*2+parts*8)
	binary.LittleEndian.PutUint32(out, uint32(parts))
	out[4], out[5] = byte(stretchBits), wordKeyBits
	from := uint32(0)
	for i, end := range s.counts[:parts] {
		part := s.values[from:end]
		from = end
		slices.Sort(part)
		out = appendSlice(out, part, pair)
		binary.LittleEndian.PutUint32(out[wordHeadFixed+4*i:], uint32(len(out)-head))
	}
	binary.LittleEndian.PutUint64(out[head-wordSumBytes:], xxhash.Sum64(out[:head-wordSumBytes]))
	return out
}

// writeWords writes the index of words of the row group whose columns have
// just been written.
func (w *writer) writeWords(from, end int) {
	if w.opts.Words == nil {
		return
	}
	s := wordSets.Get().(*wordSet)
	defer wordSets.Put(s)
	s.reset(end - from)
	c := w.newWordCutter(s, from, end)
	for row := from; row < end; row++ {
		c.row(row, uint32((row-from)/stretchRows))
	}
	at := place{offset: w.out.offset}
	data := s.encode((end - from + stretchRows - 1) / stretchRows)
	if len(data) <= maxWordsBytes {
		at.size = int32(len(data))
		w.out.write(data)
	}
	w.words.groups = append(w.words.groups, at)
}

// wordCutter puts the words of rows into a set.
type wordCutter struct {
	set     *wordSet
	cut     func(text string, object bool, visit func(word []byte))
	src     *source
	from    int
	lines   []string   // of Message, nil for none
	built   *lineWords // in place of lines, nil for none
	logs    []string   // of LogMessage, where they are no part of the line
	starts  *sourceColumn
	lengths *sourceColumn
	extras  []string
	dicts   []wordDict

	stretch uint32
	salt    uint64
	first   func(word []byte)
	further func(word []byte)
}

// wordDict is a text column with a dictionary; seen holds for each entry the
// stretch, and one, in which its words were taken last.
type wordDict struct {
	salt uint64
	col  Strings
	seen []uint32
}

var messageSalt = wordSalt(column(event.Message))

func (w *writer) newWordCutter(s *wordSet, from, end int) *wordCutter {
	c := &wordCutter{set: s, cut: w.opts.Words, src: w.src, from: from}
	for i := range w.src.columns {
		col := &w.src.columns[i]
		switch salt, text := worded[col.id]; {
		case col.id == columnStart:
			c.starts = col
		case col.id == columnLength:
			c.lengths = col
		case col.id == columnExtra:
			c.extras = col.texts
		case col.id == column(event.Message):
			c.lines = col.texts
		case col.id == column(event.LogMessage):
			c.logs = col.texts
		case text && col.strings.Dict != nil:
			c.dicts = append(c.dicts, wordDict{salt, col.strings, make([]uint32, len(col.strings.Dict))})
		}
	}
	if w.lines.encodes(from) {
		c.built, c.lines, c.starts, c.lengths, c.logs = c.newLineWords(w.lines), nil, nil, nil, nil
		for i := range w.columns {
			if w.columns[i].id == column(event.LogMessage) {
				c.logs = w.columns[i].texts // those that no template holds
			}
		}
	}
	c.first = func(word []byte) { s.add(saltedWord(xxhash.Sum64(word), messageSalt), c.stretch) }
	// What the line says too is not noted twice: readers look for both.
	c.further = func(word []byte) {
		hash := xxhash.Sum64(word)
		if !s.holds(saltedWord(hash, messageSalt), c.stretch) {
			s.add(saltedWord(hash, c.salt), c.stretch)
		}
	}
	return c
}

// row takes the words of a row.
func (c *wordCutter) row(row int, stretch uint32) {
	again := row > c.from && stretch == c.stretch
	c.stretch, c.salt = stretch, worded[column(event.LogMessage)]
	if c.built != nil {
		c.built.row(row)
	} else if c.lines != nil {
		line := c.lines[row]
		if again {
			line = line[samePart(c.lines[row-1], line):]
		}
		c.cut(line, false, c.first)
	}
	if c.starts != nil && c.starts.numbers.Has(row) {
		c.part(row)
	} else if c.logs != nil && c.logs[row] != "" {
		c.cut(c.logs[row], false, c.further)
	}
	if c.extras != nil && c.extras[row] != "" {
		c.salt = worded[columnExtra]
		c.cut(c.extras[row], true, c.further)
	}
	for i := range c.dicts {
		d := &c.dicts[i]
		code := d.col.Codes[c.src.rows[row]]
		if entry := d.col.Dict[code]; entry != "" && d.seen[code] != stretch+1 {
			d.seen[code] = stretch + 1
			c.salt = d.salt
			c.cut(entry, false, c.further)
		}
	}
}

// part takes the words of a LogMessage that is a part of its line. They are
// those of the line unless its ends cut a word.
func (c *wordCutter) part(row int) {
	line := c.lines[row]
	start := int(c.starts.numbers.Bits[row])
	end := len(line)
	if c.lengths != nil && c.lengths.numbers.Has(row) {
		end = start + int(c.lengths.numbers.Bits[row])
	}
	if !cleanCut(line, start) || !cleanCut(line, end) {
		c.cut(line[start:end], false, c.further)
	}
}

// samePart is how many bytes at the start of line are whole words that the line
// before it has there too, such as its time.
func samePart(before, line string) int {
	n := 0
	for n < len(line) && n < len(before) && line[n] == before[n] {
		n++
	}
	for n > 0 && !parts[line[n-1]] {
		n--
	}
	return n
}

// cleanCut tells whether a cut at a place of the text surely cuts no word. A
// byte of ASCII beside it that is in no word says so.
func cleanCut(text string, at int) bool {
	return at == 0 || at == len(text) || parts[text[at-1]] || parts[text[at]]
}

// parts are the bytes that surely stand in no word, whatever words are.
var parts = func() (t [256]bool) {
	for _, c := range []byte(" \t[](){}<>\"':;,=") {
		t[c] = true
	}
	return t
}()
