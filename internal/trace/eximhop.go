package trace

import (
	"slices"
	"strings"

	"rastro/internal/event"
)

// The names of additional fields that only Exim's lines have.
const (
	extraLocalPart   = "local_part"  // all that the line names of the final address
	extraDestination = "destination" // a file, a command, or > and the address of an automatic reply
)

// eximTry adds an attempt of Exim's that names its end by less than an address.
// Each user, file and command that an alias leads to has a leg of its own.
func (h *hop) eximTry(f *fact) bool {
	given := f.rcpts.first
	if place := f.extra(extraDestination); place != "" {
		if !isAutoReply(place) {
			h.attach(h.legAt(given, place), f)
		}
		return true
	}
	user := f.extra(extraLocalPart)
	local, domain, ok := cutLast(given, '@')
	if user == "" || !ok || strings.EqualFold(user, local) {
		return false
	}
	h.attach(h.legOf(lower(user)+"@"+domain, given, ""), f)
	return true
}

// autoReplies takes the automatic replies to recipients for whom nothing else
// was done: the reply is then all that became of the message.
func (h *hop) autoReplies() {
	if h.dialect != "exim" {
		return
	}
	for _, f := range h.facts {
		if isTry(f) && isAutoReply(f.extra(extraDestination)) && !h.knows(f.rcpts.first) {
			h.attach(h.legAt(f.rcpts.first, f.extra(extraDestination)), f)
		}
	}
}

// isAutoReply tells whether a destination is an answer to the sender and no
// delivery.
func isAutoReply(place string) bool { return strings.HasPrefix(place, ">") }

// eximQueue gives legs to the recipients that lines about the queue name alone:
// discarded by an ACL, taken off or added by an operator.
func (h *hop) eximQueue() {
	if h.dialect != "exim" {
		return
	}
	for _, f := range h.facts {
		if f.kind == event.TypeQueue && f.status == event.StatusDiscarded || f.extra(extraAction) == "recipient_added" {
			f.rcpts.each(func(to string) {
				if !h.knows(to) {
					h.legOf(to, "", "")
				}
			})
		}
	}
}

// aboutAnother tells whether a line of Exim's about the queue names other
// recipients than this.
func (l *leg) aboutAnother(f *fact) bool {
	return f.dialect == "exim" && f.rcpts.len() > 0 && !f.rcpts.has(l.to) && !f.rcpts.has(l.orig)
}

// unreachable are the reasons that Exim gives when it never talked to a server;
// the line of the recipient then names none.
var unreachable = [...]string{
	"Connection refused", "Connection timed out", "Operation timed out", "Connection reset by peer", "No route to host",
	"Network is unreachable", "Host is unreachable", "Host is down", "all hosts for ", "retry time not reached for any host",
	"a TLS session is required", "no host found for existing SMTP connection",
}

// isElsewhere tells whether an attempt that names no server failed on the way to
// somebody else's: the reason is one of connections, and the transport is not
// that of our own mailboxes.
func isElsewhere(f *fact) bool {
	if ownAgent(lower(f.extra("transport"))) {
		return false
	}
	for _, reason := range &unreachable {
		if strings.HasPrefix(f.reply, reason) {
			return true
		}
	}
	return false
}

// reachWindow is how long before the line of a recipient the line of the server
// that could not be reached may stand: servers are tried one after the other.
const reachWindow = 3600 * second

// reachLines bounds the lines in between.
const reachLines = 1024

// eximRelays names the server of attempts that did not get that far, where the
// lines before name one only.
func (h *hop) eximRelays() {
	if h.dialect != "exim" {
		return
	}
	for i, f := range h.facts {
		if !isTry(f) || f.relayIP != "" || f.relayHost != "" || f.code != 0 || f.status != event.StatusDeferred && f.status != event.StatusBounced {
			continue
		}
		var tried *fact
		for _, c := range slices.Backward(h.facts[max(0, i-reachLines):i]) {
			if f.time-c.time > reachWindow || isTry(c) && c.time < f.time && c.rcpts.has(f.rcpts.first) {
				break
			}
			if c.kind != event.TypeConnection || c.relayIP == "" || c.reply != f.reply {
				continue
			}
			if tried != nil && tried.relayIP != c.relayIP {
				tried = nil
				break
			}
			tried = c
		}
		if tried != nil {
			f.relayHost, f.relayIP = tried.relayHost, tried.relayIP
		}
	}
}

// isLost tells whether the client of a message went away before it was taken:
// Exim names an id for it, and nothing else with that id follows.
func (h *hop) isLost() bool {
	if h.dialect != "exim" || h.birth != nil {
		return false
	}
	lost := false
	for _, f := range h.facts {
		switch f.kind {
		case event.TypeConnection:
			lost = lost || f.part == "reception"
		case event.TypeCommand, event.TypeContentCheck, event.TypeSystem:
		default:
			return false
		}
	}
	return lost
}

// cutLast cuts s at the last c.
func cutLast(s string, c byte) (before, after string, found bool) {
	if at := strings.LastIndexByte(s, c); at >= 0 {
		return s[:at], s[at+1:], true
	}
	return s, "", false
}
