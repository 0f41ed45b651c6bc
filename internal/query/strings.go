package query

import (
	"errors"
	"net/netip"
	"slices"
	"strings"

	"rastro/internal/event"
)

var errNotCompiled = errors.New("regular expression is not compiled")

// compileString prepares a leaf on whole values: Keyword, IP, Text with Exact
// and fields that the table does not know.
func compileString(ref FieldRef, f Filter) (func(string) bool, []string, error) {
	fold := ref.Folds()
	switch f := f.(type) {
	case Term:
		match, equal := stringIn(ref, []string{f.Value})
		return match, equal, nil
	case Phrase:
		if f.Open {
			return stringPrefix(f.Text, fold), nil, nil
		}
		match, equal := stringIn(ref, []string{f.Text})
		return match, equal, nil
	case Terms:
		match, equal := stringIn(ref, f.Values)
		return match, equal, nil
	case Exists:
		return func(string) bool { return true }, nil, nil
	case CIDR:
		return inNetwork(f.Network), nil, nil
	case Range:
		return stringBetween(ref, f), nil, nil
	case Prefix:
		return stringPrefix(f.Value, fold), nil, nil
	case Wildcard:
		return compileWildcard(f.Pattern, fold).match, nil, nil
	case Fuzzy:
		return fuzzyMatch(f, fold), nil, nil
	case Regexp:
		if f.Compiled == nil {
			return nil, nil, errNotCompiled
		}
		return f.Compiled.MatchString, nil, nil
	default:
		return nil, nil, errors.New("unknown kind of filter")
	}
}

// stringIn makes the predicate for values that equal one of values, and the
// list of their canonical forms.
func stringIn(ref FieldRef, values []string) (func(string) bool, []string) {
	equal := make([]string, 0, len(values))
	for _, v := range values {
		equal = append(equal, Canonical(ref, v))
	}
	slices.Sort(equal)
	equal = slices.Compact(equal)
	isAddr := ref.Field != event.NoField && ref.Field.Kind() == event.IP
	switch {
	case len(equal) == 0:
		return never, equal
	case len(equal) > 1:
		set := make(map[string]struct{}, len(equal))
		for _, v := range equal {
			set[v] = struct{}{}
		}
		return func(s string) bool {
			_, ok := set[Canonical(ref, s)]
			return ok
		}, equal
	case isAddr:
		return addrEqual(equal[0]), equal
	case ref.Folds():
		want := equal[0]
		return func(s string) bool { return equalFolded(s, want) }, equal
	default:
		want := equal[0]
		return func(s string) bool { return s == want }, equal
	}
}

// stringPrefix makes the predicate for values that begin with prefix.
func stringPrefix(prefix string, fold bool) func(string) bool {
	if !fold {
		return func(s string) bool { return strings.HasPrefix(s, prefix) }
	}
	prefix = Fold(prefix)
	return func(s string) bool {
		_, ok := cutFoldedPrefix(s, prefix)
		return ok
	}
}

// stringBetween makes the predicate of a Range over strings or addresses.
func stringBetween(ref FieldRef, r Range) func(string) bool {
	if !r.From.Set && !r.To.Set {
		return func(string) bool { return true }
	}
	switch {
	case ref.Field == event.NoField && !ref.Exact:
		low, high := newLooseBound(r.From), newLooseBound(r.To)
		return func(s string) bool { return low.holds(s, 1) && high.holds(s, -1) }
	case ref.Field.Kind() == event.IP:
		return addrBetween(r.From, r.To)
	}
	compare := strings.Compare
	low, high := r.From.Text, r.To.Text
	if ref.Folds() {
		compare = compareFolded
		low, high = Fold(low), Fold(high)
	}
	return func(s string) bool {
		return (!r.From.Set || above(compare(s, low), r.From.Inclusive)) &&
			(!r.To.Set || above(-compare(s, high), r.To.Inclusive))
	}
}

// looseBound is a bound on a field whose kind nobody knows.
type looseBound struct {
	Bound
	folded   string
	number   float64
	isNumber bool
	address  netip.Addr
	isAddr   bool
}

func newLooseBound(b Bound) looseBound {
	l := looseBound{Bound: b, folded: Fold(b.Text)}
	l.number, l.isNumber = parseNumber(b.Text)
	l.address, l.isAddr = parseAddr(b.Text)
	return l
}

// holds tells whether s is on the bound's right side: 1 above it, -1 below.
func (b *looseBound) holds(s string, side int) bool {
	if b.Set && b.isAddr {
		if a, ok := parseAddr(s); ok {
			return above(side*a.Compare(b.address), b.Inclusive)
		}
	}
	return !b.Set || above(side*compareLoosely(s, b.folded, b.number, b.isNumber), b.Inclusive)
}

// compileWords prepares a leaf on the words of a text.
func compileWords(ref FieldRef, f Filter) (func(string) bool, error) {
	switch f := f.(type) {
	case Term:
		return CompilePhrase(f.Value, 0).Match, nil
	case Phrase:
		return phraseMatch(f), nil
	case Terms:
		return anyPhrase(f.Values), nil
	case Exists:
		return func(string) bool { return true }, nil
	case CIDR:
		return inNetwork(f.Network), nil
	}
	// The rest are conditions on one word. They fold, so they may look at the
	// words as they stand in the text.
	one, _, err := compileString(ref, f)
	if err != nil {
		return nil, err
	}
	return func(text string) bool { return anyWord(text, one) }, nil
}

// compileEither prepares a leaf on a field of which nobody knows whether it is
// a keyword or a text: the whole value may match, or words of it.
func compileEither(ref FieldRef, f Filter) (func(string) bool, error) {
	whole, _, err := compileString(ref, f)
	if err != nil {
		return nil, err
	}
	switch f.(type) {
	case Range, Exists, CIDR:
		return whole, nil // words add nothing but surprises
	}
	words, err := compileWords(ref, f)
	if err != nil {
		return nil, err
	}
	return func(value string) bool { return whole(value) || words(value) }, nil
}

// anyWord tells whether one of the words of text matches.
func anyWord(text string, match func(string) bool) bool {
	for end := 0; ; {
		start := wordStart(text, end)
		if start == len(text) {
			return false
		}
		end = wordEnd(text, start)
		if match(text[start:end]) {
			return true
		}
	}
}

// anyPhrase makes the predicate of Terms on a text. Single words, the usual
// case, are looked up in a set.
func anyPhrase(values []string) func(string) bool {
	set := make(map[string]struct{})
	var phrases []*PhraseMatcher
	for _, v := range values {
		switch words := Words(v); len(words) {
		case 0:
		case 1:
			set[words[0]] = struct{}{}
		default:
			phrases = append(phrases, CompilePhrase(v, 0))
		}
	}
	return func(text string) bool {
		var s WordScanner
		for s.Reset(text); len(set) > 0 && s.Next(); {
			if _, ok := set[string(s.Word())]; ok {
				return true
			}
		}
		for _, p := range phrases {
			if p.Match(text) {
				return true
			}
		}
		return false
	}
}
