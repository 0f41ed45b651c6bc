package documents

import (
	"fmt"
	"net/http"

	"rastro/internal/collect"
	"rastro/internal/elastic/cluster"
	"rastro/internal/elastic/lifecycle"
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
		if err := mayMake(c, name); err != nil {
			return err
		}
		now := d.node.Now()
		if e, _ := lifecycle.For(c, name); e.Stream == nil {
			lifecycle.NewIndex(c, name, lifecycle.Body{}, now)
			return nil
		}
		if err := lifecycle.NewDataStream(c, name, now); err != nil {
			return err
		}
		index, stream = c.DataStreams[name].Backing[0], true
		return nil
	})
	return index, stream, err
}

// note makes the index of a day known that has events of another day: they are
// found by its name only.
func (d *Documents) note(out collect.Outcome, t *target) {
	if !out.Named || t.noted || d.node.Cluster.Content().Indices[t.index] != nil {
		return
	}
	t.noted = true
	err := d.node.Cluster.Change(func(c *cluster.Content) error {
		if c.Indices[t.index] == nil && len(c.Indices) < maxIndices {
			lifecycle.NewIndex(c, t.index, lifecycle.Body{}, d.node.Now())
		}
		return nil
	})
	if err != nil {
		d.node.Log.Warn("the name of an index could not be written down; its events are found by other names only", "err", err)
	}
}

// mayMake is why writing may not make an index of that name; nil if it may.
func mayMake(c *cluster.Content, name string) error {
	refused := func(why string) error {
		f := rest.IndexNotFound(name)
		f.Reason = "no such index [" + name + "] and " + why
		return f
	}
	setting := c.Setting("action.auto_create_index")
	switch e, _ := lifecycle.For(c, name); {
	case setting == "false":
		return refused("[action.auto_create_index] is [false]")
	case !autoCreate(setting, name):
		return refused("[action.auto_create_index] ([" + setting + "]) doesn't match")
	case e.NoAutoCreate:
		return refused("composable template [" + e.Template + "] forbids index auto creation")
	case len(c.Indices) >= maxIndices:
		return rest.Fail(http.StatusBadRequest, "validation_exception", fmt.Sprintf("this action would add [1] shards, but this cluster currently has [%d]/[%d] maximum normal shards open; delete indices that are not needed", len(c.Indices), maxIndices))
	}
	return nil
}
