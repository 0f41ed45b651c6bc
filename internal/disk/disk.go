// Package disk is the seam between Rastro and the file system: everything
// that must survive a crash is written through FS.
//
// What comes in are paths and bytes; what goes out are files. The package
// knows no format. Tests replace OS by disktest.FS, which fails on demand.
package disk

import (
	"io"
	"os"
)

// File is an open file.
type File interface {
	io.Reader
	io.ReaderAt
	io.Writer
	io.Seeker
	io.Closer
	Name() string
	Stat() (os.FileInfo, error)
	// Sync returns after the file's bytes and size are on stable storage. After
	// an error nothing is known about bytes written since the last good Sync.
	Sync() error
	Truncate(size int64) error
}

// FS is a file system. Implementations are safe for concurrent use.
type FS interface {
	OpenFile(name string, flag int, perm os.FileMode) (File, error)
	Rename(oldName, newName string) error
	// Link makes newName a hard link to oldName.
	Link(oldName, newName string) error
	Remove(name string) error
	MkdirAll(name string, perm os.FileMode) error
	// ReadDir lists a folder by name, ascending.
	ReadDir(name string) ([]os.DirEntry, error)
	Stat(name string) (os.FileInfo, error)
	// SyncDir makes creations, renames and removals in a folder durable.
	SyncDir(name string) error
	// Free returns the bytes a user may still write to the file system that
	// holds name, and its size.
	Free(name string) (free, total uint64, err error)
}
