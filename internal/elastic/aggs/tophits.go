package aggs

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"rastro/internal/event"
	"rastro/internal/query"
)

// SourceOptions say how the hits of top_hits are written. What is JSON is as
// it stands in the request; nil where it is not there.
type SourceOptions struct {
	// Source, Fields, DocvalueFields, StoredFields and Highlight are those
	// parameters.
	Source, Fields, DocvalueFields, StoredFields, Highlight json.RawMessage
	// Sort is the order that was asked for; nil where none was: hits then carry
	// a score and no "sort". The values are in the hit's Cursor.
	Sort []query.SortKey
	// Version and SeqNo ask for these members of a hit.
	Version, SeqNo bool
}

// topHits is "top_hits".
type topHits struct {
	agg    query.Agg
	from   int
	source SourceOptions
}

func newTopHits(p *params) (kind, error) {
	t := &topHits{from: p.whole("from", 0, 0), agg: query.Agg{Kind: query.AggTopHits}}
	size := p.whole("size", 3, 0)
	if t.from+size > 100 && p.err == nil {
		p.err = p.fail(typeArgument, p.at, "Top hits result window is too large, the top hits aggregator ["+p.name+"]'s from + size must be less than or equal to: [100] but was ["+strconv.Itoa(t.from+size)+"]")
	}
	t.agg.Size = max(t.from+size, 1)
	if size == 0 {
		t.from = t.agg.Size
	}
	t.source.Sort = p.sort()
	if t.agg.Sort = t.source.Sort; len(t.agg.Sort) == 0 { // all score the same: as they came
		t.agg.Sort = []query.SortKey{{Field: query.ByArrival()}}
	}
	for name, dst := range map[string]*json.RawMessage{
		"_source": &t.source.Source, "fields": &t.source.Fields, "docvalue_fields": &t.source.DocvalueFields,
		"stored_fields": &t.source.StoredFields, "highlight": &t.source.Highlight,
	} {
		if v := p.get(name); v != nil {
			*dst = p.raw(v)
		}
	}
	t.source.Version, t.source.SeqNo = p.flag("version", false), p.flag("seq_no_primary_term", false)
	p.skip("track_scores", "explain")
	if v := p.get("script_fields"); v != nil && len(v.members) > 0 {
		p.failAt(v, typeArgument, "scripts are not supported")
	}
	return t, nil
}

// sort reads an order of hits: fields, or objects with a field and its
// direction.
func (p *params) sort() []query.SortKey {
	v := p.get("sort")
	if v == nil {
		return nil
	}
	items := v.items
	if v.kind != isList {
		items = []value{*v}
	}
	var keys []query.SortKey
	for i := range items {
		item := &items[i]
		if item.kind == isString {
			name, direction, _ := strings.Cut(item.text, ":")
			keys = p.sortKey(keys, item, name, direction)
			continue
		}
		if item.kind != isObject {
			p.failAt(item, typeArgument, "malformed sort format, within the sort array, an object, or an actual string are allowed")
		}
		for j := range item.members {
			m := &item.members[j]
			direction := m.text
			if m.kind == isObject {
				direction = ""
				if o := m.get("order"); o != nil {
					direction = o.text
				}
			}
			before := len(keys)
			keys = p.sortKey(keys, &m.value, m.name, direction)
			if missing := m.get("missing"); missing != nil && len(keys) > before {
				switch missing.text {
				case "_last":
				case "_first":
					keys[before].MissingFirst = true
				default:
					p.failAt(missing, typeArgument, "[missing] in [sort] takes _first or _last here")
				}
			}
		}
	}
	return keys
}

func (p *params) sortKey(keys []query.SortKey, v *value, name, direction string) []query.SortKey {
	key := query.SortKey{Field: query.Ref(name)}
	switch strings.ToLower(direction) {
	case "", "asc":
	case "desc":
		key.Desc = true
	default:
		p.failAt(v, typeArgument, "unknown order [%s] in [sort]", direction)
	}
	switch name {
	case "_score": // all events match as well
		return keys
	case "_doc", "_shard_doc":
		key.Field = query.ByArrival()
	case "_script", "_geo_distance":
		p.failAt(v, typeArgument, "sorting by [%s] is not supported", name)
	}
	return append(keys, key)
}

func (t *topHits) ask() query.Agg { return t.agg }

func (t *topHits) read(c *reading, _ *node, r *query.AggResult) (*result, error) {
	out := &result{typed: "top_hits"}
	total := int64(0)
	var hits []query.Hit
	if r != nil {
		total = int64(r.Value)
		hits = r.Hits[min(t.from, len(r.Hits)):]
	}
	score := "null"
	if len(t.source.Sort) == 0 && len(hits) > 0 {
		score = "1.0"
	}
	dst := []byte(`{"total":{"value":` + strconv.FormatInt(total, 10) + `,"relation":"eq"},"max_score":` + score + `,"hits":[`)
	for i := range hits {
		if c.hitJSON == nil {
			break
		}
		dst = append(append(dst, c.hitJSON(&hits[i], t.source)...), ',')
	}
	dst = append(closed(dst), "]}"...)
	out.fields = []jsonField{{"hits", dst}}
	out.figure = func(string) (float64, bool) { return 0, false }
	return out, nil
}

// topMetrics is "top_metrics": figures of the first events in an order.
type topMetrics struct {
	agg    query.Agg
	fields []field
}

