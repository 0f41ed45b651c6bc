package storetest

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"regexp"
	"strings"
	"time"

	"rastro/internal/event"
	"rastro/internal/query"
)

// asker makes up questions about some events: about values they have, values
// they nearly have, and values they have not.
type asker struct {
	rand   *rand.Rand
	events []event.Event
	ins    int // how many In the filter being made is inside of
}

// unknownNames are names the table of fields does not know; most of them stand
// in the generated events.
var unknownNames = []string{
	"container.name", "container.labels.tier", "container.labels.n", "retries", "born", "rules", "flag",
	"nothing", "empty", "deep.a.b", "Odd Name \"quoted\"", "never.seen", "retries.keyword", "note", "note.text", "note.keyword",
}

func (a *asker) chance(one int) bool { return a.rand.IntN(one) == 0 }

// field picks a field; strings and numbers are about equally likely.
func (a *asker) field() query.FieldRef {
	switch a.rand.IntN(8) {
	case 0:
		return query.Ref(pick(a.rand, unknownNames))
	case 1:
		return query.FieldOf(pick(a.rand, []event.Field{event.EventID, event.Message, event.LogMessage, event.Timestamp, event.ReceivedAt}))
	}
	e := &a.events[a.rand.IntN(len(a.events))]
	if len(e.Values) > 0 && !a.chance(10) {
		ref := query.FieldOf(e.Values[a.rand.IntN(len(e.Values))].Field)
		ref.Exact = ref.Field.Kind() == event.Text && a.chance(3)
		return ref
	}
	return query.FieldOf(event.Field(1 + a.rand.IntN(int(event.FieldCount)-1)))
}

// sample is the text of a value that some event has in the field, or another
// text.
func (a *asker) sample(ref query.FieldRef) string {
	for range 40 {
		e := &a.events[a.rand.IntN(len(a.events))]
		if isText(ref) {
			if list := textsOf(e, ref); len(list) > 0 {
				return a.mangled(pick(a.rand, list))
			}
		} else if v, ok := e.Value(ref.Field); ok {
			return v.String()
		}
	}
	return pick(a.rand, []string{"", "nothing like it", "0", "*"})
}

// mangled changes a text's case or a letter of it, now and then.
func (a *asker) mangled(s string) string {
	switch a.rand.IntN(8) {
	case 0:
		return strings.ToUpper(s)
	case 1:
		return strings.ToLower(s)
	case 2:
		if s != "" {
			i := a.rand.IntN(len(s))
			return s[:i] + "q" + s[i+1:]
		}
	}
	return s
}

// words cuts a few words out of a text.
func (a *asker) words(s string) string {
	list := strings.Fields(s)
	if len(list) == 0 {
		return s
	}
	from := a.rand.IntN(len(list))
	return strings.Join(list[from:min(len(list), from+1+a.rand.IntN(3))], " ")
}

// part is the first few letters of a word of a text.
func (a *asker) part(s string) string {
	s = a.words(s)
	for i := range s {
		if i >= 4 {
			return s[:i]
		}
	}
	return s
}

// filter makes a condition; depth limits how deep it nests.
func (a *asker) filter(depth int) query.Filter {
	if depth > 0 && a.chance(2) {
		list := make([]query.Filter, a.rand.IntN(4))
		for i := range list {
			list[i] = a.filter(depth - 1)
		}
		switch a.rand.IntN(5) {
		case 0, 1:
			return query.And{Filters: list}
		case 2, 3:
			return query.Or{Filters: list, Min: a.rand.IntN(4)}
		default:
			return query.Not{Filter: a.filter(depth - 1)}
		}
	}
	if a.chance(12) {
		return a.in(depth)
	}
	if a.chance(15) {
		return pick(a.rand, []query.Filter{query.All{}, query.None{}})
	}
	return a.leaf()
}

// in makes a condition on what other events have in a field.
func (a *asker) in(depth int) query.Filter {
	in := query.In{Field: a.field()}
	if in.Values = in.Field; a.chance(4) {
		in.Values = a.field()
	}
	if a.ins++; a.ins < query.MaxInDepth {
		in.Of = a.filter(max(depth-1, 0))
	} else {
		in.Of = a.leaf()
	}
	a.ins--
	if a.chance(4) {
		moment := query.Bound{Set: true, Inclusive: true, Int: a.moment()}
		in.Of = query.And{Filters: []query.Filter{in.Of, query.Range{Field: query.FieldOf(event.Timestamp), From: moment}}}
	}
	return in
}

