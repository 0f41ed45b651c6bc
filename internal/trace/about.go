package trace

import "strings"

// What is the same for all journeys that go through a hop or a leg is made
// once: a message may have a hundred thousand recipients.

// aboutHop is what a hop gives to all its journeys.
type aboutHop struct {
	key            string // the message's that begins with it
	abandoned      bool
	username, helo string
	spamVerdict    string
	spamScore      *float64
	notices        []*edge // messages about this one, in order
	failures       []int64 // when recipients failed, in order
	replies        []*fact // Exim's automatic replies, in order
}

// aboutLeg is what a leg gives to all its journeys.
type aboutLeg struct {
	refs   []stepRef
	before []stepRef // refusals before it was accepted
	last   int64
	// What the mailbox server and others told of it.
	hosts, sessions list
	notices         []Related
	attempts        int // of the refusals before
	ids             list
	first           int64 // of them, 0 where there are none
}

// maxAbout bounds what a builder remembers.
const maxAbout = 4096

func (b *builder) aboutHop(h *hop) *aboutHop {
	if a := b.hops[h]; a != nil {
		return a
	}
	if b.hops == nil || len(b.hops) >= maxAbout {
		b.hops = map[*hop]*aboutHop{}
	}
	a := &aboutHop{key: digest(h.key()), abandoned: h.abandoned()}
	if c := h.client; c != nil {
		m := c.rare()
		a.username, a.helo = m.username, m.helo
	}
	for _, f := range h.facts {
		m := f.rare()
		if a.username == "" {
			a.username = m.username
		}
		if a.helo == "" {
			a.helo = m.helo
		}
	}
	for _, f := range h.checks {
		m := f.rare()
		if m.spamVerdict != "" {
			a.spamVerdict = m.spamVerdict
		}
		if m.spamScore == m.spamScore { // a number
			score := m.spamScore
			a.spamScore = &score
		}
	}
	a.gatherNotices(h)
	b.hops[h] = a
	return a
}

func (b *builder) about(l *leg) *aboutLeg {
	if a := b.legs[l]; a != nil {
		return a
	}
	if b.legs == nil || len(b.legs) >= maxAbout {
		b.legs = map[*leg]*aboutLeg{}
	}
	a := &aboutLeg{last: lastOf(l), notices: b.notices(l)}
	for _, f := range l.mailbox {
		a.hosts.addUpTo(maxIDs, f.host)
		a.sessions.addUpTo(maxIDs, f.sessions.first)
	}
	for _, f := range l.elsewhere {
		a.hosts.addUpTo(maxIDs, f.host)
	}
	for _, r := range l.before {
		a.attempts += len(r.facts)
		for _, f := range r.facts {
			a.ids.addUpTo(maxIDs, f.qid)
		}
		if a.first == 0 || r.first < a.first {
			a.first = r.first
		}
	}
	if b.most > 0 {
		a.refs = legRefs(l)
		for _, r := range l.before {
			a.before = append(a.before, refusalRefs(r)...)
		}
		a.before = orderRefs(a.before, maxSteps)
	}
	b.legs[l] = a
	return a
}

// Bounds of what a journey shows, since strangers write it and each recipient
// is told of it again.
const (
	maxLine = 4096 // bytes of a line, and of an answer
	maxName = 1024 // bytes of any other value; an address has up to 320
	maxIDs  = 64   // ids of one kind
)

// shown cuts what is too long to be shown.
func shown(s string, most int) string {
	if len(s) <= most {
		return s
	}
	cut := most
	for cut > 0 && s[cut]&0xc0 == 0x80 {
		cut--
	}
	return strings.Clone(s[:cut]) + "…"
}

// shorten cuts the values of a journey that are too long.
func (j *Journey) shorten() {
	j.Reply = shown(j.Reply, maxLine)
	for _, s := range [...]*string{
		&j.Sender, &j.Recipient, &j.OriginalRecipient, &j.MessageID, &j.RemoteID, &j.ClientHost, &j.Helo, &j.Username,
		&j.Subject, &j.RelayHost, &j.Folder,
	} {
		*s = shown(*s, maxName)
	}
}
