package aggs

import (
	"math"
	"strings"
)

const (
	// maxScript bounds the length of a script.
	maxScript = 4096
	// maxScriptDepth bounds how deep its expressions nest.
	maxScriptDepth = 50
)

// operand is a value inside a script: a number, a truth, a list or null.
type operand struct {
	x      float64
	isBool bool
	isNull bool
	isList bool
	isVoid bool // the script came to its end without a value
	list   []float64
}

func truthOf(b bool) operand {
	if b {
		return operand{x: 1, isBool: true}
	}
	return operand{isBool: true}
}

// number is the operand as a number; NaN for what is none.
func (o operand) number() float64 {
	if o.isVoid {
		return 0
	}
	if o.isNull || o.isList {
		return math.NaN()
	}
	return o.x
}

// truth is the operand as a condition: numbers other than 0 are true.
func (o operand) truth() bool { return !o.isNull && !o.isList && o.x != 0 && !math.IsNaN(o.x) }

// script is one expression in the part of painless (and of Lucene's
// expressions) that computes with numbers.
type script struct {
	source string
	root   expression
}

// scope is what the names in a script mean.
type scope struct{ vars map[string]operand }

type expression func(s *scope) (operand, error)

// run computes the script. vars win over params.
func (s *script) run(vars map[string]operand, params map[string]float64) (operand, error) {
	all := make(map[string]operand, len(vars)+len(params))
	for name, x := range params {
		all[name] = operand{x: x}
	}
	for name, v := range vars {
		all[name] = v
	}
	v, err := s.root(&scope{vars: all})
	if err != nil {
		return v, failf("script_exception", "runtime error in [%s]: %s", s.source, err.Error())
	}
	return v, nil
}

// script reads the parameter script: a text, or an object with source, lang
// and params.
func (p *params) script(names []string) (*script, map[string]float64) {
	v := p.get("script")
	known := map[string]float64{}
	if v == nil {
		if p.err == nil {
			p.err = p.fail(typeParsing, p.at, "Missing required field [script] for ["+p.typ+"] aggregation ["+p.name+"]")
		}
		return nil, known
	}
	source := v.text
	if v.kind == isObject {
		source = p.scriptObject(v, known)
	}
	for name := range known {
		names = append(names, name)
	}
	s, err := compileScript(source, names)
	if err != nil && p.err == nil {
		p.err = err
	}
	return s, known
}

func (p *params) scriptObject(v *value, known map[string]float64) (source string) {
	for i := range v.members {
		switch m := &v.members[i]; m.name {
		case "source", "inline":
			source = m.text
		case "lang":
			if m.text != "painless" && m.text != "expression" {
				p.failAt(&m.value, typeArgument, "script_lang not supported [%s]", m.text)
			}
		case "params":
			for j := range m.members {
				one := &m.members[j]
				switch one.kind {
				case isBool:
					known[one.name] = 0
					if one.text == "true" {
						known[one.name] = 1
					}
				default:
					known[one.name] = p.numberOf(&one.value, "params."+one.name)
				}
			}
		case "id":
			p.failAt(&m.value, typeArgument, "stored scripts are not supported; give the [source]")
		default:
			p.failAt(&m.value, typeContent, "[script] unknown field [%s]", m.name)
		}
	}
	return source
}

// scriptParser reads a script.
type scriptParser struct {
	source string
	pos    int
	names  []string
	depth  int
}

// compileScript reads an expression. names are the variables it may use.
func compileScript(source string, names []string) (*script, error) {
	if len(source) > maxScript {
		return nil, failf("script_exception", "exceeded max allowed script size in bytes [%d]", maxScript)
	}
	p := &scriptParser{source: source, names: names}
	root, err := p.statement()
	if err != nil {
		return nil, err
	}
	if p.space(); p.pos < len(source) {
		return nil, p.mistake("this is not understood")
	}
	return &script{source: source, root: root}, nil
}

// statement reads an expression, with or without return, or if (a) {b} and
// what comes else. Without an else the script gives nothing.
func (p *scriptParser) statement() (expression, error) {
	if p.depth++; p.depth > maxScriptDepth {
		return nil, p.mistake("it nests too deep")
	}
	defer func() { p.depth-- }()
	if !p.take("if") {
		p.take("return")
		value, err := p.choice()
		p.accept(";")
		return value, err
	}
	if p.accept("(") == "" {
		return nil, p.mistake("a ( is missing")
	}
	condition, err := p.choice()
	if err != nil {
		return nil, err
	}
	if p.accept(")") == "" {
		return nil, p.mistake("a ) is missing")
	}
	yes, err := p.block()
	if err != nil {
		return nil, err
	}
	no := constant(operand{isNull: true, isVoid: true})
	if rest := p.take("else"); rest || p.more() {
		if no, err = p.block(); err != nil {
			return nil, err
		}
	}
	return chosen(condition, yes, no), nil
}

