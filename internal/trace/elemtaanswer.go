package trace

import (
	"cmp"
	"slices"
)

// elemtaAtOnce bounds the attempts under way: Elemta has some tens of workers.
const elemtaAtOnce = 128

// elemtaAttribute gives the mailbox server's answers, which name no message, to
// the attempts that were under way. Several may be: the ones that must have had
// such an answer, by their counters and verdicts, come first, and of those the
// one that ends first.
func elemtaAttribute(windows []*elemtaWindow, answers []told) {
	slices.SortStableFunc(windows, func(a, b *elemtaWindow) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to), cmp.Compare(a.stay.id, b.stay.id))
	})
	var under []*elemtaWindow
	next := 0
	for _, f := range answers {
		for next < len(windows) && windows[next].from <= f.time {
			under = append(under, windows[next])
			next++
		}
		if len(under) > elemtaAtOnce {
			under = slices.Delete(under, 0, len(under)-elemtaAtOnce)
		}
		under = slices.DeleteFunc(under, func(w *elemtaWindow) bool { return w.to < f.time })
		elemtaGive(under, f)
	}
}

// elemtaGive gives one answer to the attempt that fits best.
func elemtaGive(under []*elemtaWindow, f told) {
	to := f.rcpts.first
	if f.role == elemtaRefusedEnd && to != "" && !anyHas(under, to) {
		to = "" // the mailbox server's own name for the mailbox
	}
	var best *elemtaWindow
	most, ties := 0, 0
	for _, w := range under {
		if !fits(w.stay.host, f.host) {
			continue
		}
		n := w.wants(f.role, to)
		switch {
		case n == 0 || n < most:
		case n > most:
			best, most, ties = w, n, 1
		default:
			ties++
			if w.to < best.to {
				best = w
			}
		}
	}
	if best == nil {
		return
	}
	a := elemtaAnswered{f.fact, Probable}
	if ties > 1 {
		a.sure = Guess
	}
	switch {
	case f.role == elemtaRefused:
		best.refused[to] = a
	case to == "":
		best.nameless = append(best.nameless, f.fact)
	default:
		best.lost[to] = a
	}
}

func anyHas(under []*elemtaWindow, to string) bool {
	for _, w := range under {
		if w.rcpts[to] {
			return true
		}
	}
	return false
}

// wants says how well an answer fits an attempt: 0 not at all, 2 if something
// must have been answered so.
func (w *elemtaWindow) wants(role elemtaRole, to string) int {
	_, refused := w.refused[to]
	_, lost := w.lost[to]
	if to != "" && (!w.rcpts[to] || refused || lost) {
		return 0
	}
	count, had := w.lostCount(), len(w.lost)+len(w.nameless)
	if role == elemtaRefused {
		if w.listed && !w.named[to] {
			return 0
		}
		count, had = w.refusedCount(), len(w.refused)
	} else if w.named[to] {
		return 0
	}
	switch {
	case count < 0:
		return 1
	case count > had:
		return 2
	}
	return 0
}
