package store

import (
	"context"

	"rastro/internal/disk"
	"rastro/internal/store/local"
)

// The embedded engine's own words, for rooms that open it.
type (
	// Local is the embedded engine.
	Local = local.Engine
	// LocalOptions are its options.
	LocalOptions = local.Options
	// LockInfo says who holds a data folder and where that process listens.
	LockInfo = local.LockInfo
	// Repository is a folder of snapshots.
	Repository = local.Repository
	// Snapshot describes a snapshot of a repository.
	Snapshot = local.Snapshot
	// SnapshotPart counts a snapshot's events of one day and index.
	SnapshotPart = local.SnapshotPart
	// SnapshotOptions say what a snapshot is.
	SnapshotOptions = local.SnapshotOptions
	// SnapshotPlace is how far the events of a snapshot were read.
	SnapshotPlace = local.Place
	// AddressErasure says whose events are to be erased, AddressErased what was
	// found and removed, EraseProgress how far it is.
	AddressErasure = local.AddressErasure
	AddressErased  = local.AddressErased
	EraseProgress  = local.Progress
	// RepositoryErased says what an erasure did to a repository.
	RepositoryErased = local.RepositoryErased
	// BadFile is a file of a snapshot that is not what was written.
	BadFile = local.BadFile
	// Cleaned says what was removed from a repository.
	Cleaned = local.Cleaned
	// Fault is something that Examine found in a data folder.
	Fault = local.Fault
	// Examination says what Examine read.
	Examination = local.Examination
	// CompactOptions say how to put files together.
	CompactOptions = local.CompactOptions
	// ExamineOptions say how to examine.
	ExamineOptions = local.ExamineOptions
)

// Errors of the embedded engine and of repositories of snapshots; local says
// what each means.
var (
	// ErrLocked: another process holds the data folder.
	ErrLocked         = local.ErrLocked
	ErrNoRoom         = local.ErrNoRoom
	ErrRestoring      = local.ErrRestoring
	ErrNotEmpty       = local.ErrNotEmpty
	ErrLocation       = local.ErrLocation
	ErrNoRepository   = local.ErrNoRepository
	ErrNoSnapshot     = local.ErrNoSnapshot
	ErrSnapshotExists = local.ErrSnapshotExists
	ErrSnapshotName   = local.ErrSnapshotName
	ErrBadSnapshot    = local.ErrBadSnapshot
)

var _ Store = (*Local)(nil)

// OpenLocal locks dir and opens the embedded engine in it, creating the folder
// if need be. A folder that another process holds gives ErrLocked; the error
// names that process.
func OpenLocal(fs disk.FS, dir string, opts LocalOptions) (*Local, error) {
	return local.Open(fs, dir, opts)
}

// ReadLock tells whether another process holds the data folder dir, and what it
// says of itself. A folder that does not exist is held by nobody.
func ReadLock(fs disk.FS, dir string) (info LockInfo, held bool, err error) {
	return local.ReadLock(fs, dir)
}

// Examine reads every file of the store in dir, which is closed or open in
// another process, and reports what is wrong. It changes nothing.
func Examine(ctx context.Context, fs disk.FS, dir string, opts ExamineOptions) (Examination, error) {
	return local.Examine(ctx, fs, dir, opts)
}

// ReadDurable reads the number of the last event of the store in dir that
// needs no journal; the store may be open in another process.
func ReadDurable(fs disk.FS, dir string) (uint64, error) { return local.ReadDurable(fs, dir) }

// OpenRepository opens the repository of snapshots in dir, or makes one there.
func OpenRepository(fs disk.FS, dir string, create bool) (*Repository, error) {
	return local.OpenRepository(fs, dir, create)
}

// OpenRepositoryIn opens the repository at a location that a client named, kept
// inside the folders that are allowed; see RepositoryPlace.
func OpenRepositoryIn(folders []string, location string, create bool) (*Repository, error) {
	return local.OpenRepositoryIn(folders, location, create)
}

// RepositoryPlace tells where a location lies; see local.RepositoryPlace.
func RepositoryPlace(folders []string, location string) (base, dir string, err error) {
	return local.RepositoryPlace(folders, location)
}

// ParseSnapshotPlace reads what SnapshotPlace.String wrote.
func ParseSnapshotPlace(text string) (SnapshotPlace, bool) { return local.ParsePlace(text) }

// CheckSnapshotName tells why a name cannot be one of a snapshot.
func CheckSnapshotName(name string) error { return local.CheckSnapshotName(name) }
