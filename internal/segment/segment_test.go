package segment

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"rastro/internal/disk"
	"rastro/internal/event"
)

// written writes events to a new file and verifies it.
func written(tb testing.TB, events []event.Event, rows []uint32) Meta {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "a.parquet")
	b := build(events).Snapshot()
	meta, err := Write(disk.OS(), path, b, rows, Options{Words: plainWords})
	if err != nil {
		tb.Fatal(err)
	}
	if err := Verify(disk.OS(), path, meta, b, rows); err != nil {
		tb.Fatal(err)
	}
	return meta
}

func opened(tb testing.TB, meta Meta, cache *Cache) *File {
	tb.Helper()
	f, err := Open(disk.OS(), meta.Path, meta, Options{Cache: cache})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { f.Close() })
	return f
}

// checkFile compares all blocks of a file with the events it must hold, twice,
// so that the second time reads from the cache.
func checkFile(t *testing.T, f *File, events []event.Event) {
	t.Helper()
	checkBlocks(t, f, events)
	checkBlocks(t, f, events)
}

func checkBlocks(t *testing.T, f *File, events []event.Event) {
	t.Helper()
	from := 0
	for _, b := range f.Blocks() {
		checkBlock(t, b, events[from:from+b.Rows()])
		from += b.Rows()
	}
	if from != len(events) {
		t.Fatalf("%d rows, want %d", from, len(events))
	}
}

func TestFileHoldsEveryValue(t *testing.T) {
	t.Parallel()
	events := randomEvents(9, pageRows+100)
	checkBlocks(t, opened(t, written(t, events, nil), NewCache(DefaultCacheBytes)), events)
	for _, n := range []int{1, 7, 64, 1000} {
		events := randomEvents(uint64(n), n)
		meta := written(t, events, nil)
		checkFile(t, opened(t, meta, nil), events)
		checkFile(t, opened(t, meta, NewCache(1<<20)), events)
		checkFile(t, opened(t, Meta{Path: meta.Path}, NewCache(DefaultCacheBytes)), events)
	}
}

func TestFileOfMailLines(t *testing.T) {
	t.Parallel()
	events := mailEvents(t, 1500)
	checkFile(t, opened(t, written(t, events, nil), NewCache(DefaultCacheBytes)), events)
}

func TestWriteChosenRows(t *testing.T) {
	t.Parallel()
	all := randomEvents(11, 3000)
	var rows []uint32
	var events []event.Event
	for i := 5; i < len(all); i += 1 + i%3 {
		rows = append(rows, uint32(i))
		events = append(events, all[i])
	}
	meta := written(t, all, rows)
	if meta.FirstRID != events[0].RID || meta.LastRID != events[len(events)-1].RID || meta.Rows != len(events) {
		t.Fatalf("meta %+v", meta)
	}
	checkFile(t, opened(t, meta, nil), events)
}

// A file's own blocks can be written again, as after an erasure.
func TestWriteBlockOfFile(t *testing.T) {
	t.Parallel()
	events := randomEvents(12, 2000)
	block := opened(t, written(t, events, nil), nil).Blocks()[0]
	path := filepath.Join(t.TempDir(), "b.parquet")
	meta, err := Write(disk.OS(), path, block, nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	checkFile(t, opened(t, meta, nil), events)
}

func TestWriteManyGroups(t *testing.T) {
	if testing.Short() {
		t.Skip("writes 70,000 rows")
	}
	t.Parallel()
	events := mailEvents(t, 1500)
	for len(events) < 70_000 {
		e := events[len(events)-1500]
		e.RID = uint64(len(events) + 1)
		events = append(events, e)
	}
	meta := written(t, events, nil)
	if len(meta.Groups) != 3 || meta.Groups[0].Rows != groupRows {
		t.Fatalf("groups %+v", meta.Groups)
	}
	checkBlocks(t, opened(t, meta, NewCache(DefaultCacheBytes)), events)
}

// Long lines end pages and row groups early.
func TestWriteLongLines(t *testing.T) {
	t.Parallel()
	events := make([]event.Event, 70)
	for i := range events {
		events[i].RID = uint64(i + 1)
		line := strings.Repeat(string(rune('a'+i%26)), event.MaxLineBytes)
		events[i].Add(event.Message, line)
		if i%2 == 0 {
			events[i].Add(event.LogMessage, line[1:])
		}
		if i%30 == 0 {
			events[i].Add(event.Reply, line[2:])
		}
	}
	meta := written(t, events, nil)
	if len(meta.Groups) < 3 {
		t.Fatalf("%d row groups for %d MiB", len(meta.Groups), len(events))
	}
	checkFile(t, opened(t, meta, NewCache(DefaultCacheBytes)), events)
}

func TestWriteNothing(t *testing.T) {
	t.Parallel()
	b := build(randomEvents(1, 3)).Snapshot()
	path := filepath.Join(t.TempDir(), "a.parquet")
	if _, err := Write(disk.OS(), path, b, []uint32{}, Options{}); !errors.Is(err, errNoRows) {
		t.Fatalf("writing no rows: %v", err)
	}
}

func TestMayHold(t *testing.T) {
	t.Parallel()
	events := make([]event.Event, 1000)
	for i := range events {
		events[i].RID = uint64(i + 1)
		events[i].Add(event.Recipient, randomName(i)+"@Example.org")
		events[i].Add(event.Recipient, randomName(i+100_000)+"@example.org")
	}
	b := opened(t, written(t, events, nil), NewCache(DefaultCacheBytes)).Blocks()[0]
	wrong := 0
	for i := range events {
		for _, n := range []int{i, i + 100_000} {
			if !must[bool](t)(b.MayHold(event.Recipient, randomName(n)+"@example.org")) {
				t.Fatalf("recipient %d not found", n)
			}
		}
		if must[bool](t)(b.MayHold(event.Recipient, randomName(i+200_000)+"@example.org")) {
			wrong++
		}
	}
	if wrong > 20 {
		t.Fatalf("%d of %d absent values may be held", wrong, len(events))
	}
	if must[bool](t)(b.MayHold(event.Sender, "x")) || must[bool](t)(b.MayHold(event.Username, "x")) {
		t.Fatal("a column that is not there may hold a value")
	}
}

func randomName(i int) string {
	return strings.Repeat("n", i%3) + string(rune('a'+i%26)) + event.MakeID("", int64(i))
}

func TestCloseWhileInUse(t *testing.T) {
	t.Parallel()
	f := opened(t, written(t, randomEvents(5, 100), nil), NewCache(DefaultCacheBytes))
	b := f.Blocks()[0]
	if !f.Acquire() {
		t.Fatal("an open file cannot be acquired")
	}
	f.Close()
	f.Close()
	if err := os.Remove(f.Meta().Path); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Strings(event.Host); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("first read after removal: %v", err)
	}
	f.Release()
	if f.Acquire() {
		t.Fatal("a closed file was acquired")
	}
	if _, err := b.RIDs(); !errors.Is(err, os.ErrClosed) {
		t.Fatalf("reading a closed file: %v", err)
	}
}

