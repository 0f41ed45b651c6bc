package segment

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"
	"github.com/parquet-go/parquet-go/format"

	"rastro/internal/event"
)

// The index of words of a row group tells for each word of a text column which
// stretches of rows may hold it. The rows are cut into stretches as the pages
// of lines are. It is a sorted set of (hash of word and column, stretch), of
// which few bits are kept, so that it may name stretches that lack the word,
// and never leaves out one that has it. The package comment has the format.
const (
	wordsKey     = "rastro.words"
	wordsVersion = "2"
	// wordsOfPages is the version whose stretches are pages of lines.
	wordsOfPages = "1"
	// stretchRows is the rows of a stretch.
	stretchRows = 1024
	// wordsPerSlice is how many pairs a slice has on average: a look-up reads
	// and decodes one slice.
	wordsPerSlice = 256
	// wordKeyBits is the bits of a hash that are kept within a slice: a word
	// that is nowhere meets one of the 256 others once in 2,048 times, because to
	// look at a stretch for nothing is dear. Files of version 1 have fewer.
	wordKeyBits    = 19
	oldWordKeyBits = 14
	// spreadBits is the bits of a key that the others of a slice leave to it.
	spreadBits = 8
	// everywhereShare: a word in more than one stretch of so many is said to be
	// everywhere.
	everywhereShare = 4
	// maxStretchBits bounds the bits of a stretch's number.
	maxStretchBits = 16
	// maxWordsBytes bounds an index of words.
	maxWordsBytes = 64 << 20
)

// worded are the columns whose words are known, and their salts.
var worded = func() map[column]uint64 {
	salts := map[column]uint64{columnExtra: wordSalt(columnExtra)}
	for _, info := range event.Fields() {
		if info.Kind == event.Text {
			salts[column(info.Field)] = wordSalt(column(info.Field))
		}
	}
	return salts
}()

// wordSalt keeps the same word of two columns apart. Names stay, numbers of
// columns change with the table of fields.
func wordSalt(c column) uint64 { return xxhash.Sum64String(c.name()) }

// saltedWord is the hash of a word in a column.
func saltedWord(word, salt uint64) uint64 { return (word ^ salt) * 0x9e3779b97f4a7c15 }

// stretchColumns are the columns of lines whose pages cut the rows in files of
// wordsOfPages: the first of them that holds anything.
var stretchColumns = [...]column{column(event.Message), column(event.LogMessage), columnExtra}

// wordPlaces are where a file's indexes of words are.
type wordPlaces struct {
	columns map[column]bool
	rows    int // of a stretch; 0: pages of lines are the stretches
	groups  []place
}

// text is how the footer writes it: version, columns, and a place for each row
// group.
func (p *wordPlaces) text() string {
	var names []string
	for c := column(0); c < columnCount; c++ {
		if p.columns[c] {
			names = append(names, c.name())
		}
	}
	out := fmt.Sprintf("%s %s %d", wordsVersion, strings.Join(names, ","), p.rows)
	for _, g := range p.groups {
		out += fmt.Sprintf(" %d:%d", g.offset, g.size)
	}
	return out
}

// findWords reads what text wrote. nil: the file has no index that this
// program knows. start is where pages and indexes end.
func findWords(pairs []format.KeyValue, groups int, start int64) (*wordPlaces, error) {
	var parts []string
	for _, kv := range pairs {
		if kv.Key == wordsKey {
			parts = strings.Fields(kv.Value)
		}
	}
	p := &wordPlaces{columns: map[column]bool{}}
	switch {
	case len(parts) > 0 && parts[0] == wordsOfPages:
	case len(parts) > 2 && parts[0] == wordsVersion:
		rows, err := strconv.ParseInt(parts[2], 10, 32)
		if err != nil || rows < 1 {
			return nil, fmt.Errorf("stretches of %q rows", parts[2])
		}
		p.rows = int(rows)
		parts = append(parts[:2:2], parts[3:]...)
	default:
		return nil, nil
	}
	if len(parts) != 2+groups {
		return nil, fmt.Errorf("indexes of words for %d of %d row groups", len(parts)-2, groups)
	}
	for name := range strings.SplitSeq(parts[1], ",") {
		if c, known := columnNames[name]; known {
			p.columns[c] = true
		}
	}
	for _, part := range parts[2:] {
		at, size, _ := strings.Cut(part, ":")
		offset, err1 := strconv.ParseInt(at, 10, 64)
		length, err2 := strconv.ParseInt(size, 10, 32)
		if err1 != nil || err2 != nil || length < 0 || length > maxWordsBytes || length > 0 && (offset < int64(len(magic)) || offset > start-length) {
			return nil, fmt.Errorf("index of words at %q", part)
		}
		p.groups = append(p.groups, place{offset, int32(length)})
	}
	return p, nil
}

// pairBits are the bits of the two parts of a pair.
type pairBits struct{ key, stretch uint }

// wordHead is the decoded head of an index of words.
type wordHead struct {
	ends []uint32 // of the slices, after the head
	size int32    // of the head in bytes
	bits pairBits
}

const (
	wordHeadFixed = 4 + 1 + 1 + 2 // slices, bits of a stretch, bits of a key, nothing
	wordSumBytes  = 8             // after the head, and 4 after each slice
)

// everywhere is the number that stands for every stretch.
func (h *wordHead) everywhere() uint32 { return 1<<h.bits.stretch - 1 }

