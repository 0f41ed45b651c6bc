package ingest

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"rastro/internal/disk"
	"rastro/internal/journal"
)

const (
	// checkEvery and checkBytes bound how stale the free space may be known: a
	// burst cannot eat the reserve between two looks.
	checkEvery = time.Second
	checkBytes = 16 << 20
	// retryEvery is how often a paused belt looks again.
	retryEvery = 250 * time.Millisecond
)

// guard pauses the belt while the disk is full or failing and remembers why.
// wait, pause and wrote are called by the commit loop alone; reason by anyone.
type guard struct {
	fs      disk.FS
	dir     string
	reserve uint64
	log     *slog.Logger

	checked time.Time
	written int // bytes since checked

	mu     sync.Mutex
	why    Pause
	since  time.Time
	broken bool
}

// wait returns when there is enough space, or with ctx's error. A pause ends
// with the next commit only: the space may be enough and the disk fail.
func (g *guard) wait(ctx context.Context) error {
	if g.fs == nil || g.reserve == 0 {
		return ctx.Err()
	}
	if g.written < checkBytes && time.Since(g.checked) < checkEvery && g.reason() == (Pause{}) {
		return ctx.Err()
	}
	for {
		free, _, err := g.fs.Free(g.dir)
		g.checked, g.written = time.Now(), 0
		if err == nil && free >= g.reserve {
			return ctx.Err()
		}
		why := Pause{Cause: PauseFull, Dir: g.dir, Free: free, Reserve: g.reserve}
		if err != nil {
			why = Pause{Cause: PauseSpace, Dir: g.dir, Err: err.Error()}
		}
		if err := g.pause(ctx, why); err != nil {
			return err
		}
	}
}

// wrote counts what a commit wrote, and ends a pause.
func (g *guard) wrote(groups []journal.Group) {
	g.resume()
	for _, group := range groups {
		g.written += len(group.Encoded)
	}
}

// pause notes why nothing is taken and sleeps for a moment.
func (g *guard) pause(ctx context.Context, why Pause) error {
	g.mu.Lock()
	if g.why == (Pause{}) {
		g.since = time.Now()
		g.log.Warn("intake pauses; sources wait and nothing is lost", "err", why.String())
	}
	g.why = why
	g.mu.Unlock()
	select {
	case <-time.After(retryEvery):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (g *guard) resume() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.why != (Pause{}) && !g.broken {
		g.log.Info("intake resumes", "took", time.Since(g.since).Round(time.Millisecond).String())
		g.why = Pause{}
	}
}

// fail notes a fault that only a restart mends.
func (g *guard) fail(why Pause) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.why, g.broken = why, true
}

// reason is why nothing is taken now, the zero Pause when the belt runs.
func (g *guard) reason() Pause {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.why
}
