package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"rastro/internal/event"
)

// journal is a sink that keeps what it accepts.
type journal struct {
	mu        sync.Mutex
	lines     []event.Line
	positions map[string][]byte
	batches   int
	refuse    int // refuse from this batch on; 0 never
}

func newJournal() *journal { return &journal{positions: map[string][]byte{}} }

var errFull = errors.New("the disk is full")

func (j *journal) sink(_ context.Context, b event.Batch) error {
	j.mu.Lock()
	j.batches++
	var err error
	if j.refuse > 0 && j.batches >= j.refuse {
		err = errFull
	} else {
		j.lines = append(j.lines, b.Lines...)
		for _, p := range b.Positions {
			j.positions[p.Key] = p.State
		}
	}
	j.mu.Unlock()
	go b.Ack(err)
	return nil
}

func (j *journal) texts() []string {
	var out []string
	for _, l := range j.lines {
		out = append(out, l.Text)
	}
	return out
}

func (j *journal) load(t *testing.T, name string, r io.Reader) Result {
	t.Helper()
	res, err := Import(context.Background(), name, r, Options{TempDir: t.TempDir()}, maps.Clone(j.positions), j.sink)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func numbered(from, to int) []byte {
	var b bytes.Buffer
	for i := from; i < to; i++ {
		fmt.Fprintf(&b, "line %06d of a log that somebody kept\n", i)
	}
	return b.Bytes()
}

func packGzip(data []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.ModTime = time.Unix(1_700_000_000, 0)
	z.Write(data)
	z.Close()
	return b.Bytes()
}

func packZstd(data []byte) []byte {
	z, _ := zstd.NewWriter(nil)
	defer z.Close()
	return z.EncodeAll(data, nil)
}

// stream hides everything but Read.
type stream struct{ io.Reader }

// readers are the ways in which the same content can come.
var readers = []struct {
	name string
	open func(t *testing.T, data []byte) io.Reader
}{
	{"bytes", func(_ *testing.T, data []byte) io.Reader { return bytes.NewReader(data) }},
	{"stream", func(_ *testing.T, data []byte) io.Reader { return stream{bytes.NewReader(data)} }},
	{"gzip", func(_ *testing.T, data []byte) io.Reader { return bytes.NewReader(packGzip(data)) }},
	{"gzip stream", func(_ *testing.T, data []byte) io.Reader { return stream{bytes.NewReader(packGzip(data))} }},
	{"zstd", func(_ *testing.T, data []byte) io.Reader { return bytes.NewReader(packZstd(data)) }},
	{"file", func(t *testing.T, data []byte) io.Reader {
		path := filepath.Join(t.TempDir(), "log")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return f
	}},
	{"pipe", func(t *testing.T, data []byte) io.Reader {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { r.Close() })
		go func() {
			w.Write(data)
			w.Close()
		}()
		return r
	}},
}

func TestEveryContentIsKnownAgain(t *testing.T) {
	t.Parallel()
	short, long := numbered(0, 20), numbered(0, 12_000)
	for _, first := range readers {
		for _, second := range readers {
			t.Run(first.name+", then "+second.name, func(t *testing.T) {
				t.Parallel()
				j := newJournal()
				a := j.load(t, "a", first.open(t, short))
				if a.Lines != 20 || a.Bytes != int64(len(short)) || a.Skipped != 0 {
					t.Fatalf("first: %+v", a)
				}
				b := j.load(t, "b", second.open(t, short))
				if b.Lines != 0 || b.Skipped != int64(len(short)) || b.ID != a.ID {
					t.Fatalf("the same again: %+v", b)
				}
				c := j.load(t, "c", first.open(t, long))
				if c.Lines != 12_000-20 || c.ID != a.ID {
					t.Fatalf("a longer version: %+v", c)
				}
				d := j.load(t, "d", second.open(t, long))
				if d.Lines != 0 {
					t.Fatalf("the longer version again: %+v", d)
				}
				if got, want := strings.Join(j.texts(), "\n")+"\n", string(long); got != want {
					t.Fatalf("%d bytes of lines came, want %d", len(got), len(want))
				}
				if len(j.positions) != 1 {
					t.Errorf("%d positions for one content", len(j.positions))
				}
			})
		}
	}
}

