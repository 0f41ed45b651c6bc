package local

import "rastro/internal/store/local/ask"

// EventsBetween is about how many events a question between two moments of
// @timestamp would have to look at: those of all blocks that reach into the
// range, from inclusive, to exclusive; 0 leaves an end open. It reads no file.
func (e *Engine) EventsBetween(from, to int64) int64 {
	e.mu.RLock()
	v := e.view
	e.mu.RUnlock()
	var n int64
	count := func(b *ask.Block) {
		if (from == 0 || b.Last >= from) && (to == 0 || b.First < to) {
			n += int64(b.Rows)
		}
	}
	for _, f := range v.catalog.files {
		for i := range f.blocks {
			count(&f.blocks[i])
		}
	}
	for _, t := range append(v.frozen[:len(v.frozen):len(v.frozen)], v.tail) {
		if ref, ok := t.block(); ok {
			count(&ref)
		}
	}
	return n
}
