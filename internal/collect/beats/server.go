package beats

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"
)

// Server receives events from senders. Serve is called once; Status may be
// called at any time from any goroutine.
type Server struct {
	opts   Options
	ledger *ledger
	sink   Sink
	// unacked and large bound the memory of all connections.
	unacked, large *semaphore.Weighted
	counts         counts
	notes          notes
	peers          peers
}

// counts are what Status tells.
type counts struct {
	connections                             atomic.Int64
	windows, lines, repeats, bytes, refused atomic.Int64
	turnedAway, broken                      atomic.Int64
	connectionIDs                           atomic.Uint32
}

// Status is what a Server has done since it was made.
type Status struct {
	Connections int    // that are open
	Windows     int64  // acknowledged
	Lines       int64  // handed to the sink
	Repeats     int64  // events that were left out because they had come before
	Bytes       int64  // of events, inflated
	Refused     int64  // batches that did not become durable
	TurnedAway  int64  // connections above the limit
	Broken      int64  // connections closed because of the protocol
	Err         string // the last warning about a peer
	ErrAt       time.Time
	Peers       []Peer // connections that are open, by address
}

// New makes a Server. Missing options get their defaults.
func New(opts Options) *Server {
	s := &Server{
		opts:    opts.withDefaults(),
		unacked: semaphore.NewWeighted(maxUnacked),
		large:   semaphore.NewWeighted(maxLarge),
	}
	s.ledger = newLedger(&s.opts)
	return s
}

// Status returns the present figures.
func (s *Server) Status() Status {
	c := &s.counts
	lastErr, errAt := s.notes.lastErr()
	return Status{
		Connections: int(c.connections.Load()), Windows: c.windows.Load(), Lines: c.lines.Load(),
		Repeats: c.repeats.Load(), Bytes: c.bytes.Load(), Refused: c.refused.Load(),
		TurnedAway: c.turnedAway.Load(), Broken: c.broken.Load(), Err: lastErr, ErrAt: errAt, Peers: s.peers.list(),
	}
}

// Serve receives until ctx ends and hands lines to the sink. Positions are the
// durable ones of all sources; it reads those that begin with "beats/". When
// ctx ends it reads no more, waits up to two seconds for the acknowledgement of
// what it handed on, closes everything and returns nil. The error says why the
// listener failed.
func (s *Server) Serve(ctx context.Context, positions map[string][]byte, sink Sink) error {
	s.sink = sink
	s.ledger.load(positions, s.opts.Log)
	listener := s.opts.Listener
	if s.opts.TLS != nil {
		listener = tls.NewListener(listener, s.opts.TLS)
	}
	defer listener.Close()
	var open sync.WaitGroup
	defer open.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	// It hangs on the same ctx as the check below, so that a listener closed by
	// it is never taken for one that failed.
	stop := context.AfterFunc(ctx, func() { listener.Close() })
	defer stop()
	for wait := time.Duration(0); ; {
		conn, err := listener.Accept()
		switch {
		case ctx.Err() != nil:
			if err == nil {
				conn.Close()
			}
			return nil
		case err == nil:
			wait = 0
			s.welcome(ctx, conn, &open)
		case errors.Is(err, net.ErrClosed):
			return fmt.Errorf("accepting a connection: %w", err)
		default:
			// Out of file handles, most likely: it passes.
			wait = min(max(2*wait, 10*time.Millisecond), time.Second)
			s.notes.warn(s.opts.Log, "accepting a connection failed", "", err)
			sleep(ctx, wait)
		}
	}
}

// welcome serves a connection in the background, or closes it if there are too
// many.
func (s *Server) welcome(ctx context.Context, c net.Conn, open *sync.WaitGroup) {
	if s.counts.connections.Add(1) > int64(s.opts.MaxConnections) {
		s.counts.connections.Add(-1)
		s.counts.turnedAway.Add(1)
		c.Close()
		s.notes.warn(s.opts.Log, "a connection was turned away", c.RemoteAddr().String(), errTooMany)
		return
	}
	open.Go(func() {
		defer s.counts.connections.Add(-1)
		n := newConn(s, c)
		defer s.peers.welcome(n)()
		n.serve(ctx)
	})
}

var errTooMany = errors.New("too many connections are open")

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
