package disktest

import (
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"syscall"

	"rastro/internal/disk"
)

// sector is the unit in which bytes reach a disk.
const sector = 512

// node is a file's content, whatever its names. FS.mu guards it.
type node struct {
	size   int64
	synced []byte  // what a power cut leaves for sure
	writes []write // since the last Sync, in their order
}

// write is a piece of content that is not durable.
type write struct {
	at    int64
	bytes []byte
	size  int64 // of the file behind it
}

func (n *node) put(at int64, b []byte) {
	n.size = max(n.size, at+int64(len(b)))
	n.writes = append(n.writes, write{at: at, bytes: slices.Clone(b), size: n.size})
}

func (n *node) truncate(size int64) {
	n.size = size
	n.writes = append(n.writes, write{at: size, size: size})
}

func (n *node) sync() {
	for _, w := range n.writes {
		n.synced = w.apply(n.synced, nil)
	}
	n.writes = nil
}

// survive returns what a power cut leaves of the content.
func (n *node) survive(c *chance) []byte {
	b := slices.Clone(n.synced)
	for _, w := range n.writes {
		if c.below(4) == 0 {
			break // this write and those behind it left no trace
		}
		b = w.apply(b, c)
	}
	return b
}

// apply writes to content; with a chance, each sector may stay as it was.
func (w *write) apply(b []byte, c *chance) []byte {
	if int64(len(b)) < w.size {
		b = append(b, make([]byte, w.size-int64(len(b)))...)
	}
	b = b[:w.size]
	all := c == nil || c.below(2) == 0
	for from := 0; from < len(w.bytes); {
		to := min(len(w.bytes), from+sector-int((w.at+int64(from))%sector))
		if all || c.below(2) == 0 {
			copy(b[w.at+int64(from):], w.bytes[from:to])
		}
		from = to
	}
	return b
}

// changeKind is what happened to a name.
type changeKind uint8

const (
	created changeKind = iota
	renamed
	removed
)

// change is a change of a name.
type change struct {
	kind     changeKind
	from, to string
	node     *node
}

// changed remembers a change until its folder is synced.
func (f *FS) changed(c change) { f.undone = append(f.undone, c) }

// touches tells whether syncing a folder makes the change durable.
func (c *change) touches(dir string) bool {
	return c.from != "" && filepath.Dir(c.from) == dir || c.to != "" && filepath.Dir(c.to) == dir
}

// apply makes the change in a map of names.
func (c *change) apply(names map[string]*node) {
	if c.from != "" && names[c.from] == c.node {
		delete(names, c.from)
	}
	if c.to != "" {
		names[c.to] = c.node
	}
}

// file is an open file whose writes and syncs can fail.
type file struct {
	disk.File
	fs      *FS
	node    *node
	appends bool

	mu sync.Mutex // Write: place and bytes belong together
}

// Write writes; see disk.File.
func (f *file) Write(b []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	take, failure := b, error(nil)
	if t := f.fs.check(OpWrite, f.Name()); t != nil {
		failure, take = t.Err, nil
		if t.Short || t.Torn {
			take = slices.Clone(b[:len(b)/2])
		}
		if t.Torn {
			for i := max(0, len(take)-8); i < len(take); i++ {
				take[i] ^= 0xa5
			}
		}
	}
	at := f.node.size
	if !f.appends {
		var err error
		if at, err = f.Seek(0, io.SeekCurrent); err != nil {
			return 0, err
		}
	}
	if q := f.fs.quota; q >= 0 {
		grows := max(0, at+int64(len(take))-f.node.size)
		if room := max(0, q-f.fs.used()); grows > room {
			take, failure = take[:int64(len(take))-(grows-room)], syscall.ENOSPC
		}
	}
	n, err := f.File.Write(take)
	f.node.put(at, take[:n])
	if err == nil && failure != nil {
		err = fail("write", f.Name(), failure)
	}
	return n, err
}

// Sync makes the content durable; see disk.File.
func (f *file) Sync() error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if t := f.fs.check(OpSync, f.Name()); t != nil {
		if t.Err == syscall.EIO {
			f.node.lose()
		}
		return fail("sync", f.Name(), t.Err)
	}
	f.node.sync()
	return nil // the bytes need not reach a real disk
}

// lose forgets the bytes that were not durable: readers still see them, a
// power cut loses them. The sizes stay.
func (n *node) lose() {
	for _, w := range n.writes {
		w.bytes = nil
		n.synced = w.apply(n.synced, nil)
	}
	n.writes = nil
}

// Truncate cuts the file; see disk.File.
func (f *file) Truncate(size int64) error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if t := f.fs.check(OpTruncate, f.Name()); t != nil {
		return fail("truncate", f.Name(), t.Err)
	}
	if err := f.File.Truncate(size); err != nil {
		return err
	}
	f.node.truncate(size)
	return nil
}

// chance draws the same numbers for the same seed.
type chance struct{ r *rand.Rand }

func newChance(seed uint64) *chance { return &chance{rand.New(rand.NewPCG(seed, 1))} }

// below draws a number from 0 to n-1.
func (c *chance) below(n int) int { return c.r.IntN(n) }

// sortedNames makes the draws of a crash repeatable.
func sortedNames(names map[string]*node) []string { return slices.Sorted(maps.Keys(names)) }

// String names the kind for messages of tests.
func (o Op) String() string {
	names := [...]string{"any", "open", "write", "sync", "truncate", "rename", "link", "remove", "mkdir", "syncdir"}
	if int(o) < len(names) {
		return names[o]
	}
	return fmt.Sprintf("Op(%d)", uint8(o))
}

// Fd is the descriptor of the real file; locks need it.
func (f *file) Fd() uintptr {
	if real, ok := f.File.(interface{ Fd() uintptr }); ok {
		return real.Fd()
	}
	return ^uintptr(0)
}
