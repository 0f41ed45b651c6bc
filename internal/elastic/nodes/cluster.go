package nodes

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"

	"rastro/internal/elastic/cluster"
	"rastro/internal/elastic/rest"
	"rastro/internal/elastic/settings"
)

// defaults are values of cluster settings that nobody has set.
var defaults = map[string]string{
	"action.destructive_requires_name": "true", "action.auto_create_index": "true", "cluster.name": clusterName, "cluster.max_shards_per_node": "1000",
	"cluster.routing.allocation.enable": "all", "cluster.blocks.read_only": "false", "search.max_buckets": "65536",
	"search.default_search_timeout": "-1", "indices.lifecycle.poll_interval": "1m", "http.max_content_length": "100mb",
}

// getSettings answers GET _cluster/settings.
func (x *Nodes) getSettings(w http.ResponseWriter, r *rest.Request) error {
	flat, err := r.Bool("flat_settings", false)
	if err != nil {
		return err
	}
	withDefaults, err := r.Bool("include_defaults", false)
	if err != nil {
		return err
	}
	c := x.node.Cluster.Content()
	out := map[string]any{"persistent": settings.Form(c.ClusterSettings, flat), "transient": settings.Form(c.TransientSettings, flat)}
	if withDefaults {
		rest := map[string]string{}
		for name, value := range defaults {
			if c.ClusterSettings[name] == "" && c.TransientSettings[name] == "" {
				rest[name] = value
			}
		}
		out["defaults"] = settings.Form(rest, flat)
	}
	return rest.WriteJSON(w, r, http.StatusOK, out)
}

// putSettings answers PUT _cluster/settings.
func (x *Nodes) putSettings(w http.ResponseWriter, r *rest.Request) error {
	flat, err := r.Bool("flat_settings", false)
	if err != nil {
		return err
	}
	text, err := r.Body()
	if err != nil {
		return err
	}
	persistent, transient, err := parseClusterSettings(text)
	if err != nil {
		return err
	}
	err = x.node.Cluster.Change(func(c *cluster.Content) error {
		persistent.Set(c.ClusterSettings, false)
		transient.Set(c.TransientSettings, false)
		return nil
	})
	if err != nil {
		return err
	}
	return rest.WriteJSON(w, r, http.StatusOK, map[string]any{"acknowledged": true, "persistent": shown(persistent, flat), "transient": shown(transient, flat)})
}

// shown is what a change has set.
func shown(change settings.Change, flat bool) map[string]any {
	set := map[string]string{}
	change.Set(set, false)
	return settings.Form(set, flat)
}

func parseClusterSettings(text []byte) (persistent, transient settings.Change, err error) {
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, nil, rest.Fail(http.StatusBadRequest, "parse_exception", "request body is required")
	}
	var body struct {
		Persistent json.RawMessage `json:"persistent"`
		Transient  json.RawMessage `json:"transient"`
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&body); err != nil {
		return nil, nil, rest.Fail(http.StatusBadRequest, "x_content_parse_exception", "[cluster_update_settings_request] "+strings.TrimPrefix(err.Error(), "json: ")+"; there are: persistent, transient")
	}
	if persistent, err = readClusterSettings(body.Persistent, "persistent"); err != nil {
		return nil, nil, err
	}
	if transient, err = readClusterSettings(body.Transient, "transient"); err != nil {
		return nil, nil, err
	}
	if len(persistent)+len(transient) == 0 {
		return nil, nil, rest.Validation("no settings to update")
	}
	return persistent, transient, nil
}

func readClusterSettings(text []byte, kind string) (settings.Change, error) {
	if string(text) == "null" {
		return nil, nil
	}
	change, err := settings.Flatten(text, "")
	if err != nil {
		return nil, rest.Fail(http.StatusBadRequest, "parse_exception", err.Error())
	}
	for name, value := range change {
		if value == nil && strings.Contains(name, "*") {
			continue
		}
		switch {
		case strings.HasPrefix(name, "node.") || strings.HasPrefix(name, "path.") || name == "cluster.name":
			return nil, rest.Illegal("%s setting [%s], not dynamically updateable", kind, name)
		case !settings.KnownCluster(name):
			return nil, rest.Illegal("%s setting [%s], not recognized", kind, name)
		}
		if value != nil {
			if wrong := settings.Check(name, *value); wrong != "" {
				return nil, rest.Illegal("%s", wrong)
			}
		}
	}
	return change, nil
}

// allocation answers _cluster/allocation/explain: nothing is ever unassigned.
func (x *Nodes) allocation(w http.ResponseWriter, r *rest.Request) error {
	text, err := r.Body()
	if err != nil {
		return err
	}
	var body struct {
		Index   string `json:"index"`
		Shard   int    `json:"shard"`
		Primary *bool  `json:"primary"`
		Node    string `json:"current_node"`
	}
	if len(bytes.TrimSpace(text)) > 0 {
		d := json.NewDecoder(bytes.NewReader(text))
		d.DisallowUnknownFields()
		if err := d.Decode(&body); err != nil {
			return rest.Fail(http.StatusBadRequest, "x_content_parse_exception", "[cluster/allocation/explain] "+strings.TrimPrefix(err.Error(), "json: "))
		}
	}
	if body.Index == "" {
		return rest.Illegal("No shard was specified in the request which means the response should explain a randomly-chosen unassigned shard, but there are no unassigned shards in this cluster. To explain the allocation of an assigned shard you must specify the target shard in the request.")
	}
	set, err := x.node.Resolve(r, body.Index)
	if err != nil {
		return err
	}
	if len(set.Indices) != 1 || body.Shard != 0 {
		return rest.Illegal("No shard [%d] of index [%s]; every index has shard 0 only", body.Shard, body.Index)
	}
	if body.Primary != nil && !*body.Primary {
		return rest.Illegal("No replica of [%s]; there are no replicas", body.Index)
	}
	return rest.WriteJSON(w, r, http.StatusOK, map[string]any{
		"index": set.Indices[0].Name, "shard": 0, "primary": true, "current_state": "started",
		"current_node":               map[string]any{"id": x.node.ID, "name": x.node.Name, "transport_address": transportAddress, "roles": roles, "weight_ranking": 1},
		"can_remain_on_current_node": "yes", "can_rebalance_cluster": "no", "can_rebalance_to_other_node": "no",
		"rebalance_explanation": "there is one node",
	})
}

// reroute answers POST _cluster/reroute: without commands there is nothing to do.
func (x *Nodes) reroute(w http.ResponseWriter, r *rest.Request) error {
	text, err := r.Body()
	if err != nil {
		return err
	}
	var body struct {
		Commands []json.RawMessage `json:"commands"`
	}
	if len(bytes.TrimSpace(text)) > 0 {
		if err := json.Unmarshal(text, &body); err != nil {
			return rest.Fail(http.StatusBadRequest, "parse_exception", "[cluster_reroute] "+err.Error())
		}
	}
	if len(body.Commands) > 0 {
		return rest.Illegal("shards cannot be moved: there is one node")
	}
	out := map[string]any{"acknowledged": true}
	if explain, err := r.Bool("explain", false); err != nil {
		return err
	} else if explain {
		out["explanations"] = []any{}
	}
	return rest.WriteJSON(w, r, http.StatusOK, out)
}
