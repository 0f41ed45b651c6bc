package aggs

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"

	"rastro/internal/event"
	"rastro/internal/query"
)

// termOrder is one key of the order of buckets.
type termOrder struct {
	path path
	desc bool
}

// terms is the aggregation "terms", and "rare_terms" with another order.
type terms struct {
	field    field
	size     int
	minCount int
	maxCount int64 // of rare_terms; 0 for no bound
	missing  string
	order    []termOrder
	wanted   choice
	// native is the order in the engine's words; nil where the buckets have
	// to be sorted here.
	native []query.AggOrder
	// flows are the views over events, where the field is that of the views.
	flows []string
	// all are the keys of all events, of min_doc_count 0.
	all   *query.AggResult
	typed string
}

// flowField is the name of the field that holds the view an event is in.
const flowField = "mta_flow"

func newTerms(p *params) (kind, error) {
	t := &terms{size: 10, minCount: 1, typed: "terms"}
	t.field = p.field()
	t.size = p.whole("size", 10, 1)
	t.minCount = p.whole("min_doc_count", 1, 0)
	t.missing = t.field.missingKey(p)
	t.order = p.termOrders()
	t.wanted = p.choice(&t.field)
	p.skip("shard_size", "shard_min_doc_count", "execution_hint", "collect_mode", "show_term_doc_count_error")
	if t.size > MaxBuckets && p.err == nil {
		t.size = MaxBuckets // what is beyond cannot be answered either way
	}
	if t.field.name == flowField && t.field.ref.Field == 0 {
		t.flows = query.Flows()
	}
	return t, nil
}

// missingKey reads the key of events without a value.
func (f *field) missingKey(p *params) string {
	v := p.get("missing")
	if v == nil {
		return ""
	}
	if f.dates() {
		return event.FormatTime(p.date(v, f))
	}
	return v.text
}

// termOrders reads an order: {"path": "asc"} or a list of those.
func (p *params) termOrders() []termOrder {
	v := p.get("order")
	if v == nil {
		return []termOrder{{path: parsePath("_count"), desc: true}}
	}
	items := v.items
	if v.kind != isList {
		items = []value{*v}
	}
	var list []termOrder
	for i := range items {
		o := &items[i]
		if o.kind != isObject || len(o.members) != 1 {
			p.failAt(o, typeParsing, "Must specify exactly one field for [order] in [%s]", p.name)
			return nil
		}
		m := &o.members[0]
		direction := strings.ToLower(m.text)
		if direction != "asc" && direction != "desc" {
			p.failAt(&m.value, typeParsing, "Unknown order direction [%s]", m.text)
		}
		name := m.name
		if name == "_term" || name == "_time" {
			name = "_key"
		}
		list = append(list, termOrder{path: parsePath(name), desc: direction == "desc"})
	}
	return list
}

// check finds out whether the engine can sort as it is asked.
func (t *terms) check(p *params, n *node) error {
	t.native = []query.AggOrder{}
	for _, o := range t.order {
		by, native, known := nativeOrder(o.path, n.subs)
		if !known {
			return p.fail(typePath, p.at, "Invalid aggregation order path ["+o.path.text+"]. The provided aggregation ["+
				o.path.steps[0]+"] either does not exist, or is a pipeline aggregation and cannot be used to sort the buckets.")
		}
		if !native {
			t.native = nil
			return nil
		}
		t.native = append(t.native, query.AggOrder{By: by, Desc: o.desc})
	}
	return nil
}

// nativeOrder writes an order in the engine's words; native is false where it
// has none, known where the path leads nowhere.
func nativeOrder(p path, subs []*node) (by string, native, known bool) {
	switch p.text {
	case "_count":
		return query.ByCount, true, true
	case "_key":
		return query.ByKey, true, true
	}
	at, part := findNode(subs, p.steps[0])
	if at < 0 {
		return "", false, false
	}
	if len(p.steps) > 1 {
		return "", false, true
	}
	part, native = nativePart(subs[at].kind.ask(), part)
	if part != "" {
		part = "." + part
	}
	return engineName(at) + part, native, true
}

