package tail

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"rastro/internal/collect/frame"
	"rastro/internal/event"
)

// Bounds of what is handed on and not yet acknowledged.
const (
	batchLines = 1000
	batchBytes = 256 << 10
	maxFlight  = 16       // batches of one file
	maxUnacked = 32 << 20 // bytes of all files
	maxWaiting = 8        // batches that wait for the sink
)

// Waiting times before a refused batch is handed on again.
const (
	firstBackoff = 50 * time.Millisecond
	maxBackoff   = 5 * time.Second
)

// parcel is one batch on its way.
type parcel struct {
	stream *stream // nil for a position that belongs to no file
	batch  event.Batch
	bytes  int64
	state  parcelState
}

type parcelState uint8

const (
	parcelOut parcelState = iota
	parcelAcked
	parcelRefused
)

// settled is the answer to a parcel.
type settled struct {
	parcel *parcel
	err    error
}

// hand cuts records into batches at places where reading can begin anew.
func (t *Tailer) hand(s *stream, records []frame.Record, window []byte) {
	from, bytes := 0, 0
	for i, r := range records {
		bytes += len(r.Text)
		last := i == len(records)-1
		if r.Next < 0 || !last && i-from+1 < batchLines && bytes < batchBytes {
			continue
		}
		s.advance(r.Next, window, r.Marks&event.MarkUnfinished != 0)
		t.post(s, s.lines(records[from:i+1]), int64(bytes))
		from, bytes = i+1, 0
	}
}

func (s *stream) lines(records []frame.Record) []event.Line {
	if s.origin == nil {
		s.origin = &event.Origin{
			Name: s.Name, ID: s.key[len(keyPrefix):],
			Zone: s.src.Zone, Host: s.src.Host, Dialect: s.src.Dialect, Input: s.input(),
		}
	}
	now := time.Now().UnixNano()
	lines := make([]event.Line, len(records))
	for i := range records {
		r := &records[i]
		lines[i] = event.Line{
			Text: r.Text, Origin: s.origin, Offset: r.Offset, Length: r.Length,
			ReceivedAt: now, Marks: r.Marks,
		}
	}
	s.gauges.lines.Add(int64(len(lines)))
	return lines
}

// post puts a batch with the stream's present position in line for the sink.
func (t *Tailer) post(s *stream, lines []event.Line, bytes int64) {
	p := &parcel{stream: s, bytes: bytes + 256}
	p.batch = event.Batch{Lines: lines, Positions: []event.Position{{Key: s.key, State: s.encode()}}}
	s.flight, s.posted = append(s.flight, p), true
	t.send(p)
}

// persist makes the stream's position durable although no line came.
func (t *Tailer) persist(s *stream) { t.post(s, nil, 0) }

// postPosition hands on a position that belongs to no open stream; an empty
// state forgets the key.
func (t *Tailer) postPosition(key string, state []byte) {
	p := &parcel{batch: event.Batch{Positions: []event.Position{{Key: key, State: state}}}}
	t.send(p)
}

func (t *Tailer) send(p *parcel) {
	var called atomic.Bool
	p.state = parcelOut
	p.batch.Ack = func(err error) {
		if !called.CompareAndSwap(false, true) {
			return
		}
		if err != nil && p.stream != nil {
			p.stream.halted.Store(true)
		}
		t.settle(settled{p, err})
	}
	t.unacked += p.bytes
	t.out = append(t.out, p)
}

// settle takes an answer from any goroutine; it never blocks.
func (t *Tailer) settle(a settled) {
	t.answersLock.Lock()
	t.answers = append(t.answers, a)
	t.answersLock.Unlock()
	signal(t.answered)
}

// takeAnswers works through the answers that came.
func (t *Tailer) takeAnswers() {
	t.answersLock.Lock()
	answers := t.answers
	t.answers = nil
	t.answersLock.Unlock()
	for _, a := range answers {
		p := a.parcel
		t.unacked -= p.bytes
		p.state = parcelAcked
		if a.err != nil {
			p.state = parcelRefused
		}
		if a.err != nil && !errors.Is(a.err, errBehind) {
			t.opts.Log.Warn("lines were refused; handing them on again", "count", len(p.batch.Lines), "err", a.err)
		}
		if p.stream == nil {
			if a.err != nil {
				t.resendLater(p)
			}
			continue
		}
		t.landed(p.stream)
	}
}

// landed drops the acknowledged batches at the front, and hands refused ones
// on again once nothing of the stream is on its way any more.
func (t *Tailer) landed(s *stream) {
	for len(s.flight) > 0 && s.flight[0].state == parcelAcked {
		s.flight[0] = nil
		s.flight = s.flight[1:]
		s.backoff, s.known = 0, true
	}
	t.wakeFollowers(s)
	out := 0
	for _, p := range s.flight {
		s.refused = s.refused || p.state == parcelRefused
		if p.state == parcelOut {
			out++
		}
	}
	switch {
	case s.refused && out == 0:
		t.resend(s)
	case s.parked && !s.refused && len(s.flight) < maxFlight:
		s.parked = false
		t.enqueue(s)
	}
}

// resend puts the refused batches in line again, in their order. One that a
// later, acknowledged batch has overtaken carries that one's position.
func (t *Tailer) resend(s *stream) {
	last := -1
	for i, p := range s.flight {
		if p.state == parcelAcked {
			last = i
		}
	}
	var again []*parcel
	for i, p := range s.flight {
		if p.state == parcelAcked {
			continue
		}
		if i < last {
			p.batch.Positions = s.flight[last].batch.Positions
		}
		again = append(again, p)
	}
	s.flight = again
	s.backoff = min(max(2*s.backoff, firstBackoff), maxBackoff)
	for _, p := range again {
		p.state = parcelOut
	}
	t.retries = append(t.retries, retry{at: time.Now().Add(s.backoff), stream: s, parcels: again})
}

// retry is a set of refused batches with the time of their next attempt.
type retry struct {
	at      time.Time
	stream  *stream
	parcels []*parcel
}

func (t *Tailer) resendLater(p *parcel) {
	t.retries = append(t.retries, retry{at: time.Now().Add(maxBackoff / 10), parcels: []*parcel{p}})
}

// resendDue puts the refused batches in line whose time has come.
func (t *Tailer) resendDue(now time.Time) {
	rest := t.retries[:0]
	for _, r := range t.retries {
		if r.at.After(now) {
			rest = append(rest, r)
			continue
		}
		if s := r.stream; s != nil {
			s.halted.Store(false)
			s.refused, s.parked = false, false
			t.enqueue(s)
		}
		for _, p := range r.parcels {
			t.send(p)
		}
	}
	clear(t.retries[len(rest):])
	t.retries = rest
}

// errBehind is the answer to a batch that stands behind a refused one.
var errBehind = errors.New("a batch before it was refused")

// sender calls the sink for one parcel after the other until ctx ends. What
// stands behind a refused batch of its stream goes back unseen.
func sender(ctx context.Context, parcels <-chan *parcel, sink Sink) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case p := <-parcels:
			if p.stream != nil && p.stream.halted.Load() {
				p.batch.Ack(errBehind)
				continue
			}
			if err := sink(ctx, p.batch); err != nil {
				if ctx.Err() != nil {
					return nil
				}
				return err
			}
		}
	}
}

// signal wakes whoever waits on c, once.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
