// Package app builds the rooms from the configuration, starts them in order
// and stops them in reverse.
//
// What comes in is a config.Config; what goes out is a running server (App) or
// an opened data folder (Folder). It holds no logic of its own beyond order,
// limits of its listeners and the translation from configuration to options.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"rastro/internal/config"
	"rastro/internal/dashboard"
	"rastro/internal/disk"
	"rastro/internal/elastic/cluster"
	"rastro/internal/elastic/days"
	"rastro/internal/elastic/names"
	"rastro/internal/feed"
	"rastro/internal/ingest"
	"rastro/internal/journal"
	"rastro/internal/parse"
	"rastro/internal/reply"
	"rastro/internal/search"
	"rastro/internal/store"
	"rastro/internal/trace"
)

// Folder is an opened data folder: everything but the ports and the sources.
// Its methods are safe for concurrent use.
type Folder struct {
	Searcher *search.Searcher
	Tracer   *trace.Tracer
	Belt     *ingest.Belt
	// Saved holds saved searches and dashboards.
	Saved *dashboard.Store

	store     *store.Local
	names     *names.Book
	cluster   *cluster.State
	journal   *journal.Journal
	feed      *feed.Feed
	parsed    parse.Stats
	replies   *reply.Live
	places    *parse.Places
	importing chan struct{} // holds the one import that runs
	imports   imports
	// reserve is the bytes of the disk that stay free.
	reserve uint64
	// backups are the folders in which snapshots may lie.
	backups []string
	dir     string
	log     *slog.Logger
	// Recovered is the number of events that came back from the journal.
	Recovered int64
}

// OpenFolder locks and opens the data folder of c, recovers what the last run
// left in the journal and sets the belt moving. ctx bounds the recovery only.
// A folder that another process holds gives store.ErrLocked, one that holds
// something else ErrNotData.
func OpenFolder(ctx context.Context, c config.Config, log *slog.Logger) (*Folder, error) {
	if _, err := HasData(c.Data); err != nil {
		return nil, err
	}
	fs := disk.OS()
	f := &Folder{feed: &feed.Feed{}, importing: make(chan struct{}, 1), backups: c.BackupFolders(), dir: c.Data, reserve: uint64(c.Disk.Reserve), log: log}
	var err error
	if f.replies, err = reply.Open(c.Replies.File); err != nil {
		return nil, fmt.Errorf("replies.file: %w", err)
	}
	if f.places, err = parse.OpenPlaces(c.GeoIP.Files); err != nil {
		return nil, fmt.Errorf("geoip.files: %w", err)
	}
	f.store, err = store.OpenLocal(fs, c.Data, store.LocalOptions{
		SegmentRows: c.Store.SegmentRows,
		SegmentAge:  time.Duration(c.Store.SegmentAge),
		CacheBytes:  int64(c.Store.Cache),
		AllMemory:   c.Search.TotalMemory(),
		Log:         log,
	})
	if err != nil {
		return nil, err
	}
	f.journal, err = journal.Open(fs, filepath.Join(c.Data, "journal"), journal.Options{AtLeast: f.store.Durable() + 1, Log: log})
	if err != nil {
		return nil, errors.Join(err, f.store.Close())
	}
	if f.Recovered, err = ingest.Recover(ctx, f.journal, f.store); err != nil {
		return nil, errors.Join(err, f.journal.Close(), f.store.Close())
	}
	f.Searcher = search.New(search.Options{
		Store: f.store, Feed: f.feed,
		Timeout: time.Duration(c.Search.Timeout), MaxMemory: int64(c.Search.Memory),
		Concurrent: c.Search.Concurrent, Queue: c.Search.Queue, Wait: time.Duration(c.Search.Wait),
		Busy: func() bool { return f.Belt != nil && f.Belt.Busy() },
	})
	f.Tracer = trace.New(trace.Options{Searcher: f.Searcher, Book: f.replies.Book})
	f.Belt = ingest.New(ingest.Options{
		Journal: f.journal, Store: f.store, Feed: f.feed, Log: log,
		NewParser: func() ingest.Parser {
			return parse.New(parse.Options{Stats: &f.parsed, Reasons: f.replies, Places: f.places})
		},
		FS: fs, Dir: c.Data, ReserveBytes: uint64(c.Disk.Reserve),
	})
	if err := f.openNames(fs, c); err != nil {
		return nil, errors.Join(err, f.journal.Close(), f.store.Close())
	}
	f.Saved = dashboard.Open(ctx, filepath.Join(c.Data, dashboard.FileName), dashboard.Options{Log: log})
	f.Belt.Start(context.WithoutCancel(ctx))
	return f, nil
}

// openNames opens what clients of the Elasticsearch-shaped API have set.
func (f *Folder) openNames(fs disk.FS, c config.Config) (err error) {
	f.cluster, err = cluster.Open(fs, filepath.Join(c.Data, cluster.FileName), cluster.Options{Log: f.log})
	if err != nil {
		return err
	}
	f.names = names.New(names.Options{Prefix: c.Elastic.Prefix, Days: days.New(f.Searcher, f.cluster.Content).List, Content: f.cluster.Content})
	return nil
}

// Replies is what the answers of mail servers mean, the operator's own rules
// included.
func (f *Folder) Replies() *reply.Live { return f.replies }

// Close lets what was taken reach the files and closes the folder. When ctx
// ends first, the rest stays in the journal for the next start.
func (f *Folder) Close(ctx context.Context) error {
	err := f.Belt.Stop(ctx)
	if flushErr := f.store.Flush(ctx); flushErr != nil && !errors.Is(flushErr, context.DeadlineExceeded) {
		err = errors.Join(err, fmt.Errorf("writing the last segment: %w", flushErr))
	}
	err = errors.Join(err, f.journal.Trim(f.store.Durable()))
	return errors.Join(err, f.Saved.Close(), f.journal.Close(), f.store.Close())
}
