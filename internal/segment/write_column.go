package segment

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math/bits"

	"github.com/parquet-go/parquet-go/encoding/delta"
	"github.com/parquet-go/parquet-go/encoding/rle"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// chunkWriter collects what the footer says about the column chunk that is
// being written.
type chunkWriter struct {
	start          int64
	dictionary     int64 // offset of the dictionary page, 0 if none
	data           int64 // offset of the first data page
	unpacked       int64
	encoding       format.Encoding
	index          format.OffsetIndex
	firstRow, rows int
	empty          bool // no row has a value
	absent         int  // rows without a value, for optional columns
	bounds         *[2]int64
}

// writeColumn writes rows from to end of one column: a dictionary page where
// the column has one, then data pages. It returns the values for a Bloom
// filter where the column has one.
func (w *writer) writeColumn(c sourceColumn, from, end int) (format.ColumnChunk, []uint64, error) {
	w.chunk = chunkWriter{start: w.out.offset, rows: end - from}
	var hashes []uint64
	var err error
	switch {
	case c.texts != nil:
		err = w.writeLines(c.texts[from:end])
	case c.strings.Dict != nil:
		err = w.writeStrings(c.strings, w.src.rows[from:end])
		if err == nil && filtered[c.id] && !w.export {
			hashes = w.bloomHashes(c.id)
		}
	default:
		err = w.writeNumbers(c, from, end)
	}
	if err != nil {
		return format.ColumnChunk{}, nil, err
	}
	w.indexes = append(w.indexes, w.chunk.index)
	return w.columnChunk(c), hashes, nil
}

// columnChunk describes the chunk just written.
func (w *writer) columnChunk(c sourceColumn) format.ColumnChunk {
	k := &w.chunk
	m := format.ColumnMetaData{
		Type: c.id.physical(), PathInSchema: []string{c.id.name()}, Codec: format.Zstd,
		Encoding: []format.Encoding{k.encoding}, NumValues: int64(k.rows),
		TotalUncompressedSize: k.unpacked, TotalCompressedSize: w.out.offset - k.start,
		DataPageOffset: k.data, DictionaryPageOffset: k.dictionary,
		Statistics: format.Statistics{NullCount: int64(k.absent)},
	}
	if k.dictionary != 0 {
		m.Encoding = append(m.Encoding, format.Plain)
	}
	if !c.required {
		m.Encoding = append(m.Encoding, format.RLE)
	}
	if k.empty {
		m.KeyValueMetadata = []format.KeyValue{{Key: emptyKey, Value: "true"}}
	}
	if k.bounds != nil {
		m.Statistics.MinValue = binary.LittleEndian.AppendUint64(nil, uint64(k.bounds[0]))
		m.Statistics.MaxValue = binary.LittleEndian.AppendUint64(nil, uint64(k.bounds[1]))
	}
	return format.ColumnChunk{MetaData: m}
}

// writePage packs a page and writes it with its header and checksum.
func (w *writer) writePage(header format.PageHeader, body []byte) error {
	if len(body) > maxPageBytes {
		return fmt.Errorf("a page of %d bytes is too large", len(body))
	}
	w.scratch.packed = packer().EncodeAll(body, w.scratch.packed[:0])
	packed := w.scratch.packed
	header.UncompressedPageSize = int32(len(body))
	header.CompressedPageSize = int32(len(packed))
	header.CRC = int32(crc32.ChecksumIEEE(packed))
	head, err := thrift.Marshal(&thrift.CompactProtocol{}, &header)
	if err != nil {
		return fmt.Errorf("encoding a page header: %w", err)
	}
	w.chunk.unpacked += int64(len(head) + len(body))
	w.out.write(head)
	w.out.write(packed)
	return nil
}

// writeDictionary writes the dictionary page.
func (w *writer) writeDictionary(entries int, body []byte) error {
	w.chunk.dictionary = w.out.offset
	return w.writePage(format.PageHeader{
		Type: format.DictionaryPage,
		DictionaryPageHeader: thrift.New(format.DictionaryPageHeader{
			NumValues: int32(entries), Encoding: format.Plain,
		}),
	}, body)
}

