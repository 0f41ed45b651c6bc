package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"rastro/internal/disk"
	"rastro/internal/disk/disktest"
	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/store/local/ask"
)

// testDay is the first moment of the day of most test events.
const testDay = int64(1_700_006_400_000_000_000) // 2023-11-15

// engineEvents makes n events with RIDs from first, a second apart.
func engineEvents(n int, first uint64) []event.Event {
	events := make([]event.Event, n)
	for i := range events {
		rid := first + uint64(i)
		e := &events[i]
		e.RID = rid
		e.Time = testDay + int64(rid)*int64(time.Second)
		e.ReceivedAt = e.Time
		e.Add(event.Message, fmt.Sprintf("line %d of the test", rid))
		e.Add(event.QueueID, fmt.Sprintf("Q%d", rid))
		e.Add(event.Host, "mx")
		e.AddInt(event.Offset, int64(rid))
	}
	return events
}

// openEngine opens a store whose tails are written only when they are full.
func openEngine(t *testing.T, fs disk.FS, dir string, rows int) *Engine {
	t.Helper()
	e, err := Open(fs, dir, Options{SegmentRows: rows, SegmentAge: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

func appendAll(t *testing.T, e *Engine, events []event.Event) {
	t.Helper()
	if err := e.Append(t.Context(), events); err != nil {
		t.Fatal(err)
	}
}

func flushAll(t *testing.T, e *Engine) {
	t.Helper()
	if err := e.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// rids asks for all events and returns their RIDs, ascending, and the answer.
func rids(t *testing.T, e *Engine) ([]uint64, query.Answer) {
	t.Helper()
	a, err := e.Ask(t.Context(), query.Question{
		Limit: 1_000_000, Count: query.CountExact,
		Sort: []query.SortKey{{Field: query.FieldRef{Field: event.Timestamp}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	list := make([]uint64, len(a.Hits))
	for i := range a.Hits {
		list[i] = a.Hits[i].Event.RID
	}
	slices.Sort(list)
	return list, a
}

// wantRange checks that the store holds exactly the events from first to last.
func wantRange(t *testing.T, e *Engine, first, last uint64) {
	t.Helper()
	got, a := rids(t, e)
	checkRange(t, got, a, first, last)
}

func checkRange(t *testing.T, got []uint64, a query.Answer, first, last uint64) {
	t.Helper()
	if len(got) != int(last-first+1) || a.Total != int64(len(got)) {
		t.Fatalf("%d events, total %d; want %d to %d (partial because of %q)", len(got), a.Total, first, last, a.PartialReasons)
	}
	for i, rid := range got {
		if rid != first+uint64(i) {
			t.Fatalf("RID %d at place %d of %d to %d", rid, i, first, last)
		}
	}
}

func TestAppendFlushReopen(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	e := openEngine(t, disk.OS(), dir, 100)
	if e.Next() != 1 || e.Durable() != 0 {
		t.Fatalf("an empty store has next %d and durable %d", e.Next(), e.Durable())
	}
	all := engineEvents(1050, 1)
	appendAll(t, e, all[:30])
	wantRange(t, e, 1, 30)
	appendAll(t, e, all[20:])
	wantRange(t, e, 1, 1050)
	flushAll(t, e)
	wantRange(t, e, 1, 1050)
	if e.Durable() != 1050 || e.Next() != 1051 {
		t.Errorf("durable %d, next %d after a flush", e.Durable(), e.Next())
	}
	s := e.Stats()
	if s.Events != 1050 || s.TailEvents != 0 || s.Segments != 11 || s.Bytes == 0 ||
		s.Oldest != all[0].Time || s.Newest != all[1049].Time || len(s.Days) != 1 || s.Days[0].Day != "2023-11-15" ||
		s.Days[0].Events != 1050 || s.Days[0].Bytes != s.Bytes {
		t.Errorf("statistics %+v", s)
	}
	appendAll(t, e, engineEvents(7, 1051))
	wantRange(t, e, 1, 1057)
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Ask(t.Context(), query.Question{}); !errors.Is(err, ErrClosed) {
		t.Errorf("a question after Close: %v", err)
	}

	e = openEngine(t, disk.OS(), dir, 100)
	if e.Next() != 1051 || e.Durable() != 1050 {
		t.Errorf("reopened: next %d, durable %d", e.Next(), e.Durable())
	}
	wantRange(t, e, 1, 1050)
}

func TestAppendRefusesGaps(t *testing.T) {
	t.Parallel()
	e := openEngine(t, disk.OS(), t.TempDir(), 100)
	appendAll(t, e, engineEvents(5, 1))
	for _, events := range [][]event.Event{engineEvents(3, 7), append(engineEvents(2, 6), engineEvents(1, 9)...)} {
		if err := e.Append(t.Context(), events); !errors.Is(err, ErrGap) {
			t.Errorf("events from %d after 5: %v", events[0].RID, err)
		}
	}
	appendAll(t, e, engineEvents(4, 3)) // 3 to 5 are there already
	wantRange(t, e, 1, 6)
}

func TestDaysAreSplit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	e := openEngine(t, disk.OS(), dir, 1000)
	events := engineEvents(500, 1)
	for i := range events {
		day := int64(i % 3)
		if i%25 == 0 {
			day = int64(-400 + i) // clocks that are wrong
		}
		events[i].Time = testDay + day*nanosPerDay + int64(i)
	}
	appendAll(t, e, events)
	before := e.Stats()
	flushAll(t, e)
	after := e.Stats()
	if after.Segments != maxDayFiles {
		t.Errorf("%d files, want %d", after.Segments, maxDayFiles)
	}
	if len(before.Days) != 22 || len(after.Days) != len(before.Days) {
		t.Fatalf("%d days in memory, %d on disk", len(before.Days), len(after.Days))
	}
	for i := range after.Days {
		if after.Days[i].Events != before.Days[i].Events || after.Days[i].Day != before.Days[i].Day {
			t.Errorf("day %+v in memory, %+v on disk", before.Days[i], after.Days[i])
		}
	}
	wantRange(t, e, 1, 500)
	e.Close()
	e = openEngine(t, disk.OS(), dir, 1000)
	wantRange(t, e, 1, 500)
	if got := e.Stats(); got.Days[0] != after.Days[0] || got.Segments != after.Segments {
		t.Errorf("reopened: %+v", got)
	}
}

func TestSecondOpenIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	e := openEngine(t, disk.OS(), dir, 100)
	if err := e.SetInfo(LockInfo{Addresses: map[string]string{"ui": "127.0.0.1:5601", "elastic": "127.0.0.1:9200"}}); err != nil {
		t.Fatal(err)
	}
	_, err := Open(disk.OS(), dir, Options{})
	if !errors.Is(err, ErrLocked) {
		t.Fatalf("a second open: %v", err)
	}
	for _, want := range []string{fmt.Sprint("process ", os.Getpid()), "ui on 127.0.0.1:5601", dir} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not name %q: %v", want, err)
		}
	}
	info, held, err := ReadLock(disk.OS(), dir)
	if err != nil || !held || info.PID != os.Getpid() || info.Addresses["elastic"] != "127.0.0.1:9200" {
		t.Errorf("the lock reads as %+v, %v, %v", info, held, err)
	}
	e.Close()
	// A process that another test is starting has a copy of the open file until
	// its program begins.
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		_, held, err := ReadLock(disk.OS(), dir)
		if err == nil && !held {
			break
		}
		if err != nil || time.Now().After(end) {
			t.Fatalf("the lock of a closed store is held: %v, %v", held, err)
		}
	}
	openEngine(t, disk.OS(), dir, 100)
}

func TestRetain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	e := openEngine(t, disk.OS(), dir, 100)
	events := engineEvents(1000, 1)
	for i := range events {
		events[i].Time = testDay + int64(i/100)*nanosPerDay + int64(i)
	}
	appendAll(t, e, events)
	flushAll(t, e)
	now := time.Unix(0, testDay).Add(10 * 24 * time.Hour)

	held, err := e.hold() // a question that is under way
	if err != nil {
		t.Fatal(err)
	}
	removed, err := e.Retain(t.Context(), query.Policy{KeepFor: 8 * 24 * time.Hour}, now)
	if err != nil || removed.Segments != 2 || removed.Events != 200 || removed.Bytes == 0 {
		t.Fatalf("removed %+v, %v; want the first 200 events", removed, err)
	}
	wantRange(t, e, 201, 1000)
	oldest := filepath.Join(dir, "segments", "2023-11-15", "1-100.parquet")
	if _, err := os.Stat(oldest); err != nil {
		t.Errorf("a file in use is gone: %v", err)
	}
	if a, err := ask.Run(t.Context(), e.source(held, query.Question{}), query.Question{Count: query.CountExact}); err != nil || a.Total != 1000 {
		t.Errorf("the question under way sees %d events, %v", a.Total, err)
	}
	held.catalog.release()
	e.work.Done()
	if _, err := os.Stat(oldest); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file nobody uses is still there: %v", err)
	}

	limit := e.Stats().Bytes / 2
	if removed, err = e.Retain(t.Context(), query.Policy{MaxBytes: limit}, now); err != nil || removed.Segments != 4 {
		t.Errorf("removed %+v, %v; want half of eight files", removed, err)
	}
	wantRange(t, e, 601, 1000)
	if got := e.Stats().Bytes; got > limit {
		t.Errorf("%d bytes with a limit of %d", got, limit)
	}
	e.Close()
	e = openEngine(t, disk.OS(), dir, 100)
	wantRange(t, e, 601, 1000)
	if e.Next() != 1001 {
		t.Errorf("next is %d after a restart", e.Next())
	}
	if removed, err = e.Retain(t.Context(), query.Policy{KeepFor: time.Hour}, now.AddDate(1, 0, 0)); err != nil || removed.Events != 400 {
		t.Errorf("removed %+v, %v; want all", removed, err)
	}
	e.Close()
	if e = openEngine(t, disk.OS(), dir, 100); e.Next() != 1001 {
		t.Errorf("next is %d after everything was removed", e.Next())
	}
}

func TestAppendWaitsForRoom(t *testing.T) {
	t.Parallel()
	e := openEngine(t, disk.OS(), t.TempDir(), 10)
	e.changing.Lock() // nothing is written any more
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	err := e.Append(ctx, engineEvents(100, 1))
	if !errors.Is(err, context.DeadlineExceeded) || e.Next() != 31 {
		t.Errorf("with two frozen tails and a full one: %v, next %d", err, e.Next())
	}
	wantRange(t, e, 1, 30)
	e.changing.Unlock()
	appendAll(t, e, engineEvents(100, 1))
	flushAll(t, e)
	wantRange(t, e, 1, 100)
}

func TestOldTailsAreWritten(t *testing.T) {
	t.Parallel()
	e := openEngine(t, disk.OS(), t.TempDir(), 100_000) // SegmentAge is an hour
	appendAll(t, e, engineEvents(10, 1))
	for _, step := range []struct {
		after  time.Duration
		frozen bool
	}{{59 * time.Minute, false}, {2 * time.Hour, false}, {11 * time.Hour, true}} {
		tail := e.current()
		if e.freezeOld(time.Now().Add(step.after)); (e.current() != tail) != step.frozen {
			t.Errorf("ten events after %v: frozen is %v", step.after, !step.frozen)
		}
	}
	flushAll(t, e)
	appendAll(t, e, engineEvents(quietRows, 11))
	tail := e.current()
	if e.freezeOld(time.Now().Add(59 * time.Minute)); e.current() != tail {
		t.Error("a thousand events are frozen too early")
	}
	if e.freezeOld(time.Now().Add(61 * time.Minute)); e.current() == tail {
		t.Error("a thousand events are not frozen after an hour")
	}
	flushAll(t, e)
	wantRange(t, e, 1, 10+quietRows)
}

func TestBigEventsMakeSmallSegments(t *testing.T) {
	t.Parallel()
	e, err := Open(disk.OS(), t.TempDir(), Options{SegmentBytes: 1 << 20, SegmentAge: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	events := engineEvents(40, 1)
	for i := range events {
		events[i].Set(event.Message, strings.Repeat(string(rune('a'+i%26)), 200_000))
	}
	appendAll(t, e, events)
	if n := e.Stats().TailEvents; n > 3*6 {
		t.Errorf("%d events of 200 kB are in memory with a limit of 1 MiB a tail", n)
	}
	flushAll(t, e)
	wantRange(t, e, 1, 40)
}

// TestFullDiskCanBeRead opens a store on a disk without a free byte.
func TestFullDiskCanBeRead(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	fs, dir := disktest.New(disk.OS(), root), filepath.Join(root, "store")
	e := openEngine(t, fs, dir, 100)
	appendAll(t, e, engineEvents(200, 1))
	flushAll(t, e)
	e.Close()
	if err := os.Truncate(filepath.Join(dir, "segments", "2023-11-15", "1-100.parquet"), 10); err != nil {
		t.Fatal(err)
	}
	fs.SetQuota(0)
	e = openEngine(t, fs, dir, 100)
	wantRange(t, e, 101, 200)
	if q := e.Stats().Quarantined; len(q) != 1 {
		t.Errorf("set aside: %+v", q)
	}
	fs.SetQuota(-1)
	appendAll(t, e, engineEvents(100, 201))
	flushAll(t, e)
	e.Close()
	e = openEngine(t, fs, dir, 100)
	wantRange(t, e, 101, 300)
}
