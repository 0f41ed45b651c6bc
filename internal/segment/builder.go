package segment

import (
	"encoding/json"
	"strings"
	"sync"

	"rastro/internal/event"
)

// Builder is the tail: the newest events, held in columns in memory until they
// are written to a file.
//
// One goroutine adds; any goroutine may take a Snapshot at any time. Strings
// of added events are kept, not copied: the memory they were cut from (a
// reader's chunk) stays in use as long as the Builder or a Snapshot of it.
type Builder struct {
	mu    sync.Mutex
	rows  int
	bytes int

	rids            []uint64
	times, received []int64
	first, last     int64 // smallest and largest time

	dicts   [event.FieldCount]*dictColumn
	numbers [event.FieldCount]*numberColumn
	joins   []*dictColumn // columns with several values in the row being added

	lines  []string // Message
	starts []int32  // LogMessage as a part of Message, see logPart
	spans  []int32
	logs   []string // LogMessages that are no part of their Message
	extras []string
	noted  presence
}

// presence says which of the optional line columns hold anything.
type presence struct{ line, log, extra bool }

// logPart codes a LogMessage in two numbers. start 0: none. start > 0: span
// bytes of Message from start-1 on. start -1: entry span of the own texts.
const logOwn = -1

// NewBuilder returns an empty tail.
func NewBuilder() *Builder {
	return &Builder{}
}

// Rows is the number of events added. It is safe for concurrent use.
func (b *Builder) Rows() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.rows
}

// MemoryBytes estimates the memory in use, texts included. It is safe for
// concurrent use.
func (b *Builder) MemoryBytes() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.bytes
}

// Add appends an event. RIDs must ascend. The event's strings are kept and
// must not change; the Event itself may be used again.
//
// A number field with several values keeps the first one; text fields keep
// all, in order. Sep inside a value is replaced by U+241F.
func (b *Builder) Add(e *event.Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	row := b.rows
	b.addFixed(row, e)
	var line, log string
	for i := range e.Values {
		v := &e.Values[i]
		switch layouts[v.Field] {
		case layoutDict:
			if v.Text == "" {
				continue
			}
			c := b.dicts[v.Field]
			if c == nil {
				c = newDictColumn()
				b.dicts[v.Field] = c
			}
			taken, wait := c.add(row, v.Text)
			b.bytes += taken
			if wait {
				b.joins = append(b.joins, c)
			}
		case layoutNumber:
			c := b.numbers[v.Field]
			if c == nil {
				c = &numberColumn{}
				b.numbers[v.Field] = c
			}
			b.bytes += c.add(row, v.Bits)
		case layoutLine:
			if v.Field == event.Message && line == "" {
				line = v.Text
			} else if v.Field == event.LogMessage && log == "" {
				log = v.Text
			}
		}
	}
	for _, c := range b.joins {
		b.bytes += c.join(row)
	}
	b.joins = b.joins[:0]
	b.addLine(row, line, log)
	if len(e.Extra) > 0 {
		b.extras = grown(b.extras, row)
		b.extras[row] = extraObject(e.Extra)
		b.bytes += len(b.extras[row]) + 16
		b.noted.extra = true
	}
	b.rows++
}

// addFixed adds what every event has.
func (b *Builder) addFixed(row int, e *event.Event) {
	b.rids = append(b.rids, e.RID)
	b.times = append(b.times, e.Time)
	b.received = append(b.received, e.ReceivedAt)
	b.bytes += 24
	if row == 0 {
		b.first, b.last = e.Time, e.Time
		return
	}
	b.first, b.last = min(b.first, e.Time), max(b.last, e.Time)
}

// addLine adds Message and LogMessage, the latter as a part of the former
// where it is one.
func (b *Builder) addLine(row int, line, log string) {
	if line != "" {
		b.lines = grown(b.lines, row)
		b.lines[row] = line
		b.bytes += len(line) + 16
		b.noted.line = true
	}
	if log == "" {
		return
	}
	b.starts, b.spans = grown(b.starts, row), grown(b.spans, row)
	b.bytes += 8
	b.noted.log = true
	if at := position(line, log); at >= 0 {
		b.starts[row], b.spans[row] = int32(at)+1, int32(len(log))
		return
	}
	b.starts[row], b.spans[row] = logOwn, int32(len(b.logs))
	b.logs = append(b.logs, log)
	b.bytes += len(log) + 16
}

// position is where part stands in text, or -1. The end is tried first: there
// it is in nearly every line.
func position(text, part string) int {
	if strings.HasSuffix(text, part) {
		return len(text) - len(part)
	}
	return strings.Index(text, part)
}

// extraObject writes unknown fields as one JSON object.
func extraObject(pairs []event.Pair) string {
	size := 2
	for _, p := range pairs {
		size += len(p.Name) + len(p.JSON) + 4
	}
	out := make([]byte, 0, size)
	out = append(out, '{')
	for i, p := range pairs {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendName(out, p.Name)
		out = append(out, ':')
		out = append(out, p.JSON...)
	}
	return string(append(out, '}'))
}

// appendName appends a JSON string.
func appendName(out []byte, name string) []byte {
	for i := range len(name) {
		if c := name[i]; c < ' ' || c == '"' || c == '\\' || c >= 0x7f {
			quoted, err := json.Marshal(name)
			if err != nil { // cannot happen: every string can be written
				return append(out, `""`...)
			}
			return append(out, quoted...)
		}
	}
	out = append(out, '"')
	out = append(out, name...)
	return append(out, '"')
}

// Snapshot returns the events added so far as a Block, or nil when there are
// none. It copies slice headers only and is safe for concurrent use.
func (b *Builder) Snapshot() Block {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.rows == 0 {
		return nil
	}
	s := &snapshot{
		rows: b.rows, first: b.first, last: b.last,
		rids: b.rids[:b.rows], times: b.times[:b.rows], received: b.received[:b.rows],
		lines: cut(b.lines, b.rows), starts: cut(b.starts, b.rows), spans: cut(b.spans, b.rows),
		logs: b.logs, extras: cut(b.extras, b.rows), noted: b.noted,
	}
	for f, c := range b.dicts {
		if c != nil {
			s.dicts[f] = Strings{Dict: c.dict, Codes: cut(c.codes, b.rows)}
		}
	}
	for f, c := range b.numbers {
		if c != nil {
			s.numbers[f] = numberView{
				bits: cut(c.bits, b.rows), present: c.present[:c.current],
				word: c.word, full: c.count == b.rows,
			}
		}
	}
	return s
}

// cut limits a column to the rows it has memory for; the rest is absent.
func cut[T any](s []T, rows int) []T {
	return s[:min(rows, len(s)):min(rows, len(s))]
}
