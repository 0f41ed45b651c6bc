package lucene

import (
	"net/netip"
	"strconv"
	"strings"

	"rastro/internal/event"
)

// dangling reports an operator at pos that has no clause on one of its sides.
func (p *parser) dangling(pos int) error {
	end := pos
	for end < len(p.text) && spaceLength(p.text[end:]) == 0 && strings.IndexByte(`()"`, p.text[end]) < 0 {
		end++
		if p.text[end-1] == '+' || p.text[end-1] == '-' || p.text[end-1] == '!' {
			break
		}
	}
	between := " "
	if end == pos+1 {
		between = "" // a sign
	}
	rest := strings.TrimSpace(p.text[:pos]) + between + strings.TrimLeft(p.text[end:], " ")
	return p.mistake("dangling_operator", pos, end, "the operator "+p.text[pos:end]+" has nothing to join here",
		"write a condition on both its sides, or put the word into quotation marks", strings.TrimSpace(rest))
}

// emptyGroup reports brackets without anything in them; the parser stands at
// the closing one or the end.
func (p *parser) emptyGroup() error {
	open := strings.LastIndexByte(p.text[:p.pos], '(')
	end := min(p.pos+1, len(p.text))
	return p.mistake("empty_group", open, end, "there is nothing in these brackets",
		"write a condition into them, or leave them out", p.text[:open]+"*"+p.text[end:])
}

// unclosedBracket reports the bracket at open, which is that deep and has no
// closing one.
func (p *parser) unclosedBracket(open, depth int) error {
	return p.mistake("unclosed_bracket", open, len(p.text), "this ( is not closed",
		"close it with )", p.text+strings.Repeat(")", depth+1))
}

// strayBracket reports a ) that closes nothing.
func (p *parser) strayBracket() error {
	return p.mistake("stray_bracket", p.pos, p.pos+1, "this ) closes nothing",
		`leave it out, or write \) for the character`, strings.TrimSpace(p.replaced(p.pos, p.pos+1, " ")))
}

// leadingColon reports a colon without a field before it.
func (p *parser) leadingColon() error {
	if run := p.text[p.pos:p.runEnd(p.pos)]; isAddress(run) {
		return p.unquotedIPv6(p.pos)
	}
	return p.mistake("leading_colon", p.pos, p.pos+1, "there is no field before this colon",
		`write the field's name before it, or \: for the character`,
		strings.TrimSpace(p.replaced(p.pos, p.pos+1, " ")))
}

// missingValue reports a field with a colon, which ends at end, and nothing
// behind.
func (p *parser) missingValue(name value, start, end int) error {
	mended := quote(p.text[start:end])
	if f, _ := event.Lookup(name.text); f != event.NoField {
		mended = "_exists_:" + p.text[name.pos:name.end]
	}
	return p.mistake("missing_value", start, end, "nothing follows the colon after "+name.text,
		"write a value behind it; _exists_:"+name.text+" finds all lines that have the field",
		p.replaced(start, end, mended))
}

// extraColon reports a second colon in the clause that begins at start; its
// value begins at pos.
func (p *parser) extraColon(start, pos int) error {
	end := p.runEnd(pos)
	if isAddress(p.text[start:end]) {
		return p.unquotedIPv6(start)
	}
	if isAddress(p.text[pos:end]) {
		return p.unquotedIPv6(pos)
	}
	if raw, length := quotedText(p.text[start:]); pos == start && p.text[start] == '"' && length > 0 {
		return p.mistake("extra_colon", start, start+length, "the name of a field stands without quotation marks",
			"leave the quotation marks out", p.replaced(start, start+length, raw))
	}
	name, _, _ := strings.Cut(p.text[start:pos], ":")
	if f, _ := event.Lookup(strings.TrimSpace(name)); f == event.NoField || pos == start {
		pos = start
	} else if p.text[end-1] == ':' {
		end = p.textEnd(end) // subject:Re: hello
	}
	return p.mistake("extra_colon", pos, end, "a value with a colon needs quotation marks",
		`put the value into quotation marks, or write \: for each colon`,
		p.replaced(pos, end, quote(p.text[pos:end])))
}

// textEnd is where a text that goes on at pos with further words ends: at an
// operator, a bracket or the end.
func (p *parser) textEnd(pos int) int {
	rest := p.text[pos:]
	for _, stop := range []string{")", "(", `"`, " AND ", " OR ", " NOT ", " && ", " || "} {
		if i := strings.Index(rest, stop); i >= 0 {
			rest = rest[:i]
		}
	}
	return pos + len(strings.TrimRight(rest, " "))
}

// isAddress tells whether s is an IPv6 address or network.
func isAddress(s string) bool {
	if strings.Count(s, ":") < 2 || len(s) > 64 {
		return false
	}
	if _, err := netip.ParseAddr(s); err == nil {
		return true
	}
	_, err := netip.ParsePrefix(s)
	return err == nil
}

