package trace

import (
	"context"

	"rastro/internal/auth"
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

// Trace finds the journeys that fit the question, as far as the scope reaches.
func (t *Tracer) Trace(ctx context.Context, scope auth.Scope, q Question) (Answer, error) {
	ctx = search.As(ctx, search.APITrace)
	if q.Limit <= 0 {
		q.Limit = DefaultLimit
	}
	if q.Now.IsZero() {
		q.Now = t.opts.Searcher.Now()
	}
	answer, err := t.gathered(ctx, scope, q)
	if another, ok := q.Query.another(); ok && err == nil && len(answer.Journeys) == 0 {
		q.Query = another
		answer, err = t.gathered(ctx, scope, q)
	}
	if err != nil || len(answer.Journeys) > 0 {
		return answer, err
	}
	answer.NotFound, err = t.notFound(ctx, scope, q, answer.Partial)
	return answer, err
}

// gathered asks the store, and links what it has.
func (t *Tracer) gathered(ctx context.Context, scope auth.Scope, q Question) (Answer, error) {
	g := newGathering(t.opts.Searcher, scope, &q)
	if err := g.seeds(ctx); err != nil {
		return Answer{}, err
	}
	if err := g.expand(ctx); err != nil {
		return Answer{}, err
	}
	if ctx.Err() != nil {
		return Answer{}, ctx.Err()
	}
	m := newModel(t.opts.Book(), g.facts, func(string) int64 { return q.Now.UnixNano() })
	answer := Answer{Query: q.Query.understood(), Partial: g.partial, Reasons: g.reasons}
	var err error
	if answer.Journeys, answer.More, err = m.pick(ctx, q); err != nil {
		return Answer{}, err
	}
	answer.More = answer.More || g.more
	return answer, nil
}
