package documents

import (
	"context"
	"net/http"
	"strconv"

	"rastro/internal/elastic/rest"
)

// writeOptions are the parameters of a request that writes.
type writeOptions struct {
	// refresh: answer when questions find the documents; forced: the client
	// asked for that at once.
	refresh, forced             bool
	requireAlias, requireStream bool
	executed                    bool
	pipeline                    string
}

func readWriteOptions(r *rest.Request) (o writeOptions, err error) {
	switch v := r.Get("refresh"); {
	case !r.Has("refresh") || v == "false":
	case v == "" || v == "true":
		o.refresh, o.forced = true, true
	case v == "wait_for":
		o.refresh = true
	default:
		return o, rest.Illegal("Unknown value for refresh: [%s].", v)
	}
	if o.requireAlias, err = r.Bool("require_alias", false); err != nil {
		return o, err
	}
	if o.requireStream, err = r.Bool("require_data_stream", false); err != nil {
		return o, err
	}
	if o.executed, err = r.Bool("list_executed_pipelines", false); err != nil {
		return o, err
	}
	if _, err = r.Time("timeout", 0); err != nil {
		return o, err
	}
	o.pipeline = r.Get("pipeline")
	return o, activeShards(r.Get("wait_for_active_shards"))
}

// activeShards takes what one node without copies can give.
func activeShards(v string) error {
	switch v {
	case "", "all", "0", "1", "-1", "null":
		return nil
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 0 {
		return rest.Illegal("cannot parse ActiveShardCount[%s]", v)
	}
	return rest.Fail(http.StatusServiceUnavailable, "unavailable_shards_exception",
		"Not enough active copies to meet shard count of ["+v+"] (have 1, needed "+v+"); there is one node and no copies")
}

// pipelineFailure is the failure of a document that should go through a
// pipeline; own is the one that its action names.
func (o *writeOptions) pipelineFailure(own string) *rest.Failure {
	if own == "" {
		own = o.pipeline
	}
	if own == "" || own == "_none" {
		return nil
	}
	return rest.Illegal("pipeline with id [%s] does not exist; documents are parsed without one, so leave the parameter out", own)
}

// writable is the failure of a server that takes no documents.
func (d *Documents) writable() error {
	if d.node.Bulk == nil {
		return rest.Fail(http.StatusForbidden, "cluster_block_exception", "this server takes no documents")
	}
	return nil
}

// settle waits until questions find everything that was acknowledged.
func (d *Documents) settle(ctx context.Context) error {
	if d.node.Bulk == nil {
		return nil
	}
	return d.node.Bulk.Settled(ctx)
}
