package aggs

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"rastro/internal/query"
	"rastro/internal/query/lucene"
)

// moment reads a date of a range or a bound: date math, ISO 8601,
// milliseconds, or a date in the given format. roundUp takes the end of what
// is rounded or not complete.
func moment(text, format string, now time.Time, zone *time.Location, roundUp bool) (time.Time, error) {
	if zone == nil {
		zone = time.UTC
	}
	date, math, hasMath := strings.Cut(text, "||")
	if format != "" && !strings.HasPrefix(text, "now") {
		for _, one := range strings.Split(format, "||") {
			t, ok := readDate(date, strings.TrimPrefix(one, "8"), zone)
			switch {
			case !ok:
				continue
			case !hasMath:
				return t, nil
			}
			return lucene.DateMath(t.Format("2006-01-02T15:04:05.999999999Z07:00")+"||"+math, now, roundUp, zone)
		}
	}
	t, err := lucene.DateMath(text, now, roundUp, zone)
	var wrong *query.SyntaxError
	if errors.As(err, &wrong) {
		f := format
		if f == "" {
			f = "strict_date_optional_time||epoch_millis"
		}
		return t, failf("parse_exception", "failed to parse date field [%s] with format [%s]: %s", text, f, wrong.Error())
	}
	return t, err
}

// readDate reads a date in one format; false where it is not in it.
func readDate(text, format string, zone *time.Location) (time.Time, bool) {
	switch format {
	case "epoch_millis", "epoch_second":
		x, err := strconv.ParseFloat(text, 64)
		if err != nil || math.Abs(x) > 1e15 {
			return time.Time{}, false
		}
		if format == "epoch_second" {
			return time.Unix(int64(math.Floor(x)), int64((x-math.Floor(x))*1e9)).UTC(), true
		}
		return time.UnixMilli(int64(math.Floor(x))).UTC(), true
	}
	if p := pattern(format); p != isoPattern {
		return readPattern(text, dateTokens(p), zone)
	}
	return time.Time{}, false // what reads date math reads this
}

// dateParts are the parts of a date that a pattern has found.
type dateParts struct {
	year, month, day, yearDay   int
	hour, minute, second, nanos int
	pm, half                    bool
	zone                        *time.Location
}

func readPattern(text string, tokens []dateToken, zone *time.Location) (time.Time, bool) {
	p := dateParts{year: 1970, month: 1, day: 1, zone: zone}
	for i, t := range tokens {
		adjacent := i+1 < len(tokens) && tokens[i+1].letter != 0
		var ok bool
		if text, ok = p.take(text, t, adjacent); !ok {
			return time.Time{}, false
		}
	}
	if text != "" || p.month > 12 || p.day > 31 || p.hour > 24 || p.minute > 59 || p.second > 60 {
		return time.Time{}, false
	}
	if p.half {
		p.hour %= 12
		if p.pm {
			p.hour += 12
		}
	}
	if p.yearDay > 0 {
		p.month, p.day = 1, p.yearDay
	}
	return time.Date(p.year, time.Month(p.month), p.day, p.hour, p.minute, p.second, p.nanos, p.zone), true
}

// take reads what one token stands for off the front of the text.
func (p *dateParts) take(text string, t dateToken, adjacent bool) (rest string, ok bool) {
	switch {
	case t.letter == 0:
		return strings.CutPrefix(text, t.text)
	case strings.IndexByte("XxZzV", t.letter) >= 0:
		return p.takeZone(text)
	case t.letter == 'a':
		if len(text) < 2 {
			return text, false
		}
		half := strings.ToUpper(text[:2])
		p.half, p.pm = true, half == "PM"
		return text[2:], half == "AM" || half == "PM"
	case (t.letter == 'M' || t.letter == 'L') && t.n >= 3:
		return p.takeMonth(text, t.n)
	case t.letter == 'E':
		for d := time.Sunday; d <= time.Saturday; d++ {
			if rest, ok := cutFold(text, t.name(d.String())); ok {
				return rest, true
			}
		}
		return text, false
	}
	most := 9
	if adjacent {
		most = t.n
	}
	n := 0
	for n < len(text) && n < most && text[n]-'0' < 10 {
		n++
	}
	x, err := strconv.Atoi(text[:n])
	if err != nil || n < t.n && t.letter != 'S' {
		return text, false
	}
	return text[n:], p.set(t, x, n)
}

// set keeps a number that stood for a token.
func (p *dateParts) set(t dateToken, x, digits int) bool {
	switch t.letter {
	case 'y', 'u':
		p.year = x
		if t.n == 2 {
			p.year += 2000
		}
	case 'M', 'L':
		p.month = x
	case 'd':
		p.day = x
	case 'D':
		p.yearDay = x
	case 'H', 'k':
		p.hour = x
	case 'h', 'K':
		p.hour, p.half = x, true
	case 'm':
		p.minute = x
	case 's':
		p.second = x
	case 'S':
		for ; digits < 9; digits++ {
			x *= 10
		}
		p.nanos = x
	default:
		return false
	}
	return true
}

func (p *dateParts) takeMonth(text string, n int) (string, bool) {
	for m := time.January; m <= time.December; m++ {
		name := m.String()
		if n == 3 {
			name = name[:3]
		}
		if rest, ok := cutFold(text, name); ok {
			p.month = int(m)
			return rest, true
		}
	}
	return text, false
}

func cutFold(text, prefix string) (string, bool) {
	if len(text) < len(prefix) || !strings.EqualFold(text[:len(prefix)], prefix) {
		return text, false
	}
	return text[len(prefix):], true
}

// takeZone reads Z or an offset.
func (p *dateParts) takeZone(text string) (string, bool) {
	if rest, ok := strings.CutPrefix(text, "Z"); ok {
		p.zone = time.UTC
		return rest, true
	}
	for _, layout := range []string{"-07:00", "-0700", "-07"} {
		if len(text) < len(layout) {
			continue
		}
		if t, err := time.Parse(layout, text[:len(layout)]); err == nil {
			_, seconds := t.Zone()
			p.zone = time.FixedZone("", seconds)
			return text[len(layout):], true
		}
	}
	return text, false
}
