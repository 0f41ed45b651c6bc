package exim

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// maxHeader bounds how many lines of a message's header are looked at.
const maxHeader = 1000

// header reads what the reject log keeps of a message that was refused after
// its header had come (log.c):
//
//	Envelope-from: <s>
//	Envelope-to: <r1>
//	    <r2>
//	    ...
//	P Received: from ...
//		by ...
//	  Subject: text
//	I Message-ID: <id>
//
// The letter says what Exim takes a header for; an asterisk is one that it has
// removed. Old versions write Recipients: for Envelope-to:.
func (l *line) header() {
	rest := l.more
	recipients := false
	for n := 0; rest != "" && n < maxHeader; n++ {
		var s string
		s, rest, _ = strings.Cut(rest, "\n")
		s = strings.TrimRight(s, "\r ")
		switch {
		case strings.HasPrefix(s, "Envelope-from: "):
			recipients = false
			if addr, _, ok := cutAddress(s[len("Envelope-from: "):]); ok && !l.e.Has(event.Sender) {
				l.sender(addr)
			}
		case strings.HasPrefix(s, "Envelope-to: "), strings.HasPrefix(s, "Recipients: "):
			recipients = !l.e.Has(event.Recipient)
			_, addr, _ := strings.Cut(s, ": ")
			l.listed(recipients, addr)
		case recipients && strings.HasPrefix(s, "    ") && s != "    ...":
			l.listed(true, strings.TrimLeft(s, " "))
		case len(s) > 2 && s[0] != '*' && s[1] == ' ':
			recipients = false
			rest = l.headerField(s[2:], rest)
		}
	}
}

// listed adds a recipient with or without its angle brackets.
func (l *line) listed(wanted bool, s string) {
	if addr, _, ok := cutAddress(s); ok {
		s = addr
	}
	if wanted && strings.IndexByte(s, ' ') < 0 {
		l.e.Add(event.Recipient, lex.Lower(s))
	}
}

// headerField reads one field of a message's header. rest are the lines below;
// it returns those that do not belong to the field.
func (l *line) headerField(s, rest string) string {
	colon := strings.IndexByte(s, ':')
	if colon < 0 {
		return rest
	}
	name, value := s[:colon], strings.Trim(s[colon+1:], " \t")
	var into event.Field
	switch {
	case strings.EqualFold(name, "Subject"):
		into = event.Subject
	case strings.EqualFold(name, "Message-ID"):
		into = event.MessageID
	default:
		return rest
	}
	for rest != "" && (rest[0] == '\t' || rest[0] == ' ' && len(rest) > 1 && (rest[1] != ' ' || !isField(rest[2:]))) {
		var more string
		more, rest, _ = strings.Cut(rest, "\n")
		value += " " + strings.Trim(more, " \t\r")
		if len(value) > maxAddress {
			break
		}
	}
	if value = strings.TrimSpace(value); !l.e.Has(into) {
		l.put(into, value)
	}
	return rest
}

// isField tells whether the name of a header field begins at s.
func isField(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c == ':':
			return i > 0
		case c <= ' ' || c >= 0x7f:
			return false
		}
	}
	return false
}
