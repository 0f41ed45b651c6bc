package lucene

import (
	"errors"
	"strconv"
	"strings"

	"rastro/internal/event"
	"rastro/internal/query"
)

// valueCodes holds the codes of mistakes that are about a value and not about
// the syntax of a query: a lenient query takes such a clause as one that
// nothing matches.
var valueCodes = map[string]bool{
	"bad_number": true, "bad_boolean": true, "bad_date": true, "bad_address": true,
	"bad_network": true, "date_operator": true, "date_truncated": true,
	"date_unit": true, "date_rounding": true, "date_out_of_range": true,
}

// codeOf is the code of a mistake.
func codeOf(err error) string {
	var mistake *query.SyntaxError
	if errors.As(err, &mistake) {
		return mistake.Code
	}
	return ""
}

// inside makes a mistake about a part of the query, text[pos:end], one about
// the query. exact tells that the part stands in the query as it is.
func (p *parser) inside(err error, pos, end int, exact bool) error {
	var mistake *query.SyntaxError
	if !errors.As(err, &mistake) {
		return err
	}
	suggestion := ""
	if mistake.Suggestion != "" {
		suggestion = p.replaced(pos, end, mistake.Suggestion)
	}
	from, to := pos, end
	if exact {
		from, to = pos+mistake.Pos, pos+mistake.End
	}
	return p.mistake(mistake.Code, from, to, mistake.Problem, mistake.Hint, suggestion)
}

// badValue reports a value at text[pos:end] that a field of numbers or truth
// values cannot have. Its clause begins at start; -1
// stands for the end of a range.
func (p *parser) badValue(ref query.FieldRef, start, pos, end int, text string) error {
	kind := ref.Field.Kind()
	code, what := "bad_number", "whole numbers"
	switch kind {
	case event.Number:
		what = "numbers"
	case event.Bool:
		code, what = "bad_boolean", "true or false"
	}
	mended := meantValue(ref, text)
	hint := "write " + ref.Name + ":" + mended
	suggestion := p.replaced(pos, end, mended)
	if mended == "" {
		hint, suggestion = "to search the text of the line, write "+quote(text)+" without a field", ""
		switch {
		case start < 0: // one end of a range
			suggestion = p.replaced(pos, end, "*")
		case start < pos:
			suggestion = p.replaced(start, end, quote(text))
		}
	}
	return p.mistake(code, pos, end, ref.Name+" holds "+what+", and "+strconv.Quote(text)+" is none of them", hint, suggestion)
}

// meantValue guesses the number or truth value that is meant; "" if it cannot.
func meantValue(ref query.FieldRef, text string) string {
	lower := strings.ToLower(strings.TrimSpace(text))
	if ref.Field.Kind() == event.Bool {
		switch lower {
		case "1", "yes", "y", "on", "si", "sí", "t":
			return "true"
		case "0", "no", "n", "off", "f":
			return "false"
		}
		return ""
	}
	digits := lower[:len(lower)-len(strings.TrimLeft(lower, "0123456789."))]
	n, err := strconv.ParseFloat(digits, 64)
	if err != nil {
		return ""
	}
	factor, ok := unitFactors(ref)[strings.TrimSpace(lower[len(digits):])]
	if !ok {
		factor = 1
	}
	n *= factor
	if ref.Field.Kind() == event.Integer {
		return strconv.FormatFloat(float64(int64(n)), 'f', -1, 64)
	}
	return strconv.FormatFloat(n, 'f', -1, 64)
}

// unitFactors are the units that people write behind the numbers of a field.
func unitFactors(ref query.FieldRef) map[string]float64 {
	if ref.Field == event.Size {
		return map[string]float64{
			"b": 1, "k": 1 << 10, "kb": 1 << 10, "m": 1 << 20, "mb": 1 << 20, "g": 1 << 30, "gb": 1 << 30,
		}
	}
	return map[string]float64{"s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}
}

// badNetwork reports a value with a slash that is no network.
func (p *parser) badNetwork(ref query.FieldRef, v value, text string) error {
	suggestion := ""
	address, bits, _ := strings.Cut(text, "/")
	limit := 32
	if strings.Contains(address, ":") {
		limit = 128
	}
	if n, err := strconv.Atoi(bits); err != nil && strings.Count(address, ".") == 3 {
		suggestion = p.replaced(v.pos, v.end, quote(address))
	} else if n > limit {
		suggestion = p.replaced(v.pos, v.end, quote(address+"/"+strconv.Itoa(limit)))
	}
	return p.mistake("bad_network", v.pos, v.end, strconv.Quote(text)+" is no network",
		"write "+ref.Name+`:192.0.2.0/24 or `+ref.Name+`:"2001:db8::/32"`, suggestion)
}
