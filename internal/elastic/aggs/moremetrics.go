package aggs

import (
	"math"

	"rastro/internal/query"
)

// ranks is "percentile_ranks".
type ranks struct {
	percentiles
	values []float64
}

func newRanks(p *params) (kind, error) {
	r := &ranks{percentiles: percentiles{field: p.numericField(), typed: "tdigest_percentile_ranks"}}
	if p.sketch() >= 0 {
		r.agg.Nearest = true
		r.typed = "hdr_percentile_ranks"
	}
	r.keyed = p.flag("keyed", true)
	v := p.get("values")
	if v == nil {
		return r, p.fail(typeArgument, p.at, "[values] must not be null: ["+p.name+"]")
	}
	if r.values = p.numbers(v, "values"); len(r.values) == 0 {
		p.failAt(v, typeArgument, "[values] must not be an empty array: [%s]", p.name)
	}
	r.agg = query.Agg{Kind: query.AggPercentileRanks, Nearest: r.agg.Nearest, Field: r.field.ref, As: r.field.as(), Missing: r.field.missing(p), Values: r.values}
	if r.field.dates() {
		r.agg.Values = nil
		for _, x := range r.values {
			r.agg.Values = append(r.agg.Values, x*nanos)
		}
	}
	return r, nil
}

func (r *ranks) read(_ *reading, _ *node, res *query.AggResult) (*result, error) {
	points := make([]query.Percentile, len(r.values))
	for i, x := range r.values {
		points[i] = query.Percentile{Percent: x, Value: math.NaN()}
		if res != nil && i < len(res.Percentiles) {
			points[i].Value = res.Percentiles[i].Percent
		}
	}
	return pointsResult(r.typed, &field{format: r.field.format}, r.keyed, points), nil
}

// newWeighted makes "weighted_avg".
func newWeighted(p *params) (kind, error) {
	m := &metric{typed: "weighted_avg", agg: query.Agg{Kind: query.AggWeightedAvg}}
	format := p.format()
	p.skip("value_type")
	read := func(name string) (field, string) {
		v := p.get(name)
		if v == nil || v.kind != isObject {
			if p.err == nil {
				p.err = p.fail(typeArgument, p.at, "["+name+"] is missing in the weighted_avg aggregation ["+p.name+"]")
			}
			return field{}, ""
		}
		inner := &params{parser: p.parser, typ: p.typ, name: p.name, v: v, at: v.start}
		f := inner.numericField()
		missing := f.missing(inner)
		if err := inner.done(); err != nil && p.err == nil {
			p.err = err
		}
		return f, missing
	}
	m.field, m.agg.Missing = read("value")
	m.agg.Field, m.agg.As = m.field.ref, m.field.as()
	m.field.format = format
	var weight field
	weight, m.agg.WeightMissing = read("weight")
	m.agg.Weight = weight.ref
	return m, nil
}

// accuracy reads how exact Elasticsearch's estimates would be; ours are not
// changed by it.
func (p *params) accuracy() {
	if v := p.get("compression"); v != nil {
		if x := p.numberOf(v, "compression"); x <= 0 {
			p.failAt(v, typeArgument, "[compression] must be greater than 0. Found [%s] in [%s]", doubleText(x), p.name)
		}
	}
	if v := p.get("execution_hint"); v != nil {
		p.checkHint(v)
	}
}

func (p *params) checkHint(v *value) {
	if v.text != "default" && v.text != "high_accuracy" {
		p.failAt(v, typeArgument, "Invalid execution_hint [%s], valid values are [default, high_accuracy]", v.text)
	}
}

// newDeviation makes "median_absolute_deviation".
func newDeviation(p *params) (kind, error) {
	f := p.numericField()
	p.accuracy()
	m := &metric{typed: "median_absolute_deviation", field: field{format: f.format}}
	m.agg = query.Agg{Kind: query.AggDeviation, Field: f.ref, As: f.as(), Missing: f.missing(p)}
	return m, nil
}

// boxplot is "boxplot".
type boxplot struct {
	field field
	agg   query.Agg
}

func newBoxplot(p *params) (kind, error) {
	b := &boxplot{field: p.numericField()}
	p.accuracy()
	b.agg = query.Agg{Kind: query.AggBoxplot, Field: b.field.ref, As: b.field.as(), Missing: b.field.missing(p)}
	return b, nil
}

func (b *boxplot) ask() query.Agg { return b.agg }

func (b *boxplot) read(_ *reading, _ *node, r *query.AggResult) (*result, error) {
	nan := math.NaN()
	box := query.Box{Min: nan, Max: nan, Q1: nan, Q2: nan, Q3: nan, Lower: nan, Upper: nan}
	if r != nil && r.Valid {
		box = r.Box
	}
	out := &result{typed: "boxplot"}
	figures := make(map[string]float64)
	for _, f := range []struct {
		name string
		x    float64
	}{{"min", box.Min}, {"max", box.Max}, {"q1", box.Q1}, {"q2", box.Q2}, {"q3", box.Q3}, {"lower", box.Lower}, {"upper", box.Upper}} {
		x := b.field.figure(f.x)
		figures[f.name] = x
		out.fields = append(out.fields, b.field.figures(f.name, x)...)
	}
	out.figure = func(part string) (float64, bool) {
		x, ok := figures[part]
		return x, ok
	}
	return out, nil
}
