package main

import "strconv"

// fate is what becomes of one recipient's copy.
type fate uint8

const (
	savedLocally fate = iota
	sentAway
	deferredFirst // then sent away
	neverDelivered
	bounced
	overQuota
	discarded
)

// The final statuses of the truth table.
const (
	statusDelivered   = "delivered"
	statusDeferred    = "deferred"
	statusBounced     = "bounced"
	statusExpired     = "expired"
	statusRejected    = "rejected"
	statusDiscarded   = "discarded"
	statusQuarantined = "quarantined"
)

type recipient struct {
	// original is the address before an alias or a forward; "" for none.
	address, original string
	fate              fate
	deferrals         int // how often delivery is still put off
	// status is "" until it is final.
	status, code, dsn string
}

type message struct {
	number     int
	scenario   string
	host       *host
	began      int64
	queueID    string
	ids        []string
	from       string
	messageID  string
	size       int
	recipients []recipient
	tries      int
	sampled    bool
	clientIP   string
}

func (g *generator) newMessage(scenario string, h *host, t int64, from string) *message {
	g.messages++
	m := &message{number: g.messages, scenario: scenario, host: h, began: t, from: from, size: 800 + int(g.random.exponential()*24000)}
	m.queueID = g.queueID(h, t)
	if g.seen != nil {
		key := h.name + m.queueID
		if _, again := g.seen[key]; again {
			g.totals.QueueIDReuse++
		}
		g.seen[key] = struct{}{}
	}
	m.ids = append(m.ids, m.queueID)
	g.totals.Messages++
	m.sampled = g.sample()
	return m
}

// sample tells whether the message that was numbered last is told of.
func (g *generator) sample() bool {
	return g.out != nil && g.out.truth != nil && g.messages%g.every == 0
}

// client is the other end of an SMTP session.
type client struct {
	name, ip string
	// user is the name of who logged in to send; "" for another server.
	user string
	tls  bool
}

func (c client) String() string { return c.name + "[" + c.ip + "]" }

// The programs that take messages from users.
const (
	programSubmission = "postfix/submission/smtpd"
	programSMTPS      = "postfix/smtps/smtpd"
)

const tlsDetails = ": TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519 server-signature RSA-PSS (2048 bits) server-digest SHA256"

// receive writes how a message comes in, from the connection to the queue, and
// returns when its first delivery may begin.
func (g *generator) receive(m *message, from client, t int64) int64 {
	h, r, submitted := m.host, &g.random, from.user != ""
	program := "postfix/smtpd"
	busy := int64(400000 + r.below(3000000))
	if submitted {
		program = programSMTPS
		if r.chance(.7) {
			program = programSubmission
		}
	}
	pid := g.worker(h, program, t, busy+500000)
	peer := from.String()
	g.log(t, h, program, pid, "connect from ", peer)
	t += int64(20000 + r.below(200000))
	if from.tls || submitted {
		g.log(t, h, program, pid, "Anonymous TLS connection established from ", peer, tlsDetails)
		t += int64(20000 + r.below(150000))
	}
	m.began = t
	if submitted {
		mechanism := "PLAIN"
		if r.chance(.3) {
			mechanism = "LOGIN"
		}
		g.log(t, h, program, pid, m.queueID, ": client=", peer, ", sasl_method=", mechanism, ", sasl_username=", from.user)
		g.totals.LoginOK++
	} else {
		g.log(t, h, program, pid, m.queueID, ": client=", peer)
	}
	t += int64(5000 + r.below(90000))
	g.log(t, h, "postfix/cleanup", g.worker(h, "postfix/cleanup", t, 50000), m.queueID, ": message-id=", m.messageID)
	t += int64(3000 + r.below(60000))
	if submitted {
		g.log(t, h, "opendkim", g.daemon(h, "opendkim"), m.queueID, ": DKIM-Signature field added (s=mail, d=", domainOf(m.from), ")")
		t += int64(1000 + r.below(5000))
	}
	g.activate(m, t)
	g.log(t+int64(10000+r.below(900000)), h, program, pid, "disconnect from ", peer, sessionSummary(program, from), " mail=1 rcpt=", decimal(len(m.recipients)), " data=1 quit=1 commands=", decimal(5+len(m.recipients)))
	return t + int64(1000+r.below(8000))
}

// sessionSummary is the part of a disconnect line that tells the greetings.
func sessionSummary(program string, from client) string {
	s := " ehlo=1"
	if (from.tls || from.user != "") && program != programSMTPS {
		s = " ehlo=2 starttls=1"
	}
	if from.user != "" {
		s += " auth=1"
	}
	return s
}

// activate writes that the queue manager takes a message up.
func (g *generator) activate(m *message, t int64) {
	g.log(t, m.host, "postfix/qmgr", g.daemon(m.host, "postfix/qmgr"), m.queueID, ": from=<", m.from, ">, size=", decimal(m.size), ", nrcpt=", decimal(len(m.recipients)), " (queue active)")
}

// finish writes that a message leaves the queue. Its truth is told once every
// line that it speaks of is out.
func (g *generator) finish(m *message, t int64) {
	g.log(t, m.host, "postfix/qmgr", g.daemon(m.host, "postfix/qmgr"), m.queueID, ": removed")
	g.release(m)
	if m.sampled {
		g.later(m, t+1, stepTruth)
	}
}

func decimal(n int) string { return strconv.Itoa(n) }
