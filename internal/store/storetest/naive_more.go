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

// valuesOf lists the numbers an event has for an aggregation, with the one
// that stands for missing ones.
func valuesOf(e *event.Event, a query.Agg) []float64 {
	list := numbersOf(e, a.Field)
	if a.As == event.Time && a.Field.Field == event.NoField {
		list = nil
		for _, t := range timesOf(e, query.Agg{Field: a.Field, As: event.Time}) {
			list = append(list, float64(t))
		}
	}
	if len(list) == 0 && a.Missing != "" && a.Kind != query.AggCardinality && a.Kind != query.AggValueCount {
		x, _ := strconv.ParseFloat(a.Missing, 64) // the questions have numbers there
		list = append(list, x)
	}
	if bits, ok := query.ParseBits(a.Field.Field.Kind(), a.Missing); len(list) == 0 && a.Missing != "" {
		switch {
		case a.Kind == query.AggValueCount:
			return []float64{0}
		case ok:
			return []float64{event.Value{Field: a.Field.Field, Bits: bits}.Float()}
		}
	}
	return list
}

// textsAs lists the strings an event has in a field, brought into one form
// where the table does not know the field.
func textsAs(e *event.Event, ref query.FieldRef, as event.Kind) []string {
	var list []string
	for _, text := range textsOf(e, ref) {
		if text, ok := readAs(text, ref, as); ok {
			list = append(list, text)
		}
	}
	return list
}

// readAs is the plain way to do what Agg.As asks for.
func readAs(text string, ref query.FieldRef, as event.Kind) (string, bool) {
	if ref.Field != event.NoField {
		return text, true
	}
	switch as {
	case event.Number:
		bits, ok := query.ParseBits(event.Number, text)
		return strconv.FormatFloat(math.Float64frombits(bits), 'f', -1, 64), ok
	case event.Time:
		t, ok := query.ParseDate(text)
		return event.FormatTime(t), ok
	}
	return text, true
}

// textsWith lists the strings an event has, with the one that stands for
// missing ones.
func textsWith(e *event.Event, a query.Agg) []string {
	list := textsOf(e, a.Field)
	if a.Kind == query.AggCardinality {
		list = textsAs(e, a.Field, a.As)
	}
	if len(list) == 0 && a.Missing != "" {
		return []string{a.Missing}
	}
	return list
}

// timesOf lists the points in time an event has for an aggregation.
func timesOf(e *event.Event, a query.Agg) []int64 {
	var list []int64
	if a.Field.Field == event.NoField {
		for _, text := range textsOf(e, a.Field) {
			if t, ok := query.ParseDate(text); ok {
				list = append(list, t)
			}
		}
	} else if v, ok := e.Value(a.Field.Field); ok {
		list = append(list, v.Int())
	}
	if len(list) == 0 && a.Missing != "" {
		x, _ := strconv.ParseFloat(a.Missing, 64) // as in valuesOf
		list = append(list, int64(x))
	}
	return list
}

// moreFigures fills in the rarer aggregations without buckets.
func moreFigures(r *query.AggResult, numbers []float64, events []*event.Event, a query.Agg) {
	sorted := slices.Sorted(slices.Values(numbers))
	switch a.Kind {
	case query.AggPercentileRanks:
		for _, v := range a.Values {
			r.Percentiles = append(r.Percentiles, query.Percentile{Percent: rankOf(sorted, v, a.Nearest), Value: v})
		}
	case query.AggDeviation:
		if len(sorted) > 0 {
			median := percentile(sorted, 50)
			var distances []float64
			for _, x := range sorted {
				distances = append(distances, math.Abs(x-median))
			}
			r.Value = percentile(distances, 50)
		}
	case query.AggBoxplot:
		if len(sorted) > 0 {
			b := query.Box{Min: sorted[0], Max: sorted[len(sorted)-1], Q1: percentile(sorted, 25), Q2: percentile(sorted, 50), Q3: percentile(sorted, 75)}
			reach := 1.5 * (b.Q3 - b.Q1)
			within := slices.DeleteFunc(slices.Clone(sorted), func(x float64) bool { return x < b.Q1-reach || x > b.Q3+reach })
			b.Lower, b.Upper = within[0], within[len(within)-1]
			r.Box = b
		}
	case query.AggWeightedAvg:
		weightedAvg(r, events, a)
	}
}

// percentileOf is percentile, or the first value that as many are not above.
func percentileOf(numbers []float64, percent float64, nearest bool) float64 {
	if !nearest || len(numbers) == 0 {
		return percentile(numbers, percent)
	}
	sorted := slices.Sorted(slices.Values(numbers))
	for i, x := range sorted {
		if float64(i+1)/float64(len(sorted))*100 >= percent-1e-9 {
			return x
		}
	}
	return sorted[len(sorted)-1]
}

// rankOf is the share of sorted numbers below x, in percent; those equal to it
// count half.
func rankOf(sorted []float64, x float64, nearest bool) float64 {
	n := float64(len(sorted))
	if n == 0 {
		return math.NaN()
	}
	from := sort.SearchFloat64s(sorted, x)
	to := sort.Search(len(sorted), func(i int) bool { return sorted[i] > x })
	if nearest {
		return 100 * float64(to) / n
	}
	return 100 * float64(from+to) / 2 / n
}

