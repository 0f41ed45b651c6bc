package monitor

import (
	"math"
	"sync"
	"time"
)

// sampleEvery is the time between two samples.
const sampleEvery = 5 * time.Second

// windows are the spans that rates are told of. A window is told of once the
// samples reach back so far.
var windows = []struct {
	name string
	span time.Duration
}{
	{"current", 10 * time.Second},
	{"last_1_minute", time.Minute},
	{"last_5_minutes", 5 * time.Minute},
	{"last_15_minutes", 15 * time.Minute},
	{"last_1_hour", time.Hour},
	{"last_24_hours", 24 * time.Hour},
}

// perWindow is how many samples a window keeps at most; a window is at most
// 2/perWindow longer than its name says, but for a sample's time.
const perWindow = 32

// values are totals by name at one moment.
type values map[string]float64

// sample is what was counted at one moment.
type sample struct {
	at     time.Time
	values values
}

// flow remembers samples and tells rates. It is safe for concurrent use.
type flow struct {
	mu    sync.Mutex
	start sample
	rings [][]sample // one for each window, the oldest sample first
}

func newFlow(v values, now time.Time) *flow {
	first := sample{now, v}
	f := &flow{start: first, rings: make([][]sample, len(windows))}
	for i := range f.rings {
		f.rings[i] = []sample{first}
	}
	return f
}

// add takes a sample. A window keeps one only as often as it needs.
func (f *flow) add(v values, now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, w := range windows {
		ring := f.rings[i]
		if now.Sub(ring[len(ring)-1].at) < w.span/(perWindow-2) {
			continue
		}
		ring = append(ring, sample{now, v})
		for len(ring) > 2 && now.Sub(ring[1].at) >= w.span {
			ring = ring[1:]
		}
		// Copied, so that what is cut off in front is set free.
		f.rings[i] = append(make([]sample, 0, len(ring)+1), ring...)
	}
}

// since returns the youngest sample that is as old as the window; nil while
// there is none.
func (f *flow) since(window int, now time.Time) *sample {
	ring := f.rings[window]
	for i := len(ring) - 1; i >= 0; i-- {
		if now.Sub(ring[i].at) >= windows[window].span {
			return &ring[i]
		}
	}
	return nil
}

// rater tells rates up to one moment.
type rater struct {
	now   sample
	bases map[string]sample // by the window's name
}

// rates prepares to tell rates until now.
func (f *flow) rates(v values, now time.Time) *rater {
	f.mu.Lock()
	defer f.mu.Unlock()
	r := &rater{now: sample{now, v}, bases: map[string]sample{"lifetime": f.start}}
	for i, w := range windows {
		if base := f.since(i, now); base != nil {
			r.bases[w.name] = *base
		}
	}
	if _, ok := r.bases["current"]; !ok {
		r.bases["current"] = f.start
	}
	return r
}

// perSecond are the rates at which a total grows, times factor.
func (r *rater) perSecond(total string, factor float64) object {
	return r.each(func(base sample) (float64, bool) {
		seconds := r.now.at.Sub(base.at).Seconds()
		return factor * r.grown(base, total) / seconds, seconds > 0
	})
}

// per are the rates at which a total grows with another one; windows in which
// neither grows are left out.
func (r *rater) per(total, by string) object {
	return r.each(func(base sample) (float64, bool) {
		up, down := r.grown(base, total), r.grown(base, by)
		return up / down, up != 0 || down != 0
	})
}

func (r *rater) grown(base sample, total string) float64 {
	return r.now.values[total] - base.values[total]
}

func (r *rater) each(rate func(base sample) (float64, bool)) object {
	out := object{}
	for name, base := range r.bases {
		if v, ok := rate(base); ok {
			out[name] = rounded(v)
		}
	}
	return out
}

// rounded keeps four digits. What JSON cannot say is a word, as in Logstash.
func rounded(v float64) any {
	switch {
	case math.IsInf(v, 1):
		return "Infinity"
	case math.IsInf(v, -1):
		return "-Infinity"
	case math.IsNaN(v):
		return "NaN"
	case v == 0:
		return 0.0
	}
	unit := math.Pow(10, 3-math.Floor(math.Log10(math.Abs(v))))
	if math.IsInf(unit, 0) || unit == 0 {
		return v
	}
	return math.Round(v*unit) / unit
}
