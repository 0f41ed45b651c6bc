package segment

import (
	"encoding/binary"
	"fmt"
	"math/bits"
)

// decodeLevels reads which of some rows have a value, sets their bits in
// present, from row first on, and returns the rest of the page and their count.
// The bits are 0 before.
//
// A page of an optional column begins with the size of the levels, 4 bytes,
// little endian. The levels are runs: a varint h, and either h/2 times 8 rows
// with a bit each, the lowest first, when h is odd, or one byte that is the
// level of the next h/2 rows. The last run may count more rows than there are.
func decodeLevels(body []byte, present []uint64, first, rows int) (rest []byte, count int, err error) {
	if len(body) < 4 {
		return nil, 0, fmt.Errorf("levels are missing")
	}
	size := int64(binary.LittleEndian.Uint32(body))
	if size > int64(len(body)-4) {
		return nil, 0, fmt.Errorf("levels of %d bytes", size)
	}
	levels, rest := body[4:4+size], body[4+size:]
	at, end := first, first+rows
	for at < end {
		head, n := binary.Uvarint(levels)
		if n <= 0 {
			return nil, 0, fmt.Errorf("%d levels instead of %d", at-first, rows)
		}
		levels = levels[n:]
		if head&1 == 0 {
			if len(levels) == 0 || levels[0] > 1 {
				return nil, 0, fmt.Errorf("a run of levels without one, or of another than 0 and 1")
			}
			to := at + int(min(head>>1, uint64(end-at)))
			if levels[0] == 1 {
				setRange(present, at, to)
			}
			at, levels = to, levels[1:]
			continue
		}
		groups := int(min(head>>1, uint64(end-at+7)/8))
		if groups > len(levels) {
			return nil, 0, fmt.Errorf("levels end too early")
		}
		for _, b := range levels[:groups] {
			setByte(present, at, end, b)
			at += 8
		}
		levels = levels[groups:]
	}
	return rest, countSet(present, first, end), nil
}

// setRange sets the bits from at to end.
func setRange(set []uint64, at, end int) {
	for at < end {
		n := min(64-at&63, end-at)
		set[at>>6] |= (1<<n - 1) << (at & 63)
		at += n
	}
}

// setByte sets those of 8 bits from at on that b has, below end.
func setByte(set []uint64, at, end int, b byte) {
	if left := end - at; left < 8 {
		b &= 1<<left - 1
	}
	set[at>>6] |= uint64(b) << (at & 63)
	if at&63 > 56 && b>>(64-at&63) != 0 {
		set[at>>6+1] |= uint64(b) >> (64 - at&63)
	}
}

// countSet counts the bits from first to end.
func countSet(set []uint64, first, end int) int {
	n := 0
	for at := first; at < end; {
		size := min(64-at&63, end-at)
		n += bits.OnesCount64(set[at>>6] >> (at & 63) & (1<<size - 1))
		at += size
	}
	return n
}

// eachSet calls do for each of rows bits from first on that is set, with its
// number counted from first.
func eachSet(set []uint64, first, rows int, do func(i int)) {
	for at := 0; at < rows; {
		from := first + at
		size := min(64-from&63, rows-at)
		word := set[from>>6] >> (from & 63) & (1<<size - 1)
		for ; word != 0; word &= word - 1 {
			do(at + bits.TrailingZeros64(word))
		}
		at += size
	}
}
