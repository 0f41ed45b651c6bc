package settings

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// indexSettings are the names of index settings that Elasticsearch 8 knows;
// those that end with a dot are the beginnings of names.
var indexSettings = []string{
	"number_of_shards", "number_of_replicas", "number_of_routing_shards", "routing_partition_size", "routing.", "routing_path",
	"codec", "hidden", "auto_expand_replicas", "refresh_interval", "blocks.", "analyze.", "highlight.", "search.", "indexing.",
	"max_result_window", "max_inner_result_window", "max_rescore_window", "max_docvalue_fields_search", "max_script_fields",
	"max_ngram_diff", "max_shingle_diff", "max_refresh_listeners", "max_slices_per_scroll", "max_slices_per_pit", "max_terms_count", "max_regex_length",
	"max_adjacency_matrix_filters", "mapping.", "translog.", "merge.", "lifecycle.", "query.", "query_string.", "sort.", "store.", "analysis.",
	"similarity.", "soft_deletes.", "gc_deletes", "default_pipeline", "final_pipeline", "unassigned.", "load_fixed_bitset_filters_eagerly",
	"priority", "shard.", "write.", "mode", "time_series.", "look_ahead_time", "look_back_time", "requests.cache.enable",
	"queries.cache.enabled", "queries.cache.everything", "flush_after_merge", "warmer.enabled", "fielddata.cache", "compound_format",
	"verified_before_close", "verified_read_only", "frozen", "allocation.", "recovery.", "optimize_auto_generated_id", "format", "data_path", "xpack.",
	"percolator.", "downsample.", "seq_no.", "top_metrics_max_size", "logsdb.", "esql.", "bulk_cache_key", "version.created", "version.upgraded", "uuid", "creation_date",
	"provided_name", "resize.", "history_uuid", "source_only", "searchable_snapshot.", "metadata.", "fast_refresh", "stats.", "per_field_postings_format.", "include_in_all",
}

// clusterSettings are those of the cluster.
var clusterSettings = []string{
	"action.", "cluster.auto_shrink_voting_configuration", "cluster.blocks.", "cluster.deprecation_indexing.", "cluster.election.", "cluster.fault_detection.",
	"cluster.follower_lag.", "cluster.indices.", "cluster.info.", "cluster.join.", "cluster.logsdb.", "cluster.max_shards_per_node", "cluster.max_voting_config_exclusions", "cluster.metadata.",
	"cluster.nodes.", "cluster.no_master_block", "cluster.persistent_tasks.", "cluster.publish.", "cluster.remote.", "cluster.routing.", "cluster.service.",
	"cluster.snapshot.", "data_streams.", "deprecation.", "health.", "http.tracer.", "indices.breaker.", "indices.id_field_data.", "indices.lifecycle.", "indices.mapping.",
	"indices.queries.", "indices.recovery.", "indices.store.", "ingest.", "logger.", "master_history.", "network.breaker.", "repositories.", "script.",
	"search.", "slm.", "snapshot.", "stack.", "thread_pool.estimated_time_interval.", "transport.tracer.", "xpack.", "archived.", "cluster_state.", "indices.query.",
}

func known(list []string, name string) bool {
	return slices.ContainsFunc(list, func(k string) bool {
		return k == name || strings.HasSuffix(k, ".") && len(name) > len(k) && strings.HasPrefix(name, k)
	})
}

// KnownIndex tells whether Elasticsearch has an index setting of that full name.
func KnownIndex(name string) bool {
	rest, ok := strings.CutPrefix(name, "index.")
	return ok && known(indexSettings, rest)
}

// KnownCluster tells whether Elasticsearch has a cluster setting of that name.
func KnownCluster(name string) bool { return known(clusterSettings, name) }

// private are settings that only the server sets.
var private = []string{"index.uuid", "index.creation_date", "index.provided_name", "index.version.created", "index.history_uuid"}

// Private tells whether only the server sets it.
func Private(name string) bool { return slices.Contains(private, name) }

// static are settings that an index gets when it is made.
var static = []string{
	"number_of_shards", "number_of_routing_shards", "codec", "routing_partition_size", "routing_path", "sort.", "store.", "soft_deletes.", "shard.", "mode",
	"load_fixed_bitset_filters_eagerly", "analysis.", "similarity.", "time_series.", "data_path",
}

// Static tells whether an open index cannot change it.
func Static(name string) bool { return known(static, strings.TrimPrefix(name, "index.")) }

// numbers are the smallest and largest values of settings that are whole numbers.
var numbers = map[string][2]int64{
	"index.number_of_shards": {1, 1024}, "index.number_of_replicas": {0, 1 << 31}, "index.max_result_window": {1, 1 << 31},
	"index.mapping.total_fields.limit": {0, 1 << 31}, "index.mapping.depth.limit": {1, 1 << 31}, "index.priority": {0, 1 << 31},
	"index.max_terms_count": {1, 1 << 31}, "index.max_regex_length": {1, 1 << 31}, "index.routing_partition_size": {1, 1 << 31},
	"cluster.max_shards_per_node": {1, 1 << 31},
}

// times are the beginnings of settings that are a time with a unit.
var times = []string{
	"index.refresh_interval", "index.search.slowlog.threshold.", "index.indexing.slowlog.threshold.", "index.search.idle.after", "index.gc_deletes",
	"index.translog.sync_interval", "indices.lifecycle.poll_interval",
}

// bools are settings that are true or false.
var bools = []string{
	"index.hidden", "index.blocks.read_only", "index.blocks.read_only_allow_delete", "index.blocks.read", "index.blocks.write", "index.blocks.metadata",
	"index.requests.cache.enable", "index.query_string.lenient", "action.destructive_requires_name", "cluster.blocks.read_only",
}

// Check tells what is wrong with the value of a setting, in Elasticsearch's
// words; "" if nothing is.
func Check(name, value string) string {
	if bounds, ok := numbers[name]; ok {
		n, err := strconv.ParseInt(value, 10, 64)
		switch {
		case err != nil:
			return fmt.Sprintf("Failed to parse value [%s] for setting [%s]", value, name)
		case n < bounds[0]:
			return fmt.Sprintf("Failed to parse value [%s] for setting [%s] must be >= %d", value, name, bounds[0])
		case n > bounds[1]:
			return fmt.Sprintf("Failed to parse value [%s] for setting [%s] must be <= %d", value, name, bounds[1])
		}
	}
	if slices.Contains(bools, name) && value != "true" && value != "false" {
		return fmt.Sprintf("Failed to parse value [%s] as only [true] or [false] are allowed.", value)
	}
	isTime := slices.ContainsFunc(times, func(t string) bool {
		return t == name || strings.HasSuffix(t, ".") && strings.HasPrefix(name, t)
	})
	if isTime {
		if _, err := ParseTime(value); err != nil {
			return fmt.Sprintf("failed to parse setting [%s] with value [%s] as a time value: unit is missing or unrecognized", name, value)
		}
	}
	return ""
}
