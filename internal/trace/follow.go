package trace

import (
	"cmp"
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

// walker follows legs to their ends. Forged ids may lead from everywhere to
// everywhere: how many ways it goes is bounded by how many recipients there are
// on the way.
type walker struct {
	found []path
	left  int // ways that may still be gone
	seen  map[*hop]bool
	spent map[*hop]bool // hops that lead to nothing new
	on    map[*leg]*onwards
	own   map[*leg]*leg
}

const (
	// walks, and so many more for each recipient at the beginning and one for
	// each on the way, bound the ways through the hops of one message.
	walks       = 64
	walksPerLeg = 8
	// maxVisits bounds the messages whose journeys come to one hop.
	maxVisits = 4
)

func newWalker(root *hop) *walker {
	w := &walker{left: walks + (walksPerLeg-1)*len(root.legs)}
	w.enter(root)
	return w
}

// enter tells whether journeys may go on in a hop.
func (w *walker) enter(h *hop) bool {
	if w.seen[h] {
		return true
	}
	if h.visits >= maxVisits {
		return false
	}
	if w.seen == nil {
		w.seen = map[*hop]bool{}
	}
	w.seen[h] = true
	h.visits++
	w.left += len(h.legs)
	for _, l := range h.legs {
		w.left += len(l.forwards)
	}
	return true
}

// end keeps a path that goes no further.
func (w *walker) end(p path) { w.found = append(w.found, p) }

// follow walks on from the last leg of a path and gathers the ends.
func (w *walker) follow(p path) {
	w.left--
	l := p.last()
	redirected := w.redirects(p)
	if redirected && !l.kept {
		return
	}
	nexts, lost := w.nexts(l, &p)
	for _, n := range nexts {
		w.follow(p.with(n.leg, n.edge))
	}
	if len(nexts) > 0 {
		if kept := w.ownCopy(l); kept != nil {
			q := path{legs: slices.Clone(p.legs), edges: slices.Clone(p.edges)}
			q.legs[len(q.legs)-1] = kept
			w.end(q)
		}
		return
	}
	if lost != nil {
		p.lost = lost.to
		p.edges = append(slices.Clone(p.edges), lost)
	}
	w.end(p)
}

// ownCopy is the leg without what was sent on, made once.
func (w *walker) ownCopy(l *leg) *leg {
	kept, known := w.own[l]
	if !known {
		if w.own == nil {
			w.own = map[*leg]*leg{}
		}
		kept = l.ownCopy()
		w.own[l] = kept
	}
	return kept
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
		if e.kind == noticed || !w.enter(e.to) {
			continue
		}
		for _, c := range e.to.legs {
			if w.left <= 0 {
				break
			}
			further = true
			w.follow(start.with(c, e))
		}
	}
	if !further {
		w.end(start)
	}
}

// redirects follows what a rule of the mailbox sent on.
func (w *walker) redirects(p path) bool {
	l := p.last()
	for i, f := range l.forwards {
		if i > 0 && w.left <= 0 {
			break
		}
		if w.redirect(p, f) {
			continue
		}
		w.left--
		w.end(path{legs: slices.Clone(p.legs), edges: slices.Clone(p.edges), target: f})
	}
	return len(l.forwards) > 0
}

// redirect follows one message that a rule sent on, if its hop is known.
func (w *walker) redirect(p path, f *fact) (any bool) {
	target := &leg{to: targetOf(f)}
	for _, e := range p.last().hop.ledBy(f) {
		if e.kind != redirected || p.has(e.to) || len(p.legs) >= maxPath || w.left <= 0 || !w.enter(e.to) {
			continue
		}
		for _, c := range e.to.legsFor(target) {
			any = true
			w.follow(p.with(c, e))
		}
	}
	return any
}

// targetOf is the address that a mailbox's rule sent a message to.
func targetOf(f *fact) string { return lower(f.extra(extraForwarded)) }

// onward is a way on from a leg.
type onward struct {
	leg  *leg
	edge *edge
}

// onwards are the ways on from a leg, whatever the path to it.
type onwards struct {
	edges       []*edge  // those that its own lines draw
	own, others []onward // where the recipient goes on by those, and by others
}

// nexts finds the legs in which a leg goes on. lost is a hop it went on in that
// does not say for whom.
func (w *walker) nexts(l *leg, p *path) (found []onward, lost *edge) {
	if len(l.hop.children) == 0 || len(p.legs) >= maxPath || w.left <= 0 {
		return nil, nil
	}
	on := w.onwards(l)
	if found = w.open(on.own, p); len(found) == 0 {
		found = w.open(on.others, p)
	}
	if len(found) > 0 {
		return found, nil
	}
	for _, e := range slices.Backward(on.edges) {
		if !p.has(e.to) {
			return w.whole(e)
		}
	}
	return nil, nil
}

