package tail

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"time"

	"github.com/cespare/xxhash/v2"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// unpacker reads a compressed file from its start.
type unpacker struct {
	io.Reader
	file *os.File
	end  func()
}

func (u *unpacker) close() {
	u.end()
	u.file.Close()
}

// unpack opens a compressed file.
func (t *Tailer) unpack(path, kind string) (*unpacker, error) {
	f, err := t.openFile(path)
	if err != nil {
		return nil, err
	}
	u := &unpacker{file: f}
	if u.Reader, u.end, err = decode(f, kind); err != nil {
		f.Close()
		return nil, err
	}
	return u, nil
}

// decode unpacks f from its start. The function gives the decoder's memory
// back.
func decode(f *os.File, kind string) (io.Reader, func(), error) {
	src := bufio.NewReaderSize(io.NewSectionReader(f, 0, math.MaxInt64), 64<<10)
	switch kind {
	case packedGzip:
		z, err := gzip.NewReader(src)
		return z, func() {}, err
	case packedZstd:
		z, err := zstd.NewReader(src, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(128<<20))
		if err != nil {
			return nil, nil, err
		}
		return z, z.Close, nil
	}
	return nil, nil, fmt.Errorf("%s cannot be unpacked", kind)
}

// packedFits compares the content of a compressed file with a stream. An error
// leaves it open whether they are the same: the file may still be written.
func (t *Tailer) packedFits(s *stream, f *os.File, kind string) (bool, error) {
	if s.HeadLen == 0 {
		return false, nil
	}
	r, end, err := decode(f, kind)
	if err != nil {
		return false, err
	}
	defer end()
	head := make([]byte, s.HeadLen)
	n, err := readFull(r, head)
	if err != nil || xxhash.Sum64(head[:n]) != s.Head {
		return false, notEOF(err)
	}
	// The bytes before the position may begin within the head.
	tail := head[:min(int64(s.HeadLen), s.Offset)]
	if more := s.Offset - int64(s.HeadLen); more > 0 {
		skip := max(0, more-int64(s.TailLen))
		if err := t.discard(r, skip); err != nil {
			return false, notEOF(err)
		}
		rest := make([]byte, more-skip)
		if _, err := readFull(r, rest); err != nil {
			return false, notEOF(err)
		}
		tail = append(tail, rest...)
	}
	return s.TailLen == 0 || xxhash.Sum64(tail[len(tail)-s.TailLen:]) == s.Tail, nil
}

// notEOF is nil for the end of a content that was shorter than expected.
func notEOF(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}

// discard reads n bytes to nowhere, until the collector is told to stop.
func (t *Tailer) discard(r io.Reader, n int64) error {
	for n > 0 {
		if t.ctx.Err() != nil {
			return t.ctx.Err()
		}
		k, err := io.CopyN(io.Discard, r, min(n, 4<<20))
		n -= k
		if err != nil {
			return err
		}
	}
	return nil
}

// openPacked opens a compressed file at the position of its stream.
func (t *Tailer) openPacked(s *stream) bool {
	u, err := t.unpack(s.where(), s.Packed)
	if err != nil {
		t.failPacked(s, err)
		return false
	}
	now, err := lookInto(u.file)
	if err != nil || now.inode != s.inode() {
		u.close()
		t.rescan = true
		return false
	}
	if s.key == "" && !t.beginPacked(s, u, now) {
		u.close()
		return false
	}
	if err := t.discard(u, s.Offset); err != nil {
		u.close()
		t.failPacked(s, err)
		return false
	}
	s.failing = false
	s.gauges.setErr(nil)
	s.unpack, s.read = u, s.Offset
	return true
}

// beginPacked decides what a compressed file is, as begin does for others, and
// reports whether it is to be read. The reader stands at its start, before and
// after.
func (t *Tailer) beginPacked(s *stream, u *unpacker, now look) bool {
	head := make([]byte, headBytes)
	n, err := readFull(u, head)
	switch {
	case err != nil && err != io.EOF:
		t.failPacked(s, err)
		return false
	case n == 0:
		t.end(s)
		return false
	}
	s.setHead(head[:n])
	s.Mtime = now.mtime
	found, err := t.packedOriginal(s, u.file, now)
	if err != nil {
		t.failPacked(s, err)
	}
	if found || err != nil {
		return false
	}
	t.name(s)
	u.end()
	u.Reader, u.end, err = decode(u.file, s.Packed)
	if err != nil {
		u.end = func() {}
		t.failPacked(s, err)
	}
	return err == nil
}

// packedOriginal looks for the stream that s is a compressed copy of. If that
// one has no file of its own any more, its rest is read from here.
func (t *Tailer) packedOriginal(s *stream, f *os.File, now look) (bool, error) {
	for _, o := range t.relatives(s) {
		whole := t.intact(o)
		if s.dropped {
			return true, nil
		}
		same, err := t.packedFits(o, f, s.Packed)
		if err != nil {
			return false, err
		}
		if !same {
			continue
		}
		if whole {
			s.CopyOf = o.key
			t.name(s)
			t.end(s)
			return true, nil
		}
		t.move(o, s.where(), now, s.Packed)
		return true, nil
	}
	return false, nil
}

// turnPacked reads one piece of a stream whose rest lies in a compressed copy.
// Such a copy never grows: at its end the stream has ended.
func (t *Tailer) turnPacked(s *stream) {
	if s.unpack == nil && !t.openPacked(s) {
		return
	}
	n, err := readFull(s.unpack, t.buf[tailBytes:])
	if n > 0 {
		t.take(s, n)
		s.gauges.place(s.Offset, s.read)
	}
	switch err {
	case nil:
		t.enqueue(s)
	case io.EOF:
		t.finish(s, true)
		t.end(s)
	default:
		t.failPacked(s, err)
	}
}

// failPacked notes that a compressed file cannot be read on. It may still be
// being written: it is tried again when it has changed, and given up when it
// has not for a while.
func (t *Tailer) failPacked(s *stream, err error) {
	if errors.Is(err, t.ctx.Err()) && t.ctx.Err() != nil {
		return
	}
	if errors.Is(err, fs.ErrNotExist) {
		t.rescan = true // it has another name by now
		return
	}
	t.trouble(s, fmt.Errorf("unpacking: %w", err))
	now, _ := lookAt(s.where())
	if now.size != s.looked.size {
		s.looked, s.active = now, time.Now()
	}
	if time.Since(s.active) > t.opts.Quiet {
		t.opts.Log.Error("the rest of a compressed file is lost", "path", s.where(), "err", err)
		t.end(s)
	}
}

// readFull reads until p is full or the reader has no more.
func readFull(r io.Reader, p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		var k int
		k, err = r.Read(p[n:])
		n += k
	}
	if n == len(p) {
		err = nil
	}
	return n, err
}
