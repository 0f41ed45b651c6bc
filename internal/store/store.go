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
	// are found by Ask as soon as Append returns. The store keeps the strings
	// of the events, which nobody changes; their slices may be used again when
	// Append has returned. It blocks while the
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
	// many. now is the moment the ages count from. With nothing to do it costs
	// next to nothing, so that it may be called every minute.
	Retain(ctx context.Context, policy Policy, now time.Time) (Removed, error)
	// Erase removes every event that matches the filter (nil: every event) and
	// was appended before the call, for good: neither a crash nor the journal
	// brings it back. RIDs of other events stay as they are. A question under
	// way may still see some of them. After an error some are gone and others
	// not; the same call again goes on.
	Erase(ctx context.Context, filter query.Filter) (Removed, error)
	// Stats describes the store as it is.
	Stats() Stats
	// Close stops background work and releases the files. It flushes nothing.
	Close() error
}

// The plain data of the contract stands in query, so that engines, which may
// not import their door, can name it.
type (
	// Policy limits what is kept.
	Policy = query.Policy
	// RetainRule limits the age of some events.
	RetainRule = query.RetainRule
	// Removed says what Retain or Erase removed.
	Removed = query.Removed
	// Stats describes a store.
	Stats = query.StoreStats
	// DayStats describes one UTC day of events.
	DayStats = query.DayStats
	// QuarantinedFile is a file that could not be read.
	QuarantinedFile = query.QuarantinedFile
)
