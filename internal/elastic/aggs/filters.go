package aggs

import (
	"cmp"
	"slices"

	"rastro/internal/query"
)

// single is an aggregation of one bucket: filter, missing, global, samplers.
type single struct {
	typed  string
	filter query.Filter
	all    bool // looks at all events, not only at the matching ones
}

func newFilter(p *params) (kind, error) {
	for i := range p.v.members {
		p.skip(p.v.members[i].name)
	}
	return &single{typed: "filter", filter: p.filter(p.v)}, nil
}

func newMissing(p *params) (kind, error) {
	f := p.field()
	p.skip("missing")
	return &single{typed: "missing", filter: query.Not{Filter: query.Exists{Field: f.ref}}}, nil
}

// newSampler takes all events for the sample.
func newSampler(p *params) (kind, error) {
	p.skip("shard_size", "max_docs_per_value", "execution_hint", "field", "probability", "seed")
	typed := "sampler"
	if p.typ == "random_sampler" {
		typed = "random_sampler"
		if x := p.number("probability", 0); (x <= 0 || x > 1) && p.err == nil {
			p.err = p.fail(typeArgument, p.at, "[probability] must be greater than 0 and at most 1")
		}
	}
	return &single{typed: typed, filter: query.All{}}, nil
}

// global is all events of the indices, whatever was searched for.
type global struct{ single }

func newGlobal(p *params) (kind, error) {
	if len(p.parents) > 0 {
		p.err = p.fail(typePath, p.at, "Aggregation ["+p.name+"] of type [global] can only be defined as a top level aggregation")
	}
	return &global{single{typed: "global", filter: query.All{}, all: true}}, nil
}

func (g *global) beyond() bool { return true }

func (g *global) prepare(*reading, *node) error { return nil }

func (s *single) ask() query.Agg {
	return query.Agg{Kind: query.AggFilters, Filters: []query.AggFilterBucket{{Filter: s.filter}}}
}

func (s *single) read(c *reading, n *node, r *query.AggResult) (*result, error) {
	var from query.Bucket
	if r != nil && len(r.Buckets) == 1 {
		from = r.Buckets[0]
	}
	b, err := c.filled(n, from)
	return &result{typed: s.typed, single: true, buckets: []*bucket{b}}, err
}

// filters is the aggregation "filters".
type filters struct {
	named, keyed bool
	list         []query.AggFilterBucket
}

func newFilters(p *params) (kind, error) {
	f := &filters{}
	v := p.get("filters")
	switch {
	case v == nil:
		p.err = cmp.Or(p.err, error(p.fail(typeArgument, p.at, "[filters] cannot be empty: ["+p.name+"]")))
		return f, nil
	case v.kind == isObject:
		f.named = true
		for i := range v.members {
			m := &v.members[i]
			f.list = append(f.list, query.AggFilterBucket{Key: m.name, Filter: p.filter(&m.value)})
		}
		slices.SortFunc(f.list, func(a, b query.AggFilterBucket) int { return cmp.Compare(a.Key, b.Key) })
	case v.kind == isList:
		for i := range v.items {
			f.list = append(f.list, query.AggFilterBucket{Filter: p.filter(&v.items[i])})
		}
	default:
		p.failAt(v, typeParsing, "[filters] takes an object or a list of queries in [%s]", p.name)
	}
	if len(f.list) == 0 && p.err == nil {
		p.err = p.fail(typeArgument, p.at, "[filters] cannot be empty: ["+p.name+"]")
	}
	f.keyed = p.flag("keyed", true) && f.named
	key := p.text("other_bucket_key", "")
	if p.flag("other_bucket", key != "") {
		f.list = append(f.list, query.AggFilterBucket{Key: cmp.Or(key, "_other_"), Filter: query.Not{Filter: anyOf(f.list)}})
	}
	return f, nil
}

// anyOf matches what one of the filters matches.
func anyOf(list []query.AggFilterBucket) query.Filter {
	var all []query.Filter
	for _, f := range list {
		all = append(all, f.Filter)
	}
	return query.Or{Filters: all}
}

func (f *filters) ask() query.Agg { return query.Agg{Kind: query.AggFilters, Filters: f.list} }

func (f *filters) read(c *reading, n *node, r *query.AggResult) (*result, error) {
	out := &result{typed: "filters", multi: true, keyed: f.keyed}
	for i := range f.list {
		var from query.Bucket
		if r != nil && i < len(r.Buckets) {
			from = r.Buckets[i]
		}
		b, err := c.filled(n, from)
		if err != nil {
			return nil, err
		}
		b.key = f.list[i].Key
		if f.named && !f.keyed {
			b.fields = []jsonField{{"key", quoted(b.key)}}
		}
		out.buckets = append(out.buckets, b)
	}
	return out, nil
}
