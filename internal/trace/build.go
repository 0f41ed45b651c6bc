package trace

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"

	"rastro/internal/event"
	"rastro/internal/reply"
)

// key names the message that begins with a hop.
func (h *hop) key() string {
	id := h.id
	if id == "" {
		id = h.sessions.first
	}
	return h.host + "/" + h.dialect + "/" + id + "/" + strconv.FormatInt(h.first, 36)
}

// digest makes a short stable name.
func digest(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:8])
}

// builder turns paths and refusals into journeys.
type builder struct {
	book *reply.Book
	zone *time.Location
	// tls is the encryption of arrivals and attempts whose line does not say it.
	tls map[*fact]string
	// most is how many steps a journey gets.
	most int
	// What was made already.
	hops map[*hop]*aboutHop
	legs map[*leg]*aboutLeg
}

// journey describes one path.
func (b *builder) journey(p *path) Journey {
	root, last := p.legs[0], p.last()
	j := Journey{
		MessageKey: b.aboutHop(root.hop).key, Program: root.hop.dialect, Sender: root.hop.sender,
		Recipient: last.to, Status: last.status, By: last.by, Folder: last.folder, Confidence: Exact,
	}
	b.addresses(&j, p)
	b.origin(&j, root.hop)
	for i, l := range p.legs {
		b.passes(&j, p, i, l)
	}
	b.end(&j, p)
	if len(root.before) > 0 {
		before := b.about(root)
		j.Attempts += before.attempts
		before.ids.each(func(id string) { addOnce(&j.QueueIDs, id) })
		j.Confidence = weaker(j.Confidence, Probable)
		if at := stamp(before.first); at.Before(j.FirstTime) {
			j.FirstTime = at
		}
	}
	j.ID = digest(j.MessageKey, j.OriginalRecipient, j.Recipient, strconv.Itoa(len(p.legs)))
	j.shorten()
	b.related(&j, p)
	b.explain(&j, p)
	if b.most > 0 {
		j.Steps = b.stepsOf(p)
	}
	return j
}

func stamp(ns int64) time.Time { return time.Unix(0, ns).UTC() }

func (b *builder) addresses(j *Journey, p *path) {
	root := p.legs[0]
	given := root.orig
	if given == "" {
		given = root.to
	}
	if p.target != nil {
		j.Recipient = targetOf(p.target)
	}
	if j.Recipient == "" {
		j.Recipient = given
	}
	if given != j.Recipient {
		j.OriginalRecipient = given
	}
}

func (b *builder) origin(j *Journey, h *hop) {
	if c := h.client; c != nil {
		m := c.rare()
		j.ClientIP, j.ClientHost = c.clientIP, m.clientHost
	}
	a := b.aboutHop(h)
	j.Username, j.Helo = a.username, a.helo
	j.Subject, j.Size = h.subject, h.size
	j.FirstTime = stamp(h.first)
}

// passes takes over what one hop adds.
func (b *builder) passes(j *Journey, p *path, i int, l *leg) {
	h := l.hop
	addOnce(&j.QueueIDs, h.id)
	addOnce(&j.QueueIDs, l.envelope)
	h.ids.each(func(id string) { addOnce(&j.QueueIDs, id) })
	h.sessions.each(func(id string) { addOnce(&j.SessionIDs, id) })
	addOnce(&j.Hosts, h.host)
	if j.MessageID == "" && h.mids.first != "" {
		j.MessageID = "<" + h.mids.first + ">"
	}
	if j.Subject == "" {
		j.Subject = h.subject
	}
	if j.Size == 0 {
		j.Size = h.size
	}
	j.Confidence = weaker(weaker(j.Confidence, l.linked), h.sure())
	if i < len(p.edges) && p.edges[i] != nil {
		j.Confidence = weaker(j.Confidence, p.edges[i].confidence)
	}
	of := b.about(l)
	of.hosts.each(func(name string) { addOnce(&j.Hosts, name) })
	of.sessions.each(func(id string) { addOnce(&j.SessionIDs, id) })
	a := b.aboutHop(h)
	if a.spamVerdict != "" {
		j.SpamVerdict = a.spamVerdict
	}
	if a.spamScore != nil {
		j.SpamScore = a.spamScore
	}
	if at := stamp(of.last); at.After(j.LastTime) {
		j.LastTime = at
	}
}

func (h *hop) sure() Confidence {
	if h.confidence == "" {
		return Exact
	}
	return h.confidence
}

func addOnce(all *[]string, s string) { addUpTo(all, maxIDs, s) }

// addUpTo adds a string that is not empty and not there yet, unless there are
// enough.
func addUpTo(all *[]string, most int, s string) {
	if s != "" && len(*all) < most && !slices.Contains(*all, s) {
		*all = append(*all, s)
	}
}

