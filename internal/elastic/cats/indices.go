package cats

import (
	"slices"
	"strings"
	"time"

	"rastro/internal/elastic/inventory"
	"rastro/internal/elastic/names"
	"rastro/internal/elastic/rest"
	"rastro/internal/query"
)

// maxShards bounds the lines of a list of shards.
const maxShards = 50_000

const stamp = "2006-01-02T15:04:05.000Z"

// figures are columns of things that do not happen here or are not counted, in
// the order and with the names of Elasticsearch's lists of indices and shards.
var figures = []struct {
	line string
	zero any
}{
	{"completion.size|cs,completionSize|size of completion", size(0)},
	{"fielddata.memory_size|fm,fielddataMemory|used fielddata cache", size(0)},
	{"fielddata.evictions|fe,fielddataEvictions|fielddata evictions", 0},
	{"query_cache.memory_size|qcm,queryCacheMemory|used query cache", size(0)},
	{"query_cache.evictions|qce,queryCacheEvictions|query cache evictions", 0},
	{"flush.total|ft,flushTotal|number of flushes", 0},
	{"flush.total_time|ftt,flushTotalTime|time spent in flush", span(0)},
	{"get.current|gc,getCurrent|number of current get ops", 0},
	{"get.time|gti,getTime|time spent in get", span(0)},
	{"get.total|gto,getTotal|number of get ops", 0},
	{"get.exists_time|geti,getExistsTime|time spent in successful gets", span(0)},
	{"get.exists_total|geto,getExistsTotal|number of successful gets", 0},
	{"get.missing_time|gmti,getMissingTime|time spent in failed gets", span(0)},
	{"get.missing_total|gmto,getMissingTotal|number of failed gets", 0},
	{"indexing.delete_current|idc,indexingDeleteCurrent|number of current deletions", 0},
	{"indexing.delete_time|idti,indexingDeleteTime|time spent in deletions", span(0)},
	{"indexing.delete_total|idto,indexingDeleteTotal|number of delete ops", 0},
	{"indexing.index_current|iic,indexingIndexCurrent|number of current indexing ops", 0},
	{"indexing.index_time|iiti,indexingIndexTime|time spent in indexing", span(0)},
	{"indexing.index_total|iito,indexingIndexTotal|number of indexing ops", 0},
	{"indexing.index_failed|iif,indexingIndexFailed|number of failed indexing ops", 0},
	{"merges.current|mc,mergesCurrent|number of current merges", 0},
	{"merges.current_docs|mcd,mergesCurrentDocs|number of current merging docs", 0},
	{"merges.current_size|mcs,mergesCurrentSize|size of current merges", size(0)},
	{"merges.total|mt,mergesTotal|number of completed merge ops", 0},
	{"merges.total_docs|mtd,mergesTotalDocs|docs merged", 0},
	{"merges.total_size|mts,mergesTotalSize|size merged", size(0)},
	{"merges.total_time|mtt,mergesTotalTime|time spent in merges", span(0)},
	{"refresh.total|rto,refreshTotal|total refreshes", 0},
	{"refresh.time|rti,refreshTime|time spent in refreshes", span(0)},
	{"refresh.external_total|rto,refreshTotal|total external refreshes", 0},
	{"refresh.external_time|rti,refreshTime|time spent in external refreshes", span(0)},
	{"refresh.listeners|rli,refreshListeners|number of pending refresh listeners", 0},
	{"search.fetch_current|sfc,searchFetchCurrent|current fetch phase ops", 0},
	{"search.fetch_time|sfti,searchFetchTime|time spent in fetch phase", span(0)},
	{"search.fetch_total|sfto,searchFetchTotal|total fetch ops", 0},
	{"search.open_contexts|so,searchOpenContexts|open search contexts", 0},
	{"search.query_current|sqc,searchQueryCurrent|current query phase ops", 0},
	{"search.query_time|sqti,searchQueryTime|time spent in query phase", span(0)},
	{"search.query_total|sqto,searchQueryTotal|total query phase ops", 0},
	{"search.scroll_current|scc,searchScrollCurrent|open scroll contexts", 0},
	{"search.scroll_time|scti,searchScrollTime|time scroll contexts held open", span(0)},
	{"search.scroll_total|scto,searchScrollTotal|completed scroll contexts", 0},
	{"segments.count|sc,segmentsCount|number of segments", 1},
	{"segments.memory|sm,segmentsMemory|memory used by segments", size(0)},
	{"segments.index_writer_memory|siwm,segmentsIndexWriterMemory|memory used by index writer", size(0)},
	{"segments.version_map_memory|svmm,segmentsVersionMapMemory|memory used by version map", size(0)},
	{"segments.fixed_bitset_memory|sfbm,fixedBitsetMemory|memory used by fixed bit sets", size(0)},
}

