// Package cats serves the lists for people of port 9200, below /_cat.
//
// What comes in are requests; what goes out are tables, as text in columns or
// as JSON and YAML. Figures come from elastic/inventory; nothing is changed.
package cats

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"rastro/internal/elastic/inventory"
	"rastro/internal/elastic/rest"
)

// Options are what the lists need beside the node. Inventory is required.
type Options struct {
	Inventory *inventory.Inventory
	// Snapshots lists the snapshots of a repository; nil where there are none.
	Snapshots func(ctx context.Context, repository string) ([]Snapshot, error)
}

// Snapshot is one snapshot in a list.
type Snapshot struct {
	ID, Repository, Status string
	Start, End             time.Time
	Indices                int
}

// Cats are the endpoints, safe for concurrent use.
type Cats struct {
	node *rest.Node
	opts Options
}

// New makes the endpoints.
func New(node *rest.Node, opts Options) *Cats { return &Cats{node: node, opts: opts} }

// build makes a list for a request.
type build func(r *rest.Request) (*table, error)

// list is one list: its paths below /_cat, its parameters, and how it is made.
type list struct {
	paths  []string
	params []string
	make   build
}

func (x *Cats) lists() []list {
	resolve := rest.ResolveParams
	return []list{
		{[]string{"indices", "indices/{index}"}, append(slices.Clone(resolve), "health", "pri", "include_unloaded_segments"), x.indices},
		{[]string{"health"}, []string{"ts"}, x.health},
		{[]string{"count", "count/{index}"}, resolve, x.count},
		{[]string{"nodes"}, []string{"full_id", "include_unloaded_segments"}, x.nodes},
		{[]string{"shards", "shards/{index}"}, resolve, x.shards},
		{[]string{"aliases", "aliases/{name}"}, resolve, x.aliases},
		{[]string{"allocation", "allocation/{node}"}, nil, x.allocation},
		{[]string{"master", "cluster_manager"}, nil, x.master},
		{[]string{"nodeattrs"}, nil, x.nodeAttributes},
		{[]string{"pending_tasks"}, nil, x.pendingTasks},
		{[]string{"plugins"}, []string{"include_bootstrap"}, x.plugins},
		{[]string{"recovery", "recovery/{index}"}, append(slices.Clone(resolve), "active_only", "detailed", "index"), x.recovery},
		{[]string{"segments", "segments/{index}"}, resolve, x.segments},
		{[]string{"templates", "templates/{name}"}, nil, x.templates},
		{[]string{"component_templates", "component_templates/{name}"}, nil, x.componentTemplates},
		{[]string{"thread_pool", "thread_pool/{name}"}, []string{"size"}, x.threadPool},
		{[]string{"tasks"}, []string{"actions", "detailed", "nodes", "node_id", "parent_task_id", "parent_task"}, x.tasks},
		{[]string{"fielddata", "fielddata/{fields}"}, []string{"fields"}, x.fieldData},
		{[]string{"repositories"}, nil, x.repositories},
		{[]string{"snapshots", "snapshots/{repository}"}, []string{"ignore_unavailable"}, x.snapshots},
	}
}

// everyList are the parameters of every list.
var everyList = []string{"v", "h", "s", "help", "bytes", "time", "local"}

// Routes lists the endpoints.
func (x *Cats) Routes() []rest.Route {
	get := []string{http.MethodGet}
	routes := []rest.Route{{Methods: get, Path: "/_cat", Params: everyList, Handle: x.help}}
	for _, l := range x.lists() {
		for _, path := range l.paths {
			routes = append(routes, rest.Route{Methods: get, Path: "/_cat/" + path, Params: append(slices.Clone(everyList), l.params...), Handle: func(w http.ResponseWriter, r *rest.Request) error {
				if r.Has("help") && r.Get("help") != "false" {
					// The columns are the same whatever there is.
					r.Values.Del("health")
				}
				t, err := l.make(r)
				if err != nil {
					return err
				}
				return t.write(w, r)
			}})
		}
	}
	return routes
}

// help answers GET /_cat: the lists there are.
func (x *Cats) help(w http.ResponseWriter, _ *rest.Request) error {
	var out bytes.Buffer
	out.WriteString("=^.^=\n")
	var paths []string
	for _, l := range x.lists() {
		for _, path := range l.paths {
			paths = append(paths, "/_cat/"+path)
		}
	}
	slices.Sort(paths)
	out.WriteString(strings.Join(paths, "\n") + "\n")
	writePlain(w, out.Bytes())
	return nil
}
