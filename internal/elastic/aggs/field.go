package aggs

import (
	"encoding/json"
	"math"
	"strconv"
	"time"

	"rastro/internal/event"
	"rastro/internal/query"
)

// field is a field with the way its values are written.
type field struct {
	name string
	ref  query.FieldRef
	form form
	// mapped is Elasticsearch's type of a field that the table does not know.
	mapped string
	format string
	zone   *time.Location
}

// form is how the values of a field are written in an answer.
type form uint8

const (
	// formGuess is a field whose values tell: numbers where all of them are.
	formGuess form = iota
	formText
	formIP
	formLong
	formDouble
	formBool
	formDate
)

// formOf finds the form of a field; typ is Elasticsearch's type of a field
// that the table does not know.
func formOf(ref query.FieldRef, typ string) form {
	if ref.Field == event.NoField {
		if ref.Exact {
			return formText
		}
		return formOfType(typ)
	}
	switch ref.Field.Kind() {
	case event.IP:
		return formIP
	case event.Integer:
		return formLong
	case event.Number:
		return formDouble
	case event.Bool:
		return formBool
	case event.Time:
		return formDate
	}
	return formText
}

func formOfType(typ string) form {
	switch typ {
	case "keyword", "text", "constant_keyword", "wildcard", "flattened":
		return formText
	case "ip":
		return formIP
	case "long", "integer", "short", "byte", "unsigned_long":
		return formLong
	case "double", "float", "half_float", "scaled_float":
		return formDouble
	case "boolean":
		return formBool
	case "date", "date_nanos":
		return formDate
	}
	return formGuess
}

// hint applies value_type, which counts for fields that nothing is known of.
func (f *field) hint(valueType string) {
	if f.form != formGuess {
		return
	}
	switch valueType {
	case "string":
		f.form = formText
	case "number", "numeric", "double", "float":
		f.form = formDouble
	default:
		f.form = formOfType(valueType)
	}
}

// isKnownText tells that a field holds strings for sure.
func (f *field) isKnownText() bool {
	if f.ref.Field == event.NoField {
		return f.form == formIP || f.form == formText && f.mapped != ""
	}
	return f.ref.Field.Kind().IsText()
}

// dates tells that a field holds points in time.
func (f *field) dates() bool { return f.form == formDate }

// as is how the engine reads the values of the field, where the table does not
// know it.
func (f *field) as() event.Kind {
	switch {
	case f.ref.Field != event.NoField:
	case f.dates():
		return event.Time
	case f.form == formLong || f.form == formDouble:
		return event.Number
	}
	return event.Keyword
}

// nanos is one millisecond.
const nanos = float64(time.Millisecond)

// figure is a number of the engine in the unit of the answer: milliseconds for
// dates.
func (f *field) figure(x float64) float64 {
	if f.dates() {
		return math.Floor(x/nanos + 1e-3)
	}
	return x
}

// figures writes a figure, and as a string where it is a date, a boolean or
// has a format. x is in the unit of the answer.
func (f *field) figures(name string, x float64) []jsonField {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return []jsonField{{name, json.RawMessage("null")}}
	}
	list := []jsonField{{name, double(x)}}
	if s, ok := f.written(x); ok {
		list = append(list, jsonField{name + "_as_string", quoted(s)})
	}
	return list
}

// written is the text of a figure where it has one.
func (f *field) written(x float64) (string, bool) {
	switch {
	case f.dates():
		return writeDate(x, f.format, f.zone), true
	case f.format != "":
		return writeNumber(x, f.format), true
	case f.form == formBool:
		return strconv.FormatBool(int64(x) != 0), true
	}
	return "", false
}
