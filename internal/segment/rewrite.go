package segment

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"rastro/internal/disk"
	"rastro/internal/event"
)

// errOtherForm: a file cannot be written anew row group by row group, because
// its form is not that in which this program writes.
var errOtherForm = errors.New("the file has another form")

// keepSources is the most row groups whose rows stay in memory until they were
// read back; the rows of more are read again.
const keepSources = 2

// Rewrite writes a file anew without some of its rows, and reads it back. kept
// has for each row group the rows that stay, ascending: nil stands for all,
// none for an empty list, and at least one row stays. Row groups that stay
// whole are copied byte for byte; of the others every column, filter and index
// is made of the rows that stay, and nothing else of them remains. The old file
// is compared with its checksum first: ErrCorrupt tells that it is damaged.
// The new one appears as by Write; after an error of reading back it is removed.
func Rewrite(fs disk.FS, path string, old *File, kept [][]uint32, opts Options) (Meta, error) {
	if len(kept) != len(old.meta.Groups) {
		return Meta{}, fmt.Errorf("rewriting %s: rows of %d row groups instead of %d", old.path, len(kept), len(old.meta.Groups))
	}
	if err := Check(old.fs, old.path, old.meta); err != nil {
		return Meta{}, err
	}
	r := &rewriting{old: old, kept: kept}
	r.opts, r.meta.Path = opts, path
	err := r.begin()
	if err == nil {
		err = r.publish(fs, path, r.run)
	}
	if errors.Is(err, errOtherForm) {
		return rewriteAll(fs, path, old, kept, opts)
	}
	if err != nil {
		return Meta{}, err
	}
	if err := r.readBack(fs); err != nil {
		return Meta{}, errors.Join(fmt.Errorf("reading a rewritten segment back: %w", err), fs.Remove(path))
	}
	return r.meta, nil
}

// rewriteAll writes all rows that stay as a new file.
func rewriteAll(fs disk.FS, path string, old *File, kept [][]uint32, opts Options) (Meta, error) {
	rows, start := []uint32{}, uint32(0)
	for i, g := range old.meta.Groups {
		if kept[i] == nil {
			for row := range uint32(g.Rows) {
				rows = append(rows, start+row)
			}
		}
		for _, row := range kept[i] {
			rows = append(rows, start+row)
		}
		start += uint32(g.Rows)
	}
	all := Join(old.Blocks())
	meta, err := Write(fs, path, all, rows, opts)
	if err != nil {
		return Meta{}, err
	}
	if err := Verify(fs, path, meta, all, rows); err != nil {
		return Meta{}, errors.Join(fmt.Errorf("reading a rewritten segment back: %w", err), fs.Remove(path))
	}
	return meta, nil
}

// rewriting is the work of one Rewrite. It knows row groups as ranges of bytes
// and the columns as the footer lists them.
type rewriting struct {
	writer
	old    *File
	kept   [][]uint32
	footed format.FileMetaData // of the old file
	index  []byte              // its page indexes
	start  int64               // where they begin
	words  *wordPlaces
	schema []sourceColumn // id, required and unit only
	blocks []Block
	wrote  []writtenGroup
}

// writtenGroup is a row group of the new file that was made of rows.
type writtenGroup struct {
	number, from int // in the new file, in the old one
	src          *source
}

// begin reads the footer, and looks whether the file has the form that this
// program writes.
func (r *rewriting) begin() (err error) {
	index, err := r.old.begin()
	if err != nil {
		return err
	}
	defer r.old.Release()
	defer recovered(&err)
	var footer []byte
	if r.index, footer, r.start, err = r.old.readTail(index.meta.Bytes); err != nil {
		return err
	}
	if err := thrift.Unmarshal(&thrift.CompactProtocol{}, footer, &r.footed); err != nil {
		return r.old.corrupt("footer: %v", err)
	}
	same := slices.ContainsFunc(r.footed.KeyValueMetadata, func(kv format.KeyValue) bool {
		return kv.Key == versionKey && kv.Value == formatVersion
	})
	for i := min(1, len(r.footed.Schema)); i < len(r.footed.Schema); i++ {
		e := &r.footed.Schema[i]
		id, known := columnNames[e.Name]
		same = same && known
		r.schema = append(r.schema, sourceColumn{id: id, required: e.RepetitionType.V == format.Required, unit: unitOf(e)})
	}
	r.words = index.words
	if r.opts.Words != nil && (r.words == nil || r.words.rows != stretchRows || !sameColumns(r.words.columns)) || r.opts.Words == nil && r.words != nil {
		same = false // the new footer speaks for all row groups
	}
	if !same {
		return errOtherForm
	}
	r.blocks = r.old.Blocks()
	return nil
}

