package trace

import "slices"

// list holds the values of a field that mostly has one.
type list struct {
	first string
	rest  *further
}

// further are the values behind the first. A line may name thousands of
// recipients: then a set finds them.
type further struct {
	values []string
	set    map[string]struct{}
}

// fewValues is up to how many values are compared one by one.
const fewValues = 16

func (l *list) add(s string) {
	switch {
	case s == "" || l.first == s:
	case l.first == "":
		l.first = s
	case l.rest == nil:
		l.rest = &further{values: []string{s}}
	case !l.rest.has(s):
		l.rest.add(s)
	}
}

// addUpTo adds a value unless there are so many.
func (l *list) addUpTo(most int, s string) {
	if l.len() < most {
		l.add(s)
	}
}

func (r *further) has(s string) bool {
	if r.set == nil {
		return slices.Contains(r.values, s)
	}
	_, known := r.set[s]
	return known
}

func (r *further) add(s string) {
	r.values = append(r.values, s)
	switch {
	case r.set != nil:
		r.set[s] = struct{}{}
	case len(r.values) > fewValues:
		r.set = make(map[string]struct{}, 2*len(r.values))
		for _, v := range r.values {
			r.set[v] = struct{}{}
		}
	}
}

func (l *list) has(s string) bool {
	return s != "" && (l.first == s || l.rest != nil && l.rest.has(s))
}

func (l *list) len() int {
	switch {
	case l.first == "":
		return 0
	case l.rest == nil:
		return 1
	}
	return 1 + len(l.rest.values)
}

func (l *list) all() []string {
	if l.first == "" {
		return nil
	}
	all := make([]string, 0, l.len())
	l.each(func(s string) { all = append(all, s) })
	return all
}

// each calls visit with every value.
func (l *list) each(visit func(string)) {
	if l.first == "" {
		return
	}
	visit(l.first)
	if l.rest == nil {
		return
	}
	for _, s := range l.rest.values {
		visit(s)
	}
}
