package local

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// tempSuffix ends the names of files that were not finished.
const tempSuffix = ".tmp"

// recover reads the manifest and makes the folder agree with it.
func (e *Engine) recover() error {
	if _, err := e.fs.Stat(filepath.Join(e.dir, restoringName)); err == nil {
		return ErrRestoring
	}
	if err := e.fs.Remove(filepath.Join(e.dir, manifestTemp)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("removing an unfinished manifest: %w", err)
	}
	found, err := e.listSegments()
	if err != nil {
		return err
	}
	r, err := readManifest(e.fs, e.dir)
	if err != nil {
		return err
	}
	if !r.found && len(found) > 0 {
		r.broken = append(r.broken, "there is no manifest")
	}
	known := len(r.lost)
	damaged := r.damaged()
	if damaged {
		if err := e.rebuild(r, found); err != nil {
			return fmt.Errorf("rebuilding the manifest: %w", err)
		}
	}
	e.checkFiles(&r.content, found)
	if err := e.tidy(&r.content, found); err != nil {
		return err
	}
	e.list = &manifest{fs: e.fs, dir: e.dir}
	if err := e.beginManifest(r, damaged || len(r.lost) != known); err != nil {
		return err
	}
	files := make([]*segmentFile, len(r.files))
	for i := range r.files {
		files[i] = e.newFile(r.files[i])
	}
	e.durable = r.durable
	e.view = view{catalog: newCatalog(files, r.lost), tail: newTail(r.durable + 1)}
	return nil
}

// listSegments returns the sizes of all files in the folders of days by their
// names as the manifest writes them. It removes unfinished files and empty
// folders.
func (e *Engine) listSegments() (map[string]int64, error) {
	root := filepath.Join(e.dir, segmentsDir)
	days, err := e.fs.ReadDir(root)
	if err != nil {
		return nil, fmt.Errorf("listing the segments: %w", err)
	}
	found := map[string]int64{}
	for _, day := range days {
		if !day.IsDir() {
			continue
		}
		entries, err := e.fs.ReadDir(filepath.Join(root, day.Name()))
		if err != nil {
			return nil, fmt.Errorf("listing the segments of a day: %w", err)
		}
		left := 0
		for _, entry := range entries {
			name := path.Join(segmentsDir, day.Name(), entry.Name())
			if strings.HasSuffix(name, tempSuffix) {
				if err := e.fs.Remove(e.path(name)); err != nil {
					return nil, fmt.Errorf("removing an unfinished segment: %w", err)
				}
				continue
			}
			left++
			info, err := entry.Info()
			if err != nil {
				return nil, fmt.Errorf("asking for the size of a segment: %w", err)
			}
			found[name] = info.Size()
		}
		if left == 0 {
			_ = e.fs.Remove(filepath.Join(root, day.Name())) // an empty folder does no harm
		}
	}
	return found, nil
}

// checkFiles finds the files that are missing or have the wrong size and
// counts them as lost.
func (e *Engine) checkFiles(c *content, found map[string]int64) {
	c.files = slices.DeleteFunc(c.files, func(m fileMeta) bool {
		size, ok := found[m.Path]
		reason := ""
		switch {
		case !ok:
			reason = "the file is missing"
		case size != m.Bytes:
			reason = fmt.Sprintf("the file has %d bytes instead of %d", size, m.Bytes)
		default:
			return false
		}
		e.log.Error("a segment is damaged and is set aside; the rest goes on", "path", m.Path, "count", m.Rows, "err", errors.New(reason))
		c.lost = append(c.lost, lostFile{Meta: m, Reason: reason})
		return true
	})
}

// tidy moves lost files to the quarantine and removes files that the manifest
// does not know: those of a flush that a crash ended, whose events come again
// from the journal, and those that were removed from the store already.
func (e *Engine) tidy(c *content, found map[string]int64) error {
	wanted := make(map[string]bool, len(c.files))
	for i := range c.files {
		wanted[c.files[i].Path] = true
	}
	for i := range c.lost {
		l := &c.lost[i]
		wanted[l.Meta.Path] = true
		if _, ok := found[l.Meta.Path]; ok {
			if err := e.setAside(l); err != nil {
				return fmt.Errorf("moving a segment to the quarantine: %w", err)
			}
		}
	}
	for name := range found {
		if wanted[name] {
			continue
		}
		if err := e.fs.Remove(e.path(name)); err != nil {
			return fmt.Errorf("removing a file that does not belong to the store: %w", err)
		}
	}
	return nil
}

// beginManifest makes the manifest ready for further entries: as it is, or
// written anew where it does not say what was found. A damaged one is kept.
func (e *Engine) beginManifest(r *readResult, changed bool) error {
	m := e.list
	name := filepath.Join(e.dir, manifestName)
	if r.found && r.damaged() {
		kept := filepath.Join(e.dir, quarantineDir, fmt.Sprintf("%s-%d", manifestName, r.good+r.torn))
		if err := e.fs.Link(name, kept); err != nil && !errors.Is(err, os.ErrExist) {
			return fmt.Errorf("keeping the damaged manifest: %w", err)
		}
	}
	if !r.found || changed {
		err := m.rewrite(&r.content)
		if err == nil || !r.found {
			return err
		}
		// The old one leads to the same again, and the next entry writes a new
		// one: a full disk must not keep anybody from reading what is there.
		e.log.Error("the manifest could not be written anew", "path", name, "err", err)
		return nil
	}
	f, err := e.fs.OpenFile(name, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return fmt.Errorf("opening the manifest: %w", err)
	}
	if r.torn > 0 {
		e.log.Info("the manifest ends with an unfinished write of a crash; it is cut off", "path", name, "count", r.torn)
		err = f.Truncate(r.good)
	}
	// An entry that a crash left unsynced counts from now on.
	if err := errors.Join(err, f.Sync(), e.fs.SyncDir(e.dir)); err != nil {
		return errors.Join(fmt.Errorf("making the manifest ready: %w", err), f.Close())
	}
	m.file, m.size, m.live = f, r.good, r.content.size()
	return nil
}