// sameColumns tells whether an index of words knows the columns that this
// program would put into it.
func sameColumns(known map[column]bool) bool {
	return maps.EqualFunc(known, worded, func(bool, uint64) bool { return true })
}

// run writes the whole file.
func (r *rewriting) run() error {
	r.out.write([]byte(magic))
	touched := 0
	for i := range r.kept {
		if len(r.kept[i]) > 0 {
			touched++
		}
	}
	for i, rows := range r.kept {
		var err error
		switch {
		case rows == nil:
			err = r.copyGroup(i)
		case len(rows) > 0:
			err = r.makeGroup(i, rows, touched <= keepSources)
		}
		if err == nil {
			err = r.out.err
		}
		if err != nil {
			return err
		}
	}
	if len(r.groups) == 0 {
		return errNoRows
	}
	r.columns = r.schema
	return r.finish()
}

// note counts a row group and the numbers of its events.
func (r *rewriting) note(rids []uint64, rows int) {
	if r.meta.Rows == 0 {
		r.meta.FirstRID = rids[0]
	}
	r.meta.LastRID = rids[len(rids)-1]
	r.meta.Rows += rows
}

// makeGroup writes the rows of a row group that stay.
func (r *rewriting) makeGroup(number int, rows []uint32, keep bool) error {
	src, lines, err := r.gather(number)
	if err != nil {
		return err
	}
	r.src, r.lines = src, lines
	if err := r.chooseColumns(number); err != nil {
		return err
	}
	if err := r.writeGroup(0, len(rows)); err != nil {
		return err
	}
	r.note(src.rids, len(rows))
	w := writtenGroup{number: len(r.groups) - 1, from: number}
	if keep {
		w.src = src
	}
	r.wrote = append(r.wrote, w)
	return nil
}

// gather reads the rows of a row group that stay. Templates and leftovers are
// taken over as they are; lines are nil where the row group has none.
func (r *rewriting) gather(number int) (*source, *lineColumns, error) {
	if g := r.blocks[number].(*group); g.templated(false) {
		return g.gatherStored(r.kept[number])
	}
	src, err := gather(r.blocks[number], r.kept[number])
	return src, nil, err
}

// chooseColumns gives the rows of a row group that stay the columns of the old
// file.
func (r *rewriting) chooseColumns(number int) error {
	columns, all := r.src.columns, r.blocks[number].Rows()
	if !r.src.stored && hasColumn(r.schema, columnTemplate) {
		share := rowsPerTemplate
		if !hasColumn(r.schema, column(event.Message)) {
			share = 0 // there is no other place for the lines
		}
		if r.lines = encodeLines(r.src, [][2]int{{0, len(r.src.rows)}}, share); r.lines != nil {
			columns = r.lines.columns(r.src, true)
		}
	}
	have := make(map[column]sourceColumn, len(columns))
	for _, c := range columns {
		have[c.id] = c
	}
	r.columns = make([]sourceColumn, 0, len(r.schema))
	for _, want := range r.schema {
		c, ok := have[want.id]
		if delete(have, want.id); !ok {
			c = emptyColumn(want.id, all, len(r.src.rows))
		}
		if want.required && !c.required {
			return errOtherForm
		}
		c.required, c.unit = want.required, want.unit
		r.columns = append(r.columns, c)
	}
	if len(have) > 0 {
		return errOtherForm // the rest would be written in other columns
	}
	return nil
}

// emptyColumn is a column in which no row has a value. Of texts that is a value
// like any other.
func emptyColumn(id column, all, rows int) sourceColumn {
	switch {
	case id.physical() != format.ByteArray:
		return sourceColumn{id: id, numbers: newNumbers(rows), chosen: true}
	case id == columnTemplate:
		return sourceColumn{id: id, required: true, strings: Strings{Dict: []string{""}, Codes: make([]uint32, rows)}, chosen: true}
	case id == columnExtra || id == columnRest || layouts[id] == layoutLine:
		return sourceColumn{id: id, required: true, texts: make([]string, rows)}
	}
	return sourceColumn{id: id, required: true, strings: Strings{Dict: []string{""}, Codes: make([]uint32, all)}}
}

