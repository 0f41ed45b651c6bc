package beats

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"time"

	"github.com/klauspost/compress/zlib"

	"rastro/internal/event"
)

// The kinds of frame.
const (
	kindWindow     = 'W'
	kindJSON       = 'J'
	kindPairs      = 'D'
	kindCompressed = 'C'
	kindAck        = 'A'
)

// maxPairs bounds the pairs of one frame D.
const maxPairs = 1024

// frames reads the frames of one connection. It is for one goroutine.
type frames struct {
	src   deadlineReader
	opts  *Options
	outer *bufio.Reader
	// version is that of the last window; answers carry it too.
	version byte

	// inside tells that the compressed frame is being read.
	inside   bool
	packed   packedReader
	inflated inflatedReader
	inner    *bufio.Reader

	// payload and text are used again for every event.
	payload, text []byte
	// large waits until n bytes may be read at once; nil for no wait.
	large func(n int64) error
}

// deadlineReader is the reading half of a connection.
type deadlineReader interface {
	io.Reader
	SetReadDeadline(t time.Time) error
}

// incoming is one event as it came. Its payload is valid until the next one.
type incoming struct {
	seq     uint32
	payload []byte
	// cut: the payload went on.
	cut bool
}

func newFrames(src deadlineReader, opts *Options) *frames {
	f := &frames{src: src, opts: opts, outer: bufio.NewReaderSize(src, 32<<10), version: '2'}
	f.packed.r = f.outer
	return f
}

// window waits for the next window and returns the number of its events. The
// error is io.EOF if the peer ended the connection between two windows.
func (f *frames) window() (int, error) {
	if err := f.src.SetReadDeadline(time.Now().Add(f.opts.Idle)); err != nil {
		return 0, err
	}
	if _, err := f.outer.Peek(1); err != nil {
		return 0, err
	}
	if err := f.renew(); err != nil {
		return 0, err
	}
	version, kind, err := head(f.outer)
	if err != nil {
		return 0, err
	}
	if kind != kindWindow || version != '1' && version != '2' {
		return 0, fmt.Errorf("%w: a frame %q where a window was due", ErrProtocol, []byte{version, kind})
	}
	count, err := number(f.outer)
	if err != nil {
		return 0, err
	}
	if int64(count) > int64(f.opts.MaxWindow) {
		return 0, fmt.Errorf("%w: a window of %d events is above the limit of %d; lower bulk_max_size in the sender", ErrProtocol, count, f.opts.MaxWindow)
	}
	f.version = version
	return int(count), nil
}

// renew gives the peer the whole time for the frame that is being read.
func (f *frames) renew() error {
	return f.src.SetReadDeadline(time.Now().Add(f.opts.FrameTime))
}

// event returns the next event of the window.
func (f *frames) event() (incoming, error) {
	for {
		r := f.outer
		if f.inside {
			r = f.inner
			if end, err := f.ended(); err != nil {
				return incoming{}, err
			} else if end {
				continue
			}
		} else if err := f.renew(); err != nil {
			return incoming{}, err
		}
		version, kind, err := head(r)
		switch {
		case err != nil:
			return incoming{}, err
		case version != f.version:
			return incoming{}, fmt.Errorf("%w: a frame of version %q in a window of version %q", ErrProtocol, version, f.version)
		case kind == kindJSON:
			return f.json(r)
		case kind == kindPairs:
			return f.pairs(r)
		case kind != kindCompressed:
			return incoming{}, fmt.Errorf("%w: a frame of kind %q inside a window", ErrProtocol, kind)
		case f.inside:
			return incoming{}, fmt.Errorf("%w: a compressed frame inside a compressed frame", ErrProtocol)
		}
		if err := f.enter(); err != nil {
			return incoming{}, err
		}
	}
}

// finish checks that the window has no more events than it said.
func (f *frames) finish() error {
	if !f.inside {
		return nil
	}
	end, err := f.ended()
	if err == nil && !end {
		err = fmt.Errorf("%w: more events than the window says", ErrProtocol)
	}
	return err
}

// enter begins to read a compressed frame.
func (f *frames) enter() error {
	length, err := number(f.outer)
	if err != nil {
		return err
	}
	f.packed.left = int64(length)
	if f.inflated.r == nil {
		f.inflated.r, err = zlib.NewReader(&f.packed)
		f.inner = bufio.NewReaderSize(&f.inflated, 16<<10)
	} else {
		err = f.inflated.r.(zlib.Resetter).Reset(&f.packed, nil)
	}
	if err != nil {
		f.inflated.r = nil
		return inflating(err)
	}
	f.inflated.left = f.opts.MaxInflatedBytes
	f.inner.Reset(&f.inflated)
	f.inside = true
	return nil
}

// ended tells whether the compressed frame has no more, and then leaves it.
func (f *frames) ended() (bool, error) {
	_, err := f.inner.Peek(1)
	if err == nil {
		return false, nil
	}
	if err != io.EOF {
		return false, err
	}
	if f.packed.left != 0 {
		return false, fmt.Errorf("%w: %d bytes after the end of compressed data", ErrProtocol, f.packed.left)
	}
	f.inside = false
	return true, nil
}

