package query

import (
	"encoding/json"
	"strings"

	"rastro/internal/event"
)

// maxExtraDepth bounds how deep VisitExtra follows objects and arrays. What
// lies deeper is not found.
const maxExtraDepth = 32

// VisitExtra calls visit with every value that the unknown field ref has in a
// JSON object, as text: strings without quotes, numbers as written, true and
// false, and objects that are not empty as JSON. Dots in the name go into
// nested objects or are part of a key; the elements of arrays are values of
// their own; null is no value. A name that begins with "extra." is looked for
// without it too; one with stars stands for all names that it matches as a
// Wildcard would, dots included. It stops when visit returns true and tells
// whether that happened.
//
// Names compare with case. Bad JSON ends the search without a complaint. Only
// strings with escapes allocate.
func VisitExtra(object string, ref FieldRef, visit func(value string) bool) bool {
	if object == "" {
		return false
	}
	v := extraVisitor{visit: visit}
	name := extraName(ref)
	if strings.Contains(name, "*") {
		v.names = compileWildcard(name, false)
		return v.all(object, "", 0)
	}
	if !mayHoldName(object, name) {
		return false
	}
	if v.value(object, name, 0) {
		return true
	}
	short, ok := strings.CutPrefix(name, extraPrefix)
	return ok && v.value(object, short, 0)
}

// mayHoldName is false only where no key of the object can end like name.
func mayHoldName(object, name string) bool {
	last := name[strings.LastIndexByte(name, '.')+1:]
	return strings.Contains(object, last) || strings.IndexByte(object, '\\') >= 0
}

// visitPairs is VisitExtra for the unknown fields of an event.
func visitPairs(pairs []event.Pair, ref FieldRef, visit func(value string) bool) bool {
	if len(pairs) == 0 {
		return false
	}
	v := extraVisitor{visit: visit}
	name := extraName(ref)
	if strings.Contains(name, "*") {
		v.names = compileWildcard(name, false)
		for i := range pairs {
			if v.all(pairs[i].JSON, pairs[i].Name, 0) {
				return true
			}
		}
		return false
	}
	short, ok := strings.CutPrefix(name, extraPrefix)
	for i := range pairs {
		if v.member(pairs[i].Name, pairs[i].JSON, name, 0) ||
			ok && v.member(pairs[i].Name, pairs[i].JSON, short, 0) {
			return true
		}
	}
	return false
}

// extraPrefix stands before the names of unknown fields that are shown beside
// a known one of the same name.
const extraPrefix = "extra."

// exactSuffix is Elasticsearch's exact sub-field, which is the field itself.
const exactSuffix = ".keyword"

func extraName(ref FieldRef) string {
	if cut := len(ref.Name) - len(exactSuffix); ref.Exact && cut > 0 && strings.EqualFold(ref.Name[cut:], exactSuffix) {
		return ref.Name[:cut]
	}
	return ref.Name
}

type extraVisitor struct {
	visit func(string) bool
	names *wildcard // the names that all looks for
}

// member looks at one member of an object: it may be the wanted name, one above
// it, or another.
func (v *extraVisitor) member(key, value, name string, depth int) bool {
	if name == key {
		return v.value(value, "", depth+1)
	}
	if len(name) > len(key) && name[len(key)] == '.' && name[:len(key)] == key {
		return v.value(value, name[len(key)+1:], depth+1)
	}
	return false
}

// value looks for name in one JSON value; the empty name is the value itself.
func (v *extraVisitor) value(s, name string, depth int) bool {
	s = trimJSON(s)
	if s == "" || depth > maxExtraDepth {
		return false
	}
	switch {
	case s[0] == '[':
		return v.elements(s[1:], name, depth)
	case s[0] == '{' && name != "":
		return v.members(s[1:], name, depth)
	case name != "" || s == "null":
		return false
	case s[0] == '{' && trimJSON(s[1:]) == "}":
		return false
	case s[0] == '"':
		return v.visit(unquoteJSON(s))
	default:
		return v.visit(s)
	}
}

// all visits the values of every name that matches the pattern, beginning with
// one JSON value whose own name is path.
func (v *extraVisitor) all(s, path string, depth int) bool {
	s = trimJSON(s)
	if s == "" || depth > maxExtraDepth {
		return false
	}
	if path != "" && v.names.match(path) {
		return v.value(s, "", depth)
	}
	if s[0] != '{' {
		return false
	}
	return eachMember(s[1:], func(key, value string) bool {
		if path != "" {
			key = path + "." + key
		}
		return v.all(value, key, depth+1)
	})
}

// elements visits the elements of an array whose bracket is cut off.
func (v *extraVisitor) elements(s, name string, depth int) bool {
	return eachElement(s, func(value string) bool { return v.value(value, name, depth+1) })
}

// eachElement calls visit with every element of an array whose bracket is cut
// off, until it returns true, and tells whether that happened.
func eachElement(s string, visit func(value string) bool) bool {
	for {
		s = trimJSON(s)
		n := jsonLength(s)
		if n == 0 {
			return false
		}
		if visit(s[:n]) {
			return true
		}
		if s = trimJSON(s[n:]); s == "" || s[0] != ',' {
			return false
		}
		s = s[1:]
	}
}

// members visits the members of an object whose brace is cut off.
func (v *extraVisitor) members(s, name string, depth int) bool {
	return eachMember(s, func(key, value string) bool {
		return v.member(key, value, name, depth)
	})
}

// eachMember calls visit with every member of an object whose brace is cut
// off, until it returns true, and tells whether that happened.
func eachMember(s string, visit func(key, value string) bool) bool {
	for {
		s = trimJSON(s)
		n := jsonLength(s)
		if n == 0 || s[0] != '"' {
			return false
		}
		key := unquoteJSON(s[:n])
		if s = trimJSON(s[n:]); s == "" || s[0] != ':' {
			return false
		}
		s = trimJSON(s[1:])
		if n = jsonLength(s); n == 0 {
			return false
		}
		if visit(key, s[:n]) {
			return true
		}
		if s = trimJSON(s[n:]); s == "" || s[0] != ',' {
			return false
		}
		s = s[1:]
	}
}

// jsonLength returns the length in bytes of the JSON value that s begins with,
// 0 if there is none.
func jsonLength(s string) int {
	if s == "" {
		return 0
	}
	switch s[0] {
	case '"':
		return stringLength(s)
	case '{', '[':
		return nestedLength(s)
	}
	n := 0
	for n < len(s) && s[n] != ',' && s[n] != ']' && s[n] != '}' && !isJSONSpace(s[n]) {
		n++
	}
	return n
}

// stringLength returns the length of the JSON string that s begins with, quotes
// included, 0 if it has no end.
func stringLength(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return 0
}

// nestedLength returns the length of the object or array that s begins with.
func nestedLength(s string) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"':
			n := stringLength(s[i:])
			if n == 0 {
				return 0
			}
			i += n - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return 0
}

// trimJSON cuts white space off both ends.
func trimJSON(s string) string {
	for s != "" && isJSONSpace(s[0]) {
		s = s[1:]
	}
	for s != "" && isJSONSpace(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

func isJSONSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// unquoteJSON returns the text of a JSON string.
func unquoteJSON(s string) string {
	if len(s) >= 2 && strings.IndexByte(s, '\\') < 0 {
		return s[1 : len(s)-1]
	}
	var text string
	if json.Unmarshal([]byte(s), &text) != nil {
		return s
	}
	return text
}
