package sources

import (
	"context"
	"errors"
	"fmt"
	"time"

	"rastro/internal/event"
	"rastro/internal/query"
)

const (
	// span is how far back events are looked at; the rest of what is counted
	// ends a day before now. It leaves room for stamps of a wrong zone.
	span = 40 * time.Hour
	day  = 24 * time.Hour
	// nowSpan and hourSpan part what came just now from what came before: what
	// is odd in both is no accident.
	nowSpan  = 5 * time.Minute
	hourSpan = time.Hour
	// maxIDs bounds the identities of sources that are counted.
	maxIDs   = 5000
	maxHosts = 5
)

// figure is what the store knows of one identity of a source.
type figure struct {
	id, source string
	hosts      []string
	// last is the newest @timestamp, read the newest received_at; nanoseconds.
	last, read       int64
	recent, unparsed int64
	now, hour        arrival
}

// arrival is what came within a time: the newest @timestamp and received_at.
type arrival struct {
	count      int64
	last, read int64
}

// figures counts the events of the last days by source. What is too much for
// one answer is asked for with less.
func (r *round) figures(ctx context.Context) ([]figure, error) {
	for _, try := range []struct {
		span  time.Duration
		hosts bool
	}{{span, true}, {span, false}, {hourSpan, false}} {
		answer, err := r.opts.Searcher.Ask(ctx, r.scope, query.Question{
			From: r.now.Add(-try.span).UnixNano(),
			Aggs: []query.Agg{r.byIdentity(try.hosts)},
		})
		if errors.Is(err, query.ErrTooBig) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("counting the lines of the sources: %w", err)
		}
		var all []figure
		for _, a := range answer.Aggs {
			for i := range a.Buckets {
				all = append(all, figureOf(&a.Buckets[i]))
			}
		}
		return all, nil
	}
	return nil, nil
}

// byIdentity is the aggregation behind figures.
func (r *round) byIdentity(hosts bool) query.Agg {
	received, at := query.FieldOf(event.ReceivedAt), query.FieldOf(event.Timestamp)
	since := func(f query.FieldRef, d time.Duration) query.Filter {
		return query.Range{Field: f, From: query.Bound{Set: true, Inclusive: true, Int: r.now.Add(-d).UnixNano()}}
	}
	newest := []query.Agg{
		{Name: "last", Kind: query.AggMax, Field: at},
		{Name: "read", Kind: query.AggMax, Field: received},
	}
	a := query.Agg{
		Name: "id", Kind: query.AggTerms, Field: query.FieldOf(event.SourceID), Size: maxIDs,
		Subs: append([]query.Agg{
			{Name: "source", Kind: query.AggTerms, Field: query.FieldOf(event.Source), Size: 1},
			{Name: "day", Kind: query.AggFilters, Filters: []query.AggFilterBucket{
				{Key: "recent", Filter: since(at, day)},
				{Key: "unparsed", Filter: query.And{Filters: []query.Filter{since(at, day), unparsedFilter}}},
			}},
			{Name: "arrival", Kind: query.AggFilters, Filters: []query.AggFilterBucket{
				{Key: "now", Filter: since(received, nowSpan)},
				{Key: "hour", Filter: query.And{Filters: []query.Filter{since(received, hourSpan), query.Not{Filter: since(received, nowSpan)}}}},
			}, Subs: newest},
		}, newest...),
	}
	if hosts {
		a.Subs = append(a.Subs, query.Agg{Name: "host", Kind: query.AggTerms, Field: query.FieldOf(event.Host), Size: maxHosts})
	}
	return a
}

var unparsedFilter = query.Term{Field: query.FieldOf(event.EventType), Value: event.TypeUnparsed}

func figureOf(b *query.Bucket) figure {
	f := figure{id: b.Key}
	f.last, f.read = newestOf(b)
	for _, s := range b.Subs {
		switch s.Name {
		case "source":
			if len(s.Buckets) > 0 {
				f.source = s.Buckets[0].Key
			}
		case "host":
			for _, h := range s.Buckets {
				f.hosts = append(f.hosts, h.Key)
			}
		case "day":
			f.recent, f.unparsed = s.Buckets[0].Count, s.Buckets[1].Count
		case "arrival":
			f.now, f.hour = arrivalOf(&s.Buckets[0]), arrivalOf(&s.Buckets[1])
		}
	}
	return f
}

func arrivalOf(b *query.Bucket) arrival {
	a := arrival{count: b.Count}
	a.last, a.read = newestOf(b)
	return a
}

// newestOf reads the metrics last and read of a bucket.
func newestOf(b *query.Bucket) (last, read int64) {
	for _, s := range b.Subs {
		switch {
		case !s.Valid:
		case s.Name == "last":
			last = int64(s.Value)
		case s.Name == "read":
			read = int64(s.Value)
		}
	}
	return last, read
}

// add takes what another identity of the same source has.
func (f *figure) add(more figure) {
	if more.last > f.last {
		f.hosts = more.hosts
	}
	f.last, f.read = max(f.last, more.last), max(f.read, more.read)
	f.recent, f.unparsed = f.recent+more.recent, f.unparsed+more.unparsed
	f.now.add(more.now)
	f.hour.add(more.hour)
}

func (a *arrival) add(more arrival) {
	a.count += more.count
	a.last, a.read = max(a.last, more.last), max(a.read, more.read)
}
