package tail

import (
	"cmp"
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"rastro/internal/collect/frame"
)

// keyPrefix begins the keys of all positions of this package.
const keyPrefix = "tail/"

// settleTime gathers the notices of the file system before they are acted on.
const settleTime = 10 * time.Millisecond

// maxNotes bounds the paths that are reported as not read.
const maxNotes = 1000

// ErrRunning: the tailer runs already; one Run at a time is allowed.
var ErrRunning = errors.New("the tailer runs already")

// Tailer follows the files of all sources. Run does the work in one goroutine,
// which alone touches the streams; one more calls the sink. Reload, Status and
// acknowledgements may come from anywhere.
type Tailer struct {
	opts     Options
	sources  []*source
	openFile func(path string) (*os.File, error)
	running  sync.Mutex
	reloads  chan []*source
	ctx      context.Context // of Run
	started  time.Time

	streams     map[*stream]struct{}
	keys        map[string]*stream   // by position key
	inodes      map[inode]*stream    // by the file they are in
	names       map[string][]*stream // by the path at which they grew
	families    map[string][]*stream // by that path without its rotation mark
	generations map[inode]uint32     // how often a file was written anew
	opened      map[string]bool      // markers of sources that were opened before
	noted       map[string]bool
	notes       []Status
	absent      []Absent
	openStreams []*stream

	ranks   int64
	ready   []*stream // in the order of their turns
	turns   int64
	buf     []byte
	records []frame.Record

	scans    int
	rescan   bool
	lastScan time.Time
	scanTook time.Duration
	folders  map[string][]entry // listed in this scan
	extra    []sighting         // rotated files found in this scan
	heirs    []*stream          // took the place of another since the last scan
	watch    *watch

	out         []*parcel // wait for the sink
	unacked     int64
	retries     []retry
	answered    chan struct{}
	answersLock sync.Mutex
	answers     []settled

	gaugeList gaugeList
}

// New checks the sources. Nothing is opened before Run.
func New(opts Options) (*Tailer, error) {
	sources, err := compileAll(opts.Sources)
	if err != nil {
		return nil, err
	}
	return &Tailer{
		opts: opts.withDefaults(), sources: sources, openFile: openPath,
		reloads: make(chan []*source, 1), answered: make(chan struct{}, 1),
	}, nil
}

// Reload puts other sources in place of the present ones, in a running tailer
// too. Files that both know are read on where they are. The error wraps
// ErrSource; then nothing has changed.
func (t *Tailer) Reload(in []Source) error {
	sources, err := compileAll(in)
	if err != nil {
		return err
	}
	for {
		select {
		case t.reloads <- sources:
			return nil
		case <-t.reloads: // one that nobody has taken yet is out of date
		}
	}
}

// Run reads until ctx ends, and then returns nil. positions are the last
// durable ones; keys of others are left alone. A position that cannot be read
// is noted and its file read from the start. An error of the sink ends Run.
func (t *Tailer) Run(ctx context.Context, positions map[string][]byte, sink Sink) error {
	if !t.running.TryLock() {
		return ErrRunning
	}
	defer t.running.Unlock()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	t.reset(ctx)
	t.load(positions)
	defer t.closeAll()
	if !t.opts.NoNotify {
		t.watch = newWatch(t.opts.Log)
		defer t.watch.close()
	}
	parcels := make(chan *parcel)
	failed := make(chan error, 1)
	go func() { failed <- sender(ctx, parcels, sink) }()
	err := t.loop(ctx, parcels, failed)
	cancel()
	return errors.Join(err, <-failed)
}

func (t *Tailer) reset(ctx context.Context) {
	t.ctx, t.started = ctx, time.Now()
	t.streams, t.keys = map[*stream]struct{}{}, map[string]*stream{}
	t.inodes, t.names = map[inode]*stream{}, map[string][]*stream{}
	t.families = map[string][]*stream{}
	t.generations, t.opened, t.noted = map[inode]uint32{}, map[string]bool{}, map[string]bool{}
	t.openStreams, t.ready, t.out, t.retries, t.extra, t.heirs = nil, nil, nil, nil, nil, nil
	t.ranks, t.unacked, t.scans, t.lastScan, t.scanTook, t.watch = 0, 0, 0, time.Time{}, 0, nil
	t.buf, t.absent = make([]byte, tailBytes+chunkBytes), nil
	t.answersLock.Lock()
	t.answers = nil
	t.answersLock.Unlock()
	t.gaugeList.reset()
}

// load makes streams of the durable positions.
func (t *Tailer) load(positions map[string][]byte) {
	var list []*stream
	for key, b := range positions {
		if !strings.HasPrefix(key, keyPrefix) {
			continue
		}
		if strings.HasPrefix(key, keyPrefix+"@") {
			t.opened[key] = true
			continue
		}
		st, err := decodeState(b)
		if err != nil {
			t.opts.Log.Error("a position is damaged; its file is read from the start", "err", err)
			continue
		}
		s := &stream{state: st, gauges: newGauges(st.Name)}
		s.setKey(key)
		s.read, s.active, s.posted = s.Offset, t.started, true
		s.known = true
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b *stream) int {
		return cmp.Or(cmp.Compare(a.Mtime, b.Mtime), cmp.Compare(a.Gen, b.Gen), cmp.Compare(a.key, b.key))
	})
	for _, s := range list {
		// Of those that lived in one inode the last has it.
		delete(t.inodes, s.inode())
		t.ranks++
		s.rank = t.ranks
		t.register(s)
	}
	// A copy counts only if what it is a copy of became known too.
	for _, s := range list {
		if s.CopyOf != "" && t.keys[s.CopyOf] == nil {
			t.drop(s)
		}
	}
}

