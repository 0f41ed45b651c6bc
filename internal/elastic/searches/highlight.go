package searches

import (
	"strings"

	"rastro/internal/elastic/highlight"
	"rastro/internal/elastic/rest"
	"rastro/internal/elastic/source"
	"rastro/internal/query"
)

// readHighlight reads the object under "highlight". asked is the question's
// filter.
func (s *Searches) readHighlight(m *member, asked query.Filter) (*highlight.Highlighter, error) {
	list, err := m.of().members()
	if err != nil {
		return nil, err
	}
	base := highlight.Defaults()
	var fields *member
	for i := range list {
		if list[i].name == "fields" {
			fields = &list[i]
			continue
		}
		if err := s.readHighlightOption(&list[i], &base); err != nil {
			return nil, err
		}
	}
	if fields == nil {
		return nil, nil
	}
	groups, err := fields.elements()
	if err != nil {
		return nil, err
	}
	var wanted []highlight.Field
	for i := range groups {
		names, err := groups[i].of().members()
		if err != nil {
			return nil, err
		}
		for k := range names {
			f, err := s.readHighlightField(&names[k], base)
			if err != nil {
				return nil, err
			}
			wanted = append(wanted, f)
		}
	}
	if len(wanted) > source.MaxPatterns {
		return nil, rest.Illegal("[highlight] names more than %d fields", source.MaxPatterns)
	}
	return highlight.New(asked, wanted), nil
}

func (s *Searches) readHighlightField(m *member, base highlight.Options) (highlight.Field, error) {
	f := highlight.Field{Name: m.name, Options: base}
	options, err := m.of().members()
	if err != nil {
		return f, err
	}
	for i := range options {
		if options[i].name == "matched_fields" {
			continue // every condition on the field is looked for anyway
		}
		if err := s.readHighlightOption(&options[i], &f.Options); err != nil {
			return f, err
		}
	}
	return f, nil
}

// readHighlightOption reads an option of a field or of all fields.
func (s *Searches) readHighlightOption(m *member, o *highlight.Options) (err error) {
	switch m.name {
	case "pre_tags":
		return m.tag(&o.Pre)
	case "post_tags":
		return m.tag(&o.Post)
	case "tags_schema":
		return m.schema(o)
	case "fragment_size":
		o.Size, err = m.positive()
		if o.Size == 0 {
			o.Size = 1 << 30
		}
	case "number_of_fragments":
		o.Number, err = m.positive()
	case "no_match_size":
		o.NoMatch, err = m.positive()
	case "require_field_match":
		var must bool
		must, err = m.bool()
		o.AnyField = !must
	case "encoder":
		return m.oneOf(&o.HTML, "html", "default")
	case "order":
		return m.oneOf(&o.ByScore, "score", "none")
	case "type":
		var ignored bool
		return m.oneOf(&ignored, "unified", "plain", "fvh")
	case "highlight_query":
		o.Query, err = s.parseQuery(m.raw, m.line, m.col, mappedSet{})
	case "boundary_chars", "boundary_max_scan", "boundary_scanner", "boundary_scanner_locale", "fragmenter", "fragment_offset",
		"phrase_limit", "max_analyzed_offset", "force_source", "highlight_filter", "options":
		// These choose between ways of cutting fragments; here there is one.
	default:
		return contentFailure(m.line, m.col, "[highlight] unknown field ["+m.name+"]")
	}
	return err
}

func (m *member) positive() (int, error) {
	n, err := m.int()
	if err == nil && n < 0 {
		err = rest.Illegal("[%s] must not be negative, found [%d]", m.name, n)
	}
	return n, err
}

// tag reads the first of a list of tags.
func (m *member) tag(into *string) error {
	list, err := m.texts()
	if err == nil && len(list) > 0 {
		*into = list[0]
	}
	return err
}

func (m *member) schema(o *highlight.Options) error {
	name, err := m.text()
	if err != nil {
		return err
	}
	switch name {
	case "default":
		o.Pre, o.Post = "<em>", "</em>"
	case "styled":
		o.Pre, o.Post = `<em class="hlt1">`, "</em>"
	default:
		return rest.Illegal("Unknown tag schema [%s]", name)
	}
	return nil
}

// oneOf reads one of some words; into tells that it was the first.
func (m *member) oneOf(into *bool, words ...string) error {
	text, err := m.text()
	if err != nil {
		return err
	}
	for i, w := range words {
		if strings.EqualFold(text, w) {
			*into = i == 0
			return nil
		}
	}
	return rest.Illegal("[%s] is one of [%s], not [%s]", m.name, strings.Join(words, ", "), text)
}
