package documents

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"rastro/internal/elastic/cluster"
	"rastro/internal/elastic/names"
	"rastro/internal/elastic/rest"
)

// target is what a name stands for that documents are written to.
type target struct {
	// index takes the documents; "" where there is a failure.
	index, uuid string
	name        string
	alias       bool
	stream      bool
	noted       bool
	failure     *rest.Failure
}

// targets are the names of one request. It is for one goroutine.
type targets struct {
	d     *Documents
	known map[string]*target
	names map[string]string
}

// spell returns a name as a string that is made once.
func (t *targets) spell(name []byte) string {
	if s, ok := t.names[string(name)]; ok {
		return s
	}
	if t.names == nil || len(t.names) > 1000 {
		t.names = map[string]string{}
	}
	s := string(name)
	t.names[s] = s
	return s
}

// find resolves a name, once for each request.
func (t *targets) find(name string) *target {
	if got := t.known[name]; got != nil {
		return got
	}
	got := t.d.resolve(name)
	if len(t.known) > 10_000 {
		clear(t.known)
	}
	t.known[name] = got
	return got
}

// refuse is why a document may not be written to the target; nil if it may.
func (t *target) refuse(create, alias, stream bool) *rest.Failure {
	switch {
	case t.failure != nil:
		return t.failure
	case alias && !t.alias:
		f := rest.IndexNotFound(t.name)
		f.Reason = "no such index [" + t.name + "] and [require_alias] request flag is [true] and [" + t.name + "] is not an alias"
		return f
	case stream && !t.stream:
		f := rest.IndexNotFound(t.name)
		f.Reason = "no such index [" + t.name + "] and the index abstraction is not a data stream, as [require_data_stream] demands"
		return f
	case t.stream && !create:
		return rest.Illegal("only write ops with an op_type of create are allowed in data streams")
	}
	return nil
}

// resolve finds out what takes the documents that are written to a name, and
// makes the index or data stream that is not there yet.
func (d *Documents) resolve(name string) *target {
	t := &target{name: name, uuid: "_na_"}
	index, err := d.node.Names.DateMath(name)
	if err == nil {
		err = d.follow(t, index)
	}
	if err != nil {
		t.index = ""
		t.failure = rest.AsFailure(rest.NameFailure(err))
		return t
	}
	return t
}

// follow goes through a data stream or an alias to the index behind it.
func (d *Documents) follow(t *target, name string) error {
	content := d.node.Cluster.Content()
	if _, isDay := d.node.Names.IsDay(name); isDay && content.Indices[name] == nil {
		t.index = name
		return nil
	}
	if flow, _, isView := d.node.Names.IsView(name); isView {
		return rest.Illegal("[%s] is a view of the events of the flow [%s], and nothing can be written to it; write to [%s] and a date, or to an index of your own", name, flow, d.node.Names.Prefix())
	}
	if s := content.DataStreams[name]; s != nil && len(s.Backing) > 0 {
		t.stream = true
		return d.take(t, content, s.Backing[len(s.Backing)-1])
	}
	if content.Indices[name] != nil {
		return d.take(t, content, name)
	}
	index, isAlias, err := writeIndex(content, name)
	if err != nil {
		return err
	}
	if isAlias {
		t.alias = true
		return d.take(t, content, index)
	}
	if err := names.Check(name); err != nil {
		return err
	}
	if name, t.stream, err = d.make(name); err != nil {
		return err
	}
	return d.take(t, d.node.Cluster.Content(), name)
}

// take makes an index the target, unless it is closed or blocked.
func (d *Documents) take(t *target, content *cluster.Content, name string) error {
	t.index = name
	meta := content.Indices[name]
	if meta == nil {
		return nil
	}
	if meta.UUID != "" {
		t.uuid = meta.UUID
	}
	if meta.Closed {
		return &names.Closed{Name: name}
	}
	for _, block := range []struct{ setting, reason string }{
		{"index.blocks.read_only", "FORBIDDEN/5/index read-only (api)"},
		{"index.blocks.write", "FORBIDDEN/8/index write (api)"},
	} {
		value, own := meta.Settings[block.setting]
		if !own {
			value = content.AllSettings[block.setting]
		}
		if value == "true" {
			f := rest.Fail(http.StatusForbidden, "cluster_block_exception", "index ["+name+"] blocked by: ["+block.reason+"];")
			f.Index(name)
			return f
		}
	}
	return nil
}

// writeIndex finds the index that takes what is written to an alias.
func writeIndex(content *cluster.Content, alias string) (index string, isAlias bool, err error) {
	var open []string
	for _, name := range slices.Sorted(maps.Keys(content.Indices)) {
		a := content.Indices[name].Aliases[alias]
		if a == nil {
			continue
		}
		isAlias = true
		switch {
		case a.Write != nil && *a.Write:
			return name, true, nil
		case a.Write == nil:
			open = append(open, name)
		}
	}
	switch {
	case !isAlias:
		return "", false, nil
	case len(open) == 1 && countAlias(content, alias) == 1:
		return open[0], true, nil
	}
	return "", true, rest.Illegal("no write index is defined for alias [%s]. The write index may be explicitly disabled using is_write_index=false or the alias points to multiple indices without one being designated as a write index", alias)
}

func countAlias(content *cluster.Content, alias string) (n int) {
	for _, index := range content.Indices {
		if index.Aliases[alias] != nil {
			n++
		}
	}
	return n
}

// maxIndices bounds what clients make by writing.
const maxIndices = 5000

// autoCreate tells whether the setting action.auto_create_index lets a name be
// made: true, false, or patterns of which the first that matches counts.
func autoCreate(setting, name string) bool {
	if setting == "" || setting == "true" {
		return true
	}
	for pattern := range strings.SplitSeq(setting, ",") {
		pattern = strings.TrimSpace(pattern)
		if out, minus := strings.CutPrefix(pattern, "-"); minus && names.Match(out, name) {
			return false
		}
		if names.Match(strings.TrimPrefix(pattern, "+"), name) {
			return true
		}
	}
	return false
}
