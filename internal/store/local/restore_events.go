package local

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"rastro/internal/event"
	"rastro/internal/segment"
	"rastro/internal/store/local/ask"
)

// Place is how far the events of a snapshot were read: all before row Row of
// file File. The zero Place is the beginning. It means the same for the same
// snapshot as long as that exists.
type Place struct{ File, Row int }

// String writes a Place as ParsePlace reads it.
func (p Place) String() string { return fmt.Sprintf("%d:%d", p.File, p.Row) }

// ParsePlace reads a Place; false when the text is none.
func ParsePlace(text string) (Place, bool) {
	file, row, ok := strings.Cut(text, ":")
	f, err1 := strconv.Atoi(file)
	n, err2 := strconv.Atoi(row)
	return Place{f, n}, ok && err1 == nil && err2 == nil && f >= 0 && n >= 0
}

// eventsAtOnce is how many rows of a snapshot are looked at for one call of
// visit.
const eventsAtOnce = 2000

// Events gives visit the events of a snapshot for whose day and index want is
// true (nil: all of the snapshot), in an order that is always the same, from a
// place on, and the place behind them; a batch may be empty. The events are
// visit's own; their RIDs are those of the snapshotted store. It ends with
// visit's error, or with one that wraps ErrBadSnapshot where a file is not what
// was written: the events before it were given.
func (r *Repository) Events(ctx context.Context, name string, want func(day, index string) bool, from Place, visit func(events []event.Event, behind Place) error) error {
	d, err := r.document(name)
	if err != nil {
		return err
	}
	sizes, err := r.segmentSizes()
	if err != nil {
		return err
	}
	for i := from.File; i < len(d.files); i++ {
		f := &d.files[i]
		// A part that was not chosen for the snapshot is not in it, even where its
		// file is.
		chosen := map[SnapshotPart]bool{}
		for _, p := range f.Parts {
			if want == nil || want(p.Day, p.Index) {
				chosen[SnapshotPart{Day: p.Day, Index: p.Index}] = true
			}
		}
		if len(chosen) == 0 {
			continue
		}
		if size, ok := sizes[f.Name]; !ok || size != f.Meta.Bytes {
			return fmt.Errorf("%w: the file %s is missing or has another size", ErrBadSnapshot, f.Name)
		}
		start := 0
		if i == from.File {
			start = from.Row
		}
		if err := r.fileEvents(ctx, i, f, chosen, start, visit); err != nil {
			if errors.Is(err, segment.ErrCorrupt) {
				err = fmt.Errorf("%w: %w", ErrBadSnapshot, err)
			}
			return fmt.Errorf("reading the events of the snapshot %s: %w", name, err)
		}
	}
	return nil
}

// fileEvents reads one file from a row on.
func (r *Repository) fileEvents(ctx context.Context, number int, f *snapshotFile, chosen map[SnapshotPart]bool, start int, visit func([]event.Event, Place) error) (err error) {
	defer func() { err = ask.Caught(recover(), f.Name, err) }()
	file, err := segment.Open(readingFS{r.fs}, r.segmentPath(f.Name), f.Meta.Meta, segment.Options{Canonical: canonical})
	if err != nil {
		return err
	}
	defer file.Close()
	first := 0
	for _, block := range file.Blocks() {
		end := first + block.Rows()
		if start >= end {
			first = end
			continue
		}
		var rows []uint32
		err := eachPart(block, func(row uint32, p SnapshotPart) {
			if first+int(row) >= start && chosen[p] {
				rows = append(rows, row)
			}
		})
		if err != nil {
			return err
		}
		rids, err := block.RIDs()
		if err != nil {
			return err
		}
		for len(rows) > 0 {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			n := min(len(rows), eventsAtOnce)
			events, err := ask.Events(block, rows[:n])
			if err != nil {
				return err
			}
			for i, row := range rows[:n] {
				events[i].RID = rids[row]
			}
			behind := Place{number, first + int(rows[n-1]) + 1}
			rows = rows[n:]
			if err := visit(events, behind); err != nil {
				return err
			}
		}
		first = end
	}
	return nil
}
