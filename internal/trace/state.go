package trace

import (
	"slices"
	"strings"

	"rastro/internal/event"
)

// settle goes through everything that concerns the leg in order and says where
// it stands after it. What is final stays so: a delivered copy is not undone
// by the removal of the message from the queue.
func (l *leg) settle() {
	l.state = state{status: Accepted, by: ByUs}
	h := l.hop
	tries, refused := l.tries, l.refused
	facts := h.facts
	if w := h.wideFacts(); w != nil {
		facts = w.settling.about(l, tries, refused)
	}
	for _, f := range facts {
		switch {
		case len(tries) > 0 && tries[0] == f:
			tries = tries[1:]
			l.tried(f)
		case len(refused) > 0 && refused[0] == f:
			refused = refused[1:]
			l.decide(Rejected, ByUs, f)
			l.attempts++
		default:
			l.hopWide(f)
		}
	}
	if l.decided == nil && h.birth == nil && !h.active && h.death == nil && len(l.tries) == 0 {
		l.status = Accepted
	}
}

// final tells whether nothing can change the status any more.
func (s *state) final() bool {
	switch s.status {
	case Accepted, Deferred, Held, Unknown:
		return false
	}
	return true
}

func (l *leg) decide(status Status, by By, f *fact) {
	l.status, l.by, l.decided = status, by, f
	if f.code != 0 || f.dsn != "" || f.reply != "" {
		l.answered = f
	}
}

// tried takes one delivery attempt.
func (l *leg) tried(f *fact) {
	l.attempts++
	by := ByRemote
	if isLocal(f) {
		by = ByUs
	}
	switch f.status {
	case event.StatusDelivered, event.StatusForwarded:
		l.handedOver(by, f)
	case event.StatusDeferred:
		if !l.final() {
			l.decide(Deferred, by, f)
		}
	case event.StatusBounced:
		if l.status == Rejected { // a rule of ours refused what a local program sent
			by = ByUs
		}
		l.decide(Bounced, by, f)
	case event.StatusExpired:
		l.expire(f)
	case event.StatusDiscarded:
		l.decide(Discarded, ByUs, f)
	case event.StatusHeld:
		l.decide(Held, ByUs, f)
	case event.StatusQuarantined:
		l.decide(Quarantined, ByFilter, f)
	case event.StatusRejected:
		l.decide(Bounced, by, f)
	}
}

// handedOver takes a hand-over that succeeded. A filter may answer "Ok" and say
// that it threw the message away or sent it back.
func (l *leg) handedOver(by By, f *fact) {
	switch f.extra(extraRemark) {
	case "discarded":
		l.decide(Discarded, ByFilter, f)
	case "bounced":
		l.decide(Bounced, ByFilter, f)
	default:
		l.decide(Delivered, by, f)
	}
}

// expire gives up; the answer that counts is that of the last attempt, unless
// the line has one itself.
func (l *leg) expire(f *fact) {
	if l.final() && l.status != Bounced {
		return
	}
	answered := l.answered
	by := l.by
	if l.hop.byHand(f) {
		by = ByOperator
	}
	l.decide(Expired, by, f)
	if f.code == 0 && answered != nil {
		l.answered = answered
		l.dsn = f.dsn
	}
}

// byHand tells that an operator had the message expire.
func (h *hop) byHand(f *fact) bool {
	if w := h.wide; w != nil {
		return strings.Contains(f.text, "status=force-expired") || w.byHand != 0 && w.byHand <= f.time
	}
	return strings.Contains(f.text, "status=force-expired") || slices.ContainsFunc(h.facts, func(g *fact) bool {
		return g.part == "postsuper" && g.extra(extraAction) == "expired" && g.time <= f.time
	})
}

