// Package local is the embedded engine: it keeps events in Parquet files in one
// folder and answers questions from them.
//
// What comes in are events that the journal holds already, and questions; what
// goes out are answers, files, and the number up to which the journal is no
// longer needed. The engine never parses a line, never opens a network
// connection, and never removes an event but by retention and erasure.
//
// # Life of an event
//
// Append adds it to the tail in memory, where questions find it at once. A full
// or old tail is frozen and written in the background: one file per UTC day,
// synced, read back and compared, then one entry of the manifest names all
// files of the tail at once. Only then is the event durable without the
// journal, and in the same moment its place in memory is given up, so that a
// question never sees it twice or not at all.
//
// # Files
//
//	lock                                          who has the folder open
//	manifest                                      which files belong to the store
//	segments/<day>/<first RID>-<last RID>.parquet the events of one tail and day
//	segments/<day>/c<first RID>-<last RID>.parquet the events of several such files
//	segments/<day>/….<n>.parquet                  either after the nth erasure
//	segments/mixed/…                              the same, of days with few events
//	quarantine/                                   files that could not be read
package local

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"rastro/internal/disk"
	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/segment"
	"rastro/internal/store/local/ask"
)

// Errors of the engine.
var (
	// ErrClosed: the engine was closed.
	ErrClosed = errors.New("the store is closed")
	// ErrGap: the events do not follow those that the store has.
	ErrGap = errors.New("events are missing before these")
)

// Defaults of Options.
const (
	defaultSegmentRows  = 32_768
	defaultSegmentBytes = 48 << 20
	defaultSegmentAge   = time.Minute
	defaultOpenFiles    = 2048
	// quietRows is the tail below which SegmentAge counts quietFactor times:
	// a quiet server shall not make a thousand tiny files a day.
	quietRows   = 1_000
	quietFactor = 10
	// maxWriters is how many tails are written at a time; Append blocks while so
	// many are, and the next one is full.
	maxWriters = 2
)

// Options of an engine. The zero value is ready for use.
type Options struct {
	// SegmentRows is the number of events after which the tail becomes a
	// segment. Default 32,768.
	SegmentRows int
	// SegmentBytes is the memory of the tail after which it becomes a segment
	// however few rows it has. Default 48 MiB.
	SegmentBytes int
	// SegmentAge is the time after which a tail with at least 1,000 rows becomes
	// a segment; a smaller one waits ten times as long. Default one minute.
	SegmentAge time.Duration
	// CacheBytes is the memory for decoded parts of files. Default
	// segment.DefaultCacheBytes.
	CacheBytes int64
	// OpenFiles is how many segment files stay open between questions. Default
	// 2,048, which takes some 20 MB: compaction leaves far fewer.
	OpenFiles int
	// MaxMemory bounds a question that sets no bound of its own, in bytes; 0 is
	// the executor's default.
	MaxMemory int64
	// AllMemory bounds the memory of all questions together, in bytes; 0 is no
	// bound.
	AllMemory int64
	// Log is told of damage and failures. nil discards.
	Log *slog.Logger

	// pause is the wait after the first failed write; tests shorten it.
	pause time.Duration
	// compact are the sizes of compaction.
	compact mergeLimits
	// writers is how many tails are written at a time: as many as there are
	// processors, at most maxWriters.
	writers int
}

func (o *Options) setDefaults() {
	if o.pause <= 0 {
		o.pause = firstPause
	}
	if o.compact == (mergeLimits{}) {
		o.compact = mergeLimits{rows: compactRows, bytes: compactBytes, settles: settleAfter}
	}
	if o.writers <= 0 {
		o.writers = min(runtime.GOMAXPROCS(0), maxWriters)
	}
	if o.SegmentRows <= 0 {
		o.SegmentRows = defaultSegmentRows
	}
	if o.SegmentBytes <= 0 {
		o.SegmentBytes = defaultSegmentBytes
	}
	if o.SegmentAge <= 0 {
		o.SegmentAge = defaultSegmentAge
	}
	if o.CacheBytes <= 0 {
		o.CacheBytes = segment.DefaultCacheBytes
	}
	if o.OpenFiles <= 0 {
		o.OpenFiles = defaultOpenFiles
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
}

// Engine is an open store in one folder. It implements store.Store; its
// methods are safe for concurrent use, except that Append is called by one
// goroutine at a time.
type Engine struct {
	fs      disk.FS
	dir     string
	opts    Options
	log     *slog.Logger
	segment segment.Options
	lock    *folderLock
	list    *manifest
	files   *openFiles
	pool    *ask.Pool

	// life ends when Close begins.
	life context.Context
	end  context.CancelFunc
	work sync.WaitGroup // flushers, quarantines, questions
	// turn is held by who adds to the tail or freezes it.
	turn chan struct{}
	// wake tells a flusher of a frozen tail.
	wake chan struct{}

	// changing is held by who changes the catalog: flush, retain, erase,
	// quarantine.
	changing sync.Mutex
	// erasing is held by who removes events from files. It guards ruled, which
	// remembers how far each rule of retention has been carried out.
	erasing chan struct{}
	// compacting is held by who puts files together. It guards the three that
	// follow: when folders got their newest file, files that stay as they are,
	// and new files of which it is not known whether the manifest names them.
	compacting chan struct{}
	days       map[string]dayMark
	alone      map[string]bool
	doubts     []doubt
	// asking counts the questions under way.
	asking atomic.Int32
	// erasures counts how often events were hidden or removed by an erasure.
	erasures atomic.Uint64

	ruled map[string]ruleMark

	mu      sync.RWMutex // guards what follows
	view    view
	durable uint64
	failure string
	// compacted counts what compaction has done.
	compacted query.CompactionStats
	closed    bool
	progress  chan struct{} // closed and replaced when frozen tails become fewer
}

// view is what a reader sees: every event stands in exactly one part of it. It
// is replaced as a whole, its slices are never changed.
type view struct {
	catalog *catalog
	frozen  []*tail // oldest first
	tail    *tail
}

// Open opens the store in dir, makes the folder if there is none, and locks it
// against other processes until Close; ErrLocked says who has it. A folder
// that nobody serves is opened the same way by a command that only reads: it
// then never appends, and the store stays as it is but for what recovery
// tidies.
//
// Files of segments are not read; those that are missing or have another size
// than they should are set aside, and Stats names them.
func Open(fs disk.FS, dir string, opts Options) (*Engine, error) {
	opts.setDefaults()
	e := &Engine{
		fs: fs, dir: dir, opts: opts, log: opts.Log,
		turn: make(chan struct{}, 1), wake: make(chan struct{}, opts.writers), progress: make(chan struct{}),
		erasing: make(chan struct{}, 1), ruled: map[string]ruleMark{},
		compacting: make(chan struct{}, 1), days: map[string]dayMark{}, alone: map[string]bool{},
	}
	e.segment = segment.Options{Cache: segment.NewCache(opts.CacheBytes), Canonical: canonical, Words: words}
	e.files = newOpenFiles(opts.OpenFiles)
	e.pool = ask.NewPool(cmp.Or(opts.AllMemory, math.MaxInt64))
	for _, sub := range []string{"", segmentsDir, quarantineDir} {
		if err := fs.MkdirAll(filepath.Join(dir, sub), 0o750); err != nil {
			return nil, fmt.Errorf("making the store's folder: %w", err)
		}
	}
	lock, err := lockFolder(fs, dir, e.log)
	if err != nil {
		return nil, err
	}
	e.lock = lock
	if err := e.recover(); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the store %s: %w", dir, err), lock.release())
	}
	e.life, e.end = context.WithCancel(context.Background())
	for range opts.writers {
		e.work.Go(e.flushLoop)
	}
	e.finishSoon()
	return e, nil
}

