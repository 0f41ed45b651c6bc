package local

import (
	"container/list"
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"

	"rastro/internal/disk"
	"rastro/internal/segment"
)

// openFiles keeps the segment files open that were asked last, so that their
// footers are not read again. It is safe for concurrent use.
type openFiles struct {
	limit int

	mu    sync.Mutex
	files map[*fileHold]*list.Element
	order *list.List // of *openFile, used last at the front
}

type openFile struct {
	owner *fileHold
	file  *segment.File
}

func newOpenFiles(limit int) *openFiles {
	return &openFiles{limit: limit, files: map[*fileHold]*list.Element{}, order: list.New()}
}

// get returns the open file of f, opened where it is not. The caller ends its
// use with Release.
func (o *openFiles) get(f *segmentFile, open func() (*segment.File, error)) (*segment.File, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if e := o.files[f.fileHold]; e != nil {
		file := e.Value.(*openFile).file
		if file.Acquire() {
			o.order.MoveToFront(e)
			return file, nil
		}
	}
	file, err := open() // reads nothing yet
	if err != nil {
		return nil, err
	}
	file.Acquire() // never fails: nobody else knows the file
	o.files[f.fileHold] = o.order.PushFront(&openFile{owner: f.fileHold, file: file})
	for o.order.Len() > o.limit {
		o.remove(o.order.Back())
	}
	return file, nil
}

// drop closes the file of f when its present users are done.
func (o *openFiles) drop(f *segmentFile) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if e := o.files[f.fileHold]; e != nil {
		o.remove(e)
	}
}

func (o *openFiles) closeAll() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for o.order.Len() > 0 {
		o.remove(o.order.Back())
	}
}

func (o *openFiles) remove(e *list.Element) {
	old := o.order.Remove(e).(*openFile)
	delete(o.files, old.owner)
	_ = old.file.Close() // it was only read
}

// openBlock opens one row group of a file.
func (e *Engine) openBlock(f *segmentFile, group int) (segment.Block, func(), error) {
	file, err := e.files.get(f, func() (*segment.File, error) { return e.openFile(f) })
	if err != nil {
		return nil, nil, err
	}
	return file.Block(group), file.Release, nil
}

// openFile opens a file of the store; it reads nothing yet.
func (e *Engine) openFile(f *segmentFile) (*segment.File, error) {
	return segment.Open(readingFS{e.fs}, e.path(f.meta.Path), f.meta.Meta, e.segment)
}

// readingFS opens segment files for questions. A file that is gone or that the
// disk cannot read is corrupt to them: it is set aside and the rest goes on.
type readingFS struct{ disk.FS }

func (r readingFS) OpenFile(name string, flag int, perm os.FileMode) (disk.File, error) {
	f, err := r.FS.OpenFile(name, flag, perm)
	if err != nil {
		return nil, unreadable(err)
	}
	return readingFile{f}, nil
}

type readingFile struct{ disk.File }

func (r readingFile) ReadAt(b []byte, at int64) (int, error) {
	n, err := r.File.ReadAt(b, at)
	return n, unreadable(err)
}

func (r readingFile) Read(b []byte) (int, error) {
	n, err := r.File.Read(b)
	return n, unreadable(err)
}

// unreadable makes the errors of lost bytes wrap segment.ErrCorrupt. Others,
// such as too many open files, are no fault of the file.
func unreadable(err error) error {
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.EIO) {
		return fmt.Errorf("%w: %w", segment.ErrCorrupt, err)
	}
	return err
}
