package disk_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"rastro/internal/disk"
)

func TestOSWritesAndReads(t *testing.T) {
	t.Parallel()
	dir, fs := t.TempDir(), disk.OS()
	sub := filepath.Join(dir, "a", "b")
	if err := fs.MkdirAll(sub, 0o750); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(sub, "one")
	f, err := fs.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o640)
	if err != nil {
		t.Fatal(err)
	}
	if flags, err := unix.FcntlInt(f.(*os.File).Fd(), unix.F_GETFD, 0); err != nil || flags&unix.FD_CLOEXEC == 0 {
		t.Errorf("descriptor flags %b, %v: a child process would inherit the file", flags, err)
	}
	if _, err := f.Write([]byte("hello world")); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Sync(), f.Truncate(5), f.Close()); err != nil {
		t.Fatal(err)
	}
	link, moved := filepath.Join(sub, "two"), filepath.Join(sub, "three")
	if err := errors.Join(fs.Link(name, link), fs.Rename(link, moved), fs.Remove(name), fs.SyncDir(sub)); err != nil {
		t.Fatal(err)
	}
	entries, err := fs.ReadDir(sub)
	if err != nil || len(entries) != 1 || entries[0].Name() != "three" {
		t.Fatalf("folder holds %v, %v; want three alone", entries, err)
	}
	r, err := fs.OpenFile(moved, os.O_RDONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if b, err := io.ReadAll(r); err != nil || string(b) != "hello" {
		t.Errorf("read %q, %v; want hello", b, err)
	}
}

func TestOSReportsWhatIsMissing(t *testing.T) {
	t.Parallel()
	fs, missing := disk.OS(), filepath.Join(t.TempDir(), "none")
	f, err := fs.OpenFile(missing, os.O_RDONLY, 0)
	if !errors.Is(err, os.ErrNotExist) || f != nil {
		t.Errorf("OpenFile gave %v, %v; want a nil File and os.ErrNotExist", f, err)
	}
	if err := fs.SyncDir(missing); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("SyncDir gave %v; want os.ErrNotExist", err)
	}
	if _, _, err := fs.Free(missing); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Free gave %v; want os.ErrNotExist", err)
	}
}

func TestOSFree(t *testing.T) {
	t.Parallel()
	free, total, err := disk.OS().Free(t.TempDir())
	if err != nil || total == 0 || free > total {
		t.Errorf("free %d of %d, %v", free, total, err)
	}
}
