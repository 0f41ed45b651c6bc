package local

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"

	"rastro/internal/segment"
)

// run is the files of one flush, found by their names.
type run struct {
	gap   // the events the flush held
	names []string
	// erased tells that a file was written anew with fewer events: then the
	// flush was whole once, and what is missing was removed. merged tells that
	// the file was put together of others, all of which were in the manifest.
	erased, merged bool
}

// rebuild completes what a damaged manifest says by the files themselves. What
// nobody can tell of any more is listed as lost.
func (e *Engine) rebuild(r *readResult, found map[string]int64) error {
	e.log.Error("the manifest is damaged; the segments' own footers are read instead",
		"path", filepath.Join(e.dir, manifestName), "err", errors.New(strings.Join(r.broken, "; ")))
	supersede(r, found)
	runs := e.unknownRuns(r, found)
	if !r.found && len(runs) > 0 {
		r.durable = runs[0].first - 1 // what came before was removed, as far as one can know
	}
	for _, u := range runs {
		if err := e.adoptRun(r, u, found); err != nil {
			return err
		}
	}
	for _, g := range r.gaps {
		r.lost = append(r.lost, missing(g, g.last-g.first+1))
	}
	slices.SortStableFunc(r.files, func(a, b fileMeta) int { return compareRID(a.FirstRID, b.FirstRID) })
	return nil
}

// missing is the entry of events that no file holds any more.
func missing(g gap, events uint64) lostFile {
	return lostFile{
		Reason: "the manifest lost its entry and there are no files",
		Meta: fileMeta{Meta: segment.Meta{
			Path: path.Join(segmentsDir, "unknown", fmt.Sprintf("%d-%d.parquet", g.first, g.last)),
			Rows: int(events), FirstRID: g.first, LastRID: g.last,
			MinTime: math.MinInt64, MaxTime: math.MaxInt64,
		}},
	}
}

