package tail

import (
	"cmp"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"time"
)

// chainAgain is how long files are looked for that rotation left behind.
const chainAgain = 2 * time.Second

// mayMiss is how many scans in a row may miss a new file before it is gone.
const mayMiss = 3

// sighting is a file that a glob matched, or that rotation left behind.
type sighting struct {
	path string
	name string // the path under which its lines were written
	look
	src    *source
	packed string
}

// sortByName puts a log before the files whose names extend its name.
func sortByName(list []sighting) {
	slices.SortStableFunc(list, func(a, b sighting) int {
		return cmp.Or(cmp.Compare(len(a.path), len(b.path)), cmp.Compare(a.path, b.path))
	})
}

// scan looks at all files from outside: the truth about which exist and which
// have changed.
func (t *Tailer) scan() {
	start := time.Now()
	t.scans++
	t.rescan = false
	t.folders = map[string][]entry{}
	var found []sighting
	for _, sg := range t.sight() {
		s := t.inodes[sg.inode]
		if s != nil && s.file == nil && s.Birth != 0 && sg.birth != 0 && s.Birth != sg.birth && s.key != "" {
			t.displace(s)
			s = nil
		}
		if s == nil {
			found = append(found, sg)
			continue
		}
		t.seen(s, sg)
	}
	for s := range t.streams {
		if s.scanned != t.scans {
			t.unseen(s)
		}
		// A folder that is listed while files are renamed may not show all.
		if !s.chained.IsZero() && start.Sub(s.chained) < chainAgain {
			t.chain(s)
		}
	}
	if t.scans == 1 {
		for _, family := range t.families {
			t.chainBehind(family)
		}
	}
	for _, sg := range found {
		t.chainBehind(t.families[sg.path])
	}
	found = append(found, t.extra...)
	t.extra = nil
	if len(found) > 0 {
		t.verify()
	}
	t.adopt(found)
	for s := range t.streams {
		t.age(s, start)
		s.tell()
	}
	t.markOpened()
	t.gaugeList.publish(t.notes, t.absent, t.sources)
	t.lastScan, t.scanTook = time.Now(), time.Since(start)
}

// verify makes sure of the files that changed before new ones are adopted: what
// was written anew in place has its own place in their order.
func (t *Tailer) verify() {
	for _, s := range slices.Clone(t.ready) {
		if s.key != "" && s.CopyOf == "" && s.src != nil {
			t.intact(s)
		}
	}
}

// sight expands all globs; a file that several paths lead to is seen once.
func (t *Tailer) sight() []sighting {
	seen := map[inode]int{}
	t.notes = nil
	absent := t.absences()
	var out []sighting
	for _, src := range t.sources {
		for _, pattern := range src.Paths {
			there, excluded := false, false
			for _, path := range expand(pattern, t.watchDir) {
				if src.excludes(path) {
					excluded = true
					continue
				}
				l, err := lookAt(path)
				if err != nil {
					if !errors.Is(err, fs.ErrNotExist) {
						there = true
						t.note(src, path, err)
					}
					continue
				}
				there = true
				if !l.regular {
					t.note(src, path, errNotRegular)
					continue
				}
				sg := sighting{path: path, name: path, look: l, src: src}
				if at, ok := seen[l.inode]; ok {
					// The name under which it is known already wins.
					if s := t.inodes[l.inode]; s != nil && s.Name == path {
						out[at] = sg
					}
					continue
				}
				seen[l.inode] = len(out)
				out = append(out, sg)
			}
			if !there {
				absent.add(src, pattern, excluded)
			}
		}
	}
	t.absent = absent.now
	return out
}

var errNotRegular = errors.New("not a regular file")

// note keeps what is to be told about a path that is not read.
func (t *Tailer) note(src *source, path string, err error) {
	if !t.noted[path] {
		t.noted[path] = true
		t.opts.Log.Warn("a path is not read: "+err.Error(), "path", path)
	}
	if len(t.notes) < maxNotes {
		s := Status{Path: path, Live: liveName(path), Err: err.Error(), Denied: errors.Is(err, fs.ErrPermission)}
		s.of(src)
		t.notes = append(t.notes, s)
	}
}

// seen notes where a stream's file is now, and reads it if it has changed.
func (t *Tailer) seen(s *stream, sg sighting) {
	if s.src != sg.src {
		s.src, s.origin = sg.src, nil
	}
	renamed := sg.path != s.where() && sg.path != s.Name
	switch {
	case sg.path == s.Name:
		s.Path, s.away = "", false
	case renamed:
		live := s.Path == "" && !s.away
		s.Path, s.away = sg.path, true
		if live {
			s.drained, s.chained = false, time.Now()
			t.chain(s)
		}
	}
	changed := sg.look != s.sighted || !s.present || s.failing || renamed || !s.drained
	s.sighted, s.scanned, s.present = sg.look, t.scans, true
	if s.Done != 0 && sg.size != s.Offset {
		s.Done = 0
		t.gaugeList.add(s.gauges)
	}
	if changed {
		t.enqueue(s)
	}
}

