package tasks_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"rastro/internal/elastic/elastictest"
	"rastro/internal/elastic/rest"
	"rastro/internal/elastic/tasks"
)

func TestTasks(t *testing.T) {
	node := elastictest.Node(t, elastictest.Six(t))
	slow := rest.Route{Methods: []string{http.MethodGet}, Path: "/_search", Handle: nil}
	h := http.Handler(nil)
	var inside func()
	slow.Handle = func(w http.ResponseWriter, r *rest.Request) error {
		inside()
		return r.Context().Err()
	}
	h = rest.NewRouter(node, tasks.New(node).Routes(), []rest.Route{slow})
	is := func(method, target string, code int, want string, path ...any) {
		t.Helper()
		a := elastictest.Do(t, h, method, target, "")
		got, err := json.Marshal(a.At(path...))
		if err != nil || a.Code != code || string(got) != want {
			t.Errorf("%s %s: %d %s, want %s in %s", method, target, a.Code, got, want, a.Text)
		}
	}
	is("GET", "/_tasks?detailed&actions=*tasks*", 200, `"n1"`, "nodes", "n1id", "name")
	is("GET", "/_tasks?group_by=none&actions=nothing", 200, `[]`, "tasks")
	is("GET", "/_tasks?group_by=colour", 400, `"illegal_argument_exception"`, "error", "type")
	is("GET", "/_tasks/n1id:99999", 404, `"resource_not_found_exception"`, "error", "type")
	is("GET", "/_tasks/zzz", 400, `"malformed task id zzz"`, "error", "reason")
	is("POST", "/_tasks/_cancel", 200, `{}`, "nodes")
	is("POST", "/_tasks/n1id:99999/_cancel", 404, `404`, "status")

	inside = func() {
		is("GET", "/_tasks?group_by=none&actions=*search&detailed", 200, `"indices:data/read/search"`, "tasks", 0, "action")
		is("GET", "/_tasks?group_by=none&actions=*search&nodes=other", 200, `[]`, "tasks")
		id := node.Tasks.List()[0].Name()
		is("GET", "/_tasks/"+id, 200, `false`, "completed")
		is("GET", "/_tasks/"+id+"?wait_for_completion&timeout=1ms", 200, `"GET /_search"`, "task", "description")
		is("POST", "/_tasks/"+id+"/_cancel", 200, `true`, "nodes", "n1id", "tasks", id, "cancelled")
	}
	is("GET", "/_search", 400, `"task_cancelled_exception"`, "error", "type")
}
