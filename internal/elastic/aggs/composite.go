package aggs

import (
	"encoding/json"
	"strconv"

	"rastro/internal/query"
)

// composite is "composite": pages of combinations of values.
type composite struct {
	sources []source
	agg     query.Agg
}

func newComposite(p *params) (kind, error) {
	c := &composite{agg: query.Agg{Kind: query.AggTuples}}
	if n := len(p.parents); n > 0 {
		return c, p.fail(typeArgument, p.at, "[composite] aggregation cannot be used with a parent aggregation of type: ["+p.parents[n-1].typ+"]")
	}
	if c.agg.Size = p.whole("size", 10, 1); c.agg.Size > MaxBuckets {
		return c, tooManyBuckets()
	}
	list := p.get("sources")
	if list == nil {
		return c, p.fail(typeArgument, p.at, "Required [sources]: the [composite] aggregation ["+p.name+"] needs at least one")
	}
	if list.kind == isList && len(list.items) == 0 {
		return c, p.fail(typeArgument, p.at, "Composite [sources] cannot be null or empty")
	}
	items := list.items
	if list.kind != isList {
		items = []value{*list}
	}
	names := make(map[string]bool)
	for i := range items {
		s := p.source(&items[i])
		if names[s.name] {
			p.failAt(&items[i], typeArgument, "Composite source names must be unique, found duplicates: [%s]", s.name)
		}
		names[s.name] = true
		c.sources = append(c.sources, s)
		c.agg.Parts = append(c.agg.Parts, s.part)
	}
	if after := p.get("after"); after != nil && p.err == nil {
		c.after(p, after)
	}
	return c, nil
}

// after reads the key to begin behind.
func (c *composite) after(p *params, v *value) {
	if v.kind != isObject || len(v.members) != len(c.sources) {
		p.failAt(v, typeArgument, "[after] has %d value(s) but [sources] has %d", len(v.members), len(c.sources))
		return
	}
	for i := range c.sources {
		s := &c.sources[i]
		k := v.get(s.name)
		if k == nil {
			p.failAt(v, typeArgument, "Missing value for [after.%s]", s.name)
			return
		}
		c.agg.After = append(c.agg.After, s.parse(p, k))
	}
}

// parse reads one part of a key.
func (s *source) parse(p *params, v *value) query.AggKey {
	if v.kind == isNull {
		if !s.part.Null {
			p.failAt(v, typeArgument, "[after.%s] is null, which needs missing_bucket", s.name)
		}
		return query.AggKey{Null: true}
	}
	if s.field.dates() {
		t, err := p.momentOf(v, &s.field, s.field.zone)
		if err != nil && p.err == nil {
			p.err = err
		}
		return query.AggKey{Text: strconv.FormatInt(t.UnixNano(), 10)}
	}
	if s.part.Kind == query.AggHistogram {
		return query.AggKey{Number: p.numberOf(v, "after."+s.name)}
	}
	if f := s.field.form; f == formLong || f == formDouble {
		p.numberOf(v, "after."+s.name)
	}
	return query.AggKey{Text: v.text}
}

func (c *composite) ask() query.Agg { return c.agg }

func (c *composite) read(r *reading, n *node, res *query.AggResult) (*result, error) {
	out := &result{typed: "composite", multi: true}
	if res == nil {
		return out, nil
	}
	for i := range res.Buckets {
		b, err := r.filled(n, res.Buckets[i])
		if err != nil {
			return nil, err
		}
		dst := []byte{'{'}
		for j := range c.sources {
			s := &c.sources[j]
			dst = append(append(append(appendString(dst, s.name), ':'), s.key(res.Buckets[i].Keys[j])...), ',')
		}
		key := json.RawMessage(append(closed(dst), '}'))
		b.key = string(key)
		b.fields = []jsonField{{"key", key}}
		out.buckets = append(out.buckets, b)
		out.fields = []jsonField{{"after_key", key}}
	}
	return out, nil
}
