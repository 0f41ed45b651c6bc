package local

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"rastro/internal/disk"
	"rastro/internal/disk/disktest"
	"rastro/internal/query"
	"rastro/internal/segment"
	"rastro/internal/store/local/rowset"
)

// Rows that could only be hidden, because the disk was full, stay hidden over
// restarts and over a manifest that is written anew, and their bytes go as soon
// as there is room.
func TestHiddenRowsStayHidden(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	fs, dir := disktest.New(disk.OS(), root), filepath.Join(root, "store")
	e := openEngine(t, fs, dir, 300)
	events := markedEvents(300, 1)
	for i := range events {
		events[i].Time += int64(i/2%20) * nanosPerDay // files of several days
	}
	appendAll(t, e, events)
	flushAll(t, e)
	fs.SetQuota(fs.Used() + 2000)
	if _, err := e.Erase(t.Context(), goneFilter); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("erasing on a full disk gives %v", err)
	}
	if !e.view.catalog.hides() {
		t.Fatal("nothing is hidden")
	}
	checkErased(t, e, 300, false)
	s := e.Stats()
	days := int64(0)
	for _, d := range s.Days {
		days += d.Events
	}
	if s.Events != 145 || days != s.Events {
		t.Errorf("%d events, %d by day", s.Events, days)
	}
	fs.SetQuota(-1)
	e.changing.Lock()
	if err := e.list.rewrite(e.content()); err != nil {
		t.Error(err)
	}
	e.changing.Unlock()
	fs.SetQuota(fs.Used() + 1000)
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	e, err := Open(fs, dir, faultOptions()) // still full
	if err != nil {
		t.Fatal(err)
	}
	checkErased(t, e, 300, false)
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	fs.SetQuota(-1)
	e = openEngine(t, fs, dir, 100)
	checkErased(t, e, 300, false)
	if err := e.finishErasing(t.Context()); err != nil || e.view.catalog.hides() {
		t.Errorf("finishing: %v, hidden rows %v", err, e.view.catalog.hides())
	}
	checkErased(t, e, 300, false)
	if got := e.Stats(); got.Events != 145 || len(got.Days) != len(s.Days) || !slices.Equal(dayEvents(got.Days), dayEvents(s.Days)) {
		t.Errorf("afterwards %+v, before %+v", got, s)
	}
	for _, f := range e.view.catalog.files {
		file, err := segment.Open(disk.OS(), e.path(f.meta.Path), segment.Meta{}, segment.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range file.Blocks() {
			holdsNothing(t, b, "gone")
		}
		file.Close()
	}
	if paths, err := filepath.Glob(filepath.Join(dir, segmentsDir, "*", "*")); err != nil || len(paths) != len(e.view.catalog.files) {
		t.Errorf("the files are %v, %v", paths, err)
	}
}

func FuzzHiddenRows(f *testing.F) {
	groups := []segment.GroupMeta{{Rows: 70}, {Rows: 9}, {Rows: 640}}
	f.Add([]byte(encodeHidden(groups, []rowset.Set{rowset.Of(70, []uint32{0, 69}), nil, rowset.All(640)})))
	f.Add([]byte{hiddenList, 1, 0, hiddenBits, 255, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		sets, count, err := hiddenRows(b).decode(groups)
		if err != nil {
			return
		}
		again, n, err := encodeHidden(groups, sets).decode(groups)
		if err != nil || n != count {
			t.Fatalf("%d rows of %d, %v", n, count, err)
		}
		for i := range sets {
			if !slices.Equal(again[i], sets[i]) && !(sets[i].Empty() && again[i].Empty()) || sets[i].Count() > groups[i].Rows {
				t.Errorf("row group %d: %v became %v", i, sets[i], again[i])
			}
		}
	})
}

// dayEvents is the counts of days alone: bytes change when files are written anew.
func dayEvents(list []query.DayStats) []string {
	var out []string
	for _, d := range list {
		out = append(out, fmt.Sprint(d.Day, " ", d.Events))
	}
	return out
}
