// Package snapshots serves the endpoints of port 9200 about snapshots: the
// repositories, which are folders, and what is in them.
//
// What comes in are requests; what goes out are answers in Elasticsearch's
// shapes, snapshots in folders that the operator allows, and events that come
// back from them through the belt. It never parses a line, and never touches a
// file outside the allowed folders.
package snapshots

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"rastro/internal/elastic/rest"
	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/store"
)

// Engine is what makes snapshots and removes events; the embedded engine does.
type Engine interface {
	Snapshot(ctx context.Context, r *store.Repository, opts store.SnapshotOptions) (store.Snapshot, error)
	Erase(ctx context.Context, filter query.Filter) (store.Removed, error)
}

// Belt takes events that were parsed before; ingest.Belt does.
type Belt interface {
	TakeEvents(ctx context.Context, events []event.Event, positions []event.Position) error
	// Settled waits until what was acknowledged is in the store.
	Settled(ctx context.Context) error
}

// Options are what the endpoints need beside the node. All are required.
type Options struct {
	Engine Engine
	Belt   Belt
	// Positions are how far sources, and restores, were read; by key.
	Positions func() map[string][]byte
	// Folders are those in which repositories may lie, as full paths.
	Folders []string
}

// Snapshots are the endpoints, safe for concurrent use.
type Snapshots struct {
	node *rest.Node
	opts Options
	// life ends with Close; what runs in the background ends with it.
	life    context.Context
	end     context.CancelFunc
	running sync.WaitGroup

	mu   sync.Mutex
	jobs map[jobKey]*job // snapshots being made
	// restoring are the indices that are being restored.
	restoring map[string]bool
}

// jobKey names a snapshot.
type jobKey struct{ repo, name string }

// job is a snapshot being made.
type job struct {
	uuid  string
	start int64 // milliseconds since 1970
	about about
	// indices are the names of what was chosen.
	indices []string
	cancel  context.CancelFunc
	done    chan struct{} // closed at its end; result and err are set then
	result  store.Snapshot
	err     error
}

// New makes the endpoints. Close must follow.
func New(node *rest.Node, opts Options) *Snapshots {
	s := &Snapshots{node: node, opts: opts, jobs: map[jobKey]*job{}, restoring: map[string]bool{}}
	s.life, s.end = context.WithCancel(context.Background())
	return s
}

// Close ends the snapshots and restores under way, and waits for them. A
// snapshot that is not finished leaves nothing, a restore goes on when it is
// asked for again.
func (s *Snapshots) Close() {
	s.end()
	s.running.Wait()
}

// Routes lists the endpoints.
func (s *Snapshots) Routes() []rest.Route {
	get, put, post := []string{http.MethodGet}, []string{http.MethodPut, http.MethodPost}, []string{http.MethodPost}
	remove := []string{http.MethodDelete}
	list := []string{"verbose", "ignore_unavailable", "index_details", "index_names", "include_repository", "size", "offset", "sort", "order", "after", "from_sort_value", "slm_policy_filter", "state", "local"}
	status := []string{"ignore_unavailable", "local"}
	const repo, snapshot = "/_snapshot/{repository}", "/_snapshot/{repository}/{snapshot}"
	return []rest.Route{
		{Methods: get, Path: "/_snapshot", Params: []string{"local"}, Handle: s.getRepositories},
		{Methods: get, Path: repo, Params: []string{"local"}, Handle: s.getRepositories},
		{Methods: put, Path: repo, Params: []string{"verify"}, Handle: s.putRepository},
		{Methods: remove, Path: repo, Handle: s.deleteRepository},
		{Methods: post, Path: repo + "/_verify", Handle: s.verifyRepository},
		{Methods: post, Path: repo + "/_cleanup", Handle: s.cleanRepository},
		{Methods: get, Path: "/_snapshot/_status", Params: status, Handle: s.status},
		{Methods: get, Path: repo + "/_status", Params: status, Handle: s.status},
		{Methods: get, Path: snapshot + "/_status", Params: status, Handle: s.status},
		{Methods: get, Path: snapshot, Params: list, Handle: s.list},
		{Methods: put, Path: snapshot, Params: []string{"wait_for_completion"}, Handle: s.create},
		{Methods: remove, Path: snapshot, Params: []string{"wait_for_completion"}, Handle: s.remove},
		{Methods: post, Path: snapshot + "/_restore", Params: []string{"wait_for_completion"}, Handle: s.restore},
		{Methods: []string{http.MethodPut}, Path: snapshot + "/_clone/{target}", Handle: s.clone},
		{Methods: post, Path: snapshot + "/_mount", Params: []string{"wait_for_completion", "storage"}, Handle: s.mount},
	}
}

// clone refuses: a second name for the same files would help nobody.
func (s *Snapshots) clone(http.ResponseWriter, *rest.Request) error {
	return rest.Illegal("[_clone] is not supported: snapshots of one repository share their files already; make another snapshot instead")
}

// mount refuses: events are searched in the store.
func (s *Snapshots) mount(http.ResponseWriter, *rest.Request) error {
	return rest.Illegal("[_mount] is not supported: restore the snapshot instead, under another name if need be")
}

// job returns the snapshot that is being made under a name; nil for none.
func (s *Snapshots) job(key jobKey) *job {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.jobs[key]
}

// underWay lists the snapshots that are being made in a repository, by name.
func (s *Snapshots) underWay(repo string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []string
	for key := range s.jobs {
		if key.repo == repo {
			names = append(names, key.name)
		}
	}
	slices.Sort(names)
	return names
}

// patient lets a client wait for as long as it takes.
func patient(w http.ResponseWriter) {
	// Where the connection has no deadlines there is nothing to lift.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Time{})
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
}

// strict reads a JSON body into v and refuses what v does not know.
func strict(r *rest.Request, v any) error {
	text, err := r.Body()
	if err != nil {
		return err
	}
	return decodeStrict(text, v)
}
