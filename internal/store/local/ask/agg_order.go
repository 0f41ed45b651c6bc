package ask

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"

	"rastro/internal/event"
	"rastro/internal/query"
)

// orderBy says what a key of the order of terms buckets looks at.
type orderBy uint8

const (
	orderCount orderBy = iota
	orderKey
	orderMetric
)

// bucketOrder is a compiled query.AggOrder.
type bucketOrder struct {
	by   orderBy
	desc bool
	sub  int     // index of the aggregation inside the bucket
	part string  // of AggStats: count, min, max, avg or sum
	at   float64 // of AggPercentiles
}

// compileOrder finds the metric that an order names: "name", or for several
// figures "name.avg" and "name.95". Names may hold dots themselves.
func (p *aggPlan) compileOrder(o query.AggOrder) (bucketOrder, error) {
	switch o.By {
	case query.ByCount:
		return bucketOrder{by: orderCount, desc: o.Desc}, nil
	case query.ByKey:
		return bucketOrder{by: orderKey, desc: o.Desc}, nil
	}
	for i := range p.agg.Subs {
		sub := &p.agg.Subs[i]
		part, ok := strings.CutPrefix(o.By, sub.Name)
		if !ok || part != "" && part[0] != '.' {
			continue
		}
		compiled := bucketOrder{by: orderMetric, desc: o.Desc, sub: i, part: strings.TrimPrefix(part, ".")}
		if compiled.fits(sub) {
			return compiled, nil
		}
	}
	return bucketOrder{}, fmt.Errorf("%w: no figure %q to order by", query.ErrBadQuestion, o.By)
}

// fits tells whether the order's part names one figure of sub.
func (o *bucketOrder) fits(sub *query.Agg) bool {
	switch sub.Kind {
	case query.AggStats:
		switch o.part {
		case "count", "min", "max", "avg", "sum":
			return true
		}
		return false
	case query.AggPercentiles:
		at, err := strconv.ParseFloat(o.part, 64)
		o.at = at
		return err == nil && at >= 0 && at <= 100
	case query.AggCardinality, query.AggMin, query.AggMax, query.AggAvg, query.AggSum, query.AggValueCount, query.AggWeightedAvg:
		return o.part == "" || o.part == "value"
	default:
		return false
	}
}

// figure reads the figure that a bucket is ordered by; NaN where there is none.
func (o *bucketOrder) figure(c collector) float64 {
	switch c := c.(type) {
	case *metric:
		return c.figure(o.part)
	case *percentiles:
		return c.at(o.at)
	case *cardinality:
		return float64(c.distinct())
	case *valueCount:
		return float64(c.n)
	case *weighted:
		return c.figure()
	default:
		return math.NaN()
	}
}

// rankedBucket is a bucket with the figures it is ordered by.
type rankedBucket struct {
	bucket  int
	figures []float64 // of the metrics in the order, in their places
}

// rank returns the first size buckets in the wanted order, without those that
// have too few events.
func (t *terms) rank(size int) ([]rankedBucket, error) {
	best := newTop(size, t.compare)
	least := int64(max(t.plan.agg.MinCount, 1))
	metrics := false
	for _, o := range t.plan.order {
		metrics = metrics || o.by == orderMetric
	}
	for n, count := range t.counts {
		if count < least {
			continue
		}
		c := rankedBucket{bucket: n}
		if metrics {
			c.figures = make([]float64, len(t.plan.order))
			for i := range t.plan.order {
				if o := &t.plan.order[i]; o.by == orderMetric {
					c.figures[i] = o.figure(t.subs[n][o.sub])
				}
			}
		}
		if best.wants(c) {
			best.add(c)
		}
	}
	best.settle()
	return best.items, nil
}

func (t *terms) compare(a, b rankedBucket) int {
	for i := range t.plan.order {
		var c int
		switch o := &t.plan.order[i]; o.by {
		case orderCount:
			c = directed(cmp.Compare(t.counts[a.bucket], t.counts[b.bucket]), o.desc)
		case orderKey:
			c = directed(t.compareKeys(a.bucket, b.bucket), o.desc)
		default:
			c = compareFigures(a.figures[i], b.figures[i], o.desc)
		}
		if c != 0 {
			return c
		}
	}
	return t.compareKeys(a.bucket, b.bucket)
}

func directed(c int, desc bool) int {
	if desc {
		return -c
	}
	return c
}

// compareFigures puts buckets without a figure last in both directions.
func compareFigures(a, b float64, desc bool) int {
	switch {
	case math.IsNaN(a) && math.IsNaN(b):
		return 0
	case math.IsNaN(a):
		return 1
	case math.IsNaN(b):
		return -1
	}
	return directed(cmp.Compare(a, b), desc)
}

// compareKeys orders numbers by value and before strings, strings by bytes.
func (t *terms) compareKeys(a, b int) int {
	x, y := &t.keys[a], &t.keys[b]
	switch {
	case x.number != y.number:
		if x.number {
			return -1
		}
		return 1
	case !x.number && t.plan.agg.Field.Field == event.NoField:
		return query.CompareUnknown(x.text, y.text)
	case !x.number:
		return strings.Compare(x.text, y.text)
	case t.plan.agg.Field.Field.Kind() == event.Number:
		return cmp.Compare(math.Float64frombits(x.bits), math.Float64frombits(y.bits))
	default:
		return cmp.Compare(int64(x.bits), int64(y.bits))
	}
}