// nativePart is a part of a metric in the engine's words.
func nativePart(a query.Agg, part string) (string, bool) {
	switch a.Kind {
	case query.AggMin, query.AggMax, query.AggAvg, query.AggSum, query.AggValueCount, query.AggCardinality, query.AggWeightedAvg:
		return "", part == "" || part == "value"
	case query.AggStats:
		return part, slices.Contains([]string{"count", "min", "max", "avg", "sum"}, part)
	case query.AggPercentiles:
		x, err := strconv.ParseFloat(part, 64)
		return strconv.FormatFloat(x, 'f', -1, 64), err == nil && slices.Contains(a.Percents, x)
	}
	return "", false
}

func (t *terms) ask() query.Agg {
	if t.flows != nil {
		return flowsAgg(t.flows)
	}
	a := query.Agg{Kind: query.AggTerms, Field: t.field.ref, As: t.field.as(), Size: t.size, Missing: t.missing, MinCount: max(t.minCount, 1), Order: t.native}
	if t.wanted.any() {
		a.Keep = t.wanted.wants
	}
	if t.native == nil {
		a.Size, a.Order, a.MinCount = MaxBuckets, nil, 1
	}
	return a
}

func flowsAgg(flows []string) query.Agg {
	a := query.Agg{Kind: query.AggFilters}
	for _, name := range flows {
		f, _ := query.Flow(name) // the names are its own
		a.Filters = append(a.Filters, query.AggFilterBucket{Key: name, Filter: f})
	}
	return a
}

func (t *terms) read(c *reading, n *node, r *query.AggResult) (*result, error) {
	out := &result{typed: "sterms", multi: true}
	other := int64(0)
	var list []query.Bucket
	if r != nil {
		list, other = r.Buckets, r.OtherCount
	}
	if t.flows != nil {
		list = t.wanted.keep(list)
	}
	list = t.withEmpty(list)
	f := t.field // a copy: other lists may hold values of another kind
	f.guess(list)
	sorted := t.native != nil && t.flows == nil && t.all == nil
	if !sorted && r != nil && r.Kind == query.AggTerms && r.OtherCount > 0 {
		return nil, tooManyBuckets() // which of them are first is not known
	}
	for i := range list {
		if b := &list[i]; b.Count < int64(t.minCount) || t.maxCount > 0 && b.Count > t.maxCount {
			continue
		}
		b, err := c.filled(n, list[i])
		if err != nil {
			return nil, err
		}
		out.buckets = append(out.buckets, b)
	}
	if !sorted {
		t.sort(&f, out.buckets)
		for len(out.buckets) > t.size {
			last := len(out.buckets) - 1
			other += out.buckets[last].count
			out.buckets = out.buckets[:last]
		}
	}
	for _, b := range out.buckets {
		f.writeKey(b)
	}
	out.typed = f.typed(t.typed)
	if t.maxCount == 0 {
		out.fields = []jsonField{{"doc_count_error_upper_bound", long(0)}, {"sum_other_doc_count", long(other)}}
	}
	return out, nil
}

// sort orders buckets here.
func (t *terms) sort(f *field, list []*bucket) {
	slices.SortStableFunc(list, func(a, b *bucket) int {
		for _, o := range t.order {
			c := 0
			if o.path.text == "_key" {
				c = compareKeys(f, a, b)
			} else {
				x, _ := a.figure(o.path.steps)
				y, _ := b.figure(o.path.steps)
				switch { // what has no figure comes last in both directions
				case math.IsNaN(x) && math.IsNaN(y):
				case math.IsNaN(x):
					return 1
				case math.IsNaN(y):
					return -1
				}
				c = cmp.Compare(x, y)
			}
			if o.desc {
				c = -c
			}
			if c != 0 {
				return c
			}
		}
		return compareKeys(f, a, b)
	})
}

func compareKeys(f *field, a, b *bucket) int {
	if f.form >= formLong {
		return cmp.Compare(a.number, b.number)
	}
	return strings.Compare(a.key, b.key)
}

