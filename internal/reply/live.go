package reply

import (
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// Live holds the book in use and takes a changed file while readers go on. The
// zero Live and a nil one hold the built-in book. It is safe for concurrent
// use.
type Live struct {
	book atomic.Pointer[Book]

	mu   sync.Mutex
	path string // "": the built-in book alone
	seen stamp
}

// stamp tells versions of a file apart.
type stamp struct {
	size int64
	time time.Time
}

// Open loads the file at path over the built-in book and remembers it for
// Reload; "" is the built-in book alone.
func Open(path string) (*Live, error) {
	l := new(Live)
	if err := l.Use(path); err != nil {
		return nil, err
	}
	return l, nil
}

// Fixed holds a book that does not change.
func Fixed(b *Book) *Live {
	l := new(Live)
	l.book.Store(b)
	return l
}

// Book returns the book in use.
func (l *Live) Book() *Book {
	if l != nil {
		if b := l.book.Load(); b != nil {
			return b
		}
	}
	return Default()
}

// Use reads a file, the one in use or another, or goes back to the built-in
// book with "". When it has a mistake, the book in use and its file stay.
func (l *Live) Use(path string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := l.path
	l.path = path
	_, err := l.read(true)
	if err != nil {
		l.path = before
	}
	return err
}

// Reload reads the file again if it has changed since it was last read, and
// tells whether the book did. A file that has a mistake, or is gone, is told
// once; the book in use stays until the file is mended.
func (l *Live) Reload() (changed bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.read(false)
}

// read takes the file if it has changed, or always.
func (l *Live) read(always bool) (bool, error) {
	if l.path == "" {
		if always {
			l.book.Store(nil)
		}
		return always, nil
	}
	now, err := stampOf(l.path)
	if !always && now == l.seen {
		return false, nil
	}
	l.seen = now
	if err != nil {
		return false, err
	}
	b, err := Load(l.path)
	if err != nil {
		return false, err
	}
	l.book.Store(b)
	return true, nil
}

func stampOf(path string) (stamp, error) {
	info, err := os.Stat(path)
	if err != nil {
		return stamp{size: -1}, fmt.Errorf("reading the replies: %w", err)
	}
	return stamp{size: info.Size(), time: info.ModTime()}, nil
}
