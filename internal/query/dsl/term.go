package dsl

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/query/lucene"
)

// term reads a term query, short or long.
func (r *reader) term(kind string, n *node, _ int) (query.Filter, error) {
	name, _, body, err := r.field(kind, n)
	if err != nil {
		return nil, err
	}
	value, found, caseless := body, true, false
	if body.kind == objectKind {
		found = false
		err = r.params(kind, body, params{
			"value":            func(v *node) error { value, found = v, true; return nil },
			"term":             func(v *node) error { value, found = v, true; return nil },
			"case_insensitive": truthInto(&caseless),
		})
	}
	switch {
	case err != nil:
		return nil, err
	case !found || value.kind == nullKind:
		return nil, illegal("value cannot be null")
	case value.kind == arrayKind:
		return nil, value.parsing("[term] query does not support array of values")
	case !value.scalar():
		return nil, value.parsing("[term] query does not support objects as values")
	}
	t := r.target(name)
	if caseless && r.isText(t) {
		return r.exactly(t, strings.ToLower(value.text))
	}
	if t.caseless(caseless, value.text) {
		return r.folded(t, value.text, regexp.QuoteMeta(value.text))
	}
	f, err := r.exactly(t, value.text)
	return r.orNumber(t, value, f), err
}

// exactly makes the filter of a term.
func (r *reader) exactly(t target, text string) (query.Filter, error) {
	if r.isText(t) && !isToken(text) {
		return query.None{}, r.count(1)
	}
	return orNone(r.value(t, text))
}

// terms reads a terms query.
func (r *reader) terms(kind string, n *node, _ int) (query.Filter, error) {
	var name string
	var list *node
	for _, m := range n.members {
		switch {
		case m.name == "boost" || m.name == "_name":
			continue
		case list != nil:
			return nil, m.place.parsing("[terms] query does not support multiple fields")
		case m.value.kind == objectKind:
			looked, err := r.lookup(m.value)
			if err != nil {
				return nil, err
			}
			name, list = m.name, looked
			continue
		case m.value.kind != arrayKind:
			return nil, m.value.parsing("[terms] query does not support [%s]", m.name)
		}
		name, list = m.name, m.value
	}
	if list == nil {
		return nil, n.parsing("[terms] query requires a field name, followed by array of terms or a document lookup specification")
	}
	if len(list.list) > r.opts.MaxTerms {
		return nil, illegal("The number of terms [%d] used in the Terms Query request has exceeded the allowed maximum of [%d]. "+
			"This maximum can be set by changing the [index.max_terms_count] index level setting.", len(list.list), r.opts.MaxTerms)
	}
	t := r.target(name)
	values := make([]string, 0, len(list.list))
	var numbers []query.Filter
	for _, v := range list.list {
		if v.kind == nullKind {
			return nil, illegal("No value specified for terms query")
		}
		if !v.scalar() {
			return nil, v.parsing("[terms] query does not support arrays and objects as values")
		}
		if f := r.orNumber(t, v, nil); f != nil {
			numbers = append(numbers, f)
		}
		values = append(values, v.text)
	}
	if r.isText(t) {
		values = slices.DeleteFunc(values, func(v string) bool { return !isToken(v) })
	}
	f, err := r.oneOf(t, values)
	if err != nil || len(numbers) == 0 {
		return f, err
	}
	return anyOf(append(numbers, f)), r.count(len(numbers))
}

// isText tells that a mapping calls a field a text. Terms of such a field are
// its words in lower case, and nothing else.
func (r *reader) isText(t target) bool {
	if t.ref.Field != event.NoField || t.ref.Exact || r.opts.Type == nil {
		return false
	}
	kind := r.opts.Type(t.name)
	return kind == "text" || kind == "match_only_text"
}

// isToken tells that a value is one word as texts are cut into.
func isToken(value string) bool {
	tokens := Tokens(value)
	return len(tokens) == 1 && tokens[0].Text == value
}

