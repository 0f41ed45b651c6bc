package trace

import (
	"cmp"
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
	no    int // its place among all
	facts []*fact
	used  bool
}

func (s *session) began() int64 { return s.facts[0].time }

// part is what one mailbox server's id, or a Message-ID, says about users of one
// name, whatever their domain.
type part struct{ id, name string }

// partsOf finds an address' parts of an id: the user's name may be with or
// without the extension.
func (l *leg) partsOf(id string) []part {
	var all []part
	for _, a := range [...]string{l.to, l.orig} {
		if a == "" {
			continue
		}
		local, _, _ := strings.Cut(a, "@")
		all = append(all, part{id, local})
		if i := strings.IndexByte(local, '+'); i > 0 {
			all = append(all, part{id, local[:i]})
		}
	}
	return all
}

// partOf is where a user's part of an id is found.
func partOf(id, user string) part {
	local, _, _ := strings.Cut(user, "@")
	return part{id, local}
}

// mailboxes finds deliveries into mailboxes by session, and by Message-ID
// where no session is told.
type mailboxes struct {
	all       []*session
	bySession map[string][]*session // without the mark of a further recipient
	byUser    map[part][]*session   // the same, by user
	byFull    map[part][]*session   // with the mark
	byMessage map[part][]*session
	access    map[part][]*fact // what happened to a Message-ID afterwards
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
	m := &mailboxes{
		bySession: map[string][]*session{}, byUser: map[part][]*session{}, byFull: map[part][]*session{},
		byMessage: map[part][]*session{}, access: map[part][]*fact{},
	}
	type key struct{ session, recipient, mid string }
	open := map[key]*session{}
	last := map[key]*session{} // by session and recipient alone
	for _, f := range facts {
		if f.dialect != "dovecot" {
			continue
		}
		if f.kind == event.TypeMailboxAccess {
			f.mids.each(func(id string) {
				k := partOf(id, f.user())
				m.access[k] = append(m.access[k], f)
			})
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
			s = &session{id: baseSession(k.session), full: k.session, host: f.host, no: len(m.all), facts: []*fact{f}}
			open[k], last[key{k.session, k.recipient, ""}] = s, s
			m.all = append(m.all, s)
			if s.id != "" {
				m.bySession[s.id] = append(m.bySession[s.id], s)
				base, full := partOf(s.id, k.recipient), partOf(s.full, k.recipient)
				m.byUser[base], m.byFull[full] = append(m.byUser[base], s), append(m.byFull[full], s)
			}
			s.learn(k.mid, m)
			continue
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
	k := partOf(mid, s.facts[0].rcpts.first)
	m.byMessage[k] = append(m.byMessage[k], s)
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

// first finds the earliest of the sessions for a leg near a time that fits.
func (l *leg) first(lists map[part][]*session, id string, at int64, fits func(*session) bool) *session {
	var best *session
	for _, p := range l.partsOf(id) {
		for _, s := range around(lists[p], at, (*session).began) {
			if best != nil && s.no >= best.no {
				break
			}
			if l.is(s.facts[0].rcpts.first) && fits(s) {
				best = s
				break
			}
		}
	}
	return best
}

// inSession picks the recipient's part of a session.
func (m *mailboxes) inSession(id string, l *leg, try *fact) *session {
	base := baseSession(id)
	near := func(s *session) bool { return s.began() >= try.time-linkWindow && s.began() <= try.time+linkWindow }
	lists, key := m.byUser, base
	if m.holds(id, l, try) {
		lists, key = m.byFull, id
	}
	if s := l.first(lists, key, try.time, near); s != nil {
		return s
	}
	var only *session
	for _, s := range around(m.bySession[base], try.time, (*session).began) {
		if !near(s) {
			continue
		}
		if only != nil {
			return nil
		}
		only = s
	}
	if only != nil && only.full == id {
		return only
	}
	return nil
}

// holds tells whether a session with exactly this id has the recipient.
func (m *mailboxes) holds(id string, l *leg, try *fact) bool {
	return l.first(m.byFull, id, try.time, func(*session) bool { return true }) != nil
}

// byMessageID finds a delivery of the leg's message to its recipient that no
// session links, near an attempt.
func (m *mailboxes) byMessageID(l *leg, try *fact) (found *session) {
	window := linkWindow
	if try.status == event.StatusDelivered && len(l.mailbox) == 0 {
		window = messageWindow
	}
	l.hop.mids.each(func(mid string) {
		if found == nil {
			found = l.first(m.byMessage, mid, try.time, func(s *session) bool {
				return !s.used && s.began() >= try.time-window && s.began() <= try.time+window
			})
		}
	})
	return found
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
	l.kept = stored != nil
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
		for _, p := range l.partsOf(mid) {
			all := m.access[p]
			from, _ := slices.BinarySearchFunc(all, at, func(f *fact, at int64) int { return cmp.Compare(f.time, at) })
			for _, f := range all[from:min(len(all), from+maxAccesses)] {
				if l.is(f.user()) && len(l.later) < maxLater {
					l.later = append(l.later, f)
				}
			}
		}
	})
	if len(l.later) > 1 {
		slices.SortStableFunc(l.later, compareFacts)
		l.later = slices.Compact(l.later)
	}
}

// maxLater bounds what is told of a message in its mailbox, maxAccesses what is
// looked through for it.
const maxLater, maxAccesses = 50, 1024

// user is whose mailbox a line is about.
func (f *fact) user() string { return cmp.Or(f.rcpts.first, f.rare().username) }

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
