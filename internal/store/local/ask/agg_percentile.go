package ask

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/DataDog/sketches-go/ddsketch"

	"rastro/internal/query"
)

const (
	// exactValues is how many values percentiles are computed from exactly;
	// beyond it a sketch answers, each value at most 1 % off.
	exactValues = 4096
	// sketchAccuracy is that 1 %.
	sketchAccuracy = 0.01
	// sketchBins bounds the memory of a sketch. The bins span 16 decimal
	// powers; only values smaller than that beside larger ones lose accuracy.
	sketchBins = 2048
)

// defaultPercents are the percentiles of a question that names none.
var defaultPercents = []float64{1, 5, 25, 50, 75, 95, 99}

// percentiles gathers AggPercentiles.
type percentiles struct {
	plan     *aggPlan
	budget   *budget
	values   []float64
	sorted   bool
	sketch   *ddsketch.DDSketch
	min, max float64 // of the sketch
	// repeated are values that the sketch is still to be told of, by a part of
	// their hash: most measurements take few values, and telling the sketch of a
	// value costs far more than counting it.
	repeated []repeat
	waiting  bool // repeated holds some
}

// repeat is a value and how many times it was met; 0 for no value.
type repeat struct {
	value float64
	times float64
}

// repeats is how many values are counted before the sketch is told of them, a
// power of two.
const repeats = 512

func (p *aggPlan) compilePercentiles() error {
	if p.agg.Percents == nil {
		p.agg.Percents = defaultPercents
	}
	for _, x := range p.agg.Percents {
		if !(x >= 0 && x <= 100) {
			return fmt.Errorf("%w: percentile %v is not between 0 and 100", query.ErrBadQuestion, x)
		}
	}
	return needsNumbers(p.agg.Field)
}

func (p *percentiles) collect(s *scan, rows []uint32) error {
	values, err := p.plan.floats(s, rows, nil)
	if err != nil {
		return err
	}
	return p.add(values)
}

func (p *percentiles) add(values []float64) error {
	if p.sketch == nil && len(p.values)+len(values) <= exactValues {
		p.values = append(p.values, values...)
		p.sorted = false
		return tooBig(p.budget.grow(8*int64(len(values))), query.PartValues, &p.plan.agg, len(p.values))
	}
	if err := p.estimate(); err != nil {
		return err
	}
	for _, v := range values {
		if err := p.note(v); err != nil {
			return err
		}
	}
	return nil
}

// estimate goes over from the list of values to the sketch.
func (p *percentiles) estimate() error {
	if p.sketch != nil {
		return nil
	}
	sketch, err := ddsketch.LogCollapsingLowestDenseDDSketch(sketchAccuracy, sketchBins)
	if err != nil {
		return fmt.Errorf("making a sketch: %w", err)
	}
	p.sketch = sketch
	p.min, p.max = math.Inf(1), math.Inf(-1)
	freed := 8 * int64(len(p.values))
	for _, v := range p.values {
		if err := p.insert(repeat{v, 1}); err != nil {
			return err
		}
	}
	p.values = nil
	p.repeated = make([]repeat, repeats)
	return tooBig(p.budget.grow(2*8*sketchBins+16*repeats-freed), query.PartValues, &p.plan.agg, 0)
}

// note counts a value for the sketch.
func (p *percentiles) note(v float64) error {
	p.waiting = true
	at := &p.repeated[mix(math.Float64bits(v))%repeats]
	if at.value == v && at.times > 0 {
		at.times++
		return nil
	}
	old := *at
	*at = repeat{v, 1}
	return p.insert(old)
}

// settle tells the sketch of all values counted.
func (p *percentiles) settle() error {
	if !p.waiting {
		return nil
	}
	p.waiting = false
	for i := range p.repeated {
		old := p.repeated[i]
		p.repeated[i] = repeat{}
		if err := p.insert(old); err != nil {
			return err
		}
	}
	return nil
}

func (p *percentiles) insert(r repeat) error {
	if r.times == 0 {
		return nil
	}
	v := r.value
	p.min, p.max = min(p.min, v), max(p.max, v)
	// Values that the sketch cannot index stand at its ends; at() then answers
	// with the true smallest or largest value.
	bound := p.sketch.MaxIndexableValue()
	if err := p.sketch.AddWithCount(max(-bound, min(bound, v)), r.times); err != nil {
		return fmt.Errorf("adding %v to a sketch: %w", v, err)
	}
	return nil
}

func (p *percentiles) merge(other collector) error {
	o := other.(*percentiles)
	if o.sketch == nil {
		return p.add(o.values)
	}
	if err := errors.Join(p.estimate(), o.settle()); err != nil {
		return err
	}
	p.min, p.max = min(p.min, o.min), max(p.max, o.max)
	if err := p.sketch.MergeWith(o.sketch); err != nil {
		return fmt.Errorf("merging sketches: %w", err)
	}
	return nil
}

// at is the value below which percent of the values lie, between two values in
// proportion; NaN without values.
func (p *percentiles) at(percent float64) float64 {
	if p.sketch != nil {
		if p.settle() != nil {
			return math.NaN()
		}
		v, err := p.sketch.GetValueAtQuantile(percent / 100)
		if err != nil {
			return math.NaN()
		}
		return max(p.min, min(p.max, v))
	}
	if len(p.values) == 0 {
		return math.NaN()
	}
	if !p.sorted {
		slices.Sort(p.values)
		p.sorted = true
	}
	if p.plan.agg.Nearest && p.plan.agg.Kind == query.AggPercentiles {
		n := int(math.Ceil(percent / 100 * float64(len(p.values))))
		return p.values[max(n, 1)-1]
	}
	rank := percent / 100 * float64(len(p.values)-1)
	low := int(rank)
	if low+1 >= len(p.values) {
		return p.values[len(p.values)-1]
	}
	a, b := p.values[low], p.values[low+1]
	return a + (b-a)*(rank-float64(low))
}

func (p *percentiles) result() (query.AggResult, error) {
	r := query.AggResult{Name: p.plan.agg.Name, Kind: p.plan.agg.Kind}
	if err := p.settle(); err != nil {
		return r, err
	}
	switch p.plan.agg.Kind {
	case query.AggPercentileRanks:
		for _, v := range p.plan.agg.Values {
			x := p.rank(v)
			r.Valid = r.Valid || !math.IsNaN(x)
			r.Percentiles = append(r.Percentiles, query.Percentile{Percent: x, Value: v})
		}
		return r, nil
	case query.AggDeviation:
		if x := p.deviation(); !math.IsNaN(x) {
			r.Value, r.Valid = x, true
		}
		return r, nil
	case query.AggBoxplot:
		r.Box, r.Valid = p.box()
		return r, nil
	}
	for _, x := range p.plan.agg.Percents {
		v := p.at(x)
		r.Valid = r.Valid || !math.IsNaN(v)
		r.Percentiles = append(r.Percentiles, query.Percentile{Percent: x, Value: v})
	}
	return r, nil
}
