// Package searches serves the endpoints of port 9200 that ask questions.
//
// What comes in are requests in Elasticsearch's languages; what goes out are
// answers in its shapes. It reads events through search only, within the
// caller's scope, and never writes.
package searches

import (
	"net/http"
	"slices"

	"rastro/internal/elastic/rest"
)

// Searches are the endpoints, safe for concurrent use.
type Searches struct{ node *rest.Node }

// New makes the endpoints.
func New(node *rest.Node) *Searches { return &Searches{node: node} }

// Routes lists the endpoints.
func (s *Searches) Routes() []rest.Route {
	both := []string{http.MethodGet, http.MethodPost}
	search := slices.Concat(searchParams, rest.ResolveParams)
	count := slices.Concat(countParams, rest.ResolveParams)
	return []rest.Route{
		{Methods: both, Path: "/_search", Params: search, Handle: s.search},
		{Methods: both, Path: "/{index}/_search", Params: search, Handle: s.search},
		{Methods: both, Path: "/_count", Params: count, Handle: s.count},
		{Methods: both, Path: "/{index}/_count", Params: count, Handle: s.count},
	}
}
