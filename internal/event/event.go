// Package event holds the shared nouns of Rastro: the Line as it was received,
// the Event it was parsed into, and the table of fields.
//
// Nothing comes in and nothing goes out: it has types and names only. It never
// reads a file, knows a log format or imports another room.
package event

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Value is one field of an event with its value. Text kinds (Keyword, Text,
// IP) use Text; the others use Bits: Integer and Time hold an int64, Number
// holds math.Float64bits, Bool holds 0 or 1.
type Value struct {
	Field Field
	Bits  uint64
	Text  string
}

// Pair is one field that the table does not know, kept as it came.
type Pair struct {
	Name string // as written by the program
	JSON string // the value as one JSON value
}

// Event is one parsed line. Only the fields that have a value are held, in the
// order they were added; a field with several values stands several times.
//
// Strings of an event may share the memory of the line they were cut from;
// they are never changed. The zero Event is empty and ready for use. An Event
// is not safe for concurrent change; once handed on it is read only.
type Event struct {
	// RID is the event's gap-free number in this data folder, from 1; 0 until
	// the journal has given one.
	RID uint64
	// Time is when it happened, ReceivedAt when we got it: nanoseconds since
	// 1970 in UTC. Both always have a value.
	Time, ReceivedAt int64
	// Values holds all other known fields.
	Values []Value
	// Extra holds the fields that the table does not know.
	Extra []Pair
}

// Reset empties the event and keeps its memory for the next one.
func (e *Event) Reset() {
	e.RID, e.Time, e.ReceivedAt = 0, 0, 0
	e.Values, e.Extra = e.Values[:0], e.Extra[:0]
}

// Add adds a string value. Empty strings are left out: "" means absent.
func (e *Event) Add(f Field, s string) {
	if s != "" {
		e.Values = append(e.Values, Value{Field: f, Text: s})
	}
}

// Set makes s the only value of f; "" removes the field.
func (e *Event) Set(f Field, s string) {
	e.Remove(f)
	e.Add(f, s)
}

// AddInt adds an Integer value.
func (e *Event) AddInt(f Field, n int64) {
	e.Values = append(e.Values, Value{Field: f, Bits: uint64(n)})
}

// AddFloat adds a Number value. NaN and infinities are left out.
func (e *Event) AddFloat(f Field, n float64) {
	if !math.IsNaN(n) && !math.IsInf(n, 0) {
		e.Values = append(e.Values, Value{Field: f, Bits: math.Float64bits(n)})
	}
}

// AddBool adds a Bool value.
func (e *Event) AddBool(f Field, b bool) {
	var bits uint64
	if b {
		bits = 1
	}
	e.Values = append(e.Values, Value{Field: f, Bits: bits})
}

// AddTime adds a Time value; Timestamp and ReceivedAt set the struct's fields.
func (e *Event) AddTime(f Field, ns int64) {
	switch f {
	case Timestamp:
		e.Time = ns
	case ReceivedAt:
		e.ReceivedAt = ns
	default:
		e.Values = append(e.Values, Value{Field: f, Bits: uint64(ns)})
	}
}

// AddExtra keeps a field that the table does not know. json must be one valid
// JSON value.
func (e *Event) AddExtra(name, json string) {
	e.Extra = append(e.Extra, Pair{Name: name, JSON: json})
}

// Tag adds a mark unless the event has it already.
func (e *Event) Tag(mark string) {
	for i := range e.Values {
		if e.Values[i].Field == Tags && e.Values[i].Text == mark {
			return
		}
	}
	e.Add(Tags, mark)
}

// Remove removes every value of f.
func (e *Event) Remove(f Field) {
	kept := e.Values[:0]
	for _, v := range e.Values {
		if v.Field != f {
			kept = append(kept, v)
		}
	}
	e.Values = kept
}

// Has tells whether f has a value.
func (e *Event) Has(f Field) bool {
	if f == Timestamp || f == ReceivedAt {
		return true
	}
	_, ok := e.Value(f)
	return ok
}

// Value returns the first value of f. Timestamp and ReceivedAt are found too.
// EventID is found only where the sender gave one; see ID.
func (e *Event) Value(f Field) (Value, bool) {
	switch f {
	case Timestamp:
		return Value{Field: f, Bits: uint64(e.Time)}, true
	case ReceivedAt:
		return Value{Field: f, Bits: uint64(e.ReceivedAt)}, true
	}
	for i := range e.Values {
		if e.Values[i].Field == f {
			return e.Values[i], true
		}
	}
	return Value{}, false
}

// Str returns the first string value of f, or "".
func (e *Event) Str(f Field) string {
	v, _ := e.Value(f)
	return v.Text
}

// Strs returns all string values of f in the order they were added, or nil.
func (e *Event) Strs(f Field) []string {
	var all []string
	for i := range e.Values {
		if e.Values[i].Field == f {
			all = append(all, e.Values[i].Text)
		}
	}
	return all
}

// Int returns the first Integer or Time value of f, or 0.
func (e *Event) Int(f Field) int64 {
	v, _ := e.Value(f)
	return int64(v.Bits)
}

// Float returns the first Number value of f, or 0.
func (e *Event) Float(f Field) float64 {
	v, _ := e.Value(f)
	return math.Float64frombits(v.Bits)
}

// Bool returns the first Bool value of f, or false.
func (e *Event) Bool(f Field) bool {
	v, _ := e.Value(f)
	return v.Bits != 0
}

// ID returns the event's stable id: the sender's own where it gave one, else
// MakeID of the source's identity and the offset.
func (e *Event) ID() string {
	if id := e.Str(EventID); id != "" {
		return id
	}
	return MakeID(e.Str(SourceID), e.Int(Offset))
}

// IsDocument tells whether the event is a document that a client wrote to an
// index of its own: message is then the whole of its JSON, and no line.
func (e *Event) IsDocument() bool {
	if !e.Has(Index) || !strings.HasPrefix(e.Str(Message), "{") {
		return false
	}
	for i := range e.Values {
		if e.Values[i].Field == Tags && e.Values[i].Text == TagDocument {
			return true
		}
	}
	return false
}

// Lent tells whether a field of a document is there for Rastro's sake: its
// client did not write it.
func (f Field) Lent() bool {
	switch f {
	case Message, LogMessage, ReceivedAt, Tags, Source, SourceID, Offset, EventID, Index, Dialect, EventType:
		return true
	}
	return false
}

// MakeID makes the id of the event that starts at offset in a source.
func MakeID(sourceID string, offset int64) string {
	return sourceID + "@" + strconv.FormatInt(offset, 10)
}

// Int returns the value as a whole number (Integer, Time, Bool).
func (v Value) Int() int64 { return int64(v.Bits) }

// Float returns the value as a floating point number, whatever its kind.
func (v Value) Float() float64 {
	if v.Field.Kind() == Number {
		return math.Float64frombits(v.Bits)
	}
	return float64(int64(v.Bits))
}

// String returns the value as text: numbers in decimal, booleans as true or
// false, times as RFC 3339 with nanoseconds in UTC.
func (v Value) String() string {
	switch v.Field.Kind() {
	case Integer:
		return strconv.FormatInt(int64(v.Bits), 10)
	case Number:
		return strconv.FormatFloat(math.Float64frombits(v.Bits), 'g', -1, 64)
	case Bool:
		return strconv.FormatBool(v.Bits != 0)
	case Time:
		return FormatTime(int64(v.Bits))
	default:
		return v.Text
	}
}

// FormatTime writes nanoseconds since 1970 as RFC 3339 in UTC, with as many
// fraction digits as needed.
func FormatTime(ns int64) string {
	return time.Unix(0, ns).UTC().Format(time.RFC3339Nano)
}
