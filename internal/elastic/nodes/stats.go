package nodes

import (
	"maps"
	"net/http"
	"runtime"
	"slices"
	"strings"

	"rastro/internal/elastic/inventory"
	"rastro/internal/elastic/rest"
	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/search"
)

// nodeMetrics are the parts of _nodes/stats.
var nodeMetrics = []string{"indices", "os", "process", "jvm", "thread_pool", "fs", "transport", "http", "breaker", "script", "discovery", "ingest", "adaptive_selection", "script_cache", "indexing_pressure", "repositories", "allocations"}

// nodeStats answers GET _nodes/stats.
func (x *Nodes) nodeStats(w http.ResponseWriter, r *rest.Request) error {
	wanted, err := pick(r.PathValue("metric"), nodeMetrics, r.URL.Path)
	if err != nil {
		return err
	}
	p := x.inventory.Process()
	out := map[string]any{"timestamp": x.node.Now().UnixMilli(), "name": x.node.Name, "transport_address": transportAddress, "host": "127.0.0.1", "ip": "127.0.0.1:9300", "roles": roles, "attributes": map[string]any{}}
	for _, m := range wanted {
		key, v := x.statPart(m, &p)
		out[key] = v
	}
	if metrics := r.PathValue("index_metric"); metrics != "" && metrics != "_all" {
		all, ok := out["indices"].(map[string]any)
		if !ok {
			return rest.Illegal("request [%s] contains index metrics [%s] but indices stats not requested", r.URL.Path, metrics)
		}
		known := slices.Sorted(maps.Keys(all))
		chosen := map[string]any{}
		for name := range strings.SplitSeq(metrics, ",") {
			if name == "merge" {
				name = "merges"
			}
			if !slices.Contains(known, name) {
				return rest.UnknownMetric(r.URL.Path, name, known)
			}
			chosen[name] = all[name]
		}
		out["indices"] = chosen
	}
	return x.one(w, r, x.means(r.PathValue("node")), out)
}

// statPart is one part with its name in the answer.
func (x *Nodes) statPart(metric string, p *inventory.Process) (string, any) {
	now := x.node.Now().UnixMilli()
	switch metric {
	case "indices":
		return metric, x.indexStats()
	case "os":
		free := p.MemoryTotal - p.MemoryUsed
		return metric, map[string]any{
			"timestamp": now, "cpu": map[string]any{"percent": p.CPU, "load_average": map[string]any{"1m": p.Load[0], "5m": p.Load[1], "15m": p.Load[2]}},
			"mem":  map[string]any{"total_in_bytes": p.MemoryTotal, "adjusted_total_in_bytes": p.MemoryTotal, "free_in_bytes": free, "used_in_bytes": p.MemoryUsed, "free_percent": percent(free, p.MemoryTotal), "used_percent": percent(p.MemoryUsed, p.MemoryTotal)},
			"swap": map[string]any{"total_in_bytes": 0, "free_in_bytes": 0, "used_in_bytes": 0},
		}
	case "process":
		return metric, map[string]any{
			"timestamp": now, "open_file_descriptors": p.OpenFiles, "max_file_descriptors": p.MaxFiles,
			"cpu": map[string]any{"percent": p.CPU, "total_in_millis": p.CPUTime.Milliseconds()}, "mem": map[string]any{"total_virtual_in_bytes": p.Virtual},
		}
	case "jvm":
		return metric, jvm(now, p)
	case "fs":
		folder := x.inventory.Options().Folder
		total := map[string]any{"total_in_bytes": p.DiskTotal, "free_in_bytes": p.DiskFree, "available_in_bytes": p.DiskFree}
		data := map[string]any{"path": folder, "mount": folder, "type": "", "total_in_bytes": p.DiskTotal, "free_in_bytes": p.DiskFree, "available_in_bytes": p.DiskFree}
		return metric, map[string]any{"timestamp": now, "total": total, "data": []any{data}, "io_stats": map[string]any{}}
	case "thread_pool":
		return metric, map[string]any{"search": searchPool(x.node.Searcher.Counts()), "write": pool(p.Processors, 0), "generic": pool(p.Processors, 0), "management": pool(1, 0)}
	case "transport":
		return metric, map[string]any{"server_open": 0, "total_outbound_connections": 0, "rx_count": 0, "rx_size_in_bytes": 0, "tx_count": 0, "tx_size_in_bytes": 0}
	case "http":
		return metric, map[string]any{"current_open": len(x.node.Tasks.List()), "total_opened": 0, "clients": []any{}, "routes": map[string]any{}}
	case "breaker":
		return "breakers", breakers(x.node.Searcher.Counts().Memory)
	case "script":
		return metric, map[string]any{"compilations": 0, "cache_evictions": 0, "compilation_limit_triggered": 0}
	case "discovery":
		return metric, map[string]any{"cluster_state_queue": map[string]any{"total": 0, "pending": 0, "committed": 0}, "published_cluster_states": map[string]any{"full_states": 0, "incompatible_diffs": 0, "compatible_diffs": 0}}
	case "ingest":
		return metric, map[string]any{"total": map[string]any{"count": 0, "time_in_millis": 0, "current": 0, "failed": 0}, "pipelines": map[string]any{}}
	}
	return metric, map[string]any{}
}

