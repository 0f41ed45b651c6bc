package trace

import (
	"cmp"
	"slices"

	"rastro/internal/event"
)

// fewLegs is up to how many legs a hop goes through them one by one. Messages
// to thousands get a legBook.
const fewLegs = 16

// legBook finds the legs of a hop with many recipients. The lists are in the
// order of the legs; a leg that has another address by now is dropped when it
// comes first.
type legBook struct {
	bare       map[legAddress][]*leg // legs without an id of their own
	enveloped  map[legAddress][]*leg
	byEnvelope map[string]*leg
	byAddress  map[string][]*leg // by either address
	byPlace    map[legPlace][]*leg
	waiting    map[string][]*leg // by final address: no place yet
}

type legAddress struct{ to, orig string }

type legPlace struct{ to, place string }

func (l *leg) address() legAddress { return legAddress{l.to, l.orig} }

// addLeg adds a leg to a hop.
func (h *hop) addLeg(l *leg) *leg {
	l.no = len(h.legs)
	h.legs = append(h.legs, l)
	if h.book != nil {
		h.book.enter(l)
	}
	for _, e := range h.parents {
		if e.from.kin != nil {
			e.from.kin.carry(e, l)
		}
	}
	return l
}

// keepLegs leaves out the legs that are not wanted.
func (h *hop) keepLegs(wanted func(*leg) bool) {
	h.legs = slices.DeleteFunc(h.legs, func(l *leg) bool { return !wanted(l) })
	h.book = nil
	for i, l := range h.legs {
		l.no = i
	}
}

// many returns the book of a hop with many legs; nil if it has few.
func (h *hop) many() *legBook {
	if h.book == nil && len(h.legs) > fewLegs {
		h.book = &legBook{
			bare: map[legAddress][]*leg{}, enveloped: map[legAddress][]*leg{}, byEnvelope: map[string]*leg{},
			byAddress: map[string][]*leg{}, byPlace: map[legPlace][]*leg{}, waiting: map[string][]*leg{},
		}
		for _, l := range h.legs {
			h.book.enter(l)
		}
	}
	return h.book
}

// enter adds what a leg is found by.
func (b *legBook) enter(l *leg) {
	if l.envelope == "" {
		insertLeg(b.bare, l.address(), l)
	} else {
		insertLeg(b.enveloped, l.address(), l)
		if b.byEnvelope[l.envelope] == nil {
			b.byEnvelope[l.envelope] = l
		}
	}
	insertLeg(b.byAddress, l.to, l)
	if l.orig != "" && l.orig != l.to {
		insertLeg(b.byAddress, l.orig, l)
	}
	if l.place != "" {
		insertLeg(b.byPlace, legPlace{l.to, l.place}, l)
	} else {
		insertLeg(b.waiting, l.to, l)
	}
}

// insertLeg adds a leg to a list in its place, once.
func insertLeg[K comparable](lists map[K][]*leg, key K, l *leg) {
	all := lists[key]
	if n := len(all); n == 0 || all[n-1].no < l.no {
		lists[key] = append(all, l)
		return
	}
	at, known := slices.BinarySearchFunc(all, l, func(a, b *leg) int { return cmp.Compare(a.no, b.no) })
	if !known {
		lists[key] = slices.Insert(all, at, l)
	}
}

// firstLeg returns the first leg of a list that still belongs there, and drops
// those before it.
func firstLeg[K comparable](lists map[K][]*leg, key K, belongs func(*leg) bool) *leg {
	all := lists[key]
	at := 0
	for at < len(all) && !belongs(all[at]) {
		at++
	}
	if at > 0 {
		lists[key] = all[at:]
	}
	if at == len(all) {
		return nil
	}
	return all[at]
}

// earlier is the leg that comes first; either may be nil.
func earlier(a, b *leg) *leg {
	if a == nil || b != nil && b.no < a.no {
		return b
	}
	return a
}

// find is the first leg with both addresses, or with the envelope. A leg
// without an envelope serves any.
func (b *legBook) find(to, orig, envelope string) *leg {
	want := legAddress{to, orig}
	same := func(l *leg) bool { return l.address() == want }
	found := firstLeg(b.bare, want, same)
	if envelope == "" {
		return earlier(found, firstLeg(b.enveloped, want, same))
	}
	return earlier(found, b.byEnvelope[envelope])
}

// knows tells whether a leg is for an address, before or after aliases.
func (h *hop) knows(address string) bool {
	if b := h.many(); b != nil {
		return firstLeg(b.byAddress, address, func(l *leg) bool { return l.to == address || l.orig == address }) != nil
	}
	for _, l := range h.legs {
		if l.to == address || l.orig == address {
			return true
		}
	}
	return false
}

// legOf finds the leg of a recipient or makes one.
func (h *hop) legOf(to, orig, envelope string) *leg {
	if orig == to {
		orig = ""
	}
	if l := h.findLeg(to, orig, envelope); l != nil {
		if envelope != "" && l.envelope == envelope {
			l.name(to, orig)
		}
		return l
	}
	if envelope == "" && orig != "" { // a deferral before aliases were looked up
		if l := h.pendingLeg(orig); l != nil {
			l.name(to, orig)
			return l
		}
	}
	return h.addLeg(&leg{hop: h, to: to, orig: orig, envelope: envelope, linked: Exact})
}

func (h *hop) findLeg(to, orig, envelope string) *leg {
	if b := h.many(); b != nil {
		return b.find(to, orig, envelope)
	}
	for _, l := range h.legs {
		if envelope != "" && l.envelope == envelope || (envelope == "" || l.envelope == "") && l.to == to && l.orig == orig {
			return l
		}
	}
	return nil
}

