package indices

import (
	"net/http"
	"slices"
	"strings"

	"rastro/internal/elastic/cluster"
	"rastro/internal/elastic/lifecycle"
	"rastro/internal/elastic/names"
	"rastro/internal/elastic/rest"
)

func (x *Indices) streamRoutes() []rest.Route {
	params := with("include_defaults", "verbose")
	refuse := func(what string) rest.Handler {
		return func(http.ResponseWriter, *rest.Request) error {
			return rest.Illegal("%s is not supported here", what)
		}
	}
	return []rest.Route{
		{Methods: get, Path: "/_data_stream", Params: params, Handle: x.getStreams},
		{Methods: get, Path: "/_data_stream/{name}", Params: params, Handle: x.getStreams},
		{Methods: put, Path: "/_data_stream/{name}", Params: params, Handle: x.putStream},
		{Methods: del, Path: "/_data_stream/{name}", Params: params, Handle: x.deleteStreams},
		{Methods: get, Path: "/_data_stream/_stats", Params: params, Handle: x.streamStats},
		{Methods: get, Path: "/_data_stream/{name}/_stats", Params: params, Handle: x.streamStats},
		{Methods: post, Path: "/_data_stream/_modify", Params: params, Handle: refuse("_data_stream/_modify")},
		{Methods: post, Path: "/_data_stream/_migrate/{name}", Params: params, Handle: refuse("_data_stream/_migrate")},
		{Methods: post, Path: "/_data_stream/_promote/{name}", Params: params, Handle: refuse("_data_stream/_promote")},
		{Methods: get, Path: "/_data_stream/{name}/_lifecycle", Params: params, Handle: x.streamLifecycle},
		{Methods: put, Path: "/_data_stream/{name}/_lifecycle", Params: with(), Handle: x.putStreamLifecycle},
		{Methods: del, Path: "/_data_stream/{name}/_lifecycle", Params: with(), Handle: x.deleteStreamLifecycle},
		{Methods: get, Path: "/{index}/_lifecycle/explain", Params: params, Handle: x.explainLifecycle},
		{Methods: get, Path: "/_lifecycle/stats", Handle: x.lifecycleStats},
	}
}

// streams finds data streams by names and patterns; all of them for "". A name
// that is none gives a failure.
func streams(c *cluster.Content, wanted string) ([]string, error) {
	var found []string
	for name := range c.DataStreams {
		if wanted == "" || wanted == "_all" || inAliases(wanted, name) {
			found = append(found, name)
		}
	}
	for _, name := range literalNames(wanted) {
		if c.DataStreams[name] == nil {
			return nil, rest.IndexNotFound(name)
		}
	}
	slices.Sort(found)
	return found, nil
}

// backing is one index of a data stream in answers.
type backing struct {
	IndexName string `json:"index_name"`
	IndexUUID string `json:"index_uuid"`
	PreferILM bool   `json:"prefer_ilm"`
	Policy    string `json:"ilm_policy,omitempty"`
	ManagedBy string `json:"managed_by"`
}

// stream is a data stream in answers.
type stream struct {
	Name           string            `json:"name"`
	TimestampField map[string]string `json:"timestamp_field"`
	Indices        []backing         `json:"indices"`
	Generation     int               `json:"generation"`
	Status         string            `json:"status"`
	Template       string            `json:"template"`
	Policy         string            `json:"ilm_policy,omitempty"`
	NextManagedBy  string            `json:"next_generation_managed_by"`
	PreferILM      bool              `json:"prefer_ilm"`
	Hidden         bool              `json:"hidden"`
	System         bool              `json:"system"`
	CustomRouting  bool              `json:"allow_custom_routing"`
	Replicated     bool              `json:"replicated"`
	OnWrite        bool              `json:"rollover_on_write"`

	Lifecycle *cluster.Lifecycle `json:"lifecycle,omitempty"`
}

func managedBy(policy string, l *cluster.Lifecycle) string {
	switch {
	case policy != "":
		return "Index Lifecycle Management"
	case l != nil && l.Enabled:
		return "Data stream lifecycle"
	}
	return "Unmanaged"
}

