package lucene

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"rastro/internal/query"
)

// MaxRegexpBytes is the longest regular expression, as Elasticsearch's
// index.max_regex_length.
const MaxRegexpBytes = 1000

// More bounds of a regular expression.
const (
	maxRegexpDepth = 50
	maxRepeat      = 1000 // what Go's engine takes
)

// CompileRegexp compiles a pattern in the syntax of Lucene: | . ? + * {n,m}
// [a-z] [^a-z] (group) "literal" @ (any text) # (nothing) <1-99> (a number in
// this interval) \ (escape, and the classes \d \w \s). The result is anchored
// at both ends and ignores case when fold is set.
//
// An error is a *query.SyntaxError about the pattern.
func CompileRegexp(pattern string, fold bool) (*regexp.Regexp, error) {
	return compileRegexp(pattern, fold, "", "")
}

// compileRegexp is CompileRegexp with something around the pattern, in the
// syntax of package regexp.
func compileRegexp(pattern string, fold bool, before, after string) (*regexp.Regexp, error) {
	p := regexpParser{pattern: pattern}
	if len(pattern) > MaxRegexpBytes {
		return nil, p.mistake("regexp_too_long", 0, "a regular expression has at most "+strconv.Itoa(MaxRegexpBytes)+" bytes", "shorten it", "")
	}
	p.trimAnchors()
	translated, err := p.union(0)
	if err == nil && p.pos < p.end {
		err = p.mistake("regexp_bracket", p.pos, "this ) closes nothing", `write \) for the character`, p.escaped(p.pos))
	}
	if err != nil {
		return nil, err
	}
	flags := "(?s)"
	if fold {
		flags = "(?is)"
	}
	re, err := regexp.Compile(flags + `\A` + before + `(?:` + translated + `)` + after + `\z`)
	if err != nil {
		return nil, p.mistake("regexp_too_big", 0, "this regular expression is too big", "use smaller repetitions", "")
	}
	return re, nil
}

// regexpParser translates a pattern into the syntax of package regexp.
type regexpParser struct {
	pattern  string
	pos, end int
}

