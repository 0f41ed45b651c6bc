package storetest

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"

	"rastro/internal/event"
	"rastro/internal/query"
)

// group is a bucket with the events in it.
type group struct {
	bucket query.Bucket
	text   bool // the key is a string
	events []*event.Event
}

// aggregate computes one aggregation over events.
func (o *oracle) aggregate(events []*event.Event, a query.Agg) (query.AggResult, error) {
	r := query.AggResult{Name: a.Name, Kind: a.Kind}
	var groups []group
	var err error
	switch a.Kind {
	case query.AggTerms:
		groups = termGroups(events, a)
	case query.AggDateHistogram:
		groups, err = o.dateGroups(events, a)
	case query.AggHistogram:
		groups = numberGroups(events, a)
	case query.AggRange:
		groups = rangeGroups(events, a)
	case query.AggFilters:
		groups, err = filterGroups(events, a)
	case query.AggTuples:
		groups, err = o.tupleGroups(events, a)
	case query.AggTopHits:
		topHits(&r, events, a)
		return r, nil
	default:
		figures(&r, events, a)
		return r, nil
	}
	if err != nil {
		return r, err
	}
	for _, g := range groups {
		b := g.bucket
		b.Count = int64(len(g.events))
		for _, sub := range a.Subs {
			s, err := o.aggregate(g.events, sub)
			if err != nil {
				return r, err
			}
			b.Subs = append(b.Subs, s)
		}
		r.Buckets = append(r.Buckets, b)
	}
	switch a.Kind {
	case query.AggTerms:
		chooseTerms(&r, groups, a)
		return r, nil
	case query.AggTuples:
		chooseTuples(&r, a)
		return r, nil
	}
	r.Buckets = slices.DeleteFunc(r.Buckets, func(b query.Bucket) bool { return b.Count < int64(a.MinCount) })
	return r, nil
}

// termGroups makes a group per distinct value.
func termGroups(events []*event.Event, a query.Agg) []group {
	var groups []group
	at := make(map[string]int)
	add := func(e *event.Event, b query.Bucket, text bool) {
		name := fmt.Sprint(text, b.Key)
		i, ok := at[name]
		if !ok {
			i = len(groups)
			at[name] = i
			groups = append(groups, group{bucket: b, text: text})
		}
		if n := len(groups[i].events); n == 0 || groups[i].events[n-1] != e {
			groups[i].events = append(groups[i].events, e)
		}
	}
	for _, e := range events {
		none := true
		if isText(a.Field) {
			for _, s := range textsAs(e, a.Field, a.As) {
				none = false
				if a.Keep == nil || a.Keep(s) {
					add(e, query.Bucket{Key: s}, true)
				}
			}
		} else if v, ok := e.Value(a.Field.Field); ok {
			if v.Float() == 0 {
				v.Bits = 0 // minus zero is zero
			}
			none = false
			if a.Keep == nil || a.Keep(v.String()) {
				add(e, query.Bucket{Key: v.String(), Number: v.Float()}, false)
			}
		}
		if none && a.Missing != "" && (a.Keep == nil || a.Keep(a.Missing)) {
			b, text := query.Bucket{Key: a.Missing}, true
			if s, ok := readAs(a.Missing, a.Field, a.As); ok {
				b.Key = s
			}
			if !isText(a.Field) {
				if bits, ok := query.ParseBits(a.Field.Field.Kind(), a.Missing); ok {
					v := event.Value{Field: a.Field.Field, Bits: bits}
					b, text = query.Bucket{Key: v.String(), Number: v.Float()}, false
				}
			}
			add(e, b, text)
		}
	}
	return groups
}

// chooseTerms sorts the buckets and keeps the wanted ones.
func chooseTerms(r *query.AggResult, groups []group, a query.Agg) {
	isText := make(map[string]bool)
	for _, g := range groups {
		isText[g.bucket.Key] = g.text
	}
	all := r.Buckets
	order := a.Order
	if len(order) == 0 {
		order = []query.AggOrder{{By: query.ByCount, Desc: true}}
	}
	order = append(slices.Clone(order), query.AggOrder{By: query.ByKey})
	sort.SliceStable(all, func(i, j int) bool {
		for _, o := range order {
			if c := compareBuckets(all[i], all[j], o, a, isText); c != 0 {
				return c < 0
			}
		}
		return false
	})
	size := a.Size
	if size == 0 {
		size = 10
	}
	r.Buckets = nil
	for _, b := range all {
		if b.Count >= int64(max(a.MinCount, 1)) && len(r.Buckets) < size {
			r.Buckets = append(r.Buckets, b)
		} else {
			r.OtherCount += b.Count
		}
	}
}

func compareBuckets(x, y query.Bucket, o query.AggOrder, a query.Agg, isText map[string]bool) int {
	c := 0
	switch o.By {
	case query.ByCount:
		c = int(x.Count - y.Count)
	case query.ByKey:
		switch {
		case isText[x.Key] != isText[y.Key]:
			c = 1
			if isText[y.Key] {
				c = -1
			}
		case isText[x.Key] && a.Field.Field == event.NoField:
			c = query.CompareUnknown(x.Key, y.Key)
		case isText[x.Key]:
			c = strings.Compare(x.Key, y.Key)
		case x.Number < y.Number:
			c = -1
		case x.Number > y.Number:
			c = 1
		}
	default:
		p, q := figureOf(x, o.By, a), figureOf(y, o.By, a)
		switch {
		case math.IsNaN(p) && math.IsNaN(q):
			return 0
		case math.IsNaN(p):
			return 1 // last in both directions
		case math.IsNaN(q):
			return -1
		case p < q:
			c = -1
		case p > q:
			c = 1
		}
	}
	if o.Desc {
		return -c
	}
	return c
}

