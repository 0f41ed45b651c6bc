package local

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime/debug"
	"slices"

	"rastro/internal/query"
	"rastro/internal/segment"
)

// Erase removes the events that match; see store.Store. Events in memory are
// written to files first if any of them matches. Files whose events all match
// go as a whole, at once; then each of the others is written anew without
// them, verified, and takes the old one's place, which is removed when no
// question reads it any more.
func (e *Engine) Erase(ctx context.Context, filter query.Filter) (query.Removed, error) {
	filtering, err := compileFilter(filter, 0)
	if err != nil {
		return query.Removed{}, fmt.Errorf("preparing the filter: %w", err)
	}
	ctx, done, err := e.beginErasing(ctx)
	if err != nil {
		return query.Removed{}, err
	}
	defer done()
	x := &erasure{engine: e, filter: filtering, last: e.Next() - 1, after: 0, until: math.MaxInt64}
	inMemory, err := x.inMemory(ctx)
	if err != nil {
		return query.Removed{}, fmt.Errorf("looking at the events in memory: %w", err)
	}
	if inMemory {
		if err := e.Flush(ctx); err != nil {
			return query.Removed{}, fmt.Errorf("writing the events in memory before erasing some: %w", err)
		}
	}
	removed, err := x.run(ctx)
	e.mu.RLock()
	removed.Unreadable = len(e.view.catalog.lost)
	e.mu.RUnlock()
	return removed, err
}

// beginErasing waits until nobody else erases. The context it returns ends
// with the engine too; done must be called.
func (e *Engine) beginErasing(ctx context.Context) (_ context.Context, done func(), err error) {
	select {
	case e.erasing <- struct{}{}:
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	case <-e.life.Done():
		return nil, nil, ErrClosed
	}
	v, err := e.hold() // so that Close waits for us
	if err != nil {
		<-e.erasing
		return nil, nil, err
	}
	v.catalog.release()
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(e.life, func() { cancel(ErrClosed) })
	return ctx, func() {
		stop()
		cancel(nil)
		<-e.erasing
		e.work.Done()
	}, nil
}

// erasure removes the events that match a filter from files.
type erasure struct {
	engine *Engine
	filter condition
	// Only events after one RID and up to another, and before a time, go.
	after, last uint64
	until       int64
}

// touched is a file with events to be removed.
type touched struct {
	file   *segmentFile
	gone   []rowSet // by row group
	events int
}

// inMemory tells whether an event that is only in memory matches.
func (x *erasure) inMemory(ctx context.Context) (bool, error) {
	v, err := x.engine.hold()
	if err != nil {
		return false, err
	}
	defer x.engine.work.Done()
	defer v.catalog.release()
	for _, t := range append(v.frozen[:len(v.frozen):len(v.frozen)], v.tail) {
		ref, ok := t.block()
		if !ok || t.first > x.last {
			continue
		}
		if rows, err := x.match(ctx, &ref, math.MaxUint64); err != nil || !rows.empty() {
			return err == nil, err
		}
	}
	return false, nil
}

// run looks for the events in all files and removes them. A file that cannot
// be read is set aside, as a question would do.
func (x *erasure) run(ctx context.Context) (query.Removed, error) {
	v, err := x.engine.hold()
	if err != nil {
		return query.Removed{}, err
	}
	defer x.engine.work.Done()
	var whole, parts []touched
	var unread error // files that could not be read, but are not damaged
	for _, f := range v.catalog.files {
		if f.meta.LastRID <= x.after || f.meta.FirstRID > x.last || f.meta.MinTime >= x.until {
			continue
		}
		t, err := x.find(ctx, f)
		switch {
		case errors.Is(err, segment.ErrCorrupt):
			if x.engine.quarantine(f, err); x.engine.uses(f) {
				unread = errors.Join(unread, err)
			}
		case err != nil:
			v.catalog.release()
			return query.Removed{}, err
		case t.events == f.meta.Rows:
			whole = append(whole, t)
		case t.events > 0:
			parts = append(parts, t)
		}
	}
	// Whole files first: they make room for those that are written anew. From
	// here on each file is held by itself, so that removed ones go at once.
	keep := make([]*catalog, len(parts))
	for i := range parts {
		keep[i] = newCatalog([]*segmentFile{parts[i].file}, nil)
	}
	v.catalog.release()
	removed, err := x.engine.dropFiles(whole)
	for i := range parts {
		if err == nil {
			err = x.rewrite(ctx, &parts[i], &removed)
		}
		keep[i].release()
	}
	return removed, errors.Join(err, unread)
}

// uses tells whether a file still belongs to the store.
func (e *Engine) uses(f *segmentFile) bool {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return slices.Contains(e.view.catalog.files, f)
}

// find looks for the events in one file.
func (x *erasure) find(ctx context.Context, f *segmentFile) (touched, error) {
	t := touched{file: f, gone: make([]rowSet, len(f.blocks))}
	for i := range f.blocks {
		rows, err := x.match(ctx, &f.blocks[i], f.meta.LastRID)
		if err != nil {
			return t, fmt.Errorf("looking for events to erase: %w", err)
		}
		t.gone[i] = rows
		t.events += rows.count()
	}
	return t, nil
}

// match returns the rows of a block that match; lastRID bounds its RIDs.
func (x *erasure) match(ctx context.Context, ref *blockRef, lastRID uint64) (rows rowSet, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("reading %s: panic: %v\n%s", ref.name, r, debug.Stack())
		}
	}()
	if err := ctx.Err(); err != nil {
		return nil, context.Cause(ctx)
	}
	if ref.first >= x.until {
		return nil, nil
	}
	block, release, err := ref.open()
	if err != nil {
		return nil, err
	}
	defer release()
	s := newScan(ctx, block, &budget{limit: math.MaxInt64}, &scratch{})
	defer s.close()
	if ok, err := x.filter.may(s); err != nil || !ok {
		return nil, err
	}
	rows = allRows(s.rows)
	if ref.last >= x.until {
		times, err := s.times()
		if err != nil {
			return nil, err
		}
		rows.keep(func(row uint32) bool { return times[row] < x.until })
	}
	if lastRID > x.last {
		rids, err := s.rids()
		if err != nil {
			return nil, err
		}
		rows.keep(func(row uint32) bool { return rids[row] <= x.last })
	}
	return rows, x.filter.narrow(s, rows)
}

// dropFiles removes files as a whole, all at once.
func (e *Engine) dropFiles(list []touched) (query.Removed, error) {
	if len(list) == 0 {
		return query.Removed{}, nil
	}
	e.changing.Lock()
	defer e.changing.Unlock()
	e.mu.RLock()
	c := e.view.catalog
	e.mu.RUnlock()
	var files []*segmentFile
	for _, t := range list {
		if slices.Contains(c.files, t.file) { // else removed or set aside meanwhile
			files = append(files, t.file)
		}
	}
	if len(files) == 0 {
		return query.Removed{}, nil
	}
	return e.drop(c, files, nil)
}
