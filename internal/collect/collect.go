// Package collect opens the configured sources and hands their lines on, each
// batch with its acknowledgement.
//
// What comes in are the options of the sources and the last durable positions;
// what goes out are batches of lines to a Sink. Exactly once: a source moves on
// only by the positions that were made durable together with its lines. The
// package never looks into a line and stores nothing.
package collect

import (
	"context"
	"log/slog"
	"time"

	"rastro/internal/collect/frame"
	"rastro/internal/collect/tail"
	"rastro/internal/event"
)

// Sink takes a batch of lines. It blocks while there is no room and returns an
// error only when ctx ends. The batch's Ack comes later, from any goroutine.
//
// Batches come from several goroutines; those of one file come strictly in
// order and must become durable in that order. After an Ack with an error,
// other batches of the same position key must be refused too until the refused
// one comes again, which is known by its position's state: some may be on their
// way already. They are all handed on again, in their order.
//
// A batch may hold positions and no lines. A position with an empty state
// forgets its key.
type Sink func(ctx context.Context, b event.Batch) error

// Source is a set of files that are followed.
type Source = tail.Source

// Multiline says which lines of a file belong together.
type Multiline = frame.Multiline

// FileStatus is what is known of one file that is followed.
type FileStatus = tail.Status

// ErrSource is wrapped by errors that say what is wrong with a source.
var ErrSource = tail.ErrSource

// Options are the sources and what they share. Zero values take the defaults
// of tail.Options.
type Options struct {
	Sources []Source
	// Poll is the time between two looks at all files; default 1 s.
	Poll time.Duration
	// Quiet is how long a rotated or removed file must be silent before it has
	// ended; default 30 s.
	Quiet time.Duration
	// Forget is how long the position of an ended file is kept; default 24 h.
	Forget time.Duration
	// MaxOpen bounds the open files; default 512.
	MaxOpen int
	// Log takes notes about files; nil for none.
	Log *slog.Logger
}

// Collector is the set of opened sources. Its methods are safe for concurrent
// use.
type Collector struct {
	files *tail.Tailer
}

// Open checks the options; no file is touched before Run. The error wraps
// ErrSource.
func Open(opts Options) (*Collector, error) {
	files, err := tail.New(tail.Options{
		Sources: opts.Sources, Poll: opts.Poll, Quiet: opts.Quiet, Forget: opts.Forget,
		MaxOpen: opts.MaxOpen, Log: opts.Log,
	})
	if err != nil {
		return nil, err
	}
	return &Collector{files: files}, nil
}

// Run hands lines to sink until ctx ends; then it returns nil. positions are
// the last durable ones of all sources, by key; Run does not keep the map. No
// call of sink begins after Run has returned, and acknowledgements may still
// come.
func (c *Collector) Run(ctx context.Context, positions map[string][]byte, sink Sink) error {
	return c.files.Run(ctx, positions, tail.Sink(sink))
}

// Reload puts other sources in place of the present ones. Files that both know
// are read on where they are. After an error, which wraps ErrSource, nothing
// has changed.
func (c *Collector) Reload(sources []Source) error { return c.files.Reload(sources) }

// Status lists the files that are followed and the paths that cannot be read,
// by path.
func (c *Collector) Status() []FileStatus { return c.files.Status() }
