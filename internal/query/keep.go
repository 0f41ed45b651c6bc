package query

import "time"

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
