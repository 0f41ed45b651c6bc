package aggs

import (
	"cmp"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"time"

	"rastro/internal/event"
	"rastro/internal/query"
)

// span is one range of "range", "date_range" or "ip_range": ends as numbers,
// or as texts where they are addresses.
type span struct {
	key             string
	from, to        float64
	low, high       string
	hasLow, hasHigh bool
	filter          query.Filter
}

// ranges is the aggregations over ranges. The engine's filters do the work:
// they compare exactly where floating point numbers would not.
type ranges struct {
	field field
	typed string
	keyed bool
	spans []span
	// missing stands for values that are not there.
	missing string
}

func newRanges(p *params) (kind, error) {
	r := &ranges{field: p.numericField(), typed: "range"}
	r.missing = r.field.missing(p)
	r.readSpans(p, func(v *value, s *span) { p.numberSpan(v, s, &r.field, r.missing) })
	return r, nil
}

func newDateRanges(p *params) (kind, error) {
	r := &ranges{field: p.dateField(), typed: "date_range"}
	if p.v.get("time_zone") != nil {
		_, r.field.zone = p.zone()
	}
	p.skip("time_zone")
	r.missing = r.field.missing(p)
	r.readSpans(p, func(v *value, s *span) { p.dateSpan(v, s, &r.field, r.missing) })
	return r, nil
}

func newIPRanges(p *params) (kind, error) {
	r := &ranges{field: p.field(), typed: "ip_range"}
	if f := r.field.ref.Field; f != event.NoField && f.Kind() != event.IP && p.err == nil {
		p.err = p.fail(typeArgument, p.at, "Field ["+r.field.name+"] of type ["+typeOf(&r.field)+"] is not supported for aggregation [ip_range]")
	}
	r.field.form = formIP
	p.skip("missing")
	r.readSpans(p, func(v *value, s *span) { p.ipSpan(v, s, &r.field) })
	return r, nil
}

