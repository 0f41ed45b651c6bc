package templates

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"rastro/internal/elastic/cluster"
	"rastro/internal/elastic/inventory"
	"rastro/internal/elastic/lifecycle"
	"rastro/internal/elastic/names"
	"rastro/internal/elastic/rest"
	"rastro/internal/elastic/settings"
)

// policySetting names the policy of an index.
const policySetting = "index.lifecycle.name"

func (x *Templates) policyRoutes() []rest.Route {
	explain := append(slices.Clone(rest.ResolveParams), "only_managed", "only_errors")
	refuse := func(what string) rest.Handler {
		return func(http.ResponseWriter, *rest.Request) error {
			return rest.Illegal("%s is not supported here: indices go through no steps; only the phase delete does something, when its age has come", what)
		}
	}
	return []rest.Route{
		{Methods: get, Path: "/_ilm/policy", Handle: x.getPolicy},
		{Methods: get, Path: "/_ilm/policy/{name}", Handle: x.getPolicy},
		{Methods: put, Path: "/_ilm/policy/{name}", Handle: x.putPolicy},
		{Methods: del, Path: "/_ilm/policy/{name}", Handle: x.deletePolicy},
		{Methods: get, Path: "/_ilm/status", Handle: x.policyStatus},
		{Methods: post, Path: "/_ilm/start", Handle: func(w http.ResponseWriter, r *rest.Request) error { return x.setStopped(w, r, false) }},
		{Methods: post, Path: "/_ilm/stop", Handle: func(w http.ResponseWriter, r *rest.Request) error { return x.setStopped(w, r, true) }},
		{Methods: get, Path: "/{index}/_ilm/explain", Params: explain, Handle: x.explain},
		{Methods: post, Path: "/{index}/_ilm/remove", Params: rest.ResolveParams, Handle: x.removePolicy},
		{Methods: post, Path: "/{index}/_ilm/retry", Handle: refuse("_ilm/retry")},
		{Methods: post, Path: "/_ilm/move/{index}", Handle: refuse("_ilm/move")},
		{Methods: post, Path: "/_ilm/migrate_to_data_tiers", Params: []string{"dry_run"}, Handle: refuse("_ilm/migrate_to_data_tiers")},
	}
}

// shownPolicy is a policy in answers.
type shownPolicy struct {
	Version  int64           `json:"version"`
	Modified string          `json:"modified_date"`
	Policy   json.RawMessage `json:"policy"`
	InUseBy  usedBy          `json:"in_use_by"`
}

type usedBy struct {
	Indices   []string `json:"indices"`
	Streams   []string `json:"data_streams"`
	Templates []string `json:"composable_templates"`
}

const stamp = "2006-01-02T15:04:05.000Z"

func (x *Templates) getPolicy(w http.ResponseWriter, r *rest.Request) error {
	c := x.node.Cluster.Content()
	if wanted := r.PathValue("name"); strings.Contains(wanted, "*") && strings.Contains(wanted, ",") {
		return rest.Illegal("wildcard only supports a single value, please use comma-separated values or a single wildcard value")
	}
	found, missing := matching(c.Policies, r.PathValue("name"))
	if len(missing) > 0 {
		return rest.Fail(http.StatusNotFound, "resource_not_found_exception", "Lifecycle policy not found: "+strings.Join(missing, ","))
	}
	managed := lifecycle.Managed(c, x.node.Names)
	out := map[string]shownPolicy{}
	for _, name := range found {
		p := c.Policies[name]
		out[name] = shownPolicy{Version: p.Version, Modified: time.UnixMilli(p.Modified).UTC().Format(stamp), Policy: p.Body, InUseBy: users(c, name, managed[name])}
	}
	return rest.WriteJSON(w, r, http.StatusOK, out)
}

// users are the indices, data streams and templates that use a policy.
func users(c *cluster.Content, policy string, managed []names.Index) usedBy {
	u := usedBy{[]string{}, []string{}, []string{}}
	for _, i := range managed {
		u.Indices = append(u.Indices, i.Name)
		if i.Meta != nil && i.Meta.DataStream != "" && !slices.Contains(u.Streams, i.Meta.DataStream) {
			u.Streams = append(u.Streams, i.Meta.DataStream)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Templates)) {
		var t lifecycle.Template
		if json.Unmarshal(c.Templates[name], &t) != nil {
			continue
		}
		if e := lifecycle.Compose(c, &t); e.Settings[policySetting] == policy {
			u.Templates = append(u.Templates, name)
		}
	}
	return u
}

func (x *Templates) putPolicy(w http.ResponseWriter, r *rest.Request) error {
	name := r.PathValue("name")
	if name == "" || strings.ContainsAny(name, ", ") || strings.HasPrefix(name, "_") || len(name) > 255 {
		return rest.Illegal("invalid policy name [%s]: must not contain ',' or a space, start with '_' or be longer than 255 bytes", name)
	}
	text, err := r.Body()
	if err != nil {
		return err
	}
	body, err := lifecycle.ReadPolicy(text)
	if err != nil {
		return err
	}
	err = x.node.Cluster.Change(func(c *cluster.Content) error {
		p := &cluster.Policy{Body: body, Version: 1, Modified: x.node.Now().UnixMilli()}
		if old := c.Policies[name]; old != nil {
			p.Version = old.Version + 1
		}
		c.Policies[name] = p
		return nil
	})
	if err != nil {
		return err
	}
	return rest.Acknowledge(w, r)
}

