package tail

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// displace notes that a stream's bytes are no longer in its file: the file was
// truncated or written anew, or its inode belongs to another. The rest of the
// stream is looked for in the folder.
func (t *Tailer) displace(s *stream) {
	t.opts.Log.Info("a file was written anew or is gone", "path", s.where(), "source", s.key)
	t.generations[s.inode()] = max(t.generations[s.inode()], s.Gen+1)
	if t.inodes[s.inode()] == s {
		delete(t.inodes, s.inode())
	}
	next := t.successor(s)
	t.close(s)
	live := s.Path == ""
	s.present, s.away = false, true
	if s.Done != 0 {
		return
	}
	if s.src == nil {
		s.src = t.sourceOf(s.Name)
	}
	s.drained = false
	s.lost = time.Now()
	t.rescan = true
	delete(t.folders, filepath.Dir(s.home()))
	t.seek(s)
	if live {
		s.chained = time.Now()
		t.chain(s)
	}
	if !s.lost.IsZero() {
		t.markDrained(s)
	}
	if next != nil {
		// What was rotated away between the two is read first; the next scan
		// finds it and puts them in order.
		next.after, next.held = s, true
		t.heirs = append(t.heirs, next)
	}
}

// successor makes a stream of what an open file holds now in place of s. It
// takes the open file, so that it is not lost whatever happens to its name.
func (t *Tailer) successor(s *stream) *stream {
	if s.file == nil || s.src == nil {
		return nil
	}
	f := s.file
	s.file = nil
	t.uncountOpen(s)
	now, err := lookInto(f)
	if err != nil {
		f.Close()
		return nil
	}
	next := t.newStream(sighting{path: s.where(), name: s.Name, look: now, src: s.src})
	next.Real, next.Path = s.Real, s.Path
	next.present, next.scanned, next.away = s.present, s.scanned, s.away
	next.file = f
	t.countOpen(next)
	return next
}

// entry is one file of a folder.
type entry struct {
	path string
	look
}

// folder lists the regular files of a folder; once in a scan.
func (t *Tailer) folder(dir string) []entry {
	if list, ok := t.folders[dir]; ok {
		return list
	}
	list := []entry{}
	names, _ := os.ReadDir(dir)
	for _, e := range names {
		path := filepath.Join(dir, e.Name())
		if l, err := lookAt(path); err == nil && l.regular {
			list = append(list, entry{path, l})
		}
	}
	t.folders[dir] = list
	return list
}

// locate finds the file of a stream under another name of its folder.
func (t *Tailer) locate(s *stream) bool {
	if o := t.inodes[s.inode()]; o != nil && o != s {
		return false // the inode belongs to a younger stream
	}
	for _, e := range t.folder(filepath.Dir(s.where())) {
		if e.inode == s.inode() && (e.birth == s.Birth || e.birth == 0 || s.Birth == 0) {
			if e.path != s.where() {
				s.Path = e.path
			}
			s.sighted = e.look
			return true
		}
	}
	return false
}

// seek looks for a copy of a lost stream: a file of a related name that begins
// the same and has the same bytes before the position. Plain copies come before
// compressed ones.
func (t *Tailer) seek(s *stream) {
	base := filepath.Base(s.home())
	var packed []entry
	for _, e := range t.folder(filepath.Dir(s.home())) {
		if e.path == s.home() || !relates(filepath.Base(e.path), base) && liveName(e.path) != s.live || !t.free(e, s) {
			continue
		}
		if packedKind(e.path) != "" {
			packed = append(packed, e)
			continue
		}
		if t.tries(s, e) && t.entryFits(s, e) {
			t.move(s, e.path, e.look, "")
			return
		}
	}
	for _, e := range packed {
		if t.tries(s, e) && t.entryFits(s, e) {
			t.move(s, e.path, e.look, packedKind(e.path))
			return
		}
	}
}

// holder is the stream that a file belongs to. An inode number may have gone to
// another file since.
func (t *Tailer) holder(l look) *stream {
	s := t.inodes[l.inode]
	if s != nil && s.file == nil && s.Birth != 0 && l.birth != 0 && s.Birth != l.birth {
		return nil
	}
	return s
}

// free reports whether a file belongs to no other stream that has begun.
func (t *Tailer) free(e entry, s *stream) bool {
	o := t.holder(e.look)
	return o == nil || o == s || o.key == "" || o.CopyOf == s.key
}

