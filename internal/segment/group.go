package segment

import (
	"encoding/binary"
	"errors"
	"sync"

	"github.com/cespare/xxhash/v2"
	filter "github.com/parquet-go/parquet-go/bloom"
	"github.com/parquet-go/parquet-go/format"

	"rastro/internal/event"
)

// group is one row group of a file.
type group struct {
	file   *File
	number int
	meta   GroupMeta
}

// buffers holds memory for raw and unpacked pages that nobody keeps.
type buffers struct{ raw, body []byte }

var bufferPool = sync.Pool{New: func() any { return new(buffers) }}

// reader reads one column chunk during one call.
type reader struct {
	group  *group
	id     column
	chunk  *chunkIndex // nil: the column holds nothing
	raw    []byte      // the chunk's pages from base on, when read at once
	base   int64
	buffer *buffers
	// numbers is the dictionary of a column of numbers, once loaded.
	numbers []uint64
}

// column starts reading a column. Unless there is an error, done must follow.
func (g *group) column(id column) (*reader, error) {
	index, err := g.file.begin()
	if err != nil {
		return nil, err
	}
	return &reader{
		group: g, id: id, chunk: index.groups[g.number].chunks[id],
		buffer: bufferPool.Get().(*buffers),
	}, nil
}

// done ends reading.
func (r *reader) done() {
	const keep = 4 << 20
	if cap(r.buffer.raw) <= keep && cap(r.buffer.body) <= keep {
		bufferPool.Put(r.buffer)
	}
	r.group.file.Release()
}

// wrap makes a decoding error an ErrCorrupt that names the place.
func (r *reader) wrap(err error) error {
	return r.group.file.corrupt("row group %d, column %s: %v", r.group.number, r.id.name(), err)
}

func (r *reader) key(part int32) cacheKey {
	return cacheKey{file: r.group.file.id, group: int32(r.group.number), column: r.id, part: part}
}

// readAll reads all pages of the chunk with one call.
func (r *reader) readAll() error {
	first, last := r.chunk.pages[0], r.chunk.pages[len(r.chunk.pages)-1]
	var err error
	r.base = first.offset
	r.raw, err = r.group.file.readAt(r.base, last.offset+int64(last.size)-r.base, r.buffer.raw)
	if err == nil {
		r.buffer.raw = r.raw
	}
	return err
}

// bytes returns the raw bytes of a part of the file. They are valid until the
// next call.
func (r *reader) bytes(p place) ([]byte, error) {
	if r.raw != nil && p.offset >= r.base {
		return r.raw[p.offset-r.base:][:p.size], nil
	}
	raw, err := r.group.file.readAt(p.offset, int64(p.size), r.buffer.raw)
	if err == nil {
		r.buffer.raw = raw
	}
	return raw, err
}

// unpacked returns the bytes of a data page, valid until the next call.
func (r *reader) unpacked(p pageIndex) ([]byte, error) {
	raw, err := r.bytes(p.place)
	if err != nil {
		return nil, err
	}
	body, _, err := unpackPage(raw, r.buffer.body, format.DataPage, r.chunk.encoding, int(p.end-p.first))
	if err != nil {
		return nil, r.wrap(err)
	}
	r.buffer.body = body
	return body, nil
}

// dictionary returns the entries of the chunk's dictionary.
func (r *reader) dictionary() ([]string, error) {
	if d, ok := r.group.file.opts.Cache.get(r.key(partDictionary)).([]string); ok {
		return d, nil
	}
	body, count, err := r.unpackedDictionary()
	if err != nil {
		return nil, err
	}
	d, err := splitTexts(body, count)
	if err != nil {
		return nil, r.wrap(err)
	}
	r.group.file.opts.Cache.put(r.key(partDictionary), d, int64(len(body)+16*len(d)))
	return d, nil
}

func (r *reader) unpackedDictionary() ([]byte, int, error) {
	raw, err := r.bytes(r.chunk.dictionary)
	if err != nil {
		return nil, 0, err
	}
	body, count, err := unpackPage(raw, r.buffer.body, format.DictionaryPage, format.Plain, 0)
	if err != nil {
		return nil, 0, r.wrap(err)
	}
	r.buffer.body = body
	return body, count, nil
}

// loadNumbers loads the dictionary of a column of numbers, if it has one.
func (r *reader) loadNumbers() error {
	if r.chunk.dictionary.size == 0 || r.numbers != nil {
		return nil
	}
	if d, ok := r.group.file.opts.Cache.get(r.key(partDictionary)).([]uint64); ok {
		r.numbers = d
		return nil
	}
	body, count, err := r.unpackedDictionary()
	if err != nil {
		return err
	}
	if len(body) != 8*count {
		return r.wrap(errors.New("dictionary of another size"))
	}
	r.numbers = make([]uint64, count)
	for i := range r.numbers {
		r.numbers[i] = binary.LittleEndian.Uint64(body[8*i:])
	}
	r.group.file.opts.Cache.put(r.key(partDictionary), r.numbers, int64(len(body)))
	return nil
}

func (g *group) Rows() int { return g.meta.Rows }

func (g *group) TimeRange() (first, last int64) { return g.meta.MinTime, g.meta.MaxTime }

// holds tells whether the group has a column. A file that cannot be read may
// hold anything: reading will tell.
func (g *group) holds(ids ...column) bool {
	index, err := g.file.begin()
	if err != nil {
		return true
	}
	defer g.file.Release()
	for _, id := range ids {
		if index.groups[g.number].chunks[id] != nil {
			return true
		}
	}
	return false
}

func (g *group) Holds(f event.Field) bool {
	switch {
	case layouts[f] == layoutFixed:
		return true
	case f == event.LogMessage:
		return g.holds(column(f), columnStart) || g.templated(true)
	case f == event.Message:
		return g.holds(column(f), columnTemplate)
	}
	return g.holds(column(f))
}

// templated tells whether lines are stored as templates, and with log whether
// some of them hold a log_message.
func (g *group) templated(log bool) bool {
	index, err := g.file.begin()
	if err != nil {
		return log
	}
	defer g.file.Release()
	c := index.groups[g.number].chunks[columnTemplate]
	return c != nil && (c.log || !log)
}

func (g *group) HoldsExtra() bool { return g.holds(columnExtra) }

func (g *group) MayHold(f event.Field, value string) (bool, error) {
	r, err := g.column(column(f))
	if err != nil {
		return true, err
	}
	defer r.done()
	if r.chunk == nil {
		return layouts[f] == layoutFixed, nil
	}
	if r.chunk.bloom.size == 0 {
		return true, nil
	}
	bits, ok := g.file.opts.Cache.get(r.key(partBloom)).(filter.SplitBlockFilter)
	if !ok {
		raw, err := r.bytes(r.chunk.bloom)
		if err != nil {
			return true, err
		}
		if bits, err = parseBloom(raw); err != nil {
			return true, r.wrap(err)
		}
		g.file.opts.Cache.put(r.key(partBloom), bits, int64(len(raw)))
	}
	return bits.Check(xxhash.Sum64String(value)), nil
}