// lastOf is the time of the last thing that happened to a leg.
func lastOf(l *leg) int64 {
	at := l.hop.first
	for _, facts := range [...][]*fact{l.tries, l.refused, l.mailbox, l.later} {
		for _, f := range facts {
			at = max(at, f.time)
		}
	}
	if l.decided != nil {
		at = max(at, l.decided.time)
	}
	return at
}

// end takes over how the last leg came to its end.
func (b *builder) end(j *Journey, p *path) {
	l := p.last()
	j.Attempts = l.attempts
	if f := l.answered; f != nil {
		j.SMTPCode, j.DSN, j.Reply = int64(f.code), f.dsn, f.reply
		j.RelayHost, j.RelayIP = f.relayHost, f.relayIP
		j.Stage = f.stage
	}
	if l.dsn != "" {
		j.DSN = l.dsn
	}
	if d := l.decided; d != nil {
		j.RemoteID = d.remote.first
		if d.rare().nextRetry != 0 && j.Status == Deferred {
			j.NextRetry = stamp(d.rare().nextRetry)
		}
	}
	if n := len(l.tries); n > 0 && j.RemoteID == "" {
		j.RemoteID = l.tries[n-1].remote.first
	}
	if j.Status == Rejected && l.decided != nil {
		j.Stage = l.decided.stage
	} else {
		j.Stage = ""
	}
	b.unlogged(j, l)
	if p.target != nil {
		j.Status, j.By = Accepted, ByRule
	}
	if p.lost != nil {
		j.Status, j.By = Accepted, ByUs
		addOnce(&j.QueueIDs, p.lost.id)
		addOnce(&j.Hosts, p.lost.host)
		j.Confidence = weaker(j.Confidence, Probable)
	}
	if b.aboutHop(l.hop).abandoned {
		j.Status, j.By = Abandoned, ByClient
	}
}

// unlogged adds answers that the log leaves out, though the programs' sources
// fix them: who takes a message says 250 (RFC 5321 4.3.2), Exim's notices give
// failures without a code the status 5.0.0.
func (b *builder) unlogged(j *Journey, l *leg) {
	switch j.Status {
	case Delivered, Held, Discarded, Quarantined:
		if j.Status != Delivered && l.hop.birth == nil {
			return
		}
		if j.SMTPCode == 0 && (j.DSN == "" || j.DSN[0] == '2') {
			j.SMTPCode = 250
			if j.DSN == "" && l.hop.dialect != "exim" && l.hop.dialect != "dovecot" {
				j.DSN = "2.0.0"
			}
		}
	case Bounced, Expired:
		if l.hop.dialect == "exim" && j.DSN == "" && j.SMTPCode == 0 && j.By != ByRule {
			j.DSN = "5.0.0"
		}
	}
}

// refused describes refusals of a message that never came into a queue.
func (b *builder) refused(r *refusal) Journey {
	first, last := r.facts[0], r.facts[len(r.facts)-1]
	j := Journey{
		Program: last.dialect, Sender: r.sender, Recipient: r.recipient, Status: Rejected, By: ByUs, Confidence: Exact,
		FirstTime: stamp(first.time), LastTime: stamp(last.time), Attempts: len(r.facts),
		SMTPCode: int64(last.code), DSN: last.dsn, Reply: last.reply, Stage: last.stage,
		ClientIP: last.clientIP, ClientHost: last.rare().clientHost, Helo: last.rare().helo, Username: last.rare().username,
		Subject: last.rare().subject, Size: last.size,
	}
	if first.mids.first != "" {
		j.MessageID = "<" + first.mids.first + ">"
	}
	if last.kind == event.TypeQueue { // held or dropped, and its queue id is not in the log
		j.Status, j.Confidence, j.Stage = Status(last.status), Probable, ""
	}
	if len(r.facts) > 1 {
		j.Confidence = Probable
	}
	for _, f := range r.facts {
		addOnce(&j.Hosts, f.host)
		f.sessions.each(func(s string) { addOnce(&j.SessionIDs, s) })
	}
	j.MessageKey = digest("refused", first.host, r.sender, r.recipient, strconv.FormatInt(first.time, 36), first.text)
	j.ID = j.MessageKey
	j.shorten()
	b.explainRefusal(&j, last)
	if b.most > 0 {
		j.Steps = b.steps(orderRefs(refusalRefs(r), b.most))
	}
	return j
}

// lower folds an address as events hold them.
func lower(s string) string { return strings.ToLower(s) }

// sortJourneys orders journeys by time, then by message and recipient.
func sortJourneys(all []Journey) {
	slices.SortFunc(all, func(a, b Journey) int {
		return cmp.Or(a.FirstTime.Compare(b.FirstTime), cmp.Compare(a.MessageKey, b.MessageKey),
			cmp.Compare(a.OriginalRecipient, b.OriginalRecipient), cmp.Compare(a.Recipient, b.Recipient), cmp.Compare(a.ID, b.ID))
	})
}