// writeData writes a data page of the next rows.
func (w *writer) writeData(rows int, body []byte) error {
	k, offset := &w.chunk, w.out.offset
	if k.data == 0 {
		k.data = offset
	}
	err := w.writePage(format.PageHeader{
		Type: format.DataPage,
		DataPageHeader: thrift.New(format.DataPageHeader{
			NumValues: int32(rows), Encoding: k.encoding,
			DefinitionLevelEncoding: format.RLE, RepetitionLevelEncoding: format.RLE,
		}),
	}, body)
	k.index.PageLocations = append(k.index.PageLocations, format.PageLocation{
		Offset: offset, CompressedPageSize: int32(w.out.offset - offset), FirstRowIndex: int64(k.firstRow),
	})
	k.firstRow += rows
	return err
}

// writeLines writes texts without a dictionary, each with its length before it.
func (w *writer) writeLines(texts []string) error {
	w.chunk.encoding, w.chunk.empty = format.Plain, true
	body, rows := w.scratch.body[:0], 0
	for i, text := range texts {
		body = appendText(body, text)
		rows++
		w.chunk.empty = w.chunk.empty && text == ""
		if rows == pageRows || len(body) >= linePageBytes || i == len(texts)-1 {
			if err := w.writeData(rows, body); err != nil {
				return err
			}
			body, rows = body[:0], 0
		}
	}
	w.scratch.body = body
	return nil
}

func appendText(body []byte, text string) []byte {
	body = binary.LittleEndian.AppendUint32(body, uint32(len(text)))
	return append(body, text...)
}

// writeStrings writes a dictionary of the entries these rows use, in the order
// they come, and the codes.
func (w *writer) writeStrings(c Strings, rows []uint32) error {
	w.chunk.encoding = format.RLEDictionary
	s := &w.scratch
	s.codes, s.remap = resized(s.codes, len(rows)), resized(s.remap, len(c.Dict))
	clear(s.remap) // 0: not used yet, else the new code and one
	clear(s.entries)
	s.entries = s.entries[:0]
	body := s.body[:0]
	for i, row := range rows {
		code := c.Codes[row]
		if s.remap[code] == 0 {
			s.entries = append(s.entries, c.Dict[code])
			body = appendText(body, c.Dict[code])
			s.remap[code] = int32(len(s.entries))
		}
		s.codes[i] = s.remap[code] - 1
	}
	w.chunk.empty = len(s.entries) == 1 && s.entries[0] == ""
	s.body = body
	if err := w.writeDictionary(len(s.entries), body); err != nil {
		return err
	}
	for at := 0; at < len(rows); at += pageRows {
		codes := s.codes[at:min(at+pageRows, len(rows))]
		var err error
		if s.body, err = appendCodes(s.body[:0], codes, &s.part); err != nil {
			return err
		}
		if err := w.writeData(len(codes), s.body); err != nil {
			return err
		}
	}
	return nil
}

// appendCodes appends codes in as many bits as the largest one needs. part is
// scratch memory.
func appendCodes(body []byte, codes []int32, part *[]byte) ([]byte, error) {
	largest := int32(1) // no reader must cope with codes of no bits
	for _, code := range codes {
		largest = max(largest, code)
	}
	width := bits.Len32(uint32(largest))
	var err error
	if *part, err = (&rle.Encoding{BitWidth: width}).EncodeInt32((*part)[:0], codes); err != nil {
		return nil, fmt.Errorf("encoding codes: %w", err)
	}
	body = append(body, byte(width))
	return append(body, *part...), nil
}

// resized returns a slice of n elements, s itself if it is large enough.
func resized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+n/4)
	}
	return s[:n]
}

