package exim

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// put adds a value unless the field has one: a line may name a field twice
// where a client had a hand in it, and the first is Exim's.
func (l *line) put(f event.Field, s string) {
	if s != "" && !l.e.Has(f) {
		l.e.Add(f, s)
	}
}

func (l *line) putInt(f event.Field, n int64) {
	if !l.e.Has(f) {
		l.e.AddInt(f, n)
	}
}

// extra keeps a text that has no field of its own.
func (l *line) extra(name, value string) {
	if value == "" {
		return
	}
	for i := range l.e.Extra {
		if l.e.Extra[i].Name == name {
			return
		}
	}
	l.e.AddExtra(name, string(event.AppendJSONString(nil, value)))
}

// sender adds an envelope sender; the empty one is written <>.
func (l *line) sender(addr string) {
	if addr == "" {
		addr = "<>"
	}
	l.put(event.Sender, lex.Lower(addr))
}

// client adds the peer that talks to us.
func (l *line) client(p peer) {
	l.put(event.ClientHost, p.host)
	l.put(event.ClientIP, p.addr)
	if port, ok := lex.Number(p.port); ok {
		l.putInt(event.ClientPort, port)
	}
	l.put(event.Helo, p.helo)
}

// relay adds the peer that we talk to.
func (l *line) relay(p peer) {
	l.put(event.RelayHost, p.host)
	if lex.IsIP(p.addr) {
		l.put(event.RelayIP, p.addr)
	}
	if port, ok := lex.Number(p.port); ok {
		l.putInt(event.RelayPort, port)
	}
}

// isHere tells whether the peer is on this machine.
func (p peer) isHere() bool {
	return strings.HasPrefix(p.addr, "127.") || p.addr == "::1"
}

// tls adds "TLS1.3:ECDHE_...:256", an asterisk behind it for a resumed session.
// GnuTLS and OpenSSL name the versions differently: here they have one name.
func (l *line) tls(s string) {
	version, cipher, ok := strings.Cut(s, ":")
	if !ok {
		return
	}
	switch version {
	case "TLS1.0", "TLS1", "TLSv1.0":
		version = "TLSv1"
	case "TLS1.1":
		version = "TLSv1.1"
	case "TLS1.2":
		version = "TLSv1.2"
	case "TLS1.3":
		version = "TLSv1.3"
	}
	l.put(event.TLSVersion, version)
	if end := strings.LastIndexByte(cipher, ':'); end > 0 {
		cipher = cipher[:end]
	}
	l.put(event.TLSCipher, cipher)
}

// login adds "authenticator[:id[:sender]]" of a client that logged in. The
// sender, of log_selector = +smtp_mailauth, has no field.
func (l *line) login(s string) {
	method, id, _ := strings.Cut(s, ":")
	if end := strings.LastIndexByte(id, ':'); end > 0 && strings.IndexByte(id[end:], '@') > 0 {
		id = id[:end]
	}
	l.put(event.AuthMethod, method)
	if id != "" && !l.e.Has(event.Username) {
		l.e.AddBool(event.Success, true)
	}
	l.put(event.Username, id)
}

// seconds adds a duration.
func (l *line) seconds(f event.Field, s string) {
	if n, ok := duration(s); ok && !l.e.Has(f) {
		l.e.AddFloat(f, n)
	}
}

// common adds a field that means the same on all lines about a client, and
// tells whether it was one.
func (l *line) common(f *list) bool {
	switch f.name {
	case "H":
		l.client(f.peer)
	case "U":
		l.extra("ident", f.value)
	case "Ci":
		l.put(event.SessionID, f.value)
	case "X":
		l.tls(f.value)
	case "A":
		l.login(f.value)
	case "F":
		l.sender(f.value)
	case "I":
		l.extra("interface", f.value)
	case "PRX":
		l.extra("proxy", f.value)
	case "SPF", "DMARC", "DKIM":
		l.verdict(f.name, f.value)
	default:
		return false
	}
	return true
}

// verdict adds the result of a check: the name alone says that it passed, and
// DKIM names the domain that did.
func (l *line) verdict(name, value string) {
	switch name {
	case "SPF":
		if value == "" {
			value = "pass"
		}
		l.put(event.SPF, value)
	case "DMARC":
		if value == "" {
			value = "accept"
		}
		l.put(event.DMARC, value)
	case "DKIM":
		l.put(event.DKIM, "pass")
		l.extra("dkim_domain", value)
	}
}
