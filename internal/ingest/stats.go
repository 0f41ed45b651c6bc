package ingest

import (
	"sync"
	"time"

	"rastro/internal/event"
	"rastro/internal/journal"
)

// Stats are the belt's counters since Start.
type Stats struct {
	Lines       int64 // lines parsed
	LineBytes   int64 // bytes of those lines
	Events      int64 // events made durable
	Commits     int64 // fsyncs of the journal
	CommitTime  time.Duration
	Queued      int // batches waiting
	ParserFault int64
	// LastEvent is when the last line was parsed; zero for none.
	LastEvent time.Time
	// Paused says why nothing is taken now; "" when the belt runs.
	Paused string
}

type counters struct {
	mu    sync.Mutex
	stats Stats
}

// parsed counts one batch of lines.
func (c *counters) parsed(lines []event.Line, faults int64) {
	var bytes int64
	for i := range lines {
		bytes += lines[i].Length
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stats.Lines += int64(len(lines))
	c.stats.LineBytes += bytes
	c.stats.ParserFault += faults
	if len(lines) > 0 {
		c.stats.LastEvent = time.Now()
	}
}

func (c *counters) committed(groups []journal.Group, took time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, g := range groups {
		c.stats.Events += int64(g.Count)
	}
	c.stats.Commits++
	c.stats.CommitTime += took
}

// Stats returns the counters as they are now.
func (b *Belt) Stats() Stats {
	b.counts.mu.Lock()
	s := b.counts.stats
	b.counts.mu.Unlock()
	s.Queued = len(b.ordered)
	s.Paused = b.guard.reason()
	return s
}
