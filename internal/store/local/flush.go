package local

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"time"

	"rastro/internal/segment"
)

const (
	// maxDayFiles bounds the files of one flush. Events of more days than that
	// share the last one.
	maxDayFiles = 8
	// The wait after a failed write begins at the first and doubles up to the
	// last.
	firstPause = 100 * time.Millisecond
	lastPause  = 5 * time.Second
)

// flushLoop writes frozen tails, oldest first, and freezes one that has become
// old, until Close. There are opts.writers of it, so that several tails are
// written at a time; they become parts of the store in their order all the same.
func (e *Engine) flushLoop() {
	tick := time.NewTicker(min(max(e.opts.SegmentAge/8, 10*time.Millisecond), 5*time.Second))
	defer tick.Stop()
	for {
		select {
		case <-e.wake:
		case now := <-tick.C:
			e.freezeOld(now)
		case <-e.life.Done():
			return
		}
		for t := e.claimFrozen(); t != nil && e.life.Err() == nil; t = e.claimFrozen() {
			e.flushTail(t)
		}
	}
}

// claimFrozen is the oldest frozen tail that nobody writes yet; nil when there
// is none.
func (e *Engine) claimFrozen() *tail {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, t := range e.view.frozen {
		if !t.claimed {
			t.claimed = true
			return t
		}
	}
	return nil
}

// freezeOld freezes the tail when it is old enough to be written. Whoever adds
// to it just now will freeze it when it is full.
func (e *Engine) freezeOld(now time.Time) {
	select {
	case e.turn <- struct{}{}:
		defer e.giveTurn()
	default:
		return
	}
	e.mu.RLock()
	t := e.view.tail
	started := t.started
	e.mu.RUnlock()
	wait := e.opts.SegmentAge
	if t.events.Rows() < quietRows {
		wait *= quietFactor
	}
	if !started.IsZero() && now.Sub(started) >= wait {
		e.tryFreeze()
	}
}

// flushTail writes a frozen tail and puts its files in its place. It tries
// until that succeeds or Close begins; the events stay in memory meanwhile.
func (e *Engine) flushTail(t *tail) {
	f := &flush{engine: e, tail: t, block: t.events.Snapshot()}
	pause := e.opts.pause
	for {
		err := f.try()
		if err == nil || e.life.Err() != nil {
			return
		}
		e.mu.Lock()
		e.failure = err.Error()
		e.mu.Unlock()
		e.log.Error("writing a segment failed; the events are safe in the journal, it is tried again", "err", err)
		select {
		case <-time.After(pause):
		case <-e.life.Done():
			return
		}
		pause = min(2*pause, lastPause)
	}
}

// flush is one tail on its way to the disk.
type flush struct {
	engine *Engine
	tail   *tail
	block  segment.Block
	// metas are the written files, kept while the manifest cannot be written: a
	// manifest whose write failed may name them after all.
	metas []fileMeta
}

// try writes what is not written yet and, when the older tails are parts of the
// store, makes this one a part too.
func (f *flush) try() error {
	if f.metas == nil {
		metas, err := f.writeFiles()
		if err != nil {
			return err
		}
		f.metas = metas
	}
	if err := f.waitForOlder(); err != nil {
		return err
	}
	return f.engine.adopt(f.tail, f.metas)
}

// waitForOlder waits until no older tail is only in memory: the manifest names
// events in the order of their RIDs.
func (f *flush) waitForOlder() error {
	e := f.engine
	for {
		e.mu.RLock()
		oldest, progress := e.view.frozen[0], e.progress
		e.mu.RUnlock()
		if oldest == f.tail {
			return nil
		}
		select {
		case <-progress:
		case <-e.life.Done():
			return ErrClosed
		}
	}
}

// writeFiles writes and verifies the files of a tail. After an error none of
// them is left, as far as the disk allows.
func (f *flush) writeFiles() (metas []fileMeta, err error) {
	e := f.engine
	defer func() {
		if err == nil {
			return
		}
		for i := range metas {
			if removeErr := e.fs.Remove(e.path(metas[i].Path)); removeErr != nil && !errors.Is(removeErr, os.ErrNotExist) {
				err = errors.Join(err, removeErr)
			}
		}
		metas = nil
	}()
	times, err := f.block.Times()
	if err != nil {
		return nil, fmt.Errorf("reading the tail: %w", err)
	}
	last := f.tail.next() - 1
	for _, part := range splitDays(times) {
		name := path.Join(segmentsDir, part.dir, fmt.Sprintf("%d-%d.parquet", f.tail.first, last))
		meta, err := e.writeFile(name, f.block, part.rows)
		if meta.Path = name; err != nil {
			return append(metas, fileMeta{Meta: meta}), err
		}
		metas = append(metas, fileMeta{Meta: meta, Days: part.days})
	}
	return metas, nil
}

