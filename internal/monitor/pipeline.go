package monitor

import (
	"net/http"
	"path/filepath"
	"slices"
	"time"

	"rastro/internal/event"
	"rastro/internal/ingest"
)

// The kinds of plugins, and the names of those that are always there.
const (
	kindInput, kindFilter, kindOutput = "input", "filter", "output"

	storeName    = "store"
	storeID      = kindOutput + "-" + storeName
	queueVertex  = "__QUEUE__"
	unparsedName = "unparsed"

	// Totals of the journal, in values.
	queueBytes, queueEvents = "queue.bytes", "queue.events"
)

// plugin is one part of the pipeline in Logstash's words: a way in, a dialect,
// or the store.
type plugin struct {
	kind, name, id string
	in, out        int64
	// took is how long it worked; of an input, how long it waited for room.
	took              time.Duration
	matches, failures int64
}

// plugins lists the parts, in the order in which events pass them.
func (s *Server) plugins(v *view) []plugin {
	var list []plugin
	add := func(p plugin) {
		p.id = p.kind + "-" + p.name
		list = append(list, p)
	}
	inputs := map[string]ingest.InputStats{}
	names := slices.Clone(s.rooms.Inputs)
	for _, in := range v.ingest.Inputs {
		inputs[in.Name] = in
		names = append(names, in.Name)
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		in := inputs[name]
		add(plugin{kind: kindInput, name: name, out: in.Lines, took: in.Waited})
	}
	// A line that a dialect refused goes on to the next one: it is in and out.
	known := event.ClosedValues(event.Dialect)
	for _, name := range known {
		d, refused := v.ingest.Dialects[name], int64(v.parse.Refused[name])
		add(plugin{kind: kindFilter, name: name, in: d.Lines + refused, out: d.Lines + refused, took: d.Time, matches: d.Lines, failures: refused})
	}
	var rest ingest.DialectStats
	for name, d := range v.ingest.Dialects {
		if !slices.Contains(known, name) {
			rest.Lines, rest.Time = rest.Lines+d.Lines, rest.Time+d.Time
		}
	}
	add(plugin{kind: kindFilter, name: unparsedName, in: rest.Lines, out: rest.Lines, took: rest.Time})
	add(plugin{kind: kindOutput, name: storeName, in: v.ingest.Events, out: v.ingest.Stored, took: v.ingest.StoreTime})
	return list
}

// values are the totals that rates are made of. Times are seconds.
func (s *Server) values(v view) values {
	all := values{
		"in": float64(v.ingest.Taken), "filtered": float64(v.ingest.Lines), "out": float64(v.ingest.Stored),
		"waited": v.ingest.Waited.Seconds(), "busy": v.busy().Seconds(),
		queueBytes: float64(v.journal.Bytes), queueEvents: float64(v.queued()),
	}
	for _, p := range s.plugins(&v) {
		all[p.id+".in"], all[p.id+".out"] = float64(p.in), float64(p.out)
		all[p.id+".took"], all[p.id+".millis"] = p.took.Seconds(), p.took.Seconds()*1000
	}
	return all
}

// pipeline tells of the one pipeline.
func (s *Server) pipeline(r *http.Request, v *view, rates *rater) object {
	rate := flows(rates)
	rate["worker_utilization"] = rates.perSecond("busy", 100/float64(v.workers()))
	rate["queue_persisted_growth_bytes"] = rates.perSecond(queueBytes, 1)
	rate["queue_persisted_growth_events"] = rates.perSecond(queueEvents, 1)
	reloads := s.reloads()
	var lastError any
	if reloads.LastError != "" {
		lastError = object{"message": reloads.LastError, "backtrace": []string{}}
	}
	plugins := s.plugins(v)
	answer := object{
		"events": events(v), "flow": rate, "plugins": pluginStats(plugins, v, rates),
		"reloads": object{
			"successes": reloads.Successes, "failures": reloads.Failures, "last_error": lastError,
			"last_success_timestamp": stamp(reloads.LastSuccess), "last_failure_timestamp": stamp(reloads.LastFailure),
		},
		"queue": s.queue(v), "pipeline": settings(v), "hash": reloads.Hash, "ephemeral_id": s.self.pipeline,
	}
	if asked(r, "vertices") {
		answer["vertices"] = s.vertices(plugins)
	}
	return answer
}

func pluginStats(plugins []plugin, v *view, rates *rater) object {
	inputs, filters, outputs := []object{}, []object{}, []object{}
	for _, p := range plugins {
		one := object{"id": p.id, "name": p.name}
		switch p.kind {
		case kindInput:
			one["events"] = object{"out": p.out, "queue_push_duration_in_millis": millis(p.took)}
			one["flow"] = object{"throughput": rates.perSecond(p.id+".out", 1)}
			inputs = append(inputs, one)
			continue
		case kindFilter:
			one["matches"], one["failures"] = p.matches, p.failures
			filters = append(filters, one)
		case kindOutput:
			outputs = append(outputs, one)
		}
		one["events"] = object{"in": p.in, "out": p.out, "duration_in_millis": millis(p.took)}
		one["flow"] = object{
			"worker_utilization":      rates.perSecond(p.id+".took", 100/float64(v.workers())),
			"worker_millis_per_event": rates.per(p.id+".millis", p.id+".in"),
		}
	}
	return object{"inputs": inputs, "codecs": []object{}, "filters": filters, "outputs": outputs}
}

// queue is the journal: what is in it and not yet in a file of the store's.
func (s *Server) queue(v *view) object {
	queue := object{
		"type": "persisted", "events": v.queued(), "events_count": v.queued(),
		"queue_size_in_bytes": v.journal.Bytes, "max_queue_size_in_bytes": 0, // no limit but the disk's
		"capacity": object{
			"queue_size_in_bytes": v.journal.Bytes, "max_queue_size_in_bytes": 0, "max_unread_events": 0,
			"page_capacity_in_bytes": v.journal.MaxFileBytes,
		},
	}
	if s.rooms.Disk != nil {
		if free, _, err := s.rooms.Disk(); err == nil {
			queue["data"] = object{"path": filepath.Join(s.opts.Data, "journal"), "free_space_in_bytes": free}
		}
	}
	return queue
}

// vertices are the plugins in the order of the graph.
func (s *Server) vertices(plugins []plugin) []object {
	var list []object
	for _, p := range plugins {
		one := object{"id": p.id, "pipeline_ephemeral_id": s.self.pipeline, "events_out": p.out, "long_counters": []object{}, "double_gauges": []object{}}
		switch p.kind {
		case kindInput:
			one["queue_push_duration_in_millis"] = millis(p.took)
		case kindFilter:
			one["long_counters"] = []object{{"name": "matches", "value": p.matches}, {"name": "failures", "value": p.failures}}
			fallthrough
		default:
			one["events_in"], one["duration_in_millis"] = p.in, millis(p.took)
		}
		list = append(list, one)
	}
	return list
}
