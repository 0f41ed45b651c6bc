package rest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Tasks are the requests under way. It is safe for concurrent use.
type Tasks struct {
	node string
	now  func() time.Time

	mu    sync.Mutex
	last  int64
	tasks map[int64]*Task
}

// Task is one request under way.
type Task struct {
	ID int64
	// Action is Elasticsearch's name of what is done, such as
	// indices:data/read/search.
	Action string
	// Description is what is asked, for people.
	Description string
	Start       time.Time
	// OpaqueID is the client's X-Opaque-Id.
	OpaqueID string
	// Cancelled tells that somebody has asked to end it.
	Cancelled bool

	all    *Tasks
	ctx    context.Context
	cancel context.CancelFunc
}

// NewTasks makes an empty list; node is the node's id.
func NewTasks(node string, now func() time.Time) *Tasks {
	return &Tasks{node: node, now: now, tasks: map[int64]*Task{}}
}

// actions are the names of what the parts of a path do.
var actions = map[string]string{
	"_search": "indices:data/read/search", "_msearch": "indices:data/read/msearch", "_count": "indices:data/read/search",
	"_bulk": "indices:data/write/bulk", "_doc": "indices:data/write/index", "_create": "indices:data/write/index",
	"_tasks": "cluster:monitor/tasks/lists", "_restore": "cluster:admin/snapshot/restore", "_snapshot": "cluster:admin/snapshot",
	"_field_caps": "indices:data/read/field_caps", "_async_search": "indices:data/read/async_search/submit",
	"_health": "cluster:monitor/health",
}

func (t *Tasks) begin(r *Request, pattern string) *Task {
	ctx, cancel := context.WithCancel(r.Context())
	task := &Task{Action: actionOf(pattern), Description: r.Method + " " + r.URL.Path, Start: t.now(), OpaqueID: r.Header.Get("X-Opaque-Id"), all: t, ctx: ctx, cancel: cancel}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last++
	task.ID = t.last
	t.tasks[task.ID] = task
	return task
}

// actionOf is the name of the last part of a path that has one.
func actionOf(pattern string) string {
	parts := strings.Split(pattern, "/")
	for _, part := range slices.Backward(parts) {
		if action := actions[part]; action != "" {
			return action
		}
	}
	return "cluster:monitor/main"
}

func (t *Task) end() {
	t.cancel()
	t.all.mu.Lock()
	defer t.all.mu.Unlock()
	delete(t.all.tasks, t.ID)
}

// Name is the task's id as clients write it.
func (t *Task) Name() string { return fmt.Sprintf("%s:%d", t.all.node, t.ID) }

// List is a copy of the tasks, by id.
func (t *Tasks) List() []Task {
	t.mu.Lock()
	defer t.mu.Unlock()
	var all []Task
	for _, task := range t.tasks {
		all = append(all, *task)
	}
	slices.SortFunc(all, func(a, b Task) int { return int(a.ID - b.ID) })
	return all
}

// Cancel ends those tasks that want says yes to, and lists them.
func (t *Tasks) Cancel(want func(Task) bool) []Task {
	t.mu.Lock()
	defer t.mu.Unlock()
	var ended []Task
	for _, task := range t.tasks {
		if want(*task) {
			task.Cancelled = true
			task.cancel()
			ended = append(ended, *task)
		}
	}
	slices.SortFunc(ended, func(a, b Task) int { return int(a.ID - b.ID) })
	return ended
}