// pendingLeg is the first leg for just this address that was only put off.
func (h *hop) pendingLeg(to string) *leg {
	legs := h.legs
	if b := h.many(); b != nil {
		legs = slices.Concat(firstLegs(b.bare[legAddress{to, ""}]), firstLegs(b.enveloped[legAddress{to, ""}]))
		slices.SortFunc(legs, func(a, b *leg) int { return cmp.Compare(a.no, b.no) })
	}
	for _, l := range legs {
		if l.orig == "" && l.to == to && l.pending() {
			return l
		}
	}
	return nil
}

// firstLegs bounds the legs of one address that are looked at.
func firstLegs(legs []*leg) []*leg { return legs[:min(len(legs), lookAround)] }

// name completes the addresses of a leg: the arrival gives the address as it
// was written, the delivery the final one.
func (l *leg) name(to, orig string) {
	switch {
	case to == "" || to == l.to:
		if l.orig == "" && orig != l.to {
			l.rename(l.to, orig)
		}
	case l.to == "":
		l.rename(to, orig)
	default:
		if l.orig != "" {
			orig = l.orig
		} else if orig == "" {
			orig = l.to
		}
		l.rename(to, orig)
	}
}

// rename gives a leg its addresses.
func (l *leg) rename(to, orig string) {
	if l.to == to && l.orig == orig {
		return
	}
	l.to, l.orig = to, orig
	if b := l.hop.book; b != nil {
		b.enter(l)
	}
}

// pending tells that all tries of the leg were put off.
func (l *leg) pending() bool { return !l.answeredFor }

func (h *hop) attach(l *leg, f *fact) {
	l.tries = append(l.tries, f)
	l.answeredFor = l.answeredFor || f.status != event.StatusDeferred
}

// legAt finds the leg of a recipient that ends at a place, or makes one.
func (h *hop) legAt(to, place string) *leg {
	l := h.findPlace(to, place)
	if l == nil {
		return h.addLeg(&leg{hop: h, to: to, place: place, linked: Exact})
	}
	if l.place != place {
		l.place = place
		if h.book != nil {
			h.book.enter(l)
		}
	}
	return l
}

func (h *hop) findPlace(to, place string) *leg {
	if b := h.many(); b != nil {
		return earlier(firstLeg(b.byPlace, legPlace{to, place}, func(l *leg) bool { return l.to == to && l.place == place }),
			firstLeg(b.waiting, to, func(l *leg) bool { return l.to == to && l.place == "" && l.pending() }))
	}
	for _, l := range h.legs {
		if l.to == to && (l.place == place || l.place == "" && l.pending()) {
			return l
		}
	}
	return nil
}

// legsFor returns the legs of a hop that go on with a leg of an earlier one.
func (h *hop) legsFor(l *leg) []*leg {
	legs := h.legs
	if b := h.many(); b != nil {
		legs = b.byAddress[l.to]
		if l.orig != "" && l.orig != l.to && len(b.byAddress[l.orig]) > 0 {
			legs = slices.Concat(legs, b.byAddress[l.orig])
			slices.SortFunc(legs, func(a, b *leg) int { return cmp.Compare(a.no, b.no) })
			legs = slices.Compact(legs)
		}
	}
	var found []*leg
	for _, c := range legs {
		if c.goesOnWith(l) {
			found = append(found, c)
		}
	}
	return found
}

// goesOnWith tells whether a leg is for the recipient of an earlier one.
func (l *leg) goesOnWith(before *leg) bool {
	return l.orig != "" && (l.orig == before.to || l.orig == before.orig) || l.to == before.to
}

// carries tells whether a hop has a leg for the recipient of another.
func (h *hop) carries(l *leg) bool {
	goesOn := func(c *leg) bool { return c.goesOnWith(l) }
	if b := h.many(); b != nil {
		return slices.ContainsFunc(b.byAddress[l.to], goesOn) || l.orig != "" && slices.ContainsFunc(b.byAddress[l.orig], goesOn)
	}
	return slices.ContainsFunc(h.legs, goesOn)
}

// lookAround bounds how many candidates on each side of a moment are compared
// with each other: further away than so many there is a nearer one in every log
// that nobody made to hurt.
const lookAround = 128

// around returns the elements nearest to a time of a list that is sorted by
// time: all of them where they are few.
func around[T any](all []T, at int64, when func(T) int64) []T {
	if len(all) <= 2*lookAround {
		return all
	}
	mid, _ := slices.BinarySearchFunc(all, at, func(x T, at int64) int { return cmp.Compare(when(x), at) })
	return all[max(0, mid-lookAround):min(len(all), mid+lookAround)]
}

// sortLong sorts a list by time that around has to cut.
func sortLong[T any](all []T, when func(T) int64) {
	if len(all) > 2*lookAround {
		slices.SortStableFunc(all, func(a, b T) int { return cmp.Compare(when(a), when(b)) })
	}
}

func (h *hop) began() int64 { return h.first }

// hopsAround are the hops of a list that began nearest to a time.
func hopsAround(all []*hop, at int64) []*hop { return around(all, at, (*hop).began) }

// legsNamed are the legs for some addresses, in order.
func (h *hop) legsNamed(addresses *list) []*leg {
	b := h.many()
	if b == nil {
		return h.legs
	}
	var found []*leg
	addresses.each(func(a string) { found = append(found, firstLegs(b.byAddress[a])...) })
	slices.SortFunc(found, func(a, b *leg) int { return cmp.Compare(a.no, b.no) })
	return slices.Compact(found)
}
