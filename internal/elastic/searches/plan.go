package searches

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"rastro/internal/auth"
	"rastro/internal/elastic/aggs"
	"rastro/internal/elastic/names"
	"rastro/internal/elastic/rest"
	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/query/dsl"
)

// plan is a search that is ready to be asked.
type plan struct {
	q          *request
	scope      auth.Scope
	expression string
	mappedSet
	order order
	// question brings the hits; aggregations are asked along where no
	// post_filter stands between.
	question query.Question
	// inner is the condition without post_filter.
	inner query.Filter
	aggs  *aggs.Plan
	shown *shown
	score float64
	pitID string
}

// mappedSet is what a query is asked of: the names of indices, and the types that
// their mappings give fields. The zero mappedSet knows neither.
type mappedSet struct {
	indices []string
	types   mapped
}

// parseQuery reads a query in the DSL that begins at a place of the request.
func (s *Searches) parseQuery(text []byte, line, col int, in mappedSet) (query.Filter, error) {
	f, err := dsl.Parse(text, s.dslOptions(line, col, in.types))
	if err != nil {
		return nil, s.queryFailure(err, in.indices)
	}
	return f, nil
}

func (s *Searches) dslOptions(line, col int, types mapped) dsl.Options {
	return dsl.Options{Now: s.node.Now(), IndexFilter: s.indexFilter, Type: types.of, Line: line, Col: col}
}

// indexFilter is the condition of a query on _index.
func (s *Searches) indexFilter(pattern string) (query.Filter, error) {
	set, err := s.node.Names.Resolve(pattern, names.ResolveOptions{IgnoreUnavailable: true, AllowNoIndices: true, Hidden: true})
	if err != nil {
		return nil, rest.NameFailure(err)
	}
	if f := set.Filter(); f != nil {
		return f, nil
	}
	return query.All{}, nil
}

// prepare resolves names and reads what the request holds as JSON.
func (s *Searches) prepare(ctx context.Context, scope auth.Scope, q *request, expression string, opts names.ResolveOptions) (*plan, error) {
	if err := q.check(expression); err != nil {
		if f := rest.AsFailure(err); strings.HasPrefix(f.Reason, "Result window") || strings.HasPrefix(f.Reason, "Batch size") {
			return nil, s.shardFailure(f, nil)
		}
		return nil, err
	}
	p := &plan{q: q, scope: scope, expression: expression, order: order{keys: slices.Clone(q.sort)}, score: scoreOf(q)}
	if q.pit != nil {
		held, err := s.openPit(q.pit)
		if err != nil {
			return nil, err
		}
		p.expression, opts, p.pitID = held.expression, held.opts, q.pit.id
		p.question.UpTo = held.last
		p.addTie()
	}
	set, err := s.node.ResolveWith(p.expression, opts)
	if err != nil {
		return nil, err
	}
	p.mappedSet = mappedSet{set.Names(), mappedTypes(set)}
	p.order.dates(p.types)
	if err := q.checkSettings(set); err != nil {
		return nil, s.shardFailure(rest.AsFailure(err), p.indices)
	}
	if err := checkFormats(append(slices.Clone(q.fields), q.docvalues...), p.types); err != nil {
		return nil, s.shardFailure(rest.AsFailure(err), p.indices)
	}
	if err := s.readFilters(p, set); err != nil {
		return nil, err
	}
	if err := s.checkSort(ctx, p, set); err != nil {
		return nil, err
	}
	return p, s.fill(p)
}

// addTie adds the tie break of a point in time.
func (p *plan) addTie() {
	if len(p.order.keys) == 0 || len(p.order.question()) == 0 {
		return
	}
	for i := range p.order.keys {
		if p.order.keys[i].key.IsArrival() {
			return
		}
	}
	tie, _ := newSortKey("_shard_doc", "")
	p.order.keys = append(p.order.keys[:len(p.order.keys):len(p.order.keys)], tie)
	p.order.tie = true
}

// readFilters reads the query, post_filter and the aggregations.
func (s *Searches) readFilters(p *plan, set names.Set) error {
	base, err := s.within(p.expression, set)
	if err != nil {
		return err
	}
	asked, err := s.condition(p.q, p.mappedSet)
	if err != nil {
		return err
	}
	if p.q.minScore > p.score {
		asked = query.None{}
	}
	p.inner = allOf(base, asked)
	p.question.Filter = p.inner
	if p.q.post != nil {
		post, err := s.parseQuery(p.q.post.raw, p.q.post.line, p.q.post.col, p.mappedSet)
		if err != nil {
			return err
		}
		p.question.Filter = allOf(p.inner, post)
	}
	if p.shown, err = s.newShown(p.q, &p.order, p.score, asked); err != nil {
		return err
	}
	if p.shown.types = p.types; p.q.aggs == nil {
		return nil
	}
	p.aggs, err = aggs.Parse(p.q.aggs.raw, aggs.Options{
		Now: s.node.Now(), Everything: base, TypedKeys: p.q.typedKeys, FieldType: p.types.of, MaxBuckets: s.maxBuckets(),
		ParseQuery: func(text []byte) (query.Filter, error) {
			return dsl.Parse(text, s.dslOptions(p.q.aggs.line, p.q.aggs.col, p.types))
		},
	})
	if err != nil {
		return s.aggFailure(p.q.aggs.moved(err), p.indices)
	}
	return nil
}

