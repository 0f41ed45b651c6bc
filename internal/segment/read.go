package segment

import (
	"bytes"
	"errors"
	"sort"

	"rastro/internal/event"
)

func (g *group) RIDs() ([]uint64, error) {
	rids, _, err := readNumbers[uint64](g, columnRID, nil)
	return rids, err
}

func (g *group) Times() ([]int64, error) { return g.TimesInto(nil) }

func (g *group) TimesInto(times []int64) ([]int64, error) {
	times, _, err := readNumbers(g, column(event.Timestamp), times)
	return times, err
}

func (g *group) Strings(f event.Field) (out Strings, err error) { return g.StringsInto(f, nil) }

func (g *group) StringsInto(f event.Field, codes []uint32) (out Strings, err error) {
	if err := checkKind(f, layoutDict); err != nil {
		return Strings{}, err
	}
	return g.strings(column(f), codes)
}

// strings reads a column with a dictionary into the memory of codes, if it is
// large enough.
func (g *group) strings(id column, codes []uint32) (out Strings, err error) {
	r, err := g.column(id)
	if err != nil {
		return Strings{}, err
	}
	defer r.done()
	out.Codes = resized(codes, g.meta.Rows)
	if r.chunk == nil {
		clear(out.Codes)
		out.Dict = []string{""}
		return out, nil
	}
	if out.Dict, err = r.dictionary(); err != nil {
		return Strings{}, err
	}
	if err = r.readCodes(len(out.Dict), out.Codes); err != nil {
		return Strings{}, err
	}
	return out, nil
}

// entryCount is the number of entries of the chunk's dictionary.
func (r *reader) entryCount() (int, error) {
	cache := r.group.file.opts.Cache
	if known, ok := cache.get(r.key(partNumbers)).(numbered); ok {
		return len(known.numbers), nil
	}
	d, err := r.dictionary()
	return len(d), err
}

func (g *group) Numbers(f event.Field) (Numbers, error) {
	if err := checkKind(f, layoutNumber, layoutFixed); err != nil {
		return Numbers{}, err
	}
	return g.numbers(column(f), nil)
}

func (g *group) NumbersInto(f event.Field, bits []uint64) (Numbers, error) {
	if err := checkKind(f, layoutNumber, layoutFixed); err != nil {
		return Numbers{}, err
	}
	return g.numbers(column(f), bits)
}

func (g *group) numbers(id column, bits []uint64) (Numbers, error) {
	bits, present, err := readNumbers(g, id, bits)
	return Numbers{Bits: bits, Present: present}, err
}

// readNumbers reads a whole column of numbers into the memory of dst, if it is
// large enough. present is nil where every row has a value; bits of rows without
// one are 0.
func readNumbers[T int64 | uint64](g *group, id column, dst []T) (bits []T, present []uint64, err error) {
	r, err := g.column(id)
	if err != nil {
		return nil, nil, err
	}
	defer r.done()
	bits = resized(dst, g.meta.Rows)
	if r.chunk == nil || r.chunk.optional {
		clear(bits)
		present = make([]uint64, (g.meta.Rows+63)>>6)
	}
	if r.chunk == nil {
		return bits, present, nil
	}
	if err = r.loadNumbers(); err != nil {
		return nil, nil, err
	}
	if err = r.readAll(); err != nil {
		return nil, nil, err
	}
	for _, p := range r.chunk.pages {
		body, err := r.unpacked(p)
		if err != nil {
			return nil, nil, err
		}
		if err := decodeNumbers(r.chunk, body, r.numbers, bits[p.first:p.end], present, int(p.first)); err != nil {
			return nil, nil, r.wrap(err)
		}
	}
	return bits, present, nil
}

