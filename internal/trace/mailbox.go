package trace

import (
	"slices"
	"strings"

	"rastro/internal/event"
)

// session is what a mailbox server says about one recipient of one delivery.
type session struct {
	id    string // without the mark of a further recipient
	full  string
	host  string
	mid   string
	facts []*fact
	used  bool
}

// mailboxes finds deliveries into mailboxes by session, and by Message-ID
// where no session is told.
type mailboxes struct {
	all       []*session
	bySession map[string][]*session
	byMessage map[string][]*session
	access    map[string][]*fact // what happened to a Message-ID afterwards
}

// baseSession takes the mark of a further recipient or transaction off a
// session id: id:R2, id:T3.
func baseSession(id string) string {
	if i := strings.IndexByte(id, ':'); i > 0 {
		return id[:i]
	}
	return id
}

// newMailboxes gathers the deliveries of the mailbox servers. facts are in
// order.
func newMailboxes(facts []*fact) *mailboxes {
	m := &mailboxes{bySession: map[string][]*session{}, byMessage: map[string][]*session{}, access: map[string][]*fact{}}
	type key struct{ session, recipient, mid string }
	open := map[key]*session{}
	last := map[key]*session{} // by session and recipient alone
	for _, f := range facts {
		if f.dialect != "dovecot" {
			continue
		}
		if f.kind == event.TypeMailboxAccess {
			f.mids.each(func(id string) { m.access[id] = append(m.access[id], f) })
			continue
		}
		if f.kind != event.TypeDelivery {
			continue
		}
		k := key{f.sessions.first, f.rcpts.first, f.mids.first}
		s := open[k]
		if s == nil && k.session != "" { // some lines have no Message-ID
			if s = last[key{k.session, k.recipient, ""}]; s != nil && !s.learn(k.mid, m) {
				s = nil
			}
		}
		if s == nil || k.session == "" && f.time-s.facts[len(s.facts)-1].time > 5*second {
			s = &session{id: baseSession(k.session), full: k.session, host: f.host}
			open[k], last[key{k.session, k.recipient, ""}] = s, s
			m.all = append(m.all, s)
			if s.id != "" {
				m.bySession[s.id] = append(m.bySession[s.id], s)
			}
			s.learn(k.mid, m)
		}
		s.facts = append(s.facts, f)
	}
	return m
}

// learn takes over a Message-ID, and tells whether it can be the session's.
func (s *session) learn(mid string, m *mailboxes) bool {
	if mid == "" || s.mid == mid {
		return true
	}
	if s.mid != "" {
		return false
	}
	s.mid = mid
	m.byMessage[mid] = append(m.byMessage[mid], s)
	return true
}

// messageWindow bounds links by Message-ID and recipient.
const messageWindow = 600 * second

// attach gives legs what the mailbox server said about them: first by the
// session that an answer names, then by Message-ID and recipient where no
// answer names one. What a failed attempt led to has no session in its answer.
func (m *mailboxes) attach(hops []*hop) {
	each := func(do func(*leg)) {
		for _, h := range hops {
			for _, l := range h.legs {
				do(l)
			}
		}
	}
	each(m.attachNamed)
	each(m.attachFitting)
	each(func(l *leg) {
		if l.status == Delivered && len(l.mailbox) > 0 {
			slices.SortStableFunc(l.mailbox, compareFacts)
			l.readMailbox(l.mailbox)
		}
		m.afterwards(l)
	})
}

func (m *mailboxes) attachNamed(l *leg) {
	for _, f := range l.tries {
		if id := sessionOf(f); id != "" {
			if s := m.inSession(id, l, f); s != nil && !s.used {
				l.stored(s, Exact)
			}
		}
	}
}

func (m *mailboxes) attachFitting(l *leg) {
	named := len(l.mailbox) > 0
	for _, f := range l.tries {
		if !maybeMailbox(f) || named && sessionOf(f) != "" {
			continue
		}
		for s := m.byMessageID(l, f); s != nil; s = m.byMessageID(l, f) {
			l.stored(s, Probable)
		}
	}
}

// maybeMailbox tells whether a delivery may have gone to a mailbox server of
// ours: its answer has no receipt of a queue.
func maybeMailbox(f *fact) bool {
	return f.next.len() == 0 && (f.part == "lmtp" || f.part == "pipe" || f.part == "virtual" || f.part == "" && isLocal(f) || strings.HasPrefix(f.reply, "delivered to command") || f.dialect != "postfix") &&
		strings.IndexByte(f.reply, '[') < 0
}

