package indices

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"rastro/internal/elastic/inventory"
	"rastro/internal/elastic/names"
	"rastro/internal/elastic/rest"
	"rastro/internal/event"
	"rastro/internal/query"
)

func (x *Indices) statRoutes() []rest.Route {
	params := with("level", "completion_fields", "fielddata_fields", "fields", "groups", "include_segment_file_sizes", "include_unloaded_segments", "forbid_closed_indices", "verbose", "detailed", "active_only", "status", "bytes")
	clear := with("fielddata", "fields", "query", "request", "max_num_segments", "only_expunge_deletes", "flush", "wait_for_completion")
	var routes []rest.Route
	for _, prefix := range []string{"", "/{index}"} {
		routes = append(routes,
			rest.Route{Methods: get, Path: prefix + "/_stats", Params: params, Handle: x.stats},
			rest.Route{Methods: get, Path: prefix + "/_stats/{metric}", Params: params, Handle: x.stats},
			rest.Route{Methods: get, Path: prefix + "/_segments", Params: params, Handle: x.segments},
			rest.Route{Methods: get, Path: prefix + "/_recovery", Params: params, Handle: x.recovery},
			rest.Route{Methods: get, Path: prefix + "/_shard_stores", Params: params, Handle: x.shardStores},
			rest.Route{Methods: post, Path: prefix + "/_forcemerge", Params: clear, Handle: x.forceMerge},
			rest.Route{Methods: post, Path: prefix + "/_cache/clear", Params: clear, Handle: x.nothingToDo},
			rest.Route{Methods: getPost, Path: prefix + "/_reload_search_analyzers", Params: with("resource"), Handle: x.nothingToDo},
		)
	}
	return append(routes,
		rest.Route{Methods: get, Path: "/_resolve/index/{name}", Params: with("mode"), Handle: x.resolveIndex},
		rest.Route{Methods: get, Path: "/_resolve/cluster", Params: with(), Handle: x.resolveCluster},
		rest.Route{Methods: get, Path: "/_resolve/cluster/{name}", Params: with(), Handle: x.resolveCluster},
	)
}

// statistics are the names of the parts of _stats.
var statistics = []string{"docs", "shard_stats", "store", "indexing", "get", "search", "merge", "refresh", "flush", "warmer", "query_cache", "fielddata", "completion", "segments", "translog", "request_cache", "recovery", "bulk", "dense_vector", "sparse_vector"}

// statKeys are those that have another name in answers.
var statKeys = map[string]string{"merge": "merges"}

// zeroes are parts that say nothing here: what they count does not happen.
var zeroes = map[string]map[string]any{
	"get":           {"total": 0, "time_in_millis": 0, "exists_total": 0, "exists_time_in_millis": 0, "missing_total": 0, "missing_time_in_millis": 0, "current": 0},
	"merge":         {"current": 0, "current_docs": 0, "current_size_in_bytes": 0, "total": 0, "total_time_in_millis": 0, "total_docs": 0, "total_size_in_bytes": 0, "total_stopped_time_in_millis": 0, "total_throttled_time_in_millis": 0, "total_auto_throttle_in_bytes": 0},
	"refresh":       {"total": 0, "total_time_in_millis": 0, "external_total": 0, "external_total_time_in_millis": 0, "listeners": 0},
	"flush":         {"total": 0, "periodic": 0, "total_time_in_millis": 0, "total_time_excluding_waiting_on_lock_in_millis": 0},
	"warmer":        {"current": 0, "total": 0, "total_time_in_millis": 0},
	"query_cache":   {"memory_size_in_bytes": 0, "total_count": 0, "hit_count": 0, "miss_count": 0, "cache_size": 0, "cache_count": 0, "evictions": 0},
	"fielddata":     {"memory_size_in_bytes": 0, "evictions": 0, "global_ordinals": map[string]any{"build_time_in_millis": 0}},
	"completion":    {"size_in_bytes": 0},
	"translog":      {"operations": 0, "size_in_bytes": 0, "uncommitted_operations": 0, "uncommitted_size_in_bytes": 0, "earliest_last_modified_age": 0},
	"request_cache": {"memory_size_in_bytes": 0, "evictions": 0, "hit_count": 0, "miss_count": 0},
	"recovery":      {"current_as_source": 0, "current_as_target": 0, "throttle_time_in_millis": 0},
	"bulk":          {"total_operations": 0, "total_time_in_millis": 0, "total_size_in_bytes": 0, "avg_time_in_millis": 0, "avg_size_in_bytes": 0},
	"search":        {"open_contexts": 0, "query_total": 0, "query_time_in_millis": 0, "query_current": 0, "fetch_total": 0, "fetch_time_in_millis": 0, "fetch_current": 0, "scroll_total": 0, "scroll_time_in_millis": 0, "scroll_current": 0, "suggest_total": 0, "suggest_time_in_millis": 0, "suggest_current": 0},
	"dense_vector":  {"value_count": 0},
	"sparse_vector": {"value_count": 0},
}

