package aggs

import (
	"math"
	"strings"
)

// path is a way to a figure: aggregations inside each other, such as
// "bucket>metric.part" or "terms['key']>metric".
type path struct {
	text  string
	steps []string
}

func parsePath(text string) path {
	p := path{text: text}
	for _, s := range strings.Split(text, ">") {
		p.steps = append(p.steps, strings.TrimSpace(s))
	}
	return p
}

// splits takes a step apart into a name and a part ("a.b" and "a[b]"), in
// every way in which it could be meant, the whole name first.
func splits(step string) (list [][2]string) {
	list = append(list, [2]string{step, ""})
	if at := strings.IndexByte(step, '['); at > 0 && strings.HasSuffix(step, "]") {
		part := step[at+1 : len(step)-1]
		if n := len(part); n >= 2 && (part[0] == '\'' || part[0] == '"') && part[n-1] == part[0] {
			part = part[1 : n-1]
		}
		return append(list, [2]string{step[:at], part})
	}
	for at := strings.LastIndexByte(step, '.'); at > 0; at = strings.LastIndexByte(step[:at], '.') {
		list = append(list, [2]string{step[:at], step[at+1:]})
	}
	return list
}

// find looks a step up among results.
func find(list []*result, step string) (r *result, part string) {
	for _, s := range splits(step) {
		for _, r := range list {
			if r.name == s[0] {
				return r, s[1]
			}
		}
	}
	return nil, ""
}

// figure follows the steps from a bucket; false where they lead nowhere. NaN
// is a figure that is not there.
func (b *bucket) figure(steps []string) (float64, bool) {
	for i, step := range steps {
		switch step {
		case "_count":
			return float64(b.count), i == len(steps)-1
		case "_key":
			return b.number, i == len(steps)-1
		case "_bucket_count":
			return 0, false
		}
		r, part := find(b.subs, step)
		last := i == len(steps)-1
		switch {
		case r == nil:
			return 0, false
		case r.figure != nil:
			x, ok := r.figure(part)
			return x, ok && last
		case r.single && len(r.buckets) == 1:
			b = r.buckets[0]
			if part != "" && part != "_count" && part != "doc_count" { // a point parts steps, too
				return b.figure(append([]string{part}, steps[i+1:]...))
			}
			if last {
				return float64(b.count), part == "" || part == "_count" || part == "doc_count"
			}
		case r.multi && part == "_bucket_count":
			return float64(len(r.buckets)), last
		case r.multi && part != "":
			if b = r.at(part); b == nil {
				return math.NaN(), true // as good as empty
			}
			if last {
				return float64(b.count), true
			}
		default:
			return 0, false
		}
	}
	return float64(b.count), true
}

// blocked names the aggregation at which steps lead no further, and found
// what it is.
func (b *bucket) blocked(steps []string) string {
	if r := b.last(steps); r != nil {
		return r.name
	}
	return steps[0]
}

func (b *bucket) found(steps []string) string {
	r := b.last(steps)
	switch {
	case r == nil:
		return "nothing"
	case r.multi && r != b.lastOf(steps):
		return "Object[]"
	case r.multi:
		return javaNames[r.typed]
	}
	return r.typed
}

// javaNames are what Elasticsearch calls results in its mistakes.
var javaNames = map[string]string{
	"sterms": "StringTerms", "lterms": "LongTerms", "dterms": "DoubleTerms", "date_histogram": "InternalDateHistogram",
	"histogram": "InternalHistogram", "range": "InternalRange", "filters": "InternalFilters",
}

// lastOf is the result that the last step names, if the others lead there.
func (b *bucket) lastOf(steps []string) *result {
	r, _ := find(b.subs, steps[0])
	if len(steps) == 1 {
		return r
	}
	return nil
}

// last is the last result that steps reach.
func (b *bucket) last(steps []string) *result {
	var last *result
	for _, step := range steps {
		r, _ := find(b.subs, step)
		if r == nil {
			return last
		}
		last = r
		if !r.single || len(r.buckets) != 1 {
			return last
		}
		b = r.buckets[0]
	}
	return last
}

// at finds the bucket with a key.
func (r *result) at(key string) *bucket {
	for _, b := range r.buckets {
		if b.key == key {
			return b
		}
	}
	return nil
}

// findNode looks a step up among nodes.
func findNode(list []*node, step string) (at int, part string) {
	for _, s := range splits(step) {
		for i, n := range list {
			if n.name == s[0] {
				return i, s[1]
			}
		}
	}
	return -1, ""
}