func compareRID(a, b uint64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// mergedMark begins the name of a file that was put together of others.
const mergedMark = "c"

// supersede leaves out the files of which there is a newer generation, and
// those whose events are in a file that was put together of them: the entry
// that swapped them may be what was damaged.
func supersede(r *readResult, found map[string]int64) {
	newest, merged := map[string]int{}, map[string][]gap{}
	of := func(name string) (string, int) {
		stem, generation := splitGeneration(path.Base(name))
		return path.Join(path.Dir(name), stem), generation
	}
	for name := range found {
		key, generation := of(name)
		newest[key] = max(newest[key], generation)
		if g, ok := parseRange(name); ok && isMerged(name) {
			merged[path.Dir(name)] = append(merged[path.Dir(name)], g)
		}
	}
	old := func(name string) bool {
		key, generation := of(name)
		if generation < newest[key] {
			return true
		}
		g, ok := parseRange(name)
		return ok && slices.ContainsFunc(merged[path.Dir(name)], func(m gap) bool { return m != g && m.first <= g.first && g.last <= m.last })
	}
	r.files = slices.DeleteFunc(r.files, func(m fileMeta) bool { return old(m.Path) })
	r.superseded = old
}

// unknownRuns groups the files that the manifest does not name, by first RID.
func (e *Engine) unknownRuns(r *readResult, found map[string]int64) []run {
	known := map[string]bool{}
	for i := range r.files {
		known[r.files[i].Path] = true
	}
	for i := range r.lost {
		known[r.lost[i].Meta.Path] = true
	}
	runs := map[gap]run{}
	for name := range found {
		g, ok := parseRange(name)
		if known[name] || !ok || r.superseded(name) {
			continue
		}
		u := runs[g]
		_, generation := splitGeneration(path.Base(name))
		runs[g] = run{gap: g, names: append(u.names, name), erased: u.erased || generation > 0, merged: u.merged || isMerged(name)}
	}
	return slices.SortedFunc(maps.Values(runs), func(a, b run) int {
		if c := compareRID(a.first, b.first); c != 0 {
			return c
		}
		return compareRID(b.last, a.last) // what was put together first: it proves that the rest was whole
	})
}

// parseRange reads the RIDs in a file's name.
func parseRange(name string) (gap, bool) {
	bare, ok := strings.CutSuffix(path.Base(name), segmentSuffix)
	bare, _ = splitGeneration(bare)
	left, right, cut := strings.Cut(strings.TrimPrefix(bare, mergedMark), "-")
	first, err1 := strconv.ParseUint(left, 10, 64)
	last, err2 := strconv.ParseUint(right, 10, 64)
	if !ok || !cut || err1 != nil || err2 != nil || first == 0 || last < first {
		return gap{}, false
	}
	return gap{first, last}, true
}

// isMerged tells whether a file has the name of one that was put together.
func isMerged(name string) bool { return strings.HasPrefix(path.Base(name), mergedMark) }

// adoptRun takes a run of files back into the store. Behind the last durable
// event only a whole run counts: a part of one is the start of a flush that a
// crash ended, and is set aside.
func (e *Engine) adoptRun(r *readResult, u run, found map[string]int64) error {
	var metas []fileMeta
	rows := uint64(0)
	for _, name := range u.names {
		meta, err := e.readMeta(name, found[name])
		if err != nil {
			if !errors.Is(err, segment.ErrCorrupt) {
				return err
			}
			r.lost = append(r.lost, lostFile{Meta: meta, Reason: err.Error()})
			continue
		}
		metas = append(metas, meta)
		rows += uint64(meta.Rows)
	}
	whole := rows == u.last-u.first+1 || u.erased || u.merged
	if u.last > r.durable {
		if !whole || u.first <= r.durable && !u.merged {
			for i := range metas {
				r.lost = append(r.lost, lostFile{Meta: metas[i], Reason: "the manifest is damaged and the other files of its flush are missing"})
			}
			return nil
		}
		if u.first > r.durable+1 {
			r.gaps = append(r.gaps, gap{r.durable + 1, u.first - 1})
		}
		r.durable = u.last
	}
	r.files = append(r.files, metas...)
	closes := func(g gap) bool { return u.first <= g.first && g.last <= u.last }
	if !whole && slices.ContainsFunc(r.gaps, closes) {
		r.lost = append(r.lost, missing(u.gap, u.last-u.first+1-rows))
	}
	r.gaps = slices.DeleteFunc(r.gaps, closes)
	return nil
}

// readMeta describes a file by its own footer. After an error it knows only
// what the name says.
func (e *Engine) readMeta(name string, size int64) (fileMeta, error) {
	g, _ := parseRange(name)
	guess := fileMeta{Meta: segment.Meta{
		Path: name, Rows: int(g.last - g.first + 1), Bytes: size, FirstRID: g.first, LastRID: g.last,
		MinTime: math.MinInt64, MaxTime: math.MaxInt64,
	}}
	file, err := segment.Open(readingFS{e.fs}, e.path(name), segment.Meta{}, e.segment)
	if err != nil {
		return guess, err
	}
	defer file.Close()
	meta := fileMeta{Meta: file.Meta()}
	meta.Path, meta.Bytes = name, size
	if meta.Sum, err = e.sum(name); err != nil {
		return guess, err
	}
	if path.Base(path.Dir(name)) != mixedDir {
		return meta, nil
	}
	meta.Days = map[string]int{}
	for _, b := range file.Blocks() {
		times, err := b.Times()
		if err != nil {
			return guess, err
		}
		for _, at := range times {
			meta.Days[dayOf(at)]++
		}
	}
	return meta, nil
}

// sum is the checksum of a whole file, which its footer cannot hold.
func (e *Engine) sum(name string) (uint64, error) {
	f, err := readingFS{e.fs}.OpenFile(e.path(name), os.O_RDONLY, 0)
	if err != nil {
		return 0, fmt.Errorf("opening a segment: %w", err)
	}
	defer f.Close()
	h := xxhash.New()
	if _, err := io.Copy(h, f); err != nil {
		return 0, fmt.Errorf("reading a segment: %w", err)
	}
	return h.Sum64(), nil
}
