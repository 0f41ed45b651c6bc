package local

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"rastro/internal/disk"
	"rastro/internal/disk/disktest"
	"rastro/internal/event"
	"rastro/internal/query"
)

// scattered are events of several days: most of one, late ones, and ones of
// wrong clocks.
func scattered(n int, first uint64) []event.Event {
	events := markedEvents(n, first)
	r := rand.New(rand.NewPCG(first, 1))
	for i := range events {
		switch r.IntN(10) {
		case 0:
			events[i].Time -= nanosPerDay * int64(1+r.IntN(3))
		case 1:
			events[i].Time -= nanosPerDay * int64(400+r.IntN(12))
		}
	}
	return events
}

func compactAll(t *testing.T, e *Engine) query.Compacted {
	t.Helper()
	done, err := e.Compact(t.Context(), CompactOptions{All: true})
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// wantSound checks that a closed store's folder has no fault.
func wantSound(t *testing.T, fs disk.FS, dir string) {
	t.Helper()
	_, err := Examine(t.Context(), fs, dir, ExamineOptions{Report: func(f Fault) { t.Errorf("fault: %+v", f) }})
	if err != nil {
		t.Error(err)
	}
}

func TestCompactKeepsEveryEvent(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	e := openEngine(t, disk.OS(), dir, 40)
	events := scattered(800, 1)
	appendAll(t, e, events)
	flushAll(t, e)
	_, before := rids(t, e)
	were := e.Stats()
	done := compactAll(t, e)
	_, after := rids(t, e)
	if !reflect.DeepEqual(before.Hits, after.Hits) || len(after.Hits) != 800 {
		t.Fatalf("%d hits before, %d after", len(before.Hits), len(after.Hits))
	}
	now := e.Stats()
	for i := range were.Days {
		if were.Days[i].Events != now.Days[i].Events {
			t.Errorf("day %+v was %+v", now.Days[i], were.Days[i])
		}
	}
	if done.FilesBefore != were.Segments || done.FilesAfter != now.Segments || now.Segments >= were.Segments/4 || done.BytesAfter >= done.BytesBefore ||
		done.FilesBefore-done.Merged+done.Written != done.FilesAfter || now.Compaction.Merged != int64(done.Merged) || now.Compaction.Events != done.Events {
		t.Errorf("done %+v, counted %+v, %d files", done, now.Compaction, now.Segments)
	}
	if again := compactAll(t, e); again.Merged != 0 {
		t.Errorf("a second time %+v", again)
	}
	found := 0
	for _, f := range e.view.catalog.files {
		if _, err := os.Stat(e.path(f.meta.Path)); err != nil {
			t.Error(err)
		}
		if folder := filepath.Base(filepath.Dir(f.meta.Path)); folder != mixedDir {
			if dayOf(f.meta.MinTime) != folder || dayOf(f.meta.MaxTime) != folder {
				t.Errorf("%s has events of %s and %s", f.meta.Path, dayOf(f.meta.MinTime), dayOf(f.meta.MaxTime))
			}
		}
		found++
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "segments", "*", "*")); len(left) != found {
		t.Errorf("%d files on the disk, %d in the store", len(left), found)
	}
	appendAll(t, e, scattered(100, 801))
	flushAll(t, e)
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	wantSound(t, disk.OS(), dir)
	e = openEngine(t, disk.OS(), dir, 40)
	if got, _ := rids(t, e); len(got) != 900 {
		t.Errorf("%d events after a restart", len(got))
	}
}

