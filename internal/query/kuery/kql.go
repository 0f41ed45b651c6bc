package kuery

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxKQL and maxDepth bound a query of Kibana's own language, or a JSON query:
// in bytes, and in brackets within brackets.
const (
	maxKQL   = 10_000
	maxDepth = 40
)

// fromKQL translates a query of Kibana's query language (KQL, "kuery"). What
// cannot be said in Lucene's syntax is an error that names it.
func fromKQL(text string) (Condition, error) {
	if len(text) > maxKQL {
		return Condition{}, fmt.Errorf("the KQL query has %d bytes, %d are the most", len(text), maxKQL)
	}
	if strings.TrimSpace(text) == "" {
		return Everything, nil
	}
	k := &kql{text: text}
	c, err := k.either(0)
	if err == nil {
		if k.space(); k.pos < len(k.text) {
			err = k.fault("an operator or the end of the query is missing")
		}
	}
	return c, err
}

// kql reads a query: or binds least, then and, then not.
type kql struct {
	text string
	pos  int
}

func (k *kql) fault(problem string) error {
	return fmt.Errorf("KQL, character %d: %s", utf8.RuneCountInString(k.text[:k.pos])+1, problem)
}

func (k *kql) space() {
	for k.pos < len(k.text) {
		r, n := utf8.DecodeRuneInString(k.text[k.pos:])
		if !unicode.IsSpace(r) {
			return
		}
		k.pos += n
	}
}

// sign takes a sign if it is next.
func (k *kql) sign(s string) bool {
	k.space()
	if strings.HasPrefix(k.text[k.pos:], s) {
		k.pos += len(s)
		return true
	}
	return false
}

// word takes one of and, or, not if it is next.
func (k *kql) word(w string) bool {
	k.space()
	if !k.atWord(w) {
		return false
	}
	k.pos += len(w)
	return true
}

func (k *kql) atWord(w string) bool {
	rest := k.text[k.pos:]
	if len(rest) < len(w) || !strings.EqualFold(rest[:len(w)], w) {
		return false
	}
	if len(rest) == len(w) {
		return w != "not" // alone it is a value
	}
	r, _ := utf8.DecodeRuneInString(rest[len(w):])
	return unicode.IsSpace(r) || r == '(' || r == ')'
}

func (k *kql) either(depth int) (Condition, error) {
	return k.list(depth, "or", AnyOf, k.both)
}

func (k *kql) both(depth int) (Condition, error) {
	return k.list(depth, "and", AllOf, k.negated)
}

func (k *kql) list(depth int, word string, join func(...Condition) Condition, next func(int) (Condition, error)) (Condition, error) {
	first, err := next(depth)
	if err != nil {
		return first, err
	}
	parts := []Condition{first}
	for k.word(word) {
		c, err := next(depth)
		if err != nil {
			return c, err
		}
		parts = append(parts, c)
	}
	return join(parts...), nil
}

func (k *kql) negated(depth int) (Condition, error) {
	if depth > maxDepth {
		return Condition{}, k.fault("brackets are nested too deep")
	}
	if k.word("not") {
		c, err := k.negated(depth + 1)
		return not(c), err
	}
	if !k.sign("(") {
		return k.expression(depth)
	}
	c, err := k.either(depth + 1)
	if err == nil && !k.sign(")") {
		err = k.fault("a closing bracket is missing")
	}
	return c, err
}

// expression is field:value, field:(values), field < value, or a value alone.
func (k *kql) expression(depth int) (Condition, error) {
	field, err := k.value()
	if err != nil {
		return Condition{}, err
	}
	for _, op := range []string{"<=", ">=", "<", ">"} {
		if k.sign(op) {
			v, err := k.value()
			if err != nil {
				return Condition{}, err
			}
			return compare(field.text, op, v.text), nil
		}
	}
	switch {
	case !k.sign(":"):
		return field.on(""), nil
	case field.stars && field.text != "*":
		return Condition{}, k.fault("a field name with * cannot be translated")
	case k.sign("{"):
		return Condition{}, k.fault("a query in nested documents cannot be translated: events are flat")
	}
	return k.of(field.text, depth)
}

