package aggs

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
)

// pipe is an aggregation of results: it looks at buckets, not at events.
type pipe struct {
	name, typ string
	meta      json.RawMessage
	kind      pipeKind
	paths     []path
	// optional are the paths that end in what a pipe makes: not in every bucket.
	optional map[string]bool
	gaps     gapPolicy
	format   string
}

// pipeKind is what one type of pipe does.
type pipeKind interface {
	// sibling pipes stand beside the buckets they look at; the others stand in
	// them.
	sibling() bool
	// run adds to the buckets of one list, or changes the list. whole is the
	// result they belong to, nil at the top.
	run(p *pipe, list []*bucket, whole *result) error
}

// gapPolicy says what counts for a bucket without events or figure.
type gapPolicy uint8

const (
	gapSkip gapPolicy = iota
	gapZeros
	gapKeep
)

// newPipe reads what all pipes have, and what one has.
func newPipe(p *params, build func(*params, *pipe) pipeKind, meta json.RawMessage) (*pipe, error) {
	pp := &pipe{name: p.name, typ: p.typ, meta: meta, optional: make(map[string]bool)}
	switch p.text("gap_policy", "skip") {
	case "skip":
	case "insert_zeros":
		pp.gaps = gapZeros
	case "keep_values":
		pp.gaps = gapKeep
	default:
		p.failAt(p.get("gap_policy"), typeArgument, "Invalid gap policy: [%s], accepted values: [insert_zeros, skip, keep_values]", p.get("gap_policy").text)
	}
	pp.format = p.format()
	pp.kind = build(p, pp)
	if err := p.done(); err != nil {
		return nil, err
	}
	if pp.kind.sibling() || len(p.parents) == 0 {
		return pp, p.checkPlace(pp)
	}
	return pp, p.checkParent(pp)
}

// checkPlace refuses pipes at the top that have to be in buckets.
func (p *params) checkPlace(pp *pipe) error {
	if pp.kind.sibling() {
		return nil
	}
	if needsSequence[pp.typ] {
		return p.fail(typeInvalid, p.at, "Validation Failed: 1: "+pp.typ+" aggregation ["+pp.name+"] must have a histogram, date_histogram or auto_date_histogram as parent but doesn't have a parent;")
	}
	return p.fail(typeInvalid, p.at, "Validation Failed: 1: "+pp.typ+" aggregation ["+pp.name+"] must be declared inside of another aggregation;")
}

// needsSequence are the pipes whose buckets must follow each other.
var needsSequence = map[string]bool{
	"derivative": true, "cumulative_sum": true, "moving_fn": true, "moving_avg": true, "serial_diff": true,
}

// checkParent refuses pipes in buckets that do not follow each other.
func (p *params) checkParent(pp *pipe) error {
	parent := p.parents[len(p.parents)-1]
	switch parent.typ {
	case "histogram", "date_histogram", "auto_date_histogram":
		return nil
	case "filter", "missing", "global", "sampler", "diversified_sampler", "random_sampler":
		return p.fail(typeInvalid, p.at, "Validation Failed: 1: "+pp.typ+" aggregation ["+pp.name+"] must be declared inside of another aggregation with several buckets;")
	}
	if needsSequence[pp.typ] {
		return p.fail(typeInvalid, p.at, "Validation Failed: 1: "+pp.typ+" aggregation ["+pp.name+"] must have a histogram, date_histogram or auto_date_histogram as parent;")
	}
	return nil
}

// onePath reads buckets_path with one path.
func (p *params) onePath(pp *pipe) {
	v := p.get("buckets_path")
	if v == nil {
		if p.err == nil {
			p.err = p.fail(typeParsing, p.at, "Missing required field [buckets_path] for ["+p.typ+"] aggregation ["+p.name+"]")
		}
		return
	}
	list := p.texts(v)
	if len(list) != 1 || v.kind == isObject || list[0] == "" {
		p.failAt(v, typeParsing, "[buckets_path] must contain a single entry for aggregation [%s]", p.name)
		return
	}
	pp.paths = []path{parsePath(list[0])}
}

// arrangePipes checks that paths begin somewhere and sorts pipes so that each
// one comes behind those it looks at.
func arrangePipes(pipes []*pipe, nodes []*node, parents []*node) ([]*pipe, error) {
	var sorted []*pipe
	state := make(map[*pipe]int)
	var visit func(p *pipe) error
	visit = func(p *pipe) error {
		switch state[p] {
		case 2:
			return nil
		case 1:
			return badf("Cyclical dependency found with pipeline aggregator [%s]", p.name)
		}
		state[p] = 1
		for _, way := range p.paths {
			other, err := p.begins(way, pipes, nodes)
			if err != nil {
				return err
			}
			if p.endsInPipe(way.steps, pipes, nodes) {
				p.optional[way.text] = true
			}
			if other != nil {
				if err := visit(other); err != nil {
					return err
				}
			}
		}
		state[p] = 2
		sorted = append(sorted, p)
		return nil
	}
	for _, p := range pipes {
		if err := visit(p); err != nil {
			return nil, err
		}
	}
	return sorted, nil
}

