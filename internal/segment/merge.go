package segment

import (
	"errors"
	"fmt"

	"github.com/parquet-go/parquet-go/format"

	"rastro/internal/disk"
	"rastro/internal/event"
)

// ErrForeign: a file has columns that this program does not know, because a
// newer one wrote it; merged, they would be lost.
var ErrForeign = errors.New("the segment has columns of a newer program")

// Input is a file that Merge reads.
type Input struct {
	Path string
	Meta Meta
}

// Merge writes the events of several files, one after the other, as one new
// file, and reads it back: every value of every event is compared with the
// inputs again. The RIDs of each input must lie behind those of the one before
// it; they stay as they are. Row groups are filled up, so that small ones
// become large ones.
//
// Memory is bounded by two row groups, whatever the inputs are: up to 32,768
// rows and twice 32 MiB of text, for ordinary mail logs about 40 MB in all. At most
// as many files are open as fill one row group. pause is called before each
// row group is written or compared, and its error ends the work; it may wait.
//
// The file appears as by Write; after an error of reading back it is removed.
// Errors wrap ErrCorrupt where an input, or the new file, is damaged: the
// error of an input is a *BadInput.
func Merge(fs disk.FS, path string, inputs []Input, opts Options, pause func() error) (Meta, error) {
	opts.Cache = nil // what is read once would only push out what questions need
	m := &merging{fs: fs, inputs: inputs, pause: pause}
	m.opts, m.meta.Path = opts, path
	if err := m.plan(); err != nil {
		return Meta{}, err
	}
	if err := m.publish(fs, path, m.run); err != nil {
		return Meta{}, err
	}
	if err := m.readBack(); err != nil {
		return Meta{}, errors.Join(fmt.Errorf("reading a merged segment back: %w", err), fs.Remove(path))
	}
	return m.meta, nil
}

// BadInput is an error of reading an input of Merge.
type BadInput struct {
	// Number is the input's place in the list.
	Number int
	Err    error
}

func (b *BadInput) Error() string { return b.Err.Error() }

func (b *BadInput) Unwrap() error { return b.Err }

// merging is the work of one Merge.
type merging struct {
	writer
	fs     disk.FS
	inputs []Input
	pause  func() error
	schema []sourceColumn // id, required and unit only, in the order of the file
}

// mergedLines are the columns of lines of a merged file: any row group may be written with templates or
// without, as it pays there. They stand behind all others.
var mergedLines = []column{column(event.Message), columnStart, columnLength, column(event.LogMessage), columnTemplate, columnRest}

// mergedColumns is what the inputs tell of the columns of the new file.
type mergedColumns struct {
	have, optional [columnCount]bool
	unit           [columnCount]int64
}

// plan chooses the columns of the new file: all that any input has. One is
// required where every row of every input has a value, and times have the
// smallest unit of all inputs.
func (m *merging) plan() error {
	var p mergedColumns
	for i := range m.inputs {
		if err := m.planInput(i, &p); err != nil {
			return &BadInput{Number: i, Err: err}
		}
	}
	order := []column{columnRID, column(event.Timestamp), column(event.ReceivedAt)}
	placed := [columnCount]bool{columnRID: true, event.Timestamp: true, event.ReceivedAt: true}
	lines := false
	for _, id := range mergedLines {
		placed[id] = true
		lines = lines || p.have[id]
	}
	for id := range columnCount {
		if !placed[id] {
			order = append(order, id)
		}
	}
	for _, id := range mergedLines {
		p.have[id] = lines
		p.optional[id] = id == columnStart || id == columnLength
	}
	for _, id := range append(order, mergedLines...) {
		if p.have[id] {
			m.schema = append(m.schema, sourceColumn{id: id, required: !p.optional[id], unit: p.unit[id]})
		}
	}
	return nil
}

