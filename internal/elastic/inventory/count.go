package inventory

import (
	"context"
	"time"

	"rastro/internal/auth"
	"rastro/internal/elastic/names"
	"rastro/internal/event"
	"rastro/internal/query"
)

// owned are the events that clients wrote to indices of their own.
type owned struct {
	docs   map[string]map[string]int64 // by index and day
	perDay map[string]int64

	// When the answer was true.
	scope          auth.Scope
	events         int64
	oldest, newest int64
	files          int
	asked          time.Time
	took           time.Duration
}

// patience is how many times as long as a question took its answer is good
// while events keep coming in, where it took longer than quick.
const (
	patience = 20
	quick    = 50 * time.Millisecond
)

// maxOwn bounds the own indices that are counted.
const maxOwn = 10_000

// owned counts them, and remembers the answer until the store has changed. On a
// busy server an answer that took long serves a while longer.
func (v *Inventory) owned(ctx context.Context, scope auth.Scope) (owned, error) {
	if !v.hasOwn() {
		return owned{}, nil
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	stats, now := v.opts.Searcher.Stats(), v.opts.Now()
	out := owned{
		docs: map[string]map[string]int64{}, perDay: map[string]int64{}, scope: scope,
		events: stats.Events, oldest: stats.Oldest, newest: stats.Newest, files: stats.Segments, asked: now,
	}
	if v.cached.good(&out) {
		return v.cached, nil
	}
	began := time.Now()
	answer, err := v.opts.Searcher.Ask(ctx, scope, query.Question{
		Filter: query.Exists{Field: query.FieldOf(event.Index)},
		Aggs:   []query.Agg{{Name: "index", Kind: query.AggTerms, Field: query.FieldOf(event.Index), Size: maxOwn, Subs: []query.Agg{byDay}}},
	})
	if err != nil {
		return owned{}, err
	}
	out.took = time.Since(began)
	for _, b := range answer.Aggs[0].Buckets {
		docs := map[string]int64{}
		for _, d := range b.Subs[0].Buckets {
			at := dayOf(d).Format(time.DateOnly)
			docs[at] = d.Count
			out.perDay[at] += d.Count
		}
		out.docs[b.Key] = docs
	}
	if !answer.Partial {
		v.cached = out
	}
	return out, nil
}

// good tells whether an answer serves for the store as it is now.
func (o *owned) good(now *owned) bool {
	if o.docs == nil || o.scope != now.scope {
		return false
	}
	same := o.events == now.events && o.oldest == now.oldest && o.newest == now.newest && o.files == now.files
	return same || o.took > quick && now.asked.Sub(o.asked) < patience*o.took
}

var byDay = query.Agg{Name: "day", Kind: query.AggDateHistogram, Field: query.FieldOf(event.Timestamp), Calendar: "day", MinCount: 1}

func dayOf(b query.Bucket) time.Time { return time.Unix(0, int64(b.Number)).UTC() }

func (v *Inventory) hasOwn() bool {
	for _, i := range v.opts.Names.All() {
		if i.Kind == names.Own || i.Kind == names.Day && i.Meta != nil {
			return true
		}
	}
	return false
}

// views counts the events of those of the indices that are views, by name.
func (v *Inventory) views(ctx context.Context, scope auth.Scope, indices []names.Index) (map[string]int64, error) {
	agg := query.Agg{Name: "flow", Kind: query.AggFilters, Subs: []query.Agg{byDay}}
	var from, to time.Time
	seen := map[string]bool{}
	for _, i := range indices {
		if i.Kind != names.View {
			continue
		}
		if from.IsZero() || i.Start.Before(from) {
			from = i.Start
		}
		if end := i.Start.AddDate(0, 0, 1); end.After(to) {
			to = end
		}
		if filter, ok := query.Flow(i.Flow); ok && !seen[i.Flow] {
			seen[i.Flow] = true
			agg.Filters = append(agg.Filters, query.AggFilterBucket{Key: i.Flow, Filter: filter})
		}
	}
	if len(seen) == 0 {
		return nil, nil
	}
	answer, err := v.opts.Searcher.Ask(ctx, scope, query.Question{
		Filter: query.Not{Filter: query.Exists{Field: query.FieldOf(event.Index)}},
		From:   from.UnixNano(), To: to.UnixNano(), Aggs: []query.Agg{agg},
	})
	if err != nil {
		return nil, err
	}
	docs := map[string]int64{}
	for _, b := range answer.Aggs[0].Buckets {
		for _, d := range b.Subs[0].Buckets {
			docs[v.opts.Names.ViewPrefix(b.Key)+dayOf(d).Format("2006.01.02")] = d.Count
		}
	}
	return docs, nil
}
