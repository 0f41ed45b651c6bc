package postfix

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// delivery reads the line in which a delivery agent tells the fate of one
// recipient:
//
//	to=<a>, orig_to=<b>, relay=host[ip]:25, conn_use=2, delay=1.2,
//	delays=0.1/0/0.5/0.6, tls=..., dsn=2.0.0, status=sent (text)
//
// Everything after the addresses is a list of names and values in which later
// versions may put new ones anywhere before status=. The text at the end comes
// from the other server.
func (l *line) delivery(s string) bool {
	addr, rest, ok := lex.Angle(s[len("to="):])
	if !ok {
		return false
	}
	origin := ""
	if tail, found := strings.CutPrefix(rest, ", orig_to="); found {
		if origin, rest, ok = lex.Angle(tail); !ok {
			return false
		}
	}
	if !strings.HasPrefix(rest, ", relay=") {
		return false
	}
	values, extra := len(l.e.Values), len(l.e.Extra)
	l.recipient(addr)
	l.e.Add(event.OriginalRecipient, lex.Lower(origin))
	status, reason, to := l.deliveryFields(rest)
	if status == "" && !l.sure {
		l.e.Values, l.e.Extra = l.e.Values[:values], l.e.Extra[:extra]
		return false
	}
	fate, isMail := l.fate(status, reason)
	l.e.Add(event.Status, fate)
	l.reason(reason, to)
	if status == "sent" {
		l.receipt(reason, to.isHere())
	} else if strings.HasPrefix(reason, suspended) {
		l.e.AddExtra(extraRemark, `"suspended"`)
	}
	if !isMail {
		if status == "deliverable" {
			l.e.AddExtra("probe", `"deliverable"`)
		} else {
			l.e.AddExtra("probe", `"undeliverable"`)
		}
		return l.is(event.TypeSystem, "")
	}
	return l.is(event.TypeDelivery, "")
}

// deliveryFields adds the named values of a delivery and returns the status
// word, the text behind it and the relay.
func (l *line) deliveryFields(s string) (status, reason string, to peer) {
	for strings.HasPrefix(s, ", ") {
		s = s[2:]
		eq := strings.IndexByte(s, '=')
		if eq < 0 {
			return "", "", to
		}
		name, value := s[:eq], s[eq+1:]
		if name == "status" {
			open := strings.IndexByte(value, ' ')
			if open < 0 {
				return value, "", to
			}
			return value[:open], cutParens(value[open+1:]), to
		}
		if end := strings.Index(value, ", "); end >= 0 {
			value, s = value[:end], value[end:]
		} else {
			s = ""
		}
		switch {
		case name == "relay" && !l.e.Has(event.RelayHost):
			to = l.deliveryRelay(value)
		case name == "delay" && !l.e.Has(event.Delay):
			l.seconds(event.Delay, value)
		case name == "delays" && !l.e.Has(event.DelayQueue):
			l.delays(value)
		case name == "dsn" && !l.e.Has(event.DSN):
			l.e.Add(event.DSN, lex.DSN(value))
		case name == "tls":
			l.extra("tls_features", value)
		}
	}
	return "", "", to
}

// cutParens takes the brackets off the text at the end of a delivery. A line
// that was cut has no closing one.
func cutParens(s string) string {
	s = strings.TrimPrefix(s, "(")
	return strings.TrimSuffix(s, ")")
}

// deliveryRelay adds the relay: a server, the name of a local service, or
// none.
func (l *line) deliveryRelay(value string) peer {
	if p, _, ok := cutPeer(value); ok {
		l.relay(p)
		return p
	}
	if value != "none" {
		l.e.Add(event.RelayHost, value)
	}
	return peer{}
}

// delays adds the four parts of a delay: before the queue manager, in it, on
// the connection, and on the transmission. The first two are our queue.
func (l *line) delays(s string) {
	var part [4]int64
	for i := range part {
		value, rest, more := strings.Cut(s, "/")
		n, ok := micros(value)
		if !ok || more != (i < 3) {
			return
		}
		part[i], s = n, rest
	}
	l.e.AddFloat(event.DelayQueue, float64(part[0]+part[1])/1e6)
	l.e.AddFloat(event.DelayConnect, float64(part[2])/1e6)
	l.e.AddFloat(event.DelayTransmit, float64(part[3])/1e6)
}

