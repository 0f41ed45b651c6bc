package ingest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"rastro/internal/event"
	"rastro/internal/journal"
	"rastro/internal/measure"
)

// BatchEvents and BatchDelay say how lines are gathered for one commit: until
// there are so many, or so long.
const (
	BatchEvents = commitEvents
	BatchDelay  = linger
)

// Stats are the belt's counters since Start.
type Stats struct {
	Lines       int64 // lines parsed
	LineBytes   int64 // bytes of those lines
	Events      int64 // events made durable
	Commits     int64 // fsyncs of the journal
	CommitTime  time.Duration
	Queued      int   // batches waiting
	Taken       int64 // lines taken from the sources
	Refused     int64 // lines taken that did not become durable; they are read again
	Stored      int64 // events handed to the store
	ParserFault int64
	// LastEvent is when the last line was parsed; zero for none.
	LastEvent time.Time
	// Paused says why nothing is taken now; "" when the belt runs. Pause says the
	// same in parts.
	Paused string
	Pause  Pause
	// Workers is how many goroutines parse.
	Workers int
	// Waited is how long sources waited for room, ParseTime how long the workers
	// parsed, StoreTime how long the store took; what overlaps adds up, and what
	// goes on now counts.
	Waited, ParseTime, StoreTime time.Duration
	// ParseTimes and CommitTimes are seconds for each batch and each commit.
	ParseTimes, CommitTimes measure.Spread
	// CommitFailures, StoreFailures and TrimFailures count what was tried in vain.
	CommitFailures, StoreFailures, TrimFailures int64
	// Inputs are the ways in which lines came, by name.
	Inputs []InputStats
	// Dialects are the lines by the dialect that understood them, "" for none. The
	// time of a batch is shared among them by the number of their lines.
	Dialects map[string]DialectStats
	// Live counts durable events that came within 15 minutes of the time they
	// tell, Backlog the older ones: what an import or a first start brings says
	// nothing about now.
	Live, Backlog Kinds
}

// InputStats counts what came in by one way.
type InputStats struct {
	Name         string // one of event's Input constants, or Other
	Lines, Bytes int64
	// Waited is how long its sources waited for room, up to the last batch that
	// was taken.
	Waited time.Duration
}

// DialectStats counts the lines of one dialect.
type DialectStats struct {
	Lines int64
	Time  time.Duration
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
	waiting, parsing, storing measure.Busy

	mu    sync.Mutex
	stats Stats
	own   owner
}

// ready makes the parts of the counters that have none yet.
func (c *counters) ready() {
	if c.own != nil {
		return
	}
	c.own = owner{}
	c.stats.Live, c.stats.Backlog = newKinds(), newKinds()
	c.stats.Dialects = map[string]DialectStats{}
	c.stats.ParseTimes = measure.NewSpread(.0001, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, 1)
	c.stats.CommitTimes = measure.NewSpread(.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 5)
}

// taken counts a batch that the belt took after its source had waited.
func (c *counters) taken(batch *event.Batch, waited time.Duration) {
	name := Other
	if len(batch.Lines) > 0 && batch.Lines[0].Origin.Input != "" {
		name = batch.Lines[0].Origin.Input
	}
	bytes := bytesOf(batch.Lines)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stats.Taken += int64(len(batch.Lines))
	if len(batch.Lines) == 0 && waited == 0 {
		return
	}
	i := slices.IndexFunc(c.stats.Inputs, func(in InputStats) bool { return in.Name == name })
	if i < 0 {
		i = len(c.stats.Inputs)
		c.stats.Inputs = append(c.stats.Inputs, InputStats{Name: name})
	}
	in := &c.stats.Inputs[i]
	in.Lines, in.Bytes, in.Waited = in.Lines+int64(len(batch.Lines)), in.Bytes+bytes, in.Waited+waited
}

func bytesOf(lines []event.Line) (bytes int64) {
	for i := range lines {
		bytes += lines[i].Length
	}
	return bytes
}

// parsed counts one batch of lines.
func (c *counters) parsed(lines []event.Line, faults int64, t *tally, took time.Duration) {
	bytes := bytesOf(lines)
	t.flush()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ready()
	c.stats.Lines += int64(len(lines))
	c.stats.LineBytes += bytes
	c.stats.ParserFault += faults
	if len(lines) > 0 {
		c.stats.LastEvent = time.Now()
		c.stats.ParseTimes.Add(took.Seconds())
	}
	for name, n := range t.dialects {
		if _, known := c.stats.Dialects[name]; !known && len(c.stats.Dialects) >= maxNames {
			name = Other
		}
		d := c.stats.Dialects[name]
		d.Lines += n
		d.Time += time.Duration(float64(took) * float64(n) / float64(len(lines)))
		c.stats.Dialects[c.own.of(name)] = d
	}
}

func (c *counters) committed(groups []journal.Group, took time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ready()
	for _, g := range groups {
		c.stats.Events += int64(g.Count)
	}
	c.stats.Commits++
	c.stats.CommitTime += took
	c.stats.CommitTimes.Add(took.Seconds())
}

// durable counts the events of a batch by what they say.
func (c *counters) durable(t *tally) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ready()
	for i, to := range []*Kinds{&c.stats.Live, &c.stats.Backlog} {
		if age := &t.ages[i]; age.events > 0 {
			kinds := age.kinds()
			to.merge(&kinds, c.own)
		}
	}
}

// add adds to one of the plain numbers of the counters.
func (c *counters) add(number *int64, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	*number += int64(n)
}

// Stats returns the counters as they are now.
func (b *Belt) Stats() Stats {
	b.counts.mu.Lock()
	b.counts.ready()
	s := b.counts.stats
	s.ParseTimes, s.CommitTimes = s.ParseTimes.Clone(), s.CommitTimes.Clone()
	s.Inputs, s.Dialects = slices.Clone(s.Inputs), maps.Clone(s.Dialects)
	s.Live, s.Backlog = s.Live.clone(), s.Backlog.clone()
	b.counts.mu.Unlock()
	slices.SortFunc(s.Inputs, func(x, y InputStats) int { return strings.Compare(x.Name, y.Name) })
	s.Workers = b.opts.Workers
	s.Waited, s.ParseTime, s.StoreTime = b.counts.waiting.Total(), b.counts.parsing.Total(), b.counts.storing.Total()
	s.Queued = len(b.ordered)
	s.Pause = b.guard.reason()
	s.Paused = s.Pause.String()
	return s
}
