package disk_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"rastro/internal/disk"
)

func TestRootKeepsInside(t *testing.T) {
	t.Parallel()
	dir, outside := t.TempDir(), t.TempDir()
	secret := filepath.Join(outside, "secret")
	err := errors.Join(os.WriteFile(secret, []byte("x"), 0o600), os.Symlink(outside, filepath.Join(dir, "out")), os.Symlink(secret, filepath.Join(dir, "file")))
	if err != nil {
		t.Fatal(err)
	}
	r, err := disk.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for _, name := range []string{secret, filepath.Join(dir, "..", "x"), filepath.Join(dir, "out", "secret"), filepath.Join(dir, "file")} {
		if f, err := r.OpenFile(name, os.O_RDWR, 0); err == nil {
			f.Close()
			t.Errorf("%s was opened", name)
		}
		if _, err := r.Stat(name); err == nil {
			t.Errorf("%s was described", name)
		}
	}
	for what, err := range map[string]error{
		"remove": r.Remove(filepath.Join(dir, "out", "secret")),
		"rename": r.Rename(filepath.Join(dir, "out", "secret"), filepath.Join(dir, "mine")),
		"mkdir":  r.MkdirAll(filepath.Join(dir, "out", "more"), 0o700),
		"link":   r.Link(secret, filepath.Join(dir, "out", "second")),
		"sync":   r.SyncDir(filepath.Join(dir, "out")),
	} {
		if err == nil {
			t.Errorf("%s led out of the folder", what)
		}
	}
	if _, err := r.ReadDir(filepath.Join(dir, "out")); err == nil {
		t.Error("a folder outside was listed")
	}
	if b, err := os.ReadFile(secret); err != nil || string(b) != "x" {
		t.Errorf("the file outside is %q now: %v", b, err)
	}
}

func TestRootWorksLikeTheSystem(t *testing.T) {
	t.Parallel()
	dir, outside := t.TempDir(), t.TempDir()
	r, err := disk.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	other := filepath.Join(outside, "other")
	if err := os.WriteFile(other, []byte("abc"), 0o600); err != nil {
		t.Fatal(err)
	}
	sub := filepath.Join(dir, "a", "b")
	err = errors.Join(r.MkdirAll(sub, 0o750), r.MkdirAll(dir, 0o750), r.Link(other, filepath.Join(sub, "one")), r.Link(filepath.Join(sub, "one"), filepath.Join(sub, "two")),
		r.Rename(filepath.Join(sub, "two"), filepath.Join(dir, "three")), r.SyncDir(sub), r.SyncDir(dir))
	if err != nil {
		t.Fatal(err)
	}
	if entries, err := r.ReadDir(dir); err != nil || len(entries) != 2 || entries[0].Name() != "a" || entries[1].Name() != "three" {
		t.Errorf("listed %v, %v", entries, err)
	}
	if info, err := r.Stat(filepath.Join(dir, "three")); err != nil || info.Size() != 3 {
		t.Errorf("described %v, %v", info, err)
	}
	if free, total, err := r.Free(dir); err != nil || free == 0 || total < free {
		t.Errorf("free %d of %d, %v", free, total, err)
	}
	if err := r.Remove(filepath.Join(dir, "three")); err != nil {
		t.Error(err)
	}
}
