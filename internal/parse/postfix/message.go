package postfix

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// message reads the lines that start with a queue id or NOQUEUE.
func (l *line) message() bool {
	id, s, ok := cutQueueID(l.text)
	if !ok || s == "" {
		return false
	}
	l.id = id
	values, extra := len(l.e.Values), len(l.e.Extra)
	if l.messageForm(s) {
		return true
	}
	l.e.Values, l.e.Extra = l.e.Values[:values], l.e.Extra[:extra]
	if l.sure {
		return l.other()
	}
	return false
}

// messageForm picks the form by its first letter, so that the frequent ones
// cost one comparison.
func (l *line) messageForm(s string) bool {
	switch s[0] {
	case 't':
		if strings.HasPrefix(s, "to=<") {
			return l.delivery(s)
		}
	case 'f':
		if strings.HasPrefix(s, "from=<") {
			return l.envelope(s)
		}
	case 'c':
		if strings.HasPrefix(s, "client=") {
			return l.birth(s)
		}
	case 'm':
		if id, ok := strings.CutPrefix(s, "message-id="); ok {
			return l.header(id)
		}
	case 'r':
		if id, ok := strings.CutPrefix(s, "resent-message-id="); ok {
			return l.header(id)
		}
	case 'u':
		if strings.HasPrefix(s, "uid=") {
			return l.pickup(s)
		}
	}
	return l.queueWord(s) || l.policy(s) || l.hangup(s) || l.attempt(s) || l.notification(s) || l.limit(s)
}

// birth reads the line with which smtpd opens a message:
//
//	client=host[ip], sasl_method=PLAIN, sasl_username=u, sasl_sender=s,
//	orig_queue_id=X, orig_client=host[ip]
//
// Without a queue id the message is handed to a proxy as it comes in, and no
// message of ours begins.
func (l *line) birth(s string) bool {
	p, rest, ok := cutPeer(s[len("client="):])
	if !ok || rest != "" && !strings.HasPrefix(rest, ", ") {
		return false
	}
	l.client(p)
	l.clientFields(rest)
	if l.id != "" {
		l.e.Add(event.Status, event.StatusAccepted)
	}
	return l.is(event.TypeReception, "smtpd")
}

// clientFields adds what smtpd knows of its client beside the address.
func (l *line) clientFields(s string) {
	for strings.HasPrefix(s, ", ") {
		s = s[2:]
		value := ""
		name, tail, ok := strings.Cut(s, "=")
		if !ok {
			return
		}
		if end := strings.Index(tail, ", "); end >= 0 {
			value, s = tail[:end], tail[end:]
		} else {
			value, s = tail, ""
		}
		switch name {
		case "sasl_method":
			l.e.Add(event.AuthMethod, value)
		case "sasl_username":
			l.e.Add(event.Username, value)
			l.e.AddBool(event.Success, true)
		case "sasl_sender":
			l.extra("sasl_sender", value)
		case "orig_queue_id":
			l.e.Add(event.ParentQueueID, value)
		case "orig_client":
			l.origin(value)
		}
	}
}

// origin adds the client that a filter got the message from and told us with
// XFORWARD. Our own client is the filter.
func (l *line) origin(s string) {
	p, _, ok := cutPeer(s)
	if !ok {
		return
	}
	if p.host != "unknown" {
		l.extra("orig_client_host", p.host)
	}
	if lex.IsIP(p.addr) {
		l.extra("orig_client_ip", p.addr)
	}
}

// header reads the Message-ID that cleanup found or made. It is the last thing
// on its line and may hold anything.
func (l *line) header(id string) bool {
	if id = strings.TrimSpace(id); id != "<>" {
		l.e.Add(event.MessageID, id)
	}
	return l.is(event.TypeReception, "cleanup")
}

// envelope reads the queue manager's lines:
//
//	from=<s>, size=1, nrcpt=1 (queue active)
//	from=<s>, status=expired, returned to sender
func (l *line) envelope(s string) bool {
	addr, rest, ok := lex.Angle(s[len("from="):])
	if !ok {
		return false
	}
	if status, ok := strings.CutPrefix(rest, ", status="); ok {
		if !strings.HasPrefix(status, "expired") && !strings.HasPrefix(status, "force-expired") {
			return false
		}
		l.sender(addr)
		l.e.Add(event.Status, event.StatusExpired)
		return l.is(event.TypeQueue, "qmgr")
	}
	size, ok := strings.CutPrefix(rest, ", size=")
	if !ok {
		return false
	}
	size, count, ok := strings.Cut(size, ", nrcpt=")
	if !ok && !l.sure {
		return false
	}
	l.sender(addr)
	if n, ok := lex.Number(size); ok {
		l.e.AddInt(event.Size, n)
	}
	if n, ok := lex.LeadingNumber(count); ok {
		l.e.AddInt(event.RecipientCount, n)
	}
	return l.is(event.TypeQueue, "qmgr")
}

// pickup reads a message that a local program handed in, or that postsuper put
// back: uid=0 from=<s> orig_id=X.
func (l *line) pickup(s string) bool {
	uid, rest, ok := strings.Cut(s[len("uid="):], " from=")
	if _, isNumber := lex.Number(uid); !ok || !isNumber {
		return false
	}
	addr, rest, ok := lex.Angle(rest)
	if !ok {
		return false
	}
	l.sender(addr)
	if id, ok := strings.CutPrefix(rest, " orig_id="); ok {
		l.e.Add(event.ParentQueueID, lex.Word(id))
	}
	l.e.Add(event.Status, event.StatusAccepted)
	return l.is(event.TypeReception, "pickup")
}
