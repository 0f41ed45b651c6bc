package tail

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Status is what is known of one file, for people and metrics.
type Status struct {
	// Path is where the file was found, ID the identity of its lines.
	Path, ID string
	// Offset is how far its lines were handed on, Size what it holds, in
	// bytes; their difference waits.
	Offset, Size int64
	// Lines counts what was handed on since the start.
	Lines int64
	// LastRead is when bytes came last; zero if never.
	LastRead time.Time
	// Err says why the file is not read; "" if it is.
	Err string
}

// Lag is how many bytes wait to be read.
func (s Status) Lag() int64 { return max(0, s.Size-s.Offset) }

// gauges are the figures of a stream that others may read at any time.
type gauges struct {
	path                          string
	id, err                       atomic.Pointer[string]
	offset, size, lines, lastRead atomic.Int64
}

func newGauges(path string) *gauges { return &gauges{path: path} }

func (g *gauges) place(offset, size int64) {
	g.offset.Store(offset)
	g.size.Store(size)
}

func (g *gauges) setErr(text string) {
	if old := g.err.Load(); old == nil || *old != text {
		g.err.Store(&text)
	}
}

func (g *gauges) status() Status {
	s := Status{Path: g.path, Offset: g.offset.Load(), Size: g.size.Load(), Lines: g.lines.Load()}
	if id := g.id.Load(); id != nil {
		s.ID = *id
	}
	if err := g.err.Load(); err != nil {
		s.Err = *err
	}
	if at := g.lastRead.Load(); at != 0 {
		s.LastRead = time.Unix(0, at)
	}
	return s
}

// gaugeList is the list of all gauges, and of the paths that are not read.
type gaugeList struct {
	mu    sync.Mutex
	set   map[*gauges]struct{}
	notes []Status
}

func (l *gaugeList) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.set, l.notes = map[*gauges]struct{}{}, nil
}

func (l *gaugeList) add(g *gauges) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.set[g] = struct{}{}
}

func (l *gaugeList) remove(g *gauges) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.set, g)
}

func (l *gaugeList) publish(notes []Status) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.notes = notes
}

// Status lists all files that are followed, and the paths that a glob matched
// but that cannot be read, by path. It may be called at any time.
func (t *Tailer) Status() []Status {
	t.gaugeList.mu.Lock()
	out := slices.Clone(t.gaugeList.notes)
	for g := range t.gaugeList.set {
		out = append(out, g.status())
	}
	t.gaugeList.mu.Unlock()
	slices.SortFunc(out, func(a, b Status) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.ID, b.ID))
	})
	return out
}
