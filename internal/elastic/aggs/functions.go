package aggs

import (
	"math"
	"slices"
)

// function is what a script may call.
type function struct {
	args    int
	list    bool // the first argument is a list
	truth   bool
	compute func(a []operand) float64
}

func one(f func(float64) float64) function {
	return function{args: 1, compute: func(a []operand) float64 { return f(a[0].x) }}
}

func two(f func(x, y float64) float64) function {
	return function{args: 2, compute: func(a []operand) float64 { return f(a[0].x, a[1].x) }}
}

func moving(f func(values []float64) float64) function {
	return function{args: 1, list: true, compute: func(a []operand) float64 { return f(a[0].list) }}
}

func asNumber(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// functions are those of Java's Math, of Lucene's expressions and of
// Elasticsearch's MovingFunctions.
var functions = func() map[string]function {
	m := map[string]function{
		"MovingFunctions.max":               moving(func(v []float64) float64 { return edge(v, math.Max) }),
		"MovingFunctions.min":               moving(func(v []float64) float64 { return edge(v, math.Min) }),
		"MovingFunctions.sum":               moving(total),
		"MovingFunctions.unweightedAvg":     moving(plainAvg),
		"MovingFunctions.linearWeightedAvg": moving(linearAvg),
		"MovingFunctions.stdDev": {args: 2, list: true, compute: func(a []operand) float64 {
			return deviationFrom(a[0].list, a[1].x)
		}},
		"MovingFunctions.ewma": {args: 2, list: true, compute: func(a []operand) float64 { return ewma(a[0].list, a[1].x) }},
		"MovingFunctions.holt": {args: 3, list: true, compute: func(a []operand) float64 { return holt(a[0].list, a[1].x, a[2].x) }},
		"MovingFunctions.holtWinters": {args: 6, list: true, compute: func(a []operand) float64 {
			return holtWinters(a[0].list, a[1].x, a[2].x, a[3].x, a[4].x, a[5].x != 0)
		}},
		"Double.isNaN": {args: 1, truth: true, compute: func(a []operand) float64 {
			return asNumber(math.IsNaN(a[0].x))
		}},
		"Double.isInfinite": {args: 1, truth: true, compute: func(a []operand) float64 {
			return asNumber(math.IsInf(a[0].x, 0))
		}},
	}
	for name, f := range map[string]function{
		"abs": one(math.Abs), "ceil": one(math.Ceil), "floor": one(math.Floor), "sqrt": one(math.Sqrt), "cbrt": one(math.Cbrt),
		"exp": one(math.Exp), "log10": one(math.Log10), "log": one(math.Log), "ln": one(math.Log), "signum": one(signum), "sin": one(math.Sin), "cos": one(math.Cos),
		"tan": one(math.Tan), "atan": one(math.Atan), "round": one(func(x float64) float64 { return math.Floor(x + 0.5) }),
		"rint": one(math.RoundToEven), "max": two(math.Max), "min": two(math.Min), "pow": two(math.Pow), "hypot": two(math.Hypot), "atan2": two(math.Atan2),
	} {
		m["Math."+name] = f
		m[name] = f
	}
	return m
}()

func signum(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return x
}

// realOnly leaves out what is no number.
func realOnly(values []float64) []float64 {
	return slices.DeleteFunc(slices.Clone(values), math.IsNaN)
}

func edge(values []float64, pick func(x, y float64) float64) float64 {
	values = realOnly(values)
	if len(values) == 0 {
		return math.NaN()
	}
	best := values[0]
	for _, v := range values[1:] {
		best = pick(best, v)
	}
	return best
}

func total(values []float64) float64 {
	sum := 0.0
	for _, v := range realOnly(values) {
		sum += v
	}
	return sum
}

func plainAvg(values []float64) float64 {
	values = realOnly(values)
	return total(values) / float64(len(values)) // NaN for none
}

// linearAvg weighs the newest most. The weights add up from 1, as in
// Elasticsearch.
func linearAvg(values []float64) float64 {
	sum, weights, weight := 0.0, 1.0, 1.0
	for _, v := range realOnly(values) {
		sum += v * weight
		weights += weight
		weight++
	}
	if weights == 1 {
		return math.NaN()
	}
	return sum / weights
}

func deviationFrom(values []float64, avg float64) float64 {
	values = realOnly(values)
	sum := 0.0
	for _, v := range values {
		sum += (v - avg) * (v - avg)
	}
	return math.Sqrt(sum / float64(len(values)))
}

func ewma(values []float64, alpha float64) float64 {
	avg := math.NaN()
	for i, v := range realOnly(values) {
		if i == 0 {
			avg = v
		} else {
			avg = v*alpha + avg*(1-alpha)
		}
	}
	return avg
}

// holt smooths a level and a trend.
func holt(values []float64, alpha, beta float64) float64 {
	level, trend := math.NaN(), 0.0
	for i, v := range realOnly(values) {
		if i == 0 {
			level = v
			continue
		}
		last := level
		level = alpha*v + (1-alpha)*(last+trend)
		trend = beta*(level-last) + (1-beta)*trend
	}
	return level
}

// holtWinters smooths a level, a trend and what comes again every period, and
// tells the next value. NaN for fewer values than two periods.
func holtWinters(values []float64, alpha, beta, gamma, periods float64, multiplies bool) float64 {
	values = realOnly(values)
	if !(periods >= 1) || float64(len(values)) < 2*periods {
		return math.NaN()
	}
	period, padding := int(periods), 0.0
	if multiplies {
		padding = 1e-10 // so that nothing is divided by zero
	}
	v := make([]float64, len(values))
	for i, x := range values {
		v[i] = x + padding
	}
	level, trend := 0.0, 0.0
	for i := range period {
		level += v[i]
		trend += (v[i+period] - v[i]) / periods
	}
	level, trend = level/periods, trend/periods
	season := make([]float64, len(v))
	if level != 0 {
		for i := range period {
			season[i] = v[i] / level
		}
	}
	lastLevel, lastTrend := level, 0.0
	for i := period; i < len(v); i++ {
		if multiplies {
			level = alpha*(v[i]/season[i-period]) + (1-alpha)*(lastLevel+lastTrend)
		} else {
			level = alpha*(v[i]-season[i-period]) + (1-alpha)*(lastLevel+lastTrend)
		}
		trend = beta*(level-lastLevel) + (1-beta)*lastTrend
		if multiplies {
			season[i] = gamma*(v[i]/(lastLevel+lastTrend)) + (1-gamma)*season[i-period]
		} else {
			season[i] = gamma*(v[i]-(lastLevel-lastTrend)) + (1-gamma)*season[i-period]
		}
		lastLevel, lastTrend = level, trend
	}
	if next := season[len(v)-period]; multiplies {
		return (level + trend) * next
	} else {
		return level + trend + next
	}
}
