// Package query holds a question and its answer as data: a filter tree, a time
// range, an order, a page, aggregations, and what comes back.
//
// What comes in is built by other rooms (query/lucene from text, elastic from
// JSON); what goes out is read by engines. The package never parses a query
// language and never reads events from anywhere; Match, the plain evaluator of
// one filter on one event, serves the live tail and is the oracle of engines.
package query

import (
	"net/netip"
	"regexp"

	"rastro/internal/event"
)

// FieldRef names a field in a question.
type FieldRef struct {
	// Field is the canonical field, or NoField for a name the table does not
	// know: then Name is looked for in the event's Extra.
	Field event.Field
	// Name is the canonical name, or the unknown name as given (with its case).
	Name string
	// Exact asks for the whole value of a Text or unknown field
	// (Elasticsearch's ".keyword"), compared with case.
	Exact bool
}

// Ref makes a FieldRef from a name or alias.
func Ref(name string) FieldRef {
	f, exact := event.Lookup(name)
	if f == event.NoField {
		return FieldRef{Name: name, Exact: exact}
	}
	return FieldRef{Field: f, Name: f.Name(), Exact: exact}
}

// FieldOf makes the FieldRef of a canonical field.
func FieldOf(f event.Field) FieldRef { return FieldRef{Field: f, Name: f.Name()} }

// Filter is a condition on one event. The implementations are the types of
// this file and In, nothing else; engines switch over them.
//
// How values compare: a field whose table entry says Fold compares without case
// (Unicode simple case folding); other Keyword fields compare byte for byte. A
// field that the table does not know may be a keyword or a text: it matches
// where its whole value does, without case, or, as a text, words of it. An event with several
// values matches when one of them does. A filter on an absent field does not
// match.
type Filter interface{ filter() }

// All matches every event.
type All struct{}

// None matches no event.
type None struct{}

// And matches when all of its filters match; an empty And matches everything.
type And struct{ Filters []Filter }

// Or matches when at least Min of its filters match; Min 0 means 1. An empty
// Or matches nothing.
type Or struct {
	Filters []Filter
	Min     int
}

// Not matches when its filter does not.
type Not struct{ Filter Filter }

// Term matches a value. On a Text field without Exact, Value is split into
// words and matches as a Phrase without slop. On Integer, Number, Bool and
// Time fields Value is read as such (Time: RFC 3339 or nanoseconds); a Value
// that cannot be read matches nothing. On IP fields addresses are compared in
// their canonical form.
type Term struct {
	Field FieldRef
	Value string
}

// Terms matches when one of the values matches as a Term would. It serves long
// lists: engines look values up in a set.
type Terms struct {
	Field  FieldRef
	Values []string
}

// Phrase matches words that follow each other in a Text field, without case.
// Slop is how many places the words may be out of order or apart in all; Open
// lets the last word be the beginning of one. Fields that the table does not
// know are searched by their words too, unless Exact. On other kinds it is a
// Term of Text, or a Prefix where Open.
type Phrase struct {
	Field FieldRef
	Text  string
	Slop  int
	Open  bool
}

// Prefix matches values, or words of a Text field, that begin with Value.
type Prefix struct {
	Field FieldRef
	Value string
}

// Wildcard matches whole values, or words of a Text field, against a pattern
// of literal characters, ? (one character), * (any number) and \ (escape).
type Wildcard struct {
	Field   FieldRef
	Pattern string
}

// Regexp matches whole values, or words of a Text field. Pattern is as given;
// Compiled is anchored at both ends and ignores case where the field folds.
type Regexp struct {
	Field    FieldRef
	Pattern  string
	Compiled *regexp.Regexp
}

// Fuzzy matches values, or words of a Text field, within Distance edits
// (0 to 2; Damerau-Levenshtein, a transposition is one edit). The first Same
// characters are not edited.
type Fuzzy struct {
	Field    FieldRef
	Value    string
	Distance int
	Same     int
}

// Range matches values between two bounds. On Integer, Number and Time fields
// bounds are numbers (Time: nanoseconds since 1970), on IP fields addresses in
// address order, on others strings in byte order (folded where the field
// folds).
type Range struct {
	Field FieldRef
	// From and To are the bounds; an empty Bound is open.
	From, To Bound
}

// Bound is one end of a Range.
type Bound struct {
	// Set tells that there is a bound.
	Set bool
	// Inclusive tells that the bound itself matches.
	Inclusive bool
	// Text is the bound of a Keyword, Text or IP field.
	Text string
	// Int is the bound of an Integer or Time field.
	Int int64
	// Float is the bound of a Number field.
	Float float64
}

// CIDR matches addresses inside a network.
type CIDR struct {
	Field   FieldRef
	Network netip.Prefix
}

// Exists matches events that have a value for the field.
type Exists struct{ Field FieldRef }

func (All) filter()      {}
func (None) filter()     {}
func (And) filter()      {}
func (Or) filter()       {}
func (Not) filter()      {}
func (Term) filter()     {}
func (Terms) filter()    {}
func (Phrase) filter()   {}
func (Prefix) filter()   {}
func (Wildcard) filter() {}
func (Regexp) filter()   {}
func (Fuzzy) filter()    {}
func (Range) filter()    {}
func (CIDR) filter()     {}
func (Exists) filter()   {}
