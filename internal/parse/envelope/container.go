package envelope

import (
	"strings"

	"rastro/internal/event"
)

// dockerLine is one line of Docker's json-file driver, values as written.
type dockerLine struct {
	log, stream, when, attrs string
	size                     int // length of the object
}

// readDocker reads one object that has the members log, stream, time and attrs
// and no others.
func readDocker(s string) (d dockerLine, ok bool) {
	m := members{s: s}
	for {
		name, value, ok := m.next()
		if !ok {
			break
		}
		switch name {
		case "log":
			d.log = value
		case "stream":
			d.stream = value
		case "time":
			d.when = value
		case "attrs":
			d.attrs = value
		default:
			return d, false
		}
	}
	d.size = m.at
	return d, !m.bad && isString(d.log) && isString(d.when)
}

// docker handles a line of Docker's json-file driver, or several where the
// source has joined them. What the container's program wrote becomes the raw
// line, and whatever wrapper it has itself is taken off next.
func (u *Unwrapper) docker(s string, rec *event.Record, e *event.Event, depth int) bool {
	d, ok := readDocker(s)
	if !ok {
		return false
	}
	text := unquoteLine(d.log)
	rest := s[d.size:]
	if rest != "" && rest[0] == '\n' {
		text, rest = dockerParts(d, rest)
	}
	if trimEnd(rest) != "" {
		return false
	}
	when := d.when[1 : len(d.when)-1]
	if st, n := readISOAny(when); n == len(when) {
		u.setTime(&st, rec, e)
		rec.Anchor = anchored(rec)
	}
	if d.stream == `"stderr"` {
		e.AddExtra("stream", d.stream)
	}
	if d.attrs != "" {
		e.AddExtra("attrs", d.attrs)
	}
	rec.Raw = trimLineEnd(text)
	u.peel(trimStart(rec.Raw), rec, e, depth+1)
	return true
}

// dockerParts puts the texts of joined objects together: a part without a line
// end goes on in the next one. What is no such object stays in rest.
func dockerParts(first dockerLine, rest string) (text, left string) {
	var all strings.Builder
	all.WriteString(unquote(first.log))
	for len(rest) > 1 && rest[0] == '\n' {
		d, ok := readDocker(rest[1:])
		if !ok {
			break
		}
		all.WriteString(unquote(d.log))
		rest = rest[1+d.size:]
	}
	return all.String(), rest
}

// cri handles a line of the container runtime interface, "stamp stdout F text",
// whose stamp has been read from s already.
func (u *Unwrapper) cri(s string, st *stamp, rec *event.Record, e *event.Event, depth int) bool {
	stream, text, _, ok := readCRI(s)
	if !ok {
		return false
	}
	if strings.Contains(text, "\n") {
		text = criParts(s)
	}
	u.setTime(st, rec, e)
	rec.Anchor = anchored(rec)
	if stream == "stderr" {
		e.AddExtra("stream", `"stderr"`)
	}
	rec.Raw = trimLineEnd(text)
	u.peel(trimStart(rec.Raw), rec, e, depth+1)
	return true
}

// readCRI takes the prefix off a line; partial says that the text goes on in
// the next line.
func readCRI(s string) (stream, text string, partial, ok bool) {
	when, rest := word(s)
	if len(when) < 20 || when[10] != 'T' {
		return "", "", false, false
	}
	stream, rest = word(rest)
	if stream != "stdout" && stream != "stderr" || rest == "" {
		return "", "", false, false
	}
	tags := rest
	if at := strings.IndexByte(rest, ' '); at >= 0 {
		tags, text = rest[:at], rest[at+1:]
	}
	if tags != "F" && tags != "P" && !strings.HasPrefix(tags, "F:") && !strings.HasPrefix(tags, "P:") {
		return "", "", false, false
	}
	return stream, text, tags[0] == 'P', true
}

// criParts puts the texts of joined lines together.
func criParts(s string) string {
	var all strings.Builder
	end := ""
	for part := range strings.SplitSeq(s, "\n") {
		all.WriteString(end)
		_, text, partial, ok := readCRI(part)
		if !ok {
			text = part
		}
		all.WriteString(text)
		if end = "\n"; partial {
			end = ""
		}
	}
	return all.String()
}

// anchored returns the anchor for stamps inside a container's line: the time
// the container's own log gives it.
func anchored(rec *event.Record) int64 {
	if rec.Time != 0 {
		return rec.Time
	}
	return rec.Anchor
}

// readISOAny reads an RFC 3339 stamp; n is 0 if s does not begin with one.
func readISOAny(s string) (st stamp, n int) {
	if len(s) < 19 || s[10] != 'T' {
		return st, 0
	}
	return readISO(s, 'T')
}

func isString(value string) bool { return value != "" && value[0] == '"' }
