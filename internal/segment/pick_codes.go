package segment

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// packedCodes is a page of codes as it is in the file, without its compression.
type packedCodes []byte

// packedDict is a dictionary of texts as it is in the file, without its
// compression.
type packedDict struct {
	body  []byte
	count int
}

// pickCodes reads the codes of some rows, ascending, of a page whose first row
// is given, without decoding the others.
//
// A page of codes is the bits of a code, 1 byte, and runs: a varint h, and
// either h/2 times 8 codes, packed from the lowest bit on, when h is odd, or one
// code in whole bytes for the next h/2 rows.
func pickCodes(body []byte, first uint32, rows, codes []uint32) error {
	if len(rows) == 0 {
		return nil
	}
	if len(body) == 0 || body[0] > 31 {
		return fmt.Errorf("codes without a width")
	}
	width, body := int(body[0]), body[1:]
	at := int64(first) // row of the run's beginning
	for len(rows) > 0 {
		head, n := binary.Uvarint(body)
		if n <= 0 || head>>1 > 1<<31 {
			return fmt.Errorf("codes end before row %d", rows[0])
		}
		body = body[n:]
		count, size := int64(head>>1), int64(width+7)/8
		if count == 0 { // nothing follows
			continue
		}
		packed := head&1 == 1
		if packed {
			size, count = count*int64(width), count*8
		}
		if size > int64(len(body)) {
			return fmt.Errorf("codes end before row %d", rows[0])
		}
		run := body[:size]
		for len(rows) > 0 && int64(rows[0]) < at+count {
			if packed {
				codes[0] = bitsAt(run, (int64(rows[0])-at)*int64(width), width)
			} else {
				codes[0] = bitsAt(run, 0, 8*int(size))
			}
			rows, codes = rows[1:], codes[1:]
		}
		at, body = at+count, body[size:]
	}
	return nil
}

// bitsAt reads a number of up to 32 bits.
func bitsAt(b []byte, bit int64, width int) uint32 {
	var held [8]byte
	copy(held[:], b[min(bit/8, int64(len(b))):])
	return uint32(binary.LittleEndian.Uint64(held[:]) >> (bit & 7) & (1<<width - 1))
}

// entries looks the codes of a few rows up in the chunk's dictionary.
func (r *reader) entries(codes []uint32, out []string) error {
	cache := r.group.file.opts.Cache
	if d, ok := cache.get(r.key(partDictionary)).([]string); ok {
		for i, code := range codes {
			if int64(code) >= int64(len(d)) {
				return r.wrap(fmt.Errorf("code %d in a dictionary of %d", code, len(d)))
			}
			out[i] = d[code]
		}
		return nil
	}
	d, ok := cache.get(r.key(partPacked)).(packedDict)
	if !ok {
		body, count, err := r.unpackedDictionary()
		if err != nil {
			return err
		}
		d = packedDict{slices.Clone(body), count}
		cache.put(r.key(partPacked), d, int64(len(body)))
	}
	if err := d.pick(codes, out); err != nil {
		return r.wrap(err)
	}
	return nil
}

// pick finds the entries of some codes.
func (d packedDict) pick(codes []uint32, out []string) error {
	order := make([]int, len(codes))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return int(codes[a]) - int(codes[b]) })
	body, at := d.body, int64(-1) // the code of entry
	entry := ""
	for _, i := range order {
		code := int64(codes[i])
		if code >= int64(d.count) {
			return fmt.Errorf("code %d in a dictionary of %d", code, d.count)
		}
		for ; at < code; at++ {
			size := int64(0)
			if len(body) >= 4 {
				size = int64(binary.LittleEndian.Uint32(body))
			}
			if len(body) < 4 || size > int64(len(body)-4) {
				return fmt.Errorf("text %d is missing", at+1)
			}
			if at+1 == code {
				entry = string(body[4 : 4+size])
			}
			body = body[4+size:]
		}
		out[i] = entry
	}
	return nil
}
