package filters

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// postgrey reads postgrey 1.30 to 1.37 (mylog_action), with the queue id before
// it where the server gave one:
//
//	action=greylist, reason=new, client_name=h, client_address=ip, sender=s, recipient=r
//	action=pass, reason=triplet found, delay=301, client_name=h, ...
func (l *line) postgrey() bool {
	s := l.text
	if id, rest, ok := cutQueueID(s); ok {
		l.e.Add(event.QueueID, id)
		s = rest
	}
	s, ok := strings.CutPrefix(s, "action=")
	if !ok {
		return l.is(event.TypeSystem)
	}
	action, rest := cutItem(s)
	l.e.Add(event.SpamVerdict, action)
	l.extra("greylist_reason", between(rest, ", reason=", ", "))
	if delay := lex.Digits(between(rest, ", delay=", ", ")); delay != "" {
		l.extraNumber("greylist_delay", delay)
	}
	address, _, _ := strings.Cut(between(rest, ", client_address=", ", "), "/")
	l.client(between(rest, ", client_name=", ", "), address)
	l.parties(rest, ", sender=", ", recipient=")
	return l.is(event.TypeContentCheck)
}

// parties adds the sender and the recipient behind two names. A sender may
// contain the second name, so that its last place counts.
func (l *line) parties(s, sender, recipient string) {
	end := strings.LastIndex(s, recipient)
	if end >= 0 {
		if to := bare(strings.TrimSpace(s[end+len(recipient):])); to != "" {
			l.e.Add(event.Recipient, to)
		}
		s = s[:end]
	}
	if at := strings.Index(s, sender); at >= 0 {
		from := s[at+len(sender):]
		if end < 0 {
			from, _ = cutItem(from)
		}
		l.sender(bare(from))
	}
}

// sqlgrey reads SQLgrey 1.6 to 1.8: "grey: new: 203.0.113(203.0.113.9), s@x ->
// r@y", "grey: early reconnect: ...", "grey: reconnect ok: ... (00:05:11)",
// "grey: from awl match: updating 203.0.113(203.0.113.9), s@x(s@x)".
func (l *line) sqlgrey() bool {
	s, ok := strings.CutPrefix(l.text, "grey: ")
	if !ok {
		return l.is(event.TypeSystem)
	}
	reason, s, ok := strings.Cut(s, ": ")
	if !ok {
		return l.is(event.TypeSystem)
	}
	verdict := "greylist"
	switch reason {
	case "new", "early reconnect", "throttling":
	case "reconnect ok", "from awl match", "domain awl match":
		verdict = "pass"
	default:
		return l.is(event.TypeSystem)
	}
	l.e.Add(event.SpamVerdict, verdict)
	l.extra("greylist_reason", reason)
	s = strings.TrimPrefix(s, "updating ")
	_, s, _ = strings.Cut(s, "(")
	address, s, _ := strings.Cut(s, "), ")
	l.client("", address)
	if at := strings.LastIndex(s, " -> "); at >= 0 {
		l.sqlgreySender(s[:at])
		to, _ := cutWord(s[at+len(" -> "):])
		l.e.Add(event.Recipient, to)
	} else if open := strings.LastIndexByte(s, '('); open >= 0 {
		l.sqlgreySender(strings.TrimSuffix(s[open+1:], ")"))
	}
	return l.is(event.TypeContentCheck)
}

// sqlgreySender adds a sender; SQLgrey writes the empty one -undef-@-undef-.
func (l *line) sqlgreySender(s string) {
	switch {
	case strings.HasPrefix(s, "-undef-"):
		l.sender("")
	case strings.IndexByte(s, '@') > 0:
		l.e.Add(event.Sender, s)
	}
}

