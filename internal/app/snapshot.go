package app

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"rastro/internal/disk"
	"rastro/internal/elastic"
	"rastro/internal/elastic/cluster"
	"rastro/internal/store"
)

// snapshotOptions are what port 9200 needs for snapshots.
func (f *Folder) snapshotOptions() elastic.SnapshotOptions {
	return elastic.SnapshotOptions{Engine: f.store, Belt: f.Belt, Positions: f.journal.Positions, Folders: f.backups}
}

// Snapshot makes a snapshot of everything that the folder holds, in the
// repository at dir, which is made if need be.
func (f *Folder) Snapshot(ctx context.Context, dir string, opts store.SnapshotOptions) (store.Snapshot, error) {
	var err error
	if opts.Metadata, err = elastic.SnapshotNote(f.cluster.Content()); err != nil {
		return store.Snapshot{}, err
	}
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

// RestoreFolder makes a new data folder of a snapshot: the events, and the
// names of the indices that they were sent to.
func RestoreFolder(ctx context.Context, r *store.Repository, name, dir string) (store.Snapshot, error) {
	return r.Restore(ctx, disk.OS(), name, dir, func(s store.Snapshot) error {
		state, err := cluster.Open(disk.OS(), filepath.Join(dir, cluster.FileName), cluster.Options{})
		if err != nil {
			return err
		}
		return state.Change(func(c *cluster.Content) error {
			elastic.SnapshotFill(c, &s, time.Now())
			return nil
		})
	})
}
