package aggs

import (
	"cmp"
	"slices"

	"rastro/internal/query"
)

// significant is "significant_terms": the values that stand out among the
// matching events against all events.
type significant struct {
	field      field
	size       int
	minCount   int
	wanted     choice
	background query.Filter // nil for all events
	score      func(fg, fgTotal, bg, bgTotal float64) float64
	// known are the counts of all values in the background, where they are few
	// enough.
	known map[string]int64
	total int64
}

func newSignificant(p *params) (kind, error) {
	s := &significant{field: p.field(), size: p.whole("size", 10, 1), minCount: p.whole("min_doc_count", 3, 1), score: jlh}
	s.wanted = p.choice(&s.field)
	if v := p.get("background_filter"); v != nil {
		s.background = p.filter(v)
	}
	p.skip("shard_size", "shard_min_doc_count", "execution_hint", "jlh")
	if p.get("percentage") != nil {
		s.score = func(fg, _, bg, _ float64) float64 { return fg / bg }
	}
	for _, other := range []string{"mutual_information", "chi_square", "gnd", "p_value", "script_heuristic"} {
		if v := p.get(other); v != nil {
			p.failAt(v, typeArgument, "[significant_terms] the score [%s] is not supported: use jlh or percentage", other)
		}
	}
	return s, nil
}

// jlh is the score of Elasticsearch that is used where none is named: the
// absolute times the relative change of the share.
func jlh(fg, fgTotal, bg, bgTotal float64) float64 {
	if fgTotal == 0 || bgTotal == 0 || bg == 0 {
		return 0
	}
	here, there := fg/fgTotal, bg/bgTotal
	if here <= there {
		return 0
	}
	return (here - there) * (here / there)
}

func (s *significant) ask() query.Agg {
	a := query.Agg{Kind: query.AggTerms, Field: s.field.ref, As: s.field.as(), Size: MaxBuckets / 8, MinCount: s.minCount}
	if s.wanted.any() {
		a.Keep = s.wanted.wants
	}
	return a
}

// wrap puts the terms into a bucket of all events, which counts them.
func (s *significant) wrap(a query.Agg) query.Agg {
	name := a.Name
	a.Name = engineName(0)
	return query.Agg{Name: name, Kind: query.AggFilters, Filters: []query.AggFilterBucket{{Filter: query.All{}}}, Subs: []query.Agg{a}}
}

// count finds out how often values come in the background.
func (s *significant) count(c *reading, keys []query.Bucket) (map[string]int64, error) {
	if s.known != nil {
		return s.known, nil
	}
	q := c.everything()
	if s.background != nil {
		q.Filter = query.And{Filters: []query.Filter{orAll(q.Filter), s.background}}
	}
	wanted := make(map[string]bool, len(keys))
	for i := range keys {
		wanted[keys[i].Key] = true
	}
	a := s.wrap(query.Agg{Kind: query.AggTerms, Field: s.field.ref, As: s.field.as(), Size: MaxBuckets / 4})
	q.Aggs = []query.Agg{a}
	counts, whole, err := s.counted(c, q)
	if err != nil {
		return nil, err
	}
	if whole {
		s.known = counts
		return counts, nil
	}
	q.Aggs[0].Subs[0].Keep = func(key string) bool { return wanted[key] }
	counts, _, err = s.counted(c, q)
	return counts, err
}

// counted asks for counts; whole tells that no value is missing.
func (s *significant) counted(c *reading, q query.Question) (counts map[string]int64, whole bool, err error) {
	a, err := c.put(q)
	if err != nil {
		return nil, false, err
	}
	counts = make(map[string]int64)
	if len(a.Aggs) == 0 || len(a.Aggs[0].Buckets) == 0 {
		return counts, true, nil
	}
	all := &a.Aggs[0].Buckets[0]
	s.total = all.Count
	for _, b := range all.Subs[0].Buckets {
		counts[b.Key] = b.Count
	}
	return counts, all.Subs[0].OtherCount == 0, nil
}

func orAll(f query.Filter) query.Filter {
	if f == nil {
		return query.All{}
	}
	return f
}

func (s *significant) read(c *reading, n *node, r *query.AggResult) (*result, error) {
	out := &result{typed: "sigsterms", multi: true}
	var here int64
	var list []query.Bucket
	if r != nil && len(r.Buckets) == 1 && len(r.Buckets[0].Subs) == 1 {
		here, list = r.Buckets[0].Count, r.Buckets[0].Subs[0].Buckets
	}
	counts, err := s.count(c, list)
	if err != nil {
		return nil, err
	}
	f := s.field
	f.guess(list)
	type scored struct {
		at    int
		score float64
		bg    int64
	}
	var ranked []scored
	for i := range list {
		bg := max(counts[list[i].Key], list[i].Count)
		if x := s.score(float64(list[i].Count), float64(here), float64(bg), float64(s.total)); x > 0 {
			ranked = append(ranked, scored{i, x, bg})
		}
	}
	slices.SortStableFunc(ranked, func(a, b scored) int { return cmp.Compare(b.score, a.score) })
	for _, one := range ranked[:min(len(ranked), s.size)] {
		b, err := c.filled(n, list[one.at])
		if err != nil {
			return nil, err
		}
		f.writeKey(b)
		b.tail = []jsonField{{"score", double(one.score)}, {"bg_count", long(one.bg)}}
		out.buckets = append(out.buckets, b)
	}
	out.typed = "sig" + f.typed("terms")
	if out.typed == "sigdterms" {
		out.typed = "siglterms"
	}
	out.fields = []jsonField{{"doc_count", long(here)}, {"bg_count", long(s.total)}}
	return out, nil
}
