package aggs

import (
	"slices"
	"strconv"
	"time"

	"rastro/internal/event"
	"rastro/internal/query"
)

// autoDates is "auto_date_histogram": it chooses the interval itself, so the
// first and the last moment have to be known first.
type autoDates struct {
	dateHistogram
	buckets int
	least   int // index of the smallest step allowed
	step    dateStep
}

// dateStep is one length of interval.
type dateStep struct {
	name     string
	unit     time.Duration // of fixed steps
	n        int64
	calendar string
	months   int
}

// dateSteps are the lengths to choose from, ascending.
var dateSteps = []dateStep{
	{name: "1s", unit: time.Second, n: 1}, {name: "5s", unit: time.Second, n: 5}, {name: "10s", unit: time.Second, n: 10}, {name: "30s", unit: time.Second, n: 30},
	{name: "1m", unit: time.Minute, n: 1}, {name: "5m", unit: time.Minute, n: 5}, {name: "10m", unit: time.Minute, n: 10}, {name: "30m", unit: time.Minute, n: 30},
	{name: "1h", unit: time.Hour, n: 1}, {name: "3h", unit: time.Hour, n: 3}, {name: "12h", unit: time.Hour, n: 12},
	{name: "1d", unit: 24 * time.Hour, n: 1}, {name: "7d", unit: 24 * time.Hour, n: 7},
	{name: "1M", calendar: "month", months: 1}, {name: "3M", calendar: "quarter", months: 3}, {name: "1y", calendar: "year", months: 12},
}

// leastSteps are the values of minimum_interval.
var leastSteps = map[string]string{"second": "1s", "minute": "1m", "hour": "1h", "day": "1d", "month": "1M", "year": "1y"}

func newAutoDates(p *params) (kind, error) {
	a := &autoDates{buckets: p.whole("buckets", 10, 1)}
	a.agg = query.Agg{Kind: query.AggDateHistogram}
	a.field = p.dateField()
	a.agg.Field, a.agg.As = a.field.ref, event.Time
	a.agg.Zone, a.field.zone = p.zone()
	if a.agg.Missing = a.field.missing(p); a.agg.Missing != "" {
		p.failAt(p.get("missing"), typeArgument, "[missing] of auto_date_histogram is not supported")
	}
	if v := p.get("minimum_interval"); v != nil {
		name, ok := leastSteps[v.text]
		if !ok {
			p.failAt(v, typeArgument, "minimum_interval must be one of [year, month, day, hour, minute, second]")
		}
		a.least = slices.IndexFunc(dateSteps, func(s dateStep) bool { return s.name == name })
	}
	if a.buckets > 10_000 && p.err == nil {
		p.err = p.fail(typeArgument, p.at, "buckets must be less than 10000")
	}
	a.step = dateSteps[0]
	a.agg.Interval = float64(time.Second)
	return a, nil
}

// prepare asks for the first and the last moment and chooses the interval.
func (a *autoDates) prepare(c *reading, _ *node) error {
	q := c.base
	q.Aggs = []query.Agg{
		{Name: "first", Kind: query.AggMin, Field: a.field.ref, As: event.Time},
		{Name: "last", Kind: query.AggMax, Field: a.field.ref, As: event.Time},
	}
	answer, err := c.put(q)
	if err != nil {
		return err
	}
	if len(answer.Aggs) < 2 || !answer.Aggs[0].Valid {
		return nil
	}
	a.choose(time.Unix(0, int64(answer.Aggs[0].Value)), time.Unix(0, int64(answer.Aggs[1].Value)))
	return nil
}

// choose takes the shortest interval that makes few enough buckets.
func (a *autoDates) choose(first, last time.Time) {
	first, last = first.In(a.field.zone), last.In(a.field.zone)
	for _, s := range dateSteps[max(a.least, 0):] {
		a.step = s
		if s.count(first, last) <= int64(a.buckets) {
			break
		}
	}
	a.agg.Interval, a.agg.Calendar, a.agg.Offset = 0, a.step.calendar, 0
	if a.step.calendar == "" {
		width := int64(a.step.unit) * a.step.n
		a.agg.Interval = float64(width)
		// The first bucket begins with the unit the first event is in.
		a.agg.Offset = float64(floorTo(wall(first), int64(a.step.unit)) % width)
	}
}

// wall is the nanoseconds that the clock on the wall shows.
func wall(t time.Time) int64 {
	_, seconds := t.Zone()
	return t.UnixNano() + int64(seconds)*int64(time.Second)
}

func floorTo(x, width int64) int64 {
	rest := x % width
	if rest < 0 {
		rest += width
	}
	return x - rest
}

// count is the number of buckets from the first to the last moment.
func (s *dateStep) count(first, last time.Time) int64 {
	if s.months > 0 {
		index := func(t time.Time) int64 { return int64((t.Year()*12 + int(t.Month()) - 1) / s.months) }
		return index(last) - index(first) + 1
	}
	unit := int64(s.unit)
	return (floorTo(wall(last), unit)-floorTo(wall(first), unit))/(unit*s.n) + 1
}

func (a *autoDates) read(c *reading, n *node, r *query.AggResult) (*result, error) {
	out, err := a.dateHistogram.read(c, n, r)
	if err != nil {
		return nil, err
	}
	out.typed = "auto_date_histogram"
	out.tail = []jsonField{{"interval", quoted(a.step.name)}}
	return out, nil
}

// adjacency is "adjacency_matrix": the events of each filter, and of each two.
type adjacency struct{ list []query.AggFilterBucket }

// maxAdjacency bounds the filters of adjacency_matrix.
const maxAdjacency = 100

func newAdjacency(p *params) (kind, error) {
	a := &adjacency{}
	v := p.get("filters")
	separator := p.text("separator", "&")
	if v == nil || v.kind != isObject || len(v.members) == 0 {
		return a, p.fail(typeArgument, p.at, "[filters] is missing or empty in ["+p.name+"]")
	}
	if len(v.members) > maxAdjacency {
		return a, p.fail(typeArgument, p.at, "Number of filters is too large, must be less than or equal to: ["+strconv.Itoa(maxAdjacency)+"] but was ["+strconv.Itoa(len(v.members))+"].")
	}
	var single []query.AggFilterBucket
	for i := range v.members {
		single = append(single, query.AggFilterBucket{Key: v.members[i].name, Filter: p.filter(&v.members[i].value)})
	}
	byKey := func(x, y query.AggFilterBucket) int {
		if x.Key < y.Key {
			return -1
		}
		return 1
	}
	slices.SortFunc(single, byKey)
	a.list = single
	for i, x := range single {
		for _, y := range single[i+1:] {
			a.list = append(a.list, query.AggFilterBucket{Key: x.Key + separator + y.Key, Filter: query.And{Filters: []query.Filter{x.Filter, y.Filter}}})
		}
	}
	slices.SortFunc(a.list, byKey)
	return a, nil
}

func (a *adjacency) ask() query.Agg {
	return query.Agg{Kind: query.AggFilters, Filters: a.list, MinCount: 1}
}

func (a *adjacency) read(c *reading, n *node, r *query.AggResult) (*result, error) {
	out := &result{typed: "adjacency_matrix", multi: true}
	if r == nil {
		return out, nil
	}
	for i := range r.Buckets {
		b, err := c.filled(n, r.Buckets[i])
		if err != nil {
			return nil, err
		}
		b.fields = []jsonField{{"key", quoted(b.key)}}
		out.buckets = append(out.buckets, b)
	}
	return out, nil
}