// TestEximLogsAreJoined reads a log of Exim under its name, packed and cut
// short, and under a name that says nothing.
func TestEximLogsAreJoined(t *testing.T) {
	t.Parallel()
	const stamp = "2026-11-22 19:55:07 "
	log := stamp + "one\nEnvelope-from: <a>\n\tb\n" + stamp + "two\n"
	more := stamp + "three\n c\n"
	j := newJournal()
	j.load(t, "/var/log/exim4/mainlog.1", strings.NewReader(log))
	j.load(t, "rejectlog.2.gz", bytes.NewReader(packGzip([]byte(log+more))))
	want := []string{stamp + "one\nEnvelope-from: <a>\n\tb", stamp + "two", stamp + "three\n c"}
	if got := j.texts(); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	j = newJournal()
	if j.load(t, "mail.log", strings.NewReader(log)); len(j.lines) != 4 {
		t.Errorf("%q", j.texts())
	}
}

func TestContentsThatBeginAlike(t *testing.T) {
	t.Parallel()
	j := newJournal()
	banner := numbered(0, 100)
	one := slices.Concat(banner, numbered(1000, 2000))
	two := slices.Concat(banner, numbered(3000, 5000))
	a, b := j.load(t, "one", bytes.NewReader(one)), j.load(t, "two", stream{bytes.NewReader(two)})
	if a.Lines != 1100 || b.Lines != 2100 || a.ID == b.ID {
		t.Fatalf("one: %+v\ntwo: %+v", a, b)
	}
	for name, data := range map[string][]byte{"one": one, "two": two} {
		if r := j.load(t, name, bytes.NewReader(data)); r.Lines != 0 {
			t.Errorf("%s again: %+v", name, r)
		}
	}
	if r := j.load(t, "two, longer", bytes.NewReader(append(two, numbered(7000, 7001)...))); r.Lines != 1 || r.ID != b.ID {
		t.Errorf("two, longer: %+v", r)
	}
}

func TestRefusedImportGoesOn(t *testing.T) {
	t.Parallel()
	data := numbered(0, 100_000)
	j := newJournal()
	j.refuse = 20
	_, err := Import(context.Background(), "a", bytes.NewReader(packGzip(data)), Options{}, nil, j.sink)
	if !errors.Is(err, ErrRefused) || !errors.Is(err, errFull) {
		t.Fatalf("error %v", err)
	}
	if n := len(j.lines); n == 0 || n == 100_000 {
		t.Fatalf("%d lines were accepted", n)
	}
	j.refuse = 0
	j.load(t, "a", stream{bytes.NewReader(data)})
	if got := strings.Join(j.texts(), "\n") + "\n"; got != string(data) {
		t.Fatalf("%d bytes of lines came, want %d", len(got), len(data))
	}
}

