package lucene

import (
	"strings"
	"unicode/utf8"

	"rastro/internal/event"
	"rastro/internal/query"
)

// target is what a clause searches.
type target struct {
	fields   []query.FieldRef
	explicit bool // the clause or its group names the field
	exists   bool // _exists_: the value is the name of a field
	all      bool // the name is *
	index    bool // the name is _index, and the caller knows what that means
}

// defaults is the target of clauses that name no field.
func (p *parser) defaults() target { return target{fields: p.opts.DefaultFields} }

// target finds the fields that a name means. A name with wildcards, escaped
// or not, means all fields of the table with such a name or alias and all
// fields beyond the table.
func (p *parser) target(name value) target {
	t := target{explicit: true}
	switch {
	case name.text == "_exists_":
		t.exists = true
	case name.text == "_index" && p.opts.IndexFilter != nil:
		t.index = true
	case name.text == "*":
		t.all = true
		t.fields = FieldsLike("*")
	case strings.Contains(name.text, "*"):
		t.fields = FieldsLike(name.text)
	default:
		t.fields = []query.FieldRef{p.opts.Ref(name.text)}
	}
	return t
}

// FieldsLike returns the fields whose name or one of whose aliases matches a
// pattern with stars, and a reference to such names beyond the table.
func FieldsLike(pattern string) []query.FieldRef {
	var refs []query.FieldRef
	lower := strings.ToLower(pattern)
	for _, info := range event.Fields() {
		found := matchStars(lower, info.Name)
		for _, alias := range info.Aliases {
			found = found || matchStars(lower, strings.ToLower(alias))
		}
		if found {
			refs = append(refs, query.FieldOf(info.Field))
		}
	}
	return append(refs, query.FieldRef{Name: pattern})
}

// matchStars tells whether name matches a pattern in which * stands for any
// text.
func matchStars(pattern, name string) bool {
	parts := strings.Split(pattern, "*")
	name, ok := strings.CutPrefix(name, parts[0])
	last := len(parts) - 1
	for _, part := range parts[1:max(last, 1)] {
		if !ok {
			return false
		}
		_, name, ok = strings.Cut(name, part)
	}
	return ok && (last == 0 && name == "" || last > 0 && strings.HasSuffix(name, parts[last]))
}

// build makes the filter of one clause; nil if it holds nothing to search for.
func (p *parser) build(t target, v value) (query.Filter, error) {
	if t.exists {
		return p.buildExists(v)
	}
	if t.index {
		return p.buildIndex(v)
	}
	if p.opts.NoLeadingWildcard && v.kind == wordValue && v.wild && len(v.text) > 1 && strings.IndexByte("*?", v.pattern[0]) >= 0 {
		return nil, p.mistake("leading_wildcard", v.pos, v.end, "'*' or '?' not allowed as first character",
			"begin the pattern with a letter, or allow leading wildcards", "")
	}
	if v.kind == wordValue && v.wild && v.text == "*" && !v.fuzzy && (t.all || !t.explicit) {
		return query.All{}, p.count(v)
	}
	var filters []query.Filter
	var first error
	nothing := false
	for _, ref := range t.fields {
		if v.kind == quotedValue {
			ref = p.quotedRef(ref)
		}
		if err := p.count(v); err != nil {
			return nil, err
		}
		f, err := p.leaf(ref, v)
		switch {
		case err != nil && first == nil:
			first = err
		case err != nil:
		case f == nil:
			nothing = true
		default:
			filters = append(filters, f)
		}
	}
	switch {
	case len(filters) > 0:
		return anyOf(filters), nil
	case nothing || first == nil:
		return nil, nil
	case p.opts.Lenient && valueCodes[codeOf(first)]:
		return query.None{}, nil
	default:
		return nil, first
	}
}

// count counts a condition.
func (p *parser) count(v value) error {
	if p.clauses++; p.clauses > MaxClauses {
		return p.mistake("too_many_clauses", v.pos, v.end, "this query has more than 10,000 conditions",
			"ask for fewer things at a time", "")
	}
	return nil
}

// quotedRef is the field that a phrase on ref searches.
func (p *parser) quotedRef(ref query.FieldRef) query.FieldRef {
	if p.opts.QuoteSuffix == "" || ref.Exact {
		return ref
	}
	suffixed := query.Ref(ref.Name + p.opts.QuoteSuffix)
	if suffixed.Field == event.NoField && !suffixed.Exact {
		return ref // no such field, as far as anybody knows
	}
	return suffixed
}

// buildIndex makes the filter of _index:pattern.
func (p *parser) buildIndex(v value) (query.Filter, error) {
	if err := p.count(v); err != nil {
		return nil, err
	}
	if v.kind != wordValue && v.kind != quotedValue || v.fuzzy || v.text == "" {
		return nil, p.mistake("bad_index", v.pos, v.end, "this is no name of an index",
			"write _index:name, with * for any text", "")
	}
	f, err := p.opts.IndexFilter(v.text)
	if err != nil {
		return nil, p.mistake("bad_index", v.pos, v.end, err.Error(), "write the name of an index, with * for any text", "")
	}
	if f == nil {
		f = query.All{}
	}
	return f, nil
}

// buildExists makes the filter of _exists_:name.
func (p *parser) buildExists(v value) (query.Filter, error) {
	if err := p.count(v); err != nil {
		return nil, err
	}
	if v.kind != wordValue && v.kind != quotedValue || v.text == "" {
		return nil, p.mistake("bad_field", v.pos, v.end, "this is no name of a field",
			"write _exists_:status", p.replaced(v.pos, v.end, "status"))
	}
	if v.text == "*" {
		return query.All{}, nil
	}
	if v.text == "_index" {
		return query.All{}, nil
	}
	t := p.target(v)
	filters := make([]query.Filter, len(t.fields))
	for i, ref := range t.fields {
		filters[i] = query.Exists{Field: ref}
	}
	return anyOf(filters), nil
}

// distanceOf turns the number behind ~ into edits: 1 or 2, or a similarity
// below 1 as older versions had it.
func distanceOf(n float64, text string) int {
	if n > 0 && n < 1 {
		n = (1 - n) * float64(utf8.RuneCountInString(text))
	}
	return min(int(n), 2)
}

// usualDistance is the distance of a term with a bare ~: by its length.
func usualDistance(text string) int {
	switch n := utf8.RuneCountInString(text); {
	case n < 3:
		return 0
	case n < 6:
		return 1
	default:
		return 2
	}
}
