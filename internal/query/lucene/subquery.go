package lucene

import (
	"strconv"
	"strings"

	"rastro/internal/query"
)

// subqueryWord is what stands before the brackets of a subquery, without a
// space: queue_id:in(recipient:ana@example.org).
const subqueryWord = "in"

// atSubquery tells whether in( stands here, as the value of a field that the
// query names.
func (p *parser) atSubquery(t target) bool {
	return t.explicit && strings.HasPrefix(p.text[p.pos:], subqueryWord+"(")
}

// subquery reads in(clauses) or in(field of clauses): the values that the
// target, or the other field, has in the events that the clauses find. The
// clause begins at start.
func (p *parser) subquery(t target, start, depth int) (query.Filter, error) {
	if t.exists || t.index || t.all || len(t.fields) != 1 {
		return nil, p.mistake("bad_subquery", start, p.pos+len(subqueryWord), "in(…) needs the name of one field before it",
			"write queue_id:in(status:deferred)", "")
	}
	if p.subqueries == query.MaxInDepth {
		return nil, p.mistake("too_deep", start, p.runEnd(p.pos), "in(…) is nested deeper than "+strconv.Itoa(query.MaxInDepth)+" times",
			"ask for the inner events first and write their values", "")
	}
	if err := p.count(value{pos: start, end: p.pos + len(subqueryWord)}); err != nil {
		return nil, err
	}
	p.pos += len(subqueryWord)
	open := p.pos
	p.pos++
	in := query.In{Field: t.fields[0], Values: t.fields[0]}
	if name, ok := p.valuesField(); ok {
		in.Values = p.opts.Ref(name)
	}
	if p.skipSpace(); p.next() == ')' {
		return nil, p.mistake("empty_group", open, p.pos+1, "there is nothing in these brackets",
			"write a condition into them, or * for all events", p.replaced(p.pos, p.pos, "*"))
	}
	p.subqueries++
	of, err := p.list(p.defaults(), depth+1)
	p.subqueries--
	if err != nil {
		return nil, err
	}
	if p.next() != ')' {
		return nil, p.unclosedBracket(open, depth)
	}
	p.pos++
	if of == nil { // nothing to search for, such as in(-)
		return nil, p.boost()
	}
	in.Of = of
	return in, p.boost()
}

// valuesField reads "field of" and stays where it is when there is none.
func (p *parser) valuesField() (string, bool) {
	begin := p.pos
	p.skipSpace()
	name, err := p.word()
	if err == nil && name.text != "" && !name.wild && spaceLength(p.text[p.pos:]) > 0 {
		p.skipSpace()
		if rest, ok := strings.CutPrefix(p.text[p.pos:], "of"); ok && spaceLength(rest) > 0 {
			p.pos += len("of")
			return name.text, true
		}
	}
	p.pos = begin
	return "", false
}
