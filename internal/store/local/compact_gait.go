package local

import (
	"context"
	"errors"
	"time"
)

// errLeft: a file that is being put together has left the store.
var errLeft = errors.New("the file left the store meanwhile")

// gait is the speed of a compaction. It looks, before each row group, whether
// going on is of use and lets others go first.
type gait struct {
	engine *Engine
	ctx    context.Context
	files  []*segmentFile
	gentle bool
	began  time.Time // of the work since the last rest
}

// The rest after some work, in multiples of it: so compaction takes half of a
// processor when nothing else is going on, and a quarter of it otherwise.
const (
	restIdle = 1
	restBusy = 3
	maxRest  = 2 * time.Second
)

// step rests as long as is fitting.
func (g *gait) step() error {
	e := g.engine
	if g.ctx.Err() != nil {
		return context.Cause(g.ctx)
	}
	for _, f := range g.files {
		if !e.uses(f) {
			return errLeft
		}
	}
	if !g.gentle {
		return nil
	}
	rest := restIdle * time.Since(g.began)
	if e.busy() {
		rest *= restBusy
	}
	timer := time.NewTimer(min(rest, maxRest))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-g.ctx.Done():
		return context.Cause(g.ctx)
	}
	g.began = time.Now()
	return nil
}

// busy tells whether questions are asked or tails wait to be written.
func (e *Engine) busy() bool {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return len(e.view.frozen) > 0 || e.asking.Load() > 0
}
