package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"rastro/internal/disk"
	"rastro/internal/disk/disktest"
	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/segment"
	"rastro/internal/store/local/ask"
)

// markedEvents makes events of which the even ones, and the first ten, carry
// the host "gone".
func markedEvents(n int, first uint64) []event.Event {
	events := engineEvents(n, first)
	for i := range events {
		if rid := events[i].RID; rid%2 == 0 || rid <= 10 {
			events[i].Set(event.Host, "gone")
			events[i].Add(event.Recipient, goneAddress)
		}
	}
	return events
}

// goneAddress is the recipient of the same events.
const goneAddress = "gone@person.example"

var goneFilter = query.Term{Field: query.Ref("host"), Value: "gone"}

// checkErased checks that of the events 1 to last all that stay are there
// once, and none of the others, or with some each of those at most once.
func checkErased(t *testing.T, e *Engine, last uint64, some bool) {
	t.Helper()
	got, _ := whole(t, e)
	if len(slices.Compact(slices.Clone(got))) != len(got) {
		t.Errorf("there twice: %v", got)
	}
	for rid := uint64(1); rid <= last; rid++ {
		gone := rid%2 == 0 || rid <= 10
		if there := slices.Contains(got, rid); !gone && !there || gone && there && !some {
			t.Errorf("event %d: there %v, to be erased %v", rid, there, gone)
			return
		}
	}
}

// TestEraseEveryOperationFails lets every operation of an erasure fail in
// turn, and cuts the power: no other event is lost or doubled, and what an
// erasure without an error removed does not come back.
func TestEraseEveryOperationFails(t *testing.T) {
	t.Parallel()
	const last = 36
	for _, fault := range []disktest.Fault{
		{Op: disktest.OpAny, Err: syscall.EIO},
		{Op: disktest.OpAny, Err: syscall.ENOSPC, Short: true},
		{Op: disktest.OpSync, Err: syscall.EIO},
		{Op: disktest.OpWrite, Err: syscall.EIO, Torn: true},
	} {
		for n := 1; ; n++ {
			root := t.TempDir()
			fs, dir := disktest.New(disk.OS(), root), filepath.Join(root, "store")
			e, err := Open(fs, dir, faultOptions())
			if err != nil {
				t.Fatal(err)
			}
			appendAll(t, e, markedEvents(last, 1))
			if n%3 > 0 {
				flushAll(t, e)
			}
			start := fs.Count()
			fault.N = n
			fs.Inject(fault)
			if n%2 == 0 { // and the way back is barred
				fs.Inject(disktest.Fault{Op: disktest.OpTruncate, N: 1})
			}
			removed, err := e.Erase(t.Context(), goneFilter)
			reached := fs.Count()-start >= n
			if !reached {
				fs.Heal() // or it would hit what follows
			}
			if err == nil && removed.Events != 23 {
				t.Errorf("%d events were erased", removed.Events)
			}
			if n%4 == 0 { // what failed before must not be lost with the next change
				appendAll(t, e, markedEvents(1, last+1))
			}
			checkErased(t, e, last, err != nil)
			crashed := t.TempDir()
			if err := fs.Crash(crashed, uint64(n)); err != nil {
				t.Fatal(err)
			}
			fs.Heal()
			if len(e.Stats().Quarantined) > 0 {
				t.Errorf("set aside without damage: %+v", e.Stats().Quarantined)
			}
			if _, err := e.Erase(t.Context(), goneFilter); err != nil {
				t.Errorf("erasing again: %v", err)
			}
			checkErased(t, e, last, false)
			if err := e.Close(); err != nil {
				t.Error(err)
			}
			reopenErased(t, dir, last, false)
			reopenErased(t, filepath.Join(crashed, "store"), last, err != nil)
			if t.Failed() {
				t.Fatalf("the fault was %+v; the erasure gave %v", fault, err)
			}
			if !reached {
				break
			}
		}
	}
}

// reopenErased opens a store, gives it what the journal holds, and erases
// again.
func reopenErased(t *testing.T, dir string, last uint64, some bool) {
	t.Helper()
	e, err := Open(disk.OS(), dir, faultOptions())
	if err != nil {
		t.Errorf("opening again: %v", err)
		return
	}
	defer e.Close()
	if len(e.Stats().Quarantined) > 0 {
		t.Errorf("set aside without damage: %+v", e.Stats().Quarantined)
	}
	if next := e.Next(); next <= last {
		if !some {
			t.Errorf("after an erasure events from %d on come back from the journal", next)
		}
		appendAll(t, e, markedEvents(int(last-next+1), next))
	}
	checkErased(t, e, last, some)
	if _, err := e.Erase(t.Context(), goneFilter); err != nil {
		t.Error(err)
	}
	checkErased(t, e, last, false)
	// Names are not used twice, and nothing is left behind.
	if len(e.Stats().Quarantined) > 0 {
		t.Errorf("set aside: %+v", e.Stats().Quarantined)
	}
}

