// Package documents serves the endpoints of port 9200 that write documents and
// read single ones.
//
// What comes in are requests; what goes out are answers in Elasticsearch's
// shapes. Documents go to collect.Bulk and are answered when they are durable;
// they are read through search, within the caller's scope. It never changes or
// deletes an event, and says so to who asks for it.
package documents

import (
	"net/http"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/semaphore"

	"rastro/internal/elastic/rest"
)

// maxBodies bounds the memory of the bodies that are being read.
const maxBodies = 128 << 20

// Documents are the endpoints, safe for concurrent use.
type Documents struct {
	node   *rest.Node
	bodies *semaphore.Weighted
	// sequence numbers the documents that were created since the start.
	sequence atomic.Int64
}

// New makes the endpoints. Where the node has no Bulk, writing is refused.
func New(node *rest.Node) *Documents {
	return &Documents{node: node, bodies: semaphore.NewWeighted(maxBodies)}
}

// Parameters of the endpoints.
var (
	writeParams = []string{"refresh", "pipeline", "routing", "wait_for_active_shards", "require_alias", "require_data_stream", "op_type", "if_seq_no", "if_primary_term", "version", "version_type", "include_source_on_error", "type"}
	bulkParams  = slices.Concat(writeParams[:6], []string{"_source", "_source_includes", "_source_excludes", "list_executed_pipelines", "include_source_on_error", "type"})
	getParams   = []string{"_source", "_source_includes", "_source_excludes", "_source_include", "_source_exclude", "realtime", "refresh", "routing", "preference", "stored_fields", "version", "version_type", "force_synthetic_source"}
)

// Routes lists the endpoints.
func (d *Documents) Routes() []rest.Route {
	put := []string{http.MethodPost, http.MethodPut}
	read := []string{http.MethodGet, http.MethodPost}
	routes := []rest.Route{
		{Methods: put, Path: "/_bulk", Params: bulkParams, Handle: d.bulk},
		{Methods: put, Path: "/{index}/_bulk", Params: bulkParams, Handle: d.bulk},
		{Methods: []string{http.MethodPost}, Path: "/{index}/_doc", Params: writeParams, Handle: d.write},
		{Methods: put, Path: "/{index}/_doc/{id}", Params: writeParams, Handle: d.write},
		{Methods: put, Path: "/{index}/_create/{id}", Params: writeParams, Handle: d.create},
		{Methods: []string{http.MethodGet}, Path: "/{index}/_doc/{id}", Params: getParams, Handle: d.get},
		{Methods: []string{http.MethodGet}, Path: "/{index}/_source/{id}", Params: getParams, Handle: d.source},
		{Methods: read, Path: "/_mget", Params: getParams, Handle: d.multiGet},
		{Methods: read, Path: "/{index}/_mget", Params: getParams, Handle: d.multiGet},
		{Methods: read, Path: "/_refresh", Params: rest.ResolveParams, Handle: d.refresh},
		{Methods: read, Path: "/{index}/_refresh", Params: rest.ResolveParams, Handle: d.refresh},
		{Methods: read, Path: "/_flush", Params: append([]string{"force", "wait_if_ongoing"}, rest.ResolveParams...), Handle: d.refresh},
		{Methods: read, Path: "/{index}/_flush", Params: append([]string{"force", "wait_if_ongoing"}, rest.ResolveParams...), Handle: d.refresh},
	}
	return append(routes, d.refused()...)
}
