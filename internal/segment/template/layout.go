package template

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Layout is a way of writing a time. It is not safe for concurrent use only
// while it is made.
type Layout struct {
	// Pattern has text and marks: %Y year, %m month, %d day, all of them with
	// leading zeros; %e day with a leading blank, %b month as Jan; %H, %M, %S;
	// %s seconds since 1970; at the end %1 to %9, so many digits of the fraction
	// of the second, the rest cut off. No text has a %.
	Pattern string
	// Offset is the minutes to add to UTC before writing.
	Offset int
	digits int // of the fraction
}

// maxOffset bounds offsets in minutes.
const maxOffset = 24 * 60

// NewLayout checks a pattern and an offset.
func NewLayout(pattern string, offset int) (*Layout, error) {
	if offset < -maxOffset || offset > maxOffset || pattern == "" || len(pattern) > 200 {
		return nil, fmt.Errorf("a time of %d minutes with the layout %.40q", offset, pattern)
	}
	l := &Layout{Pattern: pattern, Offset: offset}
	for i := 0; i < len(pattern); i++ {
		if pattern[i] != '%' {
			continue
		}
		i++
		if i == len(pattern)-1 && pattern[i] >= '1' && pattern[i] <= '9' {
			l.digits = int(pattern[i] - '0')
		} else if i == len(pattern) || !strings.Contains("YmdebHMSs", pattern[i:i+1]) {
			return nil, fmt.Errorf("a time with the layout %.40q", pattern)
		}
	}
	return l, nil
}

const months = "JanFebMarAprMayJunJulAugSepOctNovDec"

// clock is a time split into its parts; only a change of the day costs much.
type clock struct {
	days             int64 // since 1970, of year, month and day
	known            bool
	year, month, day int
}

// Writer writes times in layouts. The zero value is ready for use; it is not
// safe for concurrent use.
type Writer struct {
	clock clock
	// What was written last, without the fraction, serves for all of a second.
	layout *Layout
	second int64
	text   []byte
}

const (
	nanosPerSecond = int64(time.Second)
	secondsPerDay  = 24 * 60 * 60
)

// split cuts nanoseconds since 1970 into seconds and the rest.
func split(t int64) (seconds, nanos int64) {
	seconds, nanos = t/nanosPerSecond, t%nanosPerSecond
	if nanos < 0 {
		seconds, nanos = seconds-1, nanos+nanosPerSecond
	}
	return seconds, nanos
}

// Append writes a time, in nanoseconds since 1970 UTC.
func (w *Writer) Append(out []byte, l *Layout, t int64) []byte {
	seconds, nanos := split(t)
	if l != w.layout || seconds != w.second {
		w.layout, w.second = l, seconds
		w.text = w.append(w.text[:0], l, seconds)
	}
	out = append(out, w.text...)
	return fraction(out, nanos, l.digits)
}

// append writes a time without its fraction.
func (w *Writer) append(out []byte, l *Layout, seconds int64) []byte {
	seconds += int64(l.Offset) * 60
	days, second := seconds/secondsPerDay, int(seconds%secondsPerDay)
	if second < 0 {
		days, second = days-1, second+secondsPerDay
	}
	c := &w.clock
	if !c.known || c.days != days {
		year, month, day := time.Unix(days*secondsPerDay, 0).UTC().Date()
		*c = clock{days, true, year, int(month), day}
	}
	for i := 0; i < len(l.Pattern); i++ {
		if l.Pattern[i] != '%' {
			out = append(out, l.Pattern[i])
			continue
		}
		i++
		switch mark := l.Pattern[i]; mark {
		case 'Y':
			out = two(two(out, c.year/100), c.year%100)
		case 'm':
			out = two(out, c.month)
		case 'd':
			out = two(out, c.day)
		case 'e':
			if c.day < 10 {
				out = append(out, ' ', byte('0'+c.day))
			} else {
				out = two(out, c.day)
			}
		case 'b':
			out = append(out, months[3*c.month-3:3*c.month]...)
		case 'H':
			out = two(out, second/3600)
		case 'M':
			out = two(out, second/60%60)
		case 'S':
			out = two(out, second%60)
		case 's':
			out = strconv.AppendInt(out, seconds-int64(l.Offset)*60, 10)
		}
	}
	return out
}

func two(out []byte, n int) []byte {
	return append(out, byte('0'+n/10%10), byte('0'+n%10))
}

// fraction writes the first digits of nanoseconds.
func fraction(out []byte, nanos int64, digits int) []byte {
	if digits == 0 {
		return out
	}
	left := uint32(nanos)
	for n := digits; n < 9; n++ {
		left /= 10
	}
	out = append(out, "000000000"[:digits]...)
	for i := len(out) - 1; left > 0; i-- {
		out[i] = byte('0' + left%10)
		left /= 10
	}
	return out
}
