package trace

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"rastro/internal/auth"
	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/search"
)

// Bounds of an answer that found nothing.
const (
	// defaultSpan is the time that is looked at when the question has none.
	defaultSpan = 7 * 24 * time.Hour
	// maxCovered bounds the servers that are told about.
	maxCovered = 50
	maxNear    = 5
	// coverageSlices is into how many pieces the time is cut to look for gaps.
	coverageSlices = 200
	maxGaps        = 10
	// nearTime bounds the search for near spellings, which goes through all
	// names of all time; with it an answer comes in any case.
	nearTime = 2 * time.Second
)

// lacking says what an answer that found nothing could not look at.
type lacking struct {
	lines     bool // some of the log: nothing is sure then
	spellings bool // some of the names
}

// notFound says what the logs cover and what is spelled alike. partial tells
// that not everything was looked through before.
func (t *Tracer) notFound(ctx context.Context, scope auth.Scope, q Question, partial bool) (*NotFound, error) {
	from, to := span(&q)
	cover, whole, err := t.coverage(ctx, scope, from, to)
	if err != nil {
		return nil, err
	}
	near, all, err := t.near(ctx, scope, &q)
	if err != nil {
		return nil, err
	}
	return describeNothing(&q, from, to, cover, near, lacking{lines: partial || !whole, spellings: !all}), nil
}

// span is the time that a question is about.
func span(q *Question) (from, to time.Time) {
	to = q.To
	if to.IsZero() || to.After(q.Now) {
		to = q.Now
	}
	from = q.From
	if from.IsZero() {
		from = to.Add(-defaultSpan)
	}
	return from, to
}

// describeNothing puts the answer together.
func describeNothing(q *Question, from, to time.Time, cover []Coverage, near []Near, lacks lacking) *NotFound {
	b := &builder{zone: q.Zone}
	if b.zone == nil {
		b.zone = time.UTC
	}
	n := &NotFound{Coverage: cover, Near: near, Action: say("not_found", "action")}
	what := quote(strings.Join(q.Query.understood().Values, ", "))
	values := []string{"query", what, "from", b.when(from), "to", b.when(to)}
	if len(cover) == 0 && !lacks.lines {
		n.Verdict = say("not_found", "empty", values...)
		return n
	}
	n.Verdict = say("not_found", "nothing", values...)
	whole := true
	for _, c := range cover {
		whole = whole && len(c.Gaps) == 0 && !c.Silent
	}
	switch {
	case lacks.lines:
		n.Verdict = and(n.Verdict, say("not_found", "unsure"))
	case !whole:
		n.Verdict = and(n.Verdict, say("not_found", "gaps"))
	case begin(cover).Sub(from) > time.Hour:
		n.Verdict = and(n.Verdict, say("not_found", "late", "first", b.when(begin(cover))))
	default:
		n.Verdict = and(n.Verdict, say("not_found", "never"))
	}
	if len(near) > 0 {
		var names []string
		for _, x := range near {
			names = append(names, x.Value)
		}
		n.Verdict = and(n.Verdict, say("not_found", "near", "near", strings.Join(names, ", ")))
	}
	if lacks.spellings {
		n.Verdict = and(n.Verdict, say("not_found", "near_cut"))
	}
	return n
}

// begin is when the first line of all servers was written.
func begin(cover []Coverage) time.Time {
	return slices.MinFunc(cover, func(a, b Coverage) int { return a.First.Compare(b.First) }).First
}

// coverage asks the store what it holds of each server; whole is false when it
// did not get to the end.
func (t *Tracer) coverage(ctx context.Context, scope auth.Scope, from, to time.Time) (all []Coverage, whole bool, err error) {
	interval := max(to.Sub(from)/coverageSlices, time.Minute)
	at := query.FieldOf(event.Timestamp)
	answer, err := t.opts.Searcher.Ask(ctx, scope, query.Question{
		From: from.UnixNano(), To: to.UnixNano(),
		Aggs: []query.Agg{{
			Name: "host", Kind: query.AggTerms, Field: query.FieldOf(event.Host), Size: maxCovered, Missing: "-",
			Subs: []query.Agg{
				{Name: "first", Kind: query.AggMin, Field: at}, {Name: "last", Kind: query.AggMax, Field: at},
				{Name: "when", Kind: query.AggDateHistogram, Field: at, Interval: float64(interval)},
			},
		}},
	})
	if err != nil {
		return nil, false, fmt.Errorf("looking at what the logs cover: %w", err)
	}
	if len(answer.Aggs) == 0 {
		return nil, !answer.Partial, nil
	}
	for i := range answer.Aggs[0].Buckets {
		all = append(all, coverageOf(&answer.Aggs[0].Buckets[i], to, interval))
	}
	slices.SortFunc(all, func(a, b Coverage) int { return cmp.Compare(a.Host, b.Host) })
	return all, !answer.Partial, nil
}

