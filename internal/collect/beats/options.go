package beats

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"time"

	"rastro/internal/event"
)

// ErrProtocol: a peer broke the rules of the protocol or a limit. The error
// that wraps it says how.
var ErrProtocol = errors.New("lumberjack protocol")

// Sink takes a batch. It blocks while it has no room and returns an error when
// the batch was not taken; Ack is then never called. It is called from many
// goroutines.
type Sink func(ctx context.Context, b event.Batch) error

// Options are the settings of a Server. Listener is required.
type Options struct {
	// Listener is where senders connect. Serve closes it.
	Listener net.Listener
	// TLS, if not nil, is spoken on every connection.
	TLS *tls.Config
	// Zone and Dialect go into event.Origin. Host is the host of events that
	// name none.
	Zone    *time.Location
	Dialect string
	Host    string

	// MaxConnections bounds the open connections; one more is closed at once.
	// Default: 256.
	MaxConnections int
	// MaxWindow bounds the events of one window. Default: 65,536, far above
	// the 2048 that Filebeat sends. No memory is set aside by it.
	MaxWindow int
	// MaxEventBytes is how much of one event's JSON is read; what is beyond is
	// skipped and the line marked as cut. Default: 10 MiB.
	MaxEventBytes int
	// MaxInflatedBytes bounds what one compressed frame may hold. It is read
	// as a stream, so that this bounds time and not memory. Default: 1 GiB.
	MaxInflatedBytes int64
	// Idle closes a connection on which no window began for so long. Filebeat
	// comes back by itself. Default: 10 min.
	Idle time.Duration
	// FrameTime is how long a peer may take for sending one frame.
	// Default: 2 min.
	FrameTime time.Duration
	// Keepalive is the time between two acknowledgements while lines wait for
	// the disk. Default: 3 s; Filebeat gives up after 30 s of silence.
	Keepalive time.Duration
	// Log takes notes about connections; nil for none.
	Log *slog.Logger
}

// Bounds of what is on its way.
const (
	// batchLines and batchBytes end a batch before its window ends. They are
	// those of tailed files, which ingest reckons with.
	batchLines = 1000
	batchBytes = 256 << 10
	// maxFlight bounds the batches of one connection that are not durable yet.
	// Four windows of Filebeat's default size fit, it sends two ahead.
	maxFlight = 8
	// maxUnacked bounds the bytes of all connections that are not durable yet.
	maxUnacked = 64 << 20
	// largeBytes is the size from which an event has to wait for its share of
	// maxLarge before it is read.
	largeBytes = 1 << 20
	maxLarge   = 64 << 20
	// writeTime is how long an acknowledgement of six bytes may take.
	writeTime = 30 * time.Second
	// lastAcks is how long Serve waits for the acknowledgement of what was
	// handed on before its context ended.
	lastAcks = 2 * time.Second
)

func (o Options) withDefaults() Options {
	if o.MaxConnections <= 0 {
		o.MaxConnections = 256
	}
	if o.MaxWindow <= 0 {
		o.MaxWindow = 1 << 16
	}
	if o.MaxEventBytes <= 0 {
		o.MaxEventBytes = 10 << 20
	}
	if o.MaxInflatedBytes <= 0 {
		o.MaxInflatedBytes = 1 << 30
	}
	if o.Idle <= 0 {
		o.Idle = 10 * time.Minute
	}
	if o.FrameTime <= 0 {
		o.FrameTime = 2 * time.Minute
	}
	if o.Keepalive <= 0 {
		o.Keepalive = 3 * time.Second
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}