// numberPage decodes a page of numbers, or takes it from the cache.
func (r *reader) numberPage(i int) (Numbers, error) {
	cache := r.group.file.opts.Cache
	if page, ok := cache.get(r.key(int32(i))).(Numbers); ok {
		return page, nil
	}
	if err := r.loadNumbers(); err != nil {
		return Numbers{}, err
	}
	p := r.chunk.pages[i]
	body, err := r.unpacked(p)
	if err != nil {
		return Numbers{}, err
	}
	page := Numbers{Bits: make([]uint64, p.end-p.first)}
	if r.chunk.optional {
		page.Present = make([]uint64, (len(page.Bits)+63)>>6)
	}
	if err := decodeNumbers(r.chunk, body, r.numbers, page.Bits, page.Present, 0); err != nil {
		return Numbers{}, r.wrap(err)
	}
	cache.put(r.key(int32(i)), page, int64(8*(len(page.Bits)+len(page.Present))))
	return page, nil
}

// packedPage returns the bytes of a page of codes, from the cache if they are
// there: few rows are looked at, and packed the page is small.
func (r *reader) packedPage(i int) ([]byte, error) {
	cache, key := r.group.file.opts.Cache, r.key(partPackedPages-int32(i))
	if page, ok := cache.get(key).(packedCodes); ok {
		return page, nil
	}
	body, err := r.unpacked(r.chunk.pages[i])
	if err != nil {
		return nil, err
	}
	page := packedCodes(bytes.Clone(body))
	cache.put(key, page, int64(len(page)))
	return page, nil
}

// codePage decodes a page of codes, or takes it from the cache.
func (r *reader) codePage(i, limit int) ([]uint32, error) {
	cache := r.group.file.opts.Cache
	if page, ok := cache.get(r.key(int32(i))).([]uint32); ok {
		return page, nil
	}
	p := r.chunk.pages[i]
	body, err := r.unpacked(p)
	if err != nil {
		return nil, err
	}
	page := make([]uint32, p.end-p.first)
	if err := decodeCodes(body, limit, page); err != nil {
		return nil, r.wrap(err)
	}
	cache.put(r.key(int32(i)), page, int64(4*len(page)))
	return page, nil
}

// linePage decodes a page of lines, or takes it from the cache.
func (r *reader) linePage(i int) ([]string, error) {
	cache := r.group.file.opts.Cache
	if page, ok := cache.get(r.key(int32(i))).([]string); ok {
		return page, nil
	}
	p := r.chunk.pages[i]
	body, err := r.unpacked(p)
	if err != nil {
		return nil, err
	}
	page, err := splitTexts(body, int(p.end-p.first))
	if err != nil {
		return nil, r.wrap(err)
	}
	cache.put(r.key(int32(i)), page, int64(len(body)+16*len(page)))
	return page, nil
}

var errRowOrder = errors.New("rows must ascend and lie inside the block")

// eachPage calls visit for every page that holds some of the rows, with the
// range of rows, [from, to), that it holds.
func (r *reader) eachPage(rows []uint32, visit func(page, from, to int) error) error {
	pages := r.chunk.pages
	for from := 0; from < len(rows); {
		i := sort.Search(len(pages), func(i int) bool { return pages[i].end > int32(rows[from]) })
		to := from
		for to < len(rows) && i < len(pages) && rows[to] >= uint32(pages[i].first) && rows[to] < uint32(pages[i].end) {
			to++
		}
		if to == from {
			return errRowOrder
		}
		if err := visit(i, from, to); err != nil {
			return err
		}
		from = to
	}
	return nil
}

func (g *group) StringsAt(f event.Field, rows []uint32) ([]string, error) {
	if err := checkKind(f, layoutDict, layoutLine); err != nil {
		return nil, err
	}
	if layouts[f] != layoutDict {
		return g.linesAt(f, rows)
	}
	return g.entriesAt(column(f), rows)
}

func (g *group) entriesAt(id column, rows []uint32) (out []string, err error) {
	r, err := g.column(id)
	if err != nil {
		return nil, err
	}
	defer r.done()
	out = make([]string, len(rows))
	if r.chunk == nil {
		return out, nil
	}
	codes, err := r.codesAt(rows)
	if err != nil {
		return nil, err
	}
	return out, r.entries(codes, out)
}

