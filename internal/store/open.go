package store

import (
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
)

// ErrLocked: another process holds the data folder.
var ErrLocked = local.ErrLocked

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
