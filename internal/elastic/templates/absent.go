package templates

import (
	"net/http"
	"strings"

	"rastro/internal/elastic/rest"
)

// absentRoutes are endpoints about things that cannot be made here: ingest
// pipelines and snapshot policies. They list none, and refuse new ones with the
// way out.
func (x *Templates) absentRoutes() []rest.Route {
	empty := func(w http.ResponseWriter, r *rest.Request) error {
		return rest.WriteJSON(w, r, http.StatusOK, map[string]any{})
	}
	refuse := func(reason string) rest.Handler {
		return func(http.ResponseWriter, *rest.Request) error { return rest.Illegal("%s", reason) }
	}
	const noPipelines = "ingest pipelines are not supported here: lines of mail servers are parsed as they come, other documents are kept as they are"
	const noPolicies = "snapshot policies are not supported here; call PUT /_snapshot/{repository}/{snapshot} from cron or a systemd timer"
	missing := func(reason string) rest.Handler {
		return func(_ http.ResponseWriter, r *rest.Request) error {
			return rest.Fail(http.StatusNotFound, "resource_not_found_exception", strings.ReplaceAll(reason, "NAME", r.PathValue("name")))
		}
	}
	return []rest.Route{
		{Methods: get, Path: "/_ingest/pipeline", Params: []string{"summary"}, Handle: empty},
		{Methods: get, Path: "/_ingest/pipeline/{name}", Params: []string{"summary"}, Handle: noPipeline},
		{Methods: put, Path: "/_ingest/pipeline/{name}", Params: []string{"if_version"}, Handle: refuse(noPipelines)},
		{Methods: del, Path: "/_ingest/pipeline/{name}", Handle: missing("pipeline [NAME] is missing")},
		{Methods: []string{http.MethodGet, http.MethodPost}, Path: "/_ingest/pipeline/_simulate", Params: []string{"verbose"}, Handle: refuse(noPipelines)},
		{Methods: []string{http.MethodGet, http.MethodPost}, Path: "/_ingest/pipeline/{name}/_simulate", Params: []string{"verbose"}, Handle: refuse(noPipelines)},
		{Methods: get, Path: "/_slm/policy", Handle: empty},
		{Methods: get, Path: "/_slm/policy/{name}", Handle: missing("snapshot lifecycle policy or policies [NAME] not found, no policies are configured")},
		{Methods: put, Path: "/_slm/policy/{name}", Handle: refuse(noPolicies)},
		{Methods: del, Path: "/_slm/policy/{name}", Handle: missing("snapshot lifecycle policy not found: NAME")},
		{Methods: get, Path: "/_slm/status", Handle: func(w http.ResponseWriter, r *rest.Request) error {
			return rest.WriteJSON(w, r, http.StatusOK, map[string]any{"operation_mode": "RUNNING"})
		}},
		{Methods: get, Path: "/_slm/stats", Handle: func(w http.ResponseWriter, r *rest.Request) error {
			return rest.WriteJSON(w, r, http.StatusOK, map[string]any{
				"retention_runs": 0, "retention_failed": 0, "retention_timed_out": 0, "retention_deletion_time": "0s", "retention_deletion_time_millis": 0,
				"total_snapshots_taken": 0, "total_snapshots_failed": 0, "total_snapshots_deleted": 0, "total_snapshot_deletion_failures": 0, "policy_stats": []any{},
			})
		}},
	}
}

// noPipeline answers GET _ingest/pipeline/{name}: a pattern finds none, a name
// is not there.
func noPipeline(w http.ResponseWriter, r *rest.Request) error {
	status := http.StatusNotFound
	if strings.Contains(r.PathValue("name"), "*") {
		status = http.StatusOK
	}
	return rest.WriteJSON(w, r, status, map[string]any{})
}
