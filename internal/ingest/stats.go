package ingest

import (
	"fmt"
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
	// Paused says why nothing is taken now; "" when the belt runs. Pause says the
	// same in parts.
	Paused string
	Pause  Pause
}

// Pause is why nothing is taken; the zero Pause when the belt runs.
type Pause struct {
	Cause PauseCause
	// Dir is the data folder; Free and Reserve are bytes, known with PauseFull.
	Dir           string
	Free, Reserve uint64
	// Err is what the system said; "" with PauseFull.
	Err string
}

// PauseCause is the kind of a Pause.
type PauseCause uint8

// The causes of a pause.
const (
	PauseNone    PauseCause = iota
	PauseFull               // less is free than the reserve; it resumes by itself
	PauseSpace              // the free space cannot be told; it resumes by itself
	PauseJournal            // the journal cannot be written; it resumes by itself
	PauseStore              // the store refused events; a restart mends it
)

// String says why, in a sentence for people; "" for the zero Pause.
func (p Pause) String() string {
	switch p.Cause {
	case PauseFull:
		return fmt.Sprintf("%s has %d MB free, below the reserve of %d MB; free some space or lower disk.reserve", p.Dir, p.Free>>20, p.Reserve>>20)
	case PauseSpace:
		return "asking for free space: " + p.Err
	case PauseJournal:
		return "writing the journal: " + p.Err
	case PauseStore:
		return "the store refused events, restart Rastro: " + p.Err
	}
	return ""
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
	s.Pause = b.guard.reason()
	s.Paused = s.Pause.String()
	return s
}