func percent(part, whole uint64) int {
	if whole == 0 {
		return 0
	}
	return int(100 * part / whole)
}

// searchPool is the places of questions, and those that wait for one.
func searchPool(c search.Counts) map[string]any {
	return map[string]any{"threads": c.Slots, "queue": c.Waiting, "active": c.Answering, "rejected": c.Rejected, "largest": c.Most, "completed": c.Done}
}

// breakers are the limits of memory: that of one question, whose use is not
// known question by question, and that of all together.
func breakers(m query.MemoryUse) map[string]any {
	limit := func(used, limit int64, tripped uint64) map[string]any {
		return map[string]any{
			"limit_size_in_bytes": limit, "limit_size": rest.HumanBytes(limit), "estimated_size_in_bytes": used, "estimated_size": rest.HumanBytes(used), "overhead": 1.0, "tripped": tripped,
		}
	}
	return map[string]any{
		"request": limit(m.Used, m.PerQuestion, m.RefusedAlone), "parent": limit(m.Used, m.Limit, m.RefusedTogether),
		"fielddata": limit(0, m.Limit, 0), "inflight_requests": limit(0, m.Limit, 0),
	}
}

func pool(threads, active int) map[string]any {
	return map[string]any{"threads": threads, "queue": 0, "active": active, "rejected": 0, "largest": threads, "completed": 0}
}

// jvm are the figures of Go's memory in the places where clients look for
// Java's: the live heap against the memory of the machine.
func jvm(now int64, p *inventory.Process) map[string]any {
	collectors := map[string]any{
		"young": map[string]any{"collection_count": p.Collections, "collection_time_in_millis": 0},
		"old":   map[string]any{"collection_count": 0, "collection_time_in_millis": 0},
	}
	return map[string]any{
		"timestamp": now, "uptime_in_millis": p.Uptime.Milliseconds(),
		"mem": map[string]any{
			"heap_used_in_bytes": p.HeapUsed, "heap_used_percent": percent(p.HeapUsed, p.MemoryTotal), "heap_committed_in_bytes": p.HeapMax, "heap_max_in_bytes": p.MemoryTotal,
			"non_heap_used_in_bytes": 0, "non_heap_committed_in_bytes": 0, "pools": map[string]any{},
		},
		"threads": map[string]any{"count": p.Routines, "peak_count": p.Routines}, "gc": map[string]any{"collectors": collectors},
		"buffer_pools": map[string]any{}, "classes": map[string]any{"current_loaded_count": 0, "total_loaded_count": 0, "total_unloaded_count": 0},
	}
}

