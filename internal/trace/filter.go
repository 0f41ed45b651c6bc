package trace

import (
	"rastro/internal/event"
)

// attachChecks gives hops what filters said about them. Filters name the queue
// id, the Message-ID, or neither.
func (l *linker) attachChecks(facts []*fact) {
	for _, f := range facts {
		if f.dialect != "filters" {
			continue
		}
		if f.qid != "" {
			if h := l.living(f.qid, f.host, f.time, nil); h != nil {
				h.checks = append(h.checks, f)
				h.judge(f)
			}
		}
	}
}

// maxJudged bounds the verdicts about one message that are listened to.
const maxJudged = 16

// judge decides the legs of a hop by a filter's verdict: a mail server's line
// says "sent" for what a filter took and threw away.
func (h *hop) judge(f *fact) {
	var status Status
	switch f.status {
	case event.StatusQuarantined:
		status = Quarantined
	case event.StatusDiscarded:
		status = Discarded
	case event.StatusBounced:
		status = Bounced
	default:
		return
	}
	legs := h.legs
	if f.rcpts.len() > 0 {
		legs = h.legsNamed(&f.rcpts)
	} else if h.judged++; h.judged > maxJudged {
		return
	}
	for _, l := range legs {
		if l.status != Delivered && l.by != ByFilter || l.decided == nil || f.rcpts.len() > 0 && !f.rcpts.has(l.to) && !f.rcpts.has(l.orig) {
			continue
		}
		if l.decided.next.len() > 0 || f.time > l.decided.time+5*second {
			continue // it came back into the queue
		}
		l.status, l.by = status, ByFilter
		h.note(l, f)
	}
}

// note keeps that the mail server's own line says something else.
func (h *hop) note(l *leg, f *fact) {
	if len(l.checked) < maxJudged {
		l.checked = append(l.checked, f)
	}
}
