package app

import (
	"context"
	"errors"

	"rastro/internal/disk"
	"rastro/internal/elastic"
	"rastro/internal/store"
)

// snapshotOptions are what port 9200 needs for snapshots.
func (f *Folder) snapshotOptions() elastic.SnapshotOptions {
	return elastic.SnapshotOptions{Engine: f.store, Belt: f.Belt, Positions: f.journal.Positions, Folders: f.backups}
}

// Snapshot makes a snapshot of everything that the folder holds, in the
// repository at dir, which is made if need be.
func (f *Folder) Snapshot(ctx context.Context, dir string, opts store.SnapshotOptions) (store.Snapshot, error) {
	r, err := store.OpenRepository(disk.OS(), dir, true)
	if err != nil {
		return store.Snapshot{}, err
	}
	if err := f.Belt.Settled(ctx); err != nil {
		return store.Snapshot{}, errors.Join(err, r.Close())
	}
	s, err := f.store.Snapshot(ctx, r, opts)
	return s, errors.Join(err, r.Close())
}
