package lucene

import (
	"strings"

	"rastro/internal/query"
)

// occur says what a clause means for its list.
type occur uint8

const (
	should occur = iota
	must
	mustNot
)

// clause is one condition of a list.
type clause struct {
	filter query.Filter
	occur  occur
}

// clauseList gathers clauses by the rule of the language: operators have no
// precedence, each changes its neighbors only.
type clauseList struct {
	defaultAND bool
	least      func(optional int) int // see Options.Least; nil inside brackets
	clauses    []clause
	any        bool // there was a clause, though it may have been left out
}

type conjunction uint8

const (
	noConjunction conjunction = iota
	andConjunction
	orConjunction
)

// modifier is what stands before a clause.
type modifier uint8

const (
	noModifier modifier = iota
	requiredModifier
	forbiddenModifier
)

// add adds a clause; nil is one that is left out but counts as a neighbor.
func (l *clauseList) add(c conjunction, m modifier, f query.Filter) {
	l.any = true
	if n := len(l.clauses); n > 0 && l.clauses[n-1].occur != mustNot {
		switch {
		case c == andConjunction:
			l.clauses[n-1].occur = must
		case c == orConjunction && l.defaultAND:
			l.clauses[n-1].occur = should
		}
	}
	if f == nil {
		return
	}
	o := should
	switch {
	case m == forbiddenModifier:
		o = mustNot
	case l.defaultAND && c != orConjunction, c == andConjunction,
		m == requiredModifier && !l.defaultAND:
		o = must
	}
	l.clauses = append(l.clauses, clause{f, o})
}

// filter is what the list means; nil if it has no clauses.
func (l *clauseList) filter() query.Filter {
	var required, optional, forbidden []query.Filter
	for _, c := range l.clauses {
		switch c.occur {
		case must:
			required = append(required, c.filter)
		case should:
			optional = append(optional, c.filter)
		case mustNot:
			forbidden = append(forbidden, query.Not{Filter: c.filter})
		}
	}
	if len(l.clauses) == 0 {
		return nil
	}
	all := required
	least := 0
	if l.least != nil && len(l.clauses) > 1 {
		least = l.least(len(optional))
	}
	switch {
	case least > len(optional):
		return query.None{}
	case least > 1:
		all = append(all, query.Or{Filters: optional, Min: least})
	case least == 1 && len(optional) > 0, len(required) == 0 && len(optional) > 0:
		all = append(all, anyOf(optional))
	}
	return allOf(append(all, forbidden...))
}

func anyOf(filters []query.Filter) query.Filter {
	if len(filters) == 1 {
		return filters[0]
	}
	return query.Or{Filters: filters}
}

func allOf(filters []query.Filter) query.Filter {
	if len(filters) == 1 {
		return filters[0]
	}
	return query.And{Filters: filters}
}

// list reads clauses up to a closing bracket or the end; nil if there are none
// to search for. Clauses that name no field search the target.
func (p *parser) list(t target, depth int) (query.Filter, error) {
	if depth > MaxDepth {
		return nil, p.mistake("too_deep", p.pos, len(p.text), "brackets are nested too deep", "use fewer brackets", "")
	}
	l := clauseList{defaultAND: p.opts.DefaultOperatorAND}
	if depth == 0 {
		l.least = p.opts.Least
	}
	for {
		p.skipSpace()
		start := p.pos
		c := p.conjunction()
		if c != noConjunction && !l.any {
			return nil, p.dangling(start)
		}
		p.skipSpace()
		m, bare := p.modifier()
		if bare {
			l.add(c, noModifier, nil)
			continue
		}
		p.skipSpace()
		if !p.more() || p.next() == ')' {
			if start < p.pos && strings.TrimSpace(p.text[start:p.pos]) != "" {
				return nil, p.dangling(start)
			}
			break
		}
		if p.atOperator() {
			return nil, p.dangling(p.pos)
		}
		f, err := p.clause(t, depth)
		if err != nil {
			return nil, err
		}
		l.add(c, m, f)
	}
	if !l.any && depth > 0 {
		return nil, p.emptyGroup()
	}
	return l.filter(), nil
}

// keyword tells whether the word w stands at the parser's place, not as the
// beginning of a longer one.
func (p *parser) keyword(w string) bool {
	rest, ok := strings.CutPrefix(p.text[p.pos:], w)
	if !ok {
		return false
	}
	return rest == "" || spaceLength(rest) > 0 || strings.IndexByte(`()"[{`, rest[0]) >= 0
}

// conjunction reads AND, OR, && or ||.
func (p *parser) conjunction() conjunction {
	switch {
	case p.keyword("AND"):
		p.pos += len("AND")
		return andConjunction
	case p.keyword("OR"):
		p.pos += len("OR")
		return orConjunction
	case strings.HasPrefix(p.text[p.pos:], "&&"):
		p.pos += len("&&")
		return andConjunction
	case strings.HasPrefix(p.text[p.pos:], "||"):
		p.pos += len("||")
		return orConjunction
	default:
		return noConjunction
	}
}

// modifier reads NOT, !, - or +. A single sign between spaces is bare: text
// that holds no word.
func (p *parser) modifier() (m modifier, bare bool) {
	c := p.next()
	switch {
	case p.keyword("NOT"):
		p.pos += len("NOT")
		return forbiddenModifier, false
	case c == '-' || c == '!':
		m = forbiddenModifier
	case c == '+':
		m = requiredModifier
	default:
		return noModifier, false
	}
	p.pos++
	return m, spaceLength(p.text[p.pos:]) > 0
}

// atOperator tells whether an operator stands where a clause is expected.
func (p *parser) atOperator() bool {
	return p.atKeyword() || strings.IndexByte("+-!", p.next()) >= 0
}

// atKeyword tells whether an operator other than a sign stands here.
func (p *parser) atKeyword() bool {
	rest := p.text[p.pos:]
	return p.keyword("AND") || p.keyword("OR") || p.keyword("NOT") ||
		strings.HasPrefix(rest, "&&") || strings.HasPrefix(rest, "||")
}
