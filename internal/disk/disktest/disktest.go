// Package disktest is a file system for tests that fails on demand: the n-th
// operation, a full disk, a power cut.
//
// What comes in are the same calls as disk.FS takes, over real files in a
// folder; what goes out are their results, or the failures that a test asked
// for. The package remembers which bytes, creations, renames and removals were
// synced, so that Crash can show the folder as a power cut would leave it. It
// is used by tests only.
package disktest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"

	"rastro/internal/disk"
)

// Op is a kind of operation that can fail. Reading is not one of them, but
// opening a file is.
type Op uint8

// The kinds of operation.
const (
	OpAny Op = iota // matches every kind
	OpOpen
	OpWrite
	OpSync
	OpTruncate
	OpRename
	OpLink
	OpRemove
	OpMkdir
	OpSyncDir

	opOpenToRead // an OpOpen that takes no space
)

// Fault is a failure that a test asks for.
type Fault struct {
	// Op is the kind of operation that fails.
	Op Op
	// N is which of them fails, counted from Inject on: 1 is the next one.
	N int
	// Path limits the fault to names that hold this text; "" is every name.
	Path string
	// Err is the failure; nil means EIO. A Sync that fails with EIO loses the
	// bytes it should have made durable: later calls of Sync succeed without
	// them, as Linux does it. ENOSPC never hits a file that is opened to read.
	Err error
	// Short makes a failing write take half of its bytes, and Torn the half
	// with garbage in place of its last bytes.
	Short, Torn bool
	// Sticky makes every later operation of the kind fail too, until Heal.
	Sticky bool
}

// FS is a file system over real files under one folder. It is safe for
// concurrent use.
type FS struct {
	root  string
	inner disk.FS

	mu     sync.Mutex
	faults []Fault
	count  int
	quota  int64 // -1: none
	nodes  map[string]*node
	kept   map[string]*node // names that a power cut leaves
	undone []change         // changes of names that are not durable yet
}

// New wraps inner for the files under root, a folder that exists and is empty.
func New(inner disk.FS, root string) *FS {
	return &FS{root: filepath.Clean(root), inner: inner, quota: -1, nodes: map[string]*node{}, kept: map[string]*node{}}
}

// Inject asks for a failure, in addition to those asked for before.
func (f *FS) Inject(fault Fault) {
	if fault.Err == nil {
		fault.Err = syscall.EIO
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults = append(f.faults, fault)
}

// Heal forgets all failures that were asked for.
func (f *FS) Heal() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults = nil
}

// Count returns how many operations that can fail there have been.
func (f *FS) Count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.count
}

// SetQuota limits the bytes of all files; what exceeds it gets ENOSPC. A
// negative number sets no limit.
func (f *FS) SetQuota(bytes int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.quota = bytes
}

// Used returns the bytes of all files.
func (f *FS) Used() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.used()
}

// used counts a file with several names once, and files that are open without
// a name not at all.
func (f *FS) used() int64 {
	var n int64
	seen := map[*node]bool{}
	for _, nd := range f.nodes {
		if !seen[nd] {
			seen[nd] = true
			n += nd.size
		}
	}
	return n
}

// check counts an operation and returns the fault that hits it.
func (f *FS) check(op Op, name string) *Fault {
	f.count++
	for i := range f.faults {
		t := &f.faults[i]
		if !t.matches(op) || !strings.Contains(name, t.Path) {
			continue
		}
		t.N--
		if t.N == 0 || t.N < 0 && t.Sticky {
			hit := *t
			return &hit
		}
	}
	return nil
}

// matches tells whether the fault is meant for a kind of operation.
func (t *Fault) matches(op Op) bool {
	if op == opOpenToRead {
		if t.Err == syscall.ENOSPC {
			return false
		}
		op = OpOpen
	}
	return t.Op == OpAny || t.Op == op
}

// fail returns the error of a fault in the form of the os package.
func fail(op, name string, err error) error {
	return &os.PathError{Op: op, Path: name, Err: err}
}

// OpenFile opens a file; see disk.FS.
func (f *FS) OpenFile(name string, flag int, perm os.FileMode) (disk.File, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	name = filepath.Clean(name)
	op := OpOpen
	if flag&(os.O_WRONLY|os.O_RDWR) == 0 {
		op = opOpenToRead
	}
	if t := f.check(op, name); t != nil {
		return nil, fail("open", name, t.Err)
	}
	opened, err := f.inner.OpenFile(name, flag, perm)
	if err != nil {
		return nil, err
	}
	nd := f.nodes[name]
	if nd == nil {
		nd = &node{}
		if info, err := opened.Stat(); err == nil {
			nd.size = info.Size()
		}
		f.nodes[name] = nd
		f.changed(change{kind: created, to: name, node: nd})
	}
	if flag&os.O_TRUNC != 0 {
		nd.truncate(0)
	}
	return &file{File: opened, fs: f, node: nd, appends: flag&os.O_APPEND != 0}, nil
}

