package geoip

import (
	"net/netip"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Live holds the databases in use and takes changed files while readers go on.
// A nil Live knows no place. It is safe for concurrent use.
type Live struct {
	set atomic.Pointer[set]

	mu    sync.Mutex
	paths []string
	seen  []stamp
}

// set is one state of the databases; it is never changed.
type set struct{ databases []*database }

// stamp tells versions of a file apart.
type stamp struct {
	size int64
	time time.Time
}

// Open reads the databases at paths and remembers them for Reload. Where two
// tell the same thing of an address, the first one counts. The error says which
// file is wrong; it wraps ErrDatabase where the content is.
func Open(paths []string) (*Live, error) {
	l := new(Live)
	if err := l.Use(paths); err != nil {
		return nil, err
	}
	return l, nil
}

// Use takes other databases, or none. When one of them has a mistake, those in
// use stay.
func (l *Live) Use(paths []string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	seen := stampsOf(paths)
	s, err := openAll(paths)
	if err != nil {
		return err
	}
	l.paths, l.seen = slices.Clone(paths), seen
	l.set.Store(s)
	return nil
}

// Reload reads the databases again if a file has changed since, and tells
// whether they were taken. A mistake is told once; those in use stay until it
// is mended.
func (l *Live) Reload() (changed bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := stampsOf(l.paths)
	if slices.Equal(now, l.seen) {
		return false, nil
	}
	l.seen = now
	s, err := openAll(l.paths)
	if err != nil {
		return false, err
	}
	l.set.Store(s)
	return true, nil
}

// stampsOf looks at the files; one that is not there has no size.
func stampsOf(paths []string) []stamp {
	stamps := make([]stamp, len(paths))
	for i, path := range paths {
		stamps[i] = stamp{size: -1}
		if info, err := os.Stat(path); err == nil {
			stamps[i] = stamp{size: info.Size(), time: info.ModTime()}
		}
	}
	return stamps
}

func openAll(paths []string) (*set, error) {
	if len(paths) == 0 {
		return nil, nil
	}
	s := new(set)
	for _, path := range paths {
		d, err := openDatabase(path)
		if err != nil {
			return nil, err
		}
		s.databases = append(s.databases, d)
	}
	return s, nil
}

// find asks the databases in their order until everything is known.
func (s *set) find(addr netip.Addr) Place {
	var place Place
	for _, d := range s.databases {
		found := d.find(addr)
		if place.Country == "" {
			place.Country = found.Country
		}
		if place.City == "" {
			place.City = found.City
		}
		if place.Operator == "" {
			place.Operator = found.Operator
		}
	}
	return place
}