// open are the ways whose hops the path has not seen.
func (w *walker) open(ways []onward, p *path) []onward {
	var found []onward
	for _, n := range ways {
		if len(found) >= w.left {
			break
		}
		if !p.has(n.edge.to) && w.enter(n.edge.to) {
			found = append(found, n)
		}
	}
	return found
}

// whole goes on in a hop that does not name the recipient.
func (w *walker) whole(e *edge) (found []onward, lost *edge) {
	if (e.kind == forwarded || len(e.to.legs) == 1) && w.enter(e.to) {
		c := *e
		if e.kind != forwarded {
			c.confidence = Probable
		}
		for _, next := range e.to.legs[:min(len(e.to.legs), max(0, w.left))] {
			found = append(found, onward{next, &c})
		}
	}
	if len(found) > 0 {
		return found, nil
	}
	return nil, e
}

// onwards gathers the ways on from a leg, once.
func (w *walker) onwards(l *leg) *onwards {
	if on := w.on[l]; on != nil {
		return on
	}
	if w.on == nil {
		w.on = map[*leg]*onwards{}
	}
	on := &onwards{edges: l.ownEdges()}
	on.own = carrying(on.edges, l, w.left+w.fresh(l.hop, on.edges))
	if l.decided == nil || !stays(l.decided) { // else it is an alias that is a mailbox too: the others were sent on
		if l.status == Delivered || l.status == Quarantined || l.status == Discarded {
			others := l.otherEdges(on.edges)
			on.others = carrying(others, l, w.left+w.fresh(l.hop, others))
		}
	}
	w.on[l] = on
	return on
}

// fresh counts the recipients in hops that edges lead to for the first time:
// entering them allows for so many more ways.
func (w *walker) fresh(from *hop, edges []*edge) int {
	if w.spent[from] {
		return 0
	}
	n := 0
	for _, e := range edges {
		if !w.seen[e.to] {
			n += len(e.to.legs)
		}
	}
	if n == 0 && len(edges) > fewChildren {
		if w.spent == nil {
			w.spent = map[*hop]bool{}
		}
		w.spent[from] = true
	}
	return n
}

// ownEdges are the edges that lines about the leg draw, and those of an
// operator who put all that waits into the queue again.
func (l *leg) ownEdges() []*edge {
	var own []*edge
	if l.hop.kin == nil {
		for _, e := range l.hop.children {
			if e.kind == requeued && !l.done() || e.kind != requeued && e.leadsOn() && slices.Contains(l.tries, e.via) {
				own = append(own, e)
			}
		}
		return own
	}
	for _, f := range l.tries {
		for _, e := range l.hop.kin.via[f] {
			if e.kind != requeued && e.leadsOn() {
				own = append(own, e)
			}
		}
	}
	if !l.done() {
		own = append(own, l.hop.kin.requeued...)
	}
	slices.SortFunc(own, func(a, b *edge) int { return cmp.Compare(a.no, b.no) })
	return own
}

// otherEdges are the edges that no line about the leg draws.
func (l *leg) otherEdges(own []*edge) []*edge {
	var others []*edge
	for _, e := range l.hop.carrying(l) {
		if e.kind != requeued && e.kind != forwarded && e.leadsOn() && !containsEdge(own, e) {
			others = append(others, e)
		}
	}
	return others
}

// containsEdge finds an edge in a list that is in order.
func containsEdge(all []*edge, e *edge) bool {
	_, found := slices.BinarySearchFunc(all, e, func(a, b *edge) int { return cmp.Compare(a.no, b.no) })
	return found
}

// leadsOn tells whether the ordinary way of a message goes over an edge.
func (e *edge) leadsOn() bool { return e.kind != noticed && e.kind != redirected }

// done tells that a leg has come to its end in its own hop, so that putting the
// message back into the queue is not about it.
func (l *leg) done() bool { return l.final() }

// carrying are the legs in which a leg goes on, up to a bound.
func carrying(edges []*edge, l *leg, most int) (found []onward) {
	for _, e := range edges {
		for _, c := range e.to.legsFor(l) {
			if len(found) >= most {
				return found
			}
			found = append(found, onward{c, e})
		}
	}
	return found
}
