package aggs

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

func (p *scriptParser) unary() (expression, error) {
	op := ""
	if !strings.HasPrefix(p.source[min(p.pos, len(p.source)):], "!=") {
		op = p.accept("-", "+", "!", "(double)", "(float)", "(long)", "(int)")
	}
	if op == "" {
		return p.postfix()
	}
	if p.depth++; p.depth > maxScriptDepth {
		return nil, p.mistake("it nests too deep")
	}
	defer func() { p.depth-- }()
	inner, err := p.unary()
	if err != nil {
		return nil, err
	}
	return func(s *scope) (operand, error) {
		v, err := inner(s)
		switch {
		case err != nil:
		case op == "!":
			return truthOf(!v.truth()), nil
		case v.isNull || v.isList:
			return v, errNull(op)
		case op == "-":
			v.x = -v.x
		case op == "(int)" || op == "(long)":
			v.x = math.Trunc(v.x)
		}
		return v, err
	}, nil
}

// postfix reads a primary with the index or the length of a list behind it.
func (p *scriptParser) postfix() (expression, error) {
	inner, err := p.primary()
	for err == nil {
		switch {
		case p.accept("[") != "":
			var at expression
			if at, err = p.choice(); err != nil {
				return nil, err
			}
			if p.accept("]") == "" {
				return nil, p.mistake("a ] is missing")
			}
			inner = indexed(inner, at)
		case p.accept(".length", ".size()") != "":
			list := inner
			inner = func(s *scope) (operand, error) {
				v, err := list(s)
				if err == nil && !v.isList {
					err = badf("only lists have a length")
				}
				return operand{x: float64(len(v.list))}, err
			}
		default:
			return inner, nil
		}
	}
	return nil, err
}

func indexed(list, at expression) expression {
	return func(s *scope) (operand, error) {
		v, err := list(s)
		if err != nil {
			return v, err
		}
		i, err := at(s)
		if err != nil {
			return i, err
		}
		n := i.number()
		if !v.isList || !(n >= 0 && n < float64(len(v.list))) {
			return v, badf("index [%v] is out of bounds for length [%d]", n, len(v.list))
		}
		return operand{x: v.list[int(n)]}, nil
	}
}

func (p *scriptParser) primary() (expression, error) {
	if p.accept("(") != "" {
		inner, err := p.choice()
		if err == nil && p.accept(")") == "" {
			err = p.mistake("a ) is missing")
		}
		return inner, err
	}
	start := p.pos
	for p.pos < len(p.source) && (isNameByte(p.source[p.pos]) || p.source[p.pos] == '.' && p.numberOrName(start)) {
		p.pos++
	}
	word := p.source[start:p.pos]
	switch {
	case word == "":
		return nil, p.mistake("a number or a name is missing")
	case word[0]-'0' < 10 || word[0] == '.':
		return p.literal(word)
	}
	return p.named(word)
}

// numberOrName tells whether the point here belongs to the word: those of
// names but the one before length and size() do.
func (p *scriptParser) numberOrName(int) bool {
	rest := p.source[p.pos:]
	return !strings.HasPrefix(rest, ".length") && !strings.HasPrefix(rest, ".size()")
}

func (p *scriptParser) literal(word string) (expression, error) {
	if strings.HasSuffix(strings.ToLower(word), "e") { // 1e-3
		if sign := p.accept("-", "+"); sign != "" {
			start := p.pos
			for p.pos < len(p.source) && p.source[p.pos]-'0' < 10 {
				p.pos++
			}
			word += sign + p.source[start:p.pos]
		}
	}
	x, err := strconv.ParseFloat(strings.TrimRight(word, "LlDdFf"), 64)
	if err != nil {
		return nil, p.mistake("[" + word + "] is no number")
	}
	return constant(operand{x: x}), nil
}

func constant(v operand) expression { return func(*scope) (operand, error) { return v, nil } }

// constants are names with a fixed meaning.
var constants = map[string]operand{
	"true": truthOf(true), "false": truthOf(false), "null": {isNull: true}, "Math.PI": {x: math.Pi}, "Math.E": {x: math.E},
	"Double.NaN": {x: math.NaN()}, "Double.MAX_VALUE": {x: math.MaxFloat64}, "Double.POSITIVE_INFINITY": {x: math.Inf(1)},
	"Double.NEGATIVE_INFINITY": {x: math.Inf(-1)},
}

func (p *scriptParser) named(word string) (expression, error) {
	if v, ok := constants[word]; ok {
		return constant(v), nil
	}
	if p.accept("(") != "" {
		return p.call(word)
	}
	name := strings.TrimPrefix(word, "params.")
	if word == "params" && p.accept("[") != "" {
		quote := p.accept("'", "\"")
		end := -1
		if quote != "" {
			end = strings.Index(p.source[p.pos:], quote)
		}
		if end < 0 {
			return nil, p.mistake("the name of a parameter is missing")
		}
		name = p.source[p.pos : p.pos+end]
		p.pos += end + 1
		if p.accept("]") == "" {
			return nil, p.mistake("a ] is missing")
		}
	}
	if !slices.Contains(p.names, name) && name == word || name == "" {
		return nil, p.mistake("[" + word + "] is not known")
	}
	return func(s *scope) (operand, error) {
		v, ok := s.vars[name]
		if !ok {
			v.isNull = true
		}
		return v, nil
	}, nil
}

// call reads the arguments of a function.
func (p *scriptParser) call(name string) (expression, error) {
	var args []expression
	for p.accept(")") == "" {
		if len(args) > 0 && p.accept(",") == "" || len(args) > 8 {
			return nil, p.mistake("a , or a ) is missing")
		}
		arg, err := p.choice()
		if err != nil {
			return nil, err
		}
		args = append(args, arg)
	}
	f, ok := functions[name]
	if !ok {
		return nil, p.mistake("the function [" + name + "] is not known")
	}
	if len(args) != f.args {
		return nil, p.mistake("[" + name + "] takes " + strconv.Itoa(f.args) + " arguments")
	}
	return func(s *scope) (operand, error) {
		values := make([]operand, len(args))
		for i, a := range args {
			var err error
			if values[i], err = a(s); err != nil {
				return values[i], err
			}
			if wantsList := i == 0 && f.list; values[i].isList != wantsList || values[i].isNull {
				return values[i], badf("argument %d of [%s] is of the wrong type", i+1, name)
			}
		}
		return operand{x: f.compute(values), isBool: f.truth}, nil
	}, nil
}
