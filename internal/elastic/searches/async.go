package searches

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"rastro/internal/elastic/contexts"
	"rastro/internal/elastic/rest"
)

const (
	// maxAsync bounds the searches in the background and their answers,
	// maxAsyncBytes the bytes of all answers that are kept.
	maxAsync      = 50
	maxAsyncBytes = 128 << 20
	// defaultAsyncKeep is how long an answer is kept.
	defaultAsyncKeep, maxAsyncKeep = 24 * time.Hour, 5 * 24 * time.Hour
)

var asyncParams = []string{"wait_for_completion_timeout", "keep_on_completion", "keep_alive"}

// async is a search in the background. What is behind done may be read when it
// is closed.
type async struct {
	start  time.Time
	cancel context.CancelFunc
	done   chan struct{}

	ended   time.Time
	body    []byte // the answer of _search
	failure *rest.Failure
	held    *atomic.Int64
}

func newAsyncs(now func() time.Time) *contexts.Book[*async] {
	return contexts.New(contexts.Options[*async]{Kind: "rastro-async:", Max: maxAsync, Now: now, Close: func(a *async) {
		a.cancel()
		go func() { // its answer may be on the way yet
			<-a.done
			a.held.Add(-int64(len(a.body)))
		}()
	}})
}

// asyncAnswer is the body about a search in the background.
type asyncAnswer struct {
	ID       string          `json:"id,omitempty"`
	Partial  bool            `json:"is_partial"`
	Running  bool            `json:"is_running"`
	Start    int64           `json:"start_time_in_millis"`
	Expires  int64           `json:"expiration_time_in_millis"`
	Ended    int64           `json:"completion_time_in_millis,omitempty"`
	Response json.RawMessage `json:"response,omitempty"`
	Error    any             `json:"error,omitempty"`
}

// asyncSubmit answers POST _async_search.
func (s *Searches) asyncSubmit(w http.ResponseWriter, r *rest.Request) error {
	wait, err := r.Time("wait_for_completion_timeout", time.Second)
	if err != nil {
		return err
	}
	keepOn, err := r.Bool("keep_on_completion", false)
	if err != nil {
		return err
	}
	keep, err := asyncKeep(r, defaultAsyncKeep)
	if err != nil {
		return err
	}
	q, opts, err := s.readSearch(r)
	if err != nil {
		return err
	}
	if q.scroll > 0 || q.pit != nil && q.scroll > 0 {
		return rest.Validation("[scroll] queries are not supported")
	}
	p, err := s.prepare(r.Context(), r.Scope, q, r.PathValue("index"), opts)
	if err != nil {
		return err
	}
	a := s.begin(r, p)
	id, err := s.asyncs.Open(a, keep)
	if err != nil {
		a.cancel()
		return rest.Fail(http.StatusTooManyRequests, "es_rejected_execution_exception", "50 searches in the background are kept; delete some with DELETE _async_search/{id}")
	}
	if a.wait(r.Context(), wait); a.over() && !keepOn {
		defer s.asyncs.Drop(id)
		if a.failure != nil {
			return a.failure
		}
		return s.writeAsync(w, r, a, "", time.Time{})
	}
	return s.writeAsync(w, r, a, id, s.asyncs.Until(id))
}

func asyncKeep(r *rest.Request, otherwise time.Duration) (time.Duration, error) {
	keep, err := r.Time("keep_alive", otherwise)
	if err == nil && r.Has("keep_alive") && keep < time.Second {
		err = rest.Validation("[keep_alive] must be greater or equals than 1 second, got: " + r.Get("keep_alive"))
	}
	return min(keep, maxAsyncKeep), err
}

// begin starts the search. It ends with its question, which is bounded in
// time, or when it is cancelled.
func (s *Searches) begin(r *rest.Request, p *plan) *async {
	ctx, cancel := context.WithCancel(context.WithoutCancel(r.Context()))
	a := &async{start: s.node.Now(), cancel: cancel, done: make(chan struct{}), held: &s.asyncHeld}
	go func() {
		defer close(a.done)
		defer cancel()
		var out bytes.Buffer
		res, err := s.ask(ctx, p)
		if err == nil {
			err = s.write(&out, res)
		}
		if err == nil && s.asyncHeld.Add(int64(out.Len())) > maxAsyncBytes {
			s.asyncHeld.Add(-int64(out.Len()))
			err = rest.Fail(http.StatusTooManyRequests, "circuit_breaking_exception", "the answers that are kept would take more than 128 MB; delete some, or ask for less")
			out = bytes.Buffer{}
		}
		if err != nil {
			a.failure = rest.AsFailure(err)
		}
		a.body, a.ended = out.Bytes(), s.node.Now()
	}()
	return a
}

