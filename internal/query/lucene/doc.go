// Package lucene reads queries written as Elasticsearch's query_string has
// them, and its date math.
//
// What comes in is the text of a query with the moment and the time zone it is
// asked in; what goes out is a filter tree, or a *query.SyntaxError that names
// the place, the reason and a mended query. The package never looks at events
// and keeps no state; all of its functions are safe for concurrent use.
//
// # What the language means here
//
// A query is a list of clauses, each with an optional + (required) or -, !, NOT
// (forbidden). AND, OR and NOT have no precedence: AND requires the clauses on
// both its sides; with the default operator OR an OR leaves the clause after it
// optional, with AND it makes the one before it optional too. Optional clauses
// count only where none is required. A list of forbidden clauses alone matches
// everything else.
//
// It differs from Elasticsearch, always on purpose, in these points:
//   - Words of one unquoted term follow each other: user@example.com is the
//     phrase of three words and not one of them.
//   - A slash inside a term is an ordinary character (postfix/smtpd, now/d,
//     192.0.2.0/24); a path that begins with one is reported.
//   - A value in angle brackets (<id@host>) is a value, not a comparison.
//   - message_id finds the Message-ID header with or without angle brackets
//     and the queue id.
//   - A date without day or month means the whole of its month or year, unless
//     Options.FirstDay asks for Elasticsearch's reading.
//   - Wildcards, regular expressions and prefixes work on numbers too, on the
//     number as written (smtp_code:5*).
//   - In regular expressions a leading ^ and a trailing $ change nothing, as
//     patterns match whole values anyway; < begins an interval only before
//     digits; the operators ~ and & are reported.
//   - field:in(clauses), without a space, finds what the field has in the events
//     that the clauses find; field:in(other of clauses) what the other has.
package lucene
