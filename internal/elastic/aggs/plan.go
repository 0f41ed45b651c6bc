package aggs

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"rastro/internal/query"
)

// MaxBuckets is the number of buckets that one answer may hold.
const MaxBuckets = 65_536

const (
	// maxDepth bounds how deep aggregations nest: as deep as the engine goes.
	maxDepth = 9
	// maxNodes bounds the aggregations of one search.
	maxNodes = 1000
)

// Options say how aggregations are read.
type Options struct {
	// Now is what date math counts from; zero means the clock's time.
	Now time.Time
	// Zone is where days begin for bounds that name no zone; nil means UTC.
	Zone *time.Location
	// ParseQuery reads the query DSL of filters; nil refuses them.
	ParseQuery func(json []byte) (query.Filter, error)
	// Everything is the condition that the searched indices alone make, without
	// the query; nil means all events. What looks beyond the query (global,
	// background of significant_terms, min_doc_count 0) counts within it.
	Everything query.Filter
	// FieldType tells the Elasticsearch type (keyword, long, double, date,
	// boolean, ip) of a field that the table of fields does not know; "" where
	// it is not known. nil leaves it to the values.
	FieldType func(name string) string
	// TypedKeys writes each name with the type of its result in front
	// (typed_keys=true).
	TypedKeys bool
	// MaxBuckets bounds the buckets of the answer (search.max_buckets); 0 and
	// what is above MaxBuckets mean MaxBuckets.
	MaxBuckets int
}

// Plan is a tree of aggregations that has been read. It may be asked and
// finished once at a time.
type Plan struct {
	opts  Options
	top   []*node
	pipes []*pipe
	nodes int
}

// node is one aggregation that looks at events.
type node struct {
	name, typ string
	meta      json.RawMessage
	kind      kind
	subs      []*node
	pipes     []*pipe
}

// kind is what one type of aggregation does.
type kind interface {
	// ask is the engine's aggregation, without its name and what is inside.
	ask() query.Agg
	// read makes the result of the engine's; r is nil where there were no
	// events to look at.
	read(c *reading, n *node, r *query.AggResult) (*result, error)
}

// preparer is a kind that must ask before it can be asked: how long its
// intervals are, what the background is. It is possible at the top only for
// those that say so, and always inside others where it needs nothing.
type preparer interface {
	prepare(c *reading, n *node) error
}

// Parse reads the object under "aggs" or "aggregations". Nothing gives a Plan
// without aggregations. Mistakes are *Error, or what ParseQuery returned.
func Parse(text []byte, opts Options) (*Plan, error) {
	if opts.Now.IsZero() {
		opts.Now = time.Now()
	}
	if opts.Zone == nil {
		opts.Zone = time.UTC
	}
	if opts.MaxBuckets <= 0 || opts.MaxBuckets > MaxBuckets {
		opts.MaxBuckets = MaxBuckets
	}
	p := &Plan{opts: opts}
	if text = bytes.TrimSpace(text); len(text) == 0 || string(text) == "null" {
		return p, nil
	}
	r := newReader(text)
	v, err := r.read()
	if err != nil {
		return nil, err
	}
	s := parser{reader: r, plan: p}
	if p.top, p.pipes, err = s.level(&v, nil); err != nil {
		return nil, err
	}
	return p, nil
}

// Empty tells that the plan holds no aggregation.
func (p *Plan) Empty() bool { return len(p.top) == 0 && len(p.pipes) == 0 }

// Aggs is what the question that brings the hits asks along. Some plans ask
// all of it in Finish.
func (p *Plan) Aggs() []query.Agg {
	var list []query.Agg
	for i, n := range p.top {
		if !n.late() {
			list = append(list, n.agg(engineName(i)))
		}
	}
	return list
}

// late tells that a node has to be asked by a question of its own, because
// something in it needs to know more first.
func (n *node) late() bool {
	if _, ok := n.kind.(preparer); ok {
		return true
	}
	for _, s := range n.subs {
		if s.late() {
			return true
		}
	}
	return false
}

// engineName is the name of an aggregation in the question: short, and never
// one that an order could take apart.
func engineName(i int) string { return "a" + strconv.Itoa(i) }

// agg makes the engine's aggregation of a node with all inside it.
func (n *node) agg(name string) query.Agg {
	a := n.kind.ask()
	a.Name = name
	for i, s := range n.subs {
		a.Subs = append(a.Subs, s.agg(engineName(i)))
	}
	if w, ok := n.kind.(interface{ wrap(query.Agg) query.Agg }); ok {
		return w.wrap(a)
	}
	return a
}

// parser turns JSON into nodes.
type parser struct {
	*reader
	plan *Plan
}

