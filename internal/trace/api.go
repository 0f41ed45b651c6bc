package trace

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"rastro/internal/auth"
	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/reply"
	"rastro/internal/search"
)

// Options are the rooms of a Tracer.
type Options struct {
	Searcher *search.Searcher
	// Book returns the dictionary in force; nil means the built-in one.
	Book func() *reply.Book
}

// Tracer answers from a store. It is safe for concurrent use.
type Tracer struct{ opts Options }

// New makes a Tracer.
func New(opts Options) *Tracer {
	if opts.Book == nil {
		opts.Book = reply.Default
	}
	return &Tracer{opts: opts}
}

// Bounds of one question to a store.
const (
	// seedLimit is how many events that name what is looked for are read, the
	// newest first.
	seedLimit = 2000
	// gatherLimit is how many events one question may gather.
	gatherLimit = 50_000
	// maxRounds bounds how often new ids lead to further events: a chain of
	// filters and servers is rarely longer than four.
	maxRounds = 8
	// sharedLimit is how many queue ids a Message-ID may have before it is
	// taken for one that a program gives to everything.
	sharedLimit = 200
	// before and after are how far from an event its message's other events
	// may be: mail waits up to five days, and notices come after that.
	before = 6 * 24 * time.Hour
	after  = 6 * 24 * time.Hour
)

// Trace finds the journeys that fit the question, as far as the scope reaches.
func (t *Tracer) Trace(ctx context.Context, scope auth.Scope, q Question) (Answer, error) {
	if q.Limit <= 0 {
		q.Limit = DefaultLimit
	}
	if q.Now.IsZero() {
		q.Now = t.opts.Searcher.Now()
	}
	g := &gathering{searcher: t.opts.Searcher, scope: scope, question: &q, seen: map[uint64]bool{}, heads: heads{}, asked: map[string]bool{}}
	if err := g.seeds(ctx); err != nil {
		return Answer{}, err
	}
	if err := g.expand(ctx); err != nil {
		return Answer{}, err
	}
	m := newModel(t.opts.Book(), g.facts, func(string) int64 { return q.Now.UnixNano() })
	answer := Answer{Query: q.Query.understood(), Partial: g.partial, Reasons: g.reasons}
	answer.Journeys, answer.More = m.pick(q)
	answer.More = answer.More || g.more
	if len(answer.Journeys) == 0 {
		nothing, err := t.notFound(ctx, scope, q)
		if err != nil {
			return Answer{}, err
		}
		answer.NotFound = nothing
	}
	return answer, nil
}

// gathering is the search for all events of the messages that a question is
// about.
type gathering struct {
	searcher *search.Searcher
	scope    auth.Scope
	question *Question
	facts    []*fact
	seen     map[uint64]bool
	heads    heads
	asked    map[string]bool // ids that were looked for already
	fresh    []*fact         // facts of the last round
	min, max int64
	more     bool
	partial  bool
	reasons  []string
}

// seeds finds the events that name what is looked for.
func (g *gathering) seeds(ctx context.Context) error {
	filters := make([]query.Filter, 0, len(g.question.Query.Terms))
	for i := range g.question.Query.Terms {
		filters = append(filters, g.question.Query.Terms[i].filter())
	}
	filter, err := g.rarest(ctx, filters)
	if err != nil {
		return err
	}
	limit := seedLimit
	if len(filters) == 0 { // everything: the arrivals and refusals are enough
		filter = openings()
		limit = max(g.question.Limit, DefaultLimit)
	}
	return g.ask(ctx, query.Question{Filter: filter, From: nanos(g.question.From), To: nanos(g.question.To), Limit: limit}, true)
}

// openings matches the events with which a journey begins.
func openings() query.Filter {
	return query.Or{Filters: []query.Filter{
		query.And{Filters: []query.Filter{term(event.EventType, event.TypeReception), term(event.Status, event.StatusAccepted)}},
		term(event.EventType, event.TypeRejection),
	}}
}

// rarest picks of several conditions the one that fewest events meet: a sender
// and a recipient rarely stand in one line.
func (g *gathering) rarest(ctx context.Context, filters []query.Filter) (query.Filter, error) {
	if len(filters) == 0 {
		return nil, nil
	}
	best, least := filters[0], int64(-1)
	if len(filters) == 1 {
		return best, nil
	}
	for _, f := range filters {
		answer, err := g.searcher.Ask(ctx, g.scope, query.Question{Filter: f, From: nanos(g.question.From), To: nanos(g.question.To), Count: 4 * seedLimit})
		if err != nil {
			return nil, fmt.Errorf("counting what the query names: %w", err)
		}
		if least < 0 || answer.Total < least {
			best, least = f, answer.Total
		}
	}
	return best, nil
}

func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

// ask takes the events that a question finds. first marks the seeds: when they
// fill their page, there are more journeys than shown.
func (g *gathering) ask(ctx context.Context, q query.Question, first bool) error {
	answer, err := g.searcher.Ask(ctx, g.scope, q)
	if err != nil {
		return fmt.Errorf("gathering the events of a journey: %w", err)
	}
	g.partial = g.partial || answer.Partial
	for _, r := range answer.PartialReasons {
		if !slices.Contains(g.reasons, r) {
			g.reasons = append(g.reasons, r)
		}
	}
	for i := range answer.Hits {
		g.take(&answer.Hits[i].Event)
	}
	if len(answer.Hits) == q.Limit {
		if first {
			g.more = true
		} else {
			g.partial = true
			g.reasons = append(g.reasons, "the messages have more events than one question may read; narrow the time or name one message")
		}
	}
	return nil
}

