package storetest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"rastro/internal/query"
	"rastro/internal/store"
)

// testDifferential asks thousands of made-up questions and compares every
// answer with the oracle's.
func testDifferential(t *testing.T, open func(t *testing.T) store.Store) {
	seed := seed(t)
	s := open(t)
	const size = 400
	fill(t, s, Events(size, seed))
	o := newOracle(Events(size, seed))
	a := &asker{rand: rand.New(rand.NewPCG(seed, 1)), events: o.events}
	questions := 3000
	if testing.Short() {
		questions = 500
	}
	for i := range questions {
		q := a.question()
		if !checkSame(t, s, o, q) {
			t.Fatalf("question %d of -seed %d", i, seed)
		}
		if q.Limit > 0 && a.chance(3) { // go on behind some hit
			whole := q
			whole.Limit, whole.Skip = size, 0
			if answer, err := o.ask(whole); err == nil && len(answer.Hits) > 0 {
				q.After = &answer.Hits[a.rand.IntN(len(answer.Hits))].Cursor
				if !checkSame(t, s, o, q) {
					t.Fatalf("question %d of -seed %d, continued", i, seed)
				}
			}
		}
	}
}

// checkSame asks the store and the oracle and compares the answers.
func checkSame(t *testing.T, s store.Store, o *oracle, q query.Question) bool {
	t.Helper()
	faults := faultsOf(s, o, q)
	if len(faults) > 0 {
		report(t, "question", q, faults)
	}
	return len(faults) == 0
}

// faultsOf asks the store and the oracle and says how the answers differ.
func faultsOf(s store.Store, o *oracle, q query.Question) []string {
	want, err := o.ask(q)
	if err != nil {
		return []string{"oracle: " + err.Error()}
	}
	got, err := s.Ask(context.Background(), q)
	if errors.Is(err, query.ErrTooBig) && bucketsIn(want.Aggs) > mayRefuse {
		return nil
	}
	if err != nil {
		return []string{"Ask: " + err.Error()}
	}
	var faults []string
	if got.Partial {
		faults = append(faults, fmt.Sprintf("partial: %v", got.PartialReasons))
	}
	faults = append(faults, faultsOfTotal(got, want.Total, q)...)
	faults = append(faults, faultsOfHits(got.Hits, want.Hits)...)
	return append(faults, faultsOfAggs("aggs", got.Aggs, want.Aggs)...)
}

// mayRefuse is the number of buckets beyond which an engine may refuse to
// answer: histograms inside histograms multiply.
const mayRefuse = 50_000

// bucketsIn counts the buckets of an answer, all levels together.
func bucketsIn(aggs []query.AggResult) int {
	n := 0
	for i := range aggs {
		n += len(aggs[i].Buckets)
		for j := range aggs[i].Buckets {
			n += bucketsIn(aggs[i].Buckets[j].Subs)
		}
	}
	return n
}

// describe writes a question as Go, but for functions and patterns.
func describe(q query.Question) string {
	s := fmt.Sprintf("%#v", q)
	if q.After != nil {
		s += fmt.Sprintf("\nafter: %#v", *q.After)
	}
	for i := range q.Sort {
		if m := q.Sort[i].Missing; m != nil {
			s += fmt.Sprintf("\nmissing of key %d: %#v", i+1, *m)
		}
	}
	return cut(s)
}

// faultsOfTotal checks the count: exact where that was asked for or claimed,
// else at least what was to be counted and never too many.
func faultsOfTotal(got query.Answer, want int64, q query.Question) []string {
	least := int64(max(q.Count, 0))
	switch {
	case got.TotalExact && got.Total != want, got.Total > want:
		return []string{fmt.Sprintf("Total = %d (exact %v), want %d", got.Total, got.TotalExact, want)}
	case q.Count < 0 && !got.TotalExact, !got.TotalExact && got.Total < min(least, want):
		return []string{fmt.Sprintf("Total = %d (exact %v) of %d, asked to count %d", got.Total, got.TotalExact, want, q.Count)}
	}
	return nil
}

func compareHits(t *testing.T, got, want []query.Hit) {
	t.Helper()
	for _, f := range faultsOfHits(got, want) {
		t.Error(f)
	}
}

