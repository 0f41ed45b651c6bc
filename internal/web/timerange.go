package web

import (
	"errors"
	"fmt"
	"time"

	"rastro/internal/query"
	"rastro/internal/search"
)

// timeRange is the time that a request asks about.
type timeRange struct {
	// from and to are nanoseconds since 1970, from inclusive, to exclusive; 0
	// leaves an end open.
	from, to int64
	zone     *time.Location
}

// readRange reads since, until and zone of a request: the one way for all
// that have them. Mistakes are an Error.
func readRange(since, until, zone string, now time.Time) (timeRange, error) {
	var r timeRange
	var err error
	if r.zone, err = search.Zone(zone); err != nil {
		return r, Error{Code: "bad_zone", Message: err.Error(), Hint: "write an IANA name such as America/Bogota, or an offset such as -05:00"}
	}
	if r.from, err = moment(since, "since", func() (time.Time, error) { return search.Moment(since, now, false, r.zone) }); err != nil {
		return r, err
	}
	if r.to, err = moment(until, "until", func() (time.Time, error) { return search.Until(until, now, r.zone) }); err != nil {
		return r, err
	}
	if r.from != 0 && r.to != 0 && r.from > r.to {
		return r, Error{
			Code:    "bad_range",
			Message: fmt.Sprintf("the range ends (%s) before it begins (%s)", when(r.to).In(r.zone).Format(time.RFC3339), when(r.from).In(r.zone).Format(time.RFC3339)),
			Hint:    "exchange since and until",
		}
	}
	return r, nil
}

func moment(text, name string, read func() (time.Time, error)) (int64, error) {
	if text == "" {
		return 0, nil
	}
	t, err := read()
	if err != nil {
		problem := err.Error()
		var syntax *query.SyntaxError
		if errors.As(err, &syntax) {
			problem = syntax.Problem // its hint is about queries
		}
		return 0, badTime(fmt.Sprintf("%s: %q: %s", name, text, problem))
	}
	if y := t.Year(); y < 1700 || y > 2200 { // nanoseconds reach a little further
		return 0, badTime(fmt.Sprintf("%s: %q leads out of the calendar", name, text))
	}
	return t.UnixNano(), nil
}

func badTime(problem string) Error {
	return Error{Code: "bad_time", Message: problem, Hint: "write an age such as 90m, 1h or 3d, a date such as 2026-11-23 or 2026-11-23T14:30:00, or date math such as now/d"}
}

// when is a moment as a time; the zero time for an open end.
func when(ns int64) time.Time {
	if ns == 0 {
		return time.Time{}
	}
	return time.Unix(0, ns).UTC()
}
