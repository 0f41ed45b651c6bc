package lucene

import (
	"strconv"

	"rastro/internal/event"
	"rastro/internal/query"
)

// valueKind is how a value is written.
type valueKind uint8

const (
	wordValue valueKind = iota
	quotedValue
	regexpValue
	rangeValue
)

// value is what a clause looks for.
type value struct {
	kind     valueKind
	start    int // where its clause begins in the query
	pos, end int // its place in the query, quotes and slashes included

	text    string // without quotes and escapes
	textPos int    // where text begins in the query
	exact   bool   // text stands in the query as it is
	pattern string // of a wildcard: * ? and \ of the text are escaped
	wild    bool   // there is a * or ? that is not escaped

	slop     int
	fuzzy    bool
	distance int // of fuzzy; -1 if not given
	same     int // of fuzzy: the first characters that are not edited

	from, to                   bound
	fromInclusive, toInclusive bool
}

// bound is one end of a range.
type bound struct {
	open    bool
	text    string
	pos     int // where text begins in the query
	end     int
	exact   bool
	written string // with its quotes
}

// clause reads one clause: a field with its value, a group, or a value.
func (p *parser) clause(t target, depth int) (query.Filter, error) {
	start := p.pos
	switch p.next() {
	case '(':
		return p.group(t, depth)
	case ':':
		return nil, p.leadingColon()
	case '"', '/', '[', '{':
		return p.valueClause(t, start)
	}
	if p.compares(t) && p.atComparison() {
		return p.valueClause(t, start)
	}
	if p.atSubquery(t) {
		return p.subquery(t, start, depth)
	}
	name, err := p.word()
	if err != nil {
		return nil, err
	}
	colon := p.pos
	p.skipSpace()
	if p.next() != ':' {
		p.pos = colon
		if colon == start {
			return nil, p.reserved(start)
		}
		return p.finish(t, start, name)
	}
	p.pos++
	colon = p.pos
	p.skipSpace()
	if !p.more() || p.next() == ')' || p.pos > colon && p.atKeyword() {
		return nil, p.missingValue(name, start, colon)
	}
	field := p.target(name)
	if p.next() == '(' {
		return p.group(field, depth)
	}
	if p.atSubquery(field) {
		return p.subquery(field, start, depth)
	}
	return p.valueClause(field, start)
}

// group reads clauses in round brackets.
func (p *parser) group(t target, depth int) (query.Filter, error) {
	open := p.pos
	p.pos++
	f, err := p.list(t, depth+1)
	if err != nil {
		return nil, err
	}
	if p.next() != ')' {
		return nil, p.unclosedBracket(open, depth)
	}
	p.pos++
	return f, p.boost()
}

// valueClause reads a value of the target. The clause begins at start.
func (p *parser) valueClause(t target, start int) (query.Filter, error) {
	var v value
	var err error
	switch c := p.next(); {
	case c == '"':
		v, err = p.quoted()
	case c == '/':
		v, err = p.regexp(start)
	case c == '[' || c == '{':
		v, err = p.rangeValue()
	case c == ':':
		return nil, p.extraColon(start, p.pos)
	case t.explicit && p.atKeyword():
		return nil, p.operatorAsValue()
	case p.compares(t) && p.atComparison():
		v, err = p.comparison(start)
	default:
		if v, err = p.word(); err == nil && v.pos == v.end {
			err = p.reserved(v.pos)
		}
	}
	if err != nil {
		return nil, err
	}
	return p.finish(t, start, v)
}

// compares tells whether >5 without a name in front of it is a comparison: where
// the caller's own field, of which nobody searches words, is a number or a time.
func (p *parser) compares(t target) bool {
	if t.explicit {
		return true
	}
	for _, ref := range t.fields {
		kind, ok := p.opts.Mapped(ref)
		if ref.Field != event.NoField {
			kind, ok = ref.Field.Kind(), true
		}
		if !ok || kind.IsText() {
			return false
		}
	}
	return len(t.fields) > 0
}

// finish reads what may follow a value and makes the filter.
func (p *parser) finish(t target, start int, v value) (query.Filter, error) {
	switch p.next() {
	case ':':
		return nil, p.extraColon(start, v.pos)
	case '[', ']', '{', '}':
		if v.kind == wordValue {
			return nil, p.reservedInside(v.pos)
		}
	}
	if err := p.tilde(&v); err != nil {
		return nil, err
	}
	if err := p.boost(); err != nil {
		return nil, err
	}
	// A boost may stand before the tilde, too.
	if err := p.tilde(&v); err != nil {
		return nil, err
	}
	v.start = start
	return p.build(t, v)
}

// tilde reads ~ or ~N: the slop of a phrase or the distance of a word.
func (p *parser) tilde(v *value) error {
	if p.next() != '~' || v.kind == rangeValue || v.kind == regexpValue {
		return nil
	}
	start := p.pos
	p.pos++
	number := p.numeral()
	if !p.atEnd() && p.next() != '^' {
		return p.mistake("bad_fuzziness", start, p.runEnd(start), "after ~ only a number may follow",
			`write foo~1, "foo bar"~3, or \~ for the character`, p.replaced(start, start, `\`))
	}
	n, err := strconv.ParseFloat(number, 64)
	if number == "" {
		n, err = -1, nil
	}
	if err != nil || n > 1000 {
		return p.mistake("bad_fuzziness", start, p.pos, "this is no distance", "write 1 or 2", p.replaced(start, p.pos, "~"))
	}
	if v.kind == quotedValue {
		if number != "" {
			v.slop = int(n)
		}
		return nil
	}
	v.fuzzy, v.distance, v.same = true, -1, p.opts.Same
	if number != "" {
		v.distance = distanceOf(n, v.text)
	}
	return nil
}

// boost reads ^N, which changes nothing: there are no scores.
func (p *parser) boost() error {
	if p.next() != '^' {
		return nil
	}
	start := p.pos
	p.pos++
	if number := p.numeral(); number == "" || !p.atEnd() && p.next() != '~' {
		return p.mistake("bad_boost", start, p.runEnd(start), "after ^ only a number may follow",
			`write foo^2, or \^ for the character`, p.replaced(start, start, `\`))
	}
	return nil
}

// numeral reads digits with or without a point.
func (p *parser) numeral() string {
	start := p.pos
	for p.more() && (p.next()-'0' < 10 || p.next() == '.' && p.pos > start) {
		p.pos++
	}
	return p.text[start:p.pos]
}

// atEnd tells whether a clause may end here.
func (p *parser) atEnd() bool {
	return !p.more() || p.next() == ')' || p.next() == '(' || spaceLength(p.text[p.pos:]) > 0
}
