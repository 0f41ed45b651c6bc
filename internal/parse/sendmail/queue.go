package sendmail

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// queue reads what happens to a message in the queue.
func (l *line) queue(s string) bool {
	if l.id == "" {
		return false
	}
	if l.child(s) {
		return true
	}
	switch {
	case strings.HasPrefix(s, "done; "):
		l.done(s[len("done"):])
	case s == "discarded":
		l.e.Add(event.Status, event.StatusDiscarded)
	case s == "unquarantine":
		l.e.AddExtra("action", `"released"`)
	case strings.HasPrefix(s, "quarantine="):
		l.e.Add(event.Reply, s[len("quarantine="):])
		l.e.Add(event.Status, event.StatusQuarantined)
	case strings.HasPrefix(s, "split: "):
		l.split(s)
	case strings.HasPrefix(s, "alias "), strings.HasPrefix(s, "forward "), strings.HasPrefix(s, "expand "):
		return l.expansion(s)
	default:
		return false
	}
	return l.is(event.TypeQueue, "queue")
}

// child reads the line that makes another envelope of this one (savemail.c,
// deliver.c):
//
//	QID: DSN: User unknown
//	QID: sender notify: Warning: could not send message for past 4 hours
//	QID: return to sender: ...
//	QID: postmaster notify: ...
//	QID: clone: owner=owner-list, and "clone QID, owner=..." of old versions
func (l *line) child(s string) bool {
	if rest, ok := strings.CutPrefix(s, "clone "); ok {
		id, owner, _ := strings.Cut(rest, ",")
		if !isID(id) {
			return false
		}
		return l.clone(id, strings.TrimPrefix(owner, " owner="))
	}
	id, _, ok := strings.Cut(s[:min(len(s), 64)], ": ")
	if !ok || !isID(id) {
		return false
	}
	rest := s[len(id)+2:]
	if owner, ok := strings.CutPrefix(rest, "clone: owner="); ok {
		return l.clone(id, owner)
	}
	for _, kind := range [...]string{"DSN: ", "sender notify: ", "return to sender: ", "postmaster notify: "} {
		if reason, ok := strings.CutPrefix(rest, kind); ok {
			l.e.Add(event.NextQueueID, id)
			l.e.Add(event.Reply, reason)
			if strings.HasPrefix(reason, "Too many hops ") {
				l.looped(reason)
			}
			if isExpiry(reason) {
				l.e.Add(event.Status, event.StatusExpired)
				l.e.Add(event.DSN, "4.4.7") // what the report says (sendmail/queue.c)
			}
			return l.is(event.TypeQueue, "bounce")
		}
	}
	return false
}

// looped reads "Too many hops 31 (25 max): from <a> via host, to <b>": the only
// line about that recipient.
func (l *line) looped(reason string) {
	if at := strings.LastIndex(reason, ", to "); at >= 0 {
		if address, _ := lex.Address(reason[at+len(", to "):]); address != "" {
			l.recipient(address)
			l.e.Add(event.Status, event.StatusBounced)
			l.e.Add(event.DSN, "5.4.6") // sendmail/deliver.c
		}
	}
}

// isExpiry tells whether a report says that the server gave up: nobody is told
// by a line of his own then, each recipient that is still waiting expires.
func isExpiry(reason string) bool {
	return strings.HasPrefix(reason, "Cannot send message for ") ||
		strings.HasPrefix(reason, "Cannot send message within ") ||
		strings.HasPrefix(reason, "Message could not be delivered for ") ||
		strings.HasPrefix(reason, "delivery time expired ")
}

// clone reads a copy for the owner of a list, who is its sender: the line is
// that of the message it was made of, so that the owner is an extra.
func (l *line) clone(id, owner string) bool {
	l.e.Add(event.NextQueueID, id)
	l.e.Add(event.Status, event.StatusForwarded)
	if address, _ := lex.Address(owner); address != "" {
		l.e.AddExtra("owner", string(event.AppendJSONString(make([]byte, 0, 64), lex.Lower(address))))
	}
	return l.is(event.TypeQueue, "queue")
}

// done reads "; delay=00:00:20, ntries=3": the message left the queue.
func (l *line) done(s string) {
	s = strings.Replace(s, "; ", ", ", 1)
	for name, value, ok := cutName(s); ok; name, value, ok = cutName(s) {
		value, s = cutValue(value)
		switch name {
		case "delay":
			l.interval(event.Delay, value)
		case "ntries":
			l.number(event.Attempt, value)
		}
	}
}

// split reads "split: count=2, ids=QID; QID": copies with fewer recipients.
func (l *line) split(s string) {
	_, ids, ok := strings.Cut(s, ", id")
	if !ok {
		return
	}
	_, ids, _ = strings.Cut(ids, "=")
	for ids != "" {
		var id string
		id, ids, _ = strings.Cut(ids, "; ")
		if isID(id) {
			l.e.Add(event.NextQueueID, id)
		}
	}
}

// expansion reads "alias <a@b> => c@d, e@f" and "forward a => b": logged at
// level 11 only. The list may be cut.
func (l *line) expansion(s string) bool {
	_, s, _ = strings.Cut(s, " ")
	from, to, ok := strings.Cut(s, " => ")
	if !ok {
		return l.is(event.TypeQueue, "queue")
	}
	if address, _, found := lex.Angle(from); found {
		from = address
	}
	l.e.Add(event.OriginalRecipient, lex.Lower(from))
	l.e.Add(event.Reply, to)
	return l.is(event.TypeQueue, "queue")
}
