package dsl

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/query/lucene"
)

// patternQuery is a prefix, wildcard, regexp or fuzzy query as read.
type patternQuery struct {
	text     string
	found    bool
	caseless bool
	flags    string
	fuzz     fuzziness
	same     int
}

// pattern reads a prefix, wildcard, regexp or fuzzy query, short or long.
func (r *reader) pattern(kind string, n *node, _ int) (query.Filter, error) {
	name, _, body, err := r.field(kind, n)
	if err != nil {
		return nil, err
	}
	q := patternQuery{flags: "ALL", fuzz: fuzzAuto}
	if body.kind == objectKind {
		err = r.params(kind, body, q.params(kind))
	} else {
		q.found = true
		q.text, err = text(body)
	}
	switch {
	case err != nil:
		return nil, err
	case !q.found:
		return nil, illegal("value cannot be null")
	}
	t := r.target(name)
	if t.index() {
		switch kind {
		case "prefix":
			return r.onIndex(q.text + "*")
		case "wildcard":
			return r.onIndex(q.text)
		}
		return nil, body.parsing("[%s] query does not support [_index]", kind)
	}
	switch kind {
	case "prefix":
		return r.prefix(t, q)
	case "wildcard":
		return r.wildcard(t, q)
	case "regexp":
		return r.regexp(t, q, body)
	}
	return r.fuzzy(t, q)
}

func (q *patternQuery) params(kind string) params {
	value := func(v *node) (err error) {
		q.found = v.kind != nullKind
		if q.found {
			q.text, err = text(v)
		}
		return err
	}
	known := params{"value": value, "rewrite": ignored}
	switch kind {
	case "fuzzy":
		known["term"] = value
		known["fuzziness"] = q.fuzz.read
		known["prefix_length"] = wholeInto(&q.same)
		known["max_expansions"] = ignored
		known["transpositions"] = mustBeTrue(kind, "transpositions")
	case "regexp":
		known["flags"] = textInto(&q.flags)
		known["flags_value"] = ignored
		known["max_determinized_states"] = ignored
		known["case_insensitive"] = truthInto(&q.caseless)
	default:
		known[kind] = value
		known["case_insensitive"] = truthInto(&q.caseless)
	}
	return known
}

func (r *reader) prefix(t target, q patternQuery) (query.Filter, error) {
	if t.caseless(q.caseless, q.text) {
		return r.folded(t, q.text, regexp.QuoteMeta(q.text)+".*")
	}
	return orNone(r.leaf(t, lucene.Beginning, q.text, 0, 0))
}

func (r *reader) wildcard(t target, q patternQuery) (query.Filter, error) {
	if t.caseless(q.caseless, q.text) {
		return r.folded(t, q.text, wildcardExpression(q.text))
	}
	if q.text == "" {
		return r.exactly(t, "")
	}
	return orNone(r.leaf(t, lucene.Pattern, q.text, 0, 0))
}

func (r *reader) regexp(t target, q patternQuery, at *node) (query.Filter, error) {
	pattern, err := withFlags(q.text, q.flags)
	if err != nil {
		return nil, at.fail("illegal_argument_exception", "%s", err)
	}
	if err := r.expression(); err != nil {
		return nil, err
	}
	if q.caseless && !t.ref.Folds() && t.ref.Field.Kind() == event.Keyword {
		re, err := lucene.CompileRegexp(pattern, true)
		if err != nil {
			return nil, valueError(t.name, q.text, err.(*query.SyntaxError))
		}
		return query.Regexp{Field: t.ref, Pattern: q.text, Compiled: re}, nil
	}
	return orNone(r.leaf(t, lucene.Expression, pattern, 0, 0))
}

func (r *reader) fuzzy(t target, q patternQuery) (query.Filter, error) {
	return orNone(r.leaf(t, lucene.Near, q.text, q.fuzz.of(q.text), q.same))
}

// orNone makes a value without words one that nothing matches.
func orNone(f query.Filter, err error) (query.Filter, error) {
	if err == nil && f == nil {
		f = query.None{}
	}
	return f, err
}

// flagOperators are the characters of a regular expression that mean something
// with a flag only.
var flagOperators = map[string]string{
	"COMPLEMENT": "~", "INTERVAL": "<", "INTERSECTION": "&", "ANYSTRING": "@", "EMPTY": "#",
}

// withFlags escapes the operators that the flags leave out.
func withFlags(pattern, flags string) (string, error) {
	off := "~<&@#"
	for flag := range strings.SplitSeq(flags, "|") {
		flag = strings.ToUpper(strings.TrimSpace(flag))
		operator, known := flagOperators[flag]
		switch {
		case flag == "ALL":
			off = ""
		case flag == "NONE" || flag == "" && flags == "":
		case known:
			off = strings.ReplaceAll(off, operator, "")
		default:
			return "", illegal("Unknown regexp flag [%s]", flag)
		}
	}
	if off == "" {
		return pattern, nil
	}
	var b strings.Builder
	class, quoted := false, false
	for i := 0; i < len(pattern); i++ {
		c := pattern[i]
		switch {
		case c == '\\' && !quoted && i+1 < len(pattern):
			b.WriteByte(c)
			i++
			c = pattern[i]
		case quoted:
			quoted = c != '"'
		case class:
			class = c != ']'
		case c == '[':
			class = true
		case c == '"':
			quoted = true
		case strings.IndexByte(off, c) >= 0:
			b.WriteByte('\\')
		}
		b.WriteByte(c)
	}
	return b.String(), nil
}

// fuzziness says how many edits a word may have.
type fuzziness struct {
	on        bool
	auto      bool
	low, high int // of auto: the lengths from which one and two edits are taken
	edits     int
}

var fuzzAuto = fuzziness{on: true, auto: true, low: 3, high: 6}

// read reads AUTO, AUTO:low,high or a number.
func (z *fuzziness) read(n *node) error {
	spec, err := text(n)
	if err != nil {
		return err
	}
	if err := z.set(spec); err != nil {
		return n.fail("illegal_argument_exception", "%s", err)
	}
	return nil
}

func (z *fuzziness) set(spec string) error {
	upper := strings.ToUpper(strings.TrimSpace(spec))
	if upper == "AUTO" {
		*z = fuzzAuto
		return nil
	}
	if limits, ok := strings.CutPrefix(upper, "AUTO:"); ok {
		low, high, both := strings.Cut(limits, ",")
		a, errA := strconv.Atoi(strings.TrimSpace(low))
		b, errB := strconv.Atoi(strings.TrimSpace(high))
		if !both || errA != nil || errB != nil || a < 0 || b <= a {
			return illegal("failed to find low and high distance values in [%s]; write AUTO:3,6", spec)
		}
		*z = fuzziness{on: true, auto: true, low: a, high: b}
		return nil
	}
	f, err := strconv.ParseFloat(upper, 64)
	if err != nil || f != 0 && f != 1 && f != 2 {
		return illegal("Invalid fuzziness value: %s; write AUTO, 0, 1 or 2", spec)
	}
	*z = fuzziness{on: true, edits: int(f)}
	return nil
}

// of is the number of edits of a word.
func (z fuzziness) of(word string) int {
	if !z.auto {
		return z.edits
	}
	switch n := utf8.RuneCountInString(word); {
	case n < z.low:
		return 0
	case n < z.high:
		return 1
	}
	return 2
}
