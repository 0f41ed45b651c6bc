package cats

import (
	"fmt"
	"strings"
	"time"

	"rastro/internal/elastic/inventory"
	"rastro/internal/elastic/names"
	"rastro/internal/elastic/rest"
	"rastro/internal/search"
)

const clusterName = "rastro"

// roles is the letters of the roles of the one node: data, hot data, ingest,
// master, content.
const roles = "dhims"

func (x *Cats) health(r *rest.Request) (*table, error) {
	stamps, err := r.Bool("ts", true)
	if err != nil {
		return nil, err
	}
	t := &table{}
	var cells []any
	if stamps {
		now := x.node.Now().UTC()
		t.columns = columns("epoch|t,time|seconds since 1970-01-01 00:00:00", "timestamp|ts,hms,hhmmss|time in HH:MM:SS")
		cells = append(cells, now.Unix(), now.Format(time.TimeOnly))
	}
	t.columns = append(t.columns, columns("cluster|cl|cluster name", "status|st|health status", ">node.total|nt,nodeTotal|total number of nodes", ">node.data|nd,nodeData|number of nodes that can store data",
		">shards|t,sh,shards.total,shardsTotal|total number of shards", ">pri|p,shards.primary,shardsPrimary|number of primary shards", ">relo|r,shards.relocating,shardsRelocating|number of relocating nodes",
		">init|i,shards.initializing,shardsInitializing|number of initializing nodes", ">unassign|u,shards.unassigned,shardsUnassigned|number of unassigned shards",
		">pending_tasks|pt,pendingTasks|number of pending tasks", ">max_task_wait_time|mtwt,maxTaskWaitTime|wait time of longest task pending", ">active_shards_percent|asp,activeShardsPercent|active number of shards in percent")...)
	h := x.opts.Inventory.Health()
	shards, missing := x.opts.Inventory.Count(x.node.Names.All())
	status := h.Status
	if missing > 0 && status == inventory.Green {
		status = inventory.Yellow
	}
	missing += h.Lost
	active := 100.0
	if missing > 0 {
		active = 100 * float64(shards) / float64(shards+missing)
	}
	t.add(append(cells, clusterName, status, 1, 1, shards, shards, 0, 0, missing, 0, "-", fmt.Sprintf("%.1f%%", active))...)
	return t, nil
}

func (x *Cats) nodes(r *rest.Request) (*table, error) {
	full, err := r.Bool("full_id", false)
	if err != nil {
		return nil, err
	}
	t := &table{columns: columns(
		"-id|id,nodeId|unique node id", "-pid|p|process id", "ip|i|ip address", "-port|po|bound transport port", "-http_address|http|bound http address",
		"-version|v|es version", "-type|t|es distribution type", "-build|b|es build hash", "-jdk|j|jdk version",
		"->disk.total|dt,diskTotal|total disk space", "->disk.used|du,diskUsed|used disk space", "->disk.avail|d,da,disk,diskAvail|available disk space", "->disk.used_percent|dup,diskUsedPercent|used disk space percentage",
		"->heap.current|hc,heapCurrent|used heap", ">heap.percent|hp,heapPercent|used heap ratio", "->heap.max|hm,heapMax|max configured heap",
		"->ram.current|rc,ramCurrent|used machine memory", ">ram.percent|rp,ramPercent|used machine memory ratio", "->ram.max|rm,ramMax|total machine memory",
		"->file_desc.current|fdc,fileDescriptorCurrent|used file descriptors", "->file_desc.percent|fdp,fileDescriptorPercent|used file descriptor ratio", "->file_desc.max|fdm,fileDescriptorMax|max file descriptors",
		">cpu||recent cpu usage", ">load_1m|l|1m load avg", ">load_5m|l|5m load avg", ">load_15m|l|15m load avg", "->uptime|u|node uptime",
		"node.role|r,role,nodeRole|m:master eligible node, d:data node, i:ingest node, -:coordinating node only", "master|m|*:current master", "name|n|node name")}
	t.columns = append(t.columns, figureColumns("")...)
	p := x.opts.Inventory.Process()
	id := x.node.ID
	if !full && len(id) > 4 {
		id = id[:4]
	}
	used := p.DiskTotal - p.DiskFree
	t.add(append([]any{
		id, p.PID, "127.0.0.1", 9300, x.address(), rest.Version, "rastro", x.node.Release, "-",
		size(p.DiskTotal), size(used), size(p.DiskFree), 100 * float64(used) / max(1, float64(p.DiskTotal)),
		size(p.HeapUsed), ratio(p.HeapUsed, p.MemoryTotal), size(p.MemoryTotal),
		size(p.MemoryUsed), ratio(p.MemoryUsed, p.MemoryTotal), size(p.MemoryTotal),
		p.OpenFiles, ratio(uint64(p.OpenFiles), uint64(max(1, p.MaxFiles))), p.MaxFiles,
		p.CPU, p.Load[0], p.Load[1], p.Load[2], span(p.Uptime), roles, "*", x.node.Name,
	}, figureCells()...)...)
	return t, nil
}

