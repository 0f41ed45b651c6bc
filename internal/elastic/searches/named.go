package searches

import (
	"bytes"
	"encoding/json"
	"slices"

	"rastro/internal/elastic/rest"
	"rastro/internal/event"
	"rastro/internal/query"
)

// maxNamed bounds the named clauses of one search.
const maxNamed = 100

// maxNamedQuery bounds a query with names: it is taken apart level by level.
const maxNamedQuery = 1 << 20

// namedQuery is a clause that the client gave a name (_name).
type namedQuery struct {
	name    string
	matcher *query.Matcher
}

// namedQueries finds the clauses of a query that have a name.
func (s *Searches) namedQueries(text json.RawMessage) ([]namedQuery, error) {
	if !bytes.Contains(text, []byte(`"_name"`)) {
		return nil, nil
	}
	if len(text) > maxNamedQuery {
		return nil, rest.Illegal("names of clauses (_name) are read in queries of at most 1 MB; leave them out, or ask for less")
	}
	var list []namedQuery
	err := s.eachNamed(text, 0, func(name string, clause json.RawMessage) error {
		if len(list) >= maxNamed {
			return nil
		}
		f, err := s.parseQuery(clause, 1, 1, mappedSet{})
		if err != nil {
			return err
		}
		m, err := query.Compile(f)
		list = append(list, namedQuery{name, m})
		return err
	})
	return list, err
}

// compound are the clauses that hold others.
var compound = []string{"bool", "constant_score", "dis_max", "boosting", "function_score", "script_score", "nested"}

// eachNamed visits the clauses with names in a JSON value.
func (s *Searches) eachNamed(raw json.RawMessage, depth int, visit func(string, json.RawMessage) error) error {
	if depth > 200 {
		return nil
	}
	switch kindOf(raw) {
	case "START_ARRAY":
		var list []json.RawMessage
		if err := json.Unmarshal(raw, &list); err != nil {
			return err
		}
		for _, one := range list {
			if err := s.eachNamed(one, depth+1, visit); err != nil {
				return err
			}
		}
	case "START_OBJECT":
		var object map[string]json.RawMessage
		if err := json.Unmarshal(raw, &object); err != nil {
			return err
		}
		for kind, body := range object {
			if name := nameIn(body, true); name != "" && len(object) == 1 {
				if err := visit(name, raw); err != nil {
					return err
				}
				if !slices.Contains(compound, kind) {
					continue // what is inside a leaf is no clause
				}
			}
			if err := s.eachNamed(body, depth+1, visit); err != nil {
				return err
			}
		}
	}
	return nil
}

// nameIn is the _name in the body of a clause, or in its only field.
func nameIn(raw json.RawMessage, deeper bool) string {
	if kindOf(raw) != "START_OBJECT" {
		return ""
	}
	var body map[string]json.RawMessage
	if json.Unmarshal(raw, &body) != nil {
		return ""
	}
	var name string
	if json.Unmarshal(body["_name"], &name) == nil && name != "" {
		return name
	}
	if deeper && len(body) == 1 {
		for _, inner := range body {
			// The field of a leaf; a clause inside a clause has its own turn.
			var of map[string]json.RawMessage
			if kindOf(inner) == "START_OBJECT" && json.Unmarshal(inner, &of) == nil && len(of) > 1 {
				return nameIn(inner, false)
			}
		}
	}
	return ""
}

func matchedNames(list []namedQuery, e *event.Event) []string {
	var names []string
	for _, n := range list {
		if n.matcher.Match(e) && !slices.Contains(names, n.name) {
			names = append(names, n.name)
		}
	}
	slices.Sort(names)
	return names
}
