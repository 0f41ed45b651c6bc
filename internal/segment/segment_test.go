package segment

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rastro/internal/disk"
	"rastro/internal/event"
)

// written writes events to a new file and verifies it.
func written(tb testing.TB, events []event.Event, rows []uint32) Meta {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "a.parquet")
	b := build(events).Snapshot()
	meta, err := Write(disk.OS(), path, b, rows, Options{})
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
	for range 2 {
		from := 0
		for _, b := range f.Blocks() {
			checkBlock(t, b, events[from:from+b.Rows()])
			from += b.Rows()
		}
		if from != len(events) {
			t.Fatalf("%d rows, want %d", from, len(events))
		}
	}
}

func TestFileHoldsEveryValue(t *testing.T) {
	t.Parallel()
	events := randomEvents(9, pageRows+800)
	checkFile(t, opened(t, written(t, events, nil), NewCache(DefaultCacheBytes)), events)
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
	checkFile(t, opened(t, meta, NewCache(DefaultCacheBytes)), events)
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
	events := randomEvents(8, 3000)
	cache := NewCache(100_000)
	checkFile(t, opened(t, written(t, events, nil), cache), events)
	if n := cache.Bytes(); n > 100_000 || n == 0 {
		t.Fatalf("cache of %d bytes", n)
	}
}
