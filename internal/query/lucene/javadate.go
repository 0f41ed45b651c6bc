package lucene

import (
	"strconv"
	"strings"
	"time"
)

// pattern is a way of writing dates as java.time describes it: letters in runs
// stand for parts of a date, all else for itself.
type datePattern []dateElement

type dateElement struct {
	letter  byte // 0 for text
	count   int
	literal string
}

// maxOptional bounds the optional parts of a pattern: each doubles the ways.
const maxOptional = 5

// javaPatterns reads a pattern; parts in square brackets may be missing.
// problem says what is wrong with it.
func javaPatterns(text string) (ways []dateWay, problem string) {
	if text == "" {
		return nil, "it is empty"
	}
	variants, problem := optionalParts(text)
	for _, v := range variants {
		p, bad := readPattern(v)
		if bad != "" {
			return nil, bad
		}
		ways = append(ways, p.read)
	}
	return ways, problem
}

// optionalParts spells out the parts in square brackets, the longest way first.
func optionalParts(text string) (variants []string, problem string) {
	open, quoted := -1, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\'':
			quoted = !quoted
		case quoted:
		case c == '[':
			open = i
		case c == ']' && open < 0:
			return nil, "a ] closes nothing"
		case c == ']':
			if strings.Count(text, "[") > maxOptional {
				return nil, "it has too many optional parts"
			}
			with, problem := optionalParts(text[:open] + text[open+1:i] + text[i+1:])
			if problem != "" {
				return nil, problem
			}
			without, problem := optionalParts(text[:open] + text[i+1:])
			return append(with, without...), problem
		}
	}
	if open >= 0 {
		return nil, "a [ is not closed"
	}
	return []string{text}, ""
}

func readPattern(text string) (p datePattern, problem string) {
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c == '\'':
			literal, length := quotedLiteral(text[i:])
			if length == 0 {
				return nil, "a quotation mark is not closed"
			}
			p = append(p, dateElement{literal: literal})
			i += length
		case isLetter(c):
			n := i
			for n < len(text) && text[n] == c {
				n++
			}
			if strings.IndexByte("yuMLdHhkKmsSnaEXxZVz", c) < 0 || n-i > 9 {
				return nil, "the letter " + text[i:i+1] + " is not supported"
			}
			p = append(p, dateElement{letter: c, count: n - i})
			i = n
		default:
			p = append(p, dateElement{literal: text[i : i+1]})
			i++
		}
	}
	return p, ""
}

// quotedLiteral reads text in single quotes, in which two of them stand for one;
// length 0: they are not closed.
func quotedLiteral(s string) (literal string, length int) {
	if strings.HasPrefix(s, "''") {
		return "'", 2
	}
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] != '\'':
		case strings.HasPrefix(s[i:], "''"):
			i++
		default:
			return strings.ReplaceAll(s[1:i], "''", "'"), i + 1
		}
	}
	return "", 0
}

// patternReader reads one date by a pattern.
type patternReader struct {
	date      dateParser
	pm, half  bool // of clocks with twelve hours
	fractions bool
}

// read is the pattern as a dateWay.
func (p datePattern) read(text string, roundUp bool, zone *time.Location) (time.Time, bool) {
	r := patternReader{date: dateParser{text: text, zone: zone, firstDay: true}}
	r.date.part[0] = 1970
	for i, e := range p {
		fixed := i+1 < len(p) && p[i+1].letter != 0 && p[i+1].letter != 'X' && p[i+1].letter != 'Z'
		if !r.element(e, fixed) {
			return time.Time{}, false
		}
	}
	d := &r.date
	if r.half {
		if d.part[3] %= 12; r.pm {
			d.part[3] += 12
		}
	}
	if d.pos < len(text) || d.part[2] > daysIn(d.part[0], time.Month(max(d.part[1], 1))) {
		return time.Time{}, false
	}
	d.parts = max(d.parts, 1)
	d.exact = r.fractions
	return d.moment(roundUp), true
}

// places are the letters of the parts of a date.
const places = "yMdHms"

