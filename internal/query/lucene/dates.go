package lucene

import (
	"strconv"
	"strings"
	"time"
)

// parseDate reads the date at the beginning of the expression expr.
func parseDate(expr, date string, roundUp bool, zone *time.Location) (time.Time, error) {
	if t, ok := epochMillis(date, roundUp); ok {
		return t, nil
	}
	p := dateParser{text: date, zone: zone}
	p.parse()
	if p.bad != "" {
		return time.Time{}, dateMistake(expr, "bad_date", p.pos, max(p.pos, len(date)), p.bad, hintDate, p.mend(expr))
	}
	return p.moment(roundUp), nil
}

// epochMillis reads a number that is not a year.
func epochMillis(s string, roundUp bool) (time.Time, bool) {
	digits := strings.TrimPrefix(s, "-")
	if len(digits) == 4 && digits == s || digits == "" || len(digits) > 15 {
		return time.Time{}, false
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || digits[0] == '+' {
		return time.Time{}, false
	}
	if digits != s {
		n = -n
	}
	t := time.UnixMilli(n).UTC()
	if roundUp {
		t = t.Add(time.Millisecond - 1)
	}
	return t, true
}

// dateParser reads a date of which parts may be missing at the end.
type dateParser struct {
	text string
	pos  int
	bad  string // what is wrong at pos
	zone *time.Location

	parts int // how many of year, month, day, hour, minute, second are there
	part  [6]int
	nanos int
	exact bool // fractions of a second are there
	// firstDay makes the first day of a month or year stand for it, as
	// Elasticsearch has it: the last moment of 2014-11 is that of 2014-11-01.
	firstDay bool
}

// dateParts describes the parts of a date: what leads to each, how many digits
// it has and the values it may take.
var dateParts = [6]struct {
	name      string
	lead      string
	digits    int
	low, high int
}{
	{"year", "", 4, 0, 9999},
	{"month", "-", 2, 1, 12},
	{"day", "-", 2, 1, 31},
	{"hour", "T ", 2, 0, 23},
	{"minute", ":", 2, 0, 59},
	{"second", ":", 2, 0, 59},
}

func (p *dateParser) parse() {
	for p.parts < len(dateParts) && p.bad == "" {
		part := dateParts[p.parts]
		if part.lead != "" {
			if p.pos == len(p.text) || strings.IndexByte(part.lead, p.text[p.pos]) < 0 {
				break
			}
			p.pos++
			if part.name == "hour" && p.pos == len(p.text) {
				return // 2014-11-18T is the day
			}
		}
		p.number(part.name, part.digits, part.low, part.high)
	}
	if p.bad == "" && p.parts >= 3 && p.part[2] > daysIn(p.part[0], time.Month(p.part[1])) {
		p.pos, p.bad = len("2006-01-"), noSuchDay
	}
	if p.bad == "" && p.parts == len(dateParts) {
		p.fraction()
	}
	if p.bad == "" && p.parts > 3 {
		p.offset()
	}
	if p.bad == "" && p.pos < len(p.text) {
		p.bad = "this is no date"
	}
}

// number reads one part.
func (p *dateParser) number(name string, digits, low, high int) {
	end := p.pos + digits
	if end > len(p.text) {
		p.bad = "this is no date"
		return
	}
	n := 0
	for _, c := range []byte(p.text[p.pos:end]) {
		if c-'0' >= 10 {
			p.bad = "this is no date"
			return
		}
		n = n*10 + int(c-'0')
	}
	if n < low || n > high {
		p.bad = "there is no such " + name
		return
	}
	p.part[p.parts] = n
	p.parts++
	p.pos = end
}

// fraction reads fractions of a second, up to nine digits.
func (p *dateParser) fraction() {
	if p.pos == len(p.text) || p.text[p.pos] != '.' && p.text[p.pos] != ',' {
		return
	}
	p.pos++
	scale := 100_000_000
	for p.pos < len(p.text) && p.text[p.pos]-'0' < 10 && scale > 0 {
		p.nanos += int(p.text[p.pos]-'0') * scale
		scale /= 10
		p.pos++
		p.exact = true
	}
	if !p.exact {
		p.bad = "digits are missing here"
	}
}

// offset reads Z, +hh, +hhmm or +hh:mm.
func (p *dateParser) offset() {
	if p.pos == len(p.text) {
		return
	}
	rest := p.text[p.pos:]
	if rest == "Z" || rest == "z" {
		p.zone, p.pos = time.UTC, len(p.text)
		return
	}
	digits := strings.Replace(rest[1:], ":", "", 1)
	if rest[0] != '+' && rest[0] != '-' || len(digits) != 2 && len(digits) != 4 ||
		len(digits) != len(rest)-1 && len(rest) != len("+hh:mm") {
		p.bad = "this is no date"
		return
	}
	if len(digits) == 2 {
		digits += "00"
	}
	hhmm, err := strconv.ParseUint(digits, 10, 16)
	if err != nil || hhmm/100 > 18 || hhmm%100 > 59 {
		p.bad = "there is no such offset"
		return
	}
	seconds := int(hhmm/100*3600 + hhmm%100*60)
	if rest[0] == '-' {
		seconds = -seconds
	}
	p.zone, p.pos = time.FixedZone("", seconds), len(p.text)
}

// partUnits are the units of date math of the parts of a date.
const partUnits = "yMdhms"

// moment is the first or the last moment of the date.
func (p *dateParser) moment(roundUp bool) time.Time {
	v := p.part
	v[1], v[2] = max(v[1], 1), max(v[2], 1)
	if p.parts <= 3 {
		t := startOfDay(v[0], time.Month(v[1]), v[2], p.zone)
		return p.last(t, roundUp)
	}
	t := clockTime(v[0], time.Month(v[1]), v[2], v[3], v[4], v[5], p.nanos, p.zone)
	return p.last(t, roundUp && !p.exact)
}

// last goes to the last moment of the smallest part that is there.
func (p *dateParser) last(t time.Time, roundUp bool) time.Time {
	if !roundUp {
		return t
	}
	unit := partUnits[p.parts-1]
	if p.firstDay && p.parts < 3 {
		unit = 'd'
	}
	return startOf(addUnits(t, unit, 1), unit).Add(-time.Nanosecond)
}

const noSuchDay = "this month has no such day"

// mend guesses what the beginning of expr, which is no date, is meant to be; ""
// if it cannot.
func (p *dateParser) mend(expr string) string {
	date := p.text
	if p.bad == noSuchDay {
		last := daysIn(p.part[0], time.Month(p.part[1]))
		return date[:p.pos] + strconv.Itoa(last) + date[p.pos+2:] + expr[len(date):]
	}
	for _, w := range []struct{ word, means string }{
		{"today", "now/d"}, {"yesterday", "now-1d/d"}, {"tomorrow", "now+1d/d"}, {"now", "now"},
	} {
		if len(date) >= len(w.word) && strings.EqualFold(date[:len(w.word)], w.word) {
			math := date[len(w.word):] + strings.TrimPrefix(expr[len(date):], "||")
			return w.means + math
		}
	}
	for _, sep := range []string{"/", "."} {
		parts := strings.Split(date, sep)
		if len(parts) == 3 && len(parts[0]) == 4 {
			mended := dateParser{text: parts[0] + "-" + twoDigits(parts[1]) + "-" + twoDigits(parts[2]), zone: time.UTC}
			if mended.parse(); mended.bad == "" {
				return mended.text + expr[len(date):]
			}
		}
	}
	return ""
}

func twoDigits(s string) string {
	if len(s) == 1 {
		return "0" + s
	}
	return s
}
