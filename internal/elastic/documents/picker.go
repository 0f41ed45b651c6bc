package documents

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"rastro/internal/elastic/names"
	"rastro/internal/elastic/rest"
	"rastro/internal/event"
)

// picker says which part of a document is wanted.
type picker struct {
	none              bool
	include, excluded []string
}

// readPicker reads the parameters that say so, and refuses those that ask for
// what is not there.
func readPicker(r *rest.Request) (picker, error) {
	var p picker
	if r.Has("stored_fields") && r.Get("stored_fields") != "_none_" {
		return p, rest.Illegal("[stored_fields] is not understood: no field is stored apart from _source; ask for _source_includes")
	}
	if v := r.Get("version"); v != "" && v != "1" && r.Get("version_type") != "external_gte" {
		return p, conflict("[" + r.PathValue("id") + "]: version conflict, current version [1] is different than the one provided [" + v + "]")
	}
	switch v := r.Get("_source"); v {
	case "", "true":
	case "false":
		p.none = true
	default:
		p.include = list(v)
	}
	p.include = append(p.include, list(r.Get("_source_includes"))...)
	p.include = append(p.include, list(r.Get("_source_include"))...)
	p.excluded = append(list(r.Get("_source_excludes")), list(r.Get("_source_exclude"))...)
	return p, p.check()
}

// maxPicks bounds the patterns of one request.
const maxPicks = 1000

func (p *picker) check() error {
	if len(p.include)+len(p.excluded) > maxPicks {
		return rest.Illegal("_source names more than %d fields", maxPicks)
	}
	for _, patterns := range [][]string{p.include, p.excluded} {
		for i, name := range patterns {
			if f, _ := event.Lookup(name); f != event.NoField {
				patterns[i] = f.Name()
			}
		}
	}
	return nil
}

func list(text string) []string {
	var out []string
	for name := range strings.SplitSeq(text, ",") {
		if name = strings.TrimSpace(name); name != "" {
			out = append(out, name)
		}
	}
	return out
}

// of is the wanted part of an event.
func (p *picker) of(e *event.Event) (json.RawMessage, error) {
	text := event.AppendJSON(nil, e, nil)
	if len(p.include) == 0 && len(p.excluded) == 0 {
		return text, nil
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var all map[string]any
	if err := d.Decode(&all); err != nil {
		return nil, err
	}
	return json.Marshal(p.part(all, ""))
}

// part is the wanted part of an object whose members' names begin with prefix.
func (p *picker) part(object map[string]any, prefix string) map[string]any {
	out := map[string]any{}
	for name, v := range object {
		path := prefix + name
		if matches(p.excluded, path) {
			continue
		}
		inner, nested := v.(map[string]any)
		switch {
		case len(p.include) > 0 && !matches(p.include, path):
			if nested && slices.ContainsFunc(p.include, func(s string) bool { return strings.HasPrefix(s, path+".") || strings.Contains(s, "*") }) {
				if some := p.part(inner, path+"."); len(some) > 0 {
					out[name] = some
				}
			}
		case nested && len(p.excluded) > 0:
			rest := picker{excluded: p.excluded}
			out[name] = rest.part(inner, path+".")
		default:
			out[name] = v
		}
	}
	return out
}

// matches tells whether a pattern matches a path or something above it.
func matches(patterns []string, path string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return names.Match(p, path) || names.Match(p+".*", path) })
}