// part is one part of the statistics of indices with docs events in bytes.
func part(name string, docs, bytes int64, n int) map[string]any {
	switch name {
	case "docs":
		return map[string]any{"count": docs, "deleted": 0, "total_size_in_bytes": bytes}
	case "shard_stats":
		return map[string]any{"total_count": n}
	case "store":
		return map[string]any{"size_in_bytes": bytes, "total_data_set_size_in_bytes": bytes, "reserved_in_bytes": 0}
	case "indexing":
		return map[string]any{"index_total": docs, "index_time_in_millis": 0, "index_current": 0, "index_failed": 0, "delete_total": 0, "delete_time_in_millis": 0, "delete_current": 0, "noop_update_total": 0, "is_throttled": false, "throttle_time_in_millis": 0, "write_load": 0}
	case "segments":
		return map[string]any{"count": n, "memory_in_bytes": 0, "terms_memory_in_bytes": 0, "stored_fields_memory_in_bytes": 0, "term_vectors_memory_in_bytes": 0, "norms_memory_in_bytes": 0, "points_memory_in_bytes": 0, "doc_values_memory_in_bytes": 0, "index_writer_memory_in_bytes": 0, "version_map_memory_in_bytes": 0, "fixed_bit_set_memory_in_bytes": 0, "max_unsafe_auto_id_timestamp": -1, "file_sizes": map[string]any{}}
	}
	return zeroes[name]
}

// stats answers GET _stats.
func (x *Indices) stats(w http.ResponseWriter, r *rest.Request) error {
	metrics, err := pickMetrics(r.PathValue("metric"), statistics, r.URL.Path)
	if err != nil {
		return err
	}
	level := r.Get("level")
	if !slices.Contains([]string{"", "cluster", "indices", "shards"}, level) {
		return rest.Illegal("level parameter must be one of [cluster] or [indices] or [shards] but was [%s]", level)
	}
	rows, err := x.openRows(r)
	if err != nil {
		return err
	}
	statsOf := func(docs, bytes int64, n int) map[string]any {
		out := map[string]any{}
		for _, m := range metrics {
			key := m
			if other := statKeys[m]; other != "" {
				key = other
			}
			out[key] = part(m, docs, bytes, n)
		}
		return out
	}
	var docs, bytes int64
	indices := map[string]any{}
	total, active := 0, 0
	for _, row := range rows {
		docs, bytes = docs+row.Docs, bytes+row.Bytes
		s := statsOf(row.Docs, row.Bytes, 1)
		primaries, copies := x.opts.Inventory.Shards(row.Index)
		total, active = total+primaries*(1+copies), active+primaries
		one := map[string]any{"uuid": row.UUID, "health": x.opts.Inventory.IndexHealth(row.Index), "status": "open", "primaries": s, "total": s}
		if level == "shards" {
			shard := map[string]any{"routing": map[string]any{"state": "STARTED", "primary": true, "node": x.node.ID, "relocating_node": nil}}
			for k, v := range s {
				shard[k] = v
			}
			one["shards"] = map[string]any{"0": []any{shard}}
		}
		indices[row.Name] = one
	}
	all := statsOf(docs, bytes, len(rows))
	out := map[string]any{"_shards": map[string]any{"total": total, "successful": active, "failed": 0}, "_all": map[string]any{"primaries": all, "total": all}}
	if level != "cluster" {
		out["indices"] = indices
	}
	return rest.WriteJSON(w, r, http.StatusOK, out)
}

// openRows are the figures of the open indices of a request.
func (x *Indices) openRows(r *rest.Request) ([]inventory.Row, error) {
	set, err := x.node.Resolve(r, r.PathValue("index"))
	if err != nil {
		return nil, err
	}
	return x.opts.Inventory.Rows(r.Context(), r.Scope, set.Indices)
}

// pickMetrics reads a list of metrics; all of them for "" and _all.
func pickMetrics(list string, known []string, path string) ([]string, error) {
	if list == "" || list == "_all" {
		return known, nil
	}
	var out []string
	for name := range strings.SplitSeq(list, ",") {
		if name == "_all" {
			return nil, rest.Illegal("request [%s] contains _all and individual metrics [%s]", path, list)
		}
		if !slices.Contains(known, name) {
			return nil, rest.UnknownMetric(path, name, known)
		}
		out = append(out, name)
	}
	return out, nil
}

// segments answers GET _segments: one segment an index.
func (x *Indices) segments(w http.ResponseWriter, r *rest.Request) error {
	rows, err := x.openRows(r)
	if err != nil {
		return err
	}
	indices := map[string]any{}
	for _, row := range rows {
		segments := map[string]any{}
		if row.Docs > 0 {
			segments["_0"] = map[string]any{"generation": 0, "num_docs": row.Docs, "deleted_docs": 0, "size_in_bytes": row.Bytes, "memory_in_bytes": 0, "committed": true, "search": true, "version": "9.12.0", "compound": true, "attributes": map[string]any{}}
		}
		shard := map[string]any{"routing": map[string]any{"state": "STARTED", "primary": true, "node": x.node.ID}, "num_committed_segments": len(segments), "num_search_segments": len(segments), "segments": segments}
		indices[row.Name] = map[string]any{"shards": map[string]any{"0": []any{shard}}}
	}
	return rest.WriteJSON(w, r, http.StatusOK, map[string]any{"_shards": shards(len(rows)), "indices": indices})
}

