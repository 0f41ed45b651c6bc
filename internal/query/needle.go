package query

import "strings"

// needle finds an ASCII word in texts without case. The search runs from one
// occurrence to the next of the word's rarest byte, which the machine finds
// many bytes at a time.
type needle struct {
	word  string // in lower case
	ascii bool   // index may be used
	// oddCase: a letter of the word is also the lower case of a letter outside
	// ASCII, which index does not find.
	oddCase      bool
	rare         int // the place in word of its rarest byte
	lower, upper byte
}

// frequent lists the bytes that are most frequent in mail logs, the most
// frequent first; others are rarer.
const frequent = "e0taoinrs-1m.=lcd2:3p<>4u5fh6b78g,/ [](9x@vykw_zqj"

// newNeedle prepares the search for a word, which is not empty.
func newNeedle(word string) needle {
	n := needle{word: word, ascii: isASCII(word), oddCase: strings.ContainsAny(word, "ki")}
	best := -1
	for i := range len(word) {
		rank := strings.IndexByte(frequent, word[i])
		if rank < 0 {
			rank = len(frequent)
		}
		if word[i]-'a' < 26 {
			rank -= 4 // letters have two cases to look for
		}
		if rank > best {
			best, n.rare = rank, i
		}
	}
	n.lower = word[n.rare]
	n.upper = n.lower
	if n.lower-'a' < 26 {
		n.upper = n.lower - ('a' - 'A')
	}
	return n
}

// seen is what a search knows of the text behind its place: the next
// occurrence of the rarest byte in either case, -1 if not known. One seen serves
// all calls of index on one text, so that no part of it is looked at again.
type seen struct{ low, up int }

// index returns the first place of the word in text at or after from, or -1.
// Borders do not matter.
func (n *needle) index(text string, from int, s *seen) int {
	at := from + n.rare
	last := len(text) - (len(n.word) - n.rare)
	for at <= last {
		if s.low < at {
			s.low = nextByte(text, at, n.lower)
		}
		next := s.low
		if n.upper != n.lower {
			if s.up < at {
				s.up = nextByte(text, at, n.upper)
			}
			next = min(next, s.up)
		}
		if next > last {
			return -1
		}
		if start := next - n.rare; equalLower(text[start:start+len(n.word)], n.word) {
			return start
		}
		at = next + 1
	}
	return -1
}

// nextByte returns the first place of c in text at or after from, or len(text).
func nextByte(text string, from int, c byte) int {
	if i := strings.IndexByte(text[from:], c); i >= 0 {
		return from + i
	}
	return len(text)
}

// equalLower tells whether s, which is as long as word, is word without case.
func equalLower(s, word string) bool {
	for i := range len(word) {
		if c := s[i]; c != word[i] && lowerASCII(c) != word[i] {
			return false
		}
	}
	return true
}
