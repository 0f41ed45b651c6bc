package ask

import (
	"math"

	"rastro/internal/query"
)

// metric gathers AggMin, AggMax, AggAvg, AggSum and AggStats.
type metric struct {
	plan     *aggPlan
	n        int64
	min, max float64
	sum      sum
	squares  sum // of AggStats
	scratch  []float64
}

// sum adds floating point numbers with the rounding errors carried along, so
// that the order in which blocks are read does not show.
type sum struct{ value, rest float64 }

func (s *sum) add(x float64) {
	t := s.value + x
	if math.Abs(s.value) >= math.Abs(x) {
		s.rest += (s.value - t) + x
	} else {
		s.rest += (x - t) + s.value
	}
	s.value = t
}

func (s *sum) total() float64 {
	if math.IsNaN(s.rest) || math.IsInf(s.value, 0) {
		return s.value // too large for a rest
	}
	return s.value + s.rest
}

func (m *metric) collect(s *scan, rows []uint32) error {
	values, err := m.plan.floats(s, rows, m.scratch[:0])
	if err != nil {
		return err
	}
	squares := m.plan.agg.Kind == query.AggStats
	for _, v := range values {
		if m.n == 0 {
			m.min, m.max = v, v
		}
		m.n++
		m.min, m.max = min(m.min, v), max(m.max, v)
		m.sum.add(v)
		if squares {
			m.squares.add(v * v)
		}
	}
	if cap(values) <= smallScratch {
		m.scratch = values
	}
	return nil
}

// smallScratch is the longest scratch list that a collector keeps: there may
// be many thousand collectors.
const smallScratch = 8

func (m *metric) merge(other collector) error {
	o := other.(*metric)
	if o.n == 0 {
		return nil
	}
	if m.n == 0 {
		m.min, m.max = o.min, o.max
	}
	m.n += o.n
	m.min, m.max = min(m.min, o.min), max(m.max, o.max)
	m.sum.add(o.sum.value)
	m.sum.add(o.sum.rest)
	m.squares.add(o.squares.value)
	m.squares.add(o.squares.rest)
	return nil
}

func (m *metric) result() (query.AggResult, error) {
	r := query.AggResult{Name: m.plan.agg.Name, Kind: m.plan.agg.Kind}
	if m.plan.agg.Kind == query.AggStats {
		r.Stats = query.Stats{Count: m.n, Min: m.min, Max: m.max, Sum: m.sum.total(), SumSquares: m.squares.total()}
		r.Valid = m.n > 0
		return r, nil
	}
	r.Value, r.Valid = m.figure(""), true
	if math.IsNaN(r.Value) {
		r.Value, r.Valid = 0, false
	}
	return r, nil
}

// figure is one of the figures: of AggStats the named part, else the only one;
// NaN where there is none.
func (m *metric) figure(part string) float64 {
	if m.plan.agg.Kind != query.AggStats {
		part = map[query.AggKind]string{
			query.AggMin: "min", query.AggMax: "max", query.AggAvg: "avg", query.AggSum: "sum",
		}[m.plan.agg.Kind]
	}
	switch {
	case part == "count":
		return float64(m.n)
	case part == "sum":
		return m.sum.total()
	case m.n == 0:
		return math.NaN()
	case part == "min":
		return m.min
	case part == "max":
		return m.max
	default:
		return m.sum.total() / float64(m.n)
	}
}

// valueCount gathers AggValueCount: how many values there are, repeated ones
// included.
type valueCount struct {
	plan *aggPlan
	n    int64
}

func (v *valueCount) collect(s *scan, rows []uint32) error {
	ref := v.plan.agg.Field
	if !isText(ref) {
		col, err := s.numbers(ref.Field)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if col.Has(int(row)) || v.plan.agg.Missing != "" {
				v.n++
			}
		}
		return nil
	}
	col, err := s.text(ref)
	if err != nil {
		return err
	}
	for _, row := range rows {
		n := int64(col.count(col.codes[row]))
		if n == 0 && v.plan.agg.Missing != "" {
			n = 1
		}
		v.n += n
	}
	return nil
}

func (v *valueCount) merge(other collector) error {
	v.n += other.(*valueCount).n
	return nil
}

func (v *valueCount) result() (query.AggResult, error) {
	return query.AggResult{Name: v.plan.agg.Name, Kind: v.plan.agg.Kind, Value: float64(v.n), Valid: true}, nil
}
