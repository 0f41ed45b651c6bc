package lifecycle

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"rastro/internal/elastic/settings"
)

// Policy is the body of a policy of index lifecycle management.
type Policy struct {
	Phases map[string]*Phase `json:"phases"`
	Meta   json.RawMessage   `json:"_meta,omitempty"`
	// Deprecated marks it as such.
	Deprecated *bool `json:"deprecated,omitempty"`
}

// Phase is one phase of a policy. Only the phase delete does something here.
type Phase struct {
	MinAge  string                     `json:"min_age,omitempty"`
	Actions map[string]json.RawMessage `json:"actions"`
}

// actions are the actions that each phase may have.
var actions = map[string][]string{
	"hot":    {"set_priority", "unfollow", "rollover", "readonly", "downsample", "shrink", "forcemerge", "searchable_snapshot"},
	"warm":   {"set_priority", "unfollow", "readonly", "downsample", "allocate", "migrate", "shrink", "forcemerge"},
	"cold":   {"set_priority", "unfollow", "readonly", "downsample", "searchable_snapshot", "allocate", "migrate", "freeze"},
	"frozen": {"unfollow", "searchable_snapshot"},
	"delete": {"wait_for_snapshot", "delete"},
}

// phases in the order in which an index goes through them.
var phases = []string{"hot", "warm", "cold", "frozen", "delete"}

// ReadPolicy reads the body of PUT _ilm/policy. A phase delete without actions
// deletes. What goes out is the policy as GET shows it.
func ReadPolicy(text []byte) (json.RawMessage, error) {
	outer, err := Read[struct {
		Policy json.RawMessage `json:"policy"`
	}]("put_lifecycle_request", text)
	if err != nil {
		return nil, err
	}
	if len(outer.Policy) == 0 || string(outer.Policy) == "null" {
		return nil, illegal("Required [policy]")
	}
	p, err := Read[Policy]("lifecycle_policy", outer.Policy)
	if err != nil {
		return nil, err
	}
	if p.Phases == nil {
		return nil, illegal("Required [phases]")
	}
	for _, name := range slices.Sorted(maps.Keys(p.Phases)) {
		if err := p.Phases[name].check(name); err != nil {
			return nil, err
		}
	}
	if err := p.checkOrder(); err != nil {
		return nil, err
	}
	return json.Marshal(p)
}

// needRollover are actions of the phase hot that make sense behind a rollover only.
var needRollover = []string{"forcemerge", "readonly", "shrink"}

// checkOrder refuses phases that would not come in their order.
func (p *Policy) checkOrder() error {
	if hot := p.Phases["hot"]; hot != nil && hot.Actions["rollover"] == nil {
		var alone []string
		for _, action := range needRollover {
			if hot.Actions[action] != nil {
				alone = append(alone, action)
			}
		}
		if len(alone) > 0 {
			return illegal("the [%s] action(s) may not be used in the [hot] phase without an accompanying [rollover] action", strings.Join(alone, ", "))
		}
	}
	before, age := "", time.Duration(0)
	for _, name := range phases {
		phase := p.Phases[name]
		if phase == nil {
			continue
		}
		here, err := settings.ParseTime(phase.MinAge)
		if err != nil {
			return err // checked before
		}
		if before != "" && here < age {
			return illegal("Your policy is configured to run the %s phase (min_age: %s) before the %s phase (min_age: %s). You should change the phase timing so that the phases will execute in the order of hot, warm, then cold.",
				name, phase.MinAge, before, p.Phases[before].MinAge)
		}
		before, age = name, here
	}
	return nil
}

func (p *Phase) check(name string) error {
	if p == nil {
		return &Mistake{Type: "x_content_parse_exception", Reason: "[lifecycle_policy] the phase [" + name + "] must be an object"}
	}
	allowed, ok := actions[name]
	if !ok {
		return illegal("lifecycle does not support phase [%s]; there are: %s", name, strings.Join(phases, ", "))
	}
	if p.MinAge == "" {
		p.MinAge = "0ms"
	}
	if _, err := settings.ParseTime(p.MinAge); err != nil || strings.HasPrefix(p.MinAge, "-") {
		return illegal("failed to parse setting [min_age] with value [%s] as a time value: unit is missing or unrecognized", p.MinAge)
	}
	for _, action := range slices.Sorted(maps.Keys(p.Actions)) {
		if !slices.Contains(allowed, action) {
			if !slices.ContainsFunc(phases, func(phase string) bool { return slices.Contains(actions[phase], action) }) {
				return &Mistake{Type: "x_content_parse_exception", Reason: "[" + name + "] unknown action [" + action + "]; there are: " + strings.Join(allowed, ", ")}
			}
			return illegal("invalid action [%s] defined in phase [%s]", action, name)
		}
	}
	if p.Actions == nil {
		p.Actions = map[string]json.RawMessage{}
	}
	if name == "delete" && len(p.Actions) == 0 {
		p.Actions["delete"] = json.RawMessage(`{"delete_searchable_snapshot":true}`)
	}
	if action, ok := p.Actions["delete"]; ok && name == "delete" && string(action) == "{}" {
		p.Actions["delete"] = json.RawMessage(`{"delete_searchable_snapshot":true}`)
	}
	return nil
}

// deleteAfter is the age after which a policy removes; false where it never does.
func deleteAfter(body json.RawMessage) (time.Duration, bool) {
	var p Policy
	if json.Unmarshal(body, &p) != nil || p.Phases["delete"] == nil {
		return 0, false
	}
	phase := p.Phases["delete"]
	if _, ok := phase.Actions["delete"]; !ok {
		return 0, false // it only waits for a snapshot
	}
	age, err := settings.ParseTime(phase.MinAge)
	return age, err == nil
}
