package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"rastro/internal/disk"
	"rastro/internal/disk/disktest"
	"rastro/internal/event"
	"rastro/internal/query"
)

func openRepo(t *testing.T, fs disk.FS, dir string) *Repository {
	t.Helper()
	r, err := OpenRepository(fs, dir, true)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func takeSnapshot(t *testing.T, e *Engine, r *Repository, name string) Snapshot {
	t.Helper()
	s, err := e.Snapshot(t.Context(), r, SnapshotOptions{Name: name})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// checkRestored restores a snapshot and checks that it holds the events first
// to last, and that the store goes on behind them.
func checkRestored(t *testing.T, r *Repository, name string, first, last uint64) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "restored")
	if _, err := r.Restore(t.Context(), disk.OS(), name, dir, nil); err != nil {
		t.Fatal(err)
	}
	e := openEngine(t, disk.OS(), dir, 50)
	wantRange(t, e, first, last)
	if e.Next() != last+1 {
		t.Errorf("the restored store goes on with %d, want %d", e.Next(), last+1)
	}
	appendAll(t, e, engineEvents(70, last+1))
	flushAll(t, e)
	wantRange(t, e, first, last+70)
	if q := e.Stats().Quarantined; len(q) > 0 {
		t.Errorf("set aside %+v", q)
	}
}

// segmentInodes lists the files of a repository with their numbers on disk.
func segmentInodes(t *testing.T, r *Repository) map[string]uint64 {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(r.dir, segmentsDir))
	if err != nil {
		t.Fatal(err)
	}
	inodes := map[string]uint64{}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			t.Fatal(err)
		}
		inodes[entry.Name()] = info.Sys().(*syscall.Stat_t).Ino
	}
	return inodes
}