// figureColumns are the columns of figures, and figureCells their cells.
func figureColumns(prefix string) []column {
	var lines []string
	for _, f := range figures {
		line := f.line
		if prefix != "" {
			name, rest, _ := strings.Cut(line, "|")
			_, about, _ := strings.Cut(rest, "|")
			line = name + "||" + about
		}
		lines = append(lines, "->"+prefix+line)
	}
	return columns(lines...)
}

func figureCells() []any {
	out := make([]any, len(figures))
	for i := range figures {
		out[i] = figures[i].zero
	}
	return out
}

// resolve finds the indices of a request, closed ones too.
func (x *Cats) resolve(r *rest.Request) ([]names.Index, error) {
	opts, err := rest.ResolveOptions(r)
	if err != nil {
		return nil, err
	}
	opts.Closed = opts.Closed || !r.Has("expand_wildcards")
	set, err := x.node.ResolveWith(r.PathValue("index"), opts)
	if err != nil {
		return nil, err
	}
	return set.Indices, nil
}

// rows are their figures.
func (x *Cats) rows(r *rest.Request) ([]inventory.Row, error) {
	found, err := x.resolve(r)
	if err != nil {
		return nil, err
	}
	return x.opts.Inventory.Rows(r.Context(), r.Scope, found)
}

func (x *Cats) indices(r *rest.Request) (*table, error) {
	wanted := strings.ToLower(r.Get("health"))
	if !slices.Contains([]string{"", inventory.Green, inventory.Yellow, inventory.Red, "unknown", "unavailable"}, wanted) {
		return nil, rest.Illegal("unknown cluster health status [%s]", r.Get("health"))
	}
	t := &table{columns: append(columns(
		"health|h|current health status", "status|s|open/close status", "index|i,idx|index name", "uuid|id,uuid|index uuid",
		">pri|p,shards.primary,shardsPrimary|number of primary shards", ">rep|r,shards.replica,shardsReplica|number of replica shards",
		">docs.count|dc,docsCount|available docs", ">docs.deleted|dd,docsDeleted|deleted docs",
		"-creation.date|cd|index creation date (millisecond value)", "-creation.date.string|cds|index creation date (as string)",
		">store.size|ss,storeSize|store size of primaries & replicas", ">pri.store.size||store size of primaries", ">dataset.size||total size of dataset"),
		figureColumns("")...)}
	t.columns = append(t.columns, figureColumns("pri.")...)
	rows, err := x.rows(r)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		health := x.opts.Inventory.IndexHealth(row.Index)
		if wanted != "" && wanted != health {
			continue
		}
		shards, copies := x.opts.Inventory.Shards(row.Index)
		cells := []any{
			health, "open", row.Name, row.UUID, shards, copies, row.Docs, 0, row.Created, time.UnixMilli(row.Created).UTC().Format(stamp),
			size(row.Bytes), size(row.Bytes), size(row.Bytes),
		}
		if row.Closed() {
			cells[1] = "close"
			for _, at := range []int{6, 7, 10, 11, 12} {
				cells[at] = nil
			}
		}
		t.add(slices.Concat(cells, figureCells(), figureCells())...)
	}
	return t, nil
}

