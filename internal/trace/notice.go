package trace

import (
	"cmp"
	"slices"
	"strings"

	"rastro/internal/event"
)

// noticeSlack is how much before a decision the notice about it may seem to
// begin, because stamps count seconds.
const noticeSlack = 2 * second

// related lists the messages about this one, or the original.
func (b *builder) related(j *Journey, p *path) {
	for _, l := range p.legs {
		j.Related = append(j.Related, l.hop.related...)
		j.Related = append(j.Related, l.related...)
		for _, n := range l.notices() {
			e := n.edge
			j.Related = append(j.Related, Related{Kind: n.kind, QueueID: e.to.id, Host: e.to.host, MessageKey: digest(e.to.key()), Confidence: e.confidence})
		}
	}
	for _, e := range p.legs[0].hop.parents {
		if e.kind == noticed {
			j.Related = append(j.Related, Related{Kind: "original", QueueID: e.from.id, Host: e.from.host, MessageKey: digest(e.from.key()), Confidence: e.confidence})
		}
	}
	j.Related = sortRelated(j.Related)
}

// notice is a message about another one.
type notice struct {
	edge *edge
	kind string // as in Related
}

// notices lists those that are about this recipient: a message to several may
// have a failure notice for one of them and a delay notice for another.
func (l *leg) notices() []notice {
	var all []notice
	for _, e := range l.hop.children {
		if e.kind != noticed || e.to.unsent() {
			continue
		}
		if kind := noticeKind(e, l); kind != "" && l.wants(kind, e.to.first) {
			all = append(all, notice{e, kind})
		}
	}
	slices.SortStableFunc(all, func(a, b notice) int { return cmp.Compare(a.edge.to.first, b.edge.to.first) })
	failed := false
	return slices.DeleteFunc(all, func(n notice) bool {
		if n.kind != "failure_notice" {
			return false
		}
		was := failed // a recipient fails once; a later notice is about another one
		failed = true
		return was
	})
}

// wants tells whether a notice of a kind that began at a time is about this
// recipient.
func (l *leg) wants(kind string, at int64) bool {
	decided := int64(0)
	if l.decided != nil {
		decided = l.decided.time
	}
	switch kind {
	case "failure_notice":
		return l.hop.dialect == "exim" ||
			(l.status == Bounced || l.status == Expired || l.status == Unknown) && decided <= at+noticeSlack
	case "delay_notice":
		return slices.ContainsFunc(l.tries, func(f *fact) bool { return f.status == event.StatusDeferred }) &&
			(!l.final() || decided >= at-noticeSlack)
	case "success_notice":
		return l.status != Bounced && l.status != Expired && l.status != Deferred
	}
	return true
}

// noticeKind says what a notice tells; "" is one about another recipient.
func noticeKind(e *edge, l *leg) string {
	switch e.to.dialect {
	case "exim":
		return eximNotice(e, l)
	case "sendmail":
		return sendmailNotice(e, l)
	}
	switch e.via.extra(extraNotification) {
	case "failed":
		return "failure_notice"
	case "delayed":
		return "delay_notice"
	case "delivered":
		return "success_notice"
	case "postmaster":
		return "notice"
	}
	text := e.via.text
	switch {
	case strings.Contains(text, "delay notification"), strings.Contains(text, "could not send message for"), strings.Contains(text, "Warning:"):
		return "delay_notice"
	case strings.Contains(text, "non-delivery"), strings.Contains(text, "DSN: "):
		return "failure_notice"
	case strings.Contains(text, "delivery status"):
		return "success_notice"
	case l.decided != nil && (l.status == Bounced || l.status == Expired):
		if l.decided.time <= e.to.first+linkWindow {
			return "failure_notice"
		}
		return "delay_notice"
	case l.status == Deferred:
		return "delay_notice"
	}
	return "notice"
}
