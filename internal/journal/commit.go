package journal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
)

// keepBuffer is the largest buffer that is kept for the next Commit.
const keepBuffer = 8 << 20

// Commit makes groups durable with one write and one fsync, and returns the
// RID of their first event; the others follow it without a gap, in the order
// of the groups. Later positions of a key replace earlier ones.
//
// When Commit returns an error none of it counts: no RID is used up, no
// position has moved, and the same groups or others may be committed when the
// cause is gone. After a crash an unacknowledged Commit may turn out to be
// durable, as a whole.
func (j *Journal) Commit(groups []Group) (first uint64, err error) {
	j.writing.Lock()
	defer j.writing.Unlock()
	first, err = j.commit(groups)
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.failure = ""; err != nil {
		j.failure = err.Error()
	}
	return first, err
}

func (j *Journal) commit(groups []Group) (uint64, error) {
	count, size := 0, 0
	for i := range groups {
		g := &groups[i]
		if g.Count < 0 || g.Count > len(g.Encoded)/minEventBytes {
			return 0, fmt.Errorf("committing: group %d names %d events in %d bytes", i, g.Count, len(g.Encoded))
		}
		count += g.Count
		size += len(g.Encoded)
		for _, p := range g.Positions {
			size += len(p.Key) + len(p.State) + 20
		}
	}
	if size > MaxCommitBytes {
		return 0, fmt.Errorf("committing %d bytes: %w", size, ErrTooLarge)
	}
	if err := j.ready(); err != nil {
		return 0, err
	}
	first := j.Next()
	if size == 0 {
		return first, nil
	}
	if err := j.write(groups, first, count); err != nil {
		return 0, err
	}
	j.accept(groups, count)
	return first, nil
}

// ready sees to it that current is a file that takes a record.
func (j *Journal) ready() error {
	j.mu.Lock()
	closed, full := j.closed, j.current != nil && j.files[len(j.files)-1].size >= j.limit
	j.mu.Unlock()
	if closed {
		return ErrClosed
	}
	if full {
		j.abandon()
	}
	if j.current == nil {
		return j.begin()
	}
	return nil
}

// begin makes a new file that holds the snapshot, durably.
func (j *Journal) begin() error {
	j.mu.Lock()
	next, sequence := j.next, uint64(1)
	if n := len(j.files); n > 0 {
		sequence = j.files[n-1].sequence + 1
	}
	m := newMark()
	head := appendSnapshot(nil, m, next, j.positions)
	j.mu.Unlock()

	name := fileName(sequence, next)
	f, err := j.fs.OpenFile(j.path(name), os.O_WRONLY|os.O_CREATE|os.O_TRUNC|os.O_APPEND, 0o640)
	if err != nil {
		return fmt.Errorf("beginning the journal file %s: %w", name, err)
	}
	_, err = f.Write(head)
	if err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = j.fs.SyncDir(j.dir)
	}
	if err != nil {
		// A file that is left behind holds no event and does no harm: the next
		// attempt overwrites it, and a start takes it for what it is.
		err = errors.Join(err, f.Close(), j.fs.Remove(j.path(name)))
		return fmt.Errorf("beginning the journal file %s: %w", name, err)
	}
	j.mu.Lock()
	j.files = append(j.files, file{name: name, sequence: sequence, first: next, end: next, size: int64(len(head)), mark: m})
	j.mu.Unlock()
	j.current = f
	return nil
}

// write appends one record to the current file and makes it durable. After an
// error the file ends where it ended before, or is never written again.
func (j *Journal) write(groups []Group, first uint64, count int) error {
	j.mu.Lock()
	last := j.files[len(j.files)-1]
	j.mu.Unlock()
	positions := 0
	for i := range groups {
		positions += len(groups[i].Positions)
	}
	b := beginRecord(j.buffer[:0], last.mark, kindEvents, first, count)
	b = binary.AppendUvarint(b, uint64(positions))
	for i := range groups {
		b = appendPositions(b, groups[i].Positions)
	}
	for i := range groups {
		b = append(b, groups[i].Encoded...)
	}
	finishRecord(b, 0)
	if j.buffer = b; cap(b) > keepBuffer {
		j.buffer = nil
	}
	if _, err := j.current.Write(b); err != nil {
		if undo := j.current.Truncate(last.size); undo != nil {
			j.abandon()
		}
		return fmt.Errorf("writing to the journal file %s: %w", last.name, err)
	}
	if err := j.current.Sync(); err != nil {
		// The kernel may have thrown the bytes away and forgotten about it: what
		// this file holds beyond last.size is unknown for good. The next file's
		// snapshot makes it void.
		_ = j.current.Truncate(last.size)
		j.abandon()
		return fmt.Errorf("syncing the journal file %s: %w", last.name, err)
	}
	j.mu.Lock()
	j.files[len(j.files)-1].size += int64(len(b))
	j.mu.Unlock()
	return nil
}

// abandon closes the current file; the next Commit begins another one.
func (j *Journal) abandon() {
	if err := j.current.Close(); err != nil {
		j.log.Warn("closing a journal file failed", "err", err)
	}
	j.current = nil
}

// accept counts what was written.
func (j *Journal) accept(groups []Group, count int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.next += uint64(count)
	j.files[len(j.files)-1].end = j.next
	for i := range groups {
		apply(j.positions, groups[i].Positions)
	}
}
