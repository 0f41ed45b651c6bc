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
	"rastro/internal/query"
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

// measureQuestions asks all questions inside this process, through the rooms
// that a server uses.
func measureQuestions(ctx context.Context, data string, asked []question, runs int) ([]timed, error) {
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
			took, answer, err := askOnce(ctx, folder, q)
			if err != nil {
				return nil, err
			}
			if n == 0 {
				times[i].found = answer.Total
				continue // the run that fills the caches
			}
			times[i].runs = append(times[i].runs, took)
		}
	}
	return times, folder.Close(ctx)
}

// openFolder opens a data folder with the defaults of a server.
func openFolder(ctx context.Context, data string) (*app.Folder, error) {
	c := config.Default()
	c.Data = data
	return app.OpenFolder(ctx, c, slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
}

// askOnce asks, takes the time and compares the answer with the log.
func askOnce(ctx context.Context, folder *app.Folder, q question) (time.Duration, query.Answer, error) {
	ask, err := q.whole(folder.Searcher.Now())
	if err != nil {
		return 0, query.Answer{}, err
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
		return took, answer, fmt.Errorf("%s (%s): %w", q.name, q.text, err)
	}
	return took, answer, nil
}

// askCold asks a question of a folder that was just opened, whose files the
// kernel has forgotten.
func askCold(ctx context.Context, data string, q question) (time.Duration, error) {
	if err := forget(data); err != nil {
		return 0, err
	}
	folder, err := openFolder(ctx, data)
	if err != nil {
		return 0, err
	}
	took, _, err := askOnce(ctx, folder, q)
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
