package journal

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"rastro/internal/event"
)

// The fewest bytes that an event, a value and an extra take. They bound what
// is allocated before bytes are read.
const (
	minEventBytes = 4
	minValueBytes = 1
	minExtraBytes = 2
)

// decode reads what Encode wrote, count events in one or more chunks, and
// gives them RIDs from first. The events' strings share payload's memory.
// Corrupt input gives an error that wraps ErrCorrupt.
func decode(payload string, first uint64, count int) ([]event.Event, error) {
	if count < 0 || count > len(payload)/minEventBytes {
		return nil, fmt.Errorf("%d events in %d bytes: %w", count, len(payload), ErrCorrupt)
	}
	events := make([]event.Event, 0, count)
	d := decoder{in: payload}
	for d.at < len(d.in) {
		before := len(events)
		if events = d.chunk(events); d.bad {
			return nil, fmt.Errorf("event %d of the record, byte %d: %w", before, d.at, ErrCorrupt)
		}
	}
	if len(events) != count {
		return nil, fmt.Errorf("%d events where the record names %d: %w", len(events), count, ErrCorrupt)
	}
	for i := range events {
		events[i].RID = first + uint64(i)
	}
	return events, nil
}

// column is one entry of a chunk's table of fields.
type column struct {
	field event.Field // NoField when this version does not know it
	kind  event.Kind  // as written
	name  string
	text  string // value before
	bits  uint64
}

// decoder reads one payload. bad is set by the first mistake; what is read
// after it means nothing.
type decoder struct {
	in  string
	at  int
	bad bool

	columns        []column
	values         []event.Value
	extras         []event.Pair
	time, received int64
}

// chunk reads one chunk and appends its events.
func (d *decoder) chunk(events []event.Event) []event.Event {
	if d.in[d.at] != chunkVersion {
		d.bad = true
		return events
	}
	d.at++
	count := d.count(minEventBytes)
	values, extras := d.count(minValueBytes), d.count(minExtraBytes)
	d.table()
	if d.bad || count > cap(events)-len(events) {
		d.bad = true
		return events
	}
	// All values of a chunk lie in one piece of memory, and so do all extras.
	d.values = make([]event.Value, 0, values)
	d.extras = make([]event.Pair, 0, extras)
	d.time, d.received = 0, 0
	for range count {
		var ev event.Event
		d.event(&ev)
		if d.bad {
			break
		}
		events = append(events, ev)
	}
	return events
}

// table reads the chunk's table of fields.
func (d *decoder) table() {
	n := d.count(2)
	d.columns = d.columns[:0]
	for range n {
		kind := event.Kind(d.byte())
		name := d.take(d.uvarint())
		if d.bad || kind > event.Time {
			d.bad = true
			return
		}
		c := column{kind: kind, name: name}
		// A field whose kind has changed since is kept as an unknown one.
		if f, exact := event.Lookup(name); f != event.NoField && !exact &&
			(f.Kind() == kind || f.Kind().IsText() && kind.IsText()) {
			c.field = f
		}
		d.columns = append(d.columns, c)
	}
}

// event reads one event.
func (d *decoder) event(ev *event.Event) {
	d.time += d.varint()
	d.received += d.varint()
	ev.Time, ev.ReceivedAt = d.time, d.received
	line := d.take(d.uvarint())
	head := d.uvarint()
	if head>>1 > uint64(cap(d.values)-len(d.values)) {
		d.bad = true
	}
	firstValue, firstExtra := len(d.values), len(d.extras)
	for n := head >> 1; n > 0 && !d.bad; n-- {
		d.value(line)
	}
	if head&1 != 0 {
		for n := d.count(minExtraBytes); n > 0 && !d.bad; n-- {
			name := d.text(line)
			d.extras = append(d.extras, event.Pair{Name: name, JSON: d.text(line)})
		}
	}
	if n := len(d.values); n > firstValue {
		ev.Values = d.values[firstValue:n:n]
	}
	if n := len(d.extras); n > firstExtra {
		ev.Extra = d.extras[firstExtra:n:n]
	}
}

// value reads one value into values, or into extras when this version does
// not know its field.
func (d *decoder) value(line string) {
	head := d.uvarint()
	if head>>1 >= uint64(len(d.columns)) {
		d.bad = true
		return
	}
	c := &d.columns[head>>1]
	if head&1 == 0 {
		switch {
		case c.kind.IsText():
			c.text = d.text(line)
		case c.kind == event.Number:
			if raw := d.take(8); !d.bad {
				c.bits = binary.LittleEndian.Uint64([]byte(raw))
			}
		default:
			c.bits += uint64(d.varint())
		}
	}
	if c.field == event.NoField {
		d.extras = append(d.extras, event.Pair{Name: c.name, JSON: c.json()})
		return
	}
	v := event.Value{Field: c.field}
	if c.kind.IsText() {
		v.Text = c.text
	} else {
		v.Bits = c.bits
	}
	d.values = append(d.values, v)
}

// json writes the column's value as one JSON value.
func (c *column) json() string {
	switch c.kind {
	case event.Integer:
		return strconv.FormatInt(int64(c.bits), 10)
	case event.Number:
		if f := math.Float64frombits(c.bits); !math.IsNaN(f) && !math.IsInf(f, 0) {
			return strconv.FormatFloat(f, 'g', -1, 64)
		}
		return "null"
	case event.Bool:
		return strconv.FormatBool(c.bits != 0)
	case event.Time:
		return `"` + event.FormatTime(int64(c.bits)) + `"`
	default:
		text, _ := json.Marshal(c.text) // a string always has a JSON form
		return string(text)
	}
}

// text reads a string that stands in the line or inline.
func (d *decoder) text(line string) string {
	head := d.uvarint()
	if head&1 == 0 {
		return d.take(head >> 1)
	}
	n, at := head>>1, d.uvarint()
	if n > uint64(len(line)) || at > uint64(len(line))-n {
		d.bad = true
		return ""
	}
	return line[at : at+n]
}

// count reads the number of things that each take at least size bytes.
func (d *decoder) count(size int) int {
	n := d.uvarint()
	if d.bad || n > uint64((len(d.in)-d.at)/size) {
		d.bad = true
		return 0
	}
	return int(n)
}

// take cuts the next n bytes.
func (d *decoder) take(n uint64) string {
	if d.bad || n > uint64(len(d.in)-d.at) {
		d.bad = true
		return ""
	}
	s := d.in[d.at : d.at+int(n)]
	d.at += int(n)
	return s
}

// byte reads one byte.
func (d *decoder) byte() byte {
	if d.at >= len(d.in) {
		d.bad = true
		return 0
	}
	b := d.in[d.at]
	d.at++
	return b
}

// uvarint reads one number in the form of binary.AppendUvarint.
func (d *decoder) uvarint() uint64 {
	var x uint64
	for shift := 0; shift < 64; shift += 7 {
		if d.at >= len(d.in) {
			break
		}
		b := d.in[d.at]
		d.at++
		x |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return x
		}
	}
	d.bad = true
	return 0
}

// varint reads one number in the form of binary.AppendVarint.
func (d *decoder) varint() int64 {
	u := d.uvarint()
	return int64(u>>1) ^ -int64(u&1)
}
