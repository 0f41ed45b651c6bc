package trace

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"rastro/internal/event"
)

// maxSteps bounds the steps of one journey; a message that is tried for days
// keeps the first and the last ones.
const maxSteps = 200

// stepsOf lists what happened on a path, in order.
func (b *builder) stepsOf(p *path) []Step {
	var steps []Step
	for _, r := range p.legs[0].before {
		for _, s := range b.refusalSteps(r) {
			s.Confidence, s.Link = Probable, "same sender and recipient, accepted later"
			steps = append(steps, s)
		}
	}
	sure, link := Exact, ""
	for i, l := range p.legs {
		if e := p.edges[i]; e != nil {
			sure, link = weaker(sure, e.confidence), linkWords(e)
		}
		for _, s := range b.legSteps(l, sure, link) {
			s.place += (i + 1) * (int(orderRemove) + 1)
			steps = append(steps, s)
		}
	}
	return b.orderSteps(steps)
}

func (b *builder) orderSteps(steps []Step) []Step {
	slices.SortStableFunc(steps, func(a, c Step) int { return cmp.Or(a.Time.Compare(c.Time), cmp.Compare(a.place, c.place)) })
	if n := len(steps); n > maxSteps {
		steps = slices.Concat(steps[:maxSteps/2], steps[n-maxSteps/2:])
	}
	return steps
}

// linkWords says by what a hop is linked to the one before.
func linkWords(e *edge) string {
	switch e.kind {
	case requeued:
		return "orig_id"
	case relayed:
		switch e.confidence {
		case Exact:
			return "the id in the answer is one of our queue"
		case Guess:
			return "same sender and recipient within seconds"
		}
		return "same Message-ID and recipient"
	case forwarded:
		return "forwarded as"
	case redirected:
		return "same Message-ID, sent to the target of the rule"
	}
	if e.confidence == Probable {
		return "only one recipient"
	}
	return "queue id of the message before"
}

// legSteps lists the steps of one leg.
func (b *builder) legSteps(l *leg, sure Confidence, link string) []Step {
	var steps []Step
	add := func(f *fact, sure Confidence, link string) {
		s := b.step(f)
		s.Confidence, s.Link = sure, link
		steps = append(steps, s)
	}
	for _, f := range l.hop.facts {
		if l.concerns(f) {
			add(f, sure, link)
		}
	}
	for _, f := range l.refused {
		if !slices.Contains(l.hop.facts, f) {
			add(f, weaker(sure, l.linked), "same process and client")
		}
	}
	for _, f := range l.hop.checks {
		if f.kind != event.TypeContentCheck {
			continue
		}
		if f.rcpts.len() == 0 || f.rcpts.has(l.to) || f.rcpts.has(l.orig) || l.to == "" {
			add(f, sure, "queue id")
		}
	}
	for _, f := range l.mailbox {
		how := "LMTP session"
		if l.linked != Exact {
			how = "same Message-ID and recipient"
		}
		add(f, weaker(sure, l.linked), how)
	}
	for _, f := range l.elsewhere {
		add(f, weaker(sure, Probable), "the same answer to the same sender and recipient")
	}
	for _, f := range l.failures {
		add(f, weaker(sure, Probable), "a server of the recipient's domain, before the attempt")
	}
	for _, f := range l.later {
		add(f, weaker(sure, Probable), "same Message-ID in the same mailbox")
	}
	return steps
}

// concerns tells whether a fact of the hop is about this recipient.
func (l *leg) concerns(f *fact) bool {
	if f.dialect == "elemta" {
		return elemtaConcerns(l, f)
	}
	if isTry(f) {
		return slices.Contains(l.tries, f) || isAutoReply(f.extra(extraDestination)) && (f.rcpts.has(l.to) || f.rcpts.has(l.orig))
	}
	if l.aboutAnother(f) {
		return false
	}
	if f.kind == event.TypeRejection && stageOf(f) == stageRecipient {
		return slices.Contains(l.refused, f)
	}
	if f.envelope != "" && l.envelope != "" {
		return f.envelope == l.envelope
	}
	return true
}

// refusalSteps lists the refusals before the queue and what policy servers
// said.
func (b *builder) refusalSteps(r *refusal) []Step {
	var steps []Step
	for _, f := range r.facts {
		s := b.step(f)
		s.Confidence = Exact
		steps = append(steps, s)
	}
	for _, f := range r.checks {
		s := b.step(f)
		s.Confidence, s.Link = Probable, "same client, sender and recipient within seconds"
		steps = append(steps, s)
	}
	return b.orderSteps(steps)
}

// step describes one fact.
func (b *builder) step(f *fact) Step {
	m := f.rare()
	s := Step{
		Time: stamp(f.time), Host: f.host, Program: f.program, QueueID: f.qid, SessionID: f.sessions.first,
		Status: f.status, SMTPCode: int64(f.code), DSN: f.dsn, Reply: f.reply, RelayHost: f.relayHost, RelayIP: f.relayIP,
		RelayPort: int64(f.relayPort), TLS: m.tls, Folder: f.folder, Line: f.line, EventID: f.id(),
		Seconds: seconds(f.delay), Queued: seconds(f.delayQueue), Connect: seconds(f.delayConnect), Transmit: seconds(f.delayTransmit),
		Confidence: Exact, place: int(f.order),
	}
	if s.Program == "" {
		s.Program = f.dialect
	}
	if s.TLS == "" {
		s.TLS = b.tls[f]
	}
	s.Kind, s.Text = b.stepWords(f)
	s.Problem = isProblem(f)
	return s
}

