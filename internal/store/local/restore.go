package local

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"rastro/internal/disk"
)

// restoringName is a file that stands in a folder while a snapshot is restored
// into it: until it is gone the folder is no store.
const restoringName = "restoring"

// Errors of restoring.
var (
	// ErrRestoring: a restore into the folder was interrupted.
	ErrRestoring = errors.New("a restore into this folder was not finished; restore into it again")
	// ErrNotEmpty: the folder to restore into holds something.
	ErrNotEmpty = errors.New("the folder is not empty")
)

// Restore makes a store of a snapshot in dir, a folder that is empty or does
// not exist, or in which a restore was interrupted. It is an exact copy: the
// files are the same bytes, events have their RIDs, and the next event gets the
// number after the last one of the snapshotted store. A snapshot of chosen days
// or indices gives whole files, with whatever else is in them. Every file is
// compared with what was written; after an error the folder is no store, and
// the same call begins again. finish, which may be nil, is called when all
// files are there and may add others; with its error the restore is not done.
func (r *Repository) Restore(ctx context.Context, fs disk.FS, name, dir string, finish func(Snapshot) error) (Snapshot, error) {
	d, err := r.document(name)
	if err != nil {
		return Snapshot{}, err
	}
	if err := checkEmpty(fs, dir); err != nil {
		return Snapshot{}, err
	}
	lock, err := lockFolder(fs, dir, slog.New(slog.DiscardHandler))
	if err != nil {
		return Snapshot{}, err
	}
	if err = r.restoreInto(ctx, fs, d, dir, finish); err != nil {
		err = fmt.Errorf("restoring %s: %w", name, err)
	}
	return d.Snapshot, errors.Join(err, lock.release())
}

// restoreInto makes the store in a folder that is locked.
func (r *Repository) restoreInto(ctx context.Context, fs disk.FS, d *document, dir string, finish func(Snapshot) error) error {
	if err := beginRestore(fs, dir); err != nil {
		return err
	}
	if err := r.restoreFiles(ctx, fs, d, dir); err != nil {
		return err
	}
	c := &content{durable: d.LastRID}
	for i := range d.files {
		c.files = append(c.files, d.files[i].Meta)
	}
	slices.SortStableFunc(c.files, func(a, b fileMeta) int { return compareRID(a.FirstRID, b.FirstRID) })
	m := &manifest{fs: fs, dir: dir}
	if err := errors.Join(m.rewrite(c), m.close()); err != nil {
		return err
	}
	if finish != nil {
		if err := finish(d.Snapshot); err != nil {
			return err
		}
	}
	err := fs.Remove(filepath.Join(dir, restoringName))
	if err == nil {
		err = fs.SyncDir(dir)
	}
	if err != nil {
		return fmt.Errorf("finishing the restore: %w", err)
	}
	return nil
}

// checkEmpty makes the folder if there is none, and refuses one that holds
// anything but what an interrupted restore left.
func checkEmpty(fs disk.FS, dir string) error {
	if err := fs.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("making the folder to restore into: %w", err)
	}
	entries, err := fs.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("looking into the folder to restore into: %w", err)
	}
	if slices.ContainsFunc(entries, func(e os.DirEntry) bool { return e.Name() == restoringName }) {
		return nil // the folder was empty when it began
	}
	for _, e := range entries {
		if e.Name() == "lost+found" || e.Name() == lockName || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		return fmt.Errorf("%w: %s holds %q; name a new folder", ErrNotEmpty, dir, e.Name())
	}
	return nil
}

// beginRestore marks the folder, and removes the manifest of an interrupted
// restore.
func beginRestore(fs disk.FS, dir string) error {
	f, err := fs.OpenFile(filepath.Join(dir, restoringName), os.O_WRONLY|os.O_CREATE, 0o640)
	if err == nil {
		err = errors.Join(f.Sync(), f.Close(), fs.SyncDir(dir))
	}
	if err != nil {
		return fmt.Errorf("beginning the restore: %w", err)
	}
	for _, name := range []string{manifestName, manifestTemp} {
		if err := fs.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("beginning the restore again: %w", err)
		}
	}
	return nil
}

// restoreFiles copies the files to their places. What an earlier restore left
// is replaced, or removed when the folder is opened.
func (r *Repository) restoreFiles(ctx context.Context, fs disk.FS, d *document, dir string) error {
	sizes, err := r.segmentSizes()
	if err != nil {
		return err
	}
	folders := map[string]bool{filepath.Join(dir, segmentsDir): true}
	for i := range d.files {
		f := &d.files[i]
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if _, ok := sizes[f.Name]; !ok {
			return fmt.Errorf("%w: the file %s is missing", ErrBadSnapshot, f.Name)
		}
		to := filepath.Join(dir, filepath.FromSlash(f.Meta.Path))
		if folder := filepath.Dir(to); !folders[folder] {
			if err := fs.MkdirAll(folder, 0o750); err != nil {
				return fmt.Errorf("making the folder of a day: %w", err)
			}
			folders[folder] = true
		}
		if err := copySegment(r.fs, r.segmentPath(f.Name), fs, to, &f.Meta); err != nil {
			return err
		}
	}
	if err := fs.MkdirAll(filepath.Join(dir, segmentsDir), 0o750); err != nil {
		return fmt.Errorf("making the folder of segments: %w", err)
	}
	for folder := range folders {
		if err := fs.SyncDir(folder); err != nil {
			return fmt.Errorf("syncing the folders of segments: %w", err)
		}
	}
	return nil
}
