package query

import (
	"math/rand/v2"
	"testing"
)

// TestTally estimates from some blocks in no order: what it says must hold of
// nearly all made-up logs, and be exact in the end.
func TestTally(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	outside := 0
	const logs = 400
	for range logs {
		share := rnd.Float64() * rnd.Float64()
		type block struct{ n, m int64 }
		blocks := make([]block, 60)
		var tally Tally
		var all int64
		for i := range blocks {
			n := 1000 + rnd.Int64N(2000)
			own := share * (0.5 + rnd.Float64())
			blocks[i] = block{n, min(n, int64(own*float64(n)))}
			tally.Of += n
			tally.Blocks++
			all += blocks[i].m
		}
		for i, b := range blocks {
			tally.Add(b.n, b.m)
			p := tally.Progress()
			if p.Low > p.About || p.About > p.High || p.Low < p.Matched || p.High > p.Matched+p.Of-p.Seen {
				t.Fatalf("bounds out of order: %+v", p)
			}
			if i == 14 && (all < p.Low || all > p.High) {
				outside++
			}
		}
		if p := tally.Progress(); p.About != all || p.Low != all || p.High != all || p.Seen != p.Of {
			t.Fatalf("at the end %+v, want %d", p, all)
		}
	}
	if outside > logs/10 {
		t.Errorf("%d of %d logs were outside of the bounds", outside, logs)
	}
	empty := Tally{Of: 1000, Blocks: 10}
	if p := empty.Progress(); p.Low != 0 || p.High != 1000 {
		t.Errorf("nothing seen: %+v", p)
	}
	empty.Add(100, 0)
	empty.Add(100, 0)
	if p := empty.Progress(); p.About != 0 || p.High < 1 {
		t.Errorf("no match so far: %+v; the rest may have some", p)
	}
}
