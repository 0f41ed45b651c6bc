package searches

import (
	"slices"
	"strings"

	"rastro/internal/elastic/names"
	"rastro/internal/query"
)

// within is the condition on the events of a set: those of its indices, and
// the filters of the aliases through which the expression reached them. nil is
// every event.
func (s *Searches) within(expression string, set names.Set) (query.Filter, error) {
	filtered := map[string][]names.Index{} // by the filter's text
	filters := map[string]query.Filter{}
	var plain []names.Index
	for _, i := range set.Indices {
		texts := aliasFilters(expression, i)
		if len(texts) == 0 {
			plain = append(plain, i)
			continue
		}
		key := strings.Join(texts, "\n")
		filtered[key] = append(filtered[key], i)
		if filters[key] != nil {
			continue
		}
		any := query.Or{}
		for _, text := range texts {
			f, err := s.parseQuery([]byte(text), 1, 1, mappedSet{})
			if err != nil {
				return nil, err
			}
			any.Filters = append(any.Filters, f)
		}
		filters[key] = any
	}
	if len(filtered) == 0 {
		return set.Filter(), nil
	}
	any := query.Or{Filters: []query.Filter{s.node.Names.FilterAll(plain)}}
	for key, indices := range filtered {
		any.Filters = append(any.Filters, query.And{Filters: []query.Filter{s.node.Names.FilterAll(indices), filters[key]}})
	}
	return any, nil
}

// aliasFilters are the filters of the aliases by which an expression means an
// index; none where it means the index itself, or an alias without a filter.
func aliasFilters(expression string, i names.Index) []string {
	if i.Meta == nil || len(i.Meta.Aliases) == 0 || expression == "" || expression == "_all" {
		return nil
	}
	var texts []string
	for part := range strings.SplitSeq(expression, ",") {
		part = strings.TrimSpace(part)
		if strings.HasPrefix(part, "-") || strings.HasPrefix(part, "<") {
			continue
		}
		if names.Match(part, i.Name) || i.Meta.DataStream != "" && names.Match(part, i.Meta.DataStream) {
			return nil
		}
		for alias, of := range i.Meta.Aliases {
			switch {
			case !names.Match(part, alias):
			case len(of.Filter) == 0 || string(of.Filter) == "null":
				return nil
			default:
				texts = append(texts, string(of.Filter))
			}
		}
	}
	slices.Sort(texts)
	return slices.Compact(texts)
}