// canonical is the form in which filters ask Bloom filters for a value.
func canonical(f event.Field, value string) string {
	return query.Canonical(query.FieldRef{Field: f}, value)
}

// words cuts the words that filters ask an index of words for.
func words(text string, object bool, visit func(word []byte)) {
	if object {
		query.ExtraWordKeys(text, visit)
		return
	}
	query.WordKeys(text, visit)
}

// Next is the RID that the store expects next: 1 for an empty one.
func (e *Engine) Next() uint64 {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return e.view.tail.next()
}

// Durable is the highest RID up to which every event would survive a crash
// without the journal; 0 if none.
func (e *Engine) Durable() uint64 {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return e.durable
}

// Ask answers a question; see store.Store. Files that turn out to be damaged
// are set aside; the answer is then partial.
func (e *Engine) Ask(ctx context.Context, q query.Question) (query.Answer, error) {
	v, err := e.hold()
	if err != nil {
		return query.Answer{}, err
	}
	defer e.work.Done()
	defer v.catalog.release()
	e.asking.Add(1)
	defer e.asking.Add(-1)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(e.life, func() { cancel(ErrClosed) })()
	answer, err := ask.Run(ctx, e.source(v, q), q)
	if err != nil && e.life.Err() != nil {
		return query.Answer{}, ErrClosed
	}
	return answer, err
}

// hold returns the present view with its files held. The caller gives back
// the catalog and calls work.Done.
func (e *Engine) hold() (view, error) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	if e.closed {
		return view{}, ErrClosed
	}
	e.work.Add(1)
	e.view.catalog.hold()
	return e.view, nil
}

// source lists the blocks of a view.
func (e *Engine) source(v view, q query.Question) ask.Source {
	blocks := make([]ask.Block, 0, 2*len(v.catalog.files)+len(v.frozen)+1)
	for _, f := range v.catalog.files {
		blocks = append(blocks, f.blocks...)
	}
	for _, t := range append(v.frozen[:len(v.frozen):len(v.frozen)], v.tail) {
		if ref, ok := t.block(); ok {
			blocks = append(blocks, ref)
		}
	}
	return ask.Source{
		Blocks:     blocks,
		Unreadable: v.catalog.unreadable(q.From, q.To),
		Memory:     e.opts.MaxMemory,
		Pool:       e.pool,
		OnCorrupt: func(ref ask.Block, err error) {
			if f := v.catalog.owner(ref.Name); f != nil {
				e.quarantineSoon(f, err)
			}
		},
	}
}

// Memory is what the questions that are being answered hold.
func (e *Engine) Memory() query.MemoryUse { return e.pool.Use() }

// Stats describes the store as it is.
func (e *Engine) Stats() query.StoreStats {
	e.mu.RLock()
	v, failure, compacted := e.view, e.failure, e.compacted
	e.mu.RUnlock()
	s := v.catalog.stats()
	s.WriteError, s.Compaction = failure, compacted
	days := v.catalog.days()
	for _, t := range append(v.frozen[:len(v.frozen):len(v.frozen)], v.tail) {
		t.count(&s, days)
	}
	s.Days = days.list()
	return s
}

// Close stops background work, waits for questions to end, which it cancels,
// and releases the files. It flushes nothing: what is in memory only is in the
// journal too.
func (e *Engine) Close() error {
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		return nil
	}
	e.closed = true
	e.mu.Unlock()
	e.end()
	e.work.Wait()
	e.files.closeAll()
	e.changing.Lock() // Retain may be at work
	defer e.changing.Unlock()
	return errors.Join(e.list.close(), e.lock.release())
}
