package main

// session plans what one client does at t. The cumulated shares are those of a
// hosting provider's farm.
func (g *generator) session(t int64) {
	g.totals.Sessions++
	h := g.mxHosts[g.random.below(len(g.mxHosts))]
	switch x := g.random.float(); {
	case x < .24:
		g.inbound(h, t)
	case x < .28:
		g.inboundToSeveral(h, t)
	case x < .44:
		g.outbound(h, t)
	case x < .56:
		g.reject(h, t)
	case x < .60:
		g.rejectContent(h, t)
	case x < .86:
		g.login(t)
	default:
		g.noise(h, t)
	}
}

// inbound is mail from outside to one of our addresses: a mailbox, an alias,
// or a forward to the outside.
func (g *generator) inbound(h *host, t int64) {
	r := &g.random
	from, p := g.someRemote()
	m := g.newMessage("inbound_delivered", h, t, from)
	m.messageID = g.messageID(p.domain)
	f := savedLocally
	if r.chance(.012) {
		f = overQuota
		m.scenario = "lmtp_over_quota"
	}
	m.recipients = []recipient{{address: g.someLocal(), fate: f}}
	rc := &m.recipients[0]
	if r.chance(.07) {
		rc.original = roles[r.below(len(roles))] + decimal(r.below(40)) + "@" + domainOf(rc.address)
		m.scenario = "alias_single"
	} else if r.chance(.02) {
		away, _ := g.someRemote()
		*rc = recipient{address: away, original: rc.address, fate: sentAway}
		m.scenario = "forward_external"
	}
	name, ip := g.outgoingServer(p)
	m.clientIP = ip
	if r.chance(.12) && rc.original == "" && f == savedLocally {
		g.filtered(m, client{name: name, ip: ip, tls: true}, t)
		return
	}
	g.later(m, g.receive(m, client{name: name, ip: ip, tls: p.tls}, t), stepAttempt)
}

func (g *generator) inboundToSeveral(h *host, t int64) {
	r := &g.random
	from, p := g.someRemote()
	m := g.newMessage("inbound_multi_local", h, t, from)
	m.messageID = g.messageID(p.domain)
	for range 2 + r.below(4) {
		f := savedLocally
		if r.chance(.04) {
			f = overQuota
		}
		m.recipients = append(m.recipients, recipient{address: g.someLocal(), fate: f})
	}
	name, ip := g.outgoingServer(p)
	m.clientIP = ip
	g.later(m, g.receive(m, client{name: name, ip: ip, tls: p.tls}, t), stepAttempt)
}

// outbound is mail that a user of ours sends.
func (g *generator) outbound(h *host, t int64) {
	r := &g.random
	user := g.someLocal()
	m := g.newMessage("out_delivered", h, t, user)
	m.messageID = g.messageID(domainOf(user))
	n := 1
	if r.chance(.1) {
		n = 2 + r.below(5)
		m.scenario = "out_multi"
	}
	for range n {
		rc, scenario := g.outboundRecipient()
		if n == 1 && scenario != "" {
			m.scenario = scenario
		}
		m.recipients = append(m.recipients, rc)
	}
	name, ip := g.customer()
	m.clientIP = ip
	g.later(m, g.receive(m, client{name: name, ip: ip, user: user, tls: true}, t), stepAttempt)
}

// outboundRecipient chooses an address and its fate; scenario is "" for the
// usual one.
func (g *generator) outboundRecipient() (rc recipient, scenario string) {
	address, _ := g.someRemote()
	rc = recipient{address: address, fate: sentAway}
	switch y := g.random.float(); {
	case y < .06:
		rc.fate, rc.deferrals = deferredFirst, 1+g.random.below(3)
		return rc, "out_deferred_then_delivered"
	case y < .068:
		rc.fate = neverDelivered
		return rc, "out_expired"
	case y < .12:
		rc.fate = bounced
		return rc, "out_bounce"
	case y < .122:
		rc.fate = discarded
		return rc, "out_discard_transport"
	case y < .2:
		rc.address, rc.fate = g.someLocal(), savedLocally
	}
	return rc, ""
}

// filtered is a message that goes through amavis: it comes back under a second
// queue id, or stays in quarantine.
func (g *generator) filtered(m *message, from client, t int64) {
	h, r := m.host, &g.random
	m.scenario = "amavis_clean"
	spam := r.chance(.1)
	in := g.receive(m, from, t)
	second := g.queueID(h, in+300000)
	first := m.queueID
	rc := &m.recipients[0]
	pid := g.worker(h, "amavis", in, 400000)
	amavis := decimal(pid)
	out := in + int64(200000+r.below(900000))
	handed := func() string {
		return first + ": to=<" + rc.address + ">, relay=127.0.0.1[127.0.0.1]:10024, " + delays(m.began, out, in-m.began, 2000, 1000, out-in)
	}
	if spam {
		m.scenario = "amavis_spam_quarantined"
		g.log(out, h, "amavis", pid, "(", amavis, "-0", decimal(1+r.below(9)), ") Blocked SPAM {DiscardedInbound,Quarantined}, [", from.ip, "]:", decimal(20000+r.below(40000)), " [", from.ip, "] <", m.from, "> -> <", rc.address, ">, quarantine: S/spam-", sessionID(r.next())[:12], ".gz, Queue-ID: ", first, ", Message-ID: ", m.messageID, ", mail_id: ", sessionID(r.next())[:12], ", Hits: 29.8, size: ", decimal(m.size), ", 512 ms")
		g.log(out+3000, h, "postfix/smtp", g.worker(h, "postfix/smtp", in, 400000), handed(), ", dsn=2.7.0, status=sent (250 2.7.0 Ok, discarded, id=", amavis, "-01 - spam)")
		rc.status, rc.code, rc.dsn = statusQuarantined, "250", "2.7.0"
		g.totals.ByStatus["sent"]++
		g.finish(m, out+6000)
		return
	}
	reinjection := g.worker(h, "postfix/smtpd", in, 900000)
	g.log(out-60000, h, "postfix/smtpd", reinjection, "connect from localhost[127.0.0.1]")
	g.log(out-50000, h, "postfix/smtpd", reinjection, second, ": client=localhost[127.0.0.1], orig_queue_id=", first, ", orig_client=", from.String())
	g.log(out-30000, h, "postfix/cleanup", g.worker(h, "postfix/cleanup", out, 50000), second, ": message-id=", m.messageID)
	g.log(out, h, "amavis", pid, "(", amavis, "-0", decimal(1+r.below(9)), ") Passed CLEAN {RelayedInbound}, [", from.ip, "]:", decimal(20000+r.below(40000)), " [", from.ip, "] <", m.from, "> -> <", rc.address, ">, Queue-ID: ", first, ", Message-ID: ", m.messageID, ", mail_id: ", sessionID(r.next())[:12], ", Hits: -0.2, size: ", decimal(m.size), ", queued_as: ", second, ", 431 ms")
	g.log(out+3000, h, "postfix/smtp", g.worker(h, "postfix/smtp", in, 400000), handed(), ", dsn=2.0.0, status=sent (250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as ", second, ")")
	g.totals.ByStatus["sent"]++
	g.log(out+5000, h, "postfix/qmgr", g.daemon(h, "postfix/qmgr"), first, ": removed")
	g.release(m)
	m.queueID = second
	m.ids = append(m.ids, second)
	g.log(out+40000, h, "postfix/smtpd", reinjection, "disconnect from localhost[127.0.0.1] ehlo=1 xforward=1 mail=1 rcpt=1 data=1 quit=1 commands=6")
	g.activate(m, out+4000)
	g.later(m, out+7000, stepAttempt)
}
