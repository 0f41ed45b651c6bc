package local

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"sync"

	"rastro/internal/query"
	"rastro/internal/segment"
	"rastro/internal/store/local/ask"
	"rastro/internal/store/local/rowset"
)

// RepositoryErased says what an erasure did to a repository of snapshots.
type RepositoryErased struct {
	// Snapshots are those whose documents were written anew, Rewritten and
	// Removed the segment files.
	Snapshots, Rewritten, Removed int
	// Events are gone from files; one that several snapshots share counts once.
	Events int64
	// Unreadable says, one reason each, what could not be looked at.
	Unreadable []string
}

// EraseAddress removes every event that mentions an address from all snapshots
// of a repository: files that hold some are written anew without them, then the
// documents of the snapshots, each at once, and then the old files are removed.
// Every snapshot can be restored at any moment. What cannot be read is told of
// and stays. After an error some snapshots may be changed and others not; the
// same call again goes on.
func (r *Repository) EraseAddress(ctx context.Context, address string, forms bool, progress func(Progress)) (RepositoryErased, error) {
	match, err := query.CompileMention(query.Mention{Address: address, Forms: forms})
	if err != nil {
		return RepositoryErased{}, err
	}
	x := &repositoryErasure{
		repo: r, find: ask.Mentions(match, query.AForm, nil),
		opts:    segment.Options{Canonical: canonical, Words: words},
		changed: map[string]*snapshotFile{}, progress: progress,
	}
	err = r.change(ctx, func() error { return x.run(ctx) })
	if err != nil {
		err = fmt.Errorf("erasing from the repository %s: %w", r.dir, err)
	}
	return x.out, err
}

// repositoryErasure is the work of one EraseAddress.
type repositoryErasure struct {
	repo     *Repository
	find     ask.Filter
	opts     segment.Options
	progress func(Progress)
	out      RepositoryErased

	mu sync.Mutex
	// changed are the files that hold the address by their names in the
	// repository, with what takes their place; nil for nothing.
	changed map[string]*snapshotFile
}

func (x *repositoryErasure) run(ctx context.Context) error {
	names, err := x.repo.Names()
	if err != nil {
		return err
	}
	docs, files := []*document{}, map[string]*snapshotFile{}
	for _, name := range names {
		d, err := x.repo.document(name)
		if err != nil {
			x.out.Unreadable = append(x.out.Unreadable, fmt.Sprintf("the snapshot %s cannot be read: %v", name, err))
			continue
		}
		docs = append(docs, d)
		for i := range d.files {
			files[d.files[i].Name] = &d.files[i]
		}
	}
	list := slices.Sorted(maps.Keys(files))
	done := 0
	err = eachFile(ctx, len(list), func(ctx context.Context, i int) error {
		if err := x.file(ctx, files[list[i]]); err != nil {
			return err
		}
		x.mu.Lock()
		defer x.mu.Unlock()
		if done++; x.progress != nil {
			x.progress(Progress{Phase: PhaseSnapshots, Done: done, Total: len(list)})
		}
		return nil
	})
	if err != nil {
		_, sweepErr := x.repo.sweep() // what was written and nobody names
		return errors.Join(err, sweepErr)
	}
	if len(x.changed) == 0 {
		return nil
	}
	if err := x.repo.fs.SyncDir(filepath.Join(x.repo.dir, segmentsDir)); err != nil {
		return fmt.Errorf("syncing the repository's folder: %w", err)
	}
	for _, d := range docs {
		if err := x.document(d); err != nil {
			return err
		}
	}
	_, err = x.repo.sweep()
	return err
}

// file looks for the address in a file, and writes it anew without its events.
func (x *repositoryErasure) file(ctx context.Context, f *snapshotFile) (err error) {
	defer func() { err = ask.Caught(recover(), f.Name, err) }()
	file, err := segment.Open(readingFS{x.repo.fs}, x.repo.segmentPath(f.Name), f.Meta.Meta, x.opts)
	if err == nil {
		defer file.Close()
		err = x.rewrite(ctx, file, f)
	}
	if errors.Is(err, segment.ErrCorrupt) {
		x.mu.Lock()
		defer x.mu.Unlock()
		x.out.Unreadable = append(x.out.Unreadable, fmt.Sprintf("a file of a snapshot cannot be read: %v", err))
		return nil
	}
	return err
}

