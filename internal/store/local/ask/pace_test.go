package ask

import (
	"errors"
	"slices"
	"testing"
	"time"

	"rastro/internal/query"
)

func TestSpread(t *testing.T) {
	for n := range 70 {
		blocks := make([]Block, n)
		for i := range blocks {
			blocks[i].Rows = i
		}
		spread(blocks)
		rows := make([]int, n)
		for i := range blocks {
			rows[i] = blocks[i].Rows
		}
		if n == 8 && !slices.Equal(rows, []int{0, 4, 2, 6, 1, 5, 3, 7}) {
			t.Errorf("eight blocks: %v", rows)
		}
		slices.Sort(rows)
		for i, r := range rows {
			if i != r {
				t.Fatalf("%d blocks: %v", n, rows)
			}
		}
	}
}

// TestSample answers from one block at least, from all where there is time, and
// says which.
func TestSample(t *testing.T) {
	q := query.Question{
		Filter: query.Term{Field: query.Ref("host"), Value: "h1"}, Count: query.CountExact,
		Aggs: []query.Agg{{Name: "hosts", Kind: query.AggTerms, Field: query.Ref("host")}},
	}
	for _, workers := range []int{1, 3} {
		q.SampleFor = time.Nanosecond
		a, err := Run(t.Context(), sourceOf(minuteBlocks(50), workers, nil), q)
		if err != nil {
			t.Fatal(err)
		}
		p := a.Progress
		if p.Seen < 10 || p.Seen >= 500 || p.Of != 500 || a.TotalExact || a.Partial || a.Total != p.Matched || len(a.Aggs[0].Buckets) != 1 || a.Aggs[0].Buckets[0].Count != a.Total {
			t.Errorf("a short sample: %+v", a)
		}
		if p.Low > 167 || p.High < 167 {
			t.Errorf("a short sample: %+v, there are 167", p)
		}
		q.SampleFor = time.Hour
		a, err = Run(t.Context(), sourceOf(minuteBlocks(50), workers, nil), q)
		if err != nil || a.Progress.Seen != 500 || !a.TotalExact || a.Total != 167 || a.Progress.About != 167 {
			t.Errorf("a sample of everything: %+v, error %v", a, err)
		}
	}
	q.Limit = 1
	if _, err := Run(t.Context(), sourceOf(minuteBlocks(2), 1, nil), q); !errors.Is(err, query.ErrBadQuestion) {
		t.Errorf("hits of a sample: %v", err)
	}
}

// TestCountFor finds the hits and counts no longer than that, and tells how far
// it came.
func TestCountFor(t *testing.T) {
	calls := 0
	q := query.Question{
		Filter: query.Term{Field: query.Ref("host"), Value: "h1"}, Count: query.CountExact, Limit: 6, CountFor: time.Nanosecond,
		OnProgress: func(p query.Progress) { calls++ },
	}
	var a query.Answer
	var err error
	// Of two workers one may come to the end before the other has read the block
	// with the hits.
	for workers := range 2 {
		if a, err = Run(t.Context(), sourceOf(minuteBlocks(50), workers+1, nil), q); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(ridsOf(a), []uint64{499, 496, 493, 490, 487, 484}) {
			t.Errorf("hits %v", ridsOf(a))
		}
		p := a.Progress
		if a.TotalExact != (p.Seen == 500) || a.Partial || p.Seen < 20 || p.Low > 167 || p.High < 167 {
			t.Errorf("%d workers: %+v", workers+1, a)
		}
		if workers == 0 && p.Seen == 500 {
			t.Error("the count went on to the end")
		}
	}
	if calls == 0 {
		t.Error("nobody was told")
	}
	q.CountFor = time.Hour
	if a, err = Run(t.Context(), sourceOf(minuteBlocks(50), 2, nil), q); err != nil || !a.TotalExact || a.Total != 167 || a.Progress.High != 167 {
		t.Errorf("with time: %+v, error %v", a, err)
	}
}
