package local

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"rastro/internal/disk"
	"rastro/internal/event"
	"rastro/internal/journal"
	"rastro/internal/query"
)

// killKeepDir names the folder of data to a helper process that erases,
// retains and makes snapshots.
const killKeepDir = "RASTRO_TEST_KILL_KEEP_DIR"

// keepUntilKilled takes marked events, and does by turns whatever removes or
// copies files. It prints what it has done for good.
func keepUntilKilled(dir string) error {
	e, j, err := openPair(dir)
	if err != nil {
		return err
	}
	repo, err := OpenRepository(disk.OS(), filepath.Join(dir, "repo"), true)
	if err != nil {
		return err
	}
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		next := int(e.Next())
		events := markedEvents(1+rand.IntN(30), uint64(next))
		first, err := j.Commit([]journal.Group{{Encoded: journal.Encode(nil, events), Count: len(events)}})
		if err != nil || first != uint64(next) {
			return errors.Join(err, fmt.Errorf("the journal goes on with %d, the store with %d", first, next))
		}
		if err := errors.Join(e.Append(context.Background(), events), j.Trim(e.Durable())); err != nil {
			return err
		}
		last := e.Next() - 1
		fmt.Println("acked", last)
		switch rand.IntN(7) {
		case 0:
			if _, err := e.Erase(context.Background(), goneFilter); err != nil {
				return err
			}
			fmt.Println("erased", last)
		case 6:
			if _, err := e.Compact(context.Background(), CompactOptions{All: rand.IntN(2) == 0}); err != nil {
				return err
			}
		case 3:
			if _, err := e.EraseAddress(context.Background(), AddressErasure{Address: goneAddress}); err != nil {
				return err
			}
			if _, err := repo.EraseAddress(context.Background(), goneAddress, false, nil); err != nil {
				return err
			}
			fmt.Println("erased", last)
		case 1:
			s, err := e.Snapshot(context.Background(), repo, SnapshotOptions{Name: fmt.Sprintf("s-%d-%d", os.Getpid(), last)})
			if err != nil {
				return err
			}
			fmt.Println("snapshot", s.LastRID)
		case 2:
			names, err := repo.Names()
			if err != nil || len(names) < 4 {
				continue
			}
			if _, err := repo.Delete(context.Background(), names[rand.IntN(len(names))]); err != nil {
				return err
			}
		}
	}
	return nil
}

// keepRun is what a helper printed before it was killed.
type keepRun struct{ acked, erased, snapshot uint64 }

// runKeeper runs the helper for a while and kills it.
func runKeeper(t *testing.T, dir string, until int) (run keepRun) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), killKeepDir+"="+dir)
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	read := func(line string) {
		var what string
		var n uint64
		if _, err := fmt.Sscan(line, &what, &n); err != nil {
			return // the last line may be cut
		}
		*map[string]*uint64{"acked": &run.acked, "erased": &run.erased, "snapshot": &run.snapshot}[what] = n
	}
	lines := bufio.NewScanner(out)
	for i := 0; i < until && lines.Scan(); i++ {
		read(lines.Text())
	}
	_ = cmd.Process.Kill() // it may have failed already; then complaint says why
	for lines.Scan() {
		read(lines.Text())
	}
	_ = cmd.Wait()
	if complaint.Len() > 0 {
		t.Fatalf("the helper failed: %s", complaint.String())
	}
	return run
}

// TestKillWhileKeeping kills a process that erases and makes snapshots, and
// checks that no other event is lost or doubled, that what was erased does not
// come back, and that every snapshot that is there is whole.
func TestKillWhileKeeping(t *testing.T) {
	t.Parallel()
	kills := (*killsFlag + 1) / 2 // each one looks at many snapshots
	if testing.Short() {
		kills = 4
	}
	dir := t.TempDir()
	erased := uint64(0)
	for n := range kills {
		run := runKeeper(t, dir, 1+rand.IntN(60))
		erased = max(erased, run.erased)
		checkKept(t, dir, run, erased)
		if t.Failed() {
			t.Fatalf("after kill %d: %+v, erased up to %d", n, run, erased)
		}
	}
}

func checkKept(t *testing.T, dir string, run keepRun, erased uint64) {
	t.Helper()
	e, j, err := openPair(dir)
	if err != nil {
		t.Fatal(err)
	}
	last := e.Next() - 1
	if last < run.acked || last != j.Next()-1 || len(e.Stats().Quarantined) > 0 {
		t.Errorf("%d events stored, %d in the journal, set aside %+v", last, j.Next()-1, e.Stats().Quarantined)
	}
	got, a := rids(t, e)
	if a.Partial || len(slices.Compact(slices.Clone(got))) != len(got) {
		t.Errorf("partial %v, or there twice", a.PartialReasons)
	}
	there := map[uint64]bool{}
	for _, rid := range got {
		there[rid] = true
	}
	for rid := uint64(1); rid <= last; rid++ {
		gone := rid%2 == 0 || rid <= 10
		if !gone && !there[rid] || gone && rid <= erased && there[rid] {
			t.Errorf("event %d: there %v, to be erased %v", rid, there[rid], gone)
			break
		}
	}
	if err := errors.Join(j.Close(), e.Close()); err != nil {
		t.Error(err)
	}
	repo, err := OpenRepository(disk.OS(), filepath.Join(dir, "repo"), true)
	if err != nil {
		t.Fatal(err)
	}
	names, err := repo.Names()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		_, err := repo.Get(name)
		bad, verifyErr := repo.Verify(t.Context(), name, nil)
		if err != nil || verifyErr != nil || len(bad) > 0 {
			t.Errorf("the snapshot %s: %v, %v, %+v", name, err, verifyErr, bad)
		}
	}
	if len(names) > 0 {
		checkWholeSnapshot(t, repo, names[len(names)-1])
	}
}

// checkWholeSnapshot restores a snapshot and checks that what stays is there.
func checkWholeSnapshot(t *testing.T, repo *Repository, name string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "restored")
	s, err := repo.Restore(t.Context(), disk.OS(), name, dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	e, err := Open(disk.OS(), dir, faultOptions())
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	odd := int64(0)
	a, err := e.Ask(t.Context(), query.Question{Limit: 1_000_000, Fields: []query.FieldRef{query.FieldOf(event.Host)}})
	if err != nil || int64(len(a.Hits)) != s.Events || e.Next() != s.LastRID+1 {
		t.Errorf("%d of %d events, next %d of %d, %v", len(a.Hits), s.Events, e.Next(), s.LastRID+1, err)
	}
	for _, h := range a.Hits {
		if h.Event.RID%2 == 1 && h.Event.RID > 10 {
			odd++
		}
	}
	if want := (int64(s.LastRID) - 9) / 2; s.LastRID > 10 && odd != want {
		t.Errorf("%d of the events that stay are in the snapshot, want %d", odd, want)
	}
}
