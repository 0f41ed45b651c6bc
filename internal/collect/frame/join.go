package frame

import (
	"strings"

	"rastro/internal/event"
)

// joiner puts records together from lines and keeps them in the order of their
// first line. A record is given out only together with all that begin before
// its end, so that every place after a call's last record is one where reading
// can begin anew with nothing waiting.
type joiner struct {
	rules   *Framing
	streams map[stream]*progress
	queue   []*assembly
	// scanned counts the records at the front of the queue that are complete
	// and already looked at; scannedEnd is the largest end among them.
	scanned    int
	scannedEnd int64
}

// progress is what one stream has open: line is a container line whose last
// part has not come, record a multi-line record that may go on.
type progress struct {
	line, record *assembly
}

// assembly is a record that is being put together or waits for an earlier one.
type assembly struct {
	kind             kind
	text, head, tail string // text is the first line as it came
	bodies           []string
	size             int // bytes of all bodies
	lines            int // lines of the program, for the bound of multi-line
	pieces           int // physical lines
	start, end, span int64
	marks            event.Marks
	match            bool // what the multi-line rule said of the line
	open             bool
	merged           bool // its lines belong to another assembly now
}

func (j *joiner) waiting() bool { return len(j.queue) > 0 }

// add takes one physical line.
func (j *joiner) add(text string, start, length int64, marks event.Marks, dst []Record) []Record {
	p := piece{stream: plainStream, body: text}
	if len(text) > 0 && (text[0] == '{' || (text[0] >= '0' && text[0] <= '9')) && marks == 0 {
		p = j.rules.split(text)
	}
	if len(j.queue) == 0 && !p.partial && j.rules.multi == nil {
		return append(dst, Record{Text: text, Offset: start, Length: length, Next: start + length, Marks: marks})
	}
	pr := j.streams[p.stream]
	if pr == nil {
		pr = &progress{}
		j.streams[p.stream] = pr
	}
	a := pr.line
	if a != nil && a.size+len(p.body) > event.MaxLineBytes {
		a.marks |= event.MarkCut
		j.lineComplete(pr, a)
		a = nil
	}
	if a == nil {
		a = &assembly{kind: p.kind, text: text, head: p.head, tail: p.tail, start: start, lines: 1, open: true}
		if m := j.rules.multi; m != nil {
			a.match = m.continues(p.written())
		}
		j.queue = append(j.queue, a)
		pr.line = a
	}
	a.bodies = append(a.bodies, p.body)
	a.size += len(p.body)
	a.pieces++
	a.span += length
	a.end = start + length
	a.marks |= marks
	if !p.partial {
		j.lineComplete(pr, a)
	}
	if len(j.queue) > holdRecords {
		return j.flush(dst, event.MarkCut)
	}
	return j.release(dst)
}

// lineComplete decides to which record a program's line belongs.
func (j *joiner) lineComplete(pr *progress, a *assembly) {
	pr.line = nil
	m := j.rules.multi
	if m == nil {
		a.open = false
		return
	}
	if rec := pr.record; rec != nil {
		if (m.before || a.match) && rec.fits(a, m) {
			rec.take(a)
			a.merged, a.open = true, false
		} else {
			rec.open = false
			pr.record = a
		}
	} else {
		pr.record = a
	}
	if m.before && !a.match {
		pr.record.open = false
		pr.record = nil
	}
}

func (a *assembly) fits(b *assembly, m *multiline) bool {
	return a.kind == b.kind && a.lines < m.maxLines && a.size+b.size+1 <= m.maxBytes
}

// take appends the line b to the record a. In docker lines the line end is
// part of the JSON text already.
func (a *assembly) take(b *assembly) {
	if a.kind != docker {
		a.bodies = append(a.bodies, "\n")
		a.size++
	}
	a.bodies = append(a.bodies, b.bodies...)
	a.size += b.size
	a.lines += b.lines
	a.pieces += b.pieces
	a.span += b.span
	a.end = max(a.end, b.end)
	a.marks |= b.marks
}

// release appends the records at the front of the queue up to the last place
// where reading can begin anew.
func (j *joiner) release(dst []Record) []Record {
	safe, next := 0, int64(0)
	for j.scanned < len(j.queue) && !j.queue[j.scanned].open {
		j.scannedEnd = max(j.scannedEnd, j.queue[j.scanned].end)
		j.scanned++
		if j.scanned == len(j.queue) || j.scannedEnd <= j.queue[j.scanned].start {
			safe, next = j.scanned, j.scannedEnd
		}
	}
	if safe == 0 {
		return dst
	}
	for _, a := range j.queue[:safe] {
		if !a.merged {
			dst = append(dst, a.record())
		}
	}
	dst[len(dst)-1].Next = next
	rest := copy(j.queue, j.queue[safe:])
	clear(j.queue[rest:])
	j.queue = j.queue[:rest]
	j.scanned -= safe
	if rest == 0 {
		clear(j.streams)
	}
	return dst
}

// flush completes and gives out everything that waits. marks are put on lines
// whose last part has not come.
func (j *joiner) flush(dst []Record, marks event.Marks) []Record {
	for _, pr := range j.streams {
		if a := pr.line; a != nil {
			a.marks |= marks
			j.lineComplete(pr, a)
		}
	}
	for _, a := range j.queue {
		a.open = false
	}
	clear(j.streams)
	if len(j.queue) == 0 {
		return dst
	}
	return j.release(dst)
}

// record writes the lines as one.
func (a *assembly) record() Record {
	r := Record{Text: a.text, Offset: a.start, Length: a.span, Next: -1, Marks: a.marks}
	if a.pieces == 1 {
		return r
	}
	var b strings.Builder
	b.Grow(len(a.head) + a.size + len(a.tail))
	b.WriteString(a.head)
	for _, body := range a.bodies {
		b.WriteString(body)
	}
	b.WriteString(a.tail)
	r.Text = b.String()
	r.Marks |= event.MarkJoined
	return r
}