func weightedAvg(r *query.AggResult, events []*event.Event, a query.Agg) {
	var sum, weights float64
	n := 0
	for _, e := range events {
		w := valuesOf(e, query.Agg{Kind: query.AggSum, Field: a.Weight, Missing: a.WeightMissing})
		if len(w) == 0 {
			continue
		}
		for _, v := range valuesOf(e, a) {
			sum, weights, n = sum+v*w[0], weights+w[0], n+1
		}
	}
	r.Value = sum / weights
	r.Valid = n > 0 && !math.IsNaN(r.Value) && !math.IsInf(r.Value, 0)
	if !r.Valid {
		r.Value = 0
	}
}

// topHits fills in AggTopHits.
func topHits(r *query.AggResult, events []*event.Event, a query.Agg) {
	size := a.Size
	if size == 0 {
		size = 3
	}
	r.Value, r.Valid = float64(len(events)), true
	r.Hits = pageOf(events, query.Question{Limit: size, Sort: a.Sort, Fields: a.Fields})
}

// tupleGroups makes a group per combination of values.
func (o *oracle) tupleGroups(events []*event.Event, a query.Agg) ([]group, error) {
	var groups []group
	at := make(map[string]int)
	for _, e := range events {
		combinations := [][]query.AggKey{nil}
		for _, part := range a.Parts {
			keys, err := o.keysOf(e, part)
			if err != nil {
				return nil, err
			}
			var longer [][]query.AggKey
			for _, c := range combinations {
				for _, k := range keys {
					longer = append(longer, append(slices.Clone(c), k))
				}
			}
			combinations = longer
		}
		for _, c := range combinations {
			name := fmt.Sprintf("%#v", c)
			i, ok := at[name]
			if !ok {
				i = len(groups)
				at[name] = i
				groups = append(groups, group{bucket: query.Bucket{Keys: c}})
			}
			groups[i].events = append(groups[i].events, e)
		}
	}
	return groups, nil
}

// keysOf lists the keys an event has for one part, each once.
func (o *oracle) keysOf(e *event.Event, part query.AggPart) ([]query.AggKey, error) {
	a := query.Agg{Field: part.Field, Interval: part.Interval, Offset: part.Offset, Calendar: part.Calendar, As: part.As}
	var keys []query.AggKey
	add := func(k query.AggKey) {
		if !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	switch {
	case part.Kind == query.AggDateHistogram:
		zone, err := zoneOf(part.Zone)
		if err != nil {
			return nil, err
		}
		for _, t := range timesOf(e, a) {
			begin := o.dateStart(t, a, zone)
			add(query.AggKey{Text: event.FormatTime(begin), Number: float64(begin)})
		}
	case part.Kind == query.AggHistogram:
		for _, v := range numbersOf(e, part.Field) {
			x := math.Floor((v-part.Offset)/part.Interval)*part.Interval + part.Offset
			add(query.AggKey{Text: strconv.FormatFloat(x+0, 'f', -1, 64), Number: x + 0})
		}
	case isText(part.Field):
		for _, text := range textsAs(e, part.Field, part.As) {
			k := query.AggKey{Text: text}
			if part.As == event.Time && part.Field.Field == event.NoField {
				t, _ := query.ParseDate(text) // textsAs wrote it
				k.Number = float64(t)
			}
			add(k)
		}
	default:
		if v, ok := e.Value(part.Field.Field); ok {
			if v.Float() == 0 {
				v.Bits = 0
			}
			add(query.AggKey{Text: v.String(), Number: v.Float()})
		}
	}
	if len(keys) == 0 && part.Null {
		add(query.AggKey{Null: true})
	}
	return keys, nil
}

// chooseTuples sorts the buckets and keeps the wanted ones.
func chooseTuples(r *query.AggResult, a query.Agg) {
	all := r.Buckets
	sort.SliceStable(all, func(i, j int) bool { return compareKeys(all[i].Keys, all[j].Keys, a) < 0 })
	if len(a.Order) > 0 {
		sort.SliceStable(all, func(i, j int) bool {
			for _, o := range a.Order {
				c := 0
				if o.By == query.ByKey {
					c = compareKeys(all[i].Keys, all[j].Keys, a)
					if o.Desc {
						c = -c
					}
				} else {
					c = compareBuckets(all[i], all[j], o, a, nil)
				}
				if c != 0 {
					return c < 0
				}
			}
			return false
		})
	}
	r.Buckets = nil
	for _, b := range all {
		switch {
		case a.After != nil && compareKeys(b.Keys, a.After, a) <= 0:
		case len(r.Buckets) < a.Size && b.Count >= int64(a.MinCount):
			r.Buckets = append(r.Buckets, b)
		case len(a.Order) > 0:
			r.OtherCount += b.Count
		}
	}
}

// compareKeys orders the keys of tuples.
func compareKeys(x, y []query.AggKey, a query.Agg) int {
	for i, part := range a.Parts {
		p, q := x[i], y[i]
		c := 0
		switch {
		case p.Null && q.Null:
			continue
		case p.Null || q.Null:
			if p.Null != part.NullLast {
				return -1
			}
			return 1
		case part.Kind == query.AggTerms && part.Field.Field == event.NoField && part.As != event.Time:
			c = query.CompareUnknown(p.Text, q.Text)
		case part.Kind == query.AggTerms && isText(part.Field) && part.As != event.Time:
			c = strings.Compare(p.Text, q.Text)
		case p.Number < q.Number:
			c = -1
		case p.Number > q.Number:
			c = 1
		}
		if part.Desc {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	return 0
}
