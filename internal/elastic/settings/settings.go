// Package settings reads and writes settings of indices and of the cluster as
// Elasticsearch has them: nested objects or names with dots, values as text.
//
// What comes in is JSON of clients; what goes out are flat names with their
// values, and JSON again. It never carries a setting out.
package settings

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"rastro/internal/elastic/names"
)

// Bounds of what a client may send.
const (
	maxDepth    = 20
	maxSettings = 5000
)

// Change holds new values by flat name; nil takes the setting away. A name may
// hold wildcards where its value is nil. A list is its JSON.
type Change map[string]*string

// Flatten reads a JSON object. With a prefix ("index."), names that do not begin
// with it get it. Errors are sentences for the client.
func Flatten(text []byte, prefix string) (Change, error) {
	out := Change{}
	if len(bytes.TrimSpace(text)) == 0 {
		return out, nil
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, fmt.Errorf("the settings are no JSON: %w", err)
	}
	top, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("the settings must be an object of names and values")
	}
	if err := flatten(out, "", top, 0); err != nil {
		return nil, err
	}
	if prefix == "" {
		return out, nil
	}
	full := Change{}
	for name, value := range out {
		if !strings.HasPrefix(name, prefix) && !strings.HasPrefix(prefix, name) {
			name = prefix + name
		}
		full[name] = value
	}
	return full, nil
}

func flatten(out Change, path string, v any, depth int) error {
	if depth > maxDepth || len(out) > maxSettings {
		return fmt.Errorf("the settings are nested deeper than %d or more than %d", maxDepth, maxSettings)
	}
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			full := name
			if path != "" {
				full = path + "." + name
			}
			if full == "" {
				return fmt.Errorf("the name of a setting must not be empty")
			}
			if err := flatten(out, full, inner, depth+1); err != nil {
				return err
			}
		}
	case nil:
		out[path] = nil
	case []any:
		return flattenList(out, path, v)
	default:
		text := scalar(v)
		out[path] = &text
	}
	return nil
}

func flattenList(out Change, path string, list []any) error {
	texts := make([]string, len(list))
	for i, v := range list {
		switch v.(type) {
		case map[string]any, []any, nil:
			return fmt.Errorf("the setting [%s] is a list of more than plain values", path)
		}
		texts[i] = scalar(v)
	}
	text, err := json.Marshal(texts)
	if err != nil {
		return err
	}
	joined := string(text)
	out[path] = &joined
	return nil
}

func scalar(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		if v {
			return "true"
		}
		return "false"
	}
	return fmt.Sprint(v) // a json.Number is its text
}

// Set makes the changes to flat settings. With preserve, values that are there
// stay.
func (c Change) Set(to map[string]string, preserve bool) {
	for name, value := range c {
		switch _, there := to[name]; {
		case value == nil:
			maps.DeleteFunc(to, func(n, _ string) bool { return names.Match(name, n) })
		case !there || !preserve:
			to[name] = *value
		}
	}
}

// Names are the names of a change, sorted.
func (c Change) Names() []string { return slices.Sorted(maps.Keys(c)) }

// Value is a setting's value as JSON has it: its text, or a list of texts.
func Value(text string) any {
	if strings.HasPrefix(text, "[") {
		var list []string
		if json.Unmarshal([]byte(text), &list) == nil {
			return list
		}
	}
	return text
}

// Flat is the flat form of settings as JSON.
func Flat(of map[string]string) map[string]any {
	out := map[string]any{}
	for name, text := range of {
		out[name] = Value(text)
	}
	return out
}

// Nested is the nested form of settings as JSON. Where one name goes on behind
// another that has a value, the rest of it stays in one piece.
func Nested(of map[string]string) map[string]any {
	out := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(of)) {
		at, rest := out, name
		for {
			first, more, deeper := strings.Cut(rest, ".")
			if !deeper {
				break
			}
			next, isObject := at[first].(map[string]any)
			if _, there := at[first]; there && !isObject {
				break
			}
			if next == nil {
				next = map[string]any{}
				at[first] = next
			}
			at, rest = next, more
		}
		at[rest] = Value(of[name])
	}
	return out
}

// Form is Flat or Nested.
func Form(of map[string]string, flat bool) map[string]any {
	if flat {
		return Flat(of)
	}
	return Nested(of)
}