// figureOf reads the figure that an order names.
func figureOf(b query.Bucket, by string, a query.Agg) float64 {
	name, part, _ := strings.Cut(by, ".")
	for i, sub := range a.Subs {
		if sub.Name != name {
			continue
		}
		r := b.Subs[i]
		switch r.Kind {
		case query.AggStats:
			switch {
			case part == "count":
				return float64(r.Stats.Count)
			case part == "sum":
				return r.Stats.Sum
			case r.Stats.Count == 0:
				return math.NaN()
			case part == "min":
				return r.Stats.Min
			case part == "max":
				return r.Stats.Max
			}
			return r.Stats.Sum / float64(r.Stats.Count)
		case query.AggPercentiles:
			for _, p := range r.Percentiles {
				if strconv.FormatFloat(p.Percent, 'g', -1, 64) == part {
					return p.Value
				}
			}
			return math.NaN()
		default:
			if !r.Valid {
				return math.NaN()
			}
			return r.Value
		}
	}
	return math.NaN()
}

func numberGroups(events []*event.Event, a query.Agg) []group {
	byNumber := make(map[float64][]*event.Event)
	first, last := math.Inf(1), math.Inf(-1)
	widen := func(n float64) {
		first, last = min(first, n), max(last, n)
	}
	for _, e := range events {
		for _, v := range valuesOf(e, a) {
			n := math.Floor((v - a.Offset) / a.Interval)
			widen(n)
			if list := byNumber[n]; len(list) == 0 || list[len(list)-1] != e {
				byNumber[n] = append(list, e)
			}
		}
	}
	if a.HasBounds && a.MinCount == 0 {
		widen(math.Floor((a.BoundsMin - a.Offset) / a.Interval))
		widen(math.Floor((a.BoundsMax - a.Offset) / a.Interval))
	}
	var groups []group
	for n := first; n <= last; n++ {
		if len(byNumber[n]) == 0 && a.MinCount > 0 {
			continue
		}
		key := n*a.Interval + a.Offset
		groups = append(groups, group{
			bucket: query.Bucket{Key: strconv.FormatFloat(key, 'f', -1, 64), Number: key},
			events: byNumber[n],
		})
	}
	return groups
}

func rangeGroups(events []*event.Event, a query.Agg) []group {
	var groups []group
	for _, r := range a.Ranges {
		g := group{bucket: query.Bucket{Key: r.Key, From: r.From, To: r.To, HasFrom: r.HasFrom, HasTo: r.HasTo}}
		for _, e := range events {
			if slices.ContainsFunc(valuesOf(e, a), func(v float64) bool {
				return (!r.HasFrom || v >= r.From) && (!r.HasTo || v < r.To)
			}) {
				g.events = append(g.events, e)
			}
		}
		groups = append(groups, g)
	}
	return groups
}

func filterGroups(events []*event.Event, a query.Agg) ([]group, error) {
	var groups []group
	for _, f := range a.Filters {
		m, err := query.Compile(f.Filter)
		if err != nil {
			return nil, err
		}
		g := group{bucket: query.Bucket{Key: f.Key}}
		for _, e := range events {
			if m.Match(e) {
				g.events = append(g.events, e)
			}
		}
		groups = append(groups, g)
	}
	return groups, nil
}

// figures fills in the aggregations without buckets.
func figures(r *query.AggResult, events []*event.Event, a query.Agg) {
	var numbers []float64
	var texts []string
	for _, e := range events {
		if isText(a.Field) {
			texts = append(texts, textsWith(e, a)...)
		}
		if a.Field.Field == event.NoField || !isText(a.Field) {
			numbers = append(numbers, valuesOf(e, a)...)
		}
	}
	s := query.Stats{Count: int64(len(numbers))}
	if s.Count > 0 {
		s.Min, s.Max = slices.Min(numbers), slices.Max(numbers)
	}
	for _, n := range numbers {
		s.Sum += n
		s.SumSquares += n * n
	}
	r.Valid = s.Count > 0
	switch a.Kind {
	case query.AggMin:
		r.Value = s.Min
	case query.AggMax:
		r.Value = s.Max
	case query.AggAvg:
		if r.Valid {
			r.Value = s.Sum / float64(s.Count)
		}
	case query.AggSum:
		r.Value, r.Valid = s.Sum, true
	case query.AggStats:
		r.Stats = s
	case query.AggValueCount:
		r.Value, r.Valid = float64(len(numbers)), true
		if isText(a.Field) {
			r.Value = float64(len(texts))
		}
	case query.AggCardinality:
		r.Valid = true
		if isText(a.Field) {
			slices.Sort(texts)
			r.Value = float64(len(slices.Compact(texts)))
		} else {
			slices.Sort(numbers)
			r.Value = float64(len(slices.Compact(numbers)))
		}
	case query.AggPercentileRanks, query.AggDeviation, query.AggBoxplot, query.AggWeightedAvg:
		moreFigures(r, numbers, events, a)
	case query.AggPercentiles:
		percents := a.Percents
		if percents == nil {
			percents = []float64{1, 5, 25, 50, 75, 95, 99}
		}
		for _, p := range percents {
			r.Percentiles = append(r.Percentiles, query.Percentile{Percent: p, Value: percentileOf(numbers, p, a.Nearest)})
		}
	}
}

// percentile is the value at a rank, in proportion between two values.
func percentile(numbers []float64, percent float64) float64 {
	if len(numbers) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(numbers))
	rank := percent / 100 * float64(len(sorted)-1)
	low, high := sorted[int(math.Floor(rank))], sorted[int(math.Ceil(rank))]
	return low + (high-low)*(rank-math.Floor(rank))
}
