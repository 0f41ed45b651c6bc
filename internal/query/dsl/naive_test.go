package dsl_test

import (
	"encoding/json"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"rastro/internal/event"
)

// This file evaluates conditions in the plainest way there is. It uses nothing
// of the packages it checks.

// valuesOf are the values of a known field as text.
func valuesOf(e *event.Event, f event.Field) []string {
	if f == event.EventID {
		return []string{e.ID()}
	}
	var list []string
	for _, v := range e.Values {
		if v.Field == f {
			list = append(list, v.String())
		}
	}
	return list
}

// any tells whether one of the values of a known field is as wanted.
func anyOf(f event.Field, wanted func(string) bool) func(*event.Event) bool {
	return func(e *event.Event) bool { return slices.ContainsFunc(valuesOf(e, f), wanted) }
}

// words cuts a text into words.
func words(text string) []string {
	return strings.FieldsFunc(strings.Map(unicode.ToLower, text), func(r rune) bool {
		return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
}

// holdsPhrase tells whether a text has these words in a row.
func holdsPhrase(text string, phrase []string) bool {
	in := words(text)
	for i := 0; i+len(phrase) <= len(in); i++ {
		if slices.Equal(in[i:i+len(phrase)], phrase) {
			return true
		}
	}
	return false
}

// same compares two values as their field does.
func same(f event.Field, a, b string) bool {
	if event.Describe(f).Fold {
		return strings.EqualFold(a, b)
	}
	return a == b
}

// glob matches a value with a pattern of * and ?.
func glob(pattern, value []rune) bool {
	switch {
	case len(pattern) == 0:
		return len(value) == 0
	case pattern[0] == '*':
		return glob(pattern[1:], value) || len(value) > 0 && glob(pattern, value[1:])
	case len(value) == 0:
		return false
	}
	return (pattern[0] == '?' || pattern[0] == value[0]) && glob(pattern[1:], value[1:])
}

// folded is a value as its field compares it.
func folded(f event.Field, s string) string {
	if event.Describe(f).Fold {
		return strings.ToLower(s)
	}
	return s
}

// edits is the number of edits between two words, a swap of neighbors being
// one.
func edits(a, b []rune) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}

// inside tells whether an address lies in a network.
func inside(network netip.Prefix) func(string) bool {
	return func(s string) bool {
		a, err := netip.ParseAddr(s)
		return err == nil && network.Contains(a.Unmap())
	}
}

// sameAddress compares addresses as they are and not as they are written.
func sameAddress(want string) func(string) bool {
	return func(s string) bool {
		a, errA := netip.ParseAddr(s)
		b, errB := netip.ParseAddr(want)
		if errA != nil || errB != nil {
			return strings.EqualFold(s, want)
		}
		return a.Unmap() == b.Unmap()
	}
}

// unknownValues are the values that an unknown name has, as text: dots lead
// into objects or are part of names, arrays have many values.
func unknownValues(e *event.Event, name string) []string {
	var found []string
	for _, p := range e.Extra {
		decoder := json.NewDecoder(strings.NewReader(p.JSON))
		decoder.UseNumber()
		var v any
		if decoder.Decode(&v) == nil {
			found = append(found, under(p.Name, v, name)...)
		}
	}
	return found
}

// under are the values of the name below a value that is called key.
func under(key string, v any, name string) []string {
	if list, ok := v.([]any); ok {
		var found []string
		for _, one := range list {
			found = append(found, under(key, one, name)...)
		}
		return found
	}
	if key == name {
		switch v := v.(type) {
		case nil, object:
			return nil // no query here is about whole objects
		case string:
			return []string{v}
		case bool:
			return []string{strconv.FormatBool(v)}
		case json.Number:
			return []string{v.String()}
		}
	}
	var found []string
	if members, ok := v.(object); ok && strings.HasPrefix(name, key+".") {
		for k, inner := range members {
			found = append(found, under(key+"."+k, inner, name)...)
		}
	}
	return found
}

// number is the value of a number's text; NaN for none.
func number(s string) float64 {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return math.NaN()
	}
	return n
}

// flowOf is Elemta's class of an event.
func flowOf(e *event.Event) string {
	is := func(f event.Field, values ...string) bool {
		return slices.ContainsFunc(valuesOf(e, f), func(v string) bool { return slices.Contains(values, strings.ToLower(v)) })
	}
	switch {
	case is(event.EventType, "message_rejection") || is(event.Status, "rejected"):
		return "rejection"
	case is(event.Status, "bounced", "expired"):
		return "bounce"
	case is(event.Status, "deferred"):
		return "tempfail"
	case is(event.EventType, "message_delivery") || is(event.Status, "delivered", "forwarded"):
		return "delivery"
	case is(event.EventType, "message_reception"):
		return "reception"
	case is(event.EventType, "system"):
		return "system"
	}
	return "unclassified"
}
