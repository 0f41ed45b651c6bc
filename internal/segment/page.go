package segment

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"sync"
	"unsafe"

	"github.com/parquet-go/parquet-go/encoding/delta"
	"github.com/parquet-go/parquet-go/encoding/rle"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// unpackPage checks a page's header and checksum against the index and
// returns its bytes, which use dst's memory if it is large enough.
func unpackPage(raw, dst []byte, kind format.PageType, encoding format.Encoding, rows int) (body []byte, values int, err error) {
	defer recovered(&err)
	r := new(thrift.CompactProtocol).NewReaderFromBytes(raw)
	var h format.PageHeader
	if err := thrift.NewDecoder(r).Decode(&h); err != nil {
		return nil, 0, fmt.Errorf("page header: %w", err)
	}
	packed := raw[r.BytesRead():]
	if h.Type != kind || int(h.CompressedPageSize) != len(packed) {
		return nil, 0, fmt.Errorf("page header of another page")
	}
	if crc32.ChecksumIEEE(packed) != uint32(h.CRC) {
		return nil, 0, fmt.Errorf("page checksum differs")
	}
	values = int(h.DictionaryPageHeader.V.NumValues)
	if kind == format.DataPage {
		values = int(h.DataPageHeader.V.NumValues)
		if values != rows || h.DataPageHeader.V.Encoding != encoding {
			return nil, 0, fmt.Errorf("page of %d rows instead of %d, or of another encoding", values, rows)
		}
	}
	body, err = unpack(dst, packed, int(h.UncompressedPageSize))
	return body, values, err
}

// recovered turns a panic of a decoder into an error. Checksums keep damaged
// bytes from the decoders, so this is the last line of defence.
func recovered(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("decoding: %v", p)
	}
}

// splitTexts cuts texts that stand one after the other, each with its length
// before it. All of them share one piece of memory.
func splitTexts(body []byte, count int) ([]string, error) {
	if count < 0 || count > len(body)/4 {
		return nil, fmt.Errorf("%d texts in %d bytes", count, len(body))
	}
	all, out := string(body), make([]string, count)
	at := 0
	for i := range out {
		if len(body)-at < 4 {
			return nil, fmt.Errorf("text %d is missing", i)
		}
		size := int(binary.LittleEndian.Uint32(body[at:]))
		at += 4
		if size > len(body)-at {
			return nil, fmt.Errorf("text %d of %d bytes", i, size)
		}
		out[i] = all[at : at+size]
		at += size
	}
	if at != len(body) {
		return nil, fmt.Errorf("%d bytes after the last text", len(body)-at)
	}
	return out, nil
}

// codeScratch is memory for decoding codes and numbers.
type codeScratch struct {
	codes  []int32
	values []int64
}

var codeScratches = sync.Pool{New: func() any { return new(codeScratch) }}

// decodeCodes decodes as many codes as out has room for; each is below limit.
func decodeCodes(body []byte, limit int, out []uint32) (err error) {
	defer recovered(&err)
	if len(out) == 0 {
		return nil
	}
	codes, err := decodeHybrid(body, signed(out)[:0:len(out)], len(out))
	if err != nil {
		return err
	}
	if &codes[0] != &signed(out)[0] { // there was more than room for
		copy(signed(out), codes)
	}
	largest := uint32(0)
	for _, code := range out {
		largest = max(largest, code)
	}
	if int64(largest) >= int64(limit) {
		return fmt.Errorf("code %d in a dictionary of %d", largest, limit)
	}
	return nil
}

// signed are the same numbers in the same memory, as the decoder wants them.
func signed(codes []uint32) []int32 {
	return unsafe.Slice((*int32)(unsafe.Pointer(unsafe.SliceData(codes))), len(codes))
}

// decodeHybrid returns count codes, in the memory of dst if it is large enough.
func decodeHybrid(body []byte, dst []int32, count int) ([]int32, error) {
	if len(body) == 0 || body[0] > 31 {
		return nil, fmt.Errorf("codes without a width")
	}
	runs, err := runsOf(body[1:], int(body[0]), count)
	if err != nil {
		return nil, err
	}
	codes, err := (&rle.Encoding{BitWidth: int(body[0])}).DecodeInt32(dst, runs)
	if err != nil {
		return nil, err
	}
	if len(codes) < count {
		return nil, fmt.Errorf("%d codes instead of %d", len(codes), count)
	}
	return codes[:count], nil
}

