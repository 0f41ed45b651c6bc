package nodes

import (
	"bytes"
	"net/http"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"time"

	elasticnames "rastro/internal/elastic/names"
	"rastro/internal/elastic/rest"
)

// transportAddress is where other nodes would reach this one; there are none.
const transportAddress = "127.0.0.1:9300"

// roles of the one node.
var roles = []string{"data", "data_content", "data_hot", "ingest", "master"}

func (x *Nodes) nodeRoutes() []rest.Route {
	stats := []string{"completion_fields", "fielddata_fields", "fields", "groups", "include_segment_file_sizes", "include_unloaded_segments", "level", "types", "include_remotes"}
	hot := []string{"interval", "snapshots", "threads", "ignore_idle_threads", "type", "sort"}
	info := []string{"flat_settings", "timeout"}
	return []rest.Route{
		{Methods: get, Path: "/_nodes", Params: info, Handle: x.info},
		{Methods: get, Path: "/_nodes/{node}", Params: info, Handle: x.info},
		{Methods: get, Path: "/_nodes/{node}/{metric}", Params: info, Handle: x.info},
		{Methods: get, Path: "/_nodes/{node}/info/{metric}", Params: info, Handle: x.info},
		{Methods: get, Path: "/_nodes/stats", Params: stats, Handle: x.nodeStats},
		{Methods: get, Path: "/_nodes/stats/{metric}", Params: stats, Handle: x.nodeStats},
		{Methods: get, Path: "/_nodes/stats/{metric}/{index_metric}", Params: stats, Handle: x.nodeStats},
		{Methods: get, Path: "/_nodes/{node}/stats", Params: stats, Handle: x.nodeStats},
		{Methods: get, Path: "/_nodes/{node}/stats/{metric}", Params: stats, Handle: x.nodeStats},
		{Methods: get, Path: "/_nodes/{node}/stats/{metric}/{index_metric}", Params: stats, Handle: x.nodeStats},
		{Methods: get, Path: "/_nodes/hot_threads", Params: hot, Handle: x.hotThreads},
		{Methods: get, Path: "/_nodes/{node}/hot_threads", Params: hot, Handle: x.hotThreads},
		{Methods: get, Path: "/_nodes/usage", Handle: x.usage},
		{Methods: get, Path: "/_nodes/usage/{metric}", Handle: x.usage},
		{Methods: get, Path: "/_nodes/{node}/usage", Handle: x.usage},
		{Methods: get, Path: "/_nodes/{node}/usage/{metric}", Handle: x.usage},
		{Methods: post, Path: "/_nodes/reload_secure_settings", Handle: x.reload},
		{Methods: post, Path: "/_nodes/{node}/reload_secure_settings", Handle: x.reload},
		{Methods: get, Path: "/_nodes/{node}/_repositories_metering", Handle: x.metering},
		{Methods: get, Path: "/_info/{target}", Handle: x.clusterInfo},
	}
}

// means tells whether an expression of nodes means this one.
func (x *Nodes) means(expression string) bool {
	if expression == "" {
		return true
	}
	in := false
	for part := range strings.SplitSeq(expression, ",") {
		switch {
		case slices.Contains([]string{"_all", "_local", "_master", "*", "master:true", "data:true", "ingest:true", "127.0.0.1"}, part):
			in = true
		case slices.Contains([]string{"master:false", "data:false", "ingest:false"}, part):
			in = false
		default:
			in = in || part == x.node.ID || elasticnames.Match(part, x.node.Name)
		}
	}
	return in
}

// one wraps what there is to say of the node, where it is meant.
func (x *Nodes) one(w http.ResponseWriter, r *rest.Request, meant bool, node any) error {
	nodes, n := map[string]any{}, 0
	if meant {
		nodes[x.node.ID], n = node, 1
	}
	return rest.WriteJSON(w, r, http.StatusOK, map[string]any{
		"_nodes": map[string]any{"total": n, "successful": n, "failed": 0}, "cluster_name": clusterName, "nodes": nodes,
	})
}

// infoMetrics are the parts of _nodes.
var infoMetrics = []string{"settings", "os", "process", "jvm", "thread_pool", "transport", "http", "plugins", "ingest", "aggregations", "indices", "remote_cluster_server"}

// info answers GET _nodes. What stands behind it may be nodes or metrics.
func (x *Nodes) info(w http.ResponseWriter, r *rest.Request) error {
	node, metric := r.PathValue("node"), r.PathValue("metric")
	if metric == "" && node != "" && allIn(node, append([]string{"_none"}, infoMetrics...)) {
		node, metric = "", node
	}
	var wanted []string
	if metric != "_none" {
		var err error
		if wanted, err = pick(metric, infoMetrics, r.URL.Path); err != nil {
			return err
		}
	}
	out := map[string]any{
		"name": x.node.Name, "transport_address": transportAddress, "host": "127.0.0.1", "ip": "127.0.0.1", "version": rest.Version, "transport_version": 8797002, "index_version": 8521000,
		"component_versions": map[string]any{}, "build_flavor": "default", "build_type": "rastro", "build_hash": x.node.Release, "roles": roles, "attributes": map[string]any{},
		"total_indexing_buffer": 0,
	}
	for _, m := range wanted {
		if v := x.infoPart(m); v != nil {
			out[m] = v
		}
	}
	return x.one(w, r, x.means(node), out)
}