// Rename renames a file; see disk.FS.
func (f *FS) Rename(oldName, newName string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	oldName, newName = filepath.Clean(oldName), filepath.Clean(newName)
	if t := f.check(OpRename, newName); t != nil {
		return fail("rename", oldName, t.Err)
	}
	if err := f.inner.Rename(oldName, newName); err != nil {
		return err
	}
	if nd := f.nodes[oldName]; nd != nil {
		delete(f.nodes, oldName)
		f.nodes[newName] = nd
		f.changed(change{kind: renamed, from: oldName, to: newName, node: nd})
	}
	return nil
}

// Link makes a hard link; see disk.FS.
func (f *FS) Link(oldName, newName string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	oldName, newName = filepath.Clean(oldName), filepath.Clean(newName)
	if t := f.check(OpLink, newName); t != nil {
		return fail("link", oldName, t.Err)
	}
	if err := f.inner.Link(oldName, newName); err != nil {
		return err
	}
	if nd := f.nodes[oldName]; nd != nil {
		f.nodes[newName] = nd
		f.changed(change{kind: created, to: newName, node: nd})
	}
	return nil
}

// Remove removes a file or an empty folder; see disk.FS.
func (f *FS) Remove(name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	name = filepath.Clean(name)
	if t := f.check(OpRemove, name); t != nil {
		return fail("remove", name, t.Err)
	}
	if err := f.inner.Remove(name); err != nil {
		return err
	}
	if nd := f.nodes[name]; nd != nil {
		delete(f.nodes, name)
		f.changed(change{kind: removed, from: name, node: nd})
	}
	return nil
}

// MkdirAll makes folders; see disk.FS. They are durable at once: what is
// tested are files.
func (f *FS) MkdirAll(name string, perm os.FileMode) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if t := f.check(OpMkdir, name); t != nil {
		return fail("mkdir", name, t.Err)
	}
	return f.inner.MkdirAll(name, perm)
}

// SyncDir makes the names in a folder durable; see disk.FS.
func (f *FS) SyncDir(name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	name = filepath.Clean(name)
	if t := f.check(OpSyncDir, name); t != nil {
		return fail("sync", name, t.Err)
	}
	if err := f.inner.SyncDir(name); err != nil {
		return err
	}
	f.undone = slices.DeleteFunc(f.undone, func(c change) bool {
		if c.touches(name) {
			c.apply(f.kept)
			return true
		}
		return false
	})
	return nil
}

// ReadDir lists a folder; see disk.FS.
func (f *FS) ReadDir(name string) ([]os.DirEntry, error) { return f.inner.ReadDir(name) }

// Stat describes a file; see disk.FS.
func (f *FS) Stat(name string) (os.FileInfo, error) { return f.inner.Stat(name) }

// Free returns what the quota leaves; see disk.FS.
func (f *FS) Free(name string) (free, total uint64, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.quota < 0 {
		return f.inner.Free(name)
	}
	return uint64(max(0, f.quota-f.used())), uint64(f.quota), nil
}

// Crash writes the files under root to the empty folder dir as they could look
// after a power cut now: bytes that were not synced are there, missing or
// zero, sector by sector, and of the changes of names that were not synced the
// first few happened, as a journaling file system does it. seed chooses.
func (f *FS) Crash(dir string, seed uint64) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	chance := newChance(seed)
	names := make(map[string]*node, len(f.kept))
	for name, nd := range f.kept {
		names[name] = nd
	}
	for _, c := range f.undone[:chance.below(len(f.undone)+1)] {
		c.apply(names)
	}
	var all []error
	for _, name := range sortedNames(names) {
		rel, err := filepath.Rel(f.root, name)
		if err != nil || strings.HasPrefix(rel, "..") {
			all = append(all, fmt.Errorf("%s is not under %s", name, f.root))
			continue
		}
		to := filepath.Join(dir, rel)
		all = append(all, os.MkdirAll(filepath.Dir(to), 0o750), os.WriteFile(to, names[name].survive(chance), 0o640))
	}
	return errors.Join(all...)
}
