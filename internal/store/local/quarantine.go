package local

import (
	"errors"
	"os"
	"path/filepath"
	"slices"

	"rastro/internal/segment"
)

// quarantineSoon sets a file aside that a question could not read. It does
// not block.
func (e *Engine) quarantineSoon(f *segmentFile, cause error) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	if e.closed {
		return // the next question after the next start finds it again
	}
	e.work.Go(func() { e.quarantine(f, cause) })
}

// quarantine sets a file aside when its bytes are bad for sure: it leaves the list of files, moves to another
// folder, and every answer about its time says that it is missing.
func (e *Engine) quarantine(f *segmentFile, cause error) {
	e.changing.Lock()
	defer e.changing.Unlock()
	e.mu.RLock()
	c := e.view.catalog
	e.mu.RUnlock()
	if !slices.Contains(c.files, f) {
		return // set aside or removed meanwhile
	}
	if err := segment.Check(e.fs, e.path(f.meta.Path), f.meta.Meta); err == nil {
		// A passing failure of the disk; the answer that met it was partial.
		e.log.Warn("a segment could not be read, but can be read now", "path", f.meta.Path, "err", cause)
		e.files.drop(f)
		return
	}
	l := lostFile{Meta: f.meta, Reason: cause.Error()}
	e.log.Error("a segment cannot be read and is set aside; the rest goes on", "path", l.Meta.Path, "count", l.Meta.Rows, "err", cause)
	files, lost := []*segmentFile{f}, append(slices.Clone(c.lost), l)
	err := e.list.add(&entry{Kind: entryLose, Lost: []lostFile{l}}, func() *content {
		now := e.content()
		now.files = slices.DeleteFunc(now.files, func(m fileMeta) bool { return m.Path == l.Meta.Path })
		now.lost = lost
		return now
	})
	if err != nil {
		// Questions go on without it; the next start finds it missing.
		e.log.Error("the manifest does not tell of a segment that was set aside", "path", l.Meta.Path, "err", err)
	}
	e.replace(c, c.without(files, lost))
	e.files.drop(f)
	if err := e.setAside(&l); err != nil {
		e.log.Error("moving a segment to the quarantine failed", "path", l.Meta.Path, "err", err)
	}
}

// replace puts a catalog in the place of the present one.
func (e *Engine) replace(old, now *catalog) {
	e.mu.Lock()
	e.view = view{catalog: now, frozen: e.view.frozen, tail: e.view.tail}
	e.mu.Unlock()
	old.release()
}

// setAside moves a file to the quarantine. One that is not there is no error.
func (e *Engine) setAside(l *lostFile) error {
	from, to := e.path(l.Meta.Path), filepath.Join(e.dir, quarantineDir, l.name())
	err := e.fs.Rename(from, to)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = e.fs.SyncDir(filepath.Dir(to))
	}
	return err
}
