package ask

import (
	"fmt"
	"math"
	"strconv"

	"rastro/internal/event"
	"rastro/internal/query"
)

// compileMissing reads the number that stands for events without a value.
func (p *aggPlan) compileMissing() error {
	switch p.agg.Kind {
	case query.AggTerms, query.AggCardinality, query.AggValueCount, query.AggFilters, query.AggTuples, query.AggTopHits:
		return nil
	}
	if p.agg.Missing == "" {
		return nil
	}
	x, err := strconv.ParseFloat(p.agg.Missing, 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		return fmt.Errorf("%w: %q cannot stand for missing numbers", query.ErrBadQuestion, p.agg.Missing)
	}
	p.missing, p.hasMissing = x, true
	return nil
}

// floats appends the numbers that the rows have in the field of the
// aggregation, with the one that stands for missing ones.
func (p *aggPlan) floats(s *scan, rows []uint32, dst []float64) ([]float64, error) {
	if !p.hasMissing {
		return p.present(s, rows, dst)
	}
	for i := range rows {
		before := len(dst)
		var err error
		if dst, err = p.present(s, rows[i:i+1], dst); err != nil {
			return dst, err
		}
		if len(dst) == before {
			dst = append(dst, p.missing)
		}
	}
	return dst, nil
}

func (p *aggPlan) present(s *scan, rows []uint32, dst []float64) ([]float64, error) {
	if p.agg.As != event.Time || p.agg.Field.Field != event.NoField {
		return s.floats(p.agg.Field, rows, dst)
	}
	instants, err := s.instants(p.agg.Field, rows, nil)
	for _, t := range instants {
		dst = append(dst, float64(t))
	}
	return dst, err
}

// readAs brings the text of a value into one form, so that values that mean
// the same are the same text; false for a value that is not of the kind.
func readAs(as event.Kind, text string) (string, bool) {
	switch as {
	case event.Number:
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return strconv.FormatInt(n, 10), true
		}
		bits, ok := query.ParseBits(event.Number, text)
		return numberKey(math.Float64frombits(bits)), ok
	case event.Time:
		t, ok := query.ParseDate(text)
		return event.FormatTime(t), ok
	}
	return text, true
}

// readAll is readAs for a list of values, each result once.
func readAll(as event.Kind, values []string) []string {
	if as == event.Keyword {
		return values
	}
	list := make([]string, 0, len(values))
	for _, v := range values {
		if v, ok := readAs(as, v); ok {
			list = append(list, v)
		}
	}
	return distinct(list)
}

// instants appends the points in time that rows have in a field.
func (s *scan) instants(ref query.FieldRef, rows []uint32, dst []int64) ([]int64, error) {
	if ref.Field != event.NoField {
		col, err := s.numbers(ref.Field)
		if err != nil {
			return dst, err
		}
		for _, row := range rows {
			if col.Has(int(row)) {
				dst = append(dst, int64(col.Bits[row]))
			}
		}
		return dst, nil
	}
	col, err := s.text(ref)
	if err != nil {
		return dst, err
	}
	for _, row := range rows {
		for _, v := range col.all(col.codes[row]) {
			if t, ok := query.ParseDate(v); ok {
				dst = append(dst, t)
			}
		}
	}
	return dst, nil
}

// weighted gathers AggWeightedAvg. Every value of an event counts with the
// event's first weight.
type weighted struct {
	plan         *aggPlan
	sum, weights sum
	n            int64
}

func (w *weighted) collect(s *scan, rows []uint32) error {
	var values, weights []float64
	fallback, err := strconv.ParseFloat(w.plan.agg.WeightMissing, 64)
	has := err == nil
	for i := range rows {
		row := rows[i : i+1]
		if values, err = w.plan.floats(s, row, values[:0]); err != nil {
			return err
		}
		if weights, err = s.floats(w.plan.agg.Weight, row, weights[:0]); err != nil {
			return err
		}
		if len(weights) == 0 && has {
			weights = append(weights, fallback)
		}
		if len(weights) == 0 {
			continue
		}
		for _, v := range values {
			w.n++
			w.sum.add(v * weights[0])
			w.weights.add(weights[0])
		}
	}
	return nil
}

func (w *weighted) merge(other collector) error {
	o := other.(*weighted)
	w.n += o.n
	w.sum.add(o.sum.value)
	w.sum.add(o.sum.rest)
	w.weights.add(o.weights.value)
	w.weights.add(o.weights.rest)
	return nil
}

func (w *weighted) result() (query.AggResult, error) {
	r := query.AggResult{Name: w.plan.agg.Name, Kind: w.plan.agg.Kind}
	if x := w.figure(); !math.IsNaN(x) {
		r.Value, r.Valid = x, true
	}
	return r, nil
}

// figure is the average; NaN where there is none.
func (w *weighted) figure() float64 {
	x := w.sum.total() / w.weights.total()
	if w.n == 0 || math.IsInf(x, 0) {
		return math.NaN()
	}
	return x
}
