package envelope

import (
	"math"
	"time"
)

// span is a stretch of a zone's clock face, from lo to hi (hi excluded), where
// every reading happens exactly once and at the same distance from UTC.
type span struct {
	lo, hi int64 // seconds on the clock face
	offset int64 // seconds east of UTC
}

// maxZones bounds the remembered zones. Origins bring their own pointers, so
// that thousands of files may bring thousands of equal zones.
const maxZones = 256

// zones turns readings of a clock face into points in time. It remembers the
// last stretch of each zone, so that nearly every line costs a comparison.
type zones struct {
	loc   *time.Location
	last  span
	known map[*time.Location]span
}

// instant returns the second in UTC at which a clock in loc shows face. Around
// clock changes a reading may happen twice or never; unsure is then true and
// the answer is the latest that is not after limit, or the earliest.
func (z *zones) instant(face int64, loc *time.Location, limit int64) (sec int64, unsure bool) {
	if loc == time.UTC {
		return face, false
	}
	if loc != z.loc {
		z.change(loc)
	}
	if face >= z.last.lo && face < z.last.hi {
		return face - z.last.offset, false
	}
	return z.search(face, limit)
}

// change makes loc the current zone.
func (z *zones) change(loc *time.Location) {
	if z.known == nil || len(z.known) >= maxZones {
		z.known = make(map[*time.Location]span)
	}
	if z.loc != nil {
		z.known[z.loc] = z.last
	}
	z.loc, z.last = loc, z.known[loc]
}

// search finds the stretch that holds face and remembers it.
func (z *zones) search(face, limit int64) (sec int64, unsure bool) {
	near := around(time.Unix(face, 0).In(z.loc))
	try := face - near.offset
	for range 4 {
		s := around(time.Unix(try, 0).In(z.loc))
		if face >= s.lo && face < s.hi {
			z.last = s
			return face - s.offset, false
		}
		next := face - s.offset
		if next == try {
			break
		}
		try = next
	}
	return z.changing(face, limit)
}

// changing answers for a reading that a clock change repeats or leaves out.
func (z *zones) changing(face, limit int64) (sec int64, unsure bool) {
	_, before := time.Unix(face-86400, 0).In(z.loc).Zone()
	_, after := time.Unix(face+86400, 0).In(z.loc).Zone()
	early, late := face-int64(before), face-int64(after)
	if early > late {
		early, late = late, early
	}
	if late <= limit {
		return late, true
	}
	return early, true
}

// around returns the stretch of the clock face around a point in time, without
// the readings that its two clock changes repeat.
func around(t time.Time) span {
	_, offset := t.Zone()
	start, end := t.ZoneBounds()
	s := span{lo: math.MinInt64, hi: math.MaxInt64, offset: int64(offset)}
	if !start.IsZero() {
		_, previous := start.Add(-time.Second).Zone()
		s.lo = start.Unix() + int64(max(previous, offset))
	}
	if !end.IsZero() {
		_, following := end.Zone()
		s.hi = end.Unix() + int64(min(following, offset))
	}
	return s
}
