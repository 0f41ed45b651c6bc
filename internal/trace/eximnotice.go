package trace

import (
	"slices"
	"strings"

	"rastro/internal/event"
)

// eximNotice says what a message of the null sender tells that Exim made for
// another one: the line names the message and not the recipients.
func (a *aboutHop) eximNotice(e *edge, l *leg) string {
	at := e.to.first
	if d := l.decided; d != nil && (l.status == Bounced || l.status == Expired) && d.time <= at+2*second && d.time >= at-linkWindow {
		return "failure_notice"
	}
	next, _ := slices.BinarySearch(a.failures, at-linkWindow)
	failed := next < len(a.failures) && a.failures[next] <= at+2*second
	for _, f := range around(a.replies, at, func(f *fact) int64 { return f.time }) {
		if max(f.time-at, at-f.time) > replyWindow {
			continue
		}
		if f.rcpts.has(l.to) || f.rcpts.has(l.orig) {
			return "auto_reply"
		}
		failed = true
	}
	switch {
	case failed:
		return ""
	case l.status == Rejected:
		return "failure_notice"
	case l.waitedAt(at):
		return "delay_notice"
	}
	return "notice"
}

// waitedAt tells whether the leg had been put off before a time and nothing else
// had become of it.
func (l *leg) waitedAt(at int64) bool {
	put := false
	for _, f := range l.tries {
		if f.time > at {
			break
		}
		put = f.status == event.StatusDeferred
	}
	return put
}

// eximTakenLater gives messages what Exim asked to send again after it had read
// it: such a refusal has an id of its own, so that it looks like a message.
func eximTakenLater(hops []*hop) {
	var taken legsOf
	for _, h := range hops {
		if !h.putOffByExim() {
			continue
		}
		if taken == nil {
			taken = legsOf{}
			for _, c := range hops {
				for _, l := range c.legs {
					if c.dialect == "exim" && c.birth != nil {
						taken.add(c.sender, l)
					}
				}
			}
			taken.sort()
		}
		all := len(h.legs) > 0
		for _, l := range h.legs {
			r := &refusal{facts: []*fact{l.decided}, sender: h.sender, recipient: l.to, network: networkOf(l.decided.clientIP),
				host: h.host, first: h.first, last: l.decided.time}
			later := r.acceptedAs(taken[pair{h.sender, l.to}], nil)
			if later == nil || h.mids.len() > 0 && later.hop.mids.len() > 0 && h.mids.first != later.hop.mids.first {
				all = false
				continue
			}
			later.before = append(later.before, r)
		}
		h.continued = h.continued || all
	}
}

// putOffByExim tells that all there is of a hop is a refusal for now.
func (h *hop) putOffByExim() bool {
	if h.dialect != "exim" || h.birth != nil {
		return false
	}
	for _, l := range h.legs {
		if l.status != Rejected || l.decided == nil || !temporary(l.decided) {
			return false
		}
	}
	return true
}

// unroutable tells whether Exim found no way to an address that is most likely
// somebody else's: it says the same of a user who does not exist here and of a
// domain that does not exist anywhere.
func unroutable(j *Journey, l *leg) bool {
	if l.hop.dialect != "exim" || l.hop.birth == nil || !strings.HasPrefix(j.Reply, "Unrouteable address") {
		return false
	}
	_, domain, _ := cutLast(l.to, '@')
	for _, known := range [...]string{l.orig, l.hop.sender} {
		if _, ours, ok := cutLast(known, '@'); ok && ours == domain {
			return false
		}
	}
	return true
}
