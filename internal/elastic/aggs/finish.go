package aggs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"rastro/internal/query"
)

// Finish makes the JSON of "aggregations" from the answer to base, the question
// that asked Aggs along. ask puts further questions where one is not enough;
// hitJSON writes one hit of top_hits. Where a further answer is partial, answer
// is marked so. Mistakes of the client are *Error.
func (p *Plan) Finish(ctx context.Context, ask Asker, base query.Question, answer *query.Answer,
	hitJSON func(h *query.Hit, source SourceOptions) json.RawMessage) (json.RawMessage, error) {
	base.Limit, base.Skip, base.After, base.Sort, base.Count, base.Fields = 0, 0, nil, nil, 0, nil
	base.Aggs = nil
	c := &reading{ctx: ctx, plan: p, ask: ask, base: base, answer: answer, hitJSON: hitJSON}
	var list []*result
	at := 0
	for i, n := range p.top {
		var r *query.AggResult
		switch {
		case n.late():
			var err error
			if r, err = c.late(n, engineName(i)); err != nil {
				return nil, err
			}
		case at < len(answer.Aggs):
			r = &answer.Aggs[at]
			at++
		}
		made, err := c.result(n, r)
		if err != nil {
			return nil, err
		}
		list = append(list, made)
	}
	whole := &bucket{subs: list}
	if err := runPipes(p.pipes, []*bucket{whole}, nil); err != nil {
		return nil, err
	}
	dst := []byte{'{'}
	for _, r := range whole.subs {
		dst = append(r.append(dst, p.opts.TypedKeys), ',')
	}
	return append(closed(dst), '}'), nil
}

// result reads one node, with what is inside and what is computed from it.
func (c *reading) result(n *node, r *query.AggResult) (*result, error) {
	made, err := n.kind.read(c, n, r)
	if err != nil {
		return nil, err
	}
	made.name, made.meta = n.name, n.meta
	if len(n.pipes) > 0 {
		if err := runPipes(n.pipes, made.buckets, made); err != nil {
			return nil, err
		}
	}
	return made, nil
}

// subs reads what is inside one bucket; list is nil for an empty bucket.
func (c *reading) subs(n *node, list []query.AggResult) ([]*result, error) {
	var made []*result
	for i, s := range n.subs {
		var r *query.AggResult
		if i < len(list) {
			r = &list[i]
		}
		one, err := c.result(s, r)
		if err != nil {
			return nil, err
		}
		made = append(made, one)
	}
	return made, nil
}

// filled makes a bucket with what is inside it.
func (c *reading) filled(n *node, b query.Bucket) (*bucket, error) {
	if err := c.count(1); err != nil {
		return nil, err
	}
	subs, err := c.subs(n, b.Subs)
	return &bucket{key: b.Key, number: b.Number, count: b.Count, subs: subs}, err
}

// late asks a node by a question of its own, after everything inside it has
// found out what it needs.
func (c *reading) late(n *node, name string) (*query.AggResult, error) {
	q := c.base
	if g, ok := n.kind.(interface{ beyond() bool }); ok && g.beyond() {
		q = c.everything()
		defer func(base query.Question) { c.base = base }(c.base)
		c.base = q
	}
	if err := c.prepare(n); err != nil {
		return nil, err
	}
	q.Aggs = []query.Agg{n.agg(name)}
	a, err := c.put(q)
	if err != nil || len(a.Aggs) == 0 {
		return nil, err
	}
	return &a.Aggs[0], nil
}

func (c *reading) prepare(n *node) error {
	if k, ok := n.kind.(preparer); ok {
		if err := k.prepare(c, n); err != nil {
			return err
		}
	}
	for _, s := range n.subs {
		if err := c.prepare(s); err != nil {
			return err
		}
	}
	return nil
}

// everything is the question about all events of the searched indices.
func (c *reading) everything() query.Question {
	return query.Question{Filter: c.plan.opts.Everything, MaxMemory: c.base.MaxMemory}
}

// put asks a further question. That its answer is partial makes the whole
// answer partial.
func (c *reading) put(q query.Question) (query.Answer, error) {
	a, err := c.ask(c.ctx, q)
	if err != nil {
		return a, Explain(err)
	}
	if a.Partial {
		c.answer.Partial = true
		for _, reason := range a.PartialReasons {
			if !slices.Contains(c.answer.PartialReasons, reason) {
				c.answer.PartialReasons = append(c.answer.PartialReasons, reason)
			}
		}
	}
	return a, nil
}

// withoutNames is the text of an error without the names that our own questions
// gave the client's aggregations.
func withoutNames(err error) string {
	var big *query.TooBigError
	if !errors.As(err, &big) {
		return err.Error()
	}
	ours := *big
	ours.Agg = ""
	return ours.Error()
}

// Explain makes a mistake of the client's from an error of the engine about an
// aggregation, where it is one; other errors come back as they are.
func Explain(err error) error {
	switch {
	case errors.Is(err, query.ErrTooManyBuckets):
		e := tooManyBuckets()
		e.Reason += " (" + withoutNames(err) + ")"
		return e
	case errors.Is(err, query.ErrTooBig):
		e := failf(typeMemory, "[request] Data too large: %s; ask for a shorter time, or for fewer buckets", err.Error())
		e.Status, e.Cause = 429, err
		return e
	case errors.Is(err, query.ErrBadQuestion):
		return badf("%s", err.Error())
	}
	return fmt.Errorf("asking for aggregations: %w", err)
}
