package trace

import (
	"context"
	"fmt"
	"slices"
	"time"

	"rastro/internal/auth"
	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/search"
)

// Bounds of one question to a store.
const (
	// seedsPerMessage is how many events that name what is looked for are read
	// for each message that is wanted, the newest first.
	seedsPerMessage = 5
	// countLimit is up to how many events the terms of a query are compared.
	countLimit = 10_000
	// gatherLimit is how many events one question may gather.
	gatherLimit = 50_000
	// maxRounds bounds how often new ids lead to further events: a chain of
	// filters and servers is rarely longer than four.
	maxRounds = 8
	// queueTime is how long a message may be in a queue, notices included.
	queueTime = int64(6 * 24 * time.Hour)
	// linkTime is how far apart the lines of two servers about the same
	// Message-ID or session may be.
	linkTime = int64(15 * time.Minute)
	// mailboxTime is how long afterwards a message is looked for in its mailbox.
	mailboxTime = int64(7 * 24 * time.Hour)
	// fewMessages is up to how many messages everything is looked for, what
	// happened in the mailbox and refusals before the queue included.
	fewMessages = 20
)

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
	reader   lineReader
	unread   []string // ids of events whose line is not enough
	// delivered are deliveries whose sessions may have to be looked for, named
	// the queue ids whose Message-ID is known.
	delivered []*fact
	named     map[string]bool
	around    bool // the neighbors were asked for
	moments   int  // of Elemta's, looked around
	messages  int  // messages that the seeds name
	more      bool
	partial   bool
	reasons   []string
}

func newGathering(s *search.Searcher, scope auth.Scope, q *Question) *gathering {
	return &gathering{searcher: s, scope: scope, question: q, seen: map[uint64]bool{}, heads: heads{}, asked: map[string]bool{}, named: map[string]bool{}, reader: newLineReader()}
}

// seeds finds the events that name what is looked for: where several ways are
// given, by the first that finds any.
func (g *gathering) seeds(ctx context.Context) error {
	ways, err := g.ways(ctx)
	if err != nil {
		return err
	}
	limit := min(seedsPerMessage*g.question.Limit, search.MaxHits)
	for _, filter := range ways {
		q := query.Question{Filter: query.And{Filters: []query.Filter{filter, telling()}}, From: nanos(g.question.From), To: nanos(g.question.To), Limit: limit}
		if err := g.ask(ctx, q); err != nil {
			return err
		}
		if len(g.fresh) > 0 {
			break
		}
	}
	g.more = len(g.fresh) >= limit
	g.newest(g.question.Limit)
	return nil
}

// ways are the filters of the rarest term: a sender and a recipient rarely
// stand in one line.
func (g *gathering) ways(ctx context.Context) ([]query.Filter, error) {
	terms := g.question.Query.Terms
	if len(terms) == 0 { // everything: the arrivals and refusals are enough
		return []query.Filter{openings()}, nil
	}
	best, least := terms[0].ways(), int64(-1)
	if len(terms) == 1 {
		return best, nil
	}
	for i := range terms {
		ways := terms[i].ways()
		answer, err := g.searcher.Ask(ctx, g.scope, query.Question{
			Filter: query.Or{Filters: ways}, From: nanos(g.question.From), To: nanos(g.question.To), Count: countLimit,
		})
		if err != nil {
			return nil, fmt.Errorf("counting what the query names: %w", err)
		}
		if least < 0 || answer.Total < least {
			best, least = ways, answer.Total
		}
	}
	return best, nil
}

// telling matches the events that belong to a message: logins and mailbox
// sessions name addresses too, and there are many more of them.
func telling() query.Filter {
	return terms(event.EventType, []string{
		event.TypeReception, event.TypeDelivery, event.TypeRejection, event.TypeQueue, event.TypeContentCheck, event.TypeCommand,
	})
}

// openings matches the events with which a journey begins.
func openings() query.Filter {
	return query.Or{Filters: []query.Filter{
		query.And{Filters: []query.Filter{term(event.EventType, event.TypeReception), term(event.Status, event.StatusAccepted)}},
		term(event.EventType, event.TypeRejection),
	}}
}

// newest keeps the seeds of the newest messages, as many as are wanted, since
// each of them costs the events of its whole journey. With several terms most
// messages fall away later, and all are kept. What the mailbox server tells is
// counted apart: mostly it is about the same messages.
func (g *gathering) newest(limit int) {
	slices.SortFunc(g.fresh, func(a, b *fact) int { return compareFacts(b, a) })
	known := map[string]bool{}
	queued, stored := 0, 0
	for i, f := range g.fresh {
		key, count := f.qid, &queued
		if key == "" {
			key = f.sessions.first + " " + f.sender + " " + f.rcpts.first
			if f.kind == event.TypeDelivery {
				count = &stored
			}
		}
		if known[key] {
			continue
		}
		if *count == limit && len(g.question.Query.Terms) < 2 {
			g.fresh, g.more = g.fresh[:i], true
			break
		}
		known[key] = true
		*count++
	}
	g.messages = max(queued, stored)
}

func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

// ask takes the events that a question finds.
func (g *gathering) ask(ctx context.Context, q query.Question) error {
	q.Fields = lineFields
	answer, err := g.searcher.Ask(ctx, g.scope, q)
	if err != nil {
		return fmt.Errorf("gathering the events of a journey: %w", err)
	}
	g.partial = g.partial || answer.Partial
	for _, r := range answer.PartialReasons {
		g.because(r)
	}
	g.unread = g.unread[:0]
	for i := range answer.Hits {
		g.take(&answer.Hits[i].Event)
	}
	if err := g.wholeEvents(ctx); err != nil {
		return err
	}
	if len(answer.Hits) == q.Limit && q.Limit == search.MaxHits {
		g.partial = true
		g.because("the messages have more events than one question may read; narrow the time or name one message")
	}
	return nil
}