func allIn(list string, known []string) bool {
	for part := range strings.SplitSeq(list, ",") {
		if !slices.Contains(known, part) {
			return false
		}
	}
	return true
}

func (x *Nodes) infoPart(metric string) any {
	p := x.inventory.Process()
	switch metric {
	case "settings":
		return map[string]any{"cluster": map[string]any{"name": clusterName}, "node": map[string]any{"name": x.node.Name}, "http": map[string]any{"type": "netty4"}}
	case "os":
		return map[string]any{"refresh_interval_in_millis": 1000, "name": runtime.GOOS, "pretty_name": runtime.GOOS, "arch": runtime.GOARCH, "available_processors": p.Processors, "allocated_processors": runtime.GOMAXPROCS(0)}
	case "process":
		return map[string]any{"refresh_interval_in_millis": 1000, "id": p.PID, "mlockall": false}
	case "jvm":
		// Rastro needs no Java; clients that look at versions find Go's.
		return map[string]any{
			"pid": p.PID, "version": runtime.Version(), "vm_name": "Go", "vm_version": runtime.Version(), "vm_vendor": "Go", "using_bundled_jdk": false,
			"start_time_in_millis": x.node.Start.UnixMilli(), "mem": map[string]any{"heap_init_in_bytes": 0, "heap_max_in_bytes": p.MemoryTotal, "non_heap_init_in_bytes": 0, "non_heap_max_in_bytes": 0, "direct_max_in_bytes": 0},
			"gc_collectors": []string{"go"}, "memory_pools": []string{"go"}, "input_arguments": []string{},
		}
	case "thread_pool":
		places := x.node.Searcher.Counts()
		return map[string]any{"search": map[string]any{"type": "fixed", "size": places.Slots, "queue_size": places.Queue}, "write": map[string]any{"type": "fixed", "size": p.Processors, "queue_size": 10000}}
	case "transport":
		return map[string]any{"bound_address": []string{transportAddress}, "publish_address": transportAddress, "profiles": map[string]any{}}
	case "http":
		address := x.address()
		return map[string]any{"bound_address": []string{address}, "publish_address": address, "max_content_length_in_bytes": rest.MaxContent}
	case "plugins":
		return []any{}
	case "ingest":
		return map[string]any{"processors": []any{}}
	case "aggregations":
		return map[string]any{}
	}
	return nil
}

// address is where clients reach this server.
func (x *Nodes) address() string {
	if f := x.inventory.Options().Address; f != nil && f() != "" {
		return f()
	}
	return "127.0.0.1:9200"
}

// maxHot bounds what hot_threads writes.
const maxHot = 256 << 10

// hotThreads answers GET _nodes/hot_threads: what the program's routines do.
func (x *Nodes) hotThreads(w http.ResponseWriter, r *rest.Request) error {
	var text bytes.Buffer
	text.WriteString("::: {" + x.node.Name + "}{" + x.node.ID + "}{127.0.0.1}{" + transportAddress + "}\n   Hot threads at " + time.Now().UTC().Format(stamp) + ", routines of the program by what they do:\n\n")
	if x.means(r.PathValue("node")) {
		if err := pprof.Lookup("goroutine").WriteTo(&text, 1); err != nil {
			return err
		}
	}
	w.Header().Set("Content-Type", "text/plain; charset=UTF-8")
	_, _ = w.Write(text.Bytes()[:min(text.Len(), maxHot)]) // the client is gone when this fails
	return nil
}

// usage answers GET _nodes/usage.
func (x *Nodes) usage(w http.ResponseWriter, r *rest.Request) error {
	return x.one(w, r, x.means(r.PathValue("node")), map[string]any{
		"timestamp": x.node.Now().UnixMilli(), "since": x.node.Start.UnixMilli(), "rest_actions": map[string]any{}, "aggregations": map[string]any{},
	})
}

// reload answers POST _nodes/reload_secure_settings: there are none.
func (x *Nodes) reload(w http.ResponseWriter, r *rest.Request) error {
	return x.one(w, r, x.means(r.PathValue("node")), map[string]any{"name": x.node.Name})
}

// metering answers GET _nodes/{node}/_repositories_metering: folders cost nothing.
func (x *Nodes) metering(w http.ResponseWriter, r *rest.Request) error {
	return x.one(w, r, x.means(r.PathValue("node")), []any{})
}

// clusterInfo answers GET _info/{target}.
func (x *Nodes) clusterInfo(w http.ResponseWriter, r *rest.Request) error {
	wanted, err := pick(r.PathValue("target"), []string{"http", "ingest", "thread_pool", "script"}, r.URL.Path)
	if err != nil {
		return err
	}
	p := x.inventory.Process()
	out := map[string]any{"cluster_name": clusterName}
	for _, m := range wanted {
		_, out[m] = x.statPart(m, &p)
	}
	return rest.WriteJSON(w, r, http.StatusOK, out)
}
