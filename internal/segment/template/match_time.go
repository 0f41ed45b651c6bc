package template

import "time"

// timeMatcher finds the row's time in a line. It remembers the layouts that it
// found, because most lines of a file have the same.
type timeMatcher struct {
	writer  Writer
	layouts []*Layout // used last first
	buffer  []byte
}

// maxLayouts bounds what is remembered.
const maxLayouts = 16

// shapes are the patterns that are tried; an F stands for the fraction: none,
// or a point or comma and digits.
var shapes = []string{
	"%Y-%m-%dT%H:%M:%SF", "%Y-%m-%d %H:%M:%SF", "%b %e %H:%M:%SF", "%b %d %H:%M:%SF",
	"%d/%b/%Y:%H:%M:%SF", "%Y/%m/%d %H:%M:%SF", "%Y%m%d %H:%M:%SF",
	"%d %b %Y %H:%M:%SF", "%b %e %Y %H:%M:%SF", "%b %d %Y %H:%M:%SF", "%Y%m%d%H%M%SF", "%sF",
}

// match returns how the text from its start is the time t: nil where it is not.
func (m *timeMatcher) match(text string, t int64) (l *Layout, size int) {
	if !plausible(text) {
		return nil, 0
	}
	for i, l := range m.layouts {
		m.buffer = m.writer.Append(m.buffer[:0], l, t)
		if n := len(m.buffer); n <= len(text) && string(m.buffer) == text[:n] && (n == len(text) || !digit(text[n])) {
			copy(m.layouts[1:i+1], m.layouts[:i])
			m.layouts[0] = l
			return l, n
		}
	}
	for _, shape := range shapes {
		l, size := m.try(text, shape, t)
		if l != nil {
			m.layouts = append(m.layouts[:min(len(m.layouts), maxLayouts-1)], nil)
			copy(m.layouts[1:], m.layouts)
			m.layouts[0] = l
			return l, size
		}
	}
	return nil, 0
}

// plausible is false for most texts that are no time.
func plausible(text string) bool {
	if len(text) < 10 {
		return false
	}
	if !digit(text[0]) {
		return text[3] == ' ' && digit(text[5]) && text[6] == ' ' && monthOf(text) > 0
	}
	if c := text[4]; !digit(c) {
		return c == '-' || c == '/' || digit(text[1]) && (text[2] == '/' || text[2] == ' ')
	}
	if text[2] == '/' || text[2] == ' ' {
		return true
	}
	for i := range 8 {
		if !digit(text[i]) {
			return false
		}
	}
	return true
}

// try reads a text as a shape says; the layout is nil where that is not t.
func (m *timeMatcher) try(text, shape string, t int64) (*Layout, int) {
	r := shapeReader{text: text, year: time.Unix(0, t).UTC().Year()}
	pattern, ok := r.read(shape)
	if !ok || r.at < len(text) && digit(text[r.at]) {
		return nil, 0
	}
	offset := 0
	if shape[1] != 's' {
		at, _ := split(t)
		full := time.Date(r.year, time.Month(r.month), r.day, r.hour, r.minute, r.second, 0, time.UTC)
		offset = quarters(full.Unix() - at)
	}
	l, err := NewLayout(pattern, offset)
	if err != nil {
		return nil, 0
	}
	m.buffer = m.writer.Append(m.buffer[:0], l, t)
	if string(m.buffer) != text[:r.at] {
		return nil, 0
	}
	return l, r.at
}

// quarters turns seconds into the nearest number of minutes that is a multiple
// of 15, within what an int16 holds.
func quarters(seconds int64) int {
	const quarter = 15 * 60
	n := seconds + quarter/2
	if n < 0 {
		n -= quarter - 1
	}
	return int(max(min(n/quarter*15, 2*maxOffset), -2*maxOffset))
}

// shapeReader reads a time out of a text, number by number.
type shapeReader struct {
	text                                   string
	at                                     int
	year, month, day, hour, minute, second int
}

// read reads a shape and returns its pattern.
func (r *shapeReader) read(shape string) (pattern string, ok bool) {
	for i := 0; i < len(shape); i++ {
		switch c := shape[i]; {
		case c == 'F':
			return shape[:i] + r.fraction(), true
		case c == '%':
			i++
			ok = r.mark(shape[i])
		default:
			ok = r.at < len(r.text) && r.text[r.at] == c
			r.at++
		}
		if !ok {
			return "", false
		}
	}
	return shape, true
}

// fraction skips a fraction of a second and returns its pattern.
func (r *shapeReader) fraction() string {
	rest := r.text[r.at:]
	n := 1
	for n < len(rest) && n < 10 && digit(rest[n]) {
		n++
	}
	if n == 1 || rest[0] != '.' && rest[0] != ',' {
		return ""
	}
	r.at += n
	return rest[:1] + "%" + string(rune('0'+n-1))
}

// mark reads what a mark stands for.
func (r *shapeReader) mark(mark byte) bool {
	switch mark {
	case 'Y':
		return r.number(4, &r.year)
	case 'm':
		return r.number(2, &r.month)
	case 'd':
		return r.number(2, &r.day)
	case 'e':
		if r.at < len(r.text) && r.text[r.at] == ' ' {
			r.at++
			return r.number(1, &r.day)
		}
		return r.number(2, &r.day)
	case 'b':
		r.month = monthOf(r.text[min(r.at, len(r.text)):])
		r.at += 3
		return r.month > 0
	case 'H':
		return r.number(2, &r.hour)
	case 'M':
		return r.number(2, &r.minute)
	case 'S':
		return r.number(2, &r.second)
	default:
		var seconds int
		return r.number(10, &seconds)
	}
}

func (r *shapeReader) number(digits int, to *int) bool {
	n := 0
	for range digits {
		if r.at >= len(r.text) || !digit(r.text[r.at]) {
			return false
		}
		n = 10*n + int(r.text[r.at]-'0')
		r.at++
	}
	*to = n
	return true
}

// monthOf is the month that a text begins with, as Jan, or 0.
func monthOf(text string) int {
	if len(text) < 3 {
		return 0
	}
	for i := 0; i < len(months); i += 3 {
		if months[i:i+3] == text[:3] {
			return i/3 + 1
		}
	}
	return 0
}

func digit(c byte) bool { return c >= '0' && c <= '9' }
