package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"rastro/internal/segment"
)

// Cleaned says what was removed from a repository.
type Cleaned struct {
	Files int
	Bytes int64
}

// Delete removes a snapshot, and the files that no other snapshot needs.
func (r *Repository) Delete(ctx context.Context, name string) (Cleaned, error) {
	var cleaned Cleaned
	err := r.change(ctx, func() error {
		if CheckSnapshotName(name) != nil {
			return fmt.Errorf("%w: %s", ErrNoSnapshot, name)
		}
		err := r.fs.Remove(r.documentPath(name))
		if errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("%w: %s", ErrNoSnapshot, name)
		}
		if err == nil {
			err = r.fs.SyncDir(filepath.Join(r.dir, snapshotsDir))
		}
		if err != nil {
			return fmt.Errorf("deleting the snapshot %s: %w", name, err)
		}
		cleaned, err = r.sweep()
		return err
	})
	return cleaned, err
}

// Clean removes the files that no snapshot needs: what a process left that was
// killed.
func (r *Repository) Clean(ctx context.Context) (Cleaned, error) {
	var cleaned Cleaned
	err := r.change(ctx, func() (err error) {
		cleaned, err = r.sweep()
		return err
	})
	return cleaned, err
}

// sweep is Clean for who has the lock. While a document cannot be read nothing
// is removed, because nobody knows what it needs.
func (r *Repository) sweep() (Cleaned, error) {
	names, err := r.Names()
	if err != nil {
		return Cleaned{}, err
	}
	needed := map[string]bool{}
	for _, name := range names {
		d, err := r.document(name)
		if err != nil {
			return Cleaned{}, fmt.Errorf("files that nobody needs stay, because a snapshot cannot be read: %w", err)
		}
		for i := range d.files {
			needed[d.files[i].Name] = true
		}
	}
	sizes, err := r.segmentSizes()
	if err != nil {
		return Cleaned{}, err
	}
	var cleaned Cleaned
	for name, size := range sizes {
		if needed[name] || !strings.HasSuffix(strings.TrimSuffix(name, tempSuffix), segmentSuffix) {
			continue
		}
		if err := r.fs.Remove(r.segmentPath(name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return cleaned, fmt.Errorf("removing a file that no snapshot needs: %w", err)
		}
		cleaned.Files++
		cleaned.Bytes += size
	}
	if cleaned.Files > 0 {
		if err := r.fs.SyncDir(filepath.Join(r.dir, segmentsDir)); err != nil {
			return cleaned, fmt.Errorf("removing files that no snapshot needs: %w", err)
		}
	}
	return cleaned, r.sweepDocuments()
}

// sweepDocuments removes documents that were not finished.
func (r *Repository) sweepDocuments() error {
	entries, err := r.fs.ReadDir(filepath.Join(r.dir, snapshotsDir))
	if err != nil {
		return fmt.Errorf("listing the snapshots: %w", err)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), snapshotSuffix+tempSuffix) || !e.Type().IsRegular() {
			continue
		}
		if err := r.fs.Remove(filepath.Join(r.dir, snapshotsDir, e.Name())); err != nil {
			return fmt.Errorf("removing a snapshot that was not finished: %w", err)
		}
	}
	return nil
}

// BadFile is a file of a snapshot that is not what was written.
type BadFile struct {
	File   string `json:"file"`
	Reason string `json:"reason"`
	Events int64  `json:"events"`
}

// Verify reads every file of a snapshot and compares its size and checksum.
// visit, which may be nil, is told of each file before it is read. The snapshot
// is as it was written when no file is returned.
func (r *Repository) Verify(ctx context.Context, name string, visit func(file string)) ([]BadFile, error) {
	d, err := r.document(name)
	if err != nil {
		return nil, err
	}
	sizes, err := r.segmentSizes()
	if err != nil {
		return nil, err
	}
	var bad []BadFile
	for i := range d.files {
		if ctx.Err() != nil {
			return bad, context.Cause(ctx)
		}
		f := &d.files[i]
		if visit != nil {
			visit(f.Name)
		}
		if err := r.check(f, sizes); err != nil {
			bad = append(bad, BadFile{File: f.Name, Reason: err.Error(), Events: int64(f.Meta.Rows)})
		}
	}
	return bad, nil
}

// check compares a file of a snapshot with what was written. sizes are the
// regular files of the repository: nothing else is opened.
func (r *Repository) check(f *snapshotFile, sizes map[string]int64) error {
	if _, ok := sizes[f.Name]; !ok {
		return fmt.Errorf("%w: the file %s is missing", ErrBadSnapshot, f.Name)
	}
	return segment.Check(r.fs, r.segmentPath(f.Name), f.Meta.Meta)
}
