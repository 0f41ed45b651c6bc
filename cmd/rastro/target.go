package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/url"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"rastro/internal/app"
	"rastro/internal/auth"
	"rastro/internal/collect"
	"rastro/internal/config"
	"rastro/internal/disk"
	"rastro/internal/search"
	"rastro/internal/store"
	"rastro/internal/trace"
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
	completeFiles(c)
}

// backend is what answers: the same words over HTTP and inside the process.
type backend interface {
	search(ctx context.Context, req web.SearchRequest) (web.SearchAnswer, error)
	fieldStats(ctx context.Context, req web.FieldStatsRequest) (web.FieldStatsAnswer, error)
	trace(ctx context.Context, req web.TraceRequest) (trace.Answer, error)
	// tail calls visit with each new event as JSON until ctx ends.
	tail(ctx context.Context, text, zone string, visit func(event []byte, lost int64) error) error
	// load reads one stream; progress is told the bytes read of it, and the
	// lines where they are known. With an error the result says what was done
	// before.
	load(ctx context.Context, r io.Reader, req web.ImportRequest, progress func(read, lines int64)) (web.ImportResult, error)
	// export writes all events that match, as web.Export does, which explains
	// params and begin.
	export(ctx context.Context, params url.Values, begin func(lacking []string) (io.Writer, error)) error
	// erase removes every event that mentions an address.
	erase(ctx context.Context, req web.EraseRequest, progress func(web.EraseProgress)) (web.EraseReport, error)
	// name tells a person what this is.
	name() string
	close() error
}

// open finds the server or opens the folder.
func (t target) open(ctx context.Context, stderr io.Writer) (backend, error) {
	if t.server != "" {
		return newRemote(t.server)
	}
	c, err := readConfig(t.file, nil)
	if err != nil {
		return nil, err
	}
	if t.data != "" {
		c.Data = t.data
	}
	if full, err := filepath.Abs(c.Data); err == nil {
		c.Data = full // messages are true in any folder
	}
	info, held, err := store.ReadLock(disk.OS(), c.Data)
	switch {
	case err == nil && held && info.Addresses["ui"] != "":
		return newRemote(info.Addresses["ui"])
	case errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf("%w; if a server runs on this folder, ask it with --server http://%s", err, config.Default().Listen.UI)
	}
	exists, err := app.HasData(c.Data)
	switch {
	case err != nil:
		return nil, err
	case !exists && !t.create:
		return t.openNothing(c)
	case !exists:
		fmt.Fprintf(stderr, "rastro: making the data folder %s\n", c.Data)
	}
	folder, err := app.OpenFolder(ctx, c, slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		return nil, err
	}
	return &local{folder: folder, dir: c.Data}, nil
}

// openNothing is for a folder that does not exist. When nobody named it, the
// server at the default address is meant, if there is one.
func (t target) openNothing(c config.Config) (backend, error) {
	if t.data != "" || t.file != "" {
		return nil, usagef("there is no data folder %s; name one with --data, or a server with --server", c.Data)
	}
	r, err := newRemote(string(config.Default().Listen.UI))
	if err != nil {
		return nil, err
	}
	r.silent = usagef("there is neither a data folder %s nor a server at %s; name a folder with --data, or a server with --server", c.Data, r.base)
	return r, nil
}

// local answers from a folder that this process has opened.
type local struct {
	folder *app.Folder
	dir    string
}

func (l *local) name() string { return l.dir }

func (l *local) search(ctx context.Context, req web.SearchRequest) (web.SearchAnswer, error) {
	return web.Search(ctx, l.folder.Searcher, auth.Everything(), req)
}

func (l *local) fieldStats(ctx context.Context, req web.FieldStatsRequest) (web.FieldStatsAnswer, error) {
	return web.GetFieldStats(ctx, l.folder.Searcher, auth.Everything(), req)
}

func (l *local) trace(ctx context.Context, req web.TraceRequest) (trace.Answer, error) {
	q, err := req.Question(l.folder.Searcher.Now())
	if err != nil {
		return trace.Answer{}, err
	}
	return l.folder.Tracer.Trace(ctx, auth.Everything(), q)
}

func (l *local) export(ctx context.Context, params url.Values, begin func([]string) (io.Writer, error)) error {
	return web.Export(ctx, l.folder.Searcher, auth.Everything(), params, begin)
}

func (l *local) tail(context.Context, string, string, func([]byte, int64) error) error {
	return fmt.Errorf("no server runs on %s: %w; start one with rastro serve", l.dir, search.ErrNothingComesIn)
}

func (l *local) load(ctx context.Context, r io.Reader, req web.ImportRequest, progress func(read, lines int64)) (web.ImportResult, error) {
	opts, err := app.ImportOptions(req)
	if err != nil {
		return web.ImportResult{}, err
	}
	opts.Progress = func(p collect.ImportProgress) { progress(p.Read, p.Lines) }
	return l.folder.ImportFor(ctx, r, req, opts)
}

// closeWithin bounds the write of the last segment when a command ends. What is
// not written by then is in the journal; on a full disk waiting is no use.
const (
	closeWithin     = 10 * time.Second
	closeWithinFull = time.Second
)

func (l *local) close() error {
	within := closeWithin
	if l.folder.Belt.Stats().Paused != "" {
		within = closeWithinFull
	}
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	err := l.folder.Close(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		return nil // what was not taken is read again, the rest is in the journal
	}
	return err
}
