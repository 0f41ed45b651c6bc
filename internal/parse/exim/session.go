package exim

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// authentication reads a login that failed (smtp_in.c) and one of ours that
// another server refused (transports/smtp.c):
//
//	login authenticator failed for H=(helo) [ip]: 535 Incorrect authentication
//	data (set_id=user)
//	plain authenticator failed H=name [ip] 535 no
func (l *line) authentication() bool {
	const mark = " authenticator failed "
	s := l.text
	at := strings.Index(s[:min(len(s), 100)], mark)
	if at <= 0 || strings.IndexByte(s[:at], ' ') >= 0 {
		return false
	}
	method, rest := s[:at], s[at+len(mark):]
	client, ok := strings.CutPrefix(rest, "for ")
	if !ok {
		f := list{rest: rest}
		if !f.next() || f.name != "H" {
			return false
		}
		l.relay(f.peer)
		for f.next() {
		}
		l.put(event.AuthMethod, method)
		l.put(event.SMTPStage, "AUTH")
		l.reply(f.text)
		return l.is(event.TypeCommand, delivery)
	}
	reason := l.from(client)
	// The part about the client names a login only where one went well.
	for _, f := range [...]event.Field{event.AuthMethod, event.Username, event.Success} {
		l.e.Remove(f)
	}
	l.put(event.AuthMethod, method)
	l.put(event.Username, setID(reason))
	l.e.AddBool(event.Success, false)
	l.put(event.SMTPStage, "AUTH")
	l.reply(reason)
	return l.is(event.TypeAuthentication, reception)
}

// setID reads the user out of "(set_id=user)" at the end of a reason, or before
// a colon.
func setID(s string) string {
	const mark = " (set_id="
	at := strings.Index(s, mark)
	if at < 0 {
		return ""
	}
	s = s[at+len(mark):]
	if id, ok := strings.CutSuffix(s, ")"); ok {
		return id
	}
	id, _, _ := strings.Cut(s, "):")
	return id
}

// session reads what happens to connections.
func (l *line) session() bool {
	s := l.text
	if strings.HasPrefix(s, "SMTP ") {
		return l.smtp(s[len("SMTP "):])
	}
	for _, start := range [...]string{
		"no MAIL in SMTP connection from ", "no MAIL in TFO SMTP connection from ", "no MAIL in TFO* SMTP connection from ",
		"unexpected disconnection while reading SMTP command from ", "unexpected EOF while reading SMTP command from ",
		"TLS error on connection from ", "TLS error on ", "Error or EOF on input from ", "ident connection to ",
		"no host name found for IP address ",
	} {
		rest, ok := strings.CutPrefix(s, start)
		if !ok {
			continue
		}
		if start == "no host name found for IP address " {
			if !lex.IsIP(rest) {
				return false
			}
			l.put(event.ClientIP, rest)
			return l.is(event.TypeConnection, reception)
		}
		rest = strings.TrimPrefix(rest, "TFO ")
		if tail, ok := strings.CutPrefix(rest, "connection Ci="); ok { // log_selector = +connection_id
			id, client, _ := strings.Cut(tail, " from ")
			l.put(event.SessionID, id)
			rest = client
		}
		if reason := l.from(rest); strings.HasPrefix(start, "TLS ") {
			l.put(event.Reply, reason)
		}
		return l.is(event.TypeConnection, reception)
	}
	if l.sure && (strings.HasPrefix(s, "TLS ") || strings.Contains(s, ": delivering unencrypted to H=")) {
		if at := strings.LastIndex(s, " H="); at >= 0 {
			f := list{rest: s[at:]}
			if f.next() {
				l.relay(f.peer)
			}
		}
		l.put(event.Reply, s)
		return l.is(event.TypeConnection, delivery)
	}
	return false
}

// smtp reads the lines that begin with SMTP; s is what follows.
func (l *line) smtp(s string) bool {
	switch {
	case strings.HasPrefix(s, "connection "):
		return l.connection(s[len("connection "):])
	case strings.HasPrefix(s, "command timeout on "), strings.HasPrefix(s, "data timeout "):
		_, rest, _ := strings.Cut(s, " connection from ")
		l.from(rest)
		l.put(event.Reply, l.text)
		return l.is(event.TypeConnection, reception)
	case strings.HasPrefix(s, "call from "):
		l.from(s[len("call from "):])
		l.put(event.Reply, l.text)
		return l.is(event.TypeCommand, reception)
	case strings.HasPrefix(s, "protocol synchronization error ("):
		return l.tooSoon(s)
	case strings.HasPrefix(s, `syntax error in "`), strings.HasPrefix(s, `protocol error in "`):
		return l.misuse(s)
	}
	return false
}

