package tail

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/cespare/xxhash/v2"

	"rastro/internal/collect/frame"
	"rastro/internal/event"
)

// chunkBytes is how much is read at once.
const chunkBytes = 256 << 10

// stream is one file from its first byte to its last, wherever it is. It is
// touched by the loop alone, but for its gauges.
type stream struct {
	state // the position after the last batch handed on
	key   string
	live  string // the name of its home without a rotation mark

	src    *source
	origin *event.Origin

	file    *os.File
	unpack  *unpacker // in place of file where Packed is set
	framer  *frame.Framer
	read    int64  // how far the file was read
	before  []byte // the last bytes before read, at most tailBytes
	head    []byte // the first bytes; nil if not known in this run
	used    int64  // number of the last turn, for closing the least used
	looked  look   // at the last reading
	sighted look   // at the last look from outside

	scanned  int       // number of the last scan that a glob matched it in
	missed   int       // scans in a row that did not find it, though it is new
	present  bool      // a glob matched it in the last scan
	away     bool      // it is no longer under its name: rotated or removed
	lost     time.Time // when its bytes vanished from its inode; zero if they have not
	tried    map[look]bool
	chained  time.Time // when its name was found to be another's
	complete bool      // it was read to the end and closed because it was idle
	drained  bool      // it was read to its end since it was found or moved
	active   time.Time // last bytes
	skipOld  bool      // begin at the end: the source says so
	askAgain time.Time // when to ask whether it can be forgotten
	failing  bool

	rank      int64   // in the order of writing, as far as it is known
	held      bool    // until the next scan, which may find what comes before it
	after     *stream // is read first
	followers []*stream
	waiting   bool // is among the followers of another
	queued    bool
	dropped   bool

	flight  []*parcel
	posted  bool // a position was handed on
	known   bool // a position is durable
	parked  bool // waits for acknowledgements
	refused bool // waits to hand on again what was refused
	backoff time.Duration
	halted  atomic.Bool // a batch was refused and has not been handed on again

	gauges *gauges
}

// stay says whether the stream can be read on.
type stay uint8

const (
	stayed    stay = iota
	away           // cannot be read now
	rewritten      // the file holds something else
)

// open opens the file and makes sure that it is the one.
func (t *Tailer) open(s *stream) stay {
	if s.file != nil {
		return stayed
	}
	f, err := t.openFile(s.where())
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			t.rescan = true
		} else {
			t.fail(s, err)
		}
		return away
	}
	now, err := lookInto(f)
	if err != nil || now.inode != s.inode() || !now.regular {
		f.Close()
		t.rescan = true
		return away
	}
	if s.key != "" && s.CopyOf == "" {
		kind, err := s.fits(f, now.size, s.head)
		if err != nil {
			f.Close()
			t.fail(s, fmt.Errorf("comparing %s with its position: %w", s.where(), err))
			return away
		}
		if kind != fitFull || now.birth != 0 && s.Birth != 0 && now.birth != s.Birth {
			s.file = f
			t.countOpen(s)
			return rewritten
		}
		s.before, _, _ = s.tailFits(f)
		s.read = s.Offset
	}
	s.failing, s.complete = false, false
	s.gauges.setErr(nil)
	s.file = f
	t.countOpen(s)
	return stayed
}

// openPath opens a file for reading without ever waiting for a FIFO's writer.
func openPath(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|openFlags, 0)
}

// close gives the descriptor back; reading goes on at the last position that
// was handed on.
func (t *Tailer) close(s *stream) {
	if s.file != nil {
		s.file.Close()
		s.file = nil
		t.uncountOpen(s)
	}
	if s.unpack != nil {
		s.unpack.close()
		s.unpack = nil
	}
}

// rewind forgets what was read beyond the last position handed on.
func (s *stream) rewind() {
	s.framer, s.before, s.read = nil, nil, s.Offset
	s.complete = false
}

// untouched reports whether the bytes before the reading place are still those
// that were read. If they are, so was everything read after them.
func (s *stream) untouched() bool {
	known, at := s.before, s.read-int64(len(s.before))
	if len(known) == 0 {
		known, at = s.head, 0
	}
	b := make([]byte, len(known))
	n, _ := s.file.ReadAt(b, at)
	return string(b[:n]) == string(known)
}

