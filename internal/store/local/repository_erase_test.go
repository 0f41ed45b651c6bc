package local

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"rastro/internal/disk"
	"rastro/internal/disk/disktest"
	"rastro/internal/segment"
)

// TestRepositoryEraseEveryOperationFails lets every operation of an erasure
// from snapshots fail in turn, and cuts the power: every snapshot stays whole,
// no other event is lost, and after an erasure without an error none of the
// erased comes back.
func TestRepositoryEraseEveryOperationFails(t *testing.T) {
	t.Parallel()
	for i, fault := range []disktest.Fault{
		{Op: disktest.OpAny, Err: syscall.EIO},
		{Op: disktest.OpAny, Err: syscall.ENOSPC, Short: true},
		{Op: disktest.OpWrite, Err: syscall.EIO, Torn: true},
	} {
		step := 1 + 3*min(i, 1) // all of the first, some of the others
		if testing.Short() {
			step = 5
		}
		for n := 1; ; n += step {
			dir := t.TempDir()
			fs := disktest.New(disk.OS(), dir)
			e := openEngine(t, fs, filepath.Join(dir, "store"), 20)
			r, err := OpenRepository(fs, filepath.Join(dir, "repo"), true)
			if err != nil {
				t.Fatal(err)
			}
			for i, name := range []string{"a", "b"} {
				appendAll(t, e, markedEvents(25, uint64(1+25*i)))
				if _, err := e.Snapshot(t.Context(), r, SnapshotOptions{Name: name}); err != nil {
					t.Fatal(err)
				}
			}
			if err := e.Close(); err != nil {
				t.Fatal(err)
			}
			start := fs.Count()
			fault.N = n
			fs.Inject(fault)
			done, err := r.EraseAddress(t.Context(), goneAddress, false, nil)
			reached := fs.Count()-start >= n
			crashed := t.TempDir()
			if err := fs.Crash(crashed, uint64(n)); err != nil {
				t.Fatal(err)
			}
			fs.Heal()
			if err == nil && len(done.Unreadable) == 0 && (done.Snapshots != 2 || done.Events != 30) {
				t.Errorf("erased %+v", done)
			}
			checkErasedSnapshots(t, filepath.Join(dir, "repo"), err == nil && len(done.Unreadable) == 0)
			checkErasedSnapshots(t, filepath.Join(crashed, "repo"), false)
			if _, err := r.EraseAddress(t.Context(), goneAddress, false, nil); err != nil {
				t.Errorf("erasing again: %v", err)
			}
			checkErasedSnapshots(t, filepath.Join(dir, "repo"), true)
			if t.Failed() {
				t.Fatalf("the fault was %+v; the erasure gave %+v, %v", fault, done, err)
			}
			if !reached {
				break
			}
		}
	}
}

// checkErasedSnapshots checks that all snapshots are whole, hold every event
// that stays, and with erased none of the others.
func checkErasedSnapshots(t *testing.T, dir string, erased bool) {
	t.Helper()
	r, err := OpenRepository(disk.OS(), dir, false)
	if err != nil {
		t.Fatal(err)
	}
	for name, last := range map[string]int64{"a": 25, "b": 50} {
		bad, err := r.Verify(t.Context(), name, nil)
		if err != nil || len(bad) > 0 {
			t.Errorf("the snapshot %s: %+v, %v", name, bad, err)
			continue
		}
		d, err := r.document(name)
		if err != nil {
			t.Error(err)
			continue
		}
		odd, rows := int64(0), int64(0)
		for i := range d.files {
			file, err := segment.Open(disk.OS(), r.segmentPath(d.files[i].Name), d.files[i].Meta.Meta, segment.Options{})
			if err != nil {
				t.Fatal(err)
			}
			for _, b := range file.Blocks() {
				rids, err := b.RIDs()
				if err != nil {
					t.Fatal(err)
				}
				for _, rid := range rids {
					if rows++; rid%2 == 1 && rid > 10 {
						odd++
					}
				}
			}
			file.Close()
		}
		want := (last - 10 + 1) / 2
		if odd != want || rows != d.Events || erased && rows != want {
			t.Errorf("the snapshot %s has %d events, %d of %d that stay, and says %d; erased %v", name, rows, odd, want, d.Events, erased)
		}
	}
	if !erased {
		return
	}
	entries, err := os.ReadDir(filepath.Join(dir, segmentsDir))
	if err != nil || len(entries) == 0 {
		t.Errorf("%d files, %v", len(entries), err)
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), tempSuffix) || strings.Contains(e.Name(), "erased") {
			t.Errorf("left behind: %s", e.Name())
		}
	}
}

// A snapshot that began before an erasure does not bring its events back.
func TestSnapshotBehindAnErasure(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	e := openEngine(t, disk.OS(), filepath.Join(root, "store"), 20)
	repo, err := OpenRepository(disk.OS(), filepath.Join(root, "repo"), true)
	if err != nil {
		t.Fatal(err)
	}
	appendAll(t, e, markedEvents(50, 1))
	flushAll(t, e)
	// The repository is taken: the snapshot chooses its files and waits.
	waiting, ended := make(chan struct{}), make(chan error, 1)
	err = repo.change(t.Context(), func() error {
		go func() {
			_, err := e.Snapshot(t.Context(), repo, SnapshotOptions{Name: "s", Want: func(string, string) bool {
				select {
				case <-waiting:
				default:
					close(waiting)
				}
				return true
			}})
			ended <- err
		}()
		<-waiting
		_, err := e.EraseAddress(t.Context(), AddressErasure{Address: goneAddress})
		return err
	})
	if err := errors.Join(err, <-ended); err != nil {
		t.Fatal(err)
	}
	if s, err := repo.Get("s"); err != nil || s.Events != 20 {
		t.Errorf("the snapshot has %d events, %v", s.Events, err)
	}
}