// codesAt reads the codes of some rows; whoever uses them checks that the
// dictionary is so long.
func (r *reader) codesAt(rows []uint32) ([]uint32, error) {
	codes := make([]uint32, len(rows))
	err := r.eachPage(rows, func(page, from, to int) error {
		body, err := r.packedPage(page)
		if err != nil {
			return err
		}
		if err := pickCodes(body, uint32(r.chunk.pages[page].first), rows[from:to], codes[from:to]); err != nil {
			return r.wrap(err)
		}
		return nil
	})
	return codes, err
}

func (g *group) NumbersAt(f event.Field, rows []uint32) (Numbers, error) {
	if err := checkKind(f, layoutNumber, layoutFixed); err != nil {
		return Numbers{}, err
	}
	return g.numbersAt(column(f), rows)
}

func (g *group) numbersAt(id column, rows []uint32) (out Numbers, err error) {
	r, err := g.column(id)
	if err != nil {
		return Numbers{}, err
	}
	defer r.done()
	out.Bits = make([]uint64, len(rows))
	if r.chunk == nil || r.chunk.optional {
		out.Present = make([]uint64, (len(rows)+63)>>6)
	}
	if r.chunk == nil {
		return out, nil
	}
	err = r.eachPage(rows, func(page, from, to int) error {
		p, err := r.numberPage(page)
		if err != nil {
			return err
		}
		first := uint32(r.chunk.pages[page].first)
		for i := from; i < to; i++ {
			at := int(rows[i] - first)
			out.Bits[i] = p.Bits[at]
			if out.Present != nil && p.Has(at) {
				out.Present[i>>6] |= 1 << (i & 63)
			}
		}
		return nil
	})
	return out, err
}

// textsAt reads rows of a column of lines.
func (g *group) textsAt(id column, rows []uint32) (out []string, err error) {
	r, err := g.column(id)
	if err != nil {
		return nil, err
	}
	defer r.done()
	out = make([]string, len(rows))
	if r.chunk == nil {
		return out, nil
	}
	err = r.eachPage(rows, func(page, from, to int) error {
		texts, err := r.linePage(page)
		if err != nil {
			return err
		}
		first := uint32(r.chunk.pages[page].first)
		for i := from; i < to; i++ {
			out[i] = texts[rows[i]-first]
		}
		return nil
	})
	return out, err
}

func (g *group) ExtrasAt(rows []uint32) ([]string, error) { return g.textsAt(columnExtra, rows) }

// linesAt reads rows of Message or LogMessage.
func (g *group) linesAt(f event.Field, rows []uint32) ([]string, error) {
	if g.templated(false) {
		return g.builtAt(f, rows)
	}
	own, err := g.textsAt(column(f), rows)
	if err != nil || f == event.Message || !g.holds(columnStart) {
		return own, err
	}
	lines, err := g.textsAt(column(event.Message), rows)
	if err != nil {
		return nil, err
	}
	starts, err := g.numbersAt(columnStart, rows)
	if err != nil {
		return nil, err
	}
	lengths, err := g.numbersAt(columnLength, rows)
	if err != nil {
		return nil, err
	}
	for i := range own {
		if own[i], err = g.logText(own[i], lines[i], starts, lengths, i); err != nil {
			return nil, err
		}
	}
	return own, nil
}

// logText rebuilds one LogMessage: its own text, or the part of line.
func (g *group) logText(own, line string, starts, lengths Numbers, i int) (string, error) {
	if !starts.Has(i) {
		return own, nil
	}
	start, end := starts.Bits[i], uint64(len(line))
	if lengths.Has(i) && start <= end {
		end = start + lengths.Bits[i]
	}
	if start > end || end > uint64(len(line)) {
		return "", g.file.corrupt("row group %d: log_message reaches beyond message", g.number)
	}
	return line[start:end], nil
}
