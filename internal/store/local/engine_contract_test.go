package local_test

import (
	"testing"
	"time"

	"rastro/internal/disk"
	"rastro/internal/disk/disktest"
	"rastro/internal/store"
	"rastro/internal/store/local"
	"rastro/internal/store/storetest"
)

// TestContract runs the contract of every store, with tails so small that
// events lie in memory, in frozen tails and in many files.
func TestContract(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string]local.Options{
		"small segments": {SegmentRows: 64, OpenFiles: 20, CacheBytes: 1 << 20},
		"old segments":   {SegmentRows: 1000, SegmentAge: 5 * time.Millisecond},
		"defaults":       {},
	} {
		if testing.Short() && name != "small segments" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Run(t, func(t *testing.T) store.Store {
				dir := t.TempDir()
				e, err := local.Open(disktest.New(disk.OS(), dir), dir, opts) // waits for no real disk
				if err != nil {
					t.Fatal(err)
				}
				return e
			})
		})
	}
}

var _ store.Store = (*local.Engine)(nil)
