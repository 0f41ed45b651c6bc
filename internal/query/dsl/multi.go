package dsl

import (
	"strconv"
	"strings"

	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/query/lucene"
)

// multiTypes are the ways in which a multi_match puts its fields together, with
// the query on each of them.
var multiTypes = map[string]string{
	"best_fields": "match", "most_fields": "match", "cross_fields": "match",
	"phrase": "match_phrase", "phrase_prefix": "match_phrase_prefix", "bool_prefix": "match_bool_prefix",
}

// multiMatch reads a multi_match or combined_fields query.
func (r *reader) multiMatch(kind string, n *node, _ int) (query.Filter, error) {
	q := matchQuery{kind: "match"}
	known := q.params()
	fields := fieldList{r: r}
	way := "best_fields"
	if kind == "combined_fields" {
		way = "cross_fields"
	} else {
		known["type"] = func(v *node) error {
			if _, ok := multiTypes[v.text]; !ok {
				return v.parsing("failed to parse [multi_match] query type [%s]. unknown type.", v.text)
			}
			way = v.text
			return nil
		}
		known["slop"] = wholeInto(&q.slop)
		known["tie_breaker"] = ignored
		known["max_expansions"] = ignored
	}
	known["fields"] = fields.read
	if err := r.params(kind, n, known); err != nil {
		return nil, err
	}
	switch {
	case q.slop != 0 && way == "bool_prefix":
		return nil, n.parsing("[slop] not allowed for type [bool_prefix]")
	case q.fuzz.on && (way == "cross_fields" || way == "phrase" || way == "phrase_prefix"):
		return nil, n.parsing("Fuzziness not allowed for type [%s]", way)
	}
	if !q.found {
		return nil, n.parsing("No text specified for %s query", strings.ReplaceAll(kind, "_", " "))
	}
	if kind == "combined_fields" && len(fields.targets) == 0 {
		return nil, n.parsing("In [combined_fields] query, at least one field must be provided")
	}
	q.kind = multiTypes[way]
	q.lenient = q.lenient || fields.wild
	f, err := r.searchFields(fields.orDefault(), q, way == "cross_fields")
	return q.zero(f), err
}

// fieldList is a list of fields with wildcards and boosts.
type fieldList struct {
	r       *reader
	targets []target
	// wild tells that a name has a wildcard: fields that a value does not fit
	// are left out.
	wild bool
}

func (l *fieldList) read(n *node) error {
	list := n.list
	if n.kind != arrayKind {
		list = []*node{n}
	}
	for _, one := range list {
		name, err := text(one)
		if err != nil {
			return err
		}
		if err := l.add(name); err != nil {
			return one.fail("illegal_argument_exception", "%s", err)
		}
	}
	return nil
}

// maxFields bounds the fields of one query, after wildcards.
const maxFields = 1024

// add adds the fields that a name, a pattern or either with ^boost means.
func (l *fieldList) add(name string) error {
	name, boost, boosted := strings.Cut(name, "^")
	if f, err := strconv.ParseFloat(boost, 64); boosted && (err != nil || f < 0) {
		return illegal("[%s] is no boost of the field [%s]", boost, name)
	}
	if name == "" {
		return illegal("the name of a field is empty")
	}
	if !strings.Contains(name, "*") {
		l.targets = append(l.targets, l.r.target(name))
	} else {
		l.wild = true
		for _, ref := range lucene.FieldsLike(name) {
			l.targets = append(l.targets, target{name: ref.Name, ref: ref})
		}
	}
	if len(l.targets) > maxFields {
		return illegal("field expansion for [%s] matches too many fields, limit: %d", name, maxFields)
	}
	return nil
}

// orDefault are the fields, or the text of the line where none is named.
func (l *fieldList) orDefault() []target {
	if len(l.targets) == 0 {
		return []target{l.r.target(event.Message.Name())}
	}
	return l.targets
}

func (l *fieldList) refs() []query.FieldRef {
	list := l.orDefault()
	refs := make([]query.FieldRef, len(list))
	for i, t := range list {
		refs[i] = t.ref
	}
	return refs
}

// searchFields makes the filter of a text on several fields: on each of them,
// or (across) word by word on any of them. nil if it has no words.
func (r *reader) searchFields(targets []target, q matchQuery, across bool) (query.Filter, error) {
	if across {
		if words := q.cut.words(q.text); len(words) > 1 {
			return r.searchAcross(targets, q, words)
		}
	}
	var filters []query.Filter
	none := false
	for _, t := range targets {
		f, err := r.search(t, q)
		switch {
		case err != nil && q.lenient && ofValue(err):
			none = true
		case err != nil:
			return nil, err
		case f != nil:
			filters = append(filters, f)
		}
	}
	if len(filters) == 0 && !none {
		return nil, nil
	}
	return anyOf(filters), nil
}

// searchAcross reads all fields as if they were one: each word may be in any of
// them. Fields of whole values take the whole text, too.
func (r *reader) searchAcross(targets []target, q matchQuery, words []string) (query.Filter, error) {
	one := q
	var all []query.Filter
	for _, w := range words {
		one.text = w
		f, err := r.searchFields(targets, one, false)
		if err != nil {
			return nil, err
		}
		if f != nil {
			all = append(all, f)
		}
	}
	if len(all) == 0 {
		return nil, nil
	}
	byWords := q.join(all)
	var whole []target
	for _, t := range targets {
		if !t.words() {
			whole = append(whole, t)
		}
	}
	if len(whole) == 0 {
		return byWords, nil
	}
	f, err := r.searchFields(whole, q, false)
	if err != nil || f == nil {
		return byWords, err
	}
	return anyOf([]query.Filter{byWords, f}), nil
}
