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
		j.Related = append(j.Related, b.about(l).notices...)
	}
	parents := p.legs[0].hop.parents
	for _, e := range parents[:min(len(parents), maxRelated)] {
		if e.kind == noticed {
			j.Related = append(j.Related, Related{Kind: "original", QueueID: e.from.id, Host: e.from.host, MessageKey: b.aboutHop(e.from).key, Confidence: e.confidence})
		}
	}
	if j.Related = sortRelated(j.Related); len(j.Related) > maxRelated {
		j.Related = j.Related[:maxRelated]
	}
}

// gatherNotices lists the messages about this one.
func (a *aboutHop) gatherNotices(h *hop) {
	for _, e := range h.children {
		if e.kind == noticed && !e.to.unsent() {
			a.notices = append(a.notices, e)
		}
	}
	if len(a.notices) == 0 {
		return
	}
	slices.SortStableFunc(a.notices, func(x, y *edge) int { return cmp.Compare(x.to.first, y.to.first) })
	if h.dialect != "exim" {
		return
	}
	for _, l := range h.legs {
		if l.decided != nil && (l.status == Bounced || l.status == Expired) {
			a.failures = append(a.failures, l.decided.time)
		}
	}
	slices.Sort(a.failures)
	for _, f := range h.facts {
		if isAutoReply(f.extra(extraDestination)) {
			a.replies = append(a.replies, f)
		}
	}
}

// notices lists those that are about this recipient: a message to several may
// have a failure notice for one of them and a delay notice for another.
func (b *builder) notices(l *leg) []Related {
	if len(l.hop.children) == 0 {
		return nil
	}
	about := b.aboutHop(l.hop)
	var all []Related
	failed := false
	for _, e := range around(about.notices, lastOf(l), func(e *edge) int64 { return e.to.first }) {
		kind := about.noticeKind(e, l)
		if kind == "" || !l.wants(kind, e.to.first) {
			continue
		}
		if kind == "failure_notice" {
			if failed { // a recipient fails once; a later notice is about another one
				continue
			}
			failed = true
		}
		if len(all) < maxRelated {
			all = append(all, Related{Kind: kind, QueueID: e.to.id, Host: e.to.host, MessageKey: digest(e.to.key()), Confidence: e.confidence})
		}
	}
	return all
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
func (a *aboutHop) noticeKind(e *edge, l *leg) string {
	switch e.to.dialect {
	case "exim":
		return a.eximNotice(e, l)
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
