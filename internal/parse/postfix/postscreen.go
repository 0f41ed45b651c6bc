package postfix

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// screenForm is one thing that postscreen says of a client
// (postscreen/postscreen*.c).
type screenForm struct {
	start   string
	between string // other words stand before the address and end in this
	verdict string // JSON of the additional field screen; "" for none
	quotes  bool   // what the client sent stands at the end
}

var screenForms = [...]screenForm{
	{start: "CONNECT from "},
	{start: "PASS OLD ", verdict: `"pass_old"`},
	{start: "PASS NEW ", verdict: `"pass_new"`},
	{start: "DISCONNECT "},
	{start: "ALLOWLISTED ", verdict: `"allowlisted"`},
	{start: "DENYLISTED ", verdict: `"denylisted"`},
	{start: "WHITELISTED ", verdict: `"allowlisted"`},
	{start: "BLACKLISTED ", verdict: `"denylisted"`},
	{start: "ALLOWLIST VETO ", verdict: `"allowlist_veto"`},
	{start: "WHITELIST VETO ", verdict: `"allowlist_veto"`},
	{start: "DNSBL rank ", between: " for ", verdict: `"dnsbl"`},
	{start: "PREGREET ", between: " from ", verdict: `"pregreet"`, quotes: true},
	{start: "HANGUP after ", between: " from ", verdict: `"hangup"`},
	{start: "BARE NEWLINE from ", verdict: `"bare_newline"`},
	{start: "NON-SMTP COMMAND from ", verdict: `"non_smtp_command"`, quotes: true},
	{start: "COMMAND PIPELINING from ", verdict: `"pipelining"`, quotes: true},
	{start: "COMMAND TIME LIMIT from ", verdict: `"time_limit"`},
	{start: "COMMAND COUNT LIMIT from ", verdict: `"count_limit"`},
	{start: "COMMAND LENGTH LIMIT from ", verdict: `"length_limit"`},
	{start: "DATA without valid RCPT from ", verdict: `"no_recipient"`},
	{start: "BDAT without valid RCPT from ", verdict: `"no_recipient"`},
}

// screened reads what postscreen says of a client: a few words in capitals, the
// client's address and port, and perhaps how far it had come and what it sent.
//
//	DNSBL rank 3 for [192.0.2.1]:4711
//	PREGREET 14 after 0.04 from [192.0.2.1]:4711: EHLO x\r\n
//	COMMAND PIPELINING from [192.0.2.1]:4711 after DATA: QUIT
func (l *line) screened(s string) bool {
	if rest, ok := strings.CutPrefix(s, "reject: connect from "); ok {
		return l.screenFull(rest)
	}
	if c := s[0]; c < 'A' || c > 'Z' {
		return false
	}
	for i := range screenForms {
		form := &screenForms[i]
		rest, ok := strings.CutPrefix(s, form.start)
		if !ok {
			continue
		}
		rank := ""
		if form.between != "" {
			if rank, rest, ok = strings.Cut(rest, form.between); !ok {
				return false
			}
		}
		p, rest, ok := cutPeer(rest)
		if !ok || p.host != "" || p.port == "" {
			return false
		}
		l.client(p)
		l.screen(form, rank, rest)
		return l.is(event.TypeConnection, "postscreen")
	}
	return false
}

// screen adds what a form says beside the client: before is what stood before
// its address, after what stands behind it.
func (l *line) screen(form *screenForm, before, after string) {
	if form.verdict == "" {
		return
	}
	l.e.AddExtra("screen", form.verdict)
	if form.between == " for " {
		if _, ok := lex.Number(before); ok && (before[0] != '0' || len(before) == 1) {
			l.e.AddExtra("dnsbl_rank", before)
		}
	}
	if rest, ok := strings.CutPrefix(after, " after "); ok {
		stage, rest := cutWord(rest, ":")
		l.stage(stage)
		after = rest
	}
	if form.quotes {
		l.e.Add(event.CommandData, strings.TrimPrefix(after, ": "))
	}
}

// screenFull reads "[ip]:port: all screening ports busy". The client is told
// 421 4.3.2.
func (l *line) screenFull(s string) bool {
	p, rest, ok := cutPeer(s)
	if !ok || p.host != "" {
		return false
	}
	l.client(p)
	l.e.Add(event.SMTPStage, "CONNECT")
	rest = strings.TrimPrefix(rest, ": ")
	if rest == "all screening ports busy" {
		l.e.AddInt(event.SMTPCode, 421)
		l.e.Add(event.DSN, "4.3.2")
	}
	return l.policyEnd(rejecting, rest)
}

// listed reads dnsblog's "addr ip listed by domain d as 127.0.0.2". The list is
// kept in the additional field dnsbl.
func (l *line) listed(s string) bool {
	addr, rest, ok := strings.Cut(s, " ")
	if !ok || !lex.IsIP(addr) {
		return false
	}
	if rest, ok = strings.CutPrefix(rest, "listed by domain "); !ok {
		return false
	}
	l.e.Add(event.ClientIP, addr)
	domain, _ := cutWord(rest, " ")
	l.extra("dnsbl", domain)
	return l.is(event.TypeSystem, "dnsblog")
}
