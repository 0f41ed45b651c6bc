package trace

import (
	"strings"

	"rastro/internal/event"
)

// toldTwice finds refusals that two servers of ours tell: the one that refused,
// and the one that was refused and gives the answer. They are steps of the
// message in the queue of the second, and no messages of their own.
func toldTwice(all []*refusal, hops []*hop) []*refusal {
	told := failedTries(hops)
	if len(told) == 0 {
		return all
	}
	left := all[:0:0]
	for _, r := range all {
		rest := r.facts[:0:0]
		for _, f := range r.facts {
			if l := told.of(f, r.sender, r.recipient); l != nil {
				l.elsewhere = append(l.elsewhere, f)
			} else {
				rest = append(rest, f)
			}
		}
		if len(rest) == 0 {
			continue
		}
		r.facts, r.first, r.last = rest, rest[0].time, rest[len(rest)-1].time
		left = append(left, r)
	}
	for _, h := range hops {
		told.whole(h)
	}
	return left
}

// failures finds attempts that another server refused, in the order of their
// legs.
type failures map[pair][]failure

type failure struct {
	leg  *leg
	fact *fact
}

func (f failure) when() int64 { return f.fact.time }

func failedTries(hops []*hop) failures {
	told := failures{}
	for _, h := range hops {
		if h.dialect == "elemta" {
			continue
		}
		for _, l := range h.legs {
			for _, f := range l.tries {
				if isAnswered(f) {
					told[pair{h.sender, l.to}] = append(told[pair{h.sender, l.to}], failure{l, f})
				}
			}
		}
	}
	for _, all := range told {
		sortLong(all, failure.when)
	}
	return told
}

// isAnswered tells whether an attempt failed because the other server said so.
func isAnswered(f *fact) bool {
	return f.code >= 400 && f.relayIP != "" && (f.status == event.StatusDeferred || f.status == event.StatusBounced)
}

// of finds the leg with an attempt that got the answer of a refusal. The one
// who refused logs the answer without what is added for the client's eyes, and
// may not log the code.
func (told failures) of(f *fact, sender, recipient string) *leg {
	if f.reply == "" || f.status != event.StatusRejected {
		return nil
	}
	for _, t := range around(told[pair{sender, recipient}], f.time, failure.when) {
		if t.fact.time >= f.time-linkWindow && t.fact.time <= f.time+linkWindow && !t.leg.hop.has(f) && answers(f, t.fact) {
			return t.leg
		}
	}
	return nil
}

func answers(f, t *fact) bool {
	if f.code != 0 {
		return f.code == t.code && strings.HasPrefix(t.reply, f.reply)
	}
	return strings.Contains(t.reply, f.reply)
}

func (h *hop) has(f *fact) bool { return f.qid != "" && f.qid == h.id && f.host == h.host }

// whole takes a message that was refused after it had been read: it has an id
// on the server that refused it.
func (told failures) whole(h *hop) {
	if h.birth == nil || h.continued || h.active || len(h.legs) == 0 {
		return
	}
	var found []*leg
	for _, l := range h.legs {
		if l.status != Rejected || l.decided == nil {
			return
		}
		sender := h.sender
		if sender == "" {
			sender = l.decided.sender
		}
		c := told.of(l.decided, sender, l.to)
		if c == nil || c.hop == h {
			return
		}
		found = append(found, c)
	}
	for i, c := range found {
		c.elsewhere = append(c.elsewhere, h.legs[i].decided)
	}
	h.continued = true
}