// lookup finds the values that stand in a document.
func (r *reader) lookup(n *node) (*node, error) {
	var index, id, path string
	err := r.objectParams("terms_lookup", n, params{
		"index": textInto(&index), "id": textInto(&id), "path": textInto(&path), "routing": ignored, "store": ignored,
	})
	switch {
	case err != nil:
		return nil, err
	case index == "" || id == "" || path == "":
		return nil, n.parsing("[terms] query lookup element requires specifying the [index], the [id] and the [path].")
	case r.opts.Lookup == nil:
		return nil, n.parsing("[terms] query does not support a lookup of its values in a document; write them into the query")
	}
	values, err := r.opts.Lookup(index, id, path)
	if err != nil {
		var known *Error
		if errors.As(err, &known) {
			return nil, known
		}
		return nil, n.parsing("[terms] query cannot look its values up: %s", err)
	}
	list := &node{kind: arrayKind, line: n.line, col: n.col}
	for _, v := range values {
		list.list = append(list.list, &node{kind: stringKind, text: v, line: n.line, col: n.col})
	}
	return list, nil
}

// oneOf makes the filter of several values. Plain strings, which may be many,
// become one set.
func (r *reader) oneOf(t target, values []string) (query.Filter, error) {
	plain := t.ref.Field == event.NoField || t.ref.Field.Kind() == event.Keyword
	plain = plain && !t.index() && (!t.mapped || t.ref.Exact) && (t.ref.Field != event.MessageID || t.ref.Exact)
	var rest []query.Filter
	var set []string
	for _, v := range values {
		network := t.ref.Field == event.NoField && strings.Contains(v, "/")
		if plain && !network {
			set = append(set, v)
			continue
		}
		f, err := r.exactly(t, v)
		if err != nil {
			return nil, err
		}
		rest = append(rest, f)
	}
	if len(set) > 0 || len(rest) == 0 {
		rest = append(rest, query.Terms{Field: t.ref, Values: set})
	}
	return anyOf(rest), r.count(1)
}

// exists reads an exists query.
func (r *reader) exists(kind string, n *node, _ int) (query.Filter, error) {
	name := ""
	if err := r.params(kind, n, params{"field": textInto(&name)}); err != nil {
		return nil, err
	}
	if name == "" {
		return nil, n.parsing("[exists] must be provided with a [field]")
	}
	return r.has(name)
}

// has makes the filter on events that have a field.
func (r *reader) has(name string) (query.Filter, error) {
	switch name {
	case "_index", "_id", "_source", "_doc", "*":
		return query.All{}, r.count(1)
	}
	var filters []query.Filter
	for _, ref := range withChildren(name) {
		filters = append(filters, query.Exists{Field: ref})
	}
	return anyOf(filters), r.count(len(filters))
}

// withChildren are the fields of a name: a pattern with stars, a field, or what
// holds fields (source for source.ip).
func withChildren(name string) []query.FieldRef {
	if strings.Contains(name, "*") {
		return lucene.FieldsLike(name)
	}
	ref := query.Ref(name)
	all := []query.FieldRef{ref}
	if ref.Field != event.NoField {
		return all
	}
	for _, info := range event.Fields() {
		for _, alias := range info.Aliases {
			if strings.HasPrefix(alias, name+".") {
				all = append(all, query.FieldOf(info.Field))
				break
			}
		}
	}
	return all
}

// ids reads an ids query.
func (r *reader) ids(kind string, n *node, _ int) (query.Filter, error) {
	var values []string
	found := false
	err := r.objectParams(kind, n, params{"values": func(v *node) error {
		found = true
		list := v.list
		if v.kind != arrayKind {
			list = []*node{v}
		}
		for _, one := range list {
			id, err := text(one)
			if err != nil {
				return one.parsing("Illegal value for id, expecting a string or number, got: %s", one.kind)
			}
			values = append(values, id)
		}
		return nil
	}})
	switch {
	case err != nil:
	case !found:
		err = illegal("Required [values]")
	case len(values) > r.opts.MaxIDs:
		reason := fmt.Sprintf("Too many ids specified, allowed max result window is [%d]", r.opts.MaxIDs)
		err = &Error{Type: "query_shard_exception", Reason: "failed to create query: " + reason,
			CausedBy: &Error{Type: "illegal_argument_exception", Reason: reason}}
	}
	return query.Terms{Field: query.FieldOf(event.EventID), Values: values}, err
}
