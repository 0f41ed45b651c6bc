package monitor

import (
	"net/http"
	"time"
)

// nodeStats answers /_node/stats and its parts.
func (s *Server) nodeStats(w http.ResponseWriter, r *http.Request) {
	v := s.look()
	y := s.self.look()
	rates := s.flow.rates(s.values(v), time.Now())
	reloads := s.reloads()
	parts := selected(object{
		"jvm": jvmStats(&y), "process": processStats(&y), "events": events(&v), "flow": flows(rates),
		"pipelines": object{mainPipeline: s.pipeline(r, &v, rates)},
		"reloads":   object{"successes": reloads.Successes, "failures": reloads.Failures},
		"os":        osStats(), "queue": object{"events_count": v.queued()},
	}, r.PathValue("filter"))
	if parts == nil {
		refuse(w, r, http.StatusNotFound, "Not Found")
		return
	}
	respond(w, r, http.StatusOK, join(s.full(r, &v), parts))
}

// pipelineStats answers /_node/stats/pipelines and one pipeline.
func (s *Server) pipelineStats(w http.ResponseWriter, r *http.Request) {
	if id := r.PathValue("id"); id != "" && id != mainPipeline {
		refuse(w, r, http.StatusNotFound, "Not Found")
		return
	}
	v := s.look()
	answer := s.full(r, &v)
	answer["pipelines"] = object{mainPipeline: s.pipeline(r, &v, s.flow.rates(s.values(v), time.Now()))}
	respond(w, r, http.StatusOK, answer)
}

// events are the totals since the start. Out are the events that can be found.
func events(v *view) object {
	return object{
		"in": v.ingest.Taken, "filtered": v.ingest.Lines, "out": v.ingest.Stored,
		"duration_in_millis": millis(v.busy()), "queue_push_duration_in_millis": millis(v.ingest.Waited),
	}
}

// flows are the rates of the whole program.
func flows(rates *rater) object {
	return object{
		"input_throughput": rates.perSecond("in", 1), "filter_throughput": rates.perSecond("filtered", 1),
		"output_throughput": rates.perSecond("out", 1), "queue_backpressure": rates.perSecond("waited", 1),
		"worker_concurrency": rates.perSecond("busy", 1),
	}
}

// processStats tells of the process. What cannot be told here is -1.
func processStats(y *system) object {
	cpu := object{"total_in_millis": y.cpuMillis, "percent": y.cpuPercent}
	if y.load != nil {
		cpu["load_average"] = y.load
	}
	return object{
		"open_file_descriptors": y.files, "peak_open_file_descriptors": y.peakFiles, "max_file_descriptors": y.maxFiles,
		"mem": object{"total_virtual_in_bytes": y.virtual, "resident_in_bytes": y.resident}, "cpu": cpu,
	}
}

// jvmStats tells of Go's runtime in the shape of a Java machine. Go's heap has
// no generations: all of it is the old one.
func jvmStats(y *system) object {
	pool := func(used, peak, most int64) object {
		return object{"used_in_bytes": used, "peak_used_in_bytes": peak, "committed_in_bytes": used, "max_in_bytes": most, "peak_max_in_bytes": most}
	}
	old := pool(y.heapUsed, y.heapPeak, y.heapMax)
	old["committed_in_bytes"] = y.heapCommitted
	percent := int64(0)
	if y.heapMax > 0 {
		percent = 100 * y.heapUsed / y.heapMax
	}
	return object{
		"threads": object{"count": y.threads, "peak_count": y.peakThreads},
		"mem": object{
			"heap_used_in_bytes": y.heapUsed, "heap_used_percent": percent, "heap_committed_in_bytes": y.heapCommitted,
			"heap_max_in_bytes": y.heapMax, "non_heap_used_in_bytes": y.otherUsed, "non_heap_committed_in_bytes": y.otherCommited,
			"pools": object{"young": pool(0, 0, 0), "old": old, "survivor": pool(0, 0, 0)},
		},
		"gc": object{"collectors": object{
			"old":   object{"collection_count": y.collections, "collection_time_in_millis": y.pauseMillis},
			"young": object{"collection_count": 0, "collection_time_in_millis": 0},
		}},
		"uptime_in_millis": millis(y.uptime),
	}
}

func osStats() object {
	if group := cgroup(); group != nil {
		return object{"cgroup": group}
	}
	return object{}
}
