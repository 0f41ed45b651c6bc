package archive

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"
)

// keyPrefix begins the keys of all positions of this package.
const keyPrefix = "import/"

// headBytes is how much of a content finds the positions that may belong to it.
const headBytes = 1 << 10

// state is the durable position of one content, written as JSON.
type state struct {
	// Name is what the content was called when it was last imported.
	Name string `json:"name"`
	// Head is the hash of the first HeadLen bytes: 1 KiB, or all there was.
	HeadLen int    `json:"head_len"`
	Head    uint64 `json:"head"`
	// Hash is the hash of the first Offset bytes.
	Offset int64  `json:"offset"`
	Hash   uint64 `json:"hash"`
	// Unfinished: the last record was handed on without its line end.
	Unfinished bool `json:"unfinished,omitempty"`
}

// known is a position with its key.
type known struct {
	key string
	state
	digest xxhash.Digest // of the first Offset bytes, once they were compared
}

// id is the identity of the lines of a content.
func (k *known) id() string {
	return strings.ReplaceAll(strings.TrimPrefix(k.key, keyPrefix), "/", "-")
}

// candidates are the positions of contents that begin like this one, the least
// offset first. Positions that cannot be read belong to nobody.
func candidates(positions map[string][]byte, head []byte) []*known {
	hashes := map[int]uint64{}
	var out []*known
	for key, b := range positions {
		k := &known{key: key}
		if !strings.HasPrefix(key, keyPrefix) || json.Unmarshal(b, &k.state) != nil ||
			k.HeadLen <= 0 || k.HeadLen > len(head) || k.Offset <= 0 {
			continue
		}
		h, ok := hashes[k.HeadLen]
		if !ok {
			h = xxhash.Sum64(head[:k.HeadLen])
			hashes[k.HeadLen] = h
		}
		if h == k.Head {
			out = append(out, k)
		}
	}
	slices.SortFunc(out, func(a, b *known) int {
		return cmp.Or(cmp.Compare(a.Offset, b.Offset), cmp.Compare(a.key, b.key))
	})
	return out
}

// fresh is the position before the first byte of a content that is not known.
func fresh(positions map[string][]byte, head []byte) *known {
	k := &known{state: state{HeadLen: len(head), Head: xxhash.Sum64(head)}}
	k.digest.Reset()
	stem := keyPrefix + strconv.FormatUint(k.Head, 16) + "/"
	for n := 1; ; n++ {
		if k.key = stem + strconv.Itoa(n); positions[k.key] == nil {
			return k
		}
	}
}

// furthest reads a content and returns the candidate with the furthest offset
// up to which the content is the one that was imported; nil if there is none.
// A content that cannot be read so far is judged by what can.
func furthest(r io.Reader, list []*known, stop func() error) (*known, error) {
	var best *known
	var digest xxhash.Digest
	digest.Reset()
	at := int64(0)
	buf := make([]byte, 256<<10)
	for _, k := range list {
		for at < k.Offset {
			if err := stop(); err != nil {
				return nil, err
			}
			n, err := r.Read(buf[:min(int64(len(buf)), k.Offset-at)])
			digest.Write(buf[:n])
			at += int64(n)
			if err != nil && at < k.Offset {
				return best, nil
			}
		}
		if digest.Sum64() == k.Hash {
			best = k
			best.digest = digest
		}
	}
	return best, nil
}

// rereader lets the beginning of a content be read twice.
type rereader struct {
	r     io.Reader
	seek  io.Seeker // nil for a stream
	start int64
	first []byte   // what was read of a stream while little was
	spool *os.File // and when it became more
	dir   string
	done  bool // nothing need be kept any more
}

// newRereader takes a reader as it is: a regular file is read again by going
// back, anything else is kept.
func newRereader(r io.Reader, dir string) *rereader {
	rr := &rereader{r: r, dir: dir}
	if s, ok := r.(io.Seeker); ok {
		if at, err := s.Seek(0, io.SeekCurrent); err == nil {
			if f, isFile := r.(*os.File); !isFile || isRegular(f) {
				rr.seek, rr.start = s, at
			}
		}
	}
	return rr
}

func isRegular(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode().IsRegular()
}

// firstBytes is how much of a stream is kept in memory.
const firstBytes = 8 << 20

func (rr *rereader) Read(p []byte) (int, error) {
	n, err := rr.r.Read(p)
	if n == 0 || rr.done || rr.seek != nil {
		return n, err
	}
	if rr.spool == nil && len(rr.first)+n <= firstBytes {
		rr.first = append(rr.first, p[:n]...)
		return n, err
	}
	if e := rr.keep(p[:n]); e != nil {
		return n, e
	}
	return n, err
}

// keep writes to the temporary file, which has no name any more.
func (rr *rereader) keep(p []byte) error {
	if rr.spool == nil {
		f, err := os.CreateTemp(rr.dir, "rastro-import-*")
		if err != nil {
			return fmt.Errorf("keeping the stream to read it again: %w", err)
		}
		rr.spool = f
		if err := os.Remove(f.Name()); err != nil {
			return fmt.Errorf("keeping the stream to read it again: %w", err)
		}
		if _, err := f.Write(rr.first); err != nil {
			return fmt.Errorf("keeping the stream to read it again: %w", err)
		}
		rr.first = nil
	}
	if _, err := rr.spool.Write(p); err != nil {
		return fmt.Errorf("keeping the stream to read it again: %w", err)
	}
	return nil
}

// again is the content from its start. After it nothing is kept.
func (rr *rereader) again() (io.Reader, error) {
	rr.done = true
	if rr.seek != nil {
		if _, err := rr.seek.Seek(rr.start, io.SeekStart); err != nil {
			return nil, fmt.Errorf("going back to the start: %w", err)
		}
		return rr.r, nil
	}
	if rr.spool == nil {
		return io.MultiReader(strings.NewReader(string(rr.first)), rr.r), nil
	}
	if _, err := rr.spool.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("reading the kept stream: %w", err)
	}
	return io.MultiReader(rr.spool, rr.r), nil
}

// forget drops what was kept.
func (rr *rereader) forget() error {
	rr.done, rr.first = true, nil
	if rr.spool == nil {
		return nil
	}
	err := rr.spool.Close()
	rr.spool = nil
	if errors.Is(err, os.ErrClosed) {
		return nil
	}
	return err
}
