package postfix

import (
	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

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
	l.e.Add(event.Sender, lex.Lower(addr))
}

// recipient adds an envelope recipient.
func (l *line) recipient(addr string) {
	l.e.Add(event.Recipient, lex.Lower(addr))
}

// client adds the peer that talks to us. Postfix writes "unknown" for a name
// that it could not find or trust: that is no name.
func (l *line) client(p peer) {
	if p.host != "unknown" {
		l.e.Add(event.ClientHost, p.host)
	}
	if lex.IsIP(p.addr) {
		l.e.Add(event.ClientIP, p.addr)
	}
	if port, ok := lex.Number(p.port); ok {
		l.e.AddInt(event.ClientPort, port)
	}
}

// relay adds the peer that we talk to. It may be a local socket: then only the
// host is added.
func (l *line) relay(p peer) {
	l.e.Add(event.RelayHost, p.host)
	if lex.IsIP(p.addr) {
		l.e.Add(event.RelayIP, p.addr)
	}
	if port, ok := lex.Number(p.port); ok {
		l.e.AddInt(event.RelayPort, port)
	}
}

// isHere tells whether the peer is on this machine: a filter or a mailbox
// server reached by loopback or a local socket.
func (p peer) isHere() bool {
	if len(p.addr) > 4 && p.addr[:4] == "127." || p.addr == "::1" {
		return true
	}
	return p.addr != "" && !lex.IsIP(p.addr)
}

// reply adds an SMTP answer and the codes at its front.
func (l *line) reply(s string) {
	code, dsn, _ := lex.Reply(s)
	if code > 0 {
		l.e.AddInt(event.SMTPCode, code)
	}
	if dsn != "" && !l.e.Has(event.DSN) {
		l.e.Add(event.DSN, dsn)
	}
	l.e.Add(event.Reply, s)
}