// turn reads one piece of a stream and hands its records on.
func (t *Tailer) turn(s *stream) {
	if !t.mayRead(s) {
		return
	}
	t.touch(s)
	if s.Packed != "" {
		t.turnPacked(s)
		return
	}
	switch t.open(s) {
	case rewritten:
		t.displace(s)
		return
	case away:
		return // the next scan finds it, or fail has said why not
	}
	if (s.key == "" || s.CopyOf != "") && !t.begin(s) {
		return
	}
	now, err := lookInto(s.file)
	if err != nil {
		t.fail(s, err)
		return
	}
	if now.size < s.read {
		t.displace(s)
		return
	}
	buf := t.buf[tailBytes:]
	n, err := s.file.ReadAt(buf, s.read)
	if err != nil && err != io.EOF {
		t.fail(s, fmt.Errorf("reading: %w", err))
	}
	var head []byte
	if len(s.head) < headBytes {
		head = s.readHead(now.size)
	}
	if (n > 0 || now.mtime != s.looked.mtime) && !s.untouched() {
		t.displace(s)
		return
	}
	if len(head) > s.HeadLen {
		s.setHead(head)
	}
	s.looked, s.Mtime = now, now.mtime
	if n > 0 {
		t.take(s, n)
	}
	s.gauges.place(s.Offset, now.size)
	if n == len(buf) {
		t.enqueue(s)
		return
	}
	if s.read > s.Offset && !s.posted {
		// All it holds waits for more. It is made known now, because those that
		// come after it in its rotation need not wait.
		t.persist(s)
	}
	t.markDrained(s)
}

// take frames n bytes that stand in the buffer after its first tailBytes.
func (t *Tailer) take(s *stream, n int) {
	if s.framer == nil {
		s.framer = frame.New(s.framing(), s.Offset, s.Unfinished)
	}
	chunk := t.buf[tailBytes : tailBytes+n]
	first := tailBytes - len(s.before)
	copy(t.buf[first:], s.before)
	window := t.buf[first : tailBytes+n]
	s.read += int64(n)
	if s.Packed == "" {
		s.active = time.Now()
	}
	t.records = s.framer.Write(chunk, t.records[:0])
	t.hand(s, t.records, window)
	clear(t.records)
	s.before = append(s.before[:0], window[max(0, len(window)-tailBytes):]...)
	s.gauges.lastRead.Store(time.Now().UnixNano())
}

// framing is how the file is cut into records: by the name under which it was
// found first, which renaming does not change.
func (s *stream) framing() *frame.Framing { return s.src.framing.Of(s.Name) }

// readHead reads the first bytes of the file.
func (s *stream) readHead(size int64) []byte {
	b := make([]byte, min(size, headBytes))
	n, _ := s.file.ReadAt(b, 0)
	return b[:n]
}

func (s *stream) setHead(b []byte) {
	s.head, s.HeadLen, s.Head = b, len(b), xxhash.Sum64(b)
}

// advance moves the position to offset. window holds the bytes before the
// reading place.
func (s *stream) advance(offset int64, window []byte, unfinished bool) {
	s.Offset, s.Unfinished = offset, unfinished
	s.Tail, s.TailLen = 0, 0
	if s.Packed != "" {
		return
	}
	n := min(offset, tailBytes)
	end := int64(len(window)) - (s.read - offset)
	if end-n >= 0 {
		s.Tail, s.TailLen = xxhash.Sum64(window[end-n:end]), int(n)
		return
	}
	if s.file == nil {
		return
	}
	b := make([]byte, n)
	if _, err := s.file.ReadAt(b, offset-n); err == nil {
		s.Tail, s.TailLen = xxhash.Sum64(b), int(n)
	}
}

// finish gives out what waits for more, because nothing will come; whole says
// that this holds for a line without its end too.
func (t *Tailer) finish(s *stream, whole bool) {
	if s.framer == nil {
		return
	}
	if whole {
		t.records = s.framer.Finish(t.records[:0])
	} else {
		t.records = s.framer.Flush(t.records[:0])
	}
	t.hand(s, t.records, s.before)
	clear(t.records)
}

// fail notes that a file cannot be read now; the next scan tries again. What
// comes after it does not wait.
func (t *Tailer) fail(s *stream, err error) {
	t.trouble(s, err)
	t.markDrained(s)
}

// trouble notes that a file cannot be read now.
func (t *Tailer) trouble(s *stream, err error) {
	if !s.failing {
		t.opts.Log.Warn("a file cannot be read; trying again", "path", s.where(), "err", err)
	}
	s.failing = true
	s.gauges.setErr(err)
	t.close(s)
	s.rewind()
}

// lineStart is the place after the last line end before size.
func lineStart(r io.ReaderAt, size int64) int64 {
	buf := make([]byte, 64<<10)
	for end := size; end > 0 && size-end < event.MaxLineBytes; {
		n := min(end, int64(len(buf)))
		if _, err := r.ReadAt(buf[:n], end-n); err != nil {
			return size
		}
		for i := n - 1; i >= 0; i-- {
			if buf[i] == '\n' {
				return end - n + i + 1
			}
		}
		end -= n
		if end == 0 {
			return 0
		}
	}
	return size
}

// realPath is where the symbolic links of path lead; "" if it has none.
func realPath(path string) string {
	real, err := filepath.EvalSymlinks(path)
	if err != nil || real == path {
		return ""
	}
	return real
}
