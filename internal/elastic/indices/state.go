package indices

import (
	"net/http"

	"rastro/internal/elastic/cluster"
	"rastro/internal/elastic/names"
	"rastro/internal/elastic/rest"
)

// open answers POST /{index}/_open.
func (x *Indices) open(w http.ResponseWriter, r *rest.Request) error {
	if _, err := x.setClosed(r, false); err != nil {
		return err
	}
	return rest.WriteJSON(w, r, http.StatusOK, map[string]any{"acknowledged": true, "shards_acknowledged": true})
}

// shut answers POST /{index}/_close.
func (x *Indices) shut(w http.ResponseWriter, r *rest.Request) error {
	found, err := x.setClosed(r, true)
	if err != nil {
		return err
	}
	closed := map[string]any{}
	for _, i := range found {
		closed[i.Name] = map[string]any{"closed": true}
	}
	return rest.WriteJSON(w, r, http.StatusOK, map[string]any{"acknowledged": true, "shards_acknowledged": len(found) > 0, "indices": closed})
}

// setClosed opens or closes indices.
func (x *Indices) setClosed(r *rest.Request, closed bool) ([]names.Index, error) {
	found, err := x.all(r, r.PathValue("index"))
	if err != nil {
		return nil, err
	}
	for _, i := range found {
		if closed && i.Kind != names.Own {
			return nil, rest.Illegal("[%s] holds the events of a day and cannot be closed: they would be missing in every search", i.Name)
		}
		if s := streamOf(x.node.Cluster.Content(), i); closed && s != nil && s.Backing[len(s.Backing)-1] == i.Name {
			return nil, rest.Illegal("cannot close the following data stream write indices [%s]", i.Name)
		}
	}
	return found, x.change(func(c *cluster.Content) error {
		for _, i := range found {
			if m := c.Indices[i.Name]; m != nil {
				m.Closed = closed
			}
		}
		return nil
	})
}

// blocks are the kinds of blocks of an index.
var blocks = map[string]bool{"metadata": true, "read": true, "read_only": true, "write": true, "read_only_allow_delete": true}

// block answers PUT /{index}/_block/{block}. Only writing can be blocked.
func (x *Indices) block(w http.ResponseWriter, r *rest.Request) error {
	blocked, err := x.setBlock(r, true)
	if err != nil {
		return err
	}
	return rest.WriteJSON(w, r, http.StatusOK, map[string]any{"acknowledged": true, "shards_acknowledged": true, "indices": blocked})
}

// unblock answers DELETE /{index}/_block/{block}.
func (x *Indices) unblock(w http.ResponseWriter, r *rest.Request) error {
	free, err := x.setBlock(r, false)
	if err != nil {
		return err
	}
	return rest.WriteJSON(w, r, http.StatusOK, map[string]any{"acknowledged": true, "indices": free})
}

// setBlock blocks indices or lifts a block, and lists what it did.
func (x *Indices) setBlock(r *rest.Request, on bool) ([]map[string]any, error) {
	block := r.PathValue("block")
	switch {
	case !blocks[block]:
		return nil, rest.Illegal("No block found with name %s", block)
	case block != "write" && block != "read_only":
		return nil, rest.Illegal("the block [%s] is not supported here; write and read_only are", block)
	}
	found, err := x.all(r, r.PathValue("index"))
	if err != nil {
		return nil, err
	}
	did := "blocked"
	if !on {
		did = "unblocked"
	}
	list := []map[string]any{}
	for _, i := range found {
		if i.Kind != names.Own {
			return nil, rest.Illegal("[%s] holds the events of a day; what servers log cannot be kept out", i.Name)
		}
		list = append(list, map[string]any{"name": i.Name, did: true})
	}
	return list, x.change(func(c *cluster.Content) error {
		for _, i := range found {
			m := x.meta(c, i)
			if delete(m.Settings, "index.blocks."+block); on {
				m.Settings["index.blocks."+block] = "true"
			}
		}
		return nil
	})
}
