package segment

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"rastro/internal/event"
)

// layout is how a field is held in columns.
type layout uint8

const (
	layoutNone   layout = iota // NoField
	layoutFixed                // Timestamp and ReceivedAt: every event has them
	layoutLine                 // Message and LogMessage: text of every line, no dictionary
	layoutDict                 // the other text kinds: dictionary and codes
	layoutNumber               // Integer, Number, Bool, Time: 64 bits and presence
)

// layouts is indexed by field.
var layouts = func() (l [event.FieldCount]layout) {
	for _, info := range event.Fields() {
		switch {
		case info.Field == event.Timestamp || info.Field == event.ReceivedAt:
			l[info.Field] = layoutFixed
		case info.Field == event.Message || info.Field == event.LogMessage:
			l[info.Field] = layoutLine
		case info.Kind.IsText():
			l[info.Field] = layoutDict
		default:
			l[info.Field] = layoutNumber
		}
	}
	return l
}()

// errKind is returned for a field that is asked for in the wrong way.
var errKind = errors.New("field is of another kind")

// checkKind tells whether a field is held in one of the layouts.
func checkKind(f event.Field, allowed ...layout) error {
	if slices.Contains(allowed, layouts[f]) {
		return nil
	}
	return fmt.Errorf("reading column %q: %w", f.Name(), errKind)
}

// A new column of the tail has room for firstRows; one that needs more gets room
// for usualRows at once, which is what most tails grow to.
const (
	firstRows = 4096
	usualRows = 32_768
)

// entryOverhead estimates the bytes of a dictionary entry beside its text: two
// string headers, a code, and the map's slack.
const entryOverhead = 56

// grown returns a slice long enough for row. What is new is zero; the old
// slice is left as it is, because snapshots may still read it.
func grown[T any](s []T, row int) []T {
	if row < len(s) {
		return s
	}
	size := max(firstRows, row+1)
	if row >= firstRows {
		size = max(usualRows, 2*len(s), row+1)
	}
	bigger := make([]T, size)
	copy(bigger, s)
	return bigger
}

// dictColumn is a dictionary-coded column of the tail. Code 0 is "", so rows
// that were never written are absent without being filled.
type dictColumn struct {
	dict  []string
	codes []uint32 // longer than the rows; zero beyond them
	index map[string]uint32
	last  uint32   // code of the value added last: many fields repeat
	row   int      // one more than the row written last
	fresh bool     // the value added last made a new entry
	more  []string // second and further values of the row being added
}

func newDictColumn() *dictColumn {
	return &dictColumn{dict: []string{""}, index: make(map[string]uint32)}
}

// add sets the first value of a row and returns the bytes it took. A further
// value for the same row is kept until join; add then returns wait.
func (c *dictColumn) add(row int, text string) (taken int, wait bool) {
	if c.row == row+1 {
		c.more = append(c.more, withoutSep(text))
		return 0, true
	}
	c.row = row + 1
	if row >= len(c.codes) {
		before := len(c.codes)
		c.codes = grown(c.codes, row)
		taken = 4 * (len(c.codes) - before)
	}
	c.fresh = false
	if c.dict[c.last] == text {
		c.codes[row] = c.last
		return taken, false
	}
	code, known := c.index[text]
	if !known {
		text = withoutSep(text)
		code, known = c.index[text]
	}
	if !known {
		code = c.insert(text)
		taken += len(text) + entryOverhead
	}
	c.last, c.codes[row] = code, code
	return taken, false
}

// join makes one entry of a row's several values and returns the bytes it took.
func (c *dictColumn) join(row int) (taken int) {
	if len(c.more) == 0 {
		return 0
	}
	first := c.dict[c.codes[row]]
	if c.fresh { // the single value was made for this row: no row uses it now
		delete(c.index, first)
		c.dict = c.dict[:len(c.dict)-1]
		taken = -len(first) - entryOverhead
	}
	text := first + Sep + strings.Join(c.more, Sep)
	clear(c.more)
	c.more = c.more[:0]
	code, known := c.index[text]
	if !known {
		code = c.insert(text)
		taken += len(text) + entryOverhead
	}
	c.last, c.codes[row], c.fresh = code, code, false
	return taken
}

func (c *dictColumn) insert(text string) (code uint32) {
	code = uint32(len(c.dict))
	c.dict = append(c.dict, text)
	c.index[text] = code
	c.fresh = true
	return code
}

// withoutSep replaces Sep, which never stands inside a value, by its symbol.
func withoutSep(text string) string {
	if strings.IndexByte(text, Sep[0]) < 0 {
		return text
	}
	return strings.ReplaceAll(text, Sep, "\u241f")
}

// numberColumn is a column of numbers of the tail. Presence is one bit a row;
// the word that is being filled is kept aside so that a snapshot never shares
// a word with the writer.
type numberColumn struct {
	bits    []uint64 // longer than the rows; zero beyond them
	present []uint64 // words before current are complete
	word    uint64   // the word at current
	current int
	count   int // rows with a value
	row     int // one more than the row written last
}

// add sets the value of a row and returns the bytes it took. A second value
// for the same row is left out.
func (c *numberColumn) add(row int, bits uint64) (taken int) {
	if c.row == row+1 {
		return 0
	}
	c.row = row + 1
	if row >= len(c.bits) {
		before := len(c.bits) + len(c.present)
		c.bits = grown(c.bits, row)
		c.present = grown(c.present, len(c.bits)>>6)
		taken = 8 * (len(c.bits) + len(c.present) - before)
	}
	c.bits[row] = bits
	if at := row >> 6; at != c.current {
		c.present[c.current] = c.word
		c.current, c.word = at, 0
	}
	c.word |= 1 << (row & 63)
	c.count++
	return taken
}
