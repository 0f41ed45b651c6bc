package documents

import (
	"net/http"

	"rastro/internal/elastic/rest"
)

// refresh waits until questions find everything that was acknowledged. It
// serves _flush too: what was acknowledged is on disk already.
func (d *Documents) refresh(w http.ResponseWriter, r *rest.Request) error {
	set, err := d.node.Resolve(r, r.PathValue("index"))
	if err != nil {
		return err
	}
	if err := d.settle(r.Context()); err != nil {
		return err
	}
	n := len(set.Indices)
	return rest.WriteJSON(w, r, http.StatusOK, map[string]any{"_shards": map[string]any{"total": n, "successful": n, "failed": 0}})
}

// refused lists the endpoints that change or delete documents.
func (d *Documents) refused() []rest.Route {
	post := []string{http.MethodPost}
	var routes []rest.Route
	for _, one := range []struct {
		methods      []string
		path, reason string
	}{
		{post, "/{index}/_update/{id}", neverChanged(verbUpdate).Reason},
		{[]string{http.MethodDelete}, "/{index}/_doc/{id}", neverChanged(verbDelete).Reason},
		{post, "/{index}/_delete_by_query", neverChanged(verbDelete).Reason},
		{post, "/{index}/_update_by_query", neverChanged(verbUpdate).Reason},
		{post, "/_reindex", "events are not copied from one index to another: [_reindex] is not supported; read them with _search and write them with _bulk"},
	} {
		routes = append(routes, rest.Route{Methods: one.methods, Path: one.path, Params: anything, Handle: func(_ http.ResponseWriter, r *rest.Request) error {
			return rest.Illegal("[%s %s] is refused: %s", r.Method, one.path, one.reason)
		}})
	}
	return routes
}

// anything are the parameters of the endpoints that are refused whatever they
// are asked.
var anything = []string{
	"refresh", "routing", "timeout", "wait_for_active_shards", "if_seq_no", "if_primary_term", "version", "version_type", "retry_on_conflict", "require_alias", "lang",
	"_source", "_source_includes", "_source_excludes", "conflicts", "wait_for_completion", "slices", "scroll", "scroll_size", "requests_per_second", "max_docs", "pipeline",
	"q", "df", "analyzer", "analyze_wildcard", "default_operator", "lenient", "from", "size", "sort", "ignore_unavailable", "allow_no_indices", "expand_wildcards",
	"preference", "request_cache", "search_timeout", "search_type", "stats", "terminate_after",
}
