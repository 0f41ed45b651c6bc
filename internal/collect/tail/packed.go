package tail

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
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
	u := &unpacker{file: f, end: func() {}}
	src := bufio.NewReaderSize(f, 64<<10)
	switch kind {
	case packedGzip:
		u.Reader, err = gzip.NewReader(src)
	case packedZstd:
		var d *zstd.Decoder
		d, err = zstd.NewReader(src, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(128<<20))
		if err == nil {
			u.Reader, u.end = d, d.Close
		}
	default:
		err = fmt.Errorf("%s cannot be unpacked", kind)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return u, nil
}

// packedFits compares the content of a compressed file with a stream.
func (t *Tailer) packedFits(s *stream, path, kind string) bool {
	if s.HeadLen == 0 {
		return false
	}
	u, err := t.unpack(path, kind)
	if err != nil {
		return false
	}
	defer u.close()
	head := make([]byte, s.HeadLen)
	if _, err := io.ReadFull(u, head); err != nil || xxhash.Sum64(head) != s.Head {
		return false
	}
	// The bytes before the position may begin within the head.
	tail := head
	if s.Offset < int64(s.HeadLen) {
		tail = head[:s.Offset]
	} else {
		from := max(int64(s.HeadLen), s.Offset-int64(s.TailLen))
		if t.discard(u, from-int64(s.HeadLen)) != nil {
			return false
		}
		more := make([]byte, s.Offset-from)
		if _, err := io.ReadFull(u, more); err != nil {
			return false
		}
		tail = append(tail, more...)
	}
	return s.TailLen == 0 || len(tail) >= s.TailLen && xxhash.Sum64(tail[len(tail)-s.TailLen:]) == s.Tail
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
	if s.key == "" {
		head := make([]byte, headBytes)
		n, err := readFull(u, head)
		u.close()
		if err != nil && err != io.EOF {
			t.failPacked(s, err)
			return false
		}
		if n == 0 {
			t.end(s)
			return false
		}
		s.setHead(head[:n])
		s.Mtime = now.mtime
		if t.packedOriginal(s, now) {
			return false
		}
		t.name(s)
		return t.openPacked(s)
	}
	if err := t.discard(u, s.Offset); err != nil {
		u.close()
		t.failPacked(s, err)
		return false
	}
	s.unpack, s.read = u, s.Offset
	return true
}

// packedOriginal looks for the stream that s is a compressed copy of. If that
// one has no file of its own any more, its rest is read from here.
func (t *Tailer) packedOriginal(s *stream, now look) bool {
	for _, o := range t.relatives(s) {
		whole := t.intact(o)
		if s.dropped {
			return true
		}
		if !t.packedFits(o, s.where(), s.Packed) {
			continue
		}
		if whole {
			s.CopyOf = o.key
			t.name(s)
			t.end(s)
			return true
		}
		t.move(o, s.where(), now, s.Packed)
		return true
	}
	return false
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
