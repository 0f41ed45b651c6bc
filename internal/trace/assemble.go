package trace

import (
	"context"
	"time"

	"rastro/internal/event"
	"rastro/internal/reply"
)

// Assembler gathers events and makes journeys of them, without a store. It is
// for one goroutine; Merge brings several together.
type Assembler struct {
	book    *reply.Book
	facts   []*fact
	covered covered
	heads   heads
	block   []fact // facts are made in blocks: one allocation for many
}

// factBlock is how many facts are made at a time.
const factBlock = 512

// NewAssembler makes an empty Assembler. A nil book means the built-in one.
func NewAssembler(book *reply.Book) *Assembler {
	if book == nil {
		book = reply.Default()
	}
	return &Assembler{book: book, heads: heads{}}
}

// Add takes an event; the event may be used again afterwards, its strings are
// kept.
func (a *Assembler) Add(e *event.Event) {
	if len(a.block) == 0 {
		a.block = make([]fact, factBlock)
	}
	a.covered.add(e.Str(event.Host), e.Time)
	f := &a.block[0]
	if factOf(e, f, a.heads); !matters(f) {
		return
	}
	a.block = a.block[1:]
	a.facts = append(a.facts, f)
}

// matters tells whether a journey can use a fact.
func matters(f *fact) bool {
	switch f.kind {
	case event.TypeUnparsed:
		return false
	case event.TypeSystem, event.TypeError:
		return f.qid != "" || f.dialect == "elemta" || f.kind == event.TypeError && f.dialect == "dovecot"
	case event.TypeConnection, event.TypeCommand:
		return f.qid != "" || f.sessions.len() > 0 || f.rare().tls != "" || isHangup(f)
	case event.TypeAuthentication:
		return f.dialect == "elemta"
	case event.TypeMailboxAccess:
		return f.mids.len() > 0
	}
	return true
}

// Merge takes everything out of other.
func (a *Assembler) Merge(other *Assembler) {
	a.facts = append(a.facts, other.facts...)
	a.covered.merge(&other.covered)
	other.facts, other.block, other.covered = nil, nil, covered{}
}

// Answer assembles the journeys that fit the question, the newest first. The
// error is that of ctx; the Assembler cannot be used any more then.
func (a *Assembler) Answer(ctx context.Context, q Question) (Answer, error) {
	m, err := a.modelWithin(ctx)
	if err != nil {
		return Answer{}, err
	}
	answer := Answer{Query: q.Query.understood()}
	if answer.Journeys, answer.More, err = m.pick(ctx, q); err != nil {
		return Answer{}, err
	}
	if another, ok := q.Query.another(); ok && len(answer.Journeys) == 0 {
		q.Query = another
		answer.Query = another.understood()
		if answer.Journeys, answer.More, err = m.pick(ctx, q); err != nil {
			return Answer{}, err
		}
	}
	if len(answer.Journeys) == 0 {
		answer.NotFound = a.notFound(q)
	}
	return answer, nil
}

// Each assembles and hands out the journeys one by one, the oldest first;
// visit's error ends it, and that of ctx. The Assembler cannot be used any more
// after the latter.
func (a *Assembler) Each(ctx context.Context, q Question, visit func(*Journey) error) error {
	m, err := a.modelWithin(ctx)
	if err != nil {
		return err
	}
	found := false
	err = m.each(ctx, q, func(j *Journey) error {
		found = true
		return visit(j)
	})
	if another, ok := q.Query.another(); ok && !found && err == nil {
		q.Query = another
		return m.each(ctx, q, visit)
	}
	return err
}