func (l *line) seconds(f event.Field, s string) {
	if n, ok := micros(s); ok {
		l.e.AddFloat(f, float64(n)/1e6)
	}
}

// fate translates a status word. isMail is false for the answer to an address
// probe, which moves no mail.
func (l *line) fate(status, reason string) (fate string, isMail bool) {
	switch status {
	case "sent":
		switch {
		case strings.HasPrefix(reason, "forwarded as "):
			return event.StatusForwarded, true
		case l.daemon == "discard", l.daemon == "" && !l.e.Has(event.RelayHost) && !l.e.Has(event.RelayIP):
			// Where the header does not name the daemon, relay=none does: only
			// the discard service sends to nobody.
			return event.StatusDiscarded, true
		}
		return event.StatusDelivered, true
	case "deferred", "SOFTBOUNCE", "softbounce":
		return event.StatusDeferred, true
	case "bounced":
		return event.StatusBounced, true
	case "expired", "force-expired":
		return event.StatusExpired, true
	case "deliverable", "undeliverable":
		return "", false
	}
	return "", true
}

// reason adds the text of a delivery. Where it quotes the other server, only
// the quotation becomes the reply; where it does not, all of it:
//
//	250 2.0.0 Ok: queued as 4JMRZdTYXS4SMy
//	host h[ip] said: 550 5.1.1 unknown (in reply to RCPT TO command)
//	host h[ip] refused to talk to me: 554 5.7.1 bad reputation
//	SASL authentication failed; server h[ip] said: 535 5.7.8 no
//	delivery temporarily suspended: any of the others
//	connect to h[ip]:25: Connection refused
func (l *line) reason(s string, to peer) {
	p, answer, stage, ok := cutSaid(s)
	if !ok {
		l.reply(s)
		return
	}
	if to == (peer{}) {
		l.relay(p)
	}
	l.e.Add(event.SMTPStage, stage)
	l.reply(answer)
}

// suspended begins the reason of a delivery that was not tried, because others
// to the same place had just failed; what follows is their reason.
const suspended = "delivery temporarily suspended: "

// cutSaid reads a quotation of another server: who said it, what, and at which
// stage.
func cutSaid(s string) (p peer, answer, stage string, ok bool) {
	s = strings.TrimPrefix(s, suspended)
	tail, ok := strings.CutPrefix(s, "host ")
	if !ok {
		if !strings.HasPrefix(s, "SASL ") {
			return peer{}, "", "", false
		}
		const mark = "authentication failed; server "
		i := strings.Index(s[:min(len(s), 64)], mark)
		if i < 0 {
			return peer{}, "", "", false
		}
		tail, stage = s[i+len(mark):], "AUTH"
	}
	if p, tail, ok = cutPeer(tail); !ok {
		return peer{}, "", "", false
	}
	if said, ok := strings.CutPrefix(tail, " said: "); ok {
		if stage != "" {
			return p, said, stage, true
		}
		answer, stage = cutStage(said)
		return p, answer, stage, true
	}
	if said, ok := strings.CutPrefix(tail, " refused to talk to me: "); ok {
		return p, said, "CONNECT", true
	}
	return peer{}, "", "", false
}

// cutStage takes "(in reply to X command)" off the end of a quoted answer and
// names the stage as the server's side does.
func cutStage(s string) (answer, stage string) {
	const mark = " (in reply to "
	i := strings.LastIndex(s, mark)
	if i < 0 {
		return s, ""
	}
	command, ok := strings.CutSuffix(s[i+len(mark):], " command)")
	if !ok {
		return s, ""
	}
	if command == "end of DATA" {
		return s[:i], "END-OF-MESSAGE"
	}
	stage, _ = cutWord(command, " ")
	return s[:i], stage
}
