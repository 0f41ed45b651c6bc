package indices

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"rastro/internal/elastic/cluster"
	"rastro/internal/elastic/inventory"
	"rastro/internal/elastic/lifecycle"
	"rastro/internal/elastic/names"
	"rastro/internal/elastic/rest"
	"rastro/internal/elastic/settings"
)

func (x *Indices) settingRoutes() []rest.Route {
	params := with("include_defaults", "flat_settings")
	change := with("flat_settings", "preserve_existing", "reopen")
	return []rest.Route{
		{Methods: get, Path: "/_settings", Params: params, Handle: x.showSettings},
		{Methods: get, Path: "/_settings/{name}", Params: params, Handle: x.showSettings},
		{Methods: get, Path: "/{index}/_settings", Params: params, Handle: x.showSettings},
		{Methods: get, Path: "/{index}/_settings/{name}", Params: params, Handle: x.showSettings},
		{Methods: put, Path: "/_settings", Params: change, Handle: x.putSettings},
		{Methods: put, Path: "/{index}/_settings", Params: change, Handle: x.putSettings},
	}
}

func isPrivate(name string) bool { return settings.Private(name) }

// form is how settings are shown.
type form struct{ flat, defaults, human bool }

func readForm(r *rest.Request) (f form, err error) {
	if f.flat, err = r.Bool("flat_settings", false); err != nil {
		return f, err
	}
	if f.defaults, err = r.Bool("include_defaults", false); err != nil {
		return f, err
	}
	f.human, err = r.Bool("human", false)
	return f, err
}

// of are the settings of an index as this form shows them.
func (f form) of(x *Indices, i names.Index) map[string]string {
	all := x.settings(i)
	if f.human {
		all["index.creation_date_string"] = time.UnixMilli(inventory.Created(i)).UTC().Format("2006-01-02T15:04:05.000Z")
		all["index.version.created_string"] = rest.Version
	}
	return all
}

func (f form) show(flat map[string]string) map[string]any { return settings.Form(flat, f.flat) }

// settings are the settings of an index with flat names.
func (x *Indices) settings(i names.Index) map[string]string {
	return x.opts.Inventory.Settings(i)
}

// defaults are values of settings that nobody has set.
var defaults = map[string]string{
	"index.refresh_interval": "1s", "index.max_result_window": "10000", "index.codec": "default", "index.hidden": "false",
	"index.max_terms_count": "65536", "index.max_regex_length": "1000", "index.max_inner_result_window": "100", "index.gc_deletes": "60s",
	"index.blocks.read_only": "false", "index.blocks.write": "false", "index.blocks.read": "false", "index.blocks.metadata": "false",
	"index.blocks.read_only_allow_delete": "false", "index.mapping.total_fields.limit": "1000", "index.mapping.depth.limit": "20",
	"index.query.default_field": `["*"]`, "index.auto_expand_replicas": "false", "index.priority": "1", "index.write.wait_for_active_shards": "1",
	"index.search.slowlog.threshold.query.warn": "-1", "index.search.slowlog.threshold.query.info": "-1",
	"index.search.slowlog.threshold.query.debug": "-1", "index.search.slowlog.threshold.query.trace": "-1",
	"index.search.slowlog.threshold.fetch.warn": "-1", "index.search.slowlog.threshold.fetch.info": "-1",
	"index.search.slowlog.threshold.fetch.debug": "-1", "index.search.slowlog.threshold.fetch.trace": "-1",
	"index.lifecycle.name": "", "index.default_pipeline": "_none", "index.final_pipeline": "_none", "index.analyze.max_token_count": "10000",
}

func defaultsOf(set map[string]string) map[string]string {
	out := map[string]string{}
	for name, value := range defaults {
		if _, there := set[name]; !there {
			out[name] = value
		}
	}
	return out
}

// showSettings answers GET _settings.
func (x *Indices) showSettings(w http.ResponseWriter, r *rest.Request) error {
	found, err := x.all(r, r.PathValue("index"))
	if err != nil {
		return err
	}
	f, err := readForm(r)
	if err != nil {
		return err
	}
	wanted := r.PathValue("name")
	pick := func(all map[string]string) map[string]string {
		if wanted == "" || wanted == "_all" {
			return all
		}
		maps.DeleteFunc(all, func(name, _ string) bool { return !inList(wanted, name) })
		return all
	}
	out := map[string]any{}
	for _, i := range found {
		set := f.of(x, i)
		one := map[string]any{}
		if f.defaults {
			one["defaults"] = f.show(pick(defaultsOf(set)))
		}
		if set = pick(set); len(set) == 0 && !f.defaults {
			continue
		}
		one["settings"] = f.show(set)
		out[i.Name] = one
	}
	return rest.WriteJSON(w, r, http.StatusOK, out)
}

