package indices

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"rastro/internal/elastic/names"
	"rastro/internal/elastic/rest"
)

// resolvedIndex is an index in the answer of _resolve/index.
type resolvedIndex struct {
	Name       string   `json:"name"`
	Aliases    []string `json:"aliases,omitempty"`
	Attributes []string `json:"attributes"`
	DataStream string   `json:"data_stream,omitempty"`
}

type resolvedAlias struct {
	Name    string   `json:"name"`
	Indices []string `json:"indices"`
}

type resolvedStream struct {
	Name           string   `json:"name"`
	BackingIndices []string `json:"backing_indices"`
	TimestampField string   `json:"timestamp_field"`
}

// resolveIndex answers GET _resolve/index/{name}: what exists by these names,
// of each kind.
func (x *Indices) resolveIndex(w http.ResponseWriter, r *rest.Request) error {
	wanted := r.PathValue("name")
	opts, err := rest.ResolveOptions(r)
	if err != nil {
		return err
	}
	c := x.node.Cluster.Content()
	patterns := x.literals(wanted)
	match := func(name string) bool { return wanted == "_all" || inAliases(strings.Join(patterns, ","), name) }
	opts.Closed = opts.Closed || !strings.ContainsAny(wanted, "*?")
	set, err := x.node.ResolveWith(wanted, opts)
	if err != nil {
		return err
	}
	indices, aliases, found := []resolvedIndex{}, []resolvedAlias{}, []resolvedStream{}
	byAlias := map[string][]string{}
	for _, i := range set.Indices {
		if match(i.Name) {
			indices = append(indices, resolved(i))
		}
	}
	for _, i := range x.node.Names.Everything() {
		for alias := range showAliases(i) {
			if match(alias) {
				byAlias[alias] = append(byAlias[alias], i.Name)
			}
		}
	}
	for _, alias := range slices.Sorted(maps.Keys(byAlias)) {
		aliases = append(aliases, resolvedAlias{alias, byAlias[alias]})
	}
	for _, name := range slices.Sorted(maps.Keys(c.DataStreams)) {
		if match(name) {
			found = append(found, resolvedStream{name, c.DataStreams[name].Backing, "@timestamp"})
		}
	}
	return rest.WriteJSON(w, r, http.StatusOK, map[string]any{"indices": indices, "aliases": aliases, "data_streams": found})
}

func resolved(i names.Index) resolvedIndex {
	out := resolvedIndex{Name: i.Name, Attributes: []string{"open"}}
	if i.Meta != nil {
		out.Aliases = slices.Sorted(maps.Keys(i.Meta.Aliases))
		out.DataStream = i.Meta.DataStream
		if i.Meta.Closed {
			out.Attributes[0] = "closed"
		}
	}
	if i.Kind == names.View || i.Meta != nil && i.Meta.Hidden {
		out.Attributes = []string{"hidden", out.Attributes[0]}
	}
	return out
}

// resolveCluster answers GET _resolve/cluster: there is only this one.
func (x *Indices) resolveCluster(w http.ResponseWriter, r *rest.Request) error {
	local := map[string]any{"connected": true, "skip_unavailable": false, "version": map[string]any{
		"number": rest.Version, "build_flavor": "default", "minimum_wire_compatibility_version": "7.17.0", "minimum_index_compatibility_version": "7.0.0",
	}}
	wanted := r.PathValue("name")
	if wanted == "" {
		return rest.WriteJSON(w, r, http.StatusOK, map[string]any{}) // remote clusters only
	}
	set, err := x.node.Resolve(r, wanted)
	if err != nil {
		return err
	}
	local["matching_indices"] = len(set.Indices) > 0
	return rest.WriteJSON(w, r, http.StatusOK, map[string]any{"(local)": local})
}
