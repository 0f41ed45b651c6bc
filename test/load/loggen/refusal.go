package main

import "time"

// rejection is a reason to refuse a recipient.
type rejection struct{ code, dsn, text, scenario string }

// The scenarios whose lines name somebody special.
const (
	scenarioUnknownUser   = "reject_unknown_user"
	scenarioRelayDenied   = "reject_relay_denied"
	scenarioListed        = "reject_rbl"
	scenarioUnknownDomain = "reject_unknown_sender_domain"
)

// rejections are the reasons; those that stand twice come twice as often.
var rejections = []rejection{
	{"450", "4.2.0", "Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/", "reject_greylist"},
	{"550", "5.1.1", "Recipient address rejected: User unknown in virtual mailbox table", scenarioUnknownUser},
	{"550", "5.1.1", "Recipient address rejected: User unknown in virtual mailbox table", scenarioUnknownUser},
	{"554", "5.7.1", "Relay access denied", scenarioRelayDenied},
	{"554", "5.7.1", "", scenarioListed},
	{"554", "5.7.1", "", scenarioListed},
	{"550", "5.7.23", "Recipient address rejected: Message rejected due to: SPF fail - not authorized", "reject_spf_fail"},
	{"450", "4.1.8", "", scenarioUnknownDomain},
}

// reject is a client whose recipient is refused before there is a queue id.
func (g *generator) reject(h *host, t int64) {
	r := &g.random
	k := rejections[r.below(len(rejections))]
	from, _ := g.someRemote()
	to := g.someLocal()
	name, ip := g.customer()
	helo := "mail." + domainOf(from)
	switch k.scenario {
	case scenarioUnknownUser:
		to = "nadie" + decimal(r.below(100000)) + "@" + domainOf(to)
	case scenarioRelayDenied:
		to, _ = g.someRemote()
	}
	pid := g.worker(h, "postfix/smtpd", t, 900000)
	peer := client{name: name, ip: ip}.String()
	g.log(t, h, "postfix/smtpd", pid, "connect from ", peer)
	refused := t + int64(100000+r.below(900000))
	var why string
	switch k.scenario {
	case scenarioListed:
		why = "Service unavailable; Client host [" + ip + "] blocked using zen.listanegra.example; https://listanegra.example/query?ip=" + ip
	case scenarioUnknownDomain:
		why = "<" + from + ">: Sender address rejected: Domain not found"
	default:
		why = "<" + to + ">: " + k.text
	}
	g.log(refused, h, "postfix/smtpd", pid, "NOQUEUE: reject: RCPT from ", peer, ": ", k.code, " ", k.dsn, " ", why, "; from=<", from, "> to=<", to, "> proto=ESMTP helo=<", helo, ">")
	if r.chance(.3) {
		g.log(refused+90000, h, "postfix/smtpd", pid, "lost connection after RCPT from ", peer)
	}
	g.log(refused+100000, h, "postfix/smtpd", pid, "disconnect from ", peer, " ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4")
	g.totals.Rejects++
	g.messages++
	if g.sample() {
		m := &message{
			scenario: k.scenario, host: h, began: refused, from: from, sampled: true, clientIP: ip, ids: []string{""},
			recipients: []recipient{{address: to, status: statusRejected, code: k.code, dsn: k.dsn}},
		}
		g.later(m, refused+100001, stepTruth)
	}
}

// rejectContent is a message that a milter refuses when all of it was sent.
func (g *generator) rejectContent(h *host, t int64) {
	from, p := g.someRemote()
	m := g.newMessage("milter_reject_spam", h, t, from)
	m.messageID = g.messageID(p.domain)
	m.recipients = []recipient{{address: g.someLocal(), status: statusRejected, code: "554", dsn: "5.7.1"}}
	name, ip := g.outgoingServer(p)
	m.clientIP = ip
	pid := g.worker(h, "postfix/smtpd", t, 900000)
	peer := client{name: name, ip: ip}.String()
	g.log(t, h, "postfix/smtpd", pid, "connect from ", peer)
	m.began = t + 50000
	g.log(t+50000, h, "postfix/smtpd", pid, m.queueID, ": client=", peer)
	cleanup := g.worker(h, "postfix/cleanup", t, 50000)
	g.log(t+90000, h, "postfix/cleanup", cleanup, m.queueID, ": message-id=", m.messageID)
	g.log(t+290000, h, "postfix/cleanup", cleanup, m.queueID, ": milter-reject: END-OF-MESSAGE from ", peer, ": 5.7.1 Spam message rejected; from=<", from, "> to=<", m.recipients[0].address, "> proto=ESMTP helo=<", name, ">")
	g.log(t+390000, h, "postfix/smtpd", pid, "disconnect from ", peer, " ehlo=1 mail=1 rcpt=1 data=0/1 quit=1 commands=4/5")
	g.totals.Rejects++
	g.release(m)
	if m.sampled {
		g.later(m, t+390001, stepTruth)
	}
}

