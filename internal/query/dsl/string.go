package dsl

import (
	"errors"
	"fmt"
	"strings"

	"rastro/internal/query"
	"rastro/internal/query/lucene"
)

// StringOptions are the parameters of query_string. The zero value is
// Elasticsearch's default, but for AllowLeadingWildcard and the default field,
// which is the text of the line.
type StringOptions struct {
	// DefaultField is searched by clauses that name no field: a name or a
	// pattern with *. Fields are several, with an optional ^boost each. Both
	// may be empty; Fields win.
	DefaultField string
	Fields       []string
	// And makes AND the default operator.
	And bool
	// Lenient makes values that a field cannot have match nothing.
	Lenient bool
	// AnalyzeWildcard is taken and changes nothing: patterns ignore case where
	// their field does.
	AnalyzeWildcard bool
	// NoLeadingWildcard refuses patterns that begin with * or ?
	// (allow_leading_wildcard=false).
	NoLeadingWildcard bool
	// Escape takes all characters that mean something as text.
	Escape bool
	// Fuzziness is AUTO, AUTO:low,high, 0, 1 or 2, for words with a bare ~; ""
	// is AUTO.
	Fuzziness string
	// FuzzyPrefix is how many first characters of such words are not edited.
	FuzzyPrefix int
	// PhraseSlop is the slop of phrases that have no ~.
	PhraseSlop int
	// MinimumShouldMatch is how many optional clauses must match; "" is none.
	MinimumShouldMatch string
	// QuoteFieldSuffix is added to fields that are searched for phrases.
	QuoteFieldSuffix string
	// TimeZone wins over the zone of Options; "" leaves that.
	TimeZone string
}

// ParseString reads a query string with its parameters. A text without clauses
// matches nothing. Errors are *Error; those about the syntax carry the reason
// and the place in the text.
func ParseString(text string, s StringOptions, opts Options) (query.Filter, error) {
	r := newReader(opts)
	f, err := r.parseString(text, s)
	if err != nil {
		return nil, err
	}
	return query.WithFlows(f), nil
}

func (r *reader) parseString(text string, s StringOptions) (query.Filter, error) {
	fields := fieldList{r: r}
	names := s.Fields
	if len(names) == 0 && s.DefaultField != "" {
		names = []string{s.DefaultField}
	}
	for _, name := range names {
		if err := fields.add(name); err != nil {
			return nil, err
		}
	}
	opts := lucene.Options{
		Now: r.opts.Now, Zone: r.opts.Zone, DefaultFields: fields.refs(), DefaultOperatorAND: s.And,
		Lenient: s.Lenient || fields.wild, NoLeadingWildcard: s.NoLeadingWildcard, Slop: max(s.PhraseSlop, 0),
		FirstDay: true, Type: r.opts.Type, Same: s.FuzzyPrefix, QuoteSuffix: s.QuoteFieldSuffix, IndexFilter: r.opts.IndexFilter,
	}
	if err := s.apply(&opts); err != nil {
		return nil, err
	}
	if s.Escape {
		text = escape(text)
	}
	f, err := lucene.Parse(text, opts)
	var mistake *query.SyntaxError
	if errors.As(err, &mistake) {
		return nil, stringError(mistake)
	}
	if err != nil {
		return nil, err
	}
	n, expressions := leaves(f)
	if r.regexps += expressions; r.regexps > maxRegexps {
		return nil, tooManyExpressions()
	}
	return f, r.count(n)
}

// apply reads the parameters that are languages of their own.
func (s *StringOptions) apply(opts *lucene.Options) error {
	if s.Fuzziness != "" {
		var z fuzziness
		if err := z.set(s.Fuzziness); err != nil {
			return err
		}
		opts.Distance = z.of
	}
	if s.MinimumShouldMatch != "" {
		m, err := readMinimum(s.MinimumShouldMatch)
		if err != nil {
			return err
		}
		opts.Least = m.of
	}
	if s.TimeZone != "" {
		zone, err := readZone(s.TimeZone)
		if err != nil {
			return err
		}
		opts.Zone = zone
	}
	return nil
}

// leaves counts the conditions of a filter, and the regular expressions among
// them.
func leaves(f query.Filter) (all, expressions int) {
	var list []query.Filter
	switch f := f.(type) {
	case query.And:
		list = f.Filters
	case query.Or:
		list = f.Filters
	case query.Not:
		return leaves(f.Filter)
	case query.In:
		n, m := leaves(f.Of)
		return n + 1, m
	case query.Regexp:
		return 1, 1
	default:
		return 1, 0
	}
	for _, part := range list {
		n, m := leaves(part)
		all, expressions = all+n, expressions+m
	}
	return all, expressions
}