func (a *asker) leaf() query.Filter {
	if a.chance(6) {
		return a.wordLeaf()
	}
	ref := a.field()
	value := a.sample(ref)
	if ref.HasWords() && !a.chance(4) {
		value = a.words(value)
	}
	switch a.rand.IntN(10) {
	case 0:
		return query.Exists{Field: ref}
	case 1:
		return query.Prefix{Field: ref, Value: a.part(value)}
	case 2:
		return query.Wildcard{Field: ref, Pattern: pick(a.rand, []string{"*" + a.part(value) + "*", a.part(value) + "?*", "*", "??"})}
	case 3:
		pattern := regexp.QuoteMeta(strings.ToValidUTF8(a.part(value), "")) + ".*"
		prefix := ""
		if ref.Folds() {
			prefix = "(?i)"
		}
		return query.Regexp{Field: ref, Pattern: pattern, Compiled: regexp.MustCompile(prefix + `\A(?:` + pattern + `)\z`)}
	case 4:
		return query.Fuzzy{Field: ref, Value: value, Distance: a.rand.IntN(3)}
	case 5:
		return a.between(ref)
	case 6:
		return query.CIDR{Field: query.FieldOf(event.ClientIP), Network: netip.MustParsePrefix(
			pick(a.rand, []string{"192.0.2.0/26", "0.0.0.0/0", "2001:db8::/32", "203.0.113.9/32"}))}
	case 7:
		list := make([]string, a.rand.IntN(6))
		for i := range list {
			list[i] = a.sample(ref)
		}
		return query.Terms{Field: ref, Values: list}
	case 8:
		if ref.HasWords() {
			return query.Phrase{Field: ref, Text: value, Slop: a.rand.IntN(3)}
		}
	}
	return query.Term{Field: ref, Value: value}
}

// between makes a range between two values.
func (a *asker) between(ref query.FieldRef) query.Filter {
	bound := func() query.Bound {
		b := query.Bound{Set: !a.chance(4), Inclusive: a.chance(2)}
		text := a.sample(ref)
		switch {
		case isText(ref):
			b.Text = text
		case ref.Field.Kind() == event.Number:
			if n := numbersOf(&a.events[a.rand.IntN(len(a.events))], ref); len(n) > 0 {
				b.Float = n[0]
			}
		default:
			if bits, ok := query.ParseBits(ref.Field.Kind(), text); ok {
				b.Int = int64(bits)
			}
		}
		return b
	}
	return query.Range{Field: ref, From: bound(), To: bound()}
}

// moment is the time of some event, or near it.
func (a *asker) moment() int64 {
	return a.events[a.rand.IntN(len(a.events))].Time + int64(a.rand.IntN(3)-1)
}

// question makes up a whole question, without After.
func (a *asker) question() query.Question {
	q := query.Question{Limit: a.rand.IntN(30), Skip: a.rand.IntN(10) * a.rand.IntN(2)}
	if !a.chance(5) {
		q.Filter = a.filter(3)
	}
	if a.chance(3) {
		q.From = a.moment()
	}
	if a.chance(3) {
		q.To = a.moment()
	}
	if a.chance(6) {
		q.UpTo = 1 + uint64(a.rand.IntN(len(a.events)+10))
		q.Above = uint64(a.rand.IntN(10))
	}
	if a.chance(2) {
		for range 1 + a.rand.IntN(2) {
			ref := a.field()
			q.Sort = append(q.Sort, query.SortKey{Field: ref, Desc: a.chance(2), MissingFirst: a.chance(4), AsTime: ref.Field == event.NoField && a.chance(2)})
		}
	} else if a.chance(2) {
		q.Sort = []query.SortKey{{Field: query.FieldOf(event.Timestamp), Desc: a.chance(2), Unit: pick(a.rand, []int64{0, 1e6, 3600e9})}}
	}
	if a.chance(3) {
		q.Fields = []query.FieldRef{}
		for range a.rand.IntN(4) {
			q.Fields = append(q.Fields, a.field())
		}
	}
	if a.chance(6) {
		q.CountFor = time.Hour
	}
	q.Count = pick(a.rand, []int{0, query.CountExact, 1 + a.rand.IntN(50)})
	for i := range a.rand.IntN(3) * a.rand.IntN(2) {
		q.Aggs = append(q.Aggs, a.agg(fmt.Sprintf("a%d", i), 3))
	}
	return q
}

// numberField picks a field with numbers.
func (a *asker) numberField() query.FieldRef {
	return query.Ref(pick(a.rand, []string{
		"delay", "size", "spam_score", "attempt", "smtp_code", "pid", "offset", "is_error", "next_retry",
		"retries", "rules", "delay_queue", "@timestamp", "recipient_count",
	}))
}

