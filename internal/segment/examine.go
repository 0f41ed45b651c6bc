package segment

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"rastro/internal/disk"
	"rastro/internal/event"
)

// examineCache is the memory for parts of the file that Examine keeps: its
// filters above all.
const examineCache = 16 << 20

// Examine reads all of a file and returns everything that is wrong with it:
// its size and hash, the hash of its footer, the checksum of each page, the
// filters and their values, and rows, RIDs and times against meta. Nothing is
// changed. The list is empty for a good file; it names each damaged column of
// each row group once.
func Examine(fs disk.FS, path string, meta Meta, opts Options) []error {
	var faults []error
	if err := Check(fs, path, meta); err != nil {
		if faults = append(faults, err); !errors.Is(err, ErrCorrupt) {
			return faults
		}
	}
	opts.Cache = NewCache(examineCache) // its own: every part is read from the disk once
	f, err := Open(fs, path, meta, opts)
	if err != nil {
		return append(faults, err)
	}
	defer f.Close()
	index, err := f.begin()
	if err != nil {
		return append(faults, err)
	}
	defer f.Release()
	x := &examination{file: f, opts: opts, faults: faults}
	x.bounds(index)
	for i := range index.groups {
		x.group(&group{file: f, number: i, meta: index.meta.Groups[i]}, &index.groups[i])
	}
	return x.faults
}

// examination is the work of one Examine.
type examination struct {
	file   *File
	opts   Options
	faults []error
	last   uint64 // RID of the row before
}

func (x *examination) note(err error) {
	if err != nil {
		x.faults = append(x.faults, err)
	}
}

func (x *examination) fault(where string, args ...any) { x.note(x.file.corrupt(where, args...)) }

// bounds compares the footer with what the caller knows of the file.
func (x *examination) bounds(index *fileIndex) {
	have, want := index.meta, x.file.meta
	if have.Rows != want.Rows {
		x.fault("%d rows instead of %d", have.Rows, want.Rows)
	}
	if have.FirstRID != want.FirstRID || have.LastRID != want.LastRID {
		x.fault("events %d to %d instead of %d to %d", have.FirstRID, have.LastRID, want.FirstRID, want.LastRID)
	}
	if have.MinTime != want.MinTime || have.MaxTime != want.MaxTime {
		x.fault("times %s to %s instead of %s to %s", event.FormatTime(have.MinTime), event.FormatTime(have.MaxTime),
			event.FormatTime(want.MinTime), event.FormatTime(want.MaxTime))
	}
}

// group reads every column of a row group.
func (x *examination) group(g *group, index *groupIndex) {
	rids, err := g.RIDs()
	x.note(err)
	for _, rid := range rids {
		if rid <= x.last || rid < x.file.meta.FirstRID || rid > x.file.meta.LastRID {
			x.fault("row group %d: event %d out of order or out of %d to %d", g.number, rid, x.file.meta.FirstRID, x.file.meta.LastRID)
			break
		}
		x.last = rid
	}
	times, err := g.Times()
	x.note(err)
	for row, t := range times {
		if t < g.meta.MinTime || t > g.meta.MaxTime {
			x.fault("row group %d: the time of row %d, %s, is out of its bounds", g.number, row, event.FormatTime(t))
			break
		}
	}
	x.note(g.checkWords())
	for id, chunk := range index.chunks {
		if chunk == nil || column(id) == columnRID || column(id) == column(event.Timestamp) {
			continue
		}
		x.note(x.column(g, column(id)))
	}
	if g.holds(columnStart) && g.holds(column(event.Message)) || g.templated(false) {
		x.note(g.Texts(event.LogMessage, nil, func(int, string) bool { return true }))
	}
}

// column reads one column to its end.
func (x *examination) column(g *group, id column) error {
	switch {
	case id == columnExtra:
		return g.pageTexts(id, nil, func(int, string) bool { return true })
	case id == columnTemplate || id == columnRest:
		return nil // Texts reads them
	case id == columnStart || id == columnLength:
		_, err := g.numbers(id, nil)
		return err
	}
	switch f := event.Field(id); layouts[f] {
	case layoutLine:
		return g.pageTexts(id, nil, func(int, string) bool { return true })
	case layoutDict:
		c, err := g.Strings(f)
		if err != nil || !filtered[id] {
			return err
		}
		return x.filter(g, f, c.Dict)
	default:
		_, err := g.numbers(id, nil)
		return err
	}
}

// filter asks a Bloom filter for every value that the column has.
func (x *examination) filter(g *group, f event.Field, dict []string) error {
	for _, entry := range dict {
		if entry == "" {
			continue
		}
		for _, value := range append([]string{entry}, canonicals(x.opts, f, entry)...) {
			may, err := g.MayHold(f, value)
			if err != nil {
				return err
			}
			if !may {
				return x.file.corrupt("row group %d, column %s: the filter does not know a value of the column", g.number, f.Name())
			}
		}
	}
	return nil
}

// canonicals are the single values of an entry as MayHold is asked for them.
func canonicals(opts Options, f event.Field, entry string) []string {
	values := slices.Collect(strings.SplitSeq(entry, Sep))
	for i := range values {
		values[i] = opts.canonical(f, values[i])
	}
	return values
}

// Fault is the text of an error of Examine without the path, which whoever
// lists several files tells already.
func Fault(err error, path string) string {
	text := strings.TrimPrefix(err.Error(), fmt.Sprintf("%v %s: ", ErrCorrupt, path))
	return strings.ReplaceAll(text, path, "the file")
}
