package segment

import (
	"slices"
	"unsafe"

	"rastro/internal/event"
)

// MayHave tells whether some value of a text field other than Message and
// LogMessage may make has true. has must be true for a text wherever it is for a
// part of it: mostly all values are looked at as one.
func MayHave(b Block, f event.Field, has func(text string) bool) (bool, error) {
	if g, ok := b.(*group); ok {
		return g.mayHave(column(f), has)
	}
	dict, err := Entries(b, f)
	return slices.ContainsFunc(dict, has), err
}

// mayHave looks through the dictionary of a column, packed as it is in the file
// unless somebody has unpacked it.
func (g *group) mayHave(id column, has func(text string) bool) (bool, error) {
	r, err := g.column(id)
	if err != nil {
		return false, err
	}
	defer r.done()
	if r.chunk == nil {
		return false, nil
	}
	cache := g.file.opts.Cache
	if dict, ok := cache.get(r.key(partDictionary)).([]string); ok {
		return slices.ContainsFunc(dict, has), nil
	}
	if packed, ok := cache.get(r.key(partPacked)).(packedDict); ok {
		return has(bytesText(packed.body)), nil
	}
	body, _, err := r.unpackedDictionary()
	return err == nil && has(bytesText(body)), err
}

// pageTextsWith visits the texts of a column of lines, but of pages in which no
// text makes has true, which must be true for a text wherever it is for a part
// of it.
func (g *group) pageTextsWith(id column, has func(text string) bool, visit func(row int, text string) bool) error {
	r, err := g.column(id)
	if err != nil {
		return err
	}
	defer r.done()
	if r.chunk == nil {
		return nil
	}
	for i, p := range r.chunk.pages {
		goOn, err := r.visitPageWith(i, has, func(k int, text string) bool { return visit(int(p.first)+k, text) })
		if err != nil || !goOn {
			return err
		}
	}
	return nil
}

// bytesText is the same bytes as a text, as long as nobody changes them.
func bytesText(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
