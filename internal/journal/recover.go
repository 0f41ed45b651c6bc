package journal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"rastro/internal/disk"
)

// What Open finds beside the journal's files.
const (
	damagedDir  = "damaged"     // copies of files that lost bytes
	salvageName = "salvage.tmp" // a salvage that was not finished
)

// tornHead is the size up to which an unreadable newest file is taken for one
// whose making a crash interrupted.
const tornHead = 4096

// gap is a run of RIDs, from start up to but not including end, that no record
// holds.
type gap struct{ start, end uint64 }

// survey is what reading all files found.
type survey struct {
	files     []file
	next      uint64 // one more than the last RID found; 0 without files
	positions map[string][]byte
	gaps      []gap
	torn      int64
}

// recover reads all files, sets damage aside and makes the journal whole
// again.
func (j *Journal) recover(atLeast uint64) error {
	if err := j.listDamage(); err != nil {
		return err
	}
	names, err := j.list()
	if err != nil {
		return err
	}
	s, err := j.survey(names, atLeast)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(s.gaps, func(g gap) bool { return g.end > atLeast }); i >= 0 {
		from := gap{start: max(s.gaps[i].start, atLeast), end: s.gaps[i].end}
		if err := j.salvage(s, from); err != nil {
			return fmt.Errorf("salvaging the events behind damage: %w", err)
		}
		if names, err = j.list(); err != nil {
			return err
		}
		if s, err = j.survey(names, atLeast); err != nil {
			return err
		}
	}
	if n := len(s.files); n > 0 {
		// A crash may have left records that were written but never synced. They
		// count from now on, so they must not vanish in the next crash.
		if err := j.settle(s.files[n-1].name); err != nil {
			return err
		}
	}
	j.files, j.positions, j.torn = s.files, s.positions, s.torn
	j.next = max(s.next, atLeast)
	if j.torn > 0 {
		j.log.Info("the journal ends with an unfinished write of a crash; it is left out", "path", j.path(s.files[len(s.files)-1].name), "count", j.torn)
	}
	return nil
}

// list returns the names of the journal's files by sequence and removes an
// unfinished salvage.
func (j *Journal) list() ([]string, error) {
	entries, err := j.fs.ReadDir(j.dir)
	if err != nil {
		return nil, fmt.Errorf("listing the folder: %w", err)
	}
	var names []string
	for _, e := range entries {
		if _, _, ok := parseName(e.Name()); ok {
			names = append(names, e.Name()) // padded numbers: sorted already
		} else if e.Name() == salvageName {
			if err := j.fs.Remove(j.path(salvageName)); err != nil {
				return nil, fmt.Errorf("removing an unfinished salvage: %w", err)
			}
		}
	}
	return names, nil
}

