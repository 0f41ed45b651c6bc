package trace

import "strconv"

// mailboxOnly describes a delivery that only the mailbox server's log tells.
func (b *builder) mailboxOnly(s *session) Journey {
	first := s.facts[0]
	h := &hop{dialect: "dovecot", host: s.host, id: "", first: first.time, mids: first.mids, confidence: Exact}
	l := &leg{hop: h, to: first.rcpts.first, linked: Exact, state: state{status: Unknown, by: ByUs}}
	if l.to == "" {
		l.to = first.rare().username
	}
	l.mailbox = s.facts
	l.readMailbox(s.facts)
	for _, f := range s.facts {
		if h.sender == "" {
			h.sender = f.sender
		}
		if h.subject == "" {
			h.subject = f.rare().subject
		}
	}
	p := path{legs: []*leg{l}, edges: []*edge{nil}}
	if len(l.forwards) > 0 && l.decided == l.forwards[0] {
		p.target = l.forwards[0]
	}
	j := b.journey(&p)
	j.MessageKey = digest("mailbox", s.host, s.full, first.mids.first, l.to, strconv.FormatInt(first.time, 36))
	j.ID = j.MessageKey
	return j
}
