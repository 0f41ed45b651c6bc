package simulate

import (
	"fmt"
	"time"
)

// postfix says a line as rsyslog's file format has it; a sequence gives the
// daemons of one message their pids.
func (w *World) postfix(at time.Time, daemon string, pid int, format string, args ...any) {
	w.say(postfixLog, at, fmt.Sprintf("%s mx2 postfix/%s[%d]: %s", at.UTC().Format("2006-01-02T15:04:05.000000-07:00"), daemon, pid, fmt.Sprintf(format, args...)))
}

func (w *World) dovecot(at time.Time, format string, args ...any) {
	w.say(dovecotLog, at, fmt.Sprintf("%s store2 dovecot: %s", at.UTC().Format("Jan _2 15:04:05"), fmt.Sprintf(format, args...)))
}

// queueID is a long queue id: the clock in two alphabets, so it never repeats.
func (w *World) queueID(at time.Time) string {
	const alphabet = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz"
	digits := func(n int64, base int64, width int) string {
		b := make([]byte, width)
		for i := width - 1; i >= 0; i-- {
			b[i], n = alphabet[n%base], n/base
		}
		return string(b)
	}
	w.message++
	return digits(at.Unix(), 52, 6) + digits(int64(at.Nanosecond()/1000), 52, 4) + "z" + digits(int64(1000+w.message), 51, 4)
}

func (w *World) lmtpSession() string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	b := make([]byte, 22)
	for i := range b {
		b[i] = letters[w.rand.IntN(len(letters))]
	}
	return string(b)
}

// inboundMail comes from elsewhere and ends in a mailbox, or is over quota.
func (w *World) inboundMail(at time.Time) {
	from, id := pick(w, peers), w.queueID(at)
	sender, mid, size := pick(w, names)+"@"+from.domain, w.messageID(from.domain), 900+w.rand.IntN(60000)
	pid := w.nextPID()
	recipients := []string{w.address(postfixDomains)}
	for w.chance(0.12) && len(recipients) < 4 {
		recipients = append(recipients, w.address(postfixDomains))
	}
	w.postfix(at, "smtpd", pid, "connect from %s[%s]", from.host, from.ip)
	if w.chance(0.15) {
		w.postfix(at.Add(w.ms(5, 20)), "smtpd", pid, "NOQUEUE: reject: RCPT from %s[%s]: 450 4.2.0 <%s>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/%s.html; from=<%s> to=<%s> proto=ESMTP helo=<%s>", from.host, from.ip, recipients[0], from.domain, sender, recipients[0], from.host)
		at = at.Add(5*time.Minute + w.ms(0, 90000))
		id = w.queueID(at)
		w.postfix(at, "smtpd", pid, "connect from %s[%s]", from.host, from.ip)
	}
	w.postfix(at.Add(w.ms(10, 30)), "smtpd", pid, "%s: client=%s[%s]", id, from.host, from.ip)
	w.postfix(at.Add(w.ms(31, 50)), "cleanup", pid+1, "%s: message-id=%s", id, mid)
	w.postfix(at.Add(w.ms(51, 70)), "qmgr", 1201, "%s: from=<%s>, size=%d, nrcpt=%d (queue active)", id, sender, size, len(recipients))
	w.postfix(at.Add(w.ms(71, 80)), "smtpd", pid, "disconnect from %s[%s] ehlo=1 mail=1 rcpt=%d data=1 quit=1 commands=%d", from.host, from.ip, len(recipients), len(recipients)+4)
	done := at
	for _, r := range recipients {
		done = done.Add(w.ms(120, 400))
		w.deliverToMailbox(done, id, r, mid, done.Sub(at))
	}
	w.postfix(done.Add(w.ms(5, 15)), "qmgr", 1201, "%s: removed", id)
}

