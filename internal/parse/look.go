package parse

import (
	"strings"
	"unicode/utf8"
)

// looks says what in a text needs a closer look.
type looks struct {
	control bool // bytes below a blank, or DEL
	wide    bool // bytes that are not ASCII
	escape  bool // a backslash
	suspect bool // a word that stands before secrets
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
	cases = 0x2020202020202020
)

// look goes over a text once, eight bytes at a time, as every line has to pass
// it. A byte of a word w is zero in w^pattern where it equals the pattern's,
// and (x-ones)&^x&highs is not zero if a byte of x is zero. Secrets are
// announced by words that are told by two of their letters.
func look(s string) (l looks) {
	last := len(s) - 9
	if last < 0 {
		l.add(s)
		l.suspect = suspectNear(s, 0)
		return l
	}
	var control, wide, escape uint64
	for i := 0; ; i += 8 {
		i = min(i, last)
		t := s[i : i+9]
		w := eight(t)
		back := w ^ '\\'*ones
		del := w ^ 0x7f*ones
		control |= (w-' '*ones)&^w | (del-ones)&^del
		escape |= (back - ones) &^ back
		wide |= w

		a := w | cases
		b := a>>8 | uint64(t[8]|0x20)<<56
		ss := (a ^ 's'*ones) | (b ^ 's'*ones) // pass
		th := (a ^ 't'*ones) | (b ^ 'h'*ones) // auth
		gi := (a ^ 'g'*ones) | (b ^ 'i'*ones) // login
		pe := (a ^ 'p'*ones) | (b ^ '='*ones) // resp=
		ne := (a ^ '!'*ones) | (b ^ '='*ones) // != '
		zero := (ss-ones)&^ss | (th-ones)&^th | (gi-ones)&^gi | (pe-ones)&^pe | (ne-ones)&^ne
		if zero&highs != 0 && !l.suspect {
			l.suspect = suspectNear(s, i)
		}
		if i == last {
			break
		}
	}
	l.control, l.wide, l.escape = control&highs != 0, wide&highs != 0, escape&highs != 0
	l.add(s[len(s)-1:])
	return l
}

// add looks at the bytes of s one by one.
func (l *looks) add(s string) {
	for i := range len(s) {
		l.control = l.control || s[i] < ' ' || s[i] == 0x7f
		l.wide = l.wide || s[i] >= utf8.RuneSelf
		l.escape = l.escape || s[i] == '\\'
	}
}

// eight reads the first eight bytes of s as one number, the first byte lowest.
func eight(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// suspectNear looks for the whole words around the eight bytes at s[i:].
func suspectNear(s string, i int) bool {
	for j, end := max(0, i-4), min(len(s), i+9); j < end; j++ {
		switch s[j] | 0x20 {
		case 'p':
			if foldPrefix(s[j:], "pass") {
				return true
			}
		case 'a':
			if foldPrefix(s[j:], "auth") {
				return true
			}
		case 'l':
			if foldPrefix(s[j:], "login ") {
				return true
			}
		case 'r':
			if foldPrefix(s[j:], "resp=") {
				return true
			}
		case '!':
			if strings.HasPrefix(s[j:], "!= '") {
				return true
			}
		}
	}
	return false
}

// foldPrefix tells whether s begins with word, which is in lower case.
func foldPrefix(s, word string) bool {
	if len(s) < len(word) {
		return false
	}
	for i := range len(word) {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		if c != word[i] {
			return false
		}
	}
	return true
}
