package trace

import (
	"slices"
	"strings"

	"rastro/internal/event"
)

// hangupWindow is how long a client may take to send a message before it goes
// away.
const hangupWindow = 3600 * second

// isHangup tells that a client went away, or was silent for too long, after it
// had named a recipient.
func isHangup(f *fact) bool {
	if f.dialect != "postfix" || f.kind != event.TypeConnection {
		return false
	}
	switch f.stage {
	case "RCPT", "DATA", "BDAT", "END-OF-MESSAGE":
		return strings.Contains(f.text, "lost connection after ") || strings.Contains(f.text, "timeout after ")
	}
	return false
}

// cutOff gives a hang-up the id of the message that its process was taking:
// before 3.10 Postfix does not write it.
func (b births) cutOff(facts []*fact) {
	for _, f := range facts {
		if f.qid != "" || !isHangup(f) {
			continue
		}
		if o := b.before(f); o != nil {
			f.qid = o.qid
		}
	}
}

// before returns the last message that the process of f opened before it, if
// the queue manager never had it.
func (b births) before(f *fact) (last *opening) {
	p, ok := processOf(f)
	if !ok {
		return nil
	}
	all := b[p]
	end, _ := slices.BinarySearchFunc(all, f.time+1, compareOpening)
	for _, o := range slices.Backward(all[max(0, end-2*lookAround):end]) {
		if o.clientPort == 0 || f.clientPort == 0 || o.clientPort == f.clientPort {
			last = o
			break
		}
	}
	if last == nil || last.active || f.time-last.time > hangupWindow {
		return nil
	}
	return last
}

// abandoned tells that the client went away before the message was complete:
// it got an id, and then cleanup threw away what there was, or the client hung
// up, or nothing followed, not even a Message-ID.
func (h *hop) abandoned() bool {
	if h.isLost() || h.isUnsent() {
		return true
	}
	if h.dialect != "postfix" || h.birth == nil || h.birth.clientIP == "" || h.active || h.death != nil {
		return false
	}
	for _, l := range h.legs {
		if len(l.tries) > 0 || l.status != Accepted && l.status != Deferred {
			return false
		}
	}
	return h.mids.len() == 0 || h.broken()
}

// broken tells that a line says that the message was not completed.
func (h *hop) broken() bool {
	for _, f := range h.facts {
		if f.extra(extraAction) == "canceled" || isHangup(f) {
			return true
		}
	}
	return false
}

// unsent tells that a notice was begun and not sent, because the sender had
// asked for none of this kind.
func (h *hop) unsent() bool {
	return h.birth == nil && !h.active && (h.broken() || h.silent)
}