func TestEraseOnAFullDisk(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	fs, dir := disktest.New(disk.OS(), root), filepath.Join(root, "store")
	e := openEngine(t, fs, dir, 100)
	appendAll(t, e, markedEvents(200, 1))
	flushAll(t, e)
	fs.SetQuota(fs.Used() + 1000)
	if _, err := e.Erase(t.Context(), goneFilter); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("erasing on a full disk gives %v", err)
	}
	checkErased(t, e, 200, false) // none is found any more
	// Whole files go all the same, and make room for the rest.
	old := query.Range{Field: query.FieldOf(event.Timestamp), To: query.Bound{Set: true, Inclusive: true, Int: testDay + 100*int64(time.Second)}}
	if removed, err := e.Erase(t.Context(), old); err != nil || removed.Segments != 1 || removed.Rewritten != 1 || removed.Events != 150 || removed.Bytes <= 0 {
		t.Errorf("erasing a whole file: %+v, %v", removed, err)
	}
	fs.SetQuota(-1)
	removed, err := e.Erase(t.Context(), goneFilter)
	if err != nil || removed.Rewritten != 0 || removed.Events != 0 {
		t.Errorf("erasing with space: %+v, %v", removed, err)
	}
}

// Only files that may hold an event are read, and after an erasure no byte of
// it is left in the folder's files.
func TestEraseLeavesNoTrace(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	e := openEngine(t, disk.OS(), dir, 50)
	events := engineEvents(300, 1)
	for _, i := range []int{70, 71, 260} {
		events[i].Add(event.Recipient, "vanish@person.example")
		events[i].Set(event.Message, "to=<vanish@person.example> sent")
		events[i].Extra = []event.Pair{{Name: "who", JSON: `"vanish@person.example"`}}
	}
	appendAll(t, e, events)
	flushAll(t, e)
	before := map[string]bool{}
	for _, f := range e.view.catalog.files {
		before[f.meta.Path] = true
	}
	removed, err := e.Erase(t.Context(), query.Term{Field: query.Ref("recipient"), Value: "vanish@person.example"})
	if err != nil || removed.Events != 3 || removed.Rewritten != 2 || removed.Segments != 0 {
		t.Fatalf("erased %+v, %v", removed, err)
	}
	same, total := 0, 0
	for _, f := range e.view.catalog.files {
		if before[f.meta.Path] {
			same++
		}
		file, err := segment.Open(disk.OS(), e.path(f.meta.Path), segment.Meta{}, segment.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range file.Blocks() {
			total += b.Rows()
			holdsNothing(t, b, "vanish")
		}
		file.Close()
	}
	if same != 4 || total != 297 {
		t.Errorf("%d files stayed and %d events", same, total)
	}
	paths, err := filepath.Glob(filepath.Join(dir, segmentsDir, "*", "*"))
	if err != nil || len(paths) != 6 {
		t.Errorf("the files are %v, %v", paths, err)
	}
}

// holdsNothing checks that a text stands in no value and no dictionary.
func holdsNothing(t *testing.T, b segment.Block, text string) {
	t.Helper()
	for _, info := range event.Fields() {
		f := info.Field
		if f.Kind().IsText() && f != event.Message && f != event.LogMessage {
			c, err := b.Strings(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, entry := range c.Dict {
				if strings.Contains(entry, text) {
					t.Errorf("%s holds %q", info.Name, entry)
				}
			}
		}
	}
	rows := make([]uint32, b.Rows())
	for i := range rows {
		rows[i] = uint32(i)
	}
	extras, err := b.ExtrasAt(rows)
	if err != nil || strings.Contains(strings.Join(extras, ""), text) {
		t.Errorf("unknown fields hold it: %v", err)
	}
	lines, err := b.StringsAt(event.Message, rows)
	if err != nil || strings.Contains(strings.Join(lines, ""), text) {
		t.Errorf("lines hold it: %v", err)
	}
}

// A question that began before an erasure finishes on the files it has.
func TestEraseBehindAQuestion(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	e := openEngine(t, disk.OS(), dir, 50)
	appendAll(t, e, markedEvents(100, 1))
	flushAll(t, e)
	v, err := e.hold()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Erase(t.Context(), goneFilter); err != nil {
		t.Fatal(err)
	}
	q := query.Question{Limit: 1000, Count: query.CountExact}
	a, err := ask.Run(t.Context(), e.source(v, q), q)
	if err != nil || a.Partial || len(a.Hits) != 100 {
		t.Errorf("the older question has %d hits, partial %v, %v", len(a.Hits), a.PartialReasons, err)
	}
	v.catalog.release()
	e.work.Done()
	if paths, _ := filepath.Glob(filepath.Join(dir, segmentsDir, "*", "*")); len(paths) != 2 {
		t.Errorf("the files are %v", paths)
	}
}

// Erased files are erased again and again; a damaged manifest comes back from
// the newest of each.
func TestEraseAndADamagedManifest(t *testing.T) {
	t.Parallel()
	for cut := 1; ; cut++ {
		dir := t.TempDir()
		e := openEngine(t, disk.OS(), dir, 50)
		events := engineEvents(200, 1)
		for i := range events {
			events[i].Time += int64(i%2) * nanosPerDay
		}
		appendAll(t, e, events)
		flushAll(t, e)
		for _, id := range []string{"Q7", "Q9", "Q60", "Q201"} {
			if _, err := e.Erase(t.Context(), query.Term{Field: query.Ref("queue_id"), Value: id}); err != nil {
				t.Fatal(err)
			}
		}
		e.Close()
		name := filepath.Join(dir, manifestName)
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		at := len(b)
		for range cut {
			at = strings.LastIndex(string(b[:at]), recordMagic)
		}
		if at < 0 {
			break
		}
		b[at+recordHead+3] ^= 0x21
		if cut == 1 { // else it looks like the end that a crash cut off
			b = append(b, b[:strings.Index(string(b[4:]), recordMagic)+4]...)
		}
		if err := os.WriteFile(name, b, 0o640); err != nil {
			t.Fatal(err)
		}
		e = openEngine(t, disk.OS(), dir, 50)
		got, a := rids(t, e)
		if len(got) != 197 || a.Partial || e.Next() != 201 {
			t.Errorf("entry %d from the end: %d events, partial %v, next %d", cut, len(got), a.PartialReasons, e.Next())
		}
		e.Close()
	}
}

func TestRulesAreCheapWithNothingToDo(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	fs := disktest.New(disk.OS(), root)
	e := openEngine(t, fs, filepath.Join(root, "store"), 50)
	appendAll(t, e, markedEvents(200, 1))
	flushAll(t, e)
	policy := query.Policy{Rules: []query.RetainRule{{Filter: goneFilter, KeepFor: 24 * time.Hour}, {Filter: query.Term{Field: query.Ref("host"), Value: "never"}}}}
	now := time.Unix(0, testDay).Add(49 * time.Hour)
	for i, want := range []int64{105, 0, 0} {
		e.files.closeAll()
		before := fs.Count()
		removed, err := e.Retain(t.Context(), policy, now.Add(time.Duration(i)*time.Minute))
		if err != nil || removed.Events != want {
			t.Fatalf("call %d removed %+v, %v", i, removed, err)
		}
		if used := fs.Count() - before; i > 0 && used > 0 {
			t.Errorf("call %d with nothing to do used the disk %d times", i, used)
		}
	}
	if _, err := e.Retain(t.Context(), policy, now.Add(24*time.Hour)); err != nil {
		t.Error(err)
	}
	if fmt.Sprint(e.ruled) == "" || len(e.ruled) != 2 {
		t.Errorf("remembered %v", e.ruled)
	}
}

func TestEraseEndsWithItsContextAndTheStore(t *testing.T) {
	t.Parallel()
	e := openEngine(t, disk.OS(), t.TempDir(), 10)
	appendAll(t, e, markedEvents(30, 1))
	flushAll(t, e)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := e.Erase(ctx, goneFilter); !errors.Is(err, context.Canceled) {
		t.Errorf("erasing with a cancelled context gives %v", err)
	}
	if _, err := e.Erase(t.Context(), query.Regexp{Field: query.Ref("host"), Pattern: "("}); err == nil {
		t.Error("a filter that cannot be compiled erases")
	}
	wantRange(t, e, 1, 30)
	e.Close()
	if _, err := e.Erase(t.Context(), goneFilter); !errors.Is(err, ErrClosed) {
		t.Errorf("erasing in a closed store gives %v", err)
	}
	if _, err := e.Snapshot(t.Context(), openRepo(t, disk.OS(), t.TempDir()), SnapshotOptions{Name: "x"}); !errors.Is(err, ErrClosed) {
		t.Errorf("a snapshot of a closed store gives %v", err)
	}
}