// trimAnchors leaves out ^ and $ around the pattern: it is anchored anyway.
func (p *regexpParser) trimAnchors() {
	p.end = len(p.pattern)
	if strings.HasPrefix(p.pattern, "^") {
		p.pos = 1
	}
	if body := p.pattern[p.pos:]; strings.HasSuffix(body, "$") {
		escapes := len(body) - 1 - len(strings.TrimRight(body[:len(body)-1], `\`))
		if escapes%2 == 0 {
			p.end--
		}
	}
}

// mistake makes an error about the pattern from pos on.
func (p *regexpParser) mistake(code string, pos int, problem, hint, suggestion string) error {
	return &query.SyntaxError{
		Code: code, Pos: pos, End: len(p.pattern), Query: p.pattern,
		Problem: problem, Hint: hint, Suggestion: suggestion,
	}
}

// escaped is the pattern with a backslash before the character at pos.
func (p *regexpParser) escaped(pos int) string {
	return p.pattern[:pos] + `\` + p.pattern[pos:]
}

func (p *regexpParser) more() bool { return p.pos < p.end }

// union reads alternatives up to a closing bracket or the end.
func (p *regexpParser) union(depth int) (string, error) {
	if depth > maxRegexpDepth {
		return "", p.mistake("regexp_too_deep", p.pos, "brackets are nested too deep", "use fewer of them", "")
	}
	var b strings.Builder
	for {
		for p.more() && p.pattern[p.pos] != '|' && p.pattern[p.pos] != ')' {
			part, err := p.repeated(depth)
			if err != nil {
				return "", err
			}
			b.WriteString(part)
		}
		if !p.more() || p.pattern[p.pos] != '|' {
			return b.String(), nil
		}
		p.pos++
		b.WriteByte('|')
	}
}

// repeated reads one unit and the repetitions behind it.
func (p *regexpParser) repeated(depth int) (string, error) {
	unit, err := p.unit(depth)
	for err == nil && p.more() {
		switch c := p.pattern[p.pos]; c {
		case '?', '*', '+':
			unit = "(?:" + unit + ")" + string(c)
			p.pos++
		case '{':
			var count string
			if count, err = p.count(); err == nil {
				unit = "(?:" + unit + ")" + count
			}
		default:
			return unit, nil
		}
		if len(unit) > 20*MaxRegexpBytes {
			err = p.mistake("regexp_too_big", p.pos, "this regular expression is too big", "use fewer repetitions", "")
		}
	}
	return unit, err
}

// count reads {n}, {n,} or {n,m}.
func (p *regexpParser) count() (string, error) {
	start := p.pos
	length := strings.IndexByte(p.pattern[start:p.end], '}')
	if length < 0 {
		return "", p.mistake("regexp_repeat", start, "this { is not closed", `write \{ for the character`, p.escaped(start))
	}
	low, high, open := strings.Cut(p.pattern[start+1:start+length], ",")
	n, err := strconv.ParseUint(low, 10, 16)
	m := n
	if err == nil && open && high != "" {
		m, err = strconv.ParseUint(high, 10, 16)
	}
	if err != nil || m < n || m > maxRepeat {
		return "", p.mistake("regexp_repeat", start, "this is no count of repetitions",
			`write {2}, {2,} or {2,5}, up to `+strconv.Itoa(maxRepeat)+`, or \{ for the character`, p.escaped(start))
	}
	p.pos = start + length + 1
	return p.pattern[start:p.pos], nil
}

// unit reads one character, class, string, interval or group.
func (p *regexpParser) unit(depth int) (string, error) {
	start := p.pos
	r, size := utf8.DecodeRuneInString(p.pattern[p.pos:p.end])
	p.pos += size
	switch r {
	case '.':
		return ".", nil
	case '@':
		return ".*", nil
	case '#':
		return `[^\x00-\x{10FFFF}]`, nil
	case '\\':
		return p.escape(start)
	case '(':
		return p.group(start, depth)
	case '[':
		return p.class(start)
	case '"':
		return p.literal(start)
	case '<':
		return p.interval(start), nil
	case '~', '&':
		return "", p.mistake("regexp_operator", start, "the operator "+string(r)+" is not supported in regular expressions",
			`write NOT or AND between clauses instead, or \`+string(r)+" for the character", p.escaped(start))
	case '?', '*', '+', '{':
		return "", p.mistake("regexp_repeat", start, "there is nothing to repeat before "+string(r),
			`write \`+string(r)+" for the character, or . before it for any character", p.escaped(start))
	}
	return quoteRune(r, size), nil
}

// quoteRune writes a character that stands for itself. A byte that is no UTF-8
// stands for nothing a text could have.
func quoteRune(r rune, size int) string {
	if r == utf8.RuneError && size == 1 {
		return `[^\x00-\x{10FFFF}]`
	}
	return regexp.QuoteMeta(string(r))
}

// escape reads what follows a backslash.
func (p *regexpParser) escape(start int) (string, error) {
	if !p.more() {
		return "", p.mistake("regexp_escape", start, "nothing follows this backslash", `write \\ for the character`, p.escaped(start))
	}
	r, size := utf8.DecodeRuneInString(p.pattern[p.pos:p.end])
	p.pos += size
	if strings.ContainsRune("dDwWsS", r) {
		return `\` + string(r), nil
	}
	return quoteRune(r, size), nil
}

func (p *regexpParser) group(start, depth int) (string, error) {
	inner, err := p.union(depth + 1)
	if err != nil {
		return "", err
	}
	if !p.more() {
		return "", p.mistake("regexp_bracket", start, "this ( is not closed", `close it with ), or write \( for the character`, p.escaped(start))
	}
	p.pos++
	return "(?:" + inner + ")", nil
}

// literal reads a string in quotation marks.
func (p *regexpParser) literal(start int) (string, error) {
	length := strings.IndexByte(p.pattern[p.pos:p.end], '"')
	if length < 0 {
		return "", p.mistake("regexp_quote", start, "this quotation mark is not closed", `close it, or write \" for the character`, p.escaped(start))
	}
	text := p.pattern[p.pos : p.pos+length]
	p.pos += length + 1
	if !utf8.ValidString(text) {
		return quoteRune(utf8.RuneError, 1), nil
	}
	return "(?:" + regexp.QuoteMeta(text) + ")", nil
}

// class reads a set of characters in square brackets.
func (p *regexpParser) class(start int) (string, error) {
	var b strings.Builder
	b.WriteByte('[')
	if p.more() && p.pattern[p.pos] == '^' {
		b.WriteByte('^')
		p.pos++
	}
	for first := true; p.more() && (first || p.pattern[p.pos] != ']'); first = false {
		low, name := p.classRune()
		if name != "" {
			b.WriteString(name)
			continue
		}
		high := low
		if p.pos+1 < p.end && p.pattern[p.pos] == '-' && p.pattern[p.pos+1] != ']' {
			at := p.pos
			p.pos++
			if high, name = p.classRune(); name != "" || high < low {
				return "", p.mistake("regexp_class", at, "this range of characters is upside down", `write \- for the character`, p.escaped(at))
			}
		}
		b.WriteString(classRange(low, high))
	}
	if !p.more() {
		return "", p.mistake("regexp_bracket", start, "this [ is not closed", `close it with ], or write \[ for the character`, p.escaped(start))
	}
	p.pos++
	b.WriteByte(']')
	return b.String(), nil
}

// classRune reads one character of a set, or a class such as \d by its name.
func (p *regexpParser) classRune() (r rune, name string) {
	r, size := utf8.DecodeRuneInString(p.pattern[p.pos:p.end])
	p.pos += size
	if r != '\\' || !p.more() {
		return r, ""
	}
	r, size = utf8.DecodeRuneInString(p.pattern[p.pos:p.end])
	p.pos += size
	if strings.ContainsRune("dDwWsS", r) {
		return 0, `\` + string(r)
	}
	return r, ""
}

func classRange(low, high rune) string {
	s := hexRune(low)
	if high != low {
		s += "-" + hexRune(high)
	}
	return s
}

func hexRune(r rune) string { return `\x{` + strconv.FormatInt(int64(r), 16) + "}" }
