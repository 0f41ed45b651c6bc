package dsl

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"rastro/internal/query"
	"rastro/internal/query/lucene"
)

// simpleFlags are the operators of simple_query_string that are on.
type simpleFlags struct {
	and, or, not, prefix, phrase, brackets, escape, space, fuzzy, near bool
}

var allFlags = simpleFlags{true, true, true, true, true, true, true, true, true, true}

// read reads names with | between them, or the sum of their numbers.
func (s *simpleFlags) read(n *node) error {
	*s = simpleFlags{}
	if bits, err := strconv.Atoi(n.text); err == nil {
		for i := range flagCount {
			*s.at(i) = bits>>i&1 == 1
		}
		return nil
	}
	for name := range strings.SplitSeq(strings.ToUpper(n.text), "|") {
		switch name = strings.TrimSpace(name); name {
		case "ALL":
			*s = allFlags
			continue
		case "NONE", "":
			continue
		case "SLOP":
			name = "NEAR"
		}
		i := slices.Index(flagNames[:], name)
		if i < 0 {
			return n.fail("illegal_argument_exception", "Unknown simple_query_string flag [%s]", name)
		}
		*s.at(i) = true
	}
	return nil
}

// flagNames are the flags in the order of their numbers: 1, 2, 4 and so on.
var flagNames = [flagCount]string{"AND", "NOT", "OR", "PREFIX", "PHRASE", "PRECEDENCE", "ESCAPE", "WHITESPACE", "FUZZY", "NEAR"}

const flagCount = 10

func (s *simpleFlags) at(i int) *bool {
	return [flagCount]*bool{&s.and, &s.not, &s.or, &s.prefix, &s.phrase, &s.brackets, &s.escape, &s.space, &s.fuzzy, &s.near}[i]
}

// simpleQueryString reads a simple_query_string query.
func (r *reader) simpleQueryString(kind string, n *node, _ int) (query.Filter, error) {
	p := simpleParser{r: r, flags: allFlags}
	fields := fieldList{r: r}
	found := false
	var least *minimum
	err := r.params(kind, n, params{
		"query": func(v *node) (err error) {
			found = v.kind != nullKind
			if found {
				p.text, err = text(v)
			}
			return err
		},
		"fields": arrayOnly(kind, "fields", fields.read), "default_operator": operatorInto(&p.and), "flags": p.flags.read,
		"lenient": truthInto(&p.lenient), "minimum_should_match": minimumInto(&least), "analyzer": standardOnly,
		"fuzzy_prefix_length": wholeInto(&p.same), "fuzzy_max_expansions": ignored,
		"fuzzy_transpositions": mustBeTrue(kind, "fuzzy_transpositions"),
		"analyze_wildcard":     ignored, "quote_field_suffix": textInto(&p.quoteSuffix),
		"auto_generate_synonyms_phrase_query": ignored,
	})
	switch {
	case err != nil:
		return nil, err
	case !found:
		return nil, n.parsing("[simple_query_string] query text missing")
	case len(p.text) > lucene.MaxBytes:
		return nil, illegal("the text of a [simple_query_string] has at most %d bytes", lucene.MaxBytes)
	}
	p.targets, p.wild = fields.orDefault(), fields.wild
	return p.filter(least)
}

// simpleParser reads the text of a simple_query_string. Nothing is a mistake:
// what makes no sense is left out.
type simpleParser struct {
	r           *reader
	text        string
	flags       simpleFlags
	and         bool
	lenient     bool
	wild        bool
	same        int
	quoteSuffix string
	targets     []target
	closing     []int // of each opening bracket its closing one; 0 for none
}

// group is a list of clauses, all with one operator.
type group struct {
	filters []query.Filter
	must    bool
	joined  bool // more than one clause, or made to be a list
}

func (p *simpleParser) filter(least *minimum) (query.Filter, error) {
	p.pairBrackets()
	g, err := p.list(0, len(p.text), 0)
	if err != nil {
		return nil, err
	}
	if len(g.filters) == 0 {
		return query.None{}, nil
	}
	if least != nil && g.joined && !g.must {
		return combine(nil, g.filters, nil, least), nil
	}
	return g.filter(), nil
}

