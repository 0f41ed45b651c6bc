// Package rest is what the endpoints of the Elasticsearch-shaped API share:
// routes, parameters, answers and errors in Elasticsearch's shapes.
//
// What comes in are HTTP requests and handlers; what goes out are answers. It
// never reads an event and knows no endpoint.
package rest

import (
	"log/slog"
	"net/http"
	"time"

	"rastro/internal/auth"
	"rastro/internal/collect"
	"rastro/internal/elastic/cluster"
	"rastro/internal/elastic/names"
	"rastro/internal/search"
)

// Version is the Elasticsearch version whose shapes are served.
const Version = "8.17.0"

// Node is what the groups of endpoints share. All fields but Bulk, Scope, Now
// and Log are required.
type Node struct {
	Searcher *search.Searcher
	Names    *names.Book
	Cluster  *cluster.State
	// Bulk takes the documents that clients write; nil: none are taken.
	Bulk *collect.Bulk
	// Tasks are the requests under way.
	Tasks *Tasks
	// Scope says what a caller may see. Default: everything, for a server that
	// listens on loopback only.
	Scope func(*http.Request) auth.Scope
	// Name and ClusterID name this server in answers, Release is Rastro's own
	// version, ID the node's id.
	Name, ClusterID, Release, ID string
	// Start is when the server began.
	Start time.Time
	// Now is the clock. Default: time.Now.
	Now func() time.Time
	Log *slog.Logger
}

// SetDefaults fills in what was left out.
func (n *Node) SetDefaults() {
	if n.Scope == nil {
		n.Scope = func(*http.Request) auth.Scope { return auth.Everything() }
	}
	if n.Now == nil {
		n.Now = time.Now
	}
	if n.Log == nil {
		n.Log = slog.New(slog.DiscardHandler)
	}
	if n.Tasks == nil {
		n.Tasks = NewTasks(n.ID, n.Now)
	}
	if n.Start.IsZero() {
		n.Start = n.Now()
	}
}

// Resolve finds the indices that a request's expression means, read by its
// parameters ignore_unavailable, allow_no_indices and expand_wildcards.
func (n *Node) Resolve(r *Request, expression string) (names.Set, error) {
	opts, err := ResolveOptions(r)
	if err != nil {
		return names.Set{}, err
	}
	return n.ResolveWith(expression, opts)
}

// ResolveWith is Resolve with given options. Errors are *Failure.
func (n *Node) ResolveWith(expression string, opts names.ResolveOptions) (names.Set, error) {
	set, err := n.Names.Resolve(expression, opts)
	return set, NameFailure(err)
}
