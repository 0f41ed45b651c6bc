package lucene

import (
	"net/netip"
	"strings"
	"time"

	"rastro/internal/event"
	"rastro/internal/query"
)

// mappedKinds are the types of Elasticsearch's mappings that say more of a
// field than that it may be anything.
var mappedKinds = map[string]event.Kind{
	"keyword": event.Keyword, "constant_keyword": event.Keyword, "wildcard": event.Keyword, "version": event.Keyword,
	"long": event.Number, "integer": event.Number, "short": event.Number, "byte": event.Number, "unsigned_long": event.Number,
	"double": event.Number, "float": event.Number, "half_float": event.Number, "scaled_float": event.Number,
	"boolean": event.Bool, "date": event.Time, "date_nanos": event.Time, "ip": event.IP,
}

// Mapped is the kind that a mapping gives a field that the table does not know;
// ok is false where none does, or where it is a text.
func (o *Options) Mapped(ref query.FieldRef) (kind event.Kind, ok bool) {
	if ref.Field != event.NoField || o.Type == nil {
		return 0, false
	}
	kind, ok = mappedKinds[o.Type(ref.Name)]
	return kind, ok
}

// Ref makes the reference of a name: a keyword by its mapping is compared
// exactly.
func (o *Options) Ref(name string) query.FieldRef {
	ref := query.Ref(name)
	if kind, ok := o.Mapped(ref); ok && kind == event.Keyword {
		ref.Exact = true
	}
	return ref
}

// mappedLeaf makes the filter of a value on a field that a mapping gives a
// kind.
func (p *parser) mappedLeaf(ref query.FieldRef, kind event.Kind, v value) (query.Filter, error) {
	exact := query.Term{Field: query.FieldRef{Name: ref.Name, Exact: true}, Value: v.text}
	switch kind {
	case event.Number:
		if _, ok := query.ParseBits(kind, v.text); !ok {
			return nil, p.mistake("bad_number", v.pos, v.end, ref.Name+" holds numbers, and "+quote(v.text)+" is none of them", "write a number", "")
		}
		same := query.Bound{Set: true, Inclusive: true, Text: v.text}
		return query.Range{Field: ref, From: same, To: same}, nil
	case event.Bool:
		if v.text != "true" && v.text != "false" {
			return nil, p.mistake("bad_boolean", v.pos, v.end, ref.Name+" holds true or false", "write true or false", "")
		}
	case event.IP:
		network, err := netip.ParsePrefix(v.text)
		if address, addressErr := netip.ParseAddr(v.text); err != nil && addressErr == nil {
			network, err = netip.PrefixFrom(address, address.BitLen()), nil
		}
		if err != nil {
			return nil, p.mistake("bad_address", v.pos, v.end, quote(v.text)+" is no address", "write a whole address or a network", "")
		}
		return query.CIDR{Field: ref, Network: network.Masked()}, nil
	case event.Time:
		low, lowErr := ElasticDateMath(v.text, p.opts.Now, false, p.opts.Zone)
		high, highErr := ElasticDateMath(v.text, p.opts.Now, true, p.opts.Zone)
		if lowErr != nil || highErr != nil {
			break // written in a format of its own
		}
		return query.Or{Filters: []query.Filter{exact, query.Range{Field: ref, From: dateText(low), To: dateText(high)}}}, nil
	}
	return exact, nil
}

// dateText is a bound of dates that are kept as text.
func dateText(t time.Time) query.Bound {
	return query.Bound{Set: true, Inclusive: true, Text: t.UTC().Format("2006-01-02T15:04:05.000Z")}
}

// mappedBound checks one end of a range on a field that a mapping gives a kind.
func (p *parser) mappedBound(ref query.FieldRef, b bound, set query.Bound, lower bool) (query.Bound, error) {
	kind, ok := p.opts.Mapped(ref)
	switch {
	case !ok:
	case kind == event.Number:
		if _, isNumber := query.ParseBits(kind, b.text); !isNumber {
			return set, p.mistake("bad_number", b.pos, b.end, ref.Name+" holds numbers, and "+quote(b.text)+" is none of them", "write a number", "")
		}
	case kind == event.Time:
		t, err := ElasticDateMath(b.text, p.opts.Now, lower != set.Inclusive, p.opts.Zone)
		if err == nil && (strings.HasPrefix(b.text, "now") || strings.Contains(b.text, "||") || lower != set.Inclusive) {
			inclusive := set.Inclusive
			set = dateText(t)
			set.Inclusive = inclusive
		}
	}
	return set, nil
}
