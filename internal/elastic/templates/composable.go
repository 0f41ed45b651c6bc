package templates

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"

	"rastro/internal/elastic/cluster"
	"rastro/internal/elastic/lifecycle"
	"rastro/internal/elastic/names"
	"rastro/internal/elastic/rest"
)

func (x *Templates) composableRoutes() []rest.Route {
	show := []string{"flat_settings", "include_defaults", "local"}
	change := []string{"create", "cause"}
	return []rest.Route{
		{Methods: get, Path: "/_index_template", Params: show, Handle: x.getComposable},
		{Methods: get, Path: "/_index_template/{name}", Params: show, Handle: x.getComposable},
		{Methods: putPost, Path: "/_index_template/{name}", Params: change, Handle: x.putComposable},
		{Methods: del, Path: "/_index_template/{name}", Handle: x.deleteComposable},
		{Methods: post, Path: "/_index_template/_simulate", Params: append(change, "include_defaults"), Handle: x.simulate},
		{Methods: post, Path: "/_index_template/_simulate/{name}", Params: append(change, "include_defaults"), Handle: x.simulate},
		{Methods: post, Path: "/_index_template/_simulate_index/{index}", Params: append(change, "include_defaults"), Handle: x.simulateIndex},
	}
}

type namedTemplate struct {
	Name     string `json:"name"`
	Template any    `json:"index_template"`
}

func (x *Templates) getComposable(w http.ResponseWriter, r *rest.Request) error {
	all := x.node.Cluster.Content().Templates
	found, missing := matching(all, r.PathValue("name"))
	if len(missing) > 0 {
		return rest.Fail(http.StatusNotFound, "resource_not_found_exception", "index template matching ["+missing[0]+"] not found")
	}
	flat, err := r.Bool("flat_settings", false)
	if err != nil {
		return err
	}
	list := []namedTemplate{}
	for _, name := range found {
		list = append(list, namedTemplate{name, flatten(all[name], flat)})
	}
	return rest.WriteJSON(w, r, foundStatus(r, found), map[string]any{"index_templates": list})
}

// readComposable reads and checks a template for c; the one called name is the
// one that it takes the place of.
func readComposable(c *cluster.Content, name string, text []byte) (*lifecycle.Template, error) {
	t, err := lifecycle.Read[lifecycle.Template]("index_template", text)
	if err != nil {
		return nil, err
	}
	invalid := func(cause string) error {
		return rest.Fail(http.StatusBadRequest, "invalid_index_template_exception", "index_template ["+name+"] invalid, cause ["+cause+"]")
	}
	if len(t.IndexPatterns) == 0 {
		return nil, rest.Validation("index patterns are missing")
	}
	for _, p := range t.IndexPatterns {
		if p == "" || strings.ContainsAny(p, " ,#:") || strings.HasPrefix(p, "_") {
			return nil, invalid("index_pattern [" + p + "] must not be empty, hold a space, ',', '#' or ':', or start with '_'")
		}
	}
	if t.Priority != nil && *t.Priority < 0 {
		return nil, rest.Validation("index template priority must be >= 0")
	}
	if err := t.Template.Normalise(); err != nil {
		return nil, err
	}
	if err := checkAliases(t.Template); err != nil {
		return nil, err
	}
	if t.ComposedOf == nil {
		t.ComposedOf = []string{}
	}
	var missing []string
	for _, component := range t.ComposedOf {
		if c.ComponentTemplates[component] == nil && !slices.Contains(t.IgnoreMissing, component) {
			missing = append(missing, component)
		}
	}
	if len(missing) > 0 {
		return nil, invalid("index template [" + name + "] specifies component templates [" + strings.Join(missing, ", ") + "] that do not exist")
	}
	if others := lifecycle.Overlapping(c, name, t); len(others) > 0 {
		return nil, rest.Illegal("index template [%s] has index patterns %s matching patterns from existing templates [%s] that have the same priority [%d], multiple index templates may not match during index creation, please use a different priority",
			name, list(t.IndexPatterns), strings.Join(others, ","), priority(t))
	}
	return t, nil
}

func priority(t *lifecycle.Template) int64 {
	if t.Priority == nil {
		return 0
	}
	return *t.Priority
}

func list(texts []string) string { return "[" + strings.Join(texts, ", ") + "]" }

func checkAliases(p *lifecycle.Part) error {
	if p == nil {
		return nil
	}
	for name := range p.Aliases {
		if err := names.Check(name); err != nil {
			return rest.Fail(http.StatusBadRequest, "invalid_alias_name_exception", strings.Replace(err.Error(), "Invalid index name", "Invalid alias name", 1))
		}
		if p.Aliases[name] == nil {
			p.Aliases[name] = &cluster.Alias{}
		}
	}
	return nil
}