func newTopMetrics(p *params) (kind, error) {
	t := &topMetrics{agg: query.Agg{Kind: query.AggTopHits, Size: p.whole("size", 1, 1)}}
	if t.agg.Size > 10 && p.err == nil {
		p.err = p.fail(typeArgument, p.at, "[top_metrics.size] must not be more than [10] but was ["+strconv.Itoa(t.agg.Size)+"]. This limit can be set by changing the [index.top_metrics_max_size] index level setting.")
	}
	if t.agg.Sort = p.sort(); p.v.get("sort") == nil && p.err == nil {
		p.err = p.fail(typeArgument, p.at, "[sort] is missing in the top_metrics aggregation ["+p.name+"]")
	}
	if len(t.agg.Sort) > 1 {
		p.failAt(p.get("sort"), typeArgument, "[top_metrics] can only sort by one field")
	}
	v := p.get("metrics")
	if v == nil {
		return t, p.fail(typeArgument, p.at, "[metrics] is missing in the top_metrics aggregation ["+p.name+"]")
	}
	items := v.items
	if v.kind != isList {
		items = []value{*v}
	}
	t.agg.Fields = []query.FieldRef{}
	for i := range items {
		if items[i].kind != isObject {
			p.failAt(&items[i], typeContent, "[top_metrics] a metric is an object with a [field]")
			break
		}
		inner := &params{parser: p.parser, typ: p.typ, name: p.name, v: &items[i], at: items[i].start}
		f := inner.field()
		inner.skip("missing")
		if err := inner.done(); err != nil && p.err == nil {
			p.err = err
		}
		t.fields = append(t.fields, f)
		t.agg.Fields = append(t.agg.Fields, f.ref)
	}
	return t, nil
}

func (t *topMetrics) ask() query.Agg { return t.agg }

func (t *topMetrics) read(_ *reading, _ *node, r *query.AggResult) (*result, error) {
	out := &result{typed: "top_metrics"}
	first := make(map[string]float64)
	dst := []byte{'['}
	var hits []query.Hit
	if r != nil {
		hits = r.Hits
	}
	for i := range hits {
		dst = append(dst, `{"sort":[`...)
		for k := range t.agg.Sort {
			dst = append(append(dst, sortValue(t.agg.Sort[k], hits[i].Cursor.Keys[k])...), ',')
		}
		dst = append(closed(dst), `],"metrics":{`...)
		for k := range t.fields {
			f := &t.fields[k]
			text, x := f.valueIn(&hits[i].Event)
			dst = append(append(append(appendString(dst, f.name), ':'), text...), ',')
			if i == 0 {
				first[f.name] = x
			}
		}
		dst = append(closed(dst), "}},"...)
	}
	out.fields = []jsonField{{"top", append(closed(dst), ']')}}
	out.figure = func(part string) (float64, bool) {
		if part == "" && len(t.fields) == 1 {
			part = t.fields[0].name
		}
		for i := range t.fields {
			if t.fields[i].name == part {
				if x, ok := first[part]; ok {
					return x, true
				}
				return math.NaN(), true
			}
		}
		return 0, false
	}
	return out, nil
}

// sortValue writes the value that a hit is sorted by.
func sortValue(key query.SortKey, k query.CursorKey) json.RawMessage {
	f := field{ref: key.Field, form: formOf(key.Field, "")}
	switch {
	case k.Missing:
		return json.RawMessage("null")
	case key.IsArrival():
		return long(k.Int)
	case f.dates():
		return quoted(writeDate(f.figure(float64(k.Int)), "", nil))
	case f.form == formDouble:
		return double(k.Float)
	case f.form == formLong || f.form == formBool:
		return long(k.Int)
	}
	return f.unknown(k.Text)
}

// valueIn finds the value of the field in an event, as JSON and as a figure.
func (f *field) valueIn(e *event.Event) (json.RawMessage, float64) {
	if f.ref.Field == event.NoField {
		text, found := "", false
		query.VisitExtra(extraOf(e), f.ref, func(v string) bool {
			text, found = v, true
			return true
		})
		if !found {
			return json.RawMessage("null"), math.NaN()
		}
		x := math.NaN()
		if bits, ok := query.ParseBits(numberKind, text); ok {
			x = math.Float64frombits(bits)
		}
		return f.unknown(text), x
	}
	v, ok := e.Value(f.ref.Field)
	if f.ref.Field == event.EventID {
		v, ok = event.Value{Field: f.ref.Field, Text: e.ID()}, true
	}
	if !ok {
		return json.RawMessage("null"), math.NaN()
	}
	switch f.form {
	case formLong:
		return long(v.Int()), v.Float()
	case formDouble:
		return double(v.Float()), v.Float()
	case formBool:
		return json.RawMessage(v.String()), v.Float()
	case formDate:
		ms := f.figure(v.Float())
		return quoted(writeDate(ms, f.format, f.zone)), ms
	}
	return quoted(v.Text), math.NaN()
}

// extraOf writes the unknown fields of an event as one object.
func extraOf(e *event.Event) string {
	dst := []byte{'{'}
	for _, p := range e.Extra {
		dst = append(append(append(appendString(dst, p.Name), ':'), p.JSON...), ',')
	}
	return string(append(closed(dst), '}'))
}
