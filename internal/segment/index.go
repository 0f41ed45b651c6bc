package segment

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// fileIndex is the footer and the page indexes of a file in a compact form.
type fileIndex struct {
	meta   Meta // as far as the footer tells
	groups []groupIndex
	words  *wordPlaces // nil: the file has no index of words
}

// groupIndex is where the columns of a row group are.
type groupIndex struct {
	rows   int
	chunks [columnCount]*chunkIndex // nil: the column holds nothing
}

// chunkIndex is where one column chunk is and how it is encoded.
type chunkIndex struct {
	physical   format.Type
	encoding   format.Encoding // of the data pages
	optional   bool
	unit       int64 // of times, in nanoseconds; else 1
	log        bool  // of templates: some hold a log_message
	lists      bool  // some rows have several values; not known of files of version 1
	dictionary place // size 0: none
	bloom      place // size 0: none
	pages      []pageIndex
}

// place is a part of a file.
type place struct {
	offset int64
	size   int32
}

// pageIndex is a data page and its rows, [first, end).
type pageIndex struct {
	place
	first, end int32
}

// versions are those that this program reads.
var versions = []string{"1", formatVersion}

// tailGuess is read first: it holds all of most tails.
const tailGuess = 16 << 10

// readIndex reads the tail that writeTail wrote.
func (f *File) readIndex() (*fileIndex, error) {
	info, err := f.handle.Stat()
	if err != nil {
		return nil, fmt.Errorf("reading segment %s: %w", f.path, err)
	}
	size := info.Size()
	if f.meta.Bytes != 0 && f.meta.Bytes != size {
		return nil, f.corrupt("%d bytes instead of %d", size, f.meta.Bytes)
	}
	indexes, footer, start, err := f.readTail(size)
	if err != nil {
		return nil, err
	}
	index, err := compactIndex(footer, indexes, start)
	if err != nil {
		return nil, f.corrupt("footer: %v", err)
	}
	index.meta.Bytes = size
	if f.meta.Groups != nil && !slices.Equal(index.meta.Groups, f.meta.Groups) {
		return nil, f.corrupt("other row groups than expected")
	}
	return index, nil
}

// readTail returns the page indexes, the footer, and where the former start.
func (f *File) readTail(size int64) (indexes, footer []byte, start int64, err error) {
	const ends = 8 + 4 + 4 + 4 // hash, size of indexes, size of footer, magic
	if size < ends+int64(len(magic)) {
		return nil, nil, 0, f.corrupt("%d bytes are no segment", size)
	}
	want := min(size, tailGuess)
	for range 3 {
		tail, err := f.readAt(size-want, want, nil)
		if err != nil {
			return nil, nil, 0, err
		}
		if string(tail[want-4:]) != magic {
			return nil, nil, 0, f.corrupt("no %s at the end", magic)
		}
		footerAt := want - 8 - int64(binary.LittleEndian.Uint32(tail[want-8:]))
		if size-want+footerAt-12 < 0 {
			return nil, nil, 0, f.corrupt("footer longer than the file")
		}
		need := want - footerAt + 12
		if footerAt >= 12 {
			indexBytes := int64(binary.LittleEndian.Uint32(tail[footerAt-4:]))
			need += indexBytes
			if from := footerAt - 12 - indexBytes; from >= 0 {
				indexes, footer = tail[from:footerAt-12], tail[footerAt:want-8]
				if tailSum(indexes, tail[footerAt-4:footerAt], footer) != binary.LittleEndian.Uint64(tail[footerAt-12:]) {
					return nil, nil, 0, f.corrupt("checksum of the footer differs")
				}
				return indexes, footer, size - want + from, nil
			}
		}
		if need > size || need > maxTailBytes {
			return nil, nil, 0, f.corrupt("footer of %d bytes", need)
		}
		want = need
	}
	return nil, nil, 0, f.corrupt("footer changes while being read")
}

// compactIndex checks the footer and keeps what reading needs. start is where
// the page indexes start in the file: all pages are before it.
func compactIndex(footer, indexes []byte, start int64) (out *fileIndex, err error) {
	defer recovered(&err)
	var data format.FileMetaData
	if err := thrift.Unmarshal(&thrift.CompactProtocol{}, footer, &data); err != nil {
		return nil, err
	}
	version := slices.IndexFunc(data.KeyValueMetadata, func(kv format.KeyValue) bool { return kv.Key == versionKey })
	if version < 0 || !slices.Contains(versions, data.KeyValueMetadata[version].Value) {
		return nil, fmt.Errorf("not written as version %s", strings.Join(versions, " or "))
	}
	out = &fileIndex{meta: Meta{MinTime: math.MaxInt64, MaxTime: math.MinInt64}}
	schema := make(map[string]*format.SchemaElement, len(data.Schema))
	for i := min(1, len(data.Schema)); i < len(data.Schema); i++ {
		e := &data.Schema[i]
		schema[e.Name] = e
		out.meta.Columns = append(out.meta.Columns, e.Name)
	}
	for i := range data.RowGroups {
		g, err := compactGroup(&data.RowGroups[i], schema, indexes, start)
		if err != nil {
			return nil, fmt.Errorf("row group %d: %w", i, err)
		}
		out.groups = append(out.groups, *g)
		if err := out.note(&data.RowGroups[i], schema); err != nil {
			return nil, fmt.Errorf("row group %d: %w", i, err)
		}
	}
	if len(out.groups) == 0 || int64(out.meta.Rows) != data.NumRows {
		return nil, fmt.Errorf("%d rows in %d row groups", data.NumRows, len(out.groups))
	}
	out.words, err = findWords(data.KeyValueMetadata, len(out.groups), start)
	return out, err
}

