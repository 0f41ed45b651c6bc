package indices

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"rastro/internal/elastic/cluster"
	"rastro/internal/elastic/names"
	"rastro/internal/elastic/rest"
)

func (x *Indices) aliasRoutes() []rest.Route {
	params := with()
	routes := []rest.Route{
		{Methods: get, Path: "/_alias", Params: params, Handle: x.getAlias},
		{Methods: get, Path: "/_alias/{name}", Params: params, Handle: x.getAlias},
		{Methods: get, Path: "/{index}/_alias", Params: params, Handle: x.getAlias},
		{Methods: get, Path: "/{index}/_alias/{name}", Params: params, Handle: x.getAlias},
		{Methods: get, Path: "/_aliases", Params: params, Handle: x.getAlias},
		{Methods: get, Path: "/{index}/_aliases", Params: params, Handle: x.getAlias},
		{Methods: post, Path: "/_aliases", Handle: x.actions},
	}
	for _, word := range []string{"_alias", "_aliases"} {
		routes = append(routes,
			rest.Route{Methods: putPost, Path: "/{index}/" + word + "/{name}", Params: params, Handle: x.putAlias},
			rest.Route{Methods: del, Path: "/{index}/" + word + "/{name}", Params: params, Handle: x.deleteAlias},
			rest.Route{Methods: putPost, Path: "/" + word + "/{name}", Params: params, Handle: x.putAlias},
		)
	}
	return append(routes,
		rest.Route{Methods: put, Path: "/_alias", Handle: x.putAlias},
		rest.Route{Methods: put, Path: "/{index}/_alias", Params: params, Handle: x.putAlias},
	)
}

// readAliases reads an object of aliases as it stands in the body of an index.
func readAliases(text []byte) (map[string]*cluster.Alias, error) {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(text, &raw); err != nil {
		return nil, rest.Fail(http.StatusBadRequest, "parse_exception", "[aliases] must be an object of names and settings")
	}
	out := map[string]*cluster.Alias{}
	for name, body := range raw {
		a, err := readAlias(body)
		if err != nil {
			return nil, err
		}
		out[name] = a
	}
	return out, nil
}

// aliasKeys are the members of an alias.
var aliasKeys = []string{"filter", "routing", "index_routing", "index-routing", "indexRouting", "search_routing", "search-routing", "searchRouting", "is_write_index", "is_hidden"}

// readAlias reads what is said of one alias; other names are those that stand
// beside it where it is given (index, alias).
func readAlias(text []byte, others ...string) (*cluster.Alias, error) {
	a := &cluster.Alias{}
	if len(bytes.TrimSpace(text)) == 0 {
		return a, nil
	}
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(text, &keys); err != nil {
		return nil, rest.Fail(http.StatusBadRequest, "parse_exception", "an alias is described by an object: "+err.Error())
	}
	for key := range keys {
		if !slices.Contains(aliasKeys, key) && !slices.Contains(others, key) {
			return nil, rest.Fail(http.StatusBadRequest, "x_content_parse_exception", "[alias] unknown field ["+key+"]; there are: filter, routing, index_routing, search_routing, is_write_index, is_hidden")
		}
	}
	if err := json.Unmarshal(text, a); err != nil {
		return nil, rest.Fail(http.StatusBadRequest, "x_content_parse_exception", "[alias] "+strings.TrimPrefix(err.Error(), "json: "))
	}
	if string(a.Filter) == "null" || string(bytes.TrimSpace(a.Filter)) == "{}" {
		a.Filter = nil
	}
	return a, nil
}

// aliasName refuses names that no alias can have.
func (x *Indices) aliasName(c *cluster.Content, name string) error {
	if err := names.Check(name); err != nil {
		return rest.Fail(http.StatusBadRequest, "invalid_alias_name_exception", strings.Replace(err.Error(), "Invalid index name", "Invalid alias name", 1)).Index(name)
	}
	taken := c.DataStreams[name] != nil || slices.ContainsFunc(x.node.Names.Everything(), func(i names.Index) bool { return i.Name == name })
	if taken {
		return rest.Fail(http.StatusBadRequest, "invalid_alias_name_exception", "Invalid alias name ["+name+"]: an index or data stream exists with the same name as the alias").Index(name)
	}
	return nil
}

// checkWriters refuses two indices that both take an alias's documents.
func checkWriters(c *cluster.Content) error {
	writers := map[string][]string{}
	for index, i := range c.Indices {
		for alias, a := range i.Aliases {
			if a.Write != nil && *a.Write {
				writers[alias] = append(writers[alias], index)
			}
		}
	}
	for alias, all := range writers {
		if len(all) > 1 {
			slices.Sort(all)
			return rest.Fail(http.StatusBadRequest, "illegal_state_exception", "alias ["+alias+"] has more than one write index ["+strings.Join(all, ",")+"]")
		}
	}
	return nil
}

// showAliases are the aliases of an index.
func showAliases(i names.Index) map[string]*cluster.Alias {
	if i.Meta == nil || i.Meta.Aliases == nil {
		return map[string]*cluster.Alias{}
	}
	return i.Meta.Aliases
}

type aliasesOf struct {
	Aliases map[string]*cluster.Alias `json:"aliases"`
}

