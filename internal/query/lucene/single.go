package lucene

import (
	"time"

	"rastro/internal/query"
)

// Shape is how the text of a Leaf is meant.
type Shape uint8

// The shapes of a Leaf.
const (
	// Value is a value or, on a Text field, words that follow each other.
	Value Shape = iota
	// Pattern has * and ? and escapes.
	Pattern
	// Beginning is what a value or word begins with.
	Beginning
	// Expression is a regular expression in Lucene's syntax.
	Expression
	// Near is a value or word that may have a few mistakes.
	Near
)

// Leaf makes the filter of one value on one field, with the meaning that a
// clause of a query would have; nil if it holds no word to search for. Distance
// and same are for Near: the edits (0 to 2) and the first characters that are
// not edited. An error is a *query.SyntaxError about text.
func Leaf(ref query.FieldRef, shape Shape, text string, distance, same int, opts Options) (query.Filter, error) {
	if opts.Now.IsZero() {
		opts.Now = time.Now()
	}
	if opts.Zone == nil {
		opts.Zone = time.UTC
	}
	p := parser{text: text, opts: opts}
	v := value{kind: quotedValue, end: len(text), text: text, pattern: text, exact: true, slop: opts.Slop}
	switch shape {
	case Pattern:
		v.kind, v.wild = wordValue, true
	case Beginning:
		if ref.HasWords() || !hasMessageID(ref) {
			return query.Prefix{Field: ref, Value: text}, nil
		}
		return messageIDPrefix(ref, text), nil
	case Expression:
		v.kind = regexpValue
	case Near:
		v.kind, v.fuzzy, v.distance, v.same = wordValue, true, distance, same
	}
	return p.leaf(ref, v)
}
