// Package source makes the _source of a hit: the document as clients of the
// Elasticsearch-shaped API expect to read it.
//
// What comes in are an event and what of it is wanted; what goes out is JSON.
// A document that a client wrote to an index of its own, without a text for a
// line, comes back as it was sent, secrets redacted. Every other event is shown
// with its fields, see event.AppendJSON. It never asks a store.
package source

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"rastro/internal/elastic/names"
	"rastro/internal/event"
	"rastro/internal/query"
)

// MaxPatterns bounds the names in the lists of a Filter.
const MaxPatterns = 1000

// Filter says which part of a document is wanted. Names may hold stars; one of
// another product means our field. The zero value wants all of it.
type Filter struct {
	// None leaves _source out.
	None               bool
	Includes, Excludes []string
}

// Check bounds the lists and adds our own names to those of other products.
func (f *Filter) Check() error {
	if n := len(f.Includes) + len(f.Excludes); n > MaxPatterns {
		return fmt.Errorf("_source names %d fields; at most %d", n, MaxPatterns)
	}
	f.Includes, f.Excludes = withOurs(f.Includes), withOurs(f.Excludes)
	return nil
}

func withOurs(list []string) []string {
	for _, name := range list {
		if field, _ := event.Lookup(name); field != event.NoField && !slices.Contains(list, field.Name()) {
			list = append(list, field.Name())
		}
	}
	return list
}

// All tells that nothing is left out.
func (f *Filter) All() bool { return !f.None && len(f.Includes) == 0 && len(f.Excludes) == 0 }

// Refs are the fields that are enough to show what is wanted; ok is false where
// all may be needed.
func (f *Filter) Refs() (refs []query.FieldRef, ok bool) {
	if f.None {
		return []query.FieldRef{}, true
	}
	for _, name := range f.Includes {
		field, _ := event.Lookup(name)
		if field == event.NoField {
			return nil, false
		}
		refs = append(refs, query.FieldOf(field))
	}
	return refs, len(refs) > 0
}

// Of is the wanted part of an event's document.
func (f *Filter) Of(e *event.Event) json.RawMessage {
	text := document(e)
	if f.All() {
		return text
	}
	out, _ := f.object(nil, text, "", false)
	if out == nil {
		return json.RawMessage("{}")
	}
	return out
}

// document is the whole document of an event.
func document(e *event.Event) []byte {
	if original := e.Str(event.Message); e.IsDocument() && json.Valid([]byte(original)) {
		return []byte(original)
	}
	return event.AppendJSON(nil, e, nil)
}

// object appends the wanted part of a JSON object. included tells that a name
// above it is wanted as a whole. kept is false where nothing was.
func (f *Filter) object(dst, text []byte, prefix string, included bool) (out []byte, kept bool) {
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
func (f *Filter) value(raw []byte, path string, included bool) ([]byte, bool) {
	if anyMatches(f.Excludes, path) {
		return nil, false
	}
	included = included || len(f.Includes) == 0 || anyMatches(f.Includes, path)
	if included && len(f.Excludes) == 0 {
		return raw, true
	}
	if !included && !slices.ContainsFunc(f.Includes, func(p string) bool { return mayLieBelow(p, path) }) {
		return nil, false
	}
	switch raw[0] {
	case '{':
		out, kept := f.object(nil, raw, path+".", included)
		return out, kept || included
	case '[':
		return f.array(raw, path, included)
	}
	return raw, included
}

func (f *Filter) array(raw []byte, path string, included bool) ([]byte, bool) {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return raw, included
	}
	out, kept := []byte{'['}, false
	for _, one := range list {
		value, ok := []byte(one), included
		if one[0] == '{' {
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
