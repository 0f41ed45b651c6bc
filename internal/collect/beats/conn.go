package beats

import (
	"context"
	"errors"
	"io"
	"net"
	"sync/atomic"
	"time"

	"rastro/internal/event"
)

// conn is one connection. A reader takes windows apart and hands batches to
// the sink; an answerer follows them and acknowledges.
type conn struct {
	s    *Server
	c    net.Conn
	id   uint32
	peer string

	frames *frames
	build  builder
	// largeHeld is the reader's share of Server.large.
	largeHeld int64
	parts     chan part
	// begun counts the windows whose events are being read; with the windows
	// answered it tells whether the peer is waiting.
	begun   atomic.Int64
	version atomic.Uint32
	lines   atomic.Int64 // handed to the sink
}

// part is a batch of a window that was handed on.
type part struct {
	flight *flight
	bytes  int64 // held of Server.unacked
	seq    uint32
	// last: the window ends here.
	last bool
}

func newConn(s *Server, c net.Conn) *conn {
	peer := c.RemoteAddr().String()
	host, _, err := net.SplitHostPort(peer)
	if err != nil {
		host = peer
	}
	n := &conn{s: s, c: c, id: s.counts.connectionIDs.Add(1), peer: peer, parts: make(chan part, maxFlight)}
	n.build.peer = host
	return n
}

// serve works until the peer leaves, breaks the rules or is refused, or ctx
// ends.
func (n *conn) serve(ctx context.Context) {
	defer n.c.Close()
	reading, cancel := context.WithCancel(ctx)
	defer cancel()
	n.frames = newFrames(reader{n.c, reading}, &n.s.opts)
	n.frames.large = func(size int64) error { return n.holdLarge(reading, size) }
	// The end of reading wakes the reader wherever it waits for bytes.
	stop := context.AfterFunc(reading, func() { n.c.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		newAnswerer(n, cancel).run(ctx)
	}()
	err := n.read(reading)
	close(n.parts)
	n.s.large.Release(n.largeHeld)
	n.note(ctx, err)
	<-answered
}

// reader is a connection that cannot be read any more once ctx has ended.
type reader struct {
	net.Conn
	ctx context.Context
}

// SetReadDeadline fails if the end of ctx was before; if it comes later, its
// own deadline replaces this one.
func (r reader) SetReadDeadline(t time.Time) error {
	if err := r.Conn.SetReadDeadline(t); err != nil {
		return err
	}
	return r.ctx.Err()
}

// read takes one window after the other.
func (n *conn) read(ctx context.Context) error {
	for {
		count, err := n.frames.window()
		if err != nil {
			return err
		}
		n.version.Store(uint32(n.frames.version))
		n.begun.Add(1)
		if err := n.window(ctx, count); err != nil {
			return err
		}
	}
}

// window reads so many events and hands them on.
func (n *conn) window(ctx context.Context, count int) error {
	if count == 0 {
		return n.hand(ctx, 0, true)
	}
	for i := range count {
		in, err := n.frames.event()
		if err != nil {
			return err
		}
		n.s.counts.bytes.Add(int64(len(in.payload)))
		n.build.add(in)
		last := i == count-1
		if !last && !n.build.full() {
			continue
		}
		if last {
			if err := n.frames.finish(); err != nil {
				return err
			}
		}
		if err := n.hand(ctx, in.seq, last); err != nil {
			return err
		}
	}
	return nil
}

// hand decides about the events that were gathered and gives the new ones to
// the sink. It waits while too much is on its way.
func (n *conn) hand(ctx context.Context, seq uint32, last bool) error {
	held := min(n.build.bytes(), maxUnacked)
	if err := n.s.unacked.Acquire(ctx, held); err != nil {
		return err
	}
	now := time.Now()
	taken := n.s.ledger.take(n.build.drafts, n.id, now)
	n.s.counts.repeats.Add(int64(len(n.build.drafts) - taken.count))
	var err error
	if taken.count == 0 {
		taken.flight.end(nil)
	} else {
		err = n.s.sink(ctx, event.Batch{
			Lines:     n.build.lines(taken.origins, taken.count, now.UnixNano()),
			Positions: taken.positions,
			Ack:       taken.flight.end,
		})
	}
	n.build.clear()
	if err != nil {
		taken.flight.end(err)
	} else {
		n.s.counts.lines.Add(int64(taken.count))
		n.lines.Add(int64(taken.count))
	}
	n.parts <- part{flight: taken.flight, bytes: held, seq: seq, last: last}
	if err != nil {
		return err
	}
	return n.frames.renew()
}

// holdLarge waits until an event of the size may be read; 0 gives back what
// was held.
func (n *conn) holdLarge(ctx context.Context, size int64) error {
	if n.largeHeld > 0 {
		n.s.large.Release(n.largeHeld)
		n.largeHeld = 0
	}
	if size == 0 {
		return ctx.Err()
	}
	size = min(size, maxLarge)
	if err := n.s.large.Acquire(ctx, size); err != nil {
		return err
	}
	n.largeHeld = size
	return n.frames.renew()
}

// note writes down why a connection ended, unless it is nobody's fault.
func (n *conn) note(ctx context.Context, err error) {
	var slow net.Error
	switch {
	case ctx.Err() != nil, err == io.EOF, errors.Is(err, context.Canceled):
	case errors.Is(err, ErrProtocol):
		n.s.counts.broken.Add(1)
		n.s.notes.warn(n.s.opts.Log, "a connection was closed", n.peer, err)
	case errors.As(err, &slow) && slow.Timeout():
		n.s.opts.Log.Debug("a connection was closed that sent nothing", "source", n.peer, "err", err)
	default:
		n.s.opts.Log.Debug("a connection ended", "source", n.peer, "err", err)
	}
}