// planInput notes which columns an input has, which of them not every row, and
// the units of times.
func (m *merging) planInput(number int, p *mergedColumns) error {
	f, err := m.open(number)
	if err != nil {
		return err
	}
	defer f.Close()
	index, err := f.begin()
	if err != nil {
		return err
	}
	defer f.Release()
	for _, name := range index.meta.Columns {
		id, known := columnNames[name]
		if !known {
			return fmt.Errorf("%w: %s", ErrForeign, name)
		}
		p.have[id] = true
	}
	for id := range columnCount {
		for g := range index.groups {
			c := index.groups[g].chunks[id]
			if c == nil {
				p.optional[id] = p.optional[id] || id.physical() != format.ByteArray
				continue
			}
			p.optional[id] = p.optional[id] || c.optional
			if p.unit[id] == 0 || c.unit < p.unit[id] {
				p.unit[id] = c.unit
			}
		}
	}
	return nil
}

func (m *merging) open(number int) (*File, error) {
	in := &m.inputs[number]
	return Open(m.fs, in.Path, in.Meta, m.opts)
}

// run writes the whole file.
func (m *merging) run() error {
	m.out.write([]byte(magic))
	w := m.walk()
	defer w.close()
	for {
		src, err := w.next()
		if err != nil {
			return err
		}
		if src == nil {
			break
		}
		if m.meta.Rows == 0 {
			m.meta.FirstRID = src.rids[0]
		} else if src.rids[0] <= m.meta.LastRID {
			return fmt.Errorf("merging %s: event %d comes after event %d", m.meta.Path, src.rids[0], m.meta.LastRID)
		}
		m.meta.LastRID = src.rids[len(src.rids)-1]
		m.meta.Rows += len(src.rows)
		if err := m.conform(src); err != nil {
			return err
		}
		if err := m.writeGroup(0, len(src.rows)); err != nil {
			return err
		}
		if m.out.flush(); m.out.err != nil {
			return m.out.err
		}
	}
	if m.meta.Rows == 0 {
		return errNoRows
	}
	m.columns = m.schema
	return m.finish()
}

// conform gives the rows of a row group the columns of the file.
func (m *merging) conform(src *source) error {
	columns := src.columns
	if m.lines = encodeLines(src, [][2]int{{0, len(src.rows)}}, rowsPerTemplate); m.lines != nil {
		columns = m.lines.columns(src, true)
	}
	have := make(map[column]sourceColumn, len(columns))
	for _, c := range columns {
		have[c.id] = c
	}
	m.src, m.columns = src, make([]sourceColumn, 0, len(m.schema))
	for _, want := range m.schema {
		c, ok := have[want.id]
		if !ok {
			c = emptyColumn(want.id, int(src.rows[len(src.rows)-1])+1, len(src.rows))
		}
		if want.required && !c.required {
			return fmt.Errorf("merging %s: not every row has a value in column %s", m.meta.Path, want.id.name())
		}
		delete(have, want.id)
		c.required, c.unit = want.required, want.unit
		m.columns = append(m.columns, c)
	}
	for id := range have {
		return fmt.Errorf("merging %s: no input tells of the column %s", m.meta.Path, id.name())
	}
	return nil
}

// readBack compares the new file with the inputs, row group by row group.
func (m *merging) readBack() error {
	if err := Check(m.fs, m.meta.Path, m.meta); err != nil {
		return err
	}
	f, err := Open(m.fs, m.meta.Path, m.meta, Options{})
	if err != nil {
		return err
	}
	defer f.Close()
	w := m.walk()
	defer w.close()
	for i, b := range f.Blocks() {
		src, err := w.next()
		if err != nil {
			return err
		}
		if src == nil || len(src.rows) != b.Rows() {
			return f.corrupt("row group %d has other rows than were written", i)
		}
		if err := src.compare(b, 0); err != nil {
			return fmt.Errorf("row group %d: %w", i, err)
		}
	}
	if src, err := w.next(); err != nil || src != nil {
		return errors.Join(err, f.corrupt("fewer rows than were written"))
	}
	index, err := f.begin() // its bounds against what the manifest will say
	if err != nil {
		return err
	}
	defer f.Release()
	if got, want := index.meta, m.meta; got.Rows != want.Rows || got.FirstRID != want.FirstRID || got.LastRID != want.LastRID {
		return f.corrupt("%d events from %d to %d instead of %d from %d to %d", got.Rows, got.FirstRID, got.LastRID, want.Rows, want.FirstRID, want.LastRID)
	}
	return nil
}
