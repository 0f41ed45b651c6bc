package trace

import (
	"cmp"
	"slices"

	"rastro/internal/event"
)

// hop makes the hop of a message of a dialogue, with its stay if it has one;
// nil if the client never named a recipient.
func (m *elemtaMessage) hop() *hop {
	if m.received != nil && len(m.taken) == 0 {
		m.received.rcpts.each(func(to string) { m.taken = append(m.taken, elemtaRecipient{to, m.received}) })
	}
	if len(m.taken) == 0 && len(m.refused) == 0 && m.mailNo == nil {
		return nil
	}
	h := &hop{dialect: "elemta", sender: m.sender, confidence: m.sure}
	h.sessions.add(m.session)
	for _, f := range m.facts {
		h.take(f)
		if f.qid != "" {
			h.ids.addUpTo(maxMessageIDs, f.qid) // the generation of June 2025 tells the client an id of its own
		}
	}
	m.describe(h)
	if m.stay != nil {
		m.stay.addTo(h)
		h.first = m.facts[0].time // stamps of the queue may count whole seconds
	}
	for _, f := range [...]*fact{m.hello, m.login} {
		if f != nil {
			h.facts = append(h.facts, f)
		}
	}
	h.birth = cmp.Or(m.received, h.birth)
	h.sort()
	m.legs(h)
	return h
}

// describe takes over what the dialogue says about the message.
func (m *elemtaMessage) describe(h *hop) {
	for _, f := range [...]*fact{m.received, m.check, m.dropped} {
		if f == nil {
			continue
		}
		f.mids.each(h.addMessageID)
		h.addMessageID(bare(f.extra("message_id_header")))
		h.subject = cmp.Or(h.subject, f.rare().subject)
		if h.size == 0 {
			h.size = f.size
		}
		if h.client == nil && f.clientIP != "" {
			h.client = f
		}
	}
	if h.client == nil {
		h.client = m.facts[0]
	}
	h.rcptCount = int64(len(m.taken))
}

// hop makes the hop of a stay whose dialogue the log does not hold.
func (s *elemtaStay) hop() *hop {
	h := &hop{dialect: "elemta", confidence: Exact}
	s.addTo(h)
	h.birth = s.queued
	h.sort()
	s.rcpts.each(func(to string) {
		l := &leg{hop: h, to: to, linked: Exact}
		h.addLeg(l)
		s.decide(l)
	})
	return h
}

// addTo adds the stay to its hop.
func (s *elemtaStay) addTo(h *hop) {
	h.id = s.id
	if s.host != "" {
		h.host = s.host
	}
	if h.sender == "" {
		h.sender = s.sender
	}
	h.active = len(s.windows) > 0
	h.rcptCount = max(h.rcptCount, int64(s.rcpts.len()))
	for _, f := range s.facts {
		h.take(f)
		h.subject = cmp.Or(h.subject, f.rare().subject)
		if h.size == 0 {
			h.size = f.size
		}
		f.mids.each(func(id string) {
			if id != s.id {
				h.addMessageID(id)
			}
		})
	}
	for _, w := range s.windows {
		for _, f := range w.answers() {
			h.take(f)
		}
	}
}

// answers are the mailbox server's answers of an attempt.
func (w *elemtaWindow) answers() []*fact {
	all := slices.Clone(w.nameless)
	for _, a := range w.refused {
		all = append(all, a.fact)
	}
	for _, a := range w.lost {
		all = append(all, a.fact)
	}
	slices.SortFunc(all, compareFacts)
	return all
}

// sort brings the facts of both sides in order, each once.
func (h *hop) sort() {
	slices.SortStableFunc(h.facts, func(a, b *fact) int {
		return cmp.Or(cmp.Compare(a.time, b.time), cmp.Compare(elemtaRoleOf(a), elemtaRoleOf(b)), compareFacts(a, b))
	})
	h.facts = slices.Compact(h.facts)
}

// legs makes a leg for each recipient the client named.
func (m *elemtaMessage) legs(h *hop) {
	known := make(map[string]*leg, len(m.taken))
	legFor := func(to string) (l *leg, fresh bool) {
		if l = known[to]; l != nil {
			return l, false
		}
		l = &leg{hop: h, to: to, linked: Exact}
		known[to] = l
		h.addLeg(l)
		return l, true
	}
	for _, r := range m.taken {
		if l, fresh := legFor(r.address); fresh {
			m.decide(l)
		}
	}
	for _, r := range m.refused {
		l, fresh := legFor(r.address)
		if fresh || l.status == Rejected {
			l.reject(cmp.Or(m.mailNo, r.fact))
		}
		l.refused = append(l.refused, r.fact)
	}
	if len(h.legs) == 0 {
		h.legs = []*leg{{hop: h, linked: Exact}}
		h.legs[0].reject(m.mailNo)
	}
}

func (l *leg) reject(f *fact) {
	l.status, l.by, l.decided, l.answered = Rejected, ByUs, f, f
	l.attempts = 1
}

// decide says where a recipient stands that was taken in the dialogue.
func (m *elemtaMessage) decide(l *leg) {
	l.state = state{status: Accepted, by: ByUs}
	switch {
	case m.stay != nil:
		m.stay.decide(l)
	case m.dropped != nil:
		m.drop(l)
	case m.dataNo != nil:
		l.reject(m.dataNo)
		if m.check != nil && m.check.status == event.StatusRejected {
			l.by = ByFilter
		}
	case m.received != nil:
		l.decided = m.received
		l.notes = append(l.notes, elemtaNoQueue)
	case m.mailNo != nil:
		l.reject(m.mailNo)
	case m.going:
		l.status = Unknown
		l.notes = append(l.notes, elemtaGoing)
	default:
		l.status, l.by, l.decided = Abandoned, ByClient, m.cut
		if m.byServer {
			l.by = ByUs
			l.notes = append(l.notes, elemtaStopped)
		}
	}
}

// drop: the client was told 250 and the message was thrown away. The log does
// not repeat the answer, which is always the same.
func (m *elemtaMessage) drop(l *leg) {
	told := *m.dropped
	told.code, told.dsn = 250, "2.0.0"
	l.status, l.by, l.decided, l.answered, l.attempts = Discarded, ByFilter, m.dropped, &told, 1
	l.notes = append(l.notes, elemtaVanished)
}