// sessionOf is the session of the mailbox server that a delivery names. The
// answer to LMTP is "250 2.0.0 <recipient> session Saved".
func sessionOf(f *fact) string {
	if f.dialect == "postfix" && f.sessions.first != "" {
		return f.sessions.first
	}
	text, ok := strings.CutSuffix(strings.TrimRight(f.reply, " "), " Saved")
	if !ok {
		return ""
	}
	i := strings.LastIndexByte(text, ' ')
	if i < 0 || strings.IndexByte(text[:i], '>') < 0 {
		return ""
	}
	return text[i+1:]
}

// inSession picks the recipient's part of a session.
func (m *mailboxes) inSession(id string, l *leg, try *fact) *session {
	var only *session
	n := 0
	for _, s := range m.bySession[baseSession(id)] {
		at := s.facts[0].time
		if at < try.time-linkWindow || at > try.time+linkWindow {
			continue
		}
		if l.is(s.facts[0].rcpts.first) && (s.full == id || !m.holds(id, l)) {
			return s
		}
		n++
		only = s
	}
	if n == 1 && only.full == id {
		return only
	}
	return nil
}

// holds tells whether a session with exactly this id has the recipient.
func (m *mailboxes) holds(id string, l *leg) bool {
	for _, s := range m.bySession[baseSession(id)] {
		if s.full == id && l.is(s.facts[0].rcpts.first) {
			return true
		}
	}
	return false
}

// byMessageID finds a delivery of the leg's message to its recipient that no
// session links, near an attempt.
func (m *mailboxes) byMessageID(l *leg, try *fact) *session {
	window := linkWindow
	if try.status == event.StatusDelivered && len(l.mailbox) == 0 {
		window = messageWindow
	}
	for _, mid := range l.hop.mids.all() {
		for _, s := range m.byMessage[mid] {
			at := s.facts[0].time
			if !s.used && at >= try.time-window && at <= try.time+window && l.is(s.facts[0].rcpts.first) {
				return s
			}
		}
	}
	return nil
}

// is tells whether an address is the leg's, with or without an extension or
// the domain.
func (l *leg) is(address string) bool {
	if address == "" {
		return false
	}
	return sameMailbox(l.to, address) || sameMailbox(l.orig, address)
}

func sameMailbox(address, user string) bool {
	if address == "" {
		return false
	}
	if address == user {
		return true
	}
	local, domain, _ := strings.Cut(address, "@")
	if i := strings.IndexAny(local, "+"); i > 0 {
		local = local[:i]
	}
	userLocal, userDomain, whole := strings.Cut(user, "@")
	return local == userLocal && (!whole || domain == userDomain)
}

// stored takes over what the mailbox server said.
func (l *leg) stored(s *session, confidence Confidence) {
	s.used = true
	l.mailbox = append(l.mailbox, s.facts...)
	if l.status == Delivered {
		l.linked = weaker(l.linked, confidence)
	}
}

// readMailbox decides a leg by what the mailbox server did: that is the truth,
// whatever the mail server's line says. What was stored is not lost, whatever
// else a rule did with it.
func (l *leg) readMailbox(facts []*fact) {
	var stored, discarded, rejected *fact
	for _, f := range facts {
		switch f.status {
		case event.StatusDelivered:
			stored = f
			if f.folder != "" {
				l.folder = f.folder
			}
		case event.StatusForwarded:
			l.forwards = append(l.forwards, f)
		case event.StatusDiscarded:
			discarded = f
		case event.StatusRejected, event.StatusBounced:
			rejected = f
		}
	}
	switch {
	case stored != nil:
		l.status, l.by, l.decided = Delivered, ByUs, stored
	case rejected != nil && rejected.extra(extraSieve) == "": // the delivery program itself, which tells the sender
		l.status, l.by, l.decided, l.answered = Bounced, ByUs, rejected, rejected
	case rejected != nil:
		l.status, l.by, l.decided, l.answered = Bounced, ByRule, rejected, nil
	case len(l.forwards) > 0:
		l.status, l.by, l.decided = Delivered, ByRule, l.forwards[0]
	case discarded != nil:
		l.status, l.by, l.decided = Discarded, ByRule, discarded
	}
}

// afterwards gives a leg what happened to the message in its mailbox later.
func (m *mailboxes) afterwards(l *leg) {
	if len(l.mailbox) == 0 || l.status != Delivered {
		return
	}
	at := l.mailbox[len(l.mailbox)-1].time
	l.hop.mids.each(func(mid string) {
		for _, f := range m.access[mid] {
			user := f.rcpts.first
			if user == "" {
				user = f.rare().username
			}
			if f.time >= at && l.is(user) && len(l.later) < 50 {
				l.later = append(l.later, f)
			}
		}
	})
}

// weaker is the less sure of two marks.
func weaker(a, b Confidence) Confidence {
	rank := func(c Confidence) int {
		switch c {
		case Guess:
			return 2
		case Probable:
			return 1
		}
		return 0
	}
	if rank(b) > rank(a) {
		return b
	}
	return a
}
