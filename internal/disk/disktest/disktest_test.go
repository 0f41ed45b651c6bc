package disktest_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"rastro/internal/disk"
	"rastro/internal/disk/disktest"
)

// create makes a file of b; sync says whether it is durable.
func create(t *testing.T, fs disk.FS, name string, b []byte, sync bool) {
	t.Helper()
	f, err := fs.OpenFile(name, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Write(b); err != nil {
		t.Fatal(err)
	}
	if sync {
		if err := errors.Join(f.Sync(), fs.SyncDir(filepath.Dir(name))); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFaultHitsTheNthOperation(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	fs := disktest.New(disk.OS(), root)
	fs.Inject(disktest.Fault{Op: disktest.OpRename, N: 2, Err: syscall.ENOSPC})
	fs.Inject(disktest.Fault{Op: disktest.OpSync, N: 1, Path: "two", Sticky: true})
	create(t, fs, filepath.Join(root, "one"), []byte("1"), true)
	for i, step := range []struct {
		from, to string
		want     error
	}{{"one", "a", nil}, {"a", "b", syscall.ENOSPC}, {"a", "c", nil}} {
		if err := fs.Rename(filepath.Join(root, step.from), filepath.Join(root, step.to)); !errors.Is(err, step.want) {
			t.Errorf("rename %d: %v, want %v", i+1, err, step.want)
		}
	}
	f, err := fs.OpenFile(filepath.Join(root, "two"), os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for range 2 {
		if err := f.Sync(); !errors.Is(err, syscall.EIO) {
			t.Errorf("a sticky fault gave %v", err)
		}
	}
	if fs.Heal(); f.Sync() != nil {
		t.Error("a healed disk still fails")
	}
}

func TestShortAndTornWrites(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for _, fault := range []disktest.Fault{{Short: true}, {Torn: true}, {}} {
		fs := disktest.New(disk.OS(), root)
		fault.Op, fault.N = disktest.OpWrite, 1
		fs.Inject(fault)
		name := filepath.Join(root, fmt.Sprint(fault.Short, fault.Torn))
		f, err := fs.OpenFile(name, os.O_WRONLY|os.O_CREATE, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		text := bytes.Repeat([]byte("x"), 100)
		n, err := f.Write(text)
		f.Close()
		got, _ := os.ReadFile(name)
		want := 50
		if !fault.Short && !fault.Torn {
			want = 0
		}
		if n != want || len(got) != want || !errors.Is(err, syscall.EIO) {
			t.Errorf("%+v: wrote %d, file has %d bytes, %v; want %d", fault, n, len(got), err, want)
		}
		if bytes.Equal(got, text[:want]) == fault.Torn {
			t.Errorf("%+v: the file holds %q", fault, got)
		}
	}
}

func TestQuotaFillsAndFrees(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	fs := disktest.New(disk.OS(), root)
	fs.SetQuota(100)
	create(t, fs, filepath.Join(root, "a"), make([]byte, 80), true)
	f, err := fs.OpenFile(filepath.Join(root, "b"), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if n, err := f.Write(make([]byte, 30)); n != 20 || !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("wrote %d, %v; want 20 and ENOSPC", n, err)
	}
	if free, total, _ := fs.Free(root); free != 0 || total != 100 {
		t.Errorf("free %d of %d, want 0 of 100", free, total)
	}
	if err := errors.Join(fs.Remove(filepath.Join(root, "a")), f.Truncate(0)); err != nil {
		t.Fatal(err)
	}
	if n, err := f.Write(make([]byte, 100)); n != 100 || err != nil {
		t.Errorf("wrote %d, %v after space was made", n, err)
	}
}

func TestCrashKeepsWhatWasSynced(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	fs := disktest.New(disk.OS(), root)
	safe := bytes.Repeat([]byte("s"), 3000)
	create(t, fs, filepath.Join(root, "safe"), safe, true)
	f, err := fs.OpenFile(filepath.Join(root, "safe"), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Write(bytes.Repeat([]byte("u"), 3000)); err != nil {
		t.Fatal(err)
	}
	create(t, fs, filepath.Join(root, "new"), []byte("n"), false)
	if err := fs.Rename(filepath.Join(root, "new"), filepath.Join(root, "renamed")); err != nil {
		t.Fatal(err)
	}
	outcomes := map[string]bool{}
	for seed := range uint64(60) {
		dir := t.TempDir()
		if err := fs.Crash(dir, seed); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(dir, "safe"))
		if err != nil || !bytes.HasPrefix(got, safe) {
			t.Fatalf("seed %d: synced bytes are gone: %v", seed, err)
		}
		switch tail := got[len(safe):]; {
		case len(tail) == 0:
			outcomes["lost"] = true
		case bytes.IndexByte(tail, 0) >= 0:
			outcomes["torn"] = true
		default:
			outcomes["whole"] = true
		}
		for _, name := range []string{"new", "renamed"} {
			if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
				outcomes[name] = true
			}
		}
	}
	for _, want := range []string{"lost", "torn", "whole", "new", "renamed"} {
		if !outcomes[want] {
			t.Errorf("no crash of 60 left the outcome %q", want)
		}
	}
}

func TestFailedSyncLosesTheBytesForGood(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	fs := disktest.New(disk.OS(), root)
	name := filepath.Join(root, "f")
	create(t, fs, name, []byte("first"), true)
	f, err := fs.OpenFile(name, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Write([]byte("second")); err != nil {
		t.Fatal(err)
	}
	fs.Inject(disktest.Fault{Op: disktest.OpSync, N: 1})
	if f.Sync() == nil || f.Sync() != nil {
		t.Fatal("want one failing sync and then a good one")
	}
	dir := t.TempDir()
	if err := fs.Crash(dir, 1); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(filepath.Join(dir, "f")); string(got) != "first\x00\x00\x00\x00\x00\x00" {
		t.Errorf("a crash leaves %q", got)
	}
}