// writeFile writes one file and reads it back.
func (e *Engine) writeFile(name string, b segment.Block, rows []uint32) (segment.Meta, error) {
	to := e.path(name)
	dir := filepath.Dir(to)
	if _, err := e.fs.Stat(dir); err != nil {
		if err := e.fs.MkdirAll(dir, 0o750); err != nil {
			return segment.Meta{}, fmt.Errorf("making the folder of a day: %w", err)
		}
		if err := e.fs.SyncDir(filepath.Dir(dir)); err != nil {
			return segment.Meta{}, fmt.Errorf("syncing the folder of segments: %w", err)
		}
	}
	meta, err := segment.Write(e.fs, to, b, rows, e.segment)
	if err != nil {
		return segment.Meta{}, err
	}
	if err := segment.Verify(e.fs, to, meta, b, rows); err != nil {
		return segment.Meta{}, fmt.Errorf("reading a new segment back: %w", err)
	}
	return meta, nil
}

// adopt makes files durable parts of the store in the place of the oldest
// frozen tail. Readers see either the one or the others.
func (e *Engine) adopt(t *tail, metas []fileMeta) error {
	e.changing.Lock()
	defer e.changing.Unlock()
	last := t.next() - 1
	err := e.list.add(&entry{Kind: entryAdd, First: t.first, Last: last, Files: metas}, func() *content {
		c := e.content()
		c.files = append(c.files, metas...)
		c.durable = last
		return c
	})
	if err != nil {
		return err
	}
	files := make([]*segmentFile, len(metas))
	for i := range metas {
		files[i] = e.newFile(metas[i])
	}
	e.mu.Lock()
	old := e.view.catalog
	e.view = view{catalog: old.with(files), frozen: e.view.frozen[1:], tail: e.view.tail}
	e.durable = last
	e.failure = ""
	close(e.progress)
	e.progress = make(chan struct{})
	e.mu.Unlock()
	old.release()
	return nil
}

// content is what the manifest says at present. The caller holds changing.
func (e *Engine) content() *content {
	e.mu.RLock()
	defer e.mu.RUnlock()
	c := &content{durable: e.durable, lost: slices.Clone(e.view.catalog.lost)}
	c.files = make([]fileMeta, len(e.view.catalog.files))
	for i, f := range e.view.catalog.files {
		c.files[i] = f.meta
	}
	return c
}

// part is the rows of a tail that share a file.
type part struct {
	dir  string
	rows []uint32       // nil: all of them
	days map[string]int // where there are several
}

// splitDays gives every UTC day its own part. Where there are too many days,
// those with the fewest events share one.
func splitDays(times []int64) []part {
	counts := map[int64]int{}
	for _, at := range times {
		counts[dayNumber(at)]++
	}
	if len(counts) == 1 {
		return []part{{dir: dayOf(times[0])}}
	}
	days := make([]int64, 0, len(counts))
	for day := range counts {
		days = append(days, day)
	}
	slices.SortFunc(days, func(a, b int64) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		return int(min(max(b-a, -1), 1)) // newest first
	})
	own := days
	if len(days) > maxDayFiles {
		own = days[:maxDayFiles-1]
	}
	parts, index := make([]part, len(own)), make(map[int64]int, len(own))
	for i, day := range own {
		parts[i] = part{dir: dayOf(day * nanosPerDay), rows: make([]uint32, 0, counts[day])}
		index[day] = i
	}
	if len(own) < len(days) {
		parts = append(parts, part{dir: mixedDir, days: map[string]int{}})
	}
	for row, at := range times {
		i, ok := index[dayNumber(at)]
		if !ok {
			i = len(parts) - 1
			parts[i].days[dayOf(at)]++
		}
		parts[i].rows = append(parts[i].rows, uint32(row))
	}
	return parts
}
