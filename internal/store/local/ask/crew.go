package ask

import (
	"runtime"
	"sync"
)

// crew is the workers of a walk. Their number follows what the question may use
// at the moment: one that has more than its share sends a worker home behind
// each block, one that has less calls one.
type crew struct {
	share func() int // nil: all places
	wg    sync.WaitGroup

	mu      sync.Mutex
	running int
	free    []int // places without a worker
}

// places is the largest number of workers.
func (w *walk) places() int {
	n := w.src.Workers
	if n <= 0 {
		n = runtime.GOMAXPROCS(0)
	}
	return max(1, min(n, len(w.blocks)))
}

// start calls the first workers.
func (w *walk) start() {
	c := &w.crew
	c.share = w.plan.q.Workers
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range w.aggs {
		c.free = append(c.free, i)
	}
	w.call()
}

// now is the number of workers that there should be.
func (c *crew) now() int {
	n := c.running + len(c.free)
	if c.share != nil {
		n = min(n, c.share())
	}
	return max(1, n)
}

// call starts workers as long as there are too few; mu is held.
func (w *walk) call() {
	c := &w.crew
	for n := c.now(); c.running < n && len(c.free) > 0; {
		place := c.free[0]
		c.free = c.free[1:]
		c.running++
		c.wg.Go(func() { w.work(place) })
	}
}

// stays tells whether the worker of a place goes on with another block.
func (w *walk) stays(place int) bool {
	c := &w.crew
	if c.share == nil {
		return true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running > c.now() {
		c.running--
		c.free = append(c.free, place)
		return false
	}
	w.call()
	return true
}
