package reply

import (
	"bytes"
	"math/bits"
)

const (
	// maxText is how much of an answer is looked at. Answers are lines of up to
	// 512 bytes; what explains them stands at their beginning.
	maxText = 1024
	// maxPatterns bounds the patterns of a book, maxPattern the bytes of one.
	maxPatterns = 4096
	maxPattern  = 200
	// gram is the number of bytes by which a pattern is found.
	gram = 4
)

// fold appends s as it is compared: ASCII in lower case, blanks and line ends
// as one blank, one blank before and behind, and without the codes that begin
// the answer and each of its further lines. A log joins these by a blank:
// "550-5.1.1 The account 550-5.1.1 does not exist". Addresses and names of
// hosts are left out where they are known for such: a domain called
// nospam.example says nothing about the reason.
func fold(dst []byte, s string, code int) []byte {
	dst = append(dst, ' ')
	begin, word := true, 1
	for i := 0; i < len(s) && len(dst) < maxText; i++ {
		c := s[i]
		if c <= ' ' {
			if !begin {
				dst = append(trim(dst, word), ' ')
			}
			begin, word = true, len(dst)
			continue
		}
		if begin && digit(c) {
			if n := prefix(s[i:], code, len(dst) == 1); n > 0 {
				i += n - 1
				continue
			}
		}
		if c-'A' < 26 {
			c += 'a' - 'A'
		}
		dst = append(dst, c)
		begin = false
	}
	if !begin {
		dst = append(trim(dst, word), ' ')
	}
	return dst
}

// trim takes an address, and a host's name with its IP address behind it, out
// of the word at dst[from:]: "<a@b.example>:" and "mx.b.example[192.0.2.1]:25".
func trim(dst []byte, from int) []byte {
	word := dst[from:]
	if bytes.IndexByte(word, '@') > 0 {
		return append(dst[:from], '@')
	}
	if i := bytes.IndexByte(word, '['); i > 0 && bytes.IndexByte(word[:i], '.') > 0 {
		return append(dst[:from], word[i:]...)
	}
	if bytes.HasPrefix(word, nameIs) {
		return dst[:from+len(nameIs)]
	}
	return dst
}

// nameIs stands before the name that Postfix looked up.
var nameIs = []byte("name=")

// prefix returns the length of the codes that a line of an answer begins with,
// the blank behind them included; 0 if s begins with something else.
func prefix(s string, code int, first bool) int {
	n := basicCode(s)
	if n == 0 || code != 0 && n != code || len(s) < 5 {
		return 0
	}
	dsn := enhancedCode(s[4:])
	if dsn == "" {
		if s[3] == '-' || first {
			return 4
		}
		return 0
	}
	end := 4 + len(dsn)
	if end < len(s) && s[end] == ' ' {
		end++
	}
	return end
}

// hits is the set of the patterns that a text holds.
type hits [maxPatterns / 64]uint64

func (h *hits) add(i int)      { h[i>>6] |= 1 << (i & 63) }
func (h *hits) has(i int) bool { return h[i>>6]&(1<<(i&63)) != 0 }

// next returns the first member from i on, -1 if there is none.
func (h *hits) next(i int) int {
	for w := i >> 6; w < len(h); w++ {
		set := h[w]
		if w == i>>6 {
			set = set >> (i & 63) << (i & 63)
		}
		if set != 0 {
			return w<<6 + bits.TrailingZeros64(set)
		}
	}
	return -1
}

// pattern is a text to find: its parts in this order, anything between them.
type pattern struct {
	parts    [][]byte
	rule     *rule     // what it speaks for
	provider *provider // or the provider that it gives away
}

// in tells whether text holds all parts.
func (p *pattern) in(text []byte) bool {
	for _, part := range p.parts {
		i := bytes.Index(text, part)
		if i < 0 {
			return false
		}
		text = text[i+len(part):]
	}
	return true
}

// patterns finds many patterns in one pass: each waits in a table under four
// of its bytes, the rarest that it has.
type patterns struct {
	list   []pattern
	starts [tableSize + 1]uint16
	places []place
}

// place is where a pattern is looked for: its bytes stand at an offset in its
// only part, or in one of several (offset -1).
type place struct {
	index  uint16
	offset int16
}

const tableBits, tableSize = 15, 1 << 15

func slot(b []byte) uint32 {
	_ = b[3]
	return (uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24) * 0x9e3779b1 >> (32 - tableBits)
}

// scan adds the patterns in text to seen.
func (ps *patterns) scan(text []byte, seen *hits) {
	var tried hits
	for i := 0; i+gram <= len(text); i++ {
		s := slot(text[i:])
		for _, at := range ps.places[ps.starts[s]:ps.starts[s+1]] {
			n := int(at.index)
			if seen.has(n) || tried.has(n) {
				continue
			}
			p := &ps.list[n]
			if at.offset < 0 {
				tried.add(n)
				if p.in(text) {
					seen.add(n)
				}
				continue
			}
			if from := i - int(at.offset); from >= 0 && bytes.HasPrefix(text[from:], p.parts[0]) {
				seen.add(n)
			}
		}
	}
}

// build fills the table for the patterns of list.
func (ps *patterns) build() {
	common := make(map[uint32]int)
	for i := range ps.list {
		for _, part := range ps.list[i].parts {
			for at := 0; at+gram <= len(part); at++ {
				common[slot(part[at:])]++
			}
		}
	}
	type entry struct {
		slot uint32
		place
	}
	table := make([][]place, tableSize)
	for i := range ps.list {
		best := entry{place: place{index: uint16(i)}}
		fewest := -1
		for _, part := range ps.list[i].parts {
			for at := 0; at+gram <= len(part); at++ {
				s := slot(part[at:])
				if fewest >= 0 && common[s] >= fewest {
					continue
				}
				fewest, best.slot, best.offset = common[s], s, int16(at)
			}
		}
		if len(ps.list[i].parts) > 1 {
			best.offset = -1
		}
		table[best.slot] = append(table[best.slot], best.place)
	}
	ps.places = ps.places[:0]
	for s := range table {
		ps.starts[s] = uint16(len(ps.places))
		ps.places = append(ps.places, table[s]...)
	}
	ps.starts[tableSize] = uint16(len(ps.places))
}
