package aggs

import (
	"encoding/json"
	"math"
	"slices"
	"strings"

	"rastro/internal/query"
)

// overBuckets is the pipes beside the buckets they look at: one figure, or
// several, of all of them.
type overBuckets struct {
	typ      string
	sigma    float64
	percents []float64
	keyed    bool
}

func (overBuckets) sibling() bool { return true }

func newOverBuckets(p *params, pp *pipe) pipeKind {
	p.onePath(pp)
	o := &overBuckets{typ: p.typ, sigma: 2, keyed: true, percents: []float64{1, 5, 25, 50, 75, 95, 99}}
	switch p.typ {
	case "extended_stats_bucket":
		if o.sigma = p.number("sigma", 2); o.sigma < 0 {
			p.failAt(p.get("sigma"), typeArgument, "[sigma] must be a non-negative double")
		}
	case "percentiles_bucket":
		o.keyed = p.flag("keyed", true)
		if v := p.get("percents"); v != nil {
			o.percents = p.numbers(v, "percents")
			for _, x := range o.percents {
				if !(x >= 0 && x <= 100) {
					p.failAt(v, typeArgument, "[percents] must only contain non-null doubles from 0.0-100.0 inclusive")
				}
			}
		}
	}
	return o
}

func (o *overBuckets) run(p *pipe, list []*bucket, _ *result) error {
	for _, b := range list {
		way := p.paths[0]
		r, part := find(b.subs, way.steps[0])
		if r == nil {
			continue
		}
		inner := path{text: way.text, steps: way.steps[1:]}
		if part != "" && part != "_count" && !strings.HasSuffix(way.steps[0], "]") { // a point parts steps, too
			inner.steps = append([]string{part}, inner.steps...)
			part = ""
		}
		if len(inner.steps) == 0 {
			inner.steps, part = []string{"_count"}, strings.TrimPrefix(part, "_count")
		}
		buckets := r.buckets
		if part != "" {
			buckets = nil
			if one := r.at(part); one != nil {
				buckets = []*bucket{one}
			}
		}
		values, keys, err := p.collect(buckets, inner)
		if err != nil {
			return err
		}
		p.add(b, o.result(p, values, keys))
	}
	return nil
}

// collect reads the figures of all buckets that have one.
func (p *pipe) collect(buckets []*bucket, way path) (values []float64, keys []string, err error) {
	for _, b := range buckets {
		x, err := p.value(b, way)
		if err != nil {
			return nil, nil, err
		}
		if !math.IsNaN(x) {
			values, keys = append(values, x), append(keys, b.key)
		}
	}
	return values, keys, nil
}

func (o *overBuckets) result(p *pipe, values []float64, keys []string) *result {
	f := &field{format: p.format}
	st := query.Stats{Count: int64(len(values))}
	for _, x := range values {
		st.Sum += x
		st.SumSquares += x * x
	}
	if len(values) > 0 {
		st.Min, st.Max = slices.Min(values), slices.Max(values)
	}
	switch o.typ {
	case "avg_bucket":
		return oneFigure("simple_value", f, st.Sum/float64(len(values)))
	case "sum_bucket":
		return oneFigure("simple_value", f, st.Sum)
	case "stats_bucket":
		return statsResult("stats_bucket", f, st)
	case "extended_stats_bucket":
		return extendedResult("extended_stats_bucket", f, st, o.sigma)
	case "percentiles_bucket":
		return pointsResult("percentiles_bucket", f, o.keyed, o.points(values))
	}
	best := st.Min
	if o.typ == "max_bucket" {
		best = st.Max
	}
	if len(values) == 0 {
		best = math.NaN()
	}
	r := oneFigure("bucket_metric_value", f, best)
	names := []byte{'['}
	for i, x := range values {
		if x == best {
			names = append(appendString(names, keys[i]), ',')
		}
	}
	r.fields = append(r.fields, jsonField{"keys", json.RawMessage(append(closed(names), ']'))})
	return r
}

// points are the values nearest to the ranks.
func (o *overBuckets) points(values []float64) []query.Percentile {
	sorted := slices.Sorted(slices.Values(values))
	var list []query.Percentile
	for _, percent := range o.percents {
		x := math.NaN()
		if len(sorted) > 0 {
			x = sorted[int(math.Floor(percent/100*float64(len(sorted)-1)+0.5))]
		}
		list = append(list, query.Percentile{Percent: percent, Value: x})
	}
	return list
}
