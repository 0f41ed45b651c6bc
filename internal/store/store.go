// Package store is the door to the engines that keep events.
//
// What comes in are events that are durable in the journal already, and
// questions; what goes out are answers. The store never calls other rooms: no
// source, no reader, no clock of its own where a time decides something.
package store

import (
	"context"
	"time"

	"rastro/internal/event"
	"rastro/internal/query"
)

// Store keeps events and answers questions about them. Every engine passes
// store/storetest. All methods are safe for concurrent use, except that
// Append is called by one goroutine at a time.
type Store interface {
	// Append takes events whose RIDs follow the last one without a gap. They
	// are found by Ask as soon as Append returns. The store keeps the events
	// and their strings; the caller no longer changes them. It blocks while the
	// engine is behind and returns ctx's error when ctx ends; an event is then
	// either wholly taken or not, and Next tells. Events up to Next-1 that
	// arrive again are ignored.
	Append(ctx context.Context, events []event.Event) error
	// Next is the RID that the store expects next: 1 for an empty one.
	Next() uint64
	// Durable is the highest RID up to which every event would survive a crash
	// without the journal; 0 if none.
	Durable() uint64
	// Flush makes everything appended so far durable.
	Flush(ctx context.Context) error
	// Ask answers a question. When ctx's deadline passes or a file cannot be
	// read, the answer is partial and says so, with a nil error. When ctx is
	// cancelled Ask returns its error. A question that cannot be answered
	// within its memory gives query.ErrTooBig.
	Ask(ctx context.Context, q query.Question) (query.Answer, error)
	// Retain removes the oldest events beyond the policy's limits and says how
	// many. now is the moment the ages count from.
	Retain(ctx context.Context, policy Policy, now time.Time) (Removed, error)
	// Stats describes the store as it is.
	Stats() Stats
	// Close stops background work and releases the files. It flushes nothing.
	Close() error
}

// Policy limits what is kept. Zero values set no limit.
type Policy struct {
	// KeepFor is the age, by @timestamp, beyond which whole segments go.
	KeepFor time.Duration
	// MaxBytes is the size of all segment files beyond which the oldest go.
	MaxBytes int64
}

// Removed says what Retain removed.
type Removed struct {
	Segments int
	Events   int64
	Bytes    int64
}

// Stats describes a store.
type Stats struct {
	Events   int64 // all events, the tail included
	Segments int
	Bytes    int64 // size of all segment files
	// TailEvents are held in memory only (and in the journal).
	TailEvents int64
	// Oldest and Newest bound @timestamp, in nanoseconds; 0 for an empty store.
	Oldest, Newest int64
	Days           []DayStats // ascending
	// Quarantined names files that were set aside, with the reason.
	Quarantined []QuarantinedFile
	// WriteError is the text of the last failure to write, "" after a success.
	WriteError string
}

// DayStats describes one UTC day of events.
type DayStats struct {
	Day    string // YYYY-MM-DD
	Events int64
	Bytes  int64
}

// QuarantinedFile is a file that could not be read.
type QuarantinedFile struct {
	Path, Reason string
	Events       int64 // events it held by the manifest; not served
}
