package lucene

import (
	"strconv"
	"strings"
	"time"

	"rastro/internal/query"
)

// DateMath reads a point in time: now, a date, or milliseconds since 1970,
// followed by adjustments such as now-1h, now/d or 2014-11-18||+1M/M. After a
// date || parts it from its adjustments.
//
// The adjustments +N, -N and / with a unit (y, M, w, d, h or H, m, s; N is 1
// when left out) are applied from left to right in zone (nil means UTC): days,
// weeks, months and years by the calendar, where a day that the month lacks
// becomes its last one; hours and less by the clock. / goes to the beginning of
// the unit; weeks begin on Monday.
//
// A date is as much of 2014-11-18T14:27:32.123456789+01:00 as is known, from
// the year on; a zone written in it wins over zone. A number of other than four
// digits is milliseconds since 1970.
//
// roundUp gives the last nanosecond instead of the first one of a unit rounded
// to, of a date that is not complete, and of a millisecond given as a number.
// It never changes + and -.
//
// An error is a *query.SyntaxError about expr.
func DateMath(expr string, now time.Time, roundUp bool, zone *time.Location) (time.Time, error) {
	if zone == nil {
		zone = time.UTC
	}
	if len(expr) > maxDateBytes {
		return time.Time{}, dateMistake(expr, "bad_date", 0, len(expr), "this is too long for a date", hintDate, "")
	}
	if rest, ok := strings.CutPrefix(expr, "now"); ok {
		return dateAdjust(expr, len(expr)-len(rest), now.In(zone), roundUp)
	}
	date, math, ok := strings.Cut(expr, "||")
	if !ok {
		return parseDate(expr, date, roundUp, zone)
	}
	t, err := parseDate(expr, date, false, zone)
	if err != nil {
		return time.Time{}, err
	}
	return dateAdjust(expr, len(expr)-len(math), t.In(zone), roundUp)
}

const (
	// maxDateBytes bounds the length of a date expression.
	maxDateBytes = 256
	// maxDateCount bounds the N of one adjustment: more years than that are
	// beyond every calendar.
	maxDateCount = 1_000_000_000
)

const hintDate = "write now, now-1h, now/d, or a date such as 2014-11-18 or 2014-11-18T14:27:32"

// dateMistake makes the error about expr[pos:end].
func dateMistake(expr, code string, pos, end int, problem, hint, suggestion string) error {
	return &query.SyntaxError{
		Code: code, Pos: pos, End: end, Query: expr,
		Problem: problem, Hint: hint, Suggestion: suggestion,
	}
}

// dateAdjust applies the adjustments expr[pos:] to t, in t's zone.
func dateAdjust(expr string, pos int, t time.Time, roundUp bool) (time.Time, error) {
	for pos < len(expr) {
		a, err := readAdjustment(expr, pos)
		if err != nil {
			return time.Time{}, err
		}
		switch {
		case a.op != '/':
			t = addUnits(t, a.unit, a.count)
		case roundUp:
			t = addUnits(startOf(t, a.unit), a.unit, 1)
			t = startOf(t, a.unit).Add(-time.Nanosecond)
		default:
			t = startOf(t, a.unit)
		}
		if y := t.Year(); y < -9999 || y > 99999 {
			return time.Time{}, dateMistake(expr, "date_out_of_range", pos, a.end,
				"this leads out of the calendar", "use a smaller number", expr[:pos]+expr[a.end:])
		}
		pos = a.end
	}
	return t, nil
}

// adjustment is one step of date math.
type adjustment struct {
	op    byte // + - /
	count int  // negative for -
	unit  byte
	end   int // where it ends in the expression
}

// units are the units of date math.
const units = "yMwdhHms"

func readAdjustment(expr string, pos int) (adjustment, error) {
	a := adjustment{op: expr[pos], count: 1}
	i := pos + 1
	if strings.IndexByte("+-/", a.op) < 0 {
		return a, badOperator(expr, pos)
	}
	digits := i
	for i < len(expr) && expr[i]-'0' < 10 {
		i++
	}
	if i == len(expr) {
		return a, truncatedMath(expr, pos, digits)
	}
	a.unit, a.end = expr[i], i+1
	if strings.IndexByte(units, a.unit) < 0 || i+1 < len(expr) && isLetter(expr[i+1]) {
		return a, badUnit(expr, i)
	}
	if digits < i {
		n, err := strconv.Atoi(expr[digits:i])
		switch {
		case err != nil || n > maxDateCount:
			return a, dateMistake(expr, "date_out_of_range", digits, i,
				"this leads out of the calendar", "use a smaller number", expr[:digits]+"1"+expr[i:])
		case a.op == '/' && n != 1:
			return a, dateMistake(expr, "date_rounding", digits, i,
				"rounding goes to one unit, not to several", "leave the number out", expr[:digits]+expr[i:])
		}
		a.count = n
	}
	if a.op == '-' {
		a.count = -a.count
	}
	return a, nil
}

func isLetter(c byte) bool { return c|0x20-'a' < 26 }

// badOperator reports what stands where +, - or / is expected.
func badOperator(expr string, pos int) error {
	suggestion := ""
	if mended := expr[:pos] + "-" + expr[pos+1:]; pos > 0 && expr[pos] == '*' {
		suggestion = completeMath(mended)
	}
	return dateMistake(expr, "date_operator", pos, pos+1,
		"operator not supported in date math: "+strconv.Quote(expr[pos:pos+1]),
		"use +, - or /, such as now-1h or now/d", suggestion)
}

// truncatedMath reports math that ends before its unit.
func truncatedMath(expr string, pos, digits int) error {
	suggestion := expr[:pos]
	if digits < len(expr) {
		suggestion = completeMath(expr)
	}
	return dateMistake(expr, "date_truncated", pos, len(expr),
		"truncated date math: a unit is missing at the end",
		"add one of y, M (month), w, d, h, m (minute), s", suggestion)
}

// completeMath adds the unit that is missing at the end.
func completeMath(expr string) string {
	if c := expr[len(expr)-1]; c-'0' < 10 {
		return expr + "d"
	}
	return expr
}

// badUnit reports a word or letter that is no unit, which begins at pos.
func badUnit(expr string, pos int) error {
	end := pos
	for end < len(expr) && isLetter(expr[end]) {
		end++
	}
	suggestion := ""
	if unit := unitOf(expr[pos:end]); unit != "" {
		suggestion = expr[:pos] + unit + expr[end:]
	}
	end = max(end, pos+1)
	return dateMistake(expr, "date_unit", pos, end,
		"unit not supported in date math: "+strconv.Quote(expr[pos:end]),
		"use one of y, M (month), w, d, h, m (minute), s", suggestion)
}

// unitOf guesses the unit that a word means.
func unitOf(word string) string {
	for _, u := range []struct{ prefix, unit string }{
		{"mo", "M"}, {"mi", "m"}, {"y", "y"}, {"w", "w"}, {"d", "d"}, {"h", "h"}, {"s", "s"},
	} {
		if strings.HasPrefix(strings.ToLower(word), u.prefix) {
			return u.unit
		}
	}
	return ""
}