// unseen deals with a stream whose file no glob matched.
func (t *Tailer) unseen(s *stream) {
	if s.src == nil {
		s.src = t.sourceOf(s.Name)
	}
	if s.Done != 0 || s.src == nil {
		t.forget(s)
		return
	}
	if !s.lost.IsZero() {
		return
	}
	gone := s.present || !s.away || s.scanned == 0
	s.present, s.scanned = false, -1
	live := s.Path == ""
	located := true
	if gone || s.file == nil && s.unpack == nil {
		located = t.locate(s)
	}
	if gone {
		s.away, s.drained = true, false
		if live {
			s.chained = time.Now()
			t.chain(s)
		}
	}
	switch {
	case s.file != nil || s.unpack != nil:
		if gone || !s.drained || s.grew() {
			t.enqueue(s)
		}
	case located:
		s.missed = 0
		if gone || s.failing || !s.drained || s.sighted.size != s.looked.size || s.sighted.mtime != s.looked.mtime {
			t.enqueue(s)
		}
	case s.complete || s.CopyOf != "":
		t.end(s)
	case s.key == "":
		// Not at the first miss: a listing made while files are renamed may
		// not show all.
		if s.missed++; s.missed > mayMiss {
			t.drop(s)
		}
	default:
		t.displace(s)
	}
}

// grew reports whether an open file changed since it was last read.
func (s *stream) grew() bool {
	if s.file == nil {
		return true
	}
	now, err := lookInto(s.file)
	return err != nil || now.size != s.looked.size || now.mtime != s.looked.mtime
}

// sourceOf is the source whose globs match a path.
func (t *Tailer) sourceOf(path string) *source {
	for _, src := range t.sources {
		if src.matches(path) {
			return src
		}
	}
	return nil
}

// age does what time alone brings about.
func (t *Tailer) age(s *stream, now time.Time) {
	quiet := now.Sub(s.active)
	switch {
	case s.dropped || s.Done != 0 || s.src == nil:
		return
	case !s.lost.IsZero():
		t.seek(s)
		if !s.lost.IsZero() && now.Sub(s.lost) > t.opts.Quiet {
			t.finish(s, true)
			t.end(s)
		}
		return
	case !s.drained || s.queued || len(s.flight) > 0 || s.refused || s.failing:
		return
	}
	if s.framer != nil && s.framer.Waiting() && quiet > s.framing().Timeout() {
		t.finish(s, false)
	}
	rotated := s.away || s.live != s.home() && len(t.names[s.live]) > 0
	if rotated && quiet > t.opts.Quiet {
		t.finish(s, true)
		if !s.present && (s.file != nil || s.key != "") {
			t.end(s)
			return
		}
	}
	if s.file != nil && quiet > s.src.CloseIdle && (s.framer == nil || s.framer.Unfinished() == 0) {
		t.close(s)
		s.rewind()
		s.complete = true
	}
}

// end notes that nothing more will come from a stream. Its position is kept for
// a while, to know copies of it.
func (t *Tailer) end(s *stream) {
	t.opts.Log.Debug("a file has ended", "path", s.where(), "source", s.key)
	t.close(s)
	s.rewind()
	s.lost = time.Time{}
	t.markDrained(s)
	if s.key == "" || s.Offset == 0 && s.CopyOf == "" {
		t.drop(s)
		return
	}
	s.Done = time.Now().Unix()
	t.gaugeList.remove(s.gauges)
	t.persist(s)
}

// forget drops the position of a stream whose file is gone, after a while. A
// file that exists and could be matched again is never forgotten.
func (t *Tailer) forget(s *stream) {
	if s.key == "" {
		t.drop(s)
		return
	}
	now := time.Now()
	since := time.Unix(s.Done, 0)
	if s.Done == 0 {
		since = t.started
	}
	if now.Sub(since) <= t.opts.Forget || len(s.flight) > 0 || now.Before(s.askAgain) {
		return
	}
	s.askAgain = now.Add(t.opts.Forget / 24)
	if _, err := lookAt(filepath.Dir(s.where())); err != nil {
		return
	}
	if s.Done == 0 || s.present {
		if l, err := lookAt(s.where()); err == nil && l.inode == s.inode() {
			return
		}
	}
	t.drop(s)
}

// markOpened remembers the sources that were opened once, so that a file which
// appears later is new, not old.
func (t *Tailer) markOpened() {
	for _, src := range t.sources {
		if src.StartAtEnd && !t.opened[src.marker] {
			t.opened[src.marker] = true
			t.postPosition(src.marker, []byte(`{"opened":true}`))
		}
	}
}