// begins finds the pipe that a path begins with; nil where that is a node or
// the bucket itself.
func (p *pipe) begins(way path, pipes []*pipe, nodes []*node) (*pipe, error) {
	first := way.steps[0]
	if !p.kind.sibling() && slices.Contains([]string{"_count", "_key", "_bucket_count"}, first) {
		return nil, nil
	}
	if at, part := findNode(nodes, first); at >= 0 {
		if p.kind.sibling() && !hasBuckets(nodes[at]) {
			return nil, failf(typeInvalid, "Validation Failed: 1: The first aggregation in buckets_path must be a multi-bucket aggregation for aggregation [%s] found :%s for buckets path: %s;", p.name, nodes[at].typ, way.text)
		}
		return nil, p.reaches(way, nodes[at], part)
	}
	for _, s := range splits(first) {
		for _, other := range pipes {
			if other.name == s[0] && !p.kind.sibling() {
				return other, nil
			}
		}
	}
	if p.kind.sibling() {
		return nil, failf(typeInvalid, "Validation Failed: 1: buckets_path aggregation does not exist for aggregation [%s]: %s;", p.name, way.text)
	}
	return nil, failf(typeInvalid, "Validation Failed: 1: No aggregation found for path [%s];", way.text)
}

// reaches checks that the steps behind the first one name something.
func (p *pipe) reaches(way path, n *node, part string) error {
	steps := way.steps[1:]
	if part != "" && !metrics[n.typ] && !strings.HasSuffix(way.steps[0], "]") { // a point parts steps, too
		steps = append([]string{part}, steps...)
	}
	for _, step := range steps {
		if slices.Contains([]string{"_count", "_key", "_bucket_count", "doc_count"}, step) || metrics[n.typ] {
			return nil
		}
		at, _ := findNode(n.subs, step)
		if at < 0 {
			if p.endsInPipe([]string{step}, n.pipes, nil) {
				return nil
			}
			return failf(typeInvalid, "Validation Failed: 1: No aggregation [%s] found for path [%s];", step, way.text)
		}
		n = n.subs[at]
	}
	return nil
}

// endsInPipe tells whether steps lead to what a pipe makes.
func (p *pipe) endsInPipe(steps []string, pipes []*pipe, nodes []*node) bool {
	for _, step := range steps {
		at, _ := findNode(nodes, step)
		if at < 0 {
			return slices.ContainsFunc(splits(step), func(s [2]string) bool {
				return slices.ContainsFunc(pipes, func(other *pipe) bool { return other.name == s[0] })
			})
		}
		nodes, pipes = nodes[at].subs, nodes[at].pipes
	}
	return false
}

// hasBuckets tells whether a node has a list of buckets.
func hasBuckets(n *node) bool {
	switch n.kind.(type) {
	case *single, *global:
		return false
	}
	return !metrics[n.typ]
}

// runPipes runs the pipes of one level. buckets are those whose insides they
// stand beside; whole is the result these belong to, nil at the top.
func runPipes(pipes []*pipe, buckets []*bucket, whole *result) error {
	for _, p := range pipes {
		if whole != nil {
			buckets = whole.buckets
		}
		if err := p.kind.run(p, buckets, whole); err != nil {
			return err
		}
	}
	return nil
}

// value reads the figure of a path in a bucket, with gaps as the policy says:
// NaN for a gap that is skipped.
func (p *pipe) value(b *bucket, way path) (float64, error) {
	x, ok := b.figure(way.steps)
	switch {
	case !ok && p.optional[way.text]:
		x = math.NaN()
	case !ok:
		return 0, badf("buckets_path must reference either a number value or a single value numeric metric aggregation, got: [%s] at aggregation [%s]", b.found(way.steps), b.blocked(way.steps))
	}
	last := way.steps[len(way.steps)-1]
	counts := last == "_count" || last == "_bucket_count" || strings.HasSuffix(last, "._count")
	broken := math.IsNaN(x) || math.IsInf(x, 0)
	if !broken && (b.count > 0 || counts) {
		return x, nil
	}
	switch {
	case p.gaps == gapZeros:
		return 0, nil
	case p.gaps == gapKeep && !broken:
		return x, nil
	}
	return math.NaN(), nil
}

// add puts a result into a bucket.
func (p *pipe) add(b *bucket, r *result) {
	r.name, r.meta = p.name, p.meta
	b.subs = append(b.subs, r)
}

// addValue puts one figure into a bucket.
func (p *pipe) addValue(b *bucket, x float64) {
	p.add(b, oneFigure("simple_value", &field{format: p.format}, x))
}
