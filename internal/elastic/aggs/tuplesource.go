package aggs

import (
	"encoding/json"
	"math"
	"strings"
	"time"

	"rastro/internal/event"
	"rastro/internal/query"
)

// source is one part of the keys of composite and multi_terms.
type source struct {
	name  string
	field field
	part  query.AggPart
}

// source reads {"name": {"terms": {…}}}.
func (p *params) source(v *value) source {
	if v.kind != isObject || len(v.members) != 1 || v.members[0].kind != isObject || len(v.members[0].members) != 1 ||
		v.members[0].members[0].kind != isObject {
		p.failAt(v, typeParsing, "[composite] a source is an object with one name and one type, such as {\"host\": {\"terms\": {\"field\": \"host\"}}}")
		return source{}
	}
	named := &v.members[0]
	typed := &named.members[0]
	s := source{name: named.name}
	inner := &params{parser: p.parser, typ: typed.name, name: p.name, v: &typed.value, at: typed.at}
	switch typed.name {
	case "terms":
		s.part.Kind = query.AggTerms
		s.field = inner.field()
	case "histogram":
		s.part.Kind = query.AggHistogram
		s.field = inner.numericField()
		if s.part.Interval = inner.number("interval", 0); s.part.Interval <= 0 && inner.err == nil {
			inner.err = p.fail(typeArgument, typed.at, "[interval] must be greater than 0 for [histogram] source")
		}
	case "date_histogram":
		s.part.Kind = query.AggDateHistogram
		s.field = inner.dateField()
		s.dates(inner)
	default:
		p.failAt(&typed.value, typeParsing, "invalid source type: %s", typed.name)
		return s
	}
	s.part.Field, s.part.As = s.field.ref, s.field.as()
	s.order(inner)
	if err := inner.done(); err != nil && p.err == nil {
		p.err = err
	}
	return s
}

// dates reads what date_histogram has.
func (s *source) dates(p *params) {
	var a query.Agg
	a.Zone, s.field.zone = p.zone()
	p.interval(&a)
	if v := p.get("offset"); v != nil {
		a.Offset = float64(p.duration(v, "offset"))
	}
	s.part.Interval, s.part.Calendar, s.part.Zone, s.part.Offset = a.Interval, a.Calendar, a.Zone, a.Offset
}

// order reads the direction and what is done with missing values.
func (s *source) order(p *params) {
	switch order := strings.ToLower(p.text("order", "asc")); order {
	case "asc":
	case "desc":
		s.part.Desc = true
	default:
		p.failAt(p.get("order"), typeArgument, "unknown order [%s]: use asc or desc", order)
	}
	s.part.Null = p.flag("missing_bucket", false)
	switch order := strings.ToLower(p.text("missing_order", "default")); order {
	case "default":
		s.part.NullLast = s.part.Desc
	case "first":
	case "last":
		s.part.NullLast = true
	default:
		p.failAt(p.get("missing_order"), typeArgument, "unknown missing_order [%s]: use first, last or default", order)
	}
	if p.v.get("missing_order") != nil && !s.part.Null {
		p.failAt(p.get("missing_order"), typeArgument, "missingOrder can only be set if missingBucket is true.")
	}
}

// key writes one part of a key.
func (s *source) key(k query.AggKey) json.RawMessage {
	switch {
	case k.Null:
		return json.RawMessage("null")
	case s.part.Kind == query.AggHistogram:
		return double(k.Number)
	case s.field.dates():
		ms := s.field.figure(k.Number)
		if s.field.format != "" {
			return quoted(writeDate(ms, s.field.format, s.field.zone))
		}
		return long(int64(ms))
	case s.field.ref.Field == event.NoField && s.field.form != formDouble:
		return s.field.unknown(k.Text)
	}
	switch s.field.form {
	case formLong:
		return json.RawMessage(wholeText(k.Number, k.Text))
	case formDouble:
		if bits, ok := query.ParseBits(numberKind, k.Text); ok {
			return double(math.Float64frombits(bits))
		}
		return double(k.Number)
	case formBool:
		return json.RawMessage(k.Text)
	}
	return quoted(k.Text)
}

