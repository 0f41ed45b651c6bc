// Package tasks serves the endpoints of port 9200 about requests under way.
//
// What comes in are requests to list, find and cancel tasks; what goes out are
// answers in Elasticsearch's shapes. It reads rest.Tasks only: a search that is
// cancelled ends because its context does.
package tasks

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"rastro/internal/elastic/names"
	"rastro/internal/elastic/rest"
	"rastro/internal/elastic/source"
)

// Tasks are the endpoints, safe for concurrent use.
type Tasks struct{ node *rest.Node }

// New makes the endpoints.
func New(node *rest.Node) *Tasks { return &Tasks{node: node} }

// taskInfo is a task as it is answered.
type taskInfo struct {
	Node        string            `json:"node"`
	ID          int64             `json:"id"`
	Type        string            `json:"type"`
	Action      string            `json:"action"`
	Description string            `json:"description,omitempty"`
	Start       int64             `json:"start_time_in_millis"`
	Running     int64             `json:"running_time_in_nanos"`
	Cancellable bool              `json:"cancellable"`
	Cancelled   *bool             `json:"cancelled,omitempty"`
	Headers     map[string]string `json:"headers"`
}

var tasksParams = []string{"actions", "nodes", "detailed", "group_by", "parent_task_id", "wait_for_completion"}

// cancellable tells whether a task ends when it is asked to: one that reads.
func cancellable(t rest.Task) bool { return strings.HasPrefix(t.Action, "indices:data/read") }

func (s *Tasks) taskInfo(t rest.Task, detailed bool) taskInfo {
	info := taskInfo{
		Node: s.node.ID, ID: t.ID, Type: "transport", Action: t.Action, Start: t.Start.UnixMilli(),
		Running: s.node.Now().Sub(t.Start).Nanoseconds(), Cancellable: cancellable(t), Headers: map[string]string{},
	}
	if detailed {
		info.Description = t.Description
	}
	if info.Cancellable {
		info.Cancelled = &t.Cancelled
	}
	if t.OpaqueID != "" {
		info.Headers["X-Opaque-Id"] = t.OpaqueID
	}
	return info
}

// wantedTasks reads the parameters that pick tasks.
func (s *Tasks) wantedTasks(r *rest.Request) func(rest.Task) bool {
	actions, nodes := source.List(r.Get("actions")), source.List(r.Get("nodes"))
	return func(t rest.Task) bool {
		if r.Get("parent_task_id") != "" && !strings.HasSuffix(r.Get("parent_task_id"), ":-1") {
			return false // no task has a parent
		}
		return matchesAny(actions, t.Action) && (matchesAny(nodes, s.node.ID) || matchesAny(nodes, s.node.Name) || matchesAny(nodes, "_local"))
	}
}

// matchesAny tells whether a name matches one of some patterns; no pattern at
// all matches.
func matchesAny(patterns []string, name string) bool {
	for _, p := range patterns {
		if p == "_all" || names.Match(p, name) {
			return true
		}
	}
	return len(patterns) == 0
}

// list answers GET _tasks.
func (s *Tasks) list(w http.ResponseWriter, r *rest.Request) error {
	var found []rest.Task
	want := s.wantedTasks(r)
	for _, t := range s.node.Tasks.List() {
		if want(t) {
			found = append(found, t)
		}
	}
	return s.writeTasks(w, r, found)
}

// writeTasks groups tasks as the parameter group_by says.
func (s *Tasks) writeTasks(w http.ResponseWriter, r *rest.Request, found []rest.Task) error {
	detailed, err := r.Bool("detailed", false)
	if err != nil {
		return err
	}
	list, byName := []taskInfo{}, map[string]taskInfo{}
	for _, t := range found {
		info := s.taskInfo(t, detailed)
		list = append(list, info)
		byName[t.Name()] = info
	}
	switch r.Get("group_by") {
	case "", "nodes":
		nodes := map[string]any{}
		if len(list) > 0 {
			nodes[s.node.ID] = map[string]any{
				"name": s.node.Name, "transport_address": "127.0.0.1:9300", "host": "127.0.0.1", "ip": "127.0.0.1:9300",
				"roles": []string{"data", "ingest", "master"}, "tasks": byName,
			}
		}
		return rest.WriteJSON(w, r, http.StatusOK, map[string]any{"nodes": nodes})
	case "parents":
		return rest.WriteJSON(w, r, http.StatusOK, map[string]any{"tasks": byName})
	case "none":
		return rest.WriteJSON(w, r, http.StatusOK, map[string]any{"tasks": list})
	}
	return rest.Illegal("unsupported group_by value [%s]: it is nodes, parents or none", r.Get("group_by"))
}

