package monitor

import (
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"rastro/internal/event"
)

// maxWait bounds how long a request may wait for a status.
const maxWait = time.Minute

// root answers GET /: who is here. A browser gets a page for people.
func (s *Server) root(w http.ResponseWriter, r *http.Request) {
	if accept := r.Header.Get("Accept"); strings.Contains(accept, "text/html") {
		s.help(w)
		return
	}
	if !s.awaitStatus(w, r) {
		return
	}
	answer := s.envelope(r)
	answer["build_flavor"], answer["build_release"], answer["build_snapshot"] = "rastro", s.opts.Release, false
	answer["build_date"], answer["build_sha"] = built()
	if s.at() == serving {
		v := s.look()
		answer["pipeline"] = settings(&v)
	}
	respond(w, r, http.StatusOK, answer)
}

// built is the time and the name of the commit that the program was built from;
// both "" where the build does not say.
func built() (date, revision string) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "", ""
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.time":
			date = s.Value
		case "vcs.revision":
			revision = s.Value
		}
	}
	return date, revision
}

// help tells a person what is here.
func (s *Server) help(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	// The client is gone when this fails; there is nobody left to tell.
	_, _ = w.Write([]byte("Rastro " + s.opts.Release + `
/metrics         for Prometheus
/healthz         ok, degraded or paused, and what to do
/readyz          200 while lines are taken and questions answered
/_health_report  the same in Logstash's shape
/_node           pipelines, os, jvm, plugins, hot_threads
/_node/stats     events, flow, jvm, process, os, pipelines, reloads, queue
`))
}

// awaitStatus waits for ?wait_for_status as long as ?timeout allows; false when
// it has answered with an error.
func (s *Server) awaitStatus(w http.ResponseWriter, r *http.Request) bool {
	want := strings.ToLower(r.URL.Query().Get("wait_for_status"))
	rank := map[string]int{green: 0, yellow: 1, red: 2}
	if _, known := rank[want]; want != "" && !known {
		refuse(w, r, http.StatusBadRequest, "Invalid status '"+r.URL.Query().Get("wait_for_status")+"' provided. The valid statuses are: green, yellow, red.")
		return false
	}
	text := r.URL.Query().Get("timeout")
	limit, ok := timeValue(text)
	if text != "" && !ok {
		refuse(w, r, http.StatusBadRequest, "Invalid timeout '"+text+"' provided.")
		return false
	}
	if want == "" || text == "" {
		return true
	}
	end := time.After(min(limit, maxWait))
	for rank[s.color()] > rank[want] {
		select {
		case <-time.After(100 * time.Millisecond):
		case <-end:
			refuse(w, r, http.StatusServiceUnavailable, "Timed out waiting for status '"+want+"'.")
			return false
		case <-r.Context().Done():
			return false
		}
	}
	return true
}

// timeValue reads a time as Elastic writes it: 500ms, 10s, 1m.
func timeValue(text string) (time.Duration, bool) {
	units := []struct {
		suffix string
		unit   time.Duration
	}{{"nanos", 1}, {"micros", time.Microsecond}, {"ms", time.Millisecond}, {"s", time.Second}, {"m", time.Minute}, {"h", time.Hour}, {"d", 24 * time.Hour}}
	for _, u := range units {
		if number, ok := strings.CutSuffix(text, u.suffix); ok {
			n, err := strconv.ParseInt(number, 10, 32)
			return time.Duration(n) * u.unit, err == nil && n >= 0
		}
	}
	return 0, false
}

// node answers /_node and its parts.
func (s *Server) node(w http.ResponseWriter, r *http.Request) {
	v := s.look()
	parts := selected(object{
		"pipelines": object{mainPipeline: s.pipelineInfo(&v, asked(r, "graph"))},
		"os":        osInfo(), "jvm": s.jvmInfo(),
	}, r.PathValue("filter"))
	if parts == nil {
		refuse(w, r, http.StatusNotFound, "Not Found")
		return
	}
	respond(w, r, http.StatusOK, join(s.full(r, &v), parts))
}

