package aggs

import (
	"math"

	"rastro/internal/query"
)

// extendedStats is "extended_stats".
type extendedStats struct {
	stats
	sigma float64
}

func newExtendedStats(p *params) (kind, error) {
	s := &extendedStats{stats: stats{typed: "extended_stats", field: p.numericField()}, sigma: p.number("sigma", 2)}
	if s.sigma < 0 {
		p.failAt(p.get("sigma"), typeArgument, "[sigma] must be greater than or equal to 0. Found [%v] in [%s]", s.sigma, p.name)
	}
	s.agg = query.Agg{Kind: query.AggStats, Field: s.field.ref, As: s.field.as(), Missing: s.field.missing(p)}
	return s, nil
}

func (s *extendedStats) read(_ *reading, _ *node, r *query.AggResult) (*result, error) {
	var st query.Stats
	if r != nil {
		st = r.Stats
	}
	return extendedResult(s.typed, &s.field, st, s.sigma), nil
}

// spread are the figures that extended statistics add.
type spread struct {
	squares, population, sampling float64
}

func spreadOf(st query.Stats) spread {
	n := float64(st.Count)
	s := spread{squares: st.SumSquares, population: math.NaN(), sampling: math.NaN()}
	if n > 0 {
		around := max(0, st.SumSquares-st.Sum*st.Sum/n)
		s.population = around / n
		if n > 1 {
			s.sampling = around / (n - 1)
		}
	}
	return s
}

// extendedResult writes statistics with variance and deviation.
func extendedResult(typed string, f *field, st query.Stats, sigma float64) *result {
	r := statsResult(typed, f, st)
	s := spreadOf(st)
	avg := math.NaN()
	if st.Count > 0 {
		avg = st.Sum / float64(st.Count)
	}
	squares := s.squares
	if st.Count == 0 {
		squares = math.NaN()
	}
	figures := map[string]float64{
		"sum_of_squares": squares, "variance": s.population, "variance_population": s.population, "variance_sampling": s.sampling,
		"std_deviation": math.Sqrt(s.population), "std_deviation_population": math.Sqrt(s.population), "std_deviation_sampling": math.Sqrt(s.sampling),
	}
	order := []string{"sum_of_squares", "variance", "variance_population", "variance_sampling", "std_deviation", "std_deviation_population", "std_deviation_sampling"}
	var strings []jsonField
	for _, name := range order {
		r.fields = append(r.fields, jsonField{name, double(figures[name])})
		if text, ok := f.written(figures[name]); ok && !math.IsNaN(figures[name]) {
			strings = append(strings, jsonField{name + "_as_string", quoted(text)})
		}
	}
	edges := map[string]float64{
		"upper": avg + sigma*figures["std_deviation"], "lower": avg - sigma*figures["std_deviation"],
		"upper_population": avg + sigma*figures["std_deviation"], "lower_population": avg - sigma*figures["std_deviation"],
		"upper_sampling": avg + sigma*figures["std_deviation_sampling"], "lower_sampling": avg - sigma*figures["std_deviation_sampling"],
	}
	dst, texts := []byte{'{'}, []byte{'{'}
	for _, name := range []string{"upper", "lower", "upper_population", "lower_population", "upper_sampling", "lower_sampling"} {
		dst = appendFields(dst, []jsonField{{name, double(edges[name])}})
		if text, ok := f.written(edges[name]); ok && !math.IsNaN(edges[name]) {
			texts = appendFields(texts, []jsonField{{name, quoted(text)}})
		}
		figures["std_"+name] = edges[name]
	}
	r.fields = append(r.fields, jsonField{"std_deviation_bounds", append(closed(dst), '}')})
	if len(texts) > 1 {
		strings = append(strings, jsonField{"std_deviation_bounds_as_string", append(closed(texts), '}')})
	}
	r.fields = append(r.fields, strings...)
	plain := r.figure
	r.figure = func(part string) (float64, bool) {
		if x, ok := figures[part]; ok {
			return x, true
		}
		return plain(part)
	}
	return r
}
