package query

import (
	"strconv"
	"strings"

	"rastro/internal/event"
)

// Format writes a filter as one line for tests, logs and people who wonder how
// a query was understood, such as
//
//	and(term(status, "deferred"), range(delay, 60 <= x))
//
// It is no query language: nothing reads it back.
func Format(f Filter) string {
	var b strings.Builder
	format(&b, f)
	return b.String()
}

func format(b *strings.Builder, f Filter) {
	switch f := f.(type) {
	case nil, All:
		b.WriteString("all")
	case None:
		b.WriteString("none")
	case And:
		formatList(b, "and", f.Filters)
	case Or:
		name := "or"
		if f.Min > 1 {
			name += ">=" + strconv.Itoa(f.Min)
		}
		formatList(b, name, f.Filters)
	case Not:
		formatList(b, "not", []Filter{f.Filter})
	case Term:
		call(b, "term", f.Field, strconv.Quote(f.Value))
	case Terms:
		quoted := make([]string, len(f.Values))
		for i, v := range f.Values {
			quoted[i] = strconv.Quote(v)
		}
		call(b, "terms", f.Field, quoted...)
	case Phrase:
		args := []string{strconv.Quote(f.Text)}
		if f.Slop > 0 {
			args = append(args, "slop "+strconv.Itoa(f.Slop))
		}
		if f.Open {
			args = append(args, "open")
		}
		call(b, "phrase", f.Field, args...)
	case Prefix:
		call(b, "prefix", f.Field, strconv.Quote(f.Value))
	case Wildcard:
		call(b, "wildcard", f.Field, strconv.Quote(f.Pattern))
	case Regexp:
		args := []string{"/" + f.Pattern + "/"}
		if f.Compiled != nil {
			args = append(args, f.Compiled.String())
		}
		call(b, "regexp", f.Field, args...)
	case Fuzzy:
		args := []string{strconv.Quote(f.Value), strconv.Itoa(f.Distance)}
		if f.Same > 0 {
			args = append(args, "same "+strconv.Itoa(f.Same))
		}
		call(b, "fuzzy", f.Field, args...)
	case Range:
		call(b, "range", f.Field, formatBounds(f))
	case CIDR:
		call(b, "cidr", f.Field, f.Network.String())
	case Exists:
		call(b, "exists", f.Field)
	case In:
		b.WriteString("in(" + formatRef(f.Field) + ", " + formatRef(f.Values) + " of ")
		format(b, f.Of)
		b.WriteByte(')')
	default:
		b.WriteString("unknown")
	}
}

func formatList(b *strings.Builder, name string, filters []Filter) {
	b.WriteString(name)
	b.WriteByte('(')
	for i, f := range filters {
		if i > 0 {
			b.WriteString(", ")
		}
		format(b, f)
	}
	b.WriteByte(')')
}

func call(b *strings.Builder, name string, ref FieldRef, args ...string) {
	b.WriteString(name)
	b.WriteByte('(')
	b.WriteString(formatRef(ref))
	for _, a := range args {
		b.WriteString(", ")
		b.WriteString(a)
	}
	b.WriteByte(')')
}

// formatRef marks a name that the table does not know with ? and an exact
// field with =.
func formatRef(ref FieldRef) string {
	name := ref.Name
	if ref.Field == event.NoField {
		name += "?"
	} else if ref.Exact {
		name += "="
	}
	return name
}

func formatBounds(r Range) string {
	s := "x"
	if r.From.Set {
		s = formatBound(r.Field, r.From) + lessSign(r.From) + s
	}
	if r.To.Set {
		s += lessSign(r.To) + formatBound(r.Field, r.To)
	}
	return s
}

func lessSign(b Bound) string {
	if b.Inclusive {
		return " <= "
	}
	return " < "
}

func formatBound(ref FieldRef, b Bound) string {
	if ref.Field == event.NoField || ref.Field.Kind().IsText() {
		return strconv.Quote(b.Text)
	}
	switch ref.Field.Kind() {
	case event.Number:
		return strconv.FormatFloat(b.Float, 'g', -1, 64)
	case event.Time:
		return event.FormatTime(b.Int)
	default:
		return strconv.FormatInt(b.Int, 10)
	}
}
