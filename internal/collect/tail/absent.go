package tail

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Absent is a path or a pattern of a source that leads to no file now.
type Absent struct {
	// Pattern is absolute.
	Pattern string
	// Since is when it was found so; zero if it never led to a file.
	Since time.Time
	// Zone and Container are as in Status.
	Zone      string
	Container bool
	// Excluded: files match that are left out, by the source or because they are
	// compressed.
	Excluded bool
}

// absences gathers the patterns without files of one scan.
type absences struct {
	before []Absent
	first  bool
	now    []Absent
}

func (t *Tailer) absences() *absences {
	return &absences{before: t.absent, first: t.scans == 1}
}

func (a *absences) add(src *source, pattern string, excluded bool) {
	if len(a.now) >= maxNotes {
		return
	}
	one := Absent{Pattern: pattern, Excluded: excluded}
	s := Status{Path: pattern}
	s.of(src)
	one.Zone, one.Container = s.Zone, s.Container
	at := slices.IndexFunc(a.before, func(b Absent) bool { return b.Pattern == pattern })
	switch {
	case at >= 0:
		one.Since = a.before[at].Since
	case !a.first:
		one.Since = time.Now()
	}
	a.now = append(a.now, one)
}

// Absent lists the patterns that lead to no file, in the order of the sources.
// It may be called at any time.
func (t *Tailer) Absent() []Absent {
	t.gaugeList.mu.Lock()
	defer t.gaugeList.mu.Unlock()
	return slices.Clone(t.gaugeList.absent)
}

// Follows tells whether a source leads to a path, by its name alone; looked is
// false before the first look at the files.
func (t *Tailer) Follows(path string) (follows, looked bool) {
	t.gaugeList.mu.Lock()
	sources := t.gaugeList.sources
	t.gaugeList.mu.Unlock()
	for _, src := range sources {
		if src.matches(path) {
			return true, true
		}
	}
	return false, sources != nil
}

// LiveName is the path without a rotation mark; the path itself if it has none.
func LiveName(path string) string { return liveName(path) }

// Way is how far a path or pattern can be followed.
type Way struct {
	// Path is the deepest folder that exists, or the file itself.
	Path string
	// Denied: Path is there, and its user may not look into it or read it.
	Denied bool
}

// Follow goes down a path or pattern, up to its first wildcard, and says where
// it ends.
func Follow(pattern string) Way {
	at := "/"
	names := strings.Split(strings.TrimPrefix(filepath.Clean(pattern), "/"), "/")
	for i, name := range names {
		if hasMeta(name) {
			break
		}
		next := filepath.Join(at, name)
		info, err := os.Stat(next)
		switch {
		case errors.Is(err, fs.ErrPermission):
			return Way{Path: at, Denied: true}
		case err != nil:
			return Way{Path: at}
		}
		at = next
		if i == len(names)-1 || !info.IsDir() {
			return Way{Path: at, Denied: !readable(at)}
		}
	}
	return Way{Path: at, Denied: !readable(at)}
}

// readable tells whether a file can be opened, or a folder listed.
func readable(path string) bool {
	f, err := openPath(path)
	if err != nil {
		return !errors.Is(err, fs.ErrPermission)
	}
	_ = f.Close() // nothing was written
	return true
}
