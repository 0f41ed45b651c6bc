package elemta

import (
	"strings"

	"rastro/internal/event"
)

// addClient adds the peer's address. Session lines name it two or three times;
// another address than the first is kept in Extra.
func (l *line) addClient(p *pair) bool {
	if p.kind != kindString && p.kind != kindWord {
		return false
	}
	address, port, ok := splitPeer(p.text())
	if !ok {
		return false
	}
	if l.e.Has(event.ClientIP) {
		return l.e.Str(event.ClientIP) == address && (port == 0 || l.e.Int(event.ClientPort) == port)
	}
	l.e.Add(event.ClientIP, address)
	if port != 0 {
		l.e.AddInt(event.ClientPort, port)
	}
	return true
}

// addClientHost adds the peer's name, if it is one.
func (l *line) addClientHost(p *pair) bool {
	name := p.text()
	if _, _, isAddress := splitPeer(name); isAddress || p.kind != kindString || name == "" {
		return false
	}
	l.e.Add(event.ClientHost, name)
	return true
}

// addRelay adds the backend we deliver to.
func (l *line) addRelay(p *pair) bool {
	if p.kind != kindString && p.kind != kindWord {
		return false
	}
	s := p.text()
	if p.role == roleRelayHost {
		return l.addOnce(event.RelayHost, p)
	}
	if address, port, ok := splitPeer(s); ok {
		if l.e.Has(event.RelayIP) {
			return l.e.Str(event.RelayIP) == address
		}
		l.e.Add(event.RelayIP, address)
		if port != 0 {
			l.e.AddInt(event.RelayPort, port)
		}
		return true
	}
	name, number, found := strings.Cut(s, ":")
	if port, ok := readPort(number); found && ok && !l.e.Has(event.RelayHost) {
		l.e.Add(event.RelayHost, name)
		l.e.AddInt(event.RelayPort, port)
		return true
	}
	return l.addOnce(event.RelayHost, p)
}

// addID files an id under message_id or queue_id. Two kinds of id share the
// key: the Message-ID header, or a random one where the header is missing, in
// lines of the session; the queue's own id everywhere else.
func (l *line) addID(p *pair) bool {
	if p.kind != kindString && p.kind != kindWord {
		return false
	}
	id := p.text()
	switch {
	case id == "" || id == "unknown":
		return false
	case l.form == formManual:
		l.e.Add(event.QueueID, id)
		l.e.Add(event.MessageID, id)
		return true
	case strings.HasPrefix(id, "<") || strings.Contains(id, "@"):
		return l.addOnce(event.MessageID, p)
	case isQueueID(id) || l.inQueue() || len(l.outer) == 0 && l.component != "smtp-session":
		return l.addOnce(event.QueueID, p)
	}
	return l.addOnce(event.MessageID, p)
}

// isQueueID tells whether s has the form <nanoseconds since 1970>-<nanosecond>.
func isQueueID(s string) bool {
	n, rest := digits(s)
	if n < 16 || rest == "" || rest[0] != '-' {
		return false
	}
	m, rest := digits(rest[1:])
	return m > 0 && rest == ""
}

// applySender adds the envelope sender of a line. An empty one is the null
// sender where the line has recipients, and a forgotten one where it has none.
func (l *line) applySender(p *pair) bool {
	if p.kind != kindString && p.kind != kindWord {
		return false
	}
	s := p.text()
	if s == "" {
		if l.envelope() || l.msg == "mail_from_accepted" || l.msg == "mail from accepted" {
			l.addSender("<>")
		}
		return true
	}
	return l.addSender(s)
}

// addSender adds an envelope sender in lower case, once.
func (l *line) addSender(s string) bool {
	if s == "" {
		return true
	}
	s = strings.ToLower(bare(s))
	if l.e.Has(event.Sender) {
		return l.e.Str(event.Sender) == s
	}
	l.e.Add(event.Sender, s)
	return true
}

// bare takes the angle brackets off an address; the null sender keeps them.
func bare(s string) string {
	if len(s) > 2 && s[0] == '<' && s[len(s)-1] == '>' {
		return s[1 : len(s)-1]
	}
	return s
}

// applyRecipients adds the recipients of a line: a list, one address, "[a b]"
// in the text forms (with or without commas), or their number.
func (l *line) applyRecipients(p *pair) bool {
	switch p.kind {
	case kindNumber:
		return l.addInt(event.RecipientCount, p, 0)
	case kindArray:
		return l.addList(p.raw)
	case kindString, kindWord:
		s := p.text()
		if inner, ok := strings.CutPrefix(s, "["); ok && l.form != formJSON {
			for _, address := range strings.Fields(strings.TrimSuffix(inner, "]")) {
				l.addRecipient(strings.TrimSuffix(address, ","))
			}
			return true
		}
		if p.kind == kindWord && validNumber(s) {
			return l.addInt(event.RecipientCount, p, 0)
		}
		l.addRecipient(s)
		return true
	}
	return false
}

// addList adds the strings of a JSON list; a list that holds anything else is
// kept in Extra as it is.
func (l *line) addList(raw string) bool {
	if raw == l.recipients {
		return true
	}
	l.recipients = raw
	for add := range 2 { // look first, then add
		sc := scanner{s: raw, i: 1}
		for sc.blanks(); !sc.take(']'); sc.blanks() {
			start := sc.i
			if !sc.str() {
				return false
			}
			if add == 1 {
				s := raw[start+1 : sc.i-1]
				if sc.esc {
					s = unescape(s)
				}
				l.addRecipient(s)
			}
			sc.blanks()
			sc.take(',')
		}
	}
	return true
}

// maxCompared bounds the search for repeated recipients; a longer list is
// taken as it is.
const maxCompared = 100

// addRecipient adds an envelope recipient in lower case, once.
func (l *line) addRecipient(s string) {
	if s == "" {
		return
	}
	s = strings.ToLower(bare(s))
	if len(l.e.Values) <= maxCompared {
		for i := range l.e.Values {
			if v := &l.e.Values[i]; v.Field == event.Recipient && v.Text == s {
				return
			}
		}
	}
	l.e.Add(event.Recipient, s)
}
