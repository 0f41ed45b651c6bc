package indices

import (
	"net/http"
	"time"

	"rastro/internal/elastic/cluster"
	"rastro/internal/elastic/inventory"
	"rastro/internal/elastic/lifecycle"
	"rastro/internal/elastic/rest"
)

// streamLifecycle answers GET _data_stream/{name}/_lifecycle.
func (x *Indices) streamLifecycle(w http.ResponseWriter, r *rest.Request) error {
	c := x.node.Cluster.Content()
	found, err := streams(c, r.PathValue("name"))
	if err != nil {
		return err
	}
	list := []map[string]any{}
	for _, name := range found {
		one := map[string]any{"name": name}
		if l := c.DataStreams[name].Lifecycle; l != nil {
			one["lifecycle"] = showLifecycle(l)
		}
		list = append(list, one)
	}
	return rest.WriteJSON(w, r, http.StatusOK, map[string]any{"global_retention": map[string]any{}, "data_streams": list})
}

func showLifecycle(l *cluster.Lifecycle) map[string]any {
	out := map[string]any{"enabled": l.Enabled}
	if l.Retention != "" {
		out["data_retention"], out["effective_retention"], out["retention_determined_by"] = l.Retention, l.Retention, "data_stream_configuration"
	}
	return out
}

// putStreamLifecycle answers PUT _data_stream/{name}/_lifecycle.
func (x *Indices) putStreamLifecycle(w http.ResponseWriter, r *rest.Request) error {
	text, err := r.Body()
	if err != nil {
		return err
	}
	if len(text) == 0 {
		text = []byte("{}")
	}
	l, err := lifecycle.ReadLifecycle(text)
	if err != nil {
		return err
	}
	return x.setLifecycle(w, r, l)
}

// deleteStreamLifecycle answers DELETE _data_stream/{name}/_lifecycle.
func (x *Indices) deleteStreamLifecycle(w http.ResponseWriter, r *rest.Request) error {
	return x.setLifecycle(w, r, nil)
}

func (x *Indices) setLifecycle(w http.ResponseWriter, r *rest.Request, l *cluster.Lifecycle) error {
	err := x.change(func(c *cluster.Content) error {
		found, err := streams(c, r.PathValue("name"))
		for _, name := range found {
			c.DataStreams[name].Lifecycle = l
		}
		return err
	})
	if err != nil {
		return err
	}
	return rest.Acknowledge(w, r)
}

// explainLifecycle answers GET /{index}/_lifecycle/explain.
func (x *Indices) explainLifecycle(w http.ResponseWriter, r *rest.Request) error {
	found, err := x.all(r, r.PathValue("index"))
	if err != nil {
		return err
	}
	c, out := x.node.Cluster.Content(), map[string]any{}
	for _, i := range found {
		s := streamOf(c, i)
		one := map[string]any{"index": i.Name, "managed_by_lifecycle": s != nil && s.Lifecycle != nil && s.Lifecycle.Enabled}
		if s != nil && s.Lifecycle != nil {
			created := inventory.Created(i)
			one["index_creation_date_millis"] = created
			one["time_since_index_creation"] = rest.HumanTime(x.node.Now().Sub(time.UnixMilli(created)))
			one["lifecycle"] = showLifecycle(s.Lifecycle)
		}
		out[i.Name] = one
	}
	return rest.WriteJSON(w, r, http.StatusOK, map[string]any{"indices": out})
}

// lifecycleStats answers GET _lifecycle/stats.
func (x *Indices) lifecycleStats(w http.ResponseWriter, r *rest.Request) error {
	list := []any{}
	c := x.node.Cluster.Content()
	found, err := streams(c, "")
	if err != nil {
		return err
	}
	for _, name := range found {
		if s := c.DataStreams[name]; s.Lifecycle != nil {
			list = append(list, map[string]any{"name": name, "backing_indices_in_total": len(s.Backing), "backing_indices_in_error": 0})
		}
	}
	return rest.WriteJSON(w, r, http.StatusOK, map[string]any{"data_stream_count": len(list), "data_streams": list})
}
