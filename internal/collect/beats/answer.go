package beats

import (
	"context"
	"encoding/binary"
	"errors"
	"time"
)

// answerer follows the batches of a connection in their order.
type answerer struct {
	n *conn
	// hangUp makes the reader stop.
	hangUp func()
	// broken: nothing more is told to the peer.
	broken bool
	// answered counts windows; durable is the last durable event of the one
	// that is being answered.
	answered int64
	durable  uint32
}

func newAnswerer(n *conn, hangUp func()) *answerer { return &answerer{n: n, hangUp: hangUp} }

// run answers until the reader has ended and all its batches have arrived, or
// ctx has ended and the time for the last ones is over.
func (a *answerer) run(ctx context.Context) {
	tick := time.NewTicker(a.n.s.opts.Keepalive)
	defer tick.Stop()
	over := make(chan struct{})
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(lastAcks, func() { close(over); a.n.c.Close() }) })
	defer stop()
	for {
		select {
		case p, more := <-a.n.parts:
			if !more {
				return
			}
			err := a.await(p.flight, tick.C, over)
			a.n.s.ledger.settle(p.flight)
			a.n.s.unacked.Release(p.bytes)
			a.arrived(p, err)
		case <-tick.C:
			a.keepalive()
		}
	}
}

// await waits until a batch, and those whose events it repeats, are durable.
// It returns the error of the first that is not.
func (a *answerer) await(f *flight, tick <-chan time.Time, over <-chan struct{}) error {
	for i := -1; i < len(f.waits); i++ {
		on := f
		if i >= 0 {
			on = f.waits[i]
		}
		for waiting := true; waiting; {
			select {
			case <-on.done:
				waiting = false
			case <-tick:
				a.keepalive()
			case <-over:
				// A late answer changes nothing any more.
				f.end(context.Canceled)
				return context.Canceled
			}
		}
		if on.err != nil {
			return on.err
		}
	}
	return nil
}

// arrived answers for one batch.
func (a *answerer) arrived(p part, err error) {
	if err != nil {
		a.n.s.counts.refused.Add(1)
		if !a.broken && !errors.Is(err, context.Canceled) {
			a.n.s.notes.warn(a.n.s.opts.Log, "events did not become durable; the connection is closed and the sender repeats them", a.n.peer, err)
		}
		a.close()
		return
	}
	a.durable = p.seq
	if !p.last {
		return
	}
	a.send(p.seq)
	a.answered++
	a.durable = 0
	a.n.s.counts.windows.Add(1)
}

// keepalive tells a waiting peer how far we are.
func (a *answerer) keepalive() {
	if a.n.begun.Load() > a.answered {
		a.send(a.durable)
	}
}

func (a *answerer) send(seq uint32) {
	if a.broken {
		return
	}
	frame := append(make([]byte, 0, 6), byte(a.n.version.Load()), kindAck)
	frame = binary.BigEndian.AppendUint32(frame, seq)
	a.n.c.SetWriteDeadline(time.Now().Add(writeTime))
	if _, err := a.n.c.Write(frame); err != nil {
		a.close()
	}
}

// close ends the connection; the batches on their way are still followed.
func (a *answerer) close() {
	a.broken = true
	a.hangUp()
	a.n.c.Close()
}
