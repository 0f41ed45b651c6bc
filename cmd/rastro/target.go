package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/spf13/cobra"

	"rastro/internal/app"
	"rastro/internal/auth"
	"rastro/internal/collect"
	"rastro/internal/disk"
	"rastro/internal/search"
	"rastro/internal/store"
	"rastro/internal/web"
)

// target says whom a command asks: a server, or a data folder.
type target struct {
	server, data, file string
	// create makes a folder that does not exist.
	create bool
}

func (t *target) flags(c *cobra.Command) {
	c.Flags().StringVar(&t.server, "server", "", "address of a running server, such as http://127.0.0.1:5601")
	c.Flags().StringVar(&t.data, "data", "", "data folder; the server that runs on it is asked, or the folder is opened")
	c.Flags().StringVar(&t.file, "config", "", "configuration that names the data folder")
}

// backend is what answers: the same words over HTTP and inside the process.
type backend interface {
	search(ctx context.Context, req web.SearchRequest) (web.SearchAnswer, error)
	// tail calls visit with each new event as JSON until ctx ends.
	tail(ctx context.Context, text string, visit func(event []byte, lost int64) error) error
	// load reads one stream; progress is told the bytes read of it, and the
	// lines where they are known.
	load(ctx context.Context, r io.Reader, req web.ImportRequest, progress func(read, lines int64)) (web.ImportResult, error)
	close() error
}

// open finds the server or opens the folder.
func (t target) open(ctx context.Context, stderr io.Writer) (backend, error) {
	if t.server != "" {
		return newRemote(t.server), nil
	}
	c, err := readConfig(t.file)
	if err != nil {
		return nil, err
	}
	if t.data != "" {
		c.Data = t.data
	}
	info, held, err := store.ReadLock(disk.OS(), c.Data)
	if err == nil && held && info.Addresses["ui"] != "" {
		return newRemote("http://" + info.Addresses["ui"]), nil
	}
	if _, err := os.Stat(c.Data); !t.create && errors.Is(err, os.ErrNotExist) {
		return nil, usagef("there is no data folder %s; name one with --data, or a server with --server", c.Data)
	}
	folder, err := app.OpenFolder(ctx, c, slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		return nil, err
	}
	return &local{folder: folder}, nil
}

// local answers from a folder that this process has opened.
type local struct{ folder *app.Folder }

func (l *local) search(ctx context.Context, req web.SearchRequest) (web.SearchAnswer, error) {
	return web.Search(ctx, l.folder.Searcher, auth.Everything(), req)
}

func (l *local) tail(ctx context.Context, text string, visit func([]byte, int64) error) error {
	return fmt.Errorf("%w; start one with rastro serve", search.ErrNothingComesIn)
}

func (l *local) load(ctx context.Context, r io.Reader, req web.ImportRequest, progress func(read, lines int64)) (web.ImportResult, error) {
	zone, err := app.Zone(req.Zone)
	if err != nil {
		return web.ImportResult{}, usageError{err}
	}
	result, err := l.folder.Import(ctx, req.Name, r, collect.ImportOptions{
		Zone: zone, Host: req.Host, Dialect: req.Dialect, Newest: req.Newest,
		Progress: func(p collect.ImportProgress) { progress(p.Read, p.Lines) },
	})
	return web.ImportResult{Lines: result.Lines, Bytes: result.Bytes, Skipped: result.Skipped}, err
}

// closeWithin bounds the write of the last segment when a command ends.
const closeWithin = time.Minute

func (l *local) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeWithin)
	defer cancel()
	return l.folder.Close(ctx)
}
