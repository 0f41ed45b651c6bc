package tail

import (
	"log/slog"
	"sync"

	"github.com/fsnotify/fsnotify"
)

// watch gathers notices of the file system. It only makes things faster: where
// notices are missing, lost or not to be had, the scans find everything. A nil
// watch never wakes anybody.
type watch struct {
	log     *slog.Logger
	notify  *fsnotify.Watcher
	done    chan struct{}
	changed chan struct{}

	mu     sync.Mutex
	dirs   map[string]bool
	paths  map[string]struct{}
	rescan bool
}

// newWatch returns nil where the system has no notices to give.
func newWatch(log *slog.Logger) *watch {
	notify, err := fsnotify.NewWatcher()
	if err != nil {
		log.Warn("the file system gives no notices; looking at times", "err", err)
		return nil
	}
	w := &watch{
		log: log, notify: notify, dirs: map[string]bool{}, done: make(chan struct{}),
		changed: make(chan struct{}, 1), paths: map[string]struct{}{},
	}
	go w.gather()
	return w
}

// add watches a folder. One that cannot be watched is tried again at the next
// scan.
func (w *watch) add(dir string) {
	w.mu.Lock()
	known := w.dirs[dir]
	w.mu.Unlock()
	if known || w.notify.Add(dir) != nil {
		return
	}
	w.mu.Lock()
	w.dirs[dir] = true
	w.mu.Unlock()
}

// gather runs until close.
func (w *watch) gather() {
	defer close(w.done)
	for {
		select {
		case e, ok := <-w.notify.Events:
			if !ok {
				return
			}
			w.mu.Lock()
			if e.Has(fsnotify.Write) {
				w.paths[e.Name] = struct{}{}
			}
			if w.dirs[e.Name] && !e.Has(fsnotify.Write) {
				// The folder itself went away; one that takes its place must be
				// watched anew.
				delete(w.dirs, e.Name)
			}
			if e.Has(fsnotify.Create) || e.Has(fsnotify.Remove) || e.Has(fsnotify.Rename) {
				w.rescan = true
			}
			w.mu.Unlock()
		case _, ok := <-w.notify.Errors:
			if !ok {
				return
			}
			// Notices were lost.
			w.mu.Lock()
			w.rescan = true
			w.mu.Unlock()
		}
		signal(w.changed)
	}
}

// wakes is where a notice is announced.
func (w *watch) wakes() <-chan struct{} {
	if w == nil {
		return nil
	}
	return w.changed
}

// take returns the paths that were written to, and whether to look at all.
func (w *watch) take() (map[string]struct{}, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	paths, rescan := w.paths, w.rescan
	w.paths, w.rescan = map[string]struct{}{}, false
	return paths, rescan
}

func (w *watch) close() {
	if w == nil {
		return
	}
	w.notify.Close()
	<-w.done
}