func coverageOf(b *query.Bucket, to time.Time, interval time.Duration) Coverage {
	c := Coverage{Host: b.Key, Events: b.Count}
	if c.Host == "-" {
		c.Host = ""
	}
	for _, s := range b.Subs {
		switch s.Name {
		case "first":
			c.First = stamp(int64(s.Value))
		case "last":
			c.Last = stamp(int64(s.Value))
		case "when":
			var times []int64
			for _, h := range s.Buckets {
				if h.Count > 0 {
					times = append(times, int64(h.Number))
				}
			}
			c.Gaps = gaps(times, interval)
		}
	}
	c.Silent = silent(c, to, interval)
	return c
}

// gaps finds stretches without lines that are long for this server: longer than
// an hour and than ten times its usual pause. times are the beginnings of
// slices that have lines, ascending.
func gaps(times []int64, interval time.Duration) []Gap {
	usual := usualPause(times, interval)
	var all []Gap
	for i := 1; i < len(times); i++ {
		pause := time.Duration(times[i] - times[i-1])
		if pause > interval && pause >= time.Hour && pause > 10*usual {
			all = append(all, Gap{From: stamp(times[i-1] + int64(interval)), To: stamp(times[i])})
		}
	}
	if len(all) > maxGaps {
		all = all[:maxGaps]
	}
	return all
}

// usualPause is the median distance of slices with lines.
func usualPause(times []int64, interval time.Duration) time.Duration {
	if len(times) < 2 {
		return interval
	}
	pauses := make([]int64, 0, len(times)-1)
	for i := 1; i < len(times); i++ {
		pauses = append(pauses, times[i]-times[i-1])
	}
	slices.Sort(pauses)
	return time.Duration(pauses[len(pauses)/2])
}

// silent tells that a server that used to write has written nothing up to the
// end of the time asked about.
func silent(c Coverage, to time.Time, interval time.Duration) bool {
	pause := to.Sub(c.Last)
	return pause > time.Hour && pause > 2*interval && c.Events > 10
}

// near finds values that exist and are spelled almost like what was asked for,
// as far as it gets in nearTime; whole tells that it got to the end.
func (t *Tracer) near(ctx context.Context, scope auth.Scope, q *Question) (near []Near, whole bool, err error) {
	short, cancel := context.WithTimeout(ctx, nearTime)
	defer cancel()
	var all []Near
	whole = true
	for i := range q.Query.Terms {
		for _, look := range q.Query.Terms[i].lookalikes() {
			if short.Err() != nil {
				return bestNear(all), false, ctx.Err()
			}
			found, partial, err := t.alike(short, scope, look)
			switch {
			case errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil, errors.Is(err, search.ErrBusy):
				return bestNear(all), false, nil
			case err != nil:
				return nil, false, err
			}
			all = append(all, found...)
			whole = whole && !partial
		}
	}
	return bestNear(all), whole, nil
}

// lookalike is one search for values like another.
type lookalike struct {
	value string
	field event.Field
	// filter narrows the events whose values are counted.
	filter query.Filter
}

// lookalikes says where to look for values like a term's.
func (t *Term) lookalikes() []lookalike {
	var all []lookalike
	fuzzy := func(value string, fields ...event.Field) {
		for _, f := range fields {
			all = append(all, lookalike{value, f, query.Fuzzy{Field: query.FieldOf(f), Value: value, Distance: 2}})
		}
	}
	for i, v := range t.Values {
		if i == maxNear {
			break
		}
		switch t.Kind {
		case TermAddress, TermEither:
			fuzzy(strings.ToLower(v), event.Recipient, event.OriginalRecipient, event.Sender)
		case TermDomain:
			fuzzy(v, event.RecipientDomain, event.SenderDomain)
		case TermID, TermMessageID:
			fuzzy(v, event.QueueID)
		}
	}
	return all
}

// alike counts the values of a field that are like one.
func (t *Tracer) alike(ctx context.Context, scope auth.Scope, look lookalike) (all []Near, partial bool, err error) {
	field := query.FieldOf(look.field)
	answer, err := t.opts.Searcher.Ask(ctx, scope, query.Question{
		Filter: look.filter,
		Aggs: []query.Agg{{Name: "v", Kind: query.AggTerms, Field: field, Size: 4 * maxNear,
			Subs: []query.Agg{{Name: "last", Kind: query.AggMax, Field: query.FieldOf(event.Timestamp)}}}},
	})
	if err != nil {
		return nil, false, fmt.Errorf("looking for near spellings: %w", err)
	}
	for _, a := range answer.Aggs {
		for _, b := range a.Buckets {
			if !spelledAlike(look.value, b.Key) {
				continue
			}
			n := Near{Value: b.Key, Field: look.field.Name(), Count: b.Count}
			if len(b.Subs) > 0 {
				n.Last = stamp(int64(b.Subs[0].Value))
			}
			all = append(all, n)
		}
	}
	return all, answer.Partial, nil
}

// bestNear keeps the most frequent values, each once.
func bestNear(all []Near) []Near {
	slices.SortStableFunc(all, func(a, b Near) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
	})
	var kept []Near
	for _, n := range all {
		if len(kept) < maxNear && !slices.ContainsFunc(kept, func(k Near) bool { return k.Value == n.Value }) {
			kept = append(kept, n)
		}
	}
	return kept
}
