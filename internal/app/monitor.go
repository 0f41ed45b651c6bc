package app

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"os"
	"sync"
	"time"

	"rastro/internal/config"
	"rastro/internal/disk"
	"rastro/internal/event"
	"rastro/internal/monitor"
)

// watch is port 9600. It opens before the data folder and closes after it, so
// that it can say that the server starts or stops.
type watch struct {
	monitor *monitor.Server
	meters  *monitor.Meters
	server  *http.Server // nil while the port is closed, or off
	serving sync.WaitGroup
	reloads reloads
}

// hostName is this machine's name.
func hostName() string {
	host, err := os.Hostname()
	if err != nil {
		return "localhost"
	}
	return host
}

// openMonitor opens port 9600.
func (a *App) openMonitor() error {
	p := port{name: "monitor", address: a.opts.Config.Listen.Monitor, handler: a.watch.monitor}
	l, err := a.open(p.name, p.address)
	if l == nil || err != nil {
		return err
	}
	s := a.newServer(p)
	a.watch.server = s
	a.watch.serving.Go(func() {
		if err := s.Serve(l); err != nil && !errors.Is(err, http.ErrServerClosed) {
			a.failed <- fmt.Errorf("serving listen.%s: %w", p.name, err)
		}
	})
	return nil
}

func (a *App) closeMonitor() {
	if a.watch.server != nil {
		_ = a.watch.server.Close()
	}
	a.watch.serving.Wait()
}

// rooms are what port 9600 tells of.
func (a *App) rooms() monitor.Rooms {
	f, c, fs := a.folder, a.opts.Config, disk.OS()
	r := monitor.Rooms{
		Ingest: f.Belt.Stats, Journal: f.journal.Stats, Store: f.store.Stats, Parse: f.parsed.Counts,
		Search: f.Searcher.Counts, Sources: a.collector.Status, Reloads: a.watch.reloads.all,
		Inputs:  []string{event.InputFile, event.InputImport},
		Reasons: func() []string { return f.Replies().Book().Classes() },
		Disk:    func() (free, total uint64, err error) { return fs.Free(c.Data) },
	}
	if a.receiver != nil {
		r.Beats = a.receiver.Status
		r.Inputs = append(r.Inputs, event.InputBeats)
	}
	if c.Listen.Elastic != config.Off {
		r.Inputs = append(r.Inputs, event.InputBulk)
	}
	return r
}

// reloads remembers how reading the configuration again went. It is safe for
// concurrent use.
type reloads struct {
	mu   sync.Mutex
	told monitor.Reloads
}

// begun notes the sources that the server began with.
func (r *reloads) begun(list []config.Source) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.told.Hash = hashOf(list)
}

// ended notes a reload.
func (r *reloads) ended(list []config.Source, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		r.told.Failures++
		r.told.LastFailure, r.told.LastError = time.Now(), err.Error()
		return
	}
	r.told.Successes++
	r.told.LastSuccess, r.told.Hash = time.Now(), hashOf(list)
}

func (r *reloads) all() monitor.Reloads {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.told
}

func hashOf(list []config.Source) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%+v", list))
	return hex.EncodeToString(sum[:])
}
