package dovecot

import (
	"strings"
	"unicode/utf8"
)

// angle takes <address> off the front of s; without brackets it is the first
// word.
func angle(s string) string {
	if rest, ok := strings.CutPrefix(s, "<"); ok {
		addr, _, _ := strings.Cut(rest, ">")
		return addr
	}
	word, _, _ := strings.Cut(s, " ")
	return word
}

// unquote takes the quotation marks off a mailbox name.
func unquote(s string) string {
	if len(s) >= 2 && s[0] == '\'' && s[len(s)-1] == '\'' {
		return s[1 : len(s)-1]
	}
	return s
}

// number reads a whole number of up to 18 digits.
func number(s string) (n int64, ok bool) {
	if s == "" || len(s) > 18 {
		return 0, false
	}
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int64(s[i]-'0')
	}
	return n, true
}

// leadingNumber reads the digits at the front of s.
func leadingNumber(s string) (n int64, ok bool) {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	return number(s[:i])
}

// isIP tells whether s looks like an IPv4 or IPv6 address.
func isIP(s string) bool {
	if len(s) < 2 || len(s) > 64 {
		return false
	}
	mark := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '.' || c == ':':
			mark = true
		case c == '%' && mark: // zone of a link-local address
			return true
		case (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'f'):
			return false
		}
	}
	return mark
}

// lower lower-cases an address and leaves bytes that are not UTF-8 alone. It
// allocates only where there is something to change.
func lower(s string) string {
	ascii, change := true, false
	for i := 0; i < len(s); i++ {
		ascii = ascii && s[i] < utf8.RuneSelf
		change = change || s[i] >= 'A' && s[i] <= 'Z'
	}
	if ascii && !change {
		return s
	}
	if ascii || utf8.ValidString(s) {
		return strings.ToLower(s)
	}
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// replyCodes reads the codes at the front of an SMTP answer: "552 5.2.2 text".
// code is 0 where s is no answer.
func replyCodes(s string) (code int64, dsn string) {
	if len(s) < 4 || s[0] < '2' || s[0] > '5' || s[3] != ' ' && s[3] != '-' {
		return 0, ""
	}
	code, ok := number(s[:3])
	if !ok {
		return 0, ""
	}
	word, _, _ := strings.Cut(s[4:], " ")
	if len(word) < 5 || len(word) > 9 || word[0] != s[0] || word[1] != '.' {
		return code, ""
	}
	subject, detail, ok := strings.Cut(word[2:], ".")
	if _, isNumber := number(subject); !ok || !isNumber || len(subject) > 3 {
		return code, ""
	}
	if _, isNumber := number(detail); !isNumber || len(detail) > 3 {
		return code, ""
	}
	return code, word
}
