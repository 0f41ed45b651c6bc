package inventory

import (
	"maps"
	"strconv"

	"rastro/internal/elastic/names"
)

// versionCreated is the number under which Elasticsearch 8.17 makes indices.
const versionCreated = "8521000"

// Settings are the settings of an index with flat names: those of all indices,
// its own over them, and what the server knows of it.
func (v *Inventory) Settings(i names.Index, allIndices map[string]string) map[string]string {
	all := map[string]string{"index.number_of_shards": "1", "index.number_of_replicas": "0"}
	maps.Copy(all, allIndices)
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
