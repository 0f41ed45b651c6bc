package ask

import (
	"math"
	"slices"

	"rastro/internal/query"
)

// each hands out the values in ascending order with how often they come: as
// they are, or as the sketch has them.
func (p *percentiles) each(do func(value, count float64)) {
	if p.sketch == nil {
		if !p.sorted {
			slices.Sort(p.values)
			p.sorted = true
		}
		for _, v := range p.values {
			do(v, 1)
		}
		return
	}
	p.sketch.ForEach(func(value, count float64) bool {
		do(max(p.min, min(p.max, value)), count)
		return false
	})
}

// rank is the percentage of values below x, with those equal to it by half;
// NaN without values.
func (p *percentiles) rank(x float64) float64 {
	var total, below, equal float64
	p.each(func(value, count float64) {
		switch {
		case value < x:
			below += count
		case value == x:
			equal += count
		}
		total += count
	})
	if p.plan.agg.Nearest {
		return 100 * (below + equal) / total
	}
	return 100 * (below + equal/2) / total
}

// deviation is the median of the distances from the median.
func (p *percentiles) deviation() float64 {
	median := p.at(50)
	if math.IsNaN(median) {
		return median
	}
	type weighed struct{ x, n float64 }
	var list []weighed
	total := 0.0
	p.each(func(value, count float64) {
		list = append(list, weighed{math.Abs(value - median), count})
		total += count
	})
	slices.SortFunc(list, func(a, b weighed) int { return compareFigures(a.x, b.x, false) })
	// As percentiles: between the two in the middle where there are two.
	at := func(place float64) float64 {
		seen := 0.0
		for _, w := range list {
			if seen += w.n; seen > place {
				return w.x
			}
		}
		return list[len(list)-1].x
	}
	middle := (total - 1) / 2
	return (at(math.Floor(middle)) + at(math.Ceil(middle))) / 2
}

// box is the figures of AggBoxplot; false without values.
func (p *percentiles) box() (query.Box, bool) {
	b := query.Box{Q1: p.at(25), Q2: p.at(50), Q3: p.at(75), Lower: math.NaN(), Upper: math.NaN()}
	if math.IsNaN(b.Q2) {
		return query.Box{}, false
	}
	b.Min, b.Max = p.at(0), p.at(100)
	if p.sketch != nil {
		b.Min, b.Max = p.min, p.max
	}
	reach := 1.5 * (b.Q3 - b.Q1)
	p.each(func(value, _ float64) {
		if math.IsNaN(b.Lower) && value >= b.Q1-reach {
			b.Lower = value
		}
		if value <= b.Q3+reach {
			b.Upper = value
		}
	})
	return b, true
}