func TestCanceledImportGoesOn(t *testing.T) {
	t.Parallel()
	data := numbered(0, 100_000)
	j := newJournal()
	ctx, cancel := context.WithCancel(context.Background())
	sink := func(ctx context.Context, b event.Batch) error {
		if len(j.lines) > 50_000 {
			cancel()
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return j.sink(ctx, b)
	}
	if _, err := Import(ctx, "a", bytes.NewReader(data), Options{}, nil, sink); !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	j.load(t, "a", bytes.NewReader(data))
	if got := strings.Join(j.texts(), "\n") + "\n"; got != string(data) {
		t.Fatalf("%d bytes of lines came, want %d", len(got), len(data))
	}
}

func TestUnfinishedLastLine(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, more string
		want       []string
	}{
		{"nothing more", "", []string{"one", "two, cu"}},
		{"only its end", "\n", []string{"one", "two, cu"}},
		{"only its end, of the other kind", "\r\nthree\n", []string{"one", "two, cu", "three"}},
		{"the rest of it", "t off\nthree\n", []string{"one", "two, cu", "t off", "three"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			j := newJournal()
			res := j.load(t, "a", strings.NewReader("one\ntwo, cu"))
			if !res.Unfinished || j.lines[1].Marks != event.MarkUnfinished {
				t.Fatalf("%+v, marks %v", res, j.lines[1].Marks)
			}
			for range 2 {
				j.load(t, "a", strings.NewReader("one\ntwo, cu"+tc.more))
			}
			if got := j.texts(); !slices.Equal(got, tc.want) {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestDamagedGzip(t *testing.T) {
	t.Parallel()
	data := numbered(0, 50_000)
	packed := packGzip(data)
	j := newJournal()
	_, err := Import(context.Background(), "a", bytes.NewReader(packed[:len(packed)/2]), Options{}, nil, j.sink)
	if err == nil || !strings.Contains(err.Error(), "unpacking gzip near byte") || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatalf("error %v", err)
	}
	if n := len(j.lines); n < 10_000 {
		t.Fatalf("only %d lines were read before the damage", n)
	}
	j.load(t, "a", bytes.NewReader(packed))
	if got := strings.Join(j.texts(), "\n") + "\n"; got != string(data) {
		t.Fatalf("%d bytes of lines came, want %d", len(got), len(data))
	}
}

func TestWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	j := newJournal()
	_, err := Import(context.Background(), "a.xz", strings.NewReader("\xfd7zXZ\x00 and more"), Options{}, nil, j.sink)
	if !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), "xz") {
		t.Errorf("xz: %v", err)
	}
	if res := j.load(t, "empty", strings.NewReader("")); res != (Result{}) || j.batches != 0 {
		t.Errorf("empty: %+v, %d batches", res, j.batches)
	}
	if res := j.load(t, "empty.gz", bytes.NewReader(packGzip(nil))); res.Lines != 0 {
		t.Errorf("empty.gz: %+v", res)
	}
}

func TestOriginAndProgress(t *testing.T) {
	t.Parallel()
	j := newJournal()
	packed := packGzip(numbered(0, 1000))
	var last Progress
	opts := Options{
		Host: "mx1", Dialect: "postfix", Zone: time.FixedZone("x", 3600),
		Newest:   time.Unix(1_800_000_000, 0),
		Progress: func(p Progress) { last = p },
	}
	res, err := Import(context.Background(), "mail.gz", bytes.NewReader(packed), opts, nil, j.sink)
	if err != nil {
		t.Fatal(err)
	}
	o := j.lines[0].Origin
	if o.Name != "mail.gz" || o.ID != res.ID || o.Host != "mx1" || o.Dialect != "postfix" || o.Zone != opts.Zone {
		t.Errorf("origin %+v", o)
	}
	if want := time.Unix(1_700_000_000, 0).UnixNano(); o.Newest != want {
		t.Errorf("newest %d, want the time in the gzip header %d", o.Newest, want)
	}
	if last.Read != int64(len(packed)) || last.Lines != 1000 || last.Comparing {
		t.Errorf("last progress %+v of %d bytes", last, len(packed))
	}
}

func TestHugeLine(t *testing.T) {
	t.Parallel()
	j := newJournal()
	data := slices.Concat(numbered(0, 30), bytes.Repeat([]byte("x"), 20<<20), []byte("\n"), numbered(30, 60))
	for range 2 {
		j.load(t, "a", bytes.NewReader(data))
	}
	if len(j.lines) != 61 || j.lines[30].Marks != event.MarkCut || j.lines[30].Length != 20<<20+1 {
		t.Fatalf("%d lines", len(j.lines))
	}
	if r := j.load(t, "a", stream{bytes.NewReader(append(data, numbered(60, 61)...))}); r.Lines != 1 {
		t.Fatalf("longer: %+v", r)
	}
}

// FuzzImport: whatever the bytes, an import ends, and a second one adds nothing
// to what could be read.
func FuzzImport(f *testing.F) {
	f.Add(packGzip([]byte("a\nb\n")), false)
	f.Add(packZstd([]byte("a\nb")), true)
	f.Add([]byte("BZh9 no bzip2\nb\r\n\x00"), true)
	f.Add(packGzip(numbered(0, 100))[:200], false)
	f.Fuzz(func(t *testing.T, data []byte, asStream bool) {
		j := newJournal()
		open := func() io.Reader {
			if asStream {
				return stream{bytes.NewReader(data)}
			}
			return bytes.NewReader(data)
		}
		first, err := Import(context.Background(), "a", open(), Options{}, j.positions, j.sink)
		again, err2 := Import(context.Background(), "a", open(), Options{}, maps.Clone(j.positions), j.sink)
		if (err == nil) != (err2 == nil) || err == nil && again.Lines != 0 {
			t.Fatalf("first %+v %v\nagain %+v %v", first, err, again, err2)
		}
	})
}

func BenchmarkImport(b *testing.B) {
	data := numbered(0, 200_000)
	sink := func(_ context.Context, batch event.Batch) error {
		batch.Ack(nil)
		return nil
	}
	for name, packed := range map[string][]byte{"plain": data, "gzip": packGzip(data), "zstd": packZstd(data)} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Import(context.Background(), "a", bytes.NewReader(packed), Options{}, nil, sink); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
