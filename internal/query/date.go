package query

import (
	"strconv"
	"time"
)

// dateLayouts are the ways in which dates are written in documents.
var dateLayouts = []string{
	time.RFC3339Nano, "2006-01-02", "2006-01-02T15:04:05.999999999", "2006-01-02T15:04:05.999999999Z0700",
	"2006-01-02T15:04Z07:00", "2006-01-02T15:04", "2006-01-02 15:04:05.999999999", "2006-01", "2006/01/02",
	"2006/01/02 15:04:05", "2006",
}

// ParseDate reads a date of a field that the table does not know, as
// nanoseconds since 1970: ISO 8601, in UTC where it names no zone, or
// milliseconds since 1970 where it is a number of more than four digits.
func ParseDate(s string) (ns int64, ok bool) {
	if s == "" || len(s) > maxNumberText {
		return 0, false
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && len(s) != 4 {
		const last = int64(1) << 62 / int64(time.Millisecond)
		return n * int64(time.Millisecond), n < last && n > -last
	}
	for _, layout := range dateLayouts {
		t, err := time.Parse(layout, s)
		if err == nil {
			return t.UnixNano(), t.Unix() > firstSecond && t.Unix() < lastSecond
		}
	}
	return 0, false
}
