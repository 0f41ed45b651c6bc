package segment

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/cespare/xxhash/v2"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"rastro/internal/disk"
	"rastro/internal/event"
)

// Write writes rows of a block, ascending, to a new Parquet file; nil rows
// means all of them. The file appears under its name only when all its bytes
// are on stable storage; after an error nothing stands there, and at most a
// file with the suffix .tmp is left, which the next Write replaces. The folder
// must exist.
func Write(fs disk.FS, path string, b Block, rows []uint32, opts Options) (Meta, error) {
	src, err := gather(b, rows)
	if err != nil {
		return Meta{}, fmt.Errorf("reading rows for %s: %w", path, err)
	}
	w := &writer{src: src, columns: src.columns, opts: opts, meta: Meta{Path: path, Rows: len(src.rows)}}
	if err := w.publish(fs, path, w.writeAll); err != nil {
		return Meta{}, err
	}
	return w.meta, nil
}

// publish lets all write the file under a temporary name, syncs and renames.
func (w *writer) publish(fs disk.FS, path string, all func() error) error {
	temporary := path + ".tmp"
	file, err := fs.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640)
	if err != nil {
		return fmt.Errorf("creating segment: %w", err)
	}
	w.out = output{file: file, hash: xxhash.New()}
	if err = all(); err == nil {
		err = file.Sync()
	}
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = fs.Rename(temporary, path)
	}
	if err != nil {
		_ = fs.Remove(temporary) // the next Write replaces it otherwise
		return fmt.Errorf("writing segment %s: %w", path, err)
	}
	if err := fs.SyncDir(filepath.Dir(path)); err != nil {
		_ = fs.Remove(path) // nobody knows of it yet
		return fmt.Errorf("syncing the folder of segment %s: %w", path, err)
	}
	return nil
}

// writer writes one file.
type writer struct {
	src     *source
	columns []sourceColumn // of the file
	opts    Options
	// export is set for a file that other programs read, without filters.
	export  bool
	out     output
	meta    Meta
	groups  []format.RowGroup
	indexes []format.OffsetIndex // one per column chunk, in file order
	words   wordPlaces
	chunk   chunkWriter
	scratch scratch
	// lines are those of the source as templates, nil where they are written as
	// they are.
	lines *lineColumns
}

// scratch is memory that is used again for every column.
type scratch struct {
	codes   []int32
	rows    []uint32
	remap   []int32
	entries []string
	levels  []uint8
	values  []int64
	body    []byte
	packed  []byte
	part    []byte
}

// output counts, hashes and buffers what goes to the file. The first error
// sticks.
type output struct {
	file   io.Writer
	hash   *xxhash.Digest
	buffer []byte
	offset int64 // bytes taken, the buffered ones included
	err    error
}

func (o *output) write(p []byte) {
	o.buffer = append(o.buffer, p...)
	o.offset += int64(len(p))
	if len(o.buffer) >= 1<<20 {
		o.flush()
	}
}

func (o *output) flush() {
	if o.err == nil {
		_, _ = o.hash.Write(o.buffer) // a hash never fails
		_, o.err = o.file.Write(o.buffer)
	}
	o.buffer = o.buffer[:0]
}

// writeAll writes the whole file and completes the Meta.
func (w *writer) writeAll() error {
	w.out.write([]byte(magic))
	parts := w.src.groups()
	if w.lines = encodeLines(w.src, parts, rowsPerTemplate); w.lines != nil {
		w.columns = w.lines.columns(w.src, len(w.lines.encoded) == len(parts))
	}
	w.chooseUnits()
	for _, part := range parts {
		if err := w.writeGroup(part[0], part[1]); err != nil {
			return err
		}
		if w.out.err != nil {
			return w.out.err
		}
	}
	w.meta.FirstRID, w.meta.LastRID = w.src.rids[0], w.src.rids[len(w.src.rids)-1]
	return w.finish()
}

// finish writes what follows the row groups and completes the Meta but for the
// bounds of RIDs.
func (w *writer) finish() error {
	if err := w.writeTail(); err != nil {
		return err
	}
	w.out.flush()
	w.meta.Bytes, w.meta.Sum = w.out.offset, w.out.hash.Sum64()
	w.meta.MinTime, w.meta.MaxTime = math.MaxInt64, math.MinInt64
	for _, g := range w.meta.Groups {
		w.meta.MinTime, w.meta.MaxTime = min(w.meta.MinTime, g.MinTime), max(w.meta.MaxTime, g.MaxTime)
	}
	return w.out.err
}

