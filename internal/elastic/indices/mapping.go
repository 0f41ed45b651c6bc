package indices

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"

	"rastro/internal/elastic/cluster"
	"rastro/internal/elastic/lifecycle"
	"rastro/internal/elastic/names"
	"rastro/internal/elastic/rest"
	"rastro/internal/event"
)

func (x *Indices) mappingRoutes() []rest.Route {
	params := with("include_type_name")
	fields := with("include_defaults", "include_type_name")
	change := with("write_index_only", "include_type_name")
	return []rest.Route{
		{Methods: get, Path: "/_mapping", Params: params, Handle: x.getMapping},
		{Methods: get, Path: "/_mappings", Params: params, Handle: x.getMapping},
		{Methods: get, Path: "/{index}/_mapping", Params: params, Handle: x.getMapping},
		{Methods: get, Path: "/{index}/_mappings", Params: params, Handle: x.getMapping},
		{Methods: get, Path: "/_mapping/field/{fields}", Params: fields, Handle: x.getFields},
		{Methods: get, Path: "/{index}/_mapping/field/{fields}", Params: fields, Handle: x.getFields},
		{Methods: putPost, Path: "/{index}/_mapping", Params: change, Handle: x.putMapping},
		{Methods: putPost, Path: "/{index}/_mappings", Params: change, Handle: x.putMapping},
	}
}

// canonical are the properties of the table of fields.
func canonical() map[string]any {
	out := map[string]any{}
	for _, info := range event.Fields() {
		if info.Field != event.Index {
			out[info.Name] = property(info.Kind)
		}
	}
	return out
}

// property is the mapping of a kind of field.
func property(k event.Kind) map[string]any {
	switch k {
	case event.Text:
		return map[string]any{"type": "text", "fields": map[string]any{"keyword": map[string]any{"type": "keyword", "ignore_above": 32766}}}
	case event.IP:
		return map[string]any{"type": "ip"}
	case event.Integer:
		return map[string]any{"type": "long"}
	case event.Number:
		return map[string]any{"type": "double"}
	case event.Bool:
		return map[string]any{"type": "boolean"}
	case event.Time:
		return map[string]any{"type": "date"}
	}
	return map[string]any{"type": "keyword"}
}

// mapping is the mapping of an index: Rastro's own fields where it has events,
// those that were seen beside them, and what clients have said.
func (x *Indices) mapping(i names.Index, written bool, seen map[string]any) map[string]any {
	out := map[string]any{}
	if written {
		out["properties"] = canonical()
		lifecycle.Merge(out, map[string]any{"properties": seen})
	}
	if i.Meta != nil {
		var own map[string]any
		if json.Unmarshal(i.Meta.Mappings, &own) == nil {
			lifecycle.Merge(out, own)
		}
	}
	return out
}

// written tells by name which indices have events: days and views always.
func (x *Indices) written(r *rest.Request, found []names.Index) (map[string]bool, error) {
	out := map[string]bool{}
	var own []names.Index
	for _, i := range found {
		if i.Kind == names.Own {
			own = append(own, i)
			continue
		}
		out[i.Name] = true
	}
	if len(own) == 0 {
		return out, nil
	}
	rows, err := x.opts.Inventory.Rows(r.Context(), r.Scope, own)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		out[row.Name] = row.Docs > 0
	}
	return out, nil
}

// getMapping answers GET _mapping.
func (x *Indices) getMapping(w http.ResponseWriter, r *rest.Request) error {
	found, err := x.all(r, r.PathValue("index"))
	if err != nil {
		return err
	}
	written, err := x.written(r, found)
	if err != nil {
		return err
	}
	seen, err := x.seen(r, found)
	if err != nil {
		return err
	}
	out := map[string]any{}
	for _, i := range found {
		out[i.Name] = map[string]any{"mappings": x.mapping(i, written[i.Name], seen[i.Name])}
	}
	return rest.WriteJSON(w, r, http.StatusOK, out)
}

// getFields answers GET _mapping/field.
func (x *Indices) getFields(w http.ResponseWriter, r *rest.Request) error {
	found, err := x.all(r, r.PathValue("index"))
	if err != nil {
		return err
	}
	written, err := x.written(r, found)
	if err != nil {
		return err
	}
	seen, err := x.seen(r, found)
	if err != nil {
		return err
	}
	withDefaults, err := r.Bool("include_defaults", false)
	if err != nil {
		return err
	}
	out := map[string]any{}
	for _, i := range found {
		fields := map[string]any{}
		properties, _ := x.mapping(i, written[i.Name], seen[i.Name])["properties"].(map[string]any)
		leaves(properties, "", func(full, name string, def map[string]any) {
			if inList(r.PathValue("fields"), full) {
				if withDefaults && def["type"] == "text" && def["analyzer"] == nil {
					def = maps.Clone(def)
					def["analyzer"] = "default"
				}
				fields[full] = map[string]any{"full_name": full, "mapping": map[string]any{name: def}}
			}
		})
		out[i.Name] = map[string]any{"mappings": fields}
	}
	return rest.WriteJSON(w, r, http.StatusOK, out)
}

// leaves visits the fields of properties, those below others too.
func leaves(properties map[string]any, path string, visit func(full, name string, def map[string]any)) {
	for name, v := range properties {
		def, ok := v.(map[string]any)
		if !ok {
			continue
		}
		if _, typed := def["type"]; typed {
			visit(path+name, name, def)
		}
		for _, inner := range []string{"properties", "fields"} {
			if deeper, ok := def[inner].(map[string]any); ok {
				leaves(deeper, path+name+".", visit)
			}
		}
	}
}

