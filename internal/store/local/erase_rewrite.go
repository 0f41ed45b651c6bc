package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"rastro/internal/query"
	"rastro/internal/segment"
	"rastro/internal/store/local/rowset"
)

// rewriteHidden writes every file with hidden rows anew, on all processors,
// and puts the new ones in the place of the old. Where the disk is too full for
// several files at a time, it is done one after the other.
func (e *Engine) rewriteHidden(ctx context.Context, progress func(Progress)) (query.Removed, error) {
	v, err := e.hold()
	if err != nil {
		return query.Removed{}, err
	}
	defer e.work.Done()
	r := &hiddenRewrite{engine: e, progress: progress}
	// Each file is held by itself, so that replaced ones go at once.
	for _, f := range v.catalog.files {
		if f.hiddenRows > 0 {
			r.files = append(r.files, newCatalog([]*segmentFile{f}, nil))
		}
	}
	v.catalog.release()
	err = eachFile(ctx, len(r.files), func(ctx context.Context, i int) error {
		err := r.rewrite(ctx, i)
		if errors.Is(err, syscall.ENOSPC) {
			err = nil // once more, below
		}
		return err
	})
	for i := range r.files {
		if err == nil && r.files[i] != nil {
			err = r.rewrite(ctx, i)
		}
		if r.files[i] != nil {
			r.files[i].release()
		}
	}
	return r.removed, err
}

// hiddenRewrite is the work of one rewriteHidden.
type hiddenRewrite struct {
	engine   *Engine
	progress func(Progress)
	files    []*catalog // nil where it is done

	mu      sync.Mutex
	done    int
	removed query.Removed
}

// rewrite writes a file anew without its hidden rows and puts the new one in
// its place.
func (r *hiddenRewrite) rewrite(ctx context.Context, i int) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	e, old := r.engine, r.files[i].files[0]
	meta, err := e.writeShown(old)
	if err != nil {
		if errors.Is(err, segment.ErrCorrupt) {
			e.quarantine(old, err) // which looks whether it is the old one
		}
		return fmt.Errorf("writing %s without its erased events: %w", old.meta.Path, err)
	}
	swapped, err := e.swapAll([]*segmentFile{old}, meta)
	if err != nil {
		// A manifest whose write failed may name the new file after all: it
		// stays until the next start knows.
		return fmt.Errorf("erasing events of %s: %w", old.meta.Path, err)
	}
	if !swapped { // removed as a whole or set aside meanwhile
		e.remove(e.path(meta.Path))
	}
	r.files[i].release()
	r.files[i] = nil
	r.mu.Lock()
	defer r.mu.Unlock()
	if swapped {
		r.removed.Rewritten++
		r.removed.Events += int64(old.hiddenRows)
		r.removed.Bytes += old.meta.Bytes - meta.Bytes
	}
	if r.done++; r.progress != nil {
		r.progress(Progress{Phase: PhaseRewrite, Done: r.done, Total: len(r.files)})
	}
	return nil
}

// writeShown writes the events of a file that are not hidden to a new one.
func (e *Engine) writeShown(old *segmentFile) (fileMeta, error) {
	file, err := e.files.get(old, func() (*segment.File, error) { return e.openFile(old) })
	if err != nil {
		return fileMeta{}, err
	}
	defer file.Release()
	kept := make([][]uint32, len(old.meta.Groups))
	for i, g := range old.meta.Groups {
		if old.hidden[i] != nil {
			rest := rowset.All(g.Rows)
			rest.Minus(old.hidden[i])
			kept[i] = rest.List([]uint32{})
		}
	}
	name, err := e.freeName(old.meta.Path)
	if err != nil {
		return fileMeta{}, err
	}
	meta, err := segment.Rewrite(e.fs, e.path(name), file, kept, e.segment)
	if err != nil {
		return fileMeta{}, err
	}
	meta.Path = name
	return fileMeta{Meta: meta, Days: old.meta.Days}, nil
}

// freeName is the next name of a file that is written anew: its generation
// stands before the extension. A name is never used for two contents.
func (e *Engine) freeName(old string) (string, error) {
	dir, base := path.Split(old)
	stem, generation := splitGeneration(base)
	return e.unusedName(dir + stem + "." + strconv.Itoa(generation+1) + segmentSuffix)
}

// unusedName is a name, or the first of its generations that no file has.
func (e *Engine) unusedName(name string) (string, error) {
	dir, base := path.Split(name)
	stem, generation := splitGeneration(base)
	for {
		_, err := e.fs.Stat(e.path(name))
		if errors.Is(err, os.ErrNotExist) {
			return name, nil
		}
		if err != nil {
			return "", fmt.Errorf("looking for a free name: %w", err)
		}
		generation++
		name = dir + stem + "." + strconv.Itoa(generation) + segmentSuffix
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
