package local

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"rastro/internal/query"
	"rastro/internal/segment"
	"rastro/internal/store/local/ask"
	"rastro/internal/store/local/rowset"
)

// Erase removes the events that match; see store.Store. Events in memory are
// written to files first if any of them matches. Files whose events all match
// go as a whole; of the others the manifest notes which rows are gone, so that
// no question finds them from that moment on, also after a crash. Then each of
// these files is written anew without them, verified, and takes the old one's
// place, which is removed when no question reads it any more. Events of Removed
// are those whose bytes are gone; what an erasure that failed had only hidden
// goes with the next one, or after the next start.
func (e *Engine) Erase(ctx context.Context, filter query.Filter) (query.Removed, error) {
	filtering, err := ask.Compile(filter)
	if err != nil {
		return query.Removed{}, fmt.Errorf("preparing the filter: %w", err)
	}
	ctx, done, err := e.takeAlone(ctx, e.erasing)
	if err != nil {
		return query.Removed{}, err
	}
	defer done()
	x := &erasure{engine: e, filter: filtering, last: e.Next() - 1, after: 0, until: math.MaxInt64}
	inMemory, err := x.inMemory(ctx)
	if err != nil {
		return query.Removed{}, fmt.Errorf("looking at the events in memory: %w", err)
	}
	if inMemory {
		if err := e.Flush(ctx); err != nil {
			return query.Removed{}, fmt.Errorf("writing the events in memory before erasing some: %w", err)
		}
	}
	removed, err := x.run(ctx)
	e.mu.RLock()
	removed.Unreadable = len(e.view.catalog.lost)
	e.mu.RUnlock()
	return removed, err
}

// erasure removes the events that match a filter from files.
type erasure struct {
	engine *Engine
	filter ask.Filter
	// Only events after one RID and up to another, and before a time, go.
	after, last uint64
	until       int64
	progress    func(Progress)
}

func (x *erasure) tell(p Progress) {
	if x.progress != nil {
		x.progress(p)
	}
}

// Progress tells how far an erasure is.
type Progress struct {
	Phase string `json:"phase"`
	// Done and Total count the files of the phase.
	Done  int `json:"done"`
	Total int `json:"total"`
}

// The phases of an erasure, in their order.
const (
	PhaseSearch    = "search"
	PhaseRewrite   = "rewrite"
	PhaseSnapshots = "snapshots"
	PhaseVerify    = "verify"
)

// touched is a file with events to be removed.
type touched struct {
	file   *segmentFile
	gone   []rowset.Set // by row group of the file; nil is none
	events int
}

// inMemory tells whether an event that is only in memory matches.
func (x *erasure) inMemory(ctx context.Context) (bool, error) {
	v, err := x.engine.hold()
	if err != nil {
		return false, err
	}
	defer x.engine.work.Done()
	defer v.catalog.release()
	for _, t := range append(v.frozen[:len(v.frozen):len(v.frozen)], v.tail) {
		ref, ok := t.block()
		if !ok || t.first > x.last {
			continue
		}
		if rows, err := x.match(ctx, &ref, math.MaxUint64); err != nil || !rows.Empty() {
			return err == nil, err
		}
	}
	return false, nil
}

// run hides the events in all files at once and then removes them. A file that
// cannot be read is set aside, as a question would do.
func (x *erasure) run(ctx context.Context) (removed query.Removed, err error) {
	seen := map[*fileHold]bool{}
	var unread error // files that could not be read, but are not damaged
	for {
		found, damaged, err := x.search(ctx, seen)
		if err != nil {
			return removed, err
		}
		unread = errors.Join(unread, damaged)
		// Whole files first: they make room for those that are written anew.
		dropped, again, err := x.engine.hideRows(found)
		if removed = removed.Add(dropped); err != nil {
			return removed, err
		}
		if !again {
			break
		}
	}
	rewritten, err := x.engine.rewriteHidden(ctx, x.progress)
	return removed.Add(rewritten), errors.Join(err, unread)
}

// search looks for the events in the files that were not looked at before, on
// all processors.
func (x *erasure) search(ctx context.Context, seen map[*fileHold]bool) (found []touched, unread, err error) {
	v, err := x.engine.hold()
	if err != nil {
		return nil, nil, err
	}
	defer x.engine.work.Done()
	defer v.catalog.release()
	var files []*segmentFile
	for _, f := range v.catalog.files {
		if !seen[f.fileHold] && f.meta.LastRID > x.after && f.meta.FirstRID <= x.last && f.meta.MinTime < x.until {
			files = append(files, f)
		}
		seen[f.fileHold] = true
	}
	var mu sync.Mutex
	done := 0
	err = eachFile(ctx, len(files), func(ctx context.Context, i int) error {
		f := files[i]
		t, err := x.find(ctx, f)
		mu.Lock()
		defer mu.Unlock()
		switch {
		case errors.Is(err, segment.ErrCorrupt):
			if x.engine.quarantine(f, err); x.engine.uses(f) {
				unread = errors.Join(unread, err)
			}
		case err != nil:
			return err
		case t.events > 0:
			found = append(found, t)
		}
		done++
		x.tell(Progress{Phase: PhaseSearch, Done: done, Total: len(files)})
		return nil
	})
	slices.SortFunc(found, func(a, b touched) int { return strings.Compare(a.file.meta.Path, b.file.meta.Path) })
	return found, unread, err
}

// eachFile calls do for each of n files, on all processors; the first error
// ends it.
func eachFile(ctx context.Context, n int, do func(ctx context.Context, i int) error) error {
	group, within := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range n {
		group.Go(func() error {
			if within.Err() != nil {
				return context.Cause(within)
			}
			return do(within, i)
		})
	}
	return group.Wait()
}

// uses tells whether a file still belongs to the store.
func (e *Engine) uses(f *segmentFile) bool {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return slices.Contains(e.view.catalog.files, f)
}

// find looks for the events in one file.
func (x *erasure) find(ctx context.Context, f *segmentFile) (touched, error) {
	t := touched{file: f, gone: make([]rowset.Set, len(f.meta.Groups))}
	for i := range f.blocks {
		rows, err := x.match(ctx, &f.blocks[i], f.meta.LastRID)
		if err != nil {
			return t, fmt.Errorf("looking for events to erase: %w", err)
		}
		if n := rows.Count(); n > 0 {
			t.gone[f.groups[i]] = f.under(f.groups[i], rows)
			t.events += n
		}
	}
	return t, nil
}

// match returns the rows of a block that match; lastRID bounds its RIDs.
func (x *erasure) match(ctx context.Context, ref *ask.Block, lastRID uint64) (rowset.Set, error) {
	upTo := uint64(math.MaxUint64)
	if lastRID > x.last {
		upTo = x.last
	}
	return x.filter.Rows(ctx, ref, ask.Bounds{Until: x.until, UpTo: upTo})
}
