package storetest

import (
	"context"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/store"
)

// figures fills in what only aggregations of numbers have.
func (a *asker) figures(g *query.Agg) {
	if a.chance(4) {
		g.Missing = strconv.Itoa(a.rand.IntN(300))
	}
	g.Nearest = a.chance(3)
	switch g.Kind {
	case query.AggPercentileRanks:
		g.Values = []float64{0, 250, float64(a.rand.IntN(1000))}
	case query.AggWeightedAvg:
		g.Weight = a.numberField()
		if a.chance(3) {
			g.WeightMissing = "2"
		}
	}
}

func (a *asker) topHits(g *query.Agg) {
	g.Size = a.rand.IntN(5)
	for range a.rand.IntN(3) {
		g.Sort = append(g.Sort, query.SortKey{Field: a.field(), Desc: a.chance(2)})
	}
	if a.chance(2) {
		g.Fields = []query.FieldRef{a.field(), a.field()}
	}
}

// tuples fills in keys of several parts, and now and then a key of some event
// to begin behind.
func (a *asker) tuples(g *query.Agg) {
	g.Size = 1 + a.rand.IntN(12)
	for range 1 + a.rand.IntN(3) {
		p := query.AggPart{Kind: query.AggTerms, Field: a.field(), Null: a.chance(2), Desc: a.chance(3), NullLast: a.chance(3)}
		switch a.rand.IntN(4) {
		case 0:
			p.Kind, p.Field = query.AggDateHistogram, query.FieldOf(event.Timestamp)
			p.Calendar = pick(a.rand, []string{"day", "week", "month"})
			p.Zone = pick(a.rand, []string{"", "America/New_York"})
		case 1:
			p.Kind, p.Field, p.Interval = query.AggHistogram, a.numberField(), 25
			if k := p.Field.Field.Kind(); k == event.Time || p.Field.Field == event.Offset {
				p.Interval = float64(24 * time.Hour)
			}
		}
		if p.Kind == query.AggTerms && p.Field.Field == event.NoField && a.chance(2) {
			p.As = pick(a.rand, []event.Kind{event.Number, event.Time})
		}
		g.Parts = append(g.Parts, p)
	}
	if !a.chance(2) {
		return
	}
	o := newOracle(a.events)
	e := &a.events[a.rand.IntN(len(a.events))]
	var after []query.AggKey
	for _, p := range g.Parts {
		keys, err := o.keysOf(e, p)
		if err != nil || len(keys) == 0 {
			return
		}
		after = append(after, pick(a.rand, keys))
	}
	g.After = after
}

// wordLeaf makes a condition on the words of a text: words that some event
// has there, has elsewhere, or that none has.
func (a *asker) wordLeaf() query.Filter {
	ref := a.wordField()
	value := a.words(a.sample(pick(a.rand, []query.FieldRef{ref, ref, ref, a.wordField()})))
	switch a.rand.IntN(8) {
	case 0:
		value = pick(a.rand, []string{"zanzibarica", "nowhere at all", value + " zanzibarica"})
	case 1:
		value = value[a.rand.IntN(len(value)+1):]
	}
	switch a.rand.IntN(4) {
	case 0:
		return query.Term{Field: ref, Value: value}
	case 1:
		return query.Terms{Field: ref, Values: []string{value, a.words(a.sample(ref)), "zanzibarica"}[a.rand.IntN(3):]}
	default:
		return query.Phrase{Field: ref, Text: value, Slop: a.rand.IntN(3) * a.rand.IntN(2), Open: a.chance(3)}
	}
}

func (a *asker) wordField() query.FieldRef {
	if a.chance(3) {
		return query.Ref(pick(a.rand, unknownNames))
	}
	ref := query.FieldOf(pick(a.rand, []event.Field{event.Message, event.LogMessage, event.Reply, event.Subject, event.CommandData}))
	ref.Exact = a.chance(8)
	return ref
}

// testWords asks for words in all columns that are searched by words, where
// they stand in many events, in few and in none.
func testWords(t *testing.T, open func(t *testing.T) store.Store) {
	n := seed(t)
	events := Events(3000, n)
	s := open(t)
	fill(t, s, Events(3000, n))
	if err := s.Flush(context.Background()); err != nil {
		t.Fatalf("Flush: %v", err)
	}
	o, a := newOracle(events), &asker{rand: rand.New(rand.NewPCG(n, 4)), events: events}
	questions := 1500
	if testing.Short() {
		questions = 300
	}
	for range questions {
		q := query.Question{Filter: a.wordLeaf(), Limit: 1 + a.rand.IntN(40), Count: pick(a.rand, []int{0, query.CountExact, 20})}
		if a.chance(4) {
			q.Filter = query.And{Filters: []query.Filter{q.Filter, a.wordLeaf()}}
		}
		if a.chance(6) {
			q.Filter = query.Not{Filter: q.Filter}
		}
		checkSame(t, s, o, q)
	}
}
