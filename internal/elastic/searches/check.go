package searches

import (
	"slices"
	"strconv"

	"rastro/internal/elastic/names"
	"rastro/internal/elastic/rest"
	"rastro/internal/query"
)

// check refuses what does not go together.
func (q *request) check(index string) error {
	switch {
	case q.pit != nil && index != "":
		return rest.Validation("[indices] cannot be used with point in time. Do not specify any index with point in time.")
	case q.pit != nil && q.scroll > 0:
		return rest.Validation("using [point in time] is not allowed in a scroll context")
	case q.scroll > 0 && q.from > 0:
		return rest.Validation("using [from] is not allowed in a scroll context")
	case q.scroll > 0 && q.size == 0:
		return rest.Validation("[size] cannot be [0] in a scroll context")
	case q.scroll > 0 && q.cached:
		return rest.Validation("[request_cache] cannot be used in a scroll context")
	case q.scroll > 0 && q.after != nil:
		return rest.Illegal("`search_after` cannot be used in a scroll context.")
	case q.scroll > 0 && q.trackSet && q.track != query.CountExact:
		return rest.Validation("disabling [track_total_hits] is not allowed in a scroll context")
	case q.scroll > 0 && q.collapse != "":
		return rest.Illegal("cannot use `collapse` in a scroll context")
	case q.collapse != "" && q.after != nil && (len(q.sort) != 1 || q.sort[0].name != q.collapse):
		return rest.Illegal("Cannot use [collapse] in conjunction with [search_after] unless the search is sorted on the same field. Multiple sort fields are not allowed.")
	case q.after != nil && q.from > 0:
		return rest.Illegal("`from` parameter must be set to 0 when `search_after` is used.")
	case q.slice != nil && q.scroll == 0 && q.pit == nil:
		return rest.Illegal("[slice] can only be used with [scroll] or [point-in-time] requests")
	}
	if err := q.checkTotal(); err != nil {
		return err
	}
	if q.pit == nil && slices.ContainsFunc(q.sort, func(k sortKey) bool { return k.shardDoc }) {
		return rest.Validation("[_shard_doc] sort field cannot be used without [point in time]")
	}
	if q.innerHits != nil {
		if err := q.readInner(q.innerHits); err != nil {
			return err
		}
		if err := q.checkInner(); err != nil {
			return err
		}
	}
	return q.checkWindow()
}

// checkTotal refuses a total as a plain number that would not be one.
func (q *request) checkTotal() error {
	if q.intTotal && q.trackSet && q.track > 0 {
		return rest.Illegal("[rest_total_hits_as_int] cannot be used if the tracking of total hits is not accurate, got %d", q.track)
	}
	return nil
}

// maxWindow is how far from and size reach.
const maxWindow = 10_000

func (q *request) checkWindow() error {
	switch {
	case q.scroll > 0 && q.size > maxWindow:
		return rest.Illegal("Batch size is too large, size must be less than or equal to: [%d] but was [%d]. Scroll batch sizes cost as much memory as result windows so they are controlled by the [index.max_result_window] index level setting.", maxWindow, q.size)
	case q.from+q.size > maxWindow:
		return rest.Illegal("Result window is too large, from + size must be less than or equal to: [%d] but was [%d]. See the scroll api for a more efficient way to request large data sets. This limit can be set by changing the [index.max_result_window] index level setting.", maxWindow, q.from+q.size)
	}
	return nil
}

// checkSettings refuses what goes beyond limits that clients set for the
// indices, or Elasticsearch's own.
func (q *request) checkSettings(set names.Set) error {
	if n := limitOf(set, "index.max_docvalue_fields_search", 100); len(q.docvalues) > n {
		return rest.Illegal("Trying to retrieve too many docvalue_fields. Must be less than or equal to: [%d] but was [%d]. This limit can be set by changing the [index.max_docvalue_fields_search] index level setting.", n, len(q.docvalues))
	}
	if n := limitOf(set, "index.max_result_window", maxWindow); q.scroll == 0 && q.from+q.size > n {
		return rest.Illegal("Result window is too large, from + size must be less than or equal to: [%d] but was [%d]. See the scroll api for a more efficient way to request large data sets. This limit can be set by changing the [index.max_result_window] index level setting.", n, q.from+q.size)
	}
	if n := limitOf(set, "index.max_slices_per_scroll", 1024); q.slice != nil && q.slice.max > n {
		return rest.Illegal("The number of slices [%d] is too large. It must be less than [%d]. This limit can be set by changing the [index.max_slices_per_scroll] index level setting.", q.slice.max, n)
	}
	return nil
}

// limitOf is the smallest value that the indices of a set have for a setting.
func limitOf(set names.Set, name string, otherwise int) int {
	least := -1
	for _, i := range set.Indices {
		n := otherwise
		if i.Meta != nil && i.Meta.Settings[name] != "" {
			if v, err := strconv.Atoi(i.Meta.Settings[name]); err == nil {
				n = v
			}
		}
		if least < 0 || n < least {
			least = n
		}
	}
	if least < 0 {
		return otherwise
	}
	return least
}
