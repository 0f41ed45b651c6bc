package segment

import (
	"fmt"

	"rastro/internal/disk"
	"rastro/internal/event"
)

// Verify reads a file back and compares its checksum, and every value of every
// column, with the rows it was written from (nil: all rows). A difference is
// an ErrCorrupt.
func Verify(fs disk.FS, path string, meta Meta, src Block, rows []uint32) error {
	if err := Check(fs, path, meta); err != nil {
		return err
	}
	want, err := gather(src, rows)
	if err != nil {
		return fmt.Errorf("reading rows to compare with %s: %w", path, err)
	}
	f, err := Open(fs, path, meta, Options{})
	if err != nil {
		return err
	}
	defer f.Close()
	from := 0
	for i, b := range f.Blocks() {
		if from+b.Rows() > len(want.rows) {
			return f.corrupt("more rows than were written")
		}
		if err := want.compare(b, from); err != nil {
			return fmt.Errorf("row group %d: %w", i, err)
		}
		from += b.Rows()
	}
	if from != len(want.rows) {
		return f.corrupt("%d rows instead of %d", from, len(want.rows))
	}
	return nil
}

// compare compares a row group with the rows from on.
func (s *source) compare(b Block, from int) error {
	g := b.(*group)
	index, err := g.file.begin()
	if err != nil {
		return err
	}
	defer g.file.Release()
	var written [columnCount]bool
	var read columnMemory
	for i := range s.columns {
		c := &s.columns[i]
		written[c.id] = true
		row := -1
		switch {
		case partOfLine[c.id] && !s.stored:
			continue
		case c.texts != nil:
			row, err = compareTexts(g, c, from)
		case c.strings.Dict != nil:
			row, err = s.compareStrings(g, c, from, &read)
		default:
			row, err = s.compareNumbers(g, c, from, &read)
		}
		if err != nil {
			return err
		}
		if row >= 0 {
			return g.file.corrupt("row %d reads back with another %s", from+row, c.id.name())
		}
	}
	if !s.stored {
		if err := s.compareLines(g, from); err != nil {
			return err
		}
	}
	for id, chunk := range index.groups[g.number].chunks {
		if chunk != nil && !written[id] && (s.stored || !partOfLine[id]) {
			return g.file.corrupt("column %s was not written", column(id).name())
		}
	}
	return nil
}

// columnMemory is memory for a column that is read, used again for the next.
type columnMemory struct {
	codes, same []uint32
	bits        []uint64
}

// partOfLine are the columns that hold nothing but lines, which are compared as
// they read back.
var partOfLine = [columnCount]bool{
	event.Message: true, event.LogMessage: true, columnStart: true, columnLength: true, columnTemplate: true, columnRest: true,
}

// compareLines compares message and log_message.
func (s *source) compareLines(g *group, from int) error {
	bad := -1
	compare := func(row int, text string, want []string) bool {
		if want == nil && text != "" || want != nil && text != want[from+row] {
			bad = row
		}
		return bad < 0
	}
	var err error
	if g.templated(false) {
		err = g.builtLines(true, nil, func(row int, line, log string) bool {
			return compare(row, line, s.lines) && compare(row, log, s.logs)
		})
	} else {
		err = g.Texts(event.Message, nil, func(row int, text string) bool { return compare(row, text, s.lines) })
		if err == nil && bad < 0 {
			err = g.Texts(event.LogMessage, nil, func(row int, text string) bool { return compare(row, text, s.logs) })
		}
	}
	if err == nil && bad >= 0 {
		err = g.file.corrupt("row %d reads back with another line", from+bad)
	}
	return err
}

// compareTexts returns the first row that differs, or -1.
func compareTexts(g *group, c *sourceColumn, from int) (int, error) {
	bad := -1
	err := g.pageTexts(c.id, nil, func(row int, text string) bool {
		if text != c.texts[from+row] {
			bad = row
		}
		return bad < 0
	})
	return bad, err
}

// compareStrings returns the first row that differs, or -1. Two entries are
// compared once, however many rows have them.
func (s *source) compareStrings(g *group, c *sourceColumn, from int, read *columnMemory) (int, error) {
	got, err := g.strings(c.id, read.codes)
	if err != nil {
		return -1, err
	}
	read.codes, read.same = got.Codes, resized(read.same, len(got.Dict))
	same := read.same // the equal entry's code and one
	clear(same)
	for i, code := range got.Codes {
		at := from + i
		if !c.chosen {
			at = int(s.rows[at])
		}
		want := c.strings.Codes[at]
		if same[code] == want+1 {
			continue
		}
		if got.Dict[code] != c.strings.Dict[want] {
			return i, nil
		}
		same[code] = want + 1
	}
	return -1, nil
}

// compareNumbers returns the first row that differs, or -1.
func (s *source) compareNumbers(g *group, c *sourceColumn, from int, read *columnMemory) (int, error) {
	got, err := g.numbers(c.id, read.bits)
	if err != nil {
		return -1, err
	}
	read.bits = got.Bits
	for i, bits := range got.Bits {
		at := from + i
		if !c.chosen {
			at = int(s.rows[from+i])
		}
		has := c.required || c.numbers.Has(at)
		if got.Has(i) != has || has && bits != c.numbers.Bits[at] {
			return i, nil
		}
	}
	return -1, nil
}
