package sendmail

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// cutRecipients adds the addresses at the front of s and returns the first one,
// whether it stood in brackets, and what follows. A list that is continued in
// the next line ends with "[more]".
func (l *line) cutRecipients(s string) (first, rest string, given bool) {
	given = strings.HasPrefix(s, "<")
	for {
		address, tail := lex.Address(s)
		if first == "" {
			first = address
		}
		l.recipient(address)
		next, more := strings.CutPrefix(tail, ",")
		if !more || strings.HasPrefix(next, " ") || next == "" {
			return first, strings.TrimPrefix(tail, ", [more]"), given
		}
		s = next
	}
}

// state is what a delivery's line says beside its recipients.
type state struct {
	ctladdr, mailer, dsn, reply, stat, quarantine string
	to                                            peer
	attempted                                     bool // a mailer was tried
	bareCtl                                       bool // ctladdr stood without brackets
}

// delivery reads the fate of one or more recipients (deliver.c, logdelivery):
//
//	<a@b>,<c@d>, ctladdr=<x> (1/1), delay=1+16:01:50, xdelay=00:00:01, mailer=esmtp, pri=31072,
//	relay=mx.b. [192.0.2.1], dsn=4.7.1, reply=451 4.7.1 busy, stat=Deferred: 451 4.7.1 busy
//
// reply= is there since 8.16. Where no mailer was tried, the line is the end of
// a message that was refused.
func (l *line) delivery(s string) bool {
	first, rest, given := l.cutRecipients(s)
	if !strings.HasPrefix(rest, ", ") && !l.sure {
		return false
	}
	var d state
	l.deliveryFields(rest, &d)
	if d.stat == "" && !l.sure {
		return false
	}
	l.ctladdr(&d, given)
	l.relay(d.to)
	l.e.Add(event.DSN, lex.DSN(d.dsn))
	if d.quarantine != "" {
		l.e.Add(event.Reply, d.quarantine)
	}
	return l.stat(&d, first)
}

func (l *line) deliveryFields(s string, d *state) {
	for {
		name, value, ok := cutName(s)
		if !ok {
			return
		}
		switch name {
		case "stat":
			d.stat = value
			return
		case "reply":
			d.reply, s = lex.CutBefore(value, ", stat=")
			continue
		case "quarantine":
			d.quarantine, s = lex.CutBefore(value, ", dsn=", ", stat=")
			continue
		case "ctladdr":
			d.bareCtl = !strings.HasPrefix(value, "<")
			d.ctladdr, s = lex.Address(value)
			if strings.HasPrefix(s, " (") { // the user's and group's numbers
				_, s = cutValue(s)
			} else if i := strings.LastIndex(d.ctladdr, " ("); i > 0 {
				d.ctladdr = d.ctladdr[:i]
			}
			continue
		case "relay":
			d.to, s = cutPeer(value)
			continue
		}
		value, s = cutValue(value)
		switch name {
		case "delay":
			l.interval(event.Delay, value)
		case "xdelay":
			l.interval(event.DelayTransmit, value)
			d.attempted = true
		case "mailer":
			d.mailer, d.attempted = value, true
			l.agent(value)
		case "dsn":
			d.dsn = value
		case "ntries":
			l.number(event.Attempt, value)
		}
	}
}

// agent keeps the name of a mailer that does not speak to other servers: with
// it a failure is our own.
func (l *line) agent(mailer string) {
	switch mailer {
	case "esmtp", "smtp", "smtp8", "dsmtp", "relay":
		return
	}
	l.e.AddExtra("mailer", string(event.AppendJSONString(make([]byte, 0, 32), mailer)))
}

