package aggs

import "math"

// hdrValue is the largest value that an HDR histogram of so many significant
// digits cannot tell from x, where least is the smallest value in it: what
// Elasticsearch answers. Negative values, which such a histogram cannot hold,
// stay as they are.
func hdrValue(x, least float64, digits int) float64 {
	if !(x > 0) || !(least >= 0) || math.IsInf(x, 0) {
		return x
	}
	// Values of the lowest power of two are told apart in steps of one unit; of
	// each further power in steps twice as long.
	half := math.Exp2(math.Ceil(math.Log2(2*math.Pow10(digits))) - 1)
	if least == 0 {
		least = x
	}
	unit := math.Exp2(math.Floor(math.Log2(least))) / half
	n, step := math.Floor(x/unit), 1.0
	for n/step >= 2*half {
		step *= 2
	}
	return (math.Floor(n/step)*step + step - 1) * unit
}
