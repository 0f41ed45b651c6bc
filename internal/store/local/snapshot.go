package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/cespare/xxhash/v2"

	"rastro/internal/disk"
	"rastro/internal/event"
	"rastro/internal/segment"
	"rastro/internal/store/local/ask"
)

// SnapshotOptions say what a snapshot is. Name is required.
type SnapshotOptions struct {
	Name string
	// UUID is the snapshot's id for ever. Default: a new one.
	UUID string
	// Want chooses by day (YYYY-MM-DD) and index what the snapshot is about; nil
	// means everything. Files with anything of it are taken whole.
	Want func(day, index string) bool
	// Metadata is a JSON object that is kept as it is; at most 16 MiB.
	Metadata json.RawMessage
	// Release is the version of the program.
	Release string
	// Now is the clock of Started and Ended. Default: time.Now.
	Now func() time.Time
}

// Snapshot makes everything appended so far durable and puts a snapshot of the
// store into a repository: hard links of its files where the repository lies on
// the same file system, copies otherwise, of those it does not have yet.
// Events may be appended, erased and retained meanwhile. After an error there
// is no snapshot. A store with files in quarantine gives a partial snapshot,
// which says what is missing.
func (e *Engine) Snapshot(ctx context.Context, r *Repository, opts SnapshotOptions) (Snapshot, error) {
	if err := CheckSnapshotName(opts.Name); err != nil {
		return Snapshot{}, err
	}
	if len(opts.Metadata) > maxMetadata {
		return Snapshot{}, fmt.Errorf("the metadata of the snapshot has %d bytes; at most %d", len(opts.Metadata), maxMetadata)
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.UUID == "" {
		opts.UUID = newUUID()
	}
	started := opts.Now()
	if err := e.Flush(ctx); err != nil {
		return Snapshot{}, fmt.Errorf("before the snapshot: %w", err)
	}
	for {
		s, err := e.snapshotOnce(ctx, r, opts, started)
		if !errors.Is(err, errErasedMeanwhile) {
			return s, err
		}
	}
}

// errErasedMeanwhile: events that a snapshot has chosen were erased before it
// had the repository for itself. It is made of what is left then: who erases a
// person looks through the snapshots that are there, and not for later ones.
var errErasedMeanwhile = errors.New("events were erased meanwhile")

// snapshotOnce makes a snapshot of the files as they are.
func (e *Engine) snapshotOnce(ctx context.Context, r *Repository, opts SnapshotOptions, started time.Time) (Snapshot, error) {
	erasures := e.erasures.Load()
	v, err := e.holdErased(ctx)
	if err != nil {
		return Snapshot{}, err
	}
	defer e.work.Done()
	defer v.catalog.release()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(e.life, func() { cancel(ErrClosed) })()
	t := &taking{engine: e, repo: r, opts: opts, counts: map[SnapshotPart]int64{}}
	t.doc.Snapshot = Snapshot{
		Name: opts.Name, UUID: opts.UUID, Release: opts.Release, StartedNano: started.UnixNano(), LastRID: durableIn(v.catalog, e),
		Whole: opts.Want == nil, Metadata: opts.Metadata,
	}
	for i := range v.catalog.lost {
		l := &v.catalog.lost[i]
		t.doc.Missing = append(t.doc.Missing, fmt.Sprintf("%s with %d events: %s", l.Meta.Path, l.Meta.Rows, l.Reason))
	}
	if err := t.choose(ctx, v.catalog); err != nil {
		return Snapshot{}, err
	}
	err = r.change(ctx, func() error {
		if e.erasures.Load() != erasures {
			return errErasedMeanwhile
		}
		return t.run(ctx)
	})
	if err != nil {
		return Snapshot{}, fmt.Errorf("making the snapshot %s: %w", opts.Name, err)
	}
	return t.doc.Snapshot, nil
}

// durableIn is a number that no event of a catalog exceeds, and that every
// later event of the store will.
func durableIn(c *catalog, e *Engine) uint64 {
	last := uint64(0)
	for _, f := range c.files {
		last = max(last, f.meta.LastRID)
	}
	return max(last, e.Durable())
}

// taking is one snapshot that is being made.
type taking struct {
	engine *Engine
	repo   *Repository
	opts   SnapshotOptions
	doc    document
	files  []*segmentFile // of doc.files
	counts map[SnapshotPart]int64
	added  []string // names in the repository
}

// choose lists the files that the snapshot needs.
func (t *taking) choose(ctx context.Context, c *catalog) error {
	for _, f := range c.files {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		parts, err := t.engine.partsOf(f)
		if errors.Is(err, segment.ErrCorrupt) {
			t.lose(f, err)
			continue
		}
		if err != nil {
			return fmt.Errorf("counting the events of %s: %w", f.meta.Path, err)
		}
		var wanted []SnapshotPart
		for _, p := range parts {
			if t.opts.Want == nil || t.opts.Want(p.Day, p.Index) {
				wanted = append(wanted, p)
			}
		}
		if len(wanted) > 0 {
			t.files = append(t.files, f)
			t.doc.files = append(t.doc.files, snapshotFile{Name: poolName(&f.meta), Meta: f.meta, Parts: wanted})
		}
	}
	return nil
}

// lose notes a file that cannot be taken.
func (t *taking) lose(f *segmentFile, err error) {
	t.doc.Missing = append(t.doc.Missing, fmt.Sprintf("%s with %d events: %s", f.meta.Path, f.meta.Rows, err))
	t.engine.quarantineSoon(f, err)
}

// partsOf counts the events of a file by day and index.
func (e *Engine) partsOf(f *segmentFile) ([]SnapshotPart, error) {
	if known := f.parts.Load(); known != nil {
		return *known, nil
	}
	var parts []SnapshotPart
	switch {
	case slices.Contains(f.meta.Columns, event.Index.Name()):
		counts := map[SnapshotPart]int64{}
		for i := range f.blocks {
			if err := countParts(&f.blocks[i], counts); err != nil {
				return nil, err
			}
		}
		for p, n := range counts {
			p.Events = n
			parts = append(parts, p)
		}
	case len(f.meta.Days) > 0:
		for day, n := range f.meta.Days {
			parts = append(parts, SnapshotPart{Day: day, Events: int64(n)})
		}
	default:
		parts = []SnapshotPart{{Day: f.meta.day(), Events: int64(f.meta.Rows)}}
	}
	slices.SortFunc(parts, compareParts)
	f.parts.Store(&parts)
	return parts, nil
}

func compareParts(a, b SnapshotPart) int {
	if c := strings.Compare(a.Day, b.Day); c != 0 {
		return c
	}
	return strings.Compare(a.Index, b.Index)
}

// countParts counts the rows of a block.
func countParts(ref *ask.Block, counts map[SnapshotPart]int64) (err error) {
	defer func() { err = ask.Caught(recover(), ref.Name, err) }()
	block, release, err := ref.Open()
	if err != nil {
		return err
	}
	defer release()
	return eachPart(block, func(_ uint32, p SnapshotPart) { counts[p]++ })
}

// eachPart tells the day and index of every row of a block.
func eachPart(block segment.Block, visit func(row uint32, p SnapshotPart)) error {
	times, err := block.Times()
	if err != nil {
		return err
	}
	indices, err := block.Strings(event.Index)
	if err != nil {
		return err
	}
	day, name := dayNumber(times[0]), dayOf(times[0])
	for row, at := range times {
		if n := dayNumber(at); n != day {
			day, name = n, dayOf(at)
		}
		index, _, _ := strings.Cut(indices.Dict[indices.Codes[row]], segment.Sep)
		visit(uint32(row), SnapshotPart{Day: name, Index: index})
	}
	return nil
}

// run puts the files into the repository and then the document. The caller has
// the repository's lock.
func (t *taking) run(ctx context.Context) (err error) {
	r := t.repo
	if _, err := r.fs.Stat(r.documentPath(t.opts.Name)); err == nil {
		return ErrSnapshotExists
	} else if !errors.Is(err, os.ErrNotExist) {
		return err
	}
	defer func() {
		if err != nil {
			t.undo()
		}
	}()
	if err := t.addFiles(ctx); err != nil {
		return err
	}
	if err := r.fs.SyncDir(filepath.Join(r.dir, segmentsDir)); err != nil {
		return fmt.Errorf("syncing the repository's folder: %w", err)
	}
	t.sum()
	b, err := t.doc.encode()
	if err != nil {
		return err
	}
	t.doc.DocumentBytes = int64(len(b))
	if err := r.writeFile(r.documentPath(t.opts.Name), b); err != nil {
		if _, statErr := r.fs.Stat(r.documentPath(t.opts.Name)); !errors.Is(statErr, os.ErrNotExist) {
			// It has its name but may lose it in a power cut, or keep it although it
			// is removed now: what it needs stays until somebody cleans.
			_ = r.fs.Remove(r.documentPath(t.opts.Name))
			t.added = nil
		}
		return fmt.Errorf("writing the snapshot's document: %w", err)
	}
	if cleaned, err := r.sweep(); err != nil {
		t.engine.log.Warn("cleaning the repository of snapshots failed; the next snapshot does it", "path", r.dir, "err", err)
	} else if cleaned.Files > 0 {
		t.engine.log.Info("removed what an unfinished snapshot left", "path", r.dir, "count", cleaned.Files)
	}
	return nil
}

// sum fills in the figures of the snapshot.
func (t *taking) sum() {
	for i := range t.doc.files {
		f := &t.doc.files[i]
		t.doc.Files++
		t.doc.Bytes += f.Meta.Bytes
		for _, p := range f.Parts {
			t.counts[SnapshotPart{Day: p.Day, Index: p.Index}] += p.Events
			t.doc.Events += p.Events
		}
	}
	t.doc.Parts = make([]SnapshotPart, 0, len(t.counts))
	for _, p := range slices.SortedFunc(maps.Keys(t.counts), compareParts) {
		p.Events = t.counts[p]
		t.doc.Parts = append(t.doc.Parts, p)
	}
	ended := t.opts.Now()
	t.doc.EndedNano = max(ended.UnixNano(), t.doc.StartedNano)
	t.doc.Started, t.doc.Ended = time.Unix(0, t.doc.StartedNano).UTC(), time.Unix(0, t.doc.EndedNano).UTC()
}

// undo removes what was added, as far as the disk allows; the rest goes with
// the next change of the repository.
func (t *taking) undo() {
	for _, name := range t.added {
		_ = t.repo.fs.Remove(t.repo.segmentPath(name))
	}
}

// addFiles puts the files that are not there yet into the repository. One
// whose bytes turn out to be bad is left out.
func (t *taking) addFiles(ctx context.Context) error {
	have, err := t.repo.segmentSizes()
	if err != nil {
		return err
	}
	kept := t.doc.files[:0]
	for i := range t.doc.files {
		f := t.doc.files[i]
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if size, ok := have[f.Name]; ok && size == f.Meta.Bytes {
			kept = append(kept, f)
			continue
		}
		err := t.addFile(&f)
		if errors.Is(err, segment.ErrCorrupt) {
			t.lose(t.files[i], err)
			continue
		}
		if err != nil {
			return fmt.Errorf("putting %s into the repository: %w", f.Meta.Path, err)
		}
		t.doc.NewFiles++
		t.doc.NewBytes += f.Meta.Bytes
		kept = append(kept, f)
	}
	t.doc.files = kept
	return nil
}

// addFile links or copies one file.
func (t *taking) addFile(f *snapshotFile) error {
	from, to := t.engine.path(f.Meta.Path), t.repo.segmentPath(f.Name)
	if err := t.repo.fs.Remove(to); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("removing a file that is not what its name says: %w", err)
	}
	t.added = append(t.added, f.Name)
	err := t.repo.fs.Link(from, to)
	if err == nil {
		info, err := t.repo.fs.Stat(to)
		if err == nil && info.Size() != f.Meta.Bytes {
			err = fmt.Errorf("%w: %s has %d bytes instead of %d", segment.ErrCorrupt, f.Meta.Path, info.Size(), f.Meta.Bytes)
			_ = t.repo.fs.Remove(to)
		}
		return err
	}
	if _, statErr := t.engine.fs.Stat(from); errors.Is(statErr, os.ErrNotExist) {
		return unreadable(statErr)
	}
	if !linkImpossible(err) {
		return err
	}
	return copySegment(readingFS{t.engine.fs}, from, t.repo.fs, to, &f.Meta)
}

