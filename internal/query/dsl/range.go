package dsl

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/query/lucene"
)

// rangeQuery is a range query as read.
type rangeQuery struct {
	from, to                   *node // nil or null: open
	fromInclusive, toInclusive bool
	format                     *lucene.DateFormat
	zone                       *time.Location
}

// between reads a range query.
func (r *reader) between(kind string, n *node, _ int) (query.Filter, error) {
	name, at, body, err := r.field(kind, n)
	if err != nil {
		return nil, err
	}
	if body.kind != objectKind {
		return nil, at.parsing("[range] query does not support [%s]", name)
	}
	q := rangeQuery{fromInclusive: true, toInclusive: true}
	if err := r.params(kind, body, q.params()); err != nil {
		return nil, err
	}
	if q.zone == nil {
		q.zone = r.opts.Zone
	}
	if err := r.count(1); err != nil {
		return nil, err
	}
	return r.limits(r.target(name), q)
}

func (q *rangeQuery) params() params {
	bound := func(into **node, includes *bool, set, inclusive bool) func(*node) error {
		return func(v *node) error {
			if !v.scalar() && v.kind != nullKind {
				return v.parsing("[range] query does not support [%s] as a bound", v.kind)
			}
			*into = v
			if set {
				*includes = inclusive
			}
			return nil
		}
	}
	return params{
		"gt":  bound(&q.from, &q.fromInclusive, true, false),
		"gte": bound(&q.from, &q.fromInclusive, true, true),
		"ge":  bound(&q.from, &q.fromInclusive, true, true),
		"lt":  bound(&q.to, &q.toInclusive, true, false),
		"lte": bound(&q.to, &q.toInclusive, true, true),
		"le":  bound(&q.to, &q.toInclusive, true, true),
		// The form of older clients.
		"from": bound(&q.from, nil, false, false), "to": bound(&q.to, nil, false, false),
		"include_lower": truthInto(&q.fromInclusive), "include_upper": truthInto(&q.toInclusive),
		"time_zone": func(v *node) error {
			zone, err := readZone(v.text)
			if err != nil {
				return v.fail("illegal_argument_exception", "%s", err)
			}
			q.zone = zone
			return nil
		},
		"format": func(v *node) error {
			format, err := lucene.ParseDateFormat(v.text)
			if err != nil {
				return v.fail("illegal_argument_exception", "%s", err)
			}
			q.format = format
			return nil
		},
		"relation": func(v *node) error {
			switch strings.ToUpper(v.text) {
			case "WITHIN", "CONTAINS", "INTERSECTS":
				return nil // one and the same for fields that hold no ranges
			case "DISJOINT":
				return v.parsing("[range] query does not support relation [DISJOINT]")
			}
			return v.fail("illegal_argument_exception", "%s is not a valid relation", v.text)
		},
	}
}

// readZone reads a time zone: an IANA name or an offset.
func readZone(name string) (*time.Location, error) {
	if name == "" || name == "Z" || strings.EqualFold(name, "UTC") || name == "GMT" {
		return time.UTC, nil
	}
	if c := name[0]; c == '+' || c == '-' {
		for _, layout := range []string{"-07:00", "-0700", "-07"} {
			if t, err := time.Parse(layout, name); err == nil {
				_, offset := t.Zone()
				return time.FixedZone(name, offset), nil
			}
		}
	} else if zone, err := time.LoadLocation(name); err == nil && name != "Local" {
		return zone, nil
	}
	return nil, illegal("failed to parse time zone [%s]; write a name such as Europe/Madrid or an offset such as +01:00", name)
}

// limits makes the filter of a range on a field.
func (r *reader) limits(t target, q rangeQuery) (query.Filter, error) {
	from := q.from != nil && q.from.kind != nullKind
	to := q.to != nil && q.to.kind != nullKind
	switch {
	case t.index():
		return nil, &Error{Type: "query_shard_exception", Reason: "failed to create query: [range] query does not support [_index]"}
	case !from && !to:
		return query.Exists{Field: t.ref}, nil
	}
	f := query.Range{Field: t.ref}
	var err error
	if from {
		if f.From, err = r.bound(t, q, q.from, q.fromInclusive, true); err != nil {
			return nil, err
		}
	}
	if to {
		f.To, err = r.bound(t, q, q.to, q.toInclusive, false)
	}
	return f, err
}

