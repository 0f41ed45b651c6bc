package lucene

import (
	"strconv"
	"strings"
	"time"

	"rastro/internal/query"
)

// DateFormat is how dates are written: a list of ways, of which the first that
// fits is taken, as Elasticsearch's format parameter has it. A month or day that
// a date lacks is the first; only its time of the day is rounded up. It is read
// only.
type DateFormat struct {
	spec string
	ways []dateWay
}

// dateWay reads a date without math; ok is false where it does not fit.
type dateWay func(text string, roundUp bool, zone *time.Location) (t time.Time, ok bool)

// Bounds of a format.
const (
	maxFormatBytes = 1000
	maxFormatWays  = 64
)

// ParseDateFormat reads a format: names such as epoch_millis, epoch_second,
// strict_date_optional_time or basic_date, and patterns of java.time such as
// dd/MM/yyyy HH:mm, with || between them. An error is a *query.SyntaxError
// about spec.
func ParseDateFormat(spec string) (*DateFormat, error) {
	f := &DateFormat{spec: spec}
	if len(spec) > maxFormatBytes {
		return nil, dateMistake(spec, "date_format", 0, len(spec), "this format is too long", "name fewer ways of writing dates", "")
	}
	pos := 0
	for name := range strings.SplitSeq(spec, "||") {
		switch name = strings.TrimPrefix(name, "8"); named[strings.TrimPrefix(name, "strict_")] {
		case "":
			patterns, problem := javaPatterns(name)
			if problem != "" {
				return nil, dateMistake(spec, "date_format", pos, min(pos+len(name), len(spec)), "Invalid format: ["+name+"]: "+problem,
					"use the letters y M d H h m s S a E X Z, with other text in single quotes", "")
			}
			f.ways = append(f.ways, patterns...)
		case "standard":
			f.ways = append(f.ways, standardDate)
		case "epoch_millis":
			f.ways = append(f.ways, epoch(time.Millisecond))
		case "epoch_second":
			f.ways = append(f.ways, epoch(time.Second))
		default:
			patterns, _ := javaPatterns(named[strings.TrimPrefix(name, "strict_")])
			f.ways = append(f.ways, patterns...)
		}
		if len(f.ways) > maxFormatWays {
			return nil, dateMistake(spec, "date_format", 0, len(spec), "this format has too many ways of writing dates", "name fewer of them", "")
		}
		pos += len(name) + len("||")
	}
	return f, nil
}

// elasticDates is the format of dates that Elasticsearch has without being told
// another.
var elasticDates = &DateFormat{
	spec: "strict_date_optional_time||epoch_millis",
	ways: []dateWay{standardDate, epoch(time.Millisecond)},
}

// ElasticDateMath is DateMath with Elasticsearch's rule for what is missing in a
// date: the month is January, the day the first, and only the time of the day
// is rounded up.
func ElasticDateMath(expr string, now time.Time, roundUp bool, zone *time.Location) (time.Time, error) {
	t, err := elasticDates.DateMath(expr, now, roundUp, zone)
	if err == nil {
		return t, nil
	}
	return DateMath(expr, now, roundUp, zone) // says more of what is wrong
}

// String is the format as given.
func (f *DateFormat) String() string { return f.spec }

// DateMath is DateMath for dates written in this format.
func (f *DateFormat) DateMath(expr string, now time.Time, roundUp bool, zone *time.Location) (time.Time, error) {
	if zone == nil {
		zone = time.UTC
	}
	if len(expr) > maxDateBytes || strings.HasPrefix(expr, "now") {
		return DateMath(expr, now, roundUp, zone)
	}
	date, math, hasMath := strings.Cut(expr, "||")
	for _, way := range f.ways {
		t, ok := way(date, roundUp && !hasMath, zone)
		switch {
		case !ok:
		case hasMath:
			return dateAdjust(expr, len(expr)-len(math), t.In(zone), roundUp)
		default:
			return t, nil
		}
	}
	return time.Time{}, &query.SyntaxError{
		Code: "bad_date", End: len(date), Query: expr,
		Problem: "this is no date of the format [" + f.spec + "]", Hint: "write it in this format, or now with date math",
	}
}

// named are Elasticsearch's names of formats, without strict_, with the pattern
// that each stands for.
var named = map[string]string{
	"epoch_millis": "epoch_millis", "epoch_second": "epoch_second",
	"date_optional_time": "standard", "date_optional_time_nanos": "standard", "dateOptionalTime": "standard", "iso8601": "standard",
	"date": "yyyy-MM-dd", "year_month_day": "yyyy-MM-dd", "year_month": "yyyy-MM", "year": "yyyy",
	"date_hour": "yyyy-MM-dd'T'HH", "date_hour_minute": "yyyy-MM-dd'T'HH:mm",
	"date_hour_minute_second":          "yyyy-MM-dd'T'HH:mm:ss",
	"date_hour_minute_second_millis":   "yyyy-MM-dd'T'HH:mm:ss.SSS",
	"date_hour_minute_second_fraction": "yyyy-MM-dd'T'HH:mm:ss.SSS",
	"date_time":                        "yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "date_time_no_millis": "yyyy-MM-dd'T'HH:mm:ssXXX",
	"basic_date": "yyyyMMdd", "basic_date_time": "yyyyMMdd'T'HHmmss.SSSXX", "basic_date_time_no_millis": "yyyyMMdd'T'HHmmssXX",
	"hour": "HH", "hour_minute": "HH:mm", "hour_minute_second": "HH:mm:ss",
	"hour_minute_second_millis": "HH:mm:ss.SSS", "hour_minute_second_fraction": "HH:mm:ss.SSS",
	"time": "HH:mm:ss.SSSXXX", "time_no_millis": "HH:mm:ssXXX",
}

// standardDate reads a date that is complete from the year on.
func standardDate(text string, roundUp bool, zone *time.Location) (time.Time, bool) {
	p := dateParser{text: text, zone: zone, firstDay: true}
	if p.parse(); p.bad != "" {
		return time.Time{}, false
	}
	return p.moment(roundUp), true
}

// epoch reads a number of units since 1970, with or without a fraction.
func epoch(unit time.Duration) dateWay {
	return func(text string, roundUp bool, _ *time.Location) (time.Time, bool) {
		digits, fraction, _ := strings.Cut(text, ".")
		n, err := strconv.ParseInt(digits, 10, 64)
		if err != nil || digits[0] == '+' || len(fraction) > 9 {
			return time.Time{}, false
		}
		var part int64
		if fraction != "" {
			if part, err = strconv.ParseInt((fraction + "000000000")[:9], 10, 64); err != nil || part < 0 {
				return time.Time{}, false
			}
		}
		rest := time.Duration(float64(part) / 1e9 * float64(unit))
		if roundUp && fraction == "" {
			rest = unit - 1
		}
		if digits[0] == '-' && fraction != "" {
			rest = -rest
		}
		perSecond := int64(time.Second / unit)
		return time.Unix(n/perSecond, n%perSecond*int64(unit)).Add(rest).UTC(), true
	}
}
