package lifecycle

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"rastro/internal/elastic/cluster"
	"rastro/internal/elastic/names"
	"rastro/internal/elastic/settings"
	"rastro/internal/query"
)

// policySetting names the policy of an index.
const policySetting = "index.lifecycle.name"

// policies finds the policy of indices; what templates say is read once.
type policies struct {
	c        *cluster.Content
	composed []given
	legacy   []given
	named    map[string]bool // by a setting or a template
}

// given is what one template says about the policy.
type given struct {
	patterns []string
	priority int64
	name     string
	policy   string
}

func (g *given) matches(name string) bool {
	return slices.ContainsFunc(g.patterns, func(p string) bool { return names.Match(p, name) })
}

func newPolicies(c *cluster.Content) *policies {
	p := &policies{c: c, named: map[string]bool{c.AllSettings[policySetting]: true}}
	for _, i := range c.Indices {
		p.named[i.Settings[policySetting]] = true
	}
	for name := range c.Templates {
		if t := find[Template](c.Templates, name); t != nil {
			p.composed = append(p.composed, given{t.IndexPatterns, value(t.Priority), name, Compose(c, t).Settings[policySetting]})
		}
	}
	for name := range c.LegacyTemplates {
		if t := find[Legacy](c.LegacyTemplates, name); t != nil {
			e := empty()
			e.add(&Part{Settings: t.Settings})
			p.legacy = append(p.legacy, given{t.IndexPatterns, t.Order, name, e.Settings[policySetting]})
		}
	}
	for _, list := range [][]given{p.composed, p.legacy} {
		slices.SortFunc(list, func(a, b given) int {
			return cmp.Or(cmp.Compare(b.priority, a.priority), cmp.Compare(a.name, b.name))
		})
		for _, g := range list {
			p.named[g.policy] = true
		}
	}
	return p
}

// PolicyOf is the policy that manages an index; "" for none. The index's own
// setting comes first, then what templates of its name say, then a policy that
// is named after the index: <x>-policy or <x> for <x>-….
func PolicyOf(c *cluster.Content, i names.Index) string { return newPolicies(c).of(i) }

func (p *policies) of(i names.Index) string {
	if i.Meta != nil && i.Meta.Settings[policySetting] != "" {
		return i.Meta.Settings[policySetting]
	}
	if all := p.c.AllSettings[policySetting]; all != "" {
		return all
	}
	name := i.Name
	if i.Meta != nil && i.Meta.DataStream != "" {
		name = i.Meta.DataStream
	}
	if policy := p.template(name); policy != "" {
		return policy
	}
	return p.namesake(name)
}

// template is what the templates of a name say. A composable template hides
// those of the older kind.
func (p *policies) template(name string) string {
	for i := range p.composed {
		if p.composed[i].matches(name) {
			return p.composed[i].policy
		}
	}
	for i := range p.legacy {
		if p.legacy[i].policy != "" && p.legacy[i].matches(name) {
			return p.legacy[i].policy
		}
	}
	return ""
}

// namesake is the policy with the longest name that an index's name begins
// with, among those that no setting and no template names.
func (p *policies) namesake(index string) string {
	best, length := "", 0
	for _, policy := range slices.Sorted(maps.Keys(p.c.Policies)) {
		base := strings.TrimSuffix(policy, "-policy")
		if base != "" && len(base) > length && strings.HasPrefix(index, base+"-") && !p.named[policy] {
			best, length = policy, len(base)
		}
	}
	return best
}

// Rules are the rules of retention that the policies with a phase delete mean
// for the indices that there are. One policy is one rule.
func Rules(c *cluster.Content, book *names.Book) []query.RetainRule {
	rules := streamRules(c, book)
	if len(c.Policies) == 0 || c.LifecycleStopped {
		return rules
	}
	managed := Managed(c, book)
	for _, policy := range slices.Sorted(maps.Keys(managed)) {
		age, deletes := time.Duration(0), false
		if p := c.Policies[policy]; p != nil {
			age, deletes = deleteAfter(p.Body)
		}
		if deletes {
			rules = append(rules, query.RetainRule{Filter: book.FilterAll(managed[policy]), KeepFor: age})
		}
	}
	return rules
}

// streamRules are the rules that the lifecycles of data streams mean. A policy
// comes first where an index has both.
func streamRules(c *cluster.Content, book *names.Book) (rules []query.RetainRule) {
	for _, name := range slices.Sorted(maps.Keys(c.DataStreams)) {
		l := c.DataStreams[name].Lifecycle
		if l == nil || !l.Enabled || l.Retention == "" {
			continue
		}
		age, err := settings.ParseTime(l.Retention)
		if err != nil {
			continue // checked when it came
		}
		var own []names.Index
		for _, b := range c.DataStreams[name].Backing {
			if i := (names.Index{Name: b, Kind: names.Own, Meta: c.Indices[b]}); PolicyOf(c, i) == "" {
				own = append(own, i)
			}
		}
		if len(own) > 0 {
			rules = append(rules, query.RetainRule{Filter: book.FilterAll(own), KeepFor: age})
		}
	}
	return rules
}

// ReadLifecycle reads the lifecycle of a data stream.
func ReadLifecycle(text []byte) (*cluster.Lifecycle, error) {
	body, err := Read[struct {
		Enabled      *bool           `json:"enabled"`
		Retention    *string         `json:"data_retention"`
		Downsampling json.RawMessage `json:"downsampling"`
	}]("lifecycle", text)
	if err != nil {
		return nil, err
	}
	if len(body.Downsampling) > 0 && string(body.Downsampling) != "null" {
		return nil, illegal("downsampling is not supported here: events are kept as they are")
	}
	l := &cluster.Lifecycle{Enabled: body.Enabled == nil || *body.Enabled}
	if body.Retention != nil && *body.Retention != "-1" {
		l.Retention = *body.Retention
		if age, err := settings.ParseTime(l.Retention); err != nil || age < time.Second {
			return nil, illegal("failed to parse setting [data_retention] with value [%s] as a time value of at least a second", l.Retention)
		}
	}
	return l, nil
}

// Managed lists the indices of each policy, the views too.
func Managed(c *cluster.Content, book *names.Book) map[string][]names.Index {
	all := map[string][]names.Index{}
	p := newPolicies(c)
	for _, i := range book.Everything() {
		if policy := p.of(i); policy != "" {
			all[policy] = append(all[policy], i)
		}
	}
	return all
}