// fileOf is a file of so many events as a plan sees it.
// TestCompactionIsBounded lets servers of several sizes write for a while and
// counts how often events are written again.
// Files that must not be put together part those that may.
// TestCompactEveryOperationFails lets every operation of a compaction fail in
// turn, and looks at the living store, the store opened again, and what a
// power cut leaves.
// TestCompactedSurvivesALostManifest opens stores whose manifest is gone or
// damaged in the middle: files that were put together stand for their parts.
// What an erasure changes while files are put together stays erased.
func TestErasureBeatsCompaction(t *testing.T) {
	t.Parallel()
	e := openEngine(t, disk.OS(), t.TempDir(), 30)
	appendAll(t, e, markedEvents(90, 1))
	flushAll(t, e)
	files := slices.Clone(e.view.catalog.files)
	held := newCatalog(files, nil)
	if _, err := e.Erase(t.Context(), goneFilter); err != nil {
		t.Fatal(err)
	}
	var done query.Compacted
	if swapped, err := e.merge(t.Context(), files, false, &done); err != nil || swapped {
		t.Errorf("files that were erased from were put together: %v, error %v", swapped, err)
	}
	if swapped, err := e.swapAll(files, files[0].meta); err != nil || swapped {
		t.Errorf("and swapped: %v, error %v", swapped, err)
	}
	held.release()
	compactAll(t, e)
	checkErased(t, e, 90, false)
}

// A damaged file is set aside, and the others are put together.
// The manifest stays small however often files are put together.
// TestCompactAmongOthers compacts while everything else goes on.
func TestCompactAmongOthers(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	fs, dir := disktest.New(disk.OS(), root), filepath.Join(root, "store")
	e, err := Open(fs, dir, Options{SegmentRows: 50, SegmentAge: time.Hour, compact: mergeLimits{rows: 1000, bytes: 1 << 20, settles: time.Nanosecond}})
	if err != nil {
		t.Fatal(err)
	}
	repo, err := OpenRepository(fs, filepath.Join(root, "repo"), true)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	errs := make(chan error, 8)
	loop := func(what string, work func(n int) error) {
		go func() {
			for n := 0; ctx.Err() == nil; n++ {
				if err := work(n); err != nil && ctx.Err() == nil {
					errs <- fmt.Errorf("%s: %w", what, err)
					return
				}
			}
			errs <- nil
		}()
	}
	loop("compacting", func(n int) error {
		_, err := e.Compact(ctx, CompactOptions{All: n%5 == 4})
		return err
	})
	loop("erasing", func(int) error { _, err := e.Erase(ctx, goneFilter); return err })
	loop("snapshots", func(n int) error {
		_, err := e.Snapshot(ctx, repo, SnapshotOptions{Name: fmt.Sprint("s", n)})
		return err
	})
	loop("asking", func(int) error {
		// What is not erased is there once, whatever the files do.
		next := e.Next()
		a, err := e.Ask(ctx, query.Question{Limit: 1_000_000, Count: query.CountExact})
		seen := map[uint64]bool{}
		kept := 0
		for i := range a.Hits {
			rid := a.Hits[i].Event.RID
			if seen[rid] {
				return fmt.Errorf("event %d twice", rid)
			}
			if seen[rid] = true; rid < next && !isGone(rid) {
				kept++
			}
		}
		if err == nil && kept != keptBelow(next) {
			return fmt.Errorf("%d events below %d, want %d; partial %q", kept, next, keptBelow(next), a.PartialReasons)
		}
		return err
	})
	loop("retaining", func(int) error {
		_, err := e.Retain(ctx, query.Policy{KeepFor: time.Hour}, time.Unix(0, 0))
		return err
	})
	rounds := 40
	if testing.Short() {
		rounds = 15
	}
	for n := range rounds {
		appendAll(t, e, markedEvents(73, uint64(1+73*n)))
	}
	flushAll(t, e)
	stop()
	for range 5 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	compactAll(t, e)
	if _, err := e.Erase(t.Context(), goneFilter); err != nil {
		t.Fatal(err)
	}
	checkErased(t, e, uint64(73*rounds), false)
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	wantSound(t, fs, dir)
}

// isGone tells whether an event is one that goneFilter finds.
func isGone(rid uint64) bool { return rid%2 == 0 || rid <= 10 }

// keptBelow is how many events below a number goneFilter leaves.
func keptBelow(next uint64) (n int) {
	for rid := uint64(1); rid < next; rid++ {
		if !isGone(rid) {
			n++
		}
	}
	return n
}
