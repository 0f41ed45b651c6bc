package lucene

import (
	"math"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"rastro/internal/event"
	"rastro/internal/query"
)

// rangeLeaf makes the filter of a range or comparison on one field.
func (p *parser) rangeLeaf(ref query.FieldRef, v value) (query.Filter, error) {
	if v.from.open && v.to.open {
		return query.Exists{Field: ref}, nil
	}
	r := query.Range{Field: ref}
	var err error
	if r.From, err = p.bound(ref, v.from, v.fromInclusive, true); err != nil {
		return nil, err
	}
	if r.To, err = p.bound(ref, v.to, v.toInclusive, false); err != nil {
		return nil, err
	}
	return r, nil
}

// bound reads one end of a range on a field. lower tells which.
func (p *parser) bound(ref query.FieldRef, b bound, inclusive, lower bool) (query.Bound, error) {
	if b.open {
		return query.Bound{}, nil
	}
	set := query.Bound{Set: true, Inclusive: inclusive, Text: b.text}
	if ref.Field == event.NoField {
		return p.mappedBound(ref, b, set, lower)
	}
	switch kind := ref.Field.Kind(); kind {
	case event.Time:
		return p.dateBound(b, inclusive, lower)
	case event.Integer, event.Number, event.Bool:
		number, ok := numberBound(kind, set, lower)
		if !ok {
			return set, p.badValue(ref, -1, b.pos, b.end, b.text)
		}
		return number, nil
	case event.IP:
		if _, err := netip.ParseAddr(b.text); err != nil {
			return set, p.mistake("bad_address", b.pos, b.end, strconv.Quote(b.text)+" is no address",
				"write a whole address, or a network such as "+ref.Name+":192.0.2.0/24",
				p.replaced(b.pos, b.end, wholeAddress(b.text)))
		}
	}
	return set, nil
}

// wholeAddress adds the missing zeros to the beginning of an IPv4 address; what
// is none becomes an open end.
func wholeAddress(text string) string {
	text = strings.Trim(text, ".")
	text += strings.Repeat(".0", max(3-strings.Count(text, "."), 0))
	if _, err := netip.ParseAddr(text); err != nil {
		return "*"
	}
	return text
}

// numberBound reads the bound of a number. A bound of an Integer field that is
// no whole number becomes the next one inside the range.
func numberBound(kind event.Kind, b query.Bound, lower bool) (query.Bound, bool) {
	text := b.Text
	b.Text = ""
	if bits, ok := query.ParseBits(kind, text); ok {
		if kind == event.Number {
			b.Float = math.Float64frombits(bits)
		} else {
			b.Int = int64(bits)
		}
		return b, true
	}
	bits, ok := query.ParseBits(event.Number, text)
	if !ok || kind != event.Integer {
		return b, false
	}
	b.Inclusive = true
	n := math.Floor(math.Float64frombits(bits))
	if lower {
		n = math.Ceil(math.Float64frombits(bits))
	}
	switch {
	case n >= math.MaxInt64:
		b.Int, b.Inclusive = math.MaxInt64, !lower
	case n <= math.MinInt64:
		b.Int, b.Inclusive = math.MinInt64, lower
	default:
		b.Int = int64(n)
	}
	return b, true
}

// dateBound reads one end of a range of time: a lower bound is rounded up where
// it is exclusive, an upper one where it is inclusive, and an exclusive bound
// lies one nanosecond further inside.
func (p *parser) dateBound(b bound, inclusive, lower bool) (query.Bound, error) {
	read := DateMath
	if p.opts.FirstDay {
		read = ElasticDateMath
	}
	t, err := read(b.text, p.opts.Now, lower != inclusive, p.opts.Zone)
	if err != nil {
		return query.Bound{}, p.inside(err, b.pos, b.end, b.exact)
	}
	return TimeBound(t, inclusive, lower), nil
}

// dateLeaf makes the filter of a date: all of the time it names.
func (p *parser) dateLeaf(ref query.FieldRef, v value) (query.Filter, error) {
	b := bound{text: v.text, pos: v.textPos, end: v.textPos + len(v.text), exact: v.exact}
	if !v.exact {
		b.pos, b.end = v.pos, v.end
	}
	r := query.Range{Field: ref}
	var err error
	if r.From, err = p.dateBound(b, true, true); err != nil {
		return nil, err
	}
	if r.To, err = p.dateBound(b, true, false); err != nil {
		return nil, err
	}
	return r, nil
}

// nanoseconds is the time in nanoseconds since 1970, or the end of what they
// can tell: the years 1677 and 2262.
func nanoseconds(t time.Time) int64 {
	switch s := t.Unix(); {
	case s < math.MinInt64/int64(time.Second)+1:
		return math.MinInt64
	case s > math.MaxInt64/int64(time.Second)-1:
		return math.MaxInt64
	default:
		return t.UnixNano()
	}
}
