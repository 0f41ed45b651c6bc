package nodes

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"rastro/internal/elastic/inventory"
	"rastro/internal/elastic/names"
	"rastro/internal/elastic/rest"
)

func (x *Nodes) healthRoutes() []rest.Route {
	params := append(slices.Clone(rest.ResolveParams), "level", "local", "wait_for_active_shards", "wait_for_events", "wait_for_nodes", "wait_for_no_initializing_shards",
		"wait_for_no_relocating_shards", "wait_for_status", "return_200_for_cluster_health_timeout")
	return []rest.Route{
		{Methods: get, Path: "/_cluster/health", Params: params, Handle: x.health},
		{Methods: get, Path: "/_cluster/health/{index}", Params: params, Handle: x.health},
		{Methods: get, Path: "/_health_report", Params: []string{"verbose", "size"}, Handle: x.report},
		{Methods: get, Path: "/_health_report/{feature}", Params: []string{"verbose", "size"}, Handle: x.report},
	}
}

// healthAnswer is the answer of _cluster/health.
type healthAnswer struct {
	ClusterName         string                 `json:"cluster_name"`
	Status              string                 `json:"status"`
	TimedOut            bool                   `json:"timed_out"`
	Nodes               int                    `json:"number_of_nodes"`
	DataNodes           int                    `json:"number_of_data_nodes"`
	ActivePrimary       int                    `json:"active_primary_shards"`
	Active              int                    `json:"active_shards"`
	Relocating          int                    `json:"relocating_shards"`
	Initializing        int                    `json:"initializing_shards"`
	Unassigned          int                    `json:"unassigned_shards"`
	UnassignedPrimary   int                    `json:"unassigned_primary_shards"`
	DelayedUnassigned   int                    `json:"delayed_unassigned_shards"`
	PendingTasks        int                    `json:"number_of_pending_tasks"`
	InFlight            int                    `json:"number_of_in_flight_fetch"`
	TaskMaxWaiting      int                    `json:"task_max_waiting_in_queue_millis"`
	ActiveShardsPercent float64                `json:"active_shards_percent_as_number"`
	Indices             map[string]indexHealth `json:"indices,omitempty"`
}

// indexHealth is one index in it.
type indexHealth struct {
	Status            string                 `json:"status"`
	Shards            int                    `json:"number_of_shards"`
	Replicas          int                    `json:"number_of_replicas"`
	ActivePrimary     int                    `json:"active_primary_shards"`
	Active            int                    `json:"active_shards"`
	Relocating        int                    `json:"relocating_shards"`
	Initializing      int                    `json:"initializing_shards"`
	Unassigned        int                    `json:"unassigned_shards"`
	UnassignedPrimary int                    `json:"unassigned_primary_shards"`
	ByShard           map[string]shardHealth `json:"shards,omitempty"`
}

type shardHealth struct {
	Status            string `json:"status"`
	PrimaryActive     bool   `json:"primary_active"`
	Active            int    `json:"active_shards"`
	Relocating        int    `json:"relocating_shards"`
	Initializing      int    `json:"initializing_shards"`
	Unassigned        int    `json:"unassigned_shards"`
	UnassignedPrimary int    `json:"unassigned_primary_shards"`
}

// defaultWait is how long health waits when it was asked to wait for something.
const defaultWait = 30 * time.Second

// maxShards bounds the shards in an answer.
const maxShards = 50_000

// longestWait bounds what a client may ask for.
const longestWait = 90 * time.Second

// health answers _cluster/health: green while every file serves, yellow when
// files were set aside or copies were asked for, red when nothing can be written.
func (x *Nodes) health(w http.ResponseWriter, r *rest.Request) error {
	want, err := readWaiting(r)
	if err != nil {
		return err
	}
	wait, err := r.Time("timeout", defaultWait)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), min(wait, longestWait))
	defer cancel()
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for {
		h, missing, err := x.healthNow(r)
		if err != nil {
			return err
		}
		if !missing && want.met(&h) {
			return rest.WriteJSON(w, r, http.StatusOK, h)
		}
		select {
		case <-again.C:
			continue
		case <-ctx.Done():
		}
		if r.Context().Err() != nil {
			return r.Context().Err()
		}
		h.TimedOut = true
		status := http.StatusRequestTimeout
		if fine, _ := r.Bool("return_200_for_cluster_health_timeout", false); fine {
			status = http.StatusOK
		}
		return rest.WriteJSON(w, r, status, h)
	}
}

