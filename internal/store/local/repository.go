package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"rastro/internal/disk"
)

// A repository is a folder of snapshots:
//
//	repository.json      says that it is one
//	lock                 held by who changes it
//	snapshots/<name>.snapshot  a snapshot's document
//	segments/            the files of all snapshots, each once
//
// Files of segments never change; a snapshot's document is written last, so
// that there is no half snapshot. Files that no document names are left from a
// process that was killed, and go with the next change.
const (
	repositoryMark    = "repository.json"
	repositoryLock    = "lock"
	repositoryFormat  = 1
	snapshotsDir      = "snapshots"
	snapshotSuffix    = ".snapshot"
	repositoryPause   = 20 * time.Millisecond
	maxRepositoryMark = 4096
)

// Errors of a repository.
var (
	// ErrNoRepository: there is no repository in the folder.
	ErrNoRepository = errors.New("there is no repository of snapshots")
	// ErrNoSnapshot: the repository has no snapshot of that name.
	ErrNoSnapshot = errors.New("there is no such snapshot")
	// ErrSnapshotExists: the repository has a snapshot of that name.
	ErrSnapshotExists = errors.New("a snapshot of this name exists")
	// ErrSnapshotName: the name cannot be one of a snapshot.
	ErrSnapshotName = errors.New("this is no name for a snapshot")
	// ErrBadSnapshot: a snapshot's document or file is not what was written.
	ErrBadSnapshot = errors.New("the snapshot is damaged")
)

// Repository is an open folder of snapshots. Its methods are safe for
// concurrent use, in several processes too: those that change it wait for each
// other.
type Repository struct {
	fs   disk.FS
	dir  string
	root *disk.RootFS // closed with the repository; nil if another owns it
}

// OpenRepository opens the repository in dir. With create it is made where
// there is an empty folder or none; otherwise ErrNoRepository is returned.
func OpenRepository(fs disk.FS, dir string, create bool) (*Repository, error) {
	r := &Repository{fs: fs, dir: dir}
	found, err := r.readMark()
	if err != nil {
		return nil, err
	}
	if !found && !create {
		return nil, fmt.Errorf("%w in %s", ErrNoRepository, dir)
	}
	if !create {
		return r, nil
	}
	if !found {
		if err := r.mustBeEmpty(); err != nil {
			return nil, err
		}
	}
	for _, sub := range []string{"", snapshotsDir, segmentsDir} {
		if err := fs.MkdirAll(filepath.Join(dir, sub), 0o750); err != nil {
			return nil, fmt.Errorf("making the repository's folder: %w", err)
		}
	}
	if !found {
		mark := fmt.Appendf(nil, "{\"rastro_repository\":%d}\n", repositoryFormat)
		if err := r.writeFile(filepath.Join(dir, repositoryMark), mark); err != nil {
			return nil, fmt.Errorf("making the repository: %w", err)
		}
	}
	return r, nil
}

// Dir is the repository's folder.
func (r *Repository) Dir() string { return r.dir }

// Close ends the use of the repository.
func (r *Repository) Close() error {
	if r.root == nil {
		return nil
	}
	return r.root.Close()
}

// readMark tells whether the folder is a repository that we understand.
func (r *Repository) readMark() (bool, error) {
	b, err := r.read(filepath.Join(r.dir, repositoryMark), maxRepositoryMark)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("opening the repository: %w", err)
	}
	var mark struct {
		Format int `json:"rastro_repository"`
	}
	if err := json.Unmarshal(b, &mark); err != nil || mark.Format < 1 {
		return false, fmt.Errorf("%w in %s: its %s says something else", ErrNoRepository, r.dir, repositoryMark)
	}
	if mark.Format > repositoryFormat {
		return false, fmt.Errorf("%w that this version reads in %s: its format is %d", ErrNoRepository, r.dir, mark.Format)
	}
	return true, nil
}

// mustBeEmpty refuses a folder with files of somebody else.
func (r *Repository) mustBeEmpty() error {
	entries, err := r.fs.ReadDir(r.dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("looking into the repository's folder: %w", err)
	}
	for _, e := range entries {
		switch name := e.Name(); {
		// What a repository leaves whose making was interrupted.
		case name == snapshotsDir, name == segmentsDir, name == repositoryLock, name == repositoryMark+tempSuffix:
		case name == "lost+found", strings.HasPrefix(name, "."):
		default:
			return fmt.Errorf("%w: %s holds %q; name a new or an empty folder", ErrLocation, r.dir, name)
		}
	}
	return nil
}

// read reads a whole small file; a larger one than limit is refused.
func (r *Repository) read(name string, limit int64) ([]byte, error) {
	info, err := r.fs.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > limit {
		return nil, fmt.Errorf("%w: %s is no file of at most %d bytes", ErrBadSnapshot, name, limit)
	}
	f, err := r.fs.OpenFile(name, os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	if int64(len(b)) > limit {
		return nil, fmt.Errorf("%w: %s is larger than %d bytes", ErrBadSnapshot, name, limit)
	}
	return b, nil
}

// writeFile makes a small file durable under its name.
func (r *Repository) writeFile(name string, b []byte) error {
	temp := name + tempSuffix
	f, err := r.fs.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640)
	if err != nil {
		return err
	}
	if _, err = f.Write(b); err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = r.fs.Rename(temp, name)
	}
	if err != nil {
		_ = r.fs.Remove(temp) // the next writer replaces it otherwise
		return err
	}
	return r.fs.SyncDir(filepath.Dir(name))
}

// change waits until nobody else changes the repository, and calls do.
func (r *Repository) change(ctx context.Context, do func() error) error {
	name := filepath.Join(r.dir, repositoryLock)
	f, err := r.fs.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o640)
	if err != nil {
		return fmt.Errorf("opening the repository's lock: %w", err)
	}
	defer f.Close() // which gives the lock back
	for {
		held, err := tryLock(f)
		if err != nil {
			return fmt.Errorf("locking the repository: %w", err)
		}
		if held {
			return do()
		}
		select {
		case <-time.After(repositoryPause):
		case <-ctx.Done():
			return fmt.Errorf("waiting for another process that changes the repository: %w", context.Cause(ctx))
		}
	}
}

// segmentPath is the place of a segment file in the repository.
func (r *Repository) segmentPath(name string) string {
	return filepath.Join(r.dir, segmentsDir, name)
}

func (r *Repository) documentPath(name string) string {
	return filepath.Join(r.dir, snapshotsDir, name+snapshotSuffix)
}

// segmentSizes lists the regular files of segments.
func (r *Repository) segmentSizes() (map[string]int64, error) {
	entries, err := r.fs.ReadDir(filepath.Join(r.dir, segmentsDir))
	if err != nil {
		return nil, fmt.Errorf("listing the files of the repository: %w", err)
	}
	sizes := make(map[string]int64, len(entries))
	for _, e := range entries {
		if !e.Type().IsRegular() {
			continue
		}
		info, err := e.Info()
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("listing the files of the repository: %w", err)
		}
		sizes[e.Name()] = info.Size()
	}
	return sizes, nil
}

// Probe writes and removes a file, so that somebody learns in time that the
// folder cannot be written to.
func (r *Repository) Probe() error {
	name := filepath.Join(r.dir, "probe-"+newUUID())
	if err := r.writeFile(name, []byte("x")); err != nil {
		return fmt.Errorf("writing to the repository: %w", err)
	}
	if err := r.fs.Remove(name); err != nil {
		return fmt.Errorf("removing from the repository: %w", err)
	}
	return nil
}