func (t *Tailer) closeAll() {
	for s := range t.streams {
		t.close(s)
	}
}

// loop is the only place where streams change.
func (t *Tailer) loop(ctx context.Context, parcels chan<- *parcel, failed chan error) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for ctx.Err() == nil {
		t.takeAnswers()
		now := time.Now()
		t.resendDue(now)
		if t.scanDue(now) {
			t.scan()
		}
		read := t.readNext()
		var send chan<- *parcel
		var first *parcel
		if len(t.out) > 0 {
			send, first = parcels, t.out[0]
		}
		if read {
			select {
			case send <- first:
				t.sent()
			default:
			}
			continue
		}
		timer.Reset(t.nextTime(time.Now()))
		select {
		case <-ctx.Done():
		case err := <-failed:
			failed <- nil
			return err
		case send <- first:
			t.sent()
		case <-t.answered:
		case <-t.watch.wakes():
			t.wake(ctx)
		case sources := <-t.reloads:
			t.change(sources)
		case <-timer.C:
		}
	}
	return nil
}

func (t *Tailer) sent() {
	t.out[0] = nil
	t.out = t.out[1:]
}

// readNext gives the next stream its turn, if there is room for its lines.
func (t *Tailer) readNext() bool {
	if len(t.ready) == 0 || len(t.out) >= maxWaiting || t.unacked >= maxUnacked {
		return false
	}
	s := t.ready[0]
	t.ready[0] = nil
	t.ready = t.ready[1:]
	s.queued = false
	t.turn(s)
	return true
}

func (t *Tailer) enqueue(s *stream) {
	if !s.queued && !s.dropped {
		s.queued = true
		t.ready = append(t.ready, s)
	}
}

// scanGap is the least time between two scans: nineteen parts of twenty are
// left to reading.
func (t *Tailer) scanGap() time.Duration { return max(settleTime, 19*t.scanTook) }

func (t *Tailer) scanDue(now time.Time) bool {
	since := now.Sub(t.lastScan)
	return t.lastScan.IsZero() || since >= max(t.opts.Poll, t.scanGap()) || t.rescan && since >= t.scanGap()
}

// nextTime is how long the loop may sleep.
func (t *Tailer) nextTime(now time.Time) time.Duration {
	wait := max(t.opts.Poll, t.scanGap())
	if t.rescan {
		wait = t.scanGap()
	}
	wait -= now.Sub(t.lastScan)
	for _, r := range t.retries {
		wait = min(wait, r.at.Sub(now))
	}
	return max(wait, 0)
}

// wake acts on the notices of the file system.
func (t *Tailer) wake(ctx context.Context) {
	select {
	case <-ctx.Done():
		return
	case <-time.After(settleTime):
	}
	paths, rescan := t.watch.take()
	t.rescan = t.rescan || rescan
	for path := range paths {
		for _, s := range t.names[path] {
			if s.present {
				t.enqueue(s)
			}
		}
	}
}

// change puts other sources in place.
func (t *Tailer) change(sources []*source) {
	t.sources = sources
	for s := range t.streams {
		if s.framer != nil {
			t.close(s)
			s.rewind()
		}
		t.markDrained(s)
		s.drained = false
		s.src, s.origin, s.present, s.scanned = nil, nil, false, -1
	}
	t.noted = map[string]bool{}
	t.rescan, t.lastScan = true, time.Time{}
}

// touch notes that a stream is in use.
func (t *Tailer) touch(s *stream) {
	t.turns++
	s.used = t.turns
}

// countOpen keeps the number of open files in bounds: the one whose turn was
// longest ago is closed.
func (t *Tailer) countOpen(s *stream) {
	t.touch(s)
	t.openStreams = append(t.openStreams, s)
	if len(t.openStreams) <= t.opts.MaxOpen {
		return
	}
	var oldest *stream
	for _, o := range t.openStreams {
		if o != s && (oldest == nil || o.used < oldest.used) {
			oldest = o
		}
	}
	if oldest != nil {
		done := oldest.drained && oldest.read == oldest.Offset
		t.close(oldest)
		oldest.rewind()
		oldest.complete = done
	}
}

func (t *Tailer) uncountOpen(s *stream) {
	for i, o := range t.openStreams {
		if o == s {
			last := len(t.openStreams) - 1
			t.openStreams[i] = t.openStreams[last]
			t.openStreams[last] = nil
			t.openStreams = t.openStreams[:last]
			return
		}
	}
}

func (t *Tailer) watchDir(dir string) {
	if t.watch != nil {
		t.watch.add(dir)
	}
}
