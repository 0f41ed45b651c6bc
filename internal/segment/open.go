package segment

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"

	"github.com/cespare/xxhash/v2"

	"rastro/internal/disk"
)

// File is an open segment. All methods are safe for concurrent use.
//
// Nothing of the file is read before it is needed, and its handle stays open
// from then on. Close lets calls that are under way finish; who needs the
// blocks for longer than one call brackets their use with Acquire and Release.
type File struct {
	fs   disk.FS
	path string
	meta Meta
	opts Options
	id   uint64 // of this File in the cache

	refs   atomic.Int64 // 1 for the owner, 1 for each user
	closed atomic.Bool
	mu     sync.Mutex // guards loading
	handle disk.File
	index  atomic.Pointer[fileIndex]
}

var fileIDs atomic.Uint64

// Open opens a segment. With the Meta that Write returned it reads nothing
// yet; with a zero Meta it reads the footer at once.
func Open(fs disk.FS, path string, meta Meta, opts Options) (*File, error) {
	f := &File{fs: fs, path: path, meta: meta, opts: opts, id: fileIDs.Add(1)}
	f.refs.Store(1)
	if len(meta.Groups) > 0 {
		return f, nil
	}
	index, err := f.begin()
	if err != nil {
		_ = f.Close() // nothing was written
		return nil, err
	}
	defer f.Release()
	f.meta = index.meta
	f.meta.Path = path
	return f, nil
}

// Meta describes the file. Sum is 0 where Open got no Meta.
func (f *File) Meta() Meta { return f.meta }

// Acquire keeps the file usable until Release, even if it is closed or
// removed meanwhile. It returns false when the file is closed already.
func (f *File) Acquire() bool {
	for {
		n := f.refs.Load()
		if n == 0 {
			return false
		}
		if f.refs.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

// Release ends one Acquire.
func (f *File) Release() {
	if f.refs.Add(-1) > 0 {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.handle != nil {
		_ = f.handle.Close() // it was only read
		f.handle = nil
	}
	f.opts.Cache.drop(f.id)
}

// Close gives up the owner's hold. Blocks return os.ErrClosed when nobody else
// holds the file any more. Further calls do nothing.
func (f *File) Close() error {
	if !f.closed.Swap(true) {
		f.Release()
	}
	return nil
}

// Blocks returns one Block per row group.
func (f *File) Blocks() []Block {
	blocks := make([]Block, len(f.meta.Groups))
	for i := range blocks {
		blocks[i] = f.Block(i)
	}
	return blocks
}

// Block returns one of Blocks, by its place there.
func (f *File) Block(i int) Block { return &group{file: f, number: i, meta: f.meta.Groups[i]} }

// begin acquires the file and returns its index, loaded if need be. Without an
// error Release must follow.
func (f *File) begin() (*fileIndex, error) {
	if !f.Acquire() {
		return nil, fmt.Errorf("reading segment %s: %w", f.path, os.ErrClosed)
	}
	if index := f.index.Load(); index != nil {
		return index, nil
	}
	index, err := f.load()
	if err != nil {
		f.Release()
		return nil, err
	}
	return index, nil
}

func (f *File) load() (*fileIndex, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if index := f.index.Load(); index != nil {
		return index, nil
	}
	if f.handle == nil {
		handle, err := f.fs.OpenFile(f.path, os.O_RDONLY, 0)
		if err != nil {
			return nil, fmt.Errorf("opening segment: %w", err)
		}
		f.handle = handle
	}
	index, err := f.readIndex()
	if err != nil {
		return nil, err
	}
	f.index.Store(index)
	return index, nil
}

// readAt reads a part of the file. A file that ends too early is corrupt.
func (f *File) readAt(offset, size int64, dst []byte) ([]byte, error) {
	if int64(cap(dst)) < size {
		dst = make([]byte, size)
	}
	dst = dst[:size]
	n, err := f.handle.ReadAt(dst, offset)
	if int64(n) == size {
		return dst, nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		return nil, f.corrupt("ends before byte %d", offset+size)
	}
	return nil, fmt.Errorf("reading segment %s: %w", f.path, err)
}

// corrupt makes an ErrCorrupt that names the file.
func (f *File) corrupt(where string, args ...any) error {
	return fmt.Errorf("%w %s: %s", ErrCorrupt, f.path, fmt.Sprintf(where, args...))
}

// Check reads a file and compares its size and hash with what was written.
func Check(fs disk.FS, path string, meta Meta) error {
	handle, err := fs.OpenFile(path, os.O_RDONLY, 0)
	if err != nil {
		return fmt.Errorf("opening segment: %w", err)
	}
	defer handle.Close()
	hash := xxhash.New()
	size, err := io.CopyBuffer(hash, onlyReader{handle}, make([]byte, 256<<10))
	if err != nil {
		return fmt.Errorf("reading segment %s: %w", path, err)
	}
	if size != meta.Bytes {
		return fmt.Errorf("%w %s: %d bytes instead of %d", ErrCorrupt, path, size, meta.Bytes)
	}
	if sum := hash.Sum64(); sum != meta.Sum {
		return fmt.Errorf("%w %s: checksum %016x instead of %016x", ErrCorrupt, path, sum, meta.Sum)
	}
	return nil
}

// onlyReader hides all but Read, so that copying uses our buffer.
type onlyReader struct{ io.Reader }
