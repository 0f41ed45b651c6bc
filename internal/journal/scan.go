package journal

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"rastro/internal/disk"
)

// scanBuffer is the size of the reads of a scan.
const scanBuffer = 256 << 10

// scan reads a file's records in their order. It goes on behind bytes that are
// no record, and counts them.
type scan struct {
	from io.ReaderAt
	size int64
	mark mark
	in   *bufio.Reader
	at   int64 // offset of the next record
	body []byte

	// skipped are bad bytes that have good records behind them, tail bad bytes
	// that have none.
	skipped, tail int64
}

// newScan begins to read a file of size bytes. A file whose head is bad gives
// ErrCorrupt.
func newScan(from io.ReaderAt, size int64) (*scan, error) {
	var head [headerSize]byte
	if size < int64(headerSize) {
		return nil, fmt.Errorf("a file of %d bytes: %w", size, ErrCorrupt)
	}
	if _, err := from.ReadAt(head[:], 0); err != nil {
		return nil, fmt.Errorf("reading the head: %w", err)
	}
	if string(head[:len(magic)]) != magic {
		return nil, fmt.Errorf("the file does not begin with %s: %w", magic, ErrCorrupt)
	}
	s := &scan{from: from, size: size, mark: mark(head[len(magic):])}
	s.seek(int64(headerSize))
	return s, nil
}

// seek goes on reading at offset.
func (s *scan) seek(offset int64) {
	section := io.NewSectionReader(s.from, offset, s.size-offset)
	if s.in == nil {
		s.in = bufio.NewReaderSize(section, int(min(scanBuffer, max(s.size, 16))))
	} else {
		s.in.Reset(section)
	}
	s.at = offset
}

// next returns the next good record, io.EOF behind the last one, or the error
// of a failed read. The record is valid until the next call.
func (s *scan) next() (record, error) {
	start := s.at
	for s.at < s.size {
		r, length, err := s.read()
		if err == nil {
			s.skipped += s.at - start
			s.at += length
			return r, nil
		}
		if !errors.Is(err, ErrCorrupt) {
			return record{}, err
		}
		found, err := s.find(s.at + 1)
		if err != nil {
			return record{}, err
		}
		s.seek(found)
	}
	s.tail += s.size - start
	return record{}, io.EOF
}

// read reads the record at s.at and returns its length in the file.
func (s *scan) read() (record, int64, error) {
	var frame [frameSize]byte
	left := s.size - s.at - int64(frameSize)
	if left < 0 {
		return record{}, 0, fmt.Errorf("%d bytes at the end: %w", s.size-s.at, ErrCorrupt)
	}
	if _, err := io.ReadFull(s.in, frame[:]); err != nil {
		return record{}, 0, readError(err)
	}
	length := binary.LittleEndian.Uint32(frame[markSize:])
	if !bytes.Equal(frame[:markSize], s.mark[:]) || int64(length) > left {
		return record{}, 0, fmt.Errorf("no record at byte %d: %w", s.at, ErrCorrupt)
	}
	if int64(cap(s.body)) < int64(length) {
		s.body = make([]byte, length) // no longer than the file
	}
	s.body = s.body[:length]
	if _, err := io.ReadFull(s.in, s.body); err != nil {
		return record{}, 0, readError(err)
	}
	if checksum(length, s.body) != binary.LittleEndian.Uint32(frame[markSize+4:]) {
		return record{}, 0, fmt.Errorf("wrong checksum of the record at byte %d: %w", s.at, ErrCorrupt)
	}
	r, err := parseBody(s.body)
	return r, int64(frameSize) + int64(length), err
}

// readError tells a file that became shorter from a failed read.
func readError(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("the file ends too early: %w", ErrCorrupt)
	}
	return fmt.Errorf("reading: %w", err)
}

// find returns the offset of the first mark at or behind offset, or the file's
// size.
func (s *scan) find(offset int64) (int64, error) {
	window := make([]byte, scanBuffer)
	for offset < s.size {
		n, err := s.from.ReadAt(window[:min(int64(len(window)), s.size-offset)], offset)
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, fmt.Errorf("reading: %w", err)
		}
		if i := bytes.Index(window[:n], s.mark[:]); i >= 0 {
			return offset + int64(i), nil
		}
		if n < markSize {
			break
		}
		offset += int64(n - markSize + 1)
	}
	return s.size, nil
}

// scanFile opens a file and gives its good records to visit, in their order.
// The finished scan tells of bad bytes. A file with a bad head has no records:
// its size is the scan's tail.
func scanFile(fs disk.FS, path string, visit func(r record) error) (*scan, error) {
	f, err := fs.OpenFile(path, os.O_RDONLY, 0)
	if err != nil {
		return nil, fmt.Errorf("opening: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("asking for the size: %w", err)
	}
	s, err := newScan(f, info.Size())
	if errors.Is(err, ErrCorrupt) {
		return &scan{size: info.Size(), tail: info.Size()}, nil
	}
	if err != nil {
		return nil, err
	}
	for {
		r, err := s.next()
		if errors.Is(err, io.EOF) {
			return s, nil
		}
		if err == nil {
			err = visit(r)
		}
		if err != nil {
			return nil, err
		}
	}
}
