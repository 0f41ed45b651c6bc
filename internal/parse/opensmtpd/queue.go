package opensmtpd

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// queueLine reads what happens to an envelope outside a session (queue.c, and
// in 5.x all deliveries):
//
//	relay: Expire for E: from=<a>, to=<b>, rcpt=<->, delay=1m2s, stat=Envelope expired
//	delivery: Remove for E: ...
//	delivery: Ok for E: from=<a>, to=<b>, rcpt=<c>, user=u, method=mbox, delay=0s, stat=Delivered
func (l *line) queueLine() bool {
	component, s := "mta", ""
	if rest, ok := strings.CutPrefix(l.text, "relay: "); ok {
		s = rest
	} else if rest, ok := strings.CutPrefix(l.text, "delivery: "); ok {
		component, s = "mda", rest
	} else {
		return false
	}
	verb, s, ok := strings.Cut(s, " for ")
	if !ok || len(s) < 18 || !lex.Hex(s[:16], 16) || s[16] != ':' {
		return false
	}
	l.envelope(s[:16])
	p := pairs{s: strings.TrimPrefix(s[17:], " "), sep: ", "}
	if fate(verb) != "" {
		return l.delivery(component, verb, p)
	}
	switch verb {
	case "Expire":
		l.e.Add(event.Status, event.StatusExpired)
	case "Remove":
		l.e.Add(event.Status, event.StatusDiscarded)
		l.e.AddExtra("action", `"removed"`)
	case "Hold":
		l.e.Add(event.Status, event.StatusHeld)
	}
	l.queueFields(p)
	return l.is(event.TypeQueue, "queue")
}

func (l *line) queueFields(p pairs) {
	var to, rcpt string
	for name, value, ok := p.next(); ok; name, value, ok = p.next() {
		switch name {
		case "from":
			l.sender(value)
		case "to":
			to = value
		case "rcpt":
			rcpt = value
		case "delay":
			l.duration(value)
		case "stat":
			l.answer(value)
		}
	}
	l.recipients(to, rcpt)
}

// bounceFailed reads that a report could not be made (bounce.c): "PermFail
// injecting failure report on message 687959a4 to <a@b> for 1 envelope: 550
// ...". The address is the sender of the message.
func (l *line) bounceFailed() bool {
	_, s, ok := strings.Cut(l.text, " injecting failure report on message ")
	if !ok || len(s) < 13 || !lex.Hex(s[:8], 8) {
		return false
	}
	l.message(s[:8])
	if address, rest, ok := lex.Angle(strings.TrimPrefix(s[8:], " to ")); ok {
		l.sender(address)
		if _, status, ok := strings.Cut(rest, ": "); ok {
			l.answer(status)
		}
	}
	return l.is(event.TypeQueue, "bounce")
}
