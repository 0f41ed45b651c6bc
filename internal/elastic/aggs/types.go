package aggs

import (
	"maps"
	"slices"
)

// types are the aggregations that look at events.
var types = map[string]func(*params) (kind, error){
	"terms": newTermsOrEmpty, "rare_terms": newRareTerms,
	"date_histogram": newDateHistogram, "histogram": newHistogram,
	"range": newRanges, "date_range": newDateRanges, "ip_range": newIPRanges,
	"filter": newFilter, "filters": newFilters, "missing": newMissing, "global": newGlobal,
	"sampler": newSampler, "diversified_sampler": newSampler, "random_sampler": newSampler,
	"avg": newMetric, "min": newMetric, "max": newMetric, "sum": newMetric, "value_count": newMetric, "cardinality": newMetric,
	"stats": newStats, "extended_stats": newExtendedStats, "percentiles": newPercentiles,
	"percentile_ranks": newRanks, "weighted_avg": newWeighted, "median_absolute_deviation": newDeviation, "boxplot": newBoxplot,
	"top_hits": newTopHits, "top_metrics": newTopMetrics,
	"composite": newComposite, "multi_terms": newMultiTerms, "significant_terms": newSignificant,
	"auto_date_histogram": newAutoDates, "adjacency_matrix": newAdjacency,
}

// metrics are the types without buckets.
var metrics = map[string]bool{
	"avg": true, "min": true, "max": true, "sum": true, "value_count": true, "cardinality": true,
	"stats": true, "extended_stats": true, "percentiles": true, "percentile_ranks": true, "weighted_avg": true,
	"median_absolute_deviation": true, "boxplot": true, "top_hits": true, "top_metrics": true,
}

// pipeTypes are the aggregations that look at results.
var pipeTypes = map[string]func(*params, *pipe) pipeKind{
	"derivative": newDerivative, "cumulative_sum": newCumulativeSum, "serial_diff": newSerialDiff,
	"moving_fn": newMovingFn, "moving_avg": newMovingAvg, "normalize": newNormalize,
	"bucket_script": newBucketScript, "bucket_selector": newBucketScript, "bucket_sort": newBucketSort,
	"avg_bucket": newOverBuckets, "sum_bucket": newOverBuckets, "min_bucket": newOverBuckets, "max_bucket": newOverBuckets,
	"stats_bucket": newOverBuckets, "extended_stats_bucket": newOverBuckets, "percentiles_bucket": newOverBuckets,
}

// refused are the types that Elasticsearch has and this program has not, with
// the reason.
var refused = map[string]string{
	"nested":                   "events have no nested documents; name the field itself",
	"reverse_nested":           "events have no nested documents; name the field itself",
	"children":                 "events have no parents",
	"parent":                   "events have no parents",
	"scripted_metric":          "scripts are not supported",
	"geo_bounds":               "events have no coordinates",
	"geo_centroid":             "events have no coordinates",
	"geo_distance":             "events have no coordinates",
	"geo_line":                 "events have no coordinates",
	"geohash_grid":             "events have no coordinates",
	"geohex_grid":              "events have no coordinates",
	"geotile_grid":             "events have no coordinates",
	"cartesian_bounds":         "events have no coordinates",
	"cartesian_centroid":       "events have no coordinates",
	"matrix_stats":             "use extended_stats for each field",
	"string_stats":             "use cardinality and value_count",
	"t_test":                   "use extended_stats for each sample",
	"rate":                     "use date_histogram with sum or value_count",
	"significant_text":         "use significant_terms on a field of keywords",
	"categorize_text":          "there are no categories",
	"variable_width_histogram": "use histogram or percentiles",
	"ip_prefix":                "use ip_range with masks",
	"time_series":              "use terms with date_histogram",
	"frequent_item_sets":       "use multi_terms",
	"cumulative_cardinality":   "use cardinality in a date_histogram",
	"moving_percentiles":       "use moving_fn over a percentile",
	"inference":                "there are no models",
	"change_point":             "use derivative",
	"bucket_correlation":       "use the figures of both aggregations",
	"bucket_count_ks_test":     "use the figures of both aggregations",
}

func typeNames() []string {
	names := slices.Collect(maps.Keys(types))
	names = append(names, slices.Collect(maps.Keys(pipeTypes))...)
	slices.Sort(names)
	return names
}