func TestSnapshotIsIncremental(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	e := openEngine(t, disk.OS(), filepath.Join(root, "store"), 50)
	r := openRepo(t, disk.OS(), filepath.Join(root, "repo"))
	appendAll(t, e, engineEvents(120, 1))
	one := takeSnapshot(t, e, r, "one")
	if one.Files != 3 || one.NewFiles != 3 || one.Events != 120 || one.LastRID != 120 || len(one.Parts) != 1 || !one.Whole || len(one.Missing) > 0 {
		t.Errorf("the first snapshot is %+v", one)
	}
	before := segmentInodes(t, r)
	appendAll(t, e, engineEvents(60, 121))
	two := takeSnapshot(t, e, r, "two")
	if two.Files != 5 || two.NewFiles != 2 || two.Events != 180 || two.UUID == one.UUID {
		t.Errorf("the second snapshot is %+v", two)
	}
	after := segmentInodes(t, r)
	for name, inode := range before {
		if after[name] != inode {
			t.Errorf("%s was written again", name)
		}
	}
	if _, err := e.Snapshot(t.Context(), r, SnapshotOptions{Name: "two"}); !errors.Is(err, ErrSnapshotExists) {
		t.Errorf("a second snapshot of the name gives %v", err)
	}
	// Erasing and retaining change nothing in the repository.
	if _, err := e.Erase(t.Context(), query.Term{Field: query.Ref("queue_id"), Value: "Q7"}); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Erase(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	list, damaged, err := r.List()
	if err != nil || len(damaged) > 0 || len(list) != 2 || list[0].Name != "one" || list[1].Name != "two" {
		t.Errorf("listed %+v, %v, %v", list, damaged, err)
	}
	for name, last := range map[string]uint64{"one": 120, "two": 180} {
		if bad, err := r.Verify(t.Context(), name, nil); err != nil || len(bad) > 0 {
			t.Errorf("verifying %s: %+v, %v", name, bad, err)
		}
		checkRestored(t, r, name, 1, last)
	}
	cleaned, err := r.Delete(t.Context(), "two")
	if err != nil || cleaned.Files != 2 {
		t.Errorf("deleting removed %+v, %v", cleaned, err)
	}
	checkRestored(t, r, "one", 1, 120)
	if _, err := r.Get("two"); !errors.Is(err, ErrNoSnapshot) {
		t.Errorf("a deleted snapshot gives %v", err)
	}
	if _, err := r.Delete(t.Context(), "two"); !errors.Is(err, ErrNoSnapshot) {
		t.Errorf("deleting twice gives %v", err)
	}
	if cleaned, err := r.Delete(t.Context(), "one"); err != nil || cleaned.Files != 3 || len(segmentInodes(t, r)) > 0 {
		t.Errorf("deleting removed %+v, %v; left %v", cleaned, err, segmentInodes(t, r))
	}
}

// A file system without links, or another one, gets copies.
func TestSnapshotCopiesWhereItCannotLink(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	fs := disktest.New(disk.OS(), root)
	fs.Inject(disktest.Fault{Op: disktest.OpLink, N: 1, Err: syscall.EXDEV, Sticky: true})
	e := openEngine(t, disk.OS(), filepath.Join(root, "store"), 50)
	r := openRepo(t, fs, filepath.Join(root, "repo"))
	appendAll(t, e, engineEvents(120, 1))
	takeSnapshot(t, e, r, "copied")
	for _, f := range e.view.catalog.files {
		info, err := os.Stat(e.path(f.meta.Path))
		if err != nil || info.Sys().(*syscall.Stat_t).Nlink != 1 {
			t.Errorf("%s is linked: %v", f.meta.Path, err)
		}
	}
	checkRestored(t, r, "copied", 1, 120)
	// A source that changed under us is not copied as if it were good.
	appendAll(t, e, engineEvents(50, 121))
	flushAll(t, e)
	last := e.view.catalog.files[3]
	b, err := os.ReadFile(e.path(last.meta.Path))
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if err := os.WriteFile(e.path(last.meta.Path), b, 0o640); err != nil {
		t.Fatal(err)
	}
	partial := takeSnapshot(t, e, r, "partial")
	if len(partial.Missing) != 1 || partial.Events != 120 || !strings.Contains(partial.Missing[0], last.meta.Path) {
		t.Errorf("the snapshot is %+v", partial)
	}
	waitForQuarantine(t, e)
	again := takeSnapshot(t, e, r, "again")
	if len(again.Missing) != 1 || again.Events != 120 {
		t.Errorf("the snapshot is %+v", again)
	}
}

func TestSnapshotWhileEventsCome(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	e, err := Open(disk.OS(), filepath.Join(root, "store"), Options{SegmentRows: 40, SegmentAge: 10 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	r := openRepo(t, disk.OS(), filepath.Join(root, "repo"))
	const last = 3000
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		defer close(done)
		for next := uint64(1); next <= last; next += 10 {
			if err := e.Append(t.Context(), engineEvents(10, next)); err != nil {
				t.Error(err)
				return
			}
			if next%500 == 1 { // the oldest go
				if _, err := e.Retain(t.Context(), query.Policy{KeepFor: 500 * time.Second}, time.Unix(0, testDay+int64(next)*int64(time.Second))); err != nil {
					t.Error(err)
				}
			}
		}
	})
	var mu sync.Mutex
	var taken []Snapshot
	for worker := range 2 {
		wg.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-done:
					return
				default:
				}
				s, err := e.Snapshot(t.Context(), r, SnapshotOptions{Name: fmt.Sprintf("s-%d-%d", worker, n)})
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				taken = append(taken, s)
				if len(taken)%5 == 0 {
					if _, err := r.Delete(t.Context(), taken[0].Name); err != nil {
						t.Error(err)
					}
					taken = taken[1:]
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if t.Failed() || len(taken) == 0 {
		t.Fatalf("%d snapshots", len(taken))
	}
	for _, s := range taken[max(0, len(taken)-6):] {
		if bad, err := r.Verify(t.Context(), s.Name, nil); err != nil || len(bad) > 0 {
			t.Fatalf("verifying %s: %+v, %v", s.Name, bad, err)
		}
		if s.Events > 0 {
			checkRestored(t, r, s.Name, s.LastRID-uint64(s.Events)+1, s.LastRID)
		}
	}
}

// TestSnapshotEveryOperationFails lets every operation of a snapshot fail in
// turn: there is a whole snapshot or none, in the folder and after a power cut,
// the older one stays whole, and the next one works.
func TestSnapshotEveryOperationFails(t *testing.T) {
	t.Parallel()
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
			r := openRepo(t, fs, filepath.Join(root, "repo"))
			appendAll(t, e, engineEvents(30, 1))
			takeSnapshot(t, e, r, "old")
			appendAll(t, e, engineEvents(30, 31))
			flushAll(t, e)
			start := fs.Count()
			fault.N = n
			fs.Inject(fault)
			if n%2 == 0 { // copies instead of links
				fs.Inject(disktest.Fault{Op: disktest.OpLink, N: 1, Err: syscall.EXDEV, Sticky: true})
			}
			s, err := e.Snapshot(t.Context(), r, SnapshotOptions{Name: "new"})
			reached := fs.Count()-start >= n
			if err == nil && len(s.Missing) == 0 && s.Events != 60 {
				t.Errorf("the snapshot is %+v", s)
			}
			crashed := t.TempDir()
			if err := fs.Crash(crashed, uint64(n)); err != nil {
				t.Fatal(err)
			}
			fs.Heal()
			checkRepository(t, r, err == nil)
			checkRepository(t, &Repository{fs: disk.OS(), dir: filepath.Join(crashed, "repo")}, err == nil)
			takeSnapshot(t, e, r, "next")
			checkRestored(t, r, "next", 1, 60)
			if err := e.Close(); err != nil {
				t.Error(err)
			}
			if t.Failed() {
				t.Fatalf("the fault was %+v; the snapshot gave %v", fault, err)
			}
			if !reached {
				break
			}
		}
	}
}

