package aggs

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// namedPatterns are Elasticsearch's names of date formats, as Java patterns.
var namedPatterns = map[string]string{
	"basic_date":                       "yyyyMMdd",
	"basic_date_time":                  "yyyyMMdd'T'HHmmss.SSSXX",
	"basic_date_time_no_millis":        "yyyyMMdd'T'HHmmssXX",
	"basic_ordinal_date":               "yyyyDDD",
	"basic_time":                       "HHmmss.SSSXX",
	"basic_t_time":                     "'T'HHmmss.SSSXX",
	"date":                             "yyyy-MM-dd",
	"date_hour":                        "yyyy-MM-dd'T'HH",
	"date_hour_minute":                 "yyyy-MM-dd'T'HH:mm",
	"date_hour_minute_second":          "yyyy-MM-dd'T'HH:mm:ss",
	"date_hour_minute_second_fraction": "yyyy-MM-dd'T'HH:mm:ss.SSS",
	"date_hour_minute_second_millis":   "yyyy-MM-dd'T'HH:mm:ss.SSS",
	"date_time":                        "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
	"date_time_no_millis":              "yyyy-MM-dd'T'HH:mm:ssXXX",
	"hour":                             "HH",
	"hour_minute":                      "HH:mm",
	"hour_minute_second":               "HH:mm:ss",
	"hour_minute_second_fraction":      "HH:mm:ss.SSS",
	"hour_minute_second_millis":        "HH:mm:ss.SSS",
	"ordinal_date":                     "yyyy-DDD",
	"time":                             "HH:mm:ss.SSSXXX",
	"time_no_millis":                   "HH:mm:ssXXX",
	"t_time":                           "'T'HH:mm:ss.SSSXXX",
	"year":                             "yyyy",
	"year_month":                       "yyyy-MM",
	"year_month_day":                   "yyyy-MM-dd",
	"weekyear":                         "YYYY",
	"date_optional_time":               isoPattern,
	"strict_date_optional_time":        isoPattern,
	"iso8601":                          isoPattern,
	"strict_date_optional_time_nanos":  "yyyy-MM-dd'T'HH:mm:ss.SSSSSSSSSXXX",
}

// isoPattern is how dates are written that name no format.
const isoPattern = "yyyy-MM-dd'T'HH:mm:ss.SSSXXX"

// pattern finds the Java pattern of one format; "" for those in numbers.
func pattern(format string) string {
	if named, ok := namedPatterns[strings.TrimPrefix(format, "strict_")]; ok {
		return named
	}
	if named, ok := namedPatterns[format]; ok {
		return named
	}
	return format
}

// firstFormat is the format in which dates are written: the first of several.
func firstFormat(format string) string {
	first, _, _ := strings.Cut(format, "||")
	return strings.TrimPrefix(first, "8")
}

// writeDate writes milliseconds since 1970 in a format; "" means ISO 8601.
func writeDate(ms float64, format string, zone *time.Location) string {
	if zone == nil {
		zone = time.UTC
	}
	if math.Abs(ms) > 1e15 {
		return doubleText(ms)
	}
	t := time.UnixMilli(int64(ms)).In(zone)
	switch f := firstFormat(format); f {
	case "":
		format = isoPattern
	case "epoch_millis":
		return strconv.FormatInt(int64(ms), 10)
	case "epoch_second":
		s := strconv.FormatInt(t.Unix(), 10)
		if rest := t.Nanosecond(); rest != 0 {
			s += "." + strings.TrimRight(fmt.Sprintf("%09d", rest), "0")
		}
		return s
	default:
		format = pattern(f)
	}
	var b strings.Builder
	for _, tok := range dateTokens(format) {
		b.WriteString(tok.write(t))
	}
	return b.String()
}

// dateToken is a run of one pattern letter, or a literal.
type dateToken struct {
	letter byte // 0 for a literal
	n      int
	text   string
}

// dateTokens takes a Java pattern apart. Brackets of optional parts vanish.
func dateTokens(format string) []dateToken {
	var list []dateToken
	for i := 0; i < len(format); {
		c := format[i]
		switch {
		case c|0x20-'a' < 26:
			n := 1
			for i+n < len(format) && format[i+n] == c {
				n++
			}
			list = append(list, dateToken{letter: c, n: n})
			i += n
		case c == '\'':
			text, n := quotedText(format[i:])
			list = append(list, dateToken{text: text})
			i += n
		case c == '[' || c == ']':
			i++
		default:
			list = append(list, dateToken{text: format[i : i+1]})
			i++
		}
	}
	return list
}

