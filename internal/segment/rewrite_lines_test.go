package segment

import (
	"path/filepath"
	"testing"

	"rastro/internal/disk"
	"rastro/internal/event"
)

// Templates and leftovers of mail lines are taken over, and the lines that stay
// read back as they were.
func TestRewriteOfTemplates(t *testing.T) {
	var events []event.Event
	for range 40 { // more lines than make a row group keep them as they are
		for _, e := range mailEvents(t, 200) {
			e.RID = uint64(len(events) + 1)
			events = append(events, e)
		}
	}
	meta := written(t, events, nil)
	old := opened(t, meta, nil)
	if !old.Blocks()[0].(*group).templated(false) {
		t.Fatal("the lines of mail are in no templates")
	}
	var rows []uint32
	var want []event.Event
	for i := range events {
		if i%7 != 3 {
			rows, want = append(rows, uint32(i)), append(want, events[i])
		}
	}
	now, err := Rewrite(disk.OS(), filepath.Join(t.TempDir(), "b.parquet"), old, [][]uint32{rows}, Options{Words: plainWords})
	if err != nil {
		t.Fatal(err)
	}
	checkFile(t, opened(t, now, NewCache(1<<20)), want)
	if faults := Examine(disk.OS(), now.Path, now, Options{}); len(faults) > 0 {
		t.Error(faults)
	}
}
