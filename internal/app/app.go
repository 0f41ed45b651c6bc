package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"

	"rastro/internal/collect"
	"rastro/internal/config"
	"rastro/internal/disk"
	"rastro/internal/elastic"
	"rastro/internal/monitor"
	"rastro/internal/query"
	"rastro/internal/sources"
	"rastro/internal/store"
	"rastro/internal/web"
	"rastro/ui"
)

// changedEvery is how often the files beside the configuration are looked at:
// the replies and the GeoIP databases.
const changedEvery = 5 * time.Second

// stopWithin bounds an orderly stop; what is not done by then is in the
// journal and comes back at the next start.
const stopWithin = 8 * time.Second

// Options are what a server is built from.
type Options struct {
	Config config.Config
	Log    *slog.Logger
	// Release is Rastro's version.
	Release string
}

// App is a server. New, then Start, then Stop; it is used once.
type App struct {
	opts      Options
	folder    *Folder
	collector *collect.Collector
	receiver  *collect.Beats // nil when its port is off
	documents *collect.Bulk
	classes   []store.RetainRule // of the configuration
	elastic   *elastic.Server
	servers   []*http.Server
	listeners []net.Listener
	opening   sync.Mutex // held while addresses are written, and read by a port that serves already
	addresses map[string]string
	watch     watch

	cancel  context.CancelFunc
	running sync.WaitGroup
	failed  chan error
	stopped sync.Once
	stopErr error
}

// New makes a server; nothing is opened yet.
func New(opts Options) *App {
	meters := monitor.NewMeters()
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	opts.Log = slog.New(meters.Log(opts.Log.Handler()))
	a := &App{opts: opts, addresses: map[string]string{}, failed: make(chan error, 8)}
	a.watch.meters = meters
	a.watch.monitor = monitor.New(monitor.Options{Host: hostName(), Data: opts.Config.Data, Release: opts.Release, LogLevel: opts.Config.Log.Level, Meters: meters})
	a.watch.reloads.begun(opts.Config.Sources)
	return a
}

// Start opens the data folder, the ports and the sources, in this order, but for
// port 9600, which comes first. When one fails, what was opened is closed again.
func (a *App) Start(ctx context.Context) error {
	c := a.opts.Config
	// A port that is taken is told of after a folder that is: the port is then
	// that of the process that holds the folder.
	err := a.openMonitor()
	var folderErr error
	if a.folder, folderErr = OpenFolder(ctx, c, a.opts.Log); folderErr != nil {
		a.closeMonitor()
		return folderErr
	}
	runCtx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	a.cancel = cancel
	if err == nil {
		err = a.start(runCtx, c)
	}
	if err != nil {
		return errors.Join(err, a.Stop())
	}
	return nil
}

func (a *App) start(ctx context.Context, c config.Config) error {
	var err error
	if a.classes, err = classRules(c.Keep.Classes); err != nil {
		return err
	}
	options, err := collectOptions(c, a.opts.Log)
	if err != nil {
		return err
	}
	if a.collector, err = collect.Open(options); err != nil {
		return err
	}
	// What is received begins to be taken below; until then senders wait.
	if a.receiver, err = a.openBeats(c); err != nil {
		return err
	}
	a.documents = a.openBulk()
	for _, p := range a.ports() {
		if err := a.listen(p); err != nil {
			return err
		}
	}
	if err := a.folder.store.SetInfo(store.LockInfo{Addresses: a.addresses}); err != nil {
		return err
	}
	positions := a.folder.journal.Positions()
	a.running.Go(func() {
		if err := a.collector.Run(ctx, positions, a.folder.Belt.Take); err != nil && ctx.Err() == nil {
			a.failed <- fmt.Errorf("collecting: %w", err)
		}
	})
	if a.receiver != nil {
		a.running.Go(func() {
			if err := a.receiver.Serve(ctx, positions, a.folder.Belt.Take); err != nil && ctx.Err() == nil {
				a.failed <- fmt.Errorf("receiving from Beats: %w", err)
			}
		})
	}
	a.running.Go(func() {
		_ = a.documents.Serve(ctx, a.folder.Belt.Take) // it ends with ctx only
	})
	a.running.Go(func() { a.retainLoop(ctx) })
	if c.Store.Compact {
		a.running.Go(func() { a.compactLoop(ctx) })
	}
	a.running.Go(func() { a.changesLoop(ctx) })
	a.running.Go(func() { a.warmUp(ctx) })
	a.watch.monitor.Open(a.rooms())
	a.running.Go(func() { a.watch.monitor.Run(ctx) })
	return nil
}

