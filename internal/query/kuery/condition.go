// Package kuery puts what Kibana keeps as queries into Lucene's syntax.
//
// What comes in are queries in Kibana's own language (KQL), stored queries in
// Elasticsearch's JSON, filters of Kibana's filter bar and whole search sources;
// what goes out are Conditions, or an error that names what cannot be said. It
// never drops a part of a query: a query that is half translated would count
// something else. Everything it reads was written by strangers; length, depth
// and the number of clauses are bounded.
package kuery

import (
	"fmt"
	"strings"
	"unicode"

	"rastro/internal/event"
)

// Condition is a query in Lucene's syntax that is being put together. single:
// it needs no brackets beside others.
type Condition struct {
	text   string
	single bool
}

// Everything is the Condition that every event meets, nothing the one that
// none does.
var (
	Everything = Condition{"*", true}
	nothing    = Condition{"NOT *", false}
)

// Query is the text of a Condition; "" for Everything.
func (c Condition) Query() string {
	if c == Everything {
		return ""
	}
	return c.text
}

func (c Condition) inner() string {
	if c.single {
		return c.text
	}
	return "(" + c.text + ")"
}

// AllOf is met where all of them are: AND has no precedence in Lucene's syntax, so that
// what is joined stands in brackets.
func AllOf(list ...Condition) Condition {
	var parts []Condition
	for _, c := range list {
		if c != Everything && !holds(parts, c) {
			parts = append(parts, c)
		}
	}
	return joined(" AND ", parts)
}

// AnyOf is met where one of them is.
func AnyOf(list ...Condition) Condition {
	var parts []Condition
	for _, c := range list {
		if c == Everything {
			return Everything
		}
		if !holds(parts, c) {
			parts = append(parts, c)
		}
	}
	if len(parts) == 0 {
		return nothing
	}
	return joined(" OR ", parts)
}

func holds(list []Condition, c Condition) bool {
	for _, one := range list {
		if one == c {
			return true
		}
	}
	return false
}

func joined(word string, parts []Condition) Condition {
	switch len(parts) {
	case 0:
		return Everything
	case 1:
		return parts[0]
	}
	texts := make([]string, len(parts))
	for i, c := range parts {
		texts[i] = c.inner()
	}
	return Condition{strings.Join(texts, word), false}
}

func not(c Condition) Condition {
	if c == Everything {
		return nothing
	}
	return Condition{"NOT " + c.inner(), false}
}

// written is what a person wrote in Lucene syntax.
func written(text string) Condition {
	text = strings.TrimSpace(text)
	if text == "" || text == "*" || text == "*:*" {
		return Everything
	}
	return Condition{text, false}
}

// Name gives a field of Elastic's side our name: aliases resolve, and
// .keyword stays only where it makes a difference.
func Name(name string) string {
	f, exact := event.Lookup(name)
	switch {
	case f == event.NoField && exact:
		return strings.TrimSuffix(name, ".keyword")
	case f == event.NoField:
		return name
	case exact && f.Kind() == event.Text:
		return f.Name() + ".keyword"
	}
	return f.Name()
}

// Counted is Name for a field whose values are counted: running text counts
// as a whole, as in a field of Elastic's that has no words.
func Counted(name string) string {
	if isRetries(name) {
		return event.Attempt.Name()
	}
	if name != "" && isText(name) {
		return Name(name + ".keyword")
	}
	return Name(name)
}

// inQuery is Name as a query writes it.
func inQuery(name string) string {
	var out strings.Builder
	for _, r := range Name(name) {
		if strings.ContainsRune(`+-=&|><!(){}[]^"~*?:\/`, r) && r != '-' || unicode.IsSpace(r) {
			out.WriteByte('\\')
		}
		out.WriteRune(r)
	}
	return out.String()
}

// isText tells a field whose words are searched from one whose whole value is.
func isText(name string) bool {
	f, exact := event.Lookup(name)
	return f != event.NoField && !exact && f.Kind() == event.Text
}

var quoting = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// quoted is a value as a phrase of Lucene's syntax.
func quoted(value string) string { return `"` + quoting.Replace(value) + `"` }

// term is a value as short as it can be written.
func term(value string) string {
	plain := value != "" && value != "AND" && value != "OR" && value != "NOT" && value != "TO"
	for i, r := range value {
		letter := r == '_' || r == '.' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && !(i > 0 && (r == '-' || r == '@')) {
			plain = false
		}
	}
	if plain {
		return value
	}
	return quoted(value)
}

// on puts a field before a value that is written already; without a field all
// text is meant.
func on(field, value string) Condition {
	if field == "" || field == "*" {
		return Condition{value, true}
	}
	return Condition{inQuery(field) + ":" + value, true}
}

func exists(field string) Condition {
	if isRetries(field) {
		return AnyOf(exists(event.Attempt.Name()), Condition{"_exists_:" + inQuery(field), true})
	}
	return Condition{"_exists_:" + inQuery(field), true}
}

// isRetries tells Elemta's name for the number of attempts before this one:
// what is kept of it is the number of this one.
func isRetries(name string) bool { return strings.TrimSuffix(name, ".keyword") == "retry_count" }

// Is is met where a field has exactly this value, or these words in a row.
func Is(field, value string) Condition { return on(field, term(value)) }

// Index is met by events that were sent to an index of this name, which may
// hold stars, and by those that were sent to none. It is false for what is no
// such name.
func Index(pattern string) (Condition, bool) {
	for _, r := range pattern {
		if r != '*' && r != '-' && r != '_' && r != '.' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return Condition{}, false
		}
	}
	if pattern == "" || pattern[0] == '-' {
		return Condition{}, false
	}
	named := like(event.Index.Name(), escaped(pattern, false))
	return AnyOf(named, not(exists(event.Index.Name()))), true
}

// words is a full-text match: any of the words, or all of them; fields that
// have no words have the value.
func words(field, value string, all bool) Condition {
	if field != "" && field != "*" && !isText(field) {
		return Is(field, value)
	}
	var parts []Condition
	for _, one := range strings.Fields(value) {
		parts = append(parts, Is(field, one))
	}
	switch {
	case len(parts) == 0:
		return nothing
	case all:
		return AllOf(parts...)
	}
	return AnyOf(parts...)
}

// like is met where a value matches a pattern with stars; pattern is written
// with the other special characters escaped.
func like(field, pattern string) Condition {
	if strings.Trim(pattern, "*") == "" && field != "" && field != "*" {
		return exists(field)
	}
	return on(field, pattern)
}

// escaped takes the meaning off all but stars, and question marks where
// they are wildcards.
func escaped(value string, marks bool) string {
	var out strings.Builder
	for i, r := range value {
		if r == '-' && i > 0 {
			out.WriteRune(r) // it excludes at the beginning only
			continue
		}
		special := strings.ContainsRune(`+-=&|!(){}[]^"~:\/`, r) || unicode.IsSpace(r) || r == '?' && !marks
		if special {
			out.WriteByte('\\')
		}
		out.WriteRune(r)
	}
	return out.String()
}

// Between is met where a value lies between two; empty ends are open.
func Between(field, from, to string, withFrom, withTo bool) Condition {
	open, end := "{", "}"
	if withFrom || from == "" {
		open = "["
	}
	if withTo || to == "" {
		end = "]"
	}
	return on(field, fmt.Sprintf("%s%s TO %s%s", open, bound(from), bound(to), end))
}

func bound(value string) string {
	if value == "" || value == "*" {
		return "*"
	}
	return term(value)
}
