// Package elastic serves port 9200: the part of the Elasticsearch API that
// scripts, shippers, boards and people use for logs.
//
// What comes in are HTTP requests; what goes out are answers in Elasticsearch's
// shapes. It is the door to the groups of endpoints and holds nothing but their
// list; docs/adr/0007-elasticsearch.md says how they stand.
package elastic

import (
	"context"
	"net/http"

	"rastro/internal/elastic/cats"
	"rastro/internal/elastic/documents"
	"rastro/internal/elastic/indices"
	"rastro/internal/elastic/inventory"
	"rastro/internal/elastic/nodes"
	"rastro/internal/elastic/rest"
	"rastro/internal/elastic/searches"
	"rastro/internal/elastic/snapshots"
	"rastro/internal/elastic/tasks"
	"rastro/internal/elastic/templates"
	"rastro/internal/ingest"
	"rastro/internal/journal"
	"rastro/internal/query"
)

// Node is what the groups of endpoints share.
type Node = rest.Node

// SnapshotOptions are what the endpoints about snapshots need.
type SnapshotOptions = snapshots.Options

// SnapshotNote is what a snapshot notes of what clients have set, and
// SnapshotFill gives it to a new data folder.
var (
	SnapshotNote = snapshots.Note
	SnapshotFill = snapshots.Fill
)

// Known tells the receiver of documents which of them are stored already.
var Known = documents.Known

// Options are what single groups need beside the Node. A function that is nil
// gives figures of 0, or refuses what it would do.
type Options struct {
	Ingest  func() ingest.Stats
	Journal func() journal.Stats
	// Disk tells the free and all bytes of the data folder's disk.
	Disk func() (free, total uint64, err error)
	// Folder is the data folder.
	Folder string
	// Address tells the address of this port; "" where it is not open.
	Address func() string
	// Erase removes the events that match.
	Erase func(ctx context.Context, filter query.Filter) (query.Removed, error)
	// Compact puts small files of the store together.
	Compact func(ctx context.Context) (query.Compacted, error)
	// Snapshots are what the endpoints about snapshots need.
	Snapshots SnapshotOptions
}

// Server is an http.Handler, safe for concurrent use.
type Server struct {
	router    *rest.Router
	snapshots *snapshots.Snapshots
}

// New makes a Server. Close must follow.
func New(node Node, opts Options) *Server {
	node.SetDefaults()
	inv := inventory.New(inventory.Options{
		Searcher: node.Searcher, Names: node.Names, Content: node.Cluster.Content, Ingest: opts.Ingest, Journal: opts.Journal, Disk: opts.Disk, Folder: opts.Folder,
		Address: opts.Address, Start: node.Start, ID: node.ID, Now: node.Now,
	})
	s := &Server{snapshots: snapshots.New(&node, opts.Snapshots)}
	s.router = rest.NewRouter(&node,
		searches.New(&node).Routes(),
		tasks.New(&node).Routes(),
		documents.New(&node).Routes(),
		indices.New(&node, indices.Options{Inventory: inv, Erase: opts.Erase, Compact: opts.Compact}).Routes(),
		templates.New(&node, inv).Routes(),
		nodes.New(&node, inv).Routes(),
		cats.New(&node, cats.Options{Inventory: inv, Snapshots: s.briefs}).Routes(),
		s.snapshots.Routes(),
	)
	return s
}

// briefs lists the snapshots of a repository.
func (s *Server) briefs(_ context.Context, repository string) ([]cats.Snapshot, error) {
	list, err := s.snapshots.Briefs(repository)
	all := make([]cats.Snapshot, len(list))
	for i := range list {
		all[i] = cats.Snapshot(list[i])
	}
	return all, err
}

// Close ends what runs in the background: snapshots and restores.
func (s *Server) Close() { s.snapshots.Close() }

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.router.ServeHTTP(w, r) }
