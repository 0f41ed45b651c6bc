package filters

import (
	"strconv"
	"strings"

	"rastro/internal/parse/lex"
)

// maxRecipients bounds how many recipients of one line are kept.
const maxRecipients = 1000

// cutQueueID takes a server's queue id and ": " off the front of s. The ids of
// all servers are words with a digit; that of NOQUEUE is "".
func cutQueueID(s string) (id, rest string, ok bool) {
	n, digits := 0, false
	for n < len(s) && n < 64 && (lex.Alnum(s[n]) || s[n] == '-') {
		digits = digits || lex.Digit(s[n])
		n++
	}
	if n+1 >= len(s) || s[n] != ':' || s[n+1] != ' ' {
		return "", s, false
	}
	switch id = s[:n]; {
	case id == "NOQUEUE":
		return "", s[n+2:], true
	case n >= 5 && digits, n >= 6 && isHex(id):
		return id, s[n+2:], true
	}
	return "", s, false
}

// bare takes the angle brackets off an address that may have them.
func bare(s string) string {
	if len(s) >= 2 && s[0] == '<' && s[len(s)-1] == '>' {
		return s[1 : len(s)-1]
	}
	return s
}

// cutWord takes everything up to the next blank off s, the blank too.
func cutWord(s string) (word, rest string) {
	if i := strings.IndexByte(s, ' '); i >= 0 {
		return s[:i], s[i+1:]
	}
	return s, ""
}

// between returns what stands in s after the first start and before the next
// end; to the end of s where there is no end.
func between(s, start, end string) string {
	at := strings.Index(s, start)
	if at < 0 {
		return ""
	}
	s = s[at+len(start):]
	if i := strings.Index(s, end); i >= 0 {
		return s[:i]
	}
	return s
}

// cutPeer reads name[address] at the front of s.
func cutPeer(s string) (host, addr, rest string, ok bool) {
	open := strings.IndexByte(s[:min(len(s), 256)], '[')
	if open < 0 {
		return "", "", s, false
	}
	end := strings.IndexByte(s[open:min(len(s), open+128)], ']')
	if end < 0 {
		return "", "", s, false
	}
	return s[:open], s[open+1 : open+end], s[open+end+1:], true
}

// splitReply reads the codes at the front of an answer: "550 5.7.1 text". code
// is 0 and dsn "" where there is none.
func splitReply(s string) (code int64, dsn string) {
	if len(s) >= 3 && s[0] >= '2' && s[0] <= '5' && lex.Digit(s[1]) && lex.Digit(s[2]) &&
		(len(s) == 3 || s[3] == ' ' || s[3] == '-') {
		code = int64(s[0]-'0')*100 + int64(s[1]-'0')*10 + int64(s[2]-'0')
		s = s[min(4, len(s)):]
	}
	word, _ := cutWord(s)
	if isDSN(word) {
		dsn = word
	}
	return code, dsn
}

// isDSN tells whether s is an enhanced status code: a class and two numbers.
func isDSN(s string) bool {
	if len(s) < 5 || len(s) > 9 || s[0] != '2' && s[0] != '4' && s[0] != '5' || s[1] != '.' {
		return false
	}
	dots := 0
	for i := 1; i < len(s); i++ {
		if s[i] == '.' {
			if dots++; s[i-1] == '.' {
				return false
			}
		} else if !lex.Digit(s[i]) {
			return false
		}
	}
	return dots == 2 && s[len(s)-1] != '.'
}

// number reads the decimal number at the front of s.
func number(s string) (float64, bool) {
	n := 0
	for n < len(s) && n < 24 && (lex.Digit(s[n]) || s[n] == '.' || n == 0 && (s[n] == '-' || s[n] == '+')) {
		n++
	}
	f, err := strconv.ParseFloat(s[:n], 64)
	return f, err == nil
}

// isJSONNumber tells whether s is a number that may stand in JSON as it is.
func isJSONNumber(s string) bool {
	s = strings.TrimPrefix(s, "-")
	if s == "" || len(s) > 24 || s[0] == '0' && len(s) > 1 && s[1] != '.' {
		return false
	}
	dot := false
	for i := range len(s) {
		switch c := s[i]; {
		case c == '.' && !dot && i > 0 && i < len(s)-1:
			dot = true
		case !lex.Digit(c):
			return false
		}
	}
	return true
}

// isMessageID tells whether s is a Message-ID in its brackets.
func isMessageID(s string) bool {
	return len(s) > 2 && s[0] == '<' && s[len(s)-1] == '>' && s != "<undef>"
}

// isHex tells whether s has upper-case hexadecimal digits only.
func isHex(s string) bool {
	for i := range len(s) {
		if c := s[i]; !lex.Digit(c) && (c < 'A' || c > 'F') {
			return false
		}
	}
	return true
}
