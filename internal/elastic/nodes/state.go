package nodes

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"rastro/internal/elastic/names"
	"rastro/internal/elastic/rest"
	"rastro/internal/elastic/settings"
)

// stateMetrics are the parts of _cluster/state.
var stateMetrics = []string{"version", "master_node", "nodes", "routing_table", "routing_nodes", "metadata", "blocks", "customs"}

// state answers GET _cluster/state.
func (x *Nodes) state(w http.ResponseWriter, r *rest.Request) error {
	wanted, err := pick(r.PathValue("metric"), stateMetrics, r.URL.Path)
	if err != nil {
		return err
	}
	flat, err := r.Bool("flat_settings", false)
	if err != nil {
		return err
	}
	opts, err := rest.ResolveOptions(r)
	if err != nil {
		return err
	}
	opts.Closed = opts.Closed || !r.Has("expand_wildcards")
	set, err := x.node.ResolveWith(r.PathValue("index"), opts)
	if err != nil {
		var f *rest.Failure
		if r.PathValue("index") == "" || !errors.As(err, &f) {
			return err
		}
		return f
	}
	out := map[string]any{"cluster_name": clusterName, "cluster_uuid": x.node.ClusterID}
	for _, m := range wanted {
		switch m {
		case "version":
			out["version"], out["state_uuid"] = 1, x.node.ClusterID
		case "master_node":
			out["master_node"] = x.node.ID
		case "nodes":
			out["nodes"] = map[string]any{x.node.ID: map[string]any{
				"name": x.node.Name, "ephemeral_id": x.node.ID, "transport_address": transportAddress, "external_id": x.node.Name, "attributes": map[string]any{}, "roles": roles,
				"version": rest.Version, "min_index_version": 7000099, "max_index_version": 8521000,
			}}
		case "blocks":
			out["blocks"] = map[string]any{}
		case "metadata":
			out["metadata"] = x.metadata(set.Indices, flat)
		case "routing_table":
			indices := map[string]any{}
			for _, i := range set.Indices {
				indices[i.Name] = map[string]any{"shards": map[string]any{"0": []any{x.shard(i)}}}
			}
			out["routing_table"] = map[string]any{"indices": indices}
		case "routing_nodes":
			all := []any{}
			for _, i := range set.Indices {
				all = append(all, x.shard(i))
			}
			out["routing_nodes"] = map[string]any{"unassigned": []any{}, "nodes": map[string]any{x.node.ID: all}}
		}
	}
	return rest.WriteJSON(w, r, http.StatusOK, out)
}

func (x *Nodes) shard(i names.Index) map[string]any {
	return map[string]any{"state": "STARTED", "primary": true, "node": x.node.ID, "relocating_node": nil, "shard": 0, "index": i.Name, "allocation_id": map[string]any{"id": x.inventory.UUID(i)}}
}

// metadata is what clients have set.
func (x *Nodes) metadata(of []names.Index, flat bool) map[string]any {
	c := x.node.Cluster.Content()
	indices := map[string]any{}
	for _, i := range of {
		one := map[string]any{"version": 1, "mapping_version": 1, "settings_version": 1, "aliases_version": 1, "routing_num_shards": 1, "state": "open", "aliases": []string{}, "mappings": map[string]any{}, "system": false}
		if i.Meta != nil {
			if i.Meta.Closed {
				one["state"] = "close"
			}
			one["aliases"] = slices.Sorted(maps.Keys(i.Meta.Aliases))
			if len(i.Meta.Aliases) == 0 {
				one["aliases"] = []string{}
			}
			if len(i.Meta.Mappings) > 0 {
				one["mappings"] = map[string]any{"_doc": i.Meta.Mappings}
			}
		}
		one["settings"] = settings.Form(x.inventory.Settings(i), flat)
		indices[i.Name] = one
	}
	orEmpty := func(m map[string]json.RawMessage) map[string]json.RawMessage {
		if m == nil {
			return map[string]json.RawMessage{}
		}
		return m
	}
	return map[string]any{
		"cluster_uuid": x.node.ClusterID, "cluster_uuid_committed": true,
		"cluster_coordination": map[string]any{"term": 1, "last_committed_config": []string{x.node.ID}, "last_accepted_config": []string{x.node.ID}, "voting_config_exclusions": []any{}},
		"templates":            orEmpty(c.LegacyTemplates), "indices": indices, "index-graveyard": map[string]any{"tombstones": []any{}},
		"index_template":     map[string]any{"index_template": orEmpty(c.Templates)},
		"component_template": map[string]any{"component_template": orEmpty(c.ComponentTemplates)},
		"index_lifecycle":    map[string]any{"policies": c.Policies},
		"data_stream":        map[string]any{"data_stream": c.DataStreams},
		"repositories":       c.Repositories,
	}
}

// pick reads a list of metrics; all of them for "" and _all.
func pick(list string, known []string, path string) ([]string, error) {
	if list == "" || list == "_all" {
		return known, nil
	}
	var out []string
	for name := range strings.SplitSeq(list, ",") {
		if name == "_all" {
			return known, nil
		}
		if !slices.Contains(known, name) {
			return nil, rest.UnknownMetric(path, name, known)
		}
		out = append(out, name)
	}
	return out, nil
}
