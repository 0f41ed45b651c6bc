package local

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"rastro/internal/query"
	"rastro/internal/store/local/ask"
	"rastro/internal/store/local/rowset"
)

// hideRows takes files whose rows are all gone out of the store, and hides the
// gone rows of the others. again tells that some of the files had left the
// store before, because they were put together into others: these are to be
// looked at.
func (e *Engine) hideRows(found []touched) (removed query.Removed, again bool, err error) {
	if len(found) == 0 {
		return query.Removed{}, false, nil
	}
	e.changing.Lock()
	defer e.changing.Unlock()
	e.erasures.Add(1)
	e.mu.RLock()
	c := e.view.catalog
	e.mu.RUnlock()
	var whole []*segmentFile
	var parts []touched
	for _, t := range found {
		switch {
		case !slices.Contains(c.files, t.file):
			again = true
		case t.events == t.file.rows():
			whole = append(whole, t.file)
		default:
			parts = append(parts, t)
		}
	}
	if len(whole) > 0 {
		if removed, err = e.drop(c, whole, nil); err != nil {
			return removed, again, err
		}
		e.mu.RLock()
		c = e.view.catalog
		e.mu.RUnlock()
	}
	for from := 0; from < len(parts) && err == nil; from += rewriteChunk {
		c, err = e.hideIn(c, parts[from:min(from+rewriteChunk, len(parts))])
	}
	return removed, again, err
}

// hideIn hides rows of some files with one entry of the manifest. The caller
// holds changing; c is the present catalog, and the new one comes back.
func (e *Engine) hideIn(c *catalog, parts []touched) (*catalog, error) {
	en := &entry{Kind: entryHide}
	now := slices.Clone(c.files)
	for _, t := range parts {
		f := t.file
		h, err := hiddenIn(&t)
		if err != nil {
			return c, fmt.Errorf("hiding erased events of %s: %w", f.meta.Path, err)
		}
		en.Hidden = append(en.Hidden, h)
		meta := f.meta
		meta.Hidden, meta.Days = h.Rows, h.Days
		now[slices.Index(now, f)] = e.showFile(meta, f.fileHold)
	}
	err := e.list.add(en, func() *content {
		c := e.content()
		c.hide(en.Hidden)
		return c
	})
	if err != nil {
		return c, fmt.Errorf("hiding erased events: %w", err)
	}
	next := newCatalog(now, c.lost)
	e.replace(c, next)
	return next, nil
}

// hiddenIn is all hidden rows of a file, and how many events of each day are
// left where it has several.
func hiddenIn(t *touched) (hiddenFile, error) {
	f := t.file
	sets := slices.Clone(t.gone)
	for i, before := range f.hidden {
		switch {
		case before == nil:
		case sets[i] == nil:
			sets[i] = before
		default:
			sets[i] = sets[i].Clone()
			sets[i].Plus(before)
		}
	}
	h := hiddenFile{Path: f.meta.Path, Rows: encodeHidden(f.meta.Groups, sets)}
	if len(f.meta.Days) == 0 {
		return h, nil
	}
	h.Days = maps.Clone(f.meta.Days)
	for i, ref := range f.blocks {
		gone := t.gone[f.groups[i]]
		if gone == nil {
			continue
		}
		if err := f.forget(&ref, f.groups[i], gone, h.Days); err != nil {
			return h, err
		}
	}
	return h, nil
}

// forget takes rows of a row group out of the counts of days.
func (f *segmentFile) forget(ref *ask.Block, group int, gone rowset.Set, days map[string]int) error {
	block, release, err := ref.Open()
	if err != nil {
		return err
	}
	defer release()
	times, err := block.Times()
	if err != nil {
		return err
	}
	shown := rowset.All(f.meta.Groups[group].Rows)
	if f.hidden != nil && f.hidden[group] != nil {
		shown.Minus(f.hidden[group])
	}
	for i, row := range shown.List(nil) {
		if !gone.Has(row) {
			continue
		}
		day := dayOf(times[i])
		if days[day]--; days[day] <= 0 {
			delete(days, day)
		}
	}
	return nil
}

// finishErasing writes the files anew whose erased events an erasure could only
// hide, because it failed or the process ended.
func (e *Engine) finishErasing(ctx context.Context) error {
	ctx, done, err := e.takeAlone(ctx, e.erasing)
	if err != nil {
		return err
	}
	defer done()
	_, err = e.rewriteHidden(ctx, nil)
	return err
}

// finishSoon is finishErasing in the background.
func (e *Engine) finishSoon() {
	if !e.view.catalog.hides() {
		return
	}
	e.work.Go(func() {
		if err := e.finishErasing(e.life); err != nil && e.life.Err() == nil {
			e.log.Warn("removing the bytes of erased events failed; they stay hidden, and the next erasure or start does it", "err", err)
		}
	})
}

// hides tells whether a file has hidden rows.
func (c *catalog) hides() bool {
	return slices.ContainsFunc(c.files, func(f *segmentFile) bool { return f.hiddenRows > 0 })
}

// holdErased is hold once no file has hidden rows: what is copied from then on
// holds no erased event.
func (e *Engine) holdErased(ctx context.Context) (view, error) {
	for {
		v, err := e.hold()
		if err != nil || !v.catalog.hides() {
			return v, err
		}
		v.catalog.release()
		e.work.Done()
		if err := e.finishErasing(ctx); err != nil {
			return view{}, fmt.Errorf("removing the bytes of erased events: %w", err)
		}
	}
}