// reserved are the characters that mean something in a query string.
const reserved = `\+-!():^[]"{}~*?|&/`

// escape takes the meaning off all characters.
func escape(text string) string {
	var b strings.Builder
	for i := range len(text) {
		if strings.IndexByte(reserved, text[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// stringError tells a mistake in a query string.
func stringError(m *query.SyntaxError) *Error {
	switch m.Code {
	case "regexp_too_long", "bad_number", "bad_boolean", "bad_address", "bad_network", "bad_date", "date_operator", "date_truncated",
		"date_unit", "date_rounding", "date_out_of_range":
		return valueError("", m.Query[m.Pos:m.End], m)
	case "too_many_clauses":
		return &Error{Type: "query_shard_exception", Reason: "failed to create query: " + m.Error(),
			CausedBy: &Error{Type: "too_many_nested_clauses", Reason: m.Error()}}
	}
	suggestion := ""
	if m.Suggestion != "" {
		suggestion = "; did you mean: " + m.Suggestion
	}
	shown := m.Query
	if len(shown) > maxShown {
		shown = strings.ToValidUTF8(shown[:maxShown], "") + "…"
		suggestion = ""
	}
	return &Error{
		Type:   "query_shard_exception",
		Reason: fmt.Sprintf("Failed to parse query [%s] at position %d: %s", shown, m.Pos, m.Error()),
		CausedBy: &Error{Type: "parse_exception",
			Reason: fmt.Sprintf("Cannot parse '%s': %s at position %d%s", shown, m.Error(), m.Pos, suggestion)},
	}
}

// maxShown bounds how much of a query an error repeats.
const maxShown = 1000

// queryString reads a query_string query.
func (r *reader) queryString(kind string, n *node, _ int) (query.Filter, error) {
	var s StringOptions
	var q string
	found := false
	allow := true
	var fields fieldNames
	err := r.params(kind, n, params{
		"query": func(v *node) (err error) {
			found = v.kind != nullKind
			if found {
				q, err = text(v)
			}
			return err
		},
		"default_field": textInto(&s.DefaultField), "fields": arrayOnly(kind, "fields", fields.read),
		"default_operator": operatorInto(&s.And), "lenient": truthInto(&s.Lenient),
		"analyze_wildcard": truthInto(&s.AnalyzeWildcard), "allow_leading_wildcard": truthInto(&allow),
		"escape": truthInto(&s.Escape), "fuzziness": textInto(&s.Fuzziness),
		"fuzzy_prefix_length": wholeInto(&s.FuzzyPrefix), "phrase_slop": wholeInto(&s.PhraseSlop),
		"minimum_should_match": textInto(&s.MinimumShouldMatch), "quote_field_suffix": textInto(&s.QuoteFieldSuffix),
		"time_zone": textInto(&s.TimeZone), "analyzer": standardOnly, "quote_analyzer": standardOnly,
		"fuzzy_transpositions": mustBeTrue(kind, "fuzzy_transpositions"),
		"fuzzy_max_expansions": ignored, "fuzzy_rewrite": ignored, "rewrite": ignored, "tie_breaker": ignored,
		"max_determinized_states": ignored, "enable_position_increments": ignored,
		"auto_generate_synonyms_phrase_query": ignored, "type": readType(kind),
	})
	switch {
	case err != nil:
		return nil, err
	case !found:
		return nil, n.parsing("[query_string] must be provided with a [query]")
	case s.DefaultField != "" && len(fields) > 0:
		return nil, illegal("[query_string] query: [fields] parameter cannot be used in conjunction with [default_field]")
	}
	s.Fields, s.NoLeadingWildcard = fields, !allow
	return r.parseString(q, s)
}

// fieldNames is a list of names.
type fieldNames []string

func (l *fieldNames) read(n *node) error {
	list := n.list
	if n.kind != arrayKind {
		list = []*node{n}
	}
	for _, one := range list {
		name, err := text(one)
		if err != nil {
			return err
		}
		*l = append(*l, name)
	}
	return nil
}

// readType checks the type of a query over several fields. All fields are
// searched in the same way, so that types weigh only.
func readType(kind string) func(*node) error {
	return func(n *node) error {
		if _, ok := multiTypes[n.text]; !ok {
			return n.parsing("failed to parse [%s] query type [%s]. unknown type.", kind, n.text)
		}
		return nil
	}
}