// note adds a row group to the Meta, from its statistics.
func (x *fileIndex) note(g *format.RowGroup, schema map[string]*format.SchemaElement) error {
	bounds := func(name string) (low, high int64, err error) {
		for i := range g.Columns {
			m := &g.Columns[i].MetaData
			if len(m.PathInSchema) == 1 && m.PathInSchema[0] == name &&
				len(m.Statistics.MinValue) == 8 && len(m.Statistics.MaxValue) == 8 {
				unit := unitOf(schema[name])
				return int64(binary.LittleEndian.Uint64(m.Statistics.MinValue)) * unit,
					int64(binary.LittleEndian.Uint64(m.Statistics.MaxValue)) * unit, nil
			}
		}
		return 0, 0, fmt.Errorf("no bounds of %s", name)
	}
	firstRID, lastRID, err := bounds(columnRID.name())
	if err != nil {
		return err
	}
	first, last, err := bounds("@timestamp")
	if err != nil {
		return err
	}
	if len(x.meta.Groups) == 0 {
		x.meta.FirstRID = uint64(firstRID)
	}
	x.meta.LastRID = uint64(lastRID)
	x.meta.MinTime, x.meta.MaxTime = min(x.meta.MinTime, first), max(x.meta.MaxTime, last)
	x.meta.Rows += int(g.NumRows)
	x.meta.Groups = append(x.meta.Groups, GroupMeta{Rows: int(g.NumRows), MinTime: first, MaxTime: last})
	return nil
}

func compactGroup(g *format.RowGroup, schema map[string]*format.SchemaElement, indexes []byte, start int64) (*groupIndex, error) {
	if g.NumRows < 1 || g.NumRows > groupRows {
		return nil, fmt.Errorf("%d rows", g.NumRows)
	}
	out := &groupIndex{rows: int(g.NumRows)}
	for i := range g.Columns {
		m := &g.Columns[i].MetaData
		if len(m.PathInSchema) != 1 {
			return nil, fmt.Errorf("a nested column")
		}
		name := m.PathInSchema[0]
		id, known := columnNames[name]
		mark := ""
		if len(m.KeyValueMetadata) > 0 {
			mark = m.KeyValueMetadata[0].Key
		}
		if !known || mark == emptyKey {
			continue // written by a newer program, or nothing in it
		}
		e := schema[name]
		if e == nil || m.Type != id.physical() || len(m.Encoding) == 0 || m.Codec != format.Zstd {
			return nil, fmt.Errorf("column %s of another type", name)
		}
		c := &chunkIndex{physical: m.Type, encoding: m.Encoding[0], unit: unitOf(e)}
		c.optional = e.RepetitionType.V == format.Optional
		c.log, c.lists = mark == logKey, mark == listKey
		if err := c.locate(&g.Columns[i], g.NumRows, indexes, start); err != nil {
			return nil, fmt.Errorf("column %s: %w", name, err)
		}
		out.chunks[id] = c
	}
	return out, nil
}

// locate finds the pages and the filter of a chunk.
func (c *chunkIndex) locate(chunk *format.ColumnChunk, rows int64, indexes []byte, start int64) error {
	from := chunk.OffsetIndexOffset - start
	to := from + int64(chunk.OffsetIndexLength)
	if from < 0 || to < from || to > int64(len(indexes)) {
		return fmt.Errorf("page index outside of its part")
	}
	var pages format.OffsetIndex
	if err := thrift.Unmarshal(&thrift.CompactProtocol{}, indexes[from:to], &pages); err != nil {
		return fmt.Errorf("page index: %w", err)
	}
	m := &chunk.MetaData
	first := m.DataPageOffset
	if m.DictionaryPageOffset != 0 {
		first = m.DictionaryPageOffset
		c.dictionary = place{offset: first, size: int32(m.DataPageOffset - first)}
		if c.dictionary.size < 1 || int64(c.dictionary.size) != m.DataPageOffset-first {
			return fmt.Errorf("dictionary of %d bytes", m.DataPageOffset-first)
		}
	}
	if first < int64(len(magic)) {
		return fmt.Errorf("starts at byte %d", first)
	}
	next := m.DataPageOffset
	c.pages = make([]pageIndex, len(pages.PageLocations))
	for i, p := range pages.PageLocations {
		end := rows
		if i+1 < len(c.pages) {
			end = pages.PageLocations[i+1].FirstRowIndex
		}
		if p.Offset != next || p.CompressedPageSize < 1 || p.FirstRowIndex < 0 || p.FirstRowIndex >= end ||
			end > rows || i == 0 && p.FirstRowIndex != 0 {
			return fmt.Errorf("page %d out of order", i)
		}
		next += int64(p.CompressedPageSize)
		c.pages[i] = pageIndex{place{p.Offset, p.CompressedPageSize}, int32(p.FirstRowIndex), int32(end)}
	}
	if len(c.pages) == 0 || next > start || next != first+m.TotalCompressedSize {
		return fmt.Errorf("%d pages end at byte %d", len(c.pages), next)
	}
	if m.BloomFilterOffset != 0 {
		c.bloom = place{m.BloomFilterOffset, m.BloomFilterLength + 8}
		if c.bloom.offset < 0 || c.bloom.size < 8 || c.bloom.offset+int64(c.bloom.size) > start {
			return fmt.Errorf("filter outside of the file")
		}
	}
	return nil
}
