package lucene

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// word reads an unquoted term, which may be empty. It ends at white space and
// at characters that mean something: ( ) : ^ [ ] " { } ~
func (p *parser) word() (value, error) {
	v := value{kind: wordValue, pos: p.pos, textPos: p.pos, exact: true}
	end := p.wordEnd(p.pos)
	raw := p.text[p.pos:end]
	if strings.HasSuffix(raw, `\`) && end == len(p.text) && trailingEscapes(raw)%2 == 1 {
		return v, p.mistake("dangling_escape", end-1, end, "nothing follows this backslash",
			`write \\ for the character`, p.text+`\`)
	}
	p.pos, v.end = end, end
	v.text, v.pattern, v.wild = unescape(raw)
	v.exact = v.text == raw
	return v, nil
}

func trailingEscapes(s string) int { return len(s) - len(strings.TrimRight(s, `\`)) }

// wordEnd is where the term that begins at pos ends.
func (p *parser) wordEnd(pos int) int {
	for pos < len(p.text) {
		c := p.text[pos]
		if strings.IndexByte("():^[]\"{}~", c) >= 0 || spaceLength(p.text[pos:]) > 0 {
			return pos
		}
		if c == '\\' && pos+1 < len(p.text) {
			_, size := utf8.DecodeRuneInString(p.text[pos+1:])
			pos += size
		}
		pos++
	}
	return pos
}

// unescape resolves the escapes of a term. The pattern is the same as a
// wildcard, where wild tells that it has * or ? that mean something.
func unescape(raw string) (text, pattern string, wild bool) {
	if strings.IndexByte(raw, '\\') < 0 {
		return raw, raw, strings.ContainsAny(raw, "*?")
	}
	var plain, escaped strings.Builder
	for i := 0; i < len(raw); {
		c := raw[i]
		switch {
		case c == '\\' && i+1 < len(raw):
			r, size := escapedRune(raw[i+1:])
			i += 1 + size
			plain.WriteString(r)
			if r == "*" || r == "?" || r == `\` {
				escaped.WriteByte('\\')
			}
			escaped.WriteString(r)
			continue
		case c == '*' || c == '?':
			wild = true
		}
		plain.WriteByte(c)
		escaped.WriteByte(c)
		i++
	}
	return plain.String(), escaped.String(), wild
}

// escapedRune reads what follows a backslash: any character, or u with four
// hexadecimal digits.
func escapedRune(s string) (r string, size int) {
	if s[0] == 'u' && len(s) >= 5 {
		if n, err := strconv.ParseUint(s[1:5], 16, 16); err == nil {
			return string(rune(n)), 5
		}
	}
	_, size = utf8.DecodeRuneInString(s)
	return s[:size], size
}

// quoted reads a phrase in quotation marks.
func (p *parser) quoted() (value, error) {
	start := p.pos
	raw, end := quotedText(p.text[start:])
	if end == 0 {
		mended := p.text
		if trailingEscapes(mended)%2 == 1 {
			mended += `\`
		}
		return value{}, p.mistake("unclosed_quote", start, len(p.text), "this quotation mark is not closed",
			`close it, or write \" for the character`, mended+`"`)
	}
	p.pos = start + end
	text, _, _ := unescape(raw)
	return value{
		kind: quotedValue, pos: start, end: p.pos, slop: p.opts.Slop,
		text: text, textPos: start + 1, exact: text == raw,
	}, nil
}

// quotedText returns what stands in the quotation marks that s begins with and
// the length of it all; 0 if they are not closed.
func quotedText(s string) (raw string, length int) {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return s[1:i], i + 1
		}
	}
	return "", 0
}

// regexp reads a regular expression between slashes. The clause begins at
// start.
func (p *parser) regexp(start int) (value, error) {
	open := p.pos
	for i := open + 1; i < len(p.text); i++ {
		switch p.text[i] {
		case '\\':
			i++
		case '/':
			p.pos = i + 1
			if !p.atEnd() && p.next() != '^' && p.next() != '~' {
				return value{}, p.pathAsRegexp(start, open)
			}
			raw := p.text[open+1 : i]
			return value{kind: regexpValue, pos: open, end: i + 1, text: raw, textPos: open + 1, exact: true}, nil
		}
	}
	return value{}, p.unclosedRegexp(start, open)
}

// atComparison tells whether >, >=, < or <= stands here; a term in angle
// brackets, such as <id@host> or <id*, is none.
func (p *parser) atComparison() bool {
	switch p.next() {
	case '>':
		return true
	case '<':
		run := p.text[p.pos:p.wordEnd(p.pos)]
		return run[len(run)-1] != '>' && !strings.ContainsAny(strings.TrimPrefix(run, "<*"), "*?")
	default:
		return false
	}
}

// comparison reads >, >=, < or <= and a value: a range that is open at one end.
func (p *parser) comparison(start int) (value, error) {
	v := value{kind: rangeValue, pos: p.pos}
	v.from.open, v.to.open = true, true
	op := p.next()
	p.pos++
	inclusive := p.next() == '='
	if inclusive {
		p.pos++
	}
	p.skipSpace()
	operand := p.pos
	var w value
	var err error
	switch {
	case p.next() == '"':
		w, err = p.quoted()
	case p.next() == ':':
		return v, p.extraColon(start, operand)
	default:
		w, err = p.word()
	}
	if err != nil {
		return v, err
	}
	if w.pos == w.end {
		return v, p.mistake("missing_value", v.pos, p.pos, "nothing follows this comparison",
			"write a value behind it, such as size:>1000", p.replaced(start, p.pos, quote(p.text[start:p.pos])))
	}
	if p.next() == ':' {
		return v, p.extraColon(start, operand)
	}
	v.end = p.pos
	b := boundOf(w, p.text)
	if op == '>' {
		v.from, v.fromInclusive = b, inclusive
	} else {
		v.to, v.toInclusive = b, inclusive
	}
	return v, nil
}

// boundOf makes the end of a range from a term or a phrase.
func boundOf(v value, query string) bound {
	b := bound{
		open: v.kind == wordValue && v.text == "*" && v.wild,
		text: v.text, exact: v.exact, written: query[v.pos:v.end],
		pos: v.pos, end: v.end,
	}
	if v.exact {
		b.pos, b.end = v.textPos, v.textPos+len(v.text)
	}
	return b
}

// rangeValue reads [from TO to] with square (inclusive) or curly brackets.
func (p *parser) rangeValue() (value, error) {
	open := p.pos
	v := value{kind: rangeValue, pos: open, fromInclusive: p.next() == '['}
	p.pos++
	var err error
	if v.from, err = p.rangeBound(open); err != nil {
		return v, err
	}
	p.skipSpace()
	if v.from.written == "" || !p.keyword("TO") {
		return v, p.badRange(open)
	}
	p.pos += len("TO")
	if v.to, err = p.rangeBound(open); err != nil {
		return v, err
	}
	p.skipSpace()
	if v.to.written == "" || p.next() != ']' && p.next() != '}' {
		return v, p.badRange(open)
	}
	v.toInclusive = p.next() == ']'
	p.pos++
	v.end = p.pos
	return v, nil
}

// rangeBound reads one end of the range that begins at open: a phrase or
// anything up to white space or a closing bracket.
func (p *parser) rangeBound(open int) (bound, error) {
	p.skipSpace()
	if p.next() == '"' {
		v, err := p.quoted()
		return boundOf(v, p.text), err
	}
	start := p.pos
	for p.more() && strings.IndexByte("]}", p.next()) < 0 && spaceLength(p.text[p.pos:]) == 0 {
		if p.next() == '\\' && p.pos+1 < len(p.text) {
			p.pos++
		}
		p.pos++
	}
	if !p.more() {
		return bound{}, p.unclosedRange(open)
	}
	raw := p.text[start:p.pos]
	text, _, wild := unescape(raw)
	return bound{
		open: wild && text == "*", text: text, exact: text == raw, written: raw,
		pos: start, end: p.pos,
	}, nil
}