// getStreams answers GET _data_stream.
func (x *Indices) getStreams(w http.ResponseWriter, r *rest.Request) error {
	c := x.node.Cluster.Content()
	found, err := streams(c, r.PathValue("name"))
	if err != nil {
		return err
	}
	out := []stream{}
	for _, name := range found {
		s := c.DataStreams[name]
		e, _ := lifecycle.For(c, name)
		one := stream{
			Name: name, TimestampField: map[string]string{"name": "@timestamp"}, Generation: s.Generation, Status: strings.ToUpper(x.opts.Inventory.Health().Status),
			Template: s.Template, PreferILM: true, Lifecycle: s.Lifecycle, Indices: []backing{}, Hidden: e.Stream != nil && e.Stream.Hidden, CustomRouting: e.Stream != nil && e.Stream.AllowCustomRouting,
		}
		for _, b := range s.Backing {
			i := names.Index{Name: b, Kind: names.Own, Meta: c.Indices[b]}
			policy := lifecycle.PolicyOf(c, i)
			one.Indices = append(one.Indices, backing{IndexName: b, IndexUUID: x.opts.Inventory.UUID(i), PreferILM: true, Policy: policy, ManagedBy: managedBy(policy, s.Lifecycle)})
			one.Policy = policy
		}
		one.NextManagedBy = managedBy(one.Policy, s.Lifecycle)
		out = append(out, one)
	}
	return rest.WriteJSON(w, r, http.StatusOK, map[string]any{"data_streams": out})
}

// putStream answers PUT _data_stream/{name}.
func (x *Indices) putStream(w http.ResponseWriter, r *rest.Request) error {
	name := r.PathValue("name")
	if err := names.Check(name); err != nil {
		return rest.Illegal("data_stream [%s] %s", name, strings.TrimPrefix(err.Error(), "Invalid index name ["+name+"], "))
	}
	if strings.HasPrefix(name, ".ds-") || strings.HasPrefix(name, ".fs-") {
		return rest.Illegal("data_stream [%s] must not start with '.ds-' or '.fs-'", name)
	}
	err := x.change(func(c *cluster.Content) error {
		if err := x.vacant(c, name); err != nil {
			return err
		}
		return lifecycle.NewDataStream(c, name, x.node.Now())
	})
	if err != nil {
		return err
	}
	return rest.Acknowledge(w, r)
}

// deleteStreams answers DELETE _data_stream/{name}: their events go with them.
func (x *Indices) deleteStreams(w http.ResponseWriter, r *rest.Request) error {
	c := x.node.Cluster.Content()
	found, err := streams(c, r.PathValue("name"))
	if err != nil {
		return err
	}
	var doomed []names.Index
	for _, name := range found {
		for _, b := range c.DataStreams[name].Backing {
			doomed = append(doomed, names.Index{Name: b, Kind: names.Own, Meta: c.Indices[b]})
		}
	}
	err = x.change(func(c *cluster.Content) error {
		for _, name := range found {
			delete(c.DataStreams, name)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := x.delete(r.Context(), doomed); err != nil {
		return err
	}
	return rest.Acknowledge(w, r)
}

// streamStats answers GET _data_stream/_stats.
func (x *Indices) streamStats(w http.ResponseWriter, r *rest.Request) error {
	c := x.node.Cluster.Content()
	found, err := streams(c, r.PathValue("name"))
	if err != nil {
		return err
	}
	var indices int
	var total int64
	list := []map[string]any{}
	for _, name := range found {
		var of []names.Index
		for _, b := range c.DataStreams[name].Backing {
			of = append(of, names.Index{Name: b, Kind: names.Own, Meta: c.Indices[b]})
		}
		rows, err := x.opts.Inventory.Rows(r.Context(), r.Scope, of)
		if err != nil {
			return err
		}
		var bytes int64
		for _, row := range rows {
			bytes += row.Bytes
		}
		newest, err := x.newest(r, of)
		if err != nil {
			return err
		}
		indices, total = indices+len(of), total+bytes
		list = append(list, map[string]any{"data_stream": name, "backing_indices": len(of), "store_size_bytes": bytes, "maximum_timestamp": newest})
	}
	return rest.WriteJSON(w, r, http.StatusOK, map[string]any{
		"_shards": shards(indices), "data_stream_count": len(found), "backing_indices": indices, "total_store_size_bytes": total, "data_streams": list,
	})
}