func (x *Templates) deletePolicy(w http.ResponseWriter, r *rest.Request) error {
	name := r.PathValue("name")
	err := x.node.Cluster.Change(func(c *cluster.Content) error {
		if c.Policies[name] == nil {
			return rest.Fail(http.StatusNotFound, "resource_not_found_exception", "Lifecycle policy not found: "+name)
		}
		var used []string
		for _, index := range slices.Sorted(maps.Keys(c.Indices)) {
			if c.Indices[index].Settings[policySetting] == name {
				used = append(used, index)
			}
		}
		if len(used) > 0 {
			return rest.Illegal("Cannot delete policy [%s]. It is in use by one or more indices: %s", name, list(used))
		}
		delete(c.Policies, name)
		return nil
	})
	if err != nil {
		return err
	}
	return rest.Acknowledge(w, r)
}

func (x *Templates) policyStatus(w http.ResponseWriter, r *rest.Request) error {
	mode := "RUNNING"
	if x.node.Cluster.Content().LifecycleStopped {
		mode = "STOPPED"
	}
	return rest.WriteJSON(w, r, http.StatusOK, map[string]any{"operation_mode": mode})
}

func (x *Templates) setStopped(w http.ResponseWriter, r *rest.Request, stopped bool) error {
	err := x.node.Cluster.Change(func(c *cluster.Content) error { c.LifecycleStopped = stopped; return nil })
	if err != nil {
		return err
	}
	return rest.Acknowledge(w, r)
}

// explained is an index in the answer of _ilm/explain.
type explained struct {
	Index     string         `json:"index"`
	Managed   bool           `json:"managed"`
	Policy    string         `json:"policy,omitempty"`
	Created   int64          `json:"index_creation_date_millis,omitempty"`
	Since     string         `json:"time_since_index_creation,omitempty"`
	Date      int64          `json:"lifecycle_date_millis,omitempty"`
	Age       string         `json:"age,omitempty"`
	Phase     string         `json:"phase,omitempty"`
	PhaseTime int64          `json:"phase_time_millis,omitempty"`
	Action    string         `json:"action,omitempty"`
	ActTime   int64          `json:"action_time_millis,omitempty"`
	Step      string         `json:"step,omitempty"`
	StepTime  int64          `json:"step_time_millis,omitempty"`
	Failure   map[string]any `json:"step_info,omitempty"`
	Execution map[string]any `json:"phase_execution,omitempty"`
}

// explain answers GET /{index}/_ilm/explain.
func (x *Templates) explain(w http.ResponseWriter, r *rest.Request) error {
	onlyManaged, err := r.Bool("only_managed", false)
	if err != nil {
		return err
	}
	onlyErrors, err := r.Bool("only_errors", false)
	if err != nil {
		return err
	}
	set, err := x.node.Resolve(r, r.PathValue("index"))
	if err != nil {
		return err
	}
	c := x.node.Cluster.Content()
	policies := map[string]string{}
	for policy, managed := range lifecycle.Managed(c, x.node.Names) {
		for _, i := range managed {
			policies[i.Name] = policy
		}
	}
	out := map[string]explained{}
	for _, i := range set.Indices {
		e := x.explainOne(c, i, policies[i.Name])
		if (onlyManaged || onlyErrors) && !e.Managed || onlyErrors && e.Failure == nil {
			continue
		}
		out[i.Name] = e
	}
	return rest.WriteJSON(w, r, http.StatusOK, map[string]any{"indices": out})
}

func (x *Templates) explainOne(c *cluster.Content, i names.Index, policy string) explained {
	e := explained{Index: i.Name}
	if policy == "" {
		return e
	}
	e.Managed, e.Policy, e.Created = true, policy, inventory.Created(i)
	begin := time.UnixMilli(e.Created)
	if i.Kind != names.Own {
		begin = i.Start.AddDate(0, 0, 1) // ages count from the end of the day
	}
	now := x.node.Now()
	e.Since, e.Date, e.Age = rest.HumanTime(now.Sub(time.UnixMilli(e.Created))), begin.UnixMilli(), rest.HumanTime(max(0, now.Sub(begin)))
	p := c.Policies[policy]
	if p == nil {
		e.Step = "ERROR"
		e.Failure = map[string]any{"type": "illegal_argument_exception", "reason": "policy [" + policy + "] does not exist"}
		return e
	}
	e.Phase, e.Action, e.Step = "new", "complete", "complete"
	var body lifecycle.Policy
	if json.Unmarshal(p.Body, &body) != nil {
		return e
	}
	e.PhaseTime = e.Date
	for _, name := range []string{"hot", "warm", "cold", "frozen", "delete"} {
		phase := body.Phases[name]
		if phase == nil {
			continue
		}
		age, err := settings.ParseTime(phase.MinAge)
		if err != nil || now.Sub(begin) < age && name != "hot" {
			continue
		}
		e.Phase, e.PhaseTime = name, begin.Add(age).UnixMilli()
		e.Execution = map[string]any{"policy": policy, "phase_definition": phase, "version": p.Version, "modified_date_in_millis": p.Modified}
	}
	e.ActTime, e.StepTime = e.PhaseTime, e.PhaseTime
	return e
}

// removePolicy answers POST /{index}/_ilm/remove.
func (x *Templates) removePolicy(w http.ResponseWriter, r *rest.Request) error {
	set, err := x.node.Resolve(r, r.PathValue("index"))
	if err != nil {
		return err
	}
	err = x.node.Cluster.Change(func(c *cluster.Content) error {
		for _, i := range set.Indices {
			if m := c.Indices[i.Name]; m != nil {
				maps.DeleteFunc(m.Settings, func(name, _ string) bool { return strings.HasPrefix(name, "index.lifecycle.") })
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return rest.WriteJSON(w, r, http.StatusOK, map[string]any{"has_failures": false, "failed_indexes": []string{}})
}
