package nodes

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"rastro/internal/elastic/rest"
)

const stamp = "2006-01-02T15:04:05.000Z"

// license answers GET _license. Clients refuse servers without one: this one is
// basic and does not end.
func (x *Nodes) license(w http.ResponseWriter, r *rest.Request) error {
	license := map[string]any{
		"status": "active", "uid": x.node.ClusterID, "type": "basic", "issue_date_in_millis": x.node.Start.UnixMilli(), "max_nodes": 1000,
		"max_resource_units": nil, "issued_to": clusterName, "issuer": clusterName, "start_date_in_millis": -1,
	}
	if human, err := r.Bool("human", true); err != nil {
		return err
	} else if human {
		license["issue_date"] = x.node.Start.UTC().Format(stamp)
	}
	return rest.WriteJSON(w, r, http.StatusOK, map[string]any{"license": license})
}

// features are those of Elasticsearch's extensions that clients ask for, and
// whether they are here.
var features = map[string]bool{
	"aggregate_metric": false, "analytics": true, "archive": false, "async_search": true, "ccr": false, "data_streams": true, "data_tiers": false,
	"enrich": false, "eql": false, "esql": false, "frozen_indices": false, "graph": false, "ilm": true, "logsdb": false, "logstash": false, "ml": false,
	"monitoring": false, "rollup": false, "searchable_snapshots": false, "security": false, "slm": false, "spatial": false, "sql": false,
	"transform": false, "universal_profiling": false, "voting_only": false, "watcher": false,
}

// xpack answers GET _xpack. Filebeat connects only where ilm is there.
func (x *Nodes) xpack(w http.ResponseWriter, r *rest.Request) error {
	categories := []string{"build", "license", "features"}
	if text := r.Get("categories"); text != "" {
		for c := range strings.SplitSeq(text, ",") {
			if !slices.Contains(append(categories, "_all", "_none"), c) {
				return rest.Illegal("unknown category [%s]; there are: build, license, features", c)
			}
		}
		categories = strings.Split(text, ",")
	}
	wanted := func(c string) bool { return slices.Contains(categories, c) || slices.Contains(categories, "_all") }
	out := map[string]any{}
	if wanted("build") {
		out["build"] = map[string]any{"hash": x.node.Release, "date": buildDate}
	}
	if wanted("license") {
		out["license"] = map[string]any{"uid": x.node.ClusterID, "type": "basic", "mode": "basic", "status": "active"}
	}
	if wanted("features") {
		list := map[string]any{}
		for name, here := range features {
			list[name] = map[string]any{"available": here, "enabled": here}
		}
		out["features"] = list
	}
	if human, err := r.Bool("human", true); err != nil {
		return err
	} else if human {
		out["tagline"] = "You know, for X"
	}
	return rest.WriteJSON(w, r, http.StatusOK, out)
}

// xpackUsage answers GET _xpack/usage.
func (x *Nodes) xpackUsage(w http.ResponseWriter, r *rest.Request) error {
	c := x.node.Cluster.Content()
	out := map[string]any{}
	for name, here := range features {
		out[name] = map[string]any{"available": here, "enabled": here}
	}
	backing := 0
	for _, s := range c.DataStreams {
		backing += len(s.Backing)
	}
	out["ilm"] = map[string]any{"available": true, "enabled": true, "policy_count": len(c.Policies), "policy_stats": []any{}}
	out["data_streams"] = map[string]any{"available": true, "enabled": true, "data_streams": len(c.DataStreams), "indices_count": backing}
	return rest.WriteJSON(w, r, http.StatusOK, out)
}

// authenticate answers GET _security/_authenticate: whoever reaches the port
// may do everything that it offers.
func (x *Nodes) authenticate(w http.ResponseWriter, r *rest.Request) error {
	realm := map[string]any{"name": "__anonymous", "type": "__anonymous"}
	return rest.WriteJSON(w, r, http.StatusOK, map[string]any{
		"username": "anonymous", "roles": []string{"superuser"}, "full_name": nil, "email": nil, "metadata": map[string]any{}, "enabled": true,
		"authentication_realm": realm, "lookup_realm": realm, "authentication_type": "anonymous",
	})
}

// hasPrivileges answers _security/user/_has_privileges: yes to each.
func (x *Nodes) hasPrivileges(w http.ResponseWriter, r *rest.Request) error {
	text, err := r.Body()
	if err != nil {
		return err
	}
	var asked struct {
		Cluster []string `json:"cluster"`
		Index   []struct {
			Names      texts    `json:"names"`
			Privileges []string `json:"privileges"`
		} `json:"index"`
		Application []struct {
			Application string   `json:"application"`
			Privileges  []string `json:"privileges"`
			Resources   []string `json:"resources"`
		} `json:"application"`
	}
	if len(text) == 0 {
		return rest.Fail(http.StatusBadRequest, "parse_exception", "request body is required")
	}
	if err := json.Unmarshal(text, &asked); err != nil {
		return rest.Fail(http.StatusBadRequest, "parse_exception", "failed to parse privileges: "+err.Error())
	}
	yes := func(list []string) map[string]bool {
		out := map[string]bool{}
		for _, p := range list {
			out[p] = true
		}
		return out
	}
	index, application := map[string]any{}, map[string]any{}
	for _, i := range asked.Index {
		for _, name := range i.Names {
			index[name] = yes(i.Privileges)
		}
	}
	for _, a := range asked.Application {
		resources := map[string]any{}
		for _, name := range a.Resources {
			resources[name] = yes(a.Privileges)
		}
		application[a.Application] = resources
	}
	return rest.WriteJSON(w, r, http.StatusOK, map[string]any{
		"username": "anonymous", "has_all_requested": true, "cluster": yes(asked.Cluster), "index": index, "application": application,
	})
}

// texts is a name or a list of names.
type texts []string

// UnmarshalJSON reads either form.
func (n *texts) UnmarshalJSON(text []byte) error {
	if len(text) > 0 && text[0] == '"' {
		var one string
		err := json.Unmarshal(text, &one)
		*n = texts{one}
		return err
	}
	return json.Unmarshal(text, (*[]string)(n))
}
