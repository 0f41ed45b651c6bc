package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"

	"rastro/internal/query"
	"rastro/internal/segment"
)

// rewrite writes a file anew without its erased events and puts the new one in
// its place.
func (x *erasure) rewrite(ctx context.Context, t *touched, removed *query.Removed) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	e, old := x.engine, t.file
	meta, err := e.writeRest(t)
	if err != nil {
		if errors.Is(err, segment.ErrCorrupt) {
			e.quarantine(old, err) // which looks whether it is the old one
		}
		return fmt.Errorf("writing %s without its erased events: %w", old.meta.Path, err)
	}
	swapped, err := e.swap(old, meta)
	if err != nil {
		// A manifest whose write failed may name the new file after all: it
		// stays until the next start knows.
		return fmt.Errorf("erasing events of %s: %w", old.meta.Path, err)
	}
	if !swapped { // removed as a whole or set aside meanwhile
		e.remove(e.path(meta.Path))
		return nil
	}
	removed.Rewritten++
	removed.Events += int64(t.events)
	removed.Bytes += old.meta.Bytes - meta.Bytes
	return nil
}

// writeRest writes the events of a file that are not erased to a new one.
func (e *Engine) writeRest(t *touched) (fileMeta, error) {
	old := t.file
	file, err := e.files.get(old, func() (*segment.File, error) { return e.openFile(old) })
	if err != nil {
		return fileMeta{}, err
	}
	defer file.Release()
	all := segment.Join(file.Blocks())
	kept := make([]uint32, 0, old.meta.Rows-t.events)
	start := uint32(0)
	for i, b := range old.blocks {
		rest := allRows(b.rows)
		if t.gone[i] != nil {
			rest.minus(t.gone[i])
		}
		from := len(kept)
		kept = rest.list(kept)
		for k := range kept[from:] {
			kept[from+k] += start
		}
		start += uint32(b.rows)
	}
	name, err := e.freeName(old.meta.Path)
	if err != nil {
		return fileMeta{}, err
	}
	meta, err := e.writeFile(name, all, kept)
	if err != nil {
		e.remove(e.path(name))
		return fileMeta{}, err
	}
	meta.Path = name
	now := fileMeta{Meta: meta}
	if len(old.meta.Days) > 0 {
		times, err := all.Times()
		if err != nil {
			return fileMeta{}, err
		}
		now.Days = map[string]int{}
		for _, row := range kept {
			now.Days[dayOf(times[row])]++
		}
	}
	return now, nil
}

// swap puts a file in the place of another; false when that is not in use any
// more. Questions see either the one or the other.
func (e *Engine) swap(old *segmentFile, meta fileMeta) (bool, error) {
	e.changing.Lock()
	defer e.changing.Unlock()
	e.mu.RLock()
	c := e.view.catalog
	e.mu.RUnlock()
	if !slices.Contains(c.files, old) {
		return false, nil
	}
	en := &entry{Kind: entrySwap, Paths: []string{old.meta.Path}, Files: []fileMeta{meta}}
	err := e.list.add(en, func() *content {
		c := e.content()
		c.swap(old.meta.Path, meta)
		return c
	})
	if err != nil {
		return false, err
	}
	gone := func() { e.unlink(old) }
	old.gone.Store(&gone)
	e.replace(c, c.swapped(old, e.newFile(meta)))
	return true, nil
}

// freeName is the next name of a file that is written anew: its generation
// stands before the extension. A name is never used for two contents.
func (e *Engine) freeName(old string) (string, error) {
	dir, base := path.Split(old)
	stem, generation := splitGeneration(base)
	for {
		generation++
		name := dir + stem + "." + strconv.Itoa(generation) + segmentSuffix
		_, err := e.fs.Stat(e.path(name))
		if errors.Is(err, os.ErrNotExist) {
			return name, nil
		}
		if err != nil {
			return "", fmt.Errorf("looking for a free name: %w", err)
		}
	}
}

// segmentSuffix ends the names of segment files.
const segmentSuffix = ".parquet"

// splitGeneration parts a file's name into its RIDs and its generation, which
// is 0 for a file as it was first written.
func splitGeneration(base string) (stem string, generation int) {
	bare := strings.TrimSuffix(base, segmentSuffix)
	stem, number, ok := strings.Cut(bare, ".")
	if n, err := strconv.Atoi(number); ok && err == nil && n > 0 {
		return stem, n
	}
	return bare, 0
}
