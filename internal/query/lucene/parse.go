package lucene

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	"rastro/internal/event"
	"rastro/internal/query"
)

// Bounds of a query.
const (
	// MaxBytes is the longest text of a query.
	MaxBytes = 1 << 20
	// MaxDepth is how deep brackets may be nested.
	MaxDepth = 100
	// MaxClauses is how many conditions a query may come to, after the names
	// with wildcards are spelled out.
	MaxClauses = 10_000
	// maxRegexps bounds how many regular expressions are compiled.
	maxRegexps = 100
)

// Options say how a query is meant. The zero value is ready for use.
type Options struct {
	// Now is the moment that now means in dates; zero means time.Now().
	Now time.Time
	// Zone is where days begin and where dates without a zone lie; nil is UTC.
	Zone *time.Location
	// DefaultFields are searched by clauses that name no field; nil means
	// message. Fields of which a value makes no sense (a word for a number)
	// are left out.
	DefaultFields []query.FieldRef
	// DefaultOperatorAND joins clauses without an operator by AND, not by OR.
	DefaultOperatorAND bool
	// Lenient makes a value that its field cannot have (a word for a number, a
	// bad date) match nothing, where it would be an error.
	Lenient bool
	// FirstDay reads dates as ElasticDateMath does, so that 2014-11 is its first
	// day; else a date means all of its month or year.
	FirstDay bool
	// NoLeadingWildcard refuses patterns that begin with * or ?.
	NoLeadingWildcard bool
	// Slop is the slop of phrases that have no ~.
	Slop int
	// Distance gives the edits of words with a bare ~; nil goes by their length.
	Distance func(word string) int
	// Same is how many first characters of such words are not edited.
	Same int
	// Least gives how many of some optional clauses must match; nil asks for
	// one where nothing else is required. It is about the query's own clauses,
	// not about those in brackets.
	Least func(optional int) int
	// QuoteSuffix is added to the names of fields that are searched for
	// phrases, where it makes the name of a field.
	QuoteSuffix string
	// Type gives the type that Elasticsearch's mappings give a field that the
	// table does not know, such as keyword, long or date; "" for none. nil means
	// that there are no mappings.
	Type func(field string) string
	// IndexFilter gives the condition on events of the indices that a pattern
	// means, for clauses on _index; nil compares the field index.
	IndexFilter func(pattern string) (query.Filter, error)
}

// Parse reads a query. An error is a *query.SyntaxError about text; its
// Suggestion, where there is one, is a whole query that Parse takes.
//
// A query without clauses matches nothing, as Elasticsearch has it: the filter
// is query.None. Callers to whom an empty query means everything look at the
// text before. Clauses that hold no word to search for, such as "-", are left
// out.
func Parse(text string, opts Options) (query.Filter, error) {
	if opts.Now.IsZero() {
		opts.Now = time.Now()
	}
	if opts.Zone == nil {
		opts.Zone = time.UTC
	}
	if len(opts.DefaultFields) == 0 {
		opts.DefaultFields = []query.FieldRef{query.FieldOf(event.Message)}
	}
	filter, mistake := parse(text, opts)
	if mistake != nil {
		mistake.Suggestion = mend(mistake, opts)
		return nil, mistake
	}
	return filter, nil
}

// parse is Parse with suggestions that nobody has tried.
func parse(text string, opts Options) (query.Filter, *query.SyntaxError) {
	p := parser{text: text, opts: opts}
	if len(text) > MaxBytes {
		return nil, p.mistake("too_long", 0, len(text),
			"this query is longer than "+strconv.Itoa(MaxBytes)+" bytes", "ask for fewer things at a time", "")
	}
	filter, err := p.list(p.defaults(), 0)
	if err == nil && p.pos < len(text) {
		err = p.strayBracket()
	}
	if err != nil {
		var mistake *query.SyntaxError
		errors.As(err, &mistake)
		return nil, mistake
	}
	if filter == nil {
		return query.None{}, nil
	}
	return query.WithFlows(filter), nil
}

// mend returns a query that parses: the suggestion, or what becomes of it when
// its own mistakes are mended in turn, or all of the text as a phrase where the
// mistake is one of syntax; "" if there is none.
func mend(mistake *query.SyntaxError, opts Options) string {
	const tries = 8
	suggestion := mistake.Suggestion
	for range tries {
		if suggestion == "" {
			break
		}
		_, next := parse(suggestion, opts)
		if next == nil {
			return suggestion
		}
		suggestion = next.Suggestion
	}
	if !quotingHelps[mistake.Code] {
		return ""
	}
	suggestion = quote(mistake.Query)
	if _, next := parse(suggestion, opts); next != nil {
		return ""
	}
	return suggestion
}

// quotingHelps holds the codes of mistakes that make sense when all of the
// query is meant as plain text.
var quotingHelps = map[string]bool{
	"unclosed_quote": true, "unclosed_bracket": true, "unclosed_range": true,
	"stray_bracket": true, "reserved_character": true, "dangling_operator": true,
	"leading_colon": true, "extra_colon": true, "unquoted_ipv6": true,
	"path_as_regexp": true, "unclosed_regexp": true, "missing_value": true,
	"bad_range": true, "bad_boost": true, "bad_fuzziness": true,
	"dangling_escape": true, "empty_group": true,
}

// quote writes text as a phrase.
func quote(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

// parser reads one query.
type parser struct {
	text    string
	pos     int
	opts    Options
	clauses int
	// subqueries is how many in(…) the parser is inside of.
	subqueries int
	regexps    map[regexpKey]*regexp.Regexp
}

// mistake makes an error about text[pos:end].
func (p *parser) mistake(code string, pos, end int, problem, hint, suggestion string) *query.SyntaxError {
	return &query.SyntaxError{
		Code: code, Pos: pos, End: end, Query: p.text,
		Problem: problem, Hint: hint, Suggestion: suggestion,
	}
}

// replaced is the query with text[pos:end] replaced.
func (p *parser) replaced(pos, end int, by string) string {
	return p.text[:pos] + by + p.text[end:]
}

func (p *parser) more() bool { return p.pos < len(p.text) }

// next is the byte at the parser's place, 0 at the end.
func (p *parser) next() byte {
	if p.pos == len(p.text) {
		return 0
	}
	return p.text[p.pos]
}

// spaceLength is the length of the white space character that s begins with,
// or 0.
func spaceLength(s string) int {
	switch {
	case s == "":
		return 0
	case strings.IndexByte(" \t\n\r", s[0]) >= 0:
		return 1
	case strings.HasPrefix(s, "\u3000"):
		return len("\u3000")
	case strings.HasPrefix(s, "\u00a0"): // pasted from a web page
		return len("\u00a0")
	default:
		return 0
	}
}

func (p *parser) skipSpace() {
	for n := spaceLength(p.text[p.pos:]); n > 0; n = spaceLength(p.text[p.pos:]) {
		p.pos += n
	}
}

// runEnd is where the text that begins at pos and holds no white space and no
// closing bracket of its own ends.
func (p *parser) runEnd(pos int) int {
	open := 0
	for pos < len(p.text) && spaceLength(p.text[pos:]) == 0 {
		switch p.text[pos] {
		case '(':
			open++
		case ')':
			if open--; open < 0 {
				return pos
			}
		case '\\':
			pos = min(pos+1, len(p.text)-1)
		}
		pos++
	}
	return pos
}