// survey reads the named files. Files without one good record are set aside
// or, where a crash interrupted their making, removed.
func (j *Journal) survey(names []string, atLeast uint64) (*survey, error) {
	s := &survey{positions: map[string][]byte{}}
	voids := voidFrom(names)
	var before string  // the file before
	var badBytes int64 // at its end
	for i, name := range names {
		f := file{name: name}
		f.sequence, f.first, _ = parseName(name)
		start, gaps, records := s.next, len(s.gaps), 0
		if f.first < voids[i] {
			s.reach(f.first)
		}
		ahead := len(s.gaps)
		sc, err := scanFile(j.fs, j.path(name), func(r record) error {
			records++
			s.add(r, voids[i])
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("reading the file %s: %w", name, err)
		}
		if records == 0 {
			s.next, s.gaps = start, s.gaps[:gaps]
			if err := j.discard(name, sc.size, i == len(names)-1); err != nil {
				return nil, err
			}
			before, badBytes = name, sc.size
			continue
		}
		f.mark, f.end, f.size = sc.mark, s.next, sc.size-sc.tail
		s.files = append(s.files, f)
		if lost := lostIn(s.gaps[gaps:ahead], atLeast); lost > 0 {
			if err := j.setAside(before, badBytes, lost); err != nil {
				return nil, err
			}
		}
		if lost := lostIn(s.gaps[ahead:], atLeast); lost > 0 || sc.skipped > 0 {
			if err := j.setAside(name, sc.skipped+sc.tail, lost); err != nil {
				return nil, err
			}
		}
		before, badBytes, s.torn = name, sc.tail, sc.tail
	}
	return s, nil
}

// reach notes that the next record begins with this RID.
func (s *survey) reach(first uint64) {
	if s.next != 0 && first > s.next {
		s.gaps = append(s.gaps, gap{s.next, first})
	}
	s.next = max(s.next, first)
}

// voidFrom returns, for every file, the RID from which its records are void:
// the smallest RID with which a later file begins.
func voidFrom(names []string) []uint64 {
	voids := make([]uint64, len(names))
	lowest := ^uint64(0)
	for i := len(names) - 1; i >= 0; i-- {
		voids[i] = lowest
		_, first, _ := parseName(names[i])
		lowest = min(lowest, first)
	}
	return voids
}

// add counts one record of a file whose records are void from that RID on.
func (s *survey) add(r record, void uint64) {
	if r.kind == kindSnapshot {
		clear(s.positions)
		apply(s.positions, r.positions)
		return
	}
	if r.first > void || r.first == void && r.count > 0 {
		return
	}
	apply(s.positions, r.positions)
	s.reach(r.first)
	s.next = max(s.next, r.end())
}

// lostIn counts the events in gaps that the store does not hold.
func lostIn(gaps []gap, atLeast uint64) int64 {
	var n int64
	for _, g := range gaps {
		if g.end > atLeast {
			n += int64(g.end - max(g.start, atLeast))
		}
	}
	return n
}

// settle makes a file durable as it is.
func (j *Journal) settle(name string) error {
	f, err := j.fs.OpenFile(j.path(name), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return fmt.Errorf("opening the newest file: %w", err)
	}
	err = f.Sync()
	err = errors.Join(err, f.Close())
	if err == nil {
		err = j.fs.SyncDir(j.dir)
	}
	if err != nil {
		return fmt.Errorf("syncing the newest file %s: %w", name, err)
	}
	return nil
}

// salvage writes a file with the events behind a gap, numbered so that the gap
// is closed. It makes void what the older files hold from there on.
func (j *Journal) salvage(s *survey, behind gap) error {
	f, err := j.fs.OpenFile(j.path(salvageName), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640)
	if err != nil {
		return err
	}
	defer f.Close()
	m, next := newMark(), behind.start
	if _, err := f.Write(appendSnapshot(nil, m, next, s.positions)); err != nil {
		return err
	}
	names := make([]string, len(s.files))
	for i := range s.files {
		names[i] = s.files[i].name
	}
	voids, seen := voidFrom(names), behind.end
	var b []byte
	for i, name := range names {
		_, err := scanFile(j.fs, j.path(name), func(r record) error {
			if r.kind != kindEvents || r.count == 0 || r.first < seen || r.first >= voids[i] {
				return nil
			}
			seen = r.end()
			b = beginRecord(b[:0], m, kindEvents, next, r.count)
			b = append(append(b, 0), r.payload...) // no positions
			finishRecord(b, 0)
			next += uint64(r.count)
			_, err := f.Write(b)
			return err
		})
		if err != nil {
			return err
		}
	}
	name := fileName(s.files[len(s.files)-1].sequence+1, behind.start)
	if err := f.Sync(); err != nil {
		return err
	}
	if err := j.fs.Rename(j.path(salvageName), j.path(name)); err != nil {
		return err
	}
	return j.fs.SyncDir(j.dir)
}

// setAside keeps a copy of a damaged file and reports the damage.
func (j *Journal) setAside(name string, badBytes, lost int64) error {
	to := filepath.Join(j.dir, damagedDir, name)
	for i := range j.damage {
		if j.damage[i].Path == to { // reported at this start or an earlier one
			j.damage[i].Events += lost
			return nil
		}
	}
	err := j.fs.MkdirAll(filepath.Dir(to), 0o750)
	if err == nil {
		// A link is a copy: files are never changed after they were left.
		err = j.fs.Link(j.path(name), to)
	}
	if err == nil {
		err = j.fs.SyncDir(filepath.Dir(to))
	}
	if err != nil {
		return fmt.Errorf("setting the damaged file %s aside: %w", name, err)
	}
	j.report(Damage{Path: to, Bytes: badBytes, Events: lost})
	return nil
}

// discard deals with a file that holds no good record.
func (j *Journal) discard(name string, size int64, newest bool) error {
	if newest && size <= tornHead || newest && j.isZero(name) {
		if err := j.fs.Remove(j.path(name)); err != nil {
			return fmt.Errorf("removing the unfinished file %s: %w", name, err)
		}
		return nil
	}
	to := filepath.Join(j.dir, damagedDir, name)
	err := j.fs.MkdirAll(filepath.Dir(to), 0o750)
	if err == nil {
		err = j.fs.Rename(j.path(name), to)
	}
	if err != nil {
		return fmt.Errorf("setting the unreadable file %s aside: %w", name, err)
	}
	j.report(Damage{Path: to, Bytes: size})
	return nil
}

// report keeps and logs damage.
func (j *Journal) report(d Damage) {
	j.damage = append(j.damage, d)
	j.log.Error("a journal file is damaged; what could be read goes on, a copy is kept",
		"path", d.Path, "err", fmt.Errorf("%d bad bytes, %d acknowledged events lost: %w", d.Bytes, d.Events, ErrCorrupt))
}

// listDamage finds the copies that earlier starts kept.
func (j *Journal) listDamage() error {
	entries, err := j.fs.ReadDir(filepath.Join(j.dir, damagedDir))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("listing the damaged files: %w", err)
	}
	for _, e := range entries {
		j.damage = append(j.damage, Damage{Path: filepath.Join(j.dir, damagedDir, e.Name())})
	}
	return nil
}

// isZero tells whether a file holds zero bytes only: its size reached the disk
// before a power cut and its bytes did not.
func (j *Journal) isZero(name string) bool {
	f, err := j.fs.OpenFile(j.path(name), os.O_RDONLY, 0)
	if err != nil {
		return false
	}
	defer f.Close()
	zero, err := onlyZero(f)
	return err == nil && zero
}

func onlyZero(f disk.File) (bool, error) {
	b := make([]byte, 64<<10)
	for {
		n, err := f.Read(b)
		if len(bytes.Trim(b[:n], "\x00")) > 0 {
			return false, nil
		}
		if errors.Is(err, io.EOF) {
			return true, nil
		}
		if err != nil {
			return false, err
		}
	}
}
