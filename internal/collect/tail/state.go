package tail

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"github.com/cespare/xxhash/v2"
)

// Lengths of the fingerprints in bytes.
const (
	headBytes = 1 << 10
	tailBytes = 256
)

// inode names a file within the machine, until it is removed.
type inode struct{ dev, ino uint64 }

// look is what the file system says of a file. Times are in nanoseconds since
// 1970; birth is 0 where it is not known.
type look struct {
	inode
	birth, mtime, ctime, size int64
	links                     uint32
	regular                   bool
}

// state is the durable position of one stream. It is written as JSON: a
// person who looks into the journal can read it.
type state struct {
	// Name is the path under which the stream was found; Real is where its
	// symbolic links led, if it had any; Path is where the file was moved to.
	Name string `json:"name"`
	Real string `json:"real,omitempty"`
	Path string `json:"path,omitempty"`

	Dev   uint64 `json:"dev"`
	Ino   uint64 `json:"ino"`
	Birth int64  `json:"birth,omitempty"`
	// Gen counts how often the file was written anew in place.
	Gen uint32 `json:"gen,omitempty"`
	// Packed names the compression of the copy that is read instead.
	Packed string `json:"packed,omitempty"`

	// Head is the hash of the first HeadLen bytes, Tail that of the TailLen
	// bytes before Offset.
	HeadLen int    `json:"head_len"`
	Head    uint64 `json:"head"`
	Offset  int64  `json:"offset"`
	TailLen int    `json:"tail_len,omitempty"`
	Tail    uint64 `json:"tail,omitempty"`
	// Unfinished: the last record was given out without its line end.
	Unfinished bool `json:"unfinished,omitempty"`
	// Mtime is the file's modification time at the last reading.
	Mtime int64 `json:"mtime"`

	// CopyOf is the key of the stream that this file is a copy of; then
	// nothing is read from it.
	CopyOf string `json:"copy_of,omitempty"`
	// Done is when the stream was seen to have ended, seconds since 1970.
	Done int64 `json:"done,omitempty"`
}

func (s *state) inode() inode { return inode{s.Dev, s.Ino} }

// home is the path at which the file grew, where is the path at which it is.
func (s *state) home() string {
	if s.Real != "" {
		return s.Real
	}
	return s.Name
}

func (s *state) where() string {
	if s.Path != "" {
		return s.Path
	}
	return s.home()
}

func (s *state) encode() []byte {
	b, err := json.Marshal(s)
	if err != nil {
		panic("tail: a position cannot be written: " + err.Error())
	}
	return b
}

func decodeState(b []byte) (state, error) {
	var s state
	if err := json.Unmarshal(b, &s); err != nil {
		return s, fmt.Errorf("reading a position: %w", err)
	}
	if s.Name == "" || s.Offset < 0 || s.HeadLen < 0 || s.HeadLen > headBytes ||
		s.TailLen < 0 || s.TailLen > tailBytes || int64(s.TailLen) > s.Offset {
		return s, fmt.Errorf("reading a position: impossible values in %q", b)
	}
	return s, nil
}

// newID makes the short identity of a stream from what is known of it at its
// first bytes. It is kept in the key of its position and never computed again.
func newID(s *state) string {
	d := xxhash.New()
	fmt.Fprint(d, s.Dev, " ", s.Ino, " ", s.Birth, " ", s.Gen, " ", s.HeadLen, " ", s.Head)
	return strconv.FormatUint(d.Sum64(), 16)
}

// fit says how a file compares with a stream that is looked for.
type fit uint8

const (
	fitNone    fit = iota
	fitShorter     // begins the same and ends before the position
	fitFull        // begins the same and has the same bytes before the position
)

// fits compares the content of a file of the given size with the fingerprints.
// head are the first bytes of the stream where they are still known.
func (s *state) fits(r io.ReaderAt, size int64, head []byte) (fit, error) {
	if s.HeadLen == 0 || size == 0 {
		return fitNone, nil
	}
	n := min(int64(s.HeadLen), size)
	b := make([]byte, n)
	if _, err := r.ReadAt(b, 0); err != nil {
		return fitNone, err
	}
	switch {
	case n == int64(s.HeadLen) && xxhash.Sum64(b) != s.Head:
		return fitNone, nil
	case n < int64(s.HeadLen) && (int64(len(head)) < n || string(head[:n]) != string(b)):
		return fitNone, nil
	case size < s.Offset:
		return fitShorter, nil
	}
	_, ok, err := s.tailFits(r)
	if err != nil || !ok {
		return fitNone, err
	}
	return fitFull, nil
}

// tailFits reads the bytes before the position and compares them.
func (s *state) tailFits(r io.ReaderAt) ([]byte, bool, error) {
	b := make([]byte, s.TailLen, tailBytes)
	if _, err := r.ReadAt(b, s.Offset-int64(s.TailLen)); err != nil && s.TailLen > 0 {
		if err == io.EOF {
			err = nil
		}
		return nil, false, err
	}
	return b, s.TailLen == 0 || xxhash.Sum64(b) == s.Tail, nil
}
