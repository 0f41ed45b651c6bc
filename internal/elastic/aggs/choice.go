package aggs

import (
	"regexp"
	"slices"
	"strconv"

	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/query/lucene"
)

// choice says which keys of terms are wanted (include, exclude).
type choice struct {
	include, exclude         *regexp.Regexp
	includeList, excludeList []string
	hasInclude, hasExclude   bool
	partition, partitions    uint64 // partitions 0: all
	form                     form
}

func (c *choice) any() bool { return c.hasInclude || c.hasExclude || c.partitions > 0 }

// choice reads include and exclude: an expression, a list of values, or one
// partition of all values.
func (p *params) choice(f *field) choice {
	c := choice{form: f.form}
	if v := p.get("include"); v != nil {
		switch v.kind {
		case isObject:
			inner := &params{parser: p.parser, typ: p.typ, name: p.name, v: v, at: v.start}
			c.partition = uint64(inner.whole("partition", 0, 0))
			c.partitions = uint64(inner.whole("num_partitions", 1, 1))
			if err := inner.done(); err != nil && p.err == nil {
				p.err = err
			}
			if c.partition >= c.partitions {
				p.failAt(v, typeArgument, "Invalid partition [%d]: there are [%d], counted from 0", c.partition, c.partitions)
			}
		case isList:
			c.includeList, c.hasInclude = p.keys(v, f), true
		default:
			c.include, c.hasInclude = p.expression(v, f), true
		}
	}
	if v := p.get("exclude"); v != nil {
		c.hasExclude = true
		if v.kind == isList {
			c.excludeList = p.keys(v, f)
		} else {
			c.exclude = p.expression(v, f)
		}
	}
	return c
}

// keys reads a list of keys as the engine writes them.
func (p *params) keys(v *value, f *field) []string {
	if !f.dates() {
		return p.texts(v)
	}
	var list []string
	for i := range v.items {
		list = append(list, event.FormatTime(p.date(&v.items[i], f)))
	}
	return list
}

// expression reads a regular expression over whole keys.
func (p *params) expression(v *value, f *field) *regexp.Regexp {
	if f.form > formText {
		p.failAt(v, typeArgument, "Aggregation [%s] cannot support regular expression style include/exclude settings as they can only be applied to string fields. Use an array of values for include/exclude clauses", p.name)
		return nil
	}
	re, err := lucene.CompileRegexp(v.text, false)
	if err != nil {
		p.failAt(v, typeArgument, "failed to parse regular expression [%s]: %v", v.text, err)
	}
	return re
}

// wants tells whether a key is wanted.
func (c *choice) wants(key string) bool {
	if c.partitions > 0 {
		if partition(c.form, key, c.partitions) != c.partition {
			return false
		}
	}
	if c.hasInclude && !in(c.includeList, key) && (c.include == nil || !c.include.MatchString(key)) {
		return false
	}
	return !c.hasExclude || !in(c.excludeList, key) && (c.exclude == nil || !c.exclude.MatchString(key))
}

// in tells whether a key is in a list, also where both are numbers written
// differently.
func in(list []string, key string) bool {
	if slices.Contains(list, key) {
		return true
	}
	x, err := strconv.ParseFloat(key, 64)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(list, func(s string) bool {
		y, err := strconv.ParseFloat(s, 64)
		return err == nil && x == y
	})
}

// keep leaves out the buckets that are not wanted.
func (c *choice) keep(list []query.Bucket) []query.Bucket {
	if !c.any() {
		return list
	}
	kept := make([]query.Bucket, 0, len(list))
	for i := range list {
		if c.wants(list[i].Key) {
			kept = append(kept, list[i])
		}
	}
	return kept
}
