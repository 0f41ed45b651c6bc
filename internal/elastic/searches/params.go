package searches

import (
	"slices"
	"strings"

	"rastro/internal/elastic/rest"
	"rastro/internal/elastic/source"
	"rastro/internal/query"
	"rastro/internal/query/dsl"
)

// queryParams make a query of parameters.
var queryParams = []string{"q", "df", "default_operator", "analyzer", "analyze_wildcard", "lenient", "time_zone"}

// searchParams are the parameters of _search beside those of names. Those that
// a server of one node has nothing to do about are taken and change nothing.
var searchParams = slices.Concat(queryParams, []string{
	"size", "from", "sort", "_source", "_source_includes", "_source_excludes", "_source_include", "_source_exclude", "stored_fields", "docvalue_fields",
	"track_total_hits", "track_scores", "rest_total_hits_as_int", "scroll", "terminate_after", "explain", "version",
	"seq_no_primary_term", "typed_keys", "allow_partial_search_results",
	"search_type", "request_cache", "preference", "routing", "batched_reduce_size", "max_concurrent_shard_requests", "pre_filter_shard_size",
	"ccs_minimize_roundtrips", "include_named_queries_score", "force_synthetic_source", "stats", "min_compatible_shard_node",
	"suggest_field", "suggest_mode", "suggest_size", "suggest_text",
})

// textQuery is a query given by parameters.
type textQuery struct {
	set  bool
	text string
	opts dsl.StringOptions
}

// analyzers are those whose words are those of a query string here.
var analyzers = []string{"standard", "default", "keyword", "simple", "whitespace"}

// readTextQuery reads q and what goes with it.
func readTextQuery(r *rest.Request) (textQuery, error) {
	t := textQuery{text: r.Get("q"), set: r.Has("q")}
	t.opts.DefaultField, t.opts.TimeZone = r.Get("df"), r.Get("time_zone")
	switch op := strings.ToLower(r.Get("default_operator")); op {
	case "", "or":
	case "and":
		t.opts.And = true
	default:
		return t, rest.Illegal("No enum constant org.elasticsearch.index.query.Operator.%s: default_operator is AND or OR", strings.ToUpper(op))
	}
	if a := r.Get("analyzer"); a != "" && !slices.Contains(analyzers, a) {
		return t, rest.Illegal("[query_string] analyzer [%s] not found", a)
	}
	var err error
	if t.opts.Lenient, err = r.Bool("lenient", false); err != nil {
		return t, err
	}
	t.opts.AnalyzeWildcard, err = r.Bool("analyze_wildcard", false)
	return t, err
}

// readParams reads the parameters of a search; they win over its body.
func (q *request) readParams(r *rest.Request) error {
	for _, name := range []string{"suggest_field", "suggest_text"} {
		if r.Get(name) != "" {
			return rest.Illegal("[%s] is not supported: there are no suggesters", name)
		}
	}
	switch r.Get("search_type") {
	case "", "query_then_fetch", "dfs_query_then_fetch":
	default:
		return rest.Illegal("No search type for [%s]", r.Get("search_type"))
	}
	var err error
	if q.text, err = readTextQuery(r); err != nil {
		return err
	}
	for _, read := range []func(*rest.Request) error{q.readNumbers, q.readFlags, q.readShown} {
		if err := read(r); err != nil {
			return err
		}
	}
	if r.Has("scroll") {
		if q.scroll, err = keepAlive("scroll", r.Get("scroll")); err != nil {
			return err
		}
		if !q.trackSet {
			q.track = query.CountExact
		}
	}
	if q.intTotal && !q.trackSet {
		q.track = query.CountExact
	}
	return nil
}

// numbers are parameters that are numbers, with what they are read into.
func (q *request) readNumbers(r *rest.Request) error {
	for name, set := range map[string]func(int) error{"size": q.setSize, "from": q.setFrom, "terminate_after": q.setTerminate} {
		if !r.Has(name) {
			continue
		}
		m := member{name: name, raw: []byte(r.Get(name))}
		n, err := m.int()
		if err != nil {
			return rest.Illegal("Failed to parse int parameter [%s] with value [%s]", name, r.Get(name))
		}
		if err := set(n); err != nil {
			return err
		}
	}
	for _, name := range []string{"batched_reduce_size", "max_concurrent_shard_requests", "pre_filter_shard_size"} {
		n, err := r.Int(name, 1)
		if err != nil {
			return err
		}
		switch {
		case name == "batched_reduce_size" && r.Has(name) && n < 2:
			return rest.Illegal("batchedReduceSize must be >= 2")
		case n < 1:
			return rest.Illegal("%s must be >= 1", name)
		}
	}
	if r.Has("timeout") {
		if err := q.setTimeout(r.Get("timeout")); err != nil {
			return err
		}
	}
	if r.Has("track_total_hits") {
		return q.setTrack(r.Get("track_total_hits"))
	}
	return nil
}

func (q *request) readFlags(r *rest.Request) error {
	var err error
	for name, into := range map[string]*bool{
		"track_scores": &q.trackScores, "rest_total_hits_as_int": &q.intTotal, "explain": &q.explain, "version": &q.version,
		"seq_no_primary_term": &q.seqNo, "typed_keys": &q.typedKeys, "allow_partial_search_results": &q.allowPartial,
	} {
		if *into, err = r.Bool(name, *into); err != nil {
			return err
		}
	}
	if q.cached, err = r.Bool("request_cache", false); err != nil {
		return err
	}
	for _, name := range []string{"ccs_minimize_roundtrips", "include_named_queries_score", "force_synthetic_source"} {
		if _, err := r.Bool(name, false); err != nil {
			return err
		}
	}
	return nil
}

// readShown reads the parameters that say what hits show.
func (q *request) readShown(r *rest.Request) error {
	if r.Has("sort") {
		var err error
		if q.sort, err = sortParam(r.Get("sort")); err != nil {
			return err
		}
	}
	for _, name := range []string{"_source", "_source_includes", "_source_excludes", "_source_include", "_source_exclude"} {
		q.sourceSet = q.sourceSet || r.Has(name)
	}
	if err := q.source.FromParams(r.Values); err != nil {
		return rest.Illegal("%s", err)
	}
	if r.Has("stored_fields") {
		if err := q.setStored(source.List(r.Get("stored_fields"))); err != nil {
			return err
		}
	}
	if r.Has("docvalue_fields") {
		q.docvalues = docvalues(r.Get("docvalue_fields"))
	}
	return nil
}
