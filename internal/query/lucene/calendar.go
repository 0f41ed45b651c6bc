package lucene

import "time"

// addUnits adds n units to t: by the calendar of t's zone for days and longer,
// by the clock for hours and shorter.
func addUnits(t time.Time, unit byte, n int) time.Time {
	switch unit {
	case 'y':
		return addMonths(t, 12*n)
	case 'M':
		return addMonths(t, n)
	case 'w':
		return onDay(t, t.Year(), t.Month(), t.Day()+7*n)
	case 'd':
		return onDay(t, t.Year(), t.Month(), t.Day()+n)
	case 'h', 'H':
		return addSeconds(t, 3600*int64(n))
	case 'm':
		return addSeconds(t, 60*int64(n))
	default:
		return addSeconds(t, int64(n))
	}
}

// addSeconds adds more seconds than a time.Duration may hold.
func addSeconds(t time.Time, seconds int64) time.Time {
	return time.Unix(t.Unix()+seconds, int64(t.Nanosecond())).In(t.Location())
}

// addMonths adds n months; a day that the month lacks becomes its last.
func addMonths(t time.Time, n int) time.Time {
	month := int(t.Month()) - 1 + n
	year := t.Year() + month/12
	if month %= 12; month < 0 {
		month += 12
		year--
	}
	day := min(t.Day(), daysIn(year, time.Month(month+1)))
	return onDay(t, year, time.Month(month+1), day)
}

// daysIn returns the number of days of a month.
func daysIn(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// onDay moves t to another day at the same time of the day.
func onDay(t time.Time, year int, month time.Month, day int) time.Time {
	return clockTime(year, month, day, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), t.Location())
}

// clockTime is the moment when a clock shows this time. Where clocks showed it
// twice it is the first time; where they skipped it, it is as long after the
// change as it would have been without.
func clockTime(year int, month time.Month, day, hour, minute, sec, nsec int, zone *time.Location) time.Time {
	t := time.Date(year, month, day, hour, minute, sec, nsec, zone)
	// What the clock would show if it were UTC tells times of day apart from
	// moments: the difference to a moment is the offset in force.
	wall := time.Date(year, month, day, hour, minute, sec, nsec, time.UTC)
	start, end := t.ZoneBounds()
	switch seen := shown(t); {
	case seen.After(wall):
		return t // skipped, and t is after the change
	case seen.Before(wall):
		return atOffset(wall, end.Add(-1), zone)
	}
	if !start.IsZero() {
		// With the offset before the last change, is it before that change?
		if earlier := atOffset(wall, start.Add(-1), zone); earlier.Before(start) {
			return earlier
		}
	}
	return t
}

// atOffset is the moment when a clock with the offset that zone has at the
// moment when shows wall.
func atOffset(wall, when time.Time, zone *time.Location) time.Time {
	_, offset := when.In(zone).Zone()
	return wall.Add(-time.Duration(offset) * time.Second).In(zone)
}

// shown is the date and time that a clock shows, without its zone.
func shown(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}

// startOf returns the beginning of the unit that t lies in.
func startOf(t time.Time, unit byte) time.Time {
	y, m, d := t.Date()
	switch unit {
	case 'y':
		return startOfDay(y, time.January, 1, t.Location())
	case 'M':
		return startOfDay(y, m, 1, t.Location())
	case 'w':
		sinceMonday := (int(t.Weekday()) + 6) % 7
		return startOfDay(y, m, d-sinceMonday, t.Location())
	case 'd':
		return startOfDay(y, m, d, t.Location())
	}
	inHour := time.Duration(t.Second())*time.Second + time.Duration(t.Nanosecond())
	switch unit {
	case 'h', 'H':
		return t.Add(-inHour - time.Duration(t.Minute())*time.Minute)
	case 'm':
		return t.Add(-inHour)
	default:
		return t.Add(-time.Duration(t.Nanosecond()))
	}
}

// startOfDay is the first moment of a day: midnight, or the moment of the clock
// change where midnight is skipped.
func startOfDay(y int, m time.Month, d int, zone *time.Location) time.Time {
	t := clockTime(y, m, d, 0, 0, 0, 0, zone)
	if start, _ := t.ZoneBounds(); t.Hour() != 0 && !start.IsZero() {
		return start.In(zone)
	}
	return t
}