// copyGroup copies the bytes of a row group and moves what points at them.
func (r *rewriting) copyGroup(number int) error {
	g := r.footed.RowGroups[number]
	from, end := g.FileOffset, r.start
	if number+1 < len(r.footed.RowGroups) {
		end = r.footed.RowGroups[number+1].FileOffset
	}
	if from < int64(len(magic)) || end <= from || end > r.start {
		return errOtherForm
	}
	by := r.out.offset - from
	g.FileOffset += by
	g.Ordinal = int16(len(r.groups))
	g.Columns = slices.Clone(g.Columns)
	for i := range g.Columns {
		if err := r.moveChunk(&g.Columns[i], from, end, by); err != nil {
			return err
		}
	}
	if r.opts.Words != nil {
		at := r.words.groups[number]
		if at.size > 0 && (at.offset < from || at.offset+int64(at.size) > end) {
			return errOtherForm
		}
		at.offset += by
		r.writer.words.groups = append(r.writer.words.groups, at)
	}
	rids, err := r.blocks[number].RIDs()
	if err != nil {
		return err
	}
	r.note(rids, len(rids))
	r.meta.Groups = append(r.meta.Groups, r.old.meta.Groups[number])
	r.groups = append(r.groups, g)
	return r.copyBytes(from, end)
}

// copyBytes copies a part of the old file.
func (r *rewriting) copyBytes(from, end int64) error {
	if !r.old.Acquire() {
		return errors.New("the segment was closed")
	}
	defer r.old.Release()
	for from < end && r.out.err == nil {
		part, err := r.old.readAt(from, min(end-from, 1<<20), r.scratch.packed)
		if err != nil {
			return err
		}
		r.scratch.packed = part
		r.out.write(part)
		from += int64(len(part))
	}
	return r.out.err
}

// moveChunk moves what a column chunk of the row group at from to end points at.
func (r *rewriting) moveChunk(c *format.ColumnChunk, from, end, by int64) error {
	at := c.OffsetIndexOffset - r.start
	if at < 0 || at+int64(c.OffsetIndexLength) > int64(len(r.index)) {
		return errOtherForm
	}
	var pages format.OffsetIndex
	if err := thrift.Unmarshal(&thrift.CompactProtocol{}, r.index[at:at+int64(c.OffsetIndexLength)], &pages); err != nil {
		return r.old.corrupt("page index: %v", err)
	}
	inside := true
	move := func(offset *int64) {
		if *offset != 0 {
			inside = inside && *offset >= from && *offset < end
			*offset += by
		}
	}
	for i := range pages.PageLocations {
		move(&pages.PageLocations[i].Offset)
	}
	m := &c.MetaData
	for _, offset := range []*int64{&m.DataPageOffset, &m.DictionaryPageOffset, &m.BloomFilterOffset, &m.IndexPageOffset, &c.FileOffset} {
		move(offset)
	}
	if !inside || c.ColumnIndexOffset != 0 {
		return errOtherForm
	}
	r.indexes = append(r.indexes, pages)
	return nil
}

// readBack compares the new file with what was written, and each row group that
// was made of rows with those rows.
func (r *rewriting) readBack(fs disk.FS) error {
	if err := Check(fs, r.meta.Path, r.meta); err != nil {
		return err
	}
	f, err := Open(fs, r.meta.Path, r.meta, Options{})
	if err != nil {
		return err
	}
	defer f.Close()
	blocks := f.Blocks()
	for _, w := range r.wrote {
		src := w.src
		if src == nil {
			if src, _, err = r.gather(w.from); err != nil {
				return err
			}
		}
		if err := src.compare(blocks[w.number], 0); err != nil {
			return fmt.Errorf("row group %d: %w", w.number, err)
		}
	}
	index, err := f.begin() // its bounds against what the manifest will say
	if err != nil {
		return err
	}
	defer f.Release()
	if got, want := index.meta, r.meta; got.Rows != want.Rows || got.FirstRID != want.FirstRID || got.LastRID != want.LastRID {
		return f.corrupt("%d events from %d to %d instead of %d from %d to %d", got.Rows, got.FirstRID, got.LastRID, want.Rows, want.FirstRID, want.LastRID)
	}
	return nil
}
