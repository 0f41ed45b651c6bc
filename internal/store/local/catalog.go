package local

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"rastro/internal/query"
	"rastro/internal/segment"
	"rastro/internal/store/local/ask"
	"rastro/internal/store/local/rowset"
)

// The folders of a store.
const (
	segmentsDir   = "segments"
	quarantineDir = "quarantine"
	// mixedDir takes, in place of a day, the events of days that are too far
	// apart for a file each.
	mixedDir = "mixed"
)

// fileMeta is what the manifest keeps of a segment file. Path is relative to
// the store's folder, with slashes.
type fileMeta struct {
	segment.Meta
	// Days counts the events of each day where there are several.
	Days map[string]int `json:"days,omitempty"`
	// Hidden are erased rows, until the file is written anew without them. Rows
	// and Groups count them, Days does not.
	Hidden hiddenRows `json:"hidden,omitempty"`
}

// day is the UTC day of the file's first events.
func (m *fileMeta) day() string { return dayOf(m.MinTime) }

// segmentFile is one file in use. It lives as long as a catalog lists it or a
// reader holds such a catalog.
type segmentFile struct {
	meta fileMeta
	// blocks are the row groups that have rows to show; groups are their
	// numbers in the file.
	blocks []ask.Block
	groups []int
	// hidden are the erased rows of each row group, nil where there are none,
	// and hiddenRows their number.
	hidden     []rowset.Set
	hiddenRows int
	*fileHold
	// parts are the events by day and index, once somebody has counted them.
	parts atomic.Pointer[[]SnapshotPart]
}

// fileHold counts who uses a file. Before and after rows of a file are hidden
// it is the same one.
type fileHold struct {
	uses atomic.Int64 // catalogs that list the file
	// gone is what happens when nobody uses the file any more; nil for nothing.
	gone atomic.Pointer[func()]
}

// lostFile is a file that was set aside.
type lostFile struct {
	Meta   fileMeta `json:"meta"`
	Reason string   `json:"reason"`
}

// name is the file's name within the quarantine.
func (l *lostFile) name() string {
	return strings.ReplaceAll(strings.TrimPrefix(l.Meta.Path, segmentsDir+"/"), "/", "_")
}

// catalog is the list of segment files at one moment. It never changes, but
// for its count of users. The engine holds the present one.
type catalog struct {
	files []*segmentFile // by first RID
	lost  []lostFile
	users atomic.Int64
}

// newCatalog lists files, with the engine as first user.
func newCatalog(files []*segmentFile, lost []lostFile) *catalog {
	c := &catalog{files: files, lost: lost}
	c.users.Store(1)
	for _, f := range files {
		f.uses.Add(1)
	}
	return c
}

func (c *catalog) hold() { c.users.Add(1) }

// release ends one hold. The last one lets go of the files.
func (c *catalog) release() {
	if c.users.Add(-1) > 0 {
		return
	}
	for _, f := range c.files {
		if f.uses.Add(-1) > 0 {
			continue
		}
		if gone := f.gone.Swap(nil); gone != nil {
			(*gone)()
		}
	}
}

// with returns a catalog with further files.
func (c *catalog) with(files []*segmentFile) *catalog {
	return newCatalog(slices.Concat(c.files, files), c.lost)
}

// without returns a catalog without some files and with the lost ones given.
func (c *catalog) without(files []*segmentFile, lost []lostFile) *catalog {
	kept := slices.DeleteFunc(slices.Clone(c.files), func(f *segmentFile) bool { return slices.Contains(files, f) })
	return newCatalog(kept, lost)
}

// swapped returns a catalog with one file in the place of others, where the
// first of them stood.
func (c *catalog) swapped(old []*segmentFile, now *segmentFile) *catalog {
	files := slices.Clone(c.files)
	files[slices.Index(files, old[0])] = now
	files = slices.DeleteFunc(files, func(f *segmentFile) bool { return slices.Contains(old, f) })
	return newCatalog(files, c.lost)
}

// bytes is the size of all files.
func (c *catalog) bytes() (n int64) {
	for _, f := range c.files {
		n += f.meta.Bytes
	}
	return n
}

