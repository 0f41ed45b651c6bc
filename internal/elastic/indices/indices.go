// Package indices serves the endpoints of port 9200 about indices: making and
// deleting them, their settings, mappings, aliases, data streams, statistics.
//
// What comes in are requests; what goes out are answers in Elasticsearch's
// shapes. It reads events through search only, and changes nothing but what
// clients may set, in the cluster state; deleting an index erases its events.
package indices

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"

	"rastro/internal/elastic/cluster"
	"rastro/internal/elastic/inventory"
	"rastro/internal/elastic/names"
	"rastro/internal/elastic/rest"
	"rastro/internal/query"
)

// Options are what the endpoints need beside the node. Inventory is required.
type Options struct {
	Inventory *inventory.Inventory
	// Erase removes the events that match; nil where nothing can be removed.
	Erase func(ctx context.Context, filter query.Filter) (query.Removed, error)
	// Compact puts the files of the store together; nil where it has none.
	Compact func(ctx context.Context) (query.Compacted, error)
}

// Indices are the endpoints, safe for concurrent use.
type Indices struct {
	node *rest.Node
	opts Options
	// merges numbers the merges that go on behind their answers.
	merges atomic.Int64
}

// New makes the endpoints.
func New(node *rest.Node, opts Options) *Indices { return &Indices{node: node, opts: opts} }

// The methods of routes.
var (
	get     = []string{http.MethodGet}
	put     = []string{http.MethodPut}
	post    = []string{http.MethodPost}
	putPost = []string{http.MethodPut, http.MethodPost}
	getPost = []string{http.MethodGet, http.MethodPost}
	del     = []string{http.MethodDelete}
)

// with adds names of parameters to those that say how indices are resolved.
func with(params ...string) []string {
	return append(slices.Clone(rest.ResolveParams), append(params, "local")...)
}

// Routes lists the endpoints.
func (x *Indices) Routes() []rest.Route {
	return slices.Concat(x.indexRoutes(), x.settingRoutes(), x.mappingRoutes(), x.aliasRoutes(), x.streamRoutes(), x.statRoutes(), x.refusedRoutes())
}

func (x *Indices) indexRoutes() []rest.Route {
	return []rest.Route{
		{Methods: put, Path: "/{index}", Params: []string{"wait_for_active_shards", "include_type_name"}, Handle: x.create},
		{Methods: get, Path: "/{index}", Params: with("include_defaults", "flat_settings", "features", "include_type_name"), Handle: x.show},
		{Methods: del, Path: "/{index}", Params: with(), Handle: x.remove},
		{Methods: post, Path: "/{index}/_open", Params: with("wait_for_active_shards"), Handle: x.open},
		{Methods: post, Path: "/{index}/_close", Params: with("wait_for_active_shards"), Handle: x.shut},
		{Methods: put, Path: "/{index}/_block/{block}", Params: with(), Handle: x.block},
		{Methods: del, Path: "/{index}/_block/{block}", Params: with(), Handle: x.unblock},
		{Methods: post, Path: "/{index}/_rollover", Params: []string{"wait_for_active_shards", "dry_run", "lazy"}, Handle: x.rollover},
		{Methods: post, Path: "/{index}/_rollover/{new_index}", Params: []string{"wait_for_active_shards", "dry_run", "lazy"}, Handle: x.rollover},
	}
}

// refusedRoutes are endpoints that make no sense where indices are views of one
// store. They say so, with the way out.
func (x *Indices) refusedRoutes() []rest.Route {
	refuse := func(what, instead string) rest.Handler {
		return func(http.ResponseWriter, *rest.Request) error {
			return rest.Illegal("%s is not supported here: %s", what, instead)
		}
	}
	const noShards = "indices are parts of one store and have no shards of their own; nothing needs to be done"
	any := with("wait_for_active_shards", "copy_settings", "run_expensive_tasks", "flush", "verify", "explain", "cause", "reason")
	return []rest.Route{
		{Methods: putPost, Path: "/{index}/_shrink/{target}", Params: any, Handle: refuse("_shrink", noShards)},
		{Methods: putPost, Path: "/{index}/_split/{target}", Params: any, Handle: refuse("_split", noShards)},
		{Methods: putPost, Path: "/{index}/_clone/{target}", Params: any, Handle: refuse("_clone", "events are stored once; give the index an alias instead (PUT /{index}/_alias/{name})")},
		{Methods: post, Path: "/{index}/_freeze", Params: any, Handle: refuse("_freeze", "an index that nobody asks costs no memory anyway")},
		{Methods: post, Path: "/{index}/_unfreeze", Params: any, Handle: refuse("_unfreeze", "no index can be frozen")},
		{Methods: post, Path: "/{index}/_disk_usage", Params: any, Handle: refuse("_disk_usage", "the size of an index is in _cat/indices and _stats")},
		{Methods: get, Path: "/{index}/_field_usage_stats", Params: with("fields"), Handle: refuse("_field_usage_stats", "the use of fields is not counted")},
		{Methods: put, Path: "/_dangling/{uuid}", Params: any, Handle: refuse("_dangling", "there are no dangling indices")},
		{Methods: get, Path: "/_dangling", Params: any, Handle: x.noDangling},
	}
}

func (x *Indices) noDangling(w http.ResponseWriter, r *rest.Request) error {
	return rest.WriteJSON(w, r, http.StatusOK, map[string]any{"_nodes": map[string]any{"total": 1, "successful": 1, "failed": 0}, "cluster_name": "rastro", "dangling_indices": []any{}})
}

// change changes what clients have set. Errors keep their kind.
func (x *Indices) change(change func(c *cluster.Content) error) error {
	err := x.node.Cluster.Change(change)
	var f *rest.Failure
	if errors.As(err, &f) {
		return f
	}
	return err
}

// meta is what clients have set for an index, made where nothing was.
func (x *Indices) meta(c *cluster.Content, i names.Index) *cluster.Index {
	m := c.Indices[i.Name]
	if m == nil {
		m = &cluster.Index{UUID: x.opts.Inventory.UUID(i), Created: inventory.Created(i)}
		c.Indices[i.Name] = m
	}
	if m.Settings == nil {
		m.Settings = map[string]string{}
	}
	if m.Aliases == nil {
		m.Aliases = map[string]*cluster.Alias{}
	}
	return m
}

// all resolves an expression, closed indices included: for endpoints that are
// about indices and not about their events.
func (x *Indices) all(r *rest.Request, expression string) ([]names.Index, error) {
	opts, err := rest.ResolveOptions(r)
	if err != nil {
		return nil, err
	}
	// A wildcard finds closed indices when it is not told otherwise; a name does
	// always.
	if !r.Has("expand_wildcards") {
		opts.Closed = true
	}
	set, err := x.node.ResolveWith(expression, opts)
	if err != nil {
		return nil, err
	}
	found := set.Indices
	if r.Get("expand_wildcards") == "closed" && strings.Contains(expression, "*") {
		found = slices.DeleteFunc(slices.Clone(found), func(i names.Index) bool { return i.Meta == nil || !i.Meta.Closed })
	}
	return found, nil
}

// shards is the part _shards of answers.
func shards(n int) map[string]any {
	return map[string]any{"total": n, "successful": n, "failed": 0}
}
