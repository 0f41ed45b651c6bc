package aggs

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// scripted is bucket_script and bucket_selector: a script over several paths.
type scripted struct {
	inside
	names   []string
	script  *script
	params  map[string]float64
	selects bool
}

func newBucketScript(p *params, pp *pipe) pipeKind {
	s := &scripted{selects: p.typ == "bucket_selector"}
	v := p.get("buckets_path")
	switch {
	case v == nil:
		if p.err == nil {
			p.err = p.fail(typeParsing, p.at, "Missing required field [buckets_path] for ["+p.typ+"] aggregation ["+p.name+"]")
		}
		return s
	case v.kind == isObject:
		for i := range v.members {
			s.names = append(s.names, v.members[i].name)
			pp.paths = append(pp.paths, parsePath(v.members[i].text))
		}
	default:
		for i, text := range p.texts(v) {
			s.names = append(s.names, "_value"+strings.TrimPrefix(engineName(i), "a"))
			pp.paths = append(pp.paths, parsePath(text))
		}
	}
	s.script, s.params = p.script(s.names)
	return s
}

func (s *scripted) run(p *pipe, list []*bucket, whole *result) error {
	var kept []*bucket
	for _, b := range list {
		vars := make(map[string]operand, len(s.names))
		gap := false
		for i, name := range s.names {
			x, err := p.value(b, p.paths[i])
			if err != nil {
				return err
			}
			gap = gap || math.IsNaN(x)
			vars[name] = operand{x: x}
		}
		if gap && !s.selects {
			continue
		}
		v, err := s.script.run(vars, s.params)
		if err != nil {
			return err
		}
		switch {
		case !s.selects && v.isVoid:
		case !s.selects:
			p.addValue(b, v.number())
		case v.truth():
			kept = append(kept, b)
		}
	}
	if s.selects && whole != nil {
		whole.buckets = kept
	}
	return nil
}

// bucketSort sorts buckets and cuts a page out of them.
type bucketSort struct {
	inside
	desc       []bool
	from, size int
}

func newBucketSort(p *params, pp *pipe) pipeKind {
	s := &bucketSort{from: p.whole("from", 0, 0), size: p.whole("size", 0, 1)}
	if v := p.get("sort"); v != nil {
		items := v.items
		if v.kind != isList {
			items = []value{*v}
		}
		for i := range items {
			s.key(p, pp, &items[i])
		}
	}
	if len(s.desc) == 0 && s.from == 0 && s.size == 0 && p.err == nil {
		p.err = p.fail(typeInvalid, p.at, "Validation Failed: 1: ["+p.name+"] is configured to perform nothing. Please set either of [sort, size, from] to use bucket_sort;")
	}
	return s
}

// key reads one key of the order.
func (s *bucketSort) key(p *params, pp *pipe, v *value) {
	if v.kind == isString {
		pp.paths, s.desc = append(pp.paths, parsePath(v.text)), append(s.desc, false)
		return
	}
	for i := range v.members {
		m := &v.members[i]
		order := m.text
		if m.kind == isObject {
			order = "asc"
			if o := m.get("order"); o != nil {
				order = o.text
			}
		}
		order = strings.ToLower(order)
		if order != "asc" && order != "desc" {
			p.failAt(&m.value, typeArgument, "unknown order [%s] in [sort] of [%s]", order, p.name)
		}
		pp.paths, s.desc = append(pp.paths, parsePath(m.name)), append(s.desc, order == "desc")
	}
}

func (s *bucketSort) run(p *pipe, list []*bucket, whole *result) error {
	if whole == nil {
		return nil
	}
	if len(p.paths) > 0 {
		var err error
		if list, err = s.sorted(p, list); err != nil {
			return err
		}
	}
	list = list[min(s.from, len(list)):]
	if s.size > 0 {
		list = list[:min(s.size, len(list))]
	}
	whole.buckets = list
	return nil
}

func (s *bucketSort) sorted(p *pipe, list []*bucket) ([]*bucket, error) {
	type ranked struct {
		b *bucket
		x []float64
	}
	var all []ranked
	for _, b := range list {
		r := ranked{b: b}
		some := false
		for _, way := range p.paths {
			x, err := p.value(b, way)
			if way.text == "_key" {
				x, err = b.number, nil
			}
			if err != nil {
				return nil, err
			}
			some = some || !math.IsNaN(x)
			r.x = append(r.x, x)
		}
		if some || p.gaps == gapZeros {
			all = append(all, r)
		}
	}
	slices.SortStableFunc(all, func(a, b ranked) int {
		for i := range s.desc {
			x, y := a.x[i], b.x[i]
			c := 0
			switch {
			case p.paths[i].text == "_key" && x == y:
				c = strings.Compare(a.b.key, b.b.key)
			case math.IsNaN(x) && math.IsNaN(y):
			case math.IsNaN(x):
				return 1
			case math.IsNaN(y):
				return -1
			default:
				c = cmp.Compare(x, y)
			}
			if s.desc[i] {
				c = -c
			}
			if c != 0 {
				return c
			}
		}
		return 0
	})
	list = nil
	for _, r := range all {
		list = append(list, r.b)
	}
	return list, nil
}
