package bulk

import (
	"context"
	"log/slog"
	"time"

	"rastro/internal/event"
)

// Sink takes a batch. It blocks while it has no room and returns an error when
// the batch was not taken; Ack is then never called. It is called from many
// goroutines.
type Sink func(ctx context.Context, b event.Batch) error

// Options are the settings of a Receiver. The zero Options are good for tests.
type Options struct {
	// Prefix begins the names of the indices of days: Prefix and YYYY.MM.dd.
	Prefix string
	// Known returns the stored events with one of the ids that may have been
	// written to the index: those whose field index names it and, where it is the
	// index of a day, those that have no such field. nil: the store is empty.
	Known func(ctx context.Context, index string, ids []string) ([]event.Event, error)
	// Settled waits until everything acknowledged is in the store. nil: it is.
	Settled func(ctx context.Context) error
	// Paused says why the journal takes nothing now, "" when it does: documents
	// are Busy at once then. nil: it always does.
	Paused func() string
	// Zone goes into event.Origin: the zone of stamps that name none.
	Zone *time.Location
	// Room is how long documents wait for room on the belt before they are given
	// back as Busy. Default: 10 s.
	Room time.Duration
	// Confirm is how long Wait waits for the journal. Default: 60 s.
	Confirm time.Duration
	// Remember is how many fingerprints are remembered at least; at most twice
	// as many are, of about 60 bytes each. Default: 1<<18.
	Remember int
	// Log takes notes; nil for none.
	Log *slog.Logger
}

// MaxDocument is how many bytes a document may have.
const MaxDocument = 10 << 20

// Bounds of what is on its way.
const (
	// batchLines and batchBytes end a batch. They are those of tailed files,
	// which ingest reckons with.
	batchLines = 1000
	batchBytes = 256 << 10
	// maxFlight bounds the bytes of all documents that are not durable yet.
	maxFlight = 64 << 20
	// maxOrigins bounds the origins that are remembered.
	maxOrigins = 1024
)

func (o Options) withDefaults() Options {
	if o.Known == nil {
		o.Known = func(context.Context, string, []string) ([]event.Event, error) { return nil, nil }
	}
	if o.Settled == nil {
		o.Settled = func(context.Context) error { return nil }
	}
	if o.Paused == nil {
		o.Paused = func() string { return "" }
	}
	if o.Room <= 0 {
		o.Room = 10 * time.Second
	}
	if o.Confirm <= 0 {
		o.Confirm = time.Minute
	}
	if o.Remember <= 0 {
		o.Remember = 1 << 18
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// Document is one document as a client wrote it.
type Document struct {
	// Create: it must be new. Otherwise it may be written again as it is.
	Create bool
	// Index is the index it goes to: a valid name, aliases resolved.
	Index string
	// ID is the client's id of it; "" asks for a new one.
	ID string
	// Source is its JSON. It is read before Send returns, and not kept.
	Source []byte
}

// Outcome is what became of a document.
type Outcome struct {
	Result Result
	// ID is the document's id, given or made.
	ID string
	// Reason says why it was not created, in a sentence for clients; "" where
	// Result says it all.
	Reason string
	// Named: its index is that of a day, and the event carries the name since the
	// document's own stamp is of another day.
	Named bool
}

// Result is the kind of an Outcome.
type Result uint8

// The kinds of outcome.
const (
	// sending: not known yet.
	sending Result = iota
	// Created: it is durable and new.
	Created
	// Noop: the same document is stored already, and was to be written again.
	Noop
	// Exists: a document with this id is stored already, and was to be created.
	Exists
	// Differs: another document with this id is stored already, and was to be
	// written over.
	Differs
	// Malformed: it is no JSON object, or has a member that no document may have.
	Malformed
	// TooLong: it is longer than MaxDocument.
	TooLong
	// Busy: it was not taken, and the client should send it again.
	Busy
	// Unknown: it was taken, and whether it became durable is not known.
	Unknown
)