// seconds gives a number as the line wrote it: a float32 holds four decimals
// of a day.
func seconds(n float32) *float64 {
	if n != n { // absent
		return nil
	}
	exact, err := strconv.ParseFloat(strconv.FormatFloat(float64(n), 'g', -1, 32), 64)
	if err != nil {
		return nil
	}
	return &exact
}

// isProblem tells whether a person looks for this step.
func isProblem(f *fact) bool {
	switch f.status {
	case event.StatusDeferred, event.StatusBounced, event.StatusExpired, event.StatusRejected, event.StatusDiscarded,
		event.StatusHeld, event.StatusQuarantined:
		return true
	}
	return f.success < 0 || isRouteFailure(f)
}

// stepWords says what kind of step a fact is, and names it.
func (b *builder) stepWords(f *fact) (kind string, text Words) {
	host := b.nameOr(f.host, "us")
	values := []string{"host", host, "relay", b.relay(f.relayHost, f.relayIP), "folder", f.folder,
		"stage", both(sentences["stage"][f.stage]), "next", strings.Join(f.next.all(), ", "), "target", f.extra(extraForwarded)}
	named := func(kind, name string) (string, Words) { return kind, say("step", name, values...) }
	if f.dialect == "elemta" {
		if kind, text, ok := elemtaStep(f); ok {
			return kind, text
		}
	}
	switch {
	case f.dialect == "dovecot":
		kind, name := mailboxStep(f)
		if name == "mailbox" {
			return kind, say("step", name, "what", quote(mailboxDeed(f)))
		}
		return named(kind, name)
	case f.dialect == "filters" || f.kind == event.TypeContentCheck:
		return "checked", b.checkWords(f)
	case f.kind == event.TypeRejection:
		if temporary(f) {
			return named("refused", "deferred_client")
		}
		return named("refused", "refused")
	case isRouteFailure(f):
		return named("connection", "unconnected")
	case isBirth(f):
		return b.received(f, host)
	case f.kind == event.TypeReception:
		return named("received", "content")
	case isNotice(f):
		return named("notice", "notice")
	case f.kind == event.TypeDelivery || f.kind == event.TypeQueue:
		if kind, name := queueStep(f); name != "" {
			if kind == "attempt" && f.relayHost == "" && f.relayIP == "" && isLocal(f) {
				name += "_here"
			}
			return named(kind, name)
		}
	}
	return "other", say("step", "other", "host", host, "text", quote(f.text))
}

func (b *builder) received(f *fact, host string) (string, Words) {
	m := f.rare()
	client := f.clientIP
	if m.clientHost != "" && m.clientHost != "unknown" {
		client = m.clientHost + " [" + f.clientIP + "]"
	}
	if client == "" {
		return "received", say("step", "received_local", "host", host)
	}
	return "received", say("step", "received", "host", host, "client", client)
}

// queueStep names what happens in and out of a queue.
func queueStep(f *fact) (kind, name string) {
	if isAutoReply(f.extra(extraDestination)) {
		return "notice", "answered_here"
	}
	if f.extra(extraAction) == "cancelled" {
		return "removed", "cancelled"
	}
	switch f.status {
	case event.StatusDelivered, event.StatusDeferred, event.StatusBounced:
		return "attempt", f.status
	case event.StatusForwarded:
		return "forwarded", "forwarded"
	case event.StatusExpired:
		return "expired", "expired"
	case event.StatusHeld:
		return "held", "held"
	case event.StatusQuarantined:
		return "held", "quarantined"
	case event.StatusDiscarded:
		if f.part == "postsuper" || f.extra(extraAction) == "removed" {
			return "removed", "removed_operator"
		}
		return "removed", "discarded"
	}
	switch action := f.extra(extraAction); {
	case action == "released":
		return "released", "released"
	case action == "requeued":
		return "requeued", "requeued"
	case isRemoval(f):
		return "removed", "removed"
	case f.sender != "":
		return "queued", "queued"
	}
	return "", ""
}

// mailboxStep names what a mailbox server did.
func mailboxStep(f *fact) (kind, name string) {
	if f.kind == event.TypeMailboxAccess {
		return "mailbox", "mailbox"
	}
	if f.extra(extraSieve) == "vacation" {
		return "notice", "mailbox_vacation"
	}
	switch f.status {
	case event.StatusDelivered:
		if f.folder == "" {
			return "stored", "stored_plain"
		}
		return "stored", "stored"
	case event.StatusForwarded:
		return "forwarded", "mailbox_forward"
	case event.StatusDiscarded:
		return "removed", "mailbox_discard"
	case event.StatusRejected, event.StatusBounced:
		return "refused", "mailbox_reject"
	}
	if f.success < 0 {
		return "attempt", "mailbox_failed"
	}
	return "mailbox", "mailbox"
}

// mailboxDeed is what a line of a mailbox server says behind its prefix.
func mailboxDeed(f *fact) string {
	_, deed, ok := strings.Cut(f.text, ">: ")
	if !ok {
		return f.text
	}
	return deed
}

// checkWords says what a filter found.
func (b *builder) checkWords(f *fact) Words {
	m := f.rare()
	verdict := m.spamVerdict
	if m.virus != "" {
		verdict = cmp.Or(verdict, "virus") + " " + m.virus
	}
	if verdict == "" {
		verdict = quote(strings.TrimPrefix(f.text, f.qid+": "))
	}
	filter := f.part
	if f.dialect != "filters" {
		filter = b.nameOr(f.host, "us")
	}
	return say("step", "checked", "filter", cmp.Or(filter, both(say("name", "filter"))), "verdict", verdict)
}
