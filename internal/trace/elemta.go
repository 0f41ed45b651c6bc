package trace

import (
	"cmp"
	"slices"
	"strings"
)

// Elemta's log has no id that goes from the dialogue with the client to the
// mailbox. The dialogue has a session's, the queue its own, and what the
// mailbox server answers for one recipient has none. Three steps make hops of
// that:
//
//	elemtasession.go  the dialogues, taken apart into messages
//	elemtaqueue.go    the stays in the queue, taken apart into attempts, and
//	                  the refusals of single recipients given to attempts
//	elemtajoin.go     which message of a dialogue is which stay, by envelope
//
// elemtahop.go makes the hops, elemtaleg.go decides each recipient, and
// elemtanotes.go says where Elemta's own verdict, which is about all
// recipients at once, is wrong about one.

// elemtaHops makes the hops of what Elemta's logs tell. facts are in order.
func elemtaHops(facts []*fact) []*hop {
	own := elemtaFacts(facts)
	if len(own) == 0 {
		return nil
	}
	starts := newElemtaStarts(own)
	mails := elemtaMails(own)
	stays := elemtaStays(own, starts)
	elemtaJoin(mails, stays)
	hops := make([]*hop, 0, len(mails)+len(stays))
	for _, m := range mails {
		if h := m.hop(); h != nil {
			hops = append(hops, h)
		}
	}
	for _, s := range stays {
		if s.mail == nil {
			hops = append(hops, s.hop())
		}
	}
	hops = append(hops, elemtaTurnedAway(own)...)
	slices.SortStableFunc(hops, func(a, b *hop) int { return cmp.Compare(a.first, b.first) })
	return hops
}

// told is a fact and what it is.
type told struct {
	*fact
	role elemtaRole
}

// elemtaFacts picks Elemta's facts and puts those of one instant in the order
// in which Elemta does things: the older text form counts whole seconds.
func elemtaFacts(facts []*fact) []told {
	var own []told
	for _, f := range facts {
		if f.dialect == "elemta" {
			own = append(own, told{f, elemtaRoleOf(f)})
		}
	}
	slices.SortStableFunc(own, func(a, b told) int {
		return cmp.Or(cmp.Compare(a.time, b.time), cmp.Compare(a.role, b.role))
	})
	return own
}

// elemtaStarts are when servers began, in order: whatever one did before is cut
// off.
type elemtaStarts struct {
	all    []int64
	byHost map[string][]int64
}

func newElemtaStarts(own []told) *elemtaStarts {
	s := &elemtaStarts{byHost: map[string][]int64{}}
	for _, f := range own {
		if f.role == elemtaBegins {
			s.all = append(s.all, f.time)
			s.byHost[f.host] = append(s.byHost[f.host], f.time)
		}
	}
	return s
}

// next is when a host began again after a time and not after another; 0 if it
// did not.
func (s *elemtaStarts) next(host string, after, until int64) int64 {
	lists := [...][]int64{s.all, nil}
	if host != "" {
		lists = [...][]int64{s.byHost[host], s.byHost[""]}
	}
	next := int64(0)
	for _, all := range lists {
		if at, _ := slices.BinarySearch(all, after+1); at < len(all) && all[at] <= until && (next == 0 || all[at] < next) {
			next = all[at]
		}
	}
	return next
}

// elemtaTurnedAway makes hops of the connections that were refused before any
// dialogue: one for each client and reason, as long as it keeps trying.
func elemtaTurnedAway(own []told) []*hop {
	type key struct{ host, ip, reply string }
	open := map[key]*hop{}
	var hops []*hop
	for _, f := range own {
		if f.role != elemtaNoEntry {
			continue
		}
		k := key{f.host, f.clientIP, f.reply}
		h := open[k]
		if h == nil || f.time-h.last > refusedTwice {
			h = &hop{dialect: "elemta", host: f.host, confidence: Exact, client: f.fact}
			h.legs = []*leg{{hop: h, linked: Exact}}
			open[k] = h
			hops = append(hops, h)
		}
		h.take(f.fact)
		l := h.legs[0]
		l.refused = append(l.refused, f.fact)
		l.state = state{status: Rejected, by: ByUs, decided: f.fact, answered: f.fact, attempts: l.attempts + 1}
	}
	return hops
}

// listKey makes one text of a list.
func listKey(l *list) string {
	if l.len() <= 1 {
		return l.first
	}
	return strings.Join(l.all(), "\x00")
}

// elemtaRepeatKey is what two logs of one event of Elemta's have in common: its
// text alone says only what kind of event it is. Both have the program's own
// stamp.
func elemtaRepeatKey(f *fact) string {
	return strings.Join([]string{f.text, f.qid, f.sessions.first, f.sender, listKey(&f.rcpts), f.mids.first, f.clientIP, f.reply, f.stage}, "\x00")
}