// modelWithin makes the model, and does not wait for it longer than ctx: to sort
// and link many millions of lines takes many seconds.
func (a *Assembler) modelWithin(ctx context.Context) (*model, error) {
	made := make(chan *model, 1)
	go func() { made <- a.model() }()
	select {
	case m := <-made:
		return m, ctx.Err()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// model orders the facts and links them. The facts are the model's then.
func (a *Assembler) model() *model {
	m := newModel(a.book, a.facts, a.covered.until)
	a.facts = m.facts
	return m
}

// model is everything the facts tell, linked.
type model struct {
	book      *reply.Book
	facts     []*fact
	hops      []*hop
	infer     *inferrer
	refusals  []*refusal
	mailboxes *mailboxes
	horizon   func(host string) int64
	tls       map[*fact]string // encryption of arrivals and attempts
}

// newModel links facts. horizon says up to which time a host's log is known, in
// nanoseconds; 0 if it is not.
func newModel(book *reply.Book, facts []*fact, horizon func(host string) int64) *model {
	m := &model{book: book, facts: sortFacts(facts), horizon: horizon}
	born := newBirths(m.facts)
	born.adopt(m.facts)
	born.cutOff(m.facts)
	m.hops = buildHops(m.facts)
	m.hops = append(m.hops, elemtaHops(m.facts)...)
	links := newLinker(m.hops)
	links.link()
	links.attachChecks(m.facts)
	m.mailboxes = newMailboxes(m.facts)
	m.mailboxes.attach(m.hops)
	m.infer = newInferrer(m.hops)
	routes := newUnreached(m.facts)
	for _, h := range m.hops {
		for _, l := range h.legs {
			routes.explain(l)
			m.infer.mailboxAnswers(l)
		}
		m.infer.openSMTPDNotices(h)
		m.infer.resumed(h)
	}
	m.stillQueued()
	eximTakenLater(m.hops)
	m.tls = encrypt(m.facts)
	m.refusals = gatherRefusals(m.facts)
	attachPolicy(m.refusals, m.facts)
	m.refusals = toldTwice(m.refusals, m.hops)
	m.refusals = born.sameTransaction(acceptedLater(m.refusals, m.hops), m.hops)
	putOffBefore(m.hops)
	return m
}

// patience is how long a message may be in a queue without a line about it
// before it is said to wait there.
const patience = 60 * second

// stillQueued says of messages that were taken, and neither tried nor removed
// though the server's log goes on, that they wait in the queue.
func (m *model) stillQueued() {
	for _, h := range m.hops {
		if h.death != nil || h.probe || h.abandoned() || len(h.children) > 0 {
			continue
		}
		if until := m.horizon(h.host); until == 0 || until-h.last < patience {
			continue
		}
		if h.birth == nil {
			h.silent = h.notice
			continue
		}
		for _, l := range h.legs {
			if l.status == Accepted && l.decided == nil && len(l.tries) == 0 && len(l.mailbox) == 0 {
				l.status, l.by, l.linked = Deferred, ByUs, weaker(l.linked, Probable)
			}
		}
	}
}

// group is all journeys of one message, or of one refusal.
type group struct {
	root    *hop
	refusal *refusal
	alone   *session
	first   int64
}

// groups lists the messages in order of time.
func (m *model) groups() []group {
	var all []group
	m.claimRedirects()
	adrift(m.hops)
	for _, h := range m.hops {
		if h.isMessage() && !h.isTalk() && !h.continued && !h.probe && !(h.notice && h.unsent()) {
			all = append(all, group{root: h, first: h.first})
		}
	}
	for _, r := range m.refusals {
		all = append(all, group{refusal: r, first: r.first})
	}
	for _, s := range m.mailboxes.all {
		if !s.used {
			all = append(all, group{alone: s, first: s.facts[0].time})
		}
	}
	sortGroups(all)
	return all
}

// isMessage tells whether there was a message at all: Sendmail gives every
// dialogue an id, scanners' included.
func (h *hop) isMessage() bool {
	return h.birth != nil || h.sender != "" || h.mids.len() > 0 || len(h.legs) > 0
}

// claimRedirects marks the hops that go on with a message which a mailbox sent
// on, so that they do not stand alone.
func (m *model) claimRedirects() {
	for _, h := range m.hops {
		for _, l := range h.legs {
			for _, f := range l.forwards {
				if c := m.infer.redirect(l, f, targetOf(f)); c != nil {
					join(edge{from: h, to: c, kind: redirected, via: f, confidence: Probable})
				}
			}
		}
	}
}

// journeys makes the journeys of one group.
func (m *model) journeys(b *builder, g group) []Journey {
	switch {
	case g.refusal != nil:
		return []Journey{b.refused(g.refusal)}
	case g.alone != nil:
		return []Journey{b.mailboxOnly(g.alone)}
	}
	w := newWalker(g.root)
	for _, l := range g.root.legs {
		w.follow(path{legs: []*leg{l}, edges: []*edge{nil}})
	}
	if len(g.root.legs) == 0 {
		l := &leg{hop: g.root, linked: Exact, state: state{status: Accepted, by: ByUs}}
		l.settle()
		w.beyond(l)
	}
	all := make([]Journey, 0, len(w.found))
	defer func(most int) { b.most = most }(b.most)
	b.most = min(b.most, stepsFor(len(w.found)))
	for i := range w.found {
		all = append(all, b.journey(&w.found[i]))
	}
	countRecipients(all)
	return all
}

// stepsFor is how many steps the journeys of a message to many may have: what
// is about the whole message is told to each.
func stepsFor(journeys int) int {
	const all, least = 20_000, 20
	return max(least, min(maxSteps, all/max(1, journeys)))
}

// countRecipients tells each journey how the message fared as a whole.
func countRecipients(all []Journey) {
	counts := map[Status]int{}
	for i := range all {
		counts[all[i].Status]++
	}
	for i := range all {
		all[i].Recipients = counts
	}
}

// each builds the journeys that fit a question in order of time.
func (m *model) each(ctx context.Context, q Question, visit func(*Journey) error) error {
	b := &builder{book: m.book, zone: q.Zone, tls: m.tls}
	if !q.NoSteps {
		b.most = maxSteps
	}
	if b.zone == nil {
		b.zone = time.UTC
	}
	for _, g := range m.groups() {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		journeys := m.journeys(b, g)
		for i := range journeys {
			if !q.fits(&journeys[i]) {
				continue
			}
			if err := visit(&journeys[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// pick gathers the newest journeys that fit. It keeps not many more than are
// wanted.
func (m *model) pick(ctx context.Context, q Question) (picked []Journey, more bool, err error) {
	newest := func() {
		sortJourneys(picked)
		reverseMessages(picked)
		if q.Limit > 0 && len(picked) > q.Limit {
			clear(picked[q.Limit:])
			picked, more = picked[:q.Limit], true
		}
	}
	err = m.each(ctx, q, func(j *Journey) error {
		if picked = append(picked, *j); q.Limit > 0 && len(picked) >= 4*q.Limit+1000 {
			newest()
		}
		return ctx.Err()
	})
	newest()
	return picked, more, err
}

// reverseMessages puts the newest message first and keeps the order of its
// recipients.
func reverseMessages(all []Journey) {
	for i, j := 0, len(all)-1; i < j; i, j = i+1, j-1 {
		all[i], all[j] = all[j], all[i]
	}
	for i := 0; i < len(all); {
		j := i + 1
		for j < len(all) && all[j].MessageKey == all[i].MessageKey {
			j++
		}
		for a, b := i, j-1; a < b; a, b = a+1, b-1 {
			all[a], all[b] = all[b], all[a]
		}
		i = j
	}
}