// linkImpossible tells that a file cannot be linked but may be copied: another
// file system, one without links, or too many of them.
func linkImpossible(err error) bool {
	for _, e := range []error{syscall.EXDEV, syscall.EPERM, syscall.EACCES, syscall.ENOTSUP, syscall.EOPNOTSUPP, syscall.ENOSYS, syscall.EMLINK} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// copySegment copies a file and compares its bytes with what was written; a
// difference is an ErrCorrupt. The copy is durable but for its name.
func copySegment(from disk.FS, source string, to disk.FS, target string, meta *fileMeta) error {
	in, err := from.OpenFile(source, os.O_RDONLY, 0)
	if err != nil {
		return err
	}
	defer in.Close()
	temp := target + tempSuffix
	out, err := to.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640)
	if err != nil {
		return err
	}
	hash := xxhash.New()
	size, err := io.CopyBuffer(onlyWriter{io.MultiWriter(out, hash)}, io.LimitReader(onlyReader{in}, meta.Bytes+1), make([]byte, 1<<20))
	if err == nil && (size != meta.Bytes || hash.Sum64() != meta.Sum) {
		err = fmt.Errorf("%w: %s has %d bytes with the checksum %016x instead of %d with %016x",
			segment.ErrCorrupt, source, size, hash.Sum64(), meta.Bytes, meta.Sum)
	}
	if err == nil {
		err = out.Sync()
	}
	if closeErr := out.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = to.Rename(temp, target)
	}
	if err != nil {
		_ = to.Remove(temp) // the next change of the repository does it otherwise
	}
	return err
}

// onlyReader and onlyWriter hide shortcuts past the seam of the disk.
type (
	onlyReader struct{ io.Reader }
	onlyWriter struct{ io.Writer }
)
