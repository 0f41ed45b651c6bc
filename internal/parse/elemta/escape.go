package elemta

import (
	"encoding/json"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// quote writes s as a JSON string.
func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil { // cannot happen: strings always marshal
		return `""`
	}
	return string(b)
}

// validEscape tells whether s starts with what may follow a backslash.
func validEscape(s string) bool {
	switch s[0] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return true
	case 'u':
		_, ok := hex4(s[1:])
		return ok
	}
	return false
}

// unescape resolves the backslashes of a JSON string's body. What is no valid
// escape is kept as written.
func unescape(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch c := s[i]; c {
		case '"', '\\', '/':
			b.WriteByte(c)
		case 'b':
			b.WriteByte('\b')
		case 'f':
			b.WriteByte('\f')
		case 'n':
			b.WriteByte('\n')
		case 'r':
			b.WriteByte('\r')
		case 't':
			b.WriteByte('\t')
		case 'u':
			i += unescapeRune(&b, s[i+1:])
		default:
			b.WriteByte('\\')
			b.WriteByte(c)
		}
	}
	return b.String()
}

// unescapeRune writes the rune whose hex digits s starts with, joined with the
// second half of a surrogate pair, and returns how many bytes of s it used.
func unescapeRune(b *strings.Builder, s string) int {
	r, ok := hex4(s)
	if !ok {
		b.WriteString(`\u`)
		return 0
	}
	if utf16.IsSurrogate(r) {
		if len(s) >= 10 && s[4] == '\\' && s[5] == 'u' {
			if low, ok := hex4(s[6:]); ok {
				if both := utf16.DecodeRune(r, low); both != utf8.RuneError {
					b.WriteRune(both)
					return 10
				}
			}
		}
		r = utf8.RuneError
	}
	b.WriteRune(r)
	return 4
}

// hex4 reads four hex digits.
func hex4(s string) (r rune, ok bool) {
	if len(s) < 4 {
		return 0, false
	}
	for i := range 4 {
		c := s[i]
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}
