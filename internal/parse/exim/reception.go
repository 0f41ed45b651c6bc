package exim

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// maxRecipients bounds the recipients of one line that become values.
const maxRecipients = 1000

// reception reads the line of a message that was taken (receive.c):
//
//	<= sender R=bounced id H=... U= Ci= P= L X= CV= DN= SNI= A= PRDR PRX= K S=
//	M8S= DKIM= ARC DMARC RT= Q= id= T="subject" from <sender> for r1 r2
//
// With (= the client was told that it was refused.
func (l *line) reception() bool {
	addr, rest := cutWord(l.text[len("<= "):])
	if addr == "<>" {
		addr = ""
	}
	l.sender(addr)
	l.put(event.Status, event.StatusAccepted)
	if l.text[0] == '(' {
		l.e.AddExtra("fake_reject", "true")
	}
	f := list{rest: rest, incoming: true}
	for f.next() {
		switch f.name {
		case "R":
			l.put(event.ParentQueueID, f.value)
		case "P":
			l.extra("protocol", f.value)
		case "S":
			if n, ok := lex.Number(f.value); ok {
				l.putInt(event.Size, n)
			}
		case "id", "id*":
			if f.value != "" {
				l.put(event.MessageID, "<"+f.value+">")
			}
		case "T":
			l.put(event.Subject, unescape(f.value))
		default:
			l.common(&f)
		}
	}
	l.envelope(f.text, false)
	return l.is(event.TypeReception, reception)
}

// envelope reads "from <sender> for r1 r2" at the end of a line. The sender is
// only taken where the line has not named it before.
func (l *line) envelope(s string, sender bool) {
	if rest, ok := strings.CutPrefix(s, "from "); ok {
		addr, tail, ok := cutAddress(rest)
		if !ok {
			return
		}
		if sender {
			l.sender(addr)
		}
		s = strings.TrimLeft(tail, " ")
	}
	s, ok := strings.CutPrefix(s, "for ")
	if !ok {
		return
	}
	count := int64(0)
	for s != "" {
		var addr string
		if addr, s = cutWord(s); addr != "" && addr != "<trunc>" {
			if count++; count <= maxRecipients {
				l.e.Add(event.Recipient, lex.Lower(addr))
			}
		}
		s = strings.TrimPrefix(s, " ")
	}
	l.putInt(event.RecipientCount, count)
}
