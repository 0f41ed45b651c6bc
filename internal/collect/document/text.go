package document

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// AppendText appends the text that stands between the quotes of a JSON string.
// Bytes that are no UTF-8 stay as they are; half of a surrogate pair becomes
// U+FFFD; an escape that the end has cut off is left out.
func AppendText(dst, raw []byte) []byte {
	for {
		n := bytes.IndexByte(raw, '\\')
		if n < 0 {
			return append(dst, raw...)
		}
		dst = append(dst, raw[:n]...)
		raw = raw[n+1:]
		if len(raw) == 0 {
			return dst
		}
		if raw[0] == 'u' {
			r, size := unicodeAt(raw[1:])
			if size == 0 {
				return dst
			}
			dst = utf8.AppendRune(dst, r)
			raw = raw[1+size:]
			continue
		}
		dst = append(dst, plain(raw[0]))
		raw = raw[1:]
	}
}

// unicodeAt reads what follows \u, and the second half of a pair with it.
func unicodeAt(b []byte) (r rune, size int) {
	r, ok := fourHex(b)
	if !ok {
		return 0, 0
	}
	if !utf16.IsSurrogate(r) {
		return r, 4
	}
	if len(b) >= 6 && b[4] == '\\' && b[5] == 'u' {
		if low, ok := fourHex(b[6:]); ok {
			if both := utf16.DecodeRune(r, low); both != utf8.RuneError {
				return both, 10
			}
		}
	}
	return utf8.RuneError, 4
}

// plain is the byte that an escape of one letter stands for.
func plain(c byte) byte {
	switch c {
	case 'n':
		return '\n'
	case 't':
		return '\t'
	case 'r':
		return '\r'
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	}
	return c
}

// Inside returns what stands between the quotes of a JSON string, and whether
// it is one. The closing quote is missing where the string is unfinished.
func Inside(raw []byte, unfinished bool) ([]byte, bool) {
	if len(raw) == 0 || raw[0] != '"' {
		return nil, false
	}
	if unfinished {
		return raw[1:], true
	}
	return raw[1 : len(raw)-1], true
}

// Bare takes the quotes off: numbers come as strings too.
func Bare(raw []byte) []byte {
	if text, ok := Inside(raw, false); ok {
		return text
	}
	return raw
}