// healthNow is the health as it is; missing tells that an index that was named
// does not exist.
func (x *Nodes) healthNow(r *rest.Request) (h healthAnswer, missing bool, err error) {
	opts, err := rest.ResolveOptions(r)
	if err != nil {
		return h, false, err
	}
	if !r.Has("expand_wildcards") {
		opts.Closed, opts.Hidden = true, false
	}
	level := r.Get("level")
	if !slices.Contains([]string{"", "cluster", "indices", "shards"}, level) {
		return h, false, rest.Illegal("level parameter must be one of [cluster] or [indices] or [shards] but was [%s]", level)
	}
	now := x.inventory.Health()
	h = healthAnswer{ClusterName: clusterName, Status: now.Status, Nodes: 1, DataNodes: 1, ActiveShardsPercent: 100}
	set, err := x.node.ResolveWith(r.PathValue("index"), opts)
	var f *rest.Failure
	if errors.As(err, &f) && f.Status == http.StatusNotFound {
		h.Status, h.ActiveShardsPercent = inventory.Red, 0
		return h, true, nil
	}
	if err != nil {
		return h, false, err
	}
	indices := set.Indices
	active, absent := x.inventory.Count(indices)
	h.Active, h.ActivePrimary, h.Unassigned = active, active, absent
	if absent > 0 && h.Status == inventory.Green {
		h.Status = inventory.Yellow // copies were asked for, and there is no node for them
	}
	if r.PathValue("index") == "" {
		h.Unassigned += now.Lost
	}
	if h.Unassigned > 0 {
		h.ActiveShardsPercent = 100 * float64(active) / float64(active+h.Unassigned)
	}
	if level == "shards" && active > maxShards {
		return h, false, rest.Illegal("these indices were given %d shards; at most %d are shown, narrow the health by names of indices", active, maxShards)
	}
	if level == "indices" || level == "shards" {
		h.Indices = map[string]indexHealth{}
		for _, i := range indices {
			h.Indices[i.Name] = x.indexHealth(i, level == "shards")
		}
	}
	return h, false, nil
}

func (x *Nodes) indexHealth(i names.Index, withShards bool) indexHealth {
	status := x.inventory.IndexHealth(i)
	shards, copies := x.inventory.Shards(i)
	one := indexHealth{Status: status, Shards: shards, Replicas: copies, ActivePrimary: shards, Active: shards, Unassigned: shards * copies}
	if withShards {
		one.ByShard = map[string]shardHealth{}
		for n := range shards {
			one.ByShard[strconv.Itoa(n)] = shardHealth{Status: status, PrimaryActive: true, Active: 1, Unassigned: copies}
		}
	}
	return one
}

// waiting is what a request for health waits for.
type waiting struct {
	status string
	shards int
	all    bool // no shard may be missing
	nodes  func(n int) bool
}

func readWaiting(r *rest.Request) (want waiting, err error) {
	want.status = strings.ToLower(r.Get("wait_for_status"))
	if !slices.Contains([]string{"", inventory.Green, inventory.Yellow, inventory.Red}, want.status) {
		return want, rest.Illegal("unknown cluster health status [%s]", r.Get("wait_for_status"))
	}
	want.all = r.Get("wait_for_active_shards") == "all"
	if text := r.Get("wait_for_active_shards"); text != "" && !want.all {
		if want.shards, err = strconv.Atoi(text); err != nil || want.shards < 0 {
			return want, rest.Illegal("cannot parse ActiveShardCount[%s]", text)
		}
	}
	events := strings.ToLower(r.Get("wait_for_events"))
	if !slices.Contains([]string{"", "immediate", "urgent", "high", "normal", "low", "languid"}, events) {
		return want, rest.Illegal("No enum constant org.elasticsearch.common.Priority.%s", strings.ToUpper(events))
	}
	for _, name := range []string{"wait_for_no_relocating_shards", "wait_for_no_initializing_shards", "local", "return_200_for_cluster_health_timeout"} {
		if _, err := r.Bool(name, false); err != nil {
			return want, err
		}
	}
	want.nodes, err = readNodes(r.Get("wait_for_nodes"))
	return want, err
}

// readNodes reads a number of nodes: 2, >=2, <3, ge(2), lt(3).
func readNodes(text string) (func(int) bool, error) {
	if text == "" {
		return func(int) bool { return true }, nil
	}
	for _, op := range []struct {
		begin, end string
		holds      func(n, want int) bool
	}{
		{">=", "", func(n, want int) bool { return n >= want }}, {"<=", "", func(n, want int) bool { return n <= want }},
		{">", "", func(n, want int) bool { return n > want }}, {"<", "", func(n, want int) bool { return n < want }},
		{"ge(", ")", func(n, want int) bool { return n >= want }}, {"le(", ")", func(n, want int) bool { return n <= want }},
		{"gt(", ")", func(n, want int) bool { return n > want }}, {"lt(", ")", func(n, want int) bool { return n < want }},
		{"", "", func(n, want int) bool { return n == want }},
	} {
		number, ok := strings.CutPrefix(text, op.begin)
		if !ok {
			continue
		}
		want, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(number, op.end)))
		if err != nil {
			break
		}
		return func(n int) bool { return op.holds(n, want) }, nil
	}
	return nil, rest.Illegal("failed to parse wait_for_nodes [%s]; write 1, >=1, <=1, ge(1) or le(1)", text)
}

func (w *waiting) met(h *healthAnswer) bool {
	return (w.status == "" || inventory.Worse(h.Status) <= inventory.Worse(w.status)) && h.Active >= w.shards && (!w.all || h.Unassigned == 0) && w.nodes(h.Nodes)
}
