package exim

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// host reads the lines that begin with who the other side is, as ACLs and the
// SMTP client write them (smtp_in.c, acl.c, transports/smtp.c, verify.c):
//
//	H=name (helo) [ip]:port I=[ip]:port U=ident Ci=id X= CV= DN= SNI= F=<s>
//	A=method:id SPF= DMARC= temporarily rejected RCPT <r>: reason
//	U=user Warning: text
//	F=<s> rejected by non-SMTP ACL: reason
//	H=name [ip]:port: SMTP error from remote mail server after DATA: 421 no
func (l *line) host() bool {
	s := l.text
	if l.id != "" && l.attempt(s) {
		return true
	}
	if !strings.HasPrefix(s, "H=") && !strings.HasPrefix(s, "U=") && !strings.HasPrefix(s, "F=") && !strings.HasPrefix(s, "DS H=") {
		return false
	}
	values, extra := len(l.e.Values), len(l.e.Extra)
	f := list{rest: s, incoming: true}
	for f.next() {
		l.common(&f)
	}
	if l.verb(f.text) {
		return true
	}
	if l.sure && f.text != "" {
		return l.is(event.TypeSystem, check) // what an ACL was told to log
	}
	l.e.Values, l.e.Extra = l.e.Values[:values], l.e.Extra[:extra]
	return false
}

// attempt reads what the SMTP client says about one server on the way to a
// delivery line. Until 4.86 the host stood at the beginning without its H=, or
// in the reason.
func (l *line) attempt(s string) bool {
	f := list{rest: s}
	var to peer
	switch {
	case strings.HasPrefix(s, "H="):
		f.next()
		to = f.peer
		for f.next() {
		}
	case strings.HasPrefix(s, "SMTP error from remote "), strings.HasPrefix(s, "SMTP timeout while "), strings.HasPrefix(s, "Remote host "):
		f.text = s
	default:
		to, f.text = cutRelay(s)
		f.text = strings.TrimLeft(f.text, ": ")
		if !isHost(to.host) {
			return false
		}
	}
	if to.addr == "" && f.text != s || !isFailure(f.text) {
		return false
	}
	l.relay(to)
	l.failure(f.text)
	if strings.HasPrefix(f.text, "SMTP error from remote ") {
		return l.is(event.TypeCommand, delivery)
	}
	return l.is(event.TypeConnection, delivery)
}

// isFailure tells whether a text says that a server could not be reached or did
// not take a message.
func isFailure(s string) bool {
	for _, start := range [...]string{
		"SMTP error from remote ", "SMTP timeout ", "Remote host ", "Malformed SMTP reply ", "Connection ",
		"No route to host", "Network is unreachable", "Host is unreachable", "Operation timed out",
		"a TLS session is required", "TLS ", "DANE ", "LMTP error ",
	} {
		if strings.HasPrefix(s, start) {
			return true
		}
	}
	return false
}

// isHost tells whether a word can be the name or address of a host.
func isHost(s string) bool {
	for i := range len(s) {
		if c := s[i]; !lex.Alnum(c) && c != '.' && c != '-' && c != '_' && c != ':' {
			return false
		}
	}
	return s != ""
}

// verb reads what happened to a client.
func (l *line) verb(s string) bool {
	switch {
	case strings.HasPrefix(s, "rejected "):
		return l.rejected(s[len("rejected "):], false)
	case strings.HasPrefix(s, "temporarily rejected "):
		return l.rejected(s[len("temporarily rejected "):], true)
	case strings.HasPrefix(s, "Warning: "):
		l.put(event.Reply, s[len("Warning: "):])
		return l.at(event.LevelWarn, event.TypeContentCheck, check)
	case strings.HasPrefix(s, "sender verify "):
		l.put(event.Reply, s)
		return l.is(event.TypeContentCheck, check)
	case strings.HasPrefix(s, "dropped by "):
		_, reason, _ := strings.Cut(s, ": ")
		return l.refuse("CONNECT", reason, 550)
	case strings.HasPrefix(s, "incomplete transaction ("):
		if _, rest, ok := strings.Cut(s, ") "); ok {
			l.envelope(rest, true)
		}
		return l.is(event.TypeCommand, reception)
	case strings.HasPrefix(s, "RCPT "):
		return l.discarded(s[len("RCPT "):])
	case strings.HasPrefix(s, "tmp-reject from cutthrough after DATA:"):
		l.fields(s[len("tmp-reject from cutthrough after DATA:"):])
		return l.is(event.TypeCommand, delivery)
	}
	return l.cutthrough(s)
}

// discarded reads "<r>: discarded by RCPT ACL: reason".
func (l *line) discarded(s string) bool {
	s = l.argument(s, event.Recipient)
	_, reason, ok := strings.Cut(s, "discarded by ")
	if !ok {
		return false
	}
	_, reason, _ = strings.Cut(reason, ": ")
	l.put(event.Reply, reason)
	l.put(event.Status, event.StatusDiscarded)
	l.put(event.SMTPStage, "RCPT")
	return l.is(event.TypeQueue, check)
}

