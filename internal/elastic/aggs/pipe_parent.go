package aggs

import (
	"math"
	"slices"
	"time"
)

// inside is what pipes that stand in buckets have in common.
type inside struct{}

func (inside) sibling() bool { return false }

// derivative is the step from one bucket to the next.
type derivative struct {
	inside
	unit time.Duration // 0: not asked for
}

func newDerivative(p *params, pp *pipe) pipeKind {
	p.onePath(pp)
	d := &derivative{}
	if v := p.get("unit"); v != nil {
		if name, ok := calendarUnits[v.text]; ok {
			d.unit = meanUnits[name]
		} else {
			d.unit = p.duration(v, "unit")
		}
		if d.unit <= 0 {
			p.failAt(v, typeArgument, "[unit] of [%s] must be longer than nothing", p.name)
		}
	}
	return d
}

// meanUnits are calendar units as lengths of time.
var meanUnits = map[string]time.Duration{
	"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour, "week": 7 * 24 * time.Hour,
	"month": 2629746 * time.Second, "quarter": 7889238 * time.Second, "year": 31556952 * time.Second,
}

func (d *derivative) run(p *pipe, list []*bucket, _ *result) error {
	for i, b := range list {
		x, err := p.value(b, p.paths[0])
		if err != nil {
			return err
		}
		if i == 0 {
			continue
		}
		last, err := p.value(list[i-1], p.paths[0])
		if err != nil {
			return err
		}
		if p.optional[p.paths[0].text] && math.IsNaN(x-last) {
			continue
		}
		r := oneFigure("derivative", &field{format: p.format}, x-last)
		if d.unit > 0 {
			units := (b.number - list[i-1].number) / float64(d.unit.Milliseconds())
			normal := (x - last) / units
			r.fields = append(r.fields, (&field{format: p.format}).figures("normalized_value", normal)...)
			plain := r.figure
			r.figure = func(part string) (float64, bool) {
				if part == "normalized_value" {
					return normal, true
				}
				return plain(part)
			}
		}
		p.add(b, r)
	}
	return nil
}

// cumulativeSum adds up the buckets so far.
type cumulativeSum struct{ inside }

func newCumulativeSum(p *params, pp *pipe) pipeKind {
	p.onePath(pp)
	return cumulativeSum{}
}

func (cumulativeSum) run(p *pipe, list []*bucket, _ *result) error {
	sum := 0.0
	for _, b := range list {
		x, err := p.value(b, p.paths[0])
		if err != nil {
			return err
		}
		if !math.IsNaN(x) {
			sum += x
		}
		p.addValue(b, sum)
	}
	return nil
}

// serialDiff is the step from the bucket some places before.
type serialDiff struct {
	inside
	lag int
}

func newSerialDiff(p *params, pp *pipe) pipeKind {
	p.onePath(pp)
	return &serialDiff{lag: p.whole("lag", 1, 1)}
}

func (s *serialDiff) run(p *pipe, list []*bucket, _ *result) error {
	for i, b := range list {
		x, err := p.value(b, p.paths[0])
		if err != nil {
			return err
		}
		if i < s.lag {
			continue
		}
		before, err := p.value(list[i-s.lag], p.paths[0])
		if err != nil {
			return err
		}
		if !math.IsNaN(x - before) {
			p.addValue(b, x-before)
		}
	}
	return nil
}

// movingFn computes over a window that moves along.
type movingFn struct {
	inside
	window, shift int
	script        *script
	params        map[string]float64
}

func newMovingFn(p *params, pp *pipe) pipeKind {
	p.onePath(pp)
	m := &movingFn{window: p.whole("window", 0, 0), shift: 0}
	if m.window <= 0 && p.err == nil {
		p.err = p.fail(typeArgument, p.at, "[window] must be a positive, non-zero integer.")
	}
	if v := p.get("shift"); v != nil {
		m.shift = int(max(-1e6, min(1e6, p.numberOf(v, "shift"))))
	}
	m.script, m.params = p.script([]string{"values"})
	return m
}