// maxBuckets is the most buckets of an answer that somebody has set; 0 for none.
func (s *Searches) maxBuckets() int {
	n, err := strconv.Atoi(s.node.Cluster.Content().Setting("search.max_buckets"))
	if err != nil {
		return 0 // nobody has set it
	}
	return n
}

// condition is the query of a request: q wins over the body.
func (s *Searches) condition(q *request, in mappedSet) (query.Filter, error) {
	switch {
	case q.text.set:
		f, err := dsl.ParseString(q.text.text, q.text.opts, s.dslOptions(1, 1, in.types))
		if err != nil {
			return nil, s.queryFailure(err, in.indices)
		}
		return f, nil
	case q.query != nil:
		return s.parseQuery(q.query.raw, q.query.line, q.query.col, in)
	}
	return query.All{}, nil
}

// allOf joins conditions; nil and All are none.
func allOf(filters ...query.Filter) query.Filter {
	var all []query.Filter
	for _, f := range filters {
		if _, every := f.(query.All); f != nil && !every {
			all = append(all, f)
		}
	}
	switch len(all) {
	case 0:
		return query.All{}
	case 1:
		return all[0]
	}
	return query.And{Filters: all}
}

// checkSort refuses an order by a field that nobody knows: its answer would
// look like one that is ordered.
func (s *Searches) checkSort(ctx context.Context, p *plan, set names.Set) error {
	if len(p.indices) == 0 {
		return nil
	}
	for i := range p.order.keys {
		k := &p.order.keys[i]
		if k.score || k.unmapped || k.key.IsArrival() || k.key.Field.Field != event.NoField || p.types.of(k.name) != "" {
			continue
		}
		if absent := s.node.Searcher.UnknownFields(ctx, p.scope, query.Exists{Field: k.key.Field}); len(absent) > 0 {
			return s.shardFailure(rest.Fail(400, "query_shard_exception", "No mapping found for ["+k.name+"] in order to sort on"), p.indices)
		}
	}
	return nil
}

// fill makes the question.
func (s *Searches) fill(p *plan) error {
	q := p.q
	p.question.Sort = p.order.question()
	p.question.Limit, p.question.Skip = q.size, q.from
	p.question.Count = q.track
	if q.terminateAfter > 0 {
		p.question.Limit = min(q.size, q.terminateAfter)
		if q.track < 0 || q.track > q.terminateAfter {
			p.question.Count = q.terminateAfter
		}
	}
	p.question.Fields = p.shown.refs()
	if q.after != nil {
		var err error
		if p.question.After, err = p.order.cursor(q.after, s.dslOptions(q.after.line, q.after.col, p.types)); err != nil {
			return err
		}
	}
	if q.slice != nil {
		p.cut(s.node.Searcher.Last())
	}
	return nil
}

// cut narrows the question to its slice: a part of the events in the order in
// which they came in, the same for every page.
func (p *plan) cut(last uint64) {
	if p.question.UpTo == 0 {
		p.question.UpTo = max(last, 1)
	}
	all, id, parts := p.question.UpTo, uint64(p.q.slice.id), uint64(p.q.slice.max)
	p.question.Above = all / parts * id
	if id+1 < parts {
		p.question.UpTo = all / parts * (id + 1)
	}
	if p.question.UpTo == 0 {
		p.question.Filter = query.None{}
	}
}

// scoreOf is the score of every hit: what a query that only filters, or has a
// weight of its own, gives to all of them.
func scoreOf(q *request) float64 {
	if q.text.set || q.query == nil {
		return 1
	}
	var body map[string]json.RawMessage
	if json.Unmarshal(q.query.raw, &body) != nil || len(body) != 1 {
		return 1
	}
	for kind, raw := range body {
		var inner map[string]json.RawMessage
		if json.Unmarshal(raw, &inner) != nil {
			return 1
		}
		if kind == "bool" && !filled(inner["must"]) && !filled(inner["should"]) && (filled(inner["filter"]) || filled(inner["must_not"])) {
			return 0
		}
		var boost float64
		if (kind == "constant_score" || kind == "match_all") && json.Unmarshal(inner["boost"], &boost) == nil {
			return boost
		}
	}
	return 1
}

// filled tells whether a list of clauses holds any.
func filled(raw json.RawMessage) bool {
	text := bytes.TrimSpace(raw)
	return len(text) > 0 && string(text) != "[]" && string(text) != "{}" && string(text) != "null"
}
