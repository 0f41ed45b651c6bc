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

// stepRef is a fact that becomes a step.
type stepRef struct {
	*fact
	how   stepLink
	sure  Confidence
	link  string
	place int
}

// stepLink says why a step belongs to a leg.
type stepLink uint8

const (
	ofHop stepLink = iota
	ofDialogue
	ofFilter
	ofMailbox
	ofOtherServer
	ofRoute
	ofLater
	ofRefusal
	ofPolicy
)

// stepsOf lists what happened on a path, in order.
func (b *builder) stepsOf(p *path) []Step {
	refs := slices.Clone(b.about(p.legs[0]).before)
	for i := range refs {
		refs[i].sure, refs[i].link = Probable, "same sender and recipient, accepted later"
	}
	sure, link := Exact, ""
	for i, l := range p.legs {
		if e := p.edges[i]; e != nil {
			sure, link = weaker(sure, e.confidence), linkWords(e)
		}
		for _, r := range b.about(l).refs {
			r.sure, r.link = r.how.words(l, sure, link)
			r.place += (i + 1) * (int(orderRemove) + 1)
			refs = append(refs, r)
		}
	}
	return b.steps(wholeSeconds(orderRefs(refs, b.most)))
}

// words are how sure the step is, and by what it is linked.
func (how stepLink) words(l *leg, sure Confidence, link string) (Confidence, string) {
	switch how {
	case ofDialogue:
		return weaker(sure, l.linked), "same process and client"
	case ofFilter:
		return sure, "queue id"
	case ofMailbox:
		if l.linked != Exact {
			return weaker(sure, l.linked), "same Message-ID and recipient"
		}
		return weaker(sure, l.linked), "LMTP session"
	case ofOtherServer:
		return weaker(sure, Probable), "the same answer to the same sender and recipient"
	case ofRoute:
		return weaker(sure, Probable), "a server of the recipient's domain, before the attempt"
	case ofLater:
		return weaker(sure, Probable), "same Message-ID in the same mailbox"
	}
	return sure, link
}

// orderRefs brings steps in order and leaves out the middle of too many.
func orderRefs(refs []stepRef, most int) []stepRef {
	slices.SortStableFunc(refs, func(a, c stepRef) int { return cmp.Or(cmp.Compare(a.time, c.time), cmp.Compare(a.place, c.place)) })
	if n := len(refs); n > most {
		refs = slices.Concat(refs[:most/2], refs[n-most/2:])
	}
	return refs
}

func (b *builder) steps(refs []stepRef) []Step {
	if len(refs) == 0 {
		return nil
	}
	steps := make([]Step, 0, len(refs))
	for _, r := range refs {
		s := b.step(r.fact)
		s.Confidence, s.Link = r.sure, r.link
		steps = append(steps, s)
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

// legRefs lists what happened to one leg.
func legRefs(l *leg) []stepRef {
	var refs []stepRef
	add := func(f *fact, how stepLink) { refs = append(refs, stepRef{fact: f, how: how, place: int(f.order)}) }
	facts, tries, refused := l.hop.facts, setOf(l.tries), setOf(l.refused)
	if w := l.hop.wideFacts(); w != nil {
		facts = w.telling.about(l, l.tries, l.refused)
	}
	for _, f := range facts {
		if l.concerns(f, tries, refused) {
			add(f, ofHop)
		}
	}
	for _, f := range l.refused {
		if f.qid == "" && f.dialect != "elemta" { // else it is one of the hop's
			add(f, ofDialogue)
		}
	}
	for _, f := range l.checksOf() {
		if f.kind != event.TypeContentCheck {
			continue
		}
		if f.rcpts.len() == 0 || f.rcpts.has(l.to) || f.rcpts.has(l.orig) || l.to == "" {
			add(f, ofFilter)
		}
	}
	for _, f := range l.mailbox {
		add(f, ofMailbox)
	}
	for _, f := range l.elsewhere {
		add(f, ofOtherServer)
	}
	for _, f := range l.failures {
		add(f, ofRoute)
	}
	for _, f := range l.later {
		add(f, ofLater)
	}
	return orderRefs(refs, maxSteps)
}

// concerns tells whether a fact of the hop is about this recipient.
func (l *leg) concerns(f *fact, tries, refused factSet) bool {
	if f.dialect == "elemta" {
		return elemtaConcerns(l, f)
	}
	if isTry(f) {
		return tries.has(f) || isAutoReply(f.extra(extraDestination)) && (f.rcpts.has(l.to) || f.rcpts.has(l.orig))
	}
	if l.aboutAnother(f) {
		return false
	}
	if f.kind == event.TypeRejection && stageOf(f) == stageRecipient {
		return refused.has(f)
	}
	if f.envelope != "" && l.envelope != "" {
		return f.envelope == l.envelope
	}
	return true
}

// refusalRefs lists the refusals before the queue and what policy servers
// said.
func refusalRefs(r *refusal) []stepRef {
	var refs []stepRef
	for _, f := range r.facts {
		refs = append(refs, stepRef{fact: f, how: ofRefusal, sure: Exact, place: int(f.order)})
	}
	for _, f := range r.checks {
		refs = append(refs, stepRef{fact: f, how: ofPolicy, sure: Probable, link: "same client, sender and recipient within seconds", place: int(f.order)})
	}
	return orderRefs(refs, maxSteps)
}

// step describes one fact.
func (b *builder) step(f *fact) Step {
	m := f.rare()
	s := Step{
		Time: stamp(f.time), Host: f.host, Program: f.program, QueueID: f.qid, SessionID: f.sessions.first,
		Status: f.status, SMTPCode: int64(f.code), DSN: f.dsn, Reply: shown(f.reply, maxLine), RelayHost: f.relayHost, RelayIP: f.relayIP,
		RelayPort: int64(f.relayPort), TLS: m.tls, Folder: f.folder, Line: shown(f.line, maxLine), EventID: f.id(),
		Seconds: seconds(f.delay), Queued: seconds(f.delayQueue), Connect: seconds(f.delayConnect), Transmit: seconds(f.delayTransmit),
		Confidence: Exact,
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
