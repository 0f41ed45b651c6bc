package local

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"time"

	"rastro/internal/query"
	"rastro/internal/segment"
)

// ErrNoRoom: the disk has too little room for the copy that compaction makes.
var ErrNoRoom = errors.New("too little room on the disk to put files together")

// roomToSpare is what a compaction leaves free beside the reserve.
const roomToSpare = 64 << 20

// CompactOptions say how to compact. The zero value does what is due.
type CompactOptions struct {
	// All puts together whatever fits into a file, also where it is soon to be
	// done again. Otherwise files are put together that are due, see planMerge.
	All bool
	// Gentle works at most half of the time, and a quarter of it while questions
	// are asked or tails are written.
	Gentle bool
	// Reserve is the bytes of the disk that stay free, beside room for the copy.
	Reserve uint64
	// Progress, if set, is told after each new file.
	Progress func(query.Compacted)
}

// Compact puts small segment files of a day together into large ones, one new
// file after the other, until nothing is left to do. Events, their numbers and
// their order stay as they are. Questions, Append, retention, erasure and
// snapshots go on meanwhile: the new file takes the place of the old ones in
// one entry of the manifest, and only if all of them are still in use as they
// were; what retention or an erasure changed meanwhile wins. The old files are
// removed when nobody reads them any more.
//
// Memory is bounded as segment.Merge says; one processor is used. A second
// call waits for the first. With ErrNoRoom, or an error of the disk, what was
// done before stays done.
func (e *Engine) Compact(ctx context.Context, opts CompactOptions) (done query.Compacted, err error) {
	ctx, end, err := e.takeAlone(ctx, e.compacting)
	if err != nil {
		return done, err
	}
	defer end()
	e.mu.RLock()
	done.FilesBefore, done.BytesBefore = len(e.view.catalog.files), e.view.catalog.bytes()
	e.mu.RUnlock()
	for err == nil {
		var merged bool
		merged, err = e.compactNext(ctx, opts, &done)
		e.mu.RLock()
		done.FilesAfter, done.BytesAfter = len(e.view.catalog.files), e.view.catalog.bytes()
		e.mu.RUnlock()
		if !merged {
			break
		}
		if opts.Progress != nil {
			opts.Progress(done)
		}
	}
	e.mu.Lock()
	e.compacted.Error = ""
	if err != nil && ctx.Err() == nil {
		e.compacted.Error = err.Error()
	}
	e.mu.Unlock()
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return done, err
}

// compactNext makes one new file; false when there is none to be made.
func (e *Engine) compactNext(ctx context.Context, opts CompactOptions, done *query.Compacted) (bool, error) {
	if ctx.Err() != nil {
		return false, context.Cause(ctx)
	}
	if err := e.clearDoubts(); err != nil {
		return false, err
	}
	v, err := e.hold()
	if err != nil {
		return false, err
	}
	defer e.work.Done()
	chosen := e.choose(v.catalog, opts.All, time.Now())
	held := newCatalog(chosen, nil) // by themselves, so that others go at once
	v.catalog.release()
	defer held.release()
	if len(chosen) == 0 {
		return false, nil
	}
	if err := e.roomFor(chosen, opts.Reserve); err != nil {
		return false, err
	}
	swapped, err := e.merge(ctx, chosen, opts.Gentle, done)
	if err != nil {
		return false, fmt.Errorf("putting %d files from %s on together: %w", len(chosen), chosen[0].meta.Path, err)
	}
	if !swapped {
		e.log.Debug("files that were put together have changed meanwhile", "path", chosen[0].meta.Path, "count", len(chosen))
	}
	return true, nil
}

// roomFor looks whether the disk has room for a copy of some files.
func (e *Engine) roomFor(files []*segmentFile, reserve uint64) error {
	need := reserve + roomToSpare
	for _, f := range files {
		need += uint64(f.meta.Bytes)
	}
	free, _, err := e.fs.Free(e.dir)
	if err != nil {
		return fmt.Errorf("asking for the room on the disk: %w", err)
	}
	if free < need {
		return fmt.Errorf("%w: %d MiB are free, %d MiB are needed", ErrNoRoom, free>>20, need>>20)
	}
	return nil
}

