package query

import "math"

// Progress is how far a question has come, in events of the question's time.
type Progress struct {
	// Seen is how many of the Of events are decided, Matched how many of those
	// match. Of counts whole blocks at both ends of the question's time.
	Seen, Of, Matched int64
	// About estimates how many of all match; it is about 95 % likely to be
	// between Low and High, where blocks are seen in no order. When all are seen
	// the three are Matched.
	About, Low, High int64
}

// Tally makes a Progress of what whole blocks gave. The zero Tally has seen
// nothing; it is not safe for concurrent use.
type Tally struct {
	// Of and Blocks are all the events and blocks that there are.
	Of, Blocks int64

	seen, matched, blocks int64
	// Sums over the blocks seen, of n events and m matching ones each.
	nn, nm, mm float64
}

// Add counts a block of n events of which m match.
func (t *Tally) Add(n, m int64) {
	t.seen += n
	t.matched += m
	t.blocks++
	t.nn += float64(n) * float64(n)
	t.nm += float64(n) * float64(m)
	t.mm += float64(m) * float64(m)
}

// Progress tells what the blocks seen so far say about all of them.
func (t *Tally) Progress() Progress {
	p := Progress{Seen: t.seen, Of: max(t.Of, t.seen), Matched: t.matched}
	left := p.Of - p.Seen
	if left == 0 {
		p.About, p.Low, p.High = p.Matched, p.Matched, p.Matched
		return p
	}
	p.Low, p.High = p.Matched, p.Matched+left
	if p.Seen == 0 {
		p.About = (p.Low + p.High) / 2
		return p
	}
	ratio := float64(t.matched) / float64(t.seen)
	about := float64(p.Matched) + ratio*float64(left)
	p.About = int64(math.Round(about))
	if t.blocks < 2 || t.Blocks <= t.blocks {
		return p
	}
	// The blocks are clusters of a sample without replacement, and their ratio
	// the estimator; few matches say little, hence the rule of three.
	k, all := float64(t.blocks), float64(t.Blocks)
	squares := max(0, t.mm-2*ratio*t.nm+ratio*ratio*t.nn)
	margin := 2 * all * math.Sqrt((1-k/all)*squares/(k-1)/k)
	margin = max(margin, 3*float64(left)/float64(p.Seen))
	p.Low = max(p.Low, int64(about-margin))
	p.High = min(p.High, int64(math.Ceil(about+margin)))
	return p
}
