package postfix

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// queueWord reads the lines that say in a word or two what happened to a
// message in the queue: qmgr/qmgr_active.c, postsuper/postsuper.c and, since
// 3.10, cleanup/cleanup_api.c. The queue manager and the operator's postsuper
// both write "removed": only the operator's takes mail away. What the operator
// or cleanup did stands in the additional field action.
func (l *line) queueWord(s string) bool {
	component, status, action := "", "", ""
	switch s {
	case "removed":
		if l.daemon == "postsuper" {
			status, action = event.StatusDiscarded, `"removed"`
		}
	case "removed (canceled)", "canceled":
		component, action = "cleanup", `"canceled"`
	case "removed (discarded)":
		component, status, action = "cleanup", event.StatusDiscarded, `"discarded"`
	case "placed on hold":
		component, status, action = "postsuper", event.StatusHeld, `"held"`
	case "released from hold":
		component, action = "postsuper", `"released"`
	case "requeued":
		component, action = "postsuper", `"requeued"`
	case "expired":
		component, action = "postsuper", `"expired"`
	case "skipped, still being delivered":
		component = "qmgr"
	case "status=deferred (bounce failed)":
		status = event.StatusDeferred
	default:
		return strings.HasPrefix(s, "passing <") && l.passing(s)
	}
	l.e.Add(event.Status, status)
	if action != "" {
		l.e.AddExtra(extraAction, action)
	}
	return l.is(event.TypeQueue, component)
}

// passing reads "passing <r> to transport=X".
func (l *line) passing(s string) bool {
	addr, rest, ok := lex.Angle(s[len("passing "):])
	if !ok || !strings.HasPrefix(rest, " to transport=") {
		return false
	}
	l.recipient(addr)
	return l.is(event.TypeQueue, "")
}

// notification reads the link from a message to the report that was made of
// it (bounce/*.c): a bounce, a delay warning, a success report, or one of the
// first two to the postmaster. Which one it is stands in the additional field
// notification.
//
//	sender non-delivery notification: ABCDEF
//	sender notification failed to u@a.example: reason     3.11
//	undeliverable postmaster notification discarded
func (l *line) notification(s string) bool {
	kind, toSender := strings.CutPrefix(s, "sender ")
	if !toSender {
		if s == "undeliverable postmaster notification discarded" {
			l.e.Add(event.Status, event.StatusDiscarded)
			return l.is(event.TypeQueue, "bounce")
		}
		var ok bool
		if kind, ok = strings.CutPrefix(s, "postmaster "); !ok {
			return false
		}
	}
	if strings.HasPrefix(kind, "notification failed") {
		l.e.Add(event.Reply, s)
		return l.is(event.TypeQueue, "bounce")
	}
	kind, id, ok := strings.Cut(kind, " notification: ")
	if !ok || !isQueueID(id) {
		return false
	}
	said := ""
	switch kind {
	case "non-delivery":
		said = `"failed"`
	case "delay":
		said = `"delayed"`
	case "delivery status":
		said = `"delivered"`
	default:
		return false
	}
	if !toSender {
		said = `"postmaster"`
	}
	l.e.Add(event.NextQueueID, id)
	l.e.AddExtra("notification", said)
	return l.is(event.TypeQueue, "bounce")
}

// refusal is an answer that smtpd gives without writing it into the log.
type refusal struct {
	text  string
	stage string
	code  int64
	dsn   string
}

// limits are the refusals that come as a warning and do not say "reject". Codes
// and stages are those of smtpd's answers (smtpd/smtpd.c, and
// global/cleanup_strerror.c for what cleanup found).
var limits = [...]refusal{
	{"queue file size limit exceeded", "END-OF-MESSAGE", 552, "5.3.4"},
	{"message rejected: hopcount exceeded", "END-OF-MESSAGE", 554, "5.4.0"},
	{"BDAT request from ", "BDAT", 552, "5.3.4"}, // " exceeds message size limit"
	{"malformed BDAT command syntax from ", "BDAT", 521, "5.5.4"},
	{"null BDAT request from ", "BDAT", 551, "5.7.1"},
	{"too much BDAT content -- disabling further input from ", "BDAT", 0, ""},
}

// limit reads one of the limits.
func (l *line) limit(s string) bool {
	for i := range limits {
		r := &limits[i]
		rest, ok := strings.CutPrefix(s, r.text)
		if !ok {
			continue
		}
		if p, _, ok := cutPeer(rest); ok {
			l.client(p)
		} else if rest != "" {
			return false
		}
		l.e.Add(event.Status, event.StatusRejected)
		l.e.Add(event.SMTPStage, r.stage)
		if r.code > 0 {
			l.e.AddInt(event.SMTPCode, r.code)
		}
		l.e.Add(event.DSN, r.dsn)
		l.e.Add(event.Reply, s)
		return l.is(event.TypeRejection, "")
	}
	return false
}

// attemptStarts begin what smtp and lmtp say of a server that did not take
// the message (smtp/smtp_trouble.c, smtp_proto.c, smtp_connect.c).
var attemptStarts = [...]string{
	"lost connection with ", "conversation with ", "connect to ",
	"enabling PIX workarounds: ", "Cannot start TLS: ", "TLS is required",
	"breaking line > ", "Server certificate not ", "local data error while talking to ",
	"Sender requested REQUIRETLS, but ",
}

// attempt reads what smtp and lmtp say about one server on the way to the
// delivery line: an answer, or a connection that failed.
func (l *line) attempt(s string) bool {
	if _, _, _, ok := cutSaid(s); ok {
		l.reason(s, peer{})
		return l.is(event.TypeCommand, "")
	}
	for _, start := range attemptStarts {
		rest, ok := strings.CutPrefix(s, start)
		if !ok {
			continue
		}
		if p, _, ok := cutPeer(rest); ok {
			l.relay(p)
		} else if p, ok := peerAfter(rest, " host ", " for "); ok {
			l.relay(p)
		}
		l.e.Add(event.Reply, s)
		return l.is(event.TypeConnection, "")
	}
	return false
}

// peerAfter finds a server that stands behind one of two marks.
func peerAfter(s, mark, other string) (p peer, ok bool) {
	i, length := strings.LastIndex(s, mark), len(mark)
	if i < 0 {
		i, length = strings.LastIndex(s, other), len(other)
	}
	if i < 0 {
		return peer{}, false
	}
	p, _, ok = cutPeer(s[i+length:])
	return p, ok
}