// merge writes a new file of some files and puts it in their place; false when
// one of them was changed or removed meanwhile.
func (e *Engine) merge(ctx context.Context, files []*segmentFile, gentle bool, done *query.Compacted) (bool, error) {
	name, err := e.mergedName(files)
	if err != nil {
		return false, err
	}
	inputs := make([]segment.Input, len(files))
	var events, bytes int64
	for i, f := range files {
		inputs[i] = segment.Input{Path: e.path(f.meta.Path), Meta: f.meta.Meta}
		events += int64(f.meta.Rows)
		bytes += f.meta.Bytes
	}
	g := &gait{engine: e, ctx: ctx, files: files, gentle: gentle, began: time.Now()}
	opts := e.segment
	opts.Dense = true // the file stays
	meta, err := segment.Merge(readingFS{e.fs}, e.path(name), inputs, opts, g.step)
	if err != nil {
		return e.mergeFailed(ctx, files, err)
	}
	meta.Path = name
	now := fileMeta{Meta: meta, Days: sumDays(files)}
	swapped, err := e.swapAll(files, now)
	switch {
	case err != nil:
		// A manifest whose write failed may name the new file after all: it
		// stays until the manifest was written again.
		e.doubts = append(e.doubts, doubt{name, e.list.writes})
		return false, err
	case !swapped:
		e.remove(e.path(name))
		return false, nil
	}
	done.Merged += len(files)
	done.Written++
	done.Events += events
	e.mu.Lock()
	e.compacted.Files++
	e.compacted.Merged += int64(len(files))
	e.compacted.Events += events
	e.compacted.BytesRead += bytes
	e.compacted.BytesWritten += meta.Bytes
	e.mu.Unlock()
	return true, nil
}

// mergeFailed decides what an error of merging means: a damaged file is set
// aside, one of a newer program is left alone, and in both cases the work goes
// on with others; so it does when the files left the store meanwhile.
func (e *Engine) mergeFailed(ctx context.Context, files []*segmentFile, err error) (bool, error) {
	var bad *segment.BadInput
	switch {
	case ctx.Err() != nil:
		return false, context.Cause(ctx)
	case errors.Is(err, errLeft):
		return false, nil
	case !errors.As(err, &bad):
		return false, err
	}
	f := files[bad.Number]
	switch {
	case errors.Is(err, segment.ErrForeign):
		e.alone[f.meta.Path] = true
		e.log.Info("a segment of a newer program is left as it is", "path", f.meta.Path)
		return false, nil
	case errors.Is(err, segment.ErrCorrupt):
		if e.quarantine(f, err); !e.uses(f) {
			return false, nil
		}
	}
	return false, err
}

// mergedName is the name of the file that takes the place of others: it tells
// the numbers from the first to the last of their names, so that each of them
// lies within it.
func (e *Engine) mergedName(files []*segmentFile) (string, error) {
	first, _ := parseRange(files[0].meta.Path)
	last, _ := parseRange(files[len(files)-1].meta.Path)
	name := path.Join(path.Dir(files[0].meta.Path), fmt.Sprintf("%s%d-%d%s", mergedMark, first.first, last.last, segmentSuffix))
	return e.unusedName(name)
}

// sumDays counts the events of files of several days by day; nil where each
// has one.
func sumDays(files []*segmentFile) map[string]int {
	if len(files[0].meta.Days) == 0 {
		return nil
	}
	days := map[string]int{}
	for _, f := range files {
		for day, rows := range f.meta.Days {
			days[day] += rows
		}
	}
	return days
}

// swapAll puts one file in the place of several; false when one of them is not
// in use any more as it was. Questions see either the one or the others.
func (e *Engine) swapAll(old []*segmentFile, meta fileMeta) (bool, error) {
	e.changing.Lock()
	defer e.changing.Unlock()
	e.mu.RLock()
	c := e.view.catalog
	e.mu.RUnlock()
	en := &entry{Kind: entrySwap, Files: []fileMeta{meta}}
	for _, f := range old {
		if !slices.Contains(c.files, f) {
			return false, nil
		}
		en.Paths = append(en.Paths, f.meta.Path)
	}
	err := e.list.add(en, func() *content {
		c := e.content()
		c.swap(en.Paths, meta)
		return c
	})
	if err != nil {
		return false, err
	}
	for _, f := range old {
		gone := func() { e.unlink(f) }
		f.gone.Store(&gone)
	}
	e.replace(c, c.swapped(old, e.newFile(meta)))
	return true, nil
}

// doubt is a new file of which it is not known whether the manifest names it.
type doubt struct {
	name   string
	writes int // of the manifest, at that time
}

// clearDoubts removes new files that the manifest does not name for sure.
func (e *Engine) clearDoubts() error {
	e.changing.Lock()
	defer e.changing.Unlock()
	for len(e.doubts) > 0 {
		d := e.doubts[0]
		if e.list.writes == d.writes {
			return fmt.Errorf("the manifest could not be written; putting files together waits for its next entry")
		}
		e.remove(e.path(d.name))
		e.doubts = e.doubts[1:]
	}
	return nil
}
