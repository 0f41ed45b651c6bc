package templates

import (
	"encoding/json"
	"net/http"
	"strconv"

	"rastro/internal/elastic/cluster"
	"rastro/internal/elastic/lifecycle"
	"rastro/internal/elastic/rest"
)

func (x *Templates) legacyRoutes() []rest.Route {
	show := []string{"flat_settings", "local", "include_type_name"}
	return []rest.Route{
		{Methods: get, Path: "/_template", Params: show, Handle: x.getLegacy},
		{Methods: get, Path: "/_template/{name}", Params: show, Handle: x.getLegacy},
		{Methods: putPost, Path: "/_template/{name}", Params: []string{"create", "order", "cause", "flat_settings", "include_type_name"}, Handle: x.putLegacy},
		{Methods: del, Path: "/_template/{name}", Handle: x.deleteLegacy},
	}
}

func (x *Templates) getLegacy(w http.ResponseWriter, r *rest.Request) error {
	all := x.node.Cluster.Content().LegacyTemplates
	found, _ := matching(all, r.PathValue("name"))
	flat, err := r.Bool("flat_settings", false)
	if err != nil {
		return err
	}
	out := map[string]any{}
	for _, name := range found {
		out[name] = flatten(all[name], flat)
	}
	return rest.WriteJSON(w, r, foundStatus(r, found), out)
}

func (x *Templates) putLegacy(w http.ResponseWriter, r *rest.Request) error {
	name := r.PathValue("name")
	if wrong := checkName(name); wrong != "" {
		return rest.Fail(http.StatusBadRequest, "invalid_index_template_exception", "index_template ["+name+"] invalid, cause ["+wrong+"]")
	}
	create, err := r.Bool("create", false)
	if err != nil {
		return err
	}
	text, err := r.Body()
	if err != nil {
		return err
	}
	t, err := lifecycle.Read[lifecycle.Legacy]("template", text)
	if err != nil {
		return err
	}
	if order := r.Get("order"); order != "" {
		if t.Order, err = strconv.ParseInt(order, 10, 32); err != nil {
			return rest.Illegal("Failed to parse int parameter [order] with value [%s]", order)
		}
	}
	if len(t.IndexPatterns) == 0 {
		return rest.Validation("index patterns are missing")
	}
	part := &lifecycle.Part{Settings: t.Settings, Mappings: t.Mappings, Aliases: t.Aliases}
	if err := part.Normalise(); err != nil {
		return err
	}
	if err := checkAliases(part); err != nil {
		return err
	}
	t.Settings, t.Mappings, t.Aliases = orEmpty(part.Settings), orEmpty(t.Mappings), part.Aliases
	if t.Aliases == nil {
		t.Aliases = map[string]*cluster.Alias{}
	}
	err = x.node.Cluster.Change(func(c *cluster.Content) error {
		if create && c.LegacyTemplates[name] != nil {
			return rest.Illegal("index_template [%s] already exists", name)
		}
		c.LegacyTemplates[name], err = json.Marshal(t)
		return err
	})
	if err != nil {
		return err
	}
	return rest.Acknowledge(w, r)
}

func orEmpty(text json.RawMessage) json.RawMessage {
	if len(text) == 0 || string(text) == "null" {
		return json.RawMessage("{}")
	}
	return text
}

func (x *Templates) deleteLegacy(w http.ResponseWriter, r *rest.Request) error {
	wanted := r.PathValue("name")
	err := x.node.Cluster.Change(func(c *cluster.Content) error {
		found, missing := matching(c.LegacyTemplates, wanted)
		if len(missing) > 0 {
			return rest.Fail(http.StatusNotFound, "index_template_missing_exception", "index_template "+list(missing)+" missing")
		}
		for _, name := range found {
			delete(c.LegacyTemplates, name)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return rest.Acknowledge(w, r)
}