// level reads the aggregations side by side in one object. parent is the node
// they are inside; nil at the top.
func (s *parser) level(v *value, parents []*node) ([]*node, []*pipe, error) {
	if v.kind != isObject {
		return nil, nil, s.fail(typeParsing, v.start, "Expected [START_OBJECT] under [aggs], but got a ["+v.kind.String()+"]")
	}
	if len(v.members) > 0 && len(parents) > maxDepth {
		return nil, nil, s.fail(typeArgument, v.start, "aggregations nest more than "+strconv.Itoa(maxDepth+1)+" levels deep")
	}
	var nodes []*node
	var pipes []*pipe
	for i := range v.members {
		m := &v.members[i]
		n, p, err := s.definition(m, parents)
		switch {
		case err != nil:
			return nil, nil, err
		case p != nil:
			pipes = append(pipes, p)
		default:
			nodes = append(nodes, n)
		}
	}
	pipes, err := arrangePipes(pipes, nodes, parents)
	return nodes, pipes, err
}

// parts are the pieces of one definition.
type parts struct {
	typ        string
	body, subs *value
	at         int
	meta       json.RawMessage
}

// definition reads one named aggregation.
func (s *parser) definition(m *member, parents []*node) (*node, *pipe, error) {
	if m.name == "" || strings.ContainsAny(m.name, "[]>") {
		return nil, nil, s.fail(typeParsing, m.at, "Invalid aggregation name ["+m.name+"]. Aggregation names can contain any character except '[', ']', and '>'")
	}
	if m.kind != isObject {
		return nil, nil, s.fail(typeParsing, m.start, "Aggregation definition for ["+m.name+"] starts with a ["+m.kind.String()+"], expected a [START_OBJECT].")
	}
	if s.plan.nodes++; s.plan.nodes > maxNodes {
		return nil, nil, s.fail(typeArgument, m.at, "there are more than "+strconv.Itoa(maxNodes)+" aggregations")
	}
	d, err := s.parts(m)
	if err != nil {
		return nil, nil, err
	}
	p := &params{parser: s, typ: d.typ, name: m.name, v: d.body, at: d.at, parents: parents}
	if build, ok := pipeTypes[d.typ]; ok {
		if d.subs != nil && len(d.subs.members) > 0 {
			return nil, nil, s.fail(typeParsing, d.at, "Aggregation ["+m.name+"] cannot define sub-aggregations")
		}
		pp, err := newPipe(p, build, d.meta)
		return nil, pp, err
	}
	n := &node{name: m.name, typ: d.typ, meta: d.meta}
	if err := s.fill(n, p, d, parents); err != nil {
		return nil, nil, err
	}
	return n, nil, nil
}

// fill reads what a node is and what is inside it.
func (s *parser) fill(n *node, p *params, d parts, parents []*node) error {
	build, ok := types[d.typ]
	if !ok {
		if why, known := refused[d.typ]; known {
			return s.fail(typeArgument, d.at, "["+d.typ+"] aggregations are not supported: "+why)
		}
		return s.fail(typeParsing, d.at, "Unknown aggregation type ["+d.typ+"]"+didYouMean(d.typ, typeNames()))
	}
	var err error
	if n.kind, err = build(p); err != nil {
		return err
	}
	if err := p.done(); err != nil {
		return err
	}
	if d.subs != nil && len(d.subs.members) > 0 {
		if metrics[d.typ] {
			return s.fail(typeParsing, d.at, "Aggregator ["+n.name+"] of type ["+d.typ+"] cannot accept sub-aggregations")
		}
		if n.subs, n.pipes, err = s.level(d.subs, append(parents[:len(parents):len(parents)], n)); err != nil {
			return err
		}
	}
	if c, ok := n.kind.(interface{ check(*params, *node) error }); ok {
		return c.check(p, n)
	}
	return nil
}

// parts takes a definition apart.
func (s *parser) parts(m *member) (parts, error) {
	var d parts
	for i := range m.members {
		f := &m.members[i]
		switch f.name {
		case "meta":
			if f.kind != isObject {
				return d, s.fail(typeParsing, f.at, "Expected [START_OBJECT] under [meta], but got a ["+f.kind.String()+"] in ["+m.name+"]")
			}
			d.meta = s.raw(&f.value)
		case "aggs", "aggregations":
			if d.subs != nil {
				return d, s.fail(typeParsing, f.at, "Found two sub aggregation definitions under ["+m.name+"]")
			}
			d.subs = &f.value
		default:
			if d.body != nil {
				return d, s.fail(typeParsing, f.at, "Found two aggregation type definitions in ["+m.name+"]: ["+d.typ+"] and ["+f.name+"]")
			}
			if f.kind != isObject {
				return d, s.fail(typeParsing, f.at, "Expected [START_OBJECT] under ["+f.name+"], but got a ["+f.kind.String()+"] in ["+m.name+"]")
			}
			d.typ, d.body, d.at = f.name, &f.value, f.at
		}
	}
	if d.body == nil {
		return d, s.fail(typeParsing, m.at, "Missing definition for aggregation ["+m.name+"]")
	}
	return d, nil
}
