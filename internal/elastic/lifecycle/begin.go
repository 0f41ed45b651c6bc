package lifecycle

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"rastro/internal/elastic/cluster"
)

// Body is what a client asks of an index that it makes.
type Body struct {
	Settings map[string]string
	Mappings json.RawMessage
	Aliases  map[string]*cluster.Alias
}

// NewIndex makes an index of that name in c: what the body says over what
// templates give. The caller has checked the name.
func NewIndex(c *cluster.Content, name string, body Body, now time.Time) *cluster.Index {
	return newIndex(c, name, name, body, now)
}

// newIndex is NewIndex with the name that templates are looked for by.
func newIndex(c *cluster.Content, name, of string, body Body, now time.Time) *cluster.Index {
	e, _ := For(c, of)
	if e.Settings == nil {
		e = empty()
	}
	i := &cluster.Index{
		UUID: cluster.NewUUID(), Created: now.UnixMilli(),
		Settings: map[string]string{"index.number_of_shards": "1", "index.number_of_replicas": "0"},
	}
	if old := c.Indices[name]; old != nil {
		i.UUID = old.UUID
	}
	maps.Copy(i.Settings, e.Settings)
	maps.Copy(i.Settings, body.Settings)
	i.Hidden = i.Settings["index.hidden"] == "true"
	var mappings map[string]any
	if json.Unmarshal(body.Mappings, &mappings) == nil {
		Merge(e.Mappings, mappings)
	}
	if len(e.Mappings) > 0 {
		i.Mappings, _ = json.Marshal(e.Mappings) // was JSON before
	}
	i.Aliases = map[string]*cluster.Alias{}
	maps.Copy(i.Aliases, e.Aliases)
	maps.Copy(i.Aliases, body.Aliases)
	c.Indices[name] = i
	return i
}

// NewDataStream makes a data stream with its first backing index in c. Its
// template must allow it.
func NewDataStream(c *cluster.Content, name string, now time.Time) error {
	e, ok := For(c, name)
	if !ok || e.Stream == nil {
		return illegal("no matching index template found for data stream [%s]", name)
	}
	s := &cluster.DataStream{Created: now.UnixMilli(), Template: e.Template}
	if len(e.Lifecycle) > 0 {
		l, err := ReadLifecycle(e.Lifecycle)
		if err != nil {
			return err
		}
		s.Lifecycle = l
	}
	c.DataStreams[name] = s
	AddBacking(c, name, now)
	return nil
}

// AddBacking gives a data stream a new backing index, which takes documents
// from now on, and names it.
func AddBacking(c *cluster.Content, stream string, now time.Time) string {
	s := c.DataStreams[stream]
	s.Generation++
	name := BackingName(stream, s.Generation, now)
	i := newIndex(c, name, stream, Body{}, now)
	i.DataStream, i.Hidden = stream, true
	i.Settings["index.hidden"] = "true"
	i.Aliases = nil
	s.Backing = append(s.Backing, name)
	return name
}

// BackingName is the name of a backing index.
func BackingName(stream string, generation int, now time.Time) string {
	return fmt.Sprintf(".ds-%s-%s-%06d", stream, now.UTC().Format("2006.01.02"), generation)
}

// WriteIndex is the index of an alias that takes documents; "" where there is
// no such alias.
func WriteIndex(c *cluster.Content, alias string) (string, error) {
	var all []string
	for _, n := range slices.Sorted(maps.Keys(c.Indices)) {
		a := c.Indices[n].Aliases[alias]
		if a == nil {
			continue
		}
		if a.Write != nil && *a.Write {
			return n, nil
		}
		if a.Write == nil {
			all = append(all, n)
		} else {
			all = append(all, "", "") // explicitly none
		}
	}
	switch {
	case len(all) == 1:
		return all[0], nil
	case len(all) > 1:
		return "", illegal("no write index is defined for alias [%s]. The write index may be explicitly disabled using is_write_index=false or the alias points to multiple indices without one being designated as a write index", alias)
	}
	return "", nil
}
