package postfix

import (
	"strings"

	"rastro/internal/event"
)

// screenForms are the starts of what postscreen says of a client. between
// tells that "from " or "for " and other words stand before the address.
var screenForms = [...]struct {
	start   string
	between string
}{
	{"CONNECT from ", ""},
	{"PASS OLD ", ""},
	{"PASS NEW ", ""},
	{"DISCONNECT ", ""},
	{"ALLOWLISTED ", ""},
	{"DENYLISTED ", ""},
	{"WHITELISTED ", ""},
	{"BLACKLISTED ", ""},
	{"ALLOWLIST VETO ", ""},
	{"WHITELIST VETO ", ""},
	{"DNSBL rank ", " for "},
	{"PREGREET ", " from "},
	{"HANGUP after ", " from "},
	{"BARE NEWLINE from ", ""},
	{"NON-SMTP COMMAND from ", ""},
	{"COMMAND PIPELINING from ", ""},
	{"COMMAND TIME LIMIT from ", ""},
	{"COMMAND COUNT LIMIT from ", ""},
	{"COMMAND LENGTH LIMIT from ", ""},
}

// screened reads what postscreen says of a client: a few words in capitals and
// the client's address and port.
func (l *line) screened(s string) bool {
	if rest, ok := strings.CutPrefix(s, "reject: connect from "); ok {
		return l.screenFull(rest)
	}
	if c := s[0]; c < 'A' || c > 'Z' {
		return false
	}
	for i := range screenForms {
		rest, ok := strings.CutPrefix(s, screenForms[i].start)
		if !ok {
			continue
		}
		if between := screenForms[i].between; between != "" {
			if _, rest, ok = strings.Cut(rest, between); !ok {
				return false
			}
		}
		p, _, ok := cutPeer(rest)
		if !ok || p.host != "" || p.port == "" {
			return false
		}
		l.client(p)
		return l.is(event.TypeConnection, "postscreen")
	}
	return false
}

// screenFull reads "[ip]:port: all screening ports busy".
func (l *line) screenFull(s string) bool {
	p, rest, ok := cutPeer(s)
	if !ok || p.host != "" {
		return false
	}
	l.client(p)
	l.e.Add(event.SMTPStage, "CONNECT")
	return l.policyEnd(rejecting, strings.TrimPrefix(rest, ": "))
}

// listed reads dnsblog's "addr ip listed by domain d as 127.0.0.2".
func (l *line) listed(s string) bool {
	addr, rest, ok := strings.Cut(s, " ")
	if !ok || !isIP(addr) || !strings.HasPrefix(rest, "listed by domain ") {
		return false
	}
	l.e.Add(event.ClientIP, addr)
	return l.is(event.TypeSystem, "dnsblog")
}
