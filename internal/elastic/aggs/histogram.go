package aggs

import (
	"math"

	"rastro/internal/query"
)

// bounds are two ends of a histogram, in the engine's unit.
type bounds struct {
	set      bool
	min, max float64
}

// histogram is the aggregation "histogram", and what "date_histogram" shares
// with it.
type histogram struct {
	field      field
	agg        query.Agg
	minCount   int
	keyed      bool
	order      []termOrder
	hard       bounds
	wantsOrder bool
}

func newHistogram(p *params) (kind, error) {
	h := &histogram{agg: query.Agg{Kind: query.AggHistogram}}
	h.field = p.numericField()
	h.agg.Field = h.field.ref
	h.agg.Interval = p.number("interval", 0)
	h.agg.Offset = p.number("offset", 0)
	if h.agg.Interval <= 0 && p.err == nil {
		p.err = p.fail(typeArgument, p.at, "[interval] must be >0 for histogram aggregation ["+p.name+"]")
	}
	h.shared(p, func(v *value, name string) float64 { return p.numberOf(v, name) })
	return h, nil
}

// shared reads what histograms have in common.
func (h *histogram) shared(p *params, bound func(v *value, name string) float64) {
	h.minCount = p.whole("min_doc_count", 0, 0)
	h.keyed = p.flag("keyed", false)
	if p.v.get("order") != nil {
		h.order, h.wantsOrder = p.termOrders(), true
	}
	p.skip("order")
	h.agg.Missing = h.field.missing(p)
	h.agg.MinCount = h.minCount
	if b := p.bounds("extended_bounds", bound); b.set {
		if b.min > b.max && p.err == nil {
			p.err = p.fail(typeArgument, p.at, "[extended_bounds.min] must not be above [extended_bounds.max] in ["+p.name+"]")
		}
		h.agg.HasBounds, h.agg.BoundsMin, h.agg.BoundsMax = true, b.min, b.max
		if math.IsInf(b.min, 0) || math.IsInf(b.max, 0) {
			h.agg.HasBounds = false // one end alone widens nothing that is known
			if p.err == nil {
				p.err = p.fail(typeArgument, p.at, "[extended_bounds] of ["+p.name+"] needs both [min] and [max]")
			}
		}
	}
	h.hard = p.bounds("hard_bounds", bound)
	if h.hard.set && h.agg.HasBounds && (h.agg.BoundsMin < h.hard.min || h.agg.BoundsMax > h.hard.max) && p.err == nil {
		p.err = p.fail(typeArgument, p.at, "Extended bounds have to be inside hard bounds of ["+p.name+"]")
	}
}

// bounds reads {min, max}.
func (p *params) bounds(name string, read func(v *value, name string) float64) bounds {
	v := p.get(name)
	if v == nil {
		return bounds{}
	}
	if v.kind != isObject {
		p.failAt(v, typeContent, "[%s] %s doesn't support values of type: %s", p.typ, name, v.kind)
		return bounds{}
	}
	b := bounds{set: true, min: math.Inf(-1), max: math.Inf(1)}
	for i := range v.members {
		switch m := &v.members[i]; {
		case m.kind == isNull:
		case m.name == "min":
			b.min = read(&m.value, name+".min")
		case m.name == "max":
			b.max = read(&m.value, name+".max")
		default:
			p.failAt(&m.value, typeContent, "[%s] unknown field [%s]", name, m.name)
		}
	}
	return b
}

func (h *histogram) check(p *params, n *node) error {
	for _, o := range h.order {
		if _, _, known := nativeOrder(o.path, n.subs); !known {
			return p.fail(typePath, p.at, "Invalid aggregation order path ["+o.path.text+"]. The provided aggregation ["+
				o.path.steps[0]+"] either does not exist, or is a pipeline aggregation and cannot be used to sort the buckets.")
		}
	}
	return nil
}

func (h *histogram) ask() query.Agg { return h.agg }

func (h *histogram) read(c *reading, n *node, r *query.AggResult) (*result, error) {
	out := &result{typed: "histogram", multi: true, keyed: h.keyed, sequence: true}
	if r == nil {
		return out, nil
	}
	for i := range r.Buckets {
		if h.outside(r.Buckets[i].Number, h.agg.Interval) {
			continue
		}
		b, err := c.filled(n, r.Buckets[i])
		if err != nil {
			return nil, err
		}
		b.key = doubleText(b.number)
		if h.field.format != "" {
			b.key = writeNumber(b.number, h.field.format)
			b.fields = append(b.fields, jsonField{"key_as_string", quoted(b.key)})
		}
		b.fields = append(b.fields, jsonField{"key", double(b.number)})
		out.buckets = append(out.buckets, b)
	}
	h.sort(out.buckets)
	return out, nil
}

// outside tells whether a bucket lies outside the hard bounds: the bucket that
// a bound is in is inside.
func (h *histogram) outside(key, width float64) bool {
	return h.hard.set && (key+width <= h.hard.min || key > h.hard.max)
}

func (h *histogram) sort(list []*bucket) {
	if h.wantsOrder {
		t := &terms{field: field{form: formDouble}, order: h.order}
		t.sort(&t.field, list)
	}
}