// putMapping answers PUT /{index}/_mapping. What it says is kept and shown; a
// field is read by Rastro's own table and by each value's own type, so that no
// document is ever refused for a mapping.
func (x *Indices) putMapping(w http.ResponseWriter, r *rest.Request) error {
	found, err := x.all(r, r.PathValue("index"))
	if err != nil {
		return err
	}
	text, err := r.Body()
	if err != nil {
		return err
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return rest.Validation("mapping source is missing")
	}
	if err := checkMappings(text); err != nil {
		return err
	}
	err = x.change(func(c *cluster.Content) error {
		for _, i := range found {
			m := x.meta(c, i)
			into, from := map[string]any{}, map[string]any{}
			if json.Unmarshal(m.Mappings, &into) != nil || into == nil {
				into = map[string]any{}
			}
			if err := json.Unmarshal(text, &from); err != nil {
				return err
			}
			nest(from)
			lifecycle.Merge(into, from)
			if m.Mappings, err = json.Marshal(into); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return rest.Acknowledge(w, r)
}

// nest puts fields whose names have dots below objects, as Elasticsearch does.
func nest(def map[string]any) {
	properties, _ := def["properties"].(map[string]any)
	for name, v := range properties {
		field, ok := v.(map[string]any)
		if !ok {
			continue
		}
		nest(field)
		first, rest, dotted := strings.Cut(name, ".")
		if !dotted || first == "" || rest == "" {
			continue
		}
		delete(properties, name)
		below := map[string]any{"properties": map[string]any{rest: field}}
		nest(below)
		lifecycle.Merge(properties, map[string]any{first: below})
	}
}

// rootKeys are the members of a mapping beside properties.
var rootKeys = []string{"properties", "dynamic", "dynamic_templates", "_source", "_routing", "_meta", "_field_names", "_size", "_tier", "_doc_count", "_data_stream_timestamp", "date_detection", "numeric_detection", "dynamic_date_formats", "runtime", "enabled", "subobjects", "include_in_all"}

// fieldTypes are the types of fields that Elasticsearch knows.
var fieldTypes = []string{
	"text", "keyword", "long", "integer", "short", "byte", "double", "float", "half_float", "scaled_float", "unsigned_long", "date", "date_nanos",
	"boolean", "binary", "integer_range", "float_range", "long_range", "double_range", "date_range", "ip_range", "ip", "object", "nested", "flattened",
	"alias", "constant_keyword", "wildcard", "version", "murmur3", "aggregate_metric_double", "histogram", "match_only_text", "completion",
	"search_as_you_type", "token_count", "annotated-text", "dense_vector", "sparse_vector", "rank_feature", "rank_features", "geo_point", "geo_shape",
	"point", "shape", "percolator", "join", "semantic_text", "counted_keyword", "passthrough", "icu_collation_keyword",
}

// maxMappingDepth is how deep properties may stand in each other.
const maxMappingDepth = 20

// readMappings checks mappings and puts them in the form that is kept.
func readMappings(text []byte) (json.RawMessage, error) {
	if err := checkMappings(text); err != nil {
		return nil, err
	}
	var root map[string]any
	if err := json.Unmarshal(text, &root); err != nil {
		return nil, err
	}
	nest(root)
	return json.Marshal(root)
}

func checkMappings(text []byte) error {
	var root map[string]any
	if err := json.Unmarshal(text, &root); err != nil {
		return rest.Fail(http.StatusBadRequest, "mapper_parsing_exception", "Failed to parse mapping: "+err.Error())
	}
	if root["_doc"] != nil {
		return rest.Illegal("Types cannot be provided in put mapping requests")
	}
	for key := range root {
		if !slices.Contains(rootKeys, key) {
			value, _ := json.Marshal(root[key]) // was JSON before
			return rest.Fail(http.StatusBadRequest, "mapper_parsing_exception", "Failed to parse mapping: Root mapping definition has unsupported parameters:  ["+key+" : "+string(value)+"]")
		}
	}
	return checkProperties(root["properties"], 0)
}

func checkProperties(v any, depth int) error {
	if v == nil {
		return nil
	}
	bad := func(reason string) error {
		f := rest.Fail(http.StatusBadRequest, "mapper_parsing_exception", "Failed to parse mapping: "+reason)
		f.CausedBy = rest.Illegal("%s", reason)
		return f
	}
	properties, ok := v.(map[string]any)
	if !ok {
		return bad("Expected map for property [properties]")
	}
	if depth > maxMappingDepth {
		return rest.Illegal("Limit of mapping depth [%d] has been exceeded", maxMappingDepth)
	}
	for name, v := range properties {
		if depth+strings.Count(name, ".") > maxMappingDepth {
			return rest.Illegal("Limit of mapping depth [%d] has been exceeded", maxMappingDepth)
		}
		def, ok := v.(map[string]any)
		switch kind, typed := def["type"].(string); {
		case strings.TrimSpace(name) == "":
			return bad("field name cannot be an empty string")
		case !ok:
			return bad("Expected map for property [fields] on field [" + name + "]")
		case typed && !slices.Contains(fieldTypes, kind):
			return bad("No handler for type [" + kind + "] declared on field [" + name + "]")
		case !typed && def["properties"] == nil && def["type"] != nil:
			return bad("the type of field [" + name + "] must be a text")
		}
		if err := checkProperties(def["properties"], depth+1); err != nil {
			return err
		}
		if err := checkProperties(def["fields"], depth+1); err != nil {
			return err
		}
	}
	return nil
}
