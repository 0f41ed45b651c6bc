package highlight

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"rastro/internal/elastic/names"
	"rastro/internal/event"
	"rastro/internal/query"
)

// Bounds of what is marked in one event.
const (
	// MaxValue bounds the bytes of a value that are looked at
	// (index.highlight.max_analyzed_offset).
	MaxValue = 1_000_000
	// maxSpans bounds the marks in one value.
	maxSpans = 10_000
	// maxLeaves bounds the conditions that are looked for.
	maxLeaves = 1000
)

// Options are those of one field, or of all fields.
type Options struct {
	// Pre and Post stand around what matched.
	Pre, Post string
	// Size is about how long a fragment is, in bytes; Number how many there are
	// at most. Number 0 gives the whole value.
	Size, Number int
	// AnyField marks what conditions on other fields match, too
	// (require_field_match=false).
	AnyField bool
	// HTML escapes the text between the marks.
	HTML bool
	// NoMatch is how many bytes of a value without a match are given; 0 is
	// none.
	NoMatch int
	// ByScore puts the fragments with most marks first.
	ByScore bool
	// Query replaces the question's filter; nil leaves it.
	Query query.Filter
}

// Defaults are Elasticsearch's.
func Defaults() Options { return Options{Pre: "<em>", Post: "</em>", Size: 100, Number: 5} }

// Field is one entry of "fields": a name or a pattern, with its options.
type Field struct {
	Name string
	Options
}

// Highlighter marks events. It is safe for concurrent use.
type Highlighter struct {
	fields []compiled
}

type compiled struct {
	Field
	leaves []leaf
}

// New makes a Highlighter for the events that match f.
func New(f query.Filter, fields []Field) *Highlighter {
	h := &Highlighter{}
	base := leavesOf(f)
	for _, field := range fields {
		c := compiled{Field: field, leaves: base}
		if field.Query != nil {
			c.leaves = leavesOf(field.Query)
		}
		h.fields = append(h.fields, c)
	}
	return h
}

// Event gives the fragments of an event by the names of its fields; nil where
// nothing is to be shown.
func (h *Highlighter) Event(e *event.Event) map[string][]string {
	var out map[string][]string
	for i := range h.fields {
		c := &h.fields[i]
		for _, v := range valuesOf(e, c.Name) {
			if _, done := out[v.name]; done {
				continue
			}
			if fragments := c.mark(v); len(fragments) > 0 {
				if out == nil {
					out = map[string][]string{}
				}
				out[v.name] = fragments
			}
		}
	}
	return out
}

// fieldText are the texts of one field.
type fieldText struct {
	name  string
	ref   query.FieldRef
	texts []string
}

// valuesOf are the texts of the fields that a name or pattern means.
func valuesOf(e *event.Event, pattern string) []fieldText {
	if !strings.ContainsAny(pattern, "*?") {
		ref := query.Ref(pattern)
		if ref.Field == event.NoField {
			return extraTexts(e, pattern, ref)
		}
		return []fieldText{{pattern, ref, e.Strs(ref.Field)}}
	}
	var list []fieldText
	document := e.IsDocument()
	for f := event.Timestamp; f < event.FieldCount; f++ {
		if document && f.Lent() {
			continue
		}
		if f.Kind().IsText() && f != event.Index && names.Match(pattern, f.Name()) && e.Has(f) {
			list = append(list, fieldText{f.Name(), query.FieldOf(f), e.Strs(f)})
		}
	}
	for _, name := range extraNames(e) {
		if names.Match(pattern, name) {
			list = append(list, extraTexts(e, name, query.FieldRef{Name: name})...)
		}
	}
	return list
}

// maxNames bounds the unknown fields of one event that are looked at.
const maxNames = 1000

// extraNames are the full names of the unknown fields of an event that hold
// strings.
func extraNames(e *event.Event) []string {
	var list []string
	var add func(path string, v any)
	add = func(path string, v any) {
		switch v := v.(type) {
		case string:
			if len(list) < maxNames && !slices.Contains(list, path) {
				list = append(list, path)
			}
		case []any:
			for _, one := range v {
				add(path, one)
			}
		case map[string]any:
			for _, name := range slices.Sorted(maps.Keys(v)) {
				add(path+"."+name, v[name])
			}
		}
	}
	for i := range e.Extra {
		var v any
		if json.Unmarshal([]byte(e.Extra[i].JSON), &v) == nil {
			add(e.Extra[i].Name, v)
		}
	}
	return list
}

// extraTexts are the strings of an unknown field.
func extraTexts(e *event.Event, name string, ref query.FieldRef) []fieldText {
	t := fieldText{name: name, ref: ref}
	for i := range e.Extra {
		p := &e.Extra[i]
		object, err := json.Marshal(map[string]json.RawMessage{p.Name: json.RawMessage(p.JSON)})
		if err != nil {
			continue
		}
		query.VisitExtra(string(object), ref, func(v string) bool {
			t.texts = append(t.texts, v)
			return len(t.texts) > 100
		})
	}
	if len(t.texts) == 0 {
		return nil
	}
	return []fieldText{t}
}

// mark gives the fragments of one field.
func (c *compiled) mark(f fieldText) []string {
	var out []fragment
	for _, text := range f.texts {
		if len(text) > MaxValue {
			continue
		}
		spans := c.spans(f.ref, text)
		if len(spans) > 0 {
			out = append(out, c.fragments(text, spans)...)
		}
	}
	if len(out) == 0 && c.NoMatch > 0 && len(f.texts) > 0 {
		text := f.texts[0]
		return []string{c.escape(text[:cutAt(text, c.NoMatch)])}
	}
	if c.ByScore {
		slices.SortStableFunc(out, func(a, b fragment) int { return b.marks - a.marks })
	}
	if c.Number > 0 && len(out) > c.Number {
		out = out[:c.Number]
	}
	var list []string
	for _, one := range out {
		list = append(list, one.text)
	}
	return list
}

// spans are what matched in one text, in order and apart from each other.
func (c *compiled) spans(ref query.FieldRef, text string) []span {
	var all []span
	for i := range c.leaves {
		l := &c.leaves[i]
		if !c.AnyField && !l.on(ref) {
			continue
		}
		all = l.find(ref, text, all)
		if len(all) > maxSpans {
			break
		}
	}
	slices.SortFunc(all, func(a, b span) int {
		if a.start != b.start {
			return a.start - b.start
		}
		return b.end - a.end
	})
	var out []span
	for _, s := range all {
		if n := len(out); n > 0 && s.start < out[n-1].end {
			out[n-1].end = max(out[n-1].end, s.end)
			continue
		}
		out = append(out, s)
	}
	return out
}

// span is a part of a text, in bytes.
type span struct{ start, end int }
