package trace

import (
	"slices"

	"rastro/internal/event"
)

// maxPath bounds the hops of one journey: mail loops are cut by servers after
// some 50 hops, and no support case is longer than this.
const maxPath = 24

// path is one way through the hops: a leg for each hop, and the edge that led
// there (nil for the first).
type path struct {
	legs  []*leg
	edges []*edge
	// target is the address that the last leg's mailbox sent the message on
	// to, where no hop shows what became of it.
	target *fact
	// lost tells that a hop follows that has no leg for the recipient.
	lost *hop
}

func (p *path) last() *leg { return p.legs[len(p.legs)-1] }

func (p *path) with(l *leg, e *edge) path {
	return path{legs: append(slices.Clone(p.legs), l), edges: append(slices.Clone(p.edges), e)}
}

func (p *path) has(h *hop) bool {
	for _, l := range p.legs {
		if l.hop == h {
			return true
		}
	}
	return false
}

// walker follows legs to their ends.
type walker struct {
	found []path
}

// follow walks on from the last leg of a path and gathers the ends.
func (w *walker) follow(p path) {
	l := p.last()
	redirected := w.redirects(p)
	if redirected && !keptCopy(l) {
		return
	}
	nexts, lost := l.nexts(&p)
	for _, n := range nexts {
		w.follow(p.with(n.leg, n.edge))
	}
	if kept := l.ownCopy(); kept != nil && len(nexts) > 0 {
		q := path{legs: slices.Clone(p.legs), edges: slices.Clone(p.edges)}
		q.legs[len(q.legs)-1] = kept
		w.found = append(w.found, q)
	}
	if len(nexts) == 0 {
		if lost != nil {
			p.lost = lost.to
			p.edges = append(slices.Clone(p.edges), lost)
		}
		w.found = append(w.found, p)
	}
}

// ownCopy is the leg without what was sent on, if a .forward file had a copy
// delivered here too.
func (l *leg) ownCopy() *leg {
	var own []*fact
	for _, f := range l.tries {
		if f.status != event.StatusForwarded {
			own = append(own, f)
		}
	}
	if len(own) == 0 || len(own) == len(l.tries) || own[len(own)-1].status != event.StatusDelivered || !isLocal(own[len(own)-1]) {
		return nil
	}
	kept := *l
	kept.tries = own
	kept.settle()
	if len(kept.mailbox) > 0 {
		kept.readMailbox(kept.mailbox)
	}
	return &kept
}

// beyond walks on from a message whose own recipients no line names: to the
// copies that were made of it, or no further.
func (w *walker) beyond(l *leg) {
	start := path{legs: []*leg{l}, edges: []*edge{nil}}
	further := false
	for _, e := range l.hop.children {
		if e.kind == noticed {
			continue
		}
		for _, c := range e.to.legs {
			further = true
			w.follow(start.with(c, e))
		}
	}
	if !further {
		w.found = append(w.found, start)
	}
}

// keptCopy tells whether a mailbox that sent a message on also kept it.
func keptCopy(l *leg) bool {
	return slices.ContainsFunc(l.mailbox, func(f *fact) bool { return f.status == event.StatusDelivered })
}

// redirects follows what a rule of the mailbox sent on.
func (w *walker) redirects(p path) bool {
	l := p.last()
	for _, f := range l.forwards {
		if w.redirect(p, f) {
			continue
		}
		q := path{legs: slices.Clone(p.legs), edges: slices.Clone(p.edges), target: f}
		w.found = append(w.found, q)
	}
	return len(l.forwards) > 0
}

// redirect follows one message that a rule sent on, if its hop is known.
func (w *walker) redirect(p path, f *fact) (any bool) {
	l, target := p.last(), targetOf(f)
	for _, e := range l.hop.children {
		if e.kind != redirected || e.via != f || p.has(e.to) || len(p.legs) >= maxPath {
			continue
		}
		for _, c := range e.to.legs {
			if c.to == target || c.orig == target {
				any = true
				w.follow(p.with(c, e))
			}
		}
	}
	return any
}

// targetOf is the address that a mailbox's rule sent a message to.
func targetOf(f *fact) string { return lower(f.extra(extraForwarded)) }

// step is a way on from a leg.
type onward struct {
	leg  *leg
	edge *edge
}

// nexts finds the legs in which a leg goes on. lost is a hop it went on in that
// does not say for whom.
func (l *leg) nexts(p *path) (found []onward, lost *edge) {
	if len(p.legs) >= maxPath {
		return nil, nil
	}
	var own, others []*edge
	for _, e := range l.hop.children {
		switch {
		case e.kind == noticed, e.kind == redirected, p.has(e.to), e.kind == requeued && l.done():
		case e.kind == requeued, slices.Contains(l.tries, e.via):
			own = append(own, e)
		case e.kind == forwarded, l.decided != nil && stays(l.decided):
			// an alias that is a mailbox too: the others were sent on
		case l.status == Delivered || l.status == Quarantined || l.status == Discarded:
			others = append(others, e)
		}
	}
	if found = carrying(own, l); len(found) == 0 {
		found = carrying(others, l)
	}
	if len(found) > 0 || len(own) == 0 {
		return found, nil
	}
	e := own[len(own)-1]
	if e.kind == forwarded || len(e.to.legs) == 1 {
		c := *e
		if e.kind != forwarded {
			c.confidence = Probable
		}
		for _, next := range e.to.legs {
			found = append(found, onward{next, &c})
		}
	}
	if len(found) > 0 {
		return found, nil
	}
	return nil, e
}

// done tells that a leg has come to its end in its own hop, so that putting the
// message back into the queue is not about it.
func (l *leg) done() bool { return l.final() }

func carrying(edges []*edge, l *leg) (found []onward) {
	for _, e := range edges {
		for _, c := range e.to.legsFor(l) {
			found = append(found, onward{c, e})
		}
	}
	return found
}
