package journal

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"rastro/internal/event"
)

// Replay gives visit every event with a RID of at least from, in their order,
// in batches. A batch is visit's own; its strings may share memory. Commit and
// Trim wait until Replay is done, so visit must not call them. It ends with
// visit's error, or with one that wraps ErrCorrupt when an event from there on
// is missing.
func (j *Journal) Replay(from uint64, visit func(events []event.Event) error) error {
	j.writing.Lock()
	defer j.writing.Unlock()
	j.mu.Lock()
	files := slices.Clone(j.files)
	j.mu.Unlock()
	want := from
	for _, f := range files {
		if f.end <= want {
			continue
		}
		want = max(want, f.first)
		_, err := scanFile(j.fs, j.path(f.name), func(r record) error {
			if r.kind != kindEvents || r.end() <= want || r.first >= f.end {
				return nil
			}
			if r.first > want {
				return missing(want, r.first)
			}
			events, err := decode(string(r.payload), r.first, r.count)
			if err != nil {
				return err
			}
			events = events[want-r.first:]
			want = r.end()
			return visit(events)
		})
		if err == nil && want < f.end {
			err = missing(want, f.end)
		}
		if err != nil {
			return fmt.Errorf("replaying the journal file %s: %w", f.name, err)
		}
	}
	return nil
}

// missing is the error of events that cannot be read any more.
func missing(from, to uint64) error {
	return fmt.Errorf("events %d to %d cannot be read: %w", from, to-1, ErrCorrupt)
}

// renewBytes is the size from which a file with nothing but durable events is
// worth replacing by a new one.
const renewBytes = 1 << 20

// Trim removes the files whose events the store holds: all up to durable. The
// newest file stays, with the positions and the number of the next event; when
// the store holds all of its events too, an empty one takes its place.
func (j *Journal) Trim(durable uint64) error {
	j.writing.Lock()
	defer j.writing.Unlock()
	if err := j.removeUpTo(durable); err != nil {
		return err
	}
	// The old files are gone before a new one needs space.
	if renewed, err := j.renew(durable); err != nil || !renewed {
		return err
	}
	return j.removeUpTo(durable)
}

// removeUpTo removes all files but the newest that hold nothing beyond durable.
func (j *Journal) removeUpTo(durable uint64) error {
	for {
		j.mu.Lock()
		if j.closed {
			j.mu.Unlock()
			return ErrClosed
		}
		if len(j.files) < 2 || j.files[0].end > durable+1 {
			j.mu.Unlock()
			return nil
		}
		name := j.files[0].name
		j.mu.Unlock()
		// Oldest first: whatever a crash leaves is a run of files without a hole.
		if err := j.fs.Remove(j.path(name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("removing the journal file %s: %w", name, err)
		}
		j.mu.Lock()
		j.files = slices.Delete(j.files, 0, 1)
		j.mu.Unlock()
	}
}

// renew begins a new file when the newest holds durable events only.
func (j *Journal) renew(durable uint64) (bool, error) {
	j.mu.Lock()
	worth := false
	if n := len(j.files); n > 0 && !j.closed {
		last := j.files[n-1]
		worth = last.size >= renewBytes && last.end > last.first && last.end <= durable+1
	}
	j.mu.Unlock()
	if !worth {
		return false, nil
	}
	if j.current != nil {
		j.abandon()
	}
	return true, j.begin()
}
