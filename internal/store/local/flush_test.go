package local

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rastro/internal/disk"
)

// gatedFS makes nobody create a file whose name ends so before the gate opens.
type gatedFS struct {
	disk.FS
	suffix string
	gate   chan struct{}
}

func (f gatedFS) OpenFile(name string, flag int, perm os.FileMode) (disk.File, error) {
	if strings.HasSuffix(name, f.suffix) && flag&os.O_CREATE != 0 {
		<-f.gate
	}
	return f.FS.OpenFile(name, flag, perm)
}

// TestTailsBecomeFilesInOrder: two tails are written at a time, and the younger
// one, ready first, waits for the older one before it counts.
func TestTailsBecomeFilesInOrder(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "store")
	fs := gatedFS{disk.OS(), "/1-10.parquet.tmp", make(chan struct{})}
	e, err := Open(fs, dir, Options{SegmentRows: 10, SegmentAge: time.Hour, writers: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	appendAll(t, e, engineEvents(25, 1)) // two full tails, and five events more
	for found := []string(nil); len(found) == 0; time.Sleep(time.Millisecond) {
		if found, err = filepath.Glob(filepath.Join(dir, segmentsDir, "*", "11-20.parquet")); err != nil {
			t.Fatal(err)
		}
	}
	if d, s := e.Durable(), e.Stats(); d != 0 || s.Segments != 0 {
		t.Errorf("durable up to %d with %d files while the first events are in memory only", d, s.Segments)
	}
	wantRange(t, e, 1, 25)
	close(fs.gate)
	flushAll(t, e)
	if d := e.Durable(); d != 25 {
		t.Errorf("durable up to %d, want 25", d)
	}
	wantRange(t, e, 1, 25)
}
