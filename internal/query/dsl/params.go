package dsl

import (
	"math"
	"strconv"
)

// params are the parameters of a query by name.
type params map[string]func(*node) error

// params reads the members of an object as parameters; _name and boost are
// taken everywhere and change nothing.
func (r *reader) params(kind string, n *node, known params) error {
	return readParams(kind, n, known, func(m member) error {
		return m.place.parsing("[%s] query does not support [%s]", kind, m.name)
	})
}

// objectParams is params for the queries whose parameters Elasticsearch reads
// as the fields of an object.
func (r *reader) objectParams(kind string, n *node, known params) error {
	return readParams(kind, n, known, func(m member) error {
		names := make([]string, 0, len(known))
		for name := range known {
			names = append(names, name)
		}
		return m.place.content("[%s] unknown field [%s]%s", kind, m.name, didYouMean(m.name, names))
	})
}

func readParams(kind string, n *node, known params, unknown func(member) error) error {
	for _, m := range n.members {
		read := known[m.name]
		var err error
		switch {
		case read != nil:
			err = read(m.value)
		case m.name == "_name":
			_, err = text(m.value)
		case m.name == "boost":
			var boost float64
			if boost, err = number(m.value); err == nil && boost < 0 {
				err = m.value.fail("illegal_argument_exception", "negative [boost] are not allowed in [%s], use a value between 0 and 1 to deboost", kind)
			}
		default:
			err = unknown(m)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// ignored reads a parameter that changes nothing here.
func ignored(*node) error { return nil }

// scalar tells whether the node is a string, a number or a truth value.
func (n *node) scalar() bool {
	return n.kind == stringKind || n.kind == numberKind || n.kind == boolKind
}

// text reads a string; numbers and truth values are taken as written.
func text(n *node) (string, error) {
	if !n.scalar() {
		return "", n.parsing("expected a value but found [%s]", n.kind)
	}
	return n.text, nil
}

func number(n *node) (float64, error) {
	f, err := strconv.ParseFloat(n.text, 64)
	if err != nil || !n.scalar() || math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, n.fail("illegal_argument_exception", "Failed to parse value [%s] as a number", n.text)
	}
	return f, nil
}

func whole(n *node) (int, error) {
	f, err := number(n)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > 1<<30 {
		return 0, n.fail("number_format_exception", "For input string: %q", n.text)
	}
	return int(f), nil
}

func truth(n *node) (bool, error) {
	if n.text != "true" && n.text != "false" || !n.scalar() {
		return false, n.fail("illegal_argument_exception", "Failed to parse value [%s] as only [true] or [false] are allowed.", n.text)
	}
	return n.text == "true", nil
}

// textInto and the others read a parameter into a variable.
func textInto(into *string) func(*node) error {
	return func(n *node) (err error) {
		*into, err = text(n)
		return err
	}
}

func truthInto(into *bool) func(*node) error {
	return func(n *node) (err error) {
		*into, err = truth(n)
		return err
	}
}

func wholeInto(into *int) func(*node) error {
	return func(n *node) (err error) {
		*into, err = whole(n)
		return err
	}
}

// mustBeTrue takes a switch that can only be on here.
func mustBeTrue(kind, name string) func(*node) error {
	return func(n *node) error {
		on, err := truth(n)
		if err == nil && !on {
			err = n.parsing("[%s] query does not support [%s] to be false", kind, name)
		}
		return err
	}
}

// operatorInto reads AND or OR.
func operatorInto(and *bool) func(*node) error {
	return func(n *node) error {
		switch n.text {
		case "and", "AND", "And":
			*and = true
		case "or", "OR", "Or":
			*and = false
		default:
			return n.fail("illegal_argument_exception", "operator needs to be either [and] or [or], but not [%s]", n.text)
		}
		return nil
	}
}

// field reads a query about one field: {"field": value} or {"field": {...}}.
// value is nil for the second form.
func (r *reader) field(kind string, n *node) (name string, at, body *node, err error) {
	for _, m := range n.members {
		if (m.name == "_name" || m.name == "boost") && m.value.scalar() && len(n.members) > 1 {
			continue
		}
		if body != nil {
			return "", nil, nil, m.place.parsing("[%s] query doesn't support multiple fields, found [%s] and [%s]", kind, name, m.name)
		}
		name, at, body = m.name, m.place, m.value
	}
	switch {
	case body == nil || name == "":
		return "", nil, nil, n.fail("illegal_argument_exception", "[%s] field name is null or empty", kind)
	case body.kind == arrayKind && kind == "match":
		err = body.parsing("[match] unknown token [START_ARRAY] after [%s]", name)
	case body.kind == arrayKind:
		err = body.parsing("[%s] query does not support array of values", kind)
	case body.kind == nullKind:
		err = illegal("value cannot be null")
	}
	return name, at, body, err
}

// arrayOnly refuses a value that is no array.
func arrayOnly(kind, name string, read func(v *node) error) func(v *node) error {
	return func(v *node) error {
		if v.kind != arrayKind {
			return v.parsing("[%s] query does not support [%s]", kind, name)
		}
		return read(v)
	}
}
