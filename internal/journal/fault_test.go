package journal

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"rastro/internal/disk"
	"rastro/internal/disk/disktest"
	"rastro/internal/event"
)

// sender stands for a source that is read again from its durable position: its
// position is the number of events it got an acknowledgement for.
type sender struct{ acked int }

// send commits the next batches until the sender has sent n events in all;
// what fails is sent again up to five times.
func (s *sender) send(j *Journal, n, batch int) error {
	for s.acked < n {
		var err error
		for range 5 {
			upTo := min(s.acked+batch, n)
			pos := event.Position{Key: "s", State: fmt.Append(nil, upTo)}
			if _, err = j.Commit([]Group{group(makeEvents(upTo-s.acked, s.acked), pos)}); err == nil {
				s.acked = upTo
				break
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// verify opens the folder and checks the promise: every acknowledged event is
// there, none is doubled, and the position belongs to the last event.
func verify(t *testing.T, fs disk.FS, dir string, acked int) (found int) {
	t.Helper()
	j, err := Open(fs, dir, Options{})
	if err != nil {
		t.Errorf("opening again: %v", err)
		return 0
	}
	defer j.Close()
	if d := j.Stats().Damage; len(d) > 0 {
		t.Errorf("damage where there is none: %+v", d)
	}
	offset := int64(0)
	err = j.Replay(1, func(events []event.Event) error {
		for i := range events {
			found++
			if events[i].RID != uint64(found) || events[i].Int(event.Offset) != offset {
				return fmt.Errorf("event %d at offset %d where event %d at %d belongs", events[i].RID, events[i].Int(event.Offset), found, offset)
			}
			offset += 200
		}
		return nil
	})
	if err != nil {
		t.Errorf("replay: %v", err)
	}
	if found < acked || j.Next() != uint64(found)+1 {
		t.Errorf("%d events and next %d, but %d were acknowledged", found, j.Next(), acked)
	}
	if pos := string(j.Positions()["s"]); found > 0 && pos != fmt.Sprint(found) {
		t.Errorf("position %s after %d events", pos, found)
	}
	return found
}

// TestEveryOperationFails lets every single operation fail in turn, in several
// ways, and then checks the live journal, the folder, and the folder after a
// power cut.
func TestEveryOperationFails(t *testing.T) {
	t.Parallel()
	faults := []disktest.Fault{
		{Op: disktest.OpAny, Err: syscall.EIO},
		{Op: disktest.OpAny, Err: syscall.ENOSPC, Short: true},
		{Op: disktest.OpAny, Err: syscall.EIO, Torn: true},
		{Op: disktest.OpSync, Err: syscall.EIO},
		{Op: disktest.OpWrite, Err: syscall.EIO, Short: true},
	}
	for _, fault := range faults {
		for n := 1; ; n++ {
			root := t.TempDir()
			dir := filepath.Join(root, "journal")
			fs := disktest.New(disk.OS(), root)
			fault.N = n
			fs.Inject(fault)
			if n%3 == 0 { // and the way back is barred too
				fs.Inject(disktest.Fault{Op: disktest.OpTruncate, N: 1})
			}
			before := fs.Count()
			s := sender{}
			j, err := Open(fs, dir, Options{MaxFileBytes: 3000})
			if err == nil {
				if err := s.send(j, 60, 7); err != nil {
					t.Fatalf("%v %d: the journal did not recover: %v", fault.Op, n, err)
				}
				j.Close()
			}
			reached := fs.Count()-before >= n
			fs.Heal()
			verify(t, fs, dir, s.acked)
			crashed := t.TempDir()
			if err := fs.Crash(crashed, uint64(n)); err != nil {
				t.Fatal(err)
			}
			if _, err := os.Stat(filepath.Join(crashed, "journal")); err == nil {
				verify(t, disk.OS(), filepath.Join(crashed, "journal"), s.acked)
			}
			if t.Failed() {
				t.Fatalf("the fault was %+v", fault)
			}
			if !reached {
				break
			}
		}
	}
}

// TestPowerCutAnywhere cuts the power after every commit, and in the middle of
// one, with several outcomes each, then goes on with what is left.
func TestPowerCutAnywhere(t *testing.T) {
	t.Parallel()
	rounds := uint64(40)
	if testing.Short() {
		rounds = 8
	}
	for seed := range rounds {
		root := t.TempDir()
		fs := disktest.New(disk.OS(), root)
		s := sender{}
		for cut := range 6 {
			dir := filepath.Join(root, "journal")
			j, err := Open(fs, dir, Options{MaxFileBytes: 2500})
			if err != nil {
				t.Fatal(err)
			}
			if err := s.send(j, s.acked+20+int(seed%7), 6); err != nil {
				t.Fatal(err)
			}
			if cut%2 == 0 { // written, never synced, never acknowledged
				fs.Inject(disktest.Fault{Op: disktest.OpSync, N: 1, Err: syscall.EINTR})
				fs.Inject(disktest.Fault{Op: disktest.OpTruncate, N: 1})
				if _, err := j.Commit([]Group{group(makeEvents(9, s.acked), event.Position{Key: "s", State: fmt.Append(nil, s.acked+9)})}); err == nil {
					t.Fatal("a commit without sync was acknowledged")
				}
			}
			crashed := t.TempDir()
			if err := fs.Crash(crashed, seed*10+uint64(cut)); err != nil {
				t.Fatal(err)
			}
			j.Close()
			s.acked = verify(t, disk.OS(), filepath.Join(crashed, "journal"), s.acked)
			root = t.TempDir()
			fs = disktest.New(disk.OS(), root)
			adopt(t, fs, crashed, root)
		}
		if t.Failed() {
			t.Fatalf("the seed was %d", seed)
		}
	}
}

// adopt copies a folder into a fault-injecting file system, durably.
func adopt(t *testing.T, fs disk.FS, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(from, path)
		target := filepath.Join(to, rel)
		if d.IsDir() {
			return fs.MkdirAll(target, 0o750)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		f, err := fs.OpenFile(target, os.O_WRONLY|os.O_CREATE, 0o640)
		if err != nil {
			return err
		}
		_, err = f.Write(b)
		return errors.Join(err, f.Sync(), f.Close(), fs.SyncDir(filepath.Dir(target)))
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestFullDiskIsFreedAgain(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	dir := filepath.Join(root, "journal")
	fs := disktest.New(disk.OS(), root)
	fs.SetQuota(20_000)
	j, err := Open(fs, dir, Options{MaxFileBytes: 4000})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	s := sender{}
	err = s.send(j, 1000, 5)
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("a full disk gave %v", err)
	}
	if j.Stats().WriteError == "" {
		t.Error("a full disk is not in the statistics")
	}
	full := s.acked
	verify(t, fs, dir, full)
	fs.SetQuota(-1)
	if err := s.send(j, full+100, 5); err != nil {
		t.Fatalf("after space was made: %v", err)
	}
	if e := j.Stats().WriteError; e != "" {
		t.Errorf("still in the statistics: %s", e)
	}
	verify(t, fs, dir, full+100)
}

// damageAt changes one byte of the n-th file of a journal.
func damageAt(t *testing.T, dir string, n int, place func(b []byte) int) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*"+extension))
	if err != nil || len(names) <= n {
		t.Fatalf("%d files: %v", len(names), err)
	}
	slices.Sort(names)
	b, err := os.ReadFile(names[n])
	if err != nil {
		t.Fatal(err)
	}
	b[place(b)] ^= 0x40
	if err := os.WriteFile(names[n], b, 0o640); err != nil {
		t.Fatal(err)
	}
	return names[n]
}

// recordAt returns where the n-th record of a file begins.
func recordAt(b []byte, n int) int {
	m := b[len(magic):headerSize]
	at := headerSize
	for range n {
		at += frameSize + bytes.Index(b[at+frameSize:], m)
	}
	return at
}

func TestDamageInTheMiddle(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		file    int
		place   func(b []byte) int
		atLeast uint64
		lost    int // events of 90
	}{
		{"a record of the only file", 0, func(b []byte) int { return recordAt(b, 2) + 40 }, 0, 10},
		{"its length", 0, func(b []byte) int { return recordAt(b, 2) + markSize + 2 }, 0, 10},
		{"its mark", 0, func(b []byte) int { return recordAt(b, 2) }, 0, 10},
		{"the store holds what is lost", 0, func(b []byte) int { return recordAt(b, 2) + 40 }, 21, 0},
		{"the store holds half of it", 0, func(b []byte) int { return recordAt(b, 2) + 40 }, 16, 5},
		{"the last record of a file with a successor", 1, func(b []byte) int { return len(b) - 3 }, 0, 10},
		{"the head of a file", 1, func([]byte) int { return 3 }, 0, -1},
		{"the snapshot of a file", 1, func([]byte) int { return headerSize + 20 }, 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			opts := Options{}
			if tt.file > 0 {
				opts.MaxFileBytes = 3000
			}
			j := open(t, dir, opts)
			s := sender{}
			if err := s.send(j, 90, 10); err != nil {
				t.Fatal(err)
			}
			j.Close()
			path := damageAt(t, dir, tt.file, tt.place)

			opts.AtLeast = tt.atLeast
			j = open(t, dir, opts)
			d := j.Stats().Damage
			if len(d) != 1 || filepath.Base(d[0].Path) != filepath.Base(path) || d[0].Bytes <= 0 {
				t.Fatalf("damage is reported as %+v", d)
			}
			if _, err := os.Stat(d[0].Path); err != nil {
				t.Errorf("no copy was kept: %v", err)
			}
			from := max(1, tt.atLeast)
			got := replay(t, j, from)
			if tt.lost >= 0 && (d[0].Events != int64(tt.lost) || len(got) != 90-tt.lost-int(from-1)) {
				t.Errorf("%d events lost by the report, %d replayed from %d", d[0].Events, len(got), from)
			}
			for i := range got {
				if got[i].RID != from+uint64(i) {
					t.Fatalf("RID %d follows %d events from %d", got[i].RID, i, from)
				}
				if i > 0 && got[i].Int(event.Offset) <= got[i-1].Int(event.Offset) {
					t.Fatalf("offset %d follows %d", got[i].Int(event.Offset), got[i-1].Int(event.Offset))
				}
			}
			if pos := string(j.Positions()["s"]); pos != "90" {
				t.Errorf("the position is %s, want 90", pos)
			}
			next := j.Next()
			if _, err := j.Commit([]Group{group(makeEvents(4, 90))}); err != nil {
				t.Fatal(err)
			}
			j.Close()
			j = open(t, dir, opts)
			if again := replay(t, j, from); len(again) != len(got)+4 || j.Next() != next+4 {
				t.Errorf("after a restart %d events and next %d; want %d and %d", len(again), j.Next(), len(got)+4, next+4)
			}
			if d := j.Stats().Damage; len(d) != 1 {
				t.Errorf("after a restart the damage is %+v", d)
			}
		})
	}
}

func TestTornTail(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	j := open(t, dir, Options{})
	s := sender{}
	if err := s.send(j, 30, 10); err != nil {
		t.Fatal(err)
	}
	j.Close()
	names, _ := filepath.Glob(filepath.Join(dir, "*"+extension))
	whole, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	last := recordAt(whole, 3)
	for cut := last; cut < len(whole); cut += 37 {
		if err := os.WriteFile(names[0], whole[:cut], 0o640); err != nil {
			t.Fatal(err)
		}
		if n := verify(t, disk.OS(), dir, 20); n != 20 {
			t.Fatalf("cut at %d of %d: %d events, want 20", cut, len(whole), n)
		}
	}
	j = open(t, dir, Options{})
	if torn := j.Stats().TornBytes; torn == 0 {
		t.Error("the torn bytes are not counted")
	}
	s.acked = 20
	if err := s.send(j, 50, 10); err != nil {
		t.Fatal(err)
	}
	verify(t, disk.OS(), dir, 50)
}

// TestForgedRecord writes a log line that holds a copy of a record of another
// journal, then damages the record before it: the forgery must not be read.
func TestForgedRecord(t *testing.T) {
	t.Parallel()
	other := open(t, t.TempDir(), Options{})
	if _, err := other.Commit([]Group{group(makeEvents(3, 500))}); err != nil {
		t.Fatal(err)
	}
	name, _ := filepath.Glob(filepath.Join(other.dir, "*"+extension))
	forged, err := os.ReadFile(name[0])
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	j := open(t, dir, Options{})
	var e event.Event
	e.Add(event.Message, string(forged))
	if _, err := j.Commit([]Group{group([]event.Event{e})}); err != nil {
		t.Fatal(err)
	}
	j.Close()
	damageAt(t, dir, 0, func(b []byte) int { return recordAt(b, 1) + frameSize })
	j = open(t, dir, Options{})
	if got := replay(t, j, 1); len(got) != 0 {
		t.Errorf("%d forged events were read", len(got))
	}
}
