package envelope

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// members walks over the members of one JSON object without building it. It is
// lenient: it finds where values end and does not check what is inside them.
type members struct {
	s   string // the object, from { on
	at  int    // where the next member is looked for
	bad bool   // the text is no object after all
}

// next returns the next member; the value is as written, quotes included. ok is
// false at the end of the object, with at behind the }, or where it is bad.
func (m *members) next() (name, value string, ok bool) {
	i := m.space(m.at)
	if m.at == 0 {
		i = m.space(1)
	} else if i < len(m.s) && m.s[i] == ',' {
		i = m.space(i + 1)
	} else if i >= len(m.s) || m.s[i] != '}' {
		return m.fail()
	}
	if i < len(m.s) && m.s[i] == '}' {
		m.at = i + 1
		return "", "", false
	}
	end := stringEnd(m.s, i)
	if end < 0 {
		return m.fail()
	}
	name = m.s[i+1 : end-1]
	i = m.space(end)
	if i >= len(m.s) || m.s[i] != ':' {
		return m.fail()
	}
	i = m.space(i + 1)
	end = valueEnd(m.s, i)
	if end <= i {
		return m.fail()
	}
	m.at = end
	return name, m.s[i:end], true
}

func (m *members) fail() (name, value string, ok bool) {
	m.bad = true
	return "", "", false
}

func (m *members) space(i int) int {
	for i < len(m.s) && (m.s[i] == ' ' || m.s[i] == '\t' || m.s[i] == '\n' || m.s[i] == '\r') {
		i++
	}
	return i
}

// stringEnd returns the place behind the string that begins at s[i], -1 if
// there is none.
func stringEnd(s string, i int) int {
	if i >= len(s) || s[i] != '"' {
		return -1
	}
	for at := i + 1; ; {
		n := strings.IndexByte(s[at:], '"')
		if n < 0 {
			return -1
		}
		at += n
		back := at - 1
		for s[back] == '\\' {
			back--
		}
		at++
		if (at-back)%2 == 0 { // an even number of backslashes
			return at
		}
	}
}

// valueEnd returns the place behind the value at s[i], -1 if it has no end.
func valueEnd(s string, i int) int {
	if i >= len(s) {
		return -1
	}
	switch s[i] {
	case '"':
		return stringEnd(s, i)
	case '{', '[':
	default:
		for i < len(s) && s[i] > ' ' && s[i] != ',' && s[i] != '}' && s[i] != ']' {
			i++
		}
		return i
	}
	for depth := 0; i < len(s); i++ {
		switch s[i] {
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		case '"':
			end := stringEnd(s, i)
			if end < 0 {
				return -1
			}
			i = end - 1
		}
	}
	return -1
}

// unquote returns the text of a JSON string as written, quotes included. It
// copies only where there is an escape. Escapes that mean nothing stay.
func unquote(quoted string) string {
	s := quoted[1 : len(quoted)-1]
	at := strings.IndexByte(s, '\\')
	if at < 0 {
		return s
	}
	text := make([]byte, 0, len(s))
	for {
		text = append(text, s[:at]...)
		s = s[at:]
		if s == "" {
			return string(text)
		}
		var n int
		text, n = unescape(text, s)
		s = s[n:]
		if at = strings.IndexByte(s, '\\'); at < 0 {
			at = len(s)
		}
	}
}

// unquoteLine is unquote without the line end that a container's log keeps. It
// does not copy where that is the only escape.
func unquoteLine(quoted string) string {
	s := quoted[1 : len(quoted)-1]
	if at := strings.IndexByte(s, '\\'); at >= 0 && at == len(s)-2 && s[at+1] == 'n' {
		return s[:at]
	}
	return trimLineEnd(unquote(quoted))
}

// trimLineEnd drops one line end.
func trimLineEnd(s string) string {
	return strings.TrimSuffix(strings.TrimSuffix(s, "\n"), "\r")
}

// unescape appends what the escape at the beginning of s means and returns the
// escape's length.
func unescape(text []byte, s string) ([]byte, int) {
	if len(s) < 2 {
		return append(text, s...), len(s)
	}
	switch c := s[1]; c {
	case '"', '\\', '/':
		return append(text, c), 2
	case 'n':
		return append(text, '\n'), 2
	case 't':
		return append(text, '\t'), 2
	case 'r':
		return append(text, '\r'), 2
	case 'b':
		return append(text, '\b'), 2
	case 'f':
		return append(text, '\f'), 2
	case 'u':
		r := hex4(s[2:])
		if r < 0 {
			return append(text, s[:2]...), 2
		}
		if utf16.IsSurrogate(r) {
			if len(s) >= 12 && s[6] == '\\' && s[7] == 'u' {
				if pair := utf16.DecodeRune(r, hex4(s[8:])); pair != utf8.RuneError {
					return utf8.AppendRune(text, pair), 12
				}
			}
			r = utf8.RuneError
		}
		return utf8.AppendRune(text, r), 6
	}
	return append(text, s[:2]...), 2
}

// hex4 reads four hexadecimal digits, -1 if there are none.
func hex4(s string) rune {
	if len(s) < 4 {
		return -1
	}
	var r rune
	for i := range 4 {
		c := s[i]
		switch {
		case digit(c):
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return -1
		}
		r = r<<4 | rune(c)
	}
	return r
}
