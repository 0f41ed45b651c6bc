package segment

import (
	"sort"

	"github.com/parquet-go/parquet-go/format"
)

// physicalText is the type of columns of text.
const physicalText = format.ByteArray

// builderColumn is a column with the page that was needed last.
type builderColumn struct {
	*reader
	first, rows uint32 // of the page; rows 0: none yet
	dict        []string
	codes       []uint32
	texts       []string
	numbers     Numbers
	// written are the entries of a dictionary of numbers as text; numbers then
	// has codes.
	written []string
}

// find makes the page of a row the present one.
func (b *lineBuilder) find(c *builderColumn, row uint32) error {
	if row-c.first < c.rows {
		return nil
	}
	pages := c.chunk.pages
	i := sort.Search(len(pages), func(i int) bool { return uint32(pages[i].end) > row })
	if i == len(pages) {
		return errRowOrder
	}
	p := pages[i]
	c.first, c.rows = uint32(p.first), 0
	if err := b.read(c, i); err != nil {
		return err
	}
	c.rows = uint32(p.end - p.first)
	return nil
}

// read reads a page.
func (b *lineBuilder) read(c *builderColumn, page int) (err error) {
	switch {
	case c.id == columnRest && b.keep:
		c.texts, err = c.linePage(page)
	case c.id == columnRest:
		c.texts, err = c.lendPage(page, c.texts)
	case c.chunk.physical == physicalText:
		limit := len(c.dict)
		if c.id == columnTemplate {
			limit = len(b.templates)
		}
		if b.keep {
			c.codes, err = c.codePage(page, limit)
		} else {
			c.codes, err = c.lendCodes(page, limit, c.codes)
		}
	case b.keep:
		c.numbers, err = c.numberPage(page)
	default:
		err = c.lendNumbers(page, &c.numbers)
	}
	return err
}

// lendPage decodes a page of lines into out; the texts are valid until the
// next call.
func (r *reader) lendPage(page int, out []string) ([]string, error) {
	out = out[:0]
	_, err := r.visitPage(page, func(_ int, text string) bool {
		out = append(out, text)
		return true
	})
	return out, err
}

// lendCodes decodes a page of codes into out.
func (r *reader) lendCodes(page, limit int, out []uint32) ([]uint32, error) {
	p := r.chunk.pages[page]
	body, err := r.unpacked(p)
	if err != nil {
		return nil, err
	}
	out = resized(out, int(p.end-p.first))
	if err := decodeCodes(body, limit, out); err != nil {
		return nil, r.wrap(err)
	}
	return out, nil
}

// lendNumbers decodes a page of numbers into out.
func (r *reader) lendNumbers(page int, out *Numbers) error {
	if err := r.loadNumbers(); err != nil {
		return err
	}
	p := r.chunk.pages[page]
	body, err := r.unpacked(p)
	if err != nil {
		return err
	}
	out.Bits = resized(out.Bits, int(p.end-p.first))
	if r.chunk.optional {
		out.Present = resized(out.Present, (len(out.Bits)+63)>>6)
		clear(out.Present)
	}
	if err := decodeNumbers(r.chunk, body, r.numbers, out.Bits, out.Present, 0); err != nil {
		return r.wrap(err)
	}
	return nil
}

// value is a value of the row at a place of the present page.
func (c *builderColumn) value(at uint32, nth uint16) (string, error) {
	if c.dict != nil {
		if value, ok := valueOf(c.dict[c.codes[at]], nth); ok {
			return value, nil
		}
	} else if nth == 0 && c.numbers.Has(int(at)) {
		if c.written != nil {
			return c.written[c.numbers.Bits[at]], nil
		}
		return string(appendNumber(nil, c.id, c.numbers.Bits[at])), nil
	}
	return "", c.wrap(errTemplate)
}

// loadWritten writes the dictionary of a column of numbers as text, once, and
// has codes read in place of numbers.
func (c *builderColumn) loadWritten() error {
	if c.reader.numbers == nil {
		return nil
	}
	cache := c.group.file.opts.Cache
	written, ok := cache.get(c.key(partWritten)).([]string)
	if !ok {
		size := 0
		written = make([]string, len(c.reader.numbers))
		for i, bits := range c.reader.numbers {
			written[i] = string(appendNumber(nil, c.id, bits))
			size += 16 + len(written[i])
		}
		cache.put(c.key(partWritten), written, int64(size))
	}
	c.written = written
	codes := make([]uint64, len(written))
	for i := range codes {
		codes[i] = uint64(i)
	}
	c.reader.numbers = codes
	return nil
}