func ratio(part, whole uint64) int {
	if whole == 0 {
		return 0
	}
	return int(100 * part / whole)
}

// address is where clients reach this server.
func (x *Cats) address() string {
	if f := x.opts.Inventory.Options().Address; f != nil && f() != "" {
		return f()
	}
	return "127.0.0.1:9200"
}

func (x *Cats) allocation(r *rest.Request) (*table, error) {
	t := &table{columns: columns(
		">shards||number of shards on node", ">shards.undesired||number of shards that are scheduled to be moved elsewhere in the cluster", ">write_load.forecast|wlf,writeLoadForecast|sum of index write load forecasts", ">disk.indices.forecast|dif,diskIndicesForecast|sum of shard size forecasts",
		">disk.indices|di,diskIndices|disk used by ES indices", ">disk.used|du,diskUsed|disk used (total, not just ES)", ">disk.avail|da,diskAvail|disk available", ">disk.total|dt,diskTotal|total capacity of all volumes", ">disk.percent|dp,diskPercent|percent disk used",
		"host|h|host of node", "ip||ip of node", "node|n|name of node", "node.role|r,role,nodeRole|node roles")}
	if node := r.PathValue("node"); node != "" && node != "_all" && node != "*" && node != "_master" && node != "_local" && node != x.node.ID && !names.Match(node, x.node.Name) {
		return t, nil
	}
	p, bytes := x.opts.Inventory.Process(), x.node.Searcher.Stats().Bytes
	used := p.DiskTotal - p.DiskFree
	active, _ := x.opts.Inventory.Count(x.node.Names.All())
	t.add(active, 0, "0.0", size(bytes), size(bytes), size(used), size(p.DiskFree), size(p.DiskTotal), ratio(used, p.DiskTotal), "127.0.0.1", "127.0.0.1", x.node.Name, roles)
	return t, nil
}

func (x *Cats) master(*rest.Request) (*table, error) {
	t := &table{columns: columns("id||node id", "host|h|host name", "ip||ip address", "node|n|node name")}
	t.add(x.node.ID, "127.0.0.1", "127.0.0.1", x.node.Name)
	return t, nil
}

func (x *Cats) nodeAttributes(*rest.Request) (*table, error) {
	return &table{columns: columns("node|name|node name", "-id|id,nodeId|unique node id", "-pid|p|process id", "host|h|host name", "ip|i|ip address", "-port|po|bound transport port", "attr|attr.name|attribute description", "value|attr.value|attribute value")}, nil
}

func (x *Cats) pendingTasks(*rest.Request) (*table, error) {
	return &table{columns: columns(">insertOrder|o|task insertion order", ">timeInQueue|t|how long task has been in queue", "priority|p|task priority", "source|s|task source")}, nil
}

func (x *Cats) plugins(*rest.Request) (*table, error) {
	return &table{columns: columns("-id||unique node id", "name|n|node name", "component|c|component", "version|v|component version", "-description|d|plugin details")}, nil
}

func (x *Cats) fieldData(*rest.Request) (*table, error) {
	return &table{columns: columns("id||node id", "host|h|host name", "ip||ip address", "node|n|node name", "field|f|field name", ">size||field data usage")}, nil
}