func (x *repositoryErasure) rewrite(ctx context.Context, file *segment.File, f *snapshotFile) error {
	kept := make([][]uint32, len(f.Meta.Groups))
	gone := 0
	for i, b := range file.Blocks() {
		ref := ask.Block{Name: f.Name, Rows: b.Rows(), Open: func() (segment.Block, func(), error) { return b, func() {}, nil }}
		rows, err := x.find.Rows(ctx, &ref, ask.Bounds{Until: math.MaxInt64, UpTo: math.MaxUint64})
		if err != nil {
			return err
		}
		if n := rows.Count(); n > 0 {
			rest := rowset.All(b.Rows())
			rest.Minus(rows)
			kept[i], gone = rest.List([]uint32{}), gone+n
		}
	}
	if gone == 0 {
		return nil
	}
	var now *snapshotFile
	if gone < f.Meta.Rows {
		temp := x.repo.segmentPath(f.Name + ".erased" + segmentSuffix)
		meta, err := segment.Rewrite(x.repo.fs, temp, file, kept, x.opts)
		if err != nil {
			return err
		}
		meta.Path = f.Meta.Path
		now = &snapshotFile{Meta: fileMeta{Meta: meta}}
		now.Name = poolName(&now.Meta)
		if err := x.repo.fs.Rename(temp, x.repo.segmentPath(now.Name)); err != nil {
			return errors.Join(err, x.repo.fs.Remove(temp))
		}
		if err := x.count(now, len(f.Meta.Days) > 0); err != nil {
			return err
		}
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.changed[f.Name] = now
	x.out.Events += int64(gone)
	if x.out.Removed++; now != nil {
		x.out.Removed--
		x.out.Rewritten++
	}
	return nil
}

// count fills in the parts of a new file.
func (x *repositoryErasure) count(f *snapshotFile, days bool) error {
	file, err := segment.Open(readingFS{x.repo.fs}, x.repo.segmentPath(f.Name), f.Meta.Meta, segment.Options{})
	if err != nil {
		return err
	}
	defer file.Close()
	counts := map[SnapshotPart]int64{}
	for _, b := range file.Blocks() {
		if err := eachPart(b, func(_ uint32, p SnapshotPart) { counts[p]++ }); err != nil {
			return err
		}
	}
	if days {
		f.Meta.Days = map[string]int{}
	}
	for p, n := range counts {
		if days {
			f.Meta.Days[p.Day] += int(n)
		}
		p.Events = n
		f.Parts = append(f.Parts, p)
	}
	slices.SortFunc(f.Parts, compareParts)
	return nil
}

// document writes the document of a snapshot anew if it names changed files.
func (x *repositoryErasure) document(d *document) error {
	var files []snapshotFile
	changed := false
	for _, f := range d.files {
		now, ok := x.changed[f.Name]
		if !ok {
			files = append(files, f)
			continue
		}
		if changed = true; now == nil {
			continue
		}
		next := *now
		next.Parts = nil
		for _, p := range now.Parts { // only those that were chosen
			if slices.ContainsFunc(f.Parts, func(was SnapshotPart) bool { return was.Day == p.Day && was.Index == p.Index }) {
				next.Parts = append(next.Parts, p)
			}
		}
		if len(next.Parts) > 0 {
			files = append(files, next)
		}
	}
	if !changed {
		return nil
	}
	d.files = files
	d.count()
	b, err := d.encode()
	if err != nil {
		return err
	}
	if err := x.repo.writeFile(x.repo.documentPath(d.Name), b); err != nil {
		return fmt.Errorf("writing the document of the snapshot %s: %w", d.Name, err)
	}
	x.out.Snapshots++
	return nil
}

// count fills in the sums of a snapshot by its files.
func (d *document) count() {
	counts := map[SnapshotPart]int64{}
	d.Files, d.Bytes, d.Events = 0, 0, 0
	for i := range d.files {
		f := &d.files[i]
		d.Files++
		d.Bytes += f.Meta.Bytes
		for _, p := range f.Parts {
			counts[SnapshotPart{Day: p.Day, Index: p.Index}] += p.Events
			d.Events += p.Events
		}
	}
	d.Parts = make([]SnapshotPart, 0, len(counts))
	for _, p := range slices.SortedFunc(maps.Keys(counts), compareParts) {
		p.Events = counts[p]
		d.Parts = append(d.Parts, p)
	}
}
