package postfix

import (
	"strconv"
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// session reads the lines that belong to no message: connections, TLS, logins
// and what the client did wrong.
func (l *line) session() bool {
	if l.text == "" {
		return false
	}
	values, extra := len(l.e.Values), len(l.e.Extra)
	if l.sessionForm(l.text) {
		return true
	}
	l.e.Values, l.e.Extra = l.e.Values[:values], l.e.Extra[:extra]
	return false
}

func (l *line) sessionForm(s string) bool {
	switch s[0] {
	case '<', '>':
		// A debugging log repeats the dialogue. Which side is ours differs from
		// program to program, so that nothing is read from it; see secrets.
		if len(s) > 2 && s[1] == ' ' {
			_, rest, ok := cutPeer(s[2:])
			return ok && strings.HasPrefix(rest, ": ") && l.is(event.TypeSystem, "")
		}
	case 'c':
		if rest, ok := strings.CutPrefix(s, "connect from "); ok {
			if !l.fromClient(rest, event.TypeConnection, "smtpd", true) {
				return false
			}
			l.e.Add(event.Connection, event.ConnectionOpened)
			return true
		}
		if rest, ok := strings.CutPrefix(s, "connect to "); ok {
			return l.toRelay(rest, s)
		}
		if rest, ok := strings.CutPrefix(s, "certificate verification failed for "); ok {
			return l.toRelay(rest, s)
		}
	case 'd':
		if rest, ok := strings.CutPrefix(s, "disconnect from "); ok {
			l.logins(rest)
			return l.fromClient(rest, event.TypeConnection, "smtpd", false)
		}
	case 'i':
		if rest, ok := strings.CutPrefix(s, "improper command pipelining after "); ok {
			return l.pipelining(rest)
		}
	case 'l', 't':
		if l.hangup(s) {
			return true
		}
	case 'p':
		if l.proxied(s) {
			return true
		}
	case 'a':
		if strings.HasPrefix(s, "addr ") {
			return l.listed(s[len("addr "):])
		}
	case 'h', 'n', 'I':
		if l.level == event.LevelWarn && l.suspect(s) {
			return true
		}
	case 'S':
		if rest, ok := strings.CutPrefix(s, "SSL_accept error from "); ok {
			return l.fromClient(rest, event.TypeConnection, "smtpd", false)
		}
		if rest, ok := strings.CutPrefix(s, "SSL_connect error to "); ok {
			return l.toRelay(rest, s)
		}
	}
	return l.encrypted(s) || l.screened(s) || l.loginFailed(s) || l.overLimit(s) || l.household(s)
}

// fromClient reads a peer at the front of s. whole tells that nothing may
// follow it.
func (l *line) fromClient(s, eventType, component string, whole bool) bool {
	p, rest, ok := cutPeer(s)
	if !ok || whole && rest != "" && !l.sure {
		return false
	}
	l.client(p)
	return l.is(eventType, component)
}

// toRelay reads a server at the front of s that we could not talk to.
func (l *line) toRelay(s, reply string) bool {
	p, rest, ok := cutPeer(s)
	if !ok || !strings.HasPrefix(rest, ":") {
		return false
	}
	l.relay(p)
	l.e.Add(event.Reply, reply)
	return l.is(event.TypeConnection, "")
}

// hangup reads "lost connection after DATA (12 bytes) from host[ip]" and its
// kin. Since 3.10 the queue id stands before it.
func (l *line) hangup(s string) bool {
	for _, start := range [...]string{"lost connection after ", "timeout after ", "too many errors after "} {
		rest, ok := strings.CutPrefix(s, start)
		if !ok {
			continue
		}
		stage, rest, ok := strings.Cut(rest, " from ")
		if !ok {
			return false
		}
		p, _, ok := cutPeer(rest)
		if !ok {
			return false
		}
		l.client(p)
		l.stage(stage)
		return l.is(event.TypeConnection, "smtpd")
	}
	return false
}

// stage adds the stage that a session had reached.
func (l *line) stage(s string) {
	s, _ = cutWord(s, " ")
	if isStage(s) {
		l.e.Add(event.SMTPStage, s)
	}
}

// pipelining reads "RCPT from host[ip]: DATA\r\n": a client that does not wait
// for answers.
func (l *line) pipelining(s string) bool {
	stage, rest, ok := strings.Cut(s, " from ")
	if !ok {
		return false
	}
	p, rest, ok := cutPeer(rest)
	if !ok {
		return false
	}
	l.client(p)
	l.stage(stage)
	l.e.Add(event.CommandData, strings.TrimPrefix(rest, ": "))
	return l.is(event.TypeCommand, "smtpd")
}

// encrypted reads "Untrusted TLS connection established to host[ip]:25: TLSv1.3
// with cipher X (256/256 bits) ...". A name that the client asked for stands
// after the peer: "... from host[ip] to name: TLSv1.3".
func (l *line) encrypted(s string) bool {
	const mark = " TLS connection "
	i := strings.Index(s[:min(len(s), 64)], mark)
	if i < 0 {
		return false
	}
	switch s[:i] {
	case "Anonymous", "Untrusted", "Trusted", "Verified":
	default:
		return false
	}
	rest := strings.TrimPrefix(s[i+len(mark):], "established ")
	rest = strings.TrimPrefix(rest, "reused ")
	if !strings.HasPrefix(rest, "to ") && !strings.HasPrefix(rest, "from ") {
		return false
	}
	outward := strings.HasPrefix(rest, "to ")
	_, rest, _ = strings.Cut(rest, " ")
	p, rest, ok := cutPeer(rest)
	if !ok {
		return false
	}
	component := "smtpd"
	if outward {
		component = ""
		l.relay(p)
	} else {
		l.client(p)
	}
	if _, session, ok := strings.Cut(rest, ": "); ok {
		version, session, _ := strings.Cut(session, " with cipher ")
		cipher, _ := cutWord(session, " ")
		l.e.Add(event.TLSVersion, version)
		l.e.Add(event.TLSCipher, cipher)
	}
	return l.is(event.TypeConnection, component)
}

// loginFailed reads "host[ip]: SASL LOGIN authentication failed: text,
// sasl_username=u". The name is missing before 3.6 and may be unknown.
func (l *line) loginFailed(s string) bool {
	if rest, ok := strings.CutPrefix(s, "SASL authentication failure: "); ok {
		l.e.Add(event.Reply, rest)
		return l.is(event.TypeAuthentication, "")
	}
	p, rest, ok := cutPeer(s)
	if !ok {
		return false
	}
	rest, ok = strings.CutPrefix(rest, ": SASL ")
	if !ok {
		return false
	}
	method, rest, ok := strings.Cut(rest, " authentication ")
	if !ok || !strings.HasPrefix(rest, "failed") && !strings.HasPrefix(rest, "aborted") {
		return false
	}
	l.client(p)
	l.e.Add(event.AuthMethod, method)
	reason, user, _ := strings.Cut(rest, ", sasl_username=")
	if user != "(unavailable)" {
		l.e.Add(event.Username, user)
	}
	l.e.AddBool(event.Success, false)
	l.e.Add(event.Reply, strings.TrimPrefix(reason, "failed: "))
	return l.is(event.TypeAuthentication, "smtpd")
}

// logins adds how many logins of a session succeeded and failed. Postfix logs
// a successful login in no other line, unless a message follows it.
//
//	disconnect from h[ip] ehlo=2 starttls=1 auth=0/2 quit=1 commands=4/6
func (l *line) logins(s string) {
	i := strings.Index(s, " auth=")
	if i < 0 {
		return
	}
	good, _ := cutWord(s[i+len(" auth="):], " ")
	good, total, some := strings.Cut(good, "/")
	n, ok := lex.Number(good)
	all, okAll := n, ok
	if some {
		all, okAll = lex.Number(total)
	}
	if !ok || !okAll || all < n {
		return
	}
	if n > 0 {
		l.e.AddExtra("logins", strconv.FormatInt(n, 10))
	}
	if all > n {
		l.e.AddExtra("login_failures", strconv.FormatInt(all-n, 10))
	}
}

// rates are the limits of smtpd and postscreen that refuse a client who comes
// too often, with the stage and the answer (smtpd/smtpd.c).
var rates = [...]refusal{
	{"Connection concurrency", "CONNECT", 421, "4.7.0"},
	{"Connection rate", "CONNECT", 421, "4.7.0"},
	{"AUTH command rate", "AUTH", 450, "4.7.1"},
	{"Message delivery request rate", "MAIL", 450, "4.7.1"},
	{"Recipient address rate", "RCPT", 450, "4.7.1"},
	{"New TLS session rate", "STARTTLS", 421, "4.7.0"},
}

// overLimit reads the warning with which smtpd refuses a client that comes too
// often: there is no other line about it.
//
//	Connection rate limit exceeded: 61 from host[ip] for service smtp
//	Refusing STARTTLS request from host[ip] for service smtp
func (l *line) overLimit(s string) bool {
	if s[0] == 'R' && strings.HasPrefix(s, "Refusing STARTTLS request from ") {
		return l.tooOften(s, &refusal{stage: "STARTTLS", code: 454, dsn: "4.7.0"})
	}
	i := strings.Index(s[:min(len(s), 80)], " limit exceeded: ")
	if i < 0 {
		return false
	}
	for k := range rates {
		if s[:i] == rates[k].text {
			return l.tooOften(s, &rates[k])
		}
	}
	return false
}

func (l *line) tooOften(s string, r *refusal) bool {
	_, rest, ok := strings.Cut(s, " from ")
	if !ok {
		return false
	}
	p, _, ok := cutPeer(rest)
	if !ok {
		return false
	}
	l.client(p)
	l.e.Add(event.SMTPStage, r.stage)
	l.e.Add(event.Status, event.StatusRejected)
	l.e.AddInt(event.SMTPCode, r.code)
	l.e.Add(event.DSN, r.dsn)
	l.e.Add(event.Reply, s)
	return l.is(event.TypeRejection, "smtpd")
}

// suspect reads smtpd's warnings about a client.
func (l *line) suspect(s string) bool {
	if rest, ok := strings.CutPrefix(s, "non-SMTP command from "); ok {
		p, rest, ok := cutPeer(rest)
		if !ok {
			return false
		}
		l.client(p)
		l.e.Add(event.CommandData, strings.TrimPrefix(rest, ": "))
		return l.is(event.TypeCommand, "smtpd")
	}
	if rest, ok := strings.CutPrefix(s, "Illegal address syntax from "); ok {
		p, rest, ok := cutPeer(rest)
		if !ok {
			return false
		}
		l.client(p)
		rest = strings.TrimPrefix(rest, " in ")
		if command, data, ok := strings.Cut(rest, " command: "); ok {
			l.e.Add(event.SMTPCommand, command)
			l.e.Add(event.CommandData, data)
		}
		return l.is(event.TypeCommand, "smtpd")
	}
	rest, ok := strings.CutPrefix(s, "hostname ")
	if !ok {
		return false
	}
	_, rest, ok = strings.Cut(rest, " does not resolve to address ")
	if !ok {
		return false
	}
	// The reason after the address may be missing; an IPv6 address has colons.
	addr, _, _ := strings.Cut(rest, ": ")
	if lex.IsIP(addr) {
		l.e.Add(event.ClientIP, addr)
	}
	return l.is(event.TypeConnection, "smtpd")
}
