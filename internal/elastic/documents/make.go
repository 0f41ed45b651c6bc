package documents

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"rastro/internal/elastic/cluster"
	"rastro/internal/elastic/names"
	"rastro/internal/elastic/rest"
)

// make makes the index, or the data stream, of a name that is not there, as the
// templates say. It returns the index that takes documents.
func (d *Documents) make(name string) (index string, stream bool, err error) {
	index = name
	err = d.node.Cluster.Change(func(c *cluster.Content) error {
		if c.Indices[name] != nil {
			return nil // somebody else was quicker
		}
		if s := c.DataStreams[name]; s != nil && len(s.Backing) > 0 {
			index, stream = s.Backing[len(s.Backing)-1], true
			return nil
		}
		if !autoCreate(c, name) {
			f := rest.IndexNotFound(name)
			f.Reason = "no such index [" + name + "] and [action.auto_create_index] ([" + c.ClusterSettings["action.auto_create_index"] + "]) doesn't match"
			if c.ClusterSettings["action.auto_create_index"] == "false" {
				f.Reason = "no such index [" + name + "] and [action.auto_create_index] is [false]"
			}
			return f
		}
		if len(c.Indices) >= maxIndices {
			return rest.Fail(http.StatusBadRequest, "validation_exception", fmt.Sprintf("this action would add [1] shards, but this cluster currently has [%d]/[%d] maximum normal shards open; delete indices that are not needed", len(c.Indices), maxIndices))
		}
		t, templateName := templateOf(c, name)
		now := d.node.Now().UTC()
		meta := &cluster.Index{UUID: cluster.NewUUID(), Created: now.UnixMilli(), Settings: t.settings, Mappings: t.mappings, Aliases: t.aliases}
		if t.stream {
			index, stream = fmt.Sprintf(".ds-%s-%s-%06d", name, now.Format("2006.01.02"), 1), true
			meta.DataStream, meta.Hidden, meta.Aliases = name, true, nil
			c.DataStreams[name] = &cluster.DataStream{Created: now.UnixMilli(), Generation: 1, Backing: []string{index}, Template: templateName}
		}
		c.Indices[index] = meta
		return nil
	})
	return index, stream, err
}

// template is what templates say about a new index.
type template struct {
	settings map[string]string
	mappings json.RawMessage
	aliases  map[string]*cluster.Alias
	stream   bool
}

// stored is a template as clients write it.
type stored struct {
	Patterns   patterns        `json:"index_patterns"`
	Priority   int64           `json:"priority"`
	Order      int64           `json:"order"`
	ComposedOf []string        `json:"composed_of"`
	Stream     json.RawMessage `json:"data_stream"`
	Template   templateBody    `json:"template"`
	// Those of a legacy template.
	templateBody
}

type templateBody struct {
	Settings map[string]any            `json:"settings"`
	Mappings json.RawMessage           `json:"mappings"`
	Aliases  map[string]*cluster.Alias `json:"aliases"`
}

// patterns are one or several.
type patterns []string

// UnmarshalJSON reads a text or a list of them.
func (p *patterns) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '"' {
		*p = patterns{""}
		return json.Unmarshal(raw, &(*p)[0])
	}
	return json.Unmarshal(raw, (*[]string)(p))
}

func (p patterns) match(name string) bool {
	return slices.ContainsFunc(p, func(pattern string) bool { return names.Match(pattern, name) })
}

// templateOf is what the matching template of the highest priority says, with
// its component templates; where there is none, what all matching legacy ones
// say, in their order.
func templateOf(c *cluster.Content, name string) (template, string) {
	out := template{settings: map[string]string{}, aliases: map[string]*cluster.Alias{}}
	var best *stored
	bestName := ""
	for _, key := range slices.Sorted(maps.Keys(c.Templates)) {
		var t stored
		if json.Unmarshal(c.Templates[key], &t) != nil || !t.Patterns.match(name) {
			continue
		}
		if best == nil || t.Priority > best.Priority {
			best, bestName = &t, key
		}
	}
	if best == nil {
		out.legacy(c, name)
		return out, ""
	}
	for _, component := range best.ComposedOf {
		var t stored
		if json.Unmarshal(c.ComponentTemplates[component], &t) == nil {
			out.add(t.Template, name)
		}
	}
	out.add(best.Template, name)
	out.stream = len(best.Stream) > 0 && string(best.Stream) != "null"
	return out, bestName
}

func (t *template) legacy(c *cluster.Content, name string) {
	var all []stored
	for _, key := range slices.Sorted(maps.Keys(c.LegacyTemplates)) {
		var one stored
		if json.Unmarshal(c.LegacyTemplates[key], &one) == nil && one.Patterns.match(name) {
			all = append(all, one)
		}
	}
	slices.SortStableFunc(all, func(a, b stored) int { return int(a.Order - b.Order) })
	for _, one := range all {
		t.add(one.templateBody, name)
	}
}

// add puts a template over those that came before.
func (t *template) add(b templateBody, name string) {
	flatten(t.settings, "", b.Settings)
	if len(b.Mappings) > 0 && string(b.Mappings) != "null" {
		t.mappings = b.Mappings
	}
	for alias, a := range b.Aliases {
		if a == nil {
			a = &cluster.Alias{}
		}
		t.aliases[strings.ReplaceAll(alias, "{index}", name)] = a
	}
}

// flatten writes nested settings under flat names that begin with index.
func flatten(dst map[string]string, prefix string, settings map[string]any) {
	for name, v := range settings {
		name = prefix + name
		if inner, nested := v.(map[string]any); nested {
			flatten(dst, name+".", inner)
			continue
		}
		if !strings.HasPrefix(name, "index.") {
			name = "index." + name
		}
		if text, isText := v.(string); isText {
			dst[name] = text
		} else if v != nil {
			text, _ := json.Marshal(v) // what was JSON is JSON again
			dst[name] = string(text)
		}
	}
}
