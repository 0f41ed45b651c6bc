// Package elastic serves port 9200: the part of the Elasticsearch API that
// scripts, shippers, boards and people use for logs.
//
// What comes in are HTTP requests; what goes out are answers in Elasticsearch's
// shapes. It is the door to the groups of endpoints and holds nothing but their
// list; docs/adr/0007-elasticsearch.md says how they stand.
package elastic

import (
	"net/http"

	"rastro/internal/elastic/documents"
	"rastro/internal/elastic/indices"
	"rastro/internal/elastic/rest"
	"rastro/internal/elastic/searches"
	"rastro/internal/elastic/snapshots"
)

// Node is what the groups of endpoints share.
type Node = rest.Node

// SnapshotOptions are what the endpoints about snapshots need.
type SnapshotOptions = snapshots.Options

// Known tells the receiver of documents which of them are stored already.
var Known = documents.Known

// Server is an http.Handler, safe for concurrent use.
type Server struct {
	router    *rest.Router
	snapshots *snapshots.Snapshots
}

// New makes a Server. Close must follow.
func New(node Node, opts SnapshotOptions) *Server {
	node.SetDefaults()
	s := &Server{snapshots: snapshots.New(&node, opts)}
	s.router = rest.NewRouter(&node,
		searches.New(&node).Routes(),
		documents.New(&node).Routes(),
		indices.New(&node).Routes(),
		s.snapshots.Routes(),
	)
	return s
}

// Close ends what runs in the background: snapshots and restores.
func (s *Server) Close() { s.snapshots.Close() }

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.router.ServeHTTP(w, r) }
