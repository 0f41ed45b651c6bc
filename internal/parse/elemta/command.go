package elemta

import (
	"encoding/base64"
	"strings"

	"rastro/internal/event"
)

// command is one SMTP command as the client sent it.
type command struct {
	verb string // in upper case; "" if it is no SMTP verb
	args string // what followed, line end removed
	// wellFormed is false if the arguments cannot belong to the verb. Elemta
	// reads what is left of a refused mail as commands, and then args is a
	// sentence of somebody's letter.
	wellFormed bool
}

// verbs are the words that are shown; everything else may be text of a mail or
// a password. The last ones are what scanners and beginners send.
var verbs = [...]string{
	"EHLO", "MAIL", "RCPT", "DATA", "QUIT", "RSET", "AUTH", "HELO", "BDAT", "NOOP", "STARTTLS", "HELP", "VRFY",
	"EXPN", "ETRN", "TURN", "LHLO", "XCLIENT", "XFORWARD",
	"GET", "HEAD", "POST", "OPTIONS", "CONNECT", "HELLO",
}

// firstProbe is the place in verbs of the first word that is no SMTP verb.
const firstProbe = 19

// readCommand splits a command into verb and arguments. s may end in CR and
// LF, written as such, as \r\n or as \x0D\x0A.
func readCommand(s string) command {
	s = trimLineEnd(s)
	word, args, _ := strings.Cut(s, " ")
	for i, v := range verbs {
		if len(v) == len(word) && strings.EqualFold(v, word) {
			args = strings.TrimSpace(args)
			return command{verb: v, args: args, wellFormed: i < firstProbe && fits(v, args)}
		}
	}
	return command{args: s}
}

// fits tells whether args can belong to the verb.
func fits(verb, args string) bool {
	switch verb {
	case "DATA", "QUIT", "RSET", "STARTTLS", "TURN":
		return args == ""
	case "MAIL":
		return hasPrefixFold(args, "FROM") && strings.ContainsAny(args, ":<@")
	case "RCPT":
		return hasPrefixFold(args, "TO") && strings.ContainsAny(args, ":<@")
	case "BDAT":
		n, _ := digits(args)
		return n > 0
	case "XCLIENT", "XFORWARD":
		return strings.Contains(args, "=")
	case "AUTH":
		method, _, _ := strings.Cut(args, " ")
		return isMethod(method)
	}
	return !strings.Contains(args, " ")
}

// isMethod tells whether a word is a SASL mechanism: a word that is not may be
// a password.
func isMethod(word string) bool {
	switch word = strings.ToUpper(word); word {
	case "PLAIN", "LOGIN", "CRAM-MD5", "DIGEST-MD5", "NTLM", "GSSAPI", "EXTERNAL", "ANONYMOUS", "XOAUTH2", "OAUTHBEARER":
		return true
	}
	return strings.HasPrefix(word, "SCRAM-SHA-") && len(word) < 24
}

// trimLineEnd cuts the ways in which Elemta writes a line end off s.
func trimLineEnd(s string) string {
	for {
		t := strings.TrimRight(s, " \r\n")
		for _, end := range [...]string{`\\x0D`, `\\x0A`, `\x0D`, `\x0A`, `\r`, `\n`} {
			if cut, ok := strings.CutSuffix(t, end); ok {
				t = cut
				break
			}
		}
		if len(t) == len(s) {
			return s
		}
		s = t
	}
}

// stage is the part of the dialogue a verb belongs to.
func stage(verb string) string {
	switch verb {
	case "HELO", "EHLO", "LHLO":
		return "EHLO"
	case "BDAT":
		return "DATA"
	case "MAIL", "RCPT", "DATA", "AUTH", "STARTTLS":
		return verb
	}
	return ""
}

// path returns the address of MAIL FROM:<address> or RCPT TO:<address>, "<>"
// for the null sender, "" if there is none.
func path(args string) string {
	at := strings.IndexByte(args, '<')
	if at < 0 {
		_, bare, found := strings.Cut(args, ":")
		bare, _, _ = strings.Cut(strings.TrimSpace(bare), " ")
		if !found || !strings.Contains(bare, "@") {
			return ""
		}
		return bare
	}
	end := strings.IndexByte(args[at:], '>')
	switch {
	case end < 0:
		return ""
	case end == 1:
		return "<>"
	}
	return args[at+1 : at+end]
}

// addCommand adds the command of a line about one command and its outcome. A
// refused MAIL, RCPT or DATA is a rejection; other refused commands stay
// commands.
func (l *line) addCommand(c command) {
	e := l.e
	if c.verb == "" {
		return
	}
	e.Add(event.SMTPCommand, c.verb)
	if !c.wellFormed {
		return
	}
	e.Add(event.CommandData, c.args)
	refused := l.failed()
	if refused {
		e.Add(event.SMTPStage, stage(c.verb))
	}
	switch c.verb {
	case "HELO", "EHLO", "LHLO":
		e.Add(event.Helo, c.args)
	case "MAIL":
		l.addSender(path(c.args))
	case "RCPT":
		l.addRecipient(path(c.args))
	case "AUTH":
		method, blob, _ := strings.Cut(c.args, " ")
		method = strings.ToUpper(method)
		e.Add(event.AuthMethod, method)
		if method == "PLAIN" {
			l.user = plainUser(blob)
		}
	}
	if refused && (c.verb == "MAIL" || c.verb == "RCPT" || c.verb == "DATA" || c.verb == "BDAT") {
		l.rule.typ, l.rule.status = event.TypeRejection, event.StatusRejected
	}
}

// plainUser returns the login name of an AUTH PLAIN answer if it is safe to
// show; the password beside it is not looked at.
func plainUser(blob string) string {
	if len(blob) > 1024 {
		return ""
	}
	plain, err := base64.StdEncoding.DecodeString(blob)
	if err != nil {
		return ""
	}
	parts := strings.Split(string(plain), "\x00")
	if len(parts) != 3 || !isLogin(parts[1]) {
		return ""
	}
	return parts[1]
}

// hasPrefixFold is strings.HasPrefix without case, for ASCII.
func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
