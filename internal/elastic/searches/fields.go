package searches

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"

	"rastro/internal/elastic/aggs"
	"rastro/internal/elastic/names"
	"rastro/internal/elastic/rest"
	"rastro/internal/elastic/source"
	"rastro/internal/event"
)

// fieldSpec is one entry of fields or docvalue_fields.
type fieldSpec struct {
	name   string // may hold *
	format string // "" is the field's own
}

// readFields reads a list of fields: names, and objects with a field and a
// format.
func (m *member) readFields() ([]fieldSpec, error) {
	list, err := m.elements()
	if err != nil {
		return nil, err
	}
	if len(list) > source.MaxPatterns {
		return nil, rest.Illegal("[%s] names more than %d fields", m.name, source.MaxPatterns)
	}
	var specs []fieldSpec
	for i := range list {
		spec := fieldSpec{}
		if kindOf(list[i].raw) != "START_OBJECT" {
			if spec.name, err = list[i].text(); err != nil {
				return nil, err
			}
			specs = append(specs, spec)
			continue
		}
		if spec, err = list[i].readField(m.name); err != nil {
			return nil, err
		}
		specs = append(specs, spec)
	}
	return specs, nil
}

func (m *member) readField(parent string) (fieldSpec, error) {
	spec := fieldSpec{}
	parts, err := m.of().members()
	if err != nil {
		return spec, err
	}
	for i := range parts {
		p := &parts[i]
		switch p.name {
		case "field":
			spec.name, err = p.text()
		case "format":
			if kindOf(p.raw) != "VALUE_NULL" {
				spec.format, err = p.text()
			}
			if spec.format == "use_field_mapping" {
				spec.format = ""
			}
		case "include_unmapped":
			_, err = p.bool()
		default:
			err = contentFailure(p.line, p.col, "["+parent+"] unknown field ["+p.name+"]")
		}
		if err != nil {
			return spec, err
		}
	}
	if spec.name == "" {
		return spec, contentFailure(m.line, m.col, "Required [field]")
	}
	return spec, nil
}

// docvalue reads a field of the parameter docvalue_fields.
func docvalues(text string) []fieldSpec {
	var specs []fieldSpec
	for _, name := range source.List(text) {
		specs = append(specs, fieldSpec{name: name})
	}
	return specs
}

// checkFormats refuses formats that no value can be written in.
func checkFormats(specs []fieldSpec, types mapped) error {
	for _, s := range specs {
		if s.format == "" || strings.ContainsAny(s.name, "*?") {
			continue
		}
		f, _ := event.Lookup(s.name)
		switch {
		case f == event.NoField:
			switch kind := types.of(s.name); kind {
			case "keyword", "text", "boolean":
				return rest.Illegal("Field [%s] of type [%s] doesn't support formats.", s.name, kind)
			}
		case f.Kind() == event.Time:
			if err := aggs.CheckDateFormat(s.format); err != nil {
				return rest.Illegal("%s", err)
			}
		case f.Kind().IsText() || f.Kind() == event.Bool:
			return rest.Illegal("Field [%s] of type [%s] doesn't support formats.", s.name, typeOf(f))
		}
	}
	return nil
}

// typeOf is Elasticsearch's type of a field.
func typeOf(f event.Field) string {
	switch f.Kind() {
	case event.Text:
		return "text"
	case event.IP:
		return "ip"
	case event.Integer:
		return "long"
	case event.Number:
		return "double"
	case event.Bool:
		return "boolean"
	case event.Time:
		return "date"
	}
	return "keyword"
}

// fieldValues are the values that the specs ask for, by the names asked for.
// types are those of mappings; nil for none.
func fieldValues(e *event.Event, index string, specs []fieldSpec, types mapped) map[string][]any {
	out := map[string][]any{}
	var extras *leaves
	for _, s := range specs {
		if s.name == "_index" {
			out["_index"] = []any{index}
			continue
		}
		if strings.ContainsAny(s.name, "*?") {
			matchingValues(e, s, out)
			if extras == nil {
				extras = extraLeaves(e)
			}
			extras.matching(s, types, out)
			continue
		}
		if f, _ := event.Lookup(s.name); f != event.NoField {
			if f != event.Message || !e.IsDocument() {
				put(out, s.name, knownValues(e, f, s.format))
			}
			continue
		}
		if extras == nil {
			extras = extraLeaves(e)
		}
		put(out, s.name, extras.values(s))
	}
	return out
}

func put(out map[string][]any, name string, values []any) {
	if len(values) > 0 {
		out[name] = values
	}
}

