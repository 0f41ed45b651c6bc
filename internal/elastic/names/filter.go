package names

import (
	"time"

	"rastro/internal/event"
	"rastro/internal/query"
)

// Set is what an expression was resolved to.
type Set struct {
	// Indices are sorted by name.
	Indices []Index

	book    *Book
	allDays bool
	owns    bool
}

// Names are the names of the indices.
func (s Set) Names() []string {
	names := make([]string, len(s.Indices))
	for i := range s.Indices {
		names[i] = s.Indices[i].Name
	}
	return names
}

// Filter is the condition on the events of the set; nil for all events.
func (s Set) Filter() query.Filter {
	var owned []string
	var days, views []Index
	everyOwn := true
	chosen := map[string]bool{}
	for _, i := range s.Indices {
		switch i.Kind {
		case Own:
			owned = append(owned, i.Name)
			chosen[i.Name] = true
		case Day:
			days = append(days, i)
			if i.Meta != nil {
				owned = append(owned, i.Name)
			}
		case View:
			views = append(views, i)
		}
	}
	for _, i := range s.book.list(false) {
		everyOwn = everyOwn && (i.Kind != Own || chosen[i.Name])
	}
	if s.allDays && everyOwn {
		return nil
	}
	any := query.Or{}
	if len(owned) > 0 {
		any.Filters = append(any.Filters, query.Terms{Field: query.FieldOf(event.Index), Values: owned})
	}
	if s.allDays {
		any.Filters = append(any.Filters, s.notOwn(nil))
	} else {
		for _, r := range ranges(days) {
			any.Filters = append(any.Filters, s.notOwn(r))
		}
		for _, v := range views {
			any.Filters = append(any.Filters, s.view(v))
		}
	}
	switch len(any.Filters) {
	case 0:
		return query.None{}
	case 1:
		return any.Filters[0]
	}
	return any
}

// Filter is the condition on the events of one index.
func (b *Book) Filter(i Index) query.Filter {
	return Set{Indices: []Index{i}, book: b, owns: true}.Filter()
}

// FilterAll is the condition on the events of several indices; None for none.
func (b *Book) FilterAll(indices []Index) query.Filter {
	return Set{Indices: indices, book: b, owns: true}.Filter()
}

// notOwn narrows a filter to events that belong to the index of their day.
func (s Set) notOwn(f query.Filter) query.Filter {
	if !s.owns && f != nil {
		return f
	}
	not := query.Not{Filter: query.Exists{Field: query.FieldOf(event.Index)}}
	if f == nil {
		return not
	}
	return query.And{Filters: []query.Filter{f, not}}
}

func (s Set) view(v Index) query.Filter {
	flow, ok := query.Flow(v.Flow)
	if !ok {
		return query.None{}
	}
	return s.notOwn(query.And{Filters: []query.Filter{span(v.Start, v.Start.AddDate(0, 0, 1)), flow}})
}

// ranges makes one range of days that follow each other. days are sorted.
func ranges(days []Index) []query.Filter {
	var all []query.Filter
	for i := 0; i < len(days); {
		end := days[i].Start.AddDate(0, 0, 1)
		j := i + 1
		for j < len(days) && days[j].Start.Equal(end) {
			end = end.AddDate(0, 0, 1)
			j++
		}
		all = append(all, span(days[i].Start, end))
		i = j
	}
	return all
}

// span is from inclusive, to exclusive.
func span(from, to time.Time) query.Filter {
	return query.Range{
		Field: query.FieldOf(event.Timestamp),
		From:  query.Bound{Set: true, Inclusive: true, Int: from.UnixNano()},
		To:    query.Bound{Set: true, Int: to.UnixNano()},
	}
}
