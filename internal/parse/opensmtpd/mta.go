package opensmtpd

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// mta reads what the client's side says of a session (mta_session.c, mta.c).
func (l *line) mta(verb string, p pairs) bool {
	switch verb {
	case "delivery":
		return l.delivery("mta", "", p)
	case "connecting":
		var address, host string
		p.cutClient(&address, &host)
		l.server(address, host)
	case "tls", "starttls":
		_, ciphers, _ := p.next()
		l.ciphers(ciphers)
	case "error":
		_, reason, _ := p.next()
		l.failure(reason)
	case "closing":
		_, reason, _ := p.next()
		l.e.Add(event.Reply, reason)
	case "disconnected", "closed":
		if name, reason, _ := p.next(); name == "reason" && !strings.HasPrefix(reason, "quit") {
			l.e.Add(event.Reply, reason)
		}
	}
	return l.is(event.TypeConnection, "mta")
}

// failure adds why a session with another server failed: "IO Error: Connection
// refused", or the server's answer after "BANNER rejected: ".
func (l *line) failure(s string) {
	before, answer, ok := strings.Cut(s, " rejected: ")
	if !ok || strings.IndexByte(before, ' ') >= 0 {
		l.e.Add(event.Reply, s)
		return
	}
	if before == "BANNER" {
		before = "CONNECT"
	}
	l.e.Add(event.SMTPStage, before)
	l.answer(answer)
}

// delivery reads the fate of one envelope, in all versions:
//
//	evpid=E from=<a> to=<b> rcpt=<-> source="s" relay="ip (host)" delay=1h2m3s result="Ok" stat="250 ..."
//	evpid=E from=<a> to=<b> rcpt=<c> user=u delay=0s result=Ok stat=Delivered
//	evpid=E, status=Ok, from=<a>, to=<b>, rcpt=<->, source=s, relay=ip (host), delay=3s, stat=250 ...
//
// rcpt is the address before aliases and forwards. Where 5.x says the result
// before the pairs, it is given.
func (l *line) delivery(component, result string, p pairs) bool {
	var to, rcpt, stat, ip string
	for name, value, ok := p.next(); ok; name, value, ok = p.next() {
		switch name {
		case "evpid":
			l.envelope(value)
		case "session":
			l.session = value
		case "from":
			l.sender(value)
		case "to":
			to = value
		case "rcpt":
			rcpt = value
		case "user":
			l.e.AddExtra("local_user", string(event.AppendJSONString(make([]byte, 0, 64), value)))
		case "relay":
			ip = l.relay(value)
		case "delay":
			l.duration(value)
		case "result", "status":
			result = value
		case "stat":
			stat = value
		}
	}
	l.recipients(to, rcpt)
	status := fate(result)
	l.e.Add(event.Status, status)
	text := l.answer(lmtpAnswer(stat))
	if status == event.StatusDelivered && component == "mta" {
		l.receipt(text, ip)
	}
	return l.is(event.TypeDelivery, component)
}

// fate translates a result. The word LoopDetected is of 5.x.
func fate(result string) string {
	switch result {
	case "Ok":
		return event.StatusDelivered
	case "TempFail":
		return event.StatusDeferred
	case "PermFail", "LoopDetected", "Loop":
		return event.StatusBounced
	}
	return ""
}

// lmtpAnswer finds the answer of a mailbox server in what its client said:
//
//	Error (temporary failure: "mail.lmtp: LMTP server error: 552 5.2.2 <a> Quota exceeded")
func lmtpAnswer(stat string) string {
	const mark = "LMTP server error: "
	i := strings.Index(stat, mark)
	if i < 0 {
		return stat
	}
	answer := stat[i+len(mark):]
	if strings.HasSuffix(answer, `")`) {
		return answer[:len(answer)-2]
	}
	return answer
}

// receipt adds the id under which the next server took the message. A server on
// this machine that numbers like OpenSMTPD is the one that writes this log.
func (l *line) receipt(text, ip string) {
	if session, ok := lex.Saved(text); ok {
		l.e.Add(event.SessionID, session)
		return
	}
	id := lex.Receipt(text)
	if lex.Loopback(ip) && lex.Hex(id, 8) {
		l.e.Add(event.NextQueueID, id)
	} else {
		l.e.Add(event.RemoteQueueID, id)
	}
}
