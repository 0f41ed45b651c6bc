package journal

import (
	"fmt"
	"math"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"rastro/internal/disk"
	"rastro/internal/event"
)

// makeEvents makes n events as a parser would: values cut from the line,
// values of their own, numbers, repeated values and unknown fields.
func makeEvents(n, from int) []event.Event {
	events := make([]event.Event, n)
	for i := range events {
		k := from + i
		line := fmt.Sprintf("Jan  2 03:04:05 mx%d postfix/smtp[%d]: %X: to=<user%d@example.org>, relay=mx.example.net[192.0.2.%d]:25, delay=%d.5, dsn=2.0.0, status=sent (250 2.0.0 OK %d)", k%3, 1000+k%7, 0xABC000+k, k%50, k%250, k%9, k)
		e := &events[i]
		e.Time = 1_700_000_000_000_000_000 + int64(k)*1_000_003
		e.ReceivedAt = e.Time + 5_000_000
		e.Add(event.Message, line)
		e.Add(event.LogMessage, line[strings.Index(line, ": ")+2:])
		e.Add(event.Host, line[16:19])
		e.Add(event.Program, "postfix/smtp")
		e.AddInt(event.PID, int64(1000+k%7))
		e.Add(event.QueueID, fmt.Sprintf("%X", 0xABC000+k))
		e.Add(event.Recipient, fmt.Sprintf("user%d@example.org", k%50))
		if k%5 == 0 {
			e.Add(event.Recipient, "second@example.org")
		}
		e.AddFloat(event.Delay, float64(k%9)+0.5)
		e.AddBool(event.Success, k%2 == 0)
		e.AddTime(event.NextRetry, e.Time+int64(k))
		e.Add(event.Source, "/var/log/mail.log")
		e.Add(event.SourceID, "file-1")
		e.AddInt(event.Offset, int64(k)*200)
		if k%4 == 0 {
			e.AddExtra("nrcpt", fmt.Sprint(k))
			e.AddExtra("note", `{"a":[1,"x"]}`)
		}
	}
	return events
}

// group encodes events as one group whose position says how many there were.
func group(events []event.Event, positions ...event.Position) Group {
	return Group{Encoded: Encode(nil, events), Count: len(events), Positions: positions}
}