// hopWide takes a line about the whole message.
func (l *leg) hopWide(f *fact) {
	if l.envelope != "" && f.envelope != "" && f.envelope != l.envelope {
		return
	}
	if isTry(f) || l.aboutAnother(f) {
		return // it is about another recipient
	}
	switch f.kind {
	case event.TypeRejection:
		whole := stageOf(f) == stageMessage || l.to == "" && len(l.hop.legs) == 0
		if whole && f.status == event.StatusRejected && !l.final() {
			l.decide(Rejected, ByUs, f)
			if f.stage != "" || f.dialect != "postfix" { // a local program gets a bounce, which counts
				l.attempts++
			}
		}
		return
	case event.TypeQueue, event.TypeContentCheck, event.TypeReception, event.TypeDelivery:
	default:
		return
	}
	if f.dialect == "filters" {
		return
	}
	if isRemoval(f) {
		l.removed(f)
		return
	}
	switch f.status {
	case event.StatusExpired:
		if f.dialect != "postfix" && f.dialect != "sendmail" || !l.final() { // what was refused for good had its notice
			l.expire(f)
		}
	case event.StatusHeld:
		if !l.final() {
			l.hold(f)
		}
	case event.StatusDiscarded:
		if !l.final() {
			l.drop(f)
		}
	case event.StatusQuarantined:
		if !l.final() {
			l.decide(Quarantined, ByFilter, f)
		}
	case event.StatusBounced:
		switch {
		case l.final():
		case f.extra(extraAction) == "cancelled":
			l.decide(Bounced, ByOperator, f)
		case f.envelope != "", f.rcpts.has(l.to):
			l.decide(Bounced, ByUs, f)
		}
	case "":
		if f.extra(extraAction) == "released" && l.status == Held {
			l.release(f)
		}
	}
}

func (l *leg) hold(f *fact) {
	if l.status == Held && f.reply == "" {
		return // said again
	}
	answered := l.answered
	l.decide(Held, holder(f), f)
	if f.code == 0 && answered != nil {
		l.answered = answered
	}
}

func holder(f *fact) By {
	switch {
	case f.part == "postsuper", f.extra(extraAction) == "held":
		return ByOperator
	case f.dialect == "opensmtpd":
		return ByOperator
	case f.stage == "END-OF-MESSAGE":
		return ByFilter
	}
	return ByUs
}

func (l *leg) drop(f *fact) {
	by := ByUs
	switch {
	case f.part == "postsuper", f.extra(extraAction) == "removed":
		by = ByOperator
	case f.stage == "END-OF-MESSAGE":
		by = ByFilter
	}
	answered := l.answered
	l.decide(Discarded, by, f)
	if f.code == 0 && answered != nil {
		l.answered = answered
	}
}

// removed takes the line that a message left the queue. A queue manager writes
// it when all recipients are done; where one is not, an operator removed the
// message, or the line that tells how it ended is missing.
func (l *leg) removed(f *fact) {
	if l.final() || !l.hop.active && l.status != Held || f.dialect != "postfix" {
		return
	}
	if f.part == "" && (l.status == Deferred || l.status == Held) {
		l.drop(f)
		l.by = ByOperator
		return
	}
	l.status, l.decided = Unknown, f
}

// release puts a held leg back to where it was.
func (l *leg) release(f *fact) {
	l.status, l.by, l.decided = Accepted, ByUs, f
	if len(l.tries) > 0 && l.tries[0].time < f.time {
		l.status = Deferred
	}
}

// isLocal tells whether a delivery was made by a program of ours, so that a
// failure is our own.
func isLocal(f *fact) bool {
	switch f.dialect {
	case "postfix":
		switch f.part {
		case "local", "virtual", "pipe", "error", "discard", "lmtp", "retry", "cleanup":
			return true
		case "": // a relay cut the name of the daemon off
			if f.relayIP == "" && f.relayHost != "" || f.relayPort == lmtpPort || f.sessions.first != "" {
				return true
			}
		}
	case "opensmtpd":
		return f.part == "mda"
	case "exim", "sendmail":
		if ownAgent(f.extra("transport")) || ownAgent(f.extra("mailer")) {
			return true
		}
	}
	switch f.dialect {
	case "exim":
		return f.relayIP == "" && f.relayHost == "" && f.code == 0 && !isElsewhere(f)
	case "sendmail":
		return f.relayIP == "" && f.relayHost == ""
	}
	return isLoopback(f.relayIP)
}

// ownAgent tells whether an Exim transport or a Sendmail mailer puts mail into
// mailboxes of ours, by the names that they usually have.
func ownAgent(name string) bool {
	for _, part := range [...]string{"lmtp", "dovecot", "local", "virtual", "maildir", "mailbox", "cyrus", "procmail"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}

// lmtpPort is where mailbox servers take messages (RFC 2033 leaves it open; 24
// is reserved for private mail systems).
const lmtpPort = 24

func isLoopback(ip string) bool {
	return ip == "::1" || len(ip) > 4 && ip[:4] == "127."
}