// checkRepository checks that every snapshot that is there is whole.
func checkRepository(t *testing.T, r *Repository, wantNew bool) {
	t.Helper()
	names, err := r.Names()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(names, "old") || wantNew && !slices.Contains(names, "new") {
		t.Errorf("there are %v", names)
	}
	for _, name := range names {
		if bad, err := r.Verify(t.Context(), name, nil); err != nil || len(bad) > 0 {
			t.Errorf("%s: %+v, %v", name, bad, err)
		}
	}
}

func TestSnapshotOnAFullDisk(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	fs := disktest.New(disk.OS(), root)
	e := openEngine(t, disk.OS(), filepath.Join(root, "store"), 50)
	r := openRepo(t, fs, filepath.Join(root, "repo"))
	appendAll(t, e, engineEvents(200, 1))
	fs.Inject(disktest.Fault{Op: disktest.OpLink, N: 1, Err: syscall.EXDEV, Sticky: true})
	fs.SetQuota(fs.Used() + 6000)
	if _, err := e.Snapshot(t.Context(), r, SnapshotOptions{Name: "full"}); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("a full disk gives %v", err)
	}
	if left := segmentInodes(t, r); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	fs.SetQuota(-1)
	takeSnapshot(t, e, r, "full")
	checkRestored(t, r, "full", 1, 200)
}

// TestRestoreEveryOperationFails lets every operation of a restore fail: what
// is left is no store until the restore was run again.
func TestRestoreEveryOperationFails(t *testing.T) {
	t.Parallel()
	source := t.TempDir()
	e := openEngine(t, disk.OS(), filepath.Join(source, "store"), 10)
	r := openRepo(t, disk.OS(), filepath.Join(source, "repo"))
	appendAll(t, e, engineEvents(40, 1))
	takeSnapshot(t, e, r, "s")
	for n := 1; ; n++ {
		root := t.TempDir()
		fs, dir := disktest.New(disk.OS(), root), filepath.Join(root, "store")
		fs.Inject(disktest.Fault{Op: disktest.OpAny, N: n, Err: syscall.EIO})
		_, err := r.Restore(t.Context(), fs, "s", dir, nil)
		reached := fs.Count() >= n
		crashed := t.TempDir()
		if err := fs.Crash(crashed, uint64(n)); err != nil {
			t.Fatal(err)
		}
		fs.Heal()
		for _, dir := range []string{dir, filepath.Join(crashed, "store")} {
			got, openErr := Open(disk.OS(), dir, faultOptions())
			if openErr == nil {
				if total := got.Stats().Events; total != 40 && (err == nil || total != 0) {
					t.Errorf("fault %d: a store with %d events; the restore gave %v", n, total, err)
				}
				if len(got.Stats().Quarantined) > 0 {
					t.Errorf("fault %d: set aside %+v", n, got.Stats().Quarantined)
				}
				got.Close()
				continue
			}
			if !errors.Is(openErr, ErrRestoring) {
				t.Errorf("fault %d: opening gives %v", n, openErr)
			}
			if _, err := r.Restore(t.Context(), disk.OS(), "s", dir, nil); err != nil {
				t.Errorf("fault %d: restoring again gives %v", n, err)
				continue
			}
			again := openEngine(t, disk.OS(), dir, 50)
			wantRange(t, again, 1, 40)
			again.Close()
		}
		if t.Failed() || !reached {
			break
		}
	}
}

