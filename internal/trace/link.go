package trace

import (
	"strings"

	"rastro/internal/event"
)

// edge leads from a hop to the one in which the message goes on, or to a
// message about it.
type edge struct {
	from, to   *hop
	kind       edgeKind
	via        *fact // the line that says so
	confidence Confidence
	no         int // its place among the children
}

type edgeKind uint8

const (
	reinjected edgeKind = iota // through a filter back into a queue
	relayed                    // to another server of ours
	forwarded                  // by an alias or .forward, under a new id
	requeued                   // by an operator
	redirected                 // by a rule in the mailbox
	noticed                    // a bounce, delay or success notice
)

// linkWindow is how far the clocks of two servers, or of two programs that
// count whole seconds, may be apart.
const linkWindow = 120 * second

// linker finds hops by their ids.
type linker struct {
	hops []*hop
	byID map[string][]*hop // sorted by their beginnings where there are many
}

func newLinker(hops []*hop) *linker {
	l := &linker{hops: hops, byID: make(map[string][]*hop, len(hops))}
	for _, h := range hops {
		l.byID[h.id] = append(l.byID[h.id], h)
		h.ids.each(func(id string) { l.byID[id] = append(l.byID[id], h) })
	}
	for _, same := range l.byID {
		sortLong(same, (*hop).began)
	}
	return l
}

// link draws the edges that lines of the queues name.
func (l *linker) link() {
	for _, h := range l.hops {
		for _, f := range h.facts {
			if f.parent != "" {
				l.parent(h, f)
			}
			if f.next.len() > 0 {
				f.next.each(func(id string) { l.next(h, f, id) })
			}
			if f.kind == event.TypeDelivery && f.status == event.StatusDelivered {
				f.remote.each(func(id string) { l.remote(h, f, id) })
			}
		}
	}
}

// parent links a hop to the one its line names as the origin.
func (l *linker) parent(h *hop, f *fact) {
	p := l.living(f.parent, h.host, f.time, h)
	if p == nil {
		return
	}
	kind := reinjected
	switch {
	case h.dialect == "exim":
		kind = noticed
	case f.dialect == "postfix" && strings.Contains(f.text, ": uid="):
		kind = requeued
	}
	join(edge{from: p, to: h, kind: kind, via: f, confidence: Exact})
}

// next links a hop to the one under whose id it goes on.
func (l *linker) next(h *hop, f *fact, id string) {
	c := l.born(id, h.host, f.time, h)
	if c == nil {
		return
	}
	kind := reinjected
	switch {
	case isNotice(f):
		kind = noticed
	case f.status == event.StatusForwarded:
		kind = forwarded
	}
	if owner := f.extra(extraOwner); owner != "" && c.sender == "" {
		c.sender = owner
	}
	join(edge{from: h, to: c, kind: kind, via: f, confidence: Exact})
}

// remote links a hand-over to another server of ours: the id in its answer is
// that of a hop there.
func (l *linker) remote(h *hop, f *fact, id string) {
	var best *hop
	for _, c := range hopsAround(l.byID[id], f.time) {
		if c == h || c.first < f.time-linkWindow || c.first > f.time+linkWindow {
			continue
		}
		if c.host == h.host && c.dialect == h.dialect && !isLoopback(f.relayIP) && f.relayIP != "" && c.host != "" && !h.sharesMessage(c) {
			continue // the other company's id happens to be one of ours
		}
		if c.sender != "" && h.sender != "" && c.sender != h.sender {
			continue
		}
		if best == nil || nearer(c.first, best.first, f.time) {
			best = c
		}
	}
	if best != nil {
		kind := relayed
		if best.host == h.host {
			kind = reinjected
		}
		join(edge{from: h, to: best, kind: kind, via: f, confidence: Exact})
	}
}

// sharesMessage tells whether two hops have a Message-ID in common: then they
// may be of two instances on one machine.
func (h *hop) sharesMessage(c *hop) bool {
	found := false
	h.mids.each(func(mid string) { found = found || c.mids.has(mid) })
	return found
}

func nearer(a, b, at int64) bool { return max(a-at, at-a) < max(b-at, at-b) }

// living finds the hop with an id that was in its queue at a time, on the same
// host if there is one.
func (l *linker) living(id, host string, at int64, not *hop) *hop {
	var best *hop
	for _, c := range hopsAround(l.byID[id], at) {
		if c == not || c.first > at+linkWindow || c.death != nil && c.death.time < at-linkWindow {
			continue
		}
		if best == nil || better(c, best, host, at) {
			best = c
		}
	}
	return best
}

// born finds the hop with an id that began near a time.
func (l *linker) born(id, host string, at int64, not *hop) *hop {
	var best *hop
	for _, c := range hopsAround(l.byID[id], at) {
		if c == not || c.first < at-linkWindow || c.first > at+linkWindow {
			continue
		}
		if best == nil || better(c, best, host, at) {
			best = c
		}
	}
	return best
}

// better prefers the same host, then the nearer beginning.
func better(a, b *hop, host string, at int64) bool {
	if same := fits(a.host, host); same != fits(b.host, host) {
		return same
	}
	return nearer(a.first, b.first, at)
}
