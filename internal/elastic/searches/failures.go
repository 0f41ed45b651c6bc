package searches

import (
	"errors"
	"net/http"

	"rastro/internal/elastic/aggs"
	"rastro/internal/elastic/rest"
	"rastro/internal/query/dsl"
)

// queryFailure gives a mistake in a query its shape. What Elasticsearch finds
// only when it runs the query is one of its shards there.
func (s *Searches) queryFailure(err error, indices []string) error {
	var mistake *dsl.Error
	if !errors.As(err, &mistake) {
		return err
	}
	f := dslFailure(mistake)
	if root := mistake.Root(); root != mistake {
		f.Root = dslFailure(root)
	}
	switch f.Type {
	case "query_shard_exception", "parse_exception", "number_format_exception", "too_many_nested_clauses":
		return s.shardFailure(f, indices)
	}
	return f
}

// dslFailure is a mistake as it stands in an answer.
func dslFailure(e *dsl.Error) *rest.Failure {
	f := rest.Fail(http.StatusBadRequest, e.Type, e.Reason)
	if e.Line > 0 {
		f.Detail("line", e.Line).Detail("col", e.Col)
	}
	if e.CausedBy != nil {
		f.CausedBy = dslFailure(e.CausedBy)
	}
	return f
}

// shardFailure is a mistake that came up while the query ran.
func (s *Searches) shardFailure(cause *rest.Failure, indices []string) *rest.Failure {
	index := "_na_"
	if len(indices) > 0 {
		index = indices[0]
	}
	if cause.Type == "query_shard_exception" {
		cause.Index(index)
	}
	f := rest.Fail(cause.Status, "search_phase_execution_exception", "all shards failed")
	f.Detail("phase", "query").Detail("grouped", true)
	f.Detail("failed_shards", []any{map[string]any{"shard": 0, "index": index, "node": s.node.ID, "reason": cause.Body()}})
	f.Root = cause
	if cause.Type != "query_shard_exception" {
		f.CausedBy = cause
	}
	return f
}

// moved is a mistake in aggregations with its place in the whole request.
func (m *member) moved(err error) error {
	var mistake *aggs.Error
	if !errors.As(err, &mistake) || mistake.Line == 0 {
		return err
	}
	at := *mistake
	if at.Line == 1 {
		at.Col += m.col - 1
	}
	at.Line += m.line - 1
	return &at
}

// aggFailure gives a mistake in aggregations its shape.
func (s *Searches) aggFailure(err error, indices []string) error {
	var mistake *aggs.Error
	if !errors.As(err, &mistake) {
		return s.queryFailure(err, indices)
	}
	if mistake.Cause != nil {
		return s.shardFailure(rest.AsFailure(mistake.Cause), indices)
	}
	f := rest.Fail(mistake.Status, mistake.Type, mistake.Reason)
	if f.Status == 0 {
		f.Status = http.StatusBadRequest
	}
	if mistake.Line > 0 {
		f.Detail("line", mistake.Line).Detail("col", mistake.Col)
	}
	if f.Type == "too_many_buckets_exception" {
		f.Detail("max_buckets", aggs.MaxBuckets)
		return s.shardFailure(f, indices)
	}
	return f
}
