package tail

import (
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"
)

// leastAlike is how many bytes must be the same before a file is taken for a
// copy that ends before the position of its original.
const leastAlike = 64

// begin decides what a file is whose first bytes are seen: a stream of its
// own, the copy of one that still grows, or the place where the rest of one
// now lies. It reports whether the stream is to be read. The file is open.
func (t *Tailer) begin(s *stream) bool {
	now, err := lookInto(s.file)
	if err != nil {
		t.fail(s, err)
		return false
	}
	s.looked = now
	if now.size == 0 {
		t.markDrained(s)
		return false
	}
	s.setHead(s.readHead(now.size))
	if t.original(s, now) {
		return false
	}
	if s.CopyOf != "" && !t.ownAfterAll(s, now) {
		return false
	}
	s.Birth, s.Mtime = now.birth, now.mtime
	if s.key == "" && (s.skipOld || s.tooOld(now)) {
		s.skip(now.size)
	}
	if s.key == "" {
		t.name(s)
	}
	s.read = s.Offset
	s.before, _, _ = s.tailFits(s.file)
	if s.Offset > 0 {
		t.persist(s)
	}
	return true
}

// name gives a stream its identity.
func (t *Tailer) name(s *stream) {
	for {
		key := keyPrefix + newID(&s.state)
		if t.keys[key] == nil {
			s.setKey(key)
			t.opts.Log.Debug("a file has its identity", "path", s.where(), "source", key)
			t.keys[key] = s
			return
		}
		s.Gen++
	}
}

// setKey gives the stream the key of its position.
func (s *stream) setKey(key string) {
	s.key = key
	id := strings.TrimPrefix(key, keyPrefix)
	s.gauges.id.Store(&id)
}

func (s *stream) tooOld(now look) bool {
	return s.src.IgnoreOlder > 0 && time.Since(time.Unix(0, now.mtime)) > s.src.IgnoreOlder
}

// skip moves the position over what the file holds.
func (s *stream) skip(size int64) {
	s.Offset = lineStart(s.file, size)
	s.read = s.Offset
	s.advance(s.Offset, nil, false)
}

// ownAfterAll decides about a file that was taken for a copy and is none any
// more. Where its original still grows, it differs from it and is read from its
// start; where the original is gone, only what was added to it is read.
func (t *Tailer) ownAfterAll(s *stream, now look) bool {
	o := t.keys[s.CopyOf]
	if o != nil && t.intact(o) {
		s.CopyOf, s.Offset, s.Tail, s.TailLen = "", 0, 0, 0
		return true
	}
	kind, err := s.fits(s.file, now.size, nil)
	if err != nil || kind != fitFull || now.size == s.Offset {
		t.close(s)
		t.markDrained(s)
		return false
	}
	s.CopyOf = ""
	return true
}

// original looks among the streams that grew in the same folder under a related
// name for one that this file is a copy of, and reports whether there is one.
func (t *Tailer) original(s *stream, now look) bool {
	for _, o := range t.relatives(s) {
		t.touch(s)
		whole := t.intact(o)
		if s.dropped {
			return true // o was found to be displaced, and moved here
		}
		if whole {
			if same, err := samePrefix(o.file, s.file, now.size); err == nil && same {
				t.setAside(s, o, now.size)
				return true
			}
			// It differs, or was truncated at this very moment.
			if t.intact(o) {
				continue
			}
			if s.dropped {
				return true
			}
		}
		switch kind, _ := o.fits(s.file, now.size, o.head); kind {
		case fitFull:
			t.move(o, s.where(), now, "")
			return true
		case fitShorter:
			if now.size < leastAlike {
				continue
			}
			t.setAside(s, o, now.size)
			return true
		}
	}
	return false
}

// relatives lists the streams that s may be a copy of: those that grew under a
// name that its name extends, the other files of its rotation, and those that
// lay at its path on a device which had another number then.
func (t *Tailer) relatives(s *stream) []*stream {
	var out []*stream
	add := func(list []*stream) {
		for _, o := range list {
			if o != s && o.key != "" && o.CopyOf == "" && o.mayBegin(s) {
				out = append(out, o)
			}
		}
	}
	dir, base := filepath.Split(s.where())
	live := liveName(s.where())
	for i := 1; i < len(base); i++ {
		if name := dir + base[:i]; name != live {
			add(t.names[name])
		}
	}
	if live != s.where() {
		add(t.families[live])
	}
	for _, o := range t.names[s.where()] {
		if o.Ino == s.Ino && o.Dev != s.Dev && !o.present {
			add([]*stream{o})
		}
	}
	return out
}

// mayBegin reports whether what is known of the first bytes of both streams
// leaves it open that s is a copy of o.
func (o *stream) mayBegin(s *stream) bool {
	if n := min(len(o.head), len(s.head)); n > 0 {
		return string(o.head[:n]) == string(s.head[:n])
	}
	return o.HeadLen > s.HeadLen || o.HeadLen > 0 && o.Head == xxhash.Sum64(s.head[:o.HeadLen])
}