// writeGroup writes rows from to end as one row group.
func (w *writer) writeGroup(from, end int) error {
	group := format.RowGroup{
		NumRows: int64(end - from), FileOffset: w.out.offset, Ordinal: int16(len(w.groups)),
	}
	var blooms []bloom
	for i := range w.columns {
		c := &w.columns[i]
		chunk, filter, err := w.writeColumn(c, from, end)
		if err != nil {
			return fmt.Errorf("column %s: %w", c.id.name(), err)
		}
		if filter != nil {
			blooms = append(blooms, bloom{chunk: len(group.Columns), id: c.id, bits: filter})
		}
		group.TotalByteSize += chunk.MetaData.TotalUncompressedSize
		group.TotalCompressedSize += chunk.MetaData.TotalCompressedSize
		group.Columns = append(group.Columns, chunk)
	}
	for _, b := range blooms {
		if err := w.writeBloom(&group.Columns[b.chunk].MetaData, b.id, b.bits); err != nil {
			return err
		}
	}
	w.writeWords(from, end)
	times := GroupMeta{Rows: end - from, MinTime: math.MaxInt64, MaxTime: math.MinInt64}
	for _, t := range w.src.times[from:end] {
		times.MinTime, times.MaxTime = min(times.MinTime, t), max(times.MaxTime, t)
	}
	w.meta.Groups = append(w.meta.Groups, times)
	w.groups = append(w.groups, group)
	return nil
}

// writeTail writes the page indexes, their hash and the footer:
//
//	indexes, hash of all the rest (8 bytes), bytes of indexes (4), footer,
//	bytes of footer (4), PAR1
//
// Other readers look at the parts that the footer names and skip the hash.
func (w *writer) writeTail() error {
	var tail []byte
	at := 0
	for g := range w.groups {
		for c := range w.groups[g].Columns {
			b, err := thrift.Marshal(&thrift.CompactProtocol{}, &w.indexes[at])
			if err != nil {
				return fmt.Errorf("encoding a page index: %w", err)
			}
			w.groups[g].Columns[c].OffsetIndexOffset = w.out.offset + int64(len(tail))
			w.groups[g].Columns[c].OffsetIndexLength = int32(len(b))
			tail = append(tail, b...)
			at++
		}
	}
	footer, err := thrift.Marshal(&thrift.CompactProtocol{}, w.footer())
	if err != nil {
		return fmt.Errorf("encoding the footer: %w", err)
	}
	size := binary.LittleEndian.AppendUint32(nil, uint32(len(tail)))
	sum := tailSum(tail, size, footer)
	w.out.write(tail)
	w.out.write(binary.LittleEndian.AppendUint64(nil, sum))
	w.out.write(size)
	w.out.write(footer)
	w.out.write(binary.LittleEndian.AppendUint32(nil, uint32(len(footer))))
	w.out.write([]byte(magic))
	return nil
}

// tailSum hashes what writeTail writes.
func tailSum(indexes, size, footer []byte) uint64 {
	h := xxhash.New()
	for _, part := range [][]byte{indexes, size, footer} {
		_, _ = h.Write(part) // a hash never fails
	}
	return h.Sum64()
}

func (w *writer) footer() *format.FileMetaData {
	version := formatVersion
	if w.export {
		version = exportVersion
	}
	f := &format.FileMetaData{
		Version: 2, NumRows: int64(w.meta.Rows), RowGroups: w.groups, CreatedBy: "rastro",
		Schema: []format.SchemaElement{{
			Name: "event", NumChildren: thrift.New(int32(len(w.columns))),
		}},
		KeyValueMetadata: []format.KeyValue{
			{Key: versionKey, Value: version}, {Key: schemaKey, Value: w.schemaText()},
		},
	}
	if w.opts.Words != nil {
		w.words.columns, w.words.rows = map[column]bool{}, stretchRows
		for c := range worded {
			w.words.columns[c] = true
		}
		f.KeyValueMetadata = append(f.KeyValueMetadata, format.KeyValue{Key: wordsKey, Value: w.words.text()})
	}
	for _, c := range w.columns {
		f.Schema = append(f.Schema, c.id.schemaElement(c.required, c.unit))
		f.ColumnOrders = append(f.ColumnOrders, format.ColumnOrder{Value: &format.TypeDefinedOrder{}})
		w.meta.Columns = append(w.meta.Columns, c.id.name())
	}
	return f
}

// schemaText lists the columns with their kinds, "sender keyword, …", for a
// reader whose table of fields is another one.
func (w *writer) schemaText() string {
	var parts []string
	for _, c := range w.columns {
		if c.id < column(event.FieldCount) {
			parts = append(parts, c.id.name()+" "+event.Field(c.id).Kind().String())
		}
	}
	sort.Strings(parts)
	return strings.Join(parts, ", ")
}
