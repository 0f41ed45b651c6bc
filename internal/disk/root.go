package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// RootFS is the file system below one folder: whatever stands in it, ".." and
// symbolic links included, no operation leads out of it. Names are full paths,
// as with OS; the one exception is the old name of Link, which may lie
// elsewhere. It is safe for concurrent use.
type RootFS struct {
	dir  string
	root *os.Root
}

var _ FS = (*RootFS)(nil)

// ErrOutside: a name leads out of the folder.
var ErrOutside = errors.New("the path leads out of its folder")

// OpenRoot opens the file system below dir, which must exist. Close ends it.
func OpenRoot(dir string) (*RootFS, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("opening the folder: %w", err)
	}
	return &RootFS{dir: filepath.Clean(dir), root: root}, nil
}

// Close gives the folder back; files that were opened stay open.
func (r *RootFS) Close() error { return r.root.Close() }

// rel is a name as the root knows it.
func (r *RootFS) rel(name string) (string, error) {
	rel, err := filepath.Rel(r.dir, name)
	if err != nil || rel == ".." || strings.HasPrefix(rel, "../") {
		return "", fmt.Errorf("%w: %s is not below %s", ErrOutside, name, r.dir)
	}
	return rel, nil
}

// OpenFile opens a file; see FS.
func (r *RootFS) OpenFile(name string, flag int, perm os.FileMode) (File, error) {
	rel, err := r.rel(name)
	if err != nil {
		return nil, err
	}
	f, err := r.root.OpenFile(rel, flag|unix.O_CLOEXEC, perm)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Rename renames a file; see FS.
func (r *RootFS) Rename(oldName, newName string) error {
	from, err := r.rel(oldName)
	if err != nil {
		return err
	}
	to, err := r.rel(newName)
	if err != nil {
		return err
	}
	return r.root.Rename(from, to)
}

// Link makes newName a hard link to oldName, which may lie outside.
func (r *RootFS) Link(oldName, newName string) error {
	to, err := r.rel(newName)
	if err != nil {
		return err
	}
	if from, err := r.rel(oldName); err == nil {
		return r.root.Link(from, to)
	}
	folder, err := r.root.Open(filepath.Dir(to))
	if err != nil {
		return err
	}
	defer folder.Close()
	err = unix.Linkat(unix.AT_FDCWD, oldName, int(folder.Fd()), filepath.Base(to), 0)
	if err != nil {
		return &os.LinkError{Op: "link", Old: oldName, New: newName, Err: err}
	}
	return nil
}

// Remove removes a file or an empty folder; see FS.
func (r *RootFS) Remove(name string) error {
	rel, err := r.rel(name)
	if err != nil {
		return err
	}
	return r.root.Remove(rel)
}

// MkdirAll makes folders; see FS.
func (r *RootFS) MkdirAll(name string, perm os.FileMode) error {
	rel, err := r.rel(name)
	if err != nil || rel == "." {
		return err
	}
	return r.root.MkdirAll(rel, perm)
}

// ReadDir lists a folder; see FS.
func (r *RootFS) ReadDir(name string) ([]os.DirEntry, error) {
	rel, err := r.rel(name)
	if err != nil {
		return nil, err
	}
	d, err := r.root.Open(rel)
	if err != nil {
		return nil, err
	}
	entries, err := d.ReadDir(-1)
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, errors.Join(err, d.Close())
}

// Stat describes a file; see FS.
func (r *RootFS) Stat(name string) (os.FileInfo, error) {
	rel, err := r.rel(name)
	if err != nil {
		return nil, err
	}
	return r.root.Stat(rel)
}

// SyncDir makes the names in a folder durable; see FS.
func (r *RootFS) SyncDir(name string) error {
	rel, err := r.rel(name)
	if err != nil {
		return err
	}
	d, err := r.root.Open(rel)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Free tells the free space; see FS.
func (r *RootFS) Free(name string) (free, total uint64, err error) {
	if _, err := r.rel(name); err != nil {
		return 0, 0, err
	}
	return OS().Free(name)
}
