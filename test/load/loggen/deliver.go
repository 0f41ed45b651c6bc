package main

import (
	"strconv"
	"time"
)

// answer is a remote server's refusal: code, enhanced code and text.
type answer struct{ code, dsn, text string }

var refusals = []answer{
	{"550", "5.1.1", "550-5.1.1 The email account that you tried to reach does not exist. Please try 550-5.1.1 double-checking the recipient's email address for typos or 550-5.1.1 unnecessary spaces. 550 5.1.1 https://support.bigmail/mail/?p=NoSuchUser - gsmtp (in reply to RCPT TO command)"},
	{"550", "5.4.1", "550 5.4.1 Recipient address rejected: Access denied. AS(201806281) [AM7EUR03FT012.eop-EUR03.prod.protection.outlook] (in reply to RCPT TO command)"},
	{"552", "5.2.2", "552 5.2.2 Mailbox full (in reply to RCPT TO command)"},
	{"554", "5.7.1", "554 5.7.1 Message rejected as spam by Content Filtering (in reply to end of DATA command)"},
	{"550", "5.7.26", "550-5.7.26 Unauthenticated email is not accepted due to domain's DMARC 550-5.7.26 policy. 550 5.7.26 this was a legitimate mail. - gsmtp (in reply to end of DATA command)"},
}

var deferrals = []answer{
	{"450", "4.2.1", "450 4.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages from being delivered. - gsmtp (in reply to RCPT TO command)"},
	{"451", "4.7.1", "451 4.7.1 Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/ (in reply to RCPT TO command)"},
	{"421", "4.7.0", "421 4.7.0 [TSS04] Messages temporarily deferred due to unexpected volume or user complaints (in reply to end of DATA command)"},
	{"451", "4.7.500", "451 4.7.500 Server busy. Please try again later. (S77714) (in reply to RCPT TO command)"},
}

// Where our own servers are.
const (
	mxIP    = "192.0.2.10"
	storeIP = "192.0.2.20"
)

// attempt tries to deliver to every recipient whose fate is open, and plans
// the next attempt with Postfix's back-off.
func (g *generator) attempt(m *message, t int64) {
	if m.tries > 0 {
		if t-m.began > g.lifetime.Microseconds() {
			g.expire(m, t)
			return
		}
		g.activate(m, t)
	}
	m.tries++
	pending, failed, end := 0, false, t
	for i := range m.recipients {
		rc := &m.recipients[i]
		if rc.status != "" {
			continue
		}
		var done int64
		switch rc.fate {
		case savedLocally, overQuota:
			done = g.deliverLocally(m, i, t)
		case discarded:
			done = g.discard(m, rc, t)
		default:
			done = g.deliverAway(m, rc, t)
		}
		end = max(end, done)
		failed = failed || rc.status == statusBounced
		if rc.status == "" {
			pending++
		}
	}
	if failed {
		g.bounce(m, end+3000)
	}
	if pending == 0 {
		g.finish(m, end+int64(500+g.random.below(4000)))
		return
	}
	const longestWait = 4000
	wait := int64(300) << uint(m.tries-1)
	if m.tries > 4 || wait > longestWait {
		wait = longestWait
	}
	g.later(m, end+(wait+int64(g.random.below(300)))*1000000, stepAttempt)
}

// expire gives up on what is still waiting.
func (g *generator) expire(m *message, t int64) {
	g.log(t, m.host, "postfix/qmgr", g.daemon(m.host, "postfix/qmgr"), m.queueID, ": from=<", m.from, ">, status=expired, returned to sender")
	g.totals.ByStatus[statusExpired]++
	for i := range m.recipients {
		if rc := &m.recipients[i]; rc.status == "" {
			rc.status = statusExpired
		}
	}
	g.bounce(m, t+5000)
	g.finish(m, t+20000)
}

func (rc *recipient) originalPart() string {
	if rc.original == "" {
		return ""
	}
	return ", orig_to=<" + rc.original + ">"
}

