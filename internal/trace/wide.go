package trace

import (
	"slices"

	"rastro/internal/event"
)

// wide is what the facts of a hop with many recipients are about: without it
// each recipient would go through the lines of all others.
type wide struct {
	settling, telling sortedFacts // what settle and the steps need
	byHand            int64       // when an operator first had it expire; 0 for never
	checks            sortedFacts // what filters said
	checked           bool
}

// sortedFacts are some facts of a hop by whom they are about, in order.
type sortedFacts struct {
	all        []*fact // about everybody
	byEnvelope map[string][]*fact
	enveloped  []*fact // the same, for legs that have no envelope
	byAddress  map[string][]*fact
}

// maxWide bounds the lines about a whole message that each of its many
// recipients is told of: the first and the last ones. The steps of a journey
// have the same bound.
const maxWide = maxSteps

// wideFacts returns the parted facts of a hop with many legs; nil if it has few.
func (h *hop) wideFacts() *wide {
	if h.wide != nil || len(h.legs) <= fewLegs {
		return h.wide
	}
	w := &wide{}
	for _, f := range h.facts {
		if f.part == "postsuper" && f.extra(extraAction) == "expired" && w.byHand == 0 {
			w.byHand = f.time
		}
		if !isTry(f) && f.settles() {
			w.settling.add(f)
		}
		if f.dialect != "elemta" && isTry(f) && !isAutoReply(f.extra(extraDestination)) {
			continue
		}
		if f.kind != event.TypeRejection || stageOf(f) != stageRecipient || f.dialect == "elemta" {
			w.telling.add(f)
		}
	}
	w.settling.bound()
	w.telling.bound()
	h.wide = w
	return w
}

// settles tells whether a line about a whole message, or about recipients that
// were not tried, may change where a leg stands.
func (f *fact) settles() bool {
	switch f.kind {
	case event.TypeRejection:
		return stageOf(f) == stageMessage
	case event.TypeQueue, event.TypeContentCheck, event.TypeReception, event.TypeDelivery:
		return isRemoval(f) || f.status != event.StatusAccepted && f.status != "" || f.extra(extraAction) != ""
	}
	return false
}

// add sorts a fact by whom it is about.
func (s *sortedFacts) add(f *fact) {
	byName := f.rcpts.len() > 0 && (f.dialect == "exim" || f.dialect != "elemta" && (isTry(f) || f.kind == event.TypeContentCheck && f.dialect == "filters"))
	if f.dialect == "elemta" && f.rcpts.len() > 0 {
		switch elemtaRoleOf(f) {
		case elemtaRcpt, elemtaRcptNo, elemtaRefused, elemtaRefusedEnd:
			byName = true
		}
	}
	switch {
	case byName:
		if s.byAddress == nil {
			s.byAddress = map[string][]*fact{}
		}
		f.rcpts.each(func(to string) { s.byAddress[to] = append(s.byAddress[to], f) })
	case f.envelope != "":
		if s.byEnvelope == nil {
			s.byEnvelope = map[string][]*fact{}
		}
		s.byEnvelope[f.envelope] = append(s.byEnvelope[f.envelope], f)
		s.enveloped = append(s.enveloped, f)
	default:
		s.all = append(s.all, f)
	}
}

func (s *sortedFacts) bound() {
	s.all, s.enveloped = ends(s.all), ends(s.enveloped)
	for _, lists := range [...]map[string][]*fact{s.byEnvelope, s.byAddress} {
		for k, all := range lists {
			lists[k] = ends(all)
		}
	}
}

// ends are the first and the last elements of a list, as many as a journey
// tells.
func ends[T any](all []T) []T {
	if len(all) <= maxWide {
		return all
	}
	return slices.Concat(all[:maxWide/2], all[len(all)-maxWide/2:])
}

// about gathers in order what concerns a leg: its own facts and those about
// everybody.
func (s *sortedFacts) about(l *leg, own ...[]*fact) []*fact {
	enveloped := s.enveloped
	if l.envelope != "" {
		enveloped = s.byEnvelope[l.envelope]
	}
	facts := slices.Concat(append(own, s.all, enveloped, s.byAddress[l.to])...)
	if l.orig != "" {
		facts = append(facts, s.byAddress[l.orig]...)
	}
	slices.SortStableFunc(facts, compareFacts)
	return slices.Compact(facts)
}

// checksOf are what filters said about a leg.
func (l *leg) checksOf() []*fact {
	w := l.hop.wideFacts()
	if w == nil || l.to == "" {
		return l.hop.checks
	}
	if !w.checked {
		w.checked = true
		for _, f := range l.hop.checks {
			w.checks.add(f)
		}
		w.checks.bound()
	}
	return w.checks.about(l)
}

// factSet finds facts of a list that may be long.
type factSet struct {
	few  []*fact
	many map[*fact]bool
}

func setOf(facts []*fact) factSet {
	if len(facts) <= fewValues {
		return factSet{few: facts}
	}
	s := factSet{many: make(map[*fact]bool, len(facts))}
	for _, f := range facts {
		s.many[f] = true
	}
	return s
}

func (s factSet) has(f *fact) bool { return s.many[f] || slices.Contains(s.few, f) }
