package dashboard

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// names lists a folder.
func names(t *testing.T, dir string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

func TestExamine(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, FileName)
	if size, err := Examine(t.Context(), path, false); size != 0 || err != nil {
		t.Errorf("no file: %d %v", size, err)
	}
	s := Open(t.Context(), path, Options{})
	before := names(t, dir)
	if _, err := Examine(t.Context(), path, true); err != nil {
		t.Errorf("beside a server: %v", err)
	}
	// What a crash leaves: the file and its log.
	crashed := t.TempDir()
	for _, name := range before {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(crashed, name), b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Examine(t.Context(), filepath.Join(crashed, FileName), false); err != nil {
		t.Errorf("after a crash: %v", err)
	}
	if now := names(t, crashed); !slices.Equal(now, before) {
		t.Errorf("%q became %q", before, now)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	before = names(t, dir)
	size, err := Examine(t.Context(), path, false)
	if size == 0 || err != nil {
		t.Errorf("closed: %d %v", size, err)
	}
	if now := names(t, dir); !slices.Equal(now, before) {
		t.Errorf("%q became %q", before, now)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for what, bad := range map[string][]byte{
		"cut within a page": good[:len(good)-20],
		"cut at a page":     good[:len(good)-4096],
		"another head":      append([]byte("sqlite"), good[6:]...),
		"ten bytes":         good[:10],
		"a bad page":        append(slices.Clone(good[:len(good)-4096]), make([]byte, 4096)...),
	} {
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Examine(t.Context(), path, false); err == nil || errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
