package query

import (
	"unicode"
	"unicode/utf8"
)

// A word of a Text field is a maximal run of letters, digits and underscores
// (Unicode), in lower case. This file is the only definition of it: the index,
// phrases and highlighting all cut words with WordScanner.

// shortWord is the length in bytes up to which a WordScanner keeps a word
// without allocating.
const shortWord = 64

// WordScanner cuts a text into words. The zero value scans nothing; Reset
// gives it a text. It is not safe for concurrent use.
//
//	var s query.WordScanner
//	for s.Reset(text); s.Next(); {
//		use(s.Word(), s.Start(), s.End())
//	}
type WordScanner struct {
	text       string
	start, end int
	n          int
	foreign    bool // the word has letters outside ASCII, in lower case
	short      [shortWord]byte
	long       []byte
}

// Reset starts at the beginning of text.
func (s *WordScanner) Reset(text string) {
	s.text, s.start, s.end, s.n = text, 0, 0, 0
}

// Next goes to the next word and tells whether there is one. It allocates for
// words longer than 64 bytes only, and keeps that memory.
func (s *WordScanner) Next() bool {
	text, i := s.text, s.end
	for i < len(text) && wordBytes[text[i]] == separatorClass {
		i++
	}
	if i < len(text) && text[i] >= utf8.RuneSelf {
		i = wordStart(text, i)
	}
	s.start = i
	if i == len(text) {
		s.end, s.n = i, 0
		return false
	}
	rest := text[i:]
	if len(rest) > shortWord {
		rest = rest[:shortWord]
	}
	n := 0
	for n < len(rest) {
		c := wordBytes[rest[n]]
		if c < firstByteClass {
			break
		}
		s.short[n] = c
		n++
	}
	i += n
	s.end, s.n, s.foreign = i, n, false
	if i < len(text) && (n == shortWord || text[i] >= utf8.RuneSelf) {
		s.finish()
	}
	return true
}

// finish reads the rest of a word that is long or has letters outside ASCII.
func (s *WordScanner) finish() {
	s.long = append(s.long[:0], s.short[:s.n]...)
	for s.end < len(s.text) {
		r, size := wordRune(s.text[s.end:])
		if r == 0 {
			break
		}
		s.long = utf8.AppendRune(s.long, r)
		s.foreign = s.foreign || r >= utf8.RuneSelf
		s.end += size
	}
	if s.n = len(s.long); s.n <= shortWord {
		copy(s.short[:], s.long)
	}
}

// Word is the word in lower case. It is valid until the next call of Next.
func (s *WordScanner) Word() []byte {
	if s.n > shortWord {
		return s.long[:s.n]
	}
	return s.short[:s.n]
}

// Start is where the word begins in the text, in bytes.
func (s *WordScanner) Start() int { return s.start }

// End is where the word ends in the text, in bytes.
func (s *WordScanner) End() int { return s.end }

// Words returns the words of text in their order, or nil.
func Words(text string) []string {
	var words []string
	var s WordScanner
	for s.Reset(text); s.Next(); {
		words = append(words, string(s.Word()))
	}
	return words
}

// The classes of bytes in wordBytes; higher values are the lower case of an
// ASCII character that words are made of.
const (
	separatorClass = 0
	foreignClass   = 1 // part of a character outside ASCII
	firstByteClass = 2
)

var wordBytes = func() (t [256]byte) {
	for c := range 256 {
		switch {
		case c >= utf8.RuneSelf:
			t[c] = foreignClass
		case c == '_' || unicode.IsLetter(rune(c)) || unicode.IsDigit(rune(c)):
			t[c] = lowerASCII(byte(c))
		}
	}
	return t
}()

// wordRune returns the lower case of the first character of s and its length
// in bytes; 0 if words are not made of it. s is not empty.
func wordRune(s string) (rune, int) {
	if c := wordBytes[s[0]]; c != foreignClass {
		return rune(c), 1
	}
	r, size := utf8.DecodeRuneInString(s)
	return lowerWordRune(r), size
}

func lowerWordRune(r rune) rune {
	if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
		return 0
	}
	return unicode.ToLower(r)
}

// wordStart returns where the first word of s at or after i begins, or len(s).
func wordStart(s string, i int) int {
	for i < len(s) {
		switch c := wordBytes[s[i]]; {
		case c >= firstByteClass:
			return i
		case c == separatorClass:
			i++
		default:
			r, size := wordRune(s[i:])
			if r != 0 {
				return i
			}
			i += size
		}
	}
	return i
}

// wordEnd returns where the word that begins at i ends.
func wordEnd(s string, i int) int {
	for i < len(s) {
		c := wordBytes[s[i]]
		if c >= firstByteClass {
			i++
			continue
		}
		if c == separatorClass {
			return i
		}
		r, size := wordRune(s[i:])
		if r == 0 {
			return i
		}
		i += size
	}
	return i
}

// lastWord returns the borders of the last word of s; ok is false if there is
// none.
func lastWord(s string) (start, end int, ok bool) {
	end = len(s)
	for end > 0 {
		r, size := lastWordRune(s[:end])
		if r != 0 {
			break
		}
		end -= size
	}
	start = end
	for start > 0 {
		r, size := lastWordRune(s[:start])
		if r == 0 {
			break
		}
		start -= size
	}
	return start, end, end > 0
}

// lastWordRune is wordRune for the last character of s.
func lastWordRune(s string) (rune, int) {
	if c := wordBytes[s[len(s)-1]]; c != foreignClass {
		return rune(c), 1
	}
	r, size := utf8.DecodeLastRuneInString(s)
	return lowerWordRune(r), size
}
