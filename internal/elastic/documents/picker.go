package documents

import (
	"rastro/internal/elastic/rest"
	"rastro/internal/elastic/source"
)

// readPicker reads the parameters that say which part of a document is wanted,
// and refuses those that ask for what is not there.
func readPicker(r *rest.Request) (source.Filter, error) {
	var p source.Filter
	if r.Has("stored_fields") && r.Get("stored_fields") != "_none_" {
		return p, rest.Illegal("[stored_fields] is not understood: no field is stored apart from _source; ask for _source_includes")
	}
	if v := r.Get("version"); v != "" && v != "1" && r.Get("version_type") != "external_gte" {
		return p, conflict("[" + r.PathValue("id") + "]: version conflict, current version [1] is different than the one provided [" + v + "]")
	}
	if err := p.FromParams(r.Values); err != nil {
		return p, rest.Illegal("%s", err)
	}
	return p, nil
}