// block reads a statement, with or without braces.
func (p *scriptParser) block() (expression, error) {
	if p.accept("{") == "" {
		return p.statement()
	}
	inner, err := p.statement()
	if err == nil && p.accept("}") == "" {
		err = p.mistake("a } is missing")
	}
	return inner, err
}

// more tells whether another statement follows.
func (p *scriptParser) more() bool {
	p.space()
	return p.pos < len(p.source) && p.source[p.pos] != '}'
}

// take takes a word.
func (p *scriptParser) take(w string) bool {
	if !p.word(w) {
		return false
	}
	p.pos += len(w)
	return true
}

func (p *scriptParser) mistake(problem string) error {
	return failf("script_exception", "compile error in [%s] at [%d]: %s; what is possible is one expression of numbers, params.x, + - * / %%, comparisons, && || !, ?:, Math.* and MovingFunctions.*", p.source, p.pos, problem)
}

func (p *scriptParser) space() {
	for p.pos < len(p.source) && strings.IndexByte(" \t\r\n", p.source[p.pos]) >= 0 {
		p.pos++
	}
}

// word tells whether a word stands here.
func (p *scriptParser) word(w string) bool {
	p.space()
	rest, ok := strings.CutPrefix(p.source[p.pos:], w)
	return ok && (rest == "" || !isNameByte(rest[0]))
}

func isNameByte(c byte) bool { return c == '_' || c-'0' < 10 || c|0x20-'a' < 26 }

// accept takes one of the signs, the longer ones first.
func (p *scriptParser) accept(signs ...string) string {
	p.space()
	for _, s := range signs {
		if strings.HasPrefix(p.source[p.pos:], s) {
			p.pos += len(s)
			return s
		}
	}
	return ""
}

// choice reads a ? b : c.
func (p *scriptParser) choice() (expression, error) {
	if p.depth++; p.depth > maxScriptDepth {
		return nil, p.mistake("it nests too deep")
	}
	defer func() { p.depth-- }()
	condition, err := p.binary(0)
	if err != nil || p.accept("?") == "" {
		return condition, err
	}
	yes, err := p.choice()
	if err != nil {
		return nil, err
	}
	if p.accept(":") == "" {
		return nil, p.mistake("a : is missing")
	}
	no, err := p.choice()
	if err != nil {
		return nil, err
	}
	return chosen(condition, yes, no), nil
}

func chosen(condition, yes, no expression) expression {
	return func(s *scope) (operand, error) {
		c, err := condition(s)
		if err != nil {
			return c, err
		}
		if c.truth() {
			return yes(s)
		}
		return no(s)
	}
}

// levels are the operators of two operands, the weakest first; longer signs
// before those that they begin with.
var levels = [][]string{{"||"}, {"&&"}, {"===", "!==", "==", "!="}, {"<=", ">=", "<", ">"}, {"+", "-"}, {"*", "/", "%"}}

func (p *scriptParser) binary(level int) (expression, error) {
	if level == len(levels) {
		return p.unary()
	}
	left, err := p.binary(level + 1)
	if err != nil {
		return nil, err
	}
	for n := 0; ; n++ {
		op := p.accept(levels[level]...)
		if op == "" {
			return left, nil
		}
		if n > 200 {
			return nil, p.mistake("it is too long")
		}
		right, err := p.binary(level + 1)
		if err != nil {
			return nil, err
		}
		left = joined(op, left, right)
	}
}

// joined is an operator with its operands.
func joined(op string, left, right expression) expression {
	return func(s *scope) (operand, error) {
		a, err := left(s)
		if err != nil {
			return a, err
		}
		if op == "&&" && !a.truth() || op == "||" && a.truth() {
			return truthOf(op == "||"), nil
		}
		b, err := right(s)
		if err != nil {
			return b, err
		}
		return operate(op, a, b)
	}
}

func operate(op string, a, b operand) (operand, error) {
	switch op {
	case "&&", "||":
		return truthOf(b.truth()), nil
	case "==", "===":
		return truthOf(a.isNull == b.isNull && (a.isNull || a.x == b.x)), nil
	case "!=", "!==":
		return truthOf(a.isNull != b.isNull || !a.isNull && a.x != b.x), nil
	}
	if a.isNull || b.isNull || a.isList || b.isList {
		return a, errNull(op)
	}
	x, y := a.x, b.x
	switch op {
	case "<":
		return truthOf(x < y), nil
	case "<=":
		return truthOf(x <= y), nil
	case ">":
		return truthOf(x > y), nil
	case ">=":
		return truthOf(x >= y), nil
	case "+":
		return operand{x: x + y}, nil
	case "-":
		return operand{x: x - y}, nil
	case "*":
		return operand{x: x * y}, nil
	case "/":
		return operand{x: x / y}, nil
	}
	return operand{x: math.Mod(x, y)}, nil
}

// errNull is what painless calls a NullPointerException: a parameter that is
// not there is computed with.
func errNull(op string) error {
	return badf("NullPointerException: [%s] needs numbers; a parameter is not there", op)
}
