// Package searches serves the endpoints of port 9200 that ask questions.
//
// What comes in are requests in Elasticsearch's languages; what goes out are
// answers in its shapes. It reads events through search only, within the
// caller's scope, and never writes.
//
// A search is read in two steps: request is what was asked for, with every
// mistake named at its place; plan is the question to the store, with names
// resolved. Between the pages of a scroll, and in a point in time, nothing is
// kept but the question and the number of the last event it may see.
package searches

import (
	"net/http"
	"slices"
	"sync/atomic"

	"rastro/internal/elastic/contexts"
	"rastro/internal/elastic/rest"
)

// Searches are the endpoints, safe for concurrent use.
type Searches struct {
	node    *rest.Node
	scrolls *contexts.Book[*openedScroll]
	pits    *contexts.Book[pit]
	asyncs  *contexts.Book[*async]
	// scrollBytes counts the bytes of the questions of open scrolls.
	scrollBytes atomic.Int64
	// asyncHeld counts the bytes of the answers that are kept.
	asyncHeld atomic.Int64
}

// New makes the endpoints.
func New(node *rest.Node) *Searches {
	return &Searches{node: node, scrolls: newScrolls(node.Now), pits: newPits(node.Now), asyncs: newAsyncs(node.Now)}
}

var (
	get    = []string{http.MethodGet}
	post   = []string{http.MethodPost}
	both   = []string{http.MethodGet, http.MethodPost}
	remove = []string{http.MethodDelete}
)

// Routes lists the endpoints.
func (s *Searches) Routes() []rest.Route {
	return slices.Concat(s.searchRoutes(), s.otherRoutes(), s.asyncRoutes(), refusedRoutes())
}

// searchRoutes are those that bring hits or count them.
func (s *Searches) searchRoutes() []rest.Route {
	search := slices.Concat(searchParams, rest.ResolveParams)
	count := slices.Concat(countParams, rest.ResolveParams)
	multi := slices.Concat(msearchParams, rest.ResolveParams)
	scroll := []string{"scroll", "scroll_id", "rest_total_hits_as_int"}
	pit := slices.Concat([]string{"keep_alive", "preference", "routing", "allow_partial_search_results", "max_concurrent_shard_requests"}, rest.ResolveParams)
	return []rest.Route{
		{Methods: both, Path: "/_search", Params: search, Handle: s.search},
		{Methods: both, Path: "/{index}/_search", Params: search, Handle: s.search},
		{Methods: both, Path: "/_count", Params: count, Handle: s.count},
		{Methods: both, Path: "/{index}/_count", Params: count, Handle: s.count},
		{Methods: both, Path: "/_msearch", Params: multi, Handle: s.multi},
		{Methods: both, Path: "/{index}/_msearch", Params: multi, Handle: s.multi},
		{Methods: both, Path: "/_search/scroll", Params: scroll, Handle: s.scrollNext},
		{Methods: both, Path: "/_search/scroll/{scroll_id}", Params: scroll, Handle: s.scrollNext},
		{Methods: remove, Path: "/_search/scroll", Params: scroll, Handle: s.scrollClear},
		{Methods: remove, Path: "/_search/scroll/{scroll_id}", Params: scroll, Handle: s.scrollClear},
		{Methods: post, Path: "/{index}/_pit", Params: pit, Handle: s.pitOpen},
		{Methods: remove, Path: "/_pit", Handle: s.pitClose},
	}
}

// otherRoutes are those that tell about fields, queries and texts.
func (s *Searches) otherRoutes() []rest.Route {
	caps := slices.Concat(fieldCapsParams, rest.ResolveParams)
	valid := slices.Concat(validateParams, rest.ResolveParams)
	explain := slices.Concat(explainParams, rest.ResolveParams)
	shards := slices.Concat([]string{"local", "preference", "routing"}, rest.ResolveParams)
	analyze := []string{"index"}
	return []rest.Route{
		{Methods: both, Path: "/_field_caps", Params: caps, Handle: s.fieldCaps},
		{Methods: both, Path: "/{index}/_field_caps", Params: caps, Handle: s.fieldCaps},
		{Methods: both, Path: "/_validate/query", Params: valid, Handle: s.validate},
		{Methods: both, Path: "/{index}/_validate/query", Params: valid, Handle: s.validate},
		{Methods: both, Path: "/{index}/_explain/{id}", Params: explain, Handle: s.explain},
		{Methods: both, Path: "/_analyze", Params: analyze, Handle: s.analyze},
		{Methods: both, Path: "/{index}/_analyze", Params: analyze, Handle: s.analyze},
		{Methods: both, Path: "/_search_shards", Params: shards, Handle: s.searchShards},
		{Methods: both, Path: "/{index}/_search_shards", Params: shards, Handle: s.searchShards},
		{Methods: both, Path: "/{index}/_terms_enum", Params: rest.ResolveParams, Handle: s.termsEnum},
	}
}
