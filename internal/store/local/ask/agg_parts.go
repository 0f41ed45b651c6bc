package ask

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"rastro/internal/event"
	"rastro/internal/query"
)

// tuplePart is one compiled part of the keys of AggTuples.
type tuplePart struct {
	part       query.AggPart
	plan       *aggPlan // of its values, as of an aggregation over the field
	missing    tupleKey
	hasMissing bool
}

// partReader appends the keys of one part that a row has, each once.
type partReader func(row uint32, dst []tupleKey) []tupleKey

func newPart(part query.AggPart) (tuplePart, error) {
	t := tuplePart{part: part, plan: &aggPlan{agg: query.Agg{
		Kind: part.Kind, Field: part.Field, Interval: part.Interval, Offset: part.Offset,
		Calendar: part.Calendar, Zone: part.Zone, As: part.As,
	}}}
	switch part.Kind {
	case query.AggTerms:
	case query.AggHistogram:
		if !(part.Interval > 0) {
			return t, fmt.Errorf("%w: the interval %v is not above 0", query.ErrBadQuestion, part.Interval)
		}
		if err := needsNumbers(part.Field); err != nil {
			return t, err
		}
	case query.AggDateHistogram:
		if err := t.plan.compileDates(); err != nil {
			return t, err
		}
	default:
		return t, fmt.Errorf("%w: kind %d makes no keys", query.ErrBadQuestion, part.Kind)
	}
	t.missing, t.hasMissing = t.missingKey()
	return t, nil
}

// reader reads the columns of a block that the part needs. Errors while rows
// are read are those of the columns, which are read here.
func (t *tuplePart) reader(s *scan) (partReader, error) {
	f := t.part.Field.Field
	switch {
	case t.part.Kind == query.AggDateHistogram:
		return t.dateReader(s)
	case t.part.Kind == query.AggHistogram:
		return t.numberReader(s)
	case f == event.NoField && t.part.As == event.Time:
		return t.instantReader(s)
	case isText(t.part.Field):
		col, err := s.text(t.part.Field)
		if err != nil {
			return nil, err
		}
		return func(row uint32, dst []tupleKey) []tupleKey {
			values := col.values(col.codes[row])
			if f == event.NoField {
				values = readAll(t.part.As, values)
			}
			for _, v := range values {
				dst = append(dst, tupleKey{text: v})
			}
			return dst
		}, nil
	}
	col, err := s.numbers(f)
	if err != nil {
		return nil, err
	}
	return func(row uint32, dst []tupleKey) []tupleKey {
		if !col.Has(int(row)) {
			return dst
		}
		return append(dst, keyOfBits(f, col.Bits[row]))
	}, nil
}

func keyOfBits(f event.Field, bits uint64) tupleKey {
	bits = plainZero(f, bits)
	if f.Kind() == event.Number {
		return tupleKey{x: math.Float64frombits(bits)}
	}
	return tupleKey{n: int64(bits)}
}

// instantsOf reads the dates of single rows.
func (t *tuplePart) instantsOf(s *scan) (func(row uint32) []int64, error) {
	var times []int64
	one := make([]uint32, 1)
	if _, err := s.instants(t.part.Field, nil, nil); err != nil {
		return nil, err
	}
	return func(row uint32) []int64 {
		one[0] = row
		// The column is in memory by now: reading it cannot fail any more.
		times, _ = s.instants(t.part.Field, one, times[:0])
		return times
	}, nil
}

func (t *tuplePart) instantReader(s *scan) (partReader, error) {
	read, err := t.instantsOf(s)
	if err != nil {
		return nil, err
	}
	return func(row uint32, dst []tupleKey) []tupleKey {
		for _, at := range read(row) {
			dst = addKey(dst, tupleKey{n: at})
		}
		return dst
	}, nil
}