// pools are the kinds of work; only those that are counted have figures.
var pools = []struct{ name, kind string }{
	{"analyze", "fixed"}, {"fetch_shard_started", "scaling"}, {"fetch_shard_store", "scaling"}, {"flush", "scaling"}, {"force_merge", "fixed"}, {"generic", "scaling"}, {"get", "fixed"},
	{"management", "scaling"}, {"refresh", "scaling"}, {"search", "fixed"}, {"snapshot", "scaling"}, {"write", "fixed"},
}

func (x *Cats) threadPool(r *rest.Request) (*table, error) {
	t := &table{columns: columns(
		"node_name|nn|node name", "-node_id|id|persistent node id", "-ephemeral_node_id|eid|ephemeral node id", "-pid|p|process id", "-host|h|host name", "-ip|i|ip address", "-port|po|bound transport port",
		"name|n|thread pool name", "-type|t|thread pool type", ">active|a|number of active threads", "->pool_size|psz|number of threads", ">queue|q|number of tasks currently in queue", "->queue_size|qs|maximum number of tasks permitted in queue",
		">rejected|r|number of rejected tasks", "->largest|l|highest number of seen active threads", "->completed|c|number of completed tasks", "->core|cr|core number of threads in a scaling thread pool",
		"->max|mx|maximum number of threads in a scaling thread pool", "->size|sz|number of threads in a fixed thread pool", "-keep_alive|ka|thread keep alive time")}
	p := x.opts.Inventory.Process()
	for _, pool := range pools {
		if name := r.PathValue("name"); name != "" && !in(name, pool.name) {
			continue
		}
		var core, most, fixed any
		queue, keep := any(-1), any("5m")
		if pool.kind == "fixed" {
			fixed, queue, keep = p.Processors, 1000, nil
		} else {
			core, most = 1, p.Processors
		}
		var now search.Counts
		size := p.Processors
		if pool.name == "search" {
			now = x.node.Searcher.Counts()
			size, fixed, queue = now.Slots, now.Slots, now.Queue
		}
		t.add(x.node.Name, x.node.ID, x.node.ID, p.PID, "127.0.0.1", "127.0.0.1", 9300, pool.name, pool.kind, now.Answering, size, now.Waiting, queue, now.Rejected, now.Most, now.Done, core, most, fixed, keep)
	}
	return t, nil
}

// in tells whether a name matches one of a list of patterns.
func in(list, name string) bool {
	for pattern := range strings.SplitSeq(list, ",") {
		if pattern == "_all" || names.Match(pattern, name) {
			return true
		}
	}
	return false
}

func (x *Cats) tasks(r *rest.Request) (*table, error) {
	t := &table{columns: columns(
		"-id|id|id of the task with the node", "action|ac|task action", "task_id|ti|unique task id", "parent_task_id|pti|parent task id", "type|ty|task type", "start_time|start|start time in ms", "timestamp|ts,hms,hhmmss|start time in HH:MM:SS",
		"-running_time_ns|time|running time ns", "running_time|time|running time", "-node_id|ni|unique node id", "ip|i|ip address", "-port|po|bound transport port", "node|n|node name", "-version|v|es version", "-x_opaque_id|x|X-Opaque-ID header")}
	detailed, err := r.Bool("detailed", false)
	if err != nil {
		return nil, err
	}
	if detailed {
		t.columns = append(t.columns, columns("description|desc|task action")...)
	}
	for _, task := range x.node.Tasks.List() {
		if wanted := r.Get("actions"); wanted != "" && !in(wanted, task.Action) {
			continue
		}
		took := max(0, x.node.Now().Sub(task.Start))
		cells := []any{task.ID, task.Action, task.Name(), "-", "transport", task.Start.UnixMilli(), task.Start.UTC().Format(time.TimeOnly), took.Nanoseconds(), span(took), x.node.ID, "127.0.0.1", 9300, x.node.Name, rest.Version, task.OpaqueID}
		if detailed {
			cells = append(cells, task.Description)
		}
		t.add(cells...)
	}
	return t, nil
}