func (x *Cats) shards(r *rest.Request) (*table, error) {
	t := &table{columns: slices.Concat(columns(
		"index|i,idx|index name", "shard|s,sh|shard name", "prirep|p,pr,primaryOrReplica|primary or replica", "state|st|shard state",
		">docs|d,dc|number of docs in shard", ">store|sto|store size of shard (how much disk it uses)", ">dataset||total size of dataset (including the cache for partially mounted indices)",
		"ip||ip of node where it lives", "-id||unique id of node where it lives", "node|n|name of node where it lives", "-sync_id|sync_id|sync id",
		"-unassigned.reason|ur|reason shard became unassigned", "-unassigned.at|ua|time shard became unassigned (UTC)", "-unassigned.for|uf|time has been unassigned", "-unassigned.details|ud|additional details as to why the shard became unassigned",
		"-recoverysource.type|rs|recovery source type"), figureColumns(""), columns(
		"-seq_no.max|sqm,maxSeqNo|max sequence number", "-seq_no.local_checkpoint|sql,localCheckpoint|local checkpoint", "-seq_no.global_checkpoint|sqg,globalCheckpoint|global checkpoint",
		"->warmer.current|wc,warmerCurrent|current warmer ops", "->warmer.total|wto,warmerTotal|total warmer ops", "->warmer.total_time|wtt,warmerTotalTime|time spent in warmers",
		"-path.data|pd,dataPath|shard data path", "-path.state|ps,statsPath|shard state path", "-refresh.is_search_idle|rsi,searchIdle|if the search is idle",
		"->bulk.total_operations|bto,bulkTotalOperations|number of bulk shard ops", "->bulk.total_time|btti,bulkTotalTime|time spend in shard bulk", "->bulk.total_size_in_bytes|btsi,bulkTotalSizeInBytes|total size in bytes of shard bulk",
		"->bulk.avg_time|bati,bulkAvgTime|average time spend in shard bulk", "->bulk.avg_size_in_bytes|basi,bulkAvgSizeInBytes|avg size in bytes of shard bulk",
		"->dense_vector.value_count|dvc,denseVectorCount|number of indexed dense vectors in shard", "->sparse_vector.value_count|svc,sparseVectorCount|number of indexed sparse vectors in shard"))}
	found, err := x.resolve(r)
	if err != nil {
		return nil, err
	}
	if active, missing := x.opts.Inventory.Count(found); active+missing > maxShards {
		return nil, rest.Illegal("these indices were given %d shards; a list holds at most %d, narrow it by names of indices", active+missing, maxShards)
	}
	rows, err := x.opts.Inventory.Rows(r.Context(), r.Scope, found)
	if err != nil {
		return nil, err
	}
	folder := x.opts.Inventory.Options().Folder
	for _, row := range rows {
		shards, copies := x.opts.Inventory.Shards(row.Index)
		for n := range shards {
			docs, bytes := row.Docs, row.Bytes
			if n > 0 {
				docs, bytes = 0, 0 // all events are in the first
			}
			begin := []any{row.Name, n, "p", "STARTED", docs, size(bytes), size(bytes), "127.0.0.1", x.node.ID, x.node.Name, nil, nil, nil, nil, nil, nil}
			end := []any{docs - 1, docs - 1, docs - 1, 0, 0, span(0), folder, folder, "false", 0, span(0), size(0), span(0), size(0), 0, 0}
			t.add(slices.Concat(begin, figureCells(), end)...)
			for range copies {
				at := time.UnixMilli(row.Created).UTC()
				begin := []any{row.Name, n, "r", "UNASSIGNED", nil, nil, nil, nil, nil, nil, nil, "INDEX_CREATED", at.Format(stamp), span(x.node.Now().Sub(at)), nil, "peer"}
				t.add(append(begin, make([]any, len(figures)+len(end))...)...)
			}
		}
	}
	return t, nil
}

