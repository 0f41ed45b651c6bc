package query

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"rastro/internal/event"
)

// badByte is added to a byte that is no UTF-8 to make a rune no text has, so
// that such bytes equal themselves and nothing else.
const badByte = unicode.MaxRune + 1

// Folds tells whether values of the field compare without case.
func (r FieldRef) Folds() bool {
	if r.Field == event.NoField {
		return !r.Exact
	}
	info := event.Describe(r.Field)
	return info.Fold || info.Kind == event.IP || r.HasWords()
}

// HasWords tells whether the field is searched by its words: a Text field
// without Exact.
func (r FieldRef) HasWords() bool {
	return r.Field != event.NoField && r.Field.Kind() == event.Text && !r.Exact
}

// Canonical brings one value of a field into the form in which values are
// compared: two values are equal when their canonical forms are the same
// bytes. Addresses of an IP field are written as netip does, IPv4 in IPv6
// unwrapped; fields that fold are folded; others stay as they are. It does not
// allocate where the value has that form already.
func Canonical(ref FieldRef, value string) string {
	if ref.Field != event.NoField && ref.Field.Kind() == event.IP {
		return canonicalAddr(value)
	}
	if ref.Folds() {
		return Fold(value)
	}
	return value
}

// Fold returns s in the one form that all spellings of s share which differ
// only in case (Unicode simple case folding). ASCII letters become lower case.
// Bytes that are no UTF-8 stay as they are.
func Fold(s string) string {
	i := 0
	for i < len(s) && s[i] < utf8.RuneSelf && !isUpper(s[i]) {
		i++
	}
	if i == len(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	b.WriteString(s[:i])
	for i < len(s) {
		c := s[i]
		if c < utf8.RuneSelf {
			b.WriteByte(lowerASCII(c))
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			b.WriteByte(c)
		} else {
			b.WriteRune(foldRune(r))
		}
		i += size
	}
	return b.String()
}

// foldRune returns the representative of all runes that differ from r only in
// case: the lower case of the smallest of them.
func foldRune(r rune) rune {
	if r < utf8.RuneSelf {
		return rune(lowerASCII(byte(r)))
	}
	least, alone := r, true
	for o := unicode.SimpleFold(r); o != r; o = unicode.SimpleFold(o) {
		alone = false
		least = min(least, o)
	}
	if alone {
		return r
	}
	return unicode.ToLower(least)
}

// nextFolded returns the first rune of s, folded when fold is set, and its
// length in bytes. s is not empty.
func nextFolded(s string, fold bool) (rune, int) {
	if c := s[0]; c < utf8.RuneSelf {
		if fold {
			c = lowerASCII(c)
		}
		return rune(c), 1
	}
	r, size := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && size == 1 {
		return badByte + rune(s[0]), 1
	}
	if fold {
		r = foldRune(r)
	}
	return r, size
}

// runesOf splits s into runes as nextFolded does.
func runesOf(s string, fold bool) []rune {
	runes := make([]rune, 0, len(s))
	for s != "" {
		r, size := nextFolded(s, fold)
		runes = append(runes, r)
		s = s[size:]
	}
	return runes
}

// cutFoldedPrefix cuts the folded string prefix off s, compared without case.
func cutFoldedPrefix(s, prefix string) (rest string, ok bool) {
	i := 0
	for i < len(s) && i < len(prefix) && s[i] < utf8.RuneSelf {
		if lowerASCII(s[i]) != prefix[i] {
			// A letter outside ASCII may fold to an ASCII one, never the
			// other way round, so this is final.
			return "", false
		}
		i++
	}
	s, prefix = s[i:], prefix[i:]
	for prefix != "" {
		if s == "" {
			return "", false
		}
		r, size := nextFolded(s, true)
		p, width := nextFolded(prefix, false)
		if r != p {
			return "", false
		}
		s, prefix = s[size:], prefix[width:]
	}
	return s, true
}

// equalFolded tells whether s folds to the folded string folded.
func equalFolded(s, folded string) bool {
	rest, ok := cutFoldedPrefix(s, folded)
	return ok && rest == ""
}

// compareFolded compares Fold(s) with the folded string folded, byte by byte.
func compareFolded(s, folded string) int {
	for s != "" && folded != "" && s[0] < utf8.RuneSelf {
		if c := lowerASCII(s[0]); c != folded[0] {
			return int(c) - int(folded[0])
		}
		s, folded = s[1:], folded[1:]
	}
	return strings.Compare(Fold(s), folded)
}

func isUpper(c byte) bool { return c-'A' < 26 }

func lowerASCII(c byte) byte {
	if isUpper(c) {
		c += 'a' - 'A'
	}
	return c
}
