package sources

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/search"
)

const (
	// past is how far back the rhythm of a source is looked at, in slices.
	past  = 7 * 24 * time.Hour
	slice = 15 * time.Minute
	// leastPause is the shortest silence that is told of, settled how long
	// nothing may have come at all; leastSlices is how many slices with lines a
	// source needs to have a rhythm.
	leastPause  = 20 * time.Minute
	settled     = 10 * time.Minute
	leastSlices = 8
	// maxAsked bounds the sources of one kind whose past is asked for at once,
	// and keepRhythm is how long it is remembered.
	maxAsked   = 60
	maxSenders = 20
	keepRhythm = 5 * time.Minute
)

// rhythm is how a source has written in the last week.
type rhythm struct {
	// longest is the longest pause but one: a single outage is no habit.
	longest time.Duration
	// usual is the median pause.
	usual  time.Duration
	slices int
	// known is how long ago the first line came.
	known time.Duration
	asked time.Time
}

// rhythmOf reads the beginnings of the slices that have lines, ascending.
func rhythmOf(times []int64, now time.Time) rhythm {
	h := rhythm{slices: len(times), asked: now}
	if len(times) < 2 {
		return h
	}
	h.known = time.Duration(now.UnixNano() - times[0])
	pauses := make([]time.Duration, 0, len(times)-1)
	for i := 1; i < len(times); i++ {
		pauses = append(pauses, time.Duration(times[i]-times[i-1]))
	}
	slices.Sort(pauses)
	h.usual = pauses[len(pauses)/2]
	h.longest = pauses[max(0, len(pauses)-2)]
	return h
}

// tooLong is the pause from which a source is silent; 0 when that cannot be
// told. While less than a day is known, nobody knows its nights.
func (h rhythm) tooLong() time.Duration {
	if h.slices < leastSlices {
		return 0
	}
	limit := max(leastPause, h.longest+h.longest/2, 4*h.usual)
	if h.known < 26*time.Hour {
		limit = max(limit, time.Hour)
	}
	return limit
}

// silence finds the sources that have nothing to tell although they used to.
func (r *round) silence(ctx context.Context, rows []*row) error {
	newest := map[string]int64{}
	for _, one := range rows {
		newest[one.family] = max(newest[one.family], one.quietSince())
	}
	var files, senders []*row
	for _, one := range rows {
		if one.State != StateOK || one.Kind == KindImport || one.quietSince() == 0 || newest[one.family] > one.quietSince() && one.isFile() {
			continue
		}
		if r.now.Sub(time.Unix(0, one.quietSince())) < leastPause || r.arrived(one) < settled {
			continue
		}
		switch h, ok := r.before.rhythms[one.ID]; {
		case ok && r.now.Sub(h.asked) < keepRhythm:
			one.rhythm, r.after.rhythms[one.ID] = h, h
			r.judgeSilence(one)
		case one.isFile():
			files = append(files, one)
		default:
			senders = append(senders, one)
		}
	}
	if err := r.askRhythms(ctx, latest(files, maxAsked)); err != nil {
		return err
	}
	for _, one := range latest(senders, maxSenders) {
		if err := r.askRhythm(ctx, one); err != nil {
			return err
		}
	}
	return nil
}

// quietSince is when the newest line was written, by its own stamp; 0 if there
// is none. A backlog that came just now is as old as it says.
func (one *row) quietSince() int64 { return one.last }

// arrived is how long ago something came.
func (r *round) arrived(one *row) time.Duration {
	return r.now.Sub(time.Unix(0, max(one.lastRead, one.read)))
}

// latest keeps those that spoke last: the others are told of by and by.
func latest(rows []*row, most int) []*row {
	slices.SortStableFunc(rows, func(a, b *row) int { return cmp.Compare(b.quietSince(), a.quietSince()) })
	return rows[:min(len(rows), most)]
}

func (r *round) pastQuestion(f query.Filter, agg query.Agg) query.Question {
	return query.Question{Filter: f, From: r.now.Add(-past).UnixNano(), To: r.now.UnixNano(), Aggs: []query.Agg{agg}}
}

func slicesAgg() query.Agg {
	return query.Agg{Name: "when", Kind: query.AggDateHistogram, Field: query.FieldOf(event.Timestamp), Interval: float64(slice), MinCount: 1}
}

// askRhythms asks for the past of files, by their names, as identities change
// with every rotation.
func (r *round) askRhythms(ctx context.Context, rows []*row) error {
	if len(rows) == 0 {
		return nil
	}
	byName := map[string]*row{}
	var names []string
	for _, one := range rows {
		byName[one.Name] = one
		names = append(names, one.Name)
	}
	source := query.FieldOf(event.Source)
	answer, err := r.opts.Searcher.Ask(ctx, r.scope, r.pastQuestion(
		query.Terms{Field: source, Values: names},
		query.Agg{Name: "source", Kind: query.AggTerms, Field: source, Size: len(names), Subs: []query.Agg{slicesAgg()}}))
	if err != nil {
		return unlessLate(err)
	}
	for _, a := range answer.Aggs {
		for i := range a.Buckets {
			if one := byName[a.Buckets[i].Key]; one != nil && len(a.Buckets[i].Subs) > 0 {
				r.learn(one, a.Buckets[i].Subs[0].Buckets)
			}
		}
	}
	return nil
}

// askRhythm asks for the past of what a sender sends of one file.
func (r *round) askRhythm(ctx context.Context, one *row) error {
	filter := query.And{Filters: []query.Filter{query.Term{Field: query.FieldOf(event.Source), Value: one.Name}}}
	if len(one.hosts) > 0 {
		filter.Filters = append(filter.Filters, query.Term{Field: query.FieldOf(event.Host), Value: one.hosts[0]})
	}
	answer, err := r.opts.Searcher.Ask(ctx, r.scope, r.pastQuestion(filter, slicesAgg()))
	if err != nil {
		return unlessLate(err)
	}
	for _, a := range answer.Aggs {
		r.learn(one, a.Buckets)
	}
	return nil
}

// unlessLate lets an answer go without what was not to be had: a rhythm is not
// worth failing for.
func unlessLate(err error) error {
	if errors.Is(err, query.ErrTooBig) || errors.Is(err, search.ErrBusy) {
		return nil
	}
	return fmt.Errorf("looking at the past of sources: %w", err)
}

func (r *round) learn(one *row, buckets []query.Bucket) {
	var times []int64
	for _, b := range buckets {
		if b.Count > 0 {
			times = append(times, int64(b.Number))
		}
	}
	one.rhythm = rhythmOf(times, r.now)
	r.after.rhythms[one.ID] = one.rhythm
	r.judgeSilence(one)
}

func (r *round) judgeSilence(one *row) {
	limit := one.rhythm.tooLong()
	pause := r.now.Sub(time.Unix(0, one.quietSince()))
	if limit == 0 || pause < limit || r.arrived(one) < one.rhythm.longest {
		return // what comes at its usual times with old stamps has a wrong clock
	}
	one.say(StateSilent, problem("silent_"+one.Kind, "path", one.Name, "host", one.host(), "pause", long(pause), "usual", long(max(one.rhythm.longest, slice))))
}