func open(t *testing.T, dir string, opts Options) *Journal {
	t.Helper()
	j, err := Open(disk.OS(), dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return j
}

// replay returns all events from a RID on.
func replay(t *testing.T, j *Journal, from uint64) []event.Event {
	t.Helper()
	var all []event.Event
	if err := j.Replay(from, func(events []event.Event) error {
		all = append(all, events...)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

// numbered returns events with RIDs from first.
func numbered(events []event.Event, first uint64) []event.Event {
	events = slices.Clone(events)
	for i := range events {
		events[i].RID = first + uint64(i)
	}
	return events
}

func TestCommitAndReplay(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	j := open(t, dir, Options{})
	if n := j.Next(); n != 1 {
		t.Fatalf("an empty journal's next RID is %d, want 1", n)
	}
	want := makeEvents(100, 0)
	first, err := j.Commit([]Group{
		group(want[:30], event.Position{Key: "tail/a", State: []byte("30")}),
		{Positions: []event.Position{{Key: "tail/b", State: []byte("x")}}},
		group(want[30:60], event.Position{Key: "tail/a", State: []byte("60")}),
	})
	if err != nil || first != 1 {
		t.Fatalf("first RID %d, %v", first, err)
	}
	if first, err = j.Commit([]Group{group(want[60:], event.Position{Key: "tail/b"})}); err != nil || first != 61 {
		t.Fatalf("second commit: first RID %d, %v", first, err)
	}
	want = numbered(want, 1)
	for _, state := range []string{"open", "reopened"} {
		if got := replay(t, j, 1); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: replayed events differ", state)
		}
		if got := replay(t, j, 42); !reflect.DeepEqual(got, want[41:]) {
			t.Errorf("%s: events from 42 differ", state)
		}
		if got := j.Positions(); !reflect.DeepEqual(got, map[string][]byte{"tail/a": []byte("60")}) {
			t.Errorf("%s: positions %q", state, got)
		}
		if n := j.Next(); n != 101 {
			t.Errorf("%s: next RID %d, want 101", state, n)
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		j = open(t, dir, Options{})
	}
}

func TestRotateAndTrim(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	j := open(t, dir, Options{MaxFileBytes: 4 << 10})
	for i := range 50 {
		pos := event.Position{Key: fmt.Sprintf("tail/%d", i), State: []byte{byte(i + 1)}}
		if _, err := j.Commit([]Group{group(makeEvents(10, i*10), pos)}); err != nil {
			t.Fatal(err)
		}
	}
	before := j.Stats()
	if before.Files < 5 {
		t.Fatalf("%d files after %d bytes with a limit of 4 KiB", before.Files, before.Bytes)
	}
	if err := j.Trim(250); err != nil {
		t.Fatal(err)
	}
	if got := replay(t, j, 251); len(got) != 250 || got[0].RID != 251 {
		t.Errorf("%d events from 251 after trimming to 250", len(got))
	}
	if s := j.Stats(); s.Files >= before.Files || s.Bytes >= before.Bytes {
		t.Errorf("trimming removed nothing: %+v", s)
	}
	if err := j.Trim(500); err != nil {
		t.Fatal(err)
	}
	if s := j.Stats(); s.Files != 1 {
		t.Errorf("%d files after trimming everything, want 1", s.Files)
	}
	j.Close()

	j = open(t, dir, Options{AtLeast: 501})
	if n := j.Next(); n != 501 {
		t.Errorf("next RID after a trim and a restart is %d, want 501", n)
	}
	if n := len(j.Positions()); n != 50 {
		t.Errorf("%d positions after a trim and a restart, want 50", n)
	}
}

func TestTrimReplacesAFileWhenAllIsStored(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	j := open(t, dir, Options{})
	n := 0
	for j.Stats().Bytes < 2*renewBytes {
		if _, err := j.Commit([]Group{group(makeEvents(1000, n), event.Position{Key: "tail/1", State: []byte{1}})}); err != nil {
			t.Fatal(err)
		}
		n += 1000
	}
	if err := j.Trim(uint64(n - 1)); err != nil {
		t.Fatal(err)
	}
	if got := replay(t, j, uint64(n)); len(got) != 1 {
		t.Fatalf("%d events left while one was not stored, want 1", len(got))
	}
	if err := j.Trim(uint64(n)); err != nil {
		t.Fatal(err)
	}
	if s := j.Stats(); s.Files != 1 || s.Bytes > 1000 {
		t.Errorf("%d files with %d bytes are left of a journal whose events are all stored", s.Files, s.Bytes)
	}
	if _, err := j.Commit([]Group{group(makeEvents(1, n))}); err != nil {
		t.Fatal(err)
	}
	j.Close()
	j = open(t, dir, Options{AtLeast: uint64(n + 1)})
	if got := replay(t, j, uint64(n+1)); len(got) != 1 || got[0].RID != uint64(n+1) || len(j.Positions()) != 1 {
		t.Errorf("after a restart %d events, %d positions, next %d", len(got), len(j.Positions()), j.Next())
	}
}

func TestStoreAheadOfJournal(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	j := open(t, dir, Options{AtLeast: 1000})
	if first, err := j.Commit([]Group{group(makeEvents(3, 0))}); err != nil || first != 1000 {
		t.Fatalf("first RID %d, %v; want 1000", first, err)
	}
	j.Close()
	j = open(t, dir, Options{AtLeast: 2000})
	if _, err := j.Commit([]Group{group(makeEvents(3, 0))}); err != nil {
		t.Fatal(err)
	}
	j.Close()
	j = open(t, dir, Options{AtLeast: 2001})
	if n := j.Next(); n != 2003 {
		t.Errorf("next RID %d, want 2003", n)
	}
	if got := replay(t, j, 2001); len(got) != 2 {
		t.Errorf("%d events from 2001, want 2", len(got))
	}
	if d := j.Stats().Damage; d != nil {
		t.Errorf("a leap is not damage: %+v", d)
	}
}

func TestCommitRefusesWrongCounts(t *testing.T) {
	t.Parallel()
	j := open(t, t.TempDir(), Options{})
	for _, g := range []Group{{Count: 1}, {Count: -1, Encoded: make([]byte, 100)}, {Count: 50, Encoded: make([]byte, 100)}} {
		if _, err := j.Commit([]Group{g}); err == nil {
			t.Errorf("a group of %d events in %d bytes was taken", g.Count, len(g.Encoded))
		}
	}
	if _, err := j.Commit(nil); err != nil || j.Next() != 1 {
		t.Errorf("an empty commit: %v, next %d", err, j.Next())
	}
	j.Close()
	if _, err := j.Commit([]Group{group(makeEvents(1, 0))}); err != ErrClosed {
		t.Errorf("a commit after Close: %v", err)
	}
}

func TestEncodeKeepsOddValues(t *testing.T) {
	t.Parallel()
	var e event.Event
	e.Time, e.ReceivedAt = math.MinInt64, math.MaxInt64
	e.AddInt(event.PID, math.MinInt64)
	e.AddInt(event.PID, math.MaxInt64)
	e.AddFloat(event.Delay, math.Copysign(0, -1))
	e.Add(event.Message, "a\x00b\xff")
	e.Add(event.Message, "second")
	e.Values = append(e.Values, event.Value{Field: event.Host})
	var bare event.Event
	want := []event.Event{e, bare, e}
	got, err := decode(string(Encode(Encode(nil, want[:2]), want[2:])), 7, 3)
	if err != nil || !reflect.DeepEqual(got, numbered(want, 7)) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestEncodeDoesNotAllocate(t *testing.T) {
	events, dst := makeEvents(100, 0), make([]byte, 0, 1<<20)
	if n := testing.AllocsPerRun(10, func() { dst = Encode(dst[:0], events) }); n != 0 {
		t.Errorf("%v allocations for 100 events, want none", n)
	}
}

func TestDecodeFieldsOfAnotherVersion(t *testing.T) {
	t.Parallel()
	var e event.Event
	e.Add(event.Message, "line")
	e.Add(event.Host, `mx "1"`)
	e.AddInt(event.PID, 7)
	e.AddFloat(event.Delay, 1.5)
	e.AddBool(event.Success, true)
	e.AddTime(event.NextRetry, 1)
	// The table of fields as another version would have written it.
	text := strings.NewReplacer("host", "hoxt", "pid", "pix", "delay", "delax", "success", "succesx", "next_retry", "next_retrx").
		Replace(string(Encode(nil, []event.Event{e})))
	got, err := decode(text, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	want := []event.Pair{{Name: "hoxt", JSON: `"mx \"1\""`}, {Name: "pix", JSON: "7"}, {Name: "delax", JSON: "1.5"},
		{Name: "succesx", JSON: "true"}, {Name: "next_retrx", JSON: `"1970-01-01T00:00:00.000000001Z"`}}
	if !reflect.DeepEqual(got[0].Extra, want) || got[0].Str(event.Message) != "line" {
		t.Errorf("got %+v", got[0])
	}
}

func TestFileNames(t *testing.T) {
	t.Parallel()
	name := fileName(12, 34)
	if s, f, ok := parseName(name); !ok || s != 12 || f != 34 {
		t.Errorf("%s reads as %d, %d, %v", name, s, f, ok)
	}
	for _, bad := range []string{"", "1-2.journal", name + "x", "x" + name, filepath.Join("a", name), "0000000012-+0000000000000000034.journal"} {
		if _, _, ok := parseName(bad); ok {
			t.Errorf("%q is taken for a file of the journal", bad)
		}
	}
}