// runsOf is the beginning of body that holds count codes. A run may say that it
// has any number of them, and the decoder believes it: no run goes further than
// the codes that are wanted, packed ones up to the next multiple of 8.
func runsOf(body []byte, width, count int) ([]byte, error) {
	at := 0
	for left := int64(count); left > 0; {
		head, n := binary.Uvarint(body[at:])
		if n <= 0 {
			break // the decoder says what is missing
		}
		at += n
		run, size := int64(head>>1), int64(width+7)/8
		if head&1 == 1 {
			run, size = min(run, math.MaxInt32)*8, min(run, math.MaxInt32)*int64(width)
		}
		if run >= left+8 {
			return nil, fmt.Errorf("a run of %d codes where %d are left", run, left)
		}
		if run == 0 {
			continue
		}
		left -= run
		at = int(min(int64(at)+size, int64(len(body))))
	}
	return body[:at], nil
}

// decode returns count codes, valid until the next use of s.
func (s *codeScratch) decode(body []byte, count int) ([]int32, error) {
	if count == 0 {
		return nil, nil
	}
	codes, err := decodeHybrid(body, s.codes[:0], count)
	if err == nil {
		s.codes = codes
	}
	return codes, err
}

// decodeNumbers decodes a page of numbers into bits, one for each row, and sets
// the rows' bits in present, from row first on. present is not used for chunks
// in which every row has a value; else bits and present are all 0 before.
// dict is the dictionary if there is one.
func decodeNumbers[T int64 | uint64](c *chunkIndex, body []byte, dict []uint64, bits []T, present []uint64, first int) (err error) {
	defer recovered(&err)
	s := codeScratches.Get().(*codeScratch)
	defer codeScratches.Put(s)
	count := len(bits)
	if c.optional {
		if body, count, err = decodeLevels(body, present, first, len(bits)); err != nil {
			return err
		}
	}
	if c.encoding == format.RLEDictionary {
		codes, err := s.decode(body, count)
		if err != nil {
			return err
		}
		for _, code := range codes {
			if uint32(code) >= uint32(len(dict)) {
				return fmt.Errorf("code %d in a dictionary of %d", code, len(dict))
			}
		}
		if !c.optional {
			for i, code := range codes {
				bits[i] = T(dict[code])
			}
			return nil
		}
		next := 0
		eachSet(present, first, len(bits), func(i int) { bits[i] = T(dict[codes[next]]); next++ })
		return nil
	}
	if err := c.decodeValues(s, body, count); err != nil {
		return err
	}
	if c.unit > 1 {
		for i := range s.values {
			s.values[i] *= c.unit
		}
	}
	if !c.optional {
		for i, v := range s.values {
			bits[i] = T(v)
		}
		return nil
	}
	next := 0
	eachSet(present, first, len(bits), func(i int) { bits[i] = T(s.values[next]); next++ })
	return nil
}

// decodeValues reads count values that have no dictionary into s.values.
func (c *chunkIndex) decodeValues(s *codeScratch, body []byte, count int) error {
	s.values = resized(s.values, count)
	switch {
	case c.encoding == format.DeltaBinaryPacked:
		var err error
		if s.values, err = new(delta.BinaryPackedEncoding).DecodeInt64(s.values[:0], body); err != nil {
			return err
		}
	case c.physical == format.Boolean && len(body) == (count+7)/8:
		for i := range s.values {
			s.values[i] = int64(body[i/8]>>(i%8)) & 1
		}
	case c.physical == format.Double && len(body) == 8*count:
		for i := range s.values {
			s.values[i] = int64(binary.LittleEndian.Uint64(body[8*i:]))
		}
	default:
		return fmt.Errorf("%d bytes for %d numbers", len(body), count)
	}
	if len(s.values) != count {
		return fmt.Errorf("%d numbers instead of %d", len(s.values), count)
	}
	return nil
}