// recovery answers GET _recovery: what was there at the start.
func (x *Indices) recovery(w http.ResponseWriter, r *rest.Request) error {
	rows, err := x.openRows(r)
	if err != nil {
		return err
	}
	node := map[string]any{"id": x.node.ID, "name": x.node.Name, "host": "127.0.0.1", "ip": "127.0.0.1", "transport_address": "127.0.0.1:9300"}
	out := map[string]any{}
	for _, row := range rows {
		kind, start := "EXISTING_STORE", x.node.Start.UnixMilli()
		source, reused, recovered := map[string]any{"bootstrap_new_history_uuid": false}, 1, 0
		if row.Created > start {
			kind, start = "EMPTY_STORE", row.Created // made since
		}
		if row.Meta != nil && row.Meta.Restored != nil && row.Meta.Restored.At >= x.node.Start.UnixMilli() {
			from := row.Meta.Restored
			kind, start, reused, recovered, row.Bytes = "SNAPSHOT", from.At, 0, 1, from.Bytes
			source = map[string]any{"repository": from.Repository, "snapshot": from.Snapshot, "version": rest.Version, "index": from.Index, "restoreUUID": from.UUID}
		}
		out[row.Name] = map[string]any{"shards": []any{map[string]any{
			"id": 0, "type": kind, "stage": "DONE", "primary": true, "start_time_in_millis": start, "stop_time_in_millis": start, "total_time_in_millis": 0,
			"source": source, "target": node,
			"index": map[string]any{
				"size":  map[string]any{"total_in_bytes": row.Bytes, "reused_in_bytes": row.Bytes * int64(reused), "recovered_in_bytes": row.Bytes * int64(recovered), "recovered_from_snapshot_in_bytes": 0, "percent": "100.0%"},
				"files": map[string]any{"total": 1, "reused": reused, "recovered": recovered, "percent": "100.0%"}, "total_time_in_millis": 0, "source_throttle_time_in_millis": 0, "target_throttle_time_in_millis": 0,
			},
			"translog":     map[string]any{"recovered": 0, "total": 0, "percent": "100.0%", "total_on_start": 0, "total_time_in_millis": 0},
			"verify_index": map[string]any{"check_index_time_in_millis": 0, "total_time_in_millis": 0},
		}}}
	}
	return rest.WriteJSON(w, r, http.StatusOK, out)
}

// shardStores answers GET _shard_stores: the stores of shards in the states that
// were asked for, of those that are not whole without that. All are.
func (x *Indices) shardStores(w http.ResponseWriter, r *rest.Request) error {
	rows, err := x.openRows(r)
	if err != nil {
		return err
	}
	out := map[string]any{}
	for state := range strings.SplitSeq(r.Get("status"), ",") {
		switch state {
		case "", "yellow", "red":
			continue
		case "green", "all":
		default:
			return rest.Illegal("unknown status [%s]; there are: green, yellow, red, all", state)
		}
		for _, row := range rows {
			store := map[string]any{
				x.node.ID:       map[string]any{"name": x.node.Name, "transport_address": "127.0.0.1:9300", "attributes": map[string]any{}, "roles": []string{"data", "ingest", "master"}},
				"allocation_id": row.UUID, "allocation": "primary",
			}
			out[row.Name] = map[string]any{"shards": map[string]any{"0": map[string]any{"stores": []any{store}}}}
		}
	}
	return rest.WriteJSON(w, r, http.StatusOK, map[string]any{"indices": out})
}

// nothingToDo answers _cache/clear: the store sees to it.
func (x *Indices) nothingToDo(w http.ResponseWriter, r *rest.Request) error {
	set, err := x.node.Resolve(r, r.PathValue("index"))
	if err != nil {
		return err
	}
	return rest.WriteJSON(w, r, http.StatusOK, map[string]any{"_shards": shards(len(set.Indices))})
}

// newest is the time of the newest event of indices in milliseconds; 0 for none.
func (x *Indices) newest(r *rest.Request, of []names.Index) (int64, error) {
	answer, err := x.node.Searcher.Ask(r.Context(), r.Scope, query.Question{
		Filter: x.node.Names.FilterAll(of), Limit: 1, Fields: []query.FieldRef{query.FieldOf(event.Timestamp)},
	})
	if err != nil || len(answer.Hits) == 0 {
		return 0, err
	}
	return time.Unix(0, answer.Hits[0].Event.Time).UnixMilli(), nil
}
