// Package envelope takes the transport wrapper off a log line: the header of
// syslog in all its shapes, the JSON of Docker and journald, the prefix of CRI,
// or the bare stamp that a program puts before its own text.
//
// A Line comes in; a Record goes out with the program's own text, the host,
// program, process id, severity and time that the wrapper told, and marks on
// the Event where the wrapper was odd. It never fails, never looks into the
// program's text, never drops a byte of the line and never reads a clock: years
// and doubtful hours are settled by the line's own anchor.
package envelope

import (
	"strings"

	"rastro/internal/event"
)

// maxDepth bounds wrappers inside wrappers, such as syslog inside journald
// inside Docker.
const maxDepth = 4

const (
	second = int64(1e9)
	day    = int64(86400)
	// agree is how much later than the text's own stamp, which has whole
	// seconds, a container's finer stamp may be to be taken as the same moment.
	agree = 2 * second
	// firstSecond and lastSecond bound what fits into 64-bit nanoseconds: the
	// years 1678 to 2261.
	firstSecond = -9214560000
	lastSecond  = 9214646399
)

// Unwrapper takes envelopes off. The zero Unwrapper is ready for use. It
// remembers the zones it has met and is for one goroutine.
type Unwrapper struct {
	zones zones
}

// Unwrap fills rec from line, whatever rec held before, and adds to e the marks
// _zone_unsure, _repeated and _adjusted and the extra fields of the wrapper.
// rec.Host stays empty if no header names a host, rec.Time stays 0 if there is
// no stamp or it does not fit into the years 1678 to 2261. line.Origin must not
// be nil.
//
// Nothing is copied unless the wrapper escapes its text: the strings of rec
// share the memory of line.Text.
func (u *Unwrapper) Unwrap(line *event.Line, rec *event.Record, e *event.Event) {
	*rec = event.Record{
		Zone:    line.Origin.Zone,
		Anchor:  line.Origin.Newest,
		Raw:     line.Text,
		Secrets: rec.Secrets[:0],
	}
	if rec.Zone == nil {
		rec.Zone = utc
	}
	if rec.Anchor == 0 {
		rec.Anchor = line.ReceivedAt
	}
	u.peel(trimStart(line.Text), rec, e, 0)
}

// peel takes one wrapper off s and, for containers, the next one inside it.
func (u *Unwrapper) peel(s string, rec *event.Record, e *event.Event, depth int) {
	if s == "" {
		return
	}
	switch c := s[0]; {
	case c == '{':
		if depth < maxDepth && (u.docker(s, rec, e, depth) || u.journald(s, rec, e, depth)) {
			return
		}
	case c == '<':
		if u.priority(s, rec, e) {
			return
		}
	case digit(c):
		if u.dated(s, rec, e, depth) {
			return
		}
	case c >= 'A' && c <= 'S':
		if st, n := readBSD(s); n > 0 {
			u.traditional(s, n, &st, false, rec, e)
			return
		}
	}
	settle(s, rec, e)
}

// dated handles what begins with a full date.
func (u *Unwrapper) dated(s string, rec *event.Record, e *event.Event, depth int) bool {
	if len(s) < 19 {
		return false
	}
	var st stamp
	var n int
	switch s[10] {
	case 'T':
		st, n = readISO(s, 'T')
	case ' ':
		if st, n = readISO(s, ' '); n == 0 {
			st, n = readGo(s)
		}
	}
	if n == 0 || (n < len(s) && s[n] != ' ') {
		return false
	}
	rest := skipBlank(s, n)
	if st.zoned && s[10] == 'T' && depth < maxDepth && u.cri(s, &st, rec, e, depth) {
		return true
	}
	u.setTime(&st, rec, e)
	if s[10] == 'T' && s[4] == '-' {
		modern(rest, rec, e)
		return true
	}
	// Programs that write this stamp themselves name no host; only a process
	// id in brackets is proof of a syslog header.
	if host, tail, ok := takeHost(rest); ok {
		if t, ok := takeTag(tail); ok && t.pid != "" && t.colon {
			rec.Host, rec.Program, rec.PID = host, t.program, t.pid
			settle(t.text, rec, e)
			return true
		}
	}
	rec.Stamped = trimEnd(s)
	settle(rest, rec, e)
	return true
}

// setTime gives rec the moment that st means.
func (u *Unwrapper) setTime(st *stamp, rec *event.Record, e *event.Event) {
	var sec int64
	anchor := floorDiv(rec.Anchor, second)
	switch {
	case st.zoned && st.yearly:
		sec = st.face - st.offset
	case st.yearly:
		var unsure bool
		if sec, unsure = u.zones.instant(st.face, rec.Zone, anchor+60); unsure {
			e.Tag(event.TagBadZone)
		}
	default:
		var unsure bool
		if sec, unsure = u.infer(st, rec, anchor); unsure {
			e.Tag(event.TagBadZone)
		}
	}
	if sec < firstSecond || sec > lastSecond {
		e.Tag(event.TagAdjusted)
		return
	}
	ns := sec*second + st.nsec
	if rec.Time != 0 && !st.fine && rec.Time >= ns && rec.Time < ns+agree {
		return
	}
	rec.Time = ns
}

// infer finds the year of a stamp without one: the newest that does not put
// it more than a day after the anchor.
func (u *Unwrapper) infer(st *stamp, rec *event.Record, anchor int64) (sec int64, unsure bool) {
	// No clock face is more than 15 hours away from UTC.
	const widest = 15 * 3600
	for year := yearOf(anchor + 2*day); ; year-- {
		if st.leap && !isLeap(year) {
			continue
		}
		face := st.in(year)
		if face > anchor+day+widest {
			continue
		}
		if st.zoned {
			sec, unsure = face-st.offset, false
		} else {
			sec, unsure = u.zones.instant(face, rec.Zone, anchor+60)
		}
		if sec <= anchor+day {
			return sec, unsure
		}
	}
}

// in returns the clock face of a stamp without a year in the given year.
func (st *stamp) in(year int) int64 {
	face := st.face + yearStart(year)*day
	if isLeap(year) && !st.leap && st.face >= daysBefore[3]*day {
		face += day
	}
	return face
}

// settle ends the unwrapping: s is the program's own text.
func settle(s string, rec *event.Record, e *event.Event) {
	s = trimEnd(s)
	if len(s) > len(repeatedPrefix) && s[len(s)-1] == ']' && strings.HasPrefix(s, repeatedPrefix) {
		if count, inner, ok := repeatedText(s); ok {
			e.Tag(event.TagRepeated)
			e.AddExtra(RepeatCount, count)
			s = inner
		}
	} else if count, ok := repeatedLast(s); ok {
		e.Tag(event.TagRepeated)
		e.AddExtra(RepeatCount, count)
	}
	rec.Text = s
}

// skipBlank returns what follows s[:n] and one blank.
func skipBlank(s string, n int) string {
	if n < len(s) && s[n] == ' ' {
		n++
	}
	return s[n:]
}

// trimStart drops a byte order mark and the NUL bytes that a truncated file
// gets when its writer goes on at the old offset.
func trimStart(s string) string {
	for s != "" && s[0] == 0 {
		s = s[1:]
	}
	return strings.TrimPrefix(s, byteOrderMark)
}

const byteOrderMark = "\ufeff"

// trimEnd drops blanks and line ends.
func trimEnd(s string) string {
	for s != "" {
		switch s[len(s)-1] {
		case ' ', '\r', '\n', '\t', 0:
			s = s[:len(s)-1]
		default:
			return s
		}
	}
	return s
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