// of reads what stands behind a field: a value, or values in brackets with
// and, or, not between them.
func (k *kql) of(field string, depth int) (Condition, error) {
	if depth > maxDepth {
		return Condition{}, k.fault("brackets are nested too deep")
	}
	if !k.sign("(") {
		v, err := k.value()
		if err != nil {
			return Condition{}, err
		}
		return v.on(field), nil
	}
	one := func(depth int) (Condition, error) {
		if k.word("not") {
			c, err := k.of(field, depth+1)
			return not(c), err
		}
		return k.of(field, depth+1)
	}
	both := func(depth int) (Condition, error) { return k.list(depth, "and", AllOf, one) }
	c, err := k.list(depth, "or", AnyOf, both)
	if err == nil && !k.sign(")") {
		err = k.fault("a closing bracket is missing")
	}
	return c, err
}

func compare(field, op, value string) Condition {
	if op[0] == '<' {
		return Between(field, "", value, true, op == "<=")
	}
	return Between(field, value, "", op == ">=", true)
}

// kqlValue is a value: text without escapes; stars: a * in it stands for
// anything, and pattern is how Lucene's syntax writes it.
type kqlValue struct {
	text    string
	pattern string
	stars   bool
	quotes  bool
}

func (v kqlValue) on(field string) Condition {
	switch {
	case v.stars && (field == "" || field == "*") && strings.Trim(v.text, "*") == "":
		return Everything
	case v.stars && strings.ContainsFunc(v.text, unicode.IsSpace) && (field == "" || field == "*" || isText(field)):
		var parts []Condition
		for _, one := range strings.Fields(v.text) {
			parts = append(parts, like(field, escaped(one, false)))
		}
		return AnyOf(parts...)
	case v.stars:
		return like(field, v.pattern)
	case v.quotes:
		return on(field, quoted(v.text))
	}
	return words(field, v.text, false)
}

func (k *kql) value() (kqlValue, error) {
	if k.sign(`"`) {
		return k.quoted()
	}
	k.space()
	return k.literal()
}

func (k *kql) quoted() (kqlValue, error) {
	var out strings.Builder
	for k.pos < len(k.text) {
		r, n := utf8.DecodeRuneInString(k.text[k.pos:])
		k.pos += n
		switch r {
		case '"':
			return kqlValue{text: out.String(), quotes: true}, nil
		case '\\':
			out.WriteString(k.escape())
		default:
			out.WriteRune(r)
		}
	}
	return kqlValue{}, k.fault("a quote is not closed")
}

// escape reads what stands behind a backslash.
func (k *kql) escape() string {
	if k.pos >= len(k.text) {
		return `\`
	}
	rest := k.text[k.pos:]
	if rest[0] == 'u' && len(rest) >= 5 {
		if n, err := strconv.ParseUint(rest[1:5], 16, 32); err == nil {
			k.pos += 5
			return string(rune(n))
		}
	}
	r, n := utf8.DecodeRuneInString(rest)
	k.pos += n
	switch r {
	case 't':
		return "\t"
	case 'r':
		return "\r"
	case 'n':
		return "\n"
	}
	return string(r)
}

// star stands for a wildcard while a literal is read: an escaped * is none.
const star = '\uE000'

// literal reads words up to a sign, or to and, or, between blanks.
func (k *kql) literal() (kqlValue, error) {
	var raw strings.Builder
	begin := k.pos
	for k.pos < len(k.text) {
		r, n := utf8.DecodeRuneInString(k.text[k.pos:])
		if strings.ContainsRune(`():<>"{}`, r) || (k.pos == begin || unicode.IsSpace(before(k.text, k.pos))) && (k.atWord("and") || k.atWord("or")) {
			break
		}
		k.pos += n
		switch r {
		case '\\':
			raw.WriteString(k.escape())
		case '*':
			raw.WriteRune(star)
		default:
			raw.WriteRune(r)
		}
	}
	text := strings.TrimSpace(raw.String())
	if text == "" {
		return kqlValue{}, k.fault("a value is missing")
	}
	v := kqlValue{text: strings.ReplaceAll(text, string(star), "*"), stars: strings.ContainsRune(text, star)}
	parts := strings.Split(text, string(star))
	for i, one := range parts {
		parts[i] = strings.ReplaceAll(escaped(one, false), "*", `\*`)
	}
	v.pattern = strings.Join(parts, "*")
	return v, nil
}

func before(text string, pos int) rune {
	r, _ := utf8.DecodeLastRuneInString(text[:pos])
	return r
}
