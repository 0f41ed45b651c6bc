package app

import (
	"context"
	"errors"
	"time"

	"rastro/internal/query"
	"rastro/internal/store"
)

// compactEvery is how often a server looks for files to put together.
const compactEvery = 15 * time.Second

// Compact puts all small files of each day together and says what it did. It
// takes one processor until it is done; everything else goes on meanwhile.
func (f *Folder) Compact(ctx context.Context) (query.Compacted, error) {
	return f.store.Compact(ctx, store.CompactOptions{All: true, Reserve: f.reserve})
}

// compactLoop puts files together that are due, gently, until ctx ends.
func (a *App) compactLoop(ctx context.Context) {
	tick := time.NewTicker(compactEvery)
	defer tick.Stop()
	told := ""
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		done, err := a.folder.store.Compact(ctx, store.CompactOptions{Gentle: true, Reserve: a.folder.reserve})
		if done.Merged > 0 {
			a.opts.Log.Debug("small files were put together", "count", done.Merged)
		}
		switch {
		case err == nil:
			told = ""
		case ctx.Err() != nil || err.Error() == told:
		case errors.Is(err, store.ErrNoRoom):
			told = err.Error()
			a.opts.Log.Info("small files are not put together while the disk is nearly full", "err", err)
		default:
			told = err.Error()
			a.opts.Log.Warn("putting small files together failed; it is tried again", "err", err)
		}
	}
}
