package sendmail

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// sender adds an envelope sender, brackets taken off.
func (l *line) sender(address string) {
	if address == "" || address == "<>" {
		address = "<>"
	}
	if address != "<NONE>" {
		l.e.Add(event.Sender, lex.Lower(address))
	}
}

// recipient adds an envelope recipient: an address, a user, a file or a program
// ("|/usr/bin/procmail"), which stands in quotes.
func (l *line) recipient(address string) {
	l.e.Add(event.Recipient, lex.Lower(bare(address)))
}

// bare takes the quotes off a program or a file.
func bare(s string) string {
	if len(s) > 3 && s[0] == '"' && (s[1] == '|' || s[1] == '/') && s[len(s)-1] == '"' {
		return s[1 : len(s)-1]
	}
	return s
}

// peer is one end of a connection as Sendmail writes it.
type peer struct{ host, ip string }

// cutPeer reads "host. [ip]", "[ip]", "host", "user@host [ip]", each with "(may
// be forged)" behind it, and returns what follows.
func cutPeer(s string) (p peer, rest string) {
	end := strings.IndexAny(s, " ,")
	if end < 0 {
		end = len(s)
	}
	p.host, rest = s[:end], s[end:]
	if ip := lex.IP(p.host); ip != "" {
		p.host, p.ip = "", ip
	}
	if at := strings.LastIndexByte(p.host, '@'); at >= 0 {
		p.host = p.host[at+1:] // the name from ident is no part of it
		if ip := lex.IP(p.host); ip != "" {
			p.host, p.ip = "", ip
		}
	}
	p.host = strings.TrimSuffix(p.host, ".")
	if strings.HasPrefix(rest, " [") {
		if close := strings.IndexByte(rest[:min(len(rest), 80)], ']'); close > 0 {
			if ip := lex.IP(rest[1 : close+1]); ip != "" {
				p.ip, rest = ip, rest[close+1:]
			}
		}
	}
	return p, strings.TrimPrefix(rest, " (may be forged)")
}

// client adds the peer that talks to us.
func (l *line) client(p peer) {
	l.e.Add(event.ClientHost, p.host)
	l.e.Add(event.ClientIP, p.ip)
}

// relay adds the peer that we talk to.
func (l *line) relay(p peer) {
	l.e.Add(event.RelayHost, p.host)
	l.e.Add(event.RelayIP, p.ip)
}

// answer adds an SMTP answer and the codes at its front, and returns the text
// behind them.
func (l *line) answer(s string) (text string) {
	code, dsn, text := lex.Reply(s)
	if code == 0 {
		code, dsn = l.constant(s, dsn)
	}
	if code > 0 {
		l.e.AddInt(event.SMTPCode, code)
	}
	if dsn != "" && !l.e.Has(event.DSN) {
		l.e.Add(event.DSN, dsn)
	}
	l.e.Add(event.Reply, s)
	return text
}

// constants are the sentences that Sendmail logs without the codes that it
// always says with them (sendmail/sysexits.c, srvrsmtp.c).
var constants = [...]struct {
	text string
	code int64
	dsn  string
}{
	{"User unknown", 550, "5.1.1"},
	{"Host unknown", 550, "5.1.2"},
	{"Message exceeds maximum fixed size", 552, "5.2.3"},
}

// constant finds the codes of a sentence without any. A null MX has the status
// 5.1.10, which belongs to 556 (RFC 7505 4.2).
func (l *line) constant(s, dsn string) (int64, string) {
	if i := strings.Index(s, "... "); i >= 0 {
		s = s[i+len("... "):]
	}
	for _, c := range &constants {
		if strings.HasPrefix(s, c.text) {
			if dsn == "" {
				dsn = c.dsn
			}
			return c.code, dsn
		}
	}
	if l.e.Str(event.DSN) == "5.1.10" {
		return 556, dsn
	}
	return 0, dsn
}

// interval reads 00:01:02 or 1+16:01:50 in seconds.
func interval(s string) (seconds int64, ok bool) {
	days := int64(0)
	if d, rest, found := strings.Cut(s, "+"); found {
		if days, ok = lex.Number(d); !ok || days > 1e6 {
			return 0, false
		}
		s = rest
	}
	if len(s) != 8 || s[2] != ':' || s[5] != ':' {
		return 0, false
	}
	h, ok1 := lex.Number(s[:2])
	m, ok2 := lex.Number(s[3:5])
	sec, ok3 := lex.Number(s[6:])
	return days*86400 + h*3600 + m*60 + sec, ok1 && ok2 && ok3
}

func (l *line) interval(f event.Field, s string) {
	if n, ok := interval(s); ok {
		l.e.AddFloat(f, float64(n))
	}
}

func (l *line) number(f event.Field, s string) {
	if n, ok := lex.Number(s); ok {
		l.e.AddInt(f, n)
	}
}

// cutName takes ", name=" off the front of s.
func cutName(s string) (name, rest string, ok bool) {
	s, ok = strings.CutPrefix(s, ", ")
	if !ok {
		return "", "", false
	}
	eq := strings.IndexByte(s[:min(len(s), 24)], '=')
	if eq <= 0 || strings.IndexByte(s[:eq], ' ') >= 0 {
		return "", "", false
	}
	return s[:eq], s[eq+1:], true
}

// cutValue takes a value up to ", " off s.
func cutValue(s string) (value, rest string) {
	if end := strings.Index(s, ", "); end >= 0 {
		return s[:end], s[end:]
	}
	return s, ""
}