// cutthrough reads a message that the next server refused while ours still had
// the client on the line: "r F=<s> rejected after DATA: R= T= H= C="550 no"".
func (l *line) cutthrough(s string) bool {
	at := strings.Index(s, " rejected after DATA: R=")
	if at < 0 {
		return false
	}
	n, rest := cutNames(s[:at])
	f := list{rest: rest}
	for f.next() {
		if f.name == "F" {
			l.sender(f.value)
		}
	}
	l.add(n)
	d := l.fields(s[at+len(" rejected after DATA:"):])
	return l.refuse("END-OF-MESSAGE", d.confirmation, 550)
}

// refuse ends a refusal: code is what Exim answers where the reason does not
// begin with a code.
func (l *line) refuse(stage, reason string, code int64) bool {
	written, dsn, _ := lex.Reply(reason)
	if written/100 == code/100 || written != 0 && code == 0 {
		code = written
	}
	l.put(event.Status, event.StatusRejected)
	l.put(event.SMTPStage, stage)
	if code > 0 {
		l.putInt(event.SMTPCode, code)
	}
	l.put(event.DSN, dsn)
	l.put(event.Reply, reason)
	l.header()
	return l.is(event.TypeRejection, reception)
}

// unanswered ends the refusal of a command that is a question and carries no
// message.
func (l *line) unanswered(stage, reason string, code int64) bool {
	if written, dsn, _ := lex.Reply(reason); written > 0 {
		code = written
		l.put(event.DSN, dsn)
	}
	l.put(event.SMTPStage, stage)
	l.putInt(event.SMTPCode, code)
	l.put(event.Reply, reason)
	return l.is(event.TypeCommand, reception)
}

// argument takes the address of a command off s and adds it. Exim logs the
// first 100 bytes of an argument: an address without its end is none.
func (l *line) argument(s string, to event.Field) string {
	addr, rest, ok := cutAddress(s)
	if !ok {
		if strings.HasPrefix(s, "<") {
			return s
		}
		addr, rest = cutWord(s)
		addr, ok = strings.CutSuffix(addr, ":")
		if ok {
			rest = ":" + rest
		}
		if strings.IndexByte(addr, '@') < 0 {
			return rest
		}
	}
	if to == event.Sender {
		if !l.e.Has(event.Sender) {
			l.sender(addr)
		}
	} else {
		l.put(to, lex.Lower(addr))
	}
	return rest
}

// rejected reads what was refused, and why: the text behind "rejected ".
func (l *line) rejected(s string, temporarily bool) bool {
	code := int64(550)
	if temporarily {
		code = 451
	}
	for i := range &stages {
		st := &stages[i]
		rest, ok := strings.CutPrefix(s, st.text)
		if !ok {
			continue
		}
		if st.code != 0 && !temporarily {
			code = st.code
		}
		switch st.stage {
		case "RCPT":
			rest = l.argument(rest, event.Recipient)
		case "MAIL":
			rest = l.argument(rest, event.Sender)
		}
		if st.local {
			code = 0 // no client, no answer
		}
		_, reason, _ := strings.Cut(rest, ": ")
		if rest, ok := strings.CutPrefix(rest, ": "); ok {
			reason = rest
		}
		if st.question {
			return l.unanswered(st.stage, reason, code)
		}
		return l.refuse(st.stage, reason, code)
	}
	return false
}

// stages are the ways to say what was refused (smtp_handle_acl_fail).
var stages = [...]struct {
	text, stage string
	code        int64 // the answer where it is not 550
	local       bool
	question    bool // no part of sending a message
}{
	{text: "RCPT ", stage: "RCPT"},
	{text: "MAIL ", stage: "MAIL"},
	{text: "after DATA", stage: "END-OF-MESSAGE"},
	{text: "during MIME ACL checks", stage: "END-OF-MESSAGE"},
	{text: "by local_scan()", stage: "END-OF-MESSAGE"},
	{text: "by non-SMTP ACL", stage: "END-OF-MESSAGE", local: true},
	{text: "DATA", stage: "DATA"},
	{text: "PREDATA", stage: "DATA"},
	{text: "EHLO or HELO ", stage: "EHLO"},
	{text: "connection ", stage: "CONNECT"},
	{text: "AUTH", stage: "AUTH", code: 503},
	{text: "STARTTLS", stage: "STARTTLS"},
	{text: "VRFY", stage: "VRFY", code: 252, question: true},
	{text: "EXPN", stage: "EXPN", question: true},
	{text: "ETRN", stage: "ETRN", code: 458, question: true},
	{text: "ATRN", stage: "ATRN", code: 450, question: true},
	{text: "WELLKNOWN", stage: "WELLKNOWN", question: true},
}
