package trace

import (
	"strings"

	"rastro/internal/event"
)

// sendmailNotice says what a message of the null sender tells that Sendmail made
// for another one. "" is one about another recipient.
func sendmailNotice(e *edge, l *leg) string {
	if e.via == nil {
		return "notice"
	}
	at := e.via.time
	switch text := e.via.text; {
	case strings.Contains(text, ": DSN: Return receipt"):
		if l.status == Delivered {
			return "success_notice"
		}
	case strings.Contains(text, "Warning: could not send"):
		if d := l.decided; d == nil || !l.final() || d.time > at {
			return "delay_notice"
		}
	case strings.Contains(text, "Cannot send message ") && l.status == Bounced:
		return ""
	case l.status == Expired, l.status == Bounced:
		if d := l.decided; d == nil || d.time <= at && d.time >= at-linkWindow {
			return "failure_notice"
		}
	case l.to == "":
		return "failure_notice"
	}
	return ""
}

// isUnsent tells that a client named a sender, and perhaps recipients, and went
// away or gave up before there was a message.
func (h *hop) isUnsent() bool {
	if h.dialect != "sendmail" || len(h.legs) > 0 {
		return false
	}
	named, cut := false, h.birth == nil
	for _, f := range h.facts {
		cut = cut || strings.Contains(f.text, ": collect: premature EOM")
		switch f.kind {
		case event.TypeReception:
			named = true
		case event.TypeDelivery, event.TypeQueue, event.TypeRejection:
			return false
		}
	}
	return named && cut
}

// isTalk tells that an id of Sendmail's belongs to no message: it gives one to
// each connection, and questions such as VRFY are logged with it.
func (h *hop) isTalk() bool {
	if h.dialect != "sendmail" || len(h.legs) > 0 {
		return false
	}
	for _, f := range h.facts {
		switch f.kind {
		case event.TypeReception, event.TypeDelivery, event.TypeQueue, event.TypeRejection, event.TypeContentCheck:
			return false
		}
	}
	return true
}