// milterGreylist reads milter-greylist 2 to 4:
//
//	QID: addr host[ip] from <s> to <r> delayed for 00:05:00 (ACL 12)
//	QID: addr ip from <s> rcpt <r>: autowhitelisted for another 24:00:00
//	QID: addr host[ip] from <s> to <r> blacklisted (ACL 3)
//	QID: skipping greylist because ..., (from=<s>, rcpt=<r>, addr=host[ip]) ACL 4
func (l *line) milterGreylist() bool {
	id, s, ok := cutQueueID(l.text)
	if !ok {
		return l.is(event.TypeSystem)
	}
	l.e.Add(event.QueueID, id)
	switch {
	case strings.HasPrefix(s, "addr "):
		return l.milterGreyAddr(s[len("addr "):])
	case strings.HasPrefix(s, "skipping greylist because "):
		l.e.Add(event.SpamVerdict, "pass")
		s = s[len("skipping greylist because "):]
		reason, _ := cutItem(s)
		l.extra("greylist_reason", reason)
		if at := strings.LastIndex(s, "(from="); at >= 0 {
			s = s[at+len("(from="):]
			if addr, rest, ok := lex.Angle(s); ok {
				l.sender(addr)
				s = rest
			}
			if rest, ok := strings.CutPrefix(s, ", rcpt="); ok {
				if addr, after, ok := lex.Angle(rest); ok {
					l.e.Add(event.Recipient, addr)
					s = after
				}
			}
			if _, rest, ok := strings.Cut(s, "addr="); ok {
				if host, addr, _, ok := cutPeer(rest); ok {
					l.client(host, addr)
				}
			}
		}
		return l.is(event.TypeContentCheck)
	case strings.HasPrefix(s, "Sender IP "):
		addr, rest := cutWord(s[len("Sender IP "):])
		l.client("", addr)
		l.result(event.SPF, "pass")
		if _, rest, ok := strings.Cut(rest, "and address "); ok {
			if addr, _, ok := lex.Angle(rest); ok {
				l.sender(addr)
			}
		}
		return l.is(event.TypeContentCheck)
	}
	return l.is(event.TypeSystem)
}

// milterGreyAddr reads what follows "addr ".
func (l *line) milterGreyAddr(s string) bool {
	peer, s := cutWord(s)
	if host, addr, _, ok := cutPeer(peer); ok {
		l.client(host, addr)
	} else {
		l.client("", peer)
	}
	rest, ok := strings.CutPrefix(s, "from ")
	if !ok {
		return l.is(event.TypeSystem)
	}
	addr, s, ok := lex.Angle(rest)
	if !ok {
		return l.is(event.TypeSystem)
	}
	l.sender(addr)
	for _, name := range [...]string{" to ", " rcpt "} {
		if rest, ok := strings.CutPrefix(s, name); ok {
			if addr, after, ok := lex.Angle(rest); ok {
				l.e.Add(event.Recipient, addr)
				s = after
			}
		}
	}
	switch s = strings.TrimLeft(s, ": "); {
	case strings.HasPrefix(s, "delayed"):
		l.e.Add(event.SpamVerdict, "greylist")
		l.extraSeconds("greylist_delay", between(s, " for ", " "))
	case strings.HasPrefix(s, "autowhitelisted"):
		l.e.Add(event.SpamVerdict, "pass")
	case strings.HasPrefix(s, "blacklisted"):
		l.e.Add(event.SpamVerdict, "reject")
		l.e.Add(event.Status, event.StatusRejected)
	default:
		return l.is(event.TypeSystem)
	}
	return l.is(event.TypeContentCheck)
}

// extraSeconds keeps a time of the form hh:mm:ss as seconds.
func (l *line) extraSeconds(name, s string) {
	h, s, _ := strings.Cut(s, ":")
	m, sec, _ := strings.Cut(s, ":")
	hours, ok := lex.Number(h)
	minutes, ok2 := lex.Number(m)
	seconds, ok3 := lex.Number(sec)
	if ok && ok2 && ok3 && hours < 1e6 && minutes < 1e6 && seconds < 1e6 {
		l.e.AddExtra(name, decimal(hours*3600+minutes*60+seconds))
	}
}
