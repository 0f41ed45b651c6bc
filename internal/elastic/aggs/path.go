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
