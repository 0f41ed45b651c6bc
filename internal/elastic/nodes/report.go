package nodes

import (
	"net/http"
	"slices"

	"rastro/internal/elastic/inventory"
	"rastro/internal/elastic/rest"
)

// indicator is one part of _health_report.
type indicator struct {
	Status    string         `json:"status"`
	Symptom   string         `json:"symptom"`
	Details   map[string]any `json:"details,omitempty"`
	Impacts   []any          `json:"impacts,omitempty"`
	Diagnosis []any          `json:"diagnosis,omitempty"`
}

// trouble fills in what a part that is not green has to say.
func (i *indicator) trouble(status, symptom, impact, action string) {
	i.Status, i.Symptom = status, symptom
	i.Impacts = []any{map[string]any{"id": "rastro:" + status, "severity": 1, "description": impact, "impact_areas": []string{"search", "ingest"}}}
	i.Diagnosis = []any{map[string]any{"id": "rastro:" + status, "cause": symptom, "action": action, "help_url": ""}}
}

// fullDisk is the part of the disk that is too full to go on for long.
const fullDisk = 0.95

// report answers GET _health_report.
func (x *Nodes) report(w http.ResponseWriter, r *rest.Request) error {
	verbose, err := r.Bool("verbose", true)
	if err != nil {
		return err
	}
	parts := x.indicators()
	status := inventory.Green
	if feature := r.PathValue("feature"); feature != "" {
		one, ok := parts[feature]
		if !ok {
			return rest.Fail(http.StatusNotFound, "resource_not_found_exception", "did not find indicator ["+feature+"]")
		}
		parts = map[string]*indicator{feature: one}
	}
	for _, p := range parts {
		if inventory.Worse(p.Status) > inventory.Worse(status) {
			status = p.Status
		}
		if !verbose {
			p.Details, p.Impacts, p.Diagnosis = nil, nil, nil
		}
	}
	return rest.WriteJSON(w, r, http.StatusOK, map[string]any{"status": status, "cluster_name": clusterName, "indicators": parts})
}

// indicators are the parts of the report. Those about things that there are not
// are green.
func (x *Nodes) indicators() map[string]*indicator {
	c := x.node.Cluster.Content()
	h, p := x.inventory.Health(), x.inventory.Process()
	green := func(symptom string, details map[string]any) *indicator {
		return &indicator{Status: inventory.Green, Symptom: symptom, Details: details}
	}
	self := map[string]any{"node_id": x.node.ID, "name": x.node.Name}
	parts := map[string]*indicator{
		"master_is_stable":      green("The cluster has a stable master node", map[string]any{"current_master": self, "recent_masters": []any{self}}),
		"repository_integrity":  green("All repositories are healthy.", map[string]any{"total_repositories": len(c.Repositories), "corrupted_repositories": 0}),
		"shards_availability":   green("This cluster has all shards available.", map[string]any{"started_primaries": len(x.node.Names.All()), "unassigned_primaries": h.Lost, "started_replicas": 0, "unassigned_replicas": 0}),
		"shards_capacity":       green("The cluster has enough room to add new shards.", nil),
		"disk":                  green("The cluster has enough available disk space.", map[string]any{"free_bytes": p.DiskFree, "total_bytes": p.DiskTotal}),
		"ilm":                   green("Index Lifecycle Management is running", map[string]any{"policies": len(c.Policies), "ilm_status": "RUNNING", "stagnating_indices": 0}),
		"slm":                   green("No Snapshot Lifecycle Management policies configured", map[string]any{"policies": 0, "slm_status": "RUNNING"}),
		"data_stream_lifecycle": green("Data streams are executing their lifecycles without issues", nil),
		"file_settings":         green("No file-based settings", nil),
	}
	if c.LifecycleStopped {
		parts["ilm"].trouble(inventory.Yellow, "Index Lifecycle Management is not running", "No event is removed by a policy.", "POST _ilm/start")
		parts["ilm"].Details["ilm_status"] = "STOPPED"
	}
	if h.Lost > 0 {
		parts["shards_availability"].trouble(inventory.Yellow, h.Reason, "Some events are missing in answers.", "Restore the files from a snapshot, or remove them: see docs/operating.md.")
	}
	switch used := float64(p.DiskTotal-p.DiskFree) / max(1, float64(p.DiskTotal)); {
	case h.Status == inventory.Red:
		parts["disk"].trouble(inventory.Red, h.Reason, "No new event is stored; senders wait.", "Free some space, or look into the log.")
	case p.DiskTotal > 0 && used > fullDisk:
		parts["disk"].trouble(inventory.Yellow, "The disk of the data folder is nearly full.", "When it is full, senders wait.", "Free some space, or shorten how long events are kept.")
	}
	return parts
}

// clusterRoutes are the endpoints below _cluster.
func (x *Nodes) clusterRoutes() []rest.Route {
	state := append(slices.Clone(rest.ResolveParams), "local", "flat_settings", "wait_for_metadata_version", "wait_for_timeout")
	settings := []string{"flat_settings", "include_defaults", "local"}
	return []rest.Route{
		{Methods: get, Path: "/_cluster/stats", Params: []string{"flat_settings", "include_remotes"}, Handle: x.stats},
		{Methods: get, Path: "/_cluster/stats/nodes/{node}", Params: []string{"flat_settings", "include_remotes"}, Handle: x.stats},
		{Methods: get, Path: "/_cluster/settings", Params: settings, Handle: x.getSettings},
		{Methods: put, Path: "/_cluster/settings", Params: settings, Handle: x.putSettings},
		{Methods: get, Path: "/_cluster/state", Params: state, Handle: x.state},
		{Methods: get, Path: "/_cluster/state/{metric}", Params: state, Handle: x.state},
		{Methods: get, Path: "/_cluster/state/{metric}/{index}", Params: state, Handle: x.state},
		{Methods: get, Path: "/_cluster/pending_tasks", Params: []string{"local"}, Handle: value(map[string]any{"tasks": []any{}})},
		{Methods: getPost, Path: "/_cluster/allocation/explain", Params: []string{"include_disk_info", "include_yes_decisions"}, Handle: x.allocation},
		{Methods: post, Path: "/_cluster/reroute", Params: []string{"dry_run", "explain", "metric", "retry_failed"}, Handle: x.reroute},
		{Methods: post, Path: "/_cluster/voting_config_exclusions", Params: []string{"node_ids", "node_names"}, Handle: refuse("there is one node, and it cannot be excluded")},
		{Methods: del, Path: "/_cluster/voting_config_exclusions", Params: []string{"wait_for_removal"}, Handle: value(map[string]any{})},
	}
}