func (w *World) deliverToMailbox(at time.Time, id, recipient, mid string, delay time.Duration) {
	session, pid := w.lmtpSession(), 900+w.rand.IntN(20)
	delays := fmt.Sprintf("relay=192.0.2.30[192.0.2.30]:24, delay=%.2f, delays=%.2f/0/0.01/0.02", delay.Seconds(), delay.Seconds()-0.03)
	if w.chance(0.02) {
		w.dovecot(at, "lmtp(%s)<%d><%s>: msgid=%s: save failed to INBOX: Quota exceeded (mailbox for user is full)", recipient, pid, session, mid)
		w.postfix(at.Add(time.Millisecond), "lmtp", 1310, "%s: to=<%s>, %s, dsn=5.2.2, status=bounced (host 192.0.2.30[192.0.2.30] said: 552 5.2.2 <%s> Quota exceeded (mailbox for user is full) (in reply to end of DATA command))", id, recipient, delays, recipient)
		return
	}
	w.dovecot(at, "lmtp(%s)<%d><%s>: msgid=%s: saved mail to INBOX", recipient, pid, session, mid)
	w.postfix(at.Add(time.Millisecond), "lmtp", 1310, "%s: to=<%s>, %s, dsn=2.0.0, status=sent (250 2.0.0 <%s> %s Saved)", id, recipient, delays, recipient, session)
}

// outboundMail is sent by a customer: delivered, deferred for a while, or
// bounced with a notification.
func (w *World) outboundMail(at time.Time) {
	to, id, pid := pick(w, remotes), w.queueID(at), w.nextPID()
	sender := w.address(postfixDomains)
	mid, size := w.messageID(sender[len(sender)-10:]), 700+w.rand.IntN(30000)
	recipient := pick(w, names) + "@" + to.domain
	w.postfix(at, "submission/smtpd", pid, "%s: client=unknown[203.0.113.121], sasl_method=PLAIN, sasl_username=%s", id, sender)
	w.postfix(at.Add(w.ms(10, 20)), "cleanup", pid+1, "%s: message-id=%s", id, mid)
	w.postfix(at.Add(w.ms(21, 40)), "qmgr", 1201, "%s: from=<%s>, size=%d, nrcpt=1 (queue active)", id, sender, size)
	relay := fmt.Sprintf("relay=%s[%s]:25", to.host, to.ip)
	try := at.Add(w.ms(200, 900))
	for attempt := 0; attempt < 3 && w.chance(0.22); attempt++ {
		d := try.Sub(at).Seconds()
		w.postfix(try, "smtp", pid+2, "%s: to=<%s>, %s, delay=%.2f, delays=%.2f/0.01/0.05/0.05, dsn=4.7.0, status=deferred (host %s[%s] said: 451 4.7.0 Temporary server error. Please try again later (in reply to RCPT TO command))", id, recipient, relay, d, d-0.11, to.host, to.ip)
		try = try.Add(time.Duration(300*(1<<attempt))*time.Second + w.ms(0, 20000))
		w.postfix(try.Add(-time.Second), "qmgr", 1201, "%s: from=<%s>, size=%d, nrcpt=1 (queue active)", id, sender, size)
	}
	d := try.Sub(at).Seconds()
	delays := fmt.Sprintf("%s, delay=%.2f, delays=%.2f/0.01/0.05/0.05", relay, d, d-0.11)
	if !w.chance(0.08) {
		w.postfix(try, "smtp", pid+2, "%s: to=<%s>, %s, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as %X)", id, recipient, delays, w.rand.Uint32())
		w.postfix(try.Add(w.ms(2, 9)), "qmgr", 1201, "%s: removed", id)
		return
	}
	w.postfix(try, "smtp", pid+2, "%s: to=<%s>, %s, dsn=5.1.1, status=bounced (host %s[%s] said: 550 5.1.1 <%s>: Recipient address rejected: User unknown in virtual mailbox table (in reply to RCPT TO command))", id, recipient, delays, to.host, to.ip, recipient)
	w.notifyBounce(try, id, sender, pid)
}

