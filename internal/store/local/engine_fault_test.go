package local

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"rastro/internal/disk"
	"rastro/internal/disk/disktest"
	"rastro/internal/query"
)

// faultOptions make many files quickly and try again at once.
func faultOptions() Options {
	return Options{SegmentRows: 10, SegmentAge: time.Hour, pause: time.Millisecond}
}

// catchUp opens a store, gives it the events up to last as a journal would,
// and checks that it holds each of them once.
func catchUp(t *testing.T, fs disk.FS, dir string, durable, last uint64) {
	t.Helper()
	e, err := Open(fs, dir, faultOptions())
	if err != nil {
		t.Errorf("opening again: %v", err)
		return
	}
	defer e.Close()
	if got := e.Durable(); got < durable || got > last {
		t.Errorf("durable is %d, it was %d", got, durable)
	}
	if q := e.Stats().Quarantined; len(q) > 0 {
		t.Errorf("set aside without damage: %+v", q)
	}
	appendAll(t, e, engineEvents(int(last-e.Next()+1), e.Next()))
	wantRange(t, e, 1, last)
	flushAll(t, e)
	wantRange(t, e, 1, last)
}

// TestEngineEveryOperationFails lets every single operation of a store fail in
// turn, in several ways, and checks the living store, the store opened again,
// and what a power cut leaves.
func TestEngineEveryOperationFails(t *testing.T) {
	t.Parallel()
	const last = 60
	for _, fault := range []disktest.Fault{
		{Op: disktest.OpAny, Err: syscall.EIO},
		{Op: disktest.OpAny, Err: syscall.ENOSPC, Short: true},
		{Op: disktest.OpSync, Err: syscall.EIO},
		{Op: disktest.OpWrite, Err: syscall.EIO, Torn: true},
	} {
		for n := 1; ; n++ {
			root := t.TempDir()
			fs, dir := disktest.New(disk.OS(), root), filepath.Join(root, "store")
			fault.N = n
			fs.Inject(fault)
			if n%2 == 0 { // and the way back is barred
				fs.Inject(disktest.Fault{Op: disktest.OpTruncate, N: 2})
			}
			durable := uint64(0)
			e, err := Open(fs, dir, faultOptions())
			if err == nil {
				appendAll(t, e, engineEvents(last, 1))
				if n%3 > 0 {
					flushAll(t, e)
				}
				wantWhole(t, e, 1, last)
				if _, err := e.Retain(t.Context(), query.Policy{KeepFor: time.Hour}, time.Unix(0, testDay)); err != nil {
					t.Error(err)
				}
				durable = e.Durable()
			}
			reached := fs.Count() >= n
			crashed := t.TempDir()
			if err := fs.Crash(crashed, uint64(n)); err != nil {
				t.Fatal(err)
			}
			if e != nil {
				if err := e.Close(); err != nil {
					t.Error(err)
				}
			}
			fs.Heal()
			catchUp(t, fs, dir, durable, last)
			catchUp(t, disk.OS(), filepath.Join(crashed, "store"), durable, last)
			if t.Failed() {
				t.Fatalf("the fault was %+v", fault)
			}
			if !reached {
				break
			}
		}
	}
}

// wantWhole is wantRange where a question may meet the failure.
func wantWhole(t *testing.T, e *Engine, first, last uint64) {
	t.Helper()
	got, a := whole(t, e)
	checkRange(t, got, a, first, last)
}

// whole asks for all RIDs until the answer is whole: one that met a failure says
// so, and those after the second look at the file have all again.
func whole(t *testing.T, e *Engine) ([]uint64, query.Answer) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) {
		got, a := rids(t, e)
		if !a.Partial {
			return got, a
		}
		if time.Now().After(end) {
			t.Fatalf("answers stay partial after one failure: %q", a.PartialReasons)
		}
	}
}

