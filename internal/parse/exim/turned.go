package exim

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// refusal reads the refusals that do not begin with the client (smtp_in.c,
// receive.c, daemon.c). Their answers are always the same.
func (l *line) refusal() bool {
	s := l.text
	if rest, ok := strings.CutPrefix(s, "rejected from "); ok {
		return l.rejectedFrom(rest)
	}
	for i := range &turnings {
		t := &turnings[i]
		rest, ok := strings.CutPrefix(s, t.start)
		if !ok || !strings.Contains(rest, t.within) {
			continue
		}
		if (t.stage == "CONNECT" || t.stage == "EHLO") && !strings.Contains(rest, "[") {
			continue
		}
		l.turned(rest)
		_, reason, ok := strings.Cut(rest, ": ")
		if !ok {
			reason = ""
		}
		if t.quoted {
			reason = s
		}
		return l.refuse(t.stage, reason, t.code)
	}
	return false
}

// turnings are refusals by how they begin and what they hold.
var turnings = [...]struct {
	start, within, stage string
	code                 int64
	quoted               bool // the whole line is the reason
}{
	{"rejected MAIL FROM:", "message too big", "MAIL", 552, false},
	{"rejected MAIL from ", "no HELO/EHLO given", "MAIL", 503, false},
	{"rejected MAIL command ", "too many messages", "MAIL", 421, false},
	{"rejected EHLO from ", "syntactically invalid", "EHLO", 501, false},
	{"rejected HELO from ", "syntactically invalid", "EHLO", 501, false},
	{`rejected "EHLO `, `" from `, "EHLO", 550, false},
	{`rejected "HELO `, `" from `, "EHLO", 550, false},
	{`temporarily rejected "EHLO `, `" from `, "EHLO", 451, false},
	{`temporarily rejected "HELO `, `" from `, "EHLO", 451, false},
	{"refused connection from ", "", "CONNECT", 554, true},
	{"temporarily refused connection from ", "", "CONNECT", 421, false},
	{"Connection from ", " refused: ", "CONNECT", 421, false},
	{"connection from ", " refused (IP options)", "CONNECT", 554, true},
	{"unqualified sender rejected: ", "", "MAIL", 501, true},
	{"unqualified recipient rejected: ", "", "RCPT", 501, true},
	{"too many recipients: message rejected: ", "", "RCPT", 552, true},
	{"too many recipients: excess temporarily rejected: ", "", "RCPT", 452, true},
	{"ridiculously long message header received from ", "message abandoned", "END-OF-MESSAGE", 552, true},
	{"overlong message header line received from ", "message abandoned", "END-OF-MESSAGE", 552, true},
}

// rejectedFrom reads "<s> H=...: reason", where old versions leave the blank
// out.
func (l *line) rejectedFrom(s string) bool {
	code := int64(550)
	switch {
	case strings.Contains(s, ": message too big"), strings.Contains(s, ": Non-CRLF-terminated header"):
		code = 552
	case strings.Contains(s, `: Too many "Received" headers`):
	default:
		code = 0
	}
	if addr, rest, ok := cutAddress(s); ok {
		l.sender(addr)
		s = rest
	}
	f := list{rest: s, incoming: true}
	for f.next() {
		l.common(&f)
	}
	if f.text == s {
		if p, rest, ok := cutClient(strings.TrimLeft(s, " ")); ok { // as before 4.60
			l.client(p)
			f.text = strings.TrimLeft(rest, ": ")
		}
	}
	return l.refuse("END-OF-MESSAGE", f.text, code)
}

// turned reads the addresses and the client of a refusal, wherever they stand:
// <s>, sender=<s>, H=name [ip], from name [ip].
func (l *line) turned(s string) {
	if at := strings.IndexByte(s, '<'); at == 0 || at > 0 && s[at-1] == '=' {
		if addr, rest, ok := cutAddress(s[at:]); ok {
			if strings.HasPrefix(l.text, "unqualified recipient ") {
				l.put(event.Recipient, lex.Lower(addr))
			} else if !strings.HasPrefix(l.text, "unqualified verify ") {
				l.sender(addr)
			}
			s = rest
		}
	}
	if strings.HasPrefix(s, "(") || strings.HasPrefix(s, "[") {
		l.from(s)
		return
	}
	if at := strings.Index(s, "H="); at == 0 || at > 0 && s[at-1] == ' ' {
		l.from(s[at+len("H="):])
	} else if at := strings.Index(s, " from "); at >= 0 {
		l.from(s[at+len(" from "):])
	} else {
		l.from(s)
	}
}

// from reads a client and the fields behind it, and returns what follows.
func (l *line) from(s string) string {
	s = strings.TrimPrefix(s, "H=")
	p, rest, ok := cutClient(s)
	if !ok {
		return s
	}
	l.client(p)
	f := list{rest: rest, incoming: true}
	for f.next() {
		l.common(&f)
	}
	return f.text
}
