package inventory

import (
	"maps"
	"strconv"
	"strings"

	"rastro/internal/elastic/names"
)

// versionCreated is the number under which Elasticsearch 8.17 makes indices.
const versionCreated = "8521000"

// Settings are the settings of an index with flat names: those of all indices,
// its own over them, and what the server knows of it.
func (v *Inventory) Settings(i names.Index) map[string]string {
	all := map[string]string{"index.number_of_shards": "1", "index.number_of_replicas": "0"}
	maps.Copy(all, v.opts.Content().AllSettings)
	if i.Meta != nil {
		maps.Copy(all, i.Meta.Settings)
	}
	if i.Kind == names.View {
		all["index.hidden"] = "true"
	}
	all["index.uuid"] = v.UUID(i)
	all["index.creation_date"] = strconv.FormatInt(Created(i), 10)
	all["index.provided_name"] = i.Name
	all["index.version.created"] = versionCreated
	return all
}

// Shards are the numbers of shards and of copies of each that an index was
// given. Shards are counted only, and there is no node for copies.
func (v *Inventory) Shards(i names.Index) (shards, copies int) {
	of := func(name string, otherwise int) int {
		text := v.opts.Content().AllSettings[name]
		if i.Meta != nil && i.Meta.Settings[name] != "" {
			text = i.Meta.Settings[name]
		}
		if n, err := strconv.Atoi(text); err == nil {
			return n
		}
		return otherwise
	}
	copies = of("index.number_of_replicas", 0)
	if i.Meta != nil {
		if least, _, isRange := strings.Cut(i.Meta.Settings["index.auto_expand_replicas"], "-"); isRange {
			copies, _ = strconv.Atoi(least) // as many as there are other nodes, which is none; at least these
		}
	}
	return of("index.number_of_shards", 1), copies
}

// IndexHealth is the state of one index: the server's, and yellow where copies
// were asked for.
func (v *Inventory) IndexHealth(i names.Index) string {
	status := v.Health().Status
	if _, copies := v.Shards(i); copies > 0 && status == Green {
		return Yellow
	}
	return status
}

// Count are the shards of several indices.
func (v *Inventory) Count(of []names.Index) (active, missing int) {
	for _, i := range of {
		shards, copies := v.Shards(i)
		active, missing = active+shards, missing+shards*copies
	}
	return active, missing
}
