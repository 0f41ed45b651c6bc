package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// sought is where bytes were found.
type sought struct {
	needle   []byte
	files    []string
	searched int64
	unpack   *zstd.Decoder
	buffer   []byte
}

// findBytes searches all files below a folder, and the unpacked pages of those
// that are Parquet. It reads pages as the format says, without the rooms that
// write them.
func findBytes(dir string, needle []byte) (*sought, error) {
	unpack, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	defer unpack.Close()
	s := &sought{needle: needle, unpack: unpack}
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		found := s.has(text)
		if strings.HasSuffix(path, ".parquet") && !found {
			if found, err = s.inPages(text); err != nil {
				return fmt.Errorf("unpacking %s: %w", path, err)
			}
		}
		if found {
			s.files = append(s.files, filepath.Base(path))
		}
		return nil
	})
	return s, err
}

// has searches one piece.
func (s *sought) has(text []byte) bool {
	s.searched += int64(len(text))
	return bytes.Contains(text, s.needle)
}

// inPages searches every page of a Parquet file.
func (s *sought) inPages(text []byte) (bool, error) {
	p, err := parquet.OpenFile(bytes.NewReader(text), int64(len(text)), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return false, err
	}
	for _, group := range p.Metadata().RowGroups {
		for _, chunk := range group.Columns {
			m := chunk.MetaData
			begin := m.DataPageOffset
			if m.DictionaryPageOffset != 0 {
				begin = min(begin, m.DictionaryPageOffset)
			}
			end := begin + m.TotalCompressedSize
			if begin < 0 || end > int64(len(text)) || begin > end {
				return false, errors.New("a column lies outside of the file")
			}
			found, err := s.inChunk(text[begin:end], m.Codec)
			if found || err != nil {
				return found, err
			}
		}
	}
	return false, nil
}

// inChunk searches the pages of a column, one behind the other.
func (s *sought) inChunk(chunk []byte, codec format.CompressionCodec) (bool, error) {
	protocol := thrift.CompactProtocol{}
	for len(chunk) > 0 {
		r := bytes.NewReader(chunk)
		var h format.PageHeader
		if err := thrift.NewDecoder(protocol.NewReader(r)).Decode(&h); err != nil {
			return false, fmt.Errorf("reading the head of a page: %w", err)
		}
		chunk = chunk[len(chunk)-r.Len():]
		size := int(h.CompressedPageSize)
		if size < 0 || size > len(chunk) {
			return false, errors.New("a page lies outside of its column")
		}
		page := chunk[:size]
		chunk = chunk[size:]
		codec := codec
		if h.DataPageHeaderV2.Valid { // levels stand before what is packed
			v2 := h.DataPageHeaderV2.V
			page = page[min(int(v2.RepetitionLevelsByteLength+v2.DefinitionLevelsByteLength), len(page)):]
			if v2.IsCompressed.Valid && !v2.IsCompressed.V {
				codec = format.Uncompressed
			}
		}
		if len(page) == 0 {
			continue
		}
		var err error
		switch codec {
		case format.Zstd:
			s.buffer, err = s.unpack.DecodeAll(page, s.buffer[:0])
		case format.Snappy:
			s.buffer, err = snappy.Decode(s.buffer[:cap(s.buffer)], page)
		case format.Uncompressed:
			s.buffer = append(s.buffer[:0], page...)
		default:
			err = fmt.Errorf("the codec %v is not known here", codec)
		}
		if err != nil {
			return false, err
		}
		if s.has(s.buffer) {
			return true, nil
		}
	}
	return false, nil
}
