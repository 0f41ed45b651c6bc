package dovecot

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// proxied reads what an LMTP proxy did with a recipient (lmtp/lmtp-proxy.c):
//
//	<session>: Sent message to <u@d> at 10.0.0.1:24: 250 2.0.0 Ok (1/1 at 5 ms)
//	<session>: Failed to send message to <u@d> at 10.0.0.1:24: 452 4.2.2 full (1/1 at 5 ms)
func (l *line) proxied() bool {
	const sent, failed = "Sent message to <", "Failed to send message to <"
	s, session := l.text, ""
	if rest, ok := strings.CutPrefix(s, "<"); ok {
		if session, s, ok = strings.Cut(rest, ">: "); !ok {
			return false
		}
	}
	rest, ok := strings.CutPrefix(s, sent)
	if !ok {
		if rest, ok = strings.CutPrefix(s, failed); !ok {
			return false
		}
	}
	to, rest, ok := strings.Cut(rest, "> at ")
	if !ok {
		return false
	}
	if session != "" {
		l.session = session
	}
	l.e.Add(event.Recipient, lex.Lower(to))
	at, answer, _ := strings.Cut(rest, ": ")
	l.relay(at)
	if i := strings.LastIndex(answer, " ("); i >= 0 && strings.HasSuffix(answer, " ms)") {
		answer = answer[:i]
	}
	if s[0] == sent[0] {
		l.e.Add(event.Status, event.StatusDelivered)
	} else {
		l.e.AddBool(event.Success, false)
	}
	l.reply(answer)
	return l.is(event.TypeDelivery)
}

// relay adds "host:port"; an IPv6 address has no brackets.
func (l *line) relay(s string) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return
	}
	l.e.Add(event.RelayHost, s[:i])
	if lex.IsIP(s[:i]) {
		l.e.Add(event.RelayIP, s[:i])
	}
	if n, ok := lex.Number(s[i+1:]); ok {
		l.e.AddInt(event.RelayPort, n)
	}
}

// submitted reads what the submission service did with a message
// (submission/submission-backend-relay.c). The server that it relays to is the
// mail server it stands before, so that the id in the answer is one of ours.
//
//	Successfully relayed message: from=<s>, size=1, id=I, nrcpt=1, reply=`250 2.0.0 Ok: queued as X'
//	Failed to relay message: from=<s>, to=<r>, size=1, rcpt=1/2, reply=`550 5.1.1 no'
func (l *line) submitted() bool {
	rest, good := strings.CutPrefix(l.text, "Successfully relayed message: from=<")
	if !good {
		var ok bool
		if rest, ok = strings.CutPrefix(l.text, "Failed to relay message: from=<"); !ok {
			return false
		}
	}
	from, rest, ok := strings.Cut(rest, ">, ")
	if !ok {
		return false
	}
	rest, answer, _ := strings.Cut(rest, ", reply=`")
	answer = strings.TrimSuffix(answer, "'")
	if from == "" {
		from = "<>"
	}
	l.e.Add(event.Username, l.user)
	l.e.Add(event.Sender, lex.Lower(from))
	if to, tail, ok := strings.Cut(rest, ">, "); ok && strings.HasPrefix(to, "to=<") {
		l.e.Add(event.Recipient, lex.Lower(to[len("to=<"):]))
		rest = tail
	}
	for rest != "" {
		var part string
		part, rest, _ = strings.Cut(rest, ", ")
		name, value, _ := strings.Cut(part, "=")
		n, isNumber := lex.Number(value)
		switch {
		case name == "size" && isNumber:
			l.e.AddInt(event.Size, n)
		case name == "nrcpt" && isNumber:
			l.e.AddInt(event.RecipientCount, n)
		}
	}
	if good {
		l.e.Add(event.Status, event.StatusDelivered)
		if _, id, ok := strings.Cut(answer, "queued as "); ok {
			l.e.Add(event.NextQueueID, angle(id))
		}
	} else {
		l.e.AddBool(event.Success, false)
	}
	l.reply(answer)
	return l.is(event.TypeDelivery)
}