// notifyBounce sends the sender the news of a bounce.
func (w *World) notifyBounce(at time.Time, id, sender string, pid int) {
	child, mid := w.queueID(at), w.messageID("mx2.alba-textil.example")
	w.postfix(at.Add(w.ms(3, 8)), "cleanup", pid+1, "%s: message-id=%s", child, mid)
	w.postfix(at.Add(w.ms(9, 12)), "bounce", pid+3, "%s: sender non-delivery notification: %s", id, child)
	w.postfix(at.Add(w.ms(13, 16)), "qmgr", 1201, "%s: from=<>, size=%d, nrcpt=1 (queue active)", child, 2500+w.rand.IntN(900))
	w.postfix(at.Add(w.ms(17, 20)), "qmgr", 1201, "%s: removed", id)
	w.deliverToMailbox(at.Add(w.ms(60, 90)), child, sender, mid, 80*time.Millisecond)
	w.postfix(at.Add(w.ms(100, 110)), "qmgr", 1201, "%s: removed", child)
}

// refusedAtPostfix is turned away before the queue.
func (w *World) refusedAtPostfix(at time.Time) {
	from, pid := pick(w, peers), w.nextPID()
	sender, recipient := pick(w, names)+"@"+from.domain, w.address(postfixDomains)
	reason := pick(w, []string{
		"550 5.1.1 <%[1]s>: Recipient address rejected: User unknown in virtual mailbox table",
		"554 5.7.1 Service unavailable; Client host [%[2]s] blocked using bl.example; listed",
		"554 5.7.1 <%[1]s>: Relay access denied",
		"550 5.7.23 <%[1]s>: Recipient address rejected: Message rejected due to: SPF fail - not authorized",
	})
	text := fmt.Sprintf(reason+"%.0[1]s%.0[2]s", recipient, from.ip)
	w.postfix(at, "smtpd", pid, "connect from %s[%s]", from.host, from.ip)
	w.postfix(at.Add(w.ms(20, 60)), "smtpd", pid, "NOQUEUE: reject: RCPT from %s[%s]: %s; from=<%s> to=<%s> proto=ESMTP helo=<%s>", from.host, from.ip, text, sender, recipient, from.host)
	w.postfix(at.Add(w.ms(80, 120)), "smtpd", pid, "disconnect from %s[%s] ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4", from.host, from.ip)
}

func (w *World) postfixAuthFailure(at time.Time, ip, user string) {
	pid := w.nextPID()
	w.postfix(at, "submission/smtpd", pid, "connect from unknown[%s]", ip)
	w.postfix(at.Add(w.ms(90, 300)), "submission/smtpd", pid, "warning: unknown[%s]: SASL PLAIN authentication failed: (reason unavailable), sasl_username=%s", ip, user)
	w.postfix(at.Add(w.ms(301, 400)), "submission/smtpd", pid, "disconnect from unknown[%s] ehlo=1 auth=0/1 commands=1/2", ip)
}

// mailboxLogin is a customer who reads mail, or mistypes the password.
func (w *World) mailboxLogin(at time.Time) {
	user, session, pid := w.address(postfixDomains), w.lmtpSession()[:16], w.nextPID()
	if w.chance(0.1) {
		w.dovecot(at, "imap-login: Disconnected: Connection closed (auth failed, 1 attempts in 2 secs): user=<%s>, method=PLAIN, rip=203.0.113.122, lip=192.0.2.30, TLS, session=<%s>", user, session)
		return
	}
	w.dovecot(at, "imap-login: Login: user=<%s>, method=PLAIN, rip=203.0.113.121, lip=192.0.2.30, mpid=%d, TLS, session=<%s>", user, pid, session)
	w.dovecot(at.Add(w.ms(900, 90000)), "imap(%s)<%d><%s>: Disconnected: Logged out in=%d out=%d deleted=0 expunged=0 trashed=0 hdr_count=%d hdr_bytes=%d body_count=0 body_bytes=0", user, pid, session, 200+w.rand.IntN(900), 1000+w.rand.IntN(90000), w.rand.IntN(40), w.rand.IntN(20000))
}

// nextPID gives a process id, which is used again after a while.
func (w *World) nextPID() int {
	w.pid += 5
	if w.pid > 60000 {
		w.pid = 2000
	}
	return w.pid
}
