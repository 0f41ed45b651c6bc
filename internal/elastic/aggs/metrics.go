package aggs

import (
	"cmp"
	"encoding/json"
	"math"
	"strconv"

	"rastro/internal/event"
	"rastro/internal/query"
)

// metric is an aggregation of one figure.
type metric struct {
	typed string
	field field
	agg   query.Agg
	// whole figures are counts.
	whole bool
}

// simpleMetrics are the kinds of one figure in the engine.
var simpleMetrics = map[string]query.AggKind{
	"avg": query.AggAvg, "min": query.AggMin, "max": query.AggMax, "sum": query.AggSum,
	"value_count": query.AggValueCount, "cardinality": query.AggCardinality,
}

func newMetric(p *params) (kind, error) {
	m := &metric{typed: p.typ, whole: p.typ == "value_count" || p.typ == "cardinality"}
	if m.whole {
		m.field = p.field()
		p.skip("execution_hint", "rehash")
		if v := p.get("precision_threshold"); v != nil && p.numberOf(v, "precision_threshold") < 0 {
			p.failAt(v, typeArgument, "[precisionThreshold] must be greater than or equal to 0. Found [%s] in [%s]", v.text, p.name)
		}
		m.agg.Missing = p.text("missing", "")
	} else {
		m.field = p.numericField()
		m.agg.Missing = m.field.missing(p)
	}
	m.agg.Kind, m.agg.Field, m.agg.As = simpleMetrics[p.typ], m.field.ref, m.field.as()
	return m, nil
}

// numericField reads a field that holds numbers.
func (p *params) numericField() field {
	f := p.field()
	if f.isKnownText() && p.err == nil {
		p.err = p.fail(typeArgument, p.at, "Field ["+f.name+"] of type ["+typeOf(&f)+"] is not supported for aggregation ["+p.typ+"]")
	}
	if f.dates() {
		if err := checkFormat(f.format); err != nil && p.err == nil {
			p.err = err
		}
	}
	return f
}

// typeOf is Elasticsearch's name of a field's type.
func typeOf(f *field) string {
	if f.ref.Field == event.NoField {
		return cmp.Or(f.mapped, "keyword")
	}
	switch f.ref.Field.Kind() {
	case event.Text:
		if f.ref.Exact {
			return "keyword"
		}
		return "text"
	case event.IP:
		return "ip"
	case event.Integer:
		return "long"
	case event.Number:
		return "double"
	case event.Bool:
		return "boolean"
	case event.Time:
		return "date"
	}
	return "keyword"
}

// missing reads the value that stands for events without one, in the engine's
// words.
func (f *field) missing(p *params) string {
	v := p.get("missing")
	if v == nil {
		return ""
	}
	if f.dates() {
		return strconv.FormatInt(p.date(v, f), 10)
	}
	if v.kind == isBool {
		if v.text == "true" {
			return "1"
		}
		return "0"
	}
	return strconv.FormatFloat(p.numberOf(v, "missing"), 'g', -1, 64)
}

// missingNumber reads what missing returned.
func missingNumber(text string) (float64, bool) {
	x, err := strconv.ParseFloat(text, 64)
	return x, err == nil
}

func (m *metric) ask() query.Agg { return m.agg }

func (m *metric) read(_ *reading, _ *node, r *query.AggResult) (*result, error) {
	x := math.NaN()
	switch {
	case r != nil && r.Valid:
		x = m.field.figure(r.Value)
	case m.whole || m.agg.Kind == query.AggSum:
		x = 0
	}
	if m.agg.Kind == query.AggSum && x == 0 {
		return oneFigure(m.typed, &field{format: m.field.format}, 0), nil
	}
	if m.whole {
		out := oneFigure(m.typed, &field{format: m.field.format}, x)
		out.fields[0].json = long(int64(x))
		return out, nil
	}
	return oneFigure(m.typed, &m.field, x), nil
}

// oneFigure makes the result of one figure.
func oneFigure(typed string, f *field, x float64) *result {
	return &result{
		typed: typed, fields: f.figures("value", x),
		figure: func(part string) (float64, bool) { return x, part == "" || part == "value" },
	}
}

// stats is "stats".
type stats struct {
	typed string
	field field
	agg   query.Agg
}

func newStats(p *params) (kind, error) {
	s := &stats{typed: "stats", field: p.numericField()}
	s.agg = query.Agg{Kind: query.AggStats, Field: s.field.ref, As: s.field.as(), Missing: s.field.missing(p)}
	return s, nil
}

func (s *stats) ask() query.Agg { return s.agg }

func (s *stats) read(_ *reading, _ *node, r *query.AggResult) (*result, error) {
	var st query.Stats
	if r != nil {
		st = r.Stats
	}
	return statsResult(s.typed, &s.field, st), nil
}