// newMovingAvg is the old name of moving averages: the window holds the bucket
// itself, too.
func newMovingAvg(p *params, pp *pipe) pipeKind {
	p.onePath(pp)
	m := &movingFn{window: p.whole("window", 5, 1), shift: 1, params: map[string]float64{}}
	source := ""
	switch model := p.text("model", "simple"); model {
	case "simple":
		source = "MovingFunctions.unweightedAvg(values)"
	case "linear":
		source = "MovingFunctions.linearWeightedAvg(values)"
	case "ewma":
		m.params["alpha"] = 0.3
		if s := p.get("settings"); s != nil {
			if a := s.get("alpha"); a != nil {
				m.params["alpha"] = p.numberOf(a, "alpha")
			}
		}
		source = "MovingFunctions.ewma(values, params.alpha)"
	default:
		p.failAt(p.get("model"), typeArgument, "the model [%s] of moving_avg is not supported: use simple, linear or ewma, or moving_fn", model)
		source = "0"
	}
	p.skip("settings", "minimize")
	if v := p.get("predict"); v != nil {
		p.failAt(v, typeArgument, "[predict] of moving_avg is not supported")
	}
	m.script, _ = compileScript(source, []string{"values"})
	return m
}

func (m *movingFn) run(p *pipe, list []*bucket, _ *result) error {
	all := make([]float64, len(list))
	var values []float64
	for i, b := range list {
		x, err := p.value(b, p.paths[0])
		if err != nil {
			return err
		}
		all[i] = x
		if !math.IsNaN(x) {
			values = append(values, x)
		}
	}
	at := 0
	for i, b := range list {
		if math.IsNaN(all[i]) {
			continue
		}
		from := max(0, min(len(values), at-m.window+m.shift))
		to := max(from, min(len(values), at+m.shift))
		at++
		v, err := m.script.run(map[string]operand{"values": {list: values[from:to], isList: true}}, m.params)
		if err != nil {
			return err
		}
		p.addValue(b, v.number())
	}
	return nil
}

// normalize sets the figures of all buckets in proportion.
type normalize struct {
	inside
	method string
}

// normalizers are the ways of normalize.
var normalizers = []string{"rescale_0_1", "rescale_0_100", "percent_of_sum", "mean", "z-score", "softmax"}

func newNormalize(p *params, pp *pipe) pipeKind {
	p.onePath(pp)
	n := &normalize{method: p.text("method", "")}
	if n.method == "zscore" {
		n.method = "z-score"
	}
	if !slices.Contains(normalizers, n.method) && p.err == nil {
		p.err = p.fail(typeArgument, p.at, "invalid method ["+n.method+"] of ["+p.name+"]; one of rescale_0_1, rescale_0_100, percent_of_sum, mean, z-score, softmax is needed")
	}
	return n
}

func (n *normalize) run(p *pipe, list []*bucket, _ *result) error {
	var all, values []float64
	for _, b := range list {
		x, err := p.value(b, p.paths[0])
		if err != nil {
			return err
		}
		all = append(all, x)
		if !math.IsNaN(x) {
			values = append(values, x)
		}
	}
	if len(values) == 0 {
		return nil
	}
	f := n.function(values)
	for i, b := range list {
		p.addValue(b, f(all[i]))
	}
	return nil
}

// function makes what a figure becomes among all of them.
func (n *normalize) function(values []float64) func(float64) float64 {
	low, high, sum, exps := slices.Min(values), slices.Max(values), 0.0, 0.0
	for _, x := range values {
		sum += x
		exps += math.Exp(x)
	}
	mean := sum / float64(len(values))
	squares := 0.0
	for _, x := range values {
		squares += (x - mean) * (x - mean)
	}
	deviation := math.Sqrt(squares / float64(len(values)))
	switch n.method {
	case "rescale_0_1":
		return func(x float64) float64 { return (x - low) / (high - low) }
	case "rescale_0_100":
		return func(x float64) float64 { return 100 * (x - low) / (high - low) }
	case "percent_of_sum":
		return func(x float64) float64 { return x / sum }
	case "mean":
		return func(x float64) float64 { return (x - mean) / (high - low) }
	case "z-score":
		return func(x float64) float64 { return (x - mean) / deviation }
	}
	return func(x float64) float64 { return math.Exp(x) / exps }
}
