package local

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"rastro/internal/query"
)

// Retain removes whole segments: those whose newest event is older than the
// policy's age, then, of what is left, those with the oldest newest event
// until all files fit into the policy's bytes. Files in quarantine go by age
// too. Then it carries out the policy's rules. Events in memory stay.
// Questions under way finish on what they have.
func (e *Engine) Retain(ctx context.Context, policy query.Policy, now time.Time) (query.Removed, error) {
	if err := ctx.Err(); err != nil {
		return query.Removed{}, err
	}
	removed, err := e.retainFiles(policy, now)
	if err != nil {
		return removed, fmt.Errorf("removing old segments: %w", err)
	}
	byRule, err := e.retainRules(ctx, policy.Rules, now)
	if err != nil {
		err = fmt.Errorf("removing events by a rule: %w", err)
	}
	return removed.Add(byRule), err
}

// retainFiles removes the files that are too old or too many.
func (e *Engine) retainFiles(policy query.Policy, now time.Time) (query.Removed, error) {
	e.changing.Lock()
	defer e.changing.Unlock()
	e.mu.RLock()
	c, closed := e.view.catalog, e.closed
	e.mu.RUnlock()
	if closed {
		return query.Removed{}, ErrClosed
	}
	files, lost := expired(c, policy, now)
	if len(files) == 0 && len(lost) == 0 {
		return query.Removed{}, nil
	}
	return e.drop(c, files, lost)
}

// drop takes files, and lost ones, out of the store. c is the present catalog.
// The caller holds changing.
func (e *Engine) drop(c *catalog, files []*segmentFile, lost []lostFile) (query.Removed, error) {
	drop, kept := &entry{Kind: entryDrop}, slices.Clone(c.lost)
	for _, f := range files {
		drop.Paths = append(drop.Paths, f.meta.Path)
	}
	for i := range lost {
		drop.Paths = append(drop.Paths, lost[i].Meta.Path)
		kept = slices.DeleteFunc(kept, func(l lostFile) bool { return l.Meta.Path == lost[i].Meta.Path })
	}
	err := e.list.add(drop, func() *content {
		c := e.content()
		c.drop(drop.Paths)
		return c
	})
	if err != nil {
		return query.Removed{}, err
	}
	removed := query.Removed{Segments: len(files)}
	for _, f := range files {
		removed.Events += int64(f.meta.Rows)
		removed.Bytes += f.meta.Bytes
		gone := func() { e.unlink(f) }
		f.gone.Store(&gone)
	}
	e.replace(c, c.without(files, kept))
	for i := range lost {
		e.remove(filepath.Join(e.dir, quarantineDir, lost[i].name()))
	}
	return removed, nil
}

// expired chooses what a policy removes.
func expired(c *catalog, policy query.Policy, now time.Time) (files []*segmentFile, lost []lostFile) {
	byAge := slices.Clone(c.files)
	slices.SortStableFunc(byAge, func(a, b *segmentFile) int { return cmp.Compare(a.meta.MaxTime, b.meta.MaxTime) })
	var bytes int64
	for _, f := range byAge {
		bytes += f.meta.Bytes
	}
	oldest := now.Add(-policy.KeepFor).UnixNano()
	for _, f := range byAge {
		tooOld := policy.KeepFor > 0 && f.meta.MaxTime < oldest
		if !tooOld && (policy.MaxBytes <= 0 || bytes <= policy.MaxBytes) {
			break // the others are newer
		}
		files = append(files, f)
		bytes -= f.meta.Bytes
	}
	for _, l := range c.lost {
		if policy.KeepFor > 0 && l.Meta.MaxTime < oldest {
			lost = append(lost, l)
		}
	}
	return files, lost
}

// unlink removes a file that nobody reads any more.
func (e *Engine) unlink(f *segmentFile) {
	e.files.drop(f)
	e.remove(e.path(f.meta.Path))
}

// remove removes a file. What stays behind is removed at the next start, and
// so are folders of days that are empty.
func (e *Engine) remove(name string) {
	if err := e.fs.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
		e.log.Warn("removing a segment failed; the next start does it", "path", name, "err", err)
	}
}
