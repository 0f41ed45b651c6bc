package kuery

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// Source is what Kibana keeps as searchSourceJSON: which events, and how
// they are narrowed.
type Source struct {
	Index     json.RawMessage   `json:"index"`
	IndexRef  string            `json:"indexRefName"`
	Query     json.RawMessage   `json:"query"`
	Filters   []json.RawMessage `json:"filter"`
	FilterAny json.RawMessage   `json:"filters"` // of Lens
}

// IndexID is the index pattern that is named without a reference: an id, or
// the object that newer Kibanas put in.
func (s Source) IndexID() (id, title string) {
	var text Scalar
	if json.Unmarshal(s.Index, &text) == nil && text != "" {
		return string(text), ""
	}
	var object struct{ ID, Title string }
	if json.Unmarshal(s.Index, &object) == nil {
		return object.ID, object.Title
	}
	return "", ""
}

// ReadSource reads a searchSourceJSON, or the object that is its content.
func ReadSource(raw json.RawMessage) (Source, error) {
	var s Source
	raw, err := Unwrapped(raw)
	if err != nil || len(raw) == 0 {
		return s, err
	}
	if err := json.Unmarshal(raw, &s); err != nil {
		return s, fmt.Errorf("reading searchSourceJSON: %w", err)
	}
	return s, nil
}

// Unwrapped is JSON that stands in a JSON string, or JSON that stands as it is.
func Unwrapped(raw json.RawMessage) (json.RawMessage, error) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	if raw[0] != '"' {
		return raw, nil
	}
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return nil, fmt.Errorf("reading JSON in a string: %w", err)
	}
	return bytes.TrimSpace([]byte(text)), nil
}

// Condition is the query and all filters together.
func (s Source) Condition() (Condition, error) {
	c, err := FromQuery(s.Query)
	if err != nil {
		return c, err
	}
	parts := []Condition{c}
	for _, raw := range s.Filters {
		c, err := FromFilter(raw, 0)
		if err != nil {
			return c, fmt.Errorf("a filter: %w", err)
		}
		parts = append(parts, c)
	}
	return AllOf(parts...), nil
}

// FromQuery translates {query, language}, or one of the forms that came before
// it: JSON of Elasticsearch, or a text in Lucene's syntax.
func FromQuery(raw json.RawMessage) (Condition, error) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || string(raw) == "null" {
		return Everything, nil
	}
	if raw[0] == '"' {
		var text string
		if err := json.Unmarshal(raw, &text); err != nil {
			return Condition{}, fmt.Errorf("reading a query: %w", err)
		}
		return written(text), nil
	}
	var in struct {
		Query    json.RawMessage `json:"query"`
		Language string          `json:"language"`
		ESQL     *string         `json:"esql"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return Condition{}, fmt.Errorf("reading a query: %w", err)
	}
	switch {
	case in.ESQL != nil:
		return Condition{}, unsupported("a query in ES|QL")
	case in.Query == nil && in.Language == "":
		return fromDSL(raw)
	case in.Query == nil:
		return Everything, nil
	}
	var text string
	if err := json.Unmarshal(in.Query, &text); err != nil {
		return fromDSL(in.Query)
	}
	switch strings.ToLower(in.Language) {
	case "kuery", "kql":
		return fromKQL(text)
	case "lucene", "":
		return written(text), nil
	}
	return Condition{}, unsupported("a query in the language " + in.Language)
}

// FromFilter translates one filter of Kibana's bar of filters. One that is
// switched off narrows nothing.
func FromFilter(raw json.RawMessage, depth int) (Condition, error) {
	var filter members
	if err := json.Unmarshal(raw, &filter); err != nil {
		return Condition{}, fmt.Errorf("reading it: %w", err)
	}
	if depth > maxDepth {
		return Condition{}, unsupported("what is nested so deep")
	}
	var meta struct {
		Disabled, Negate bool
		Type, Relation   string
		Params           json.RawMessage
	}
	if len(filter["meta"]) > 0 {
		if err := json.Unmarshal(filter["meta"], &meta); err != nil {
			return Condition{}, fmt.Errorf("reading its meta: %w", err)
		}
	}
	if meta.Disabled {
		return Everything, nil
	}
	delete(filter, "meta")
	delete(filter, "$state")
	var c Condition
	var err error
	switch {
	case meta.Type == "combined":
		c, err = fromCombined(meta.Params, meta.Relation, depth)
	case len(filter["query"]) > 0:
		c, err = fromDSL(filter["query"])
	case len(filter) == 0:
		return Condition{}, unsupported("one without a query")
	default:
		var body []byte
		if body, err = json.Marshal(filter); err == nil {
			c, err = fromDSL(body)
		}
	}
	if err == nil && meta.Negate {
		c = not(c)
	}
	return c, err
}

func fromCombined(raw json.RawMessage, relation string, depth int) (Condition, error) {
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		return Condition{}, fmt.Errorf("reading a combined filter: %w", err)
	}
	parts := make([]Condition, 0, len(list))
	for _, one := range list {
		c, err := FromFilter(one, depth+1)
		if err != nil {
			return c, err
		}
		parts = append(parts, c)
	}
	if strings.EqualFold(relation, "or") {
		return AnyOf(parts...), nil
	}
	return AllOf(parts...), nil
}