// agg makes an aggregation; depth limits how deep it nests.
func (a *asker) agg(name string, depth int) query.Agg {
	g := query.Agg{Name: name, Kind: query.AggKind(a.rand.IntN(int(query.AggTopHits) + 1))}
	switch g.Kind {
	case query.AggTerms, query.AggCardinality, query.AggValueCount:
		g.Field = a.field()
	case query.AggDateHistogram:
		a.dates(&g)
	case query.AggHistogram:
		g.Field = query.Ref(pick(a.rand, []string{"delay", "spam_score", "smtp_code", "attempt", "retries"}))
		g.Interval = pick(a.rand, []float64{50, 10, 2.5})
		g.Offset = pick(a.rand, []float64{0, 0, 1, -0.5})
		g.MinCount = a.rand.IntN(3)
		if a.chance(4) {
			g.HasBounds, g.BoundsMin, g.BoundsMax = true, -20, 300
		}
	case query.AggRange:
		g.Field = a.numberField()
		g.Ranges = []query.AggRangeBucket{
			{Key: "low", To: 10, HasTo: true},
			{Key: "middle", From: 5, To: 400, HasFrom: true, HasTo: true},
			{Key: "high", From: 100, HasFrom: true},
		}
		g.MinCount = a.rand.IntN(2)
	case query.AggFilters:
		for i := range a.rand.IntN(4) {
			g.Filters = append(g.Filters, query.AggFilterBucket{Key: fmt.Sprint(i), Filter: a.filter(1)})
		}
	case query.AggTuples:
		a.tuples(&g)
	case query.AggTopHits:
		a.topHits(&g)
	default:
		g.Field = a.numberField()
		a.figures(&g)
	}
	if g.Kind == query.AggPercentiles && a.chance(2) {
		g.Percents = []float64{50, 0, 99.9, 100}
	}
	if g.Kind.HasBuckets() && depth > 1 {
		for i := range a.rand.IntN(3) {
			g.Subs = append(g.Subs, a.agg(fmt.Sprintf("s%d", i), depth-1))
		}
	}
	if g.Field.Field == event.NoField && g.Field.Name != "" && g.Kind != query.AggDateHistogram && a.chance(3) {
		g.As = pick(a.rand, []event.Kind{event.Number, event.Time})
	}
	switch {
	case g.Kind == query.AggTerms:
		a.terms(&g)
	case g.Kind == query.AggTuples && a.chance(2):
		a.order(&g)
	}
	return g
}

// terms fills in what only terms have.
func (a *asker) terms(g *query.Agg) {
	g.Size, g.MinCount = a.rand.IntN(8), a.rand.IntN(4)
	if a.chance(3) {
		g.Missing = pick(a.rand, []string{"none", "0", "INFO", "250"})
	}
	if a.chance(4) {
		g.Keep = func(key string) bool { return len(key)%3 > 0 }
	}
	a.order(g)
}

// order makes up an order of buckets.
func (a *asker) order(g *query.Agg) {
	orders := []string{query.ByCount, query.ByKey}
	for _, sub := range g.Subs {
		switch {
		case sub.Kind == query.AggStats:
			orders = append(orders, sub.Name+".avg", sub.Name+".max", sub.Name+".count")
		case sub.Kind == query.AggPercentiles && sub.Percents == nil:
			orders = append(orders, sub.Name+".95")
		case sub.Kind >= query.AggCardinality && sub.Kind <= query.AggValueCount && sub.Kind != query.AggPercentiles, sub.Kind == query.AggWeightedAvg:
			orders = append(orders, sub.Name)
		}
	}
	for range a.rand.IntN(3) {
		g.Order = append(g.Order, query.AggOrder{By: pick(a.rand, orders), Desc: a.chance(2)})
	}
}

// dates fills in a histogram over time.
func (a *asker) dates(g *query.Agg) {
	g.Field = query.Ref(pick(a.rand, []string{"@timestamp", "@timestamp", "received_at", "next_retry", "born"}))
	g.As = event.Time
	g.Zone = pick(a.rand, []string{"", "", "UTC", "+05:30", "America/New_York", "Europe/Madrid", "-03:00"})
	g.MinCount = a.rand.IntN(3)
	if a.chance(2) {
		g.Calendar = pick(a.rand, []string{"hour", "day", "week", "month", "quarter", "year"})
	} else {
		g.Interval = float64(pick(a.rand, []time.Duration{30 * time.Minute, time.Hour, 3 * time.Hour, 12 * time.Hour, 24 * time.Hour}))
	}
	if a.chance(4) {
		g.Offset = float64(pick(a.rand, []time.Duration{time.Hour, -90 * time.Minute}))
	}
	if a.chance(4) {
		g.HasBounds = true
		g.BoundsMin = float64(start.Add(-50 * time.Hour).UnixNano())
		g.BoundsMax = float64(start.Add(40 * time.Hour).UnixNano())
	}
}
