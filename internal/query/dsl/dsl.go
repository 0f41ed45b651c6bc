// Package dsl reads questions in Elasticsearch's query DSL, and query_string
// with its parameters.
//
// What comes in is the JSON of one query clause, or the text of a query string,
// with the moment and the time zone it is asked in; what goes out is a filter
// tree, or an *Error with Elasticsearch's type, reason, line and column. The
// package never looks at events, never asks for anything by network and keeps
// no state; all of its functions are safe for concurrent use.
//
// There are no scores: what only weighs hits (boost, tie_breaker, functions) is
// read and changes nothing. What would change which events match and is not
// supported is refused. docs/query.md says where the meaning differs from
// Elasticsearch's.
package dsl

import (
	"fmt"
	"time"

	"rastro/internal/query"
)

// Bounds of a query.
const (
	// MaxDepth is how deep queries may be nested.
	MaxDepth = 100
	// MaxClauses is how many conditions a query may come to.
	MaxClauses = 10_000
	// maxTerms and maxIDs are the defaults of MaxTerms and MaxIDs.
	maxTerms, maxIDs = 65_536, 10_000
	// maxRegexps bounds how many regular expressions are compiled.
	maxRegexps = 100
)

// Options say how a query is meant. The zero value is ready for use.
type Options struct {
	// Now is the moment of relative dates; zero means time.Now().
	Now time.Time
	// Zone is where days begin and where dates without a zone lie; nil is UTC.
	// A time_zone in the query wins.
	Zone *time.Location
	// IndexFilter turns the value of a query on _index, a name or a pattern
	// with *, into a filter; nil refuses such queries.
	IndexFilter func(pattern string) (query.Filter, error)
	// Type gives the type that the mappings of clients give a field that the
	// table does not know, such as keyword, long or date; "" for none. A keyword
	// is compared with case and never by its words; values that a number, truth
	// value or address cannot have are mistakes. nil means no mappings.
	Type func(field string) string
	// Lookup gives the values of a terms query that stand in a document; nil
	// refuses such queries. An error that is an *Error is told as it is.
	Lookup func(index, id, path string) ([]string, error)
	// MaxTerms and MaxIDs bound the values of a terms and of an ids query; 0
	// means 65,536 and 10,000.
	MaxTerms, MaxIDs int
	// Line and Col are where the clause begins in the request, from 1; 0 means
	// at the beginning.
	Line, Col int
}

// Error is a mistake in a query, as Elasticsearch tells it.
type Error struct {
	// Type is the name of the exception, such as parsing_exception.
	Type string
	// Reason says what is wrong.
	Reason string
	// Line and Col are the place, from 1; 0 where there is none.
	Line, Col int
	// CausedBy is the mistake below this one; nil for none.
	CausedBy *Error
}

// Root is the mistake that the others only lead to: what Elasticsearch shows as
// root_cause.
func (e *Error) Root() *Error {
	for e.Type == contentError && e.CausedBy != nil {
		e = e.CausedBy
	}
	return e
}

// contentError is the type of mistakes in the shape of a query.
const contentError = "x_content_parse_exception"

// Error tells the reason and the place of the root.
func (e *Error) Error() string {
	e = e.Root()
	if e.Line == 0 {
		return e.Reason
	}
	return fmt.Sprintf("%s (line %d, column %d)", e.Reason, e.Line, e.Col)
}

// Named is a part of a query that has a _name, for matched_queries.
type Named struct {
	Name   string
	Filter query.Filter
}

// Parse reads one query clause, such as {"match_all":{}}. Bounds: MaxDepth,
// MaxClauses; the size of the text is the caller's matter. Errors are *Error.
func Parse(json []byte, opts Options) (query.Filter, error) {
	f, _, err := ParseNamed(json, opts)
	return f, err
}

// ParseNamed is Parse with the parts that have a name, in the order in which
// they end.
func ParseNamed(json []byte, opts Options) (query.Filter, []Named, error) {
	n, err := readJSON(json, opts)
	if err != nil {
		return nil, nil, err
	}
	r := newReader(opts)
	f, err := r.query(n, 0)
	if err != nil {
		return nil, nil, err
	}
	for i := range r.named {
		r.named[i].Filter = query.WithFlows(r.named[i].Filter)
	}
	return query.WithFlows(f), r.named, nil
}

// reader makes the filter of one query.
type reader struct {
	opts    Options
	clauses int
	regexps int
	named   []Named
}

func newReader(opts Options) *reader {
	if opts.Now.IsZero() {
		opts.Now = time.Now()
	}
	if opts.Zone == nil {
		opts.Zone = time.UTC
	}
	if opts.MaxTerms <= 0 {
		opts.MaxTerms = maxTerms
	}
	if opts.MaxIDs <= 0 {
		opts.MaxIDs = maxIDs
	}
	return &reader{opts: opts}
}

// count counts conditions.
func (r *reader) count(n int) error {
	if r.clauses += n; r.clauses > MaxClauses {
		return &Error{Type: "query_shard_exception",
			Reason:   fmt.Sprintf("failed to create query: maxClauseCount is set to %d", MaxClauses),
			CausedBy: &Error{Type: "too_many_nested_clauses", Reason: fmt.Sprintf("Query contains too many nested clauses; maxClauseCount is set to %d", MaxClauses)}}
	}
	return nil
}

func illegal(format string, args ...any) *Error {
	return &Error{Type: "illegal_argument_exception", Reason: fmt.Sprintf(format, args...)}
}

// anyOf is the Or of some filters.
func anyOf(filters []query.Filter) query.Filter {
	switch len(filters) {
	case 0:
		return query.None{}
	case 1:
		return filters[0]
	}
	return query.Or{Filters: filters}
}

// allOf is the And of some filters.
func allOf(filters []query.Filter) query.Filter {
	switch len(filters) {
	case 0:
		return query.All{}
	case 1:
		return filters[0]
	}
	return query.And{Filters: filters}
}
