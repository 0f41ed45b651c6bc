package web

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"rastro/internal/event"
	"rastro/internal/query"
)

// interval is the width of a timeline's buckets.
type interval struct {
	name     string
	fixed    time.Duration // 0 for calendar units
	calendar string
}

const day = 24 * time.Hour

// ladder holds the intervals that auto chooses from, ascending. All of them
// divide the next longer unit, so that buckets begin at round times.
var ladder = []interval{
	{name: "1s", fixed: time.Second}, {name: "2s", fixed: 2 * time.Second}, {name: "5s", fixed: 5 * time.Second},
	{name: "10s", fixed: 10 * time.Second}, {name: "30s", fixed: 30 * time.Second},
	{name: "1m", fixed: time.Minute}, {name: "2m", fixed: 2 * time.Minute}, {name: "5m", fixed: 5 * time.Minute},
	{name: "10m", fixed: 10 * time.Minute}, {name: "30m", fixed: 30 * time.Minute},
	{name: "1h", fixed: time.Hour}, {name: "3h", fixed: 3 * time.Hour}, {name: "6h", fixed: 6 * time.Hour}, {name: "12h", fixed: 12 * time.Hour},
	{name: "day", calendar: "day"}, {name: "week", calendar: "week"}, {name: "month", calendar: "month"},
	{name: "quarter", calendar: "quarter"}, {name: "year", calendar: "year"},
}

// calendarUnits gives the usual width of each calendar unit.
var calendarUnits = map[string]time.Duration{"day": day, "week": 7 * day, "month": 30 * day, "quarter": 91 * day, "year": 365 * day}

// usual is the interval's width, for calendar units the usual one.
func (i interval) usual() time.Duration {
	if i.calendar != "" {
		return calendarUnits[i.calendar]
	}
	return i.fixed
}

// width is the interval's width, for calendar units that of the first bucket.
func (i interval) width(buckets []query.Bucket, zone *time.Location) time.Duration {
	if i.calendar == "" || len(buckets) == 0 {
		return i.usual()
	}
	start := time.Unix(0, int64(buckets[0].Number)).In(zone)
	y, m, d := start.Date()
	add := map[string][3]int{"day": {0, 0, 1}, "week": {0, 0, 7}, "month": {0, 1, 0}, "quarter": {0, 3, 0}, "year": {1, 0, 0}}[i.calendar]
	next := time.Date(y+add[0], m+time.Month(add[1]), d+add[2], 0, 0, 0, 0, zone)
	// The number of a bucket is rounded by some nanoseconds.
	return next.Sub(start).Round(time.Second)
}

// readInterval reads what Aggregation.Interval takes, auto excepted.
func readInterval(text string) (interval, bool) {
	switch text {
	case "1d":
		return interval{name: text, calendar: "day"}, true
	case "1w":
		return interval{name: text, calendar: "week"}, true
	case "1M":
		return interval{name: text, calendar: "month"}, true
	case "minute":
		return interval{name: text, fixed: time.Minute}, true
	case "hour":
		return interval{name: text, fixed: time.Hour}, true
	}
	if _, ok := calendarUnits[text]; ok {
		return interval{name: text, calendar: text}, true
	}
	for _, u := range []struct {
		unit  string
		width time.Duration
	}{{"ms", time.Millisecond}, {"s", time.Second}, {"m", time.Minute}, {"h", time.Hour}, {"d", day}, {"w", 7 * day}} {
		digits, ok := strings.CutSuffix(text, u.unit)
		if !ok {
			continue
		}
		// ParseUint takes no sign.
		if n, err := strconv.ParseUint(digits, 10, 32); err == nil && n > 0 && n <= uint64(100*365*day/u.width) {
			return interval{name: text, fixed: time.Duration(n) * u.width}, true
		}
	}
	return interval{}, false
}

// bounds is a range of time without open ends, in nanoseconds since 1970; to
// is exclusive.
type bounds struct{ from, to int64 }

// bounds is the range that is asked about; open ends are those of what is
// stored.
func (c *aggCompiler) bounds() bounds {
	if c.hasSpan {
		return c.span
	}
	stats := c.searcher.Stats()
	b := bounds{c.asked.from, c.asked.to}
	if b.from == 0 {
		b.from = stats.Oldest
	}
	if b.to == 0 {
		if b.to = stats.Newest + 1; b.to <= b.from && c.asked.from != 0 {
			b.to = max(b.from+1, c.searcher.Now().UnixNano())
		}
	}
	if stats.Events == 0 && c.asked.from == 0 {
		b.from = b.to // nothing to show
	}
	c.span, c.hasSpan = b, true
	return b
}

// timeline reads a timeline and says how many buckets it has at most.
func (c *aggCompiler) timeline(a *Aggregation, p *aggPlan) (int, error) {
	if a.Buckets < 0 || a.Buckets > maxAuto {
		return 0, badAgg("buckets must be between 1 and %d", maxAuto)
	}
	span := c.bounds()
	wanted := a.Buckets
	if wanted == 0 {
		wanted = defaultAuto
	}
	if a.Interval == "" || a.Interval == "auto" {
		p.interval = auto(span, wanted)
	} else {
		var ok bool
		if p.interval, ok = readInterval(a.Interval); !ok {
			return 0, Error{
				Code: "bad_interval", Message: fmt.Sprintf("there is no interval %q", a.Interval),
				Hint: "write auto, 30s, 5m, 1h, 1d, or day, week, month, quarter, year",
			}
		}
	}
	count := p.interval.count(span)
	if count > maxTimeline {
		return 0, Error{
			Code: "too_many_buckets", Message: fmt.Sprintf("intervals of %s give %d buckets; at most %d", p.interval.name, count, maxTimeline),
			Hint: fmt.Sprintf("choose %s, a longer interval or a shorter time", auto(span, maxAuto).name),
		}
	}
	p.agg.Interval, p.agg.Calendar, p.agg.Zone = float64(p.interval.fixed), p.interval.calendar, c.zone
	if p.agg.Field.Field == event.Timestamp && span.from < span.to {
		p.agg.HasBounds, p.agg.BoundsMin, p.agg.BoundsMax = true, noLess(span.from), noMore(span.to-1)
	}
	return count, nil
}

// count is the number of buckets that a range takes at most.
func (i interval) count(b bounds) int {
	if b.to <= b.from {
		return 1
	}
	return int((b.to-b.from)/int64(i.usual())) + 2
}

// auto chooses the shortest interval with no more buckets than wanted.
func auto(b bounds, wanted int) interval {
	for _, i := range ladder {
		if (b.to-b.from+int64(i.usual())-1)/int64(i.usual()) <= int64(wanted) {
			return i
		}
	}
	return ladder[len(ladder)-1]
}

// noLess and noMore give the nearest number that is not on the other side of
// a moment: a bound that is rounded over the border of a bucket adds one.
func noLess(ns int64) float64 {
	x := float64(ns)
	if int64(x) < ns {
		x = math.Nextafter(x, math.Inf(1))
	}
	return x
}

func noMore(ns int64) float64 {
	x := float64(ns)
	if int64(x) > ns {
		x = math.Nextafter(x, math.Inf(-1))
	}
	return x
}