// deliverLocally hands a copy to Dovecot over LMTP, and returns when.
func (g *generator) deliverLocally(m *message, i int, t int64) int64 {
	rc, r, h := &m.recipients[i], &g.random, m.host
	st := g.storeHosts[mix(uint64(len(rc.address))*31+uint64(rc.address[0]))%uint64(len(g.storeHosts))]
	arrived := t + int64(3000+r.below(40000))
	pid := g.worker(h, "postfix/lmtp", t, 200000)
	session := decimal(g.worker(st, "lmtp", t, 300000))
	id := sessionID(r.next())
	relay := st.name + "." + domainOfOurs
	if i == 0 || r.chance(.2) {
		g.log(arrived, st, "dovecot", 0, "lmtp(", session, "): Connect from ", mxIP)
	}
	end := arrived + int64(8000+r.below(90000))
	said := func(parts ...string) {
		g.log(end-1500, st, "dovecot", 0, append([]string{"lmtp(", rc.address, ")<", session, "><", id, ">: "}, parts...)...)
	}
	delivered := func(parts ...string) {
		g.log(end, h, "postfix/lmtp", pid, append([]string{m.queueID, ": to=<", rc.address, ">", rc.originalPart(), ", relay=", relay, "[", storeIP, "]:24, ", delays(m.began, end, t-m.began, 0, 5000, 30000)}, parts...)...)
	}
	if rc.fate == overQuota {
		said("msgid=", m.messageID, ": save failed to INBOX: Quota exceeded (mailbox for user is full)")
		delivered(", dsn=5.2.2, status=bounced (host ", relay, "[", storeIP, "] said: 552 5.2.2 <", rc.address, "> Quota exceeded (mailbox for user is full) (in reply to end of DATA command))")
		rc.status, rc.code, rc.dsn = statusBounced, "552", "5.2.2"
		g.totals.ByStatus["bounced"]++
	} else {
		if r.chance(.06) {
			said("sieve: msgid=", m.messageID, ": fileinto action: stored mail into mailbox 'Spam'")
		} else {
			said("msgid=", m.messageID, ": saved mail to INBOX")
		}
		delivered(", dsn=2.0.0, status=sent (250 2.0.0 <", rc.address, "> ", id, " Saved)")
		rc.status, rc.code, rc.dsn = statusDelivered, "250", "2.0.0"
		g.totals.ByStatus["sent"]++
	}
	if i == len(m.recipients)-1 || r.chance(.2) {
		g.log(end+2000, st, "dovecot", 0, "lmtp(", session, "): Disconnect from ", mxIP, ": Logged out (state=READY)")
	}
	return end
}

func (g *generator) discard(m *message, rc *recipient, t int64) int64 {
	end := t + int64(2000+g.random.below(9000))
	g.log(end, m.host, "postfix/discard", g.worker(m.host, "postfix/discard", t, 10000), m.queueID, ": to=<", rc.address, ">, relay=none, ", delays(m.began, end, t-m.began, 0, 0, 0), ", dsn=2.0.0, status=sent (descartado por politica)")
	rc.status, rc.code, rc.dsn = statusDiscarded, "250", "2.0.0"
	g.totals.ByStatus["sent"]++
	return end
}