// headBytes is the size of the head of an index with so many slices.
func headBytes(slices int) int { return wordHeadFixed + 4*slices + wordSumBytes }

// parseWordHead decodes and checks a head; b may be longer.
func parseWordHead(b []byte, size int32) (*wordHead, error) {
	if len(b) < wordHeadFixed {
		return nil, fmt.Errorf("index of words of %d bytes", len(b))
	}
	n := binary.LittleEndian.Uint32(b)
	if n == 0 || int64(n) > int64(len(b)-wordHeadFixed-wordSumBytes)/4 {
		return nil, fmt.Errorf("index of words of %d slices in %d bytes", n, len(b))
	}
	head := headBytes(int(n))
	fixed := b[:head-wordSumBytes]
	if xxhash.Sum64(fixed) != binary.LittleEndian.Uint64(b[len(fixed):]) {
		return nil, fmt.Errorf("checksum of the index of words differs")
	}
	h := &wordHead{ends: make([]uint32, n), size: int32(head), bits: pairBits{uint(b[5]), uint(b[4])}}
	if h.bits.key == 0 {
		h.bits.key = oldWordKeyBits
	}
	if h.bits.stretch > maxStretchBits || h.bits.key < spreadBits || h.bits.key+h.bits.stretch > 32 {
		return nil, fmt.Errorf("stretches of %d bits, keys of %d", h.bits.stretch, h.bits.key)
	}
	last := uint32(0)
	for i := range h.ends {
		h.ends[i] = binary.LittleEndian.Uint32(b[wordHeadFixed+4*i:])
		if h.ends[i] < last || int64(h.ends[i]) > int64(size)-int64(head) {
			return nil, fmt.Errorf("slice %d of the index of words out of order", i)
		}
		last = h.ends[i]
	}
	return h, nil
}

// locate returns the slice that a hash is in, and its key there.
func (h *wordHead) locate(hash uint64) (slice int, key uint32) {
	return wordPlace(hash, len(h.ends), h.bits.key)
}

func wordPlace(hash uint64, slices int, keyBits uint) (slice int, key uint32) {
	high, low := bits.Mul64(hash, uint64(slices))
	return int(high), uint32(low >> (64 - keyBits))
}

// appendSlice appends a slice: the number of its pairs, the pairs, which
// ascend, each as key<<stretchBits|stretch, and a checksum. Of each key the
// difference to the one before is written: its upper part in ones that a zero
// ends, then its other bits; then the stretch.
func appendSlice(b []byte, pairs []uint32, bits pairBits) []byte {
	rest, stretchBits := bits.key-spreadBits, bits.stretch
	from := len(b)
	b = binary.AppendUvarint(b, uint64(len(pairs)))
	w := bitWriter{out: b}
	last := uint32(0)
	for _, pair := range pairs {
		key := pair >> stretchBits
		d := key - last
		last = key
		for range d >> rest {
			w.put(1, 1)
		}
		w.put(0, 1)
		w.put(d&(1<<rest-1), rest)
		w.put(pair&(1<<stretchBits-1), stretchBits)
	}
	b = w.end()
	return binary.LittleEndian.AppendUint32(b, uint32(xxhash.Sum64(b[from:])))
}

// lookup calls found with every stretch that a slice has for a key.
func lookup(slice []byte, key uint32, bits pairBits, found func(stretch uint32)) error {
	if len(slice) < 4 {
		return fmt.Errorf("slice of %d bytes", len(slice))
	}
	body, sum := slice[:len(slice)-4], binary.LittleEndian.Uint32(slice[len(slice)-4:])
	if uint32(xxhash.Sum64(body)) != sum {
		return fmt.Errorf("checksum of a slice of words differs")
	}
	count, n := binary.Uvarint(body)
	if n <= 0 {
		return fmt.Errorf("slice without a count")
	}
	rest := bits.key - spreadBits
	r := bitReader{in: body[n:]}
	at := uint32(0)
	for range count {
		for r.take(1) == 1 {
			at += 1 << rest
		}
		at += r.take(rest)
		stretch := r.take(bits.stretch)
		if r.over {
			return fmt.Errorf("slice ends too early")
		}
		if at == key {
			found(stretch)
		}
		if at > key {
			return nil
		}
	}
	return nil
}

// bitWriter appends bits, the lowest of each byte first.
type bitWriter struct {
	out  []byte
	held uint64
	n    uint
}

func (w *bitWriter) put(v uint32, n uint) {
	w.held |= uint64(v) << w.n
	for w.n += n; w.n >= 8; w.n -= 8 {
		w.out = append(w.out, byte(w.held))
		w.held >>= 8
	}
}

func (w *bitWriter) end() []byte {
	if w.n > 0 {
		w.out = append(w.out, byte(w.held))
	}
	return w.out
}

// bitReader takes what a bitWriter put. over: more was taken than there is.
type bitReader struct {
	in   []byte
	held uint64
	n    uint
	over bool
}

func (r *bitReader) take(n uint) uint32 {
	for r.n < n {
		if len(r.in) == 0 {
			r.over = true
			return 0
		}
		r.held |= uint64(r.in[0]) << r.n
		r.in = r.in[1:]
		r.n += 8
	}
	v := uint32(r.held & (1<<n - 1))
	r.held >>= n
	r.n -= n
	return v
}