// guess finds out how to write the keys of a field that nothing is known of.
func (f *field) guess(list []query.Bucket) {
	if f.form >= formLong && f.ref.Field == 0 {
		f.numbers(list)
	}
	if f.form != formGuess || len(list) == 0 {
		return
	}
	whole, decimal, truth := true, true, true
	for i := range list {
		truth = truth && (list[i].Key == "true" || list[i].Key == "false")
		_, err := strconv.ParseInt(list[i].Key, 10, 64)
		whole = whole && err == nil
		_, ok := query.ParseBits(numberKind, list[i].Key)
		decimal = decimal && ok
	}
	switch {
	case truth:
		f.form = formBool
	case whole:
		f.form = formLong
	case decimal:
		f.form = formDouble
	default:
		f.form = formText
	}
	f.numbers(list)
}

// numbers reads the keys of an unknown field as numbers.
func (f *field) numbers(list []query.Bucket) {
	for i := range list {
		b := &list[i]
		if f.dates() {
			if t, ok := query.ParseDate(b.Key); ok {
				b.Number = float64(t)
			}
			continue
		}
		switch bits, ok := query.ParseBits(numberKind, b.Key); {
		case b.Key == "true":
			b.Number = 1
		case ok:
			b.Number = math.Float64frombits(bits)
		}
	}
}

// writeKey writes the key of a bucket of terms.
func (f *field) writeKey(b *bucket) {
	b.fields = f.keyFields("key", b)
}

func (f *field) keyFields(name string, b *bucket) []jsonField {
	switch f.form {
	case formLong:
		list := []jsonField{{name, json.RawMessage(wholeText(b.number, b.key))}}
		if f.format != "" {
			list = append(list, jsonField{name + "_as_string", quoted(writeNumber(b.number, f.format))})
		}
		return list
	case formDouble:
		list := []jsonField{{name, double(b.number)}}
		if f.format != "" {
			list = append(list, jsonField{name + "_as_string", quoted(writeNumber(b.number, f.format))})
		}
		return list
	case formBool:
		return []jsonField{{name, long(int64(b.number))}, {name + "_as_string", quoted(strconv.FormatBool(b.number != 0))}}
	case formDate:
		ms := f.figure(b.number)
		b.number = ms
		return []jsonField{{name, long(int64(ms))}, {name + "_as_string", quoted(writeDate(ms, f.format, f.zone))}}
	}
	return []jsonField{{name, quoted(b.key)}}
}

// wholeText writes a whole number exactly, as its key says.
func wholeText(x float64, key string) string {
	if _, err := strconv.ParseInt(key, 10, 64); err == nil {
		return key
	}
	if x == math.Trunc(x) && math.Abs(x) < 1<<62 {
		return strconv.FormatInt(int64(x), 10)
	}
	return doubleText(x)
}

// typed is the type of a terms result by its keys, in front of names with
// typed_keys.
func (f *field) typed(terms string) string {
	prefix := "s"
	switch f.form {
	case formLong, formBool, formDate:
		prefix = "l"
	case formDouble:
		prefix = "d"
	}
	if terms == "rareterms" && prefix == "d" {
		prefix = "l"
	}
	return prefix + terms
}

// newTermsOrEmpty makes terms, which have to know all values where those
// without events are wanted, too.
func newTermsOrEmpty(p *params) (kind, error) {
	k, err := newTerms(p)
	t, ok := k.(*terms)
	if err != nil || !ok || t.minCount > 0 || t.flows != nil {
		return k, err
	}
	return emptyTerms{t}, nil
}

// newRareTerms makes terms of few events each.
func newRareTerms(p *params) (kind, error) {
	t := &terms{size: MaxBuckets, minCount: 1, typed: "rareterms", field: p.field()}
	t.maxCount = int64(p.whole("max_doc_count", 1, 1))
	if t.maxCount > 100 && p.err == nil {
		p.err = p.fail(typeArgument, p.at, "[max_doc_count] must be smaller than or equal to 100 in ["+p.name+"]")
	}
	t.missing = t.field.missingKey(p)
	t.wanted = p.choice(&t.field)
	t.order = []termOrder{{path: parsePath("_count")}}
	p.skip("precision")
	return t, nil
}