func (g *group) filter() query.Filter {
	if g.must {
		return allOf(g.filters)
	}
	return anyOf(g.filters)
}

// pairBrackets finds the closing bracket of each opening one.
func (p *simpleParser) pairBrackets() {
	if !p.flags.brackets || !strings.Contains(p.text, "(") {
		return
	}
	p.closing = make([]int, len(p.text))
	var open []int
	for i := 0; i < len(p.text); i++ {
		switch c := p.text[i]; {
		case c == '\\' && p.flags.escape:
			i++
		case c == '(':
			open = append(open, i)
		case c == ')' && len(open) > 0:
			p.closing[open[len(open)-1]] = i
			open = open[:len(open)-1]
		}
	}
}

// The operators between clauses.
const (
	noOperator = iota
	andOperator
	orOperator
)

// list reads the clauses in text[pos:end].
func (p *simpleParser) list(pos, end, depth int) (group, error) {
	var g group
	operator, negations := noOperator, 0
	for pos < end {
		var f query.Filter
		var err error
		c := p.text[pos]
		switch {
		case c == '(' && p.flags.brackets:
			f, pos, err = p.bracketed(pos, end, depth)
		case c == ')' && p.flags.brackets:
			pos++
		case c == '"' && p.flags.phrase:
			f, pos, err = p.quoted(pos, end)
		case c == '+' && p.flags.and:
			if operator == noOperator && len(g.filters) > 0 {
				operator = andOperator
			}
			pos++
		case c == '|' && p.flags.or:
			if operator == noOperator && len(g.filters) > 0 {
				operator = orOperator
			}
			pos++
		case c == '-' && p.flags.not:
			negations++
			pos++
			continue
		case p.spaceAt(pos) > 0:
			pos += p.spaceAt(pos)
		default:
			f, pos, err = p.word(pos, end)
		}
		if err != nil {
			return g, err
		}
		if f != nil {
			if negations%2 == 1 {
				f = query.Not{Filter: f}
			}
			g.add(f, operator == andOperator || operator == noOperator && p.and)
			operator = noOperator
		}
		negations = 0
	}
	return g, nil
}

// add adds a clause; where the operator changes all before becomes one clause.
func (g *group) add(f query.Filter, must bool) {
	switch {
	case len(g.filters) == 0:
		g.filters = append(g.filters, f)
		return
	case g.joined && g.must != must:
		g.filters = []query.Filter{g.filter()}
	}
	g.must, g.joined = must, true
	g.filters = append(g.filters, f)
}

// bracketed reads clauses in brackets. What is nested too deep is read as if
// its brackets were not there.
func (p *simpleParser) bracketed(pos, end, depth int) (query.Filter, int, error) {
	closing := p.closing[pos]
	if closing == 0 || closing >= end || depth >= MaxDepth {
		return nil, pos + 1, nil
	}
	g, err := p.list(pos+1, closing, depth+1)
	if err != nil || len(g.filters) == 0 {
		return nil, closing + 1, err
	}
	return g.filter(), closing + 1, nil
}

// quoted reads a phrase and its slop.
func (p *simpleParser) quoted(pos, end int) (query.Filter, int, error) {
	var b strings.Builder
	for i := pos + 1; i < end; i++ {
		c := p.text[i]
		switch {
		case c == '\\' && p.flags.escape && i+1 < end:
			i++
			b.WriteByte(p.text[i])
		case c == '"':
			i++
			slop := 0
			if p.flags.near && i < end && p.text[i] == '~' {
				slop, i = p.distance(i, end)
			}
			f, err := p.phrase(b.String(), min(slop, maxSlop))
			return f, i, err
		default:
			b.WriteByte(c)
		}
	}
	return nil, pos + 1, nil
}

// maxSlop bounds the slop of a phrase.
const maxSlop = 1000

