package storetest

import (
	"math"
	"slices"
	"time"

	"rastro/internal/event"
	"rastro/internal/query"
)

// dateGroups makes a group per stretch of time. It finds the beginning of a
// bucket by going back in time, which is slow and hard to get wrong.
func (o *oracle) dateGroups(events []*event.Event, a query.Agg) ([]group, error) {
	zone, err := zoneOf(a.Zone)
	if err != nil {
		return nil, err
	}
	byStart := make(map[int64][]*event.Event)
	var first, last int64
	widen := func(t int64) {
		if len(byStart) == 0 && first == 0 {
			first, last = t, t
		}
		first, last = min(first, t), max(last, t)
	}
	for _, e := range events {
		for _, t := range timesOf(e, a) {
			begin := o.dateStart(t, a, zone)
			widen(begin)
			if list := byStart[begin]; len(list) == 0 || list[len(list)-1] != e {
				byStart[begin] = append(list, e)
			}
		}
	}
	if a.MinCount == 0 {
		if a.HasBounds {
			widen(o.dateStart(int64(a.BoundsMin), a, zone))
			widen(o.dateStart(int64(a.BoundsMax), a, zone))
		}
		for t := first; t < last; t += int64(10 * time.Minute) {
			begin := o.dateStart(t, a, zone)
			byStart[begin] = append([]*event.Event{}, byStart[begin]...)
		}
		if first != 0 {
			byStart[last] = append([]*event.Event{}, byStart[last]...)
		}
	}
	var groups []group
	for begin, list := range byStart {
		groups = append(groups, group{events: list, bucket: query.Bucket{
			Key:    time.Unix(0, begin).In(zone).Format(time.RFC3339Nano),
			Number: float64(begin),
		}})
	}
	slices.SortFunc(groups, func(x, y group) int {
		if x.bucket.Number < y.bucket.Number {
			return -1
		}
		return 1
	})
	return groups, nil
}

func zoneOf(name string) (*time.Location, error) {
	if t, err := time.Parse("-07:00", name); err == nil {
		_, seconds := t.Zone()
		return time.FixedZone(name, seconds), nil
	}
	return time.LoadLocation(name)
}

// dateStart is the first moment of the bucket that holds t. All generated
// borders lie on whole minutes.
func (o *oracle) dateStart(t int64, a query.Agg, zone *time.Location) int64 {
	shift := int64(a.Offset)
	at := time.Unix(0, t-shift).In(zone).Truncate(time.Minute)
	y, m, d := at.Date()
	switch a.Calendar {
	case "day":
	case "week":
		d -= (int(at.Weekday()) + 6) % 7
	case "month":
		d = 1
	case "quarter":
		m, d = (m-1)/3*3+1, 1
	case "year":
		m, d = time.January, 1
	default:
		width := time.Duration(a.Interval)
		switch a.Calendar {
		case "minute":
			width = time.Minute
		case "hour":
			width = time.Hour
		}
		return o.fixedStart(at, width) + shift
	}
	return time.Date(y, m, d, 0, 0, 0, 0, zone).UnixNano() + shift
}

// startKey names a minute of a histogram whose bucket is known.
type startKey struct {
	minute int64
	width  time.Duration
	zone   string
}

// fixedStart goes back minute by minute until the bucket changes, and notes
// the way.
func (o *oracle) fixedStart(at time.Time, width time.Duration) int64 {
	var way []startKey
	for {
		key := startKey{at.Unix(), width, at.Location().String()}
		begin, known := o.starts[key]
		if !known {
			way = append(way, key)
			before := at.Add(-time.Minute)
			again := offsetOf(before) != offsetOf(at) && atBorder(at, width) // the clock shows a border twice
			if wallBucket(before, width) == wallBucket(at, width) && !again {
				at = before
				continue
			}
			begin = at.UnixNano()
		}
		for _, k := range way {
			o.starts[k] = begin
		}
		return begin
	}
}

// wallBucket numbers the buckets by what the clock on the wall shows.
func wallBucket(t time.Time, width time.Duration) int64 {
	wall := t.Unix() + int64(offsetOf(t))
	return int64(math.Floor(float64(wall) / width.Seconds()))
}

// atBorder tells whether the clock on the wall shows a border of buckets.
func atBorder(t time.Time, width time.Duration) bool {
	return (t.Unix()+int64(offsetOf(t)))%int64(width.Seconds()) == 0
}

func offsetOf(t time.Time) int {
	_, seconds := t.Zone()
	return seconds
}
