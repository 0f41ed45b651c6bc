package trace

import (
	"cmp"
	"slices"
)

// fewChildren is up to how many children of a hop are looked at one by one.
const fewChildren = 16

// maxParents bounds the hops that one hop may go on with: a message comes from
// one, and more than a few are forged.
const maxParents = 16

// kin finds the children of a hop that has many of them.
type kin struct {
	to  map[*hop]*edge
	via map[*fact][]*edge
	// requeued are what operators did.
	requeued []*edge
	// carried are the edges in which a recipient goes on, by the addresses of
	// the legs there.
	carried map[string][]*edge
}

// join draws one edge unless there is one already, or one that leads the other
// way: no message comes back to a hop that it has left.
func join(e edge) {
	if e.kind != noticed && e.to.continues >= maxParents || e.to.reaches(e.from) {
		return
	}
	if old := e.from.child(e.to); old != nil {
		if old.via == nil {
			old.via = e.via
		}
		return
	}
	drawn := &e
	drawn.no = len(e.from.children)
	e.from.children = append(e.from.children, drawn)
	e.to.parents = append(e.to.parents, drawn)
	if e.from.kin != nil {
		e.from.kin.enter(drawn)
	} else if len(e.from.children) > fewChildren {
		e.from.gatherKin()
	}
	if e.kind == noticed {
		e.to.notice = true
		if e.to.sender == "" {
			e.to.sender = nullSender
		}
	} else {
		e.to.continued = true
		e.to.continues++
	}
}

func (h *hop) gatherKin() {
	h.kin = &kin{to: map[*hop]*edge{}, via: map[*fact][]*edge{}, carried: map[string][]*edge{}}
	for _, e := range h.children {
		h.kin.enter(e)
	}
}

func (k *kin) enter(e *edge) {
	k.to[e.to] = e
	if e.kind == noticed {
		return
	}
	if e.kind == requeued {
		k.requeued = append(k.requeued, e)
	}
	k.via[e.via] = append(k.via[e.via], e)
	for _, l := range e.to.legs {
		k.carry(e, l)
	}
}

// carry remembers that an edge leads to a leg.
func (k *kin) carry(e *edge, l *leg) {
	if e.kind == noticed {
		return
	}
	for i, a := range [...]string{l.to, l.orig} {
		if i > 0 && (a == "" || a == l.to) {
			break
		}
		if n := len(k.carried[a]); n == 0 || k.carried[a][n-1] != e {
			k.carried[a] = append(k.carried[a], e)
		}
	}
}

// child is the edge to a hop, nil if there is none.
func (h *hop) child(to *hop) *edge {
	if h.kin != nil {
		return h.kin.to[to]
	}
	for _, e := range h.children {
		if e.to == to {
			return e
		}
	}
	return nil
}

// ledBy are the edges that a line draws, notices apart.
func (h *hop) ledBy(f *fact) []*edge {
	if h.kin != nil {
		return h.kin.via[f]
	}
	var found []*edge
	for _, e := range h.children {
		if e.via == f && e.kind != noticed {
			found = append(found, e)
		}
	}
	return found
}

// leads tells whether a leg's hand-over is linked to a hop already.
func (h *hop) leads(l *leg) bool {
	goesOn := func(e *edge) bool { return e.kind != noticed && e.to.carries(l) }
	if h.kin == nil {
		return slices.ContainsFunc(h.children, goesOn)
	}
	return slices.ContainsFunc(h.kin.carried[l.to], goesOn) || l.orig != "" && slices.ContainsFunc(h.kin.carried[l.orig], goesOn)
}

// carrying are the edges that may go on with a leg, in order.
func (h *hop) carrying(l *leg) []*edge {
	if h.kin == nil {
		return h.children
	}
	all := h.kin.carried[l.to]
	if l.orig != "" && l.orig != l.to && len(h.kin.carried[l.orig]) > 0 {
		all = slices.Concat(all, h.kin.carried[l.orig])
		slices.SortFunc(all, func(a, b *edge) int { return cmp.Compare(a.no, b.no) })
		all = slices.Compact(all)
	}
	return all
}

// maxReach bounds the edges that are looked at for a way back. What closes a
// larger ring is found again by adrift.
const maxReach = 512

// reaches tells whether edges lead from a hop to another in maxPath steps.
func (h *hop) reaches(to *hop) bool {
	if h == to || len(h.children) == 0 {
		return h == to
	}
	seen := map[*hop]bool{h: true}
	wave, looked := []*hop{h}, 0
	for range maxPath {
		var next []*hop
		for _, from := range wave {
			for _, e := range from.children {
				if looked++; looked > maxReach {
					return false
				}
				if e.to == to {
					return true
				}
				if !seen[e.to] && len(e.to.children) > 0 {
					seen[e.to] = true
					next = append(next, e.to)
				}
			}
		}
		wave = next
	}
	return false
}

// adrift lets hops begin a journey that no journey comes to: those that lead to
// each other in a ring, and those further down a chain than a journey goes.
func adrift(hops []*hop) {
	reached := make(map[*hop]bool, len(hops))
	reach := func(roots []*hop) {
		for depth := 0; len(roots) > 0 && depth < maxPath; depth++ {
			var next []*hop
			for _, h := range roots {
				if reached[h] {
					continue
				}
				reached[h] = true
				for _, e := range h.children {
					if e.kind != noticed && !reached[e.to] {
						next = append(next, e.to)
					}
				}
			}
			roots = next
		}
	}
	var roots []*hop
	for _, h := range hops {
		if h.continues == 0 {
			roots = append(roots, h)
		}
	}
	if len(roots) == len(hops) {
		return
	}
	reach(roots)
	for _, h := range hops {
		if !reached[h] {
			h.continued = false
			reach([]*hop{h})
		}
	}
}
