package aggs

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"rastro/internal/query"
)

// params reads the body of one aggregation. The first mistake is kept and
// reported by done, so that readers of many parameters stay plain.
type params struct {
	*parser
	typ, name string
	v         *value
	at        int
	parents   []*node
	used      []string
	err       error
}

// failAt keeps the first mistake.
func (p *params) failAt(v *value, kind, format string, args ...any) {
	if p.err == nil {
		p.err = p.fail(kind, v.start, fmt.Sprintf(format, args...))
	}
}

// get finds a parameter; null counts as left out.
func (p *params) get(name string) *value {
	p.used = append(p.used, name)
	v := p.v.get(name)
	if v == nil || v.kind == isNull {
		return nil
	}
	return v
}

// skip takes parameters that change nothing here.
func (p *params) skip(names ...string) { p.used = append(p.used, names...) }

// done reports the first mistake, or a parameter that nobody asked for.
func (p *params) done() error {
	if p.err != nil {
		return p.err
	}
	for i := range p.v.members {
		m := &p.v.members[i]
		if slices.Contains(p.used, m.name) {
			continue
		}
		line, col := p.place(m.at)
		if m.name == "script" {
			return p.fail(typeArgument, m.at, "["+p.typ+"] ["+p.name+"]: scripts are not supported; name a [field]")
		}
		return p.fail(typeContent, m.at, fmt.Sprintf("[%d:%d] [%s] unknown field [%s]%s", line, col, p.typ, m.name, didYouMean(m.name, p.used)))
	}
	return nil
}

func (p *params) text(name, fallback string) string {
	v := p.get(name)
	if v == nil {
		return fallback
	}
	if v.kind == isObject || v.kind == isList {
		p.failAt(v, typeContent, "[%s] %s doesn't support values of type: %s", p.typ, name, v.kind)
		return fallback
	}
	return v.text
}

func (p *params) number(name string, fallback float64) float64 {
	v := p.get(name)
	if v == nil {
		return fallback
	}
	return p.numberOf(v, name)
}

func (p *params) numberOf(v *value, name string) float64 {
	x, err := strconv.ParseFloat(v.text, 64)
	if v.kind != isNumber && v.kind != isString || err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		p.failAt(v, typeContent, "[%s] failed to parse field [%s]: it is no number", p.typ, name)
		return 0
	}
	return x
}

// whole reads a whole number of at least least.
func (p *params) whole(name string, fallback, least int) int {
	v := p.get(name)
	if v == nil {
		return fallback
	}
	x := p.numberOf(v, name)
	switch {
	case p.err != nil:
	case x != math.Trunc(x) || x > math.MaxInt32:
		p.failAt(v, typeContent, "[%s] failed to parse field [%s]: [%s] is no whole number", p.typ, name, v.text)
	case x < float64(least):
		p.failAt(v, typeArgument, "[%s] must be greater than or equal to %d. Found [%s] in [%s]", name, least, v.text, p.name)
	}
	return int(x)
}

func (p *params) flag(name string, fallback bool) bool {
	v := p.get(name)
	if v == nil {
		return fallback
	}
	switch v.text {
	case "true":
		return true
	case "false":
		return false
	}
	p.failAt(v, typeContent, "[%s] %s is neither true nor false", p.typ, name)
	return fallback
}

// texts reads a list of strings, or one string.
func (p *params) texts(v *value) []string {
	if v == nil {
		return nil
	}
	if v.kind != isList {
		return []string{v.text}
	}
	list := make([]string, 0, len(v.items))
	for i := range v.items {
		list = append(list, v.items[i].text)
	}
	return list
}

// numbers reads a list of numbers.
func (p *params) numbers(v *value, name string) []float64 {
	if v.kind != isList {
		return []float64{p.numberOf(v, name)}
	}
	list := make([]float64, 0, len(v.items))
	for i := range v.items {
		list = append(list, p.numberOf(&v.items[i], name))
	}
	return list
}

// filter reads a query.
func (p *params) filter(v *value) query.Filter {
	if p.err != nil {
		return query.None{}
	}
	if v.kind != isObject {
		p.failAt(v, typeParsing, "[%s] query malformed, must start with start_object", p.typ)
		return query.None{}
	}
	if p.plan.opts.ParseQuery == nil {
		p.failAt(v, typeArgument, "[%s] queries are not supported here", p.typ)
		return query.None{}
	}
	f, err := p.plan.opts.ParseQuery(p.raw(v))
	if err != nil {
		p.err = err
		return query.None{}
	}
	return f
}

// field reads the parameter field, which most aggregations need.
func (p *params) field() field {
	name := p.text("field", "")
	if p.v.get("script") != nil && p.err == nil {
		p.err = p.fail(typeArgument, p.at, "["+p.typ+"] ["+p.name+"]: scripts are not supported; name a [field]")
	}
	if name == "" && p.err == nil {
		p.err = p.fail(typeArgument, p.at, "Required one of fields [field, script], but none were specified. ")
	}
	f := p.fieldNamed(name)
	if hint := p.text("value_type", ""); hint != "" {
		f.hint(hint)
	}
	f.format = p.format()
	return f
}

// fieldNamed makes a field of a name.
func (p *params) fieldNamed(name string) field {
	f := field{name: name, ref: query.Ref(name)}
	typ := ""
	if tell := p.plan.opts.FieldType; tell != nil && f.ref.Field == 0 {
		typ = tell(strings.TrimSuffix(name, ".keyword"))
	}
	f.form, f.mapped = formOf(f.ref, typ), typ
	return f
}

// format reads the pattern in which figures and dates are written.
func (p *params) format() string { return p.text("format", "") }
