package local_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"rastro/internal/disk"
	"rastro/internal/disk/disktest"
	"rastro/internal/query"
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
		compacted:        {SegmentRows: 32},
		"old segments":   {SegmentRows: 1000, SegmentAge: 5 * time.Millisecond},
		"defaults":       {},
	} {
		if testing.Short() && name != "small segments" && name != compacted {
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
				if name == compacted {
					return &compacting{e}
				}
				return e
			})
		})
	}
}

const compacted = "compacted"

// compacting puts all files together before each question.
type compacting struct{ *local.Engine }

func (c *compacting) Ask(ctx context.Context, q query.Question) (query.Answer, error) {
	if _, err := c.Compact(ctx, local.CompactOptions{All: true}); err != nil && ctx.Err() == nil && !errors.Is(err, local.ErrClosed) {
		return query.Answer{}, err
	}
	return c.Engine.Ask(ctx, q)
}

var _ store.Store = (*local.Engine)(nil)
