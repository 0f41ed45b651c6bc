package journal

import (
	"encoding/binary"
	"math"
	"unsafe"

	"rastro/internal/event"
)

// chunkVersion is the first byte of what Encode writes.
const chunkVersion = 1

// Encode appends events to dst in the journal's form and returns the longer
// slice; Group.Encoded takes it. RIDs are not written: Commit gives them. What
// several calls append to one dst is one Group as well.
//
// Fields are written by name, so that a later version with other fields can
// read the bytes. Strings that share the memory of the event's line, and those
// equal to the value of the event before, are written as references. Encode
// does not allocate beyond dst and is safe for concurrent use.
func Encode(dst []byte, events []event.Event) []byte {
	var e encoder
	values, extras := 0, 0
	for i := range events {
		values += len(events[i].Values)
		extras += len(events[i].Extra)
		for j := range events[i].Values {
			e.admit(events[i].Values[j].Field)
		}
	}
	dst = append(dst, chunkVersion)
	dst = binary.AppendUvarint(dst, uint64(len(events)))
	dst = binary.AppendUvarint(dst, uint64(values))
	dst = binary.AppendUvarint(dst, uint64(extras))
	dst = binary.AppendUvarint(dst, uint64(e.fields))
	for _, f := range e.order[:e.fields] {
		dst = append(dst, byte(f.Kind()))
		dst = appendInline(dst, f.Name())
	}
	for i := range events {
		dst = e.event(dst, &events[i])
	}
	return dst
}

// encoder holds what later events of a chunk refer to.
type encoder struct {
	slot           [event.FieldCount]uint8 // a field's place in order plus one; 0 is none yet
	order          [event.FieldCount]event.Field
	fields         int
	text           [event.FieldCount]string // the field's value before
	bits           [event.FieldCount]uint64
	time, received int64
}

// admit gives f a place in the chunk's table of fields.
func (e *encoder) admit(f event.Field) {
	if e.slot[f] == 0 {
		e.order[e.fields] = f
		e.fields++
		e.slot[f] = uint8(e.fields)
	}
}

// event appends one event: the times as differences, the line, the number of
// values with a bit that tells of extras, the values, the extras.
func (e *encoder) event(dst []byte, ev *event.Event) []byte {
	dst = binary.AppendVarint(dst, ev.Time-e.time)
	dst = binary.AppendVarint(dst, ev.ReceivedAt-e.received)
	e.time, e.received = ev.Time, ev.ReceivedAt
	line := ev.Str(event.Message)
	dst = appendInline(dst, line)
	head := uint64(len(ev.Values)) << 1
	if len(ev.Extra) > 0 {
		head |= 1
	}
	dst = binary.AppendUvarint(dst, head)
	for i := range ev.Values {
		dst = e.value(dst, line, &ev.Values[i])
	}
	if len(ev.Extra) > 0 {
		dst = binary.AppendUvarint(dst, uint64(len(ev.Extra)))
		for i := range ev.Extra {
			dst = appendText(dst, line, ev.Extra[i].Name)
			dst = appendText(dst, line, ev.Extra[i].JSON)
		}
	}
	return dst
}

// value appends the field's place in the table with a bit that tells "as
// before", then the value where it is another one.
func (e *encoder) value(dst []byte, line string, v *event.Value) []byte {
	f := v.Field
	head := uint64(e.slot[f]-1) << 1
	switch kind := f.Kind(); {
	case kind.IsText():
		if v.Text == e.text[f] {
			return binary.AppendUvarint(dst, head|1)
		}
		e.text[f] = v.Text
		return appendText(binary.AppendUvarint(dst, head), line, v.Text)
	case v.Bits == e.bits[f]:
		return binary.AppendUvarint(dst, head|1)
	case kind == event.Number:
		e.bits[f] = v.Bits
		return binary.LittleEndian.AppendUint64(binary.AppendUvarint(dst, head), v.Bits)
	default:
		step := int64(v.Bits - e.bits[f]) // wraps around, and back when read
		e.bits[f] = v.Bits
		return binary.AppendVarint(binary.AppendUvarint(dst, head), step)
	}
}

// appendInline appends a string's length and bytes.
func appendInline(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

// appendText appends a string: its length with a bit that tells whether its
// place in the line follows, or its bytes.
func appendText(dst []byte, line, s string) []byte {
	if at, ok := placeIn(line, s); ok {
		dst = binary.AppendUvarint(dst, uint64(len(s))<<1|1)
		return binary.AppendUvarint(dst, uint64(at))
	}
	return append(binary.AppendUvarint(dst, uint64(len(s))<<1), s...)
}

// placeIn tells where part lies in whole when it was cut from it. It looks at
// addresses only, so it is quick and does not find equal text elsewhere; the
// comparison at the end costs nothing for the same memory.
func placeIn(whole, part string) (int, bool) {
	if len(part) == 0 || len(part) > len(whole) {
		return 0, false
	}
	at := uintptr(unsafe.Pointer(unsafe.StringData(part))) - uintptr(unsafe.Pointer(unsafe.StringData(whole)))
	if at > math.MaxInt || int(at) > len(whole)-len(part) {
		return 0, false // below whole the difference wraps to a huge number
	}
	return int(at), whole[at:int(at)+len(part)] == part
}
