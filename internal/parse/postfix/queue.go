package postfix

import (
	"strings"

	"rastro/internal/event"
)

// queueWord reads the lines that say in a word or two what happened to a
// message in the queue. The queue manager and the operator's postsuper both
// write "removed": only the operator's takes mail away.
func (l *line) queueWord(s string) bool {
	component := ""
	switch s {
	case "removed":
		if l.daemon == "postsuper" {
			l.e.Add(event.Status, event.StatusDiscarded)
		}
	case "removed (canceled)", "removed (discarded)", "canceled":
		component = "cleanup"
	case "placed on hold":
		l.e.Add(event.Status, event.StatusHeld)
		component = "postsuper"
	case "released from hold", "requeued", "expired":
		component = "postsuper"
	case "skipped, still being delivered":
		component = "qmgr"
	case "status=deferred (bounce failed)":
	default:
		return strings.HasPrefix(s, "passing <") && l.passing(s)
	}
	return l.is(event.TypeQueue, component)
}

// passing reads "passing <r> to transport=X".
func (l *line) passing(s string) bool {
	addr, rest, ok := cutAddress(s[len("passing "):])
	if !ok || !strings.HasPrefix(rest, " to transport=") {
		return false
	}
	l.recipient(addr)
	return l.is(event.TypeQueue, "")
}

// notification reads the link from a message to the bounce, delay warning or
// success report that was made of it.
func (l *line) notification(s string) bool {
	kind, ok := strings.CutPrefix(s, "sender ")
	if !ok {
		kind, ok = strings.CutPrefix(s, "postmaster ")
	}
	if !ok {
		return false
	}
	if strings.HasPrefix(kind, "notification failed") {
		return l.is(event.TypeQueue, "bounce")
	}
	kind, id, ok := strings.Cut(kind, " notification: ")
	switch {
	case !ok || !isQueueID(id):
		return false
	case kind != "non-delivery" && kind != "delay" && kind != "delivery status":
		return false
	}
	l.e.Add(event.NextQueueID, id)
	return l.is(event.TypeQueue, "bounce")
}

// limit reads the two refusals that come as a warning and do not say "reject".
func (l *line) limit(s string) bool {
	switch {
	case s == "queue file size limit exceeded":
	case s == "message rejected: hopcount exceeded":
	case strings.HasSuffix(s, " exceeds message size limit") && strings.HasPrefix(s, "BDAT request from "):
		if p, _, ok := cutPeer(s[len("BDAT request from "):]); ok {
			l.client(p)
		}
	default:
		return false
	}
	l.e.Add(event.Status, event.StatusRejected)
	l.e.Add(event.Reply, s)
	return l.is(event.TypeRejection, "")
}

// attempt reads what smtp and lmtp say about one server on the way to the
// delivery line: an answer, or a connection that failed.
func (l *line) attempt(s string) bool {
	if rest, ok := strings.CutPrefix(s, "host "); ok {
		if _, tail, ok := cutPeer(rest); !ok ||
			!strings.HasPrefix(tail, " said: ") && !strings.HasPrefix(tail, " refused to talk to me: ") {
			return false
		}
		l.reason(s, peer{})
		return l.is(event.TypeCommand, "")
	}
	for _, start := range [...]string{
		"lost connection with ", "conversation with ", "connect to ",
		"enabling PIX workarounds: ", "Cannot start TLS: ", "TLS is required",
		"breaking line > ", "Server certificate not ",
	} {
		rest, ok := strings.CutPrefix(s, start)
		if !ok {
			continue
		}
		if p, _, ok := cutPeer(rest); ok {
			l.relay(p)
		}
		l.e.Add(event.Reply, s)
		return l.is(event.TypeConnection, "")
	}
	return false
}
