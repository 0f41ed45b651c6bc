package trace

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// elemtaJoinWindow is how long before the dialogue's own line the queue may
// have taken a message.
const elemtaJoinWindow = 5 * second

// elemtaAlike bounds the stays that one message is compared with, and the lines
// of each.
const elemtaAlike = 64

// elemtaEnvelope is what the two sides of Elemta have in common.
type elemtaEnvelope struct{ sender, rcpts string }

// elemtaJoin finds the stay of each message that a dialogue ended with 250 for.
// Mostly no line names both: the envelopes must be equal, and the queue's line must
// come after the message was read and before the dialogue's.
func elemtaJoin(mails []*elemtaMessage, stays []*elemtaStay) {
	queued := map[elemtaEnvelope][]*elemtaStay{}
	byID := make(map[string]*elemtaStay, len(stays))
	for _, s := range stays {
		byID[s.id] = s
		if s.queued != nil {
			s.at = s.taken()
			k := elemtaEnvelope{s.sender, listKey(&s.queued.rcpts)}
			queued[k] = append(queued[k], s)
		}
	}
	for _, all := range queued {
		slices.SortFunc(all, func(a, b *elemtaStay) int {
			return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.id, b.id))
		})
	}
	waiting := make([]*elemtaMessage, 0, len(mails))
	for _, m := range mails {
		if m.received == nil {
			continue
		}
		if s := byID[m.received.qid]; s != nil && s.mail == nil {
			s.mail, m.stay = m, s // the generation of late 2025 names both ids
			continue
		}
		waiting = append(waiting, m)
	}
	slices.SortStableFunc(waiting, func(a, b *elemtaMessage) int { return cmp.Compare(a.received.time, b.received.time) })
	for _, m := range waiting {
		m.join(queued[m.envelope()])
	}
}

// envelope is the message's as the queue has it.
func (m *elemtaMessage) envelope() elemtaEnvelope {
	var rcpts list
	for _, r := range m.taken {
		rcpts.add(r.address)
	}
	if m.received.rcpts.len() > 0 {
		rcpts = m.received.rcpts
	}
	return elemtaEnvelope{m.sender, listKey(&rcpts)}
}

// join picks the stay: what agrees in subject and reception comes first, then
// the one that was queued first. Whoever else would do makes it a guess.
func (m *elemtaMessage) join(stays []*elemtaStay) {
	from := m.received.time - elemtaJoinWindow
	if m.read != nil {
		from = max(from, m.read.time)
	}
	since := func(t int64) int {
		at, _ := slices.BinarySearchFunc(stays, t, func(s *elemtaStay, t int64) int { return cmp.Compare(s.at, t) })
		return at
	}
	at, end := since(from), since(m.received.time+1)
	var near []*elemtaStay
	for _, s := range stays[max(at, end-elemtaAlike):max(at, end)] {
		if fits(s.host, m.received.host) {
			near = append(near, s)
		}
	}
	var best *elemtaStay
	most, ties := -1, 0
	for _, s := range near {
		if n := m.agrees(s); s.mail == nil && n > most {
			most, best = n, s
		}
	}
	for _, s := range near {
		if m.agrees(s) == most {
			ties++
		}
	}
	if best == nil {
		return
	}
	best.mail, m.stay, m.sure = m, best, Probable
	if ties > 1 {
		m.sure = Guess
	}
}

// agrees counts what the queue's later lines have in common with the
// dialogue's.
func (m *elemtaMessage) agrees(s *elemtaStay) int {
	n := 0
	subject, reception := m.received.rare().subject, m.received.extra("reception_time")
	for _, f := range s.facts[:min(len(s.facts), elemtaAlike)] {
		if subject != "" && f.rare().subject == subject {
			n |= 2
		}
		if reception != "" && f.extra("reception_time") == reception {
			n |= 1
		}
	}
	return n
}

// taken is when the queue took the message. Its id says so to the nanosecond;
// the line's own stamp counts whole seconds in the older form.
func (s *elemtaStay) taken() int64 {
	stamp, _, found := strings.Cut(s.id, "-")
	if at, err := strconv.ParseInt(stamp, 10, 64); found && err == nil && at-s.queued.time < 2*second && s.queued.time-at < 2*second {
		return at
	}
	return s.queued.time
}
