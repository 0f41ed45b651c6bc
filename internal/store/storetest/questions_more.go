package storetest

import (
	"strconv"
	"time"

	"rastro/internal/event"
	"rastro/internal/query"
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
