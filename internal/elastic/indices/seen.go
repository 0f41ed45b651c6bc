package indices

import (
	"encoding/json"
	"strings"
	"time"

	"rastro/internal/elastic/names"
	"rastro/internal/elastic/rest"
	"rastro/internal/event"
	"rastro/internal/query"
)

const (
	// sampled is how many of the newest events are looked at for the fields that
	// neither the table nor a client has named.
	sampled = 500
	// maxSeen bounds the fields that are shown of an index, maxSeenDepth how deep
	// objects are followed.
	maxSeen      = 1000
	maxSeenDepth = 20
)

// seen are the properties of fields beyond the table, by index, as the newest
// events have them.
func (x *Indices) seen(r *rest.Request, found []names.Index) (map[string]map[string]any, error) {
	if len(found) == 0 {
		return nil, nil
	}
	answer, err := x.node.Searcher.Ask(r.Context(), r.Scope, query.Question{Filter: x.node.Names.FilterAll(found), Limit: sampled})
	if err != nil {
		return nil, err
	}
	out := map[string]map[string]any{}
	left := map[string]int{}
	for i := range answer.Hits {
		e := &answer.Hits[i].Event
		index := x.node.Names.Of(e)
		if out[index] == nil {
			out[index], left[index] = map[string]any{}, maxSeen
		}
		for _, extra := range e.Extra {
			path := strings.Split(extra.Name, ".")
			if f, _ := event.Lookup(path[0]); f.Name() == path[0] {
				continue // beside a field of the table there is no place for it
			}
			var v any
			d := json.NewDecoder(strings.NewReader(extra.JSON))
			d.UseNumber()
			if d.Decode(&v) == nil {
				n := left[index]
				see(out[index], path, v, 0, &n)
				left[index] = n
			}
		}
	}
	return out, nil
}

// see notes the property of a value at a path below properties, which stand
// depth objects and lists deep.
func see(properties map[string]any, path []string, v any, depth int, left *int) {
	if depth+len(path) > maxSeenDepth || *left <= 0 {
		return
	}
	if list, ok := v.([]any); ok {
		for _, one := range list {
			see(properties, path, one, depth+1, left)
		}
		return
	}
	object, isObject := v.(map[string]any)
	if isObject || len(path) > 1 {
		inner := innerOf(properties, path[0], left)
		switch {
		case inner == nil: // it was a value before
		case len(path) > 1:
			see(inner, path[1:], v, depth+1, left)
		default:
			for name, one := range object {
				see(inner, []string{name}, one, depth+1, left)
			}
		}
		return
	}
	if made := typed(v); made != nil && properties[path[0]] == nil {
		properties[path[0]] = made
		*left--
	}
}

// innerOf are the properties of an object, made where there are none; nil where
// the name is a value's.
func innerOf(properties map[string]any, name string, left *int) map[string]any {
	if properties[name] == nil {
		*left--
		properties[name] = map[string]any{"properties": map[string]any{}}
	}
	object, _ := properties[name].(map[string]any)
	inner, _ := object["properties"].(map[string]any)
	return inner
}

// typed is the mapping that Elasticsearch gives a value by itself; nil for null.
func typed(v any) map[string]any {
	kind := "long"
	switch v := v.(type) {
	case nil:
		return nil
	case bool:
		kind = "boolean"
	case json.Number:
		if strings.ContainsAny(v.String(), ".eE") {
			kind = "float"
		}
	case string:
		if _, err := time.Parse(time.RFC3339Nano, v); err != nil {
			return map[string]any{"type": "text", "fields": map[string]any{"keyword": map[string]any{"type": "keyword", "ignore_above": 256}}}
		}
		kind = "date"
	}
	return map[string]any{"type": kind}
}
