// Package indices serves the endpoints of port 9200 about names, settings,
// health and lists.
//
// What comes in are requests; what goes out are answers in Elasticsearch's
// shapes, true of the one node that there is. It reads events through search
// only, and changes nothing but what clients may set, in the cluster state.
package indices

import (
	"net/http"

	"rastro/internal/elastic/rest"
)

// Indices are the endpoints, safe for concurrent use.
type Indices struct{ node *rest.Node }

// New makes the endpoints.
func New(node *rest.Node) *Indices { return &Indices{node: node} }

// Routes lists the endpoints.
func (x *Indices) Routes() []rest.Route {
	get := []string{http.MethodGet}
	return []rest.Route{
		{Methods: get, Path: "/", Handle: x.root},
		{Methods: get, Path: "/_cluster/health", Handle: x.health},
		{Methods: get, Path: "/_cluster/health/{index}", Handle: x.health},
	}
}

func (x *Indices) root(w http.ResponseWriter, r *rest.Request) error {
	return rest.WriteJSON(w, r, http.StatusOK, map[string]any{
		"name":         x.node.Name,
		"cluster_name": "rastro",
		"cluster_uuid": x.node.ClusterID,
		"version": map[string]any{
			"number": rest.Version, "build_flavor": "default", "build_type": "rastro",
			"build_hash": x.node.Release, "build_snapshot": false, "lucene_version": "9.12.0",
			"minimum_wire_compatibility_version":  "7.17.0",
			"minimum_index_compatibility_version": "7.0.0",
		},
		"tagline": "You Know, for Search",
	})
}

// health answers green while every file serves and yellow when files were set
// aside: what is there still answers.
func (x *Indices) health(w http.ResponseWriter, r *rest.Request) error {
	stats := x.node.Searcher.Stats()
	status, shards, lost := "green", len(stats.Days), len(stats.Quarantined)
	percent := 100.0
	if lost > 0 {
		status = "yellow"
		percent = 100 * float64(shards) / float64(shards+lost)
	}
	return rest.WriteJSON(w, r, http.StatusOK, map[string]any{
		"cluster_name": "rastro", "status": status, "timed_out": false,
		"number_of_nodes": 1, "number_of_data_nodes": 1,
		"active_primary_shards": shards, "active_shards": shards,
		"relocating_shards": 0, "initializing_shards": 0,
		"unassigned_shards": lost, "unassigned_primary_shards": 0, "delayed_unassigned_shards": 0,
		"number_of_pending_tasks": 0, "number_of_in_flight_fetch": 0,
		"task_max_waiting_in_queue_millis": 0, "active_shards_percent_as_number": percent,
	})
}