// nodePipelines answers /_node/pipelines and one pipeline.
func (s *Server) nodePipelines(w http.ResponseWriter, r *http.Request) {
	if id := r.PathValue("id"); id != "" && id != mainPipeline {
		refuse(w, r, http.StatusNotFound, "Not Found")
		return
	}
	v := s.look()
	answer := s.full(r, &v)
	answer["pipelines"] = object{mainPipeline: s.pipelineInfo(&v, asked(r, "graph"))}
	respond(w, r, http.StatusOK, answer)
}

func (s *Server) pipelineInfo(v *view, graph bool) object {
	info := settings(v)
	info["ephemeral_id"], info["hash"] = s.self.pipeline, s.reloads().Hash
	info["config_reload_automatic"], info["config_reload_interval"] = false, 0
	info["dead_letter_queue_enabled"] = false
	if graph {
		info["graph"] = s.graph(v)
	}
	return info
}

func (s *Server) reloads() Reloads {
	if s.rooms.Reloads == nil {
		return Reloads{}
	}
	return s.rooms.Reloads()
}

// graph is how events flow: inputs, the queue, the dialects, the store.
func (s *Server) graph(v *view) object {
	vertices, edges := []object{}, []object{}
	edge := func(from, to string) {
		edges = append(edges, object{"id": from + "-" + to, "from": from, "to": to, "type": "plain"})
	}
	for _, p := range s.plugins(v) {
		vertices = append(vertices, object{
			"id": p.id, "explicit_id": true, "type": "plugin", "plugin_type": p.kind, "config_name": p.name, "meta": nil,
		})
		switch p.kind {
		case kindInput:
			edge(p.id, queueVertex)
		case kindFilter:
			edge(queueVertex, p.id)
			edge(p.id, storeID)
		}
	}
	vertices = append(vertices, object{"id": queueVertex, "explicit_id": false, "type": "queue", "meta": nil})
	return object{"type": "lir", "version": "0.0.0", "hash": s.reloads().Hash, "graph": object{"vertices": vertices, "edges": edges}}
}

func osInfo() object {
	name := runtime.GOOS
	if name == "linux" {
		name = "Linux"
	}
	return object{"name": name, "arch": runtime.GOARCH, "version": kernel(), "available_processors": runtime.NumCPU()}
}

// jvmInfo tells in the shape of a Java machine what runs instead of one.
func (s *Server) jvmInfo() object {
	y := s.self.look()
	return object{
		"pid": os.Getpid(), "version": runtime.Version(), "vm_version": runtime.Version(),
		"vm_name": "Go (" + runtime.Compiler + ")", "vm_vendor": "The Go Authors",
		"start_time_in_millis": s.self.started.UnixMilli(),
		"mem": object{
			"heap_init_in_bytes": 0, "heap_max_in_bytes": y.heapMax,
			"non_heap_init_in_bytes": 0, "non_heap_max_in_bytes": 0,
		},
		"gc_collectors": []string{"Go concurrent mark and sweep"},
	}
}

// nodeLogging answers /_node/logging: Rastro has one logger, and its level is
// that of the configuration.
func (s *Server) nodeLogging(w http.ResponseWriter, r *http.Request) {
	v := s.look()
	answer := s.full(r, &v)
	answer["loggers"] = object{"rastro": strings.ToUpper(s.opts.LogLevel)}
	respond(w, r, http.StatusOK, answer)
}

// nodePlugins answers /_node/plugins: the ways in, the dialects and the store.
func (s *Server) nodePlugins(w http.ResponseWriter, r *http.Request) {
	var list []object
	add := func(kind, name string) {
		list = append(list, object{"name": "rastro-" + kind + "-" + name, "version": s.opts.Release})
	}
	for _, name := range []string{event.InputBeats, event.InputBulk, event.InputContainer, event.InputFile, event.InputImport} {
		add(kindInput, name)
	}
	for _, name := range event.ClosedValues(event.Dialect) {
		add(kindFilter, name)
	}
	add(kindOutput, storeName)
	v := s.look()
	answer := s.full(r, &v)
	answer["total"], answer["plugins"] = len(list), list
	respond(w, r, http.StatusOK, answer)
}
