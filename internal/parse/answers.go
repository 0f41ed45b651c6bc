package parse

import (
	"encoding/base64"
	"strings"
)

// mechanisms are the SASL mechanisms whose answers are looked for.
var mechanisms = [...]string{
	"plain", "login", "cram-md5", "digest-md5", "xoauth2", "oauthbearer", "ntlm",
	"gssapi", "external", "anonymous", "scram-sha-1", "scram-sha-256", "scram-sha-512",
	"scram-sha-1-plus", "scram-sha-256-plus", "xoauth", "otp", "plain-clienttoken",
}

// mechanismOf returns the length of the mechanism's name that s begins with, 0
// if there is none.
func mechanismOf(s string) int {
	n := 0
	for n < len(s) && (alnum(s[n]) || s[n] == '-' || s[n] == '_') {
		n++
	}
	for _, m := range &mechanisms {
		if n == len(m) && foldPrefix(s, m) {
			return n
		}
	}
	return 0
}

// authAnswer finds the answer in AUTH or AUTHENTICATE, mechanism, answer.
func authAnswer(s string, i int) (part, bool) {
	var at int
	switch {
	case foldPrefix(s[i:], "auth "), foldPrefix(s[i:], "auth\t"):
		at = i + len("auth ")
	case foldPrefix(s[i:], "authenticate "):
		at = i + len("authenticate ")
	default:
		return part{}, false
	}
	at = blanks(s, at)
	n := mechanismOf(s[at:])
	if n == 0 {
		return part{}, false
	}
	from := blanks(s, at+n)
	if from == at+n {
		return part{}, false
	}
	to := answerEnd(s, from)
	if to == from || mechanismOf(s[from:]) > 0 || prose(s, from, to) {
		return part{}, false
	}
	return part{from, to}, true
}

// answerEnd returns the end of the base64 text at s[from:].
func answerEnd(s string, from int) int {
	to := from
	for to < len(s) && (alnum(s[to]) || strings.IndexByte("+/=_-", s[to]) >= 0) {
		to++
	}
	return to
}

// prose tells whether s[from:to] is rather a word of a sentence, such as
// "decoded" in "AUTH PLAIN decoded data".
func prose(s string, from, to int) bool {
	for i := from; i < to; i++ {
		if c := s[i]; c != '-' && (c < 'a' || c > 'z') {
			return false
		}
	}
	return (to-from)%4 != 0 || to < len(s) && s[to] == ' '
}

// pipelined finds what Postfix quotes of a client that sent its answers too
// early: "improper command pipelining after AUTH from host[ip]: answers".
func pipelined(s string, i int) (part, bool) {
	const before, after = "pipelining after ", "AUTH from "
	if !strings.HasPrefix(s[i:], after) || !strings.HasSuffix(s[:i], before) {
		return part{}, false
	}
	at := strings.Index(s[i:min(len(s), i+maxAnswer)], "]: ")
	if at < 0 {
		return part{}, false
	}
	from := i + at + len("]: ")
	return part{from, len(s)}, !hidden(s[from:])
}

// verbs are the commands of one word that are base64 too.
var verbs = [...]string{
	"data", "quit", "rset", "noop", "help", "ehlo", "helo", "mail", "rcpt", "auth",
	"vrfy", "expn", "etrn", "turn", "bdat", "starttls", "send", "soml", "saml", "lhlo",
}

// bareAnswer finds an answer that a server took for a command:
// "command":"dXNlcg==\r\n".
func bareAnswer(s string, i int) (part, bool) {
	const name = `command":`
	if !strings.HasPrefix(s[i:], name) {
		return part{}, false
	}
	from := blanks(s, i+len(name))
	if from >= len(s) || s[from] != '"' {
		return part{}, false
	}
	from++
	to := answerEnd(s, from)
	if to-from < 4 || (to-from)%4 != 0 || to >= len(s) || s[to] != '"' && s[to] != '\\' {
		return part{}, false
	}
	for _, verb := range &verbs {
		if to-from == len(verb) && foldPrefix(s[from:], verb) {
			return part{}, false
		}
	}
	return part{from, to}, true
}

// popPass finds the password in POP3's PASS. Postscreen logs "PASS NEW" and
// "PASS OLD", and SPF results are "PASS (...)".
func popPass(s string, i int) (part, bool) {
	if !strings.HasPrefix(s[i:], "PASS ") || !commandStart(s, i) {
		return part{}, false
	}
	from := i + len("PASS ")
	rest := s[from:]
	if rest == "" || rest[0] == '(' || strings.HasPrefix(rest, "NEW ") || strings.HasPrefix(rest, "OLD ") || hidden(rest) {
		return part{}, false
	}
	return part{from, commandEnd(s, from)}, true
}

// imapLogin finds the password in IMAP's LOGIN: tag, LOGIN, user, password.
func imapLogin(s string, i int) (part, bool) {
	if !foldPrefix(s[i:], "login ") || i < 2 || s[i-1] != ' ' {
		return part{}, false
	}
	tag := i - 1
	for tag > 0 && alnum(s[tag-1]) && i-tag < 16 {
		tag--
	}
	if !commandStart(s, tag) || !imapTag(s[tag:i-1], s[i] == 'L') {
		return part{}, false
	}
	at := i + len("login ")
	end := commandEnd(s, at)
	user := strings.IndexByte(s[at:end], ' ')
	if user < 0 || hidden(s[at+user+1:]) {
		return part{}, false
	}
	return part{at + user + 1, end}, at+user+1 < end
}

// imapTag tells whether word may be a client's tag: "a1", "A001", "7". Without
// a number it must be short and the command in capitals, as prose has logins
// too: "Aborted login by logging out", "SASL LOGIN authentication failed".
func imapTag(word string, capitals bool) bool {
	if strings.ContainsAny(word, "0123456789") {
		return true
	}
	return capitals && word != "" && len(word) < len("SASL")
}

// commandStart tells whether a client's command may begin at s[i]: at the
// beginning, in quotes, or after a colon.
func commandStart(s string, i int) bool {
	if i == 0 {
		return true
	}
	switch s[i-1] {
	case '"', '\'', '>', '`', '\n':
		return true
	case ' ':
		return i >= 2 && (s[i-2] == ':' || s[i-2] == '>')
	}
	return false
}

// commandEnd returns the end of the command that s[at:] belongs to.
func commandEnd(s string, at int) int {
	s = s[:min(len(s), at+4*maxAnswer)]
	for i := at; i < len(s); i++ {
		switch s[i] {
		case '\r', '\n':
			return i
		case '"':
			if i+1 == len(s) || strings.IndexByte(",}]", s[i+1]) >= 0 {
				return i
			}
		case '\\':
			if i+1 < len(s) && strings.IndexByte("rnx\\", s[i+1]) >= 0 {
				return i
			}
			i++
		}
	}
	return len(s)
}

// maxAnswer bounds the answers that are decoded and the host names before them.
const maxAnswer = 1024

// userOf returns the user name in an answer of the mechanism PLAIN, "" if it
// is none.
func userOf(answer string) string {
	if len(answer) > maxAnswer {
		return ""
	}
	decoded, err := base64.StdEncoding.DecodeString(answer)
	if err != nil {
		return ""
	}
	_, rest, ok := strings.Cut(string(decoded), "\x00")
	if !ok {
		return ""
	}
	user, _, ok := strings.Cut(rest, "\x00")
	if !ok || strings.ContainsFunc(user, func(r rune) bool { return r < ' ' || r == '\ufffd' }) {
		return ""
	}
	return user
}
