package segment

import (
	"encoding/binary"
	"fmt"

	"github.com/parquet-go/parquet-go/encoding/delta"
	"github.com/parquet-go/parquet-go/encoding/rle"
	"github.com/parquet-go/parquet-go/format"
)

// writeNumbers writes a column of numbers: with a dictionary where values
// repeat, else as differences (whole numbers) or as they are.
func (w *writer) writeNumbers(c *sourceColumn, from, end int) error {
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
func (w *writer) chooseNumbers(c *sourceColumn, from, end int) {
	s, unit := &w.scratch, max(c.unit, 1)
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
	if unit > 1 {
		for i := range s.values {
			s.values[i] /= unit
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