// statsResult writes the five figures.
func statsResult(typed string, f *field, st query.Stats) *result {
	minimum, maximum, avg := math.NaN(), math.NaN(), math.NaN()
	if st.Count > 0 {
		minimum, maximum, avg = f.figure(st.Min), f.figure(st.Max), f.figure(st.Sum/float64(st.Count))
	}
	sum := st.Sum
	if f.dates() {
		sum = st.Sum / nanos
	}
	list := []jsonField{{"count", long(st.Count)}, {"min", double(minimum)}, {"max", double(maximum)}, {"avg", double(avg)}, {"sum", double(sum)}}
	if st.Count > 0 {
		for _, x := range []struct {
			name string
			x    float64
		}{{"min", minimum}, {"max", maximum}, {"avg", avg}, {"sum", sum}} {
			if s, ok := f.written(x.x); ok {
				list = append(list, jsonField{x.name + "_as_string", quoted(s)})
			}
		}
	}
	return &result{typed: typed, fields: list, figure: func(part string) (float64, bool) {
		switch part {
		case "count":
			return float64(st.Count), true
		case "min":
			return minimum, true
		case "max":
			return maximum, true
		case "avg":
			return avg, true
		case "sum":
			return sum, true
		}
		return 0, false
	}}
}

// percentiles is "percentiles".
type percentiles struct {
	digits int // of HDR; -1 for t-digest
	field  field
	agg    query.Agg
	keyed  bool
	typed  string
}

func newPercentiles(p *params) (kind, error) {
	m := &percentiles{field: p.numericField(), typed: "tdigest_percentiles"}
	if m.digits = p.sketch(); m.digits >= 0 {
		m.typed = "hdr_percentiles"
	}
	m.keyed = p.flag("keyed", true)
	m.agg = query.Agg{Kind: query.AggPercentiles, Field: m.field.ref, As: m.field.as(), Missing: m.field.missing(p), Percents: []float64{1, 5, 25, 50, 75, 95, 99}}
	if v := p.v.get("percents"); v != nil {
		p.skip("percents")
		m.agg.Percents = p.numbers(v, "percents")
		if len(m.agg.Percents) == 0 && p.err == nil {
			p.err = p.fail(typeArgument, p.at, "[percents] must not be empty: ["+p.name+"]")
		}
		for _, x := range m.agg.Percents {
			if !(x >= 0 && x <= 100) {
				p.failAt(v, typeArgument, "percent must be in [0,100], got [%v]: [%s]", x, p.name)
			}
		}
	}
	if m.digits >= 0 { // the smallest value says how finely HDR tells values apart
		m.agg.Nearest = true
		m.agg.Percents = append(m.agg.Percents[:len(m.agg.Percents):len(m.agg.Percents)], 0)
	}
	return m, nil
}

// sketch reads the parameters of the ways in which Elasticsearch estimates
// percentiles. It returns the digits of HDR where that was asked for, else -1.
func (p *params) sketch() int {
	if v := p.get("tdigest"); v != nil {
		if c := v.get("compression"); c != nil {
			if x := p.numberOf(c, "compression"); x < 0 {
				p.failAt(c, typeArgument, "[compression] must be greater than or equal to 0. Found [%s]", doubleText(x))
			}
		}
		if hint := v.get("execution_hint"); hint != nil {
			p.checkHint(hint)
		}
	}
	v := p.get("hdr")
	if v == nil {
		return -1
	}
	digits := 3.0
	if d := v.get("number_of_significant_value_digits"); d != nil {
		if digits = p.numberOf(d, "numberOfSignificantValueDigits"); digits < 0 || digits > 5 || digits != math.Trunc(digits) {
			p.failAt(d, typeArgument, "[numberOfSignificantValueDigits] must be between 0 and 5: [%s]", p.name)
		}
	}
	return int(digits)
}

func (m *percentiles) ask() query.Agg { return m.agg }

func (m *percentiles) read(_ *reading, _ *node, r *query.AggResult) (*result, error) {
	points := make([]query.Percentile, len(m.agg.Percents))
	for i, x := range m.agg.Percents {
		points[i] = query.Percentile{Percent: x, Value: math.NaN()}
		if r != nil && i < len(r.Percentiles) {
			points[i].Value = m.field.figure(r.Percentiles[i].Value)
		}
	}
	if m.digits >= 0 {
		least := points[len(points)-1].Value
		points = points[:len(points)-1]
		for i := range points {
			points[i].Value = hdrValue(points[i].Value, least, m.digits)
		}
	}
	return pointsResult(m.typed, &m.field, m.keyed, points), nil
}

// pointsResult writes pairs of a key and a value.
func pointsResult(typed string, f *field, keyed bool, points []query.Percentile) *result {
	out := &result{typed: typed}
	dst := []byte{'['}
	if keyed {
		dst = []byte{'{'}
	}
	for _, p := range points {
		if keyed {
			dst = appendFields(dst, f.figures(doubleText(p.Percent), p.Value))
			continue
		}
		dst = append(dst, '{')
		dst = closed(appendFields(dst, append([]jsonField{{"key", double(p.Percent)}}, f.figures("value", p.Value)...)))
		dst = append(dst, "},"...)
	}
	dst = closed(dst)
	if keyed {
		dst = append(dst, '}')
	} else {
		dst = append(dst, ']')
	}
	out.fields = []jsonField{{"values", json.RawMessage(dst)}}
	out.figure = func(part string) (float64, bool) {
		if part == "" && len(points) == 1 {
			return points[0].Value, true
		}
		at, err := strconv.ParseFloat(part, 64)
		for _, p := range points {
			if err == nil && p.Percent == at {
				return p.Value, true
			}
		}
		return 0, false
	}
	return out
}
