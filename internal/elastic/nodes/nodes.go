// Package nodes serves the endpoints of port 9200 about the server as what
// clients take it for, a cluster of one node: who it is, its health, settings
// and figures.
//
// What comes in are requests; what goes out are answers in Elasticsearch's
// shapes, true of the one process that there is. It changes nothing but
// settings of the cluster and never reads an event.
package nodes

import (
	"net/http"
	"slices"

	"rastro/internal/elastic/inventory"
	"rastro/internal/elastic/rest"
)

// clusterName is the name of the cluster that there is not.
const clusterName = "rastro"

// Nodes are the endpoints, safe for concurrent use.
type Nodes struct {
	node      *rest.Node
	inventory *inventory.Inventory
}

// New makes the endpoints.
func New(node *rest.Node, inventory *inventory.Inventory) *Nodes {
	return &Nodes{node: node, inventory: inventory}
}

// The methods of routes.
var (
	get     = []string{http.MethodGet}
	put     = []string{http.MethodPut}
	post    = []string{http.MethodPost}
	getPost = []string{http.MethodGet, http.MethodPost}
	del     = []string{http.MethodDelete}
)

// Routes lists the endpoints.
func (x *Nodes) Routes() []rest.Route {
	return slices.Concat(x.rootRoutes(), x.healthRoutes(), x.clusterRoutes(), x.nodeRoutes())
}

func (x *Nodes) rootRoutes() []rest.Route {
	license := []string{"local", "accept_enterprise"}
	return []rest.Route{
		{Methods: get, Path: "/", Handle: x.root},
		{Methods: get, Path: "/_license", Params: license, Handle: x.license},
		{Methods: get, Path: "/_xpack/license", Params: license, Handle: x.license},
		{Methods: get, Path: "/_license/basic_status", Handle: value(map[string]any{"eligible_to_start_basic": false})},
		{Methods: get, Path: "/_license/trial_status", Handle: value(map[string]any{"eligible_to_start_trial": false})},
		{Methods: get, Path: "/_xpack", Params: []string{"categories", "accept_enterprise"}, Handle: x.xpack},
		{Methods: get, Path: "/_xpack/usage", Handle: x.xpackUsage},
		{Methods: get, Path: "/_security/_authenticate", Handle: x.authenticate},
		{Methods: getPost, Path: "/_security/user/_has_privileges", Handle: x.hasPrivileges},
		{Methods: get, Path: "/_features", Handle: value(map[string]any{"features": []any{}})},
		{Methods: post, Path: "/_features/_reset", Handle: value(map[string]any{"features": []any{}})},
		{Methods: get, Path: "/_ssl/certificates", Handle: value([]any{})},
		{Methods: get, Path: "/_remote/info", Handle: value(map[string]any{})},
		{Methods: get, Path: "/_migration/deprecations", Handle: value(noDeprecations)},
		{Methods: get, Path: "/{index}/_migration/deprecations", Handle: value(noDeprecations)},
		{Methods: get, Path: "/_migration/system_features", Handle: value(map[string]any{"features": []any{}, "migration_status": "NO_MIGRATION_NEEDED"})},
	}
}

var noDeprecations = map[string]any{
	"cluster_settings": []any{}, "node_settings": []any{}, "ml_settings": []any{}, "index_settings": map[string]any{}, "data_streams": map[string]any{},
	"templates": map[string]any{}, "ilm_policies": map[string]any{},
}

// value answers what is always the same.
func value(v any) rest.Handler {
	return func(w http.ResponseWriter, r *rest.Request) error { return rest.WriteJSON(w, r, http.StatusOK, v) }
}

func refuse(reason string) rest.Handler {
	return func(http.ResponseWriter, *rest.Request) error { return rest.Illegal("%s", reason) }
}

type rootAnswer struct {
	Name        string      `json:"name"`
	ClusterName string      `json:"cluster_name"`
	ClusterUUID string      `json:"cluster_uuid"`
	Version     rootVersion `json:"version"`
	Tagline     string      `json:"tagline"`
}

type rootVersion struct {
	Number   string `json:"number"`
	Flavor   string `json:"build_flavor"`
	Type     string `json:"build_type"`
	Hash     string `json:"build_hash"`
	Date     string `json:"build_date"`
	Snapshot bool   `json:"build_snapshot"`
	Lucene   string `json:"lucene_version"`
	Wire     string `json:"minimum_wire_compatibility_version"`
	Index    string `json:"minimum_index_compatibility_version"`
}

// buildDate is that of the Elasticsearch whose shapes are served: clients read
// it as a date.
const buildDate = "2024-12-11T12:08:05.663969764Z"

func (x *Nodes) root(w http.ResponseWriter, r *rest.Request) error {
	return rest.WriteJSON(w, r, http.StatusOK, rootAnswer{
		Name: x.node.Name, ClusterName: clusterName, ClusterUUID: x.node.ClusterID, Tagline: "You Know, for Search",
		Version: rootVersion{
			Number: rest.Version, Flavor: "default", Type: "rastro", Hash: x.node.Release, Date: buildDate,
			Lucene: "9.12.0", Wire: "7.17.0", Index: "7.0.0",
		},
	})
}
