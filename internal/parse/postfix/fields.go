package postfix

import "rastro/internal/event"

// Names of additional fields.
const (
	extraAction = "action" // what the operator, cleanup or a rule did
	extraRemark = "remark" // what the answer says beside the status
	extraTarget = "target" // where a rule sends the message
)

// extra adds an additional field of text.
func (l *line) extra(name, value string) {
	if value != "" {
		l.e.AddExtra(name, string(event.AppendJSONString(nil, value)))
	}
}

// sender adds an envelope sender; the empty one is written <>.
func (l *line) sender(addr string) {
	if addr == "" {
		addr = "<>"
	}
	l.e.Add(event.Sender, lower(addr))
}

// recipient adds an envelope recipient.
func (l *line) recipient(addr string) {
	l.e.Add(event.Recipient, lower(addr))
}

// client adds the peer that talks to us. Postfix writes "unknown" for a name
// that it could not find or trust: that is no name.
func (l *line) client(p peer) {
	if p.host != "unknown" {
		l.e.Add(event.ClientHost, p.host)
	}
	if isIP(p.addr) {
		l.e.Add(event.ClientIP, p.addr)
	}
	if port, ok := number(p.port); ok {
		l.e.AddInt(event.ClientPort, port)
	}
}

// relay adds the peer that we talk to. It may be a local socket: then only the
// host is added.
func (l *line) relay(p peer) {
	l.e.Add(event.RelayHost, p.host)
	if isIP(p.addr) {
		l.e.Add(event.RelayIP, p.addr)
	}
	if port, ok := number(p.port); ok {
		l.e.AddInt(event.RelayPort, port)
	}
}

// isHere tells whether the peer is on this machine: a filter or a mailbox
// server reached by loopback or a local socket.
func (p peer) isHere() bool {
	if len(p.addr) > 4 && p.addr[:4] == "127." || p.addr == "::1" {
		return true
	}
	return p.addr != "" && !isIP(p.addr)
}

// reply adds an SMTP answer and the codes at its front.
func (l *line) reply(s string) {
	code, dsn := splitReply(s)
	if code > 0 {
		l.e.AddInt(event.SMTPCode, code)
	}
	if dsn != "" && !l.e.Has(event.DSN) {
		l.e.Add(event.DSN, dsn)
	}
	l.e.Add(event.Reply, s)
}

// splitReply reads "550 5.1.1 text", "550-5.1.1 text", "5.1.1 text" or any
// shorter form. code is 0 and dsn "" where there is none.
func splitReply(s string) (code int64, dsn string) {
	if len(s) >= 3 && s[0] >= '2' && s[0] <= '5' && isDigit(s[1]) && isDigit(s[2]) &&
		(len(s) == 3 || s[3] == ' ' || s[3] == '-') {
		code = int64(s[0]-'0')*100 + int64(s[1]-'0')*10 + int64(s[2]-'0')
		s = s[min(4, len(s)):]
	}
	return code, leadingDSN(s)
}

// leadingDSN reads the enhanced status code at the front of s: a class of 2, 4
// or 5, and two numbers of up to three digits (RFC 3463).
func leadingDSN(s string) string {
	if len(s) < 5 || s[0] != '2' && s[0] != '4' && s[0] != '5' || s[1] != '.' {
		return ""
	}
	i := 2
	for part := 0; part < 2; part++ {
		start := i
		for i < len(s) && i-start < 3 && isDigit(s[i]) {
			i++
		}
		if i == start {
			return ""
		}
		if part == 0 {
			if i == len(s) || s[i] != '.' {
				return ""
			}
			i++
		}
	}
	if i < len(s) && (isAlnum(s[i]) || s[i] == '.') {
		return ""
	}
	return s[:i]
}
