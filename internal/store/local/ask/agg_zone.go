package ask

import (
	"fmt"
	"math"
	"time"

	"rastro/internal/event"
	"rastro/internal/query"
)

// rounder finds the bucket of a moment.
type rounder interface {
	// bucket returns the beginning of the bucket that holds t, and a stretch
	// of time from (inclusive) to to (exclusive) around t that lies wholly in
	// that bucket. All in nanoseconds since 1970.
	bucket(t int64) (start, from, to int64)
}

// compileDates makes the rounder of AggDateHistogram.
func (p *aggPlan) compileDates() error {
	a := &p.agg
	if f := a.Field.Field; f == event.NoField && a.As != event.Time || f != event.NoField && f.Kind() != event.Time {
		return fmt.Errorf("%w: %s holds no times", query.ErrBadQuestion, a.Field.Name)
	}
	zone, err := loadZone(a.Zone)
	if err != nil {
		return err
	}
	if math.Abs(a.Offset) >= 1<<62 {
		return fmt.Errorf("%w: offset %v", query.ErrBadQuestion, a.Offset)
	}
	shift := int64(a.Offset)
	width, floor := int64(0), dateFloor(nil)
	switch a.Calendar {
	case "minute":
		width = int64(time.Minute)
	case "hour":
		width = int64(time.Hour)
	case "":
		if !(a.Interval >= 1 && a.Interval < 1<<62) {
			return fmt.Errorf("%w: the interval %v is not between 1 ns and 146 years", query.ErrBadQuestion, a.Interval)
		}
		width = int64(a.Interval)
	default:
		if floor = floors[a.Calendar]; floor == nil {
			return fmt.Errorf("%w: unknown calendar interval %q", query.ErrBadQuestion, a.Calendar)
		}
	}
	switch {
	case floor != nil:
		p.rounder = calendar{zone, shift, floor}
	case zone == time.UTC:
		p.rounder = fixedUTC{width, shift}
	default:
		p.rounder = fixed{zone, width, shift}
	}
	return nil
}

// loadZone reads the name of a zone or an offset such as +01:00.
func loadZone(name string) (*time.Location, error) {
	switch name {
	case "", "Z", "UTC":
		return time.UTC, nil
	case "Local": // whose zone would that be?
		return nil, fmt.Errorf("%w: unknown time zone %q", query.ErrBadQuestion, name)
	}
	for _, layout := range []string{"-07:00", "-0700", "-07"} {
		if t, err := time.Parse(layout, name); err == nil {
			_, seconds := t.Zone()
			return time.FixedZone(name, seconds), nil
		}
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("%w: unknown time zone %q", query.ErrBadQuestion, name)
	}
	return zone, nil
}

// fixedUTC has buckets of one width.
type fixedUTC struct{ width, shift int64 }

func (r fixedUTC) bucket(t int64) (start, from, to int64) {
	start = floorTo(t-r.shift, r.width) + r.shift
	return start, start, start + r.width
}

// floorTo rounds down to a multiple of width.
func floorTo(t, width int64) int64 {
	rest := t % width
	if rest < 0 {
		rest += width
	}
	return t - rest
}

// fixed has buckets of one width by the clock on the wall: a bucket of 12
// hours begins at 00:00 and 12:00 on every day, also on the day on which the
// clock is changed and one of them lasts 11 or 13 hours. Where an hour passes
// twice, a bucket that begins with it comes twice.
type fixed struct {
	zone         *time.Location
	width, shift int64
}

func (r fixed) bucket(t int64) (start, from, to int64) {
	t -= r.shift
	offset, since, until := offsetAt(t, r.zone)
	wall := floorTo(t+offset, r.width)
	start = wall - offset
	from, to = max(start, since), min(start+r.width, until)
	if start < since {
		start = momentOf(wall, r.zone)
	}
	return start + r.shift, from + r.shift, to + r.shift
}

// calendar has buckets of days and longer.
type calendar struct {
	zone  *time.Location
	shift int64
	floor dateFloor
}

// dateFloor returns the first day of the period that holds a day, and the
// first day of the next one. Days are midnights in UTC.
type dateFloor func(day time.Time) (first, next time.Time)

var floors = map[string]dateFloor{
	"day": func(d time.Time) (time.Time, time.Time) { return d, d.AddDate(0, 0, 1) },
	"week": func(d time.Time) (time.Time, time.Time) {
		d = d.AddDate(0, 0, -int(d.Weekday()+6)%7)
		return d, d.AddDate(0, 0, 7)
	},
	"month":   func(d time.Time) (time.Time, time.Time) { return months(d, d.Month(), 1) },
	"quarter": func(d time.Time) (time.Time, time.Time) { return months(d, (d.Month()-1)/3*3+1, 3) },
	"year":    func(d time.Time) (time.Time, time.Time) { return months(d, time.January, 12) },
}

func months(d time.Time, first time.Month, n int) (time.Time, time.Time) {
	start := time.Date(d.Year(), first, 1, 0, 0, 0, 0, time.UTC)
	return start, start.AddDate(0, n, 0)
}

func (r calendar) bucket(t int64) (start, from, to int64) {
	local := time.Unix(0, t-r.shift).In(r.zone)
	y, m, d := local.Date()
	first, next := r.floor(time.Date(y, m, d, 0, 0, 0, 0, time.UTC))
	start = momentOf(first.UnixNano(), r.zone) + r.shift
	to = momentOf(next.UnixNano(), r.zone) + r.shift
	return start, start, to
}

// offsetAt returns how far the clock on the wall is ahead of UTC at t, and the
// stretch of time in which it stays so.
func offsetAt(t int64, zone *time.Location) (offset, since, until int64) {
	local := time.Unix(0, t).In(zone)
	_, seconds := local.Zone()
	since, until = math.MinInt64, math.MaxInt64
	start, end := local.ZoneBounds()
	if !start.IsZero() && start.Unix() > math.MinInt64/int64(time.Second) {
		since = start.UnixNano()
	}
	if !end.IsZero() && end.Unix() < math.MaxInt64/int64(time.Second) {
		until = end.UnixNano()
	}
	return int64(seconds) * int64(time.Second), since, until
}

// momentOf returns the first moment at which the clock on the wall shows wall
// (written as if the wall were in UTC), or, where the clock jumps over it, the
// moment of the jump.
func momentOf(wall int64, zone *time.Location) int64 {
	// No zone is a day away from UTC, so these two moments lie before and
	// behind the one that is looked for, with at most one change between them.
	const day = int64(24 * time.Hour)
	before, _, until := offsetAt(wall-day, zone)
	after, _, _ := offsetAt(wall+day, zone)
	early, late := wall-max(before, after), wall-min(before, after)
	switch {
	case before == after:
		return early
	case before > after: // set back: early is the first of two
		if early < until {
			return early
		}
		return late
	case late < until: // set forward, but wall comes before the jump
		return late
	case early >= until:
		return early
	default:
		return until
	}
}
