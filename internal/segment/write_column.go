package segment

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math/bits"
	"strings"

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
	log            bool // some templates hold a log_message
	lists          bool // some rows have several values
}

// writeColumn writes rows from to end of one column: a dictionary page where
// the column has one, then data pages. It returns the values for a Bloom
// filter where the column has one.
func (w *writer) writeColumn(c *sourceColumn, from, end int) (format.ColumnChunk, []uint64, error) {
	w.chunk = chunkWriter{start: w.out.offset, rows: end - from}
	var hashes []uint64
	var err error
	switch {
	case c.texts != nil:
		limit := linePageBytes
		if c.id == columnRest {
			limit = restPageBytes
		}
		err = w.writeLines(c.texts[from:end], limit)
	case c.strings.Dict != nil:
		rows := w.src.rows[from:end]
		if c.chosen {
			rows = w.scratch.consecutive(from, end)
		}
		err = w.writeStrings(c.strings, rows)
		if c.id == columnTemplate && w.lines != nil {
			for _, row := range rows {
				w.chunk.log = w.chunk.log || w.lines.hasLog[c.strings.Codes[row]]
			}
		}
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
func (w *writer) columnChunk(c *sourceColumn) format.ColumnChunk {
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
	m.KeyValueMetadata = k.marks()
	if k.bounds != nil {
		m.Statistics.MinValue = binary.LittleEndian.AppendUint64(nil, uint64(k.bounds[0]))
		m.Statistics.MaxValue = binary.LittleEndian.AppendUint64(nil, uint64(k.bounds[1]))
	}
	return format.ColumnChunk{MetaData: m}
}

// marks is what a reader should know of the values of a chunk.
func (k *chunkWriter) marks() []format.KeyValue {
	key := ""
	switch {
	case k.empty:
		key = emptyKey
	case k.log:
		key = logKey
	case k.lists:
		key = listKey
	default:
		return nil
	}
	return []format.KeyValue{{Key: key, Value: "true"}}
}

// writePage packs a page and writes it with its header and checksum.
func (w *writer) writePage(header format.PageHeader, body []byte) error {
	if len(body) > maxPageBytes {
		return fmt.Errorf("a page of %d bytes is too large", len(body))
	}
	pack := packer()
	if w.opts.Dense {
		pack = densePacker()
	}
	w.scratch.packed = pack.EncodeAll(body, w.scratch.packed[:0])
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
func (w *writer) writeLines(texts []string, pageBytes int) error {
	w.chunk.encoding, w.chunk.empty = format.Plain, true
	body, rows := w.scratch.body[:0], 0
	for i, text := range texts {
		body = appendText(body, text)
		rows++
		w.chunk.empty = w.chunk.empty && text == ""
		if rows == pageRows || len(body) >= pageBytes || i == len(texts)-1 {
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
			w.chunk.lists = w.chunk.lists || strings.IndexByte(c.Dict[code], Sep[0]) >= 0
		}
		s.codes[i] = s.remap[code] - 1
	}
	w.chunk.empty = len(s.entries) == 1 && s.entries[0] == ""
	s.body = body
	if err := w.writeDictionary(len(s.entries), body); err != nil {
		return err
	}
	return w.writeCodes(len(rows))
}

// writeCodes writes the pages of the codes of a chunk.
func (w *writer) writeCodes(rows int) error {
	s := &w.scratch
	for at := 0; at < rows; at += pageRows {
		codes := s.codes[at:min(at+pageRows, rows)]
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

// consecutive is the numbers from up to end.
func (s *scratch) consecutive(from, end int) []uint32 {
	s.rows = resized(s.rows, end-from)
	for i := range s.rows {
		s.rows[i] = uint32(from + i)
	}
	return s.rows
}

// resized returns a slice of n elements, s itself if it is large enough.
func resized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+n/4)
	}
	return s[:n]
}