// tries reports that a file was not compared with s before, as it is now.
func (t *Tailer) tries(s *stream, e entry) bool {
	if s.tried[e.look] {
		return false
	}
	if s.tried == nil {
		s.tried = map[look]bool{}
	}
	s.tried[e.look] = true
	return true
}

// entryFits compares the file of an entry with a lost stream.
func (t *Tailer) entryFits(s *stream, e entry) bool {
	f, err := t.openFile(e.path)
	if err != nil {
		delete(s.tried, e.look)
		return false
	}
	defer f.Close()
	now, err := lookInto(f)
	if err != nil || now.inode != e.inode {
		delete(s.tried, e.look)
		return false // another file has the name by now
	}
	same := false
	if kind := packedKind(e.path); kind != "" {
		same, err = t.packedFits(s, f, kind)
	} else {
		var how fit
		how, err = s.fits(f, now.size, s.head)
		same = how == fitFull
	}
	if err != nil {
		t.opts.Log.Debug("a file cannot be compared", "path", e.path, "err", err)
	}
	return same
}

// move makes the file at path the place of the rest of s.
func (t *Tailer) move(s *stream, path string, now look, packed string) {
	t.opts.Log.Info("the rest of a rotated file was found", "path", path, "source", s.key)
	if o := t.holder(now); o != nil && o != s {
		t.drop(o)
	}
	if t.inodes[s.inode()] == s {
		delete(t.inodes, s.inode())
	}
	t.close(s)
	s.rewind()
	s.Dev, s.Ino, s.Birth, s.Packed, s.Path = now.dev, now.ino, now.birth, packed, path
	s.sighted, s.looked = now, look{}
	s.lost, s.tried, s.Done = time.Time{}, nil, 0
	s.away, s.drained, s.active = true, false, time.Now()
	t.inodes[now.inode] = s
	if s.Offset > 0 {
		// Not before its turn: a durable position says that everything before
		// it in the rotation is durable too.
		t.persist(s)
	}
	t.enqueue(s)
}

// chain finds the files that took the place of s and were rotated away
// themselves before anybody looked: they have a rotated name, belong to no
// stream and were last written after s was last read.
func (t *Tailer) chain(s *stream) {
	if s.Mtime == 0 || s.src == nil {
		return
	}
	home := s.home()
	if s.live != home && s.src.matches(s.live) {
		home = s.live
	}
	base := filepath.Base(home)
	list := t.folder(filepath.Dir(home))
	for _, e := range list {
		if t.holder(e.look) != nil || !rotatedFrom(filepath.Base(e.path), base) || !e.after(s) {
			continue
		}
		kind := packedKind(e.path)
		plain := trimPacked(e.path)
		if kind != "" && slices.ContainsFunc(list, func(o entry) bool { return o.path == plain }) {
			continue
		}
		if kind != "" && kind != packedGzip && kind != packedZstd {
			t.opts.Log.Warn("a rotated file cannot be read because of its compression", "path", e.path)
			continue
		}
		t.extra = append(t.extra, sighting{path: e.path, name: home, look: e.look, src: s.src, packed: kind})
	}
}

// chainBehind looks behind the stream of a rotation that was written last, as
// far as is known: files may have come and gone while nobody looked.
func (t *Tailer) chainBehind(family []*stream) {
	var newest *stream
	for _, s := range family {
		if s.key != "" && s.CopyOf == "" && (newest == nil || s.Mtime > newest.Mtime) {
			newest = s
		}
	}
	if newest == nil {
		return
	}
	if newest.src == nil {
		newest.src = t.sourceOf(newest.Name)
	}
	t.chain(newest)
}

// after reports whether a rotated file took the place of s at some time. Where
// the times of the last writes are too coarse to tell, the times of birth do.
func (e entry) after(s *stream) bool {
	born := e.birth != 0 && s.Birth != 0 && packedKind(e.path) == ""
	return e.mtime > s.Mtime || e.mtime == s.Mtime && born && e.birth > s.Birth
}

// samePrefix reports whether the first size bytes of a are those of b, judged by
// the beginning and the end.
func samePrefix(a, b io.ReaderAt, size int64) (bool, error) {
	const span = 64 << 10
	ends := [2]int64{min(size, span), size}
	for _, end := range ends {
		n := min(end, span)
		x, y := make([]byte, n), make([]byte, n)
		if _, err := b.ReadAt(y, end-n); err != nil {
			return false, err
		}
		if _, err := a.ReadAt(x, end-n); err != nil {
			if err == io.EOF {
				return false, nil
			}
			return false, err
		}
		if !bytes.Equal(x, y) {
			return false, nil
		}
	}
	return true, nil
}