// bound reads one end of a range.
func (r *reader) bound(t target, q rangeQuery, n *node, inclusive, lower bool) (query.Bound, error) {
	b := query.Bound{Set: true, Inclusive: inclusive, Text: n.text}
	if t.ref.Field == event.NoField {
		return r.looseBound(t, q, b, lower)
	}
	switch kind := t.ref.Field.Kind(); kind {
	case event.Time:
		moment, err := r.moment(t, q, n.text, lower != inclusive)
		if err != nil {
			return b, err
		}
		return lucene.TimeBound(moment, inclusive, lower), nil
	case event.Integer, event.Number, event.Bool:
		number, ok := lucene.NumberBound(kind, n.text, inclusive, lower)
		if !ok {
			return b, notNumber(n.text)
		}
		return number, nil
	case event.IP:
		if _, err := netip.ParseAddr(n.text); err != nil {
			return b, notAddress(n.text)
		}
	}
	return b, nil
}

func notAddress(text string) *Error {
	cause := illegal("'%s' is not an IP string literal.", text)
	return &Error{Type: "query_shard_exception", Reason: "failed to create query: " + cause.Reason, CausedBy: cause}
}

func notNumber(text string) *Error {
	cause := &Error{Type: "number_format_exception", Reason: fmt.Sprintf("For input string: %q", text)}
	return &Error{Type: "query_shard_exception", Reason: "failed to create query: " + cause.Reason, CausedBy: cause}
}

// moment reads a date of a range.
func (r *reader) moment(t target, q rangeQuery, text string, roundUp bool) (time.Time, error) {
	moment, err := r.date(q, text, roundUp)
	var mistake *query.SyntaxError
	if errors.As(err, &mistake) {
		formats := dateFormats
		if q.format != nil {
			formats = q.format.String()
		}
		return moment, dateError(t.name, text, formats, mistake)
	}
	return moment, err
}

func (r *reader) date(q rangeQuery, text string, roundUp bool) (time.Time, error) {
	if q.format != nil {
		return q.format.DateMath(text, r.opts.Now, roundUp, q.zone)
	}
	return lucene.ElasticDateMath(text, r.opts.Now, roundUp, q.zone)
}

// looseBound is the bound on a field that the table does not know: its values
// are compared as numbers or as text, so that dates are written out where they
// are meant.
func (r *reader) looseBound(t target, q rangeQuery, b query.Bound, lower bool) (query.Bound, error) {
	opts := r.lucene()
	kind, mapped := opts.Mapped(t.ref)
	if _, err := netip.ParseAddr(b.Text); err != nil && mapped && kind == event.IP {
		return b, notAddress(b.Text)
	}
	_, isNumber := query.ParseBits(event.Number, b.Text)
	if mapped && kind == event.Number && !isNumber {
		return b, notNumber(b.Text)
	}
	roundUp := lower != b.Inclusive
	math := strings.HasPrefix(b.Text, "now") || strings.Contains(b.Text, "||")
	partial := roundUp && strings.Count(b.Text, "-") >= 2 // 2014-11-18 means the day
	moved := mapped && kind == event.Time && (roundUp || isNumber && len(b.Text) > len("2014") || q.zone != time.UTC)
	if q.format == nil && !math && !partial && !moved {
		return b, nil
	}
	moment, err := r.moment(t, q, b.Text, roundUp)
	if err != nil {
		if q.format != nil || math {
			return b, err
		}
		return b, nil // written in a way of its own
	}
	b.Text = moment.UTC().Format("2006-01-02T15:04:05.000Z")
	return b, nil
}

// Moment reads a date in a list of formats, as Options and the format of a
// range query have it: "" stands for strict_date_optional_time||epoch_millis.
// roundUp gives the last moment of what is rounded or not complete. Errors are
// *Error.
func Moment(text, format string, roundUp bool, opts Options) (time.Time, error) {
	r := newReader(opts)
	q := rangeQuery{zone: r.opts.Zone}
	if format != "" {
		f, err := lucene.ParseDateFormat(format)
		if err != nil {
			return time.Time{}, illegal("%s", err)
		}
		q.format = f
	}
	return r.moment(target{}, q, text, roundUp)
}

// Zone reads a time zone: an IANA name, or an offset such as +01:00; "" is UTC.
// An error is an *Error.
func Zone(name string) (*time.Location, error) { return readZone(name) }