// tooSoon reads a client that did not wait for an answer:
//
//	(next input sent too soon: ...): rejected "EHLO x" H=(x) [ip] next input="y"
//	(input sent without waiting for greeting): rejected connection from H=[ip] input="y"
func (l *line) tooSoon(s string) bool {
	stage := "CONNECT"
	_, s, _ = strings.Cut(s, "): rejected ")
	if rest, ok := strings.CutPrefix(s, "connection from "); ok {
		l.from(rest)
	} else if rest, ok := strings.CutPrefix(s, `"`); ok {
		rest, _, _ = strings.Cut(rest, " next input=")
		stage = verbOf(rest)
		if at := strings.LastIndex(rest, `" H=`); at >= 0 {
			l.hide(rest[:at])
			l.from(rest[at+2:])
		}
	}
	return l.refuse(stage, l.text, 554)
}

// connection reads how a connection begins and ends:
//
//	[Ci=id ]from (helo) [ip]:port I=[ip]:25 D=1s closed by QUIT
//	from [ip] (TCP/IP connection count = 1)
//	from (helo) [ip] lost while reading message data (header)
//	lost after final dot H=name [ip] P=esmtp
func (l *line) connection(s string) bool {
	if rest, ok := strings.CutPrefix(s, "Ci="); ok {
		id, tail, _ := strings.Cut(rest, " ")
		l.put(event.SessionID, id)
		s = tail
	}
	if rest, ok := strings.CutPrefix(s, "lost after final dot "); ok {
		l.from(rest)
		l.put(event.Reply, l.text)
		return l.is(event.TypeConnection, reception)
	}
	rest, ok := strings.CutPrefix(s, "from ")
	if !ok {
		return false
	}
	switch end := l.from(rest); {
	case strings.HasPrefix(end, "lost while reading "):
		l.put(event.Reply, end)
	case strings.HasPrefix(end, "(TCP/IP connection count = "):
		l.put(event.Connection, event.ConnectionOpened)
	}
	return l.is(event.TypeConnection, reception)
}

// misuse reads a command that was wrong or came at the wrong time:
//
//	syntax error in "command" H=name (helo) [ip] unrecognized command
func (l *line) misuse(s string) bool {
	_, s, _ = strings.Cut(s, `"`)
	// The client's words may hold quotes: the host stands behind the last one
	// that a host follows.
	at := strings.LastIndex(s, `" H=`)
	if at < 0 {
		at = strings.LastIndexByte(s, '"')
	}
	if at < 0 {
		return l.is(event.TypeCommand, reception)
	}
	command := s[:at]
	l.put(event.SMTPCommand, verbOf(command))
	l.hide(command)
	l.put(event.Reply, l.from(strings.TrimLeft(s[at+1:], " ")))
	return l.is(event.TypeCommand, reception)
}

// verbs are the commands of SMTP.
var verbs = [...]string{
	"HELO", "EHLO", "LHLO", "MAIL", "RCPT", "DATA", "BDAT", "RSET", "QUIT", "NOOP", "HELP", "VRFY", "EXPN",
	"ETRN", "ATRN", "AUTH", "STARTTLS", "XCLIENT", "TURN", "WELLKNOWN",
}

// verbOf returns the command that s begins with, "" if it is none of SMTP.
func verbOf(s string) string {
	end := 0
	for end < len(s) && lex.Alnum(s[end]) {
		end++
	}
	for _, verb := range &verbs {
		if len(verb) == end && strings.EqualFold(verb, s[:end]) {
			return verb
		}
	}
	return ""
}

// hide points out the answers of a login in a quoted command: what follows the
// mechanism, and an answer that came as a command.
func (l *line) hide(command string) {
	if verbOf(command) == "AUTH" {
		words := strings.SplitN(command, " ", 3)
		if len(words) == 3 && len(words[2]) > 1 {
			l.rec.Secrets = append(l.rec.Secrets, words[2])
		}
		return
	}
	if lex.Base64(command) && verbOf(command) == "" {
		l.rec.Secrets = append(l.rec.Secrets, command)
	}
}
