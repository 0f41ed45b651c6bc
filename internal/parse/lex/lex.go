package lex

import (
	"strings"
	"unicode/utf8"
)

// maxAddress bounds how far one address is looked for, in bytes: no client can
// send a longer one in one SMTP command.
const maxAddress = 4096

// Number reads a whole number of up to 18 digits, and nothing else.
func Number(s string) (n int64, ok bool) {
	if s == "" || len(s) > 18 {
		return 0, false
	}
	for i := range len(s) {
		if !Digit(s[i]) {
			return 0, false
		}
		n = n*10 + int64(s[i]-'0')
	}
	return n, true
}

// Digits returns the digits at the front of s.
func Digits(s string) string {
	i := 0
	for i < len(s) && Digit(s[i]) {
		i++
	}
	return s[:i]
}

// LeadingNumber reads the digits at the front of s.
func LeadingNumber(s string) (n int64, ok bool) {
	return Number(Digits(s))
}

// IsIP tells whether s looks like an IPv4 or IPv6 address and nothing else.
func IsIP(s string) bool {
	if len(s) < 2 || len(s) > 64 {
		return false
	}
	mark := false
	for i := range len(s) {
		switch c := s[i]; {
		case c == '.' || c == ':':
			mark = true
		case c == '%' && mark: // zone of a link-local address
			return true
		case !Digit(c) && (c|0x20 < 'a' || c|0x20 > 'f'):
			return false
		}
	}
	return mark
}

// IP returns the IPv4 or IPv6 address in s without what programs put around it
// ("[IPv6:2001:db8::1]", "[192.0.2.1]"); "" if s is none.
func IP(s string) string {
	if len(s) > 2 && s[0] == '[' && s[len(s)-1] == ']' {
		s = s[1 : len(s)-1]
	}
	if len(s) > 5 && strings.EqualFold(s[:5], "IPv6:") {
		s = s[5:]
	}
	if !IsIP(s) {
		return ""
	}
	return s
}

// Loopback tells whether an address leads back to this machine.
func Loopback(ip string) bool {
	return strings.HasPrefix(ip, "127.") || ip == "::1"
}

// Angle takes <address> off the front of s. A quoted local part may hold
// anything, angle brackets and blanks too. ok is false where s does not start
// with a whole address.
func Angle(s string) (address, rest string, ok bool) {
	if s == "" || s[0] != '<' {
		return "", s, false
	}
	limit := min(len(s), maxAddress)
	i := 1
	if limit > 1 && s[1] == '"' {
		if end := quoteEnd(s[:limit], 1); end > 0 && end < limit && (s[end] == '@' || s[end] == '>') {
			i = end
		}
	}
	end := strings.IndexByte(s[i:limit], '>')
	if end < 0 {
		return "", s, false
	}
	return s[1 : i+end], s[i+end+1:], true
}

// Address takes an address off the front of s: <address>, or a bare one that
// ends before a comma, where a quoted part may hold commas too. The brackets
// are taken off.
func Address(s string) (address, rest string) {
	if address, rest, ok := Angle(s); ok {
		return address, rest
	}
	limit := min(len(s), maxAddress)
	for i := 0; i < limit; i++ {
		switch s[i] {
		case ',':
			return s[:i], s[i:]
		case '"':
			if end := quoteEnd(s[:limit], i); end > 0 {
				i = end - 1
			}
		}
	}
	return s[:limit], s[limit:]
}

// quoteEnd returns the place behind the quoted string that starts at s[at], 0
// if it has no end.
func quoteEnd(s string, at int) int {
	for i := at + 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return 0
}

// Hex tells whether s consists of n lower-case hexadecimal digits.
func Hex(s string, n int) bool {
	if len(s) != n {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !Digit(c) && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// Base64 tells whether s can be the answer to a SASL challenge: one word of at
// least four base-64 digits.
func Base64(s string) bool {
	if len(s) < 4 || len(s)%4 != 0 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !Alnum(c) && c != '+' && c != '/' && c != '=' {
			return false
		}
	}
	return true
}

// CutBefore parts s before the first of the marks; rest is "" where s has none.
func CutBefore(s string, marks ...string) (before, rest string) {
	end := len(s)
	for _, mark := range marks {
		if i := strings.Index(s[:end], mark); i >= 0 {
			end = i
		}
	}
	return s[:end], s[end:]
}

// Lower lower-cases an address and leaves bytes that are not UTF-8 alone. It
// allocates only where there is something to change.
func Lower(s string) string {
	ascii, change := true, false
	for i := range len(s) {
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

// Verb takes the word of letters off the front of a client's command. It is
// upper case as long as it is a word of SMTP, so that it allocates nothing.
func Verb(s string) (verb, rest string) {
	i := 0
	for i < len(s) && i < 9 && s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z' {
		i++
	}
	for _, known := range &verbs {
		if len(known) == i && strings.EqualFold(s[:i], known) {
			return known, s[i:]
		}
	}
	return "", s
}

var verbs = [...]string{
	"MAIL", "RCPT", "DATA", "EHLO", "HELO", "LHLO", "AUTH", "QUIT", "RSET", "NOOP", "BDAT",
	"STARTTLS", "VRFY", "EXPN", "HELP", "ETRN", "TURN", "VERB", "ONEX", "XCLIENT",
}

// Word returns the id at the front of s: letters, digits and the signs that
// ids of mail servers have inside.
func Word(s string) string {
	i := 0
	for i < len(s) && i < 128 && (Alnum(s[i]) || s[i] == '-' || s[i] == '.' || s[i] == '_') {
		i++
	}
	return strings.TrimRight(s[:i], ".")
}

// Digit tells whether c is a figure.
func Digit(c byte) bool { return c >= '0' && c <= '9' }

// Alnum tells whether c is a figure or a letter of ASCII.
func Alnum(c byte) bool {
	return Digit(c) || c|0x20 >= 'a' && c|0x20 <= 'z'
}
