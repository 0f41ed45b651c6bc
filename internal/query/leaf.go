package query

import (
	"fmt"
	"math"
	"strconv"

	"rastro/internal/event"
)

// Leaf is the condition of one leaf filter on one value, ready to run. Engines
// may run it over the entries of a dictionary; an event matches when one of
// its values does. A Leaf is safe for concurrent use.
type Leaf struct {
	// Field is the field whose values are looked at. Where it is
	// event.NoField, these are the values that VisitExtra finds.
	Field FieldRef
	// MatchText tells whether one single value matches; for Text fields the
	// whole text. It is nil for kinds that are no strings (Integer, Number,
	// Bool, Time) and set for all others.
	MatchText func(value string) bool
	// MatchBits tells whether one value matches, in the bits of event.Value. It
	// is set where MatchText is nil.
	MatchBits func(bits uint64) bool
	// Equal, when not nil, lists the only values that can match, as Canonical
	// gives them: a Bloom filter over canonical values may be asked. An empty
	// list that is not nil means that nothing matches. It is nil for fields
	// searched by words and for kinds that are no strings.
	Equal []string
	// Words, when not nil, lists choices of words: a value can match only if it
	// has all the words of one choice, as WordKeys gives them. It is set for
	// Term, Terms and Phrase on Text fields and on those that the table does not
	// know; each choice has at least one word.
	Words [][]string
}

// CompileLeaf prepares a Term, Terms, Phrase, Prefix, Wildcard, Regexp, Fuzzy,
// Range, CIDR or Exists. Other filters, which look at no single field, are an
// error, and so is a Regexp without Compiled.
//
// Beyond what the filters' own comments say: on fields searched by words a
// Range compares words; Prefix, Wildcard, Regexp, Fuzzy and CIDR on kinds that
// are no strings look at the value as event.Value.String writes it; on a field
// that the table does not know a Range compares as numbers where the bound and
// the value are both decimal numbers, as addresses where both are such, else as
// folded strings. All other
// conditions on such a field match its whole value or, as on a text, words of
// it; Exact asks for the whole value with its case.
func CompileLeaf(f Filter) (Leaf, error) {
	ref, err := fieldOf(f)
	if err != nil {
		return Leaf{}, err
	}
	leaf := Leaf{Field: ref}
	switch {
	case ref.Field != event.NoField && !ref.Field.Kind().IsText():
		leaf.MatchBits, err = compileBits(ref.Field.Kind(), f)
	case ref.HasWords():
		leaf.MatchText, err = compileWords(ref, f)
	case ref.Field == event.NoField && !ref.Exact:
		leaf.MatchText, err = compileEither(ref, f)
	default:
		leaf.MatchText, leaf.Equal, err = compileString(ref, f)
	}
	if err != nil {
		return Leaf{}, fmt.Errorf("compiling a filter on %s: %w", ref.Name, err)
	}
	leaf.Words = neededWords(ref, f)
	return leaf, nil
}

// fieldOf returns the field of a leaf filter.
func fieldOf(f Filter) (FieldRef, error) {
	switch f := f.(type) {
	case Term:
		return f.Field, nil
	case Terms:
		return f.Field, nil
	case Phrase:
		return f.Field, nil
	case Prefix:
		return f.Field, nil
	case Wildcard:
		return f.Field, nil
	case Regexp:
		return f.Field, nil
	case Fuzzy:
		return f.Field, nil
	case Range:
		return f.Field, nil
	case CIDR:
		return f.Field, nil
	case Exists:
		return f.Field, nil
	case In:
		return FieldRef{}, ErrNeedsStore
	default:
		return FieldRef{}, fmt.Errorf("%T is no condition on one field", f)
	}
}

