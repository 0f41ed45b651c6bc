package ask

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/cespare/xxhash/v2"

	"rastro/internal/query"
)

func TestPercentilesOfMany(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	plan := &aggPlan{agg: query.Agg{Kind: query.AggPercentiles, Field: query.Ref("delay")}}
	if err := plan.compilePercentiles(); err != nil {
		t.Fatal(err)
	}
	b := &budget{limit: defaultMemory}
	for _, sizes := range [][]int{{10, 20}, {4000, 90}, {4000, 100}, {50_000, 10}, {10, 50_000}, {30_000, 40_000}} {
		var all []float64
		var parts []*percentiles
		for _, n := range sizes {
			p := &percentiles{plan: plan, budget: b}
			for range n {
				v := math.Exp(random.NormFloat64()*3) - 0.5
				all = append(all, v)
				if err := p.add([]float64{v}); err != nil {
					t.Fatal(err)
				}
			}
			parts = append(parts, p)
		}
		if err := parts[0].merge(parts[1]); err != nil {
			t.Fatal(err)
		}
		slices.Sort(all)
		allowed := 0.0
		if len(all) > exactValues {
			allowed = sketchAccuracy * 1.01
		}
		for _, percent := range []float64{0, 1, 25, 50, 90, 99.9, 100} {
			// The sketch answers with a value at one of the two ranks around.
			rank := percent / 100 * float64(len(all)-1)
			low, high := all[int(math.Floor(rank))], all[int(math.Ceil(rank))]
			got := parts[0].at(percent)
			if got < low-allowed*math.Abs(low)-1e-12 || got > high+allowed*math.Abs(high)+1e-12 {
				t.Errorf("%v values: percentile %v = %v, want %v to %v", sizes, percent, got, low, high)
			}
		}
	}
}

func TestPercentilesOfExtremes(t *testing.T) {
	t.Parallel()
	p := &percentiles{plan: &aggPlan{}, budget: &budget{limit: defaultMemory}}
	if err := p.estimate(); err != nil {
		t.Fatal(err)
	}
	if err := p.add([]float64{-math.MaxFloat64, 0, math.SmallestNonzeroFloat64, math.MaxFloat64}); err != nil {
		t.Fatal(err)
	}
	if low, high := p.at(0), p.at(100); low > -1e300 || high < 1e300 {
		t.Errorf("from %v to %v", low, high)
	}
}

func TestCardinalityOfMany(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ first, second int }{
		{500, 700}, {exactDistinct, 10}, {exactDistinct + 1, 10}, {10, exactDistinct + 1}, {300_000, 300_000},
	} {
		b := &budget{limit: defaultMemory}
		plan := &aggPlan{agg: query.Agg{Kind: query.AggCardinality}}
		parts := []*cardinality{{plan: plan, budget: b}, {plan: plan, budget: b}}
		for i, n := range []int{test.first, test.second} {
			for v := range n { // the smaller list is part of the larger one
				if err := parts[i].add(xxhash.Sum64String(fmt.Sprintf("user%d@example.org", v))); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := parts[0].merge(parts[1]); err != nil {
			t.Fatal(err)
		}
		want := max(test.first, test.second)
		allowed := 0.0
		if want > exactDistinct {
			allowed = 0.02
		}
		if got := float64(parts[0].distinct()); math.Abs(got-float64(want)) > allowed*float64(want) {
			t.Errorf("%+v: %v distinct values, want %d", test, got, want)
		}
	}
}

// TestSumLosesNothing adds numbers whose plain sum depends on their order.
func TestSumLosesNothing(t *testing.T) {
	t.Parallel()
	var s sum
	for _, v := range []float64{1e100, 1, -1e100, 1} {
		s.add(v)
	}
	if got := s.total(); got != 2 {
		t.Errorf("total %v, want 2", got)
	}
	s.add(math.MaxFloat64)
	s.add(math.MaxFloat64)
	if got := s.total(); !math.IsInf(got, 1) {
		t.Errorf("total of too much: %v", got)
	}
}
