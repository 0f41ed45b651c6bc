package segment

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/cespare/xxhash/v2"

	"rastro/internal/disk"
	"rastro/internal/disk/disktest"
	"rastro/internal/event"
)

// bytesFS is a file system with one file that can only be read.
type bytesFS struct {
	disk.FS
	data []byte
}

type bytesFile struct {
	disk.File
	*bytes.Reader
}

func (f bytesFS) OpenFile(string, int, os.FileMode) (disk.File, error) {
	return bytesFile{Reader: bytes.NewReader(f.data)}, nil
}

func (f bytesFile) Read(b []byte) (int, error)               { return f.Reader.Read(b) }
func (f bytesFile) ReadAt(b []byte, at int64) (int, error)   { return f.Reader.ReadAt(b, at) }
func (f bytesFile) Seek(at int64, whence int) (int64, error) { return f.Reader.Seek(at, whence) }
func (f bytesFile) Close() error                             { return nil }
func (f bytesFile) Stat() (os.FileInfo, error)               { return bytesInfo{f.Size()}, nil }

type bytesInfo struct{ size int64 }

func (i bytesInfo) Name() string     { return "segment" }
func (i bytesInfo) Size() int64      { return i.size }
func (bytesInfo) Mode() os.FileMode  { return 0o640 }
func (bytesInfo) ModTime() time.Time { return time.Time{} }
func (bytesInfo) IsDir() bool        { return false }
func (bytesInfo) Sys() any           { return nil }

// fingerprint reads all of a file in every way and hashes what it finds.
func fingerprint(data []byte, meta Meta) (uint64, error) {
	f, err := Open(bytesFS{data: data}, "segment", meta, Options{})
	if err != nil {
		return 0, err
	}
	defer f.Close()
	h := xxhash.New()
	for _, b := range f.Blocks() {
		if err := hashBlock(h, b); err != nil {
			return 0, err
		}
	}
	return h.Sum64(), nil
}

func hashBlock(h io.Writer, b Block) error {
	rids, err := b.RIDs()
	if err != nil {
		return err
	}
	times, err := b.Times()
	if err != nil {
		return err
	}
	_ = binary.Write(h, binary.LittleEndian, rids)
	_ = binary.Write(h, binary.LittleEndian, times)
	rows := everyThird(b.Rows())
	for _, info := range event.Fields() {
		if err := hashField(h, b, info.Field, rows); err != nil {
			return err
		}
	}
	extras, err := b.ExtrasAt(rows)
	for _, text := range extras {
		_, _ = io.WriteString(h, text)
	}
	return err
}

func hashField(h io.Writer, b Block, f event.Field, rows []uint32) error {
	switch layouts[f] {
	case layoutDict:
		c, err := b.Strings(f)
		if err != nil {
			return err
		}
		for _, code := range c.Codes {
			_, _ = io.WriteString(h, c.Dict[code]+"\n")
		}
	case layoutLine:
		err := b.Texts(f, nil, func(_ int, text string) bool {
			_, _ = io.WriteString(h, text+"\n")
			return true
		})
		if err != nil {
			return err
		}
	default:
		n, err := b.Numbers(f)
		if err != nil {
			return err
		}
		for i, bits := range n.Bits {
			_ = binary.Write(h, binary.LittleEndian, bits)
			if n.Has(i) {
				_, _ = io.WriteString(h, "+")
			}
		}
		_, err = b.NumbersAt(f, rows)
		return err
	}
	texts, err := b.StringsAt(f, rows)
	for _, text := range texts {
		_, _ = io.WriteString(h, text+"\n")
	}
	if err != nil {
		return err
	}
	for _, word := range []string{"postfix", "value", "a", "nowhere"} {
		runs, err := b.WordRuns(f, []string{word})
		if err != nil {
			return err
		}
		_ = binary.Write(h, binary.LittleEndian, runs)
	}
	if may, err := b.MayHold(f, folded(f, "a")); err != nil || may {
		_, _ = io.WriteString(h, f.Name())
		return err
	}
	return nil
}

// smallFile is the bytes of a file with all kinds of columns, or of one whose
// lines are templates.
func smallFile(tb testing.TB, templates bool) ([]byte, Meta) {
	tb.Helper()
	events := randomEvents(31, 40)
	if templates {
		events = goldenEvents(tb)
	}
	meta := written(tb, events, nil)
	data, err := os.ReadFile(meta.Path)
	if err != nil {
		tb.Fatal(err)
	}
	return data, meta
}

// A damaged file must give an error or the very same answers, never others.
func checkDamaged(t *testing.T, data []byte, meta Meta, want uint64) {
	t.Helper()
	for _, m := range []Meta{meta, {}} {
		got, err := fingerprint(data, m)
		if err != nil && !errors.Is(err, ErrCorrupt) {
			t.Fatalf("damaged file: %v", err)
		}
		if err == nil && got != want {
			t.Fatal("a damaged file reads as something else")
		}
	}
}

func TestEveryFlippedByte(t *testing.T) {
	t.Parallel()
	for _, templates := range []bool{false, true} {
		t.Run(fmt.Sprint("templates ", templates), func(t *testing.T) { flipBytes(t, templates) })
	}
}

