package opensmtpd

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// pairs walks over "name=value name=value" or, with another separator,
// "name=value, name=value". A value may be in quotes or angle brackets.
type pairs struct{ s, sep string }

// next takes one pair off. The value is without its quotes or brackets. ok is
// false at the end, and where no pair follows.
func (p *pairs) next() (name, value string, ok bool) {
	s := strings.TrimPrefix(p.s, p.sep)
	eq := strings.IndexByte(s[:min(len(s), 32)], '=')
	if eq <= 0 || strings.IndexByte(s[:eq], ' ') >= 0 {
		return "", "", false
	}
	name, s = s[:eq], s[eq+1:]
	if name == "stat" || name == "reason" { // the last one, and free text
		p.s = ""
		return name, unquote(s), true
	}
	if address, rest, found := lex.Angle(s); found {
		p.s = rest
		return name, address, true
	}
	if s != "" && s[0] == '"' {
		if end := strings.Index(s[1:], `"`+p.sep); end >= 0 {
			p.s = s[end+2:]
			return name, s[1 : end+1], true
		}
		p.s = ""
		return name, unquote(s), true
	}
	value = s
	if end := strings.Index(s, p.sep); end >= 0 {
		value = s[:end]
	}
	p.s = s[len(value):]
	return name, value, true
}

// unquote takes one pair of quotes off. A line that was cut has no second one.
func unquote(s string) string {
	if s == "" || s[0] != '"' {
		return s
	}
	return strings.TrimSuffix(s[1:], `"`)
}

// envelope adds the ids in an envelope's number: first the message's, then its
// own.
func (l *line) envelope(evpid string) {
	if lex.Hex(evpid, 16) {
		l.e.Add(event.QueueID, evpid[:8])
		l.e.Add(event.QueueID, evpid)
	}
}

func (l *line) message(msgid string) {
	if lex.Hex(msgid, 8) {
		l.e.Add(event.QueueID, msgid)
	}
}

// sender adds an envelope sender. The null sender is written <> or <@>.
func (l *line) sender(address string) {
	if address == "" || address == "@" {
		address = "<>"
	}
	l.e.Add(event.Sender, lex.Lower(address))
}

// recipients adds where an envelope goes, and where it was sent to if that is
// another address: rcpt=<-> says that it is the same.
func (l *line) recipients(to, rcpt string) {
	if to != "@" {
		l.e.Add(event.Recipient, lex.Lower(to))
	}
	if rcpt != "-" && rcpt != to {
		l.e.Add(event.OriginalRecipient, lex.Lower(rcpt))
	}
}

// client adds the peer that talks to us: address=1.2.3.4, [::1] or local, and
// host=name, which is <unknown> where it has none.
func (l *line) client(address, host string) {
	l.e.Add(event.ClientIP, lex.IP(address))
	if host != "unknown" && lex.IP(host) == "" {
		l.e.Add(event.ClientHost, host)
	}
}

// relay adds the peer that we talk to: "1.2.3.4 (name)", "[::1]" or, where no
// server was reached, the domain.
func (l *line) relay(s string) (ip string) {
	address, name, named := strings.Cut(s, " (")
	if ip = lex.IP(address); ip == "" {
		l.e.Add(event.RelayHost, s)
		return ""
	}
	l.e.Add(event.RelayIP, ip)
	if named {
		if name = strings.TrimSuffix(name, ")"); name != "<unknown>" && name != "unknown" {
			l.e.Add(event.RelayHost, name)
		}
	}
	return ip
}

// server adds the server in smtp://1.2.3.4:25 or smtps://[::1]:465.
func (l *line) server(url, host string) {
	_, address, ok := strings.Cut(url, "://")
	if !ok {
		address = url
	}
	address, port := cutPort(address)
	l.e.Add(event.RelayIP, lex.IP(address))
	if n, ok := lex.Number(port); ok {
		l.e.AddInt(event.RelayPort, n)
	}
	if host != "unknown" && host != "<unknown>" && host != "(null)" {
		l.e.Add(event.RelayHost, host)
	}
}

func cutPort(s string) (address, port string) {
	colon := strings.LastIndexByte(s, ':')
	if colon < 0 || colon < strings.LastIndexByte(s, ']') {
		return s, ""
	}
	return s[:colon], s[colon+1:]
}

// ciphers adds "TLSv1.3:TLS_AES_256_GCM_SHA384:256" or, as versions up to 6.3
// write it, "version=TLSv1.2, cipher=ECDHE-RSA-AES256-GCM-SHA384, bits=256".
func (l *line) ciphers(s string) {
	version, cipher := "", ""
	if rest, ok := strings.CutPrefix(s, "version="); ok {
		version, rest, _ = strings.Cut(rest, ", cipher=")
		cipher, _, _ = strings.Cut(rest, ",")
	} else {
		version, cipher, _ = strings.Cut(s, ":")
		cipher, _, _ = strings.Cut(cipher, ":")
	}
	l.e.Add(event.TLSVersion, version)
	l.e.Add(event.TLSCipher, cipher)
}

// answer adds an SMTP answer and the codes at its front, and returns the text
// behind them.
func (l *line) answer(s string) (text string) {
	code, dsn, text := lex.Reply(s)
	if code > 0 {
		l.e.AddInt(event.SMTPCode, code)
	}
	l.e.Add(event.DSN, dsn)
	l.e.Add(event.Reply, s)
	return text
}

// duration adds a time like 1d2h3m4s in seconds.
func (l *line) duration(s string) {
	var total int64
	for s != "" {
		digits := lex.Digits(s)
		n, ok := lex.Number(digits)
		if !ok || len(digits) == len(s) || len(digits) > 9 {
			return
		}
		switch s[len(digits)] {
		case 'd':
			n *= 24 * 3600
		case 'h':
			n *= 3600
		case 'm':
			n *= 60
		case 's':
		default:
			return
		}
		total += n
		s = s[len(digits)+1:]
	}
	l.e.AddFloat(event.Delay, float64(total))
}
