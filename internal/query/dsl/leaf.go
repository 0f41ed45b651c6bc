package dsl

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/query/lucene"
)

const dateFormats = "strict_date_optional_time||epoch_millis"

// target is the field of a query with the name it was given by.
type target struct {
	name string
	ref  query.FieldRef
	// mapped tells that a mapping gives the field a kind other than text.
	mapped bool
}

func (r *reader) target(name string) target {
	opts := r.lucene()
	ref := opts.Ref(name)
	_, mapped := opts.Mapped(ref)
	return target{name, ref, mapped}
}

// index tells that the field is the name of the index.
func (t target) index() bool { return t.name == "_index" }

// onIndex makes the condition on the index.
func (r *reader) onIndex(pattern string) (query.Filter, error) {
	if r.opts.IndexFilter == nil {
		return nil, &Error{Type: "query_shard_exception", Reason: "failed to create query: [_index] cannot be searched here; name the index in the address of the request"}
	}
	f, err := r.opts.IndexFilter(pattern)
	if err != nil {
		return nil, &Error{Type: "query_shard_exception", Reason: "failed to create query: " + err.Error()}
	}
	if f == nil {
		f = query.All{}
	}
	return f, nil
}

// lucene are the options of single leaves.
func (r *reader) lucene() lucene.Options {
	return lucene.Options{Now: r.opts.Now, Zone: r.opts.Zone, FirstDay: true, Type: r.opts.Type}
}

// value makes the filter of one whole value, or of words that follow each
// other; nil if it holds no word.
func (r *reader) value(t target, text string) (query.Filter, error) {
	if t.index() {
		return r.onIndex(text)
	}
	return r.leaf(t, lucene.Value, text, 0, 0)
}

// leaf makes the filter of one value in some shape.
func (r *reader) leaf(t target, shape lucene.Shape, text string, distance, same int) (query.Filter, error) {
	return r.leafWith(t, shape, text, distance, same, r.lucene())
}

func (r *reader) leafWith(t target, shape lucene.Shape, text string, distance, same int, opts lucene.Options) (query.Filter, error) {
	if err := r.count(1); err != nil {
		return nil, err
	}
	f, err := lucene.Leaf(t.ref, shape, text, distance, same, opts)
	var mistake *query.SyntaxError
	if errors.As(err, &mistake) {
		return nil, valueError(t.name, text, mistake)
	}
	return f, err
}

// valueError tells a value that a field cannot have as Elasticsearch does.
func valueError(field, text string, m *query.SyntaxError) *Error {
	cause := &Error{Type: "illegal_argument_exception"}
	hint := ": " + m.Error()
	switch {
	case m.Code == "regexp_too_long":
		return illegal("The length of regex [%d] used in the Regexp Query request has exceeded the allowed maximum of [%d]. "+
			"This maximum can be set by changing the [index.max_regex_length] index level setting.", m.End-m.Pos, lucene.MaxRegexpBytes)
	case m.Code == "bad_number":
		cause.Type = "number_format_exception"
		cause.Reason = fmt.Sprintf("For input string: %q", text) + hint
	case m.Code == "bad_boolean":
		cause.Reason = "Can't parse boolean value [" + text + "], expected [true] or [false]"
	case m.Code == "bad_address" || m.Code == "bad_network":
		cause.Reason = "'" + text + "' is not an IP string literal." + hint
	case strings.HasPrefix(m.Code, "date_") || m.Code == "bad_date":
		return dateError(field, text, dateFormats, m)
	default:
		cause.Reason = m.Error()
	}
	return &Error{Type: "query_shard_exception", Reason: "failed to create query: " + cause.Reason, CausedBy: cause}
}

