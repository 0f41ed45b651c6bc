package cluster

import (
	"os"
	"path/filepath"
	"testing"

	"rastro/internal/disk"
)

func TestExamine(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	if size, err := Examine(disk.OS(), path); size != 0 || err != nil {
		t.Errorf("no file: %d %v", size, err)
	}
	s, err := Open(disk.OS(), path, Options{})
	if err == nil {
		err = s.Change(func(c *Content) error { return nil })
	}
	if err != nil {
		t.Fatal(err)
	}
	size, err := Examine(disk.OS(), path)
	if size == 0 || err != nil {
		t.Errorf("%d %v", size, err)
	}
	if err := os.Truncate(path, size-2); err != nil {
		t.Fatal(err)
	}
	if _, err := Examine(disk.OS(), path); err == nil {
		t.Error("a cut file is good")
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 {
		t.Errorf("%v %v", entries, err)
	}
}