// quotedText reads 'text' off the front of a pattern, with ” for the sign
// itself, and tells its length there.
func quotedText(s string) (text string, n int) {
	if strings.HasPrefix(s, "''") {
		return "'", 2
	}
	for n = 1; n < len(s); n++ {
		if s[n] != '\'' {
			text += s[n : n+1]
			continue
		}
		if !strings.HasPrefix(s[n:], "''") {
			return text, n + 1
		}
		text += "'"
		n++
	}
	return text, n
}

// dateLetters are the letters that can be written.
const dateLetters = "yuYxMLdDHhkKmsSnaEecwQXxZzVO"

// checkFormat refuses a format with letters that mean nothing.
func checkFormat(format string) error {
	for _, one := range strings.Split(format, "||") {
		one = strings.TrimPrefix(one, "8")
		if one == "epoch_millis" || one == "epoch_second" || one == "" {
			continue
		}
		for _, t := range dateTokens(pattern(one)) {
			if t.letter != 0 && strings.IndexByte(dateLetters, t.letter) < 0 {
				return badf("Invalid format: [%s]: Unknown pattern letter: %c", one, t.letter)
			}
		}
	}
	return nil
}

func (d dateToken) write(t time.Time) string {
	week := func(f func(year, week int) int) int {
		y, w := t.ISOWeek()
		return f(y, w)
	}
	switch d.letter {
	case 0:
		return d.text
	case 'y', 'u':
		return d.year(t.Year())
	case 'Y', 'x':
		if d.letter == 'x' && d.n < 4 {
			return d.offset(t)
		}
		return d.year(week(func(y, _ int) int { return y }))
	case 'w':
		return d.digits(week(func(_, w int) int { return w }))
	case 'M', 'L':
		return d.named(int(t.Month()), t.Month().String())
	case 'E':
		return d.name(t.Weekday().String())
	case 'e', 'c':
		return d.named((int(t.Weekday())+6)%7+1, t.Weekday().String())
	case 'd':
		return d.digits(t.Day())
	case 'D':
		return d.digits(t.YearDay())
	case 'Q':
		return d.digits((int(t.Month())-1)/3 + 1)
	case 'X', 'Z', 'z', 'V', 'O':
		return d.offset(t)
	}
	return d.clock(t)
}

// clock writes what a clock shows.
func (d dateToken) clock(t time.Time) string {
	switch d.letter {
	case 'H':
		return d.digits(t.Hour())
	case 'k':
		return d.digits((t.Hour()+23)%24 + 1)
	case 'K':
		return d.digits(t.Hour() % 12)
	case 'h':
		return d.digits((t.Hour()+11)%12 + 1)
	case 'm':
		return d.digits(t.Minute())
	case 's':
		return d.digits(t.Second())
	case 'n':
		return d.digits(t.Nanosecond())
	case 'S':
		s := fmt.Sprintf("%09d", t.Nanosecond())
		return s[:min(d.n, 9)]
	case 'a':
		return t.Format("PM")
	}
	return ""
}

func (d dateToken) digits(n int) string { return fmt.Sprintf("%0*d", min(d.n, 20), n) }

func (d dateToken) year(y int) string {
	if d.n == 2 {
		return fmt.Sprintf("%02d", y%100)
	}
	return fmt.Sprintf("%0*d", max(min(d.n, 20), 1), y)
}

// named writes a number, or a name where three letters or more ask for it.
func (d dateToken) named(n int, name string) string {
	if d.n < 3 {
		return d.digits(n)
	}
	return d.name(name)
}

func (d dateToken) name(full string) string {
	if d.n == 4 {
		return full
	}
	return full[:3]
}

// offset writes the zone.
func (d dateToken) offset(t time.Time) string {
	name, seconds := t.Zone()
	switch {
	case d.letter == 'V':
		return t.Location().String()
	case d.letter == 'z':
		return name
	case d.letter == 'X' && seconds == 0:
		return "Z"
	}
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	h, m := seconds/3600, seconds/60%60
	switch {
	case d.letter == 'O':
		return fmt.Sprintf("GMT%c%d:%02d", sign, h, m)
	case d.letter == 'Z' && d.n != 2 && d.n < 5, d.letter != 'Z' && d.n == 2:
		return fmt.Sprintf("%c%02d%02d", sign, h, m)
	case d.letter != 'Z' && d.n == 1 && m == 0:
		return fmt.Sprintf("%c%02d", sign, h)
	}
	return fmt.Sprintf("%c%02d:%02d", sign, h, m)
}
