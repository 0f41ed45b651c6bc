package beats

import (
	"container/list"
	"slices"
	"strconv"
)

const (
	// pagePrints is the size from which a page is not continued. Every batch
	// writes its page anew, so small batches need small pages.
	pagePrints = 256
	// maxOpened bounds the pages of one agent that a batch adds to. One is
	// usual; a batch from more processes than that has the rest unnamed.
	maxOpened = 8
	// maxPages bounds the pages of one agent that are not on their way.
	maxPages = 512
)

// agent is the memory of what one agent has sent.
type agent struct {
	key   uint64
	place *list.Element // in ledger.quiet
	// seen says where each fingerprint is noted; prints is their number, those
	// that were noted twice counted twice.
	seen   map[uint64]mark
	prints int
	// places counts the fingerprints of each place, as prints does.
	places map[uint32]uint32
	pages  map[uint16]*page
	order  []uint16 // the slots of the pages, the oldest first
	files  map[uint64]*file
	// flights counts the claims on its pages; while there are any it stays.
	flights int

	// These belong to the batch that is being decided.
	batch     *batch
	open      *page
	opened    int
	repeating bool // no new event without an offset was met yet
}

// mark is what is known of an accepted event.
type mark struct {
	slot  uint16
	stamp uint16
	conn  uint32 // 0: a connection before the last start
}

// page holds fingerprints that are written as one position. Two batches on
// their way never share one, so that each may fail alone.
type page struct {
	slot uint16
	// serial orders the pages of an agent by age.
	serial  int64
	process uint64
	day     int64
	prints  []uint64
	stamps  []uint16
	flight  *flight // that writes it now
}

func newAgent(key uint64) *agent {
	return &agent{
		key: key, seen: map[uint64]mark{}, places: map[uint32]uint32{},
		pages: map[uint16]*page{}, files: map[uint64]*file{},
	}
}

// find returns the page that holds a fingerprint, nil if none does.
func (a *agent) find(print uint64) (*page, mark) {
	m, ok := a.seen[print]
	if !ok {
		return nil, m
	}
	return a.pages[m.slot], m
}

// note adds a fingerprint to the open page.
func (a *agent) note(print uint64, m mark) {
	a.open.prints = append(a.open.prints, print)
	a.open.stamps = append(a.open.stamps, m.stamp)
	a.know(print, m)
}

// know makes a fingerprint that stands on a page one that is found.
func (a *agent) know(print uint64, m mark) {
	a.seen[print] = m
	a.places[placeOf(print)]++
	a.prints++
}

// occupied tells whether a line is known where the unknown one with the
// fingerprint begins: one of another text, then.
func (a *agent) occupied(print uint64) bool { return a.places[placeOf(print)] > 0 }

// placeOf returns the part of a fingerprint that stands for file and offset.
func placeOf(print uint64) uint32 { return uint32(print >> 32) }

// idlePage returns a page that a batch of the process may continue, or nil.
func (a *agent) idlePage(process uint64) *page {
	for i := len(a.order) - 1; i >= max(0, len(a.order)-maxFlight); i-- {
		p := a.pages[a.order[i]]
		if p.flight == nil && p.process == process && len(p.prints) < pagePrints {
			return p
		}
	}
	return nil
}

// newPage adds an empty page.
func (a *agent) newPage(process uint64) *page {
	var serial int64
	if n := len(a.order); n > 0 {
		serial = a.pages[a.order[n-1]].serial + 1
	}
	for a.pages[uint16(serial)] != nil {
		serial++
	}
	p := &page{slot: uint16(serial), serial: serial, process: process}
	a.add(p)
	return p
}

func (a *agent) add(p *page) {
	a.pages[p.slot] = p
	a.order = append(a.order, p.slot)
}

// oldestIdle returns the oldest page that no batch is writing, or nil.
func (a *agent) oldestIdle() *page {
	for _, slot := range a.order {
		if p := a.pages[slot]; p.flight == nil {
			return p
		}
	}
	return nil
}

// drop forgets a page and returns how many fingerprints it had.
func (a *agent) drop(p *page) int {
	n := a.takeBack(p, 0)
	delete(a.pages, p.slot)
	a.order = slices.DeleteFunc(a.order, func(slot uint16) bool { return slot == p.slot })
	return n
}

// takeBack forgets the fingerprints of a page from one on and returns how many
// there were.
func (a *agent) takeBack(p *page, from int) int {
	for _, print := range p.prints[from:] {
		if m, ok := a.seen[print]; ok && m.slot == p.slot {
			delete(a.seen, print)
		}
		if place := placeOf(print); a.places[place] > 1 {
			a.places[place]--
		} else {
			delete(a.places, place)
		}
	}
	n := len(p.prints) - from
	p.prints, p.stamps = p.prints[:from], p.stamps[:from]
	a.prints -= n
	return n
}

func (a *agent) pageKey(slot uint16) string {
	return keyPrefix + hex(a.key) + "/p" + strconv.FormatUint(uint64(slot), 16)
}

func hex(n uint64) string { return strconv.FormatUint(n, 16) }
