// Package ingest is the belt between the sources and the store: it takes
// batches of lines, parses them, makes the events durable in the journal,
// acknowledges the source and hands the events to the store and the feed.
//
// What comes in are batches with positions; what goes out are events with
// their final numbers, and acknowledgements. The belt keeps the order in which
// the batches of one source arrived. It never drops a line: when the disk is
// full or failing, it waits, and with it the sources.
package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"rastro/internal/disk"
	"rastro/internal/event"
	"rastro/internal/feed"
	"rastro/internal/journal"
	"rastro/internal/store"
)

// ErrStopped: the belt has stopped and takes no more.
var ErrStopped = errors.New("ingest has stopped")

const (
	// queueBatches bounds the batches between a source and the journal. At the
	// sources' 256 KiB a batch that is 4 MiB of text, and parsed some 20 MiB.
	queueBatches = 16
	// commitEvents ends the gathering of batches for one commit.
	commitEvents = 4000
	// linger is how long a small commit waits for company: it makes one fsync
	// serve many slow sources, and is shorter than anybody notices.
	linger = 3 * time.Millisecond
	// pressingBatches that wait show that the belt has much to do, for so long.
	pressingBatches = 2
	pressedFor      = 500 * time.Millisecond
	// trimEvery is how often the journal drops what the store has made durable.
	trimEvery = time.Second
)

// Parser turns one line into one event. It never fails: what it does not
// understand is an event too. One Parser is used by one goroutine at a time.
type Parser interface {
	Parse(line *event.Line, e *event.Event)
}

// Options are the rooms and limits of a belt. Journal, Store, NewParser and
// Log are required.
type Options struct {
	Journal   *journal.Journal
	Store     store.Store
	NewParser func() Parser
	// Feed is told of every event after it is durable; nil for nobody.
	Feed *feed.Feed
	// FS and Dir are asked for free space; a nil FS switches the guard off.
	FS  disk.FS
	Dir string
	// ReserveBytes is the free space below which the belt pauses. 0: no guard.
	ReserveBytes uint64
	// Workers parse in parallel. Default: the number of processors.
	Workers int
	Log     *slog.Logger
}

// Belt is a running or stopped belt. Its methods are safe for concurrent use.
type Belt struct {
	opts     Options
	work     chan *job
	ordered  chan *job
	applied  chan committed
	counts   counters
	guard    guard
	settling settling
	pressed  atomic.Int64 // when the belt last had much to do, in ns since 1970

	cancel context.CancelFunc
	// intake is held for reading by every Take and for writing to close
	// ordered, so that nobody sends on a closed channel.
	intake   sync.RWMutex
	stopping chan struct{}
	stopOnce sync.Once
	done     chan struct{}
}

// job is one batch on its way.
type job struct {
	batch event.Batch
	// events are those of the batch's lines once they are parsed, or, when ready
	// is set, what was taken in place of lines.
	events  []event.Event
	ready   bool
	encoded []byte
	slab    *slab // of events and encoded; nil where they came ready
	tally   tally
	parsed  chan struct{} // closed when events and encoded are ready
}

// size is the number of events that the job is or will be.
func (j *job) size() int {
	if j.ready {
		return len(j.events)
	}
	return len(j.batch.Lines)
}

// committed are durable events that the store does not have yet.
type committed struct{ jobs []*job }

// New makes a belt; Start sets it moving.
func New(opts Options) *Belt {
	if opts.Workers <= 0 {
		opts.Workers = runtime.GOMAXPROCS(0)
	}
	return &Belt{
		opts: opts,
		// Every job of ordered, and the one being committed, fits into work, so
		// that a job that got into ordered never waits for work.
		work:     make(chan *job, 2*queueBatches),
		ordered:  make(chan *job, queueBatches),
		applied:  make(chan committed, 2),
		guard:    guard{fs: opts.FS, dir: opts.Dir, reserve: opts.ReserveBytes, log: opts.Log},
		stopping: make(chan struct{}),
		done:     make(chan struct{}),
	}
}

