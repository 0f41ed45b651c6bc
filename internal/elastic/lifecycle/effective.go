package lifecycle

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"

	"rastro/internal/elastic/cluster"
	"rastro/internal/elastic/names"
	"rastro/internal/elastic/settings"
)

// Effective is what templates give an index of some name.
type Effective struct {
	// Template is the composable template; "" where only older ones match.
	Template string
	Settings map[string]string
	Mappings map[string]any
	Aliases  map[string]*cluster.Alias
	Stream   *StreamOptions
	// Lifecycle of data streams, as it came; nil for none.
	Lifecycle json.RawMessage
	// NoAutoCreate tells that the template refuses indices that are made by writing.
	NoAutoCreate bool
}

// For is what templates give an index of that name; false where none matches.
// A composable template hides those of the older kind.
func For(c *cluster.Content, name string) (Effective, bool) {
	if matching := Matching(c, name); len(matching) > 0 {
		if t := find[Template](c.Templates, matching[0]); t != nil {
			e := Compose(c, t)
			e.Template = matching[0]
			return e, true
		}
	}
	return legacyFor(c, name)
}

// Compose puts a template and its components together.
func Compose(c *cluster.Content, t *Template) Effective {
	e := empty()
	for _, name := range t.ComposedOf {
		if component := find[Component](c.ComponentTemplates, name); component != nil {
			e.add(component.Template)
		}
	}
	e.add(t.Template)
	e.Stream = t.DataStream
	e.NoAutoCreate = t.AllowAutoCreate != nil && !*t.AllowAutoCreate
	return e
}

func empty() Effective {
	return Effective{Settings: map[string]string{}, Mappings: map[string]any{}, Aliases: map[string]*cluster.Alias{}}
}

func legacyFor(c *cluster.Content, name string) (Effective, bool) {
	var all []*Legacy
	for _, n := range slices.Sorted(maps.Keys(c.LegacyTemplates)) {
		t := find[Legacy](c.LegacyTemplates, n)
		if t != nil && slices.ContainsFunc(t.IndexPatterns, func(p string) bool { return names.Match(p, name) }) {
			all = append(all, t)
		}
	}
	slices.SortStableFunc(all, func(a, b *Legacy) int { return cmp.Compare(a.Order, b.Order) })
	e := empty()
	for _, t := range all {
		e.add(&Part{Settings: t.Settings, Mappings: t.Mappings, Aliases: t.Aliases})
	}
	return e, len(all) > 0
}

// add lays one part over what is there.
func (e *Effective) add(p *Part) {
	if p == nil {
		return
	}
	if change, err := settings.Flatten(p.Settings, "index."); err == nil { // checked when it came
		change.Set(e.Settings, false)
	}
	var mappings map[string]any
	if json.Unmarshal(p.Mappings, &mappings) == nil {
		Merge(e.Mappings, mappings)
	}
	maps.Copy(e.Aliases, p.Aliases)
	if len(p.Lifecycle) > 0 && string(p.Lifecycle) != "null" {
		e.Lifecycle = p.Lifecycle
	}
}

// Merge lays one JSON object over another; what stands under "meta" is taken as
// a whole.
func Merge(into, from map[string]any) {
	for name, v := range from {
		inner, isObject := v.(map[string]any)
		there, wasObject := into[name].(map[string]any)
		if isObject && wasObject && name != "meta" {
			Merge(there, inner)
			continue
		}
		into[name] = v
	}
}

// Part is the effective content as an answer shows it.
func (e *Effective) Part() map[string]any {
	return map[string]any{"settings": settings.Nested(e.Settings), "mappings": e.Mappings, "aliases": e.Aliases}
}
