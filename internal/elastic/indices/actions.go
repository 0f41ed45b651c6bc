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

// action is one action of POST _aliases.
type action struct {
	kind      string
	indices   []names.Index
	aliases   []string
	alias     *cluster.Alias
	mustExist *bool
}

// maxActions bounds the actions of one request.
const maxActions = 1000

// actions answers POST _aliases: all of the actions are done, or none.
func (x *Indices) actions(w http.ResponseWriter, r *rest.Request) error {
	text, err := r.Body()
	if err != nil {
		return err
	}
	all, err := x.parseActions(text)
	if err != nil {
		return err
	}
	var doomed []names.Index
	err = x.change(func(c *cluster.Content) error {
		for _, a := range all {
			if err := x.act(c, a); err != nil {
				return err
			}
			if a.kind == "remove_index" {
				doomed = append(doomed, a.indices...)
			}
		}
		return checkWriters(c)
	})
	if err != nil {
		return err
	}
	if err := x.delete(r.Context(), doomed); err != nil {
		return err
	}
	return rest.WriteJSON(w, r, http.StatusOK, map[string]any{"acknowledged": true, "errors": false})
}

func (x *Indices) parseActions(text []byte) ([]action, error) {
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, rest.Fail(http.StatusBadRequest, "parse_exception", "request body is required")
	}
	var body struct {
		Actions []map[string]json.RawMessage `json:"actions"`
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&body); err != nil {
		return nil, rest.Fail(http.StatusBadRequest, "x_content_parse_exception", "[aliases] "+strings.TrimPrefix(err.Error(), "json: "))
	}
	if len(body.Actions) == 0 {
		return nil, rest.Illegal("No action specified")
	}
	if len(body.Actions) > maxActions {
		return nil, rest.Illegal("%d actions at once; at most %d", len(body.Actions), maxActions)
	}
	var all []action
	for _, one := range body.Actions {
		if len(one) != 1 {
			return nil, rest.Illegal("Too many operations declared on operation entry; each entry has one of: add, remove, remove_index")
		}
		for kind, raw := range one {
			a, err := x.parseAction(kind, raw)
			if err != nil {
				return nil, err
			}
			all = append(all, a)
		}
	}
	return all, nil
}

// places are the members that say of what an action is.
var places = []string{"index", "indices", "alias", "aliases", "must_exist"}

func (x *Indices) parseAction(kind string, raw []byte) (action, error) {
	a := action{kind: kind}
	if !slices.Contains([]string{"add", "remove", "remove_index"}, kind) {
		return a, rest.Fail(http.StatusBadRequest, "x_content_parse_exception", "[alias_action] unknown field ["+kind+"]; there are: add, remove, remove_index")
	}
	var err error
	if a.alias, err = readAlias(raw, places...); err != nil {
		return a, err
	}
	var at struct {
		Index, Alias     string
		Indices, Aliases texts
		MustExist        *bool `json:"must_exist"`
	}
	if err := json.Unmarshal(raw, &at); err != nil {
		return a, rest.Fail(http.StatusBadRequest, "x_content_parse_exception", "["+kind+"] "+strings.TrimPrefix(err.Error(), "json: "))
	}
	if at.Index != "" {
		at.Indices = append(at.Indices, at.Index)
	}
	if at.Alias != "" {
		at.Aliases = append(at.Aliases, at.Alias)
	}
	a.aliases, a.mustExist = x.literals(strings.Join(at.Aliases, ",")), at.MustExist
	if len(at.Indices) == 0 {
		return a, rest.Illegal("One of [index] or [indices] is required")
	}
	if len(at.Aliases) == 0 {
		a.aliases = nil
	}
	if kind != "remove_index" && len(at.Aliases) == 0 {
		return a, rest.Illegal("One of [alias] or [aliases] is required")
	}
	expression := strings.Join(at.Indices, ",")
	switch kind {
	case "add":
		a.indices, err = x.aliasable(expression)
	case "remove_index":
		a.indices, err = x.doomed(expression, names.ResolveOptions{Closed: true})
	default:
		var set names.Set
		set, err = x.node.ResolveWith(expression, names.ResolveOptions{Closed: true, AllowNoIndices: true})
		a.indices = set.Indices
	}
	return a, err
}

// act does one action; indices that are removed go afterwards.
func (x *Indices) act(c *cluster.Content, a action) error {
	switch a.kind {
	case "add":
		for _, name := range a.aliases {
			if err := x.addAlias(c, a.indices, name, a.alias); err != nil {
				return err
			}
		}
	case "remove":
		found := dropAliases(c, a.indices, strings.Join(a.aliases, ","))
		if !found && (a.mustExist == nil || *a.mustExist) {
			return aliasesMissing(strings.Join(a.aliases, ","))
		}
	case "remove_index":
		// An alias may take the name of the index in the same request; its other
		// aliases go with it.
		for _, i := range a.indices {
			if m := c.Indices[i.Name]; m != nil {
				m.Aliases = map[string]*cluster.Alias{}
			}
		}
	}
	return nil
}

// texts is a text or a list of texts.
type texts []string

// UnmarshalJSON reads either form.
func (t *texts) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '"' {
		var one string
		if err := json.Unmarshal(raw, &one); err != nil {
			return err
		}
		*t = texts{one}
		return nil
	}
	return json.Unmarshal(raw, (*[]string)(t))
}