// unknown writes the value of a field that the table does not know: what reads
// as a number or a truth is written as it stands, but where it is a keyword.
func (f *field) unknown(text string) json.RawMessage {
	_, number := query.ParseBits(numberKind, text)
	if f.form != formText && (number || text == "true" || text == "false") && json.Valid([]byte(text)) {
		return json.RawMessage(text)
	}
	return quoted(text)
}

// multiTerms is "multi_terms".
type multiTerms struct {
	terms
	sources []source
}

func newMultiTerms(p *params) (kind, error) {
	m := &multiTerms{terms: terms{size: p.whole("size", 10, 1), minCount: p.whole("min_doc_count", 1, 1)}}
	m.order = p.termOrders()
	p.skip("shard_size", "shard_min_doc_count", "collect_mode", "show_term_doc_count_error")
	list := p.get("terms")
	if list == nil || list.kind != isList || len(list.items) < 2 {
		return m, p.fail(typeArgument, p.at, "The [terms] parameter in the aggregation ["+p.name+"] must be present and have at least 2 fields or scripts.")
	}
	for i := range list.items {
		v := &list.items[i]
		if v.kind != isObject {
			p.failAt(v, typeContent, "[multi_terms] a term is an object with a [field]")
			break
		}
		inner := &params{parser: p.parser, typ: p.typ, name: p.name, v: v, at: v.start}
		s := source{field: inner.field()}
		s.part = query.AggPart{Kind: query.AggTerms, Field: s.field.ref, As: s.field.as(), Missing: inner.text("missing", "")}
		inner.zoneOf(&s.field)
		if err := inner.done(); err != nil && p.err == nil {
			p.err = err
		}
		m.sources = append(m.sources, s)
	}
	return m, nil
}

// zoneOf reads the zone in which the dates of a field are written.
func (p *params) zoneOf(f *field) {
	f.zone = time.UTC
	if p.v.get("time_zone") != nil {
		_, f.zone = p.zone()
	}
	p.skip("time_zone")
}

func (m *multiTerms) ask() query.Agg {
	a := query.Agg{Kind: query.AggTuples, Size: min(m.size, MaxBuckets), MinCount: m.minCount, Order: m.native}
	if m.native == nil {
		a.Size, a.Order = MaxBuckets, []query.AggOrder{{By: query.ByKey}}
	}
	for i := range m.sources {
		a.Parts = append(a.Parts, m.sources[i].part)
	}
	return a
}

func (m *multiTerms) read(c *reading, n *node, r *query.AggResult) (*result, error) {
	out := &result{typed: "multi_terms", multi: true}
	other := int64(0)
	if r != nil {
		other = r.OtherCount
		if m.native == nil && len(r.Buckets) >= MaxBuckets {
			return nil, tooManyBuckets()
		}
		for i := range r.Buckets {
			b, err := c.filled(n, r.Buckets[i])
			if err != nil {
				return nil, err
			}
			m.key(b, r.Buckets[i].Keys)
			out.buckets = append(out.buckets, b)
		}
	}
	if m.native == nil {
		m.sort(&field{form: formText}, out.buckets)
		for len(out.buckets) > m.size {
			last := len(out.buckets) - 1
			other += out.buckets[last].count
			out.buckets = out.buckets[:last]
		}
	}
	out.fields = []jsonField{{"doc_count_error_upper_bound", long(0)}, {"sum_other_doc_count", long(other)}}
	return out, nil
}

// key writes the parts of a key as a list, and joined.
func (m *multiTerms) key(b *bucket, keys []query.AggKey) {
	dst := []byte{'['}
	var texts []string
	for i, k := range keys {
		s := &m.sources[i]
		one := s.key(k)
		text := string(one)
		switch {
		case s.field.dates():
			ms := s.field.figure(k.Number)
			one, text = long(int64(ms)), writeDate(ms, s.field.format, s.field.zone)
		case one[0] == '"':
			text = k.Text
		}
		texts = append(texts, text)
		dst = append(append(dst, one...), ',')
	}
	b.key = strings.Join(texts, "|")
	b.fields = []jsonField{{"key", append(closed(dst), ']')}, {"key_as_string", quoted(b.key)}}
}