// json reads what follows the head of a frame J.
func (f *frames) json(r *bufio.Reader) (incoming, error) {
	seq, err := number(r)
	if err != nil {
		return incoming{}, err
	}
	length, err := number(r)
	if err != nil {
		return incoming{}, err
	}
	keep := min(int(length), f.opts.MaxEventBytes)
	if err := f.makeRoom(keep); err != nil {
		return incoming{}, err
	}
	if f.payload, err = readInto(f.payload[:0], r, keep); err != nil {
		return incoming{}, err
	}
	rest := int(length) - keep
	if rest > 0 {
		if _, err := io.CopyN(io.Discard, r, int64(rest)); err != nil {
			return incoming{}, unexpected(err)
		}
	}
	return incoming{seq: seq, payload: f.payload, cut: rest > 0}, nil
}

// makeRoom lets go of the memory of a large event and waits for that of the
// next one.
func (f *frames) makeRoom(n int) error {
	if cap(f.payload) > largeBytes {
		f.payload = nil
	}
	if f.large == nil {
		return nil
	}
	if n <= largeBytes {
		n = 0
	}
	return f.large(int64(n))
}

// pairs reads what follows the head of a frame D and makes a JSON object of it,
// with the names that later versions use.
func (f *frames) pairs(r *bufio.Reader) (incoming, error) {
	seq, err := number(r)
	if err != nil {
		return incoming{}, err
	}
	count, err := number(r)
	if err != nil {
		return incoming{}, err
	}
	if count > maxPairs {
		return incoming{}, fmt.Errorf("%w: an event of %d pairs is above the limit of %d", ErrProtocol, count, maxPairs)
	}
	if err := f.makeRoom(0); err != nil {
		return incoming{}, err
	}
	out := append(f.payload[:0], '{')
	for i := range count {
		name, err := f.textOf(r)
		if err != nil {
			return incoming{}, err
		}
		switch name {
		case "line":
			name = "message"
		case "file":
			name = "source"
		}
		if i > 0 {
			out = append(out, ',')
		}
		out = append(event.AppendJSONString(out, name), ':')
		value, err := f.textOf(r)
		if err != nil {
			return incoming{}, err
		}
		out = event.AppendJSONString(out, value)
		if len(out) > f.opts.MaxEventBytes {
			return incoming{}, fmt.Errorf("%w: an event of pairs is longer than %d bytes", ErrProtocol, f.opts.MaxEventBytes)
		}
	}
	f.payload = append(out, '}')
	return incoming{seq: seq, payload: f.payload}, nil
}

// textOf reads a length and so much text.
func (f *frames) textOf(r *bufio.Reader) (string, error) {
	n, err := number(r)
	if err != nil {
		return "", err
	}
	if int64(n) > event.MaxLineBytes {
		return "", fmt.Errorf("%w: a text of %d bytes is above the limit of %d", ErrProtocol, n, event.MaxLineBytes)
	}
	f.text, err = readInto(f.text[:0], r, int(n))
	return string(f.text), err
}

// readInto appends n bytes to b. Memory is taken as the bytes come, not as they
// are promised.
func readInto(b []byte, r io.Reader, n int) ([]byte, error) {
	for n > 0 {
		step := min(n, max(64<<10, len(b)))
		b = slices.Grow(b, step)
		part := b[len(b) : len(b)+step]
		if _, err := io.ReadFull(r, part); err != nil {
			return b, unexpected(err)
		}
		b = b[:len(b)+step]
		n -= step
	}
	return b, nil
}

func head(r *bufio.Reader) (version, kind byte, err error) {
	if version, err = r.ReadByte(); err == nil {
		kind, err = r.ReadByte()
	}
	return version, kind, unexpected(err)
}

func number(r *bufio.Reader) (uint32, error) {
	b, err := r.Peek(4)
	if err != nil {
		return 0, unexpected(err)
	}
	n := binary.BigEndian.Uint32(b)
	_, err = r.Discard(4)
	return n, err
}

// unexpected names an end of the data that comes in the middle.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// packedReader is the data of the compressed frame and nothing behind it. It
// reads single bytes, so that the decompressor takes no more than it needs.
type packedReader struct {
	r    *bufio.Reader
	left int64
}

func (p *packedReader) Read(b []byte) (int, error) {
	if p.left == 0 {
		return 0, io.EOF
	}
	n, err := p.r.Read(b[:min(int64(len(b)), p.left)])
	p.left -= int64(n)
	return n, unexpected(err)
}

func (p *packedReader) ReadByte() (byte, error) {
	if p.left == 0 {
		return 0, io.EOF
	}
	c, err := p.r.ReadByte()
	if err == nil {
		p.left--
	}
	return c, unexpected(err)
}

// inflatedReader is the content of the compressed frame, up to a limit.
type inflatedReader struct {
	r    io.ReadCloser
	left int64
}

func (i *inflatedReader) Read(b []byte) (int, error) {
	if i.left <= 0 {
		return 0, fmt.Errorf("%w: a compressed frame holds too much", ErrProtocol)
	}
	n, err := i.r.Read(b[:min(int64(len(b)), i.left)])
	i.left -= int64(n)
	if err == nil || err == io.EOF {
		return n, err
	}
	return n, inflating(err)
}

// inflating parts wrong data from a connection that broke.
func inflating(err error) error {
	var broken net.Error
	if errors.As(err, &broken) {
		return err
	}
	return fmt.Errorf("%w: inflating: %w", ErrProtocol, err)
}