// TestPowerCutWhileWriting cuts the power at many moments of a busy store.
func TestPowerCutWhileWriting(t *testing.T) {
	t.Parallel()
	const last = 400
	root := t.TempDir()
	fs, dir := disktest.New(disk.OS(), root), filepath.Join(root, "store")
	e, err := Open(fs, dir, faultOptions())
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	done := make(chan error, 1)
	go func() { done <- e.Append(context.Background(), engineEvents(last, 1)) }()
	cuts := uint64(60)
	if testing.Short() {
		cuts = 15
	}
	for seed := range cuts {
		durable := e.Durable()
		crashed := t.TempDir()
		if err := fs.Crash(crashed, seed); err != nil {
			t.Fatal(err)
		}
		catchUp(t, disk.OS(), filepath.Join(crashed, "store"), durable, last)
		if t.Failed() {
			t.Fatalf("the seed was %d", seed)
		}
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestFullDiskStopsAndGoesOn(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	fs, dir := disktest.New(disk.OS(), root), filepath.Join(root, "store")
	e, err := Open(fs, dir, faultOptions())
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	appendAll(t, e, engineEvents(100, 1))
	flushAll(t, e)
	fs.SetQuota(fs.Used() + 6000)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { // gives up when the disk was found full, however slow the machine is
		for e.Stats().WriteError == "" && t.Context().Err() == nil {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(100 * time.Millisecond)
		cancel()
	}()
	if err := e.Append(ctx, engineEvents(1000, 101)); !errors.Is(err, context.Canceled) {
		t.Fatalf("appending to a full disk: %v", err)
	}
	next, durable := e.Next(), e.Durable()
	wantRange(t, e, 1, next-1)
	if text := e.Stats().WriteError; !strings.Contains(text, "no space left") {
		t.Errorf("the statistics say %q", text)
	}
	if err := e.Flush(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("flushing to a full disk: %v", err)
	}
	crashed := t.TempDir()
	if err := fs.Crash(crashed, 1); err != nil {
		t.Fatal(err)
	}
	catchUp(t, disk.OS(), filepath.Join(crashed, "store"), durable, next-1)

	fs.SetQuota(-1)
	appendAll(t, e, engineEvents(1000, 101))
	flushAll(t, e)
	wantRange(t, e, 1, 1100)
	if text := e.Stats().WriteError; text != "" {
		t.Errorf("the statistics still say %q", text)
	}
}

// TestDamagedFilesAreSetAside breaks one file in several ways, before the
// store is opened and while it runs.
func TestDamagedFilesAreSetAside(t *testing.T) {
	t.Parallel()
	for name, harm := range map[string]func(path string) error{
		"removed": os.Remove,
		"cut":     func(p string) error { return os.Truncate(p, 100) },
		"emptied": func(p string) error { return os.Truncate(p, 0) },
		"changed": func(p string) error {
			b, err := os.ReadFile(p)
			for i := range b {
				b[i] ^= 0x10
			}
			return errors.Join(err, os.WriteFile(p, b, 0o640))
		},
	} {
		for _, running := range []bool{true, false} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				e := openEngine(t, disk.OS(), dir, 100)
				appendAll(t, e, engineEvents(300, 1))
				flushAll(t, e)
				if !running {
					e.Close()
				}
				if err := harm(filepath.Join(dir, "segments", "2023-11-15", "101-200.parquet")); err != nil {
					t.Fatal(err)
				}
				if !running {
					e = openEngine(t, disk.OS(), dir, 100)
				}
				for _, when := range []string{"first", "again", "after a restart"} {
					got, a := rids(t, e)
					if len(got) != 200 || !a.Partial || a.TotalExact || len(a.PartialReasons) != 1 || !strings.Contains(a.PartialReasons[0], "101-200") {
						t.Fatalf("%s: %d events, partial %v: %q", when, len(got), a.Partial, a.PartialReasons)
					}
					waitForQuarantine(t, e)
					q := e.Stats().Quarantined
					if len(q) != 1 || q[0].Events != 100 || !strings.Contains(q[0].Path, "101-200") || q[0].Reason == "" {
						t.Fatalf("%s: set aside %+v", when, q)
					}
					if _, err := os.Stat(filepath.Join(dir, q[0].Path)); (err == nil) == (name == "removed") {
						t.Errorf("%s: the file in the quarantine: %v", when, err)
					}
					if when == "again" {
						e.Close()
						e = openEngine(t, disk.OS(), dir, 100)
					}
				}
				if a, err := e.Ask(t.Context(), query.Question{Count: query.CountExact, To: testDay + int64(100*time.Second)}); err != nil || a.Partial {
					t.Errorf("a question about another time: partial %v, %v", a.Partial, err)
				}
				if _, err := e.Retain(t.Context(), query.Policy{KeepFor: time.Hour}, time.Unix(0, testDay).AddDate(1, 0, 0)); err != nil {
					t.Error(err)
				}
				if q := e.Stats().Quarantined; len(q) != 0 {
					t.Errorf("still set aside after their age: %+v", q)
				}
			})
		}
	}
}

// waitForQuarantine waits until a file was set aside.
func waitForQuarantine(t *testing.T, e *Engine) {
	t.Helper()
	for range 1000 {
		if len(e.Stats().Quarantined) > 0 {
			e.changing.Lock() // its end, the move included
			defer e.changing.Unlock()
			return
		}
		time.Sleep(2 * time.Millisecond)
	}
	t.Fatal("nothing was set aside")
}