// unquotedIPv6 reports an IPv6 address that begins at pos.
func (p *parser) unquotedIPv6(pos int) error {
	end := p.runEnd(pos)
	address := p.text[pos:end]
	return p.mistake("unquoted_ipv6", pos, end, "an IPv6 address needs quotation marks, as its colons would part fields from values",
		"put the address into quotation marks", p.replaced(pos, end, quote(address)))
}

// operatorAsValue reports AND, OR or NOT where a value is expected.
func (p *parser) operatorAsValue() error {
	end := p.runEnd(p.pos)
	word := p.text[p.pos:end]
	return p.mistake("reserved_word", p.pos, end, word+" is an operator",
		"put the word into quotation marks", p.replaced(p.pos, end, quote(word)))
}

// reserved reports a character at pos with which no clause can begin.
func (p *parser) reserved(pos int) error {
	return p.mistake("reserved_character", pos, pos+1, "no clause can begin with "+p.text[pos:pos+1],
		`write \`+p.text[pos:pos+1]+" for the character", p.replaced(pos, pos, `\`))
}

// reservedInside reports a bracket inside the term that begins at pos.
func (p *parser) reservedInside(pos int) error {
	end := p.runEnd(pos)
	return p.mistake("reserved_character", p.pos, p.pos+1, "a value with "+p.text[p.pos:p.pos+1]+" needs quotation marks",
		"put the value into quotation marks", p.replaced(pos, end, quote(p.text[pos:end])))
}

// pathAsRegexp reports a path at pos that would be read as a regular
// expression. The clause begins at start.
func (p *parser) pathAsRegexp(start, pos int) error {
	end := p.runEnd(pos)
	run := p.text[pos:end]
	mended := p.replaced(pos, end, quote(run))
	switch {
	case strings.ContainsAny(run, "*?"):
		mended = p.replaced(pos, pos, `\`)
	case strings.HasPrefix(run, "//") && start < pos:
		mended = p.replaced(start, end, quote(p.text[start:end])) // an address of the web
	}
	return p.mistake("path_as_regexp", pos, end, "a value that begins with / is a regular expression up to the next /",
		`put a path into quotation marks, or write \/ for its first character`, mended)
}

// unclosedRegexp reports a regular expression without an end.
func (p *parser) unclosedRegexp(start, pos int) error {
	end := p.runEnd(pos)
	if !strings.ContainsAny(p.text[pos:end], `*+?[](){}|^$\`) {
		return p.pathAsRegexp(start, pos)
	}
	return p.mistake("unclosed_regexp", pos, len(p.text), "this regular expression is not closed",
		`close it with /, or write \/ for the character`, p.replaced(end, end, "/"))
}

// badRange reports a range that is not [from TO to].
func (p *parser) badRange(open int) error {
	closing := strings.IndexAny(p.text[open:], "]}")
	if closing < 0 {
		return p.unclosedRange(open)
	}
	end := open + closing + 1
	inner := p.text[open+1 : end-1]
	if isAddress(inner) {
		return p.mistake("unquoted_ipv6", open, end, "an address in square brackets would be read as a range",
			"put the address into quotation marks, without the brackets", p.replaced(open, end, quote(inner)))
	}
	mended := quote(p.text[open:end])
	if parts := strings.Fields(inner + " *"); len(parts) == 3 && parts[1] == "TO" {
		mended = p.text[open:open+1] + parts[0] + " TO *" + p.text[end-1:end]
	} else if parts = parts[:len(parts)-1]; len(parts) == 2 && parts[0] == "TO" {
		mended = p.text[open:open+1] + "* TO " + parts[1] + p.text[end-1:end]
	} else if len(parts) == 2 {
		mended = p.text[open:open+1] + parts[0] + " TO " + parts[1] + p.text[end-1:end]
	} else if len(parts) == 3 && (strings.EqualFold(parts[1], "to") || parts[1] == "-") {
		mended = p.text[open:open+1] + parts[0] + " TO " + parts[2] + p.text[end-1:end]
	}
	return p.mistake("bad_range", open, end, "this is no range",
		"write [from TO to], with TO in capital letters and * for an open end", p.replaced(open, end, mended))
}

// unclosedRange reports a range without its closing bracket.
func (p *parser) unclosedRange(open int) error {
	closing := "]"
	if p.text[open] == '{' {
		closing = "}"
	}
	mended := p.text + closing
	// [from TO to without anything behind is the usual case.
	if parts := strings.Fields(p.text[open+1:]); len(parts) > 3 && parts[1] == "TO" {
		behind := open + strings.Index(p.text[open:], "TO")
		behind += strings.Index(p.text[behind:], parts[2]) + len(parts[2])
		mended = p.replaced(behind, behind, closing)
	}
	return p.mistake("unclosed_range", open, len(p.text), "this "+strconv.Quote(p.text[open:open+1])+" is not closed",
		"close it with "+closing, mended)
}