func (x *Templates) putComposable(w http.ResponseWriter, r *rest.Request) error {
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
	err = x.node.Cluster.Change(func(c *cluster.Content) error {
		if create && c.Templates[name] != nil {
			return rest.Illegal("index template [%s] already exists", name)
		}
		t, err := readComposable(c, name, text)
		if err != nil {
			return err
		}
		c.Templates[name], err = json.Marshal(t)
		return err
	})
	if err != nil {
		return err
	}
	return rest.Acknowledge(w, r)
}

func (x *Templates) deleteComposable(w http.ResponseWriter, r *rest.Request) error {
	wanted := r.PathValue("name")
	err := x.node.Cluster.Change(func(c *cluster.Content) error {
		found, missing := matching(c.Templates, wanted)
		if len(missing) > 0 {
			return rest.Fail(http.StatusNotFound, "index_template_missing_exception", "index_template "+list(missing)+" missing")
		}
		for _, name := range found {
			for stream, s := range c.DataStreams {
				if s.Template == name {
					return rest.Illegal("unable to remove composable templates [%s] as they are in use by a data streams [%s]", name, stream)
				}
			}
			delete(c.Templates, name)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return rest.Acknowledge(w, r)
}

// simulated is the answer of both kinds of _simulate: what the template of gives,
// and the templates that may match the same names.
func simulated(w http.ResponseWriter, r *rest.Request, c *cluster.Content, e *lifecycle.Effective, of *lifecycle.Template, chosen string) error {
	type overlap struct {
		Name     string   `json:"name"`
		Patterns []string `json:"index_patterns"`
	}
	overlapping := []overlap{}
	for _, name := range slices.Sorted(maps.Keys(c.LegacyTemplates)) {
		var t lifecycle.Legacy
		if of != nil && json.Unmarshal(c.LegacyTemplates[name], &t) == nil && lifecycle.Overlap(of.IndexPatterns, t.IndexPatterns) {
			overlapping = append(overlapping, overlap{name, t.IndexPatterns})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Templates)) {
		var t lifecycle.Template
		if name != chosen && of != nil && json.Unmarshal(c.Templates[name], &t) == nil && lifecycle.Overlap(of.IndexPatterns, t.IndexPatterns) {
			overlapping = append(overlapping, overlap{name, t.IndexPatterns})
		}
	}
	part := e.Part()
	if len(e.Lifecycle) > 0 {
		l, err := lifecycle.ReadLifecycle(e.Lifecycle)
		if err != nil {
			return err
		}
		shown := map[string]any{"enabled": l.Enabled}
		if l.Retention != "" {
			shown["data_retention"] = l.Retention
		}
		if r.Has("include_defaults") && r.Get("include_defaults") != "false" {
			shown["rollover"] = map[string]any{} // never by itself
		}
		part["lifecycle"] = shown
	}
	return rest.WriteJSON(w, r, http.StatusOK, map[string]any{"template": part, "overlapping": overlapping})
}

// simulate answers POST _index_template/_simulate: what a template would give.
func (x *Templates) simulate(w http.ResponseWriter, r *rest.Request) error {
	c, name := x.node.Cluster.Content(), r.PathValue("name")
	text, err := r.Body()
	if err != nil {
		return err
	}
	if len(bytes.TrimSpace(text)) == 0 {
		if text = c.Templates[name]; text == nil {
			return rest.Illegal("unable to simulate template [%s] that does not exist", name)
		}
	}
	t, err := readComposable(c, name, text)
	if err != nil {
		return err
	}
	e := lifecycle.Compose(c, t)
	return simulated(w, r, c, &e, t, name)
}

// simulateIndex answers POST _index_template/_simulate_index/{index}: what an
// index of that name would get, with a template of the body beside the others.
func (x *Templates) simulateIndex(w http.ResponseWriter, r *rest.Request) error {
	c := *x.node.Cluster.Content()
	text, err := r.Body()
	if err != nil {
		return err
	}
	if len(bytes.TrimSpace(text)) > 0 {
		const name = "simulate_index_template"
		t, err := readComposable(&c, name, text)
		if err != nil {
			return err
		}
		c.Templates = maps.Clone(c.Templates)
		if c.Templates[name], err = json.Marshal(t); err != nil {
			return err
		}
	}
	e, ok := lifecycle.For(&c, r.PathValue("index"))
	if !ok {
		return rest.WriteJSON(w, r, http.StatusOK, map[string]any{})
	}
	var t lifecycle.Template
	if json.Unmarshal(c.Templates[e.Template], &t) != nil {
		return simulated(w, r, &c, &e, nil, "")
	}
	return simulated(w, r, &c, &e, &t, e.Template)
}
