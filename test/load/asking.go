package main

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"rastro/internal/app"
	"rastro/internal/auth"
	"rastro/internal/config"
)

// timed is how long a question took.
type timed struct {
	name string
	goal time.Duration
	// first is the first time of a process, runs are the times after it.
	first time.Duration
	runs  []time.Duration
	found int64
}

// median is the middle of the runs.
func (t timed) median() time.Duration {
	s := slices.Sorted(slices.Values(t.runs))
	return s[len(s)/2]
}

// slowest is the longest of the runs.
func (t timed) slowest() time.Duration { return slices.Max(t.runs) }

// probe is something that is asked of an opened folder.
type probe struct {
	name string
	goal time.Duration
	// ask asks, takes the time, compares the answer with the log and tells how
	// much was found.
	ask func(context.Context, *app.Folder) (time.Duration, int64, error)
}

// measureQuestions asks all questions inside this process, through the rooms
// that a server uses.
func measureQuestions(ctx context.Context, data string, asked []probe, runs int) ([]timed, error) {
	times := make([]timed, len(asked))
	for i, q := range asked {
		first, err := askCold(ctx, data, q)
		if err != nil {
			return nil, err
		}
		times[i] = timed{name: q.name, goal: q.goal, first: first}
	}
	folder, err := openFolder(ctx, data)
	if err != nil {
		return nil, err
	}
	for i, q := range asked {
		for n := range runs + 1 {
			took, found, err := q.ask(ctx, folder)
			if err != nil {
				return nil, err
			}
			if n == 0 {
				times[i].found = found
				continue // the run that fills the caches
			}
			times[i].runs = append(times[i].runs, took)
		}
	}
	return times, folder.Close(ctx)
}

// probesOf makes probes of what can be asked.
func probesOf[Q interface{ probe() probe }](asked []Q) []probe {
	all := make([]probe, 0, len(asked))
	for _, q := range asked {
		all = append(all, q.probe())
	}
	return all
}

// openFolder opens a data folder with the defaults of a server.
func openFolder(ctx context.Context, data string) (*app.Folder, error) {
	c := config.Default()
	c.Data = data
	return app.OpenFolder(ctx, c, slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
}

// probe asks a store.
func (q question) probe() probe {
	return probe{name: q.name, goal: q.goal, ask: func(ctx context.Context, folder *app.Folder) (time.Duration, int64, error) {
		ask, err := q.whole(folder.Searcher.Now())
		if err != nil {
			return 0, 0, err
		}
		began := time.Now()
		answer, err := folder.Searcher.Ask(ctx, auth.Everything(), ask)
		took := time.Since(began)
		if err == nil {
			err = q.right(answer)
		}
		if page := min(answer.Total, int64(ask.Limit)); err == nil && int64(len(answer.Hits)) != page {
			err = fmt.Errorf("%d hits on the page, want %d", len(answer.Hits), page)
		}
		if err != nil {
			err = fmt.Errorf("%s (%s): %w", q.name, q.text, err)
		}
		found := answer.Total
		if !answer.TotalExact {
			found = int64(len(answer.Hits))
		}
		return took, found, err
	}}
}

// askCold asks a question of a folder that was just opened, whose files the
// kernel has forgotten.
func askCold(ctx context.Context, data string, q probe) (time.Duration, error) {
	if err := forget(data); err != nil {
		return 0, err
	}
	folder, err := openFolder(ctx, data)
	if err != nil {
		return 0, err
	}
	took, _, err := q.ask(ctx, folder)
	if err != nil {
		return 0, err
	}
	return took, folder.Close(ctx)
}

// forget asks the kernel to drop what it holds in memory of the files below a
// folder. The files must be closed.
func forget(dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		// What is not on the disk yet cannot be dropped.
		if err := f.Sync(); err != nil {
			return err
		}
		return unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED)
	})
}
