package trace

import (
	"cmp"
	"slices"

	"rastro/internal/event"
)

// The order in which a mail server does things within one second.
const (
	orderConnect uint8 = iota
	orderRefuse
	orderBirth
	orderReceive
	orderQueue
	orderStore // before the delivery that reports it
	orderRefuseQueued
	orderDefer
	orderHold
	orderTry
	orderEnd
	orderNotice
	orderRemove
)

// orderOf places a fact among others of the same instant.
func orderOf(f *fact) uint8 {
	switch f.kind {
	case event.TypeConnection, event.TypeCommand, event.TypeAuthentication:
		return orderConnect
	case event.TypeRejection:
		if f.qid == "" {
			return orderRefuse
		}
		return orderRefuseQueued
	case event.TypeReception:
		if f.status == event.StatusAccepted {
			return orderBirth
		}
		return orderReceive
	case event.TypeContentCheck:
		return orderQueue
	case event.TypeDelivery:
		return orderOfDelivery(f)
	case event.TypeMailboxAccess:
		return orderRemove
	}
	return orderOfQueue(f)
}

func orderOfDelivery(f *fact) uint8 {
	switch {
	case f.dialect == "dovecot":
		return orderStore
	case f.status == event.StatusDeferred:
		return orderDefer
	}
	return orderTry
}

func orderOfQueue(f *fact) uint8 {
	switch {
	case f.status == event.StatusHeld:
		return orderHold
	case f.status == event.StatusExpired, f.status == event.StatusDiscarded, f.status == event.StatusBounced:
		return orderEnd
	case isNotice(f):
		return orderNotice
	case isRemoval(f):
		return orderRemove
	}
	return orderQueue
}

// sortFacts brings facts into the one order that does not depend on how they
// arrived, and drops what was told twice.
func sortFacts(facts []*fact) []*fact {
	slices.SortFunc(facts, compareFacts)
	return dropRepeats(facts)
}

// compareFacts orders facts. It is no cmp.Or, which would compare all strings of
// a million facts though their times differ.
func compareFacts(a, b *fact) int {
	if c := cmp.Compare(a.time, b.time); c != 0 {
		return c
	}
	if c := cmp.Compare(a.order, b.order); c != 0 {
		return c
	}
	if c := cmp.Compare(a.host, b.host); c != 0 {
		return c
	}
	if c := cmp.Compare(a.text, b.text); c != 0 {
		return c
	}
	if c := cmp.Compare(a.line, b.line); c != 0 {
		return c
	}
	if c := cmp.Compare(a.pid, b.pid); c != 0 {
		return c
	}
	if c := cmp.Compare(a.source, b.source); c != 0 {
		return c
	}
	return cmp.Compare(a.offset, b.offset)
}

// repeatWindow is how far apart two logs of the same event may be: one counts
// whole seconds, the other was written a moment later.
const repeatWindow = 1_500_000_000

// dropRepeats leaves out facts that another log tells too: Exim's main log and
// its syslog copy, a container's output and the file, two files of one syslog
// daemon. facts are in order.
func dropRepeats(facts []*fact) []*fact {
	recent := newRecent()
	kept := facts[:0]
	for _, f := range facts {
		if old := recent.repeated(f); old != nil {
			old.absorb(f)
			continue
		}
		kept = append(kept, f)
	}
	clear(facts[len(kept):])
	return kept
}

// recent remembers the facts of the last moments by their text. It has two
// generations, so that it forgets without looking.
type recent struct {
	young, old map[string]*fact
	since      int64
}

func newRecent() *recent {
	return &recent{young: map[string]*fact{}, old: map[string]*fact{}}
}

// repeated returns the fact that f tells again, or remembers f.
func (r *recent) repeated(f *fact) *fact {
	if f.time-r.since > repeatWindow {
		if f.time-r.since > 2*repeatWindow {
			r.young = emptied(r.young)
		}
		r.young, r.old = emptied(r.old), r.young
		r.since = f.time
	}
	key := repeatKey(f)
	for _, seen := range [...]map[string]*fact{r.young, r.old} {
		if s := seen[key]; s != nil && repeats(s, s.time, f) {
			return s
		}
	}
	r.young[key] = f
	return nil
}

// emptied clears a map. One that was large is thrown away: to clear it takes as
// long as it was large, however little is in it now.
func emptied(m map[string]*fact) map[string]*fact {
	const large = 1024
	if len(m) > large {
		return map[string]*fact{}
	}
	clear(m)
	return m
}

// repeats tells whether f tells again what old, seen last at a time, told.
func repeats(old *fact, at int64, f *fact) bool {
	if f.time-at > repeatWindow || old.dialect != f.dialect || !fits(old.host, f.host) {
		return false
	}
	if old.pid != 0 && f.pid != 0 && old.pid != f.pid {
		return false
	}
	if f.dialect == "elemta" {
		return old.source != f.source && f.time == at
	}
	return old.source != f.source || f.time == at
}

// absorb takes from the other log what this one does not tell.
func (f *fact) absorb(other *fact) {
	if f.host == "" && other.host != "" {
		f.at(other.host)
	}
	if f.pid == 0 {
		f.pid = other.pid
	}
	if f.sender == "" {
		f.sender = other.sender
	}
	if f.rcpts.len() == 0 {
		f.rcpts = other.rcpts
	}
	if f.mids.len() == 0 {
		f.mids = other.mids
	}
	if subject := other.rare().subject; subject != "" && f.rare().subject == "" {
		f.extended().subject = subject
	}
}

// repeatKey is what two logs of one event have in common: the first line of the
// text. Exim's reject log adds the headers behind it.
func repeatKey(f *fact) string {
	if f.dialect == "elemta" {
		return elemtaRepeatKey(f)
	}
	for i := range len(f.text) {
		if f.text[i] == '\n' {
			return f.text[:i]
		}
	}
	return f.text
}

// fits tells whether two names of hosts may be the same machine's; "" is a log
// that does not name it.
func fits(a, b string) bool { return a == b || a == "" || b == "" }
