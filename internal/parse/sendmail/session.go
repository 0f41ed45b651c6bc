package sendmail

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// session reads the lines about a connection, its encryption and its login.
func (l *line) session(s string) bool {
	switch s[0] {
	case 'A':
		if rest, ok := strings.CutPrefix(s, "AUTH=server, relay="); ok {
			return l.login(rest)
		}
		if rest, ok := strings.CutPrefix(s, "AUTH failure ("); ok {
			return l.loginFailed(rest)
		}
		if rest, ok := strings.CutPrefix(s, "AUTH=client, "); ok {
			return l.ourLogin(rest)
		}
		if strings.HasPrefix(s, "AUTH decode64 error") || strings.HasPrefix(s, "AUTH encode64 error") {
			return l.badLogin(s)
		}
	case 'S':
		if rest, ok := strings.CutPrefix(s, "STARTTLS="); ok {
			return l.tls(rest)
		}
		if strings.HasPrefix(s, "STARTTLS: ") {
			return l.is(event.TypeConnection, "tls")
		}
	case 'm':
		if size, ok := strings.CutPrefix(s, "message size ("); ok {
			l.number(event.Size, lex.Digits(size))
			l.e.Add(event.Reply, s)
			return l.is(event.TypeContentCheck, "server")
		}
	}
	return l.dialogue(s)
}

// login reads "h [ip] (may be forged), authid=ana, mech=PLAIN, bits=0".
func (l *line) login(s string) bool {
	p, rest := cutPeer(s)
	l.client(p)
	if user, ok := strings.CutPrefix(rest, ", authid="); ok {
		user, rest = lex.CutBefore(user, ", mech=")
		l.e.Add(event.Username, user)
	}
	if mech, ok := strings.CutPrefix(rest, ", mech="); ok {
		mech, _ = cutValue(mech)
		l.e.Add(event.AuthMethod, mech)
	}
	l.e.AddBool(event.Success, true)
	return l.is(event.TypeAuthentication, "server")
}

// loginFailed reads "LOGIN): user not found (-20) SASL(-13): user not found:
// checkpass failed, user=ana, relay=h [ip]". The user is named since 8.16.
func (l *line) loginFailed(s string) bool {
	l.level = event.LevelWarn
	method, rest, _ := strings.Cut(s, "): ")
	if method != "unknown" {
		l.e.Add(event.AuthMethod, method)
	}
	if i := strings.LastIndex(rest, ", relay="); i >= 0 {
		p, _ := cutPeer(rest[i+len(", relay="):])
		l.client(p)
		rest = rest[:i]
	}
	if i := strings.LastIndex(rest, ", user="); i >= 0 {
		l.e.Add(event.Username, rest[i+len(", user="):])
		rest = rest[:i]
	}
	l.e.Add(event.Reply, rest)
	l.e.AddBool(event.Success, false)
	return l.is(event.TypeAuthentication, "server")
}

// ourLogin reads how we logged in at another server.
func (l *line) ourLogin(s string) bool {
	if relay, ok := strings.CutPrefix(s, "relay="); ok {
		p, rest := cutPeer(relay)
		l.relay(p)
		if mech, ok := strings.CutPrefix(rest, ", mech="); ok {
			mech, _ = cutValue(mech)
			l.e.Add(event.AuthMethod, mech)
		} else {
			l.e.Add(event.Reply, strings.TrimPrefix(rest, ", "))
		}
	} else {
		l.e.Add(event.Reply, s)
	}
	return l.is(event.TypeConnection, "delivery")
}

// badLogin reads "AUTH decode64 error [1 for "text"], relay=h [ip]": the text
// is the client's answer and may be its password.
func (l *line) badLogin(s string) bool {
	l.level = event.LevelWarn
	from := strings.Index(s, ` for "`)
	to := strings.LastIndex(s, `"]`)
	if from >= 0 && to > from+6 {
		l.rec.Secrets = append(l.rec.Secrets, s[from+6:to])
	}
	if i := strings.LastIndex(s, ", relay="); i >= 0 {
		p, _ := cutPeer(s[i+len(", relay="):])
		l.client(p)
	}
	l.e.AddBool(event.Success, false)
	return l.is(event.TypeAuthentication, "server")
}

