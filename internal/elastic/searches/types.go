package searches

import (
	"encoding/json"
	"strings"

	"rastro/internal/elastic/names"
)

// mapped tells the types of fields by the mappings that clients have set.
type mapped map[string]string

// maxMapped bounds the names of mappings that are looked at.
const maxMapped = 10_000

// mappedTypes gathers the types of unknown fields in the mappings of indices.
func mappedTypes(set names.Set) mapped {
	m := mapped{}
	for _, i := range set.Indices {
		if i.Meta != nil && len(i.Meta.Mappings) > 0 {
			m.add("", i.Meta.Mappings, 0)
		}
	}
	return m
}

// mapping is one object of a mapping.
type mapping struct {
	Type       string                     `json:"type"`
	Properties map[string]json.RawMessage `json:"properties"`
	Fields     map[string]json.RawMessage `json:"fields"`
}

func (m mapped) add(path string, raw json.RawMessage, depth int) {
	var at mapping
	if depth > 20 || len(m) > maxMapped || json.Unmarshal(raw, &at) != nil {
		return
	}
	if path != "" && at.Type != "" && at.Type != "object" && at.Type != "nested" {
		m[path] = at.Type
	}
	prefix := path
	if prefix != "" {
		prefix += "."
	}
	for name, inner := range at.Properties {
		m.add(prefix+name, inner, depth+1)
	}
	for name, inner := range at.Fields {
		m.add(prefix+name, inner, depth+1)
	}
}

// of is the type of an unknown field; "" where no mapping has it.
func (m mapped) of(name string) string {
	if t, ok := m[name]; ok {
		return t
	}
	if bare, ok := strings.CutSuffix(name, ".keyword"); ok && m[bare] != "" {
		return "keyword"
	}
	return ""
}