// element reads one element; fixed tells that a number follows without
// anything between.
func (r *patternReader) element(e dateElement, fixed bool) bool {
	d := &r.date
	rest := d.text[d.pos:]
	switch e.letter {
	case 0:
		if !strings.HasPrefix(rest, e.literal) {
			return false
		}
		d.pos += len(e.literal)
		return true
	case 'a':
		if len(rest) < 2 || !strings.EqualFold(rest[:2], "am") && !strings.EqualFold(rest[:2], "pm") {
			return false
		}
		r.half, r.pm = true, rest[0]|0x20 == 'p'
		d.pos += 2
		return true
	case 'E':
		return r.name(e, func(i int) string { return time.Weekday(i).String() }, 0, 6) >= 0
	case 'X', 'x', 'Z', 'V', 'z':
		return r.offset()
	case 'S', 'n':
		return r.fraction(e.count)
	case 'M', 'L':
		if e.count > 2 {
			month := r.name(e, func(i int) string { return time.Month(i).String() }, 1, 12)
			return month > 0 && r.set(1, month)
		}
	}
	letter := e.letter
	switch letter {
	case 'u':
		letter = 'y'
	case 'L':
		letter = 'M'
	case 'h', 'K', 'k':
		letter = 'H'
	}
	n, ok := r.number(e, fixed)
	if letter == 'y' && e.count == 2 {
		n += 2000
	}
	return ok && r.set(strings.IndexByte(places, letter), n)
}

// set sets a part of the date.
func (r *patternReader) set(place, n int) bool {
	if n < dateParts[place].low || n > dateParts[place].high {
		return place == 3 && n == 24 // k counts to 24
	}
	r.date.part[place] = n
	r.date.parts = max(r.date.parts, place+1)
	return true
}

func (r *patternReader) number(e dateElement, fixed bool) (int, bool) {
	d := &r.date
	least, most := e.count, e.count
	if e.count == 1 && !fixed {
		most = 2
		if e.letter == 'y' || e.letter == 'u' {
			most = 4
		}
	}
	end := d.pos
	for end < len(d.text) && end-d.pos < most && d.text[end]-'0' < 10 {
		end++
	}
	if end-d.pos < least {
		return 0, false
	}
	n, err := strconv.Atoi(d.text[d.pos:end])
	d.pos = end
	return n, err == nil
}

// name reads the name of a month or day, short or whole; -1 for none.
func (r *patternReader) name(e dateElement, names func(int) string, first, last int) int {
	d := &r.date
	for i := first; i <= last; i++ {
		name := names(i)
		if e.count < 4 {
			name = name[:3]
		}
		if rest := d.text[d.pos:]; len(rest) >= len(name) && strings.EqualFold(rest[:len(name)], name) {
			d.pos += len(name)
			return i
		}
	}
	return -1
}

// fraction reads the fraction of a second: up to nine digits.
func (r *patternReader) fraction(int) bool {
	d := &r.date
	digits := 0
	d.nanos = 0
	for scale := 100_000_000; d.pos < len(d.text) && d.text[d.pos]-'0' < 10 && scale > 0; scale /= 10 {
		d.nanos += int(d.text[d.pos]-'0') * scale
		d.pos++
		digits++
	}
	r.fractions = true
	return digits > 0
}

// offset reads Z, an offset or the name of a zone.
func (r *patternReader) offset() bool {
	d := &r.date
	end := d.pos
	for end < len(d.text) && d.text[end] != ' ' && d.text[end] != ']' && d.text[end] != ')' {
		end++
	}
	word := d.text[d.pos:end]
	if word == "" {
		return false
	}
	if c := word[0]; c == '+' || c == '-' || word == "Z" || word == "z" {
		o := dateParser{text: word, zone: d.zone}
		if o.offset(); o.bad != "" {
			return false
		}
		d.zone = o.zone
	} else {
		zone, err := time.LoadLocation(word)
		if err != nil || word == "Local" {
			return false
		}
		d.zone = zone
	}
	d.pos = end
	return true
}
