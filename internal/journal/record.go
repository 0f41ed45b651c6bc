package journal

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"maps"
	"slices"
	"strconv"
	"strings"

	"rastro/internal/event"
)

// The layout of a file; see the package comment.
const (
	magic      = "RASTROJ1"
	markSize   = 8
	headerSize = len(magic) + markSize
	frameSize  = markSize + 4 + 4 // mark, length, checksum
	fixedBody  = 1 + 8 + 4        // kind, first RID, count
	extension  = ".journal"
)

// The kinds of record.
const (
	kindSnapshot byte = 1 // all positions and the next RID
	kindEvents   byte = 2 // events and the positions they move
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// mark is the eight random bytes before every record of one file.
type mark [markSize]byte

// newMark draws a mark.
func newMark() mark {
	var m mark
	rand.Read(m[:]) // never fails
	return m
}

// record is one record as read. Its slices share the memory of what was read.
type record struct {
	kind      byte
	first     uint64
	count     int
	positions []event.Position
	payload   []byte
}

// end is one more than the record's last RID.
func (r *record) end() uint64 { return r.first + uint64(r.count) }

// beginRecord appends a record's head to dst; the caller appends the body's
// rest and calls finishRecord with the place where the record began.
func beginRecord(dst []byte, m mark, kind byte, first uint64, count int) []byte {
	dst = append(dst, m[:]...)
	dst = append(dst, 0, 0, 0, 0, 0, 0, 0, 0)
	dst = append(dst, kind)
	dst = binary.LittleEndian.AppendUint64(dst, first)
	return binary.LittleEndian.AppendUint32(dst, uint32(count))
}

// finishRecord fills in length and checksum of the record that begins at start.
func finishRecord(dst []byte, start int) {
	body := dst[start+frameSize:]
	binary.LittleEndian.PutUint32(dst[start+markSize:], uint32(len(body)))
	binary.LittleEndian.PutUint32(dst[start+markSize+4:], checksum(uint32(len(body)), body))
}

// checksum is the CRC-32C of a record's length and body.
func checksum(length uint32, body []byte) uint32 {
	var head [4]byte
	binary.LittleEndian.PutUint32(head[:], length)
	return crc32.Update(crc32.Checksum(head[:], castagnoli), castagnoli, body)
}

// appendPositions appends one position after the other; their number stands
// before the first one.
func appendPositions(dst []byte, positions []event.Position) []byte {
	for _, p := range positions {
		dst = appendInline(dst, p.Key)
		dst = binary.AppendUvarint(dst, uint64(len(p.State)))
		dst = append(dst, p.State...)
	}
	return dst
}

// appendSnapshot appends a file's head and its first record.
func appendSnapshot(dst []byte, m mark, next uint64, positions map[string][]byte) []byte {
	dst = append(append(dst, magic...), m[:]...)
	start := len(dst)
	dst = beginRecord(dst, m, kindSnapshot, next, 0)
	all := make([]event.Position, 0, len(positions))
	for _, key := range slices.Sorted(maps.Keys(positions)) {
		all = append(all, event.Position{Key: key, State: positions[key]})
	}
	dst = binary.AppendUvarint(dst, uint64(len(all)))
	dst = appendPositions(dst, all)
	finishRecord(dst, start)
	return dst
}

// parseBody reads a record's body whose checksum was right.
func parseBody(body []byte) (record, error) {
	if len(body) < fixedBody {
		return record{}, fmt.Errorf("a record of %d bytes: %w", len(body), ErrCorrupt)
	}
	r := record{
		kind:  body[0],
		first: binary.LittleEndian.Uint64(body[1:]),
		count: int(binary.LittleEndian.Uint32(body[9:])),
	}
	if r.kind != kindSnapshot && r.kind != kindEvents || r.kind == kindSnapshot && r.count != 0 || r.first == 0 || r.end() < r.first {
		return record{}, fmt.Errorf("a record of kind %d with %d events from %d: %w", r.kind, r.count, r.first, ErrCorrupt)
	}
	rest, ok := r.readPositions(body[fixedBody:])
	if !ok {
		return record{}, fmt.Errorf("the positions of the record of event %d: %w", r.first, ErrCorrupt)
	}
	r.payload = rest
	return r, nil
}

// readPositions reads the positions at the start of b and returns what follows.
func (r *record) readPositions(b []byte) (rest []byte, ok bool) {
	n, b, ok := cutUvarint(b)
	if !ok || n > uint64(len(b)/2) { // a position takes at least two bytes
		return nil, false
	}
	if n > 0 {
		r.positions = make([]event.Position, 0, n)
	}
	for range n {
		var key, state []byte
		if key, b, ok = cutBytes(b); !ok {
			return nil, false
		}
		if state, b, ok = cutBytes(b); !ok {
			return nil, false
		}
		r.positions = append(r.positions, event.Position{Key: string(key), State: state})
	}
	return b, true
}

// cutUvarint cuts a number off b.
func cutUvarint(b []byte) (n uint64, rest []byte, ok bool) {
	n, size := binary.Uvarint(b)
	if size <= 0 {
		return 0, nil, false
	}
	return n, b[size:], true
}

// cutBytes cuts a length and that many bytes off b.
func cutBytes(b []byte) (cut, rest []byte, ok bool) {
	n, b, ok := cutUvarint(b)
	if !ok || n > uint64(len(b)) {
		return nil, nil, false
	}
	return b[:n], b[n:], true
}

// apply moves positions in a map; an empty state forgets the key. States are
// copied.
func apply(to map[string][]byte, positions []event.Position) {
	for _, p := range positions {
		if len(p.State) == 0 {
			delete(to, p.Key)
		} else {
			to[p.Key] = append([]byte(nil), p.State...)
		}
	}
}

// fileName is the name of the file with this sequence number and first RID.
func fileName(sequence, first uint64) string {
	return fmt.Sprintf("%010d-%020d%s", sequence, first, extension)
}

// parseName reads a file's name.
func parseName(name string) (sequence, first uint64, ok bool) {
	bare, cut := strings.CutSuffix(name, extension)
	left, right, found := strings.Cut(bare, "-")
	if !cut || !found {
		return 0, 0, false
	}
	sequence, err1 := strconv.ParseUint(left, 10, 64)
	first, err2 := strconv.ParseUint(right, 10, 64)
	return sequence, first, err1 == nil && err2 == nil && fileName(sequence, first) == name
}