// readSpans reads the list of ranges.
func (r *ranges) readSpans(p *params, one func(v *value, s *span)) {
	r.keyed = p.flag("keyed", false)
	list := p.get("ranges")
	if list == nil || list.kind != isList || len(list.items) == 0 {
		if p.err == nil {
			p.err = p.fail(typeArgument, p.at, "No [ranges] specified for the ["+p.name+"] aggregation")
		}
		return
	}
	for i := range list.items {
		v := &list.items[i]
		if v.kind != isObject {
			p.failAt(v, typeContent, "[%s] a range is an object with [from], [to] and [key]", p.typ)
			return
		}
		var s span
		if key := v.get("key"); key != nil {
			s.key = key.text
		}
		for j := range v.members {
			if m := &v.members[j]; !slices.Contains([]string{"key", "from", "to", "mask", "from_as_string", "to_as_string"}, m.name) || m.name == "mask" && p.typ != "ip_range" {
				p.failAt(&m.value, typeContent, "[%s] unknown field [%s]", p.typ, m.name)
			}
		}
		one(v, &s)
		r.spans = append(r.spans, s)
	}
	slices.SortStableFunc(r.spans, func(a, b span) int {
		if r.typed == "ip_range" {
			return cmp.Or(compareAddresses(a.low, b.low, "::"), compareAddresses(a.high, b.high, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"))
		}
		return cmp.Or(compareEnds(a.hasLow, b.hasLow, a.from, b.from, -1), compareEnds(a.hasHigh, b.hasHigh, a.to, b.to, 1))
	})
}

// compareAddresses orders two ends that are addresses, with IPv4 among IPv6 as
// ::ffff:0:0; open stands for an end that is not there.
func compareAddresses(a, b, open string) int {
	of := func(text string) address {
		addr, err := netip.ParseAddr(cmp.Or(text, open))
		if err != nil {
			return address{}
		}
		return addr.As16()
	}
	return compareAddress(of(a), of(b))
}

// compareEnds orders two ends; open is where an open one stands.
func compareEnds(hasA, hasB bool, a, b float64, open int) int {
	switch {
	case !hasA && !hasB:
		return 0
	case !hasA:
		return open
	case !hasB:
		return -open
	}
	return cmp.Compare(a, b)
}

// end finds one end of a range; nil where it is open.
func end(v *value, name string) *value {
	if m := v.get(name); m != nil && m.kind != isNull {
		return m
	}
	if m := v.get(name + "_as_string"); m != nil && m.kind != isNull {
		return m
	}
	return nil
}

func (p *params) numberSpan(v *value, s *span, f *field, missing string) {
	from, to := end(v, "from"), end(v, "to")
	rg := query.Range{Field: f.ref}
	if from != nil {
		s.hasLow, s.from = true, p.numberOf(from, "from")
		rg.From = numberBound(f, s.from, true)
	}
	if to != nil {
		s.hasHigh, s.to = true, p.numberOf(to, "to")
		rg.To = numberBound(f, s.to, false)
	}
	s.low, s.high = numberEnd(s.hasLow, s.from, f), numberEnd(s.hasHigh, s.to, f)
	s.filter = f.rangeOr(rg, s, missing)
}

func numberEnd(has bool, x float64, f *field) string {
	if !has {
		return "*"
	}
	if f.format != "" {
		return writeNumber(x, f.format)
	}
	return doubleText(x)
}

// numberBound makes the engine's bound of a number: from inclusive, to
// exclusive.
func numberBound(f *field, x float64, inclusive bool) query.Bound {
	b := query.Bound{Set: true, Inclusive: inclusive, Float: x, Text: fmt.Sprint(x)}
	if f.ref.Field != event.NoField && f.ref.Field.Kind() != event.Number {
		// n >= 2.5 is n >= 3; n < 2.5 is n < 3.
		up := math.Ceil(x)
		switch {
		case up >= 1<<63:
			b.Int = math.MaxInt64
		case up < -1<<63:
			b.Int = math.MinInt64
		default:
			b.Int = int64(up)
		}
	}
	return b
}

// rangeOr is a range, with the events that have no value where the value that
// stands for them is inside.
func (f *field) rangeOr(rg query.Range, s *span, missing string) query.Filter {
	var inside query.Filter = rg
	if !s.hasLow && !s.hasHigh {
		inside = query.Exists{Field: f.ref}
	}
	x, ok := missingNumber(missing)
	if !ok {
		return inside
	}
	from, to := s.from, s.to
	if f.dates() {
		from, to = from*nanos, to*nanos
	}
	if s.hasLow && x < from || s.hasHigh && x >= to {
		return inside
	}
	return query.Or{Filters: []query.Filter{inside, query.Not{Filter: query.Exists{Field: f.ref}}}}
}

func (p *params) dateSpan(v *value, s *span, f *field, missing string) {
	rg := query.Range{Field: f.ref}
	one := func(at *value, inclusive bool) (float64, query.Bound, string) {
		t := p.date(at, f)
		b := query.Bound{Set: true, Inclusive: inclusive, Int: t, Text: event.FormatTime(t)}
		ms := float64(t / int64(time.Millisecond))
		return ms, b, writeDate(ms, f.format, f.zone)
	}
	s.low, s.high = "*", "*"
	if from := end(v, "from"); from != nil {
		s.hasLow = true
		s.from, rg.From, s.low = one(from, true)
	}
	if to := end(v, "to"); to != nil {
		s.hasHigh = true
		s.to, rg.To, s.high = one(to, false)
	}
	s.filter = f.rangeOr(rg, s, missing)
}

func (p *params) ipSpan(v *value, s *span, f *field) {
	if mask := v.get("mask"); mask != nil {
		network, err := netip.ParsePrefix(mask.text)
		if err != nil {
			p.failAt(mask, typeArgument, "[%s] is no network: write an address and the length of its prefix, such as 192.0.2.0/24", mask.text)
			return
		}
		network = network.Masked()
		s.filter = query.CIDR{Field: f.ref, Network: network}
		if network.Addr().Is6() {
			s.filter = query.Or{Filters: networks(f.ref, network)}
		}
		if !network.Addr().IsUnspecified() || network.Addr().Is4() {
			s.low, s.hasLow = network.Addr().String(), true
		}
		if last := after(network); last.IsValid() {
			s.high, s.hasHigh = last.String(), true
		}
		if s.key == "" {
			s.key = mask.text
		}
		return
	}
	low, high := address{}, address{}
	for i := range high {
		high[i] = 0xff
	}
	some := true
	one := func(at *value) address {
		addr, err := netip.ParseAddr(at.text)
		if err != nil || addr.Zone() != "" {
			p.failAt(at, typeArgument, "'%s' is not an IP string literal.", at.text)
			return address{}
		}
		return addr.As16()
	}
	if from := end(v, "from"); from != nil {
		low = one(from)
		s.hasLow, s.low = true, netip.AddrFrom16(low).Unmap().String()
	}
	if to := end(v, "to"); to != nil {
		high = one(to)
		s.hasHigh, s.high = true, netip.AddrFrom16(high).Unmap().String()
		high, some = high.before()
	}
	if s.filter = (query.None{}); some && compareAddress(low, high) <= 0 {
		s.filter = between(f.ref, low, high)
	}
}

// after is the first address behind a network; invalid at the end of all.
func after(network netip.Prefix) netip.Addr {
	addr := network.Addr().AsSlice()
	for bit := network.Bits(); bit < len(addr)*8; bit++ {
		addr[bit/8] |= 1 << (7 - bit%8)
	}
	last, _ := netip.AddrFromSlice(addr) // as long as it was
	return last.Next()
}

func (r *ranges) ask() query.Agg {
	if r.field.ref.Field == event.NoField && r.typed != "ip_range" {
		return r.askUnknown()
	}
	a := query.Agg{Kind: query.AggFilters}
	for _, s := range r.spans {
		a.Filters = append(a.Filters, query.AggFilterBucket{Key: s.key, Filter: s.filter})
	}
	return a
}

// askUnknown asks for ranges of a field that the table does not know: filters
// would compare what is no number or date as text.
func (r *ranges) askUnknown() query.Agg {
	unit := 1.0
	if r.field.dates() {
		unit = nanos
	}
	a := query.Agg{Kind: query.AggRange, Field: r.field.ref, As: r.field.as(), Missing: r.missing}
	for _, s := range r.spans {
		a.Ranges = append(a.Ranges, query.AggRangeBucket{Key: s.key, From: s.from * unit, To: s.to * unit, HasFrom: s.hasLow, HasTo: s.hasHigh})
	}
	return a
}

func (r *ranges) read(c *reading, n *node, res *query.AggResult) (*result, error) {
	out := &result{typed: r.typed, multi: true, keyed: r.keyed}
	for i := range r.spans {
		var from query.Bucket
		if res != nil && i < len(res.Buckets) {
			from = res.Buckets[i]
		}
		b, err := c.filled(n, from)
		if err != nil {
			return nil, err
		}
		r.write(b, &r.spans[i])
		out.buckets = append(out.buckets, b)
	}
	return out, nil
}

// write writes the key and the ends of a bucket.
func (r *ranges) write(b *bucket, s *span) {
	low, high := cmp.Or(s.low, "*"), cmp.Or(s.high, "*")
	b.key = cmp.Or(s.key, low+"-"+high)
	if !r.keyed {
		b.fields = append(b.fields, jsonField{"key", quoted(b.key)})
	}
	for _, e := range []struct {
		name, text string
		x          float64
		has        bool
	}{{"from", low, s.from, s.hasLow}, {"to", high, s.to, s.hasHigh}} {
		switch {
		case !e.has:
		case r.typed == "ip_range":
			b.fields = append(b.fields, jsonField{e.name, quoted(e.text)})
		default:
			b.fields = append(b.fields, jsonField{e.name, double(e.x)})
			if r.field.dates() || r.field.format != "" {
				b.fields = append(b.fields, jsonField{e.name + "_as_string", quoted(e.text)})
			}
		}
	}
}
