package searches

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"rastro/internal/elastic/names"
	"rastro/internal/elastic/rest"
	"rastro/internal/event"
	"rastro/internal/query"
)

// maxPatterns bounds the names of fields in one list of a request.
const maxPatterns = 1000

// sourceFilter says which part of an event is shown as _source. The zero value
// shows all of it.
type sourceFilter struct {
	none               bool
	includes, excludes []string
}

// check resolves the names of other products and bounds the lists.
func (f *sourceFilter) check() error {
	if len(f.includes)+len(f.excludes) > maxPatterns {
		return rest.Illegal("_source names more than %d fields", maxPatterns)
	}
	for _, list := range [][]string{f.includes, f.excludes} {
		for i, name := range list {
			if field, _ := event.Lookup(name); field != event.NoField {
				list[i] = field.Name()
			}
		}
	}
	return nil
}

// all tells that nothing is left out.
func (f *sourceFilter) all() bool { return !f.none && len(f.includes) == 0 && len(f.excludes) == 0 }

// refs are the fields that are enough for it; ok is false where all may be
// needed.
func (f *sourceFilter) refs() (refs []query.FieldRef, ok bool) {
	refs = []query.FieldRef{}
	if f.none {
		return refs, true
	}
	for _, name := range f.includes {
		field, _ := event.Lookup(name)
		if field == event.NoField {
			return nil, false
		}
		refs = append(refs, query.FieldOf(field))
	}
	return refs, len(refs) > 0
}

// of is the wanted part of an event.
func (f *sourceFilter) of(e *event.Event) json.RawMessage {
	text := event.AppendJSON(nil, e, nil)
	if f.all() {
		return text
	}
	out, _ := f.object(nil, text, "", false)
	if out == nil {
		return json.RawMessage("{}")
	}
	return out
}

// object appends the wanted part of a JSON object. included tells that a name
// above it is wanted as a whole. kept is false where nothing was.
func (f *sourceFilter) object(dst, text []byte, prefix string, included bool) (out []byte, kept bool) {
	dec := json.NewDecoder(bytes.NewReader(text))
	if _, err := dec.Token(); err != nil {
		return dst, false
	}
	out = append(dst, '{')
	for dec.More() {
		token, err := dec.Token()
		name, _ := token.(string)
		var raw json.RawMessage
		if err != nil || dec.Decode(&raw) != nil {
			break
		}
		value, ok := f.value(raw, prefix+name, included)
		if !ok {
			continue
		}
		if kept {
			out = append(out, ',')
		}
		out = append(event.AppendJSONString(out, name), ':')
		out = append(out, value...)
		kept = true
	}
	return append(out, '}'), kept
}

// value is the wanted part of one value with its full name.
func (f *sourceFilter) value(raw []byte, path string, included bool) ([]byte, bool) {
	if anyMatches(f.excludes, path) {
		return nil, false
	}
	included = included || len(f.includes) == 0 || anyMatches(f.includes, path)
	if included && len(f.excludes) == 0 {
		return raw, true
	}
	if !included && !slices.ContainsFunc(f.includes, func(p string) bool { return mayLieBelow(p, path) }) {
		return nil, false
	}
	switch kindOf(raw) {
	case "START_OBJECT":
		out, kept := f.object(nil, raw, path+".", included)
		return out, kept || included
	case "START_ARRAY":
		return f.array(raw, path, included)
	}
	return raw, included
}

func (f *sourceFilter) array(raw []byte, path string, included bool) ([]byte, bool) {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return raw, included
	}
	out, kept := []byte{'['}, false
	for _, one := range list {
		value, ok := []byte(one), included
		if kindOf(one) == "START_OBJECT" {
			value, ok = f.object(nil, one, path+".", included)
			ok = ok || included
		}
		if !ok {
			continue
		}
		if kept {
			out = append(out, ',')
		}
		out = append(out, value...)
		kept = true
	}
	return append(out, ']'), kept || included
}

// mayLieBelow tells whether a pattern may match a name below path.
func mayLieBelow(pattern, path string) bool {
	return strings.HasPrefix(pattern, path+".") || strings.Contains(pattern, "*")
}

// anyMatches tells whether a pattern matches a name or one above it.
func anyMatches(patterns []string, path string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return names.Match(p, path) || names.Match(p+".*", path) })
}

// readSource reads the value of _source in a body.
func (m *member) readSource() (sourceFilter, error) {
	var f sourceFilter
	var err error
	switch kindOf(m.raw) {
	case "VALUE_BOOLEAN":
		var shown bool
		shown, err = m.bool()
		f.none = !shown
	case "VALUE_NULL":
	case "VALUE_STRING":
		f.includes, err = m.texts()
		if len(f.includes) == 1 && (f.includes[0] == "true" || f.includes[0] == "false") {
			f = sourceFilter{none: f.includes[0] == "false"}
		}
	case "START_ARRAY":
		f.includes, err = m.texts()
	case "START_OBJECT":
		var list []member
		if list, err = m.of().members(); err != nil {
			return f, err
		}
		for i := range list {
			switch list[i].name {
			case "includes", "include":
				f.includes, err = list[i].texts()
			case "excludes", "exclude":
				f.excludes, err = list[i].texts()
			default:
				err = list[i].unknownKey()
			}
			if err != nil {
				return f, err
			}
		}
	default:
		err = rest.Parsing(m.line, m.col, "Expected one of [VALUE_BOOLEAN, VALUE_STRING, START_ARRAY, START_OBJECT] but found ["+kindOf(m.raw)+"]")
	}
	if err != nil {
		return f, err
	}
	return f, f.check()
}

// listOf splits a list with commas.
func listOf(text string) []string {
	var out []string
	for name := range strings.SplitSeq(text, ",") {
		if name = strings.TrimSpace(name); name != "" {
			out = append(out, name)
		}
	}
	return out
}