// indexStats are the figures of all events.
func (x *Nodes) indexStats() map[string]any {
	s := x.node.Searcher.Stats()
	shards, _ := x.inventory.Count(x.node.Names.All())
	var took int64
	if f := x.inventory.Options().Ingest; f != nil {
		took = f().CommitTime.Milliseconds()
	}
	return map[string]any{
		"docs": map[string]any{"count": s.Events, "deleted": 0, "total_size_in_bytes": s.Bytes}, "shard_stats": map[string]any{"total_count": shards},
		"store":    map[string]any{"size_in_bytes": s.Bytes, "total_data_set_size_in_bytes": s.Bytes, "reserved_in_bytes": 0},
		"indexing": map[string]any{"index_total": s.Events, "index_time_in_millis": took, "index_current": 0, "index_failed": 0, "delete_total": 0, "delete_time_in_millis": 0, "delete_current": 0, "noop_update_total": 0, "is_throttled": false, "throttle_time_in_millis": 0},
		"get":      map[string]any{"total": 0, "time_in_millis": 0, "exists_total": 0, "exists_time_in_millis": 0, "missing_total": 0, "missing_time_in_millis": 0, "current": 0},
		"search":   map[string]any{"open_contexts": 0, "query_total": 0, "query_time_in_millis": 0, "query_current": 0, "fetch_total": 0, "fetch_time_in_millis": 0, "fetch_current": 0, "scroll_total": 0, "scroll_time_in_millis": 0, "scroll_current": 0, "suggest_total": 0, "suggest_time_in_millis": 0, "suggest_current": 0},
		"merges":   map[string]any{"current": 0, "current_docs": 0, "current_size_in_bytes": 0, "total": 0, "total_time_in_millis": 0, "total_docs": 0, "total_size_in_bytes": 0},
		"warmer":   map[string]any{"current": 0, "total": 0, "total_time_in_millis": 0},
		"bulk":     map[string]any{"total_operations": 0, "total_time_in_millis": 0, "total_size_in_bytes": 0, "avg_time_in_millis": 0, "avg_size_in_bytes": 0},
		"mappings": map[string]any{"total_count": 0, "total_estimated_overhead_in_bytes": 0},
		"refresh":  map[string]any{"total": 0, "total_time_in_millis": 0}, "flush": map[string]any{"total": 0, "total_time_in_millis": 0},
		"query_cache": map[string]any{"memory_size_in_bytes": 0, "total_count": 0, "hit_count": 0, "miss_count": 0, "cache_size": 0, "cache_count": 0, "evictions": 0},
		"fielddata":   map[string]any{"memory_size_in_bytes": 0, "evictions": 0}, "completion": map[string]any{"size_in_bytes": 0},
		"segments": map[string]any{"count": s.Segments, "memory_in_bytes": 0, "index_writer_memory_in_bytes": 0, "version_map_memory_in_bytes": 0, "fixed_bit_set_memory_in_bytes": 0, "max_unsafe_auto_id_timestamp": -1, "file_sizes": map[string]any{}},
		"translog": x.translog(), "request_cache": map[string]any{"memory_size_in_bytes": 0, "evictions": 0, "hit_count": 0, "miss_count": 0}, "recovery": map[string]any{"current_as_source": 0, "current_as_target": 0, "throttle_time_in_millis": 0},
	}
}

// translog is the journal.
func (x *Nodes) translog() map[string]any {
	var bytes int64
	if f := x.inventory.Options().Journal; f != nil {
		bytes = f().Bytes
	}
	tail := x.node.Searcher.Stats().TailEvents
	return map[string]any{"operations": tail, "size_in_bytes": bytes, "uncommitted_operations": tail, "uncommitted_size_in_bytes": bytes, "earliest_last_modified_age": 0}
}

