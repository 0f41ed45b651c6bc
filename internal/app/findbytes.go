package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"unicode"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/sync/errgroup"
)

// FoundBytes tells of a file in which the bytes of an address stand.
type FoundBytes struct {
	// Path is the full path of the file.
	Path string `json:"path"`
	// Whole counts where the address begins there as one, Longer where a letter
	// or the like stands before it, as joan@… does in ojoan@….
	Whole  int64 `json:"whole"`
	Longer int64 `json:"longer"`
}

// SearchedBytes says what FindBytes read.
type SearchedBytes struct {
	Files    int   `json:"files"`
	Bytes    int64 `json:"bytes"`
	Unpacked int64 `json:"unpacked_bytes"`
}

// frameMagic begins a zstd frame.
var frameMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}

// maxSearched bounds a file that is searched, which is read into memory, and
// maxFrame what a frame of it may unpack to.
const (
	maxSearched = 4 << 30
	maxFrame    = 256 << 20
)

// FindBytes reads every file below some folders, raw and every zstd frame in
// them unpacked, and tells in which the bytes of text stand, without regard to
// the case of ASCII. It knows nothing of what the files are: it is the proof
// that an erasure left nothing, independent of all indexes. Files that go while
// it reads are passed over. progress, which may be nil, is told the bytes read.
func FindBytes(ctx context.Context, folders []string, text string, progress func(done, total int64)) ([]FoundBytes, SearchedBytes, error) {
	var out SearchedBytes
	if text == "" {
		return nil, out, errors.New("there are no bytes to look for")
	}
	paths, total, err := filesBelow(folders)
	if err != nil {
		return nil, out, err
	}
	var mu sync.Mutex
	var found []FoundBytes
	var done atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for _, path := range paths {
		group.Go(func() error {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			s := byteSearch{lower: bytes.ToLower([]byte(text))}
			size, err := s.file(path)
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil {
				return fmt.Errorf("searching %s: %w", path, err)
			}
			mu.Lock()
			defer mu.Unlock()
			out.Files++
			out.Bytes += size
			out.Unpacked += s.unpacked
			if s.whole+s.longer > 0 {
				found = append(found, FoundBytes{Path: path, Whole: s.whole, Longer: s.longer})
			}
			if progress != nil {
				progress(done.Add(size), total)
			}
			return nil
		})
	}
	err = group.Wait()
	sort.Slice(found, func(i, j int) bool { return found[i].Path < found[j].Path })
	return found, out, err
}

// filesBelow lists the regular files below folders, each once.
func filesBelow(folders []string) (paths []string, total int64, err error) {
	seen := map[string]bool{}
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil {
				return fmt.Errorf("searching %s: %w", path, err)
			}
			if !d.Type().IsRegular() || seen[path] {
				return nil
			}
			seen[path] = true
			if info, err := d.Info(); err == nil {
				total += info.Size()
			}
			paths = append(paths, path)
			return nil
		})
		if err != nil {
			return nil, 0, err
		}
	}
	return paths, total, nil
}

// byteSearch is the search in one file.
type byteSearch struct {
	lower         []byte
	whole, longer int64
	unpacked      int64
	decoder       *zstd.Decoder
}

func (s *byteSearch) file(path string) (int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxSearched+1))
	if err != nil {
		return 0, err
	}
	if len(b) > maxSearched {
		return 0, fmt.Errorf("the file has more than %d bytes", int64(maxSearched))
	}
	s.in(b)
	return int64(len(b)), s.frames(b)
}

// frames unpacks whatever looks like a zstd frame and searches it.
func (s *byteSearch) frames(b []byte) error {
	var body bytes.Buffer
	for at := 0; ; at++ {
		i := bytes.Index(b[at:], frameMagic)
		if i < 0 {
			return nil
		}
		at += i
		var head zstd.Header
		if head.Decode(b[at:]) != nil || head.HasFCS && head.FrameContentSize > maxFrame {
			continue
		}
		if s.decoder == nil {
			var err error
			if s.decoder, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxFrame)); err != nil {
				return err
			}
			defer s.decoder.Close()
		}
		if s.decoder.Reset(bytes.NewReader(b[at:])) != nil {
			continue
		}
		body.Reset()
		limit := int64(maxFrame)
		if head.HasFCS {
			limit = int64(head.FrameContentSize) // what follows is no frame of ours
		}
		// Bytes that only look like a frame end in an error, and what came before it
		// is searched all the same.
		_, _ = io.CopyN(&body, s.decoder, limit)
		s.unpacked += int64(body.Len())
		s.in(body.Bytes())
	}
}

// in counts where the text stands in some bytes.
func (s *byteSearch) in(b []byte) {
	// The least frequent byte is looked for first: an address has one @.
	anchor := max(bytes.IndexByte(s.lower, '@'), 0)
	first := s.lower[anchor]
	upper := byte(unicode.ToUpper(rune(first)))
	for at := 0; at < len(b); at++ {
		i := bytes.IndexByte(b[at:], first)
		if upper != first && first < 0x80 {
			if k := bytes.IndexByte(b[at:], upper); i < 0 || k >= 0 && k < i {
				i = k
			}
		}
		if i < 0 {
			return
		}
		at += i
		from := at - anchor
		if from < 0 || from+len(s.lower) > len(b) || !equalLower(b[from:from+len(s.lower)], s.lower) {
			continue
		}
		if from > 0 && (b[from-1] >= 0x80 || strings.IndexByte(".-_+", b[from-1]) >= 0 || unicode.IsLetter(rune(b[from-1])) || unicode.IsDigit(rune(b[from-1]))) {
			s.longer++
		} else {
			s.whole++
		}
	}
}

// equalLower compares without the case of ASCII.
func equalLower(b, lower []byte) bool {
	for i, c := range lower {
		d := b[i]
		if d >= 'A' && d <= 'Z' {
			d += 'a' - 'A'
		}
		if c != d {
			return false
		}
	}
	return true
}