// owner finds the file of a block by the block's name.
func (c *catalog) owner(block string) *segmentFile {
	name, _, _ := strings.Cut(block, blockMark)
	for _, f := range c.files {
		if f.meta.Path == name {
			return f
		}
	}
	return nil
}

// blockMark parts a file's path from the number of a row group.
const blockMark = " row group "

// unreadable says which lost files an answer over a time misses.
func (c *catalog) unreadable(from, to int64) []string {
	var reasons []string
	for i := range c.lost {
		l := &c.lost[i]
		if (from == 0 || l.Meta.MaxTime >= from) && (to == 0 || l.Meta.MinTime < to) {
			reasons = append(reasons, fmt.Sprintf("%s was set aside with %d events: %s", l.Meta.Path, l.Meta.Rows, l.Reason))
		}
	}
	return reasons
}

// stats describes the files; Days are left to the caller.
func (c *catalog) stats() query.StoreStats {
	s := query.StoreStats{Segments: len(c.files)}
	for i, f := range c.files {
		s.Events += int64(f.rows())
		s.Bytes += f.meta.Bytes
		if i == 0 || f.meta.MinTime < s.Oldest {
			s.Oldest = f.meta.MinTime
		}
		if i == 0 || f.meta.MaxTime > s.Newest {
			s.Newest = f.meta.MaxTime
		}
	}
	for i := range c.lost {
		s.Quarantined = append(s.Quarantined, query.QuarantinedFile{
			Path:   path.Join(quarantineDir, c.lost[i].name()),
			Reason: c.lost[i].Reason, Events: int64(c.lost[i].Meta.Rows),
		})
	}
	return s
}

// days counts events and bytes by day.
func (c *catalog) days() dayCounts {
	days := dayCounts{}
	for _, f := range c.files {
		m := &f.meta
		if len(m.Days) == 0 {
			days.add(m.day(), int64(f.rows()), m.Bytes)
			continue
		}
		for day, rows := range m.Days {
			days.add(day, int64(rows), m.Bytes*int64(rows)/int64(m.Rows))
		}
	}
	return days
}

// dayCounts are figures by UTC day.
type dayCounts map[string]query.DayStats

func (d dayCounts) add(day string, events, bytes int64) {
	s := d[day]
	d[day] = query.DayStats{Day: day, Events: s.Events + events, Bytes: s.Bytes + bytes}
}

// list returns the days in ascending order.
func (d dayCounts) list() []query.DayStats {
	if len(d) == 0 {
		return nil
	}
	list := make([]query.DayStats, 0, len(d))
	for _, s := range d {
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b query.DayStats) int { return strings.Compare(a.Day, b.Day) })
	return list
}

// nanosPerDay is the length of a UTC day as times of events count it.
const nanosPerDay = int64(24 * time.Hour)

// dayNumber counts the UTC days since 1970.
func dayNumber(ns int64) int64 {
	day := ns / nanosPerDay
	if ns%nanosPerDay < 0 {
		day--
	}
	return day
}

// dayOf names the UTC day of a time in nanoseconds.
func dayOf(ns int64) string { return time.Unix(0, ns).UTC().Format(time.DateOnly) }

// newFile makes a file of the manifest usable for questions.
func (e *Engine) newFile(meta fileMeta) *segmentFile {
	return e.showFile(meta, &fileHold{})
}

// showFile is newFile for a file that is in use.
func (e *Engine) showFile(meta fileMeta, hold *fileHold) *segmentFile {
	f := &segmentFile{meta: meta, fileHold: hold}
	for i, g := range meta.Groups {
		f.blocks = append(f.blocks, ask.Block{
			First: g.MinTime, Last: g.MaxTime, Rows: g.Rows,
			Name: fmt.Sprint(meta.Path, blockMark, i),
			Open: func() (segment.Block, func(), error) { return e.openBlock(f, i) },
		})
		f.groups = append(f.groups, i)
	}
	if len(meta.Hidden) > 0 {
		f.hide()
	}
	return f
}

// path is the place of a file named relative to the store's folder.
func (e *Engine) path(name string) string { return filepath.Join(e.dir, filepath.FromSlash(name)) }
