package tail

import (
	"cmp"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"rastro/internal/collect/frame"
	"rastro/internal/event"
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
	// Err says why the file is not read; "" if it is. Denied: because its user
	// may not.
	Err    string
	Denied bool
	// Zone is the time zone of stamps that carry none; "" if not known.
	Zone string
	// Container: the lines are those of a container.
	Container bool
	// Live is the path that the file had before rotation gave it its name; the
	// path itself where that has no mark of rotation.
	Live string
	// Copy: it holds what another file held, and is not read. Ended: nothing
	// more comes from it.
	Copy, Ended bool
}

// Lag is how many bytes wait to be read.
func (s Status) Lag() int64 { return max(0, s.Size-s.Offset) }

// gauges are the figures of a stream that others may read at any time.
type gauges struct {
	path                          string
	id                            atomic.Pointer[string]
	fault                         atomic.Pointer[fault]
	about                         atomic.Pointer[about]
	offset, size, lines, lastRead atomic.Int64
}

func newGauges(path string) *gauges { return &gauges{path: path} }

func (g *gauges) place(offset, size int64) {
	g.offset.Store(offset)
	g.size.Store(size)
}

// fault is why a file is not read.
type fault struct {
	text   string
	denied bool
}

// about is what changes seldom.
type about struct {
	src         *source
	copy, ended bool
}

// setErr notes why the file is not read; nil if it is.
func (g *gauges) setErr(err error) {
	var now fault
	if err != nil {
		now = fault{err.Error(), errors.Is(err, fs.ErrPermission)}
	}
	if old := g.fault.Load(); old == nil || *old != now {
		g.fault.Store(&now)
	}
}

// tell publishes what the loop knows of the stream.
func (s *stream) tell() {
	now := about{s.src, s.CopyOf != "", s.Done != 0}
	if old := s.gauges.about.Load(); old == nil || *old != now {
		s.gauges.about.Store(&now)
	}
}

func (g *gauges) status() Status {
	s := Status{Path: g.path, Offset: g.offset.Load(), Size: g.size.Load(), Lines: g.lines.Load(), Live: liveName(g.path)}
	if id := g.id.Load(); id != nil {
		s.ID = *id
	}
	if f := g.fault.Load(); f != nil {
		s.Err, s.Denied = f.text, f.denied
	}
	if a := g.about.Load(); a != nil {
		s.Copy, s.Ended = a.copy, a.ended
		s.of(a.src)
	}
	if at := g.lastRead.Load(); at != 0 {
		s.LastRead = time.Unix(0, at)
	}
	return s
}

// of tells what the source of the file says.
func (s *Status) of(src *source) {
	if src == nil {
		return
	}
	if src.Zone != nil {
		s.Zone = src.Zone.String()
	}
	s.Container = ofContainer(src, s.Path)
}

// ofContainer tells whether the lines of a file are those of a container.
func ofContainer(src *source, path string) bool {
	return src.Format == frame.FormatDocker || src.Format == frame.FormatCRI || containerPath(path)
}

// input is the way in which the stream's lines come in.
func (s *stream) input() string {
	if ofContainer(s.src, s.gauges.path) {
		return event.InputContainer
	}
	return event.InputFile
}

// containerPath tells whether Docker or a kubelet writes a file of this name.
func containerPath(path string) bool {
	return strings.HasPrefix(path, "/var/log/pods/") || strings.HasPrefix(path, "/var/log/containers/") ||
		strings.Contains(path, "/containers/") && strings.HasSuffix(path, "-json.log")
}

// gaugeList is the list of all gauges, of the paths that are not read, and of
// the patterns that match nothing.
type gaugeList struct {
	mu     sync.Mutex
	set    map[*gauges]struct{}
	notes  []Status
	absent []Absent
	// sources are those of the last scan; nil before the first.
	sources []*source
}

func (l *gaugeList) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.set, l.notes, l.absent, l.sources = map[*gauges]struct{}{}, nil, nil, nil
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

func (l *gaugeList) publish(notes []Status, absent []Absent, sources []*source) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.notes, l.absent, l.sources = notes, absent, sources
	if sources == nil {
		l.sources = []*source{}
	}
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
