package bulk

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"rastro/internal/event"
)

// Receiver takes documents. Its methods are safe for concurrent use.
type Receiver struct {
	opts   Options
	ledger *ledger
	ids    *maker
	// unacked bounds the memory of what is on its way.
	unacked *semaphore.Weighted
	sink    atomic.Pointer[Sink]
	free    sync.Pool // of *gatherer
	counts  counts

	mu      sync.Mutex
	origins map[sender]*origin
}

// counts are what Status tells.
type counts struct{ documents, created, repeats, refused, busy, bytes atomic.Int64 }

// Status is what a Receiver has done since it was made.
type Status struct {
	Documents int64 // that clients wrote
	Created   int64 // that became durable
	Repeats   int64 // that were stored already
	Refused   int64 // that could not be taken as they are
	Busy      int64 // that were given back for want of room
	Bytes     int64 // of JSON
}

// New makes a Receiver. Until Serve gives it a sink, documents wait and are
// given back as Busy.
func New(opts Options) *Receiver {
	r := &Receiver{opts: opts.withDefaults(), ids: newMaker(), unacked: semaphore.NewWeighted(maxFlight), origins: map[sender]*origin{}}
	r.ledger = newLedger(&r.opts)
	r.free.New = func() any { return &gatherer{} }
	return r
}

// Serve hands documents to the sink until ctx ends; then it returns nil.
func (r *Receiver) Serve(ctx context.Context, sink Sink) error {
	r.sink.Store(&sink)
	<-ctx.Done()
	r.sink.Store(nil)
	return nil
}

// Ready tells whether Serve has given a sink.
func (r *Receiver) Ready() bool { return r.sink.Load() != nil }

// Forget makes every id of an index new: the index was deleted.
func (r *Receiver) Forget(index string) { r.ledger.forget(index) }

// Settled waits until every document whose outcome is known is found by
// questions.
func (r *Receiver) Settled(ctx context.Context) error { return r.opts.Settled(ctx) }

// Status returns the present figures.
func (r *Receiver) Status() Status {
	c := &r.counts
	return Status{
		Documents: c.documents.Load(), Created: c.created.Load(), Repeats: c.repeats.Load(),
		Refused: c.refused.Load(), Busy: c.busy.Load(), Bytes: c.bytes.Load(),
	}
}

// Write hands documents on and waits for their outcomes; outcome i is that of
// document i. client is who sent them, an address. What waited longer than
// Options allow is Busy or Unknown.
func (r *Receiver) Write(ctx context.Context, client string, docs []Document) []Outcome {
	return r.Send(ctx, client, docs).Wait(ctx)
}

// Send hands documents on. It returns when they are on their way, so that a
// caller may send more before it waits for the outcomes. docs may be used again
// then.
func (r *Receiver) Send(ctx context.Context, client string, docs []Document) *Flight {
	f := &Flight{r: r, fates: make([]fate, len(docs)), done: make(chan struct{}), pending: 1}
	defer f.arrived()
	r.counts.documents.Add(int64(len(docs)))
	room, cancel := context.WithTimeout(ctx, r.opts.Room)
	defer cancel()
	g := r.free.Get().(*gatherer)
	defer r.free.Put(g)
	for from := 0; from < len(docs); {
		to, size := from, int64(0)
		for to < len(docs) && to-from < batchLines && (size == 0 || size+int64(len(docs[to].Source)) <= batchBytes) {
			size += int64(len(docs[to].Source))
			to++
		}
		r.counts.bytes.Add(size)
		b := &batch{f: f, g: g, client: client, docs: docs[from:to], from: from, now: time.Now(), held: min(2*size+int64(to-from)*512, maxFlight)}
		if err := b.send(room); err != nil {
			b.giveBack(err)
		}
		g.clear()
		from = to
	}
	return f
}

// ErrClosed is why documents are Busy before Serve and after its end.
var ErrClosed = errors.New("the server is starting or stopping")

// take waits for room and for the sink.
func (r *Receiver) take(ctx context.Context, b event.Batch) error {
	sink := r.sink.Load()
	if sink == nil {
		return ErrClosed
	}
	return (*sink)(ctx, b)
}

// sender is who sends to an index.
type sender struct{ client, index string }

// origin is where the documents of a sender come from.
type origin struct {
	event.Origin
	next atomic.Int64 // the offset of the next one
}

// IDPrefix begins the ID of every origin of this room, so that it is told where
// an event came from that is stored already.
const IDPrefix = "bulk-"

// origin finds what the lines of a sender share. Its ID is new at each start, so
// that offsets may begin at 0 again.
func (r *Receiver) origin(who sender) *origin {
	r.mu.Lock()
	defer r.mu.Unlock()
	if o := r.origins[who]; o != nil {
		return o
	}
	if len(r.origins) >= maxOrigins {
		clear(r.origins)
	}
	who = sender{strings.Clone(who.client), strings.Clone(who.index)}
	o := &origin{Origin: event.Origin{
		Name: who.client, Zone: r.opts.Zone, Input: event.InputBulk,
		ID: IDPrefix + strconv.FormatUint(r.ids.reserve(1, time.Now()), 36),
	}}
	r.origins[who] = o
	return o
}