func (p *simpleParser) phrase(text string, slop int) (query.Filter, error) {
	targets := p.targets
	if p.quoteSuffix != "" {
		targets = nil
		for _, t := range p.targets {
			if suffixed := p.r.target(t.name + p.quoteSuffix); suffixed.ref.Exact {
				t = suffixed
			}
			targets = append(targets, t)
		}
	}
	return p.search(targets, matchQuery{kind: "match_phrase", text: text, slop: slop})
}

// search makes the filter of a text on the fields; values that a field cannot
// have match nothing there.
func (p *simpleParser) search(targets []target, q matchQuery) (query.Filter, error) {
	q.lenient = p.lenient || p.wild
	return p.r.searchFields(targets, q, false)
}

// word reads a word, the beginning of one (foo*) or one with mistakes (foo~1).
func (p *simpleParser) word(pos, end int) (query.Filter, int, error) {
	var b strings.Builder
	star := false
	for pos < end {
		c := p.text[pos]
		switch {
		case c == '\\' && p.flags.escape:
			star = false
			if pos++; pos < end {
				b.WriteByte(p.text[pos])
				pos++
			}
			continue
		case p.finished(pos):
			f, err := p.plain(b.String(), star)
			return f, pos, err
		case c == '~' && p.flags.fuzzy && b.Len() > 0:
			edits, next := p.distance(pos, end)
			f, err := p.near(b.String(), min(edits, 2))
			return f, next, err
		}
		star = c == '*'
		b.WriteByte(c)
		pos++
	}
	f, err := p.plain(b.String(), star)
	return f, pos, err
}

// finished tells whether a word ends here.
func (p *simpleParser) finished(pos int) bool {
	c := p.text[pos]
	return c == '"' && p.flags.phrase || c == '|' && p.flags.or || c == '+' && p.flags.and ||
		(c == '(' || c == ')') && p.flags.brackets || p.spaceAt(pos) > 0
}

// spaceAt is the length of the white space at pos, where that parts words.
func (p *simpleParser) spaceAt(pos int) int {
	if !p.flags.space {
		return 0
	}
	r, size := utf8.DecodeRuneInString(p.text[pos:])
	if unicode.IsSpace(r) {
		return size
	}
	return 0
}

// distance reads ~ and a number.
func (p *simpleParser) distance(pos, end int) (n, next int) {
	pos++
	start := pos
	for pos < end && !p.finished(pos) {
		pos++
	}
	n, err := strconv.Atoi(p.text[start:pos])
	if err != nil {
		n = 0
	}
	return max(n, 0), pos
}

// plain makes the filter of a word.
func (p *simpleParser) plain(text string, star bool) (query.Filter, error) {
	if star && p.flags.prefix {
		return p.beginning(strings.TrimSuffix(text, "*"))
	}
	return p.search(p.targets, matchQuery{kind: "match", text: text, and: p.and})
}

// beginning makes the filter of what values or words begin with.
func (p *simpleParser) beginning(text string) (query.Filter, error) {
	if text == "" {
		var filters []query.Filter
		for _, t := range p.targets {
			filters = append(filters, query.Exists{Field: t.ref})
		}
		return anyOf(filters), p.r.count(len(filters))
	}
	pattern := strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`).Replace(text) + "*"
	return p.each(func(t target) (query.Filter, error) {
		if t.index() {
			return p.r.onIndex(text + "*")
		}
		return p.r.leaf(t, lucene.Pattern, pattern, 0, 0)
	})
}

// near makes the filter of a word with mistakes.
func (p *simpleParser) near(text string, edits int) (query.Filter, error) {
	return p.each(func(t target) (query.Filter, error) {
		return p.r.leaf(t, lucene.Near, text, edits, p.same)
	})
}

// each makes the filter of a condition on any of the fields; nil if it has no
// words.
func (p *simpleParser) each(leaf func(target) (query.Filter, error)) (query.Filter, error) {
	var filters []query.Filter
	for _, t := range p.targets {
		f, err := leaf(t)
		if err != nil {
			return nil, err
		}
		if f != nil {
			filters = append(filters, f)
		}
	}
	if len(filters) == 0 {
		return nil, nil
	}
	return anyOf(filters), nil
}
