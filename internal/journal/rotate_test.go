package journal

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"rastro/internal/disk"
	"rastro/internal/disk/disktest"
	"rastro/internal/event"
)

// After Rotate and Trim no byte of an event is left in the folder, and the
// positions and the next number still are.
func TestRotateLeavesNoTrace(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	fs, dir := disktest.New(disk.OS(), root), filepath.Join(root, "journal")
	j, err := Open(fs, dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { j.Close() }()
	commit := func(text string) uint64 {
		t.Helper()
		var e event.Event
		e.Add(event.Message, text)
		encoded := Encode(nil, []event.Event{e})
		first, err := j.Commit([]Group{{Encoded: encoded, Count: 1, Positions: []event.Position{{Key: "k", State: []byte("s")}}}})
		if err != nil {
			t.Fatal(err)
		}
		return first
	}
	commit("to=<vanish@person.example>")
	fs.Inject(disktest.Fault{Op: disktest.OpAny, N: 1, Err: syscall.EIO})
	if err := j.Rotate(); err == nil {
		t.Error("rotating on a disk that fails succeeds")
	}
	fs.Heal()
	last := commit("another of vanish@person.example")
	for range 2 { // the second has nothing to do
		if err := j.Rotate(); err != nil {
			t.Fatal(err)
		}
		if err := j.Trim(last); err != nil {
			t.Fatal(err)
		}
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*.journal"))
	if err != nil || len(paths) != 1 {
		t.Fatalf("the files are %v, %v", paths, err)
	}
	if b, err := os.ReadFile(paths[0]); err != nil || strings.Contains(string(b), "vanish") {
		t.Errorf("the file still holds it, %v", err)
	}
	if next := commit("one more"); next != last+1 || string(j.Positions()["k"]) != "s" {
		t.Errorf("the next event gets %d after %d, positions %q", next, last, j.Positions())
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if err := j.Rotate(); !errors.Is(err, ErrClosed) {
		t.Errorf("rotating a closed journal: %v", err)
	}
	if j, err = Open(disk.OS(), dir, Options{AtLeast: last + 1}); err != nil || j.Next() != last+2 {
		t.Errorf("opened again: %v, next %d", err, j.Next())
	}
}