func (g *gathering) because(reason string) {
	if !slices.Contains(g.reasons, reason) {
		g.reasons = append(g.reasons, reason)
	}
}

// take keeps one event. Its facts are read from its line again.
func (g *gathering) take(e *event.Event) {
	if g.seen[e.RID] {
		return
	}
	g.seen[e.RID] = true
	if !g.reader.read(e) {
		g.unread = append(g.unread, e.ID())
		return
	}
	g.keep(&g.reader.event)
}

func (g *gathering) keep(e *event.Event) {
	f := new(fact)
	factOf(e, f, g.heads)
	g.fresh = append(g.fresh, f)
}

// wholeEvents fetches the events whose lines do not say what is stored: those
// that a sender gave fields to.
func (g *gathering) wholeEvents(ctx context.Context) error {
	if len(g.unread) == 0 {
		return nil
	}
	answer, err := g.searcher.Ask(ctx, g.scope, query.Question{Filter: terms(event.EventID, g.unread), Limit: min(len(g.unread), search.MaxHits)})
	if err != nil {
		return fmt.Errorf("gathering the events of a journey: %w", err)
	}
	for i := range answer.Hits {
		g.keep(&answer.Hits[i].Event)
	}
	return nil
}

// expand looks for further events by the ids of those found, until nothing new
// comes.
func (g *gathering) expand(ctx context.Context) error {
	for round := range maxRounds {
		w := g.collect(round > 0)
		g.facts = append(g.facts, g.fresh...)
		g.fresh = nil
		if len(g.facts) >= gatherLimit {
			g.partial = true
			g.because("the messages have too many events for one question; narrow the time or name one message")
			return nil
		}
		questions := w.questions(g.messages <= fewMessages)
		if len(questions) == 0 && !g.around {
			g.around = true
			questions = g.neighbors()
		}
		if len(questions) == 0 {
			return nil
		}
		for _, q := range questions {
			if err := g.ask(ctx, q); err != nil {
				return err
			}
		}
	}
	return nil
}

// wanted are the ids that a round looks for, and the time of the facts that
// name them.
type wanted struct {
	queue, parents, sessions, messages []string
	moments                            []moment
	min, max                           int64
}

// collect gathers the ids of the last round's facts that were not looked for.
// sessions says whether those of deliveries are wanted: in the first round the
// Message-ID that makes them needless may not have come yet.
func (g *gathering) collect(sessions bool) *wanted {
	w := &wanted{}
	note := func(all *[]string, kind, id string) {
		if id != "" && !g.asked[kind+id] {
			g.asked[kind+id] = true
			*all = append(*all, id)
		}
	}
	for _, f := range g.fresh {
		if w.min == 0 || f.time < w.min {
			w.min = f.time
		}
		w.max = max(w.max, f.time)
		note(&w.queue, "q", f.qid)
		note(&w.queue, "q", f.parent)
		f.next.each(func(id string) { note(&w.queue, "q", id) })
		if f.kind == event.TypeDelivery {
			f.remote.each(func(id string) { note(&w.queue, "q", id) })
			g.delivered = append(g.delivered, f)
		}
		if f.qid != "" {
			note(&w.parents, "p", f.qid)
		}
		if f.dialect == "elemta" || f.dialect == "dovecot" || f.dialect == "opensmtpd" {
			f.sessions.each(func(id string) { note(&w.sessions, "s", id) })
		}
		if f.qid != "" && f.mids.len() > 0 {
			g.named[f.qid] = true
		}
		f.mids.each(func(id string) { note(&w.messages, "m", id) })
		if m, ok := elemtaMoment(f); ok && g.moments < elemtaMoments {
			g.moments++
			w.moments = append(w.moments, m)
		}
	}
	// The mailbox server's lines have the Message-ID too: a session is looked
	// for only where there is none.
	if sessions {
		for _, f := range g.delivered {
			if !g.named[f.qid] {
				note(&w.sessions, "s", sessionOf(f))
			}
		}
		g.delivered = g.delivered[:0]
	}
	return w
}

// questions asks for the events that carry the ids. What names a queue id may
// lie days apart; what shares a session or a Message-ID lies together. whole
// looks for the message in its mailbox afterwards too.
func (w *wanted) questions(whole bool) []query.Question {
	var all []query.Question
	ask := func(before, after int64, filters ...query.Filter) {
		all = append(all, query.Question{
			Filter: query.Or{Filters: filters}, Limit: search.MaxHits, From: w.min - before, To: w.max + after,
		})
	}
	if len(w.queue) > 0 {
		ask(queueTime, queueTime, terms(event.QueueID, w.queue))
	}
	if whole && len(w.queue) > 0 { // the line of the message that a notice is about names the notice
		ask(linkTime, linkTime, terms(event.NextQueueID, w.queue))
	}
	if len(w.parents) > 0 {
		ask(linkTime, queueTime, terms(event.ParentQueueID, w.parents))
	}
	after := linkTime
	if whole {
		after = mailboxTime
	}
	if len(w.sessions) > 0 {
		ask(linkTime, linkTime, terms(event.SessionID, w.sessions))
	}
	if len(w.moments) > 0 {
		all = append(all, elemtaQuestion(w.moments))
	}
	if len(w.messages) > 0 {
		ask(linkTime, after, terms(event.MessageID, bracketed(w.messages)))
	}
	return all
}

func terms(f event.Field, values []string) query.Filter {
	return query.Terms{Field: query.FieldOf(f), Values: values}
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
