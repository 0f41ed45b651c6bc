package names

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// maxParts bounds the names of one expression.
const maxParts = 1000

// ResolveOptions are the parameters of a request that say how an expression is
// read. The zero value is Elasticsearch's default of most endpoints but for
// AllowNoIndices, see DefaultResolve.
type ResolveOptions struct {
	// IgnoreUnavailable leaves out names that do not exist.
	IgnoreUnavailable bool
	// AllowNoIndices takes wildcards that find nothing.
	AllowNoIndices bool
	// NoWildcards leaves wildcards as they are (expand_wildcards=none).
	NoWildcards bool
	// Hidden lets wildcards find hidden indices, the views too.
	Hidden bool
	// Closed lets wildcards find closed indices, and names name them.
	Closed bool
}

// DefaultResolve are the options of an endpoint that was not told others.
func DefaultResolve() ResolveOptions { return ResolveOptions{AllowNoIndices: true} }

// NotFound: an index, alias or data stream of that name does not exist.
type NotFound struct{ Name string }

func (e *NotFound) Error() string { return "no such index [" + e.Name + "]" }

// Closed: an index was closed and answers no question.
type Closed struct{ Name string }

func (e *Closed) Error() string { return "closed index [" + e.Name + "]" }

// Invalid: the expression is none.
type Invalid struct{ Name, Reason string }

func (e *Invalid) Error() string { return "Invalid index name [" + e.Name + "], " + e.Reason }

// Resolve finds the indices that an expression means. Errors are *NotFound,
// *Closed and *Invalid. "" , _all and * mean every index.
func (b *Book) Resolve(expression string, opts ResolveOptions) (Set, error) {
	if expression == "" || expression == "_all" {
		expression = "*"
	}
	parts := strings.Split(expression, ",")
	if len(parts) > maxParts {
		return Set{}, &Invalid{Name: parts[0] + ",…", Reason: fmt.Sprintf("the expression names %d indices; at most %d", len(parts), maxParts)}
	}
	r := &resolver{book: b, opts: opts, all: b.list(true), chosen: map[string]Index{}}
	for _, part := range parts {
		if err := r.part(strings.TrimSpace(part)); err != nil {
			return Set{}, err
		}
	}
	set := Set{book: b, allDays: r.allDays, owns: r.owns()}
	set.Indices = slices.SortedFunc(maps.Values(r.chosen), func(x, y Index) int { return strings.Compare(x.Name, y.Name) })
	if len(set.Indices) == 0 && !opts.AllowNoIndices {
		return Set{}, &NotFound{Name: expression}
	}
	return set, nil
}

// resolver works through one expression.
type resolver struct {
	book    *Book
	opts    ResolveOptions
	all     []Index
	chosen  map[string]Index
	allDays bool // every day, those that are yet to come too
	wild    bool // a wildcard has come: from now on -name excludes
}

// part takes one part of the list.
func (r *resolver) part(part string) error {
	out, exclude := strings.CutPrefix(part, "-")
	if exclude = exclude && r.wild; exclude {
		part = out
	}
	part, err := r.book.DateMath(part)
	if err != nil {
		return err
	}
	if part == "" {
		return &Invalid{Name: part, Reason: "must not be empty"}
	}
	wild := strings.ContainsAny(part, "*?") && !r.opts.NoWildcards
	r.wild = r.wild || wild
	found := r.find(part, wild)
	switch {
	case exclude:
		for _, i := range found {
			delete(r.chosen, i.Name)
			r.allDays = r.allDays && i.Kind != Day
		}
		return nil
	case wild && len(found) == 0 && !r.opts.AllowNoIndices:
		return &NotFound{Name: part}
	case !wild && len(found) == 0 && !r.opts.IgnoreUnavailable:
		return &NotFound{Name: part}
	}
	for _, i := range found {
		if closed := i.Meta != nil && i.Meta.Closed && !r.opts.Closed; closed {
			if wild || r.opts.IgnoreUnavailable {
				continue
			}
			return &Closed{Name: i.Name}
		}
		r.chosen[i.Name] = i
	}
	r.allDays = r.allDays || wild && r.everyDay(part)
	return nil
}

// everyDay tells whether a pattern means every day there can be.
func (r *resolver) everyDay(pattern string) bool {
	literal, isTail := strings.CutSuffix(pattern, "*")
	return isTail && !strings.ContainsAny(literal, "*?") && strings.HasPrefix(r.book.opts.Prefix, literal)
}

// find lists the indices of a name or a pattern, through aliases and data
// streams.
func (r *resolver) find(name string, wild bool) []Index {
	content := r.book.opts.Content()
	var found []Index
	backing := map[string]bool{}
	for stream, s := range content.DataStreams {
		if name == stream || wild && Match(name, stream) {
			for _, n := range s.Backing {
				backing[n] = true
			}
		}
	}
	for _, i := range r.all {
		hidden := i.Kind == View || i.Meta != nil && i.Meta.Hidden
		switch {
		case i.Name == name || backing[i.Name] || hasAlias(i, name, wild):
		case !wild || !Match(name, i.Name):
			continue
		case hidden && !r.opts.Hidden && !r.reaches(name, i):
			continue
		}
		found = append(found, i)
	}
	return found
}

// reaches tells whether a pattern names a hidden index on purpose: its text
// before the first wildcard goes into the name of the view's flow, or begins
// with a dot as the index does.
func (r *resolver) reaches(pattern string, i Index) bool {
	literal := pattern[:strings.IndexAny(pattern, "*?")]
	if i.Kind != View {
		return strings.HasPrefix(literal, ".") && strings.HasPrefix(i.Name, ".")
	}
	return len(literal) > len(r.book.base) && strings.HasPrefix(literal, r.book.base)
}

func hasAlias(i Index, name string, wild bool) bool {
	if i.Meta == nil {
		return false
	}
	if _, ok := i.Meta.Aliases[name]; ok || !wild {
		return ok
	}
	for alias := range i.Meta.Aliases {
		if Match(name, alias) {
			return true
		}
	}
	return false
}

// owns tells whether events may carry a name in their field index.
func (r *resolver) owns() bool {
	for _, i := range r.all {
		if i.Kind == Own || i.Kind == Day && i.Meta != nil {
			return true
		}
	}
	return false
}

// Match tells whether a name matches a pattern of text, * (any text) and ?
// (one byte).
func Match(pattern, name string) bool {
	star, mark := -1, 0
	p, n := 0, 0
	for n < len(name) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, n
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == name[n]):
			p++
			n++
		case star >= 0:
			mark++
			p, n = star+1, mark
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}
