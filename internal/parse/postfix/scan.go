package postfix

import (
	"strings"

	"rastro/internal/parse/lex"
)

// cutQueueID takes the queue id and ": " off the front of s. The id is "" for
// NOQUEUE.
func cutQueueID(s string) (id, rest string, ok bool) {
	n := 0
	for n < len(s) && n < 40 && lex.Alnum(s[n]) {
		n++
	}
	if n+1 >= len(s) || s[n] != ':' || s[n+1] != ' ' {
		return "", s, false
	}
	id = s[:n]
	if id == "NOQUEUE" {
		return "", s[n+2:], true
	}
	if !isQueueID(id) {
		return "", s, false
	}
	return id, s[n+2:], true
}

// isQueueID tells whether id has one of the two shapes Postfix makes: the short
// one of upper-case hexadecimal digits (five for the microsecond, the rest for
// the inode), or the long one. That writes the time in ten digits of base 52,
// which are the ten figures and the letters but the vowels, and the inode in
// base 51, which lacks the z; a z parts the two.
func isQueueID(id string) bool {
	return isShortID(id) || isLongID(id)
}

func isShortID(id string) bool {
	if len(id) < 6 || len(id) > 21 {
		return false
	}
	for i := 0; i < len(id); i++ {
		if c := id[i]; !(c >= '0' && c <= '9' || c >= 'A' && c <= 'F') {
			return false
		}
	}
	return true
}

func isLongID(id string) bool {
	if len(id) < 12 || len(id) > 24 || strings.LastIndexByte(id, 'z') < 10 || id[len(id)-1] == 'z' {
		return false
	}
	for i := 0; i < len(id); i++ {
		switch id[i] {
		case 'a', 'e', 'i', 'o', 'u', 'A', 'E', 'I', 'O', 'U':
			return false
		}
	}
	return true
}

// cutPeer takes host[address] or host[address]:port off the front of s. The
// host may be missing, the address may be the path of a local socket.
func cutPeer(s string) (p peer, rest string, ok bool) {
	open := 0
	for open < len(s) && s[open] != '[' {
		if c := s[open]; c <= ' ' || c == ',' || c == ';' || c == '<' || open > 255 {
			return peer{}, s, false
		}
		open++
	}
	if open == len(s) {
		return peer{}, s, false
	}
	end := strings.IndexByte(s[open:min(len(s), open+300)], ']')
	if end < 0 {
		return peer{}, s, false
	}
	p.host, p.addr, rest = s[:open], s[open+1:open+end], s[open+end+1:]
	if len(rest) > 1 && rest[0] == ':' {
		n := 1
		for n < len(rest) && n < 7 && lex.Digit(rest[n]) {
			n++
		}
		if n > 1 {
			p.port, rest = rest[1:n], rest[n:]
		}
	}
	return p, rest, true
}

// peer is one end of a connection as Postfix writes it.
type peer struct{ host, addr, port string }

// cutWord takes everything up to the next one of the bytes in stop off s.
func cutWord(s, stop string) (word, rest string) {
	if i := strings.IndexAny(s, stop); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

// micros reads a number of seconds as Postfix writes it ("0.05", "12",
// "1.2e+05" in old versions is not read) in millionths.
func micros(s string) (n int64, ok bool) {
	i := 0
	for i < len(s) && i < 10 && lex.Digit(s[i]) {
		n = n*10 + int64(s[i]-'0')
		i++
	}
	if i == 0 {
		return 0, false
	}
	n *= 1e6
	if i == len(s) {
		return n, true
	}
	if s[i] != '.' || len(s)-i > 7 {
		return 0, false
	}
	unit := int64(1e5)
	for i++; i < len(s); i++ {
		if !lex.Digit(s[i]) {
			return 0, false
		}
		n += int64(s[i]-'0') * unit
		unit /= 10
	}
	return n, true
}