// intact reports whether a stream still has its own file, and opens it. One
// that turns out to hold something else is displaced.
func (t *Tailer) intact(s *stream) bool {
	if s.key == "" || !s.lost.IsZero() || s.Done != 0 || s.Packed != "" {
		return false
	}
	if s.file == nil {
		st := t.open(s)
		if st == rewritten {
			t.displace(s)
		}
		return st == stayed
	}
	now, err := lookInto(s.file)
	if err != nil {
		return false
	}
	if now.size < s.read || !s.untouched() {
		t.displace(s)
		return false
	}
	return true
}

// setAside makes s a copy of o: known, so that it is never read from its start.
func (t *Tailer) setAside(s, o *stream, size int64) {
	if s.CopyOf == o.key && s.Offset == size {
		t.close(s)
		t.markDrained(s)
		return
	}
	t.opts.Log.Debug("a copy that is not read", "path", s.where(), "source", o.key)
	s.CopyOf = o.key
	s.read = size
	s.Birth, s.Mtime = s.looked.birth, s.looked.mtime
	s.advance(size, nil, false)
	if s.key == "" {
		t.name(s)
	}
	t.persist(s)
	t.close(s)
	t.markDrained(s)
}

// adopt makes streams of files that belong to none, and puts them in order
// together with those that took the place of another.
func (t *Tailer) adopt(found []sighting) {
	sortByName(found)
	fresh := t.heirs
	t.heirs = nil
	for _, sg := range found {
		if t.holder(sg.look) != nil {
			continue
		}
		delete(t.inodes, sg.inode)
		s := t.newStream(sg)
		s.skipOld = sg.src.StartAtEnd && !t.opened[sg.src.marker]
		fresh = append(fresh, s)
	}
	lives := map[string]bool{}
	for _, s := range fresh {
		s.held = false
		lives[s.live] = true
	}
	for live := range lives {
		t.line(live)
	}
	t.beginAll(fresh)
}

// newStream makes a stream of a file of which nothing is known yet.
func (t *Tailer) newStream(sg sighting) *stream {
	s := &stream{src: sg.src, gauges: newGauges(sg.name)}
	s.Name, s.Dev, s.Ino, s.Birth = sg.name, sg.dev, sg.ino, sg.birth
	s.Gen, s.Packed = t.generations[sg.inode], sg.packed
	if sg.path != sg.name {
		s.Path = sg.path
		s.away = true
	} else {
		s.Real = realPath(sg.path)
	}
	s.sighted, s.scanned, s.present = sg.look, t.scans, sg.path == sg.name
	s.active = time.Now()
	t.register(s)
	t.watchDir(filepath.Dir(s.home()))
	t.opts.Log.Debug("a new file", "path", sg.path, "source", sg.name)
	return s
}

// beginAll opens the new files at once, so that none is lost when it is removed
// before its turn: those that grow first, because copies are compared to them.
func (t *Tailer) beginAll(fresh []*stream) {
	for _, s := range fresh {
		if s.key != "" || s.dropped || s.Packed != "" {
			continue
		}
		if t.open(s) == stayed {
			t.begin(s)
		}
	}
}

// register makes a stream known by its inode and name, and by its key if it
// has one.
func (t *Tailer) register(s *stream) {
	t.streams[s] = struct{}{}
	if t.inodes[s.inode()] == nil {
		t.inodes[s.inode()] = s
	}
	t.names[s.home()] = append(t.names[s.home()], s)
	s.live = liveName(s.home())
	t.families[s.live] = append(t.families[s.live], s)
	if s.key != "" {
		t.keys[s.key] = s
	}
	t.gaugeList.add(s.gauges)
}

// drop forgets a stream that was never one, or that has ended long ago.
func (t *Tailer) drop(s *stream) {
	t.close(s)
	s.dropped = true
	t.markDrained(s)
	delete(t.streams, s)
	if t.inodes[s.inode()] == s {
		delete(t.inodes, s.inode())
	}
	without(t.names, s.home(), s)
	without(t.families, s.live, s)
	if s.key != "" && t.keys[s.key] == s {
		delete(t.keys, s.key)
		t.orphan(s)
		t.postPosition(s.key, nil)
	}
	t.gaugeList.remove(s.gauges)
}

// orphan lets the copies of a forgotten stream stand for themselves.
func (t *Tailer) orphan(o *stream) {
	for s := range t.streams {
		if s.CopyOf == o.key {
			s.CopyOf = ""
			t.persist(s)
		}
	}
}

// without takes a stream out of one list of an index.
func without(index map[string][]*stream, key string, s *stream) {
	rest := slices.DeleteFunc(index[key], func(o *stream) bool { return o == s })
	if index[key] = rest; len(rest) == 0 {
		delete(index, key)
	}
}