// ctladdr adds who a delivery ran for; see the package's comment. A submission
// writes neither the sender nor the recipients in brackets; the program is
// called sendmail then, as the daemon is on some systems too.
func (l *line) ctladdr(d *state, given bool) {
	if d.ctladdr == "" {
		return
	}
	submits := l.rec.Program == "sendmail" && d.bareCtl || strings.HasPrefix(l.rec.Program, "sm-msp") || d.mailer == "relay"
	if given || submits {
		l.e.AddExtra("ctladdr", string(event.AppendJSONString(make([]byte, 0, 64), d.ctladdr)))
		return
	}
	l.e.Add(event.OriginalRecipient, lex.Lower(d.ctladdr))
}

// stat adds the fate and the answer.
func (l *line) stat(d *state, first string) bool {
	word, text, colon := strings.Cut(d.stat, ": ")
	switch {
	case d.stat == "Sent" || strings.HasPrefix(d.stat, "Sent ("):
		l.sent(d, first)
		return l.is(event.TypeDelivery, "delivery")
	case d.stat == "queued":
		return l.is(event.TypeQueue, "queue")
	case d.stat == "quarantined":
		l.e.Add(event.Status, event.StatusQuarantined)
		return l.is(event.TypeQueue, "queue")
	case d.stat == "discarded":
		l.e.Add(event.Status, event.StatusDiscarded)
		return l.is(event.TypeQueue, "queue")
	case !d.attempted:
		return l.undelivered(d)
	}
	if d.reply == "" {
		d.reply = d.stat
		if colon && word == "Deferred" {
			d.reply = text
		}
	}
	l.answer(d.reply)
	l.e.Add(event.Status, l.failed(d, word))
	return l.is(event.TypeDelivery, "delivery")
}

// failed names the fate of a delivery that failed. Without an enhanced code the
// answer's class counts.
func (l *line) failed(d *state, word string) string {
	class := byte('5')
	switch {
	case word == "Deferred":
		return event.StatusDeferred
	case d.stat == "":
		return ""
	case d.dsn != "":
		class = d.dsn[0]
	case l.e.Int(event.SMTPCode) >= 400:
		class = byte('0' + l.e.Int(event.SMTPCode)/100)
	}
	switch {
	case strings.Contains(d.stat, "could not be delivered for"), d.dsn == "4.4.7" || d.dsn == "5.4.7":
		return event.StatusExpired
	case class == '4':
		return event.StatusDeferred
	case class == '2':
		return event.StatusDelivered
	}
	return event.StatusBounced
}

// sent adds a delivery that succeeded: "Sent (the server's answer)", of which
// the codes were taken off.
func (l *line) sent(d *state, first string) {
	text := strings.TrimPrefix(d.stat, "Sent")
	if text = strings.TrimPrefix(text, " ("); strings.HasSuffix(text, ")") {
		text = text[:len(text)-1]
	}
	l.e.Add(event.Reply, text)
	if bare(first) == "/dev/null" || d.mailer == "discard" || d.mailer == "*discard*" {
		l.e.Add(event.Status, event.StatusDiscarded)
		return
	}
	l.e.Add(event.Status, event.StatusDelivered)
	_, _, text = lex.Reply(text)
	if session, ok := lex.Saved(text); ok {
		l.e.Add(event.SessionID, session)
		return
	}
	id := lex.Receipt(text)
	if lex.Loopback(d.to.ip) && isID(id) {
		l.e.Add(event.NextQueueID, id)
	} else {
		l.e.Add(event.RemoteQueueID, id)
	}
}

// undelivered reads whose message was not taken after all (srvrsmtp.c,
// logundelrcpts): its stat is the refusal, or how the client left.
func (l *line) undelivered(d *state) bool {
	if d.stat == "" {
		return l.is(event.TypeQueue, "queue")
	}
	l.answer(d.stat)
	if verb, rest := lex.Verb(d.stat); d.stat == "aborted by sender" || verb != "" && rest == "" {
		return l.is(event.TypeQueue, "server")
	}
	l.e.Add(event.SMTPStage, "END-OF-MESSAGE")
	l.e.Add(event.Status, event.StatusRejected)
	return l.is(event.TypeRejection, "server")
}