func TestRestoreRefusesAFolderInUse(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	dir := filepath.Join(root, "store")
	e := openEngine(t, disk.OS(), dir, 10)
	r := openRepo(t, disk.OS(), filepath.Join(root, "repo"))
	appendAll(t, e, engineEvents(10, 1))
	takeSnapshot(t, e, r, "s")
	if _, err := r.Restore(t.Context(), disk.OS(), "s", dir, nil); !errors.Is(err, ErrNotEmpty) {
		t.Errorf("restoring over a store gives %v", err)
	}
	if _, err := r.Restore(t.Context(), disk.OS(), "other", filepath.Join(root, "x"), nil); !errors.Is(err, ErrNoSnapshot) {
		t.Errorf("restoring what is not there gives %v", err)
	}
	wantRange(t, e, 1, 10)
	// Two at once: the second is told who is at it.
	twice := filepath.Join(root, "twice")
	_, err := r.Restore(t.Context(), disk.OS(), "s", twice, func(Snapshot) error {
		if _, err := r.Restore(t.Context(), disk.OS(), "s", twice, nil); !errors.Is(err, ErrLocked) {
			t.Errorf("a second restore beside the first gives %v", err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// indexEvents makes events of two days, every third with an index of its own.
func indexEvents(n int) []event.Event {
	events := engineEvents(n, 1)
	for i := range events {
		events[i].Time += int64(i%2) * nanosPerDay
		if i%3 == 0 {
			events[i].Add(event.Index, "mine")
			events[i].Extra = []event.Pair{{Name: "odd", JSON: `{"a":[1,2]}`}}
		}
	}
	return events
}

func TestSnapshotOfChosenPartsAndItsEvents(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	e := openEngine(t, disk.OS(), filepath.Join(root, "store"), 50)
	r := openRepo(t, disk.OS(), filepath.Join(root, "repo"))
	appendAll(t, e, indexEvents(300))
	all := takeSnapshot(t, e, r, "all")
	want := []SnapshotPart{
		{"2023-11-15", "", 100}, {"2023-11-15", "mine", 50}, {"2023-11-16", "", 100}, {"2023-11-16", "mine", 50},
	}
	if !slices.Equal(all.Parts, want) || all.Events != 300 {
		t.Errorf("the parts are %+v", all.Parts)
	}
	chosen, err := e.Snapshot(t.Context(), r, SnapshotOptions{
		Name: "chosen", Want: func(day, index string) bool { return index == "mine" || day == "2023-11-16" }, Metadata: []byte(`{"by":"me"}`),
	})
	if err != nil || chosen.Events != 200 || chosen.Whole || len(chosen.Parts) != 3 || chosen.NewFiles != 0 {
		t.Fatalf("the chosen snapshot is %+v, %v", chosen, err)
	}
	read := func(name string, want func(day, index string) bool, from Place, stop int) (list []event.Event, at Place) {
		t.Helper()
		err := r.Events(t.Context(), name, want, from, func(events []event.Event, behind Place) error {
			list, at = append(list, events...), behind
			if stop--; stop == 0 {
				return context.Canceled
			}
			return nil
		})
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		return list, at
	}
	if list, _ := read("chosen", nil, Place{}, -1); len(list) != 200 {
		t.Errorf("the chosen snapshot gives %d events", len(list))
	}
	mine := func(_, index string) bool { return index == "mine" }
	whole, _ := read("all", mine, Place{}, -1)
	// Interrupted anywhere, the events come once.
	var parts []event.Event
	at := Place{}
	for {
		var list []event.Event
		list, next := read("all", mine, at, 1)
		if len(list) == 0 {
			break
		}
		again, ok := ParsePlace(next.String())
		if !ok || again != next {
			t.Fatalf("the place %v reads as %v", next, again)
		}
		parts, at = append(parts, list...), next
	}
	if len(whole) != 100 || len(parts) != 100 {
		t.Fatalf("%d events at once, %d in parts", len(whole), len(parts))
	}
	original := indexEvents(300)
	for i := range whole {
		a, b, c := asJSON(&whole[i]), asJSON(&parts[i]), asJSON(&original[whole[i].RID-1])
		if a != b || a != c {
			t.Errorf("event %d is %s, in parts %s, originally %s", i, a, b, c)
		}
	}
}

func asJSON(e *event.Event) string { return string(event.AppendJSON(nil, e, nil)) }