// dateError tells a date that cannot be read.
func dateError(field, text, formats string, m *query.SyntaxError) *Error {
	cause := &Error{Type: "illegal_argument_exception", Reason: "failed to parse date field [" + text + "] with format [" + formats + "]"}
	reason := cause.Reason
	switch m.Code {
	case "date_operator":
		reason = "operator not supported for date math [" + text + "]"
	case "date_truncated":
		reason = "truncated date math [" + text + "]"
	case "date_rounding":
		reason = "rounding `/` can only be used on single unit types [" + text + "]"
	case "date_unit":
		reason = "unit not supported for date math [" + text + "]"
	}
	if field != "" {
		cause.Reason += " of [" + field + "]"
	}
	return &Error{Type: "parse_exception", Reason: reason + ": [" + m.Error() + "]", CausedBy: cause}
}

// orNumber lets the number of a query on a field that nobody knows equal values
// that are written in another way: 7 and 7.0.
func (r *reader) orNumber(t target, n *node, f query.Filter) query.Filter {
	if n.kind != numberKind || t.mapped || t.ref.Field != event.NoField || t.ref.Exact || t.name == query.FlowField {
		return f
	}
	bound := query.Bound{Set: true, Inclusive: true, Text: n.text}
	equal := query.Range{Field: t.ref, From: bound, To: bound}
	if strings.HasPrefix(n.text, "-") || f == nil { // the words of -7 are those of 7
		return equal
	}
	return query.Or{Filters: []query.Filter{f, equal}}
}

// ofValue tells whether a mistake is about a value and not about the query:
// lenient queries match nothing there.
func ofValue(err error) bool {
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	return e.Type == "parse_exception" || e.Type == "query_shard_exception" && e.CausedBy != nil &&
		(e.CausedBy.Type == "number_format_exception" || e.CausedBy.Type == "illegal_argument_exception")
}

// folded makes the filter of a pattern that ignores case on a field that does
// not: as a regular expression.
func (r *reader) folded(t target, pattern string, translated string) (query.Filter, error) {
	if err := r.expression(); err != nil {
		return nil, err
	}
	re, err := regexp.Compile(`(?is)\A(?:` + translated + `)\z`)
	if err != nil {
		return nil, illegal("failed to read the pattern [%s]: it is too big", pattern)
	}
	if t.ref.Field == event.MessageID && !t.ref.Exact {
		return query.Or{Filters: []query.Filter{
			query.Regexp{Field: t.ref, Pattern: pattern, Compiled: regexp.MustCompile(`(?is)\A<?(?:` + translated + `)>?\z`)},
			query.Regexp{Field: query.FieldOf(event.QueueID), Pattern: pattern, Compiled: re},
		}}, nil
	}
	return query.Regexp{Field: t.ref, Pattern: pattern, Compiled: re}, nil
}

// expression counts a regular expression.
func (r *reader) expression() error {
	if r.regexps++; r.regexps > maxRegexps {
		return tooManyExpressions()
	}
	return r.count(1)
}

func tooManyExpressions() *Error {
	return illegal("the query has more than %d regular expressions; join them with | into fewer ones", maxRegexps)
}

// maxFolded is the longest text that is compared as a regular expression.
const maxFolded = 1000

// caseless tells whether ignoring case needs a regular expression: most fields
// ignore it anyway.
func (t target) caseless(wanted bool, text string) bool {
	return wanted && !t.ref.Folds() && t.ref.Field.Kind() == event.Keyword && len(text) <= maxFolded
}

// wildcardExpression is a wildcard pattern in the syntax of package regexp.
func wildcardExpression(pattern string) string {
	var b strings.Builder
	for i := 0; i < len(pattern); {
		r, size := utf8.DecodeRuneInString(pattern[i:])
		i += size
		switch {
		case r == '*':
			b.WriteString(".*")
		case r == '?':
			b.WriteByte('.')
		case r == '\\' && i < len(pattern):
			r, size = utf8.DecodeRuneInString(pattern[i:])
			i += size
			fallthrough
		default:
			b.WriteString(regexp.QuoteMeta(string(r)))
		}
	}
	return b.String()
}