// writeNumbers writes a column of numbers: with a dictionary where values
// repeat, else as differences (whole numbers) or as they are.
func (w *writer) writeNumbers(c sourceColumn, from, end int) error {
	w.chooseNumbers(c, from, end)
	s, k := &w.scratch, &w.chunk
	k.absent = (end - from) - len(s.values)
	k.empty = len(s.values) == 0
	k.encoding = format.Plain
	if c.id.physical() == format.Int64 {
		k.encoding = format.DeltaBinaryPacked
		k.bounds = boundsOf(s.values)
	}
	if c.id.dictionaryNumbers() && w.codeNumbers() {
		k.encoding = format.RLEDictionary
		if err := w.writeDictionary(len(s.body)/8, s.body); err != nil {
			return err
		}
	}
	next := 0 // first value of the page
	for at := 0; at < end-from; at += pageRows {
		levels := s.levels[at:min(at+pageRows, end-from)]
		count := len(levels)
		body := s.body[:0]
		if !c.required {
			count = 0
			for _, l := range levels {
				count += int(l)
			}
			var err error
			if body, err = appendLevels(body, levels, &s.part); err != nil {
				return err
			}
		}
		body, err := w.appendNumbers(body, c.id.physical(), next, next+count)
		if err != nil {
			return err
		}
		s.body = body
		next += count
		if err := w.writeData(len(levels), body); err != nil {
			return err
		}
	}
	return nil
}

// dictionaryNumbers tells whether a column's numbers are worth a dictionary:
// not where every value is another one.
func (c column) dictionaryNumbers() bool {
	switch c.physical() {
	case format.Double:
		return true
	case format.Int64:
		return !ascending[c]
	}
	return false
}

// chooseNumbers copies the values of the rows that have one, and the levels.
func (w *writer) chooseNumbers(c sourceColumn, from, end int) {
	s := &w.scratch
	s.values, s.levels = s.values[:0], resized(s.levels, end-from)
	for i := from; i < end; i++ {
		at := i
		if !c.chosen {
			at = int(w.src.rows[i])
		}
		s.levels[i-from] = 0
		if c.required || c.numbers.Has(at) {
			s.levels[i-from] = 1
			s.values = append(s.values, int64(c.numbers.Bits[at]))
		}
	}
}

// codeNumbers replaces values by codes into a dictionary, left in body, unless
// too few of them repeat.
func (w *writer) codeNumbers() bool {
	s := &w.scratch
	known := make(map[int64]int32)
	s.codes, s.body = resized(s.codes, len(s.values)), s.body[:0]
	for i, v := range s.values {
		if i > 0 && v == s.values[i-1] {
			s.codes[i] = s.codes[i-1]
			continue
		}
		code, ok := known[v]
		if !ok {
			if len(known) > 256+len(s.values)/4 {
				return false
			}
			code = int32(len(known))
			known[v] = code
			s.body = binary.LittleEndian.AppendUint64(s.body, uint64(v))
		}
		s.codes[i] = code
	}
	return true
}

// appendNumbers appends values from to end in the chunk's encoding.
func (w *writer) appendNumbers(body []byte, physical format.Type, from, end int) ([]byte, error) {
	s := &w.scratch
	values := s.values[from:end]
	switch {
	case w.chunk.encoding == format.RLEDictionary:
		return appendCodes(body, s.codes[from:end], &s.part)
	case w.chunk.encoding == format.DeltaBinaryPacked:
		var err error
		if s.part, err = new(delta.BinaryPackedEncoding).EncodeInt64(s.part[:0], values); err != nil {
			return nil, fmt.Errorf("encoding differences: %w", err)
		}
		return append(body, s.part...), nil
	case physical == format.Boolean:
		start := len(body)
		body = append(body, make([]byte, (len(values)+7)/8)...)
		for i, v := range values {
			body[start+i/8] |= byte(v&1) << (i % 8)
		}
		return body, nil
	default:
		for _, v := range values {
			body = binary.LittleEndian.AppendUint64(body, uint64(v))
		}
		return body, nil
	}
}

// appendLevels appends which rows have a value.
func appendLevels(body []byte, levels []uint8, part *[]byte) ([]byte, error) {
	var err error
	if *part, err = (&rle.Encoding{BitWidth: 1}).EncodeLevels((*part)[:0], levels); err != nil {
		return nil, fmt.Errorf("encoding levels: %w", err)
	}
	body = binary.LittleEndian.AppendUint32(body, uint32(len(*part)))
	return append(body, *part...), nil
}

// boundsOf is the smallest and the largest value, nil for none.
func boundsOf(values []int64) *[2]int64 {
	if len(values) == 0 {
		return nil
	}
	b := [2]int64{values[0], values[0]}
	for _, v := range values {
		b[0], b[1] = min(b[0], v), max(b[1], v)
	}
	return &b
}
