package indices

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"rastro/internal/elastic/cluster"
	"rastro/internal/elastic/lifecycle"
	"rastro/internal/elastic/names"
	"rastro/internal/elastic/rest"
)

// create answers PUT /{index}.
func (x *Indices) create(w http.ResponseWriter, r *rest.Request) error {
	name, err := x.node.Names.DateMath(r.PathValue("index"))
	if err != nil {
		return rest.NameFailure(err)
	}
	if err := names.Check(name); err != nil {
		return rest.NameFailure(err)
	}
	body, err := x.readBody(r)
	if err != nil {
		return err
	}
	err = x.change(func(c *cluster.Content) error {
		if err := x.vacant(c, name); err != nil {
			return err
		}
		if e, ok := lifecycle.For(c, name); ok && e.Stream != nil {
			return rest.Illegal("cannot create index with name [%s], because it matches with template [%s] that creates data streams only, use create data stream api instead", name, e.Template)
		}
		for alias := range body.Aliases {
			if err := x.aliasName(c, alias); err != nil {
				return err
			}
		}
		lifecycle.NewIndex(c, name, body, x.node.Now())
		return checkWriters(c)
	})
	if err != nil {
		return err
	}
	return rest.WriteJSON(w, r, http.StatusOK, created{true, true, name})
}

type created struct {
	Acknowledged       bool   `json:"acknowledged"`
	ShardsAcknowledged bool   `json:"shards_acknowledged"`
	Index              string `json:"index"`
}

// vacant tells why an index of that name cannot be made; nil if it can.
func (x *Indices) vacant(c *cluster.Content, name string) error {
	for _, i := range x.node.Names.Everything() {
		if i.Name == name {
			uuid := x.opts.Inventory.UUID(i)
			return rest.Fail(http.StatusBadRequest, "resource_already_exists_exception", "index ["+name+"/"+uuid+"] already exists").
				Detail("index", name).Detail("index_uuid", uuid)
		}
		if i.Meta != nil && i.Meta.Aliases[name] != nil {
			return rest.Fail(http.StatusBadRequest, "invalid_index_name_exception", "Invalid index name ["+name+"], already exists as alias").Index(name)
		}
	}
	if c.DataStreams[name] != nil {
		return rest.Fail(http.StatusBadRequest, "resource_already_exists_exception", "data_stream ["+name+"] already exists").Index(name)
	}
	if _, _, isView := x.node.Names.IsView(name); isView {
		return rest.Fail(http.StatusBadRequest, "invalid_index_name_exception",
			"Invalid index name ["+name+"], it is the name of a view: the events of "+x.node.Names.Prefix()+"* of one kind. Choose another name").Index(name)
	}
	return nil
}

// readBody reads the body of an index to be made.
func (x *Indices) readBody(r *rest.Request) (lifecycle.Body, error) {
	text, err := r.Body()
	if err != nil {
		return lifecycle.Body{}, err
	}
	body, err := parseBody(text)
	if err != nil {
		return body, err
	}
	named := map[string]*cluster.Alias{}
	for alias, a := range body.Aliases {
		name, err := x.node.Names.DateMath(alias)
		if err != nil {
			return body, rest.NameFailure(err)
		}
		named[name] = a
	}
	body.Aliases = named
	return body, nil
}

func parseBody(text []byte) (body lifecycle.Body, err error) {
	if len(bytes.TrimSpace(text)) == 0 {
		return body, nil
	}
	var top map[string]json.RawMessage
	if err := json.Unmarshal(text, &top); err != nil {
		return body, rest.Fail(http.StatusBadRequest, "parse_exception", "Failed to parse content to map: "+err.Error())
	}
	for key, value := range top {
		switch key {
		case "settings":
			body.Settings, err = lifecycle.FlatSettings(value)
			for name := range body.Settings {
				if isPrivate(name) {
					err = rest.Illegal("private index setting [%s] can not be set explicitly", name)
				}
			}
		case "mappings":
			body.Mappings, err = readMappings(value)
		case "aliases":
			body.Aliases, err = readAliases(value)
		default:
			err = rest.Fail(http.StatusBadRequest, "parse_exception", "unknown key ["+key+"] for create index")
		}
		if err != nil {
			return body, err
		}
	}
	return body, nil
}

// show answers GET /{index}.
func (x *Indices) show(w http.ResponseWriter, r *rest.Request) error {
	found, err := x.all(r, r.PathValue("index"))
	if err != nil {
		return err
	}
	form, err := readForm(r)
	if err != nil {
		return err
	}
	features := []string{"aliases", "mappings", "settings"}
	if text := r.Get("features"); text != "" {
		features = strings.Split(text, ",")
		for _, f := range features {
			if !slices.Contains([]string{"aliases", "mappings", "settings"}, f) {
				return rest.Illegal("Invalid features specified [%s]; there are: aliases, mappings, settings", f)
			}
		}
	}
	written, err := x.written(r, found)
	if err != nil {
		return err
	}
	seen, err := x.seen(r, found)
	if err != nil {
		return err
	}
	out := map[string]any{}
	for _, i := range found {
		one := map[string]any{}
		for _, f := range features {
			switch f {
			case "aliases":
				one["aliases"] = showAliases(i)
			case "mappings":
				one["mappings"] = x.mapping(i, written[i.Name], seen[i.Name])
			case "settings":
				one["settings"] = form.show(form.of(x, i))
				if form.defaults {
					one["defaults"] = form.show(defaultsOf(x.settings(i)))
				}
			}
		}
		if i.Meta != nil && i.Meta.DataStream != "" {
			one["data_stream"] = i.Meta.DataStream
		}
		out[i.Name] = one
	}
	return rest.WriteJSON(w, r, http.StatusOK, out)
}