// login is a mail program that opens a mailbox, or fails to.
func (g *generator) login(t int64) {
	r := &g.random
	st := g.storeHosts[r.below(len(g.storeHosts))]
	user := g.someLocal()
	_, ip := g.customer()
	session := sessionID(r.next())[:16]
	protocol := "imap"
	if r.chance(.2) {
		protocol = "pop3"
	}
	if r.chance(.14) {
		why := "Password mismatch"
		if r.chance(.4) {
			why = "unknown user"
		}
		g.log(t, st, "dovecot", 0, "auth: passwd-file(", user, ",", ip, ",<", session, ">): ", why)
		g.log(t+int64(1900000+r.below(300000)), st, "dovecot", 0, protocol, "-login: Disconnected: Aborted login by logging out (auth failed, 1 attempts in 2 secs): user=<", user, ">, method=PLAIN, rip=", ip, ", lip=", storeIP, ", TLS, session=<", session, ">")
		g.totals.LoginFail++
		return
	}
	pid := decimal(st.newPID(r))
	g.log(t, st, "dovecot", 0, protocol, "-login: Login: user=<", user, ">, method=PLAIN, rip=", ip, ", lip=", storeIP, ", mpid=", pid, ", TLS, session=<", session, ">")
	g.totals.LoginOK++
	g.leave(st, protocol, protocol+"("+user+")<"+pid+"><"+session+">: ", t+int64(r.exponential()*60e6))
}

// leave ends a mailbox session.
func (g *generator) leave(st *host, protocol, begin string, end int64) {
	r := &g.random
	if protocol == "pop3" {
		g.log(end, st, "dovecot", 0, begin, "Disconnected: Logged out top=0/0, retr=", decimal(r.below(4)), "/", decimal(r.below(9000)), ", del=0/", decimal(r.below(90)), ", size=", decimal(r.below(900000)))
		return
	}
	if r.chance(.1) {
		g.log(end-1000, st, "dovecot", 0, begin, "expunge: box=INBOX, uid=", decimal(1+r.below(40000)), ", msgid=", g.messageID("bigmail.example"), ", size=", decimal(900+r.below(90000)), ", from=<x@bigmail.example>")
	}
	why := "Logged out"
	if r.chance(.5) {
		why = "Connection closed (IDLE running for 0.001 + waiting input for 29.003 secs, 2 B in + 10 B out, state=wait-input)"
	}
	g.log(end, st, "dovecot", 0, begin, "Disconnected: ", why, " in=", decimal(r.below(5000)), " out=", decimal(r.below(90000)), " deleted=0 expunged=0 trashed=0 hdr_count=", decimal(r.below(9)), " hdr_bytes=0 body_count=0 body_bytes=0")
}

// noise is everything else that a log is full of.
func (g *generator) noise(h *host, t int64) {
	r := &g.random
	name, ip := g.customer()
	peer := client{name: name, ip: ip}.String()
	pid := g.worker(h, "postfix/smtpd", t, 500000)
	smtpd := func(after int64, parts ...string) { g.log(t+after, h, "postfix/smtpd", pid, parts...) }
	switch r.below(6) {
	case 0:
		smtpd(0, "connect from ", peer)
		smtpd(400000, "lost connection after CONNECT from ", peer)
		smtpd(400100, "disconnect from ", peer, " commands=0/0")
	case 1:
		smtpd(0, "connect from ", peer)
		smtpd(300000, "SSL_accept error from ", peer, ": -1")
		smtpd(300100, "warning: TLS library problem: error:0A00009C:SSL routines::http request:../ssl/record/ssl3_record.c:345:")
		smtpd(300200, "lost connection after STARTTLS from ", peer)
		smtpd(300300, "disconnect from ", peer, " ehlo=1 starttls=0/1 commands=1/2")
	case 2:
		pid := g.worker(h, programSubmission, t, 500000)
		user := g.someLocal()
		g.log(t, h, programSubmission, pid, "connect from ", peer)
		g.log(t+900000, h, programSubmission, pid, "warning: ", peer, ": SASL LOGIN authentication failed: (reason unavailable), sasl_username=", user)
		g.log(t+990000, h, programSubmission, pid, "disconnect from ", peer, " ehlo=2 starttls=1 auth=0/1 quit=1 commands=4/5")
		g.totals.LoginFail++
	case 3:
		smtpd(0, "warning: hostname dsl-", decimal(r.below(999)), ".isp-cobre.example does not resolve to address ", ip, ": Name or service not known")
		smtpd(100, "connect from unknown[", ip, "]")
		smtpd(700000, "disconnect from unknown[", ip, "] ehlo=1 quit=1 commands=2")
	case 4:
		g.statistics(h, ip, t)
	case 5:
		smtpd(0, "connect from ", peer)
		smtpd(200000, "warning: non-SMTP command from ", peer, ": GET / HTTP/1.1")
		smtpd(200050, "disconnect from ", peer, " unknown=0/1 commands=0/1")
	}
}

// statistics are the lines that anvil writes now and then.
func (g *generator) statistics(h *host, ip string, t int64) {
	r := &g.random
	pid := g.daemon(h, "postfix/anvil")
	at := g.start.Add(time.Duration(t) * time.Microsecond).Format("Jan _2 15:04:05")
	anvil := func(after int64, parts ...string) { g.log(t+after, h, "postfix/anvil", pid, parts...) }
	anvil(0, "statistics: max connection rate ", decimal(1+r.below(30)), "/60s for (smtp:", ip, ") at ", at)
	anvil(10, "statistics: max connection count ", decimal(1+r.below(9)), " for (smtp:", ip, ") at ", at)
	anvil(20, "statistics: max cache size ", decimal(1+r.below(90)), " at ", at)
}
