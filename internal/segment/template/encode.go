package template

import (
	"slices"
)

// Line is a line to encode, with what the row has beside it.
type Line struct {
	Text string
	// LogFrom and LogEnd are where the log text stands in Text; LogFrom is -1
	// where the line has none.
	LogFrom, LogEnd int
	// Time is the row's time in nanoseconds since 1970 UTC.
	Time int64
	// Alike is the same for lines that probably have the same template.
	Alike uint32
	// Row has the values beside the line.
	Row Row
}

// Row gives the values of a row in other columns.
type Row interface {
	// Values returns all values that may fill a template; none is empty. They
	// are valid until the next call.
	Values() []Field
	// Value returns one of them, "" where there is none.
	Value(column uint8, nth uint16) string
}

// Field is one value of a row.
type Field struct {
	Column uint8
	Nth    uint16
	Text   string
	// Number tells that Text is a number, which may stand somewhere by accident.
	Number bool
}

// Encoder finds the templates of the lines of a row group. It is used by one
// goroutine: Add for each line, then Finish.
type Encoder struct {
	// Messy makes a leftover of every word that looks as if it varied, for lines
	// of which most would else have their own template.
	Messy bool

	bases map[string]uint32
	all   []*base
	rows  []encodedRow
	spans []span
	times timeMatcher
	alike [guesses][guessed]uint32 // the numbers of bases, and one

	key     []byte
	first   [256]uint8 // by first byte: number of the first of chain, and one
	chain   []link
	numbers [maxNumbers]uint8 // columns of numbers, see span.equal
	known   int
	layouts []*Layout
}

// encodedRow is a line in its base template.
type encodedRow struct {
	text  string
	base  uint32
	spans uint32 // the first of its leftovers
}

// span is a leftover: a part of the line, and the columns of numbers (bits, by
// their place in Encoder.numbers) that have it as their value.
type span struct {
	from, to uint32
	equal    uint32
}

const maxNumbers = 32

// link is a value in the list of those with the same first byte.
type link struct {
	field Field
	next  uint8
}

// base is a template as the first look at a line finds it.
type base struct {
	parts []Part
	rests []restUse
	rows  int
	// plan is filled by Finish.
	final map[string]uint32
}

// restUse is what is known of a leftover of a base.
type restUse struct {
	equal  uint32   // columns that have been equal in every row
	values []string // the distinct values, nil when there are too many
	varies bool
}

// maxValues is the most values of a leftover that may each make a template.
const maxValues = 4

// NewEncoder returns an Encoder without lines.
func NewEncoder() *Encoder { return &Encoder{bases: map[string]uint32{}} }

// Reset forgets the lines.
func (e *Encoder) Reset() {
	clear(e.bases)
	e.alike = [guesses][guessed]uint32{}
	clear(e.all)
	clear(e.rows)
	clear(e.chain[:cap(e.chain)])
	e.all, e.rows, e.spans = e.all[:0], e.rows[:0], e.spans[:0]
	e.chain, e.layouts = e.chain[:0], e.layouts[:0]
}

// Add encodes a line; its text must not change until Finish.
func (e *Encoder) Add(l *Line) {
	from := len(e.spans)
	if id, ok := e.guess(l); ok {
		e.all[id].note(l.Text, e.spans[from:])
		e.rows = append(e.rows, encodedRow{l.Text, id, uint32(from)})
		return
	}
	values := l.Row.Values()
	e.index(values)
	w := walker{e: e, line: l, text: l.Text, values: values}
	e.key = e.key[:0]
	w.walk()
	for _, c := range e.chain {
		e.first[c.field.Text[0]] = 0
	}
	id, ok := e.bases[string(e.key)]
	if !ok {
		id = uint32(len(e.all))
		e.bases[string(e.key)] = id
		b := &base{parts: e.partsOf(e.key)}
		b.rests = make([]restUse, len(e.spans)-from)
		for i := range b.rests {
			b.rests[i].equal = ^uint32(0)
		}
		e.all = append(e.all, b)
	}
	e.all[id].note(l.Text, e.spans[from:])
	e.rows = append(e.rows, encodedRow{l.Text, id, uint32(from)})
	e.remember(l.Alike, id)
}

// Pays tells whether the lines so far have no more templates than one for share
// rows, leftovers left out of account.
func (e *Encoder) Pays(share int) bool { return len(e.all)*share <= len(e.rows)+share }

// index sorts the values of a row by their first byte, longer ones first.
func (e *Encoder) index(values []Field) {
	e.chain = e.chain[:0]
	for i := range values {
		f := &values[i]
		if len(e.chain) == 255 || len(f.Text) < 3 && (f.Number || len(f.Text) < 2) {
			continue
		}
		e.chain = append(e.chain, link{field: *f})
		at := &e.first[f.Text[0]]
		for *at != 0 && len(e.chain[*at-1].field.Text) >= len(f.Text) {
			at = &e.chain[*at-1].next
		}
		e.chain[len(e.chain)-1].next = *at
		*at = uint8(len(e.chain))
	}
}

// note adds the leftovers of a row to what is known of them.
func (b *base) note(text string, spans []span) {
	b.rows++
	for i := range spans {
		u := &b.rests[i]
		u.equal &= spans[i].equal
		if u.varies {
			continue
		}
		value := text[spans[i].from:spans[i].to]
		if !slices.Contains(u.values, value) {
			u.values = append(u.values, value)
			u.varies = len(u.values) > maxValues
		}
	}
}

// numberBit is the bit of a column of numbers in span.equal.
func (e *Encoder) numberBit(column uint8) uint32 {
	for i, c := range e.numbers[:e.known] {
		if c == column {
			return 1 << i
		}
	}
	if e.known == maxNumbers {
		return 0
	}
	e.numbers[e.known] = column
	e.known++
	return 1 << (e.known - 1)
}

// equal is the columns of short numbers that have a text as their value.
func (e *Encoder) equal(values []Field, text string) (bits uint32) {
	for i := range values {
		if f := &values[i]; f.Number && f.Nth == 0 && f.Text == text {
			bits |= e.numberBit(f.Column)
		}
	}
	return bits
}