func faultsOfHits(got, want []query.Hit) []string {
	if g, w := ridsOf(got), ridsOf(want); !slices.Equal(g, w) {
		return []string{fmt.Sprintf("hits %v, want %v", g, w)}
	}
	for i := range got {
		g, w := got[i], want[i]
		g.Event, w.Event = projected(&g.Event, nil), projected(&w.Event, nil)
		if !reflect.DeepEqual(g, w) {
			return []string{fmt.Sprintf("hit %d:\n got %+v\nwant %+v", i, g, w)}
		}
	}
	return nil
}

func ridsOf(hits []query.Hit) []uint64 {
	list := make([]uint64, len(hits))
	for i := range hits {
		list[i] = hits[i].Event.RID
	}
	return list
}

func faultsOfAggs(path string, got, want []query.AggResult) []string {
	if len(got) != len(want) {
		return []string{fmt.Sprintf("%s: %d results, want %d", path, len(got), len(want))}
	}
	var faults []string
	for i := range got {
		faults = append(faults, faultsOfAgg(path+"/"+want[i].Name, got[i], want[i])...)
	}
	return faults
}

func faultsOfAgg(path string, got, want query.AggResult) []string {
	var faults []string
	complain := func(what string, g, w any) {
		faults = append(faults, fmt.Sprintf("%s: %s = %+v, want %+v", path, what, g, w))
	}
	if got.Name != want.Name || got.Kind != want.Kind || got.OtherCount != want.OtherCount {
		complain("name, kind and other count",
			[]any{got.Name, got.Kind, got.OtherCount}, []any{want.Name, want.Kind, want.OtherCount})
	}
	if !got.Kind.HasBuckets() && (got.Valid != want.Valid || !near(got.Value, want.Value)) {
		complain("value", []any{got.Value, got.Valid}, []any{want.Value, want.Valid})
	}
	gs, ws := got.Stats, want.Stats
	if gs.Count != ws.Count || !near(gs.Min, ws.Min) || !near(gs.Max, ws.Max) || !near(gs.Sum, ws.Sum) || !near(gs.SumSquares, ws.SumSquares) {
		complain("stats", gs, ws)
	}
	gb, wb := got.Box, want.Box
	if !near(gb.Min, wb.Min) || !near(gb.Max, wb.Max) || !near(gb.Q1, wb.Q1) || !near(gb.Q2, wb.Q2) || !near(gb.Q3, wb.Q3) ||
		!near(gb.Lower, wb.Lower) || !near(gb.Upper, wb.Upper) {
		complain("box", gb, wb)
	}
	for _, f := range faultsOfHits(got.Hits, want.Hits) {
		complain("hits", f, "")
	}
	if len(got.Percentiles) != len(want.Percentiles) {
		complain("percentiles", got.Percentiles, want.Percentiles)
		return faults
	}
	for i, p := range got.Percentiles {
		if w := want.Percentiles[i]; !near(p.Percent, w.Percent) || !near(p.Value, w.Value) {
			complain("percentile", p, w)
		}
	}
	if len(got.Buckets) != len(want.Buckets) {
		complain("buckets", keysOf(got.Buckets), keysOf(want.Buckets))
		return faults
	}
	for i, b := range got.Buckets {
		w := want.Buckets[i]
		if b.Key != w.Key || !slices.Equal(b.Keys, w.Keys) || b.Count != w.Count || b.Number != w.Number ||
			b.From != w.From || b.To != w.To || b.HasFrom != w.HasFrom || b.HasTo != w.HasTo {
			complain(fmt.Sprintf("bucket %d", i), b, w)
			continue
		}
		faults = append(faults, faultsOfAggs(path+"["+w.Key+"]", b.Subs, w.Subs)...)
	}
	return faults
}

func keysOf(buckets []query.Bucket) []string {
	keys := make([]string, len(buckets))
	for i, b := range buckets {
		keys[i] = fmt.Sprintf("%s%v:%d", b.Key, b.Keys, b.Count)
	}
	return keys
}

// near tells whether two sums of the same numbers may be the same. Numbers that
// cancel each other leave a rest, which is of the size of their own rounding.
func near(a, b float64) bool {
	if math.IsNaN(a) || math.IsNaN(b) {
		return math.IsNaN(a) && math.IsNaN(b)
	}
	return a == b || math.Abs(a-b) <= 1e-9*max(math.Abs(a), math.Abs(b), 1e-3)
}