func TestCloseKeepsHandleForUsers(t *testing.T) {
	t.Parallel()
	events := randomEvents(6, 100)
	cache := NewCache(DefaultCacheBytes)
	f := opened(t, written(t, events, nil), cache)
	f.Acquire()
	checkFile(t, f, events)
	f.Close()
	if err := os.Remove(f.Meta().Path); err != nil {
		t.Fatal(err)
	}
	checkFile(t, f, events)
	f.Release()
	if n := cache.Bytes(); n != 0 {
		t.Fatalf("%d bytes of a closed file are kept", n)
	}
}

func TestCacheKeepsItsLimit(t *testing.T) {
	t.Parallel()
	events := randomEvents(8, 1500)
	cache := NewCache(100_000)
	checkFile(t, opened(t, written(t, events, nil), cache), events)
	if n := cache.Bytes(); n > 100_000 || n == 0 {
		t.Fatalf("cache of %d bytes", n)
	}
}

func TestWrongKind(t *testing.T) {
	t.Parallel()
	events := randomEvents(14, 50)
	for _, b := range []Block{build(events).Snapshot(), opened(t, written(t, events, nil), nil).Blocks()[0]} {
		_, err1 := b.Strings(event.PID)
		_, err2 := b.Strings(event.Message)
		_, err3 := b.Numbers(event.Host)
		_, err4 := b.StringsAt(event.Delay, []uint32{1})
		_, err5 := b.NumbersAt(event.LogMessage, []uint32{1})
		err6 := b.Texts(event.Reply, nil, func(int, string) bool { return true })
		for i, err := range []error{err1, err2, err3, err4, err5, err6} {
			if !errors.Is(err, errKind) {
				t.Errorf("%T, case %d: %v", b, i+1, err)
			}
		}
	}
}

func TestRowsOutOfOrder(t *testing.T) {
	t.Parallel()
	b := opened(t, written(t, mailEvents(t, 50), nil), nil).Blocks()[0]
	if _, err := b.StringsAt(event.Message, []uint32{50}); !errors.Is(err, errRowOrder) {
		t.Fatalf("a row beyond the end: %v", err)
	}
}

func TestCanonicalOfCaller(t *testing.T) {
	t.Parallel()
	events := []event.Event{{RID: 1}}
	events[0].Add(event.ClientIP, "2001:DB8:0::1")
	path := filepath.Join(t.TempDir(), "a.parquet")
	opts := Options{Canonical: func(f event.Field, value string) string { return f.Name() + "|" + value }}
	if _, err := Write(disk.OS(), path, build(events).Snapshot(), nil, opts); err != nil {
		t.Fatal(err)
	}
	b := opened(t, Meta{Path: path}, nil).Blocks()[0]
	if !must[bool](t)(b.MayHold(event.ClientIP, "client_ip|2001:DB8:0::1")) {
		t.Fatal("the canonical form is not in the filter")
	}
	if must[bool](t)(b.MayHold(event.ClientIP, "2001:db8::1")) {
		t.Fatal("another form is in the filter")
	}
}

func TestConcurrentReaders(t *testing.T) {
	t.Parallel()
	events := randomEvents(15, 200)
	f := opened(t, written(t, events, nil), NewCache(200_000))
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() { checkFile(t, f, events) })
	}
	wait.Wait()
}

// Dense files are smaller and read the same.
func TestWriteDense(t *testing.T) {
	t.Parallel()
	events := mailEvents(t, 1500)
	b := build(events).Snapshot()
	usual := must[Meta](t)(Write(disk.OS(), filepath.Join(t.TempDir(), "a.parquet"), b, nil, Options{}))
	dense := must[Meta](t)(Write(disk.OS(), filepath.Join(t.TempDir(), "b.parquet"), b, nil, Options{Dense: true}))
	if dense.Bytes >= usual.Bytes {
		t.Errorf("%d bytes, and %d as usual", dense.Bytes, usual.Bytes)
	}
	checkFile(t, opened(t, dense, nil), events)
}