// take keeps one event.
func (g *gathering) take(e *event.Event) {
	if g.seen[e.RID] {
		return
	}
	g.seen[e.RID] = true
	f := new(fact)
	factOf(e, f, g.heads)
	g.fresh = append(g.fresh, f)
	if g.min == 0 || f.time < g.min {
		g.min = f.time
	}
	g.max = max(g.max, f.time)
}

// expand looks for further events by the ids of those found, until nothing new
// comes.
func (g *gathering) expand(ctx context.Context) error {
	for round := 0; ; round++ {
		ids := g.collect()
		g.facts = append(g.facts, g.fresh...)
		g.fresh = nil
		filter := ids.filter()
		if filter == nil || round == maxRounds {
			return nil
		}
		if len(g.facts) >= gatherLimit {
			g.partial = true
			g.reasons = append(g.reasons, "the messages have too many events for one question; narrow the time or name one message")
			return nil
		}
		q := query.Question{
			Filter: filter, Limit: search.MaxHits,
			From: g.min - int64(before), To: g.max + int64(after),
		}
		if err := g.ask(ctx, q, false); err != nil {
			return err
		}
	}
}

// wanted are the ids that a round looks for.
type wanted struct {
	queue, sessions, messages []string
	pairs                     [][2]string // sender and recipient
}

// collect gathers the ids of the last round's facts that were not looked for.
func (g *gathering) collect() *wanted {
	w := &wanted{}
	note := func(all *[]string, kind, id string) {
		if id != "" && !g.asked[kind+id] {
			g.asked[kind+id] = true
			*all = append(*all, id)
		}
	}
	for _, f := range g.fresh {
		note(&w.queue, "q", f.qid)
		note(&w.queue, "q", f.parent)
		f.next.each(func(id string) { note(&w.queue, "q", id) })
		if f.kind == event.TypeDelivery {
			f.remote.each(func(id string) { note(&w.queue, "q", id) })
		}
		if f.dialect == "elemta" || f.dialect == "dovecot" || f.dialect == "opensmtpd" || f.kind == event.TypeDelivery {
			f.sessions.each(func(id string) { note(&w.sessions, "s", id) })
		}
		note(&w.sessions, "s", sessionOf(f))
		f.mids.each(func(id string) { note(&w.messages, "m", id) })
	}
	return w
}

// filter matches the events that carry one of the ids; nil when there are none.
func (w *wanted) filter() query.Filter {
	var filters []query.Filter
	terms := func(f event.Field, values []string) {
		if len(values) > 0 {
			filters = append(filters, query.Terms{Field: query.FieldOf(f), Values: values})
		}
	}
	terms(event.QueueID, w.queue)
	terms(event.ParentQueueID, w.queue)
	terms(event.SessionID, w.sessions)
	terms(event.MessageID, bracketed(w.messages))
	switch len(filters) {
	case 0:
		return nil
	case 1:
		return filters[0]
	}
	return query.Or{Filters: filters}
}

// bracketed gives Message-IDs with and without their brackets: programs that
// invent an id write it bare.
func bracketed(ids []string) []string {
	all := make([]string, 0, 2*len(ids))
	for _, id := range ids {
		all = append(all, "<"+id+">", id)
	}
	return all
}

func term(f event.Field, value string) query.Filter {
	return query.Term{Field: query.FieldOf(f), Value: value}
}

func anyOf(values []string, fields ...event.Field) query.Filter {
	filters := make([]query.Filter, 0, len(fields))
	for _, f := range fields {
		filters = append(filters, query.Terms{Field: query.FieldOf(f), Values: values})
	}
	return query.Or{Filters: filters}
}

// filter matches the events that name a term.
func (t *Term) filter() query.Filter {
	switch t.Kind {
	case TermAddress:
		return anyOf(t.Values, event.Sender, event.Recipient, event.OriginalRecipient, event.Username)
	case TermDomain:
		return anyOf(t.Values, event.SenderDomain, event.RecipientDomain, event.OriginalRecipientDomain)
	case TermIP:
		return anyOf(t.Values, event.ClientIP, event.RelayIP)
	case TermMessageID:
		return anyOf(bracketed(t.Values), event.MessageID)
	case TermEither:
		return query.Or{Filters: []query.Filter{
			anyOf(lowered(t.Values), event.Sender, event.Recipient, event.OriginalRecipient, event.Username),
			anyOf(bracketed(t.Values), event.MessageID),
		}}
	case TermSubject:
		return query.Term{Field: query.FieldOf(event.Subject), Value: t.Values[0]}
	}
	ids := append(slices.Clone(t.Values), bracketed(t.Values)...)
	for _, v := range t.Values {
		ids = append(ids, strings.ToUpper(v))
	}
	return anyOf(ids, event.QueueID, event.MessageID, event.SessionID, event.RemoteQueueID)
}

func lowered(values []string) []string {
	all := make([]string, 0, len(values))
	for _, v := range values {
		all = append(all, strings.ToLower(v))
	}
	return all
}