// deliverAway hands a copy to a provider's server, which takes it, refuses it
// or puts it off.
func (g *generator) deliverAway(m *message, rc *recipient, t int64) int64 {
	h, r := m.host, &g.random
	p, _ := providerOf(rc.address)
	pid := g.worker(h, "postfix/smtp", t, 600000)
	server := p.mx + "[" + p.ip + "]"
	relay := server + ":25"
	connected := t + int64(30000+r.below(300000))
	if p.tls && r.chance(.7) {
		g.log(connected, h, "postfix/smtp", pid, "Untrusted TLS connection established to ", relay, tlsDetails)
	}
	end := connected + int64(50000+r.below(900000))
	begin := m.queueID + ": to=<" + rc.address + ">" + rc.originalPart() + ", relay="
	times := delays(m.began, end, t-m.began, 4000, connected-t, end-connected)
	switch {
	case rc.fate == sentAway || rc.fate == deferredFirst && rc.deferrals == 0:
		reply, dsn := g.acceptance(p, m.messageID, m.size)
		g.log(end, h, "postfix/smtp", pid, begin, relay, ", ", times, ", dsn=", dsn, ", status=sent (", reply, ")")
		rc.status, rc.code, rc.dsn = statusDelivered, "250", dsn
		g.totals.ByStatus["sent"]++
		return end
	case rc.fate == bounced:
		a := refusals[mix(uint64(m.number))%uint64(len(refusals))]
		g.log(end, h, "postfix/smtp", pid, begin, relay, ", ", times, ", dsn=", a.dsn, ", status=bounced (host ", server, " said: ", a.text, ")")
		rc.status, rc.code, rc.dsn = statusBounced, a.code, a.dsn
		g.totals.ByStatus["bounced"]++
		return end
	}
	if mix(uint64(m.number)+1)%5 == 0 {
		const unreachable = ": Connection timed out"
		g.log(end, h, "postfix/smtp", pid, "connect to ", relay, unreachable)
		g.log(end+100, h, "postfix/smtp", pid, begin, "none, ", delays(m.began, end, t-m.began, 4000, 30000000, 0), ", dsn=4.4.1, status=deferred (connect to ", relay, unreachable, ")")
		rc.code, rc.dsn = "", "4.4.1"
	} else {
		a := deferrals[mix(uint64(m.number))%uint64(len(deferrals))]
		g.log(end, h, "postfix/smtp", pid, begin, relay, ", ", times, ", dsn=", a.dsn, ", status=deferred (host ", server, " said: ", a.text, ")")
		rc.code, rc.dsn = a.code, a.dsn
	}
	g.totals.ByStatus["deferred"]++
	rc.deferrals--
	return end
}

// bounce sends a non-delivery notice back to the sender, under a queue id of
// its own. Notices are not answered by notices.
func (g *generator) bounce(m *message, t int64) {
	if m.from == "" {
		return
	}
	h := m.host
	b := g.newMessage("bounce", h, t, "")
	b.sampled = false
	g.totals.Messages-- // a notice is not a message that somebody sent
	pid := g.worker(h, "postfix/bounce", t, 20000)
	b.messageID = "<" + g.start.Add(time.Duration(t)*time.Microsecond).UTC().Format("20060102150405") + "." + b.queueID + "@" + h.name + "." + domainOfOurs + ">"
	g.log(t, h, "postfix/cleanup", g.worker(h, "postfix/cleanup", t, 20000), b.queueID, ": message-id=", b.messageID)
	g.log(t+900, h, "postfix/bounce", pid, m.queueID, ": sender non-delivery notification: ", b.queueID)
	m.ids = append(m.ids, "bounce:"+b.queueID)
	b.size = m.size + 2300
	rc := recipient{address: m.from, fate: savedLocally}
	if _, remote := providerOf(m.from); remote {
		rc.fate = sentAway
	}
	b.recipients = []recipient{rc}
	g.activate(b, t+2500)
	g.later(b, t+4000, stepAttempt)
}

// delays is how Postfix writes the seconds a delivery took, in all and by
// stage. All times are in microseconds.
func delays(began, end, before, queue, connect, transmit int64) string {
	return "delay=" + seconds(end-began) + ", delays=" + seconds(before) + "/" + seconds(queue) + "/" + seconds(connect) + "/" + seconds(transmit)
}

// seconds keeps two significant digits below ten, as Postfix does.
func seconds(micro int64) string {
	f := float64(micro) / 1e6
	switch {
	case f >= 10:
		return strconv.FormatInt(int64(f+.5), 10)
	case f >= 1:
		return strconv.FormatFloat(f, 'f', 1, 64)
	}
	return strconv.FormatFloat(f, 'g', 2, 64)
}
