package sendmail

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// reception reads the line that is written once for each envelope that came in,
// and for each that was begun and came to nothing (headers.c, logsender):
//
//	<a@b>, size=1072, class=0, nrcpts=1, msgid=<x>, bodytype=8BITMIME, proto=ESMTPSA, daemon=MTA, relay=h [ip]
func (l *line) reception(s string) bool {
	address, rest := lex.Address(s)
	if !strings.HasPrefix(rest, ", size=") {
		address, rest = lex.CutBefore(s, ", size=")
		if rest == "" && !l.sure {
			return false
		}
	}
	l.sender(strings.TrimSpace(address))
	var size, count int64
	for {
		name, value, ok := cutName(rest)
		if !ok {
			break
		}
		switch name {
		case "msgid":
			value, rest = lex.CutBefore(value, ", bodytype=", ", proto=", ", daemon=", ", tls_verify=", ", auth=", ", relay=")
			l.e.Add(event.MessageID, strings.TrimSpace(value))
			continue
		case "relay":
			l.origin(value)
			rest = ""
			continue
		}
		value, rest = cutValue(value)
		switch name {
		case "size":
			size, _ = lex.Number(value)
			l.number(event.Size, value)
		case "nrcpts":
			count, _ = lex.Number(value)
			l.number(event.RecipientCount, value)
		case "auth":
			if value != "NONE" {
				l.e.Add(event.AuthMethod, value)
			}
		}
	}
	// A session that ended before the message has no size; one whose every
	// recipient was refused has no recipients.
	if size > 0 && count > 0 {
		l.e.Add(event.Status, event.StatusAccepted)
	}
	return l.is(event.TypeReception, "server")
}

// origin adds where an envelope came from. [RESPONSE] is this program itself.
func (l *line) origin(s string) {
	if strings.HasPrefix(s, "[RESPONSE]") {
		return
	}
	p, _ := cutPeer(s)
	l.client(p)
}