// compileBits prepares a leaf on a kind that is no string.
func compileBits(kind event.Kind, f Filter) (func(uint64) bool, error) {
	switch f := f.(type) {
	case Exists:
		return func(uint64) bool { return true }, nil
	case Term:
		return bitsIn(kind, f.Value), nil
	case Phrase:
		if !f.Open {
			return bitsIn(kind, f.Text), nil
		}
		f.Field = FieldRef{}
		text, _, err := compileString(f.Field, f)
		return func(bits uint64) bool { return text(bitsText(kind, bits)) }, err
	case Terms:
		return bitsIn(kind, f.Values...), nil
	case Range:
		return bitsBetween(kind, f.From, f.To), nil
	}
	// The rest are patterns over the value's text. A name the table does not
	// know folds, which is what patterns over digits and words want.
	text, _, err := compileString(FieldRef{}, f)
	if err != nil {
		return nil, err
	}
	return func(bits uint64) bool { return text(bitsText(kind, bits)) }, nil
}

// bitsText writes a value as event.Value.String does.
func bitsText(kind event.Kind, bits uint64) string {
	switch kind {
	case event.Number:
		return strconv.FormatFloat(math.Float64frombits(bits), 'g', -1, 64)
	case event.Bool:
		return strconv.FormatBool(bits != 0)
	case event.Time:
		return event.FormatTime(int64(bits))
	default:
		return strconv.FormatInt(int64(bits), 10)
	}
}

// bitsIn makes the predicate for values that equal one of texts.
func bitsIn(kind event.Kind, texts ...string) func(uint64) bool {
	wanted := make(map[uint64]struct{}, len(texts))
	for _, s := range texts {
		if bits, ok := ParseBits(kind, s); ok {
			wanted[bits] = struct{}{}
		}
	}
	if len(wanted) == 1 {
		for only := range wanted {
			return func(bits uint64) bool { return normalBits(kind, bits) == only }
		}
	}
	return func(bits uint64) bool {
		_, ok := wanted[normalBits(kind, bits)]
		return ok
	}
}

// ParseBits reads the text of an Integer, Number, Bool or Time value into the
// bits of event.Value: decimal numbers (for Integer 10.0 is 10), true and false
// in any case, RFC 3339 or nanoseconds since 1970. ok is false for a text that
// is no such value.
func ParseBits(kind event.Kind, s string) (bits uint64, ok bool) {
	switch kind {
	case event.Integer:
		n, ok := parseInteger(s)
		return uint64(n), ok
	case event.Number:
		n, ok := parseNumber(s)
		return normalBits(kind, math.Float64bits(n)), ok
	case event.Bool:
		if equalFolded(s, "true") {
			return 1, true
		}
		return 0, equalFolded(s, "false")
	case event.Time:
		n, ok := parseTime(s)
		return uint64(n), ok
	default:
		return 0, false
	}
}

// normalBits gives equal values equal bits.
func normalBits(kind event.Kind, bits uint64) uint64 {
	switch {
	case kind == event.Number && math.Float64frombits(bits) == 0:
		return 0 // minus zero
	case kind == event.Bool && bits != 0:
		return 1
	default:
		return bits
	}
}

// bitsBetween makes the predicate of a Range over numbers.
func bitsBetween(kind event.Kind, from, to Bound) func(uint64) bool {
	if kind != event.Number {
		low, high := int64(math.MinInt64), int64(math.MaxInt64)
		if from.Set {
			if low = from.Int; !from.Inclusive {
				if low == math.MaxInt64 {
					return func(uint64) bool { return false }
				}
				low++
			}
		}
		if to.Set {
			if high = to.Int; !to.Inclusive {
				if high == math.MinInt64 {
					return func(uint64) bool { return false }
				}
				high--
			}
		}
		return func(bits uint64) bool { return int64(bits) >= low && int64(bits) <= high }
	}
	return func(bits uint64) bool {
		n := math.Float64frombits(bits)
		return (!from.Set || n > from.Float || from.Inclusive && n == from.Float) &&
			(!to.Set || n < to.Float || to.Inclusive && n == to.Float)
	}
}