// port is one listener. streams: its requests or answers may last for hours.
type port struct {
	name    string
	address config.Address
	handler http.Handler
	streams bool
}

func (a *App) ports() []port {
	c := a.opts.Config
	a.elastic = elastic.New(a.node(hostName()), a.elasticOptions())
	return []port{
		{"ui", c.Listen.UI, a.web(), true},
		{"elastic", c.Listen.Elastic, a.elastic, false},
	}
}

// node is what the endpoints of the Elasticsearch-shaped API share.
func (a *App) node(host string) elastic.Node {
	f, id := a.folder, clusterID(host, a.opts.Config.Data)
	return elastic.Node{
		Searcher: f.Searcher, Names: f.names, Cluster: f.cluster, Bulk: a.documents,
		Name: host, ClusterID: id, ID: id, Release: a.opts.Release, Log: a.opts.Log,
	}
}

// elasticOptions are what single groups of those endpoints need.
func (a *App) elasticOptions() elastic.Options {
	f, data := a.folder, a.opts.Config.Data
	return elastic.Options{
		Ingest: f.Belt.Stats, Journal: f.journal.Stats, Folder: data,
		Erase: func(ctx context.Context, filter query.Filter) (query.Removed, error) {
			// What was acknowledged before goes too, not only what is in the store.
			if err := f.Belt.Settled(ctx); err != nil {
				return query.Removed{}, err
			}
			return f.store.Erase(ctx, filter)
		},
		Compact: f.Compact,
		Disk:    func() (free, total uint64, err error) { return disk.OS().Free(data) },
		Address: func() string {
			a.opening.Lock()
			defer a.opening.Unlock()
			return a.addresses["elastic"]
		},
		Snapshots: f.snapshotOptions(),
	}
}

// web is the server of the JSON API and the user interface.
func (a *App) web() *web.Server {
	f := a.folder
	return web.New(web.Options{
		Searcher: f.Searcher, Tracer: f.Tracer, Import: a.importStream, Saved: f.Saved, Release: a.opts.Release, UI: ui.Dist(), Erase: f.Erase,
		Health: a.health, Name: hostName(), IndexPrefix: a.opts.Config.Elastic.Prefix, Sources: a.sources(), GeoIP: len(a.opts.Config.GeoIP.Files) > 0,
		// The operator's replies file may change while the server runs.
		Reasons: func() []string { return f.Replies().Book().Classes() },
	})
}

// sources says where lines come from, and what is wrong.
func (a *App) sources() *sources.Desk {
	opts := sources.Options{
		Searcher: a.folder.Searcher, Files: a.collector, Imports: a.folder.imports.all,
		Ingest: a.folder.Belt.Stats, Journal: a.folder.journal.Stats, Store: a.folder.store.Stats,
	}
	if a.receiver != nil {
		opts.Beats = a.receiver.Status
	}
	return sources.New(opts)
}

// open opens a port and notes its address; nil when it is off.
func (a *App) open(name string, address config.Address) (net.Listener, error) {
	if address == config.Off {
		return nil, nil
	}
	if err := config.CheckAddress(address); err != nil {
		return nil, fmt.Errorf("listen.%s: %w", name, err)
	}
	l, err := net.Listen("tcp", string(address))
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("opening the port listen.%s: %w by another program, perhaps another Rastro; choose another address with --%s or the key listen.%s, or switch the port off", name, err, name, name)
	case err != nil:
		return nil, fmt.Errorf("opening the port listen.%s: %w", name, err)
	}
	a.opening.Lock()
	a.addresses[name] = l.Addr().String()
	a.opening.Unlock()
	return l, nil
}