// TestDamagedManifest changes every byte of a manifest in turn; the store must
// come back whole from the footers of its files.
func TestDamagedManifest(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	e := openEngine(t, disk.OS(), dir, 50)
	events := engineEvents(200, 1)
	for i := range events {
		events[i].Time += int64(i%2) * nanosPerDay
	}
	appendAll(t, e, events)
	flushAll(t, e)
	e.Close()
	name := filepath.Join(dir, manifestName)
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	step := 97
	if testing.Short() {
		step = 701
	}
	for at := 0; at < len(whole); at += step {
		b := append([]byte(nil), whole...)
		b[at] ^= 0x21
		if err := os.WriteFile(name, b, 0o640); err != nil {
			t.Fatal(err)
		}
		e := openEngine(t, disk.OS(), dir, 50)
		next := e.Next()
		if next != 201 && next != 151 { // the last entry looks like a torn one
			t.Fatalf("byte %d: next is %d", at, next)
		}
		wantRange(t, e, 1, next-1)
		if q := e.Stats().Quarantined; len(q) != 0 {
			t.Fatalf("byte %d: set aside %+v", at, q)
		}
		e.Close()
		if next != 201 {
			break // the files of the torn entry are gone, as they should be
		}
	}
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	e = openEngine(t, disk.OS(), dir, 50)
	wantRange(t, e, 1, e.Next()-1)
	if e.Next() < 151 {
		t.Errorf("without a manifest the next event is %d", e.Next())
	}
}

func TestLostManifestEntryAndFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	e := openEngine(t, disk.OS(), dir, 50)
	appendAll(t, e, engineEvents(200, 1))
	flushAll(t, e)
	e.Close()
	name := filepath.Join(dir, manifestName)
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	b[strings.Index(string(b), `"first":51`)] ^= 1
	err = errors.Join(os.WriteFile(name, b, 0o640), os.Remove(filepath.Join(dir, "segments", "2023-11-15", "51-100.parquet")))
	if err != nil {
		t.Fatal(err)
	}
	e = openEngine(t, disk.OS(), dir, 50)
	got, a := rids(t, e)
	if len(got) != 150 || !a.Partial || e.Next() != 201 {
		t.Errorf("%d events, partial %v, next %d", len(got), a.Partial, e.Next())
	}
	if q := e.Stats().Quarantined; len(q) != 1 || q[0].Events != 50 {
		t.Errorf("reported as lost: %+v", q)
	}
	kept, err := filepath.Glob(filepath.Join(dir, quarantineDir, manifestName+"*"))
	if err != nil || len(kept) != 1 {
		t.Errorf("the damaged manifest was not kept: %v %v", kept, err)
	}
}

func TestManifestIsWrittenAnew(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	fs, dir := disktest.New(disk.OS(), root), filepath.Join(root, "store")
	e := openEngine(t, fs, dir, 10)
	appendAll(t, e, engineEvents(100, 1))
	flushAll(t, e)
	e.changing.Lock()
	e.list.size = 100 * rewriteBytes // as after years of retention
	e.changing.Unlock()
	appendAll(t, e, engineEvents(100, 101))
	flushAll(t, e)
	if size := e.list.size; size > rewriteBytes {
		t.Errorf("the manifest was not written anew: %d bytes", size)
	}
	e.Close()
	e = openEngine(t, fs, dir, 10)
	wantRange(t, e, 1, 200)
	if e.Next() != 201 {
		t.Errorf("next is %d", e.Next())
	}
}

// FuzzManifest opens a store with arbitrary bytes as its manifest.
func FuzzManifest(f *testing.F) {
	dir := f.TempDir()
	e, err := Open(disk.OS(), dir, Options{SegmentRows: 10, SegmentAge: time.Hour})
	if err != nil {
		f.Fatal(err)
	}
	if err := errors.Join(e.Append(context.Background(), engineEvents(40, 1)), e.Flush(context.Background())); err != nil {
		f.Fatal(err)
	}
	e.Close()
	b, err := os.ReadFile(filepath.Join(dir, manifestName))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add(b[:len(b)-7])
	f.Add([]byte(recordMagic + "\xff\xff\xff\xff1234"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		r := parseManifest(b)
		again, err := r.content.encode()
		if err != nil {
			t.Fatal(err)
		}
		second := parseManifest(again)
		if second.damaged() || second.torn > 0 || len(second.files) != len(r.files) || len(second.lost) != len(r.lost) || second.durable != r.durable {
			t.Fatalf("written anew it says %+v instead of %+v", second, r)
		}
	})
}