// wait waits until the search is over, or for some time.
func (a *async) wait(ctx context.Context, limit time.Duration) {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-a.done:
	case <-timer.C:
	case <-ctx.Done():
	}
}

func (a *async) over() bool {
	select {
	case <-a.done:
		return true
	default:
		return false
	}
}

// nothingYet is the response of a search that is under way.
var nothingYet = json.RawMessage(`{"took":0,"timed_out":false,"terminated_early":false,"num_reduce_phases":0,"_shards":{"total":1,"successful":0,"skipped":0,"failed":0},"hits":{"total":{"value":0,"relation":"gte"},"max_score":null,"hits":[]}}`)

// writeAsync writes what is known of a search.
func (s *Searches) writeAsync(w http.ResponseWriter, r *rest.Request, a *async, id string, until time.Time) error {
	body := asyncAnswer{ID: id, Start: a.start.UnixMilli(), Expires: until.UnixMilli(), Response: nothingYet, Partial: true, Running: true}
	if until.IsZero() {
		body.Expires = a.start.UnixMilli()
	}
	status := http.StatusOK
	if a.over() {
		body.Running, body.Ended = false, a.ended.UnixMilli()
		if a.failure != nil {
			whole := a.failure.Whole()
			body.Error, body.Response, status = whole["error"], nil, a.failure.Status
		} else {
			body.Partial, body.Response = false, a.body
		}
	}
	return rest.WriteJSON(w, r, status, body)
}

func (s *Searches) findAsync(r *rest.Request, keep time.Duration) (*async, error) {
	id := r.PathValue("id")
	a, ok := s.asyncs.Get(id, keep)
	if !ok {
		return nil, rest.Fail(http.StatusNotFound, "resource_not_found_exception", id)
	}
	return a, nil
}

// asyncGet answers GET _async_search/{id}.
func (s *Searches) asyncGet(w http.ResponseWriter, r *rest.Request) error {
	wait, err := r.Time("wait_for_completion_timeout", 0)
	if err != nil {
		return err
	}
	keep, err := asyncKeep(r, 0)
	if err != nil {
		return err
	}
	a, err := s.findAsync(r, keep)
	if err != nil {
		return err
	}
	a.wait(r.Context(), wait)
	id := r.PathValue("id")
	return s.writeAsync(w, r, a, id, s.asyncs.Until(id))
}

// asyncStatus answers GET _async_search/status/{id}.
func (s *Searches) asyncStatus(w http.ResponseWriter, r *rest.Request) error {
	a, err := s.findAsync(r, 0)
	if err != nil {
		return err
	}
	id, over := r.PathValue("id"), a.over()
	successful := 0
	if over && a.failure == nil {
		successful = 1
	}
	body := map[string]any{
		"id": id, "is_running": !over, "is_partial": successful == 0, "start_time_in_millis": a.start.UnixMilli(),
		"expiration_time_in_millis": s.asyncs.Until(id).UnixMilli(),
		"_shards":                   map[string]any{"total": 1, "successful": successful, "skipped": 0, "failed": 0},
	}
	if over {
		body["completion_time_in_millis"], body["completion_status"] = a.ended.UnixMilli(), http.StatusOK
		if a.failure != nil {
			body["completion_status"] = a.failure.Status
		}
	}
	return rest.WriteJSON(w, r, http.StatusOK, body)
}

// asyncDelete answers DELETE _async_search/{id}: a search that is under way is
// ended.
func (s *Searches) asyncDelete(w http.ResponseWriter, r *rest.Request) error {
	if !s.asyncs.Drop(r.PathValue("id")) {
		return rest.Fail(http.StatusNotFound, "resource_not_found_exception", r.PathValue("id"))
	}
	return rest.Acknowledge(w, r)
}

func (s *Searches) asyncRoutes() []rest.Route {
	submit := slices.Concat(searchParams, asyncParams, rest.ResolveParams)
	params := slices.Concat(asyncParams, []string{"typed_keys"})
	return []rest.Route{
		{Methods: post, Path: "/_async_search", Params: submit, Handle: s.asyncSubmit},
		{Methods: post, Path: "/{index}/_async_search", Params: submit, Handle: s.asyncSubmit},
		{Methods: get, Path: "/_async_search/{id}", Params: params, Handle: s.asyncGet},
		{Methods: get, Path: "/_async_search/status/{id}", Params: params, Handle: s.asyncStatus},
		{Methods: remove, Path: "/_async_search/{id}", Handle: s.asyncDelete},
	}
}
