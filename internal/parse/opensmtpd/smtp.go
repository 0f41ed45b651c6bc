package opensmtpd

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// smtp reads what the server's side says of a session (smtp_session.c).
// Versions up to 6.3 repeat the client's address and host in every line.
func (l *line) smtp(verb string, p pairs) bool {
	var address, host string
	p.cutClient(&address, &host)
	l.client(address, host)
	switch verb {
	case "message":
		return l.smtpMessage(p)
	case "envelope":
		return l.smtpEnvelope(p)
	case "authentication":
		return l.smtpLogin(p)
	case "failed-command":
		return l.failedCommand(strings.TrimPrefix(p.s, p.sep))
	case "bad-input":
		_, result, _ := p.next()
		l.answer(result)
		return l.is(event.TypeCommand, "smtp")
	case "tls", "starttls":
		_, ciphers, _ := p.next()
		l.ciphers(ciphers)
	case "connected":
		l.e.Add(event.Connection, event.ConnectionOpened)
	case "disconnected", "closed":
		if _, reason, _ := p.next(); reason != "quit" {
			l.e.Add(event.Reply, reason)
		}
	}
	return l.is(event.TypeConnection, "smtp")
}

// cutClient takes address= and host= off the front.
func (p *pairs) cutClient(address, host *string) {
	for {
		before := p.s
		name, value, ok := p.next()
		switch {
		case ok && name == "address":
			*address = value
		case ok && name == "host":
			*host = value
		default:
			p.s = before
			return
		}
	}
}

// smtpMessage reads the line that a message was taken:
//
//	msgid=687959a4 size=9396 nrcpt=1 proto=ESMTP                         6.4 and later
//	msgid=687959a4 from=<a> to=<b> size=9396 ndest=1 proto=ESMTP         6.0 to 6.3
func (l *line) smtpMessage(p pairs) bool {
	for name, value, ok := p.next(); ok; name, value, ok = p.next() {
		l.messageField(name, value)
	}
	l.e.Add(event.Status, event.StatusAccepted)
	return l.is(event.TypeReception, "smtp")
}

func (l *line) messageField(name, value string) {
	switch name {
	case "msgid":
		l.message(value)
	case "evpid":
		l.envelope(value)
	case "from":
		l.sender(value)
	case "to":
		l.recipients(value, "-")
	case "size":
		if n, ok := lex.Number(value); ok {
			l.e.AddInt(event.Size, n)
		}
	case "nrcpt", "ndest":
		if n, ok := lex.Number(value); ok {
			l.e.AddInt(event.RecipientCount, n)
		}
	}
}

func (l *line) smtpEnvelope(p pairs) bool {
	for name, value, ok := p.next(); ok; name, value, ok = p.next() {
		l.messageField(name, value)
	}
	return l.is(event.TypeReception, "smtp")
}

// smtpLogin reads "user=ana result=ok", permfail or tempfail. The client's
// address is in the line up to 6.3 only.
func (l *line) smtpLogin(p pairs) bool {
	var address, host string
	for {
		p.cutClient(&address, &host)
		name, value, ok := p.next()
		switch {
		case !ok:
			l.client(address, host)
			return l.is(event.TypeAuthentication, "smtp")
		case name == "user":
			l.e.Add(event.Username, value)
		case name == "result" && !l.e.Has(event.Success):
			l.e.AddBool(event.Success, value == "ok")
		}
	}
}

// failedCommand reads command="RCPT TO:<a@b>" result="550 Invalid recipient".
// The command is the client's and may hold quotes.
func (l *line) failedCommand(s string) bool {
	const between = `" result="`
	s, ok := strings.CutPrefix(s, `command="`)
	if !ok {
		return l.is(event.TypeCommand, "smtp")
	}
	at := 0
	for {
		i := strings.Index(s[at:], between)
		if i < 0 {
			return l.refusedCommand(strings.TrimSuffix(s, `"`), "")
		}
		at += i + len(between)
		if at < len(s) && (s[at] == '4' || s[at] == '5') {
			return l.refusedCommand(s[:at-len(between)], strings.TrimSuffix(s[at:], `"`))
		}
	}
}

// refusedCommand adds a command and the answer that refused it.
func (l *line) refusedCommand(command, result string) bool {
	verb, arguments := lex.Verb(command)
	l.e.Add(event.SMTPCommand, verb)
	text := l.answer(result)
	code := l.e.Int(event.SMTPCode)
	switch verb {
	case "AUTH":
		return l.failedLogin(arguments)
	case "MAIL", "RCPT":
		address, ok := commandAddress(arguments)
		if verb == "MAIL" && ok {
			l.sender(address)
		} else if ok {
			l.recipients(address, "-")
		}
	case "DATA", "BDAT":
		if isContent(text) {
			verb = "END-OF-MESSAGE"
		}
	case "":
		if command == "." {
			verb = "END-OF-MESSAGE"
		}
	}
	l.e.Add(event.SMTPStage, verb)
	// The answers 500 to 504 are to the form of a command, not to the message.
	ofMessage := verb == "MAIL" || verb == "RCPT" || verb == "DATA" || verb == "BDAT" || verb == "END-OF-MESSAGE"
	if !ofMessage || code == 0 || code >= 500 && code <= 504 && verb != "END-OF-MESSAGE" {
		if arguments = strings.TrimLeft(arguments, " "); verb == "" || verb == "EHLO" || verb == "HELO" || verb == "STARTTLS" {
			l.e.Add(event.CommandData, arguments)
		}
		return l.is(event.TypeCommand, "smtp")
	}
	l.e.Add(event.Status, event.StatusRejected)
	return l.is(event.TypeRejection, "smtp")
}

// commandAddress reads "FROM:<a@b> SIZE=1" or "TO:<a@b>".
func commandAddress(s string) (address string, ok bool) {
	_, s, ok = strings.Cut(s, ":")
	if !ok {
		return "", false
	}
	s = strings.TrimLeft(s, " ")
	if address, _, ok = lex.Angle(s); ok {
		return address, true
	}
	address, _, _ = strings.Cut(s, " ")
	return address, address != "" && strings.IndexByte(address, '<') < 0
}

// isContent tells whether an answer that is logged with DATA was given after
// the message's content.
func isContent(text string) bool {
	for _, word := range [...]string{"too big", "Transaction failed", "oop detected", "RFC 2822", "ine too long", "essage"} {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

// failedLogin reads the arguments of a refused AUTH: "PLAIN (...)", "LOGIN
// (username)", or what the client sent where AUTH was not allowed at all.
func (l *line) failedLogin(s string) bool {
	method, rest, _ := strings.Cut(strings.TrimLeft(s, " "), " ")
	l.e.Add(event.AuthMethod, method)
	l.e.Add(event.SMTPStage, "AUTH")
	l.e.AddBool(event.Success, false)
	if rest != "" && rest[0] != '(' && rest != "=" {
		l.rec.Secrets = append(l.rec.Secrets, rest)
	}
	return l.is(event.TypeAuthentication, "smtp")
}
