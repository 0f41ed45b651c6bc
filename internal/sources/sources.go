// Package sources says where lines come from and what is wrong with them: it
// answers "why do I see no logs?".
//
// What comes in are snapshots of the rooms that collect, take in and store, and
// a caller's scope; what goes out is one Answer, each problem of which says in
// words what to do. It reads events through search only, looks at files only to
// see who may read them, and never changes anything.
package sources

import (
	"cmp"
	"context"
	"slices"
	"time"

	"rastro/internal/auth"
	"rastro/internal/collect"
	"rastro/internal/ingest"
	"rastro/internal/journal"
	"rastro/internal/search"
	"rastro/internal/store"
)

const (
	// maxSources bounds the sources of an answer.
	maxSources = 500
	// maxLines bounds the sources whose last line is looked up for one answer,
	// and linesTime the time for that.
	maxLines  = 100
	linesTime = 500 * time.Millisecond
	// fresh is how long an answer is given again; one that took long is given
	// for keepFactor times as long as it took.
	fresh      = 2 * time.Second
	keepFactor = 5
)

// Options are the rooms that are asked. Searcher and Files are required; each
// of the others may be nil where there is none. All are safe for concurrent use.
type Options struct {
	Searcher *search.Searcher
	// Files are the snapshots of the collector.
	Files Files
	Beats func() collect.BeatsStatus
	// Imports are those since the start, the oldest first.
	Imports func() []Import
	Ingest  func() ingest.Stats
	Journal func() journal.Stats
	Store   func() store.Stats
}

// Files is what is asked of a collector.
type Files interface {
	Status() []collect.FileStatus
	Absent() []collect.Absent
	// Follows tells whether a source leads to a path; looked is false while
	// nothing is known yet.
	Follows(path string) (follows, looked bool)
}

// Import is one import.
type Import struct {
	Name          string
	Start, End    time.Time // End is zero while it runs
	Lines, Bytes  int64
	Err           string
	Zone, Dialect string
}

// Desk makes answers. It is safe for concurrent use.
type Desk struct {
	opts Options
	// turn is held by the one who makes an answer, and guards answers.
	turn    chan struct{}
	answers map[auth.Scope]kept
}

// kept is an answer that is given again for a while.
type kept struct {
	answer Answer
	until  time.Time
	memory memory
}

// memory is what one answer leaves for the next.
type memory struct {
	lines   map[string]lastLine
	rhythms map[string]rhythm
}

// New makes a Desk.
func New(opts Options) *Desk {
	return &Desk{opts: opts, turn: make(chan struct{}, 1), answers: map[auth.Scope]kept{}}
}

// Answer says how the sources are, as far as the scope reaches: who may not see
// every event sees the sources of the events that he may see, and nothing of the
// server. The same answer is given to all who
// ask within two seconds. It must not be changed.
func (d *Desk) Answer(ctx context.Context, scope auth.Scope) (Answer, error) {
	select {
	case d.turn <- struct{}{}:
		defer func() { <-d.turn }()
	case <-ctx.Done():
		return Answer{}, ctx.Err()
	}
	start := time.Now()
	last := d.answers[scope]
	if start.Before(last.until) {
		return last.answer, nil
	}
	r := &round{Desk: d, scope: scope, now: d.opts.Searcher.Now(), before: last.memory, after: newMemory()}
	answer, err := r.answer(search.As(ctx, search.APISources))
	if err != nil {
		return Answer{}, err
	}
	took := time.Since(start)
	d.answers[scope] = kept{answer, start.Add(took + max(fresh, keepFactor*took)), r.after}
	return answer, nil
}

func newMemory() memory {
	return memory{lines: map[string]lastLine{}, rhythms: map[string]rhythm{}}
}

// round is the making of one answer.
type round struct {
	*Desk
	scope         auth.Scope
	now           time.Time
	before, after memory
}

func (r *round) answer(ctx context.Context) (Answer, error) {
	figures, err := r.figures(ctx)
	if err != nil {
		return Answer{}, err
	}
	rows := r.rows(figures)
	all := r.scope.SeesEverything()
	if !all {
		rows = slices.DeleteFunc(rows, func(one *row) bool { return one.recent == 0 })
	}
	if err := r.recall(ctx, rows); err != nil {
		return Answer{}, err
	}
	for _, row := range rows {
		r.judge(row)
	}
	if err := r.silence(ctx, rows); err != nil {
		return Answer{}, err
	}
	slices.SortStableFunc(rows, func(a, b *row) int {
		return cmp.Or(cmp.Compare(states[a.State], states[b.State]), cmp.Compare(b.Recent, a.Recent), cmp.Compare(a.Name, b.Name))
	})
	answer := Answer{Time: stamp(r.now.UnixNano()), Sources: []Source{}}
	if all {
		answer.Problems = r.hindrances()
	}
	if more := len(rows) - maxSources; more > 0 {
		answer.More, rows = more, rows[:maxSources]
	}
	if err := r.lastLines(ctx, rows); err != nil {
		return Answer{}, err
	}
	for _, row := range rows {
		row.finish()
		answer.Sources = append(answer.Sources, row.Source)
	}
	answer.Unparsed, err = r.unparsed(ctx)
	return answer, err
}
