// Package contexts keeps what a client comes back for: open scrolls, points in
// time, searches in the background.
//
// What comes in are values with a time to live; what goes out are random ids
// and, for an id, the value. It is bounded in number, forgets what was not used
// in time, and never writes to disk: a restart forgets everything.
package contexts

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"strings"
	"sync"
	"time"
)

// ErrFull: there are as many values as there may be.
var ErrFull = errors.New("too many are open")

// Options are the bounds of a Book.
type Options[V any] struct {
	// Kind begins the ids, so that one kind is never taken for another.
	Kind string
	// Max bounds the values. Required.
	Max int
	// Now is the clock. Required.
	Now func() time.Time
	// Close is called with each value that goes, under no lock; nil for
	// nothing to do.
	Close func(V)
}

// Book keeps values by id. It is safe for concurrent use.
type Book[V any] struct {
	opts Options[V]
	mu   sync.Mutex
	held map[string]*entry[V]
}

type entry[V any] struct {
	value V
	until time.Time
	keep  time.Duration
}

// New makes an empty Book.
func New[V any](opts Options[V]) *Book[V] { return &Book[V]{opts: opts, held: map[string]*entry[V]{}} }

// Open keeps a value for a time without use and gives its id. When there are
// Max values, those out of time not counted, it gives ErrFull.
func (b *Book[V]) Open(value V, keep time.Duration) (id string, err error) {
	gone := b.purge()
	defer b.close(gone)
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.held) >= b.opts.Max {
		return "", ErrFull
	}
	var random [18]byte
	_, _ = rand.Read(random[:]) // never fails: the program ends where there is no randomness
	id = base64.RawURLEncoding.EncodeToString(append([]byte(b.opts.Kind), random[:]...))
	b.held[id] = &entry[V]{value, b.opts.Now().Add(keep), keep}
	return id, nil
}

// Get finds a value and keeps it longer: for keep, or where that is 0 for the
// time it was opened with.
func (b *Book[V]) Get(id string, keep time.Duration) (value V, ok bool) {
	gone := b.purge()
	defer b.close(gone)
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.held[id]
	if e == nil {
		return value, false
	}
	if keep > 0 {
		e.keep = keep
	}
	e.until = b.opts.Now().Add(e.keep)
	return e.value, true
}

// Until is when a value goes unless it is used.
func (b *Book[V]) Until(id string) time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	if e := b.held[id]; e != nil {
		return e.until
	}
	return time.Time{}
}

// Drop forgets a value and tells whether there was one.
func (b *Book[V]) Drop(id string) bool {
	b.mu.Lock()
	e := b.held[id]
	delete(b.held, id)
	b.mu.Unlock()
	if e == nil {
		return false
	}
	b.close([]V{e.value})
	return true
}

// DropAll forgets every value and tells how many there were.
func (b *Book[V]) DropAll() int {
	b.mu.Lock()
	var gone []V
	for _, e := range b.held {
		gone = append(gone, e.value)
	}
	clear(b.held)
	b.mu.Unlock()
	b.close(gone)
	return len(gone)
}

// IsID tells whether a text has the form of this Book's ids.
func (b *Book[V]) IsID(id string) bool {
	raw, err := base64.RawURLEncoding.DecodeString(id)
	return err == nil && len(raw) == len(b.opts.Kind)+18 && strings.HasPrefix(string(raw), b.opts.Kind)
}

// purge takes out what is out of time.
func (b *Book[V]) purge() []V {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.opts.Now()
	var gone []V
	for id, e := range b.held {
		if now.After(e.until) {
			delete(b.held, id)
			gone = append(gone, e.value)
		}
	}
	return gone
}

func (b *Book[V]) close(gone []V) {
	if b.opts.Close == nil {
		return
	}
	for _, v := range gone {
		b.opts.Close(v)
	}
}
