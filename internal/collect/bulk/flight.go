package bulk

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Flight is a number of documents on their way to the journal.
type Flight struct {
	r     *Receiver
	fates []fate
	waits []wait

	mu      sync.Mutex
	pending int // batches on their way, and Send itself
	// done is closed when all batches have arrived: fates change no more, but
	// for the documents that wait for others.
	done chan struct{}
}

// waiting: the fate is that of a document of another flight, or of this one.
const waiting Result = 255

// fate is what becomes of one document.
type fate struct {
	result Result
	id     string
	reason string
	// same: the stored document is this one. named is Outcome.Named.
	same, named bool
}

// stored notes that the store has a document with this id.
func (f *fate) stored(create, same bool) {
	f.same = same
	switch {
	case create:
		f.result = Exists
	case same:
		f.result = Noop
	default:
		f.result = Differs
	}
}

// wait is a document with an id that another one on its way has.
type wait struct {
	at           int
	create, same bool
	on           *Flight
	of           int
}

func (f *Flight) leave() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pending++
}

func (f *Flight) arrived() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.pending--; f.pending == 0 {
		close(f.done)
	}
}

// Wait waits until all fates are known, for Options.Confirm or until ctx ends;
// what is not known then is Unknown. It is called once.
func (f *Flight) Wait(ctx context.Context) []Outcome {
	ctx, cancel := context.WithTimeout(ctx, f.r.opts.Confirm)
	defer cancel()
	known := f.await(ctx)
	outcomes := make([]Outcome, len(f.fates))
	if !known {
		// Others may still write to fates.
		for i := range outcomes {
			outcomes[i] = Outcome{Result: Unknown, Reason: notConfirmed}
		}
		return outcomes
	}
	for _, w := range f.waits {
		f.fates[w.at] = f.follow(ctx, w)
	}
	for i := range f.fates {
		out := &f.fates[i]
		outcomes[i] = Outcome{Result: out.result, ID: out.id, Reason: out.reason, Named: out.named}
		switch out.result {
		case Exists, Noop:
			f.r.counts.repeats.Add(1)
		case Malformed, TooLong, Differs:
			f.r.counts.refused.Add(1)
		}
	}
	return outcomes
}

const notConfirmed = "the journal did not confirm it in time: whether it is stored is not known; send it again, a document with an _id is stored once"

func (f *Flight) await(ctx context.Context) bool {
	select {
	case <-f.done:
		return true
	case <-ctx.Done():
		return false
	}
}

// follow waits for the fate of the document that came first.
func (f *Flight) follow(ctx context.Context, w wait) fate {
	mine := fate{id: f.fates[w.at].id, named: f.fates[w.at].named}
	if !w.on.await(ctx) {
		mine.result, mine.reason = Unknown, notConfirmed
		return mine
	}
	switch first := &w.on.fates[w.of]; first.result {
	case Created:
		mine.stored(w.create, w.same)
	case Exists, Noop, Differs:
		mine.stored(w.create, w.same && first.same)
	default:
		mine.result, mine.reason = first.result, first.reason
	}
	return mine
}

// busyReason says why documents were given back.
func busyReason(err error) string {
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return "rejected: the journal has no room now, and nothing of it was stored; send it again in a moment"
	}
	return "rejected: " + err.Error() + "; nothing of it was stored; send it again in a moment"
}

// dayOf returns the day YYYY-MM-DD of the index of a day, "" for another one.
func dayOf(prefix, index string) string {
	if len(index) != len(prefix)+len("2006.01.02") || index[:len(prefix)] != prefix {
		return ""
	}
	t, err := time.Parse("2006.01.02", index[len(prefix):])
	if err != nil {
		return ""
	}
	return t.Format(time.DateOnly)
}