// taskID reads the id of a task: the node's and its number.
func taskID(r *rest.Request) (int64, error) {
	text := r.PathValue("task_id")
	i := strings.LastIndexByte(text, ':')
	n, err := strconv.ParseInt(text[i+1:], 10, 64)
	if i < 0 || err != nil {
		return 0, rest.Illegal("malformed task id %s", text)
	}
	return n, nil
}

// task answers GET _tasks/{task_id}.
func (s *Tasks) task(w http.ResponseWriter, r *rest.Request) error {
	id, err := taskID(r)
	if err != nil {
		return err
	}
	wait, err := r.Bool("wait_for_completion", false)
	if err != nil {
		return err
	}
	limit, err := r.Time("timeout", 30*time.Second)
	if err != nil {
		return err
	}
	t, ok := s.findTask(id)
	if ok && wait {
		t = s.await(r, t, limit)
	}
	if !ok {
		return rest.Fail(http.StatusNotFound, "resource_not_found_exception", "task ["+r.PathValue("task_id")+"] isn't running and hasn't stored its results")
	}
	_, running := s.findTask(id)
	return rest.WriteJSON(w, r, http.StatusOK, map[string]any{"completed": !running, "task": s.taskInfo(t, true)})
}

func (s *Tasks) findTask(id int64) (rest.Task, bool) {
	for _, t := range s.node.Tasks.List() {
		if t.ID == id {
			return t, true
		}
	}
	return rest.Task{}, false
}

// await waits until a task is over or the time is.
func (s *Tasks) await(r *rest.Request, t rest.Task, limit time.Duration) rest.Task {
	over := time.NewTimer(min(limit, time.Minute))
	defer over.Stop()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for {
		now, running := s.findTask(t.ID)
		if !running {
			return t
		}
		t = now
		select {
		case <-r.Context().Done():
			return t
		case <-over.C:
			return t
		case <-look.C:
		}
	}
}

// cancelTasks answers POST _tasks/_cancel.
func (s *Tasks) cancelTasks(w http.ResponseWriter, r *rest.Request) error {
	want := s.wantedTasks(r)
	if r.PathValue("task_id") == "" {
		return s.writeTasks(w, r, s.node.Tasks.Cancel(func(t rest.Task) bool { return cancellable(t) && want(t) }))
	}
	id, err := taskID(r)
	if err != nil {
		return err
	}
	t, ok := s.findTask(id)
	switch {
	case !ok:
		return rest.Fail(http.StatusNotFound, "resource_not_found_exception", "task ["+r.PathValue("task_id")+"] is not found")
	case !cancellable(t):
		return rest.Illegal("task [%s] doesn't support cancellation", r.PathValue("task_id"))
	}
	return s.writeTasks(w, r, s.node.Tasks.Cancel(func(t rest.Task) bool { return t.ID == id }))
}

// Routes lists the endpoints.
func (s *Tasks) Routes() []rest.Route {
	return []rest.Route{
		{Methods: []string{http.MethodGet}, Path: "/_tasks", Params: tasksParams, Handle: s.list},
		{Methods: []string{http.MethodGet}, Path: "/_tasks/{task_id}", Params: tasksParams, Handle: s.task},
		{Methods: []string{http.MethodPost}, Path: "/_tasks/_cancel", Params: tasksParams, Handle: s.cancelTasks},
		{Methods: []string{http.MethodPost}, Path: "/_tasks/{task_id}/_cancel", Params: tasksParams, Handle: s.cancelTasks},
	}
}