// stats answers GET _cluster/stats.
func (x *Nodes) stats(w http.ResponseWriter, r *rest.Request) error {
	p, s, h := x.inventory.Process(), x.node.Searcher.Stats(), x.inventory.Health()
	all := x.node.Names.All()
	spread := map[string]any{"min": 1, "max": 1, "avg": 1.0}
	shards := map[string]any{"total": len(all), "primaries": len(all), "replication": 0.0}
	if len(all) > 0 {
		shards["index"] = map[string]any{"shards": spread, "primaries": spread, "replication": map[string]any{"min": 0.0, "max": 0.0, "avg": 0.0}}
	}
	indices := x.indexStats()
	for _, name := range []string{"indexing", "get", "search", "merges", "refresh", "flush", "translog", "request_cache", "recovery", "shard_stats", "warmer", "bulk"} {
		delete(indices, name)
	}
	indices["count"], indices["shards"] = len(all), shards
	indices["mappings"] = map[string]any{"total_field_count": len(event.Fields()), "field_types": []any{}, "runtime_field_types": []any{}}
	indices["analysis"], indices["versions"] = map[string]any{}, []any{map[string]any{"version": rest.Version, "index_count": len(all), "primary_shard_count": len(all), "total_primary_bytes": s.Bytes}}
	mem := map[string]any{"total_in_bytes": p.MemoryTotal, "adjusted_total_in_bytes": p.MemoryTotal, "free_in_bytes": p.MemoryTotal - p.MemoryUsed, "used_in_bytes": p.MemoryUsed, "free_percent": percent(p.MemoryTotal-p.MemoryUsed, p.MemoryTotal), "used_percent": percent(p.MemoryUsed, p.MemoryTotal)}
	nodes := map[string]any{
		"count": roleCount(), "versions": []string{rest.Version},
		"os":      map[string]any{"available_processors": p.Processors, "allocated_processors": runtime.GOMAXPROCS(0), "names": []any{map[string]any{"name": runtime.GOOS, "count": 1}}, "pretty_names": []any{map[string]any{"pretty_name": runtime.GOOS, "count": 1}}, "architectures": []any{map[string]any{"arch": runtime.GOARCH, "count": 1}}, "mem": mem},
		"process": map[string]any{"cpu": map[string]any{"percent": p.CPU}, "open_file_descriptors": map[string]any{"min": p.OpenFiles, "max": p.OpenFiles, "avg": p.OpenFiles}},
		"jvm":     map[string]any{"max_uptime_in_millis": p.Uptime.Milliseconds(), "versions": []any{map[string]any{"version": runtime.Version(), "vm_name": "Go", "vm_version": runtime.Version(), "vm_vendor": "Go", "bundled_jdk": false, "using_bundled_jdk": false, "count": 1}}, "mem": map[string]any{"heap_used_in_bytes": p.HeapUsed, "heap_max_in_bytes": p.MemoryTotal}, "threads": p.Routines},
		"fs":      map[string]any{"total_in_bytes": p.DiskTotal, "free_in_bytes": p.DiskFree, "available_in_bytes": p.DiskFree}, "plugins": []any{},
		"network_types":   map[string]any{"transport_types": map[string]any{"netty4": 1}, "http_types": map[string]any{"netty4": 1}},
		"discovery_types": map[string]any{"single-node": 1}, "packaging_types": []any{map[string]any{"flavor": "default", "type": "rastro", "count": 1}},
		"ingest": map[string]any{"number_of_pipelines": 0, "processor_stats": map[string]any{}},
	}
	return rest.WriteJSON(w, r, http.StatusOK, map[string]any{
		"_nodes": map[string]any{"total": 1, "successful": 1, "failed": 0}, "cluster_name": clusterName, "cluster_uuid": x.node.ClusterID, "timestamp": x.node.Now().UnixMilli(),
		"status": h.Status, "indices": indices, "nodes": nodes, "snapshots": map[string]any{"current_counts": map[string]any{"snapshots": 0, "shard_snapshots": 0, "snapshot_deletions": 0, "concurrent_operations": 0, "cleanups": 0}, "repositories": map[string]any{}},
		"ccs": map[string]any{"_search": map[string]any{"total": 0, "success": 0, "skipped": 0}},
	})
}

// roleCount says how many nodes have each role.
func roleCount() map[string]int {
	out := map[string]int{"total": 1, "coordinating_only": 0, "data_cold": 0, "data_frozen": 0, "data_warm": 0, "ml": 0, "remote_cluster_client": 0, "transform": 0, "voting_only": 0, "index": 0, "search": 0}
	for _, role := range roles {
		out[role] = 1
	}
	return out
}
