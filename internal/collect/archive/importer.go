package archive

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cespare/xxhash/v2"

	"rastro/internal/collect/frame"
	"rastro/internal/event"
)

// Bounds of reading and handing on.
const (
	chunkBytes = 256 << 10
	batchLines = 1000
	batchBytes = 256 << 10
	// maxFlight bounds the batches that are handed on and not acknowledged.
	maxFlight = 32
	// maxRaw bounds the bytes that are kept because a position may yet lie
	// within them: more than the framing ever holds back.
	maxRaw = 8 << 20
)

// importer reads one content from a position to its end.
type importer struct {
	opts    Options
	dec     *decoder
	framer  *frame.Framer
	origin  *event.Origin
	desk    *desk
	at      *known // the position after the last batch
	records []frame.Record
	lines   int64

	// raw holds the bytes from base to the reading place, digest the hash of
	// all before base.
	raw    []byte
	base   int64
	digest xxhash.Digest
}

func (im *importer) run(ctx context.Context) (Result, error) {
	res := Result{ID: im.origin.ID, Skipped: im.at.Offset}
	buf := make([]byte, chunkBytes)
	var err error
	for err == nil {
		var n int
		n, err = readFull(im.dec, buf)
		res.Bytes = im.base + int64(len(im.raw)+n)
		if e := im.take(ctx, buf[:n]); e != nil {
			err = e
			break
		}
		if im.opts.Progress != nil {
			im.opts.Progress(Progress{Read: im.dec.taken.n, Lines: im.lines})
		}
		if err != nil && err != io.EOF {
			err = im.dec.damage(res.Bytes, err)
		}
	}
	if err == io.EOF {
		res.Unfinished = im.framer.Unfinished() > 0
		im.records = im.framer.Finish(im.records[:0])
		err = im.hand(ctx)
	} else if ctx.Err() == nil {
		// Lines that wait to be joined are whole; only the last, broken one is
		// left out.
		im.records = im.framer.Flush(im.records[:0])
		if e := im.hand(ctx); e != nil {
			err = e
		}
	}
	if e := im.desk.wait(ctx); e != nil {
		err = e
	}
	res.Lines = im.lines
	return res, err
}

// take frames one piece and hands its records on.
func (im *importer) take(ctx context.Context, p []byte) error {
	im.raw = append(im.raw, p...)
	im.records = im.framer.Write(p, im.records[:0])
	if err := im.hand(ctx); err != nil {
		return err
	}
	if over := len(im.raw) - maxRaw; over > 0 {
		// Only one line without end can be so long; no position lies in it.
		im.fold(im.base + int64(over))
	}
	return nil
}

// fold moves base to offset.
func (im *importer) fold(offset int64) {
	n := offset - im.base
	im.digest.Write(im.raw[:n])
	im.raw = im.raw[:copy(im.raw, im.raw[n:])]
	im.base = offset
}

// hand cuts the records into batches at places where reading can begin anew.
func (im *importer) hand(ctx context.Context) error {
	from, size, total := 0, 0, im.base
	digest := im.digest
	for i, r := range im.records {
		size += len(r.Text)
		if r.Next < 0 || i < len(im.records)-1 && i-from+1 < batchLines && size < batchBytes {
			continue
		}
		digest.Write(im.raw[total-im.base : r.Next-im.base])
		total = r.Next
		im.at.Offset, im.at.Hash = r.Next, digest.Sum64()
		im.at.Unfinished = r.Marks&event.MarkUnfinished != 0
		if err := im.send(ctx, im.records[from:i+1]); err != nil {
			return err
		}
		from, size = i+1, 0
	}
	im.digest = digest
	im.raw = im.raw[:copy(im.raw, im.raw[total-im.base:])]
	im.base = total
	clear(im.records)
	return nil
}

func (im *importer) send(ctx context.Context, records []frame.Record) error {
	now := time.Now().UnixNano()
	lines := make([]event.Line, len(records))
	for i := range records {
		r := &records[i]
		lines[i] = event.Line{
			Text: r.Text, Origin: im.origin, Offset: r.Offset, Length: r.Length, ReceivedAt: now, Marks: r.Marks,
		}
	}
	position, err := json.Marshal(&im.at.state)
	if err != nil {
		return fmt.Errorf("writing a position: %w", err)
	}
	im.lines += int64(len(lines))
	return im.desk.hand(ctx, event.Batch{Lines: lines, Positions: []event.Position{{Key: im.at.key, State: position}}})
}

// desk hands batches to the sink and counts those on their way.
type desk struct {
	sink  Sink
	slots chan struct{}
	once  sync.Once
	stop  chan struct{} // closed at the first refusal
	err   error
}

func newDesk(sink Sink) *desk {
	return &desk{sink: sink, slots: make(chan struct{}, maxFlight), stop: make(chan struct{})}
}

// hand blocks while too many batches are on their way.
func (d *desk) hand(ctx context.Context, b event.Batch) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-d.stop:
		return d.err
	case d.slots <- struct{}{}:
	}
	var called atomic.Bool
	b.Ack = func(err error) {
		if !called.CompareAndSwap(false, true) {
			return
		}
		if err != nil {
			d.once.Do(func() {
				d.err = fmt.Errorf("%w: %w", ErrRefused, err)
				close(d.stop)
			})
		}
		<-d.slots
	}
	return d.sink(ctx, b)
}

// wait returns when nothing is on its way any more.
func (d *desk) wait(ctx context.Context) error {
	for range maxFlight {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case d.slots <- struct{}{}:
		}
	}
	select {
	case <-d.stop:
		return d.err
	default:
		return nil
	}
}

// readFull reads until p is full or the reader has no more.
func readFull(r io.Reader, p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		var k int
		k, err = r.Read(p[n:])
		n += k
	}
	return n, err
}