// matchingValues adds the fields of the table whose names match.
func matchingValues(e *event.Event, s fieldSpec, out map[string][]any) {
	document := e.IsDocument()
	for f := event.Timestamp; f < event.FieldCount; f++ {
		if f == event.Index || document && (f.Lent() || f == event.Timestamp && !strings.Contains(e.Str(event.Message), `"@timestamp"`)) {
			continue
		}
		if names.Match(s.name, f.Name()) {
			put(out, f.Name(), knownValues(e, f, s.format))
		}
		if exact := f.Name() + ".keyword"; f.Kind() == event.Text && names.Match(s.name, exact) {
			put(out, exact, knownValues(e, f, s.format))
		}
	}
}

// knownValues are the values of a field of the table.
func knownValues(e *event.Event, f event.Field, format string) []any {
	switch f {
	case event.Timestamp:
		return []any{aggs.WriteDate(e.Time, format)}
	case event.ReceivedAt:
		if e.ReceivedAt == 0 {
			return nil
		}
		return []any{aggs.WriteDate(e.ReceivedAt, format)}
	case event.EventID:
		return []any{e.ID()}
	}
	var values []any
	for i := range e.Values {
		if e.Values[i].Field == f {
			values = append(values, knownValue(e.Values[i], format))
		}
	}
	return values
}

func knownValue(v event.Value, format string) any {
	switch v.Field.Kind() {
	case event.Integer:
		if format != "" {
			return aggs.WriteNumber(float64(v.Int()), format)
		}
		return v.Int()
	case event.Number:
		switch {
		case format != "":
			return aggs.WriteNumber(v.Float(), format)
		case math.IsNaN(v.Float()) || math.IsInf(v.Float(), 0):
			return v.String()
		}
		return v.Float()
	case event.Bool:
		return v.Bits != 0
	case event.Time:
		return aggs.WriteDate(v.Int(), format)
	}
	return v.Text
}

// leaves are the values of unknown fields by their full names, in order.
type leaves struct {
	names []string
	held  map[string][]json.RawMessage
}

// maxLeaves bounds the unknown values of one event that are looked at.
const maxLeaves = 10_000

// extraLeaves takes the unknown fields of an event apart.
func extraLeaves(e *event.Event) *leaves {
	l := &leaves{held: map[string][]json.RawMessage{}}
	for i := range e.Extra {
		l.add(e.Extra[i].Name, json.RawMessage(e.Extra[i].JSON), 0)
	}
	return l
}

func (l *leaves) add(path string, raw json.RawMessage, depth int) {
	if depth > 20 || len(l.names) >= maxLeaves {
		return
	}
	switch kindOf(raw) {
	case "START_OBJECT":
		d := document{text: raw, line: 1, col: 1}
		list, err := d.members()
		if err != nil {
			return
		}
		for i := range list {
			l.add(path+"."+list[i].name, list[i].raw, depth+1)
		}
		return
	case "START_ARRAY":
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) != nil {
			return
		}
		for _, one := range list {
			l.add(path, one, depth+1)
		}
		return
	case "VALUE_NULL", "null":
		return
	}
	if !json.Valid(raw) {
		return
	}
	if _, there := l.held[path]; !there {
		l.names = append(l.names, path)
	}
	l.held[path] = append(l.held[path], raw)
}

// values are those of one name.
func (l *leaves) values(s fieldSpec) []any {
	name := s.name
	if _, there := l.held[name]; !there {
		name = strings.TrimSuffix(name, ".keyword")
	}
	if _, there := l.held[name]; !there {
		name = strings.TrimPrefix(name, "extra.")
	}
	var out []any
	for _, raw := range l.held[name] {
		out = append(out, extraValue(raw, s.format))
	}
	return out
}

// maxKeyword is how long a text may be to be a keyword beside.
const maxKeyword = 256

// matching adds the fields whose names match. As with Elasticsearch, a text
// that no mapping knows has a keyword beside it.
func (l *leaves) matching(s fieldSpec, types mapped, out map[string][]any) {
	for _, name := range l.names {
		values := l.values(fieldSpec{name: name, format: s.format})
		if names.Match(s.name, name) {
			put(out, name, values)
		}
		raw := l.held[name][0]
		if exact := name + ".keyword"; kindOf(raw) == "VALUE_STRING" && len(raw) <= maxKeyword+2 && types.of(name) == "" && names.Match(s.name, exact) {
			put(out, exact, values)
		}
	}
}

// extraValue is a value of an unknown field. A format is for what it fits.
func extraValue(raw json.RawMessage, format string) any {
	if format == "" {
		return raw
	}
	if x, err := strconv.ParseFloat(string(raw), 64); err == nil && strings.ContainsAny(format, "#0") {
		return aggs.WriteNumber(x, format)
	}
	var text string
	if json.Unmarshal(raw, &text) == nil {
		if t, err := time.Parse(time.RFC3339Nano, text); err == nil && aggs.CheckDateFormat(format) == nil {
			return aggs.WriteDate(t.UnixNano(), format)
		}
	}
	return raw
}