// tls reads "server, relay=h [ip], version=TLSv1.3, verify=NO, cipher=X,
// bits=256/256" and what went wrong instead of that.
func (l *line) tls(s string) bool {
	side, rest := cutValue(s)
	var p peer
	for {
		name, value, ok := cutName(rest)
		if !ok {
			break
		}
		if name == "relay" {
			p, rest = cutPeer(value)
			continue
		}
		value, rest = cutValue(value)
		switch name {
		case "version":
			l.e.Add(event.TLSVersion, value)
		case "cipher":
			l.e.Add(event.TLSCipher, value)
		case "reason":
			l.e.Add(event.Reply, value)
		}
	}
	if strings.HasPrefix(rest, ", error: ") {
		l.level = event.LevelWarn
		l.tlsError(rest[len(", error: "):], &p)
	}
	if side == "client" {
		l.relay(p)
	} else {
		l.client(p)
	}
	return l.is(event.TypeConnection, "tls")
}

// tlsError reads "accept failed=-1, reason=wrong version number, SSL_error=1,
// errno=0, retry=-1, relay=h [ip]".
func (l *line) tlsError(s string, p *peer) {
	if i := strings.LastIndex(s, ", relay="); i >= 0 {
		*p, _ = cutPeer(s[i+len(", relay="):])
		s = s[:i]
	}
	if _, reason, ok := strings.Cut(s, ", reason="); ok {
		s, _ = cutValue(reason)
	}
	l.e.Add(event.Reply, s)
}

// dialogues are the sentences about a connection. The peer stands between
// before and after, and so at the front where before is empty.
var dialogues = [...]struct {
	before, after string
	relay         bool // it is a server we talk to
}{
	{"lost input channel from ", " to ", false},
	{"timeout waiting for input from ", " during client ", true},
	{"timeout waiting for input from ", " during ", false},
	{"rejecting commands from ", " due to ", false},
	{"rejecting server HELO from ", " due to ", false},
	{"connect from ", "", false},
	{"SMTP outgoing connect on ", "", true},
	{"unauthorized PIPELINING, sleeping, relay=", "", false},
	{"", " did not issue MAIL/EXPN/VRFY/ETRN", false},
	{"", ": probable open proxy: command=", false},
	{"", ": possible SMTP attack: command=", false},
	{"", ": Possible SMTP RCPT flood", false},
	{"", ": SMTP violation", false},
	{"", ": ETRN ", false},
	{"", ": VRFY ", false},
	{"", ": EXPN ", false},
}

// maxPeer bounds the length of a peer's host and address.
const maxPeer = 320

// dialogue reads the sentences about a connection.
func (l *line) dialogue(s string) bool {
	for i := range dialogues {
		d := &dialogues[i]
		text, ok := strings.CutPrefix(s, d.before)
		if !ok {
			continue
		}
		if d.after != "" {
			at := strings.Index(text[:min(len(text), maxPeer)], d.after)
			if at < 0 {
				continue
			}
			text = text[:at]
		}
		p, rest := cutPeer(text)
		if rest != "" && d.after != "" {
			continue
		}
		l.e.Add(event.Reply, s)
		if d.relay {
			l.relay(p)
			return l.is(event.TypeConnection, "delivery")
		}
		l.client(p)
		return l.is(event.TypeConnection, "server")
	}
	return l.collect(s)
}

// collect reads that a message broke off or was refused while it came in
// (collect.c). The refusal's own line is the one with to= and stat=.
func (l *line) collect(s string) bool {
	switch {
	case strings.HasPrefix(s, "collect: premature EOM: "):
	case strings.HasPrefix(s, "collect: "):
		_, rest, ok := strings.Cut(s, " on connection from ")
		if !ok {
			return false
		}
		p, rest := cutPeer(rest)
		l.client(p)
		if address, ok := strings.CutPrefix(rest, ", sender="); ok {
			address, _ = lex.Address(address)
			l.sender(address)
		}
	case strings.HasSuffix(s, " during message collect"):
		if _, rest, ok := strings.Cut(s, " from "); ok {
			p, _ := cutPeer(rest)
			l.client(p)
		}
		l.e.Add(event.Reply, s)
		return l.is(event.TypeContentCheck, "server")
	case strings.HasPrefix(s, "rejecting connections"), strings.HasPrefix(s, "accepting connections"),
		strings.HasPrefix(s, "starting daemon"), strings.HasPrefix(s, "stopping daemon"):
		return l.is(event.TypeSystem, "daemon")
	default:
		return false
	}
	l.e.Add(event.Reply, s)
	return l.is(event.TypeConnection, "server")
}