func (t *tuplePart) dateReader(s *scan) (partReader, error) {
	read, err := t.instantsOf(s)
	if err != nil {
		return nil, err
	}
	return func(row uint32, dst []tupleKey) []tupleKey {
		for _, at := range read(row) {
			start, _, _ := t.plan.rounder.bucket(at)
			dst = addKey(dst, tupleKey{n: start})
		}
		return dst
	}, nil
}

func (t *tuplePart) numberReader(s *scan) (partReader, error) {
	var values []float64
	one := make([]uint32, 1)
	if _, err := s.floats(t.part.Field, nil, nil); err != nil {
		return nil, err
	}
	return func(row uint32, dst []tupleKey) []tupleKey {
		one[0] = row
		values, _ = s.floats(t.part.Field, one, values[:0]) // as in instantsOf
		for _, v := range values {
			n := math.Floor((v - t.part.Offset) / t.part.Interval)
			if key := n*t.part.Interval + t.part.Offset + 0; !math.IsInf(key, 0) && !math.IsNaN(key) {
				dst = addKey(dst, tupleKey{x: key})
			}
		}
		return dst
	}, nil
}

func addKey(dst []tupleKey, k tupleKey) []tupleKey {
	if slices.Contains(dst, k) {
		return dst
	}
	return append(dst, k)
}

// parse reads a key as it stands in a question.
func (t *tuplePart) parse(k query.AggKey) (tupleKey, bool) {
	f := t.part.Field.Field
	switch {
	case k.Null:
		return tupleKey{null: true}, true
	case t.part.Kind == query.AggHistogram:
		if bits, ok := query.ParseBits(event.Number, k.Text); ok {
			return tupleKey{x: math.Float64frombits(bits)}, true
		}
		return tupleKey{x: k.Number}, k.Text == ""
	case t.part.Kind == query.AggDateHistogram || f == event.NoField && t.part.As == event.Time:
		bits, ok := query.ParseBits(event.Time, k.Text)
		return tupleKey{n: int64(bits)}, ok
	case isText(t.part.Field):
		text, ok := k.Text, true
		if f == event.NoField {
			text, ok = readAs(t.part.As, k.Text)
		}
		return tupleKey{text: text}, ok
	}
	bits, ok := query.ParseBits(f.Kind(), k.Text)
	return keyOfBits(f, bits), ok
}

// written is a key as it stands in an answer.
func (t *tuplePart) written(k tupleKey) query.AggKey {
	f := t.part.Field.Field
	switch {
	case k.null:
		return query.AggKey{Null: true}
	case t.part.Kind == query.AggHistogram:
		return query.AggKey{Text: numberKey(k.x), Number: k.x}
	case t.part.Kind == query.AggDateHistogram || f == event.NoField && t.part.As == event.Time:
		return query.AggKey{Text: event.FormatTime(k.n), Number: float64(k.n)}
	case isText(t.part.Field):
		return query.AggKey{Text: k.text}
	case f.Kind() == event.Number:
		v := event.Value{Field: f, Bits: math.Float64bits(k.x)}
		return query.AggKey{Text: v.String(), Number: k.x}
	}
	v := event.Value{Field: f, Bits: uint64(k.n)}
	return query.AggKey{Text: v.String(), Number: v.Float()}
}

// compare orders two keys of the part.
func (t *tuplePart) compare(a, b *tupleKey) int {
	if a.null || b.null {
		switch {
		case a.null && b.null:
			return 0
		case a.null == t.part.NullLast:
			return 1
		default:
			return -1
		}
	}
	var c int
	switch {
	case t.part.Kind == query.AggTerms && t.part.Field.Field == event.NoField && t.part.As != event.Time:
		c = query.CompareUnknown(a.text, b.text)
	case a.text != b.text:
		c = strings.Compare(a.text, b.text)
	default:
		c = cmp.Or(cmp.Compare(a.n, b.n), cmp.Compare(a.x, b.x))
	}
	return directed(c, t.part.Desc)
}
