package segment

import (
	"errors"

	"rastro/internal/event"
)

// ErrCorrupt: a file's bytes are not what was written. The file has to be set
// aside; the error that wraps it names the file and the place.
var ErrCorrupt = errors.New("corrupt segment")

// Sep parts the values of a field with several values inside one dictionary
// entry. It never occurs inside a value: parsing replaces it.
const Sep = "\x1f"

// Strings is one dictionary-coded column of a block: row i has the value
// Dict[Codes[i]]. "" means absent. Several values of one row stand in one
// entry, parted by Sep. Entries are distinct; their order means nothing.
type Strings struct {
	Dict  []string
	Codes []uint32
}

// Numbers is one column of Integer, Number, Bool or Time values in the bits of
// event.Value. Row i has a value when Has(i).
type Numbers struct {
	Bits    []uint64
	Present []uint64 // bit set, 64 rows a word; nil means every row has a value
}

// Has tells whether row i has a value.
func (n Numbers) Has(i int) bool {
	return n.Present == nil || n.Present[i>>6]&(1<<(i&63)) != 0
}

// Block is a run of events held in columns: a row group of a segment file, or
// a snapshot of the tail in memory. Rows are in the order of their RIDs.
//
// A Block never changes and is safe for concurrent use. Slices it returns are
// read only; they stay valid as long as they are referenced. Methods that read
// a file return an error that wraps ErrCorrupt for bad bytes.
type Block interface {
	// Rows is the number of events, at least 1.
	Rows() int
	// TimeRange is the smallest and the largest @timestamp, both inclusive.
	TimeRange() (first, last int64)
	// RIDs is the event numbers, ascending.
	RIDs() ([]uint64, error)
	// Times is the column @timestamp.
	Times() ([]int64, error)
	// Holds tells whether any row has a value for f. It costs nothing.
	Holds(f event.Field) bool
	// MayHold is false only where no row has exactly this single value (after
	// folding, where f folds). It reads a Bloom filter where f has one and
	// returns true otherwise.
	MayHold(f event.Field, value string) (bool, error)
	// WordRuns returns the runs of rows, ascending, outside of which no row's
	// text in f has all of some words, in the form that Options.Words gives;
	// event.NoField stands for the unknown fields. It reads little, and leaves
	// out nothing where the words are not known.
	WordRuns(f event.Field, words []string) ([]Run, error)
	// Strings reads a whole column of a text kind other than Message and
	// LogMessage. A column that no row has gives Dict {""}.
	Strings(f event.Field) (Strings, error)
	// Numbers reads a whole column of a number kind other than Timestamp.
	Numbers(f event.Field) (Numbers, error)
	// StringsAt reads the values of some rows, ascending, of any text field
	// (Message and LogMessage too), Sep inside; it touches only their pages.
	StringsAt(f event.Field, rows []uint32) ([]string, error)
	// NumbersAt is Numbers for some rows, ascending: entry i is rows[i].
	NumbersAt(f event.Field, rows []uint32) (Numbers, error)
	// Texts calls visit with the Message or LogMessage of every row, in order,
	// until visit returns false; the text is valid during the call only. With
	// runs, which ascend, rows outside of them may be left out, and their text
	// is not read; nil stands for all rows.
	Texts(f event.Field, runs []Run, visit func(row int, text string) bool) error
	// ExtrasAt returns the unknown fields of some rows, ascending: each one a
	// JSON object as text, "" where there are none.
	ExtrasAt(rows []uint32) ([]string, error)
	// HoldsExtra tells whether any row has unknown fields.
	HoldsExtra() bool
}

// Lender is a Block that reads whole columns into memory that the caller
// lends: it is used where it is large enough, and what is returned is valid
// until the caller uses it for something else.
type Lender interface {
	Block
	// StringsInto is Strings with memory for the codes.
	StringsInto(f event.Field, codes []uint32) (Strings, error)
	// NumbersInto is Numbers with memory for the bits.
	NumbersInto(f event.Field, bits []uint64) (Numbers, error)
	// CodesInto is the codes of Strings alone.
	CodesInto(f event.Field, codes []uint32) ([]uint32, error)
	// EntryNumbers numbers the entries of the dictionary of Strings, by code, as
	// all blocks with the same Names do; nil where the block does not know them.
	// Every entry stands in some row.
	EntryNumbers(f event.Field) (*Names, []uint32, error)
	// TimesInto is Times with memory for the times.
	TimesInto(times []int64) ([]int64, error)
}