// inList tells whether a name matches one of a list of patterns.
func inList(list, name string) bool {
	for pattern := range strings.SplitSeq(list, ",") {
		if names.Match(pattern, name) {
			return true
		}
	}
	return false
}

// putSettings answers PUT _settings.
func (x *Indices) putSettings(w http.ResponseWriter, r *rest.Request) error {
	expression := r.PathValue("index")
	found, err := x.all(r, expression)
	if err != nil {
		return err
	}
	preserve, err := r.Bool("preserve_existing", false)
	if err != nil {
		return err
	}
	reopen, err := r.Bool("reopen", false)
	if err != nil {
		return err
	}
	text, err := r.Body()
	if err != nil {
		return err
	}
	change, err := parseSettings(text)
	if err != nil {
		return err
	}
	if err := x.updatable(change, found, reopen); err != nil {
		return err
	}
	everything := expression == "" || expression == "_all" || expression == "*"
	err = x.change(func(c *cluster.Content) error {
		if everything {
			setAll(c, change, preserve)
			return nil
		}
		for _, i := range found {
			m := x.meta(c, i)
			change.Set(m.Settings, preserve)
			if hidden, ok := m.Settings["index.hidden"]; ok && m.DataStream == "" {
				m.Hidden = hidden == "true"
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return rest.Acknowledge(w, r)
}

// parseSettings reads the body of PUT _settings: settings, or an object of
// them under "settings".
func parseSettings(text []byte) (settings.Change, error) {
	if len(text) == 0 {
		return nil, rest.Fail(http.StatusBadRequest, "parse_exception", "request body is required")
	}
	var wrapped struct {
		Settings json.RawMessage `json:"settings"`
	}
	if json.Unmarshal(text, &wrapped) == nil && len(wrapped.Settings) > 0 && wrapped.Settings[0] == '{' {
		text = wrapped.Settings
	}
	change, err := settings.Flatten(text, "index.")
	if err != nil {
		return nil, rest.Fail(http.StatusBadRequest, "parse_exception", err.Error())
	}
	if len(change) == 0 {
		return nil, rest.Validation("no settings to update")
	}
	for _, name := range change.Names() {
		if isPrivate(name) {
			return nil, rest.Illegal("can not update private setting [%s]; this setting is managed by the server", name)
		}
		if err := lifecycle.CheckSetting(name, change[name]); err != nil {
			return nil, err
		}
	}
	return change, nil
}

// updatable refuses settings that an index gets when it is made.
func (x *Indices) updatable(change settings.Change, found []names.Index, reopen bool) error {
	var fixed, open []string
	for _, name := range change.Names() {
		if settings.Static(name) {
			fixed = append(fixed, name)
		}
	}
	if len(fixed) == 0 {
		return nil
	}
	for _, i := range found {
		if i.Meta == nil || !i.Meta.Closed {
			open = append(open, "["+i.Name+"/"+x.opts.Inventory.UUID(i)+"]")
		}
	}
	if slices.Contains(fixed, "index.number_of_shards") && len(found) > 0 && len(open) == 0 {
		return rest.Illegal("final %s setting [index.number_of_shards], not updateable", found[0].Name)
	}
	if len(open) == 0 || reopen && !slices.Contains(fixed, "index.number_of_shards") {
		return nil
	}
	return rest.Illegal("Can't update non dynamic settings [[%s]] for open indices [%s]", strings.Join(fixed, ", "), strings.Join(open, ", "))
}

// setAll sets settings of every index, those that are there and those to come;
// what an index had of its own gives way. What blocks or hides an index is for
// those only that are there.
func setAll(c *cluster.Content, change settings.Change, preserve bool) {
	now, later := settings.Change{}, settings.Change{}
	for name, value := range change {
		if strings.HasPrefix(name, "index.blocks.") || name == "index.hidden" {
			now[name] = value
			continue
		}
		later[name] = value
	}
	later.Set(c.AllSettings, preserve)
	for _, i := range c.Indices {
		if len(now) > 0 {
			if i.Settings == nil {
				i.Settings = map[string]string{}
			}
			now.Set(i.Settings, preserve)
			i.Hidden = i.DataStream != "" || i.Settings["index.hidden"] == "true"
		}
	}
	for name, value := range later {
		for _, i := range c.Indices {
			if _, there := i.Settings[name]; there && preserve && value != nil {
				continue
			}
			maps.DeleteFunc(i.Settings, func(n, _ string) bool { return names.Match(name, n) })
		}
	}
}