// openBeats opens the port of Beats; nil when it is off.
func (a *App) openBeats(c config.Config) (*collect.Beats, error) {
	l, err := a.open("beats", c.Listen.Beats)
	if l == nil || err != nil {
		return nil, err
	}
	a.listeners = append(a.listeners, l)
	return collect.NewBeats(collect.BeatsOptions{Listener: l, Zone: time.Local, Log: a.opts.Log}), nil
}

// openBulk makes the receiver of the documents that clients write.
func (a *App) openBulk() *collect.Bulk {
	f := a.folder
	return collect.NewBulk(collect.BulkOptions{
		Prefix: f.names.Prefix(), Known: elastic.Known(f.Searcher, f.names), Settled: f.Belt.Settled,
		Paused: func() string { return f.Belt.Stats().Paused }, Zone: time.Local, Log: a.opts.Log,
	})
}

func (a *App) listen(p port) error {
	l, err := a.open(p.name, p.address)
	if l == nil || err != nil {
		return err
	}
	a.listeners = append(a.listeners, l)
	s := a.newServer(p)
	a.servers = append(a.servers, s)
	a.running.Go(func() {
		if err := s.Serve(l); err != nil && !errors.Is(err, http.ErrServerClosed) {
			a.failed <- fmt.Errorf("serving listen.%s: %w", p.name, err)
		}
	})
	return nil
}

// Addresses are the ports that are open, by name: ui, elastic, monitor, beats.
func (a *App) Addresses() map[string]string { return a.addresses }

// Folder is the opened data folder of a started server.
func (a *App) Folder() *Folder { return a.folder }

// Wait returns when ctx ends (nil) or when a part of the server failed.
func (a *App) Wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-a.failed:
		return err
	}
}

// Reload takes the sources, the file of replies and the GeoIP databases of a new
// configuration; what of them has a mistake stays as it was. Other keys need a
// restart.
func (a *App) Reload(c config.Config) error {
	repliesErr := a.folder.replies.Use(c.Replies.File)
	if repliesErr != nil {
		repliesErr = fmt.Errorf("replies.file: %w", repliesErr)
	}
	placesErr := a.folder.places.Use(c.GeoIP.Files)
	if placesErr != nil {
		placesErr = fmt.Errorf("geoip.files: %w", placesErr)
	}
	options, err := collectOptions(c, a.opts.Log)
	if err == nil {
		err = a.collector.Reload(options.Sources)
	}
	err = errors.Join(err, repliesErr, placesErr)
	a.watch.reloads.ended(c.Sources, err)
	return err
}

// Stop closes the ports, ends the sources, lets the belt run empty and closes
// the folder, within stopWithin. A second call returns the first one's error;
// before a Start that succeeded it does nothing.
func (a *App) Stop() error {
	a.stopped.Do(func() {
		if a.cancel == nil {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), stopWithin)
		defer cancel()
		a.watch.monitor.Stopping()
		a.cancel()
		a.closePorts(ctx)
		if a.elastic != nil {
			a.elastic.Close()
		}
		a.running.Wait()
		a.stopErr = a.folder.Close(ctx)
		a.closeMonitor()
	})
	return a.stopErr
}

// closePorts lets requests end for a moment and then cuts them off: most of the
// time of a stop belongs to the data, and a live tail never ends by itself.
func (a *App) closePorts(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	var closing sync.WaitGroup
	for _, s := range a.servers {
		closing.Go(func() {
			if s.Shutdown(ctx) != nil {
				_ = s.Close()
			}
		})
	}
	closing.Wait()
	for _, l := range a.listeners {
		_ = l.Close() // most are closed by what served on them
	}
}