// getAlias answers GET _alias.
func (x *Indices) getAlias(w http.ResponseWriter, r *rest.Request) error {
	wanted := r.PathValue("name")
	opts, err := rest.ResolveOptions(r)
	if err != nil {
		return err
	}
	opts.Closed = opts.Closed || !r.Has("expand_wildcards")
	if expression := r.PathValue("index"); expression == "" && wanted != "" && !r.Has("expand_wildcards") {
		opts.Hidden = true // the names say what is meant
	}
	set, err := x.node.ResolveWith(r.PathValue("index"), opts)
	if err != nil {
		return err
	}
	out := map[string]any{}
	missing := literalNames(wanted)
	for _, i := range set.Indices {
		found := map[string]*cluster.Alias{}
		for name, a := range showAliases(i) {
			if wanted == "" || inAliases(wanted, name) {
				found[name] = a
				missing = slices.DeleteFunc(missing, func(m string) bool { return m == name })
			}
		}
		if len(found) > 0 || wanted == "" && i.Kind != names.View {
			out[i.Name] = aliasesOf{found}
		}
	}
	if len(missing) == 0 {
		return rest.WriteJSON(w, r, http.StatusOK, out)
	}
	word := "alias"
	if len(missing) > 1 {
		word = "aliases"
	}
	slices.Sort(missing)
	out["error"], out["status"] = word+" ["+strings.Join(missing, ",")+"] missing", http.StatusNotFound
	return rest.WriteJSON(w, r, http.StatusNotFound, out)
}

// literalNames are those of a list of names that hold no wildcard and exclude
// nothing.
func literalNames(list string) []string {
	var out []string
	for name := range strings.SplitSeq(list, ",") {
		if name == "" || name == "_all" || strings.ContainsAny(name, "*?") || strings.HasPrefix(name, "-") {
			continue
		}
		out = append(out, name)
	}
	return out
}

// inAliases tells whether a list of names, patterns and exclusions means name.
func inAliases(list, name string) bool {
	in := false
	for pattern := range strings.SplitSeq(list, ",") {
		if out, excluded := strings.CutPrefix(pattern, "-"); excluded && in {
			in = !names.Match(out, name)
			continue
		}
		in = in || pattern == "_all" || names.Match(pattern, name)
	}
	return in
}

// putAlias answers PUT /{index}/_alias/{name}; index and alias may stand in
// the body.
func (x *Indices) putAlias(w http.ResponseWriter, r *rest.Request) error {
	text, err := r.Body()
	if err != nil {
		return err
	}
	a, err := readAlias(text, "index", "alias")
	if err != nil {
		return err
	}
	expression, name := r.PathValue("index"), r.PathValue("name")
	var body struct{ Index, Alias string }
	if len(text) > 0 && json.Unmarshal(text, &body) == nil {
		if body.Index != "" {
			expression = body.Index
		}
		if body.Alias != "" {
			name = body.Alias
		}
	}
	if name == "" {
		return rest.Validation("[alias] can't be empty string")
	}
	if name, err = x.node.Names.DateMath(name); err != nil {
		return rest.NameFailure(err)
	}
	if expression == "" {
		return rest.Illegal("One of [index] or [indices] is required")
	}
	found, err := x.aliasable(expression)
	if err != nil {
		return err
	}
	err = x.change(func(c *cluster.Content) error {
		if err := x.addAlias(c, found, name, a); err != nil {
			return err
		}
		return checkWriters(c)
	})
	if err != nil {
		return err
	}
	return rest.Acknowledge(w, r)
}

// aliasable resolves the indices that get an alias.
func (x *Indices) aliasable(expression string) ([]names.Index, error) {
	for part := range strings.SplitSeq(expression, ",") {
		if x.node.Cluster.Content().DataStreams[part] != nil {
			return nil, rest.Illegal("an alias of the data stream [%s] is not supported here; use its name, or a wildcard", part)
		}
	}
	set, err := x.node.ResolveWith(expression, names.ResolveOptions{Closed: true})
	return set.Indices, err
}

func (x *Indices) addAlias(c *cluster.Content, found []names.Index, name string, a *cluster.Alias) error {
	if err := x.aliasName(c, name); err != nil {
		return err
	}
	for _, i := range found {
		one := *a
		x.meta(c, i).Aliases[name] = &one
	}
	return nil
}

// deleteAlias answers DELETE /{index}/_alias/{name}.
func (x *Indices) deleteAlias(w http.ResponseWriter, r *rest.Request) error {
	set, err := x.node.ResolveWith(r.PathValue("index"), names.ResolveOptions{Closed: true, AllowNoIndices: true})
	if err != nil {
		return err
	}
	wanted := r.PathValue("name")
	err = x.change(func(c *cluster.Content) error {
		if !dropAliases(c, set.Indices, wanted) {
			return aliasesMissing(wanted)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return rest.Acknowledge(w, r)
}

// dropAliases takes aliases away, and tells whether there was one.
func dropAliases(c *cluster.Content, from []names.Index, wanted string) bool {
	any := false
	for _, i := range from {
		m := c.Indices[i.Name]
		if m == nil {
			continue
		}
		for name := range m.Aliases {
			if inAliases(wanted, name) {
				delete(m.Aliases, name)
				any = true
			}
		}
	}
	return any
}

func aliasesMissing(wanted string) error {
	return rest.Fail(http.StatusNotFound, "aliases_not_found_exception", "aliases ["+wanted+"] missing").
		Detail("resource.type", "aliases").Detail("resource.id", wanted)
}
