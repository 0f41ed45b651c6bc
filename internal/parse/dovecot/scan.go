package dovecot

import (
	"strings"

	"rastro/internal/parse/lex"
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

// replyCodes reads the codes at the front of an SMTP answer: "552 5.2.2 text".
// code is 0 where s is no answer.
func replyCodes(s string) (code int64, dsn string) {
	if len(s) < 4 || s[0] < '2' || s[0] > '5' || s[3] != ' ' && s[3] != '-' {
		return 0, ""
	}
	code, ok := lex.Number(s[:3])
	if !ok {
		return 0, ""
	}
	word, _, _ := strings.Cut(s[4:], " ")
	if len(word) < 5 || len(word) > 9 || word[0] != s[0] || word[1] != '.' {
		return code, ""
	}
	subject, detail, ok := strings.Cut(word[2:], ".")
	if _, isNumber := lex.Number(subject); !ok || !isNumber || len(subject) > 3 {
		return code, ""
	}
	if _, isNumber := lex.Number(detail); !isNumber || len(detail) > 3 {
		return code, ""
	}
	return code, word
}
