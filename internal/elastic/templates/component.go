package templates

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"rastro/internal/elastic/cluster"
	"rastro/internal/elastic/lifecycle"
	"rastro/internal/elastic/rest"
)

func (x *Templates) componentRoutes() []rest.Route {
	show := []string{"flat_settings", "include_defaults", "local"}
	return []rest.Route{
		{Methods: get, Path: "/_component_template", Params: show, Handle: x.getComponent},
		{Methods: get, Path: "/_component_template/{name}", Params: show, Handle: x.getComponent},
		{Methods: putPost, Path: "/_component_template/{name}", Params: []string{"create", "cause"}, Handle: x.putComponent},
		{Methods: del, Path: "/_component_template/{name}", Handle: x.deleteComponent},
	}
}

type namedComponent struct {
	Name     string `json:"name"`
	Template any    `json:"component_template"`
}

func (x *Templates) getComponent(w http.ResponseWriter, r *rest.Request) error {
	all := x.node.Cluster.Content().ComponentTemplates
	found, missing := matching(all, r.PathValue("name"))
	if len(missing) > 0 {
		return rest.Fail(http.StatusNotFound, "resource_not_found_exception", "component template matching ["+missing[0]+"] not found")
	}
	flat, err := r.Bool("flat_settings", false)
	if err != nil {
		return err
	}
	list := []namedComponent{}
	for _, name := range found {
		list = append(list, namedComponent{name, flatten(all[name], flat)})
	}
	return rest.WriteJSON(w, r, foundStatus(r, found), map[string]any{"component_templates": list})
}

func (x *Templates) putComponent(w http.ResponseWriter, r *rest.Request) error {
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
	t, err := lifecycle.Read[lifecycle.Component]("component_template", text)
	if err != nil {
		return err
	}
	if t.Template == nil {
		return rest.Illegal("Required [template]")
	}
	if err := t.Template.Normalise(); err != nil {
		return err
	}
	if err := checkAliases(t.Template); err != nil {
		return err
	}
	err = x.node.Cluster.Change(func(c *cluster.Content) error {
		if create && c.ComponentTemplates[name] != nil {
			return rest.Illegal("component template [%s] already exists", name)
		}
		c.ComponentTemplates[name], err = json.Marshal(t)
		return err
	})
	if err != nil {
		return err
	}
	return rest.Acknowledge(w, r)
}

func (x *Templates) deleteComponent(w http.ResponseWriter, r *rest.Request) error {
	wanted := r.PathValue("name")
	err := x.node.Cluster.Change(func(c *cluster.Content) error {
		found, missing := matching(c.ComponentTemplates, wanted)
		if len(missing) > 0 {
			return rest.Fail(http.StatusNotFound, "resource_not_found_exception", strings.Join(missing, ","))
		}
		for _, name := range found {
			for user, text := range c.Templates {
				var t lifecycle.Template
				if json.Unmarshal(text, &t) == nil && slices.Contains(t.ComposedOf, name) && !slices.Contains(t.IgnoreMissing, name) {
					return rest.Illegal("component templates [%s] cannot be removed as they are still in use by index templates [%s]", name, user)
				}
			}
			delete(c.ComponentTemplates, name)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return rest.Acknowledge(w, r)
}