// Recover hands the store every event that the journal holds and the store
// does not. It is called once, before Start.
func Recover(ctx context.Context, j *journal.Journal, s store.Store) (count int64, err error) {
	err = j.Replay(s.Next(), func(events []event.Event) error {
		count += int64(len(events))
		return s.Append(ctx, events)
	})
	if err != nil {
		return count, fmt.Errorf("replaying the journal: %w", err)
	}
	if next, want := s.Next(), j.Next(); next != want {
		return count, fmt.Errorf("replaying the journal: the store expects event %d next, the journal event %d; they do not belong together (was one of them restored from a backup?)", next, want)
	}
	return count, nil
}

// Start sets the belt moving. The stages, in the order a batch passes them:
//
//	Take → parse (workers, in parallel) → commit (journal, in order) → apply (store, feed)
//
// The acknowledgement goes out after commit. The context ends all waiting at
// once; Stop is the orderly way.
func (b *Belt) Start(ctx context.Context) {
	ctx, b.cancel = context.WithCancel(ctx)
	var workers, stages sync.WaitGroup
	for range b.opts.Workers {
		workers.Go(b.parseLoop)
	}
	stages.Go(func() { b.commitLoop(ctx) })
	stages.Go(func() { b.applyLoop(ctx) })
	go func() {
		stages.Wait()
		close(b.work)
		workers.Wait()
		close(b.done)
	}()
}

// Take hands a batch to the belt. It blocks while the belt is full and returns
// ctx's error or ErrStopped when the batch was not taken; Ack is then never
// called. It is the sink of every source.
func (b *Belt) Take(ctx context.Context, batch event.Batch) error {
	return b.take(ctx, &job{batch: batch, parsed: make(chan struct{})})
}

// TakeEvents hands events to the belt that were parsed before, such as those of
// a snapshot: they are stored as they are, under new RIDs, and become durable
// together with the positions. The belt keeps the events
// and their strings. It returns when they are durable, or with the error for
// which they never will be; when ctx ends that is not known.
func (b *Belt) TakeEvents(ctx context.Context, events []event.Event, positions []event.Position) error {
	acked := make(chan error, 1)
	batch := event.Batch{Positions: positions, Ack: func(err error) { acked <- err }}
	err := b.take(ctx, &job{batch: batch, events: events, ready: true, parsed: make(chan struct{})})
	if err != nil {
		return err
	}
	select {
	case err := <-acked:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// take puts a job into the queue.
func (b *Belt) take(ctx context.Context, j *job) error {
	b.intake.RLock()
	defer b.intake.RUnlock()
	select {
	case <-b.stopping:
		return ErrStopped
	default:
	}
	var waited time.Duration
	select {
	case b.ordered <- j:
	default:
		var err error
		if waited, err = b.waitForRoom(ctx, j); err != nil {
			return err
		}
	}
	b.work <- j
	if len(b.ordered) >= pressingBatches {
		b.pressed.Store(time.Now().UnixNano())
	}
	b.counts.taken(&j.batch, waited)
	return nil
}

// Busy tells whether more came in, just now or a moment ago, than could be taken
// at once: then others should leave processors to the belt.
func (b *Belt) Busy() bool {
	return time.Since(time.Unix(0, b.pressed.Load())) < pressedFor
}

// waitForRoom puts a job into a queue that is full.
func (b *Belt) waitForRoom(ctx context.Context, j *job) (time.Duration, error) {
	began := b.counts.waiting.Begin()
	var err error
	select {
	case b.ordered <- j:
	case <-ctx.Done():
		err = ctx.Err()
	case <-b.stopping:
		err = ErrStopped
	}
	return b.counts.waiting.End(began), err
}

// Stop lets everything that was taken reach the store, then ends. When ctx
// ends first, what is left is not acknowledged and will be read again.
func (b *Belt) Stop(ctx context.Context) error {
	b.closeIntake()
	select {
	case <-b.done:
		return nil
	case <-ctx.Done():
	}
	b.cancel()
	<-b.done
	return fmt.Errorf("stopping ingest: %w", ctx.Err())
}

// closeIntake turns away every Take, waiting ones too, and ends the queue.
func (b *Belt) closeIntake() {
	b.stopOnce.Do(func() {
		close(b.stopping)
		b.intake.Lock()
		close(b.ordered)
		b.intake.Unlock()
	})
}
