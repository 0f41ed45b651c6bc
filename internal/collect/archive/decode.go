package archive

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// maxWindow bounds what a zstd decoder may remember: what the program zstd
// accepts without being asked.
const maxWindow = 128 << 20

// ErrFormat: the content is compressed in a way that cannot be read.
var ErrFormat = errors.New("unknown compression")

// magics are the first bytes of what can, and what cannot, be unpacked.
var magics = []struct {
	name, magic string
}{
	{"gzip", "\x1f\x8b"},
	{"zstd", "\x28\xb5\x2f\xfd"},
	{"bzip2", "BZh"},
	{"xz", "\xfd7zXZ\x00"},
	{"lz4", "\x04\x22\x4d\x18"},
	{"zip", "PK\x03\x04"},
}

// decoder unpacks a content, and counts the packed bytes it has taken.
type decoder struct {
	*bufio.Reader
	kind  string // "" for plain
	taken *counter
	newer int64 // the time in a gzip header, nanoseconds since 1970; 0 for none
	end   func()
}

// counter counts the bytes that went through it.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// decode finds out by the first bytes how a content is packed. The error wraps
// ErrFormat if it cannot be unpacked.
func decode(r io.Reader) (*decoder, error) {
	d := &decoder{taken: &counter{r: r}, end: func() {}}
	packed := bufio.NewReaderSize(d.taken, 256<<10)
	first, err := packed.Peek(8)
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("reading the first bytes: %w", err)
	}
	for _, m := range magics {
		if bytes.HasPrefix(first, []byte(m.magic)) {
			d.kind = m.name
			break
		}
	}
	switch d.kind {
	case "":
		d.Reader = packed
		return d, nil
	case "gzip":
		z, err := gzip.NewReader(packed)
		if err != nil {
			return nil, fmt.Errorf("opening gzip: %w", err)
		}
		if !z.ModTime.IsZero() && z.ModTime.Unix() > 0 {
			d.newer = z.ModTime.UnixNano()
		}
		d.Reader = bufio.NewReaderSize(z, 64<<10)
	case "zstd":
		z, err := zstd.NewReader(packed, zstd.WithDecoderConcurrency(1),
			zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, fmt.Errorf("opening zstd: %w", err)
		}
		d.end = z.Close
		d.Reader = bufio.NewReaderSize(z, 64<<10)
	case "bzip2":
		if len(first) < 4 || first[3] < '1' || first[3] > '9' {
			d.kind, d.Reader = "", packed
			return d, nil
		}
		d.Reader = bufio.NewReaderSize(bzip2.NewReader(packed), 64<<10)
	default:
		return nil, fmt.Errorf("%w: this is %s; unpack it first", ErrFormat, d.kind)
	}
	return d, nil
}

// damage says where a content cannot be read on.
func (d *decoder) damage(at int64, err error) error {
	if d.kind == "" {
		return fmt.Errorf("reading at byte %d: %w", at, err)
	}
	return fmt.Errorf("unpacking %s near byte %d of the file, byte %d of its content: %w", d.kind, d.taken.n, at, err)
}