func (x *Cats) count(r *rest.Request) (*table, error) {
	t := &table{columns: columns("epoch|t,time|seconds since 1970-01-01 00:00:00", "timestamp|ts,hms,hhmmss|time in HH:MM:SS", "count|dc,docs.count,docsCount|the document count")}
	set, err := x.node.Resolve(r, r.PathValue("index"))
	if err != nil {
		return nil, err
	}
	answer, err := x.node.Searcher.Ask(r.Context(), r.Scope, query.Question{Filter: set.Filter(), Count: query.CountExact})
	if err != nil {
		return nil, err
	}
	now := x.node.Now().UTC()
	t.add(now.Unix(), now.Format(time.TimeOnly), answer.Total)
	return t, nil
}

func (x *Cats) segments(r *rest.Request) (*table, error) {
	t := &table{columns: columns(
		"index|i,idx|index name", "shard|s,sh|shard name", "prirep|p,pr,primaryOrReplica|primary or replica", "ip||ip of node where it lives", "-id||unique id of node where it lives",
		"segment|seg|segment name", ">generation|g,gen|segment generation", ">docs.count|dc,docsCount|number of docs in segment", ">docs.deleted|dd,docsDeleted|number of deleted docs in segment",
		">size|si|segment size in bytes", ">size.memory|sm,sizeMemory|segment memory in bytes", "committed|ic,isCommitted|is segment committed", "searchable|is,isSearchable|is segment searched",
		"version|v,ver|version", "compound|ico,isCompound|is segment compound")}
	rows, err := x.rows(r)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if row.Docs > 0 && !row.Closed() {
			t.add(row.Name, 0, "p", "127.0.0.1", x.node.ID, "_0", 0, row.Docs, 0, size(row.Bytes), 0, "true", "true", "9.12.0", "true")
		}
	}
	return t, nil
}

func (x *Cats) recovery(r *rest.Request) (*table, error) {
	t := &table{columns: columns(
		"index|i,idx|index name", "shard|s,sh|shard name", "-start_time|start|recovery start time", "-start_time_millis|start_millis|recovery start time in epoch milliseconds",
		"-stop_time|stop|recovery stop time", "-stop_time_millis|stop_millis|recovery stop time in epoch milliseconds", "time|t,ti|recovery time", "type|ty|recovery type", "stage|st|recovery stage",
		"source_host|shost|source host", "-source_node|snode|source node name", "target_host|thost|target host", "-target_node|tnode|target node name", "repository|rep|repository", "snapshot|snap|snapshot",
		"files|f|number of files to recover", "files_recovered|fr|files recovered", "files_percent|fp|percent of files recovered", "files_total|tf|total number of files",
		"bytes|b|number of bytes to recover", "bytes_recovered|br|bytes recovered", "bytes_percent|bp|percent of bytes recovered", "bytes_total|tb|total number of bytes",
		"translog_ops|to|number of translog ops to recover", "translog_ops_recovered|tor|translog ops recovered", "translog_ops_percent|top|percent of translog ops recovered")}
	rows, err := x.rows(r)
	if err != nil {
		return nil, err
	}
	if active, err := r.Bool("active_only", false); err != nil || active {
		return t, err
	}
	start := x.node.Start.UTC()
	for _, row := range rows {
		t.add(row.Name, 0, start.Format(stamp), start.UnixMilli(), start.Format(stamp), start.UnixMilli(), span(0), "existing_store", "done",
			"n/a", "n/a", "127.0.0.1", x.node.Name, "n/a", "n/a", 0, 0, "100.0%", 1, size(0), size(0), "100.0%", size(row.Bytes), 0, 0, "100.0%")
	}
	return t, nil
}
