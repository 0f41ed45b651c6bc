package exim

import (
	"strings"
	"unicode/utf8"

	"rastro/internal/parse/lex"
)

// maxAddress bounds how far one address is looked for, in bytes.
const maxAddress = 4096

// cutID takes a message id and the blank behind it off s. Exim makes ids of
// letters and digits, 6-6-2 until 4.96 and 6-11-4 since.
func cutID(s string) (id, rest string) {
	n := idSize(s)
	switch {
	case n == 0:
		return "", s
	case n == len(s):
		return s, ""
	case s[n] == ' ':
		return s[:n], s[n+1:]
	}
	return "", s
}

// idSize returns the length of the message id that s begins with, 0 if none.
func idSize(s string) int {
	if len(s) < 16 || s[6] != '-' {
		return 0
	}
	n := 16
	dash := 13
	if s[dash] != '-' {
		if n, dash = 23, 18; len(s) < n || s[dash] != '-' {
			return 0
		}
	}
	for i := range n {
		if i != 6 && i != dash && !lex.Alnum(s[i]) {
			return 0
		}
	}
	return n
}

// cutAddress takes <address> off the front of s. A quoted local part may hold
// anything, angle brackets and blanks too.
func cutAddress(s string) (addr, rest string, ok bool) {
	if s == "" || s[0] != '<' {
		return "", s, false
	}
	limit := min(len(s), maxAddress)
	i := 1
	if end := quoteEnd(s[1:limit]); end > 0 {
		i += end
	}
	end := strings.IndexByte(s[i:limit], '>')
	if end < 0 {
		return "", s, false
	}
	return s[1 : i+end], s[i+end+1:], true
}

// cutWord takes everything up to the next blank off s, a quoted local part
// being no reason to stop.
func cutWord(s string) (word, rest string) {
	i := quoteEnd(s[:min(len(s), maxAddress)])
	if end := strings.IndexByte(s[i:], ' '); end >= 0 {
		return s[:i+end], s[i+end:]
	}
	return s, ""
}

// quoteEnd returns the place behind the quoted local part that s begins with, 0
// if there is none.
func quoteEnd(s string) int {
	if s == "" || s[0] != '"' {
		return 0
	}
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			if i+1 < len(s) && s[i+1] == '@' {
				return i + 1
			}
			return 0
		}
	}
	return 0
}

// duration reads a time as Exim writes it, "3m45s", "1w2d", "0.021s", in
// seconds.
func duration(s string) (seconds float64, ok bool) {
	for s != "" {
		i, n, unit := 0, 0.0, 0.0
		for i < len(s) && i < 10 && lex.Digit(s[i]) {
			n = n*10 + float64(s[i]-'0')
			i++
		}
		digits := i
		if i > 0 && i < len(s) && s[i] == '.' {
			scale := 1.0
			for i++; i < len(s) && i-digits < 8 && lex.Digit(s[i]); i++ {
				n = n*10 + float64(s[i]-'0')
				scale *= 10
			}
			n /= scale
		}
		if digits == 0 || i == len(s) {
			return 0, false
		}
		switch s[i] {
		case 's':
			unit = 1
		case 'm':
			unit = 60
		case 'h':
			unit = 3600
		case 'd':
			unit = 86400
		case 'w':
			unit = 7 * 86400
		default:
			return 0, false
		}
		seconds, ok = seconds+n*unit, true
		s = s[i+1:]
	}
	return seconds, ok
}

// unescape takes the backslashes out of a text in quotes: \" and \\ as Exim
// quotes them, and the octal \303 of bytes that it does not print. What would
// not be UTF-8 is left as it is, and so are control characters.
func unescape(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '\\' && i+1 < len(s) {
			switch next := s[i+1]; {
			case next == '"' || next == '\\':
				i++
				c = next
			case next >= '2' && next <= '3' && i+3 < len(s) && isOctal(s[i+2]) && isOctal(s[i+3]):
				c = (next-'0')<<6 | (s[i+2]-'0')<<3 | (s[i+3] - '0')
				i += 3
			}
		}
		b = append(b, c)
	}
	for cut := 0; cut < utf8.UTFMax && cut < len(b); cut++ { // Exim may have cut inside a character
		if utf8.Valid(b[:len(b)-cut]) {
			return string(b[:len(b)-cut])
		}
	}
	return s
}

func isOctal(c byte) bool { return c >= '0' && c <= '7' }
