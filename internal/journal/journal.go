// Package journal is the durable log of accepted events: what stands in it
// survives a crash, and nothing is acknowledged before it stands in it.
//
// What comes in are groups of encoded events with the positions of their
// sources; what goes out are the same events, numbered without a gap, when a
// start replays them into the store. The journal never parses a line, answers
// a question or drops what it acknowledged without saying so.
//
// # Files
//
// A journal is a folder of files named <sequence>-<first RID>.journal. Each
// begins with the magic bytes and eight random bytes, the file's mark. Then
// come records:
//
//	mark     8 bytes   the file's own, so that bytes of a log line, which its
//	                   writer chose, can never look like a record
//	length   4 bytes   of the body, little endian
//	checksum 4 bytes   CRC-32C of length and body
//	body     kind (1 byte), first RID (8), number of events (4), positions, events
//
// One Commit is one record, so that its events and positions count together or
// not at all. The first record of a file is a snapshot of all positions and of
// the next RID: a file is never needed for what came before it, and whatever
// an older file holds from that RID on was never acknowledged and is void.
package journal

import (
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"

	"rastro/internal/disk"
	"rastro/internal/event"
)

// Errors of the journal.
var (
	// ErrCorrupt: bytes are not what was written.
	ErrCorrupt = errors.New("corrupt journal")
	// ErrTooLarge: the groups of one Commit exceed MaxCommitBytes.
	ErrTooLarge = errors.New("too many bytes for one journal record")
	// ErrClosed: the journal was closed.
	ErrClosed = errors.New("the journal is closed")
)

// MaxCommitBytes bounds the encoded events and positions of one Commit.
const MaxCommitBytes = 1 << 30

// defaultFileBytes is the size at which a new file is begun.
const defaultFileBytes = 64 << 20

// Options of a journal. The zero value is ready for use.
type Options struct {
	// MaxFileBytes is the size at which a new file is begun. Default 64 MiB.
	MaxFileBytes int64
	// AtLeast is the smallest RID that the next event may get: one more than
	// the store holds durably. Events below it are not missed when damage took
	// them.
	AtLeast uint64
	// Log is told of damage. nil discards.
	Log *slog.Logger
}

// Group is what one call or several calls of Encode wrote, with the positions
// that its sources have reached.
type Group struct {
	Encoded   []byte
	Count     int // events in Encoded
	Positions []event.Position
}

// Stats describes a journal.
type Stats struct {
	Files int
	Bytes int64
	// MaxFileBytes is the size at which a new file is begun.
	MaxFileBytes int64
	// Next is the RID the next event will get.
	Next uint64
	// TornBytes were at the end of the newest file at Open: the unfinished
	// write of a crash, never acknowledged.
	TornBytes int64
	// Damage names files that lost bytes; a copy of each is kept.
	Damage []Damage
	// WriteError is the text of the last failure to write, "" after a success.
	WriteError string
}

// Damage is a file whose bytes changed after they were written.
type Damage struct {
	// Path is the copy that was set aside.
	Path string
	// Bytes could not be read; 0 where that is not known any more.
	Bytes int64
	// Events were acknowledged and are lost.
	Events int64
}

// Journal is an open journal. Its methods are safe for concurrent use; Commit,
// Trim and Close wait for each other.
type Journal struct {
	fs    disk.FS
	dir   string
	limit int64
	log   *slog.Logger

	writing sync.Mutex // held by Commit, Trim and Close
	buffer  []byte     // record being written; its memory is used again
	current disk.File  // nil until the next Commit begins a file

	mu        sync.Mutex // guards what follows
	files     []file     // by sequence; the last one is current's, when open
	next      uint64
	positions map[string][]byte
	torn      int64
	damage    []Damage
	failure   string
	closed    bool
}

// file is one file of the journal.
type file struct {
	name     string // within dir
	sequence uint64
	first    uint64 // RID of the next event when the file was begun
	end      uint64 // one more than the last RID that counts
	size     int64  // bytes that count
	mark     mark
}

// Open opens the journal in dir and makes the folder if there is none. It
// reads every record, and writes only to set damage aside. Damage is no error:
// Stats tells of it. One process may have a folder open; the caller sees to
// that.
func Open(fs disk.FS, dir string, opts Options) (*Journal, error) {
	j := &Journal{fs: fs, dir: dir, limit: opts.MaxFileBytes, log: opts.Log}
	if j.limit <= 0 {
		j.limit = defaultFileBytes
	}
	if j.log == nil {
		j.log = slog.New(slog.DiscardHandler)
	}
	if err := fs.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("making the journal's folder: %w", err)
	}
	if err := j.recover(max(opts.AtLeast, 1)); err != nil {
		return nil, fmt.Errorf("opening the journal %s: %w", dir, err)
	}
	return j, nil
}

// Next returns the RID that the next event will get.
func (j *Journal) Next() uint64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.next
}

// Positions returns the last durable position of every source. The map is the
// caller's own.
func (j *Journal) Positions() map[string][]byte {
	j.mu.Lock()
	defer j.mu.Unlock()
	all := make(map[string][]byte, len(j.positions))
	for key, state := range j.positions {
		all[key] = append([]byte(nil), state...)
	}
	return all
}

// Stats describes the journal as it is.
func (j *Journal) Stats() Stats {
	j.mu.Lock()
	defer j.mu.Unlock()
	s := Stats{Files: len(j.files), MaxFileBytes: j.limit, Next: j.next, TornBytes: j.torn, WriteError: j.failure}
	for i := range j.files {
		s.Bytes += j.files[i].size
	}
	s.Damage = append(s.Damage, j.damage...)
	return s
}

// Close releases the files. Everything committed is durable already.
func (j *Journal) Close() error {
	j.writing.Lock()
	defer j.writing.Unlock()
	j.mu.Lock()
	j.closed = true
	j.mu.Unlock()
	if j.current == nil {
		return nil
	}
	err := j.current.Close()
	j.current = nil
	if err != nil {
		return fmt.Errorf("closing the journal: %w", err)
	}
	return nil
}

// path is the path of a file in the journal's folder.
func (j *Journal) path(name string) string { return filepath.Join(j.dir, name) }
