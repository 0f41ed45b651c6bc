package query

import "time"

// Policy limits what is kept. Zero values set no limit.
type Policy struct {
	// KeepFor is the age, by @timestamp, beyond which whole segments go.
	KeepFor time.Duration
	// MaxBytes is the size of all segment files beyond which the oldest go.
	MaxBytes int64
	// Rules limit the age of some events only; each counts by itself.
	Rules []RetainRule
}

// RetainRule removes the events that match a filter by whole UTC days: those
// of a day that ended more than KeepFor ago. Events in memory stay until they
// are in a file.
type RetainRule struct {
	// Filter says which events; nil means All.
	Filter Filter
	// KeepFor is the age of the day's end; 0 removes each day when it is over.
	KeepFor time.Duration
}

// Empty tells that the policy limits nothing.
func (p *Policy) Empty() bool { return p.KeepFor <= 0 && p.MaxBytes <= 0 && len(p.Rules) == 0 }

// Removed says what Retain or Erase removed.
type Removed struct {
	// Segments are the files that are gone, Rewritten those that were written
	// anew without some of their events.
	Segments, Rewritten int
	Events              int64
	// Bytes are those the files became smaller by.
	Bytes int64
	// Unreadable are the files in quarantine, whose events Erase could not look
	// at. They are not served.
	Unreadable int
}

// Add sums two removals; Unreadable is the newer's.
func (r Removed) Add(newer Removed) Removed {
	return Removed{
		Segments: r.Segments + newer.Segments, Rewritten: r.Rewritten + newer.Rewritten,
		Events: r.Events + newer.Events, Bytes: r.Bytes + newer.Bytes, Unreadable: newer.Unreadable,
	}
}

// StoreStats describes a store.
type StoreStats struct {
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
	Compaction CompactionStats
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