func flipBytes(t *testing.T, templates bool) {
	t.Parallel()
	data, meta := smallFile(t, templates)
	want, err := fingerprint(data, meta)
	if err != nil {
		t.Fatal(err)
	}
	step := 19
	if testing.Short() {
		step = 101
	}
	noticed := 0
	for i := 0; i < len(data); i += step {
		data[i] ^= byte(1 + i%255)
		checkDamaged(t, data, meta, want)
		if _, err := fingerprint(data, meta); err != nil {
			noticed++
		}
		if err := Check(bytesFS{data: data}, "segment", meta); !errors.Is(err, ErrCorrupt) {
			t.Fatalf("Check with byte %d changed: %v", i, err)
		}
		data[i] ^= byte(1 + i%255)
	}
	if noticed < len(data)/step*8/10 {
		t.Fatalf("reading noticed %d of %d damages", noticed, len(data)/step)
	}
}

func TestEveryTruncation(t *testing.T) {
	t.Parallel()
	data, meta := smallFile(t, true)
	for size := 0; size < len(data); size += 23 {
		for _, m := range []Meta{meta, {}} {
			if _, err := fingerprint(data[:size], m); !errors.Is(err, ErrCorrupt) {
				t.Fatalf("file cut to %d of %d bytes: %v", size, len(data), err)
			}
		}
	}
}

func FuzzOpen(f *testing.F) {
	var files [2]struct {
		data []byte
		meta Meta
		want uint64
	}
	for i := range files {
		x := &files[i]
		x.data, x.meta = smallFile(f, i > 0)
		var err error
		if x.want, err = fingerprint(x.data, x.meta); err != nil {
			f.Fatal(err)
		}
	}
	f.Add([]byte{}, uint32(0))
	f.Add([]byte{0, 0, 4, 255, 0, 1, 200, 7}, uint32(0))
	f.Add([]byte{255, 255, 250, 1}, uint32(1))
	f.Fuzz(func(t *testing.T, patches []byte, cut uint32) {
		x := &files[cut%2]
		damaged := bytes.Clone(x.data)
		for ; len(patches) >= 4; patches = patches[4:] {
			at := int(patches[0])<<16 | int(patches[1])<<8 | int(patches[2])
			damaged[at%len(damaged)] ^= patches[3]
		}
		damaged = damaged[:len(damaged)-int(cut/2)%len(damaged)]
		checkDamaged(t, damaged, x.meta, x.want)
		_, _ = fingerprint(append(damaged, patches...), Meta{})
	})
}

// Whatever operation fails, Write reports it, leaves nothing under the name,
// and works when tried again.
func TestWriteFailures(t *testing.T) {
	t.Parallel()
	b := build(mailEvents(t, 300)).Snapshot()
	for _, fault := range []disktest.Fault{
		{}, {Err: syscall.ENOSPC, Short: true}, {Torn: true}, {Sticky: true}, {Err: syscall.ENOSPC, Short: true, Sticky: true},
	} {
		for n := 1; ; n++ {
			fault.N = n
			if !failsOnce(t, b, fault) {
				if n < 6 {
					t.Fatalf("Write made only %d operations", n-1)
				}
				break
			}
		}
	}
}

// failsOnce writes with a fault and reports whether it was hit.
func failsOnce(t *testing.T, b Block, fault disktest.Fault) bool {
	t.Helper()
	dir := t.TempDir()
	fs := disktest.New(disk.OS(), dir)
	path := filepath.Join(dir, "a.parquet")
	fs.Inject(fault)
	before := fs.Count()
	_, err := Write(fs, path, b, nil, Options{})
	if err == nil {
		if fs.Count()-before >= fault.N {
			t.Fatalf("operation %d failed without an error", fault.N)
		}
		return false
	}
	if !errors.Is(err, fault.Err) && !errors.Is(err, syscall.EIO) {
		t.Fatalf("operation %d: %v", fault.N, err)
	}
	if _, err := os.Stat(path); err == nil && !fault.Sticky {
		t.Fatalf("operation %d failed and left a file", fault.N)
	}
	fs.Heal()
	meta, err := Write(fs, path, b, nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := Verify(fs, path, meta, b, nil); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Fatalf("%d files left: %v", len(entries), err)
	}
	return true
}

// Verify must see any difference between the file and the rows.
func TestVerifySeesDifferences(t *testing.T) {
	t.Parallel()
	events := randomEvents(41, 300)
	meta := written(t, events, nil)
	for name, change := range map[string]func(e *event.Event){
		"text":    func(e *event.Event) { e.Set(event.Host, "other") },
		"removed": func(e *event.Event) { e.Values = nil },
		"number":  func(e *event.Event) { e.Remove(event.PID); e.AddInt(event.PID, 77) },
		"absent":  func(e *event.Event) { e.Remove(event.Offset) },
		"line":    func(e *event.Event) { e.Set(event.Message, "other") },
		"log":     func(e *event.Event) { e.Set(event.LogMessage, "other") },
		"extra":   func(e *event.Event) { e.AddExtra("other", "1") },
		"time":    func(e *event.Event) { e.Time++ },
		"rid":     func(e *event.Event) { e.RID++ },
	} {
		changed := randomEvents(41, 300)
		change(&changed[123])
		if err := Verify(disk.OS(), meta.Path, meta, build(changed).Snapshot(), nil); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := Verify(disk.OS(), meta.Path, meta, build(events[:299]).Snapshot(), nil); !errors.Is(err, ErrCorrupt) {
		t.Errorf("one row less: %v", err)
	}
}
